//! Whose pairings and duties somebody looks at, and the addresses of these pages.

use access::{Noun, SharedSite, Staff, Verb, Visitor};
use form_urlencoded::Serializer;
use kernel::{AccountId, Date, Error, Result};
use maud::{Markup, html};
use pack::{ObligationRule, PairingKind};
use register::{Directory, Unit};
use requests::Ctx;
use rules::obligation::{Period, Standing};
use std::collections::HashMap;
use std::sync::Arc;
use web::components::{Chip, Tone, chips, pill};
use web::{Look, format};

/// What the address asks for, and the unit it is about.
pub(super) struct Reader {
    pub look: Look,
    pub ctx: Ctx,
    pub dir: Arc<Directory>,
    pub unit: Unit,
    pub visitor: Visitor,
    pub query: Vec<(String, String)>,
    pub today: Date,
}

impl Reader {
    /// The unit asked for, where this reader may see its pairings; the topmost one they may see otherwise.
    pub fn new(site: &SharedSite, staff: Staff, query: Vec<(String, String)>) -> Result<Reader> {
        let Staff(visitor) = staff;
        let ctx = Ctx::new(site, visitor.scope.clone());
        let dir = register::directory(site);
        let one = |name: &str| query.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str());
        let unit = match one("unit") {
            "" => topmost(&visitor, &dir).ok_or_else(|| forbidden(&visitor))?,
            code => {
                let unit = dir.by_code(code).ok_or(Error::NotFound)?;
                visitor.demand(Verb::List, Noun::Pairing, &unit.path)?;
                unit.clone()
            }
        };
        Ok(Reader { look: visitor.look.clone(), ctx, dir, unit, visitor, query, today: site.today() })
    }

    pub fn one(&self, name: &str) -> &str {
        self.query.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str())
    }

    pub fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.look.t(zh, en)
    }

    /// The kind asked for, or the first.
    pub fn kind(&self) -> Result<PairingKind> {
        let pack = &self.ctx.site.pack;
        let asked = pack.pairing(self.one("kind")).or_else(|| pack.pairings.first());
        asked.cloned().ok_or(Error::NotFound)
    }

    /// The day asked for, at most today.
    pub fn on(&self) -> Date {
        self.one("on").parse().ok().filter(|d| *d < self.today).unwrap_or(self.today)
    }

    /// The same page with other answers.
    pub fn here(&self, path: &str, unit: &str, more: &[(&str, &str)]) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("unit", unit);
        for (name, value) in more.iter().filter(|(_, v)| !v.is_empty()) {
            query.append_pair(name, value);
        }
        format!("{path}?{}", query.finish())
    }

    pub fn crumbs(&self, path: &str, more: &[(&str, &str)]) -> Vec<web::page::Crumb> {
        let above = self.dir.ancestors(self.unit.id).into_iter();
        above
            .filter(|u| self.visitor.may(Verb::List, Noun::Pairing, &u.path))
            .map(|u| web::page::Crumb {
                href: self.here(path, &u.code, more),
                label: u.name(self.look.locale).to_owned(),
            })
            .collect()
    }

    /// Chips to choose a kind of pairing; nothing where there is one only.
    pub fn kinds(&self, path: &str, now: &str) -> Markup {
        let all = &self.ctx.site.pack.pairings;
        if all.len() < 2 {
            return html! {};
        }
        let items: Vec<Chip> = all
            .iter()
            .map(|k| Chip {
                label: k.name.to(self.look.locale).to_owned(),
                href: self.here(path, &self.unit.code, &[("kind", &k.id)]),
                on: k.id == now,
                one_of: true,
            })
            .collect();
        chips(&self.look, &items, html! {})
    }

    /// The unit right below the one shown in which `path` lies; the one shown for what lies in none.
    pub fn child_of<'p>(&self, path: &'p str) -> &'p str {
        let rest = path.strip_prefix(self.unit.path.as_str()).unwrap_or("");
        match rest.find('/') {
            Some(end) => &path[..self.unit.path.len() + end + 1],
            None => path,
        }
    }

    /// The code of a household at `path`, with the way to its page where this reader may open it.
    pub fn home(&self, code: &str, path: &str) -> Markup {
        html! {
            @if self.visitor.may(Verb::View, Noun::Household, path) { a href={ "/households/" (code) } { (code) } }
            @else { (code) }
        }
    }

    /// The name of a place with those above it, which tell namesakes apart.
    pub fn full_place(&self, path: &str) -> String {
        self.dir.by_path(path).map_or_else(String::new, |u| self.dir.full_name(u.id, self.look.locale))
    }

    pub fn place(&self, path: &str) -> String {
        self.dir.by_path(path).map_or_else(String::new, |u| u.name(self.look.locale).to_owned())
    }
}

fn topmost(visitor: &Visitor, dir: &Directory) -> Option<Unit> {
    let limits = access::limits(&visitor.scope, Verb::List, Noun::Pairing);
    if limits.everywhere {
        return dir.root().cloned();
    }
    let paths = limits.subtrees.iter().chain(limits.units.iter().map(|(_, path)| path));
    paths.filter_map(|p| dir.by_path(p)).min_by_key(|u| u.depth()).cloned()
}

fn forbidden(visitor: &Visitor) -> Error {
    match visitor.demand(Verb::List, Noun::Pairing, "") {
        Err(error) => error,
        Ok(()) => Error::NotFound,
    }
}

/// Names of accounts.
pub(super) fn names(
    tx: &mut dyn db::Tx,
    ids: impl IntoIterator<Item = AccountId>,
) -> Result<HashMap<AccountId, String>> {
    let mut names = HashMap::new();
    for id in ids {
        if let std::collections::hash_map::Entry::Vacant(free) = names.entry(id) {
            let name = access::accounts::by_id(tx, id)?.map(|a| a.name).unwrap_or_default();
            free.insert(name);
        }
    }
    Ok(names)
}

/// How it stands, in a few words with a date first; `record` is the kind that fulfils it.
pub(in crate::pages) fn standing(look: &Look, record: &str, standing: &Standing, today: Date) -> Markup {
    let visit = record == crate::visits::KIND;
    let (met, missed) = match visit {
        true => (look.t("已走访", "Done"), look.t("没走到", "Missed")),
        false => (look.t("做到了", "Done"), look.t("没做到", "Missed")),
    };
    let day = |d: Date| format::day_near(look.locale, d, today);
    match standing {
        Standing::Met { on, .. } => html! { (pill(Tone::Ok, met)) " " (day(*on)) },
        Standing::Due { by, more, late } => html! {
            (day(*by)) (look.t("前", " latest"))
            @if *more > 1 { " · " (look.t("还差", "")) (more) (look.t("次", " more")) }
            @if *late { " " (pill(Tone::Soon, look.t("宽限期", "In grace"))) }
        },
        Standing::Missed { lacking, .. } => html! {
            (pill(Tone::Late, missed)) @if *lacking > 1 { " " (lacking) (look.t("次", "×")) }
        },
        Standing::Excused(why) => html! { span.quiet { (why.say().to(look.locale)) } },
        Standing::NotApplicable(why) => html! { span.quiet { (why.say().to(look.locale)) } },
    }
}

/// The obligation and its period: 每季度走访 · 2026年第四季度.
pub(in crate::pages) fn duty_name(look: &Look, duty: &ObligationRule, period: Period) -> String {
    format!("{} · {}", duty.name.to(look.locale), duty.window.name(period).to(look.locale))
}
