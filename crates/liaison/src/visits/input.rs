//! What is sent for a visit, and what comes back. This is the contract with phones that were without network:
//! fields are only ever added, and every one but the first three may be left out.

use kernel::{Date, FieldError, HouseholdId, PersonId, RecordId, RequestId, Uuid};
use serde::{Deserialize, Serialize};

/// Several visits, as a phone sends them: `POST /api/liaison/visits`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// By the phone's clock, in milliseconds since 1970: now. With ours it tells how far the phone's clock is off.
    #[serde(default)]
    pub sent_at: Option<i64>,
    /// The visits; each is answered apart from the others.
    pub visits: Vec<Visit>,
}

/// One visit at one household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// Made where it was entered (UUIDv7). The same id again is the same visit.
    pub id: RecordId,
    /// Where.
    pub household: HouseholdId,
    /// The day on which it was made, `YYYY-MM-DD`.
    pub on: Date,
    /// By the phone's clock, in milliseconds since 1970: when it was confirmed there. Left out by a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_at: Option<i64>,
    /// `as_of` of the answer by which the phone knew this household: promises made later need no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<i64>,
    /// What was learnt; a question that is left out had nothing new.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Said>,
    /// What became of what was promised before: every open promise of the household.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Kept>,
    /// What is promised now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promised: Vec<Promised>,
    /// What is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// Items of plans that were helped with: the visit's day and words count for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub helped: Vec<Helped>,
    /// The visit of the same person that this one corrects: day and answers; promises and needs have gone their way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<RecordId>,
}

/// An item of a plan that was helped with at the visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helped {
    /// The record of the help, made where it was entered.
    pub id: RecordId,
    /// The kind of pairing whose plan it is.
    pub kind: String,
    /// Its key in the pack.
    pub item: String,
    /// What came of it, by its key in the pack.
    pub effect: String,
}

/// The answer to one of the questions of the pack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Its key in the pack.
    pub question: String,
    /// Chosen words, by their keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// In words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

rules::vocabulary! {
    /// What became of a promise.
    Answer {
        /// It was kept.
        Kept = "kept", "已做到", "Kept";
        /// Not yet: until another day, and why.
        Later = "later", "还没有，改到", "Not yet, until";
        /// It cannot be kept, and why.
        Cannot = "cannot", "做不到，因为", "Cannot, because";
    }
}

/// What became of one promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The promise.
    pub id: Uuid,
    /// `kept`, `later` or `cannot`.
    pub outcome: Answer,
    /// `later`: until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Why; needed for `later` and `cannot`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A new promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promised {
    /// Made where it was entered.
    pub id: Uuid,
    /// What is promised.
    pub text: String,
    /// By when.
    pub due: Date,
}

rules::vocabulary! {
    /// What happens to a need.
    Then {
        /// It goes to whoever answers for it.
        Pass = "pass", "登记转办", "Pass on";
        /// It was settled there and then.
        Settle = "settle", "当场办好", "Settled on the spot";
    }
}

/// A need that becomes a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The id of the request, made where it was entered.
    pub id: RequestId,
    /// Class of the third level; empty where the centre is to find it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub class: String,
    /// In the family's words.
    pub text: String,
    /// The family agreed that it is registered in their name.
    pub consent: bool,
    /// Who of the household asks; the head where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// `pass` or `settle`.
    #[serde(default = "pass")]
    pub then: Then,
    /// `settle`: what was done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub answer: String,
    /// `settle`: whether the family calls it solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved: Option<bool>,
    /// `settle`: how satisfied they are, 1 (very) to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<i64>,
}

fn pass() -> Then {
    Then::Pass
}

/// What comes back for an upload.
#[derive(Clone, Debug, Serialize)]
pub struct Uploaded {
    /// By our clock, in milliseconds since 1970.
    pub received_at: i64,
    /// One for each visit, in the order in which they came.
    pub visits: Vec<Outcome>,
}

/// What came of one visit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The visit.
    pub id: RecordId,
    /// `taken`; `again`, taken before; `refused`, keep it with the reason; `retry`, send it again later.
    pub outcome: &'static str,
    /// The requests that came of its needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<NeedTaken>,
    /// Why it was refused, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Why it was not taken, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<kernel::Say>,
    /// What is wrong, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
}

/// A request that came of a need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NeedTaken {
    /// Its id.
    pub id: RequestId,
    /// Its number.
    pub number: String,
    /// The query code for the family.
    pub code: String,
    /// By when an answer is promised, in milliseconds since 1970.
    pub due: Option<i64>,
}

/// Faults that are gathered before anything is written.
#[derive(Default)]
pub struct Faulty(pub Vec<FieldError>);

impl Faulty {
    /// Notes a fault at a field.
    pub fn add(&mut self, field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), say: kernel::Say::new(zh.into(), en.into()) });
    }

    /// [`kernel::Error::Invalid`] where there is any.
    pub fn end(self) -> kernel::Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(kernel::Error::Invalid(self.0)) }
    }
}
