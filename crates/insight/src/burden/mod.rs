//! What the work costs those who do it: questions put, fields typed, minutes, by role and week.
//!
//! ```text
//!  forms.txt: every form of every page ─┐
//!                                       ├─▶ meter ─ each minute ─▶ burden_weeks ─▶ /burden
//!  names and lengths of what came in ───┘
//! ```
//!
//! Counted are roles and weeks, never persons. `forms.txt` is read off the pages themselves by a test, which fails when a
//! form has changed and the list has not, and when a form asks for what is known without offering it.

mod catalogue;
mod figures;
mod meter;
mod past;
pub(crate) mod store;

pub use catalogue::{Asked, Form, Kind, all, by_route, named};
pub use figures::Figures;
pub use meter::Meter;
pub use past::Past;
