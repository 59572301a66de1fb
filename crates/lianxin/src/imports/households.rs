//! Households out of a spreadsheet, and what hangs on them: a mark that comes with a list can change what is owed.

use access::{SharedSite, Site};
use db::Tx;
use kernel::{HouseholdId, Result, Scope};
use register::import::{Options, Progress, Report, import_households};
use sheets::Workbook;

/// Imports households; what changes one that is known moves the counters of its duties in the same transaction. A new
/// household has nobody yet who owes it anything. Blocks.
///
/// Errors: those of the import.
pub(crate) fn households(
    site: &SharedSite,
    scope: &Scope,
    book: &Workbook,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Report> {
    import_households(site, scope, book, options, around, progress)
}

fn around(
    tx: &mut dyn Tx,
    site: &Site,
    id: HouseholdId,
    change: &mut dyn FnMut(&mut dyn Tx) -> Result<()>,
) -> Result<()> {
    liaison::tally::around(tx, site, id, change)
}
