//! What the person does on the page. Each form carries a key, so that sending it twice does it once, and
//! the last event it was made after, so that nobody judges what they have not read.

use super::parts::{Forms, Which};
use super::{again, load, page};
use crate::acts::On;
use crate::acts::{close, judge, person};
use crate::ctx::Ctx;
use crate::model::Satisfaction;
use crate::pages::eye::Eye;
use crate::pages::public::attach;
use crate::pages::public::pass::{Held, Holding};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use db::Tx;
use kernel::{Error, Result};
use maud::html;
use rules::case::{Verb, Word};
use web::components::{Flash, FlashKind, button_link};
use web::form::{Field, FormOptions, FormState, error_summary, form_with, hidden, textarea};
use web::page::Crumb;
use web::{FormBody, Look, Page, PageResult, Values, redirect_with};

/// Which case, as far as the page had seen it.
pub(super) fn on(held: &Held, values: &Values) -> On {
    On { id: held.pass.request, seq: values.parsed("seq") }
}

/// Does something once for the key of its form.
pub(super) async fn once(
    held: &Held,
    values: &Values,
    work: impl Fn(&mut dyn Tx, &Ctx) -> Result<()> + Send + Sync + 'static,
) -> Result<()> {
    let key: String = values.one("key").chars().take(64).collect();
    let scope = format!("person:{}", held.pass.request);
    let run = move |tx: &mut dyn Tx, ctx: &Ctx| {
        access::once(tx, &scope, &key, ctx.at, |tx| work(tx, ctx)).map(drop)
    };
    held.ctx.write(run).await
}

fn back(held: &Held, look: &Look, zh: &str, en: &str) -> Response {
    redirect_with(&format!("/r/{}", held.number), FlashKind::Ok, look.t(zh, en))
}

/// `POST /r/{number}/supplement`
pub(in crate::pages::public) async fn supplement(
    Holding { look, held }: Holding,
    request: Request,
) -> PageResult {
    let look = &look;
    let own = held.number.clone();
    let sent = attach::read(&held.ctx, request, move |_| own.clone()).await;
    let (mut values, mut files) = (sent.values, sent.files);
    if !sent.faults.is_empty() {
        values.0.remove("step");
        let state = FormState { values, errors: sent.faults };
        return page(look, &held, Forms::with(Which::Supplement, state).with_files(files)).await;
    }
    let joined = load(&held).await?.joined.is_some();
    if joined {
        // Nobody else who has the matter sees what one of them handed in.
        files.iter_mut().for_each(|f| f.audience = files::Audience::Inside);
    }
    let input = person::Supplement {
        on: held.pass.request.into(),
        text: values.one("text").to_owned(),
        files: files.clone(),
    };
    let done = once(&held, &values, move |tx, ctx| person::supplement(tx, ctx, &input).map(drop)).await;
    match done {
        Ok(()) => Ok(back(
            &held,
            look,
            "收到您的补充，已转给承办人。",
            "Thank you: the officer has what you added.",
        )),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            page(look, &held, Forms::with(Which::Supplement, state).with_files(files)).await
        }
    }
}

/// `POST /r/{number}/judgement`
pub(in crate::pages::public) async fn judge(
    Holding { look, held }: Holding,
    FormBody(values): FormBody,
) -> PageResult {
    let look = &look;
    let word = match values.one("word") {
        "yes" => Word::Solved,
        "no" => Word::NotSolved,
        _ => {
            let error =
                Error::field("word", "请选“解决了”或“没有解决”。", "Please choose solved or not solved.");
            return again(look, &held, Which::Judge, FormState::refused(values, error)?).await;
        }
    };
    let grade = Satisfaction::chosen(&values, "grade");
    let note = values.one("note").chars().take(500).collect::<String>();
    let input = judge::Judge { on: on(&held, &values), word, satisfaction: grade, note, person: None };
    let late = load(&held).await?.is_late();
    let done = once(&held, &values, move |tx, ctx| judge::judge(tx, ctx, &input).map(drop)).await;
    match (done, word) {
        (Ok(()), Word::NotSolved) if late => {
            Ok(back(&held, look, "记下了，已转给责任人。", "Noted, and the officer is told."))
        }
        (Ok(()), Word::Solved) => Ok(back(&held, look, "谢谢您的评价。", "Thank you for your word.")),
        (Ok(()), _) => Ok(back(
            &held,
            look,
            "收到。这件事没有办结，会重新办理或复核，结果再告诉您。",
            "Noted: it is not closed. It is worked on again or reviewed, and you will be told.",
        )),
        (Err(error), _) => again(look, &held, Which::Judge, FormState::refused(values, error)?).await,
    }
}

/// `POST /r/{number}/reopening`
pub(in crate::pages::public) async fn reopen(
    Holding { look, held }: Holding,
    FormBody(values): FormBody,
) -> PageResult {
    let look = &look;
    let (at, why) = (on(&held, &values), values.one("reason").to_owned());
    match once(&held, &values, move |tx, ctx| close::reopen(tx, ctx, at, &why).map(drop)).await {
        Ok(()) => Ok(back(&held, look, "已重新启动办理。", "Work has started again.")),
        Err(error) => again(look, &held, Which::Reopen, FormState::refused(values, error)?).await,
    }
}

/// `GET /r/{number}/withdrawal`: asks whether it is meant.
pub(in crate::pages::public) async fn ask_withdrawal(Holding { look, held }: Holding) -> PageResult {
    withdrawal(&look, &held, FormState::default()).await
}

async fn withdrawal(look: &Look, held: &Held, state: FormState) -> PageResult {
    let mine = load(held).await?;
    let eye = Eye::new(look, &held.ctx);
    let row = &mine.case.row;
    let (number, home) = (&held.number, format!("/r/{}", held.number));
    let may = mine.may.contains(&Verb::Withdraw) && !mine.may_leave;
    let mut key = [0u8; 12];
    held.ctx.site.chance.fill(&mut key);
    let body = html! {
        (error_summary(look, &state))
        (hidden("key", &hex::encode(key)))
        (hidden("seq", &row.seq.to_string()))
        p { (look.t("撤回后不再办理，也不再评价，编号和记录保留。撤错了，在这一页可以再提，不用重写；时限从那天重新算。",
            "Once taken back it is not worked on or judged any more; number and record stay. If it was a mistake, this page takes it up again as it stands, with dates counted from that day.")) }
        (textarea(look, &state, Field::new("reason", look.t("为什么撤回", "Why")).max(500), 3))
        div.actions {
            button.btn.danger type="submit" { (look.t("确定撤回", "Take it back")) }
            (button_link(look.t("不撤回，返回", "Keep it, go back"), &home))
        }
    };
    let status = if state.errors.is_empty() { 200 } else { 422 };
    let action = format!("/r/{number}/withdrawal");
    let page = Page::new(look, look.t("撤回这件诉求？", "Take this request back?"))
        .at("/find")
        .narrow()
        .crumbs(vec![Crumb { href: home.clone(), label: number.clone() }])
        .status(axum::http::StatusCode::from_u16(status).unwrap_or_default());
    Ok(if may {
        page.main(html! { section.card {
            div.row-of { (eye.state(row)) span.hint { (number) } }
            h2.title { (if mine.joined.is_some() { mine.hidden(&row.public_title) } else { row.title.clone() }) }
            (form_with(look, FormOptions { action: &action, ..FormOptions::default() }, body))
        } })
        .into_response()
    } else {
        let text = match mine.may_leave {
            false => look.t("这件诉求现在不能撤回。", "This request cannot be taken back now."),
            true => look.t(
                "还有别人提了同一件事，会继续办理，不能撤回；您可以自己退出，不再接收告知。",
                "Others have the same matter, so it goes on and cannot be taken back. You can leave it and hear no more of it.",
            ),
        };
        page.notice(Flash::new(FlashKind::Info, text))
            .main(html! {
                @if mine.may_leave { p { (button_link(look.t("我要退出这件诉求", "Leave this case"), &format!("{home}/departure"))) } }
                p { (button_link(look.t("返回", "Back"), &home)) }
            })
            .into_response()
    })
}

/// `POST /r/{number}/withdrawal`
pub(in crate::pages::public) async fn withdraw(
    Holding { look, held }: Holding,
    FormBody(values): FormBody,
) -> PageResult {
    let look = &look;
    let (at, why) = (on(&held, &values), values.one("reason").chars().take(500).collect::<String>());
    match once(&held, &values, move |tx, ctx| person::withdraw(tx, ctx, at, &why).map(drop)).await {
        Ok(()) => Ok(back(&held, look, "已撤回。", "It is taken back.")),
        Err(error) => withdrawal(look, &held, FormState::refused(values, error)?).await,
    }
}
