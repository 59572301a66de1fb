//! Questions as packs write them: one flat table each, where a key that does not fit its kind is refused.

use super::{Choice, Comparison, Condition, Decimal, Kind, Question};
use kernel::{Date, Text};
use serde::{Deserialize, Serialize};

/// The most characters of a text where a pack sets none.
const LINE: usize = 200;
const LONG: usize = 4_000;

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Text,
    LongText,
    Integer,
    Decimal,
    Date,
    Time,
    One,
    Many,
    YesNo,
    Place,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Bound {
    Number(i64),
    Text(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuestion {
    name: String,
    label: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
    kind: Name,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<Bound>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<Bound>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    places: Option<u8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<Choice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    exclusive: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    show_if: Vec<Condition>,
}

impl Bound {
    fn integer(self) -> Result<i64, String> {
        match self {
            Bound::Number(n) => Ok(n),
            Bound::Text(t) => Err(format!("`{t}` is no whole number")),
        }
    }
    fn size(self) -> Result<usize, String> {
        let n = self.integer()?;
        usize::try_from(n).map_err(|_| format!("{n} is below 0"))
    }
    fn decimal(self) -> Result<Decimal, String> {
        match self {
            Bound::Number(n) => Ok(Decimal { units: n, places: 0 }),
            Bound::Text(t) => t.try_into(),
        }
    }
    fn date(self) -> Result<Date, String> {
        match self {
            Bound::Text(t) => t.parse().map_err(|_| format!("`{t}` is no date")),
            Bound::Number(n) => Err(format!("{n} is no date")),
        }
    }
}

impl TryFrom<RawQuestion> for Question {
    type Error = String;

    fn try_from(raw: RawQuestion) -> Result<Self, String> {
        let RawQuestion { name, label, help, kind, required, min, max, places, options, exclusive, show_if } =
            raw;
        let at = |e: String| format!("question `{name}`: {e}");
        let choice = matches!(kind, Name::One | Name::Many);
        for (given, fits, key) in [
            (min.is_some(), !matches!(kind, Name::Time | Name::One | Name::YesNo | Name::Place), "min"),
            (max.is_some(), !matches!(kind, Name::Time | Name::One | Name::YesNo), "max"),
            (places.is_some(), matches!(kind, Name::Decimal), "places"),
            (!options.is_empty(), choice, "options"),
            (!exclusive.is_empty(), matches!(kind, Name::Many), "exclusive"),
        ] {
            if given && !fits {
                return Err(at(format!("`{key}` does not fit its kind")));
            }
        }
        let size = |bound: Option<Bound>, default: usize| bound.map_or(Ok(default), Bound::size).map_err(at);
        let kind = match kind {
            Name::Text => Kind::Text { min: size(min, 0)?, max: size(max, LINE)? },
            Name::LongText => Kind::LongText { min: size(min, 0)?, max: size(max, LONG)? },
            Name::Place => Kind::Place { max: size(max, LINE)? },
            Name::Integer => Kind::Integer {
                min: min.map(Bound::integer).transpose().map_err(at)?,
                max: max.map(Bound::integer).transpose().map_err(at)?,
            },
            Name::Decimal => Kind::Decimal {
                min: min.map(Bound::decimal).transpose().map_err(at)?,
                max: max.map(Bound::decimal).transpose().map_err(at)?,
                places: places.unwrap_or(2),
            },
            Name::Date => Kind::Date {
                min: min.map(Bound::date).transpose().map_err(at)?,
                max: max.map(Bound::date).transpose().map_err(at)?,
            },
            Name::Time => Kind::Time,
            Name::YesNo => Kind::YesNo,
            Name::One => Kind::One { options },
            Name::Many => {
                let all = options.len();
                Kind::Many { min: size(min, 0)?, max: size(max, all)?, options, exclusive }
            }
        };
        Ok(Question { name, label, help, kind, required, show_if })
    }
}

impl From<Question> for RawQuestion {
    fn from(q: Question) -> RawQuestion {
        let size = |n: usize| Some(Bound::Number(n as i64));
        let text = |t: String| Bound::Text(t);
        let mut raw = RawQuestion {
            name: q.name,
            label: q.label,
            help: q.help,
            kind: Name::Text,
            required: q.required,
            min: None,
            max: None,
            places: None,
            options: Vec::new(),
            exclusive: Vec::new(),
            show_if: q.show_if,
        };
        match q.kind {
            Kind::Text { min, max } => (raw.min, raw.max) = (size(min), size(max)),
            Kind::LongText { min, max } => {
                (raw.kind, raw.min, raw.max) = (Name::LongText, size(min), size(max))
            }
            Kind::Place { max } => (raw.kind, raw.max) = (Name::Place, size(max)),
            Kind::Integer { min, max } => {
                (raw.kind, raw.min, raw.max) =
                    (Name::Integer, min.map(Bound::Number), max.map(Bound::Number));
            }
            Kind::Decimal { min, max, places } => {
                raw.kind = Name::Decimal;
                raw.min = min.map(|d| text(d.to_string()));
                raw.max = max.map(|d| text(d.to_string()));
                raw.places = Some(places);
            }
            Kind::Date { min, max } => {
                raw.kind = Name::Date;
                raw.min = min.map(|d| text(d.to_string()));
                raw.max = max.map(|d| text(d.to_string()));
            }
            Kind::Time => raw.kind = Name::Time,
            Kind::YesNo => raw.kind = Name::YesNo,
            Kind::One { options } => (raw.kind, raw.options) = (Name::One, options),
            Kind::Many { options, min, max, exclusive } => {
                (raw.kind, raw.min, raw.max) = (Name::Many, size(min), size(max));
                (raw.options, raw.exclusive) = (options, exclusive);
            }
        }
        raw
    }
}

/// `{ question = "x", equals = "y" }` and the like: exactly one comparison.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCondition {
    question: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    equals: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_equals: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    includes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answered: Option<bool>,
}

impl TryFrom<RawCondition> for Condition {
    type Error = String;

    fn try_from(raw: RawCondition) -> Result<Self, String> {
        let is = match (raw.equals, raw.not_equals, raw.includes, raw.answered) {
            (Some(v), None, None, None) => Comparison::Equals(v),
            (None, Some(v), None, None) => Comparison::NotEquals(v),
            (None, None, Some(v), None) => Comparison::Includes(v),
            (None, None, None, Some(v)) => Comparison::Answered(v),
            _ => {
                return Err(format!(
                    "condition on `{}`: give exactly one of equals, not_equals, includes, answered",
                    raw.question
                ));
            }
        };
        Ok(Condition { question: raw.question, is })
    }
}

impl From<Condition> for RawCondition {
    fn from(c: Condition) -> RawCondition {
        let mut raw = RawCondition {
            question: c.question,
            equals: None,
            not_equals: None,
            includes: None,
            answered: None,
        };
        match c.is {
            Comparison::Equals(v) => raw.equals = Some(v),
            Comparison::NotEquals(v) => raw.not_equals = Some(v),
            Comparison::Includes(v) => raw.includes = Some(v),
            Comparison::Answered(v) => raw.answered = Some(v),
        }
        raw
    }
}
