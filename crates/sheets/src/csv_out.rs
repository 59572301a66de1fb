//! Text with commas that spreadsheet programs open well.
//!
//! UTF-8 with a byte order mark, so that Excel shows Chinese; lines end in CR LF (RFC 4180).
//!
//! **Formulas.** A program runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a return as a
//! formula, whoever wrote it. Text that begins so gets an apostrophe before it, which makes it text
//! again; text that begins with apostrophes and then such a sign gets one more. The reader of this crate
//! takes one away again, so that what was written is what is read. Numbers and dates get none.

use crate::table::{Column, Kind, Value};
use kernel::{Error, Locale, Result};
use std::io::Write;

/// Whether text would be run as a formula, apostrophes before it not counted.
fn risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Text that is not run as a formula.
pub(crate) fn guard(text: &str) -> std::borrow::Cow<'_, str> {
    if risky(text) { format!("'{text}").into() } else { text.into() }
}

/// What [`guard`] was given.
pub(crate) fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if risky(rest) => rest,
        _ => text,
    }
}

/// Writes a table as CSV, row after row.
#[derive(Debug)]
pub struct CsvOut<W: Write> {
    out: W,
    kinds: Vec<Kind>,
    delimiter: u8,
    line: String,
}

impl<W: Write> CsvOut<W> {
    /// Begins with the mark and the headings.
    pub fn new(out: W, columns: &[Column], locale: Locale) -> Result<Self> {
        Self::with_delimiter(out, columns, locale, b',')
    }

    /// With another delimiter: `;` or a tab.
    pub fn with_delimiter(out: W, columns: &[Column], locale: Locale, delimiter: u8) -> Result<Self> {
        let kinds = columns.iter().map(|c| c.kind).collect();
        let mut made = Self { out, kinds, delimiter, line: String::from("\u{feff}") };
        for (at, column) in columns.iter().enumerate() {
            made.field(at, &guard(column.title.to(locale)));
        }
        made.end()?;
        Ok(made)
    }

    /// One row; cells that are missing at its end are empty.
    pub fn row(&mut self, values: &[Value]) -> Result<()> {
        let width = self.kinds.len().max(values.len());
        for at in 0..width {
            let value = values.get(at).unwrap_or(&Value::Empty);
            let shown = value.shown(self.kinds.get(at).copied().unwrap_or(Kind::Text));
            match value {
                Value::Text(_) => self.field(at, &guard(&shown)),
                _ => self.field(at, &shown),
            }
        }
        self.end()
    }

    /// Hands back what was written to.
    pub fn finish(mut self) -> Result<W> {
        self.out.flush().map_err(Error::internal)?;
        Ok(self.out)
    }

    fn field(&mut self, at: usize, text: &str) {
        if at > 0 {
            self.line.push(self.delimiter as char);
        }
        // Quoted wherever any program could take a sign in it for a delimiter, not only ours; and a
        // single empty cell, because the line would be empty.
        let quote = text.contains([',', ';', '\t', '"', '\r', '\n'])
            || text.starts_with([' ', '\u{feff}'])
            || text.ends_with(' ')
            || (text.is_empty() && self.kinds.len() <= 1);
        if quote {
            self.line.push('"');
            self.line.push_str(&text.replace('"', "\"\""));
            self.line.push('"');
        } else {
            self.line.push_str(text);
        }
    }

    fn end(&mut self) -> Result<()> {
        self.line.push_str("\r\n");
        self.out.write_all(self.line.as_bytes()).map_err(Error::internal)?;
        self.line.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_come_back() {
        for text in ["=1+1", "+86 138", "-x", "@sum", "\tx", "\rx", "'=x", "''-x"] {
            let safe = guard(text);
            assert!(safe.starts_with('\''), "{text:?}");
            assert_eq!(unguard(&safe), text);
        }
        for text in ["", "x", "'x", "''", "5-1", "路灯"] {
            assert_eq!(guard(text), text);
            assert_eq!(unguard(text), text);
        }
    }

    #[test]
    fn numbers_stay_numbers() {
        let columns = [Column::new("甲", "A", 0, Kind::Number), Column::new("乙", "B", 0, Kind::Percent)];
        let mut out = CsvOut::new(Vec::new(), &columns, Locale::En).unwrap();
        out.row(&[Value::Int(-5), Value::Number(0.9534)]).unwrap();
        out.row(&[Value::Text("-5".into())]).unwrap();
        assert_eq!(out.finish().unwrap(), "\u{feff}A,B\r\n-5,95.3%\r\n'-5,\r\n".as_bytes());
    }
}
