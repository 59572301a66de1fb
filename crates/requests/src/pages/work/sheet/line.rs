//! What happened, newest first: entries of the case and messages to the person in one line.

use super::Sheet;
use super::file::item;
use crate::acts::judge::OUTCOMES;
use crate::model::{Audience, Entry, Satisfaction};
use crate::notices::show_code;
use kernel::{AccountId, Locale, Timestamp, UnitId};
use maud::{Markup, html};
use notify::{Message, Recipient, State as Sent};
use rules::case::{Notice, Verb, Word};
use rules::deadline::Limit;
use serde_json::Value;
use web::components::{Mark, TimelineItem, Tone, card as box_of, empty_state, file_list, pill, timeline};
use web::format;

pub(super) fn card(s: &Sheet) -> Markup {
    let eye = &s.eye;
    let mut items: Vec<(Timestamp, i64, TimelineItem)> =
        s.entries.iter().map(|e| (e.at, e.seq, entry(s, e))).collect();
    // A message belongs right after the act that made it due.
    let to_person = s.messages.iter().filter(|m| matches!(m.to, Recipient::Person(_)));
    items.extend(to_person.map(|m| (m.created_at, i64::MAX, message(s, m))));
    items.sort_by_key(|(at, seq, _)| std::cmp::Reverse((*at, *seq)));
    let items: Vec<TimelineItem> = items.into_iter().map(|(_, _, i)| i).collect();
    box_of(
        Some(eye.t("经过", "What happened")),
        html! {
            @if items.is_empty() { (empty_state(eye.t("还没有记录。", "Nothing is on record yet."), None)) }
            @else { (timeline(&items)) }
        },
    )
}

/// The account that an entry names besides the one who acts.
pub(super) fn named(e: &Entry) -> Option<AccountId> {
    let key = match e.verb.as_str() {
        "hand-over" => "to",
        _ => "officer",
    };
    e.data.get(key).and_then(Value::as_str).and_then(|id| id.parse().ok())
}

fn entry(s: &Sheet, e: &Entry) -> TimelineItem {
    let eye = &s.eye;
    let zone = eye.ctx.site.zone;
    let files: Vec<_> = s.files.iter().filter(|f| f.at == e.at && e.verb != "notice").map(|f| item(s, f)).collect();
    let detail = detail(s, e);
    let title = html! {
        b { (who(s, e)) } " " (action(s, e))
        @if !detail.is_empty() { "：" (detail) }
        " " (seen_by(s, e))
    };
    let body = (!e.body.is_empty() || !files.is_empty()).then(|| {
        html! {
            @if !e.body.is_empty() { p.lines { (e.body) } }
            @if !files.is_empty() { (file_list(&files)) }
        }
    });
    TimelineItem { when: eye.moment(e.at), iso: format::iso(zone, e.at), title, body, mark: mark(e) }
}

fn mark(e: &Entry) -> Mark {
    let no = e.data.get("word").and_then(Value::as_str) == Some(Word::NotSolved.key());
    match e.verb.as_str() {
        "answer" | "decline" | "settle" | "notice" => Mark::Told,
        "return" | "supervise" | "reopen" => Mark::Alert,
        "judge" if no => Mark::Alert,
        _ if e.who == "person" => Mark::Heard,
        "judge" | "word" | "join" | "supplement" => Mark::Heard,
        _ => Mark::Plain,
    }
}

fn who(s: &Sheet, e: &Entry) -> String {
    let eye = &s.eye;
    match e.who.as_str() {
        "staff" => {
            let name = eye.officer(e.account);
            match e.unit.map(|u| eye.unit(u)).filter(|u| *u != "—") {
                Some(unit) if name == "—" => unit.to_owned(),
                Some(unit) => format!("{name}（{unit}）"),
                None => name.to_owned(),
            }
        }
        "person" => eye.t("诉求人", "The person").to_owned(),
        "client" => eye.t("外部系统", "Another program").to_owned(),
        _ => eye.t("系统", "The system").to_owned(),
    }
}

fn action(s: &Sheet, e: &Entry) -> String {
    let eye = &s.eye;
    let other = match e.verb.as_str() {
        "register" => eye.t("受理登记", "registered it"),
        "note" => eye.t("写备注", "noted"),
        "join" => eye.t("提出同一件事", "has the same matter"),
        "merged" => eye.t("并入另一件", "took another case in"),
        "supplement" => eye.t("补充情况", "added to it"),
        "notice" => eye.t("登记另行告知", "told the person in another way"),
        "hand-over" => eye.t("移交", "handed it over"),
        "moderate" => eye.t("公开审核", "decided on publishing"),
        "supervision-dismissed" => eye.t("不予督办", "decided against supervision"),
        "look" => eye.t("查看了诉求人身份", "looked at who the person is"),
        "word" => eye.t("联名人评价", "one who joined judged"),
        verb => return Verb::from_key(verb).map_or_else(|| verb.to_owned(), |v| v.name().to(eye.locale()).to_lowercase()),
    };
    other.to_owned()
}

/// What an entry is about, out of its data.
fn detail(s: &Sheet, e: &Entry) -> String {
    let eye = &s.eye;
    let locale = eye.locale();
    let text = |key: &str| e.data.get(key).and_then(Value::as_str).unwrap_or("");
    let number = |key: &str| e.data.get(key).and_then(Value::as_i64);
    let unit = |key: &str| text(key).parse::<UnitId>().map(|u| eye.unit(u).to_owned()).unwrap_or_default();
    let join = |parts: Vec<String>| {
        parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    match e.verb.as_str() {
        "register" => eye.channel(text("channel")).to_owned(),
        "triage" => join(vec![eye.class_short(text("class")).to_owned(), unit("unit")]),
        "assign" | "arbitrate" | "escalate" | "ask-help" | "report" => unit("unit"),
        "name" | "hand-over" => eye.officer(named(e)).to_owned(),
        "correct" => eye.class_short(text("class")).to_owned(),
        "return" => duty(s, e),
        "refuse" => String::new(),
        "merge" => text("into").to_owned(),
        "merged" => text("from").to_owned(),
        "judge" | "lapse" | "word" | "close" => {
            let word = Word::from_key(text("word")).map(|w| w.name().to(locale).to_owned()).unwrap_or_default();
            let grade = number("satisfaction").and_then(Satisfaction::from_grade);
            let by = match text("by") {
                "call" => eye.t("电话回访", "by telephone"),
                "window" => eye.t("当面", "in person"),
                _ => "",
            };
            join(vec![word, grade.map(|g| g.name().to(locale).to_owned()).unwrap_or_default(), by.to_owned()])
        }
        "attempt" => OUTCOMES
            .iter()
            .find(|(key, _, _)| *key == text("outcome"))
            .map(|(_, zh, en)| locale.t(zh, en).to_owned())
            .unwrap_or_default(),
        "notice" => join(vec![
            Notice::from_key(text("notice")).map(|n| n.name().to(locale).to_owned()).unwrap_or_default(),
            told(text("how"), locale),
        ]),
        "supervise" | "supervision-dismissed" => grade(s, number("grade")),
        "rule" => match e.data.get("upheld").and_then(Value::as_bool) {
            Some(true) => eye.t("维持", "upheld").to_owned(),
            Some(false) => eye.t("退回再办", "back to work").to_owned(),
            None => String::new(),
        },
        "extend" => text("by").parse::<Limit>().map(|l| l.say().to(locale).to_owned()).unwrap_or_default(),
        "decide" => join(vec![text("met_on").to_owned(), text("who").to_owned()]),
        "moderate" => match text("public") {
            "shown" => eye.t("公开", "publish").to_owned(),
            _ => eye.t("不公开", "do not publish").to_owned(),
        },
        _ => String::new(),
    }
}

fn duty(s: &Sheet, e: &Entry) -> String {
    let pack = &s.eye.ctx.site.pack;
    let key = e.data.get("duty").and_then(Value::as_str).unwrap_or("");
    let from = e.data.get("from").and_then(Value::as_str).and_then(|u| u.parse::<UnitId>().ok());
    let kind = from.and_then(|u| s.eye.ctx.dir.get(u)).map(|u| u.kind.clone()).unwrap_or_default();
    let found = pack.unit_kind(&kind).and_then(|k| k.duties.iter().find(|d| d.id == key));
    found.map(|d| d.text.to(s.eye.locale()).to_owned()).unwrap_or_default()
}

/// What a grade of supervision is called.
pub(super) fn grade(s: &Sheet, grade: Option<i64>) -> String {
    let Some(grade) = grade else { return String::new() };
    let found = s.eye.ctx.site.pack.supervision.iter().find(|g| i64::from(g.grade) == grade);
    found.map_or_else(|| grade.to_string(), |g| g.name.to(s.eye.locale()).to_owned())
}

/// How somebody was told, in words.
pub(super) fn told(how: &str, locale: Locale) -> String {
    match how {
        "page" => locale.t("在网页上告知", "shown on the page").to_owned(),
        "in-person" => locale.t("当面告知", "told in person").to_owned(),
        "call" => locale.t("电话告知", "told by telephone").to_owned(),
        other => notify::Act::from_key(other).map(|a| a.say().to(locale).to_owned()).unwrap_or_default(),
    }
}

/// Whether the person reads it as well.
fn seen_by(s: &Sheet, e: &Entry) -> Markup {
    let eye = &s.eye;
    match e.audience {
        Audience::Inside => html! { span.quiet { (eye.t("内部", "inside")) } },
        Audience::Person | Audience::Public => {
            html! { (pill(Tone::Info, eye.t("诉求人可见", "the person sees it"))) }
        }
    }
}

fn message(s: &Sheet, m: &Message) -> TimelineItem {
    let eye = &s.eye;
    let zone = eye.ctx.site.zone;
    let locale = eye.locale();
    let what = Notice::from_key(&m.purpose).map_or_else(
        || eye.t("发消息给诉求人", "Message to the person").to_owned(),
        |n| n.name().to(locale).to_owned(),
    );
    let title = html! { b { (what) } " " (delivery(s, m)) };
    let mark = if m.state == Sent::PermanentFailure { Mark::Alert } else { Mark::Told };
    let body = Some(html! { p.lines { (without_codes(s, &m.body)) } });
    TimelineItem { when: eye.moment(m.created_at), iso: format::iso(zone, m.created_at), title, body, mark }
}

/// How far a message has come, as a pill, with why where it did not arrive.
pub(super) fn delivery(s: &Sheet, m: &Message) -> Markup {
    let eye = &s.eye;
    let locale = eye.locale();
    let tone = match m.state {
        Sent::Delivered | Sent::Replaced => Tone::Ok,
        Sent::PermanentFailure => Tone::Late,
        Sent::TemporaryFailure | Sent::TechnicalFailure => Tone::Soon,
        _ => Tone::Plain,
    };
    let way = m.channel.map(|c| c.say().to(locale).to_owned()).unwrap_or_default();
    html! {
        (pill(tone, m.state.say().to(locale)))
        span.quiet {
            @if !way.is_empty() { " " (way) }
            @if let Some(at) = m.delivered_at { " " (eye.moment(at)) }
            @if let Some(why) = m.failed_reason { " " (why.say().to(locale)) }
        }
    }
}

/// The text without the query codes in it: whoever handles a case must not be able to judge it.
fn without_codes(s: &Sheet, body: &str) -> String {
    let codes = std::iter::once(&s.case.row.code).chain(s.case.joined.iter().map(|j| &j.code));
    codes.filter(|c| !c.is_empty()).fold(body.to_owned(), |text, code| {
        text.replace(&show_code(code), "••••-••").replace(code.as_str(), "••••••")
    })
}
