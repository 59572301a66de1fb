//! Request numbers and query codes: what a person writes down and reads out over the telephone.

use crate::chars::half;
use kernel::Chance;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A text that is no request number or no query code. What to tell the person depends on where they typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed number or code")
    }
}

impl std::error::Error for Malformed {}

/// What people put between the parts of a number.
fn separates(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '/' | '.' | '–' | '—' | '‐' | '‑' | '−' | '~')
}

/// A request's number, `YQ-2026-00012`: series, year, running number within both.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestNumber {
    series: String,
    year: i16,
    seq: u32,
}

impl RequestNumber {
    /// A series has 1 to 8 capital letters, a year four digits, running numbers begin at 1.
    pub fn new(series: &str, year: i16, seq: u32) -> Result<Self, Malformed> {
        let letters = (1..=8).contains(&series.len()) && series.bytes().all(|b| b.is_ascii_uppercase());
        if !letters || !(1000..=9999).contains(&year) || seq == 0 {
            return Err(Malformed);
        }
        Ok(RequestNumber { series: series.to_owned(), year, seq })
    }

    /// The series, which a pack sets.
    pub fn series(&self) -> &str {
        &self.series
    }

    /// The year of registration.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// The running number.
    pub fn seq(&self) -> u32 {
        self.seq
    }
}

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:05}", self.series, self.year, self.seq)
    }
}

impl FromStr for RequestNumber {
    type Err = Malformed;

    /// Reads it as people type it: `yq 2026 12`, `ＹＱ－２０２６－０００１２`, `YQ202600012`.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let text: String = text.trim().chars().map(|c| half(c).to_ascii_uppercase()).collect();
        let end = text.find(|c: char| !c.is_ascii_uppercase()).ok_or(Malformed)?;
        let (series, rest) = text.split_at(end);
        let rest = rest.trim_start_matches(separates);
        let (year, seq) = rest.split_at_checked(4).ok_or(Malformed)?;
        let seq = seq.trim_start_matches(separates);
        if !year.bytes().chain(seq.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(Malformed);
        }
        RequestNumber::new(series, year.parse().map_err(|_| Malformed)?, seq.parse().map_err(|_| Malformed)?)
    }
}

impl TryFrom<String> for RequestNumber {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<RequestNumber> for String {
    fn from(number: RequestNumber) -> String {
        number.to_string()
    }
}

/// Letters and digits that are not taken for one another, in print, by hand or over the telephone. Without
/// `0 1 B I L O S Z`; of those, `B S Z` are read as the digits they look like.
const ALPHABET: &[u8; 28] = b"23456789ACDEFGHJKMNPQRTUVWXY";

/// How many characters a query code has: 28⁶ is 481,890,304, so guessing needs throttling all the same.
const LENGTH: usize = 6;

/// What opens a case's page together with its number; shown as `7K4M-2P`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QueryCode(String);

impl QueryCode {
    /// A new one.
    pub fn draw(chance: &dyn Chance) -> QueryCode {
        QueryCode(
            (0..LENGTH).map(|_| char::from(ALPHABET[chance.below(ALPHABET.len() as u64) as usize])).collect(),
        )
    }

    /// The six characters, as they are stored and compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for QueryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (a, b) = self.0.split_at(4);
        write!(f, "{a}-{b}")
    }
}

impl FromStr for QueryCode {
    type Err = Malformed;

    /// Reads it as people type it: lower case, full width, spaces and dashes anywhere.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut code = String::with_capacity(LENGTH);
        for c in text.chars().map(half).filter(|c| !separates(*c)) {
            let c = match c.to_ascii_uppercase() {
                'B' => '8',
                'S' => '5',
                'Z' => '2',
                c => c,
            };
            if code.len() == LENGTH || !c.is_ascii() || !ALPHABET.contains(&(c as u8)) {
                return Err(Malformed);
            }
            code.push(c);
        }
        if code.len() == LENGTH { Ok(QueryCode(code)) } else { Err(Malformed) }
    }
}

impl TryFrom<String> for QueryCode {
    type Error = Malformed;
    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<QueryCode> for String {
    fn from(code: QueryCode) -> String {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for text in
            ["YQ-2026-00012", "yq 2026 12", " YQ202600012 ", "ＹＱ－２０２６－０００１２", "Yq—2026—0012"]
        {
            assert_eq!(text.parse::<RequestNumber>().unwrap().to_string(), "YQ-2026-00012", "{text}");
        }
        let long = RequestNumber::new("YQ", 2026, 1_234_567).unwrap();
        assert_eq!(long.to_string(), "YQ-2026-1234567");
        assert_eq!(long.to_string().parse(), Ok(long));
        for text in [
            "",
            "YQ",
            "2026-00012",
            "YQ-2026",
            "YQ-2026-0",
            "YQ-26-12",
            "YQ-2026-12x",
            "ABCDEFGHI-2026-1",
            "YQ-2026-99999999999",
            "路-2026-1",
            "YQ-20路6-1",
        ] {
            assert_eq!(text.parse::<RequestNumber>(), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        for text in ["7K4M-2P", "7k4m2p", " 7 k 4 m - 2 p ", "７Ｋ４Ｍ－２Ｐ", "7k4m-zp"] {
            assert_eq!(text.parse::<QueryCode>().unwrap().to_string(), "7K4M-2P", "{text}");
        }
        for text in ["", "7K4M2", "7K4M2PP", "7K4M-2O", "7K4M-21", "7K4M-2路"] {
            assert_eq!(text.parse::<QueryCode>(), Err(Malformed), "{text}");
        }
        assert_eq!(serde_json::to_string(&"7k4m2p".parse::<QueryCode>().unwrap()).unwrap(), "\"7K4M2P\"");
    }

    #[test]
    fn codes_differ() {
        let chance = Seeded::new(7);
        let codes: std::collections::HashSet<_> = (0..2000).map(|_| QueryCode::draw(&chance)).collect();
        assert_eq!(codes.len(), 2000);
        assert!(ALPHABET.iter().all(|c| !b"01BILOSZ".contains(c)));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(series in "[A-Z]{1,8}", year in 1000i16..=9999, seq in 1u32.., seed: u64) {
            let number = RequestNumber::new(&series, year, seq).unwrap();
            prop_assert_eq!(number.to_string().parse(), Ok(number));
            let code = QueryCode::draw(&Seeded::new(seed));
            prop_assert_eq!(code.to_string().parse(), Ok(code));
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in any::<String>()) {
            let (number, code) = (text.parse::<RequestNumber>(), text.parse::<QueryCode>());
            prop_assert!(number.is_err() || code.is_err(), "no text is both");
        }
    }
}
