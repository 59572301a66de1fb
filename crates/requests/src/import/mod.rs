//! Requests from the spreadsheets that people have.
//!
//! ```text
//!  file ─▶ read ─▶ Plan ─┬─ preview          what would be taken in, what is wrong, nothing written
//!                        ├─ run ─▶ Outcome   all good rows in one transaction, or none
//!                        └─ refusals_file    the refused rows with their reasons, to correct and read again
//! ```
//!
//! Every row that the sheet holds is accounted for: *rows = taken + already there + repeated + refused*;
//! titles, sums and signatures are listed as skipped.
//!
//! **Never twice.** A row is known by its number, its time and its text ([`source`]), not by the
//! file's name: the corrected refusals, a copy under another name or a longer export of the same ledger
//! bring nothing in again. What stands twice in one file is taken once. Rows with the same number and
//! other content are different requests (two villages count from 1) and are both taken.
//!
//! **Answered rows** become history (see [`crate::bulk`]): closed, with the ledger's own times, on time or
//! not by the pack's limit for the class and kind and the calendar of that year.
//!
//! **Rows without an answer** become open cases, received at their own time and waiting for triage, whatever
//! their age: a need that nobody answered is a need, and one that is over can be ended with its reason.
//! Their dates are those that applied then, so they stand as overdue. Whoever brings in a ledger that was
//! finished elsewhere says so with [`Unanswered::History`]; such a row counts as received and ended, never
//! as answered. Supervision is not proposed by itself for what comes in this way, and nobody is sent a
//! message: the first notice is taken as given by the older ledger.
//!
//! **What is guessed.** A class only where the pack's finder is clear about the title, and such a case is
//! never published before a moderator has looked, nor is any other of an import. A place only where exactly
//! one is named. The handling unit of a ledger becomes the accountable one for history only; for open cases
//! it stays in the original row, for triage to see. Everything else of a row stays in the original row too,
//! word for word.

mod class;
mod names;
mod plan;
mod row;
mod run;
mod times;

pub use plan::{Count, HeadingLine, Options, Plan, Preview, Sample, Unanswered, read, read_book, read_file};
pub use row::source;
pub use run::{Outcome, Progress, already, run, run_in, run_now};
