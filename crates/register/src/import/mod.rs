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
mod read;
mod tags;
mod units;
mod whose;

pub use accounts::import_accounts;
pub use households::{Around, import_households};
pub use tags::{household_columns, tag_columns};
pub use units::import_units;

use kernel::{Say, Text};
use sheets::{Reading, Refusals, Skipped};

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which column is which field; found by the headings where there is none.
    pub map: Option<sheets::Map>,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// Told how many steps are done of how many.
pub type Progress<'a> = &'a dyn Fn(u64, u64);

/// What came, or would come, of an import. Every row of the sheet is in exactly one of the counts,
/// in `refused`, or in `skipped`.
#[derive(Clone, Debug)]
pub struct Report {
    /// The sheet that was read.
    pub sheet: String,
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
