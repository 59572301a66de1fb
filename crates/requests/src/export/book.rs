//! Whose ledger 台账 somebody may open: the one place where a ledger's reach is settled.

use super::Asked;
use crate::ctx::Ctx;
use crate::store::ledger::Reach;
use access::{Limits, Noun, Verb};
use kernel::{Error, Locale, Result, Role, Say, UnitId};

/// The word in an address for the cases somebody answers for themselves. No unit has it as its code.
pub const MINE: &str = "mine";

/// A ledger that somebody may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// What stands in it.
    pub reach: Reach,
    /// The unit it belongs to; none for one's own.
    pub unit: Option<UnitId>,
    /// What the address calls it: the unit's code, or [`MINE`].
    pub code: String,
}

impl Book {
    /// What it is called: the unit's name.
    pub fn name(&self, ctx: &Ctx, locale: Locale) -> String {
        match self.unit {
            Some(unit) => ctx.dir.name(unit, locale).to_owned(),
            None => locale.t("我负责的", "Mine").to_owned(),
        }
    }

    /// Whether it holds what the units below have, too.
    pub fn has_branches(&self) -> bool {
        matches!(self.reach, Reach::Site | Reach::Unit(_))
    }
}

/// The ledgers that the posts held today open, that of the first post first. Those of the units below
/// are opened by their code.
pub fn shelf(ctx: &Ctx, verb: Verb) -> Vec<Book> {
    let limits = access::limits(&ctx.scope, verb, Noun::Ledger);
    let mut out: Vec<Book> = Vec::new();
    let mut add = |book: Option<Book>| {
        if let Some(book) = book.filter(|b| !out.contains(b)) {
            out.push(book);
        }
    };
    for grant in &ctx.scope.grants {
        let whole = limits.subtrees.iter().any(|s| grant.path.starts_with(s.as_str()));
        let own = limits.units.iter().find(|(unit, _)| *unit == grant.unit);
        if limits.everywhere && grant.role == Role::Auditor {
            add(root(ctx));
        } else if whole {
            add(branch(ctx, &grant.path));
        } else if let Some((unit, _)) = own {
            add(seat(ctx, *unit));
        }
    }
    if limits.everywhere {
        add(root(ctx));
    }
    limits.subtrees.iter().for_each(|path| add(branch(ctx, path)));
    limits.units.iter().for_each(|(unit, _)| add(seat(ctx, *unit)));
    add(limits.own.map(|account| Book { reach: Reach::Own(account), unit: None, code: MINE.to_owned() }));
    out
}

/// The ledger that an address asks for; that of the first post where it names none.
///
/// Errors: [`Error::NotFound`] for a unit that no post reaches, [`Error::Forbidden`] where no post
/// opens any ledger.
pub fn open(ctx: &Ctx, verb: Verb, code: &str) -> Result<Book> {
    let shelf = shelf(ctx, verb);
    if shelf.is_empty() {
        access::demand(&ctx.scope, verb, Noun::Ledger, "")?;
        return Err(Error::Forbidden(Say::new(
            "您今天的岗位没有台账。",
            "None of your posts today opens a ledger.",
        )));
    }
    if let Some(book) = shelf.iter().find(|b| code.is_empty() || b.code == code) {
        return Ok(book.clone());
    }
    let unit = ctx.dir.by_code(code).ok_or(Error::NotFound)?;
    let limits: Limits = access::limits(&ctx.scope, verb, Noun::Ledger);
    let below = limits.everywhere || limits.subtrees.iter().any(|s| unit.path.starts_with(s.as_str()));
    if !below {
        return Err(Error::NotFound);
    }
    branch(ctx, &unit.path).ok_or(Error::NotFound)
}

/// The ledger that a query asks for: that of the unit it names; where it names none, of the unit that it says received
/// first, as far as a post reaches there.
///
/// Errors: as [`open`].
pub fn open_for(ctx: &Ctx, verb: Verb, asked: &Asked) -> Result<Book> {
    let (unit, first) = (asked.get("unit"), asked.get("first"));
    if unit.is_empty() && !first.is_empty() {
        match open(ctx, verb, first) {
            Err(Error::NotFound) => {}
            found => return found,
        }
    }
    open(ctx, verb, unit)
}

fn root(ctx: &Ctx) -> Option<Book> {
    ctx.dir.root().map(|r| Book { reach: Reach::Site, unit: Some(r.id), code: r.code.clone() })
}

/// The unit at a path with all below it. The topmost one's is the whole site: cases are not entered
/// under it one by one.
fn branch(ctx: &Ctx, path: &str) -> Option<Book> {
    let unit = ctx.dir.by_path(path)?;
    let reach = if unit.parent.is_none() { Reach::Site } else { Reach::Unit(unit.id) };
    Some(Book { reach, unit: Some(unit.id), code: unit.code.clone() })
}

fn seat(ctx: &Ctx, unit: UnitId) -> Option<Book> {
    ctx.dir.get(unit).map(|u| Book { reach: Reach::Seat(unit), unit: Some(unit), code: u.code.clone() })
}
