//! Who lives in a household: who came, who left, and the way to put an entry right.

use super::reader::{beside, context, day, ended, found, frame, from, home_page, own};
use access::identity::{self, NewPerson};
use access::{SharedSite, Staff, Verb};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{Error, Result, Uuid};
use maud::{Markup, html};
use register::households::{self, Household, Member, NewMember, Relation};
use requests::Ctx;
use web::components::{Column, Row, Table, actions, card};
use web::form::{
    Choice, Field, button, date_field, error_summary, form as post, hidden, select, submit, text_field,
};
use web::{FormBody, FormState, Look, Page, PageResult, Values, format};

/// The fields that say who somebody is.
pub(super) fn person_fields(look: &Look, s: &FormState) -> Markup {
    html! {
        (text_field(look, s, Field::new("name", look.t("姓名", "Name")).required().private().max(50)))
        (text_field(look, s, Field::new("phone", look.t("电话", "Telephone")).private().kind("tel")))
        (text_field(look, s, Field::new("idno", look.t("身份证号", "Identity number")).hint(look.t("用来查重，可以不填", "To find duplicates; may be left out")).private().max(30)))
        (text_field(look, s, Field::new("address", look.t("住址", "Address")).private().max(200)))
    }
}

/// Who it is, out of those fields.
pub(super) fn person_of(values: &Values) -> NewPerson {
    let own = |field: &str| values.opt(field).map(str::to_owned);
    NewPerson {
        name: own("name"),
        phone: own("phone"),
        idno: own("idno"),
        address: own("address"),
        ..NewPerson::default()
    }
}

/// Who lives there today by its own entries, by what they are to the head and their surname.
pub(super) async fn there(ctx: &Ctx, home: &Household) -> Result<Vec<(Member, String)>> {
    let id = home.id;
    ctx.read(move |tx, ctx| {
        let all = households::members(tx, id)?.into_iter().filter(|m| m.is_there(ctx.today())).collect();
        surnames(tx, ctx, all)
    })
    .await
}

/// Each with their surname.
pub(super) fn surnames(tx: &mut dyn Tx, ctx: &Ctx, all: Vec<Member>) -> Result<Vec<(Member, String)>> {
    let name = |m: Member| {
        let name = identity::get(tx, &ctx.site.keyring, m.person)?.and_then(|p| p.name).unwrap_or_default();
        Ok((m, rules::mask::surname_only(&name)))
    };
    all.into_iter().map(name).collect()
}

/// How somebody is called in a list to choose from.
pub(super) fn called(look: &Look, (m, name): &(Member, String)) -> String {
    format!("{} · {name}", m.relation.name().to(look.locale))
}

/// What somebody can be to the head; the head among them where there is none.
pub(super) fn relations(look: &Look, head: bool) -> Vec<Choice> {
    let all = Relation::ALL.iter().filter(|r| **r != Relation::Oneself && (head || **r != Relation::Head));
    all.map(|r| Choice::new(r.key(), r.name().to(look.locale))).collect()
}

/// Somebody's entry with their surname, and the code of the household where it stands.
struct Entry {
    who: (Member, String),
    code: String,
    /// They live there today; of whoever was entered at both rows the entry that is shown.
    living: bool,
}

/// Everybody whose entry stands, also those who left, and those of households that are linked to this one.
async fn everybody(ctx: &Ctx, home: &Household) -> Result<Vec<Entry>> {
    let id = home.id;
    ctx.read(move |tx, ctx| {
        let codes = super::reader::codes(tx, id)?;
        let all = households::people(tx, id)?.into_iter().filter(|m| m.superseded_at.is_none()).collect();
        let living = households::living(tx, id, ctx.today())?;
        let entry = |who: (Member, String)| Entry {
            code: codes.get(&who.0.household).cloned().unwrap_or_default(),
            living: living.iter().any(|m| m.id == who.0.id),
            who,
        };
        Ok(surnames(tx, ctx, all)?.into_iter().map(entry).collect())
    })
    .await
}

/// `GET /households/{code}/people`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let home = found(&ctx, &code, Verb::Manage).await?.home;
    let all = everybody(&ctx, &home).await?;
    Ok(view(&staff.look, &ctx, &home, &all, &FormState::default()).into_response())
}

fn view(look: &Look, ctx: &Ctx, home: &Household, all: &[Entry], s: &FormState) -> Page {
    let action = format!("{}/people", home_page(&home.code));
    let today = ctx.today();
    let mut fresh = Values::default();
    fresh.set("from", today.to_string());
    fresh.set("on", today.to_string());
    let fresh = FormState::new(fresh);
    let (come, go) = (own(s, "come", &fresh), own(s, "go", &fresh));
    let there: Vec<&Entry> = all.iter().filter(|e| e.living).collect();
    let leaving: Vec<Choice> = there
        .iter()
        .map(|e| {
            let name = called(look, &e.who);
            let name = if e.code == home.code { name } else { format!("{name} · {}", e.code) };
            Choice::new(e.who.0.id.to_string(), name)
        })
        .collect();
    let comes = html! {
        (error_summary(look, &come))
        (hidden("part", "come"))
        (select(look, &come, Field::new("relation", look.t("与户主关系", "To the head")).required(), &relations(look, home.head.is_none())))
        (person_fields(look, &come))
        (date_field(look, &come, Field::new("from", look.t("从哪天起", "Since")).required()))
        (text_field(look, &come, Field::new("basis", look.t("依据", "Basis")).hint(look.t("如户口簿、入户核实", "Household book, seen at a visit")).required().max(200)))
        (actions(html! { (submit(look.t("登记", "Add"))) a.btn.quiet href=(home_page(&home.code)) { (look.t("返回", "Back")) } }))
    };
    let goes = html! {
        (error_summary(look, &go))
        (hidden("part", "go"))
        @if all.iter().any(|e| e.code != home.code) {
            p.hint { (look.t("两户都登记了的人，在两户一起记为离开。", "Whoever is entered at both leaves both.")) }
        }
        (select(look, &go, Field::new("entry", look.t("谁", "Who")).required(), &leaving))
        (date_field(look, &go, Field::new("on", look.t("哪天起不在这一户", "First day without them")).required()))
        (text_field(look, &go, Field::new("why", look.t("依据（如迁出、去世、出嫁）", "Basis (moved, died, married)")).required().max(200)))
        (actions(button(look.t("记为离开", "Record it"), "", "")))
    };
    let day = |d: kernel::Date| format::day_year(look.locale, d);
    let list = Table::new(look, look.t("登记过的人", "Who is on record"))
        .column(Column::new(look.t("谁", "Who")).primary())
        .column(Column::new(look.t("从", "From")))
        .column(Column::new(look.t("至（不含）", "Until (not including)")))
        .column(Column::new(look.t("更正", "Correct")).bare())
        .rows(all.iter().map(|e| {
            let m = &e.who.0;
            Row::new(vec![
                html! { (called(look, &e.who)) @if e.code != home.code { div.quiet { (from(look, &e.code)) } } },
                html! { (day(m.from)) },
                html! { (m.to.map_or_else(|| "—".to_owned(), day)) },
                html! { a href={ (home_page(&e.code)) "/people/" (m.id) } { (look.t("更正", "Correct")) } },
            ])
        }))
        .empty(html! { p.hint { (look.t("还没有登记家里人。", "Nobody is entered yet.")) } });
    let mut page = frame(look, home, look.t("家里人", "Who lives there"))
        .main(card(Some(look.t("登记过的人", "Who is on record")), list.render()))
        .main(card(Some(look.t("新来的人", "Somebody came")), post(look, &action, comes)));
    if !there.is_empty() {
        page = page.main(card(Some(look.t("离开的人", "Somebody left")), post(look, &action, goes)));
    }
    page
}

/// `POST /households/{code}/people`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let home = found(&ctx, &code, Verb::Manage).await?.home;
    let done = act(&site, &ctx, &home, &values).await;
    let all = everybody(&ctx, &home).await?;
    ended(done, &home.code.clone(), values, |s| view(&staff.look, &ctx, &home, &all, s))
}

async fn act(site: &SharedSite, ctx: &Ctx, home: &Household, values: &Values) -> Result<()> {
    if values.one("part") == "go" {
        let entry: Uuid =
            values.parsed("entry").ok_or_else(|| Error::field("entry", "请选择是谁。", "Choose who."))?;
        let (on, why) = (day(values, "on")?, values.one("why").to_owned());
        let id = home.id;
        let done = ctx.write(move |tx, ctx| crate::homes::leave(tx, ctx, id, entry, on, &why)).await;
        return done.map_err(|e| beside(e, "basis", "why"));
    }
    let relation = Relation::from_key(values.one("relation"));
    let relation = relation.ok_or_else(|| {
        Error::field("relation", "请选择与户主的关系。", "Choose what they are to the head.")
    })?;
    let new = NewMember { relation, who: person_of(values), from: Some(day(values, "from")?) };
    let basis = values.one("basis").to_owned();
    households::add_member(site, &ctx.scope, home.id, new, basis).await.map(drop)
}
