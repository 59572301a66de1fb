//! Pairing work 结对工作: what is planned with a household for a year, the help, the checks, and the year as a view.
//!
//! ```text
//!  plan (wish, items, by which month) ──▶ help (which item, what was done, what came of it) ──▶ wrap-up of the year:
//!     ▲ revised: a record that names          ▲ at a visit: the visit is named,                 a view over plan, help,
//!     │ the one it corrects                   │ its words are not typed again                   visits, promises, needs,
//!     └──────── check (what is done, what lags, what is asked) by somebody else                 as of any day
//! ```
//!
//! Plan, help and check are records (crate `records`) of a household; which pairing they belong to is its kind, so that
//! they go along when the household changes hands. What a plan can hold, what can come of help and how often each is
//! owed is data of the pack (`[work]`, `[[obligation]]`). Words are masked; the words themselves lie sealed with the
//! record, for whoever is paired. There is no score in it, and nobody is ranked by it.

pub mod bulk;
mod check;
pub mod forget;
mod help;
mod input;
mod items;
mod plan;
mod read;
mod record;
mod say;
pub(crate) mod store;
mod sums;
mod tally;
mod who;
mod wrap;
mod years;

pub use check::check;
pub use help::help;
pub use input::{Check, Help, ItemStanding, ItemState, Plan, PlanItem};
pub use plan::plan;
pub use read::{KnownCheck, KnownHelp, KnownPlan, checks_of, helps_of, plan_of, plans_before};
pub use say::{Word, say, word_of};
pub use sums::{Of, PairingLine, Sums, figures, lines, sums};
pub use tally::{Tallied, tallied};
pub use wrap::{DutyLine, ItemLine, WrapUp, wrap_up};
pub use years::{NEEDS_MOST, Year, owed_in, with_owed, year_of};

pub(crate) use items::{along as items_along, back as items_back};
pub(crate) use read::{in_own_words, plans_between};
pub(crate) use tally::{around as counting, open as open_years, recount};
pub(crate) use who::pairing_on;

/// The kind under which plans are recorded.
pub const PLAN: &str = "plan";
/// The kind under which help is recorded.
pub const HELP: &str = "help";
/// The kind under which checks are recorded.
pub const CHECK: &str = "check";
