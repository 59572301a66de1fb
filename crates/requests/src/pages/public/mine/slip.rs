//! The receipt: number and query code in large print, what happens next, by when. Once after asking on
//! the page itself, and any time as a slip for printing.

use super::receipt::{self, Seal};
use super::{Mine, load};
use crate::notices::show_code;
use crate::pages::eye::Eye;
use crate::pages::public::pass::Holding;
use crate::pages::qr;
use axum::response::IntoResponse;
use maud::{Markup, html};
use web::components::{Icon, button_link, icon};
use web::page::Crumb;
use web::{Page, PageResult, format};

/// `GET /r/{number}/slip`
pub(in crate::pages::public) async fn show(Holding { look, held }: Holding) -> PageResult {
    let look = &look;
    let (mine, seal) = (load(&held).await?, receipt::seal(&held).await?);
    let eye = Eye::new(look, &held.ctx);
    let home = format!("/r/{}", held.number);
    let page = Page::new(look, look.t("回执", "Slip"))
        .at("/find")
        .narrow()
        .crumbs(vec![Crumb { href: home.clone(), label: held.number.clone() }])
        .lede(html! { (look.t("查询码只有您知道，请收好。用手机扫二维码，就到这一件的网页。", "The query code is known to you alone. The QR code leads to the page of this case.")) })
        .main(keys(&eye, &mine, Some(&seal)))
        .main(html! { p.actions {
            button.btn.main type="button" data-print data-key="p" hidden { (look.t("打印", "Print")) }
            (button_link(look.t("返回", "Back"), &home))
        } });
    Ok(page.into_response())
}

/// The receipt right after asking.
pub(super) fn fresh(eye: &Eye, mine: &Mine) -> Markup {
    html! {
        div.received {
            h1 { span.tick { (icon(Icon::Check)) } (eye.t("收到了，已登记", "Received and registered")) }
            p { (eye.t("请把下面的编号和查询码抄下来，或者截屏。查进度、评价都凭它。",
                "Write down the number and the query code, or take a screenshot: with them you follow it and judge it.")) }
        }
        (keys(eye, mine, None))
        // Once it has gone on, the page itself says how it stands.
        @if at_start(eye, mine) { (next(eye, mine)) }
    }
}

/// Whether nothing has happened yet.
fn at_start(eye: &Eye, mine: &Mine) -> bool {
    let row = &mine.case.row;
    eye.ctx.site.pack.track(&row.track).is_some_and(|t| t.start == row.state)
}

/// The slip itself; with its seal where nothing else of the page is to be printed.
fn keys(eye: &Eye, mine: &Mine, seal: Option<&Seal>) -> Markup {
    let (row, look) = (&mine.case.row, &eye.look);
    let site = &eye.ctx.site.pack.site;
    let due = row.answer_due.filter(|_| row.state.owes_answer());
    let zone = eye.ctx.site.zone;
    let title = if mine.joined.is_some() { mine.hidden(&row.public_title) } else { row.title.clone() };
    html! {
        section.slip.hand[seal.is_some()] {
            div.head { span.seal aria-hidden="true" { "连心" } span { (site.name.to(look.locale)) } }
            div.keyed {
                dl.keys {
                    div { dt { (eye.t("编号", "Number")) } dd { (row.number) } }
                    div { dt { (eye.t("查询码", "Query code")) } dd { (show_code(mine.code())) } }
                }
                (qr::of_case(look, &site.url, &row.number))
            }
            dl.facts {
                div { dt { (eye.t("事项", "Matter")) } dd { (title) } }
                div { dt { (eye.t("收到", "Received")) } dd { (format::moment_year(look.locale, zone, row.received_at)) } }
                @if let Some(due) = due {
                    div { dt { (eye.t("最迟答复", "Answered by")) } dd { b { (format::day_year(look.locale, zone.date(due))) } } }
                }
                div { dt { (eye.t("查进度", "Follow it")) } dd { (site.url.trim_end_matches('/')) "/find" (eye.t("，或拨打 ", ", or call ")) (site.hotline) } }
            }
            @if let Some(seal) = seal { (qr::of_seal(look, &site.url, &seal.leaf)) }
        }
    }
}

/// What happens next.
fn next(eye: &Eye, mine: &Mine) -> Markup {
    let row = &mine.case.row;
    let phone = mine.messages.iter().any(|m| m.channel.is_some() || m.state.open());
    html! {
        section.card {
            h2 { (eye.t("接下来", "What happens next")) }
            ol.plain {
                li { (eye.t("中心分给该办的单位，由一个责任人负责到底。", "The centre sends it to the right unit, where one officer answers for it.")) }
                li {
                    @if let Some(due) = row.answer_due {
                        (say!(eye.look, "最迟 {day} 给您答复；这个日子怎么算的，下面写着。", "You are answered by {day} at the latest; how that day was counted stands below.",
                            day = format::day_week(eye.locale(), eye.ctx.site.zone.date(due))))
                    } @else { (eye.t("在期限内给您答复。", "You are answered in time.")) }
                }
                li { (eye.t("答复以后由您来评：解决了没有、满不满意。您说没解决，就不算办结。", "Then you judge it: solved or not, satisfied or not. While you say no, it is not closed.")) }
                @if phone { li { (eye.t("每一步都会发短信告诉您。", "You are told each step by text message.")) } }
                @else { li { (eye.t("您没有留电话，请凭编号和查询码自己来看。", "You left no number, so look here with number and code.")) } }
            }
        }
    }
}
