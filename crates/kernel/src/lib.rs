//! The ground floor: what every other crate may say.
//!
//! Ids, instants and civil dates, who acts, what they may reach, the two languages, and the
//! errors that end a use case. No I/O, and no word of the business.

mod actor;
mod chance;
mod error;
mod id;
mod locale;
mod scope;
mod time;

pub use actor::Actor;
pub use chance::{Chance, Seeded, SystemChance};
pub use error::{Error, FieldError, Result};
pub use id::{
    AccountId, AttachmentId, HouseholdId, KeyId, MessageId, PairingId, PersonId, PostId, RecordId, RequestId,
    SessionId, UnitId, Uuid,
};
pub use jiff::civil::{Date, DateTime, Weekday};
pub use locale::{Locale, Say, Text};
pub use scope::{Grant, Role, Scope, path_end};
pub use time::{Clock, DAY, HOUR, MINUTE, SystemClock, TestClock, Timestamp, Zone};
