//! Marks: put one on the household or one of its people, end one that no longer holds, strike one that never did.

use super::people::{called, surnames};
use super::reader::{beside, context, day, ended, found, frame, home_page, own, sees};
use crate::homes;
use access::{SharedSite, Staff, Verb};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use kernel::{Error, Result, Uuid};
use maud::html;
use pack::TagOn;
use register::households::{self, Fact, Household, Member, NewTag};
use requests::Ctx;
use web::components::{actions, card};
use web::form::{
    Choice, Field, button, date_field, error_summary, form as post, hidden, radios, select, submit,
    text_field, textarea,
};
use web::{FormBody, FormState, Look, Page, PageResult, Values, format};

/// What the page shows besides the form.
struct Around {
    home: Household,
    paired: bool,
    there: Vec<(Member, String)>,
    tags: Vec<Fact>,
}

async fn around(ctx: &Ctx, code: &str) -> Result<Around> {
    let known = found(ctx, code, Verb::Manage).await?;
    let id = known.home.id;
    let read = ctx.read(move |tx, ctx| {
        let (members, tags) = match households::standing(tx, id, ctx.today())? {
            Some(standing) => (standing.members, standing.tags),
            None => (households::living(tx, id, ctx.today())?, households::tags(tx, id, ctx.today())?),
        };
        Ok((surnames(tx, ctx, members)?, tags))
    });
    let (there, tags) = read.await?;
    Ok(Around { home: known.home, paired: known.paired, there, tags })
}

/// `GET /households/{code}/tags`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let around = around(&ctx, &code).await?;
    Ok(view(&staff.look, &ctx, &around, &FormState::default()).into_response())
}

fn view(look: &Look, ctx: &Ctx, a: &Around, s: &FormState) -> Page {
    let action = format!("{}/tags", home_page(&a.home.code));
    let mut fresh = Values::default();
    fresh.set("from", ctx.today().to_string());
    fresh.set("on", ctx.today().to_string());
    let fresh = FormState::new(fresh);
    let (end, s) = (own(s, "end", &fresh), &own(s, "add", &fresh));
    let pack = &ctx.site.pack;
    let tags: Vec<Choice> = pack
        .tags
        .iter()
        .filter(|t| sees(ctx, a.paired, t))
        .map(|t| Choice::new(t.id.clone(), t.name.to(look.locale)).hint(t.need.to(look.locale)))
        .collect();
    let people: Vec<Choice> =
        a.there.iter().map(|m| Choice::new(m.0.person.to_string(), called(look, m))).collect();
    let now: Vec<Choice> = a
        .tags
        .iter()
        .filter_map(|f| Some((f, pack.tag(f.tag()?).filter(|t| sees(ctx, a.paired, t))?)))
        .map(|(f, t)| {
            let who = a.there.iter().find(|m| Some(m.0.person) == f.person).map(|m| called(look, m));
            let since = format::day_year(look.locale, f.from);
            Choice::new(f.id.to_string(), t.name.to(look.locale))
                .hint(format!("{} {since}", who.unwrap_or_default()))
        })
        .collect();
    let add = html! {
        (error_summary(look, s))
        (hidden("part", "add"))
        (radios(look, s, Field::new("tag", look.t("标签", "Mark")).required(), &tags))
        (select(look, s, Field::new("person", look.t("是谁（个人的标签才选）", "Whose (for a person's mark)")), &people))
        (date_field(look, s, Field::new("from", look.t("从哪天起", "Since")).required()))
        (text_field(look, s, Field::new("basis", look.t("依据", "Basis")).required().max(200)))
        (textarea(look, s, Field::new("note", look.t("说明（加密存放）", "Note (kept sealed)")).hint(look.t("只写办事用得上的", "Only what help needs")).private().max(500), 2))
        (actions(html! { (submit(look.t("加标签", "Put it on"))) a.btn.quiet href=(home_page(&a.home.code)) { (look.t("返回", "Back")) } }))
    };
    let mut page = frame(look, &a.home, look.t("标签", "Marks"))
        .main(card(Some(look.t("加一个", "Add one")), post(look, &action, add)));
    if !now.is_empty() {
        let ends = html! {
            (error_summary(look, &end))
            (hidden("part", "end"))
            (radios(look, &end, Field::new("fact", look.t("哪一个", "Which one")).required(), &now))
            (date_field(look, &end, Field::new("on", look.t("哪天起不再是", "First day without it"))))
            (text_field(look, &end, Field::new("why", look.t("依据", "Basis")).required().max(200)))
            (actions(html! {
                (button(look.t("到这天为止", "Ends with that day"), "do", "end"))
                (button(look.t("本来就不对，划掉", "It was never right: strike it"), "do", "strike"))
            }))
        };
        page = page.main(card(Some(look.t("去掉一个", "End one")), post(look, &action, ends)));
    }
    page
}

/// `POST /households/{code}/tags`
pub(super) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(code): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = context(&site, &staff);
    let around = around(&ctx, &code).await?;
    let done = act(&ctx, &around, &values).await;
    ended(done, &around.home.code.clone(), values, |s| view(&staff.look, &ctx, &around, s))
}

async fn act(ctx: &Ctx, a: &Around, values: &Values) -> Result<()> {
    let (id, basis) = (a.home.id, values.one("basis").to_owned());
    if values.one("part") == "end" {
        let fact: Uuid = values
            .parsed("fact")
            .ok_or_else(|| Error::field("fact", "请选择是哪一个。", "Choose which one."))?;
        let on = match values.one("do") {
            "strike" => None,
            _ => Some(day(values, "on")?),
        };
        let why = values.one("why").to_owned();
        let done = ctx.write(move |tx, ctx| homes::untag(tx, ctx, id, fact, on, &why)).await;
        return done.map_err(|e| beside(e, "basis", "why"));
    }
    let tag = ctx.site.pack.tag(values.one("tag")).filter(|t| sees(ctx, a.paired, t));
    let tag = tag.ok_or_else(|| Error::field("tag", "请选择标签。", "Choose a mark."))?;
    let person = match tag.on {
        TagOn::Household => None,
        TagOn::Person => {
            let whose = || {
                Error::field("person", "这是个人的标签，请选是谁。", "It is a person's mark: choose whose.")
            };
            Some(values.parsed("person").ok_or_else(whose)?)
        }
    };
    let from = day(values, "from")?;
    let new = NewTag {
        tag: tag.id.clone(),
        person,
        from,
        to: None,
        basis,
        note: values.opt("note").map(str::to_owned),
    };
    ctx.write(move |tx, ctx| homes::tag(tx, ctx, id, &new)).await.map(drop)
}
