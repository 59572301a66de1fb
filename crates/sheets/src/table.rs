//! Tables to write.

use crate::{CsvOut, XlsxOut};
use kernel::{Date, DateTime, Locale, Result, Text};

/// How the cells of a column look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// A date.
    Date,
    /// A date with the time of day, to the minute in XLSX and to the second in CSV.
    DateTime,
    /// A share: 0.953 is shown as 95.3%.
    Percent,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The heading.
    pub title: Text,
    /// The width in letters; a Chinese letter counts two. 0: as the heading needs.
    pub width: u16,
    /// How its cells look.
    pub kind: Kind,
}

impl Column {
    /// A column.
    pub fn new(zh: impl Into<String>, en: impl Into<String>, width: u16, kind: Kind) -> Self {
        Self { title: Text::new(zh, en), width, kind }
    }
}

/// One cell to write.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A whole number. Beyond 15 digits it is written as text, because spreadsheet programs would cut it.
    Int(i64),
    /// A number.
    Number(f64),
    /// A date.
    Date(Date),
    /// A date with the time of day.
    DateTime(DateTime),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Value::Int(n)
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Value::Number(x)
    }
}

impl From<Date> for Value {
    fn from(day: Date) -> Self {
        Value::Date(day)
    }
}

impl From<DateTime> for Value {
    fn from(at: DateTime) -> Self {
        Value::DateTime(at)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Empty, Into::into)
    }
}

impl Value {
    /// As plain text in a column of `kind`.
    pub fn shown(&self, kind: Kind) -> String {
        match self {
            Value::Empty => String::new(),
            Value::Text(text) => text.clone(),
            Value::Int(n) => n.to_string(),
            Value::Number(x) if !x.is_finite() => String::new(),
            Value::Number(x) if kind == Kind::Percent => format!("{:.1}%", x * 100.0),
            Value::Number(x) => crate::shown::general(*x),
            Value::Date(day) => day.to_string(),
            Value::DateTime(at) if kind == Kind::Date => at.date().to_string(),
            Value::DateTime(at) => {
                format!("{} {:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second())
            }
        }
    }
}

/// A table that is held in memory; for long ones use [`CsvOut`] and [`XlsxOut`] row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What it is: the sheet's name.
    pub title: Text,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// As CSV, see [`CsvOut`].
    pub fn to_csv(&self, locale: Locale) -> Result<Vec<u8>> {
        let mut out = CsvOut::new(Vec::new(), &self.columns, locale)?;
        for row in &self.rows {
            out.row(row)?;
        }
        out.finish()
    }

    /// As XLSX, see [`XlsxOut`].
    pub fn to_xlsx(&self, locale: Locale) -> Result<Vec<u8>> {
        let mut out = XlsxOut::new(&self.title, &self.columns, locale)?;
        for row in &self.rows {
            out.row(row)?;
        }
        out.finish()
    }
}
