//! A sheet read: its headings, its rows, and what was left out.

use crate::cell::{Cell, trim};
use crate::column::moved;
use crate::map::Map;
use crate::open::{Format, Sheet, SheetRow, Workbook, letters};
use crate::place::{self, LOOK};
use crate::recognise::{Headings, Recogniser};
use kernel::{Error, Result, Say};
use std::sync::Arc;

/// A row of the sheet that is not handed over as a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// The number that the spreadsheet program shows.
    pub number: u32,
    /// The text of its cells.
    pub text: String,
    /// Why.
    pub why: Say,
}

/// A column as a person is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnLine {
    /// The column, from 0, as `#A` of a map file counts.
    pub column: u32,
    /// Its letters in the spreadsheet program.
    pub letters: String,
    /// The heading, or its letters where it has none.
    pub label: String,
    /// The first cell that is not empty, shortened.
    pub example: String,
    /// The field it is used for; none where it stays in the original row only.
    pub field: Option<String>,
    /// What it might be, where nothing is sure.
    pub suggestion: Option<String>,
}

/// How much of a cell an example shows, in characters.
const EXAMPLE: usize = 24;

/// A sheet whose heading was found.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The name of the sheet; empty for text files.
    pub sheet: String,
    /// What kind of file it came from.
    pub format: Format,
    /// The first and last row of the heading as the spreadsheet program numbers them.
    pub heading_rows: (u32, u32),
    /// What is known about the columns.
    pub headings: Headings,
    /// Titles, sums, signatures: every row with text that is not handed over. Rows without text are not listed.
    pub skipped: Vec<Skipped>,
    /// What the person should know: from the file, and conflicts between columns.
    pub notes: Vec<Say>,
    rows: Arc<Vec<SheetRow>>,
    data: Vec<usize>,
    map: Map,
}

impl Workbook {
    /// Finds the sheet and its heading (see the crate's `place`) and recognises the columns. Of several
    /// sheets the one recognised best, and of those alike the longest; hidden sheets only where no other is left.
    /// Refused: `heading-not-found`; a map that names a sheet, field or heading that there is not.
    pub fn read(&self, known: &Recogniser, map: Option<&Map>) -> Result<Reading> {
        let wanted = map.and_then(|m| m.sheet.as_deref());
        let visible = self.sheets.iter().any(|s| s.visible && !s.rows.is_empty());
        let sheets: Vec<&Sheet> = match wanted {
            // A text file has one sheet and no name for it.
            Some(name) if self.sheets.iter().any(|s| !s.name.is_empty() && !place::is_refused(s)) => {
                self.sheets.iter().filter(|s| s.name.trim() == name.trim()).collect()
            }
            _ => self.sheets.iter().filter(|s| !s.rows.is_empty() && (s.visible || !visible)).collect(),
        };
        if sheets.is_empty() {
            let (name, have) = (wanted.unwrap_or_default(), self.names());
            return Err(Error::field(
                "map",
                format!("没有名为“{name}”的工作表，现有：{have}。"),
                format!("There is no sheet named “{name}”; there are: {have}."),
            ));
        }
        let mut best: Option<(&Sheet, place::Place)> = None;
        for sheet in sheets {
            if let Some(place) = place::find(sheet, known, map)? {
                let better = best
                    .as_ref()
                    .is_none_or(|(s, p)| (place.weight, sheet.rows.len()) > (p.weight, s.rows.len()));
                if better {
                    best = Some((sheet, place));
                }
            }
        }
        let (sheet, place) = best.ok_or_else(|| no_heading(map.and_then(|m| m.heading_row)))?;
        self.reading(sheet, place, known, map)
    }

    fn names(&self) -> String {
        self.sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn reading(
        &self,
        sheet: &Sheet,
        mut place: place::Place,
        known: &Recogniser,
        map: Option<&Map>,
    ) -> Result<Reading> {
        let rows = Arc::clone(&sheet.rows);
        let mut skipped = Vec::new();
        let mut data = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            if row.cells.iter().all(|(_, c)| c.is_blank()) {
                continue;
            }
            match place::not_a_row(&rows, at, &place) {
                Some(why) => {
                    let text: Vec<&str> =
                        row.cells.iter().map(|(_, c)| trim(&c.text)).filter(|t| !t.is_empty()).collect();
                    skipped.push(Skipped { number: row.number, text: text.join(" "), why });
                }
                None => data.push(at),
            }
        }
        // Columns with content but without a heading are columns too.
        let mut columns: Vec<u32> = place.texts.iter().map(|(c, _)| *c).collect();
        for &at in &data {
            for (column, cell) in &rows[at].cells {
                if let Err(slot) = columns.binary_search(column)
                    && !cell.is_blank()
                {
                    columns.insert(slot, *column);
                    place.texts.insert(slot, (*column, String::new()));
                }
            }
        }
        let headings = known.headings(&place.texts, map)?;
        let mut notes = self.notes.clone();
        notes.extend(headings.conflicts.iter().map(|c| c.say.clone()));
        Ok(Reading {
            sheet: sheet.name.clone(),
            format: self.format.clone(),
            heading_rows: (rows[place.first].number, rows[place.last].number),
            headings,
            skipped,
            notes,
            data,
            rows,
            map: map.cloned().unwrap_or_default(),
        })
    }
}

/// No row can be the heading, or that one cannot which was said to be.
fn no_heading(said: Option<u32>) -> Error {
    match said {
        Some(row) => Error::refused(
            "heading-not-found",
            format!("第 {row} 行没有内容，不能是标题行。请改填标题所在那一行的行号。"),
            format!(
                "There is nothing in row {row}, so the heading is not there. Give the number of the row that holds it."
            ),
        ),
        None => Error::refused(
            "heading-not-found",
            format!("前 {LOOK} 行里没有找到标题行（像“编号、姓名、内容”这样的一行）。请指明标题在第几行。"),
            format!(
                "No heading (a row like “number, name, content”) was found in the first {LOOK} rows. Say which row holds it."
            ),
        ),
    }
}

impl Reading {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The rows from top to bottom.
    pub fn rows(&self) -> Rows<'_> {
        Rows { reading: self, next: 0 }
    }

    /// The columns from left to right, but for that of the reasons in a file of refused rows.
    pub fn lines(&self) -> Vec<ColumnLine> {
        let moved = moved(&self.headings.columns);
        let columns = self.headings.columns.iter().filter(|h| !h.ignored);
        columns
            .map(|h| ColumnLine {
                column: h.column.saturating_sub(moved),
                letters: letters(h.column),
                label: h.label(),
                example: self.example(h.column),
                field: h.field.as_ref().map(|m| m.field.clone()),
                suggestion: h.suggestion.as_ref().map(|m| m.field.clone()),
            })
            .collect()
    }

    fn example(&self, column: u32) -> String {
        let texts = self.data.iter().map(|at| trim(self.rows[*at].text(column)));
        let text = texts.into_iter().find(|t| !t.is_empty()).unwrap_or("");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.chars().count() {
            n if n > EXAMPLE => text.chars().take(EXAMPLE - 1).chain(['…']).collect(),
            _ => text,
        }
    }

    /// The map that was used; the empty one where there was none.
    pub fn map(&self) -> &Map {
        &self.map
    }
}

/// The rows of a [`Reading`].
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    reading: &'a Reading,
    next: usize,
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        let at = *self.reading.data.get(self.next)?;
        self.next += 1;
        let row = &self.reading.rows[at];
        Some(Row { number: row.number, reading: self.reading, row })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.reading.data.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Rows<'_> {}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The number that the spreadsheet program shows beside it, from 1.
    pub number: u32,
    reading: &'a Reading,
    row: &'a SheetRow,
}

impl<'a> Row<'a> {
    /// What is taken for a field: the cell's text without spaces at its ends, put into other words where
    /// the map says so, the map's default where the cell is empty; empty where there is nothing.
    pub fn get(&self, field: &str) -> &'a str {
        let map = &self.reading.map;
        match self.raw(field) {
            "" => map.defaults.get(field).map_or("", String::as_str),
            text => map.value(field, text),
        }
    }

    /// The cell's text without spaces at its ends, untouched by the map.
    pub fn raw(&self, field: &str) -> &'a str {
        self.cell(field).map_or("", |c| trim(&c.text))
    }

    /// The cell of a field, where it is not empty.
    pub fn cell(&self, field: &str) -> Option<&'a Cell> {
        self.row.at(self.reading.headings.of(field)?.column)
    }

    /// The column that a field is taken from.
    pub(crate) fn column(&self, field: &str) -> Option<u32> {
        self.reading.headings.of(field).map(|h| h.column)
    }

    /// The row as it stands in the sheet: heading and exact text of every column, empty ones too.
    pub fn original(&self) -> Vec<(String, String)> {
        self.columns().map(|h| (h.label(), self.row.text(h.column).to_owned())).collect()
    }

    /// Column (from 0) and exact text, empty cells left out.
    pub(crate) fn cells(&self) -> Vec<(u32, String)> {
        self.columns().filter_map(|h| self.row.at(h.column).map(|c| (h.column, c.text.clone()))).collect()
    }

    fn columns(&self) -> impl Iterator<Item = &'a crate::recognise::Heading> {
        self.reading.headings.columns.iter().filter(|h| !h.ignored)
    }
}
