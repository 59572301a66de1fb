//! Who looked at who the person is: when, from which unit, at what, what for.

use super::Mine;
use crate::acts::look::{self, Field};
use crate::model::Entry;
use crate::pages::eye::Eye;
use maud::{Markup, html};
use serde_json::Value;
use web::components::{button_link, card as frame};

/// The card: every look, latest first, or that there was none.
pub(super) fn card(eye: &Eye, mine: &Mine) -> Markup {
    let looks: Vec<&Entry> = mine.entries.iter().rev().filter(|e| e.verb == "look").collect();
    let visit = eye.ctx.site.pack.class(&mine.case.row.class).is_some_and(|c| c.visit);
    let body = html! {
        @if looks.is_empty() {
            p { (eye.t("还没有人查看过您的姓名、电话和住址，也没有人打开过您交来的附件。", "Nobody has looked at your name, number or address, or opened what you handed in.")) }
        } @else {
            ul.told {
                @for e in &looks {
                    li {
                        b { (eye.moment(e.at)) " " (e.unit.map(|u| eye.unit(u).to_owned()).unwrap_or_default()) }
                        span { (eye.t("目的：", "What for: ")) (purpose(eye, e)) }
                        span.hint { (eye.t("看了：", "Looked at: ")) (fields(eye, mine, e)) }
                    }
                }
            }
        }
        p.hint {
            (eye.t("您的身份加密保存。承办人平时只看到“诉求人甲”，要看姓名、电话必须先写明目的，并记在这里。打开您交来的照片和文件也记在这里，小图除外。",
                "Who you are is kept encrypted. Whoever handles this sees \u{201c}Person A\u{201d}; to see your name or number they have to say what for, and it is listed here. So is opening what you handed in, the small pictures aside."))
            @if visit { (eye.t("这类事项要上门，承办人看得到您留的住址。", " This kind of matter needs a visit, so the officer sees the address you left.")) }
        }
    };
    let number = &mine.case.row.number;
    let body = html! {
        (body)
        div.actions {
            (button_link(eye.t("下载我的全部信息", "Download all you hold about me"), &format!("/r/{number}/copy")))
            (button_link(eye.t("删除我的身份信息", "Erase who I am"), &format!("/r/{number}/erasure")))
        }
    };
    frame(Some(eye.t("谁看过您的信息", "Who looked at who you are")), body)
}

/// The purpose in the reader's language, and the sentence that was added.
fn purpose(eye: &Eye, e: &Entry) -> String {
    let key = e.data.get("purpose").and_then(Value::as_str).unwrap_or_default();
    if look::opened(&e.data).is_some() {
        return eye.t("办理时打开附件", "Opened an attachment while working on this").to_owned();
    }
    let Some(purpose) = eye.ctx.site.pack.purposes.iter().find(|p| p.id == key) else {
        return e.body.clone();
    };
    let more = e.body.strip_prefix(purpose.text.zh.as_str()).unwrap_or_default();
    match more.strip_prefix('：') {
        Some(why) => format!("{}{}{why}", purpose.text.to(eye.locale()), eye.t("：", ": ")),
        None => purpose.text.to(eye.locale()).to_owned(),
    }
}

fn fields(eye: &Eye, mine: &Mine, e: &Entry) -> String {
    let all = e.data.get("fields").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let names: Vec<&str> =
        all.iter().filter_map(|f| Field::from_key(f.as_str()?)).map(|f| f.name(eye.locale())).collect();
    match look::opened(&e.data) {
        Some(n) => {
            let name = mine.files.iter().find(|f| f.seq == n).map(|f| f.called(eye.locale()));
            format!("{}{}", eye.t("您交来的附件 ", "what you handed in: "), name.unwrap_or(n.to_string()))
        }
        None => names.join(eye.t("、", ", ")),
    }
}
