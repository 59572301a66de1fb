//! A person's pairings: whom they look after and did, and the forms to pair, to hand over and to end.

use super::reader::names;
use crate::end::end;
use crate::hand_over::{HandOver, hand_over};
use crate::pair::{NewPairing, pair};
use crate::{Pairing, carers, read};
use access::{Noun, SharedSite, Staff, Verb, accounts};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use kernel::{AccountId, Error, HouseholdId, PairingId, Result};
use maud::{Markup, html};
use register::households;
use requests::Ctx;
use std::collections::HashMap;
use web::components::{Column, Flash, Row, Table, button_link, card, disclosure, empty_state};
use web::form::{self, Choice, Field, FormBody, Values};
use web::{FormState, Page, PageResult, format};

/// Pairings of the past on the page.
const PAST: i64 = 200;

struct Known {
    name: String,
    pairings: Vec<Pairing>,
    codes: HashMap<HouseholdId, String>,
    names: HashMap<AccountId, String>,
    /// Who can take over, by their accounts.
    others: Vec<(AccountId, String)>,
    may: bool,
}

async fn known(ctx: &Ctx, account: AccountId, own: bool) -> Result<Known> {
    ctx.read(move |tx, ctx| {
        let name = accounts::by_id(tx, account)?.ok_or(Error::NotFound)?.name;
        let pairings = read::history_of_account(tx, account, PAST)?;
        let units = accounts::units_of(tx, account, ctx.today())?;
        let places =
            units.iter().map(|u| ctx.path(*u).to_owned()).chain(pairings.iter().map(|p| p.path.clone()));
        let (mut sees, mut may) = (own, false);
        for path in places {
            sees |= access::may(&ctx.scope, Verb::List, Noun::Pairing, &path);
            may |= access::may(&ctx.scope, Verb::Manage, Noun::Pairing, &path);
        }
        if !sees {
            return Err(Error::NotFound);
        }
        let mut codes = HashMap::new();
        for p in &pairings {
            if let Some(h) = households::get(tx, p.household)? {
                codes.insert(p.household, h.code);
            }
        }
        let mut others: Vec<(AccountId, String)> = Vec::new();
        let open = pairings.iter().find(|p| p.is_in_force(ctx.today()));
        if let Some((open, kind)) =
            open.and_then(|p| Some((p, ctx.site.pack.pairing(&p.kind)?))).filter(|_| may)
        {
            let near = carers::candidates(tx, &ctx.dir, kind, &open.path, ctx.today())?;
            others.extend(
                near.into_iter().filter(|c| c.account != account).map(|c| (c.account, c.name)).take(500),
            );
        }
        let names = names(tx, pairings.iter().filter_map(|p| p.recorded_by))?;
        Ok(Known { name, pairings, codes, names, others, may })
    })
    .await
}

/// `GET /people/{id}/pairings`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let account: AccountId = id.parse().map_err(|_| Error::NotFound)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let known = known(&ctx, account, staff.account()?.id == account).await?;
    let mut start = Values::default();
    start.set("on", site.today().to_string());
    let mut page = page(&ctx, &staff, account, &known, &FormState::new(start));
    let look = &staff.look;
    if let Some((_, done)) = query.iter().find(|(k, _)| k == "done") {
        let said = match done.as_str() {
            "paired" => look.t("已结对。", "Paired."),
            "handed" => look.t("已交接。答应过的事跟着户走，在新联系人那里排在最前。",
                "Handed over. What was promised goes with the household and stands first for whoever takes over."),
            _ => look.t("已结束，记录留着。", "Ended; it stays on record."),
        };
        page = page.notice(Flash::ok(said));
    }
    Ok(page.into_response())
}

fn page(ctx: &Ctx, staff: &Staff, account: AccountId, known: &Known, state: &FormState) -> Page {
    let look = &staff.look;
    let today = ctx.today();
    let (open, past): (Vec<&Pairing>, Vec<&Pairing>) =
        known.pairings.iter().partition(|p| p.is_in_force(today));
    let kind = |p: &Pairing| {
        ctx.site.pack.pairing(&p.kind).map_or_else(|| p.kind.clone(), |k| k.name.to(look.locale).to_owned())
    };
    let code = |p: &Pairing| known.codes.get(&p.household).cloned().unwrap_or_default();
    let place = |p: &Pairing| {
        ctx.dir.by_path(&p.path).map_or_else(String::new, |u| ctx.dir.full_name(u.id, look.locale))
    };
    let title = format!("{} · {}", look.t("结对", "Pairings"), known.name);
    let mut page = Page::new(look, title).at("/duties").lede(html! {
        @match look.locale {
            kernel::Locale::Zh => { "联系 " (open.len()) " 户" },
            kernel::Locale::En => { (open.len()) " households" },
        }
    });
    if !open.is_empty() {
        page = page.tools(html! {
            (button_link(look.t("打印联系服务卡", "Print contact cards"), &format!("/people/{account}/cards")))
            @if open.iter().any(|p| ctx.site.pack.work.is_for(&p.kind)) {
                (button_link(ctx.site.pack.work.wrap_up.to(look.locale), &format!("/plans?person={account}")))
            }
        });
    }
    let action = format!("/people/{account}/pairings");
    let list = Table::new(look, look.t("现在联系的户", "Households now"))
        .column(Column::new(look.t("户", "Household")).primary())
        .column(Column::new(look.t("结对", "Pairing")))
        .column(Column::new(look.t("从", "Since")))
        .column(Column::new(look.t("网格", "Grid")))
        .rows(open.iter().map(|p| {
            let planned = ctx.site.pack.work.is_for(&p.kind);
            Row::new(vec![
                html! { @if planned { a href={ "/plans/" (code(p)) "?kind=" (p.kind) } { (code(p)) } } @else { (code(p)) } },
                html! { (kind(p)) },
                html! { (format::day_near(look.locale, p.from, today)) },
                html! { (place(p)) },
            ])
        }))
        .empty(empty_state(look.t("现在没有联系的户。", "No household at present."), None));
    page = page.main(card(Some(look.t("现在联系的户", "Households now")), list.render()));
    if known.may {
        if !open.is_empty() {
            page = page.main(card(
                Some(look.t("交接或结束", "Hand over or end")),
                changing(look, &action, &open, &code, known, state),
            ));
        }
        page = page.main(disclosure(
            look.t("给这个人加一户", "Pair with one more household"),
            adding(ctx, look, &action, state),
        ));
    }
    if !past.is_empty() {
        let table = Table::new(look, look.t("以前的结对", "Before"))
            .column(Column::new(look.t("户", "Household")).primary())
            .column(Column::new(look.t("从", "From")))
            .column(Column::new(look.t("到", "To")))
            .column(Column::new(look.t("依据", "On what ground")))
            .rows(past.iter().map(|p| {
                Row::new(vec![
                    html! { (code(p)) },
                    html! { (format::day_year(look.locale, p.from)) },
                    html! { (p.to.map_or_else(String::new, |d| format::day_year(look.locale, d))) },
                    html! { (p.ended_basis.as_deref().unwrap_or(&p.basis)) },
                ])
            }));
        page = page.main(disclosure(look.t("以前的结对", "Before"), table.render()));
    }
    let _ = &known.names;
    page
}

fn changing(
    look: &web::Look,
    action: &str,
    open: &[&Pairing],
    code: &dyn Fn(&Pairing) -> String,
    known: &Known,
    state: &FormState,
) -> Markup {
    let homes: Vec<Choice> = open.iter().map(|p| Choice::new(p.id.to_string(), code(p))).collect();
    let people: Vec<Choice> =
        known.others.iter().map(|(id, name)| Choice::new(id.to_string(), name.clone())).collect();
    html! {
        (form::form(look, action, html! {
            (form::error_summary(look, state))
            (form::checkboxes(look, state, Field::new("pairing", look.t("哪些户", "Which households")).required(), &homes))
            @if !people.is_empty() { (form::select(look, state, Field::new("to", look.t("交给谁", "To whom")), &people)) }
            (form::date_field(look, state, Field::new("on", look.t("从哪天起", "From which day")).required()))
            (form::text_field(look, state, Field::new("basis", look.t("依据", "On what ground")).required().max(200)))
            div.actions {
                @if !people.is_empty() { (form::button(look.t("交接", "Hand over"), "do", "hand-over")) }
                (form::button(look.t("结束结对", "End"), "do", "end"))
            }
        }))
    }
}

fn adding(ctx: &Ctx, look: &web::Look, action: &str, state: &FormState) -> Markup {
    let kinds: Vec<Choice> =
        ctx.site.pack.pairings.iter().map(|k| Choice::new(k.id.clone(), k.name.to(look.locale))).collect();
    html! {
        (form::form(look, action, html! {
            (form::select(look, state, Field::new("kind", look.t("结对类型", "Kind")).required(), &kinds))
            (form::text_field(look, state, Field::new("code", look.t("户号", "Household's code")).required().max(40)))
            (form::date_field(look, state, Field::new("on", look.t("从哪天起", "From which day")).required()))
            (form::text_field(look, state, Field::new("basis", look.t("依据", "On what ground")).required().max(200)))
            div.actions { (form::button(look.t("结对", "Pair"), "do", "pair")) }
        }))
    }
}

/// `POST /people/{id}/pairings`: `do` is `pair`, `hand-over` or `end`.
pub(super) async fn change(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let account: AccountId = id.parse().map_err(|_| Error::NotFound)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let given = values.clone();
    let done = ctx.write(move |tx, ctx| act(tx, ctx, account, &given)).await;
    match done {
        Ok(what) => Ok(Redirect::to(&format!("/people/{account}/pairings?done={what}")).into_response()),
        Err(error @ (Error::Invalid(_) | Error::Refused { .. })) => {
            let known = known(&ctx, account, staff.account()?.id == account).await?;
            let mut state = FormState::new(values);
            state.errors = match error {
                Error::Invalid(errors) => errors,
                Error::Refused { say, .. } => vec![kernel::FieldError { field: String::new(), say }],
                _ => Vec::new(),
            };
            let page =
                page(&ctx, &staff, account, &known, &state).status(http::StatusCode::UNPROCESSABLE_ENTITY);
            Ok(page.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn act(tx: &mut dyn db::Tx, ctx: &Ctx, account: AccountId, values: &Values) -> Result<&'static str> {
    let on = values.parsed("on").ok_or_else(|| Error::field("on", "请写日期。", "Give a day."))?;
    let basis = values.one("basis").to_owned();
    let next = || PairingId::new(ctx.at, &*ctx.site.chance);
    if values.one("do") == "pair" {
        let home = households::by_code(tx, values.one("code"))?
            .ok_or_else(|| Error::field("code", "没有这个户号。", "There is no household with this code."))?;
        let new = NewPairing {
            id: next(),
            kind: values.one("kind").into(),
            account,
            household: home.id,
            from: on,
            basis,
        };
        pair(tx, ctx, &new)?;
        return Ok("paired");
    }
    let chosen: Vec<PairingId> = values.all("pairing").iter().filter_map(|p| p.parse().ok()).collect();
    if chosen.is_empty() {
        return Err(Error::field("pairing", "请选至少一户。", "Choose one household at least."));
    }
    for pairing in chosen {
        let known = read::by_id(tx, pairing)?.filter(|p| p.account == account).ok_or(Error::NotFound)?;
        match values.one("do") {
            "hand-over" => {
                let to = values
                    .parsed("to")
                    .ok_or_else(|| Error::field("to", "请选交给谁。", "Choose to whom."))?;
                hand_over(
                    tx,
                    ctx,
                    &HandOver { pairing: known.id, id: next(), to, on, basis: basis.clone() },
                )?;
            }
            "end" => {
                end(tx, ctx, known.id, on, &basis)?;
            }
            _ => return Err(Error::field("do", "请选一项。", "Please choose one.")),
        }
    }
    Ok(if values.one("do") == "end" { "ended" } else { "handed" })
}
