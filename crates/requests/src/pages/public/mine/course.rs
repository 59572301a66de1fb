//! What was done, and what the person was told.

use super::{Mine, for_person};
use crate::model::NoticeRow;
use crate::pages::eye::Eye;
use crate::pages::public::words;
use maud::{Markup, html};
use notify::Message;
use rules::case::Notice;
use web::components::{Mark, TimelineItem, card, disclosure, timeline};
use web::format;

/// The course, latest first: steps of the way always, words where they are for the person.
pub(super) fn done(eye: &Eye, mine: &Mine) -> Markup {
    let zone = eye.ctx.site.zone;
    let mut items = Vec::new();
    for e in mine.entries.iter().rev() {
        let steps = matches!(
            e.verb.as_str(),
            "assign"
                | "take-up"
                | "give-back"
                | "recall"
                | "accept"
                | "name"
                | "return"
                | "arbitrate"
                | "refer"
                | "decide"
                | "escalate"
                | "withdraw"
                | "contact"
                | "supervise"
        );
        let read = for_person(mine, e);
        let Some(title) = words::happened(eye, e).filter(|_| steps || read) else { continue };
        let text = if read { mine.readable(e) } else { String::new() };
        let told = matches!(e.verb.as_str(), "answer" | "decline" | "settle" | "refuse" | "pause");
        let own = e.who == "person";
        let files = e.data.get("files").and_then(serde_json::Value::as_u64).filter(|n| *n > 0);
        items.push(TimelineItem {
            when: eye.moment(e.at),
            iso: format::iso(zone, e.at),
            title: html! { (title) @if let Some(n) = files { " " span.hint { (say!(eye.look, "附 {n} 个文件", "with {n} files")) } } },
            body: (!text.trim().is_empty()).then(|| html! { p.lines { (text) } }),
            mark: if told { Mark::Told } else if own { Mark::Heard } else { Mark::Plain },
        });
    }
    html! { (card(Some(eye.t("办理经过", "What was done")), timeline(&items))) }
}

/// The notices owed to this person: which, when and how each reached them.
pub(super) fn notices(eye: &Eye, mine: &Mine) -> Markup {
    let person = eye.ctx.holder.as_ref().and_then(|h| h.person);
    let own: Vec<&NoticeRow> = mine.case.notices.iter().filter(|n| n.person == person).collect();
    let body = html! {
        ul.told {
            @for n in &own { (one(eye, mine, n)) }
            @for which in Notice::ALL.iter().filter(|w| own.iter().all(|n| n.notice != **w)) {
                li { b { (name(eye, *which)) } span.hint { (not_yet(eye, mine, *which)) } }
            }
        }
    };
    card(Some(eye.t("告知记录", "What you were told")), body)
}

fn name(eye: &Eye, which: Notice) -> &str {
    match which {
        Notice::Accepted => eye.t("受理告知", "1. It is registered"),
        Notice::Handling => eye.t("承办告知", "2. Who handles it and by when"),
        Notice::Result => eye.t("结果告知", "3. The result, please judge"),
    }
}

fn not_yet<'a>(eye: &'a Eye, mine: &Mine, which: Notice) -> &'a str {
    if mine.left {
        return eye.t("您已退出，不再告知", "you have left: not told any more");
    }
    if mine.case.row.state.is_end() {
        return eye.t("不再需要", "no longer needed");
    }
    match which {
        Notice::Accepted => eye.t("登记后发出", "once it is registered"),
        Notice::Handling => eye.t("定了承办人就告诉您", "once an officer is named"),
        Notice::Result => eye.t("有了答复就告诉您", "once there is an answer"),
    }
}

fn one(eye: &Eye, mine: &Mine, n: &NoticeRow) -> Markup {
    let message = n.message.and_then(|id| mine.messages.iter().find(|m| m.id == id));
    let again = if n.round > 0 {
        say!(eye.look, "（第 {n} 次）", " ({n})", n = n.round + 1)
    } else {
        String::new()
    };
    html! {
        li {
            b { (name(eye, n.notice)) (again) }
            span { (how(eye, n, message)) }
            @if let Some(m) = message { (disclosure(eye.t("看内容", "Read it"), html! { p.lines lang=(m.locale.tag()) { (without_code(mine, &m.body)) } })) }
        }
    }
}

/// A message without the query code: the page may stand open where others look.
fn without_code(mine: &Mine, body: &str) -> String {
    body.replace(&crate::notices::show_code(mine.code()), "••••-••").replace(mine.code(), "••••••")
}

/// How and when it reached the person, as far as is known.
fn how(eye: &Eye, n: &NoticeRow, message: Option<&Message>) -> String {
    let act = match n.how.as_str() {
        "" => None,
        "page" => Some(eye.t("在本页告知", "on this page")),
        "in-person" | "window" => Some(eye.t("当面告知", "face to face")),
        "call" | "telephone" => Some(eye.t("电话告知", "by telephone")),
        "visit" => Some(eye.t("上门告知", "on a visit")),
        "letter" => Some(eye.t("书面送达", "in writing")),
        "relay" => Some(eye.t("托人转告", "passed on by somebody close")),
        "left" => Some(eye.t("您退出了，不再告知", "you left: not told any more")),
        "attempts" => Some(eye.t("多次联系未果", "several attempts without success")),
        _ => Some(eye.t("已告知", "told")),
    };
    let mut parts = Vec::new();
    if let (Some(act), Some(at)) = (act, n.met_at) {
        parts.push(format!("{} {act}", eye.moment(at)));
    }
    if let Some(m) = message {
        let way = match m.channel {
            Some(c) => c.say().to(eye.locale()).to_owned(),
            None => eye.t("消息", "message").to_owned(),
        };
        let at = m.delivered_at.or(m.sent_at).unwrap_or(m.created_at);
        let state = m.state.say();
        let state = state.to(eye.locale());
        parts.push(format!("{} {way} {state}", eye.moment(at)));
    }
    if parts.is_empty() {
        parts.push(eye.t("待发送", "waiting to be sent").to_owned());
    }
    parts.join(eye.t("；", "; "))
}
