//! What this program can do, in one list: routes and who may come to them, tables, statements, and
//! the entries of the navigation. A new capability is one crate and one entry here.

use access::{Access, HeldMaker, NavMaker, RouteRule, SharedSite, Visitor, rule};
use axum::Router;
use db::{Migration, Stmt};
use kernel::{Role, Say};
use std::sync::Arc;
use web::NavItem;

/// What somebody still answers for: open cases, and households they look after.
pub fn held() -> HeldMaker {
    Arc::new(|tx, account, today| {
        let mut out = Vec::new();
        let cases = requests::open_with(tx, account)?;
        if cases > 0 {
            out.push(Say::new(format!("在办诉求 {cases} 件"), format!("open cases: {cases}")));
        }
        let homes = liaison::read::of_account(tx, account, today)?.len();
        if homes > 0 {
            out.push(Say::new(format!("联系户 {homes} 户"), format!("households looked after: {homes}")));
        }
        Ok(out)
    })
}

/// One capability.
pub struct Capability {
    /// Its crate.
    pub name: &'static str,
    /// Its routes.
    pub routes: fn() -> Router<SharedSite>,
    /// Who may come to each of them.
    pub rules: &'static [RouteRule],
    /// Its tables.
    pub migrations: &'static [Migration],
    /// Its statements, to be prepared in a test on both engines.
    pub statements: Vec<&'static Stmt>,
}

/// The tables of the program itself.
static MIGRATIONS: &[Migration] =
    db::migrations!("shell"; "0001_jobs" = include_str!("../migrations/0001_jobs.sql"));

/// Every capability; tables are made in this order.
pub fn all() -> Vec<Capability> {
    vec![
        Capability {
            name: "shell",
            routes: crate::server::routes,
            rules: crate::server::ROUTES,
            migrations: MIGRATIONS,
            statements: crate::store::STATEMENTS.to_vec(),
        },
        Capability {
            name: "journal",
            routes: Router::new,
            rules: &[],
            migrations: journal::MIGRATIONS,
            statements: journal::statements(),
        },
        Capability {
            name: "proof",
            routes: proof::routes,
            rules: proof::ROUTES,
            migrations: &[],
            statements: Vec::new(),
        },
        Capability {
            name: "access",
            routes: access::routes,
            rules: access::ROUTES,
            migrations: access::MIGRATIONS,
            statements: access::STATEMENTS.to_vec(),
        },
        Capability {
            name: "register",
            routes: register::routes,
            rules: register::ROUTES,
            migrations: register::MIGRATIONS,
            statements: register::statements(),
        },
        Capability {
            name: "notify",
            routes: notify::routes,
            rules: notify::ROUTES,
            migrations: notify::MIGRATIONS,
            statements: notify::STATEMENTS.to_vec(),
        },
        Capability {
            name: "files",
            routes: Router::new,
            rules: &[],
            migrations: files::MIGRATIONS,
            statements: files::STATEMENTS.to_vec(),
        },
        Capability {
            name: "requests",
            routes: requests::routes,
            rules: requests::ROUTES.as_slice(),
            migrations: requests::MIGRATIONS,
            statements: requests::statements(),
        },
        Capability {
            name: "records",
            routes: Router::new,
            rules: &[],
            migrations: records::MIGRATIONS,
            statements: records::statements(),
        },
        Capability {
            name: "liaison",
            routes: liaison::routes,
            rules: liaison::ROUTES.as_slice(),
            migrations: liaison::MIGRATIONS,
            statements: liaison::statements(),
        },
        Capability {
            name: "insight",
            routes: insight::routes,
            rules: insight::ROUTES,
            migrations: insight::MIGRATIONS,
            statements: insight::statements(),
        },
        Capability {
            name: "imports",
            routes: crate::imports::routes,
            rules: crate::imports::ROUTES,
            migrations: crate::imports::MIGRATIONS,
            statements: crate::imports::STATEMENTS.to_vec(),
        },
    ]
}

/// The routes of all.
pub fn routes() -> Router<SharedSite> {
    all().into_iter().fold(Router::new(), |all, c| all.merge((c.routes)()))
}

/// The rule of every route: what the walk over all routes reads.
pub fn rules() -> Vec<(&'static str, RouteRule)> {
    all().into_iter().flat_map(|c| c.rules.iter().map(move |r| (c.name, *r))).collect()
}

/// The tables of all, in order.
pub fn migrations() -> Vec<Migration> {
    all().into_iter().flat_map(|c| c.migrations.iter().cloned()).collect()
}

/// What the tables of all say about their streams of the journal.
pub fn ends() -> Vec<journal::Ends> {
    [
        access::ENDS,
        register::ENDS,
        notify::ENDS,
        requests::ENDS,
        insight::ENDS,
        crate::imports::ENDS,
        records::ENDS,
        liaison::ENDS,
    ]
    .concat()
}

/// The statements of all.
pub fn statements() -> Vec<&'static Stmt> {
    all().into_iter().flat_map(|c| c.statements).collect()
}

/// One entry of the main navigation.
struct Entry {
    href: &'static str,
    zh: &'static str,
    en: &'static str,
    /// For whom.
    access: Access,
}

const fn entry(href: &'static str, zh: &'static str, en: &'static str, access: Access) -> Entry {
    Entry { href, zh, en, access }
}

use Role::{Admin, Auditor, Clerk, Lead, Liaison, Moderator, Officer, Operator, Supervisor, Triage};

/// Those who take in.
const DESKS: Access = Access::Role(&[Clerk, Triage, Officer, Lead, Supervisor]);
/// Those who may be paired with households.
const VISITORS: Access = Access::Role(&[Role::Liaison, Officer, Lead]);
/// Those who see cases.
const CASES: Access =
    Access::Role(&[Clerk, Operator, Officer, Liaison, Lead, Triage, Supervisor, Moderator, Auditor]);
/// Those who read a ledger.
const READERS: Access = Access::Role(&[Clerk, Operator, Officer, Liaison, Lead, Triage, Supervisor, Auditor]);
/// Those who have a queue: each entry leads to the first of theirs.
const QUEUES: [(&str, Access); 6] = [
    ("/queues/triage", Access::Role(&[Operator, Triage])),
    ("/queues/arbitration", Access::Role(&[Supervisor])),
    ("/queues/callback", Access::Role(&[Clerk])),
    ("/queues/signoff", Access::Role(&[Lead])),
    ("/queues/moderation", Access::Role(&[Moderator])),
    ("/queues/supervision", Access::Role(&[Auditor])),
];
/// Those who see numbers.
const NUMBERS: Access = Access::Role(&[Officer, Lead, Triage, Supervisor, Auditor]);

/// The navigation of staff; what has no route in this build is left out.
static STAFF: &[Entry] = &[
    entry("/work", "我的事", "My work", CASES),
    entry("/visits", "我的户", "My households", VISITORS),
    entry("/hotline", "接线", "Hotline", Access::Role(&[Operator])),
    entry("/intake", "登记", "Take in", DESKS),
    entry("/queues", "队列", "Queues", CASES),
    entry("/requests", "台账", "Ledger", READERS),
    entry(
        "/duties",
        "走访",
        "Visits due",
        Access::Role(&[Role::Liaison, Officer, Lead, Supervisor, Auditor]),
    ),
    entry("/dashboard", "看板", "Dashboard", NUMBERS),
    entry("/imports", "导入", "Import", Access::Role(&[Supervisor, Admin])),
    entry("/households", "户", "Households", Access::Role(&[Liaison, Lead, Supervisor, Auditor])),
    entry("/units", "单位", "Units", Access::Role(&[Admin, Auditor])),
    entry("/admin/accounts", "账号", "Accounts", Access::Role(&[Admin, Auditor])),
    entry("/admin/keys", "密钥", "Keys", Access::Role(&[Admin, Auditor])),
    entry("/outbox", "消息", "Messages", Access::Role(&[Supervisor, Auditor, Admin])),
    entry("/admin/health", "运行", "Health", Access::Role(&[Admin, Auditor])),
    entry("/rules", "规则", "Rules", Access::SignedIn),
];

/// The navigation of everybody else.
static PUBLIC: &[Entry] = &[
    entry("/ask", "我要反映", "Tell us", Access::Public),
    entry("/find", "查进度", "Follow a case", Access::Public),
    entry("/public", "公开台账", "Public ledger", Access::Public),
    entry("/rules", "办事规则", "The rules", Access::Public),
    entry("/proof", "核对", "Proof", Access::Public),
];

/// Whether there is a page to read at `path`.
pub fn has_page(path: &str) -> bool {
    all().iter().any(|c| c.rules.iter().any(|r| r.method == "GET" && r.path == path))
}

/// What makes the navigation for a visitor: the entries that have a page and that their posts open.
pub fn navigation() -> NavMaker {
    let there = |list: &'static [Entry]| -> Vec<&'static Entry> {
        list.iter().filter(|e| e.href == "/queues" || has_page(e.href)).collect()
    };
    let (staff, public) = (there(STAFF), there(PUBLIC));
    Arc::new(move |visitor| {
        let list = if visitor.account.is_some() { &staff } else { &public };
        list.iter().filter(|e| opens(e.access, visitor)).filter_map(|e| item(e, visitor)).collect()
    })
}

fn opens(access: Access, visitor: &Visitor) -> bool {
    match access {
        Access::Role(roles) => roles.iter().any(|r| visitor.scope.has(*r)),
        _ => true,
    }
}

fn item(entry: &Entry, visitor: &Visitor) -> Option<NavItem> {
    let look = &visitor.look;
    let path = look.path.split('?').next().unwrap_or("");
    let current = path.strip_prefix(entry.href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let href = match entry.href {
        "/queues" => QUEUES.iter().find(|(_, access)| opens(*access, visitor))?.0,
        href => href,
    };
    Some(NavItem {
        href: href.to_owned(),
        label: look.t(entry.zh, entry.en).to_owned(),
        current,
        count: None,
    })
}

/// The rule of a route of the shell.
pub(crate) const fn public(method: &'static str, path: &'static str) -> RouteRule {
    rule(method, path, Access::Public)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_is_named_once() {
        let mut names: Vec<_> = all()
            .iter()
            .flat_map(|c| c.statements.iter().map(|s| format!("{} {}", c.name, s.name)).collect::<Vec<_>>())
            .collect();
        let before = names.len();
        names.sort();
        names.dedup();
        assert!(before > 20);
        assert_eq!(names.len(), before);
    }

    #[test]
    fn the_navigation_leads_to_pages() {
        let pages = STAFF.iter().chain(PUBLIC).map(|e| e.href).filter(|h| *h != "/queues");
        for href in pages.chain(QUEUES.iter().map(|q| q.0)) {
            assert!(has_page(href), "{href}");
        }
    }

    #[test]
    fn no_route_is_ruled_twice() {
        let mut rules: Vec<_> = rules().iter().map(|(_, r)| (r.method, r.path)).collect();
        let before = rules.len();
        rules.sort();
        rules.dedup();
        assert_eq!(rules.len(), before);
    }
}
