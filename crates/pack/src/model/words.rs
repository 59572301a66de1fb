//! Wording: notices, messages, ready answers, purposes.

use kernel::{Locale, Text};
use rules::case::Notice;
use serde::Deserialize;
use std::collections::BTreeMap;

rules::vocabulary! {
    /// To whom a message goes.
    Audience {
        /// The person who asked.
        Person = "person", "诉求人", "The person";
        /// The responsible officer.
        Officer = "officer", "责任人", "The officer";
        /// The handling unit's lead.
        Lead = "lead", "单位负责人", "The unit's lead";
        /// The centre.
        Centre = "centre", "中心", "The centre";
    }
}

/// Every placeholder that a template may use, as it stands between braces.
pub const PLACEHOLDERS: &[&str] = &[
    "site",
    "number",
    "code",
    "title",
    "unit",
    "officer",
    "phone",
    "due",
    "url",
    "answer",
    "reason",
    "hotline",
    "ground",
    "right_way",
    "question",
    "grade",
    "days",
    "count",
    "date",
    "other",
    "clock",
    "ruling",
    "ending",
    "leaf",
];

/// Wordings that the program sends: a pack has each of them and no other, since no other is ever sent.
pub const MUST_HAVE: &[&str] = &[
    "accepted",
    "handling",
    "result",
    "settled",
    "unsolvable",
    "not-accepted",
    "merged",
    "withdrawn",
    "question",
    "extended",
    "reassigned",
    "rework",
    "review",
    "reviewed",
    "reopened",
    "call-back",
    "closed",
    "unit-assigned",
    "unit-recalled",
    "officer-assigned",
    "officer-due-soon",
    "officer-overdue",
    "lead-overdue",
    "officer-rework",
    "officer-judged",
    "officer-added",
    "officer-withdrawn",
    "helper-asked",
    "helper-reported",
    "decided",
    "supervision",
    "supervision-reply",
    "returned",
    "escalated",
    "relay",
];

/// The most characters of a filled-in Chinese text: two parts of an SMS of 70 characters.
pub const SMS_CHARS: usize = 140;

/// Values of usual length, to see how long a message becomes.
pub fn typical(pack: &crate::Pack) -> BTreeMap<&'static str, String> {
    [
        ("site", pack.site.short.zh.as_str()),
        ("number", "LX20260315-00012"),
        ("code", "K7M3QX"),
        ("title", "村口到学校的路灯坏了三盏"),
        ("unit", "平坝镇规划建设办公室"),
        ("officer", "王建国"),
        ("phone", "0851-24620000"),
        ("due", "3月25日17:30"),
        ("url", "https://lx.example/q"),
        ("answer", "路灯三盏已全部更换，今晚试灯正常。"),
        ("reason", "需要等待配件到货，预计下周二前到。"),
        ("hotline", pack.site.hotline.as_str()),
        ("ground", "同一事项已经答复，没有新的事实和理由"),
        ("right_way", "对原答复不服的，30日内可申请复查"),
        ("question", "请补一张灯杆编号的照片。"),
        ("grade", "非常不满意"),
        ("days", "12"),
        ("count", "12"),
        ("date", "2026年3月25日"),
        ("other", "LX20260301-00345"),
        ("clock", "首次联系时限"),
        ("ruling", "退回重办，3月25日前再次答复您"),
        ("ending", "不能解决"),
        ("leaf", "7c21a90f"),
    ]
    .into_iter()
    .map(|(k, v)| (k, v.to_owned()))
    .collect()
}

/// The wording of one message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its key; the outbox keeps it as the purpose.
    pub id: String,
    /// Its version; the outbox keeps it with every message.
    pub version: String,
    /// Which of the three notices it is, if one.
    #[serde(default)]
    pub notice: Option<Notice>,
    /// To whom.
    pub to: Audience,
    /// The subject of an e-mail.
    pub subject: Text,
    /// The text; `{name}` stands for a value. Chinese texts fit two SMS parts (140 characters).
    pub body: Text,
}

/// A template with its values put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

impl Template {
    /// What it is called: its subject up to where that names the case; empty where it begins with a name.
    pub fn name(&self, locale: Locale) -> &str {
        let subject = self.subject.to(locale);
        subject.split('{').next().unwrap_or_default().trim_end_matches([':', '：', ' '])
    }

    /// The names between braces, in both languages.
    pub fn placeholders(&self) -> Vec<&str> {
        [&self.subject.zh, &self.subject.en, &self.body.zh, &self.body.en]
            .into_iter()
            .flat_map(|t| names(t))
            .collect()
    }

    /// Puts the values in. A name without a value stays empty: a message goes out all the same.
    pub fn fill(&self, locale: Locale, values: &BTreeMap<&str, String>) -> Filled {
        Filled { subject: put(self.subject.to(locale), values), body: put(self.body.to(locale), values) }
    }
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Replaces `{name}` by its value in one pass, so that a brace inside a value stays what it is.
fn put(text: &str, values: &BTreeMap<&str, String>) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut parts = text.split('{');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        match part.split_once('}') {
            Some((name, rest)) => {
                out.push_str(values.get(name).map(String::as_str).unwrap_or_default());
                out.push_str(rest);
            }
            None => {
                out.push('{');
                out.push_str(part);
            }
        }
    }
    out
}

/// A ready wording for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerTemplate {
    /// Its key.
    pub id: String,
    /// What the list shows.
    pub name: Text,
    /// The class, or one above it, that it is for; all where left out.
    #[serde(default)]
    pub class: Option<String>,
    /// Whether it says that the matter cannot be solved.
    #[serde(default)]
    pub unsolvable: bool,
    /// The wording; blanks to fill in are written as `____`.
    pub text: Text,
}

/// A purpose for which somebody may look at a person's identity.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Its key.
    pub id: String,
    /// The purpose, as the person reads it on their own page.
    pub text: Text,
    /// Whether a sentence has to be added.
    #[serde(default)]
    pub explain: bool,
}
