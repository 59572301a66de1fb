//! Somebody of a household was written down wrong. What is left empty stays as it is, so that nobody needs to see a
//! number to put a name right.

use super::people::{called, relations};
use super::reader::{beside, context, day, ended, folded, found, frame, home_page, own};
use access::identity::{self, Person};
use access::{SharedSite, Staff, Verb};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use kernel::{Error, Result, Uuid};
use maud::html;
use register::households::{self, Correction, Household, Member, MemberFix, Relation};
use requests::Ctx;
use rules::mask::surname_only;
use web::components::{actions, card};
use web::form::{
    Choice, Field, button_danger, checkboxes, date_field, error_summary, form as post, hidden, select,
    submit, text_field,
};
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// The entry, and what is known of the person as far as it may be shown.
struct About {
    home: Household,
    member: Member,
    surname: String,
    tail: Option<String>,
    idno: bool,
    address: bool,
}

async fn about(ctx: &Ctx, code: &str, entry: &str) -> Result<About> {
    let home = found(ctx, code, Verb::Manage).await?.home;
    let entry: Uuid = entry.parse().map_err(|_| Error::NotFound)?;
    ctx.read(move |tx, ctx| {
        let all = households::members(tx, home.id)?;
        let member = all.into_iter().find(|m| m.id == entry && m.superseded_at.is_none());
        let member = member.ok_or(Error::NotFound)?;
        let who: Option<Person> = identity::get(tx, &ctx.site.keyring, member.person)?;
        let phone = who.as_ref().and_then(|p| p.phone.clone());
        Ok(About {
            surname: who.as_ref().and_then(|p| p.name.as_deref()).map(surname_only).unwrap_or_default(),
            tail: phone.as_deref().map(|p| identity::phone_tail(p).unwrap_or_default()),
            idno: who.as_ref().is_some_and(|p| p.idno.is_some()),
            address: who.as_ref().is_some_and(|p| p.address.is_some()),
            home: home.clone(),
            member,
        })
    })
    .await
}

/// What the form begins with.
fn fresh(member: &Member) -> FormState {
    let mut values = Values::default();
    values.set("relation", member.relation.key());
    values.set("from", member.from.to_string());
    values.set("to", member.to.map(|d| d.to_string()).unwrap_or_default());
    FormState::new(values)
}

/// `GET /households/{code}/people/{entry}`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path((code, entry)): Path<(String, String)>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let about = about(&ctx, &code, &entry).await?;
    Ok(view(&staff.look, &about, &fresh(&about.member)).into_response())
}

fn view(look: &Look, a: &About, s: &FormState) -> Page {
    let action = format!("{}/people/{}", home_page(&a.home.code), a.member.id);
    let fix = own(s, "fix", &fresh(&a.member));
    let strike = own(s, "strike", &FormState::default());
    let there = look.t("已登记，不改就空着", "On record; leave empty to keep it");
    let none = look.t("还没有登记", "Not on record");
    let tail = match &a.tail {
        Some(tail) => look
            .t(
                &format!("现在的尾号 {tail}，不改就空着"),
                &format!("Ends in {tail} now; leave empty to keep it"),
            )
            .to_owned(),
        None => none.to_owned(),
    };
    let name = look
        .t(
            &format!("现在是 {}，不改就空着", a.surname),
            &format!("{} now; leave empty to keep it", a.surname),
        )
        .to_owned();
    let own_head = a.home.head == Some(a.member.person);
    let relations = relations(look, a.home.head.is_none() || own_head);
    let out: Vec<Choice> = [
        (a.tail.is_some(), "phone", look.t("电话", "Telephone")),
        (a.idno, "idno", look.t("身份证号", "Identity number")),
        (a.address, "address", look.t("住址", "Address")),
    ]
    .into_iter()
    .filter(|(there, ..)| *there)
    .map(|(_, key, name)| Choice::new(key, name))
    .collect();
    let body = html! {
        (error_summary(look, &fix))
        (hidden("part", "fix"))
        h2 { (look.t("这个人", "The person")) }
        (text_field(look, &fix, Field::new("name", look.t("姓名", "Name")).hint(&name).private().max(50)))
        (text_field(look, &fix, Field::new("phone", look.t("电话", "Telephone")).hint(&tail).private().kind("tel")))
        (text_field(look, &fix, Field::new("idno", look.t("身份证号", "Identity number")).hint(if a.idno { there } else { none }).private().max(30)))
        (text_field(look, &fix, Field::new("address", look.t("住址", "Address")).hint(if a.address { there } else { none }).private().max(200)))
        @if !out.is_empty() {
            (checkboxes(look, &fix, Field::new("without", look.t("不是这个人的，去掉", "Not theirs: take it out")), &out))
        }
        h2 { (look.t("在这一户", "In this household")) }
        (select(look, &fix, Field::new("relation", look.t("与户主关系", "To the head")).required(), &relations))
        (date_field(look, &fix, Field::new("from", look.t("从哪天起", "Since")).required()))
        (date_field(look, &fix, Field::new("to", look.t("哪天起不在这一户", "First day without them")).hint(look.t("还在就空着", "Empty while they are there"))))
        (text_field(look, &fix, Field::new("basis", look.t("依据", "Basis")).hint(look.t("改了关系或日期才要填，如户口簿、迁移证", "Where relation or days change: household book, papers")).max(200)))
        (actions(html! { (submit(look.t("保存更正", "Save"))) a.btn.quiet href=(home_page(&a.home.code)) { (look.t("返回", "Back")) } }))
    };
    let never = html! {
        (error_summary(look, &strike))
        (hidden("part", "strike"))
        p { (look.t("登记错了户、或者根本没有这个人。已经搬走、去世、出嫁的不要划掉，请填上面的日期。",
            "For an entry in the wrong household, or of nobody. Whoever moved, died or married away is not struck: give the day above.")) }
        (text_field(look, &strike, Field::new("why", look.t("依据", "Basis")).required().max(200)))
        (actions(button_danger(look.t("划掉这一条", "Strike the entry"), look.t("划掉后这一条只留在变更记录里，确定吗？", "It stays in the history only. Strike it?"))))
    };
    let title =
        format!("{} · {}", look.t("更正", "Correct"), called(look, &(a.member.clone(), a.surname.clone())));
    frame(look, &a.home, &title)
        .lede(html! { p { (look.t("空着的不改。改以前的样子和日期都留在变更记录里；姓名、号码只留改后的。",
            "What is left empty stays. Relation and days are kept as they were in the history; of names and numbers only what is right.")) } })
        .main(card(None, post(look, &action, body)))
        .main(folded(look.t("这个人从来不是这一户的", "They never belonged to this household"), &strike, post(look, &action, never)))
}

/// `POST /households/{code}/people/{entry}`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path((code, entry)): Path<(String, String)>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let about = about(&ctx, &code, &entry).await?;
    let done = act(&ctx, &about, &values).await;
    ended(done, &about.home.code, values, |s| view(&staff.look, &about, s))
}

async fn act(ctx: &Ctx, a: &About, values: &Values) -> Result<()> {
    let (id, entry) = (a.home.id, a.member.id);
    if values.one("part") == "strike" {
        let fix = MemberFix {
            relation: a.member.relation,
            from: a.member.from,
            to: a.member.to,
            basis: values.one("why").to_owned(),
            strike: true,
        };
        let done = ctx.write(move |tx, ctx| crate::homes::strike(tx, ctx, id, entry, &fix)).await;
        return done.map_err(|e| beside(e, "basis", "why"));
    }
    let relation = Relation::from_key(values.one("relation")).ok_or_else(|| {
        Error::field("relation", "请选择与户主的关系。", "Choose what they are to the head.")
    })?;
    let to = match values.opt("to") {
        Some(_) => Some(day(values, "to")?),
        None => None,
    };
    let given = |field: &str| values.opt(field).map(str::to_owned);
    let new = Correction {
        name: given("name"),
        phone: given("phone"),
        idno: given("idno"),
        address: given("address"),
        without: values.all("without").to_vec(),
        relation,
        from: day(values, "from")?,
        to,
        basis: values.one("basis").to_owned(),
    };
    ctx.write(move |tx, ctx| crate::homes::correct(tx, ctx, id, entry, &new)).await
}
