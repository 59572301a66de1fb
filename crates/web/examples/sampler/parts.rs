//! Parts on their own, and those that several samples share.

use web::components::*;
use web::form::{Field, FormState, button, button_danger, button_quiet, form, submit, text_field};
use web::{Look, Markup, Page, html};

pub(crate) fn pages(look: &Look) -> Vec<(&'static str, Page)> {
    let fault = kernel::Error::internal("the disk is full");
    vec![("parts", parts(look)), ("fault", web::errors::page(&fault, look, Some("4f1c09be7d")))]
}

pub(crate) fn case_steps(look: &Look) -> Markup {
    let step = |zh, en, sub: (&str, &str), state| Step {
        label: look.t(zh, en).into(),
        sub: look.locale.t(sub.0, sub.1).into(),
        state,
    };
    steps(
        look,
        &[
            step("受理", "Registered", ("11月17日", "17 Nov"), StepState::Done),
            step("交办", "Assigned", ("11月17日", "17 Nov"), StepState::Done),
            step("办理", "In hand", ("周启明", "Zhou Qiming"), StepState::Now),
            step("答复", "Answered", ("", ""), StepState::Next),
            step("评价销号", "Judged, closed", ("", ""), StepState::Next),
        ],
    )
}

pub(crate) fn case_line(look: &Look) -> Markup {
    let item = |zh, en, iso: &str, title: Markup, body: Option<Markup>, mark| TimelineItem {
        when: look.locale.t(zh, en).to_owned(),
        iso: iso.into(),
        title,
        body,
        mark,
    };
    timeline(&[
        item(
            "11月20日 16:20",
            "20 Nov 16:20",
            "2026-11-20T16:20",
            html! { b { (look.t("已告知诉求人", "Told the person")) } " " (look.t("第二次告知，短信已送达", "second notice, text message delivered")) },
            Some(
                html! { (look.t("您反映的路灯由镇规建办周启明负责，11月24日前答复。", "Zhou Qiming of the building office answers for the lamps, by 24 Nov.")) },
            ),
            Mark::Told,
        ),
        item(
            "11月20日 15:02",
            "20 Nov 15:02",
            "2026-11-20T15:02",
            html! { b { (look.t("周启明", "Zhou Qiming")) } " " (look.t("到现场看过，控制箱进水，要换两台。", "went to see: two control boxes are flooded and need replacing.")) },
            Some(file_list(&[
                FileItem {
                    name: look.t("控制箱.jpg", "box.jpg").into(),
                    href: "#".into(),
                    bytes: 482_000,
                    thumb: Some(
                        "data:image/gif;base64,R0lGODlhAQABAIAAAMDAwP///ywAAAAAAQABAAACAkQBADs=".into(),
                    ),
                    note: look.t("办理前", "before").into(),
                },
                FileItem {
                    name: look.t("报价单.pdf", "quote.pdf").into(),
                    href: "#".into(),
                    bytes: 91_000,
                    ..FileItem::default()
                },
            ])),
            Mark::Plain,
        ),
        item(
            "11月19日 20:11",
            "19 Nov 20:11",
            "2026-11-19T20:11",
            html! { b { (look.t("诉求人补充", "The person added")) } " " (look.t("三组路口那盏也不亮了。", "the one at the third group's crossing is out as well.")) },
            None,
            Mark::Heard,
        ),
        item(
            "11月18日 17:30",
            "18 Nov 17:30",
            "2026-11-18T17:30",
            html! { b { (look.t("签收超时", "Accepted late")) } " " (look.t("应于当天 12:00 前签收。", "was to be accepted by noon.")) },
            None,
            Mark::Alert,
        ),
        item(
            "11月17日 11:40",
            "17 Nov 11:40",
            "2026-11-17T11:40",
            html! { b { (look.t("已受理", "Registered")) } " " (look.t("第一次告知，当面给回执", "first notice, receipt handed over")) },
            None,
            Mark::Told,
        ),
    ])
}

fn parts(look: &Look) -> Page {
    let state = FormState::default();
    super::staff::page(look, look.t("部件", "Parts"), "/x")
        .lede(html! { (look.t("每一种部件，排在一页上看。", "Every part, on one page to look at.")) })
        .tools(html! { (button_link(look.t("导出", "Export"), "#")) (main_link(look.t("登记一件", "Register one"), "#")) })
        .notice(Flash::new(FlashKind::Info, look.t("2027 年放假安排尚未公布，有关期限为暂定。", "The 2027 holidays are not published yet: deadlines beyond are provisional.")))
        .notice(Flash::ok(look.t("已登记，查询码 7K4M-2P。", "Registered; the query code is 7K4M-2P.")))
        .notice(Flash::new(FlashKind::Warn, look.t("这件事 2 小时后到期。", "This is due in 2 hours.")))
        .notice(Flash::new(FlashKind::Error, look.t("短信没有送达，请改用电话告知并记录。", "The text message was not delivered: please telephone and record it.")))
        .main(html! {
            (card(Some(look.t("状态", "States")), html! {
                div.row-of {
                    (pill(Tone::Plain, look.t("未开始", "To come"))) (pill(Tone::Info, look.t("办理中", "In hand"))) (pill(Tone::Ok, look.t("已办结", "Done")))
                    (pill(Tone::Soon, look.t("今天到期", "Due today"))) (pill(Tone::Late, look.t("逾期 2 天", "2 d overdue"))) (kbd("n"))
                }
                div.row-of { @for i in Icon::ALL { (icon(i)) } }
                (progress(look.t("导入", "Import"), 2816, 4326))
            }))
            (card_with(look.t("按钮", "Buttons"), html! { a href="#" { (look.t("全部", "All")) } }, form(look, "#", html! {
                (text_field(look, &state, Field::new("q", look.t("单行", "One line")).key("w")))
                (actions(html! { (submit(look.t("保存", "Save"))) (button(look.t("存为草稿", "Save as draft"), "do", "draft")) (button_quiet(look.t("取消", "Cancel"))) (button_danger(look.t("撤回", "Withdraw"), look.t("撤回后不能恢复，确定吗？", "This cannot be taken back. Withdraw?"))) }))
            })))
            (tabs(look.t("列表", "Lists"), &[
                Tab { label: look.t("待我办", "For me").into(), href: "#".into(), current: true, count: Some(7) },
                Tab { label: look.t("等别人", "Waiting").into(), href: "#".into(), count: Some(12), ..Tab::default() },
                Tab { label: look.t("已办结", "Done").into(), href: "#".into(), ..Tab::default() },
            ]))
            (empty_state(look.t("今天没有到期的。", "Nothing is due today."), Some((look.t("看看本周", "See this week"), "#"))))
            (disclosure(look.t("更多条件", "More filters"), html! { p { "…" } }))
            (pager(look, Some("#"), Some("#"), look.t("第 51–100 件", "51–100")))
        })
        .aside(html! {
            @for (tone, zh, en) in [(Tone::Late, "逾期 2 天", "2 d overdue"), (Tone::Ok, "11月20日", "20 Nov"), (Tone::Info, "下周二", "Tuesday")] {
                (card(None, due_block(look, &Due { tone, date: look.locale.t(zh, en).into(), sub: look.t("答复", "answer").into(), ..Due::default() })))
            }
        })
}
