//! Open matters like the one that is being told: each can be joined instead of registered again.

use super::desk::{Desk, Screen};
use super::{class, read};
use crate::ctx::Ctx;
use crate::model::{PublicState, Request};
use crate::pages::public::place;
use crate::store::near::{self, Around};
use crate::store::{desk as rows, people};
use access::{SharedSite, Staff};
use axum::extract::State;
use axum::response::IntoResponse;
use db::Tx;
use kernel::{DAY, Result, UnitId};
use maud::{Markup, html};
use rules::similar::{Grams, score};
use web::components::{Icon, icon};
use web::{FormBody, PageResult};

/// So far back matters are looked for.
const SINCE: i64 = 90 * DAY;
/// From this likeness on, in thousandths, a matter is shown.
const ALIKE: u32 = 180;
/// What the same class and the same place add to it.
const SAME_CLASS: u32 = 120;
const SAME_PLACE: u32 = 120;
/// How many are shown.
const FEW: usize = 5;
/// Places looked in one by one at most.
const PLACES: usize = 40;

/// An open matter like it.
pub(super) struct Alike {
    row: Request,
    /// How many people have it.
    people: usize,
    /// The reader sees the case itself; otherwise what the public sees of it.
    seen: bool,
}

/// What was told so far.
struct Told {
    text: Grams,
    class: Option<String>,
    place: Option<UnitId>,
}

/// `POST /intake/near`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff, FormBody(v): FormBody) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::of(&v), v)?;
    let found = find(&desk).await?;
    Ok(view(&desk, &found).into_response())
}

/// Open matters like what the form says so far, the likest first.
pub(super) async fn find(desk: &Desk) -> Result<Vec<Alike>> {
    let body = desk.value("body").to_owned();
    let class = class::chosen(desk).map(|c| c.code.clone());
    let place = read::place(&desk.ctx, &desk.state.values).ok().flatten();
    let text = Grams::of("", &body);
    // A place alone is no matter yet.
    if text.is_empty() && class.is_none() {
        return Ok(Vec::new());
    }
    let unit = desk.unit;
    let told = Told { text, class, place };
    let around = around(&desk.ctx, unit, &told);
    desk.ctx
        .read(move |tx, ctx| {
            let all = near::candidates(tx, &around)?;
            pick(tx, ctx, &told, all)
        })
        .await
}

fn pick(tx: &mut dyn Tx, ctx: &Ctx, told: &Told, all: Vec<Request>) -> Result<Vec<Alike>> {
    let mut scored: Vec<(u32, Request)> = all
        .into_iter()
        .filter(|r| r.public_state == PublicState::Shown || rows::may_see(ctx, r))
        .filter(|r| nearby(ctx, told.place, r.place))
        .map(|r| (likeness(ctx, told, &r), r))
        .filter(|(s, _)| *s >= ALIKE)
        .collect();
    scored.sort_by_key(|(s, r)| std::cmp::Reverse((*s, r.id)));
    scored
        .into_iter()
        .take(FEW)
        .map(|(_, row)| {
            let people = people::joined(tx, row.id)?.len() + 1;
            Ok(Alike { people, seen: rows::may_see(ctx, &row), row })
        })
        .collect()
}

/// Whether a matter can be nearby: where both places are known, they lie in the same unit of the first level
/// that people choose from, such as a township.
fn nearby(ctx: &Ctx, here: Option<UnitId>, there: Option<UnitId>) -> bool {
    let Some(level) = place::levels(ctx).first().map(|l| l.id.clone()) else { return true };
    let at = |unit: Option<UnitId>| unit.and_then(|u| ctx.dir.at_level(u, &level)).map(|u| u.id);
    match (at(here), at(there)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

/// How like a matter is: its words, and whether class and place are the same.
fn likeness(ctx: &Ctx, told: &Told, r: &Request) -> u32 {
    let words = score(&told.text, &Grams::of(&r.title, &r.body));
    let class = told.class.as_deref() == Some(&r.class);
    let place = told.place.zip(r.place).is_some_and(|(a, b)| {
        let (a, b) = (ctx.path(a), ctx.path(b));
        a.starts_with(b) || b.starts_with(a)
    });
    words + if class { SAME_CLASS } else { 0 } + if place { SAME_PLACE } else { 0 }
}

/// Where to look: the classes next to the one told, the place and what lies in it; the desk's own ledger
/// while neither is known.
fn around(ctx: &Ctx, desk: UnitId, told: &Told) -> Around {
    let pack = &ctx.site.pack;
    let branch = told.class.as_deref().and_then(|c| c.rsplit_once('.')).map(|(above, _)| above);
    let classes: Vec<String> =
        branch.map(|b| pack.classes_below(Some(b)).map(|c| c.code.clone()).collect()).unwrap_or_default();
    let places: Vec<UnitId> = match told.place {
        Some(place) => {
            let office = |kind: &str| pack.unit_kind(kind).is_some_and(|k| k.office);
            let all = ctx.dir.subtree(ctx.path(place)).filter(|u| !office(&u.kind));
            all.map(|u| u.id).take(PLACES).collect()
        }
        None => Vec::new(),
    };
    let ledgers = match (classes.is_empty(), places.is_empty()) {
        (true, true) => vec![ledger(ctx, desk)],
        _ => Vec::new(),
    };
    Around { classes, places, ledgers, since: ctx.at.plus(-SINCE) }
}

/// The ledger that holds most of what a desk sees: that of the area it serves.
fn ledger(ctx: &Ctx, desk: UnitId) -> UnitId {
    let office = |kind: &str| ctx.site.pack.unit_kind(kind).is_some_and(|k| k.office);
    match ctx.dir.get(desk) {
        Some(u) if office(&u.kind) => u.parent.filter(|p| ctx.dir.parent(*p).is_some()).unwrap_or(desk),
        _ => desk,
    }
}

/// The list, each with the button that joins.
pub(super) fn view(desk: &Desk, found: &[Alike]) -> Markup {
    html! {
        @if found.is_empty() {
            p.hint { (desk.t("还没有相近的在办事项。", "No open matter like it so far.")) }
        }
        @if !found.is_empty() {
            ul.near {
                @for (i, alike) in found.iter().enumerate() { (item(desk, alike, i + 1)) }
            }
        }
    }
}

fn item(desk: &Desk, alike: &Alike, n: usize) -> Markup {
    let (row, eye) = (&alike.row, &desk.eye);
    let people = alike.people;
    html! {
        li {
            p { b { @if alike.seen { (row.title) } @else { (row.public_title) } } " " (eye.state(row)) }
            p.meta {
                span { (eye.day(row.received_at)) }
                @if alike.seen { span { (eye.place(row)) } }
                @else if let Some(place) = row.place { span { (desk.ctx.dir.full_name(place, desk.locale())) } }
                span { (both!(desk.locale(), "{people} 人提过", "asked by {people}")) }
            }
            p.hint { (desk.t("答复：", "Answer: ")) (eye.due(row)) " · " (eye.unit(row.unit)) }
            div.row-of {
                button.btn type="submit" form="desk" formaction="/intake/joinings" formnovalidate name="into"
                    value=(row.number) data-key=(n) { (desk.t("并入这件", "Join this")) kbd { (n) } }
                @if alike.seen {
                    a href={ "/requests/" (row.number) } target="_blank" rel="noopener" { (row.number) (icon(Icon::Forward)) }
                } @else {
                    a href={ "/public/" (row.number) } target="_blank" rel="noopener" { (row.number) (icon(Icon::Forward)) }
                }
            }
        }
    }
}
