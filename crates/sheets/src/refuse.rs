//! Rows that were refused, as a file that can be corrected and read again.

use crate::cell::trim;
use crate::normal::normal;
use crate::open::Format;
use crate::reading::{Reading, Row};
use crate::table::{Column, Kind, Value};
use crate::{CsvOut, XlsxOut};
use kernel::{Locale, Result, Say, Text};

/// The heading of the first column of the file. [`crate::Recogniser`] passes over it.
pub const REASON: &str = "退回原因/Reason";

/// Whether a heading is the one of the column of reasons.
pub(crate) fn is_reason(heading: &str) -> bool {
    matches!(normal(trim(heading)).as_str(), "退回原因reason" | "退回原因")
}

/// One row that was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Its number in the sheet it came from.
    pub number: u32,
    /// Column (from 0) and exact text.
    pub cells: Vec<(u32, String)>,
    /// What is wrong with it; at least one.
    pub reasons: Vec<Say>,
}

/// Gathers refused rows of one [`Reading`].
///
/// The file has the same headings in the same columns, moved to the right by one, and first the reason
/// with the old row number. Headings over two rows become one row, `诉求人/姓名`, which is recognised
/// in the same way; every cell is text, exactly as it was.
#[derive(Clone, Debug)]
pub struct Refusals {
    headings: Vec<(u32, String)>,
    moved: u32,
    format: Format,
    /// The rows, in the order in which they were refused.
    pub rows: Vec<Refused>,
}

impl Refusals {
    /// None yet.
    pub fn new(reading: &Reading) -> Self {
        let columns = || reading.headings.columns.iter().filter(|h| !h.ignored);
        // A corrected file that is refused again has its columns where the first one had them.
        let moved = u32::from(reading.headings.columns.first().is_some_and(|h| h.column == 0 && h.ignored));
        Self {
            headings: columns().map(|h| (h.column, h.text.clone())).collect(),
            moved,
            format: reading.format.clone(),
            rows: Vec::new(),
        }
    }

    /// Takes a row with what is wrong.
    pub fn push(&mut self, row: &Row<'_>, reasons: Vec<Say>) {
        self.rows.push(Refused { number: row.number, cells: row.cells(), reasons });
    }

    /// The same, where the row's own cells stood in a merged cell of a row above: what that says is written into the
    /// empty cells of these fields, or the row would say less by itself than it did in its place.
    pub fn push_filled(&mut self, row: &Row<'_>, reasons: Vec<Say>, above: &[(&str, &str)]) {
        let mut cells = row.cells();
        for (field, text) in
            above.iter().filter(|(field, text)| !text.is_empty() && row.raw(field).is_empty())
        {
            if let Some(column) = row.column(field) {
                cells.retain(|(c, _)| *c != column);
                cells.push((column, (*text).to_owned()));
            }
        }
        self.rows.push(Refused { number: row.number, cells, reasons });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How the file's name ends: `csv` where the input was text, otherwise `xlsx`.
    pub fn ending(&self) -> &'static str {
        self.format.ending()
    }

    /// The file. The same rows give the same bytes.
    pub fn to_bytes(&self, locale: Locale) -> Result<Vec<u8>> {
        let width = self.headings.iter().map(|(c, _)| c + 1 - self.moved).max().unwrap_or(0) as usize;
        let place = |cells: &[(u32, String)], first: String| {
            let mut out = vec![String::new(); width + 1];
            out[0] = first;
            for (column, text) in cells {
                if let Some(slot) = out.get_mut((column + 1 - self.moved) as usize) {
                    slot.clone_from(text);
                }
            }
            out
        };
        let columns: Vec<Column> = place(&self.headings, REASON.to_owned())
            .into_iter()
            .enumerate()
            .map(|(at, text)| Column {
                title: Text::new(text.clone(), text),
                width: if at == 0 { 40 } else { 16 },
                kind: Kind::Text,
            })
            .collect();
        let rows = self.rows.iter().map(|row| {
            let reasons: Vec<&str> = row.reasons.iter().map(|r| r.to(locale)).collect();
            let first = match locale {
                Locale::Zh => format!("第 {} 行：{}", row.number, reasons.join("；")),
                Locale::En => format!("Row {}: {}", row.number, reasons.join("; ")),
            };
            place(&row.cells, first).into_iter().map(Value::Text).collect::<Vec<_>>()
        });
        match &self.format {
            Format::Csv { delimiter, .. } => {
                let mut out = CsvOut::with_delimiter(Vec::new(), &columns, locale, *delimiter)?;
                for row in rows {
                    out.row(&row)?;
                }
                out.finish()
            }
            _ => {
                let title = Text::new("退回的行", "Refused rows");
                let mut out = XlsxOut::new(&title, &columns, locale)?;
                for row in rows {
                    out.row(&row)?;
                }
                out.finish()
            }
        }
    }
}
