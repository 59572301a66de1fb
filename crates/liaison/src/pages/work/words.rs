//! Words of plans and help, for every page that shows them.

use crate::pages::visits::books::{learnt, or_gone};
use crate::work::{ItemState, KnownHelp, PlanItem};
use kernel::{Date, Locale};
use maud::{Markup, html};
use requests::Ctx;
use web::Look;
use web::components::{Tone, pill};

/// Until the end of which month: 3 月底前; a day where it is another.
pub(in crate::pages) fn until(look: &Look, by: Date, year: i16) -> String {
    let last = by.tomorrow().map_or(by.day() >= 28, |next| next.month() != by.month());
    if !last {
        return format!("{}{}", web::format::day(look.locale, by), look.t("前", " latest"));
    }
    match (look.locale, by.year() == year) {
        (Locale::Zh, true) => format!("{}月底前", by.month()),
        (Locale::Zh, false) => format!("{}年{}月底前", by.year(), by.month()),
        (Locale::En, _) => format!("by the end of {}", web::format::month(look.locale, by)),
    }
}

/// What an item is called, with its own words.
pub(in crate::pages) fn item_name(look: &Look, ctx: &Ctx, item: &PlanItem) -> String {
    let name = name_of(look, ctx, Some(&item.item));
    if item.text.is_empty() { name } else { format!("{name}{}{}", look.t("：", ": "), item.text) }
}

/// What an item of the pack is called.
pub(in crate::pages) fn name_of(look: &Look, ctx: &Ctx, item: Option<&str>) -> String {
    match item {
        Some(id) => {
            ctx.site.pack.work.item(id).map_or_else(|| id.to_owned(), |i| i.name.to(look.locale).to_owned())
        }
        None => look.t("计划外的帮助", "Help beside the plan").to_owned(),
    }
}

/// What an effect of the pack is called.
pub(in crate::pages) fn effect_of(look: &Look, ctx: &Ctx, effect: &str) -> String {
    let known = ctx.site.pack.work.effect(effect);
    known.map_or_else(|| effect.to_owned(), |e| e.name.to(look.locale).to_owned())
}

/// Where an item stands.
pub(in crate::pages) fn state(look: &Look, state: ItemState) -> Markup {
    let tone = match state {
        ItemState::Done => Tone::Ok,
        ItemState::Going => Tone::Info,
        ItemState::Lagging => Tone::Late,
        ItemState::Open => Tone::Plain,
    };
    pill(tone, state.name().to(look.locale))
}

/// What was done: the words of the help, or of the visit at which it was given.
pub(in crate::pages) fn done(look: &Look, ctx: &Ctx, help: &KnownHelp) -> String {
    match &help.visit {
        Some(visit) if help.text.is_empty() => learnt(ctx, visit, look.locale),
        _ => or_gone(&help.text, look.locale).to_owned(),
    }
}

/// One help in a line: the day, what came of it, what was done.
pub(in crate::pages) fn help_line(look: &Look, ctx: &Ctx, help: &KnownHelp) -> Markup {
    line(look, ctx, help, &done(look, ctx, help))
}

/// The same where nobody has signed in: without the words of the visit, which are about more than the help and may
/// name neighbours.
pub(in crate::pages) fn help_on_card(look: &Look, ctx: &Ctx, help: &KnownHelp) -> Markup {
    line(look, ctx, help, &help.text)
}

fn line(look: &Look, ctx: &Ctx, help: &KnownHelp, words: &str) -> Markup {
    html! {
        (web::format::day_near(look.locale, help.on, ctx.today())) " · " b { (effect_of(look, ctx, &help.effect)) }
        @if !words.is_empty() { " · " (words) }
        @if help.visit.is_some() { " " span.quiet { (look.t("（走访时）", " (at a visit)")) } }
    }
}
