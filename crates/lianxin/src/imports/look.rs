//! Looking at a file: which column is what, what would be taken in, what cannot be. Nothing is written.

use super::choice::Choice;
use super::upload::{self, Part};
use super::{Import, What};
use access::SharedSite;
use kernel::{Error, Locale, Result, Say, Scope, Timestamp};
use register::import::{Options, Report, import_accounts, import_units};
use requests::Ctx;
use requests::import::{Options as RequestOptions, Plan, Unanswered, read_book};
use sheets::{ColumnLine, Workbook};
use std::sync::Arc;

/// How many rows are shown as they would be taken in.
const SAMPLE: usize = 5;
/// How many rows of the sheet are shown as they stand, and how much of each, in characters.
const TOP: usize = 8;
const TOP_TEXT: usize = 120;
/// How many refused rows are shown with their reasons; all stand in the file of refused rows.
pub(super) const REFUSED: usize = 30;

/// What a look at a file shows.
pub(super) struct Seen {
    /// The names of its sheets; one without a name for text files.
    pub(super) sheets: Vec<String>,
    /// The sheet that was read.
    pub(super) sheet: String,
    /// The first and last row of the heading; none where none was found.
    pub(super) heading: Option<(u32, u32)>,
    /// The first rows as they stand in the sheet: number and text.
    pub(super) top: Vec<(u32, String)>,
    /// The columns; none where no heading was found.
    pub(super) columns: Vec<ColumnLine>,
    /// What would happen; or why nothing can.
    pub(super) outlook: std::result::Result<Outlook, Say>,
}

/// What would happen.
#[derive(Default)]
pub(super) struct Outlook {
    /// Rows of the sheet.
    pub(super) rows: usize,
    /// Rows that would be taken in.
    pub(super) fresh: usize,
    /// Rows that complete what is there.
    pub(super) changed: usize,
    /// Rows that are there already.
    pub(super) already: usize,
    /// Rows that stand in the file twice.
    pub(super) repeated: usize,
    /// Rows that cannot be taken.
    pub(super) refused: usize,
    /// Of the good rows: those that become ended history.
    pub(super) history: usize,
    /// The first refused rows with their reasons.
    pub(super) refusals: Vec<(u32, Vec<Say>)>,
    /// Reasons for refusing, and how often.
    pub(super) problems: Vec<(Say, usize)>,
    /// What was not understood and stays in the original row, and how often.
    pub(super) notes: Vec<(Say, usize)>,
    /// What to know about the file.
    pub(super) remarks: Vec<Say>,
    /// Rows that are no data.
    pub(super) skipped: Vec<(u32, Say)>,
    /// The first rows as they would be taken in.
    pub(super) sample: Vec<Line>,
    /// The refused rows as a file: its name and its bytes, in either language.
    files: [Option<(String, Vec<u8>)>; 2],
    /// The requests, ready to be taken in.
    pub(super) plan: Option<Arc<Plan>>,
}

/// A row as it would be taken in.
pub(super) struct Line {
    /// The row's number.
    pub(super) row: u32,
    /// When it was received, for requests.
    pub(super) received_at: Option<Timestamp>,
    /// What it is.
    pub(super) text: Say,
    /// Its class, for requests; empty where it is for triage.
    pub(super) class: String,
    /// Its place, for requests.
    pub(super) place: String,
}

impl Outlook {
    /// The refused rows as a file to correct and send in again.
    pub(super) fn refused_file(&self, locale: Locale) -> Option<&(String, Vec<u8>)> {
        self.files[usize::from(locale == Locale::En)].as_ref()
    }
}

/// Reads a file and says what would happen. Blocks.
///
/// Errors: not found where the file is gone; internal.
pub(super) fn look(site: &SharedSite, scope: &Scope, import: &Import) -> Result<Seen> {
    let bytes = upload::read(&site.dir, import.id, Part::Sheet)?.ok_or(Error::NotFound)?;
    let mut seen = Seen {
        sheets: Vec::new(),
        sheet: String::new(),
        heading: None,
        top: Vec::new(),
        columns: Vec::new(),
        outlook: Ok(Outlook::default()),
    };
    let done = sheets::open_bytes(&bytes, &import.name).and_then(|book| {
        drop(bytes);
        read(&mut seen, site, scope, import, &book)
    });
    seen.outlook = match done {
        Ok(outlook) => Ok(outlook),
        // What a person can put right is shown; what is our fault is not theirs.
        Err(error @ (Error::Internal(_) | Error::Full(_) | Error::Busy)) => return Err(error),
        Err(error) => Err(error.say()),
    };
    Ok(seen)
}

fn read(
    seen: &mut Seen,
    site: &SharedSite,
    scope: &Scope,
    import: &Import,
    book: &Workbook,
) -> Result<Outlook> {
    seen.sheets = book.sheets.iter().filter(|s| s.visible).map(|s| s.name.clone()).collect();
    let map = import.choice.map();
    let wanted = import.choice.sheet.as_deref();
    seen.top = top(book, wanted, 0);
    let reading = book.read(&super::fields::recogniser(import.what, &site.pack), map.as_ref())?;
    seen.columns = reading.lines();
    seen.sheet.clone_from(&reading.sheet);
    seen.heading = Some(reading.heading_rows);
    seen.top = top(book, Some(&reading.sheet), reading.heading_rows.1);
    drop(reading);
    match import.what {
        What::Requests => requests(site, scope, import, book),
        What::Units | What::Accounts | What::Households => {
            let report = register(site, scope, import, book, true, &|_, _| {})?;
            outlook_of(&report)
        }
    }
}

/// The first rows of a sheet, of the first one that is seen where none is named; at least some behind `heading`.
fn top(book: &Workbook, sheet: Option<&str>, heading: u32) -> Vec<(u32, String)> {
    let named = sheet.and_then(|name| book.sheets.iter().find(|s| s.name == name));
    let sheet = named.or_else(|| book.sheets.iter().find(|s| s.visible && !s.rows.is_empty()));
    let text = |row: &sheets::SheetRow| {
        let cells = row.cells.iter().map(|(_, c)| c.text.split_whitespace().collect::<Vec<_>>().join(" "));
        let text = cells.filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" | ");
        match text.chars().count() {
            n if n > TOP_TEXT => text.chars().take(TOP_TEXT - 1).chain(['…']).collect(),
            _ => text,
        }
    };
    let rows = sheet.into_iter().flat_map(|s| s.rows.iter()).enumerate();
    let shown = rows.take_while(|(at, row)| *at < TOP || row.number <= heading + 1);
    shown.map(|(_, row)| (row.number, text(row))).collect()
}

/// How requests are read, as the person chose it.
pub(super) fn request_options(choice: &Choice) -> RequestOptions {
    let unanswered = if choice.history { Unanswered::History } else { Unanswered::Open };
    RequestOptions { map: choice.map(), unanswered, year: choice.year }
}

fn requests(site: &SharedSite, scope: &Scope, import: &Import, book: &Workbook) -> Result<Outlook> {
    let ctx = Ctx::new(site, scope.clone());
    let plan = Arc::new(read_book(&ctx, book, &import.name, &request_options(&import.choice))?);
    let preview = plan.preview(&ctx, SAMPLE);
    let known = plan.clone();
    let already = site.db.read_now(move |tx| requests::import::already(tx, &known))?;
    let counts =
        |counts: &[requests::import::Count]| counts.iter().map(|c| (c.say.clone(), c.rows)).collect();
    let sample = preview.sample.iter().map(|s| Line {
        row: u32::try_from(s.row).unwrap_or(0),
        received_at: Some(s.received_at),
        text: Say::new(s.title.clone(), s.title.clone()),
        class: s.class.clone(),
        place: s.place.clone(),
    });
    Ok(Outlook {
        rows: preview.rows,
        fresh: preview.good - already,
        changed: 0,
        already,
        repeated: preview.repeated,
        refused: preview.refused,
        history: preview.history,
        refusals: plan.refused_rows().iter().take(REFUSED).map(|r| (r.number, r.reasons.clone())).collect(),
        problems: counts(&preview.problems),
        notes: counts(&preview.notes),
        remarks: preview.remarks.clone(),
        skipped: preview.skipped.iter().map(|s| (s.number, s.why.clone())).collect(),
        sample: sample.collect(),
        files: [plan.refusals_file(Locale::Zh)?, plan.refusals_file(Locale::En)?],
        plan: Some(plan),
    })
}

/// Units, accounts and households: only looked at with `dry`, taken in without.
pub(super) fn register(
    site: &SharedSite,
    scope: &Scope,
    import: &Import,
    book: &Workbook,
    dry: bool,
    progress: register::import::Progress<'_>,
) -> Result<Report> {
    let options = Options { map: import.choice.map(), dry_run: dry, all: import.choice.all() };
    let mut report = match import.what {
        What::Units => import_units(site, scope, book, &options, progress)?,
        What::Households => super::households(site, scope, book, &options, progress)?,
        _ => import_accounts(site, scope, book, &options, progress)?,
    };
    // The file of refused rows bears the name of the one that was sent.
    report.sheet.clone_from(&import.name);
    Ok(report)
}

fn outlook_of(report: &Report) -> Result<Outlook> {
    let stem = report.sheet.rsplit_once('.').map_or(report.sheet.as_str(), |(stem, _)| stem);
    let stem = stem.strip_suffix("-refused").unwrap_or(stem);
    let name = format!("{stem}-refused.{}", report.refused.ending());
    let file = |locale| -> Result<Option<(String, Vec<u8>)>> {
        match report.refused.is_empty() {
            true => Ok(None),
            false => Ok(Some((name.clone(), report.refused.to_bytes(locale)?))),
        }
    };
    let line = |(row, text): &(u32, Say)| Line {
        row: *row,
        received_at: None,
        text: text.clone(),
        class: String::new(),
        place: String::new(),
    };
    Ok(Outlook {
        rows: report.rows,
        fresh: report.added,
        changed: report.changed,
        already: report.known,
        refused: report.refused.len(),
        refusals: report.refused.rows.iter().take(REFUSED).map(|r| (r.number, r.reasons.clone())).collect(),
        remarks: report.notes.clone(),
        skipped: report.skipped.iter().map(|s| (s.number, s.why.clone())).collect(),
        sample: report.preview.iter().take(SAMPLE).map(line).collect(),
        files: [file(Locale::Zh)?, file(Locale::En)?],
        ..Outlook::default()
    })
}
