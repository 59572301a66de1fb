//! Two households side by side: one family that was written down twice, or two. What was linked can be unlinked.

use super::reader::{context, find, folded, frame, home_page, marks, own, refused, tone};
use crate::homes;
use access::{SharedSite, Staff, Verb, accounts, identity};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use db::Tx;
use kernel::{Date, Error, HouseholdId, PersonId, Result};
use maud::{Markup, html};
use register::households::{self, Alike, Double, Fact, Household, Member};
use requests::Ctx;
use rules::mask::surname_only;
use web::components::{Column, Pair, Row, Table, Tone, actions, card, definitions, pill};
use web::form::{
    Choice, Field, button, checkboxes, error_summary, form as post, hidden, radios, submit, text_field,
};
use web::{FormBody, FormState, Look, Page, PageResult, Values, format};

/// One of the two.
struct Side {
    home: Household,
    people: Vec<(Member, String)>,
    tags: Vec<Fact>,
    carers: Vec<String>,
    last: Option<Date>,
}

/// What the page shows.
struct Both {
    one: Side,
    other: Side,
    doubles: Vec<Double>,
}

fn side(tx: &mut dyn Tx, ctx: &Ctx, code: &str) -> Result<Side> {
    let home = find(tx, ctx, code, Verb::Merge)?.home;
    let mut people = Vec::new();
    for m in households::members(tx, home.id)?.into_iter().filter(|m| m.is_there(ctx.today())) {
        let name = identity::get(tx, &ctx.site.keyring, m.person)?.and_then(|p| p.name).unwrap_or_default();
        people.push((m, surname_only(&name)));
    }
    let mut carers = Vec::new();
    for p in crate::read::of_household(tx, home.id, ctx.today())? {
        carers.extend(accounts::by_id(tx, p.account)?.map(|a| a.name));
    }
    let tags = households::tags(tx, home.id, ctx.today())?;
    let last = records::latest(tx, home.id, crate::visits::KIND)?.map(|r| r.on);
    Ok(Side { home, people, tags, carers, last })
}

async fn both(ctx: &Ctx, code: &str, with: &str) -> Result<Both> {
    let (code, with) = (code.to_owned(), with.to_owned());
    ctx.read(move |tx, ctx| {
        let (one, other) = (side(tx, ctx, &with)?, side(tx, ctx, &code)?);
        let doubles = households::doubles(tx, one.home.id, other.home.id, ctx.today())?;
        Ok(Both { one, other, doubles })
    })
    .await
}

/// Which household to hold it against.
#[derive(serde::Deserialize)]
pub(super) struct With {
    #[serde(default)]
    with: String,
}

/// `GET /households/{code}/link?with=`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    Query(With { with }): Query<With>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let look = &staff.look;
    let own = code.clone();
    let home = ctx.read(move |tx, ctx| find(tx, ctx, &own, Verb::Merge)).await?.home;
    if with.trim().is_empty() {
        return Ok(asking(look, &home, &FormState::default()).into_response());
    }
    match both(&ctx, &code, &with).await {
        Ok(both) if both.one.home.id != both.other.home.id => {
            Ok(view(look, &ctx, &both, &FormState::default()).into_response())
        }
        Ok(_) | Err(Error::NotFound) => {
            let mut values = Values::default();
            values.set("with", with);
            let nobody = Error::field(
                "with",
                "没有这一户，或者就是它自己，请核对户编号。",
                "There is no such household, or it is this one: look at the code again.",
            );
            let state = FormState::refused(values, nobody)?;
            Ok(refused(state, |s| asking(look, &home, s)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Where the other one is not known yet.
fn asking(look: &Look, home: &Household, s: &FormState) -> Page {
    let action = format!("{}/link", home_page(&home.code));
    frame(look, home, look.t("与哪一户是同一户", "Which household is it the same as")).main(card(
        None,
        html! {
            form method="get" action=(action) {
                (error_summary(look, s))
                (text_field(look, s, Field::new("with", look.t("另一户的户编号", "Code of the other household")).required().max(40)))
                (actions(html! { (submit(look.t("放在一起看", "Show side by side"))) a.btn.quiet href=(home_page(&home.code)) { (look.t("返回", "Back")) } }))
            }
        },
    ))
}

fn view(look: &Look, ctx: &Ctx, b: &Both, s: &FormState) -> Page {
    let (one, other) = (&b.one.home, &b.other.home);
    let action = format!("{}/link", home_page(&other.code));
    let mut fresh = Values::default();
    // The one that was written down first stands unless somebody says otherwise.
    let first = if one.recorded_at <= other.recorded_at { one } else { other };
    fresh.set("keep", first.code.as_str());
    let fresh = FormState::new(fresh);
    let (link, apart) = (own(s, "link", &fresh), own(s, "apart", &FormState::default()));
    let keep = [one, other].map(|h| Choice::new(h.code.clone(), h.code.clone()));
    let sure =
        [Choice::new("yes", look.t("两边核对过，是同一户", "I looked at both: they are one household"))];
    let body = html! {
        (error_summary(look, &link))
        (hidden("part", "link")) (hidden("with", &one.code))
        (radios(look, &link, Field::new("keep", look.t("以哪一户为准", "Which one stands for both")).required(), &keep))
        (text_field(look, &link, Field::new("basis", look.t("依据", "Basis")).hint(look.t("如入户核实、户口簿", "Seen at a visit, household book")).required().max(200)))
        (checkboxes(look, &link, Field::new("sure", look.t("确认", "Confirm")).required(), &sure))
        p.hint { (look.t("并入的一户不再列出、不再计数；它的家里人、标签、计划、走访和承诺与留下的一户合在一起看。联系人重复的，以留下的一户为准。随时可以解除，各归各。",
            "The other one is listed and counted no more; who lives there, its marks, plans, visits and promises are read together with those of the one that stays. Where somebody looks after either by the same kind of pairing, whoever has the one that stays goes on. It can be undone at any time, and each has its own again.")) }
        (actions(html! { (submit(look.t("并为一户", "Link as one"))) a.btn.quiet href="/households/duplicates" { (look.t("返回", "Back")) } }))
    };
    let two = html! {
        (error_summary(look, &apart))
        (hidden("part", "apart")) (hidden("with", &one.code))
        (text_field(look, &apart, Field::new("why", look.t("依据", "Basis")).hint(look.t("如同名不同人", "Same name, not the same person")).required().max(200)))
        (actions(button(look.t("是两户，不再提示", "They are two: do not propose them again"), "", "")))
    };
    frame(look, other, look.t("是不是同一户", "One household or two"))
        .lede(html! { p { (look.t("姓名只写姓。要看全名和号码，先打开那一户，说明事由。",
        "Surnames only. For names and numbers open the household and say what for.")) } })
        .main(card(None, table(look, ctx, b)))
        .main(card(Some(look.t("是同一户", "They are one")), post(look, &action, body)))
        .main(folded(look.t("是两户", "They are two"), &apart, post(look, &action, two)))
}

fn table(look: &Look, ctx: &Ctx, b: &Both) -> Markup {
    let sides = [&b.one, &b.other];
    let doubled = |p: PersonId| b.doubles.iter().find(|d| d.one == p || d.other == p).map(|d| d.why);
    let people = |s: &Side| {
        html! { ul.plain { @for (m, name) in &s.people { li {
            (m.relation.name().to(look.locale)) " " (name)
            @if let Some(said) = doubled(m.person) {
                " " (pill(if said == Alike::Idno { Tone::Late } else { Tone::Soon }, said.name().to(look.locale)))
            }
        } } } }
    };
    let day = |d: Date| format::day_year(look.locale, d);
    let row = |label: &str, cell: &dyn Fn(&Side) -> Markup| {
        Row::new(vec![html! { (label) }, cell(sides[0]), cell(sides[1])])
    };
    Table::new(look, look.t("两户对照", "Side by side"))
        .column(Column::new(look.t("项目", "What")).primary())
        .column(Column::new(sides[0].home.code.clone()))
        .column(Column::new(sides[1].home.code.clone()))
        .row(row(ctx.site.pack.household.grid.to(look.locale), &|s| html! { (ctx.dir.full_name(s.home.unit, look.locale)) }))
        .row(row(look.t("家里人", "Who lives there"), &people))
        .row(row(look.t("人口", "Persons"), &|s| html! { (s.home.persons) }))
        .row(row(look.t("标签", "Marks"), &|s| html! { @for t in marks(ctx, false, &s.tags) { (pill(tone(t), t.name.to(look.locale))) " " } }))
        .row(row(look.t("联系人", "Who looks after it"), &|s| html! { (if s.carers.is_empty() { "—".to_owned() } else { s.carers.join(look.t("、", ", ")) }) }))
        .row(row(look.t("上次走访", "Last visit"), &|s| html! { (s.last.map_or_else(|| "—".to_owned(), day)) }))
        .row(row(look.t("登记自", "Since"), &|s| html! { (day(s.home.from)) }))
        .row(row(look.t("依据", "Basis"), &|s| html! { (s.home.basis) }))
        .row(row(look.t("打开", "Open"), &|s| html! { a href=(home_page(&s.home.code)) { (s.home.code) } }))
        .render()
}

/// `POST /households/{code}/link`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let both = both(&ctx, &code, values.one("with")).await?;
    match act(&ctx, &both, &values).await {
        Ok(to) => Ok(Redirect::to(&to).into_response()),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            Ok(refused(state, |s| view(&staff.look, &ctx, &both, s)))
        }
    }
}

/// Does it, and tells which page comes next.
async fn act(ctx: &Ctx, b: &Both, values: &Values) -> Result<String> {
    let (one, other) = (&b.one.home, &b.other.home);
    if values.one("part") == "apart" {
        let (one, other, why) = (one.id, other.id, values.one("why").to_owned());
        let done = ctx.write(move |tx, ctx| homes::apart(tx, ctx, other, one, &why)).await;
        done.map_err(|e| super::reader::beside(e, "basis", "why"))?;
        return Ok("/households/duplicates".to_owned());
    }
    let (kept, gone) = match values.one("keep") {
        code if code == one.code => (one, other),
        code if code == other.code => (other, one),
        _ => return Err(Error::field("keep", "请选以哪一户为准。", "Choose which one stands for both.")),
    };
    if values.one("sure") != "yes" {
        return Err(Error::field("sure", "核对过再并，请打勾。", "Look at both first, then tick this."));
    }
    let (to, gone, basis): (HouseholdId, _, _) = (kept.id, gone.id, values.one("basis").to_owned());
    ctx.write(move |tx, ctx| homes::link(tx, ctx, gone, to, &basis)).await?;
    Ok(home_page(&kept.code))
}

/// `GET /households/{code}/unlink`
pub(super) async fn undo_form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let (home, kept) = linked(&ctx, &code).await?;
    Ok(undoing(&staff.look, &home, &kept, &FormState::default()).into_response())
}

async fn linked(ctx: &Ctx, code: &str) -> Result<(Household, Household)> {
    let code = code.to_owned();
    ctx.read(move |tx, ctx| {
        let home = find(tx, ctx, &code, Verb::Merge)?.home;
        let kept = households::kept(tx, home.clone())?;
        Ok((home, kept))
    })
    .await
}

fn undoing(look: &Look, home: &Household, kept: &Household, s: &FormState) -> Page {
    let page = frame(look, home, look.t("解除：其实是两户", "Undo: they are two households"));
    if home.id == kept.id {
        let none = look.t("这一户没有并到别的户。", "The household is linked to no other.");
        return page.main(card(None, html! { p { (none) } }));
    }
    let body = html! {
        (error_summary(look, s))
        (definitions(&[Pair::text(look.t("并入的", "Linked"), &home.code), Pair::text(look.t("以这一户为准", "Stands for both"), &kept.code)]))
        p.hint { (look.t("解除后两户都照原样列出；原来谁联系哪一户，还由谁联系。", "Both are listed again as they were, and each has whoever looked after it.")) }
        (text_field(look, s, Field::new("basis", look.t("依据", "Basis")).required().max(200)))
        (actions(html! { (submit(look.t("解除", "Undo"))) a.btn.quiet href=(home_page(&kept.code)) { (look.t("返回", "Back")) } }))
    };
    page.main(card(None, post(look, &format!("{}/unlink", home_page(&home.code)), body)))
}

/// `POST /households/{code}/unlink`
pub(super) async fn undo(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let (home, kept) = linked(&ctx, &code).await?;
    let (id, basis) = (home.id, values.one("basis").to_owned());
    let done = ctx.write(move |tx, ctx| homes::unlink(tx, ctx, id, &basis)).await;
    super::reader::ended(done, &home.code.clone(), values, |s| undoing(&staff.look, &home, &kept, s))
}
