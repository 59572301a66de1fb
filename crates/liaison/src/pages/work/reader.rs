//! The pairing that an address is about, and what whoever asks is to it.

use crate::pages::heads::{called, head};
use crate::work;
use access::{Noun, SharedSite, Staff, Target, Verb};
use db::Tx;
use kernel::{Date, Error, Result};
use pack::PairingKind;
use register::households::{self, Household};
use requests::Ctx;
use web::page::Crumb;
use web::{Look, Page};

/// What the address asks for.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The kind of pairing.
    pub kind: String,
    pub year: String,
    pub as_of: String,
    /// `csv` or `xlsx`: as a file.
    pub format: String,
    /// What was done before.
    pub done: String,
    /// The item that help is noted for.
    pub item: String,
    /// The visit at which it was given.
    pub visit: String,
    /// Of whom, by their account.
    pub person: String,
    /// A unit's code.
    pub unit: String,
    pub after: String,
    /// Which of the lines.
    pub only: String,
}

impl Asked {
    /// The day asked for, at most today.
    pub fn on(&self, today: Date) -> Date {
        self.as_of.trim().parse().ok().filter(|d| *d < today).unwrap_or(today)
    }

    /// The year asked for; that of the day otherwise.
    pub fn year(&self, today: Date) -> i16 {
        let year = self.year.trim().parse().ok().filter(|y| (2000..=today.year() + 1).contains(y));
        year.unwrap_or_else(|| self.on(today).year())
    }
}

/// A pairing's household with what whoever asks is to it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub home: Household,
    pub kind: PairingKind,
    pub year: i16,
    pub on: Date,
    /// Looks after it today, by this kind.
    pub holder: bool,
    /// May check it.
    pub checker: bool,
    /// Could check it, had it not ended.
    pub ended: bool,
    /// The head: by name for whoever is paired, otherwise the surname.
    pub head: String,
}

/// The pairing of the household with this code.
///
/// Errors: not found, also where it may not be looked at.
pub(super) fn find(tx: &mut dyn Tx, ctx: &Ctx, code: &str, asked: &Asked) -> Result<Found> {
    let home = households::by_code(tx, code)?.ok_or(Error::NotFound)?;
    let home = households::kept(tx, home)?;
    let today = ctx.today();
    let mine = match ctx.account() {
        Some(me) => crate::read::kinds_between(tx, me, home.id, today)?,
        None => Vec::new(),
    };
    let target = Target::at(&home.path).paired(!mine.is_empty());
    if !access::may(&ctx.scope, Verb::View, Noun::Visit, target) {
        return Err(Error::NotFound);
    }
    let pack = &ctx.site.pack;
    let held = crate::read::history(tx, home.id)?;
    let by = |id: &str| pack.work.is_for(id).then(|| pack.pairing(id)).flatten();
    let kind = by(&asked.kind)
        .or_else(|| mine.iter().find_map(|k| by(k)))
        .or_else(|| held.iter().rev().find_map(|p| by(&p.kind)))
        .or_else(|| pack.work.pairings.iter().find_map(|k| by(k)))
        .cloned()
        .ok_or(Error::NotFound)?;
    let holder = mine.contains(&kind.id);
    let now = work::pairing_on(tx, home.id, &kind.id, today)?;
    let manages = access::may(&ctx.scope, Verb::Manage, Noun::Pairing, home.path.as_str());
    let checker = manages && now.as_ref().is_some_and(|p| Some(p.account) != ctx.account());
    let ended = manages && now.is_none();
    let head = called(&head(tx, ctx, &home)?, !mine.is_empty());
    Ok(Found { year: asked.year(today), on: asked.on(today), holder, checker, ended, head, kind, home })
}

impl Found {
    /// The household in words.
    pub fn whose(&self, look: &Look) -> String {
        match (self.head.as_str(), look.locale) {
            ("", _) => self.home.code.clone(),
            (head, kernel::Locale::Zh) => format!("{head}家"),
            (head, kernel::Locale::En) => format!("Household of {head}"),
        }
    }

    /// An address about the same pairing and year.
    pub fn href(&self, act: &str, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("kind", &self.kind.id).append_pair("year", &self.year.to_string());
        for (name, value) in more.iter().filter(|(_, v)| !v.is_empty()) {
            query.append_pair(name, value);
        }
        let act = if act.is_empty() { String::new() } else { format!("/{act}") };
        format!("/plans/{}{act}?{}", self.home.code, query.finish())
    }

    /// A page about it.
    pub fn frame(&self, look: &Look, ctx: &Ctx, title: &str) -> Page {
        let list =
            Crumb { href: "/plans".to_owned(), label: ctx.site.pack.work.name.to(look.locale).to_owned() };
        let own = Crumb { href: self.href("", &[]), label: self.home.code.clone() };
        Page::new(look, title).at("/visits").narrow().crumbs(vec![list, own])
    }
}

pub(super) fn context(site: &SharedSite, staff: &Staff) -> Ctx {
    Ctx::new(site, staff.scope.clone())
}

/// The same, for a page.
pub(super) async fn found(ctx: &Ctx, code: &str, asked: &Asked) -> Result<Found> {
    let (code, asked) = (code.to_owned(), asked.clone());
    ctx.read(move |tx, ctx| find(tx, ctx, &code, &asked)).await
}
