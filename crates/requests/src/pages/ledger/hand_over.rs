//! Handing over 移交: the open cases of one officer go to a colleague, all of them or those of one handling unit.

use super::list::done;
use super::search::case_page;
use crate::Ctx;
use crate::acts::handover::{HandOver, hand_over as act};
use crate::export::evening;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::staff;
use crate::store::desk;
use crate::store::groups::{By, open_by};
use crate::store::ledger::{Filter, Reach};
use access::{Limits, Noun, SharedSite, Staff, Verb};
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{AccountId, Error, Locale, Result, UnitId};
use maud::{Markup, html};
use std::collections::BTreeMap;
use web::components::{Chip, Column, Row, Table, card, card_with, chips, disclosure, empty_state};
use web::form::{self, Choice, Field};
use web::{FormBody, FormState, Page, PageResult};

/// How many cases the page lists.
const LISTED: usize = 200;

/// What the page shows.
struct Shown {
    from: AccountId,
    /// The handling unit whose cases are asked for, where it is one of several.
    unit: Option<UnitId>,
    /// All handling units, with how many cases each has.
    units: BTreeMap<UnitId, usize>,
    cases: Vec<Request>,
    /// How many are open, also those the reader may not see.
    open: usize,
    /// Who could answer for all of them, or, where nobody could, for some.
    colleagues: Vec<(AccountId, String)>,
    for_all: bool,
    /// Whose cases the reader may hand over besides their own, with how many are open.
    others: Vec<(AccountId, i64)>,
    names: std::collections::HashMap<AccountId, String>,
}

/// `GET /hand-over?from=ACCOUNT&unit=CODE`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    RawQuery(query): RawQuery,
) -> PageResult {
    let values = form::parse_form(query.unwrap_or_default().as_bytes());
    page(&site, &staff, FormState::new(values)).await
}

async fn page(site: &SharedSite, staff: &Staff, state: FormState) -> PageResult {
    let ctx = Ctx::new(site, staff.scope.clone());
    if !access::may_somewhere(&ctx.scope, Verb::HandOver, Noun::Request) {
        access::demand(&ctx.scope, Verb::HandOver, Noun::Request, "")?;
    }
    let me = staff.account()?.id;
    let from = state.values.parsed::<AccountId>("from").unwrap_or(me);
    let unit = unit_of(&ctx, &state.values);
    let shown = ctx.read(move |tx, ctx| read(tx, ctx, me, from, unit)).await?;
    let eye = Eye::new(&staff.look, &ctx).with_names(shown.names.clone());
    let invalid = !state.errors.is_empty();
    let page = view(&eye, me, &state, &shown);
    Ok(if invalid { page.status(axum::http::StatusCode::UNPROCESSABLE_ENTITY) } else { page }.into_response())
}

/// The handling unit that is asked for.
fn unit_of(ctx: &Ctx, values: &web::Values) -> Option<UnitId> {
    ctx.dir.by_code(values.one("unit")).map(|u| u.id)
}

fn read(tx: &mut dyn Tx, ctx: &Ctx, me: AccountId, from: AccountId, unit: Option<UnitId>) -> Result<Shown> {
    let names = access::accounts::all_names(tx)?.into_iter().collect();
    let others = others(tx, ctx, me)?;
    if from != me && !others.iter().any(|(id, _)| *id == from) {
        return Err(Error::NotFound);
    }
    let all = desk::open_of(tx, from)?;
    let mut cases = all.clone();
    cases.retain(|r| desk::may_see(ctx, r));
    let mut units: BTreeMap<UnitId, usize> = BTreeMap::new();
    cases.iter().for_each(|r| *units.entry(r.unit).or_default() += 1);
    // Where some are out of reach, those of the one unit that is not are what can be handed over.
    let only = units.keys().next().copied().filter(|_| units.len() == 1 && cases.len() < all.len());
    let unit = unit.filter(|u| units.contains_key(u)).or(only);
    let here = |r: &Request| unit.is_none_or(|u| r.unit == u);
    cases.retain(here);
    let open = all.iter().filter(|r| here(r)).count();
    let asked: Vec<UnitId> = units.keys().copied().filter(|u| unit.is_none_or(|one| one == *u)).collect();
    let mut seats: BTreeMap<AccountId, (String, usize)> = BTreeMap::new();
    for unit in &asked {
        for (id, name) in staff::officers(tx, ctx, *unit)? {
            seats.entry(id).or_insert((name, 0)).1 += 1;
        }
    }
    seats.remove(&from);
    let for_all = seats.values().any(|(_, n)| *n == asked.len());
    let colleagues: Vec<_> = seats
        .into_iter()
        .filter(|(_, (_, n))| !for_all || *n == asked.len())
        .map(|(id, (name, _))| (id, name))
        .collect();
    Ok(Shown { from, unit, units, cases, open, colleagues, for_all, others, names })
}

/// Officers with open cases in reach.
fn others(tx: &mut dyn Tx, ctx: &Ctx, me: AccountId) -> Result<Vec<(AccountId, i64)>> {
    let limits: Limits = access::limits(&ctx.scope, Verb::HandOver, Noun::Request);
    let mut reaches: Vec<Reach> = Vec::new();
    for path in &limits.subtrees {
        if let Some(unit) = ctx.dir.by_path(path) {
            reaches.push(if unit.parent.is_none() { Reach::Site } else { Reach::Unit(unit.id) });
        }
    }
    reaches.extend(limits.units.iter().map(|(unit, _)| Reach::Seat(*unit)));
    let mut sums: BTreeMap<AccountId, i64> = BTreeMap::new();
    for reach in reaches {
        for (officer, open) in
            open_by::<AccountId>(tx, reach, &Filter::default(), By::Officer, ctx.at, evening(ctx))?
        {
            if let Some(officer) = officer.filter(|o| *o != me) {
                *sums.entry(officer).or_default() += open.open;
            }
        }
    }
    Ok(sums.into_iter().collect())
}

fn view(eye: &Eye, me: AccountId, state: &FormState, shown: &Shown) -> Page {
    let look = &eye.look;
    let title = match (shown.from == me, eye.locale()) {
        (true, _) => eye.t("移交我的诉求", "Hand my cases over").to_owned(),
        (false, Locale::Zh) => format!("移交{}的诉求", eye.officer(Some(shown.from))),
        (false, Locale::En) => format!("Hand over the cases of {}", eye.officer(Some(shown.from))),
    };
    let n = shown.cases.len();
    let lede = match eye.locale() {
        Locale::Zh => format!("{n} 件未办结的全部交给一位同事，时限不变。"),
        Locale::En => format!("{n} open cases go to one colleague. The dates stay as they are."),
    };
    let page = Page::new(look, title).lede(html! { (lede) });
    let choose = if shown.others.is_empty() {
        html! {}
    } else {
        choose(eye, me, shown)
    };
    if shown.cases.is_empty() {
        let text =
            eye.t("名下没有未办结的诉求，不用移交。", "There is nothing open, so nothing to hand over.");
        return page.main(empty_state(text, None)).main(choose);
    }
    page.main(form::error_summary(look, state))
        .main(by_unit(eye, shown))
        .main(card(None, fields(eye, state, shown)))
        .main(choose)
        .main(list(eye, shown))
}

/// The handling units, where there are several: each has colleagues of its own.
fn by_unit(eye: &Eye, shown: &Shown) -> Markup {
    if shown.units.len() < 2 {
        return html! {};
    }
    let here = format!("/hand-over?from={}", shown.from);
    let chip = |label: String, n: usize, href: String, on: bool| Chip {
        label: format!("{label} {n}"),
        href,
        on,
        one_of: true,
    };
    let all = shown.units.values().sum();
    let mut items =
        vec![chip(eye.t("所有单位", "All units").to_owned(), all, here.clone(), shown.unit.is_none())];
    items.extend(shown.units.iter().filter_map(|(unit, n)| {
        let code = &eye.ctx.dir.get(*unit)?.code;
        Some(chip(eye.unit(*unit).to_owned(), *n, format!("{here}&unit={code}"), shown.unit == Some(*unit)))
    }));
    chips(&eye.look, &items, html! {})
}

/// On whose behalf.
fn choose(eye: &Eye, me: AccountId, shown: &Shown) -> Markup {
    let state = FormState::new([("from", shown.from.to_string())].into_iter().collect());
    let count = |n: i64| match eye.locale() {
        Locale::Zh => format!("（{n} 件）"),
        Locale::En => format!(" ({n})"),
    };
    let mut all = vec![Choice::new(me.to_string(), eye.t("我自己的", "My own"))];
    let mut rest: Vec<Choice> = shown
        .others
        .iter()
        .map(|(id, n)| Choice::new(id.to_string(), format!("{}{}", eye.officer(Some(*id)), count(*n))))
        .collect();
    rest.sort_by(|a, b| a.label.cmp(&b.label));
    all.append(&mut rest);
    let body = html! {
        form.inline method="get" action="/hand-over" {
            (form::combobox(&eye.look, &state, Field::new("from", eye.t("移交谁的", "Whose cases")).required(), form::Combo::Choices(&all)))
            (form::button(eye.t("查看", "Show"), "", ""))
        }
    };
    let own = shown.from == me && !shown.cases.is_empty();
    let title = eye.t("替别人移交", "Hand over for somebody else");
    if own { disclosure(title, body) } else { card(Some(title), body) }
}

fn fields(eye: &Eye, state: &FormState, shown: &Shown) -> Markup {
    let look = &eye.look;
    if shown.colleagues.is_empty() {
        let text = eye.t(
            "承办单位里没有别的承办干部或负责人。请单位负责人先补上人手，再来移交。",
            "Nobody else in the handling unit can answer for these. The lead has to find somebody first.",
        );
        return empty_state(text, None);
    }
    let choices: Vec<Choice> =
        shown.colleagues.iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    let hint = if shown.for_all {
        eye.t("同一承办单位里能负责的同事。", "Colleagues of the handling unit who can answer for them.")
    } else {
        eye.t(
            "这些诉求分在几个单位，没有一位同事能全接：请在上面选一个单位，一个单位一个单位地移交。",
            "The cases lie in several units, and nobody can take them all: choose a unit above, and hand over unit by unit.",
        )
    };
    let label = match eye.locale() {
        Locale::Zh => format!("移交 {} 件", shown.cases.len()),
        Locale::En => format!("Hand {} over", shown.cases.len()),
    };
    form::form(
        look,
        "/hand-over",
        html! {
            (form::hidden("from", &shown.from.to_string()))
            @if let Some(unit) = shown.unit.and_then(|u| eye.ctx.dir.get(u)) { (form::hidden("unit", &unit.code)) }
            (form::hidden("count", &shown.open.to_string()))
            (form::select(look, state, Field::new("to", eye.t("交给谁", "To whom")).hint(hint).required(), &choices))
            (form::textarea(look, state, Field::new("note", eye.t("原因和要注意的事", "Why, and what to mind")).required().max(500), 3))
            div.actions { (form::submit(&label)) }
        },
    )
}

fn list(eye: &Eye, shown: &Shown) -> Markup {
    let title = eye.t("要移交的诉求", "What is handed over");
    let mut table = Table::new(&eye.look, title)
        .column(Column::new(eye.t("到期", "Due")))
        .column(Column::new(eye.t("编号", "Number")))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("承办单位", "Handling unit")))
        .column(Column::new(eye.t("状态", "State")));
    for r in shown.cases.iter().take(LISTED) {
        table = table.row(
            Row::new(vec![
                eye.due(r),
                html! { span.nowrap { (r.number) } },
                html! { (r.title) },
                html! { (eye.unit(r.unit)) },
                eye.state(r),
            ])
            .href(case_page(&r.number)),
        );
    }
    let note = match (shown.cases.len() > LISTED, eye.locale()) {
        (false, _) => String::new(),
        (true, Locale::Zh) => format!("只列出前 {LISTED} 件"),
        (true, Locale::En) => format!("The first {LISTED}"),
    };
    card_with(title, html! { (note) }, table.render())
}

/// `POST /hand-over`
pub(super) async fn hand_over(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let me = staff.account()?.id;
    let from = values.parsed::<AccountId>("from").unwrap_or(me);
    let Some(to) = values.parsed::<AccountId>("to") else {
        let error = Error::field("to", "请选择交给谁。", "Please choose a colleague.");
        return page(&site, &staff, FormState::refused(values, error)?).await;
    };
    let note = values.one("note").to_owned();
    let seen = values.parsed::<usize>("count");
    let (unit, named) = (unit_of(&ctx, &values), !values.one("unit").is_empty());
    let handed = ctx
        .write(move |tx, ctx| {
            // The list was read before: what came meanwhile is not handed over unseen.
            let all = desk::open_of(tx, from)?;
            let now = all.iter().filter(|r| unit.is_none_or(|u| r.unit == u)).count();
            if seen.is_some_and(|n| n != now) || unit.is_none() && named {
                return Err(stale());
            }
            if from != me && others(tx, ctx, me)?.iter().all(|(id, _)| *id != from) {
                return Err(Error::NotFound);
            }
            let handed = act(tx, ctx, &HandOver { from, to, unit, note: note.clone() })?;
            // What lies elsewhere is told to whoever may hand that over as well.
            let reach = from == me || others(tx, ctx, me)?.iter().any(|(id, _)| *id == from);
            let left =
                all.iter().filter(|r| unit.is_some_and(|u| r.unit != u) && desk::may_see(ctx, r)).count();
            Ok((handed, if reach { left } else { 0 }))
        })
        .await;
    match handed {
        Ok((n, left)) => {
            let text = match (left, staff.locale()) {
                (0, Locale::Zh) => format!("已移交 {n} 件。"),
                (0, Locale::En) => format!("{n} handed over."),
                (_, Locale::Zh) => format!("已移交 {n} 件，还有 {left} 件要移交。"),
                (_, Locale::En) => format!("{n} handed over; {left} are still to be."),
            };
            let next = if left > 0 { format!("/hand-over?from={from}") } else { "/hand-over".to_owned() };
            Ok(done(&next, &text))
        }
        Err(e) => page(&site, &staff, FormState::refused(values, e)?).await,
    }
}

fn stale() -> Error {
    Error::Conflict(kernel::Say::new(
        "名下的诉求刚刚有变化，请看过现在的清单再移交。",
        "What is open has just changed: look at the list as it stands now.",
    ))
}
