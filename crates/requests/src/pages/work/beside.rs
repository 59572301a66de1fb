//! What waits for somebody besides cases: a part of the desk.

use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use db::Tx;
use kernel::{AccountId, Locale, Result, Text, UnitId};
use maud::{Markup, html};
use std::sync::OnceLock;
use web::components::card;
use web::format;

/// What is to be done at the doors of households.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duties {
    /// How many households somebody has to see.
    pub homes: usize,
    /// How many promises to the households that they look after are open.
    pub promises: usize,
    /// How many needs of these households ended of which the family has not been told yet.
    pub tell: usize,
    /// What is due in the units that they lead.
    pub units: Vec<UnitDuty>,
}

/// What is due in a unit and below by one obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitDuty {
    /// The unit.
    pub unit: UnitId,
    /// The obligation and its period.
    pub name: Text,
    /// How many households are still to be seen in the period.
    pub open: i64,
    /// How many were not seen in the period before.
    pub missed: i64,
    /// The page with the numbers.
    pub href: String,
}

impl Duties {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        *self == Duties::default()
    }

    /// Whether there is something for them to do themselves.
    pub(super) fn own(&self) -> bool {
        self.homes + self.promises > 0
    }
}

/// Tells it of somebody.
pub type AskDuties = fn(&mut dyn Tx, &Ctx, AccountId) -> Result<Duties>;

/// What waits for somebody besides cases. Whoever puts the program together says who knows it: visits are no matter of
/// this slice.
#[derive(Default)]
pub struct Beside(OnceLock<AskDuties>);

impl Beside {
    /// Asks `duties` from now on; the first that is said stays.
    pub fn ask(&self, duties: AskDuties) {
        let _ = self.0.set(duties);
    }
}

/// What waits for somebody at the doors of households.
pub(super) fn duties(tx: &mut dyn Tx, ctx: &Ctx, me: AccountId) -> Result<Duties> {
    match ctx.site.kept.get::<Beside>().0.get() {
        Some(duties) => duties(tx, ctx, me),
        None => Ok(Duties::default()),
    }
}

/// The way to the households that I have to see, and to those that are to be seen in the units that I lead.
pub(super) fn view(eye: &Eye, duties: &Duties) -> Markup {
    let (homes, promises) = (duties.homes, duties.promises);
    let own = match eye.locale() {
        Locale::Zh => format!("：还要走访 {homes} 户，答应了还没交代的事 {promises} 件"),
        Locale::En => format!(": {homes} households to see, {promises} promises open"),
    };
    let tell = match eye.locale() {
        Locale::Zh => format!("：{} 件事有结果了，还没告诉家里人", duties.tell),
        Locale::En => format!(": {} needs have a result that the family was not told of", duties.tell),
    };
    html! { @if !duties.is_empty() { (card(None, html! {
        @if duties.own() { p.row-of {
            span { b { (eye.t("走访", "Visits")) } (own) }
            a href="/duties" { (eye.t("去看", "Open the list")) }
        } }
        @if duties.tell > 0 { p.row-of {
            span { b { (eye.t("回话", "To tell")) } (tell) }
            a href="/visits/after" { (eye.t("去告诉", "Tell them")) }
        } }
        @for of in &duties.units { p.row-of {
            span { b { (eye.unit(of.unit)) } " · " (of.name.to(eye.locale())) (unit_text(eye.locale(), of)) }
            a href=(of.href) { (eye.t("看进度", "Open the numbers")) }
        } }
    })) } }
}

fn unit_text(locale: Locale, of: &UnitDuty) -> String {
    let (open, missed) = (format::number(of.open), format::number(of.missed));
    match (locale, of.missed > 0) {
        (Locale::Zh, false) => format!("：还要走访 {open} 户"),
        (Locale::Zh, true) => format!("：还要走访 {open} 户，上一期没走到 {missed} 户"),
        (Locale::En, false) => format!(": {open} households to be seen"),
        (Locale::En, true) => {
            format!(": {open} households to be seen, {missed} not seen in the period before")
        }
    }
}
