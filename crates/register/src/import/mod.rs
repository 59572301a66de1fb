//! Units, accounts and households out of the spreadsheets that people have.
//!
//! ```text
//! Workbook ─▶ rows ─▶ plan: new, changed, known already, refused with reasons ─▶ look at it (dry run)
//!                                      └─▶ one transaction writes all that is not refused
//! ```
//!
//! What is refused goes into a file that can be corrected and imported again; what went in before is
//! recognised (a unit by its code, or by its name under the same unit above; an account by its
//! sign-in name), so the same file twice changes nothing. The plan is made against one state of the
//! register and is not written when that state has changed meanwhile.

mod accounts;
mod families;
mod grow;
mod households;
mod outlines;
mod read;
mod relations;
mod tags;
mod units;
mod whose;

pub use accounts::import_accounts;
pub use households::{Around, import_households};
pub use outlines::{Outlines, import_outlines};
pub use tags::{household_columns, tag_columns};
pub use units::import_units;
pub use whose::unit_said;

use crate::households::BASIS;
use access::Site;
use kernel::{Date, Error, Result, Say, Text, UnitId};
use sheets::{Reading, Refusals, Skipped};

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which column is which field; found by the headings where there is none.
    pub map: Option<sheets::Map>,
    /// Only say what would be done.
    pub dry_run: bool,
    /// What is said for every row of a list of households.
    pub all: ForAll,
}

/// What whoever imports a list of households says for all of its rows, where a row does not say it itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForAll {
    /// Where all of them are: a grid, or a unit above grids that the rows name.
    pub unit: Option<UnitId>,
    /// Since when marks hold.
    pub marked: Option<Date>,
    /// On what marks and households rest.
    pub basis: Option<String>,
}

impl ForAll {
    /// Without spaces around and what is empty, where it can be taken.
    ///
    /// Errors: at the fields `unit`, `marked` and `basis`.
    pub fn checked(&self, site: &Site) -> Result<ForAll> {
        let basis = self.basis.as_deref().map(str::trim).filter(|b| !b.is_empty()).map(str::to_owned);
        if let Some(unit) = self.unit {
            whose::area(site, &crate::directory(site), unit)?;
        }
        if self.marked.is_some_and(|d| d > site.today()) {
            return Err(Error::field("marked", "日期不能晚于今天。", "The date cannot lie in the future."));
        }
        if basis.as_ref().is_some_and(|b| b.chars().count() > BASIS) {
            return Err(Error::field(
                "basis",
                format!("依据最多 {BASIS} 字。"),
                format!("A basis has at most {BASIS} characters."),
            ));
        }
        Ok(ForAll { basis, ..self.clone() })
    }
}

/// Told how many steps are done of how many.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// What came, or would come, of an import. Every row of the sheet is in exactly one of the counts,
/// in `refused`, or in `skipped`.
#[derive(Clone, Debug)]
pub struct Report {
    /// The sheet that was read.
    pub sheet: String,
    /// The first and last row of the heading.
    pub heading_rows: (u32, u32),
    /// Each column and the field it was taken for.
    pub columns: Vec<(String, Option<String>)>,
    /// What to know about the file.
    pub notes: Vec<Say>,
    /// Rows that are no data: titles, sums.
    pub skipped: Vec<Skipped>,
    /// Rows in all.
    pub rows: usize,
    /// Rows that add something.
    pub added: usize,
    /// Rows that complete what is known.
    pub changed: usize,
    /// Rows that say nothing new.
    pub known: usize,
    /// Rows that cannot be taken.
    pub refused: Refusals,
    /// The first rows that add or change something, in words.
    pub preview: Vec<(u32, Say)>,
    /// First passwords of new accounts, to be handed over; they are kept nowhere else.
    pub passwords: Vec<FirstPassword>,
    /// Whether it was only looked at.
    pub dry_run: bool,
}

/// A first password to hand over.
#[derive(Clone, PartialEq, Eq)]
pub struct FirstPassword {
    /// The sign-in name.
    pub login: String,
    /// Whose.
    pub name: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for FirstPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FirstPassword({})", self.login)
    }
}

/// How many rows a preview shows.
const PREVIEW: usize = 20;

impl Report {
    fn new(reading: &Reading, dry_run: bool) -> Self {
        let columns = reading
            .headings
            .columns
            .iter()
            .map(|h| (h.label(), h.field.as_ref().map(|m| m.field.clone())))
            .collect();
        Report {
            sheet: reading.sheet.clone(),
            heading_rows: reading.heading_rows,
            columns,
            notes: reading.notes.clone(),
            skipped: reading.skipped.clone(),
            rows: reading.len(),
            added: 0,
            changed: 0,
            known: 0,
            refused: Refusals::new(reading),
            preview: Vec::new(),
            passwords: Vec::new(),
            dry_run,
        }
    }

    fn shows(&mut self, number: u32, zh: String, en: String) {
        if self.preview.len() < PREVIEW {
            self.preview.push((number, Say::new(zh, en)));
        }
    }

    /// In one sentence.
    pub fn say(&self) -> Say {
        let (zh, en) = if self.dry_run { ("将", "would be ") } else { ("", "") };
        Say::new(
            format!(
                "共 {} 行：{zh}新增 {}，{zh}补充 {}，原已有 {}，退回 {}。",
                self.rows,
                self.added,
                self.changed,
                self.known,
                self.refused.len()
            ),
            format!(
                "{} rows: {} {en}added, {} {en}completed, {} known already, {} refused.",
                self.rows,
                self.added,
                self.changed,
                self.known,
                self.refused.len()
            ),
        )
    }
}

fn text(zh: &str) -> Text {
    Text::new(zh, "")
}
