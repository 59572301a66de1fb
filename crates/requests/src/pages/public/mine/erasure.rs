//! Being forgotten: the person erases who they are, once their case has ended.

use super::load;
use crate::acts::forget;
use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use crate::pages::public::pass::{Held, Holding};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Locale, Result, Timestamp};
use maud::html;
use web::components::{Flash, FlashKind, button_link};
use web::form::{FormOptions, FormState, error_summary, form_with};
use web::page::Crumb;
use web::{FormBody, Look, Page, PageResult, format, redirect_with};

/// How it stands with who somebody is.
struct Standing {
    /// What stands in the way.
    obstacle: Option<Error>,
    /// When it is erased by itself.
    until: Option<Timestamp>,
    /// It is erased.
    gone: bool,
    /// Until when the file of the mediation stays all the same.
    file: Option<Timestamp>,
}

async fn asked(held: &Held) -> Result<Standing> {
    let id = held.pass.request;
    held.ctx
        .read(move |tx, ctx: &Ctx| {
            let case = crate::case::Case::find(tx, ctx, id)?;
            let who: Vec<_> = ctx.holder.as_ref().and_then(|h| h.person).into_iter().collect();
            let obstacle = forget::obstacle(tx, &case, &who)?;
            let mut gone = true;
            for person in &who {
                gone &= access::identity::known(tx, *person)?.is_none_or(|k| k.erased_at.is_some());
            }
            let file = forget::file_until(tx, ctx, &case)?.filter(|until| *until > ctx.at);
            Ok(Standing { obstacle, until: forget::until(tx, id)?, gone, file })
        })
        .await
}

/// `GET /r/{number}/erasure`: asks whether it is meant, or says why it cannot be done now.
pub(in crate::pages::public) async fn show(Holding { look, held }: Holding) -> PageResult {
    page(&look, &held, FormState::default()).await
}

async fn page(look: &Look, held: &Held, state: FormState) -> PageResult {
    let mine = load(held).await?;
    let eye = Eye::new(look, &held.ctx);
    let Standing { obstacle, until, gone, file } = asked(held).await?;
    let file = file.map(|at| kept(&eye, &mine.case.row.track, at));
    let home = format!("/r/{}", held.number);
    let page = Page::new(look, look.t("删除我的身份信息", "Erase who I am"))
        .at("/find")
        .narrow()
        .crumbs(vec![Crumb { href: home.clone(), label: held.number.clone() }]);
    if gone {
        let text = look.t("这件里没有您的身份信息了。", "Nothing of who you are is kept with this request.");
        return Ok(page
            .notice(Flash::new(FlashKind::Info, text))
            .main(html! {
                @if let Some(file) = &file { p { (file) } }
                p { (button_link(look.t("返回", "Back"), &home)) }
            })
            .into_response());
    }
    if let Some(error) = obstacle {
        return Ok(page
            .notice(Flash::new(FlashKind::Info, error.say().to(look.locale)))
            .main(html! { p { (button_link(look.t("返回", "Back"), &home)) } })
            .into_response());
    }
    let action = format!("/r/{}/erasure", held.number);
    let body = html! {
        (error_summary(look, &state))
        p { (look.t("删除以后，姓名、电话、住址、证件号和您的原话都不能恢复，谁也读不出来，也不能再通知您。编号、办理经过和统计保留，里面没有您是谁。",
            "After this your name, number, address, identity number and your own words cannot be brought back by anybody, and you cannot be told anything any more. The number, what was done and the statistics stay, without who you are.")) }
        @if let Some(file) = &file { p { (file) } }
        @if let Some(at) = until {
            p.hint { (look.t("不删除的话，到期也会自动删除：", "If you leave it, it is erased by itself on: ")) (eye.day(at)) }
        }
        p.hint { (look.t("需要留底，请先下载您的全部信息。", "To keep a record, download all that is held about you first.")) }
        div.actions {
            button.btn.danger type="submit" { (look.t("确定删除", "Erase it")) }
            (button_link(look.t("先下载", "Download first"), &format!("{home}/copy")))
            (button_link(look.t("不删除，返回", "Keep it, go back"), &home))
        }
    };
    Ok(page
        .main(html! { section.card {
            div.row-of { (eye.state(&mine.case.row)) span.hint { (held.number) } }
            (form_with(look, FormOptions { action: &action, ..FormOptions::default() }, body))
        } })
        .into_response())
}

/// Why the file of a mediation stays, and until when.
fn kept(eye: &Eye, track: &str, until: Timestamp) -> String {
    let day = format::day_year(eye.locale(), eye.ctx.site.zone.date(until.plus(-1)));
    let source = eye.ctx.site.pack.mediation_on(track).map_or("", |m| m.keep_citation.to(eye.locale()));
    match eye.locale() {
        Locale::Zh => format!(
            "这件是调解，调解卷宗不随着删除：它记着双方商定了什么，由调解组织归档，保存到{day}，到期自动删除。当事人是谁加密保存，打开要留记录。依据：{source}。"
        ),
        Locale::En => format!(
            "This is a mediation, and its file is not erased with it: it holds what both sides agreed on and is kept on file until {day}; then it is erased by itself. Who the parties are stays sealed, and each look is on record. On what ground: {source}."
        ),
    }
}

/// `POST /r/{number}/erasure`
pub(in crate::pages::public) async fn erase(
    Holding { look, held }: Holding,
    FormBody(values): FormBody,
) -> PageResult {
    let id = held.pass.request;
    match held.ctx.write(move |tx, ctx| forget::ask(tx, ctx, id)).await {
        Ok(()) => {
            forget::purge(&held.ctx, id).await?;
            emptied(&held).await?;
            Ok(done(&look, &held))
        }
        Err(error @ Error::Refused { .. }) => {
            let state = FormState::refused(values, error)?;
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page(&look, &held, state).await?)
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What was overwritten does not stay in the log; where others read just now, it goes with the next round.
async fn emptied(held: &Held) -> Result<()> {
    let db = held.ctx.site.db.clone();
    match tokio::task::spawn_blocking(move || db.empty_log()).await.map_err(Error::internal)? {
        Err(Error::Busy) => Ok(()),
        other => other,
    }
}

fn done(look: &Look, held: &Held) -> Response {
    let text = look.t("您的身份信息已删除。", "Who you are is erased.");
    redirect_with(&format!("/r/{}", held.number), FlashKind::Ok, text)
}
