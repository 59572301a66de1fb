//! Who the person is: shown once for a purpose, and put on record where the person reads it.

use crate::acts::look::{self, Field as What, Look, Seen};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use crate::pages::mediation;
use crate::pages::public::questions;
use crate::pages::work::people::pseudonym;
use crate::spoken::Slot;
use access::identity::Person;
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use kernel::{Error, PersonId, Result};
use maud::{Markup, html};
use web::components::{Definition, Flash, FlashKind, Pair, actions, card, definitions};
use web::form::{
    Choice, Field, FormState, checkboxes, error_summary, form as post, radios, submit, text_field,
};
use web::page::Crumb;
use web::{FormBody, Page, PageResult, Values};

/// The case, and what there is to be looked at.
async fn find(ctx: &Ctx, number: &str) -> Result<(Case, Vec<What>)> {
    let number = number.to_owned();
    ctx.read(move |tx, ctx| {
        let case = Case::find_number(tx, ctx, &number)?;
        let there = look::there(tx, &case)?;
        // Nobody was named, and nothing was left out: there is nothing here.
        if there.is_empty() && case.row.person.is_none() {
            return Err(Error::NotFound);
        }
        look::demand(ctx, &case)?;
        Ok((case, there))
    })
    .await
}

/// `GET /requests/{number}/identity`: asks what for.
pub(crate) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let (case, there) = find(&ctx, &number).await?;
    let eye = Eye::new(&staff.look, &ctx);
    let mut values = Values::default();
    // What is wanted as a rule; the rest only if it is needed.
    for field in there.iter().filter(|f| matches!(f, What::Name | What::Phone)) {
        values.push("see", field.key());
    }
    Ok(asking(&eye, &case, &there, &FormState::new(values)).into_response())
}

/// `POST /requests/{number}/identity`: shows it, after the look is on record.
pub(crate) async fn look(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let (case, there) = find(&ctx, &number).await?;
    let eye = Eye::new(&staff.look, &ctx);
    let input = Look {
        number,
        purpose: values.one("purpose").to_owned(),
        why: values.one("why").to_owned(),
        fields: there.iter().copied().filter(|f| values.all("see").iter().any(|k| k == f.key())).collect(),
    };
    let sent = input.clone();
    match ctx.write(move |tx, ctx| look::look(tx, ctx, &sent)).await {
        Ok(seen) => {
            let mut response = shown(&eye, &case, &input, &seen).into_response();
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let page = asking(&eye, &case, &there, &state);
            Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

fn frame(eye: &Eye, case: &Case) -> Page {
    let row = &case.row;
    Page::new(&eye.look, eye.t("诉求人是谁", "Who the person is")).at("/requests").narrow().crumbs(vec![
        Crumb { href: format!("/requests/{}", row.number), label: format!("{} {}", row.number, row.title) },
    ])
}

fn asking(eye: &Eye, case: &Case, there: &[What], s: &FormState) -> Page {
    let purposes: Vec<Choice> = eye
        .ctx
        .site
        .pack
        .purposes
        .iter()
        .map(|p| {
            let choice = Choice::new(&p.id, p.text.to(eye.locale()));
            if p.explain { choice.hint(eye.t("要写明事由", "needs a sentence")) } else { choice }
        })
        .collect();
    let fields: Vec<Choice> = there.iter().map(|f| Choice::new(f.key(), f.name(eye.locale()))).collect();
    let action = format!("/requests/{}/identity", case.row.number);
    let frame = frame(eye, case)
        .lede(html! { p { (eye.t("查看会记在案上，诉求人在自己的页面看得到：哪个单位、什么时候、看了什么、为什么。", "The look goes on record; the person sees on their page which unit looked, when, at what and what for.")) }
            @if case.row.is_live() && case.row.person.is_some() {
                p { (eye.t("只是要联系，不用看号码：", "To get in touch you need not see the number: "))
                    a href={ "/requests/" (case.row.number) "/relay" } { (eye.t("发消息、记通话", "send a message or record a call")) } }
            } });
    if there.is_empty() {
        return frame.main(card(None, html! { p { (eye.t("身份信息已删除，没有可看的。", "Who it was is erased: there is nothing to see.")) } }));
    }
    frame.main(card(None, post(&eye.look, &action, html! {
            (error_summary(&eye.look, s))
            (radios(&eye.look, s, Field::new("purpose", eye.t("为什么要看", "What for")).required(), &purposes))
            (text_field(&eye.look, s, Field::new("why", eye.t("具体事由（不写姓名和号码）", "In a sentence, without names and numbers")).max(200)))
            (checkboxes(&eye.look, s, Field::new("see", eye.t("要看什么", "What to look at")).required(), &fields))
            (actions(html! {
                (submit(eye.t("记录并查看", "Record it and show")))
                a.btn.quiet href={ "/requests/" (case.row.number) } { (eye.t("返回", "Back")) }
            }))
        })))
}

fn shown(eye: &Eye, case: &Case, input: &Look, seen: &Seen) -> Page {
    let words = input.fields.contains(&What::Words);
    frame(eye, case)
        .notice(Flash::new(FlashKind::Info, eye.t("这次查看已记录。离开此页后要再看，需重新记录。", "The look is on record. To see this again later it is recorded anew.")))
        .main(html! {
            @if input.fields.iter().any(|f| *f != What::Words) {
                @for (i, person) in seen.people.iter().enumerate() { (one(eye, i, person.as_ref(), &input.fields)) }
            }
            @if words { (written(eye, case, seen)) }
            (actions(html! { a.btn.main href={ "/requests/" (case.row.number) } { (eye.t("回到这件诉求", "Back to the case")) } }))
        })
}

fn one(eye: &Eye, i: usize, person: Option<&Person>, fields: &[What]) -> Markup {
    let Some(p) = person else {
        return card(
            Some(&pseudonym(i, eye.locale())),
            html! { p { (eye.t("身份已删除。", "The identity was erased.")) } },
        );
    };
    let facts: Vec<Definition> = fields
        .iter()
        .filter_map(|f| {
            let text = match f {
                What::Name => &p.name,
                What::Phone => &p.phone,
                What::Address => &p.address,
                What::Idno => &p.idno,
                What::Words => return None,
            };
            let name = f.name(eye.locale());
            Some(match (f, text) {
                (What::Phone, Some(phone)) => (name, html! { a href={ "tel:" (phone) } { (phone) } }),
                (_, text) => Pair::text(name, text.as_deref().unwrap_or("—")),
            })
        })
        .collect();
    card(Some(&pseudonym(i, eye.locale())), definitions(&facts))
}

/// What people wrote, as they wrote it.
fn written(eye: &Eye, case: &Case, seen: &Seen) -> Markup {
    let form = eye.ctx.site.pack.form_of(&case.row.class);
    let whose = |person: &Option<PersonId>| {
        let at = case.joined.iter().position(|j| Some(j.person) == *person).map_or(0, |i| i + 1);
        pseudonym(at, eye.locale())
    };
    let title = |slot: &Slot| match slot {
        Slot::Joined(person) => whose(&Some(*person)),
        Slot::Word(_, person) => format!("{} {}", whose(person), eye.t("的评价", "on the answer")),
        Slot::Subject => eye.t("反映的人", "Whom it is about").to_owned(),
        Slot::Item(no) => format!("{} {no}", eye.t("卷内材料", "Item of the file")),
        Slot::Party(no) => format!("{} {no}", eye.t("当事人", "Party")),
        _ => eye.t("后来补充的", "Added later").to_owned(),
    };
    html! {
        @if let Some(asked) = &seen.asked {
            (card(Some(eye.t("诉求人的原话", "In the person's own words")), html! {
                p { b { (asked.title) } }
                p.lines { (asked.body) }
                @if !asked.place.is_empty() { p { (asked.place) } }
                @if let Some(form) = form {
                    dl.facts { @for (q, a) in questions::said(eye.locale(), form, &asked.answers) { div { dt { (q) } dd { (a) } } } }
                }
            }))
        }
        @for (slot, text) in &seen.others {
            (card(Some(&title(slot)), match slot {
                Slot::Party(_) => mediation::who(eye, text),
                _ => html! { p.lines { (text) } },
            }))
        }
        @if !seen.row.is_empty() { (card(Some(eye.t("导入前的原始行", "The row it was imported from")), super::more::cells(&seen.row))) }
    }
}
