//! Accounts and their posts out of a spreadsheet: one row, one post.

use super::read::{day, filled};
use super::{FirstPassword, Options, Progress, Report};
use crate::{Directory, Unit};
use access::accounts::{
    Account, Act, NewAccount, NewPost, add_in, add_post_in, by_login, email_of, login_of,
};
use access::{Noun, PostInfo, Site, Verb, demand, password, session};
use kernel::{AccountId, Date, Error, PostId, Result, Role, Say, Scope};
use sheets::{Row, Workbook, normal};
use std::collections::HashMap;

/// Imports accounts with their posts. Blocks; hashing the first passwords takes most of the time.
///
/// Errors: what the table refuses; a sheet without headings.
pub fn import_accounts(
    site: &Site,
    scope: &Scope,
    book: &Workbook,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Report> {
    demand(scope, Verb::Import, Noun::Account, "")?;
    let known = sheets::Recogniser::new(sheets::account_headings());
    let reading = book.read(&known, options.map.as_ref())?;
    let missing = reading.headings.missing(&["name", "unit", "role"]);
    if !missing.is_empty() {
        return Err(Error::refused(
            "columns-missing",
            format!("要有姓名、单位、岗位三列，没有找到：{}。", missing.join("、")),
            format!("Columns for name, unit and role are needed; not found: {}.", missing.join(", ")),
        ));
    }
    let directory = site.db.snapshot_now(Directory::read)?;
    let rows: Vec<Row<'_>> = reading.rows().collect();
    let mut plan = Plan {
        site,
        directory: &directory,
        today: site.today(),
        order: reading.map().date_order,
        report: Report::new(&reading, options.dry_run),
        people: known_people(site, &rows)?,
        accounts: Vec::new(),
        posts: Vec::new(),
    };
    for row in &rows {
        plan.take(row);
    }
    plan.write(scope, progress)
}

/// Somebody known, or planned.
struct Person {
    id: AccountId,
    name: String,
    posts: Vec<(kernel::UnitId, Role)>,
}

fn known_people(site: &Site, rows: &[Row<'_>]) -> Result<HashMap<String, Person>> {
    let mut logins: Vec<String> = rows.iter().filter_map(|r| login(r).ok()).collect();
    logins.sort();
    logins.dedup();
    let today = site.today();
    let found: Vec<(Account, Vec<PostInfo>)> = site.db.snapshot_now(move |tx| {
        let mut out = Vec::new();
        for login in &logins {
            if let Some(account) = by_login(tx, login)? {
                let posts = session::posts_of(tx, account.id)?;
                out.push((account, posts));
            }
        }
        Ok(out)
    })?;
    Ok(found
        .into_iter()
        .map(|(a, posts)| {
            let posts = posts
                .into_iter()
                .filter(|p| p.to.is_none_or(|to| to > today))
                .map(|p| (p.unit, p.role))
                .collect();
            (a.login, Person { id: a.id, name: a.name, posts })
        })
        .collect())
}

/// The sign-in name: as given, otherwise the digits of the telephone.
fn login(row: &Row<'_>) -> std::result::Result<String, Say> {
    let given = match row.get("login") {
        "" => row.get("phone").chars().filter(char::is_ascii_digit).collect(),
        given => given.to_owned(),
    };
    if given.is_empty() {
        return Err(Say::new(
            "登录名和电话都没有填，至少填一个。",
            "Give a sign-in name or a telephone number.",
        ));
    }
    login_of(&given).map_err(|e| e.say())
}

struct Plan<'a> {
    site: &'a Site,
    directory: &'a Directory,
    today: Date,
    order: sheets::DateOrder,
    report: Report,
    people: HashMap<String, Person>,
    accounts: Vec<(AccountId, NewAccount)>,
    posts: Vec<(PostId, NewPost)>,
}

impl Plan<'_> {
    fn take(&mut self, row: &Row<'_>) {
        match self.read(row) {
            Ok(Read { login, name, new }) => self.plan(row, login, name, new),
            Err(faults) => self.report.refused.push(row, faults),
        }
    }

    fn read(&self, row: &Row<'_>) -> std::result::Result<Read, Vec<Say>> {
        let mut faults = Vec::new();
        let name = row.get("name").to_owned();
        if name.is_empty() || name.chars().count() > 60 {
            faults.push(Say::new(
                "姓名没有填写，或超过 60 字。",
                "The name is missing, or longer than 60 characters.",
            ));
        }
        let login = login(row).map_err(|e| faults.push(e)).ok();
        if let Some(known) = login.as_ref().and_then(|l| self.people.get(l)).filter(|k| k.name != name) {
            faults.push(Say::new(
                format!("这个登录名已经是“{}”的。", known.name),
                format!("This sign-in name belongs to \"{}\".", known.name),
            ));
        }
        let unit = self.unit(row.get("unit")).map_err(|e| faults.push(e)).ok();
        let role = self.role(row.get("role")).map_err(|e| faults.push(e)).ok();
        let email = email_of(row.get("email")).map_err(|e| faults.push(e.say())).ok().flatten();
        let mut date = |field| day(row, field, self.order).map_err(|e| faults.push(e)).ok().flatten();
        let (from, to) = (date("from"), date("to"));
        let from = from.unwrap_or(self.today);
        if to.is_some_and(|to| to <= from) {
            faults.push(Say::new("离任日期要晚于任职日期。", "The end has to come after the beginning."));
        }
        match (login, unit, role) {
            (Some(login), Some(unit), Some(role)) if faults.is_empty() => Ok(Read {
                login,
                name,
                new: New {
                    unit: unit.id,
                    unit_name: unit.name.zh.clone(),
                    role,
                    phone: filled(row, "phone"),
                    email,
                    from,
                    to,
                    basis: row.get("remark").to_owned(),
                },
            }),
            _ => Err(faults),
        }
    }

    fn unit(&self, given: &str) -> std::result::Result<&Unit, Say> {
        if let Some(unit) = self.directory.by_code(given) {
            return Ok(unit);
        }
        let wanted = normal(given);
        let mut named =
            self.directory.iter().filter(|u| u.is_open(self.today) && normal(&u.name.zh) == wanted);
        match (named.next(), named.next()) {
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err(Say::new(
                format!("有几个单位都叫“{given}”，请填编码。"),
                format!("Several units are called \"{given}\": give the code."),
            )),
            (None, _) => {
                Err(Say::new(format!("没有找到单位“{given}”。"), format!("There is no unit \"{given}\".")))
            }
        }
    }

    /// The role, by its key, its usual name or its name in the pack. A title is no role: a map file
    /// says which title carries which.
    fn role(&self, given: &str) -> std::result::Result<Role, Say> {
        let wanted = normal(given);
        let named = |role: &Role| {
            let name = role.name();
            let own = self.site.pack.role_names.get(role.key());
            normal(role.key()) == wanted
                || normal(&name.zh) == wanted
                || normal(&name.en) == wanted
                || own.is_some_and(|t| normal(&t.zh) == wanted || normal(&t.en) == wanted)
        };
        Role::ALL.into_iter().find(named).ok_or_else(|| {
            let zh: Vec<_> = Role::ALL.iter().map(|r| r.name().zh).collect();
            let en: Vec<_> = Role::ALL.iter().map(|r| r.key()).collect();
            Say::new(
                format!("不知道“{given}”是哪种岗位，可以是：{}；也可以在对照表里说明。", zh.join("、")),
                format!(
                    "\"{given}\" is no role known here. Roles: {}; a map file can translate titles.",
                    en.join(", ")
                ),
            )
        })
    }

    fn plan(&mut self, row: &Row<'_>, login: String, name: String, new: New) {
        let (site, at) = (self.site, self.site.now());
        let is_new = !self.people.contains_key(&login);
        let person = self.people.entry(login.clone()).or_insert_with(|| Person {
            id: AccountId::new(at, &*site.chance),
            name: name.clone(),
            posts: Vec::new(),
        });
        if person.posts.contains(&(new.unit, new.role)) {
            self.report.known += 1;
            return;
        }
        person.posts.push((new.unit, new.role));
        let id = person.id;
        let (role, unit) = (new.role.name(), new.unit_name);
        let (zh, en) = if is_new {
            self.report.added += 1;
            (format!("新账号 {name}：{unit} {}", role.zh), format!("New account {name}: {}, {unit}", role.en))
        } else {
            self.report.changed += 1;
            (
                format!("{name} 新岗位：{unit} {}", role.zh),
                format!("New post for {name}: {}, {unit}", role.en),
            )
        };
        self.report.shows(row.number, zh, en);
        if is_new {
            let account = NewAccount {
                login,
                name,
                phone: new.phone,
                email: new.email,
                must_change: true,
                ..NewAccount::default()
            };
            self.accounts.push((id, account));
        }
        let post = NewPost {
            account: id,
            unit: new.unit,
            role: new.role,
            title: String::new(),
            from: new.from,
            to: new.to,
            basis: new.basis,
        };
        self.posts.push((PostId::new(at, &*site.chance), post));
    }

    fn write(self, scope: &Scope, progress: Progress<'_>) -> Result<Report> {
        let Plan { site, mut report, mut accounts, posts, .. } = self;
        if report.dry_run || posts.is_empty() {
            return Ok(report);
        }
        let total = accounts.len() as u64;
        for (done, (_, account)) in accounts.iter_mut().enumerate() {
            let made = password::make(&*site.chance);
            account.pass_hash = password::hash(site.settings.hashing, &*site.chance, &made)?;
            report.passwords.push(FirstPassword {
                login: account.login.clone(),
                name: account.name.clone(),
                password: made,
            });
            progress(done as u64 + 1, total);
        }
        let act = Act { actor: scope.actor.clone(), at: site.now() };
        site.db.write_now(move |tx| {
            for (id, account) in &accounts {
                add_in(tx, *id, account, &act)?;
            }
            for (id, post) in &posts {
                add_post_in(tx, *id, post, &act)?;
            }
            Ok(())
        })?;
        Ok(report)
    }
}

struct Read {
    login: String,
    name: String,
    new: New,
}

struct New {
    unit: kernel::UnitId,
    unit_name: String,
    role: Role,
    phone: Option<String>,
    email: Option<String>,
    from: Date,
    to: Option<Date>,
    basis: String,
}
