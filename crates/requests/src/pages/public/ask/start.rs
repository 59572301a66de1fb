//! The first step: what it is about, in one's own words.

use super::{Asking, carried, count, steps_form};
use crate::register::BODY_MAX;
use maud::html;
use web::Page;
use web::components::{Icon, icon, sticky_bar};
use web::form::{Field, error_summary, textarea};

pub(super) fn page(asking: &Asking) -> Page {
    let (look, site) = (&asking.look, &asking.ctx.site.pack.site);
    let words = Field {
        maxlength: Some(BODY_MAX),
        ..Field::new("text", look.t("什么事？请用自己的话说", "What is it about? In your own words"))
            .required()
            .hint(look.t(
                "在什么地方、是什么情况、希望怎么办。先不用写姓名和电话。",
                "Where it is, what happened, what you would like done. No name or number needed here.",
            ))
    };
    let body = html! {
        (error_summary(look, &asking.state))
        (carried(asking, &["text", "class"]))
        (textarea(look, &asking.state, words, 6))
        div data-live-src="/ask/classes" data-live-from="text" {}
        (sticky_bar(html! { button.btn.main type="submit" name="step" value="text" { (look.t("下一步", "Next")) } }))
    };
    Page::new(look, look.t("我要反映", "Tell us what you need"))
        .at("/ask")
        .narrow()
        .lede(html! { (site.welcome.to(look.locale)) })
        .main(html! {
            p.urgent {
                (icon(Icon::Phone))
                span {
                    (look.t("有人受伤、起火、正在发生危险，先打电话：", "Someone hurt, a fire, danger right now? Call first: "))
                    a href="tel:110" { "110" } " " a href="tel:119" { "119" } " " a href="tel:120" { "120" }
                }
            }
            section.card { (count(look, 1)) (steps_form(asking, None, false, body)) }
            p.hint {
                (look.t("也可以打电话说：", "You can also tell us by telephone: "))
                a href={ "tel:" (site.hotline) } { (site.hotline) }
                (look.t("。不想写字，到村、社区服务站的窗口说也一样。", ". Or say it at the window of your village station."))
            }
        })
}
