//! `import`: spreadsheets in.

use crate::cli::Import;
use crate::outcome::{Failure, Outcome};
use kernel::Locale;

/// Reads, checks, and writes unless only asked to check.
pub(super) fn run(args: &Import, _locale: Locale) -> Outcome {
    let _ = args;
    Err(Failure::refused("not-yet", "尚未接通。", "not wired yet."))
}
