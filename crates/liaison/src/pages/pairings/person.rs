//! A person's pairings: whom they look after and did, and the forms to pair, to hand over and to end.

use super::changing::{Changing, Taker, alone, called, chosen, takers};
use crate::end::{check, end};
use crate::hand_over::{HandOver, hand_over};
use crate::pair::{NewPairing, pair};
use crate::{Pairing, read};
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
    /// What the heads of those held now are called, as far as whoever looks may read it.
    heads: HashMap<HouseholdId, String>,
    /// Who can take over, what was typed to find them, and whether there are more.
    takers: Vec<Taker>,
    who: String,
    more: bool,
    may: bool,
    /// Whether whoever looks may read the books of this person.
    books: bool,
}

async fn known(ctx: &Ctx, account: AccountId, own: bool, who: &str) -> Result<Known> {
    let who: String = who.trim().chars().take(40).collect();
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
        let open = pairings.iter().find(|p| p.is_in_force(ctx.today())).filter(|_| may);
        let (takers, more) = match open.and_then(|p| Some((p, ctx.site.pack.pairing(&p.kind)?))) {
            Some((open, kind)) => takers(tx, ctx, kind, open, &who)?,
            None => (Vec::new(), false),
        };
        let heads = called(tx, ctx, own, &pairings)?;
        let reads = |u: &kernel::UnitId| access::may(&ctx.scope, Verb::View, Noun::Visit, ctx.path(*u));
        let books = own || units.iter().any(reads);
        Ok(Known { name, pairings, codes, heads, takers, who: who.clone(), more, may, books })
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
    let who = query.iter().find(|(k, _)| k == "who").map_or("", |(_, v)| v.as_str());
    let known = known(&ctx, account, staff.account()?.id == account, who).await?;
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
    let (mut open, past): (Vec<&Pairing>, Vec<&Pairing>) =
        known.pairings.iter().partition(|p| p.is_in_force(today));
    let action = format!("/people/{account}/pairings");
    let kind = |p: &Pairing| {
        ctx.site.pack.pairing(&p.kind).map_or_else(|| p.kind.clone(), |k| k.name.to(look.locale).to_owned())
    };
    let code = |p: &Pairing| known.code(p);
    open.sort_by_key(|p| (p.path.clone(), code(p)));
    let place = |p: &Pairing| place(ctx, look, p);
    let name = |p: &Pairing| (known.home(look, p), place(p));
    let forms = known.forms(&action, &open, &name);
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
    if known.books {
        let visit = &ctx.site.pack.visit;
        page = page.main(html! { p {
            a href={ "/visits/diary?person=" (account) } { (visit.diary.to(look.locale)) } " · "
            a href={ "/visits/needs?person=" (account) } { (visit.ledger.to(look.locale)) } " · "
            a href={ "/visits/promises?person=" (account) } { (look.t("答应的事", "Promises")) }
        } });
    }
    let list = Table::new(look, look.t("现在联系的户", "Households now"))
        .column(Column::new(look.t("户", "Household")).primary())
        .column(Column::new(look.t("结对", "Pairing")))
        .column(Column::new(look.t("从", "Since")))
        .column(Column::new(look.t("网格", "Grid")))
        .rows(open.iter().map(|p| {
            let planned = ctx.site.pack.work.is_for(&p.kind);
            Row::new(vec![
                html! { @if planned { a href={ "/plans/" (code(p)) "?kind=" (p.kind) } { (name(p).0) } } @else { (name(p).0) } },
                html! { (kind(p)) },
                html! { (format::day_near(look.locale, p.from, today)) },
                html! { (place(p)) },
            ])
        }))
        .empty(empty_state(look.t("现在没有联系的户。", "No household at present."), None));
    page = page.main(card(Some(look.t("现在联系的户", "Households now")), list.render()));
    if known.may {
        if !open.is_empty() {
            page = page.main(card(Some(look.t("交接或结束", "Hand over or end")), forms.form(look, state)));
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
    page
}

fn place(ctx: &Ctx, look: &web::Look, p: &Pairing) -> String {
    ctx.dir.by_path(&p.path).map_or_else(String::new, |u| ctx.dir.full_name(u.id, look.locale))
}

impl Known {
    fn code(&self, p: &Pairing) -> String {
        self.codes.get(&p.household).cloned().unwrap_or_default()
    }

    /// The household by its head and its code.
    fn home(&self, look: &web::Look, p: &Pairing) -> String {
        let code = self.code(p);
        match self.heads.get(&p.household).filter(|head| !head.is_empty()) {
            Some(head) => format!("{} {code}", look.t(&format!("{head}家"), head)),
            None => code,
        }
    }

    fn forms<'a>(
        &'a self,
        action: &'a str,
        open: &'a [&'a Pairing],
        home: &'a dyn Fn(&Pairing) -> (String, String),
    ) -> Changing<'a> {
        Changing { action, open, home, takers: &self.takers, more: self.more, who: &self.who }
    }
}

/// Asks once more before anything ends, and says whose household nobody will look after.
async fn sure(ctx: &Ctx, staff: &Staff, account: AccountId, known: &Known, values: Values) -> PageResult {
    let look = &staff.look;
    let ending = chosen(ctx, &values, &known.pairings)?;
    let asked: Vec<Pairing> = known.pairings.iter().filter(|p| ending.contains(&p.id)).cloned().collect();
    let looked: Vec<(Pairing, bool)> = ctx
        .read(move |tx, ctx| {
            let mut out = Vec::new();
            for p in &asked {
                out.push((p.clone(), alone(tx, ctx, &ending, p)?));
            }
            Ok(out)
        })
        .await?;
    let mut looked: Vec<(&Pairing, bool)> = looked.iter().map(|(p, a)| (p, *a)).collect();
    looked.sort_by_key(|(p, _)| (p.path.clone(), known.code(p)));
    let action = format!("/people/{account}/pairings");
    let home = |p: &Pairing| (known.home(look, p), place(ctx, look, p));
    let forms = known.forms(&action, &[], &home);
    let title = format!("{} · {}", look.t("结束结对", "End pairings"), known.name);
    Ok(Page::new(look, title).at("/duties").narrow().main(forms.sure(look, &values, &looked)).into_response())
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
    let own = staff.account()?.id == account;
    let done = ctx.write(move |tx, ctx| act(tx, ctx, account, &given)).await;
    match done {
        Ok("sure") => {
            let known = known(&ctx, account, own, "").await?;
            sure(&ctx, &staff, account, &known, values).await
        }
        Ok(what) => Ok(Redirect::to(&format!("/people/{account}/pairings?done={what}")).into_response()),
        Err(error @ (Error::Invalid(_) | Error::Refused { .. })) => {
            let known = known(&ctx, account, own, values.one("who")).await?;
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
    let held = read::of_account(tx, account, ctx.today())?;
    let ends = values.one("do").starts_with("end");
    let all = chosen(ctx, values, &held)?;
    let mut left = Vec::new();
    for pairing in &all {
        left.push(read::by_id(tx, *pairing)?.filter(|p| p.account == account).ok_or(Error::NotFound)?);
    }
    if ends && values.one("sure") != "yes" {
        // What would be refused is refused before anybody is asked whether they are sure.
        for known in &left {
            check(ctx, known, on, &basis)?;
        }
        return Ok("sure");
    }
    for known in left {
        match values.one("do") {
            "hand-over" | "hand-over-all" => {
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
    Ok(if ends { "ended" } else { "handed" })
}
