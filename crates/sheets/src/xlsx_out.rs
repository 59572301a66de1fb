//! Excel files, written row by row.
//!
//! Rows go to a temporary file as they come (in clear, removed when the writer goes, readable by this
//! account only), so that a hundred thousand of them need no memory. The same input gives the same
//! bytes: the creation date in the file's properties is always the same, and means nothing.

use crate::table::{Column, Kind, Value};
use kernel::{Date, DateTime, Error, Locale, Result, Text};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError,
};
use std::io::{Seek, Write};

/// The most letters (UTF-16 units) that a cell can hold.
const MAX_CELL: usize = 32_767;
/// The most rows of a sheet, heading included.
const MAX_ROWS: u32 = 1_048_576;

/// Writes a table as XLSX: heading styled, frozen and with a filter; real numbers and dates.
///
/// A table longer than a sheet goes on in a second one. Text longer than a cell holds is cut and ends
/// in `…`; [`XlsxOut::cut`] says how often.
pub struct XlsxOut {
    book: Workbook,
    title: String,
    columns: Vec<(String, f64, Kind)>,
    formats: Formats,
    sheet: usize,
    row: u32,
    limit: u32,
    cut: usize,
}

struct Formats {
    head: Format,
    text: Format,
    date: Format,
    time: Format,
    percent: Format,
}

fn fault(e: XlsxError) -> Error {
    Error::internal(e)
}

impl XlsxOut {
    /// Begins a file with the heading.
    pub fn new(title: &Text, columns: &[Column], locale: Locale) -> Result<Self> {
        Self::with_limit(title, columns, locale, MAX_ROWS)
    }

    fn with_limit(title: &Text, columns: &[Column], locale: Locale, limit: u32) -> Result<Self> {
        let mut book = Workbook::new();
        let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(fault)?;
        let title = title.to(locale).to_owned();
        book.set_properties(&DocProperties::new().set_title(title.as_str()).set_creation_datetime(&made));
        let columns = columns
            .iter()
            .map(|c| {
                let text = c.title.to(locale).to_owned();
                // The arrow of the filter takes room beside the heading.
                let needs = width(&text) + 3;
                let wide = usize::from(c.width).max(if c.width == 0 { needs } else { needs.min(20) });
                (text, wide.min(200) as f64, c.kind)
            })
            .collect();
        let base = || Format::new().set_align(FormatAlign::Top);
        let formats = Formats {
            head: Format::new()
                .set_bold()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0xE8_ECF4))
                .set_border_bottom(FormatBorder::Thin),
            text: base(),
            date: base().set_num_format("yyyy-mm-dd"),
            time: base().set_num_format("yyyy-mm-dd hh:mm"),
            percent: base().set_num_format("0.0%"),
        };
        let mut out = Self { book, title, columns, formats, sheet: 0, row: 0, limit, cut: 0 };
        out.begin_sheet()?;
        Ok(out)
    }

    /// One row; cells beyond the columns are left out.
    pub fn row(&mut self, values: &[Value]) -> Result<()> {
        if self.row >= self.limit {
            self.end_sheet()?;
            self.sheet += 1;
            self.begin_sheet()?;
        }
        let (row, f) = (self.row, &self.formats);
        let sheet = self.book.worksheet_from_index(self.sheet).map_err(fault)?;
        for (at, (value, (_, _, kind))) in values.iter().zip(&self.columns).enumerate() {
            let column = at as u16;
            let plain = if *kind == Kind::Percent { &f.percent } else { &f.text };
            let text = |text: &str| {
                let (safe, was_cut) = fit(text);
                (safe, usize::from(was_cut))
            };
            let done = match value {
                Value::Empty => continue,
                Value::Number(x) if !x.is_finite() => continue,
                Value::Text(t) if t.is_empty() => continue,
                Value::Number(x) => sheet.write_number_with_format(row, column, *x, plain),
                Value::Int(n) if n.unsigned_abs() < 1_000_000_000_000_000 => {
                    sheet.write_number_with_format(row, column, *n as f64, plain)
                }
                Value::Date(day) if serial(day.at(0, 0, 0, 0)).is_some() => {
                    let at = serial(day.at(0, 0, 0, 0)).unwrap_or_default();
                    sheet.write_number_with_format(row, column, at, &f.date)
                }
                Value::DateTime(at) if serial(*at).is_some() => {
                    let (at, format) = match kind {
                        Kind::Date => (serial(at.date().at(0, 0, 0, 0)), &f.date),
                        _ => (serial(*at), &f.time),
                    };
                    sheet.write_number_with_format(row, column, at.unwrap_or_default(), format)
                }
                other => {
                    let (safe, was_cut) = text(&other.shown(*kind));
                    self.cut += was_cut;
                    sheet.write_string_with_format(row, column, safe, &f.text)
                }
            };
            done.map_err(fault)?;
        }
        self.row += 1;
        Ok(())
    }

    /// How many texts were too long for a cell and were cut.
    pub fn cut(&self) -> usize {
        self.cut
    }

    /// The file as bytes.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        self.end_sheet()?;
        self.book.save_to_buffer().map_err(fault)
    }

    /// The file written to `out`, for what is too long to hold.
    pub fn finish_to(mut self, out: impl Write + Seek + Send) -> Result<()> {
        self.end_sheet()?;
        self.book.save_to_writer(out).map_err(fault)
    }

    fn begin_sheet(&mut self) -> Result<()> {
        let name = tab(&self.title, self.sheet);
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(fault)?;
        sheet.set_name(name).map_err(fault)?;
        sheet.set_freeze_panes(1, 0).map_err(fault)?;
        for (at, (_, wide, _)) in self.columns.iter().enumerate() {
            sheet.set_column_width(at as u16, *wide).map_err(fault)?;
        }
        sheet.set_row_height(0, 22).map_err(fault)?;
        for (at, (title, _, _)) in self.columns.iter().enumerate() {
            sheet.write_string_with_format(0, at as u16, fit(title).0, &self.formats.head).map_err(fault)?;
        }
        self.row = 1;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<()> {
        if self.columns.is_empty() {
            return Ok(());
        }
        let last = self.columns.len() as u16 - 1;
        let sheet = self.book.worksheet_from_index(self.sheet).map_err(fault)?;
        sheet.autofilter(0, 0, self.row - 1, last).map_err(fault)?;
        Ok(())
    }
}

/// The day as this kind of file counts them: 1 is 1 January 1900, and a 29 February 1900 that never
/// was is counted too. `None` before March 1900 and after 9999.
fn serial(at: DateTime) -> Option<f64> {
    let zero = Date::new(1899, 12, 30).ok()?;
    let days = (at.date() - zero).get_days();
    let t = at.time();
    let seconds = i32::from(t.hour()) * 3600 + i32::from(t.minute()) * 60 + i32::from(t.second());
    (days > 60 && at.year() <= 9999).then(|| f64::from(days) + f64::from(seconds) / 86_400.0)
}

/// Text as a cell can hold it, and whether it had to be cut.
fn fit(text: &str) -> (String, bool) {
    let units: usize = text.chars().map(char::len_utf16).sum();
    let mut left = MAX_CELL - 1;
    let cut = units > MAX_CELL;
    let kept: String = if cut {
        text.chars()
            .take_while(|c| {
                let fits = c.len_utf16() <= left;
                left = left.saturating_sub(c.len_utf16());
                fits
            })
            .chain(['…'])
            .collect()
    } else {
        text.to_owned()
    };
    (kept, cut)
}

/// A name that a tab may have: at most 31 letters, without the signs that are forbidden.
fn tab(title: &str, number: usize) -> String {
    let clean: String = title.chars().filter(|c| !"[]:*?/\\'".contains(*c) && !c.is_control()).collect();
    let tail = if number == 0 { String::new() } else { format!(" {}", number + 1) };
    let mut left = 31 - tail.len();
    let head: String = clean
        .trim()
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    let head =
        if head.is_empty() || head.eq_ignore_ascii_case("history") { "Sheet".to_owned() } else { head };
    format!("{head}{tail}")
}

/// The width of a text: a Chinese letter counts two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c as u32 > 0x2e7f { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open_bytes;

    #[test]
    fn tabs_have_names_that_are_allowed() {
        assert_eq!(tab("台账[2019/3]:全部?", 0), "台账20193全部");
        assert_eq!(tab("", 0), "Sheet");
        assert_eq!(tab(&"长".repeat(40), 1), format!("{} 2", "长".repeat(29)));
    }

    #[test]
    fn days_are_counted_as_the_program_counts_them() {
        let day = |y, m, d| Date::new(y, m, d).unwrap().at(12, 0, 0, 0);
        assert_eq!(serial(day(2019, 2, 28)), Some(43524.5));
        assert_eq!(serial(day(1900, 3, 1)), Some(61.5));
        assert_eq!(serial(day(1900, 2, 28)), None);
    }

    #[test]
    fn a_long_table_goes_on_in_a_second_sheet() {
        let title = Text::new("长表", "Long");
        let columns = [Column::new("甲", "A", 0, Kind::Number)];
        let mut out = XlsxOut::with_limit(&title, &columns, Locale::Zh, 3).unwrap();
        for n in 0..5 {
            out.row(&[Value::Int(n)]).unwrap();
        }
        let book = open_bytes(&out.finish().unwrap(), "x").unwrap();
        let rows: Vec<(String, usize)> = book.sheets.iter().map(|s| (s.name.clone(), s.rows.len())).collect();
        assert_eq!(rows, [("长表".into(), 3), ("长表 2".into(), 3), ("长表 3".into(), 2)]);
    }

    #[test]
    fn what_is_too_long_is_cut_and_counted() {
        let columns = [Column::new("甲", "A", 0, Kind::Text)];
        let mut out = XlsxOut::new(&Text::new("甲", "A"), &columns, Locale::Zh).unwrap();
        out.row(&[Value::Text("长".repeat(40_000))]).unwrap();
        out.row(&[Value::Text("长".repeat(32_767))]).unwrap();
        assert_eq!(out.cut(), 1);
        let book = open_bytes(&out.finish().unwrap(), "x").unwrap();
        let texts: Vec<usize> = book.sheets[0].rows.iter().map(|r| r.text(0).chars().count()).collect();
        assert_eq!(texts, [1, 32_767, 32_767]);
    }
}
