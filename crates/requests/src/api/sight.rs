//! What other programs may read of a case: never more than the public ledger shows.
//!
//! ```text
//! published, or taken in by the same key ─▶ whole: masked text, place as far as the village
//! taken in by a program, not published   ─▶ bare: number, class, standing and dates
//! anything else                          ─▶ not there
//! ```
//!
//! The answer is told where one case is asked for: only there the names of those who asked are looked up,
//! so that no text holds them.

use crate::ctx::Ctx;
use crate::model::{PublicState, Request};
use crate::register::for_all;
use crate::store::api::{self, Told};
use crate::store::people;
use access::{Noun, Verb};
use db::Tx;
use kernel::{DAY, Locale, Result, Text, Timestamp};
use pack::ChannelKind;
use rules::number::RequestNumber;

/// A case as one program may read it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    told: Told,
    /// Whether text, place and answer may be read.
    pub(super) whole: bool,
    /// The names of those who asked, where the answer may be read; never to be told.
    names: Option<Vec<String>>,
}

/// The case with this number, as it may be typed, for `client`; none where it may not be read.
pub(super) fn one(tx: &mut dyn Tx, ctx: &Ctx, number: &str, client: Option<&str>) -> Result<Option<Seen>> {
    access::demand(&ctx.scope, Verb::View, Noun::PublicLedger, "/")?;
    let Ok(number) = number.parse::<RequestNumber>() else { return Ok(None) };
    let Some(told) = api::one(tx, &number.to_string(), client)? else { return Ok(None) };
    let row = &told.row;
    let whole = told.own || is_published(ctx, row);
    let by_program = ctx.site.pack.channel(&row.channel).is_some_and(|c| c.kind == ChannelKind::Client);
    let bare = by_program && row.public_state != PublicState::Never;
    let names = if whole { Some(names(tx, ctx, row)?) } else { None };
    Ok((whole || bare).then_some(Seen { told, whole, names }))
}

fn names(tx: &mut dyn Tx, ctx: &Ctx, row: &Request) -> Result<Vec<String>> {
    let joined = people::joined(tx, row.id)?;
    let all = row.person.into_iter().chain(joined.iter().map(|j| j.person));
    access::identity::names(tx, &ctx.site.keyring, all)
}

/// The cases asked for, latest first; all of them may be read whole.
pub(super) fn list(tx: &mut dyn Tx, ctx: &Ctx, asked: &api::Asked) -> Result<Vec<Seen>> {
    access::demand(&ctx.scope, Verb::List, Noun::PublicLedger, "/")?;
    let found = api::list(tx, asked, ctx.at)?;
    Ok(found.into_iter().map(|told| Seen { told, whole: true, names: None }).collect())
}

/// Before which instant a case was received that everybody may read today; none where nothing is public.
pub(super) fn published_before(ctx: &Ctx) -> Option<Timestamp> {
    let rule = &ctx.site.pack.public_ledger;
    rule.open.then(|| ctx.at.plus(-i64::from(rule.after_days) * DAY))
}

/// Whether everybody may read it today.
fn is_published(ctx: &Ctx, row: &Request) -> bool {
    row.public_state == PublicState::Shown
        && !row.class.is_empty()
        && published_before(ctx).is_some_and(|before| row.received_at <= before)
}

impl Seen {
    /// Its row. What goes out of it is named by the methods here.
    pub(super) fn row(&self) -> &Request {
        &self.told.row
    }

    /// Whether the program that asks took it in.
    pub(super) fn own(&self) -> bool {
        self.told.own
    }

    /// Whether everybody may read it today.
    pub(super) fn is_published(&self, ctx: &Ctx) -> bool {
        is_published(ctx, self.row())
    }

    /// When it last changed.
    pub(super) fn updated_at(&self) -> Timestamp {
        self.told.updated_at
    }

    /// `open` until nothing more is owed, then `closed`.
    pub(super) fn status(&self) -> &'static str {
        if self.row().is_live() { "open" } else { "closed" }
    }

    /// What the public calls its class.
    pub(super) fn class_name(&self, ctx: &Ctx) -> Text {
        match ctx.site.pack.class(&self.row().class) {
            Some(class) => class.public_name.clone(),
            None if self.row().class.is_empty() => Text::new("待定分类", "Not classified yet"),
            None => Text::new(&self.row().class, &self.row().class),
        }
    }

    /// The headline, masked; the class's name where it may not be read.
    pub(super) fn title(&self, ctx: &Ctx, locale: Locale) -> String {
        self.text(&self.row().public_title, ctx, locale)
    }

    /// The text, masked; the class's name where it may not be read.
    pub(super) fn description(&self, ctx: &Ctx, locale: Locale) -> String {
        self.text(&self.row().public_body, ctx, locale)
    }

    fn text(&self, text: &str, ctx: &Ctx, locale: Locale) -> String {
        match for_all(text, self.names.iter().flatten()) {
            masked if self.whole && !masked.trim().is_empty() => masked,
            _ => self.class_name(ctx).to(locale).to_owned(),
        }
    }

    /// The latest answer, masked, where one case was asked for and it may be read.
    pub(super) fn answer(&self) -> Option<String> {
        let names = self.names.as_ref()?;
        Some(for_all(self.row().answer.as_deref()?, names.iter()))
    }

    /// By when an answer is promised, where that lies after it was received.
    pub(super) fn expected(&self) -> Option<Timestamp> {
        self.row().answer_due.filter(|due| *due > self.row().received_at)
    }

    /// The place as far as everybody may read it: as a rule the village.
    pub(super) fn place<'c>(&self, ctx: &'c Ctx) -> Option<&'c register::Unit> {
        let place = self.row().place.filter(|_| self.whole)?;
        let levels = levels(ctx);
        levels.iter().rev().find_map(|level| ctx.dir.at_level(place, level))
    }

    /// Degrees north and east, rounded to about a kilometre: the point of that place, or the one that
    /// was given with the request.
    pub(super) fn point(&self, ctx: &Ctx) -> Option<(f64, f64)> {
        let given = self.row().point.filter(|_| self.whole).map(|p| (p.lat_e6, p.lon_e6));
        let of_place = || {
            let unit = self.place(ctx)?;
            let e6 = |degrees: f64| (degrees * 1e6).round() as i64;
            Some((e6(unit.lat?), e6(unit.lon?)))
        };
        let round = |e6: i64| ((e6 + 5_000).div_euclid(10_000)) as f64 / 100.0;
        given.or_else(of_place).map(|(lat, lon)| (round(lat), round(lon)))
    }

    /// The path of its first picture or document that everybody may see.
    pub(super) fn file(&self, ctx: &Ctx) -> Option<String> {
        let id = self.told.file.filter(|_| is_published(ctx, self.row()))?;
        Some(format!("/public/{}/files/{id}", self.row().number))
    }
}

/// The levels at which places are told in public, from the top down: the first two below the root that
/// people choose from, such as township and village.
pub(super) fn levels(ctx: &Ctx) -> Vec<&str> {
    let root = ctx.dir.root().map_or("", |u| u.level.as_str());
    let places = ctx.site.pack.levels.iter().filter(|l| l.place && l.id != root);
    places.map(|l| l.id.as_str()).take(2).collect()
}
