//! Form 表单: a closed set of ten kinds of question, with limits and rows that show only when an earlier answer asks for them.
//!
//! A form is pack data: [`check`] refuses one that cannot work before it applies, [`validate`] turns what a
//! person sent into clean answers. An answer to a question that was not shown is dropped, so nothing is kept
//! that nobody was asked.

mod check;
mod raw;
#[cfg(test)]
mod tests;
mod validate;

pub use check::{Fault, check};
pub use validate::{hidden, stopped, validate};

use crate::deadline::DayTime;
use kernel::{Date, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A form: its questions in order.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The questions, in the order in which they are asked.
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
    /// Answers that end the form, such as an emergency: the first that holds.
    #[serde(default, rename = "stop", skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<Stop>,
}

/// Answers on which the form is not to be sent but something else to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// All of these hold.
    pub when: Vec<Condition>,
    /// What to do instead: whom to call.
    pub say: Text,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "raw::RawQuestion", into = "raw::RawQuestion")]
pub struct Question {
    /// Its stable name: small letters, digits and `_`, beginning with a letter.
    pub name: String,
    /// What is asked.
    pub label: Text,
    /// A line of help below it.
    pub help: Option<Text>,
    /// What kind of answer.
    pub kind: Kind,
    /// Whether it must be answered where it is shown.
    pub required: bool,
    /// Shown only where all of these hold.
    pub show_if: Vec<Condition>,
}

/// The ten kinds of question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line, at most so many characters.
    Text {
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: usize,
    },
    /// Several lines, at most so many characters.
    LongText {
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: usize,
    },
    /// A whole number.
    Integer {
        /// The least.
        min: Option<i64>,
        /// The greatest.
        max: Option<i64>,
    },
    /// A number with a fixed number of decimal places.
    Decimal {
        /// The least.
        min: Option<Decimal>,
        /// The greatest.
        max: Option<Decimal>,
        /// How many places after the point, 1 to 6.
        places: u8,
    },
    /// A civil date.
    Date {
        /// The earliest.
        min: Option<Date>,
        /// The latest.
        max: Option<Date>,
    },
    /// A time of day.
    Time,
    /// Exactly one of the options.
    One {
        /// What can be chosen.
        options: Vec<Choice>,
    },
    /// Several of the options.
    Many {
        /// What can be chosen.
        options: Vec<Choice>,
        /// The fewest, where it is answered.
        min: usize,
        /// The most.
        max: usize,
        /// Options that stand alone, such as "none of these".
        exclusive: Vec<String>,
    },
    /// Yes or no.
    YesNo,
    /// A place in words: the page offers the grids and the map beside it.
    Place {
        /// The most characters.
        max: usize,
    },
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its stable name.
    pub value: String,
    /// What is shown.
    pub label: Text,
    /// Whether a text goes with it ("other: …"), sent as `{question}_{value}`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub text: bool,
}

/// A comparison with the answer to an earlier question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "raw::RawCondition", into = "raw::RawCondition")]
pub struct Condition {
    /// The earlier question's name.
    pub question: String,
    /// How its answer is compared.
    pub is: Comparison,
}

/// The comparisons there are. None but [`Comparison::Answered`] with `false` and [`Comparison::NotEquals`]
/// holds for a question without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The answer is this.
    Equals(String),
    /// The answer is something else, or there is none.
    NotEquals(String),
    /// The choices include this.
    Includes(String),
    /// There is an answer, or there is none.
    Answered(bool),
}

/// A decimal number: whole units of the last place. Never a float, so sums stay exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    /// The number times ten to the power of `places`.
    pub units: i64,
    /// How many places after the point.
    pub places: u8,
}

/// What was sent: for each field the values it came with.
pub type Answers = BTreeMap<String, Vec<String>>;

/// One clean answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Answer {
    /// Of a text, a long text, a place, or the text of an "other".
    Text(String),
    /// Of an integer.
    Integer(i64),
    /// Of a decimal.
    Decimal(Decimal),
    /// Of a date.
    Date(Date),
    /// Of a time.
    Time(DayTime),
    /// The value of the option chosen.
    One(String),
    /// The values of the options chosen, in the form's order.
    Many(Vec<String>),
    /// Of a yes or no.
    YesNo(bool),
}

/// The clean answers by field; hidden and unanswered questions are absent.
pub type CleanAnswers = BTreeMap<String, Answer>;

impl Decimal {
    /// Reads `12`, `-0.5`; no more than six places.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > 6 || digits.ends_with('.') {
            return None;
        }
        let units = format!("{whole}{part}").parse::<i64>().ok()?;
        Some(Decimal { units: sign * units, places: part.len() as u8 })
    }

    /// The same number with `places` places; `None` where that would drop digits or not fit.
    pub fn with_places(self, places: u8) -> Option<Decimal> {
        let mut units = self.units;
        for _ in self.places..places {
            units = units.checked_mul(10)?;
        }
        for _ in places..self.places {
            if units % 10 != 0 {
                return None;
            }
            units /= 10;
        }
        Some(Decimal { units, places })
    }

    fn exact(self) -> i128 {
        i128::from(self.units) * 10i128.pow(9u32.saturating_sub(u32::from(self.places)))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.exact().cmp(&other.exact()))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = usize::from(self.places);
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        let sign = if self.units < 0 { "-" } else { "" };
        if places == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{part}") }
    }
}

impl TryFrom<String> for Decimal {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Decimal::parse(&text).ok_or_else(|| format!("`{text}` is no decimal number"))
    }
}

impl From<Decimal> for String {
    fn from(d: Decimal) -> String {
        d.to_string()
    }
}
