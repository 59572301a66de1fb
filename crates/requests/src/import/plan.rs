//! A file, read and judged row by row, with nothing written yet.

use super::row::{self, Problem};
use crate::bulk::Past;
use crate::ctx::Ctx;
use kernel::{Error, Locale, Result, Say, Timestamp};
use sheets::{Map, Reading, Recogniser, Refusals, Refused, Skipped};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// What becomes of rows that hold no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Unanswered {
    /// Open cases, whatever their age.
    #[default]
    Open,
    /// Ended history that was never answered.
    History,
}

/// What the person says about the file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which column is what, where that is not to be recognised.
    pub map: Option<Map>,
    /// What becomes of rows without an answer.
    pub unanswered: Unanswered,
    /// The year of dates that are written without one.
    pub year: Option<i16>,
}

/// How often something came up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// A stable word for programs and tests.
    pub code: &'static str,
    /// What it is.
    pub say: Say,
    /// In how many rows.
    pub rows: usize,
}

/// A file, ready to be taken in.
pub struct Plan {
    /// The file's name, without its folder.
    pub file: String,
    /// How many rows the sheet holds.
    pub rows: usize,
    /// Rows that stand in the file twice: the row, and the one that is taken instead.
    pub repeated: Vec<(u32, u32)>,
    pub(super) pasts: Vec<Past>,
    reading: Reading,
    refusals: Refusals,
    problems: Vec<Count>,
    notes: Vec<Count>,
    proposed: usize,
}

/// A column and what it is taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadingLine {
    /// The heading as it stands.
    pub text: String,
    /// The field it is used for; none where it stays in the original row only.
    pub field: Option<String>,
    /// How sure that is, of 100.
    pub confidence: u8,
}

/// A row as it would be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The row number that the spreadsheet program shows.
    pub row: i64,
    /// When it was received.
    pub received_at: Timestamp,
    /// The title.
    pub title: String,
    /// The class, by code; `""` for triage.
    pub class: String,
    /// The place, by name; `""` for none.
    pub place: String,
    /// When it was answered, for history.
    pub answered_at: Option<Timestamp>,
    /// Whether it becomes history.
    pub history: bool,
}

/// What would happen.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The sheet; empty for text files.
    pub sheet: String,
    /// The columns from left to right.
    pub headings: Vec<HeadingLine>,
    /// How many rows the sheet holds.
    pub rows: usize,
    /// How many of them are good and stand here for the first time.
    pub good: usize,
    /// How many of those become history.
    pub history: usize,
    /// How many have a class, given or proposed.
    pub classed: usize,
    /// How many of those classes are proposed.
    pub proposed: usize,
    /// How many name a place.
    pub placed: usize,
    /// How many stand in the file twice.
    pub repeated: usize,
    /// How many are refused.
    pub refused: usize,
    /// Titles, sums and signatures.
    pub skipped: Vec<Skipped>,
    /// Reasons for refusing, the most frequent first.
    pub problems: Vec<Count>,
    /// What was not understood and stays in the original row.
    pub notes: Vec<Count>,
    /// What the person should know of the file.
    pub remarks: Vec<Say>,
    /// The first rows.
    pub sample: Vec<Sample>,
    /// What was recognised, as a map file to correct.
    pub map: String,
}

/// Reads a file from disk.
///
/// Errors: as [`read`], and not found.
pub fn read_file(ctx: &Ctx, path: &Path, options: &Options) -> Result<Plan> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    read_book(ctx, &sheets::open(path)?, &name, options)
}

/// Reads a file that was uploaded under this name.
///
/// Errors: those of [`sheets`] for a file that cannot be read; refused (`no-requests`) where no column
/// holds a title or text, or none a time of receipt.
pub fn read(ctx: &Ctx, bytes: &[u8], name: &str, options: &Options) -> Result<Plan> {
    read_book(ctx, &sheets::open_bytes(bytes, name)?, name, options)
}

/// Reads an opened file that bears this name.
///
/// Errors: as [`read`].
pub fn read_book(ctx: &Ctx, book: &sheets::Workbook, name: &str, options: &Options) -> Result<Plan> {
    let reading = book.read(&Recogniser::new(sheets::request_headings()), options.map.as_ref())?;
    let has = |field: &str| reading.headings.has(field) || reading.map().defaults.contains_key(field);
    if !(has("title") || has("body")) || !has("received_at") {
        return Err(Error::refused(
            "no-requests",
            "表里没有认出“诉求内容”或“受理时间”这两列，请用对照表指明。",
            "No column for the text, or none for the time of receipt, was recognised: name them in a map file.",
        ));
    }
    let order = reading.map().date_order;
    let mut refusals = Refusals::new(&reading);
    let mut problems = Counter::default();
    let mut notes = Counter::default();
    let mut seen: HashMap<String, u32> = HashMap::with_capacity(reading.len());
    let mut pasts = Vec::with_capacity(reading.len());
    let (mut repeated, mut proposed) = (Vec::new(), 0);
    for row in reading.rows() {
        match row::read(ctx, options, order, name, &row) {
            Ok(taken) => match seen.get(&taken.past.source) {
                Some(first) => repeated.push((row.number, *first)),
                None => {
                    seen.insert(taken.past.source.clone(), row.number);
                    taken.notes.iter().for_each(|n| notes.add(n));
                    proposed += usize::from(taken.proposed);
                    pasts.push(taken.past);
                }
            },
            Err(faults) => {
                faults.iter().for_each(|f| problems.add(f));
                refusals.push(&row, faults.into_iter().map(|f| f.say).collect());
            }
        }
    }
    Ok(Plan {
        file: name.to_owned(),
        rows: reading.len(),
        repeated,
        pasts,
        refusals,
        problems: problems.counts(),
        notes: notes.counts(),
        proposed,
        reading,
    })
}

#[derive(Default)]
struct Counter(BTreeMap<&'static str, (Say, usize)>);

impl Counter {
    fn add(&mut self, problem: &Problem) {
        self.0.entry(problem.code).or_insert_with(|| (problem.kind.clone(), 0)).1 += 1;
    }

    fn counts(self) -> Vec<Count> {
        let mut out: Vec<Count> =
            self.0.into_iter().map(|(code, (say, rows))| Count { code, say, rows }).collect();
        out.sort_by_key(|c| std::cmp::Reverse(c.rows));
        out
    }
}

impl Plan {
    /// How many rows are refused.
    pub fn refused(&self) -> usize {
        self.refusals.len()
    }

    /// How many rows are good and stand here for the first time.
    pub fn good(&self) -> usize {
        self.pasts.len()
    }

    /// The refused rows with their reasons, from top to bottom.
    pub fn refused_rows(&self) -> &[Refused] {
        &self.refusals.rows
    }

    /// Titles, sums and signatures: rows of the sheet that are no requests.
    pub fn skipped(&self) -> impl Iterator<Item = &Skipped> {
        let (first, last) = self.reading.heading_rows;
        self.reading.skipped.iter().filter(move |s| !(first..=last).contains(&s.number))
    }

    /// What would happen, with the first `most` rows as they would be taken in.
    pub fn preview(&self, ctx: &Ctx, most: usize) -> Preview {
        let headings = self.reading.headings.columns.iter().filter(|h| !h.ignored).map(|h| HeadingLine {
            text: h.label(),
            field: h.field.as_ref().map(|m| m.field.clone()),
            confidence: h.field.as_ref().map_or(0, |m| m.confidence),
        });
        let sample = self.pasts.iter().take(most).map(|p| Sample {
            row: p.original.as_ref().map_or(0, |o| o.row),
            received_at: p.received_at,
            title: if p.title.is_empty() { crate::register::headline(&p.body) } else { p.title.clone() },
            class: p.class.clone(),
            place: p.place.map(|u| ctx.dir.full_name(u, Locale::Zh)).unwrap_or_default(),
            answered_at: p.handled.as_ref().and_then(|h| h.answered_at),
            history: p.handled.is_some(),
        });
        let count = |f: fn(&Past) -> bool| self.pasts.iter().filter(|p| f(p)).count();
        Preview {
            sheet: self.reading.sheet.clone(),
            headings: headings.collect(),
            rows: self.rows,
            good: self.good(),
            history: count(|p| p.handled.is_some()),
            classed: count(|p| !p.class.is_empty()),
            proposed: self.proposed,
            placed: count(|p| p.place.is_some()),
            repeated: self.repeated.len(),
            refused: self.refused(),
            skipped: self.skipped().cloned().collect(),
            problems: self.problems.clone(),
            notes: self.notes.clone(),
            remarks: self.reading.notes.clone(),
            sample: sample.collect(),
            map: self.reading.headings.to_map(),
        }
    }

    /// The refused rows with their reasons, as a file to correct and read again: its name and its bytes.
    /// None where nothing is refused.
    pub fn refusals_file(&self, locale: Locale) -> Result<Option<(String, Vec<u8>)>> {
        if self.refusals.is_empty() {
            return Ok(None);
        }
        let stem = self.file.rsplit_once('.').map_or(self.file.as_str(), |(stem, _)| stem);
        // Refused again, it is still the same list of refused rows.
        let stem = stem.strip_suffix("-refused").unwrap_or(stem);
        let name = format!("{stem}-refused.{}", self.refusals.ending());
        Ok(Some((name, self.refusals.to_bytes(locale)?)))
    }
}
