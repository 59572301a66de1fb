//! Numbers that carry a check digit, and telephone numbers.
//!
//! What cannot be right is refused with a [`Finding`]; what is merely unusual passes with one.

mod numbers;
mod phone;

pub use numbers::{CreditCode, Identity, Sex, credit_code, identity, organization_code, with_check};
pub use phone::{Phone, PhoneKind, phone};

use crate::chars::half;
use kernel::{FieldError, Say};

/// What is wrong or unusual about a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for programs and tests, such as `check-digit`.
    pub code: &'static str,
    /// For the person.
    pub say: Say,
}

impl Finding {
    fn new(code: &'static str, zh: &'static str, en: &'static str) -> Finding {
        Finding { code, say: Say::new(zh, en) }
    }

    /// The same, beside a field of a form.
    pub fn on(self, field: impl Into<String>) -> FieldError {
        FieldError { field: field.into(), say: self.say }
    }
}

/// Half width, capitals, without spaces and dashes.
fn tidy(text: &str) -> String {
    let kept = |c: &char| {
        !c.is_whitespace() && !matches!(c, '-' | '–' | '—' | '‐' | '‑' | '\u{200B}'..='\u{200D}' | '\u{FEFF}')
    };
    text.chars().map(half).filter(kept).map(|c| c.to_ascii_uppercase()).collect()
}
