//! What happened, newest first: entries of the case and messages to the person in one line.

use super::file::item;
use super::{Sheet, compose};
use crate::acts::returns::NOT_LISTED;
use crate::acts::{judge, look};
use crate::model::{Audience, Entry, Satisfaction};
use crate::notices::show_code;
use crate::pages::papers;
use crate::pages::work::people::pseudonym;
use kernel::{AccountId, Locale, Timestamp, UnitId};
use maud::{Markup, html};
use notify::{Message, Recipient, State as Sent};
use rules::case::{Notice, Verb, Word};
use rules::deadline::Limit;
use serde_json::Value;
use web::components::{Mark, TimelineItem, Tone, empty_state, file_list, pill, timeline};
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
    html! {
        section.card #course {
            h2 { (eye.t("经过", "What happened")) }
            (compose::note(s))
            @if items.is_empty() { (empty_state(eye.t("还没有记录。", "Nothing is on record yet."), None)) }
            @else { (timeline(&items)) }
            (compose::amend(s))
        }
    }
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
    let brought = e.data.get("files").and_then(Value::as_u64).unwrap_or(0) > 0;
    let came = |f: &&files::Attachment| brought && f.at == e.at && f.by.account() == e.account;
    let files: Vec<_> = s.files.iter().filter(came).map(|f| item(s, f)).collect();
    let detail = detail(s, e);
    let title = html! {
        b { (who(s, e)) } " " (word(&e.verb, eye.locale()))
        @if !detail.is_empty() { (eye.t("：", ": ")) (detail) }
        " " (seen_by(s, e))
    };
    let body = (!e.body.is_empty() || !files.is_empty()).then(|| {
        html! {
            @if !e.body.is_empty() { p.lines { (e.body) } }
            @if !files.is_empty() { div { (file_list(&files)) } }
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
        "judge" | "word" | "sample" | "join" | "supplement" => Mark::Heard,
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
                Some(unit) => match eye.locale() {
                    Locale::Zh => format!("{name}（{unit}）"),
                    Locale::En => format!("{name} ({unit})"),
                },
                None => name.to_owned(),
            }
        }
        "person" => eye.t("诉求人", "The person").to_owned(),
        "client" => eye.t("外部系统", "Another program").to_owned(),
        _ => eye.t("系统", "The system").to_owned(),
    }
}

/// What was done, as it reads behind a name: for an entry's verb, which is the kind of its event as well.
pub(super) fn word(verb: &str, locale: Locale) -> String {
    let t = |zh: &'static str, en: &'static str| locale.t(zh, en);
    let words = match verb {
        "register" => t("受理登记", "registered it"),
        "note" => t("写备注", "noted"),
        "join" => t("提出同一件事", "has the same matter"),
        "merged" => t("并入另一件", "took another case in"),
        "separated" => t("拆出另一件", "let another case go its own way again"),
        "supplement" => t("补充情况", "added to it"),
        "notice" => t("登记另行告知", "told the person in another way"),
        "hand-over" => t("移交", "handed it over"),
        "moderate" => t("公开审核", "decided on publishing"),
        "supervision-reply" => t("答复督办", "replied to the order"),
        "supervision-dismissed" => t("不予督办", "decided against supervision"),
        "look" => t("查看了诉求人信息", "looked at what shows the person"),
        "relay" => t("联系诉求人（不看号码）", "got in touch without seeing the number"),
        "sample" => t("抽查回访", "called back by lot"),
        "forget" => t("删除诉求人身份", "erased who the person is"),
        "shield" => t("加了保护", "shielded it"),
        "shield-lifted" => t("解除保护", "lifted the shield"),
        "hold" => t("依法保留", "held it by law"),
        "release" => t("解除依法保留", "ended the hold by law"),
        "word" => t("联名人评价", "one who joined judged"),
        "left" => t("退出这件，由其他人继续", "left the case to the others"),
        "papers-in" => t("收下材料", "took papers in"),
        "papers-offered" => t("移交材料", "offers papers"),
        "papers-received" => t("签收材料", "has received papers"),
        "papers-recalled" => t("收回交接单", "called a slip back"),
        "affair-step" => t("代办步骤办好", "did a step"),
        "file-item" => t("材料入卷", "put an item into the file"),
        "party" => t("登记当事人", "noted a party"),
        key => match Verb::from_key(key) {
            Some(verb) => done(verb, locale),
            None => key,
        },
    };
    words.to_owned()
}

fn done(verb: Verb, locale: Locale) -> &'static str {
    match verb {
        Verb::Triage => locale.t("分流", "settled class and unit"),
        Verb::Assign => locale.t("交办", "sent it to"),
        Verb::Recall => locale.t("收回交办", "took it back from"),
        Verb::Settle => locale.t("当场办结", "settled it on the spot"),
        Verb::Refuse => locale.t("不予受理", "did not accept it"),
        Verb::Merge => locale.t("并案", "merged it into"),
        Verb::Accept => locale.t("签收", "signed for it"),
        Verb::Return => locale.t("退单", "sent it back"),
        Verb::Arbitrate => locale.t("裁定退单", "ruled on the return"),
        Verb::Name => locale.t("定责任人", "named the officer"),
        Verb::Contact => locale.t("联系诉求人", "contacted the person"),
        Verb::Progress => locale.t("记进展", "noted progress"),
        Verb::AskHelp => locale.t("请协办", "asked for help"),
        Verb::Report => locale.t("反馈协办情况", "reported as helper"),
        Verb::Pause => locale.t("等诉求人补充", "asked the person to add something"),
        Verb::Resume => locale.t("恢复办理", "went on"),
        Verb::Extend => locale.t("延期", "extended it"),
        Verb::Escalate => locale.t("上报", "passed it up"),
        Verb::Refer => locale.t("提请领导小组", "put it before the leading group"),
        Verb::Decide => locale.t("记录会议决定", "recorded the decision"),
        Verb::Answer => locale.t("答复", "answered"),
        Verb::Decline => locale.t("答复：不能解决", "answered: it cannot be solved"),
        Verb::Judge => locale.t("评价", "took the person's word"),
        Verb::Attempt => locale.t("回访未果", "reached nobody"),
        Verb::Lapse => locale.t("逾期未评", "no word was given"),
        Verb::Rule => locale.t("复核裁定", "ruled on the review"),
        Verb::Close => locale.t("销号", "signed it off"),
        Verb::Withdraw => locale.t("撤回", "took it back"),
        Verb::Reopen => locale.t("重启", "opened it again"),
        Verb::Correct => locale.t("更正", "corrected it"),
        Verb::Supervise => locale.t("督办", "supervises it"),
        Verb::TakeUp => locale.t("认领", "took it up for"),
        Verb::GiveBack => locale.t("退回认领", "gave it back from"),
    }
}

/// What an entry is about, out of its data.
fn detail(s: &Sheet, e: &Entry) -> String {
    let eye = &s.eye;
    let locale = eye.locale();
    let text = |key: &str| e.data.get(key).and_then(Value::as_str).unwrap_or("");
    let number = |key: &str| e.data.get(key).and_then(Value::as_i64);
    let unit = |key: &str| text(key).parse::<UnitId>().map(|u| eye.unit(u).to_owned()).unwrap_or_default();
    let join =
        |parts: Vec<String>| parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
    match e.verb.as_str() {
        "register" => eye.channel(text("channel")).to_owned(),
        "look" => match look::opened(&e.data) {
            Some(n) => format!("{} {n}", eye.t("附件", "attachment")),
            None => String::new(),
        },
        "triage" => join(vec![eye.class_short(text("class")).to_owned(), unit("unit")]),
        "assign" | "arbitrate" | "escalate" | "ask-help" | "report" | "take-up" | "give-back" | "recall" => {
            unit("unit")
        }
        "name" | "hand-over" => eye.officer(named(e)).to_owned(),
        "correct" => eye.class_short(text("class")).to_owned(),
        "return" => duty(s, e),
        "refuse" => String::new(),
        "relay" => match text("way") {
            "message" => eye.t("消息", "a message").to_owned(),
            _ => outcome(text("outcome"), locale),
        },
        "merge" => text("into").to_owned(),
        "merged" | "separated" | "reopen" => text("from").to_owned(),
        "sample" if e.data.get("word").is_none() => outcome(text("outcome"), locale),
        "judge" | "lapse" | "word" | "sample" | "close" => {
            let word =
                Word::from_key(text("word")).map(|w| w.name().to(locale).to_owned()).unwrap_or_default();
            let grade = number("satisfaction").and_then(Satisfaction::from_grade);
            let by = match text("by") {
                "call" => eye.t("电话回访", "by telephone"),
                "window" => eye.t("当面", "in person"),
                _ => "",
            };
            join(vec![word, grade.map(|g| g.name().to(locale).to_owned()).unwrap_or_default(), by.to_owned()])
        }
        "attempt" => outcome(text("outcome"), locale),
        "notice" => join(vec![
            Notice::from_key(text("notice")).map(|n| n.name().to(locale).to_owned()).unwrap_or_default(),
            told(text("how"), locale),
            told_whom(s, e),
        ]),
        "supervise" | "supervision-reply" | "supervision-dismissed" => grade(s, number("grade")),
        "left" => pseudonym(number("joined").and_then(|n| usize::try_from(n).ok()).unwrap_or(0), locale),
        "rule" => match e.data.get("upheld").and_then(Value::as_bool) {
            Some(true) => eye.t("维持", "upheld").to_owned(),
            Some(false) => eye.t("退回再办", "back to work").to_owned(),
            None => String::new(),
        },
        "extend" => text("by").parse::<Limit>().map(|l| l.say().to(locale).to_owned()).unwrap_or_default(),
        "decide" => join(vec![text("met_on").to_owned(), text("who").to_owned(), unit("unit")]),
        "papers-in" | "papers-offered" | "papers-received" | "papers-recalled" | "affair-step" => {
            papers::about(eye, e)
        }
        "file-item" => rules::mediation::FileItem::from_key(text("item"))
            .map(|i| i.name().to(locale).to_owned())
            .unwrap_or_default(),
        "moderate" => match text("public") {
            "shown" => eye.t("公开", "publish").to_owned(),
            _ => eye.t("不公开", "do not publish").to_owned(),
        },
        _ => String::new(),
    }
}

/// Which of several people an act told.
fn told_whom(s: &Sheet, e: &Entry) -> String {
    let told = e.data.get("told").and_then(Value::as_array).filter(|_| !s.case.joined.is_empty());
    let at = told.into_iter().flatten().filter_map(|n| usize::try_from(n.as_u64()?).ok());
    let names: Vec<String> = at.map(|n| pseudonym(n, s.eye.locale())).collect();
    names.join(s.eye.t("、", ", "))
}

/// How a call ended that reached nobody.
fn outcome(key: &str, locale: Locale) -> String {
    judge::outcome(key, locale).to_owned()
}

fn duty(s: &Sheet, e: &Entry) -> String {
    let pack = &s.eye.ctx.site.pack;
    let key = e.data.get("duty").and_then(Value::as_str).unwrap_or("");
    if key == NOT_LISTED {
        return s.eye.t("职责清单里没有这一项", "no such item on the duty list").to_owned();
    }
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
        "left" => locale.t("已退出，不再告知", "left: not told any more").to_owned(),
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
    let called = eye.ctx.site.pack.template(&m.purpose).map_or("", |t| t.name(locale));
    let what = match Notice::from_key(&m.purpose) {
        Some(notice) => notice.name().to(locale).to_owned(),
        None => [eye.t("告诉诉求人", "Message to the person"), called].join(eye.t("：", ": ")),
    };
    let title = html! { b { (what) } " " (delivery(s, m)) };
    let mark = if m.state == Sent::PermanentFailure { Mark::Alert } else { Mark::Told };
    let body = Some(html! { p.lines lang=(m.locale.tag()) { (without_codes(s, &m.body)) } });
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
