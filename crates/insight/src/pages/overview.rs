//! The tiles of a dashboard: how the cases went, and what people said of the answers.

use super::dashboard::{made_of, rate};
use super::reader::Reader;
use crate::figures::Figures;
use maud::{Markup, html};
use web::components::{Tile, Tone, tiles};
use web::format::{number, of};

/// Two rows, each with its heading: what was done, and of what was answered what the persons said.
pub(super) fn overview(r: &Reader, f: &Figures) -> Markup {
    let look = &r.look;
    let row = |id: &str, title: &str, items: &[Tile]| {
        html! { section aria-labelledby=(id) { h2 id=(id) { (title) } (tiles(items)) } }
    };
    html! {
        (row("done", look.t("办得怎样", "How it went"), &done(r, f)))
        @if f.before.received > 0 { (before(r, f.before.received)) }
        (row("said", look.t("答复以后，诉求人怎么说", "What people said of the answers"), &said(r, f)))
    }
}

/// How many came in over as many months right before.
fn before(r: &Reader, received: i64) -> Markup {
    let look = &r.look;
    let earlier = r.period.earlier();
    let (from, to) = earlier.keys();
    let n = number(received);
    html! { p.hint {
        (look.t("上一期（", "The period before (")) (earlier.say(look.locale)) (look.t("）受理 ", "): "))
        @match r.list(&r.unit.code, &[("from", &from), ("to", &to)]) {
            Some(href) => { a href=(href) { (n) } }
            None => { (n) }
        }
        (look.t(" 件。", " received."))
    } }
}

fn tile(label: &str, value: String, note: String, href: Option<String>) -> Tile {
    Tile { label: label.to_owned(), value, note, href, tone: Tone::Plain }
}

fn done(r: &Reader, f: &Figures) -> Vec<Tile> {
    let (look, t) = (&r.look, &f.total);
    let list = |more: &[(&str, &str)]| r.list(&r.unit.code, more);
    let now = if r.as_of.is_some() { String::new() } else { look.t("现在", "now").to_owned() };
    let mut out = vec![
        tile(look.t("受理", "Received"), number(t.received), String::new(), list(&[])),
        tile(look.t("在办", "Open"), number(f.open), now.clone(), r.now("live")),
        tile(look.t("逾期未答复", "Overdue"), number(f.overdue), now, r.now("overdue")),
        tile(
            look.t("按时答复", "Answered on time"),
            rate(t.on_time, t.answered),
            made_of(t.on_time, t.answered),
            list(&[("on_time", "yes")]),
        ),
        tile(
            look.t("重办过", "Reworked"),
            rate(t.reworked, t.answered),
            made_of(t.reworked, t.answered),
            list(&[("reworked", "yes")]),
        ),
        tile(
            look.t("不能解决", "Cannot be solved"),
            number(t.unsolvable),
            look.t("另计，附原因", "counted apart, with the reason").to_owned(),
            list(&[("standing", "unsolvable")]),
        ),
    ];
    if f.overdue > 0 {
        out[2].tone = Tone::Late;
    }
    out
}

fn said(r: &Reader, f: &Figures) -> Vec<Tile> {
    let (look, t) = (&r.look, &f.total);
    let list = |more: &[(&str, &str)]| r.list(&r.unit.code, more);
    let said = t.solved + t.not_solved;
    let replies = |n: i64, all: i64| match (all, made_of(n, all)) {
        (0, made) => made,
        (_, made) if made.is_empty() => {
            look.t("回答太少，不算比率", "too few replies for a share").to_owned()
        }
        (_, made) => format!("{made} {}", look.t("（回答的人）", "(of those who replied)")),
    };
    vec![
        tile(
            look.t("说“解决了”", "Said \"solved\""),
            rate(t.solved, said),
            replies(t.solved, said),
            list(&[("word", "solved")]),
        ),
        tile(
            look.t("说“没解决”", "Said \"not solved\""),
            number(t.not_solved),
            if said == 0 { String::new() } else { of(t.not_solved, said) },
            list(&[("word", "not-solved")]),
        ),
        tile(
            look.t("满意", "Satisfied"),
            rate(t.satisfied, t.rated),
            replies(t.satisfied, t.rated),
            list(&[("satisfied", "yes")]),
        ),
        tile(
            look.t("没联系上", "Not reached"),
            number(t.not_reached),
            look.t("另计，不算满意", "counted apart, not as satisfied").to_owned(),
            list(&[("word", "not-reached")]),
        ),
        tile(
            look.t("问了没有回音", "No reply"),
            number(t.no_reply),
            look.t("另计", "counted apart").to_owned(),
            list(&[("word", "no-reply")]),
        ),
        tile(
            look.t("还没有评价", "Not judged yet"),
            number(t.answered - said - t.not_reached - t.no_reply),
            look.t("已答复，还没问到", "answered, not heard yet").to_owned(),
            list(&[("word", "none")]),
        ),
    ]
}
