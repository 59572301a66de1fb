//! Who looks after a household, and who did: a part of its page.

use crate::model::Pairing;
use crate::pages::pairings::{duty_name, standing};
use crate::standing::{Duty, of_household};
use access::{Noun, Target, Verb, accounts};
use db::Tx;
use kernel::{Date, HouseholdId, Result, UnitId};
use maud::{Markup, html};
use register::households::{self, Household};
use requests::Ctx;
use web::components::{Column, Row, Table, card_with, disclosure};
use web::{Look, format};

/// A pairing with the name of whoever holds it, and of their unit.
struct Tie {
    pairing: Pairing,
    /// The code of the household that stood for this one then: the pairing was with it. None where whoever asks may not
    /// see who looks after whom there.
    then: Option<String>,
    name: String,
    unit: Option<UnitId>,
}

/// What the part shows.
pub(super) struct Ties {
    now: Vec<Tie>,
    before: Vec<Tie>,
    /// What is owed of the household today; of a past day the page of its unit tells.
    owed: Vec<Duty>,
    /// Whether whoever asks may print the cards of those who look after it; their own they always may.
    prints: bool,
    /// The page of duties that whoever asks may open: their own, or that of the grid.
    duties: Option<String>,
}

/// Reads it as of a day; none where whoever asks may not see who looks after whom there.
///
/// Errors: those of the database.
pub(super) fn read(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    home: &Household,
    paired: bool,
    on: Date,
) -> Result<Option<Ties>> {
    // Whoever is paired with it knows who else comes.
    if !paired && !access::may(&ctx.scope, Verb::View, Noun::Pairing, Target::at(&home.path)) {
        return Ok(None);
    }
    let mut all = while_linked(tx, ctx, home.id)?;
    for id in households::same(tx, home.id)? {
        all.extend(crate::read::history(tx, id)?.into_iter().map(|p| (p, None)));
    }
    all.retain(|(p, _)| p.from <= on);
    all.sort_by_key(|(p, _)| (std::cmp::Reverse(p.from), p.kind.clone()));
    let (mut now, mut before) = (Vec::new(), Vec::new());
    for (pairing, then) in all {
        let name = accounts::by_id(tx, pairing.account)?.map(|a| a.name).unwrap_or_default();
        let unit = accounts::units_of(tx, pairing.account, on)?.first().copied();
        let tie = Tie { name, unit, pairing, then };
        if tie.pairing.is_in_force(on) { now.push(tie) } else { before.push(tie) }
    }
    let today = on == ctx.today() && home.is_open(on);
    let owed = if today { of_household(tx, &ctx.site.pack, home.id, on)? } else { Vec::new() };
    let grid = ctx.dir.by_path(&home.path);
    let duties = match grid {
        _ if paired => Some("/duties".to_owned()),
        Some(grid) if access::may(&ctx.scope, Verb::List, Noun::Pairing, home.path.as_str()) => {
            Some(format!("/duties/unit?unit={}", grid.code))
        }
        _ => None,
    };
    let prints = access::may(&ctx.scope, Verb::Print, Noun::Pairing, home.path.as_str());
    Ok(Some(Ties { now, before, owed, prints, duties }))
}

/// Who looked after the household while it was linked to another one that is another again: the pairings of that one in
/// that time, with its code. Whom that one had by itself is its own affair: whoever may not see that sees those who came
/// along with the link.
fn while_linked(tx: &mut dyn Tx, ctx: &Ctx, id: HouseholdId) -> Result<Vec<(Pairing, Option<String>)>> {
    let mut out = Vec::new();
    for link in households::links(tx, id)?.into_iter().filter(|l| l.household == id) {
        let Some(undone) = link.undone_at else { continue };
        let (first, end) = (ctx.site.zone.date(link.at), ctx.site.zone.date(undone));
        let kept = households::get(tx, link.kept)?;
        let may = |h: &Household| access::may(&ctx.scope, Verb::View, Noun::Pairing, Target::at(&h.path));
        let code = kept.filter(may).map(|h| h.code);
        for pairing in crate::read::history(tx, link.kept)? {
            let came_along = pairing.from == first && pairing.basis == link.basis;
            if code.is_none() && !came_along {
                continue;
            }
            let (from, to) = (pairing.from.max(first), pairing.to.map_or(end, |to| to.min(end)));
            if from < to {
                let ended_basis =
                    pairing.ended_basis.clone().filter(|_| pairing.to.is_some_and(|t| t <= end));
                out.push((Pairing { from, to: Some(to), ended_basis, ..pairing }, code.clone()));
            }
        }
    }
    Ok(out)
}

/// The part of the page.
pub(super) fn view(look: &Look, ctx: &Ctx, home: &Household, ties: &Ties, past: bool) -> Markup {
    let pack = &ctx.site.pack;
    let kind = |t: &Tie| match pack.pairing(&t.pairing.kind) {
        Some(k) => k.holder.to(look.locale).to_owned(),
        None => t.pairing.kind.clone(),
    };
    let who = |t: &Tie| {
        html! {
            (t.name) @if let Some(unit) = t.unit { div.quiet { (ctx.dir.name(unit, look.locale)) } }
            @if let Some(code) = &t.then {
                div.quiet { (look.t(&format!("当时并入 {code}"), &format!("then linked to {code}"))) }
            }
        }
    };
    // The card of this household alone, of whoever looks after it today.
    let card = |t: &Tie| {
        let may = !past && home.kept.is_none() && (ties.prints || ctx.account() == Some(t.pairing.account));
        html! { @if may { div { a href={ "/people/" (t.pairing.account) "/cards?household=" (home.code) } { (look.t("打印联系服务卡", "Print the contact card")) } } } }
    };
    let day = |d: Date| format::day_year(look.locale, d);
    let grid = ctx.dir.by_path(&home.path);
    let may = access::may(&ctx.scope, Verb::Manage, Noun::Pairing, home.path.as_str());
    let tools = html! {
        @if let (true, false, Some(grid)) = (may, past, grid) {
            a href={ "/coverage?unit=" (grid.code) } { (look.t("安排联系人", "Arrange who comes")) }
        }
    };
    let now = Table::new(look, look.t("谁在联系这一户", "Who looks after it"))
        .column(Column::new(look.t("联系人", "Who")).primary())
        .column(Column::new(look.t("身份", "As")).bare())
        .column(Column::new(look.t("从", "Since")))
        .column(Column::new(look.t("依据", "Basis")))
        .rows(ties.now.iter().map(|t| {
            let cells = vec![
                html! { (who(t)) (card(t)) },
                html! { (kind(t)) },
                html! { (day(t.pairing.from)) },
                html! { (t.pairing.basis) },
            ];
            Row::new(cells)
        }))
        .empty(html! { p.hint { (look.t("那时没有人联系这一户。", "Nobody looked after it then.")) } });
    let before = Table::new(look, look.t("以前的联系人", "Who looked after it before"))
        .column(Column::new(look.t("联系人", "Who")).primary())
        .column(Column::new(look.t("身份", "As")).bare())
        .column(Column::new(look.t("从", "From")))
        .column(Column::new(look.t("至（不含）", "Until (not including)")))
        .column(Column::new(look.t("为什么结束", "Why it ended")))
        .rows(ties.before.iter().map(|t| {
            Row::new(vec![
                who(t),
                html! { (kind(t)) },
                html! { (day(t.pairing.from)) },
                html! { (t.pairing.to.map(day).unwrap_or_default()) },
                html! { (t.pairing.ended_basis.as_deref().unwrap_or("")) },
            ])
        }));
    card_with(
        look.t("谁在联系这一户", "Who looks after it"),
        tools,
        html! {
            @if ties.now.is_empty() && !past { p.hint { (look.t("现在没有人联系这一户。", "Nobody looks after it now.")) } }
            @else { (now.render()) }
            @if !ties.owed.is_empty() {
                ul.plain { @for duty in &ties.owed { @if let Some(rule) = pack.obligation(&duty.obligation) {
                    li { b { (duty_name(look, rule, duty.period)) } " " (standing(look, &rule.record, &duty.standing, ctx.today())) }
                } } }
            }
            @if let (Some(href), false) = (&ties.duties, past) { p { a href=(href) { (look.t("看走访进度", "What is due")) } } }
            @if !ties.before.is_empty() {
                (disclosure(look.t("以前的联系人", "Who looked after it before"), before.render()))
            }
        },
    )
}
