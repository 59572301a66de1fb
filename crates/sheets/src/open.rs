//! What kind of file it is, and its sheets as plain rows.

use crate::cell::Cell;
use crate::{text, xl};
use kernel::{Error, Result, Say};
use std::path::Path;
use std::sync::Arc;

/// The largest file that is opened, in bytes.
const MAX_FILE: u64 = 200 << 20;
/// The most cells that are kept, so that a file made to hurt cannot fill the memory.
const MAX_CELLS: usize = 8_000_000;
/// The most text that is kept, in bytes.
const MAX_TEXT: usize = 512 << 20;

/// What kind of file was read; a file of refused rows is written as the same kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// Excel 2007 and later.
    Xlsx,
    /// Excel 97 to 2003.
    Xls,
    /// OpenDocument.
    Ods,
    /// Text with delimiters.
    Csv {
        /// `,`, `;` or a tab.
        delimiter: u8,
        /// The name of the encoding that was found.
        encoding: &'static str,
    },
}

impl Format {
    /// How the name of a file of refused rows ends: `csv` for text, `xlsx` for all others.
    pub fn ending(&self) -> &'static str {
        match self {
            Format::Csv { .. } => "csv",
            _ => "xlsx",
        }
    }
}

/// One row that has at least one cell with text.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetRow {
    /// The number that the spreadsheet program shows beside it, from 1.
    pub number: u32,
    /// Column (from 0) and cell, from left to right, empty cells left out.
    pub cells: Vec<(u32, Cell)>,
}

impl SheetRow {
    /// The cell in a column (from 0).
    pub fn at(&self, column: u32) -> Option<&Cell> {
        self.cells.binary_search_by_key(&column, |(c, _)| *c).ok().map(|i| &self.cells[i].1)
    }

    /// The text in a column, empty where there is none.
    pub fn text(&self, column: u32) -> &str {
        self.at(column).map_or("", |c| &c.text)
    }
}

/// One sheet.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The name on its tab.
    pub name: String,
    /// Whether it can be seen in the spreadsheet program.
    pub visible: bool,
    /// The rows that have text.
    pub rows: Arc<Vec<SheetRow>>,
    /// Merged areas: first row, first column, last row, last column, from 0.
    pub(crate) merges: Vec<(u32, u32, u32, u32)>,
}

/// A file that was opened.
#[derive(Clone, Debug)]
pub struct Workbook {
    /// The name it was given, for messages.
    pub name: String,
    /// What kind of file it is.
    pub format: Format,
    /// Its sheets in their order.
    pub sheets: Vec<Sheet>,
    /// What the person should know, such as letters that could not be read.
    pub notes: Vec<Say>,
}

/// Opens a file from disk. [`Error::NotFound`] where there is none; refusals as [`open_bytes`].
pub fn open(path: impl AsRef<Path>) -> Result<Workbook> {
    let path = path.as_ref();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let size = match std::fs::metadata(path) {
        Ok(meta) => meta.len(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(Error::NotFound),
        Err(e) => return Err(unreadable(&name, e)),
    };
    if size > MAX_FILE {
        return Err(too_big());
    }
    let bytes = std::fs::read(path).map_err(|e| unreadable(&name, e))?;
    open_bytes(&bytes, &name)
}

/// Opens a file that was uploaded. What it is shows from its content, not from its name.
/// Refused: `sheet-too-big`, `sheet-locked` (a password), `sheet-unreadable`, `sheet-empty`.
pub fn open_bytes(bytes: &[u8], name: &str) -> Result<Workbook> {
    if bytes.len() as u64 > MAX_FILE {
        return Err(too_big());
    }
    // The libraries that take binary files apart are good, but a broken file is outside input:
    // whatever it makes them do, it ends as an answer to the person.
    let read = std::panic::AssertUnwindSafe(|| match bytes {
        [b'P', b'K', ..] => xl::zipped(bytes),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => xl::old(bytes),
        _ => text::read(bytes),
    });
    let read = std::panic::catch_unwind(read).unwrap_or_else(|_| Err(not_a_sheet(name)));
    let (format, sheets, notes) = read.map_err(|e| match e {
        // Why the library would not take it says nothing to whoever sent it.
        Error::Refused { code: "sheet-unreadable", .. } => not_a_sheet(name),
        e => e,
    })?;
    // Any text is a table of one column; under the name of a workbook it is none, only renamed.
    let text = matches!(format, Format::Csv { .. });
    if text && is_workbook(name) && sheets.iter().all(|s| s.rows.iter().all(|r| r.cells.len() < 2)) {
        return Err(not_a_sheet(name));
    }
    if sheets.iter().all(|s| s.rows.is_empty()) {
        return Err(Error::refused(
            "sheet-empty",
            "表格里没有内容。",
            "There is nothing in this spreadsheet.",
        ));
    }
    Ok(Workbook { name: name.to_owned(), format, sheets, notes })
}

/// What a reader of one kind of file gives back.
pub(crate) type Opened = Result<(Format, Vec<Sheet>, Vec<Say>)>;

pub(crate) fn too_big() -> Error {
    Error::refused(
        "sheet-too-big",
        "表格太大，请分成几个文件再导入。",
        "This spreadsheet is too big; please split it into several files.",
    )
}

/// Whether a name says that the file is a workbook.
fn is_workbook(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".xlsx", ".xlsm", ".xls", ".et", ".ods"].iter().any(|end| name.ends_with(end))
}

/// What is in the file is no table, whatever it is called.
fn not_a_sheet(name: &str) -> Error {
    Error::refused(
        "sheet-unreadable",
        format!(
            "“{name}”不是 Excel 文件，也不是别的表格，或者已经损坏。请用电子表格软件打开原来的表，另存为 .xlsx 或 .csv 后再试。"
        ),
        format!(
            "“{name}” is not an Excel file or any other spreadsheet, or it is damaged. Please open the original in a spreadsheet program, save it as .xlsx or .csv and try again."
        ),
    )
}

pub(crate) fn unreadable(what: &str, why: impl std::fmt::Display) -> Error {
    Error::refused(
        "sheet-unreadable",
        format!("文件“{what}”读不出来（{why}）。请用电子表格软件打开，另存为 .xlsx 后再试。"),
        format!(
            "The file “{what}” cannot be read ({why}). Please open it in a spreadsheet program, save it as .xlsx and try again."
        ),
    )
}

/// Gathers cells within the limits and makes rows of them.
#[derive(Default)]
pub(crate) struct Gather {
    cells: Vec<(u32, u32, Cell)>,
    spent_cells: usize,
    spent_text: usize,
}

impl Gather {
    /// Takes one cell at (row, column) from 0; cells without text are left out.
    pub(crate) fn push(&mut self, row: u32, column: u32, cell: Cell) -> Result<()> {
        if cell.text.is_empty() {
            return Ok(());
        }
        self.spent_cells += 1;
        self.spent_text += cell.text.len();
        if self.spent_cells > MAX_CELLS || self.spent_text > MAX_TEXT || row >= 1 << 24 {
            return Err(too_big());
        }
        self.cells.push((row, column, cell));
        Ok(())
    }

    /// The rows so far; the limits go on counting over all sheets of a file.
    pub(crate) fn rows(&mut self) -> Arc<Vec<SheetRow>> {
        let mut cells = std::mem::take(&mut self.cells);
        // Files list their cells in order; one that does not is put in order, the later cell wins.
        if !cells.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)) {
            cells.reverse();
            cells.sort_by_key(|(r, c, _)| (*r, *c));
            cells.dedup_by_key(|(r, c, _)| (*r, *c));
        }
        let mut rows: Vec<SheetRow> = Vec::new();
        for (row, column, cell) in cells {
            match rows.last_mut() {
                Some(last) if last.number == row + 1 => last.cells.push((column, cell)),
                _ => rows.push(SheetRow { number: row + 1, cells: vec![(column, cell)] }),
            }
        }
        Arc::new(rows)
    }
}

/// The letters over a column: 0 is `A`, 26 is `AA`.
pub fn letters(column: u32) -> String {
    let mut out = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        out.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    out.iter().rev().map(|&b| b as char).collect()
}

/// The column of letters, from 0.
pub(crate) fn column_of(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 4 {
        return None;
    }
    letters
        .chars()
        .try_fold(0u32, |sum, c| {
            let c = c.to_ascii_uppercase();
            c.is_ascii_uppercase().then(|| sum * 26 + (c as u32 - 'A' as u32 + 1))
        })
        .map(|n| n - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (n, want) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")] {
            assert_eq!(letters(n), want);
            assert_eq!(column_of(want), Some(n));
        }
        assert_eq!(column_of("1"), None);
    }

    #[test]
    fn cells_out_of_order_are_put_in_order() {
        let mut gather = Gather::default();
        for (r, c, t) in [(4, 1, "d"), (0, 0, "a"), (4, 0, "old"), (4, 0, "c"), (2, 0, "")] {
            gather.push(r, c, Cell::text(t)).unwrap();
        }
        let rows = gather.rows();
        assert_eq!(rows.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 5]);
        assert_eq!((rows[1].text(0), rows[1].text(1), rows[1].text(2)), ("c", "d", ""));
    }
}
