//! Who came to live in a household and who left it.

use super::reader::{context, day, ended, found, frame, home_page};
use access::identity::{self, NewPerson};
use access::{SharedSite, Staff, Verb};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use kernel::{Error, Result, Uuid};
use maud::{Markup, html};
use register::households::{self, Household, Member, NewMember, Relation};
use requests::Ctx;
use web::components::{actions, card};
use web::form::{Choice, Field, button, date_field, error_summary, form as post, select, submit, text_field};
use web::{FormBody, FormState, Look, Page, PageResult, Values};

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

/// Who lives there today, by what they are to the head and their surname.
pub(super) async fn there(ctx: &Ctx, home: &Household) -> Result<Vec<(Member, String)>> {
    let id = home.id;
    ctx.read(move |tx, ctx| {
        let all = households::members(tx, id)?.into_iter().filter(|m| m.is_there(ctx.today()));
        all.map(|m| {
            let name =
                identity::get(tx, &ctx.site.keyring, m.person)?.and_then(|p| p.name).unwrap_or_default();
            Ok((m, rules::mask::surname_only(&name)))
        })
        .collect()
    })
    .await
}

/// How somebody is called in a list to choose from.
pub(super) fn called(look: &Look, (m, name): &(Member, String)) -> String {
    format!("{} · {name}", m.relation.name().to(look.locale))
}

/// `GET /households/{code}/people`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let home = found(&ctx, &code, Verb::Manage).await?.home;
    let there = there(&ctx, &home).await?;
    let mut values = Values::default();
    values.set("from", ctx.today().to_string());
    values.set("on", ctx.today().to_string());
    Ok(view(&staff.look, &home, &there, &FormState::new(values)).into_response())
}

fn view(look: &Look, home: &Household, there: &[(Member, String)], s: &FormState) -> Page {
    let action = format!("{}/people", home_page(&home.code));
    let relations: Vec<Choice> = Relation::ALL
        .iter()
        .filter(|r| **r != Relation::Oneself && (**r != Relation::Head || home.head.is_none()))
        .map(|r| Choice::new(r.key(), r.name().to(look.locale)))
        .collect();
    let leaving: Vec<Choice> =
        there.iter().map(|m| Choice::new(m.0.id.to_string(), called(look, m))).collect();
    let basis = || text_field(look, s, Field::new("basis", look.t("依据", "Basis")).required().max(200));
    let comes = html! {
        (error_summary(look, s))
        (select(look, s, Field::new("relation", look.t("与户主关系", "To the head")).required(), &relations))
        (person_fields(look, s))
        (date_field(look, s, Field::new("from", look.t("从哪天起", "Since")).required()))
        (basis())
        (actions(html! { (submit(look.t("登记", "Add"))) a.btn.quiet href=(home_page(&home.code)) { (look.t("返回", "Back")) } }))
    };
    let goes = html! {
        (select(look, s, Field::new("entry", look.t("谁", "Who")).required(), &leaving))
        (date_field(look, s, Field::new("on", look.t("哪天起不在这一户", "First day without them")).required()))
        (text_field(look, s, Field::new("basis", look.t("依据（如迁出、去世、出嫁）", "Basis (moved, died, married)")).required().max(200)))
        (actions(button(look.t("记为离开", "Record it"), "", "")))
    };
    let mut page = frame(look, home, look.t("家里人来去", "Who came or left"))
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
    let there = there(&ctx, &home).await?;
    ended(done, &home.code.clone(), values, |s| view(&staff.look, &home, &there, s))
}

async fn act(site: &SharedSite, ctx: &Ctx, home: &Household, values: &Values) -> Result<()> {
    let basis = values.one("basis").to_owned();
    if values.has("entry") {
        let entry: Uuid =
            values.parsed("entry").ok_or_else(|| Error::field("entry", "请选择是谁。", "Choose who."))?;
        return households::end_member(site, &ctx.scope, home.id, entry, day(values, "on")?, basis).await;
    }
    let relation = Relation::from_key(values.one("relation"));
    let relation = relation.ok_or_else(|| {
        Error::field("relation", "请选择与户主的关系。", "Choose what they are to the head.")
    })?;
    let new = NewMember { relation, who: person_of(values), from: Some(day(values, "from")?) };
    households::add_member(site, &ctx.scope, home.id, new, basis).await.map(drop)
}
