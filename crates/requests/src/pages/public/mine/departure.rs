//! Leaving a case that others have as well: what that means, asked once more, and done.

use super::acts::{on, once};
use super::{Mine, load};
use crate::acts::depart;
use crate::pages::eye::Eye;
use crate::pages::public::pass::{Held, Holding};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use maud::{Markup, html};
use web::components::{Flash, FlashKind, button_link, flash};
use web::form::{Field, FormOptions, FormState, error_summary, form_with, hidden, textarea};
use web::page::Crumb;
use web::{FormBody, Look, Page, PageResult, redirect_with};

/// `GET /r/{number}/departure`: asks whether it is meant.
pub(in crate::pages::public) async fn show(Holding { look, held }: Holding) -> PageResult {
    page(&look, &held, FormState::default()).await
}

/// `POST /r/{number}/departure`
pub(in crate::pages::public) async fn depart(
    Holding { look, held }: Holding,
    FormBody(values): FormBody,
) -> PageResult {
    let (at, why) = (on(&held, &values), values.one("reason").chars().take(500).collect::<String>());
    match once(&held, &values, move |tx, ctx| depart::depart(tx, ctx, at, &why).map(drop)).await {
        Ok(()) => Ok(redirect_with(
            &format!("/r/{}", held.number),
            FlashKind::Ok,
            look.t("已退出，不再告知您。", "Done: you are not told of it any more."),
        )),
        Err(error) => page(&look, &held, FormState::refused(values, error)?).await,
    }
}

async fn page(look: &Look, held: &Held, state: FormState) -> PageResult {
    let mine = load(held).await?;
    let eye = Eye::new(look, &held.ctx);
    let row = &mine.case.row;
    let (number, home) = (&held.number, format!("/r/{}", held.number));
    let status = if state.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Page::new(look, look.t("退出这件诉求？", "Leave this case?"))
        .at("/find")
        .narrow()
        .crumbs(vec![Crumb { href: home.clone(), label: number.clone() }])
        .status(status);
    if !mine.case.may_be_left(&held.ctx) {
        let text = look.t("这件诉求现在不能退出。", "This case cannot be left now.");
        let back = html! { p { (button_link(look.t("返回", "Back"), &home)) } };
        return Ok(page.notice(Flash::new(FlashKind::Info, text)).main(back).into_response());
    }
    let mut key = [0u8; 12];
    held.ctx.site.chance.fill(&mut key);
    let body = html! {
        (error_summary(look, &state))
        (hidden("key", &hex::encode(key)))
        (hidden("seq", &row.seq.to_string()))
        p { (look.t("还有别人提了同一件事，这件会为他们继续办，期限不变。您退出以后：不再给您发告知，不再请您评价，也不能再补充；编号和记录保留，凭查询码还能看。退出不能反悔，以后还需要，请重新提出。",
            "Others have the same matter, and it goes on for them, by the same date. Once you have left: you are told nothing more, are not asked to judge and cannot add to it; number and record stay, and you can still look with your code. Leaving is not undone: ask anew if you need it again.")) }
        (textarea(look, &state, Field::new("reason", look.t("为什么退出", "Why")).max(500), 3))
        div.actions {
            button.btn.danger type="submit" { (look.t("确定退出", "Leave it")) }
            (button_link(look.t("不退出，返回", "Stay, go back"), &home))
        }
    };
    let action = format!("/r/{number}/departure");
    Ok(page
        .main(html! { section.card {
            div.row-of { (eye.state(row)) span.hint { (number) } }
            h2.title { (if mine.joined.is_some() { mine.hidden(&row.public_title) } else { row.title.clone() }) }
            (form_with(look, FormOptions { action: &action, ..FormOptions::default() }, body))
        } })
        .into_response())
}

/// That the reader has left it.
pub(super) fn gone(eye: &Eye, mine: &Mine) -> Markup {
    if !mine.left {
        return html! {};
    }
    flash(&Flash::new(
        FlashKind::Info,
        eye.t(
            "您已退出这件诉求：不再告知您，也不再请您评价。它为其他人继续办，进展在这里还能看到。",
            "You have left this case: you are told nothing more and are not asked to judge it. It goes on for the others, and you can still see how it stands here.",
        ),
    ))
}

/// Why it is not taken back, and that the reader can leave it.
pub(super) fn offer(eye: &Eye, mine: &Mine) -> Markup {
    html! {
        p { (eye.t("还有别人提了同一件事，不能撤回，会继续办；您可以自己退出，不再接收告知。",
            "Others have the same matter, so it goes on and cannot be taken back. You can leave it and hear no more of it.")) }
        p { (button_link(eye.t("我要退出这件诉求", "Leave this case"), &format!("/r/{}/departure", mine.case.row.number))) }
    }
}
