//! One cell: what the person sees, and what the file says it is.

use kernel::DateTime;

/// What the file says a cell is. Text files say nothing, so there everything is text.
#[derive(Clone, Debug, PartialEq)]
pub enum Typed {
    /// Text.
    Text,
    /// A number.
    Number(f64),
    /// A date, with the time of day where there is one.
    Date(DateTime),
    /// True or false.
    Bool(bool),
    /// A formula that failed, such as `#N/A`.
    Fault,
}

/// One cell that is not empty.
///
/// `text` is what the spreadsheet program shows, with two exceptions on purpose: a date is always
/// written `2019-02-28 11:25:05`, because `02-03-19` would have to be guessed again; and a number is
/// never shortened to `1.3E+10` or `####`, because it may be a telephone number.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The text, exactly: line breaks, spaces and control characters are kept.
    pub text: String,
    /// What the file says it is.
    pub typed: Typed,
}

impl Cell {
    /// A cell of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), typed: Typed::Text }
    }

    /// The number, also where it was typed as text: `1,204`, `１２` and `85%` (0.85) count.
    pub fn number(&self) -> Option<f64> {
        match self.typed {
            Typed::Number(n) => Some(n),
            Typed::Text => {
                let folded: String = self.text.chars().map(crate::normal::narrow).collect();
                let plain = folded.trim().replace(',', "");
                let (digits, scale) = match plain.strip_suffix('%') {
                    Some(rest) => (rest.trim_end(), 0.01),
                    None => (plain.as_str(), 1.0),
                };
                // Only digits, sign and point: "inf" and "1e5" are words here, not numbers.
                let ok = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
                if ok { digits.parse::<f64>().ok().map(|n| n * scale) } else { None }
            }
            _ => None,
        }
    }

    /// The date, where the file says that it is one.
    pub fn date(&self) -> Option<DateTime> {
        match self.typed {
            Typed::Date(at) => Some(at),
            _ => None,
        }
    }

    /// Whether the spreadsheet program has cut this number: it keeps 15 digits, and an identity
    /// number of 18 typed as a number ends in `000`. The caller should refuse it as an id.
    pub fn is_cut(&self) -> bool {
        matches!(self.typed, Typed::Number(n) if n.abs() >= 1e15)
    }

    pub(crate) fn is_blank(&self) -> bool {
        trim(&self.text).is_empty()
    }
}

/// Without spaces of any width, line breaks and invisible marks at both ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_text_and_words_are_not() {
        for (text, want) in
            [("1,204", Some(1204.0)), ("１２", Some(12.0)), ("85%", Some(0.85)), (" 3 ", Some(3.0))]
        {
            assert_eq!(Cell::text(text).number(), want, "{text}");
        }
        for text in ["", "inf", "NaN", "1e5", "三", "12人", "%", "-"] {
            assert_eq!(Cell::text(text).number(), None, "{text}");
        }
    }

    #[test]
    fn long_numbers_are_known_as_cut() {
        let cell = Cell { text: "520329198001010000".into(), typed: Typed::Number(5.2e17) };
        assert!(cell.is_cut());
        assert!(!Cell::text("520329198001011234").is_cut());
    }

    #[test]
    fn invisible_marks_at_the_ends_go() {
        assert_eq!(trim("\u{feff}\u{3000} 王\u{200b} 五\r\n\u{200b}"), "王\u{200b} 五");
    }
}
