//! Visits 走访: what was learnt at the door, what was promised, and what became of it.
//!
//! ```text
//!  phone or page ── Visit (JSON) ──▶ confirm: ONE transaction
//!                                      ├─ record (append-only; both clocks; words sealed)
//!                                      ├─ each open promise answered: kept · not yet, until · cannot, because
//!                                      ├─ new promises, each with a date
//!                                      └─ needs ─▶ requests (channel of visits, with consent): settled or passed on
//!  card ─▶ public form ─▶ request: a need as well, of no visit (from_card)
//!  afterwards: whoever looks after the family reads how each need ended, and notes that it was told
//!              what was learnt and the day are put right by one more Visit that names the former (correct)
//!  years later: words and pictures are forgotten, what happened stands (forget)
//! ```
//!
//! [`Visit`] is the one input: the form of a page, the rounds of many households and the upload of a phone that was
//! without network all send the same. The same id again is the same visit. What is wrong is told field by field, and
//! nothing is written then. There is no score, no place of the visitor and no check-in anywhere in it.

mod asked;
pub mod bulk;
mod card;
mod check;
mod confirm;
pub(crate) mod correct;
pub mod forget;
mod from_card;
mod input;
mod mine;
mod needs;
mod pairs;
pub mod photos;
mod promises;
mod ratings;
pub(crate) mod store;
mod told;
pub mod uploads;
mod withheld;
pub(crate) mod words;

pub use card::{Card, Contact, card, rate};
pub(crate) use card::{above as complaints_to, phone as phone_of};
pub use confirm::{Confirmed, confirm, confirm_all};
pub use from_card::{FROM_CARD, word};
pub use input::{
    Answer, Faulty, Helped, Kept, Need, NeedTaken, Outcome, Promised, Said, Then, Upload, Uploaded, Visit,
};
pub(crate) use mine::household as household_of;
pub use mine::{Mine, MyHousehold, MyItem, MyPerson, MyPlan, mine};
pub use needs::{
    HeardNeed, NeedsAsked, NeedsOf, OnlyNeeds, all_of as needs_all, needs, page as needs_page,
    to_tell as needs_to_tell,
};
pub(crate) use needs::{by_class as needs_by_class, titles as needs_heard_at};
pub(crate) use pairs::of_account as households_of;
pub(crate) use promises::words_at as promised_at;
pub use promises::{
    Promise, PromiseAnswer, PromiseState, PromisesAsked, PromisesOf, open_at, open_page as promises_page,
    owed as promises_owed, promises_of, unmet,
};
pub use ratings::{Rating, Ratings, RatingsOf, WORDS_MAX, graded, rated, rating};
pub use told::{Told, told};
pub(crate) use withheld::{
    answered as promises_readable, promises as promises_open_readable, readable, visits_hidden,
};

/// The kind under which visits are recorded.
pub const KIND: &str = "visit";
