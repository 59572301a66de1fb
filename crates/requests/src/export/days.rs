//! The days of an address: the one place that says whether they are any.

use super::Asked;
use kernel::{Date, Error, FieldError, Result, Say};

/// The names whose value is a day.
const DAYS: [&str; 3] = ["from", "to", "as_of"];

/// A digit or sign as a Chinese keyboard writes it, as the plain one.
pub(super) fn plain(value: &str) -> String {
    value
        .chars()
        .map(|c| match c {
            '\u{ff10}'..='\u{ff19}' => char::from(b'0' + (c as u32 - 0xff10) as u8),
            '\u{ff0d}' | '\u{2014}' | '\u{2212}' => '-',
            c => c,
        })
        .collect()
}

/// Whether the value of this name is a day.
pub(super) fn is_day(name: &str) -> bool {
    DAYS.contains(&name)
}

impl Asked {
    /// What is said for a day and is none, each with its field: nothing can be listed by it, and a list of
    /// everything is not what was asked for.
    pub fn faults(&self) -> Vec<FieldError> {
        let wrong = |name: &str| !self.get(name).is_empty() && self.get(name).parse::<Date>().is_err();
        let fault = |name: &str| FieldError {
            field: name.to_owned(),
            say: Say::new(
                format!("没有“{}”这一天。请写成 2026-11-22 这样。", self.get(name)),
                format!("“{}” is no day. Please write it like 2026-11-22.", self.get(name)),
            ),
        };
        DAYS.into_iter().filter(|name| wrong(name)).map(fault).collect()
    }

    /// Refuses days that are none: for files and tables, which have no field to say it at.
    ///
    /// Errors: [`Error::Invalid`] with [`Asked::faults`].
    pub fn sound(&self) -> Result<()> {
        match self.faults() {
            faults if faults.is_empty() => Ok(()),
            faults => Err(Error::Invalid(faults)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_is_none_is_a_fault_of_its_field() {
        let wrong = Asked::parse("unit=9&from=2026-02-30&to=2026-03-01&as_of=9999-99-99");
        let fields: Vec<String> = wrong.faults().iter().map(|f| f.field.to_string()).collect();
        assert_eq!(fields, ["from", "as_of"]);
        assert!(wrong.faults()[0].say.zh.contains("2026-02-30"));
        assert!(matches!(wrong.sound(), Err(Error::Invalid(_))));
        let right = Asked::parse("from=２０２６－０２－２８&to=2026-03");
        assert_eq!((right.get("from"), right.get("to")), ("2026-02-28", "2026-03-31"));
        assert!(right.sound().is_ok());
    }
}
