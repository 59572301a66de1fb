//! Households out of a spreadsheet, and what hangs on them: a mark that comes with a list can change what is owed.

use access::SharedSite;
use kernel::{Result, Scope};
use register::import::{Options, Progress, Report, import_households};
use sheets::Workbook;

/// Imports households, then puts the counters of duties right: the register knows of none. Blocks.
///
/// Errors: those of the import and the database.
pub(crate) fn households(
    site: &SharedSite,
    scope: &Scope,
    book: &Workbook,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Report> {
    let report = import_households(site, scope, book, options, progress)?;
    // A new household has nobody yet who owes it anything.
    if !options.dry_run && report.changed > 0 {
        let own = site.clone();
        site.db.write_now(move |tx| liaison::tally::recount(tx, &own, true))?;
    }
    Ok(report)
}
