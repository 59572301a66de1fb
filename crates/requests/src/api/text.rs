//! How texts, instants and places go out to programs, and how texts from them are made safe.

use kernel::{Date, MINUTE, Say, Text, Timestamp, Zone};
use serde::Serialize;
use utoipa::ToSchema;

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Words {
    /// In Chinese.
    pub(super) zh: String,
    /// In English.
    pub(super) en: String,
}

impl From<&Text> for Words {
    fn from(text: &Text) -> Self {
        Words { zh: text.zh.clone(), en: text.en.clone() }
    }
}

impl From<&Say> for Words {
    fn from(say: &Say) -> Self {
        Words { zh: say.zh.clone().into_owned(), en: say.en.clone().into_owned() }
    }
}

impl From<Say> for Words {
    fn from(say: Say) -> Self {
        Words::from(&say)
    }
}

/// An instant with its zone: `2026-11-17T09:30:00+08:00`.
pub(super) fn w3c(zone: Zone, at: Timestamp) -> String {
    let when = zone.civil(at);
    let minutes = i64::from(zone.0) * 1000 / MINUTE;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (h, m) = (minutes.abs() / 60, minutes.abs() % 60);
    let (date, hour, minute, second) = (when.date(), when.hour(), when.minute(), when.second());
    format!("{date}T{hour:02}:{minute:02}:{second:02}{sign}{h:02}:{m:02}")
}

/// An instant as programs write it: with a zone, or a civil date, which begins at midnight here.
pub(super) fn instant(text: &str, zone: Zone) -> Option<Timestamp> {
    // In the query of an address `+` stands for a space.
    let text = text.trim().replacen(' ', "+", 1);
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(at.as_millisecond()));
    }
    text.parse::<Date>().ok().filter(|_| !text.contains('T')).map(|date| zone.start_of(date))
}

/// A text without control characters, which no form would send and PostgreSQL does not keep. Lines
/// end in one sign.
pub(super) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect::<String>().trim().to_owned()
}

/// A given and a family name as one: Chinese ones are written together, family name first.
pub(super) fn full_name(first: &str, last: &str) -> String {
    let (first, last) = (clean(first), clean(last));
    match (first.is_empty(), last.is_empty()) {
        (_, true) => first,
        (true, _) => last,
        _ if first.is_ascii() && last.is_ascii() => format!("{first} {last}"),
        _ => format!("{last}{first}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_goes_out_and_comes_back() {
        let zone = Zone::CHINA;
        for (text, out) in [
            ("2026-11-17T09:30:00+08:00", "2026-11-17T09:30:00+08:00"),
            ("2026-11-17T09:30:00 08:00", "2026-11-17T09:30:00+08:00"),
            ("2026-11-17T01:30:00Z", "2026-11-17T09:30:00+08:00"),
            ("2026-11-17", "2026-11-17T00:00:00+08:00"),
        ] {
            assert_eq!(w3c(zone, instant(text, zone).unwrap()), out, "{text}");
        }
        assert_eq!(w3c(Zone(-12_600), Timestamp(0)), "1969-12-31T20:30:00-03:30");
        for bad in ["", "yesterday", "2026-13-01", "2026-11-17T09:30", "99999999999999999", "11-17-2026"] {
            assert_eq!(instant(bad, zone), None, "{bad}");
        }
    }

    #[test]
    fn names_are_put_together_as_their_bearers_do() {
        assert_eq!(full_name("张三", ""), "张三");
        assert_eq!(full_name("三", "张"), "张三");
        assert_eq!(full_name("San", "Zhang"), "San Zhang");
    }

    #[test]
    fn control_characters_stay_outside() {
        assert_eq!(clean(" a\0b\r\nc\u{7}\td\u{200b} "), "ab\nc\td\u{200b}");
    }
}
