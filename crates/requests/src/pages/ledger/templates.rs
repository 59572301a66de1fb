//! Wordings of answers: the pack's, to read and copy, and one's own, to change.

use super::kept;
use super::list::done;
use crate::Ctx;
use crate::store::own::{self, Named};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use kernel::{Error, Result};
use maud::{Markup, html};
use pack::AnswerTemplate;
use web::components::{Tone, button_link, card, card_with, disclosure, empty_state, pill};
use web::form::{self, Field, FormOptions};
use web::page::Crumb;
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// The longest name, in characters.
const NAME_MAX: usize = 30;
/// The longest wording, in characters.
const BODY_MAX: usize = 2_000;
/// How many wordings somebody may keep.
const MOST: usize = 100;

/// Whoever is in post may keep wordings of their own; those of everybody belong to the pack.
fn who(staff: &Staff) -> Result<kernel::AccountId> {
    staff.demand(Verb::List, Noun::Template, "")?;
    Ok(staff.account()?.id)
}

/// `GET /templates`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    list(&site, &staff, FormState::default()).await
}

async fn list(site: &SharedSite, staff: &Staff, state: FormState) -> PageResult {
    let who = who(staff)?;
    let ctx = Ctx::new(site, staff.scope.clone());
    let mine = ctx.read(move |tx, _| own::templates(tx, who)).await?;
    let look = &staff.look;
    let pack = &site.pack;
    let new = html! {
        (form::error_summary(look, &state))
        (form::form(look, "/templates", html! {
            (fields(look, &state))
            (form::submit(look.t("保存", "Keep")))
        }))
    };
    let title = look.t("新增一条", "Add one");
    let add = if state.errors.is_empty() { disclosure(title, new) } else { card(Some(title), new) };
    Ok(Page::new(look, look.t("答复参考", "Answer wordings"))
        .lede(html! { (look.t(
        "答复时可以从这里起头，空白处（____）由您填。别人看不到您自己的。",
        "Start an answer from one of these and fill in the blanks (____). Nobody else sees your own.")) })
        .main(own_list(look, &mine))
        .main(add)
        .main(pack_list(look, pack))
        .into_response())
}

fn fields(look: &Look, state: &FormState) -> Markup {
    html! {
        (form::text_field(look, state, Field::new("name", look.t("名称", "Name")).required().max(NAME_MAX)))
        (form::textarea(look, state, Field::new("body", look.t("内容", "Text")).required().max(BODY_MAX)
            .hint(look.t("要每次填的地方写成 ____。不要写具体的人名和电话。", "Write ____ where something has to be filled in. No names or numbers of people.")), 6))
    }
}

fn own_list(look: &Look, mine: &[Named]) -> Markup {
    let title = look.t("我自己的", "My own");
    if mine.is_empty() {
        let text = look.t(
            "还没有。可以自己写，也可以把下面的复制过来再改。",
            "None yet. Write one, or copy one of those below and change it.",
        );
        return html! { h2 { (title) } (empty_state(text, None)) };
    }
    html! { h2 { (title) } @for t in mine { (own_one(look, t)) } }
}

fn own_one(look: &Look, t: &Named) -> Markup {
    let mut change = form_urlencoded::Serializer::new(String::new());
    change.append_pair("name", &t.name);
    let tools = html! {
        (button_link(look.t("修改", "Change"), &format!("/templates/change?{}", change.finish())))
        (form::form_with(look, FormOptions { action: "/templates/removal", class: "inline", ..FormOptions::default() }, html! {
            (form::hidden("name", &t.name))
            (form::button_danger(look.t("删除", "Delete"), look.t("删除这条参考？写好的答复不受影响。", "Delete this wording? Answers already given stay.")))
        }))
    };
    card_with(&t.name, tools, html! { p.lines { (t.what) } })
}

fn pack_list(look: &Look, pack: &pack::Pack) -> Markup {
    html! {
        h2 { (look.t("政策包里的", "From the policy pack")) }
        @for t in &pack.answers { (pack_one(look, pack, t)) }
        @if pack.answers.is_empty() { (empty_state(look.t("政策包里没有。", "The pack has none."), None)) }
    }
}

fn pack_one(look: &Look, pack: &pack::Pack, t: &AnswerTemplate) -> Markup {
    let class = t.class.as_deref().map(|c| pack.class_path(c));
    let tools = html! {
        @if let Some(class) = class { (pill(Tone::Plain, &class.iter().map(|t| t.to(look.locale)).collect::<Vec<_>>().join(" › "))) }
        @if t.unsolvable { (pill(Tone::Soon, look.t("不能解决", "Cannot be solved"))) }
        (form::form_with(look, FormOptions { action: "/templates/copy", class: "inline", ..FormOptions::default() }, html! {
            (form::hidden("id", &t.id))
            (form::button(look.t("复制为我的", "Copy to mine"), "", ""))
        }))
    };
    card_with(t.name.to(look.locale), tools, html! { p.lines { (t.text.to(look.locale)) } })
}

/// Reads and checks what was entered.
fn entered(values: &Values) -> Result<Named> {
    let mut faults = Vec::new();
    let mut fault = |e: Error| {
        if let Error::Invalid(mut fields) = e {
            faults.append(&mut fields);
        }
    };
    let name = kept::name("name", values.one("name"), NAME_MAX).unwrap_or_else(|e| {
        fault(e);
        String::new()
    });
    let body = values.one("body").to_owned();
    if body.is_empty() || body.chars().count() > BODY_MAX {
        fault(Error::field(
            "body",
            format!("请写 1 到 {BODY_MAX} 个字的内容。"),
            format!("Please write 1 to {BODY_MAX} characters."),
        ));
    }
    if faults.is_empty() { Ok(Named { name, what: body }) } else { Err(Error::Invalid(faults)) }
}

fn taken() -> Error {
    Error::field(
        "name",
        "您已有一条同名的参考，请换个名称。",
        "You have one of that name already: choose another.",
    )
}

/// `POST /templates`
pub(super) async fn add(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let who = who(&staff)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let added = match entered(&values) {
        Ok(new) => keep(&ctx, who, new).await,
        Err(e) => Err(e),
    };
    let said = staff.look.t("已保存。", "Kept.");
    kept::end(added, ("/templates", said), values, |state| list(&site, &staff, state)).await
}

async fn keep(ctx: &Ctx, who: kernel::AccountId, new: Named) -> Result<()> {
    ctx.write(move |tx, ctx| {
        if own::templates(tx, who)?.len() >= MOST {
            return Err(Error::field(
                "name",
                format!("最多存 {MOST} 条，请先删掉一些。"),
                format!("At most {MOST}: delete some first."),
            ));
        }
        if own::add_template(tx, who, &new, ctx.at)? { Ok(()) } else { Err(taken()) }
    })
    .await
}

/// `GET /templates/change?name=`
pub(super) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    RawQuery(query): RawQuery,
) -> PageResult {
    let who = who(&staff)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let name = form::parse_form(query.unwrap_or_default().as_bytes()).one("name").to_owned();
    let mine = ctx.read(move |tx, _| own::templates(tx, who)).await?;
    let there = mine.into_iter().find(|t| t.name == name).ok_or(Error::NotFound)?;
    let values = [("was", there.name.clone()), ("name", there.name), ("body", there.what)];
    Ok(change_page(&staff.look, &FormState::new(values.into_iter().collect())).into_response())
}

fn change_page(look: &Look, state: &FormState) -> Page {
    let body = html! {
        (form::error_summary(look, state))
        (form::form(look, "/templates/change", html! {
            (form::hidden("was", state.value("was")))
            (fields(look, state))
            div.actions { (form::submit(look.t("保存", "Keep"))) a.btn.quiet href="/templates" { (look.t("不改了", "Leave it")) } }
        }))
    };
    Page::new(look, look.t("修改答复参考", "Change a wording"))
        .crumbs(vec![Crumb {
            href: "/templates".into(),
            label: look.t("答复参考", "Answer wordings").into(),
        }])
        .narrow()
        .main(card(None, body))
}

/// `POST /templates/change`
pub(super) async fn change(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let who = who(&staff)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let was = values.one("was").to_owned();
    let changed = match entered(&values) {
        Err(e) => Err(e),
        Ok(new) => {
            ctx.write(move |tx, _| {
                if own::change_template(tx, who, &was, &new)? {
                    return Ok(());
                }
                let there = own::templates(tx, who)?.iter().any(|t| t.name == was);
                Err(if there { taken() } else { Error::NotFound })
            })
            .await
        }
    };
    let look = &staff.look;
    let again = |state: FormState| async move {
        let page = change_page(look, &state);
        Ok(page.status(axum::http::StatusCode::UNPROCESSABLE_ENTITY).into_response())
    };
    kept::end(changed, ("/templates", look.t("已保存。", "Kept.")), values, again).await
}

/// `POST /templates/removal`
pub(super) async fn remove(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let who = who(&staff)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let name = values.one("name").to_owned();
    if !ctx.write(move |tx, _| own::drop_template(tx, who, &name)).await? {
        return Err(Error::NotFound.into());
    }
    Ok(done("/templates", staff.look.t("已删除。", "Deleted.")))
}

/// `POST /templates/copy`
pub(super) async fn copy(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let who = who(&staff)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let id = values.one("id");
    let from = site.pack.answers.iter().find(|t| t.id == id).ok_or(Error::NotFound)?;
    let (name, text) = (from.name.to(staff.locale()).to_owned(), from.text.to(staff.locale()).to_owned());
    let mine = ctx.read(move |tx, _| own::templates(tx, who)).await?;
    // A copy of a copy gets a number.
    let free = (1..).map(|n| if n == 1 { name.clone() } else { format!("{name} {n}") });
    let name = free.take(MOST + 1).find(|n| mine.iter().all(|t| t.name != *n)).unwrap_or_default();
    let copied = keep(&ctx, who, Named { name, what: text }).await;
    let said = staff.look.t("已复制到“我自己的”。", "Copied to your own.");
    kept::end(copied, ("/templates", said), Values::default(), |state| list(&site, &staff, state)).await
}
