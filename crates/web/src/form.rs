//! Forms: what came in, what was wrong with it, and the fields that show both again.

mod came;
mod choice;
mod fields;
mod read;

pub use came::{Came, Fields};
pub use choice::{Choice, Combo, ComboAnswer, checkboxes, combo_answer, combobox, radios, select};
pub use fields::{
    Field, FormOptions, button, button_danger, button_quiet, csrf_field, date_field, draft_done,
    error_summary, file_field, form, form_with, hidden, submit, text_field, textarea,
};
pub(crate) use fields::{describe, described_by};
pub(crate) use read::first_multipart_value;
pub use read::{FormBody, Limits, MultipartBody, Upload, parse_form, read_multipart};

use kernel::{Error, FieldError, Locale};
use std::collections::BTreeMap;
use std::ops::Deref;

/// The name of the hidden field with the token.
pub const CSRF_FIELD: &str = "_csrf";

/// What a form sent: every field with its values, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(pub BTreeMap<String, Vec<String>>);

impl Values {
    /// The first value, without white space around it; empty where there is none.
    pub fn one(&self, name: &str) -> &str {
        self.0.get(name).and_then(|v| v.first()).map_or("", |v| v.trim())
    }
    /// The first value, where it is more than white space.
    pub fn opt(&self, name: &str) -> Option<&str> {
        Some(self.one(name)).filter(|v| !v.is_empty())
    }
    /// All values of the field.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], |v| v.as_slice())
    }
    /// Whether the field came at all, or, for a box, whether it was ticked.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
    /// The first value read as something else, where it can be.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.one(name).parse().ok()
    }
    /// Adds a value.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.entry(name.into()).or_default().push(value.into());
    }
    /// Puts a value in place of all others.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), vec![value.into()]);
    }
}

impl Deref for Values {
    type Target = BTreeMap<String, Vec<String>>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<BTreeMap<String, Vec<String>>> for Values {
    fn from(map: BTreeMap<String, Vec<String>>) -> Self {
        Values(map)
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Values {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        let mut values = Values::default();
        iter.into_iter().for_each(|(k, v)| values.push(k, v));
        values
    }
}

/// A form on its way back to the person: what they entered and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    /// What was entered.
    pub values: Values,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl FormState {
    /// A form to start with, filled in as far as known.
    pub fn new(values: Values) -> Self {
        FormState { values, errors: Vec::new() }
    }

    /// What was entered, together with the faults that `error` names. An error that is not about
    /// what was entered comes back, so that `?` can end the handler with it.
    pub fn refused(values: Values, error: Error) -> Result<Self, Error> {
        match error {
            Error::Invalid(errors) => Ok(FormState { values, errors }),
            Error::Refused { say, .. } | Error::Conflict(say) => {
                Ok(FormState { values, errors: vec![FieldError { field: String::new(), say }] })
            }
            other => Err(other),
        }
    }

    /// The first value of a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.0.get(name).and_then(|v| v.first()).map_or("", String::as_str)
    }

    /// What is wrong with a field, in the reader's language.
    pub fn error(&self, name: &str, locale: Locale) -> Option<&str> {
        self.errors.iter().find(|e| e.field == name).map(|e| e.say.to(locale))
    }
}
