//! A record, before and after it is written.

use kernel::{AccountId, Date, HouseholdId, RecordId, Timestamp, UnitId};

/// What is to be written down.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// Made where it was entered, on the phone or with the page.
    pub id: RecordId,
    /// What kind of thing happened, such as `visit`.
    pub kind: &'static str,
    /// At which household.
    pub household: HouseholdId,
    /// The path of the household's grid.
    pub path: String,
    /// Who was there.
    pub account: AccountId,
    /// For which unit they went.
    pub unit: UnitId,
    /// The day on which it happened.
    pub on: Date,
    /// By the phone's clock: when it was confirmed there. None on a page.
    pub device_at: Option<Timestamp>,
    /// By the phone's clock: when it was uploaded. With our own clock it tells how far the phone's was off.
    pub sent_at: Option<Timestamp>,
    /// What was learnt, without names and numbers.
    pub text: String,
    /// Particulars of the kind, without names and numbers.
    pub data: serde_json::Value,
    /// The words themselves, to be sealed, where `text` and `data` leave something out.
    pub own: Option<String>,
    /// Everything as it was sent: what makes another upload of the same id the same or not.
    pub content: String,
    /// The record that this one corrects.
    pub corrects: Option<RecordId>,
}

/// What was written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// What kind of thing happened.
    pub kind: String,
    /// At which household.
    pub household: HouseholdId,
    /// The path of the household's grid when it was written.
    pub path: String,
    /// Who was there.
    pub account: AccountId,
    /// For which unit they went.
    pub unit: UnitId,
    /// The day on which it happened.
    pub on: Date,
    /// By the phone's clock: when it was confirmed there.
    pub device_at: Option<Timestamp>,
    /// By how much the phone's clock was behind ours at the upload, in milliseconds; negative where it was ahead.
    pub clock_off: Option<i64>,
    /// By our clock: when it came in.
    pub received_at: Timestamp,
    /// What was learnt, without names and numbers.
    pub text: String,
    /// Particulars of the kind, without names and numbers.
    pub data: serde_json::Value,
    /// The record that this one corrects.
    pub corrects: Option<RecordId>,
    /// Since when there is a correction of it.
    pub superseded_at: Option<Timestamp>,
    /// Since when it is left without words, its time being over.
    pub forgotten_at: Option<Timestamp>,
    /// The last event of its stream.
    pub(crate) seq: i64,
    pub(crate) head: Vec<u8>,
    pub(crate) salt: Vec<u8>,
    pub(crate) bound: String,
}

impl Record {
    /// When it was confirmed, by our clock: the phone's time put right by how far its clock was off.
    pub fn confirmed_at(&self) -> Timestamp {
        match self.device_at {
            Some(at) => Timestamp(at.0 + self.clock_off.unwrap_or(0)),
            None => self.received_at,
        }
    }

    /// Whether the phone's clock was off by so much that whoever reads the time should know: over five minutes.
    pub fn clock_was_wrong(&self) -> bool {
        self.clock_off.is_some_and(|off| off.abs() > 5 * kernel::MINUTE)
    }
}
