//! Obligations 应办: what is to happen how often, judged from what happened.
//!
//! ```text
//!  rule:    per quarter, once, only `hardship`, 7 days of grace      subject: when it was there, its tags, exemptions
//!                    │                                                  │
//!                    └────────────▶ owed(rule, subject, period) ◀───────┘   how many times, or why none
//!                                            │
//!  records ──▶ standing(…, records, today) ──┴─▶ Met by … │ Due by … │ Missed │ Excused │ NotApplicable
//! ```
//!
//! An obligation is a rule and not a task: nothing is made when a period begins, and nobody reports that
//! something is done. A record makes it true.
//!
//! Four rules decide what is not plain:
//!
//! 1. Who comes under the rule in the middle of a period, or is exempt for a part of it, owes their share of
//!    it: `times × days ÷ length`, rounded half up. Once in a quarter is thus owed by whoever is under the
//!    rule for half of its days.
//! 2. Who is no longer under the rule on the last day of a period owes nothing for it.
//! 3. A record in the days of grace counts for the period before as long as that one lacks something, and
//!    otherwise for its own. It never counts for two periods of one rule.
//! 4. Records of one day count once.

mod days;
mod standing;
#[cfg(test)]
mod tests;
mod window;

pub use days::{Days, Span};
pub use standing::{counted, owed, standing};
pub use window::{Period, Window};

use kernel::Date;

/// A cadence: how often what is to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// In each of these.
    pub window: Window,
    /// How many times.
    pub times: u32,
    /// For so many days after the period a record still counts for it; at most [`MOST_GRACE`].
    pub grace: u8,
    /// Only for subjects with one of these tags; empty for all.
    pub only: Vec<String>,
    /// Not for subjects with one of these tags.
    pub except: Vec<String>,
    /// When the rule is in force.
    pub force: Span,
}

/// The days of grace stay within the next period, whichever window it is of.
pub const MOST_GRACE: u8 = 27;

/// Whom it is about: facts as they are known.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// When it was there (a household in its grid, a pairing in force).
    pub life: &'a [Span],
    /// Its tags and when it had them.
    pub tags: &'a [(&'a str, Span)],
    /// When it was exempt.
    pub exempt: &'a [Span],
}

/// Why nothing is owed although the rule is for such a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Excuse {
    /// It came too late in the period, or stayed too short a time, for its share to make one time.
    Short,
    /// It was exempt for so long that what is left makes not one time.
    Exempt,
    /// It was no longer under the rule when the period ended.
    Left,
}

/// Why the rule is not for this subject in this period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// It was not there in the period.
    Absent,
    /// It was there, but has not the tag that the rule is for.
    NoTag,
    /// It has a tag that takes it out of the rule.
    OtherRule,
    /// The rule was not in force.
    NotInForce,
    /// The period has not begun.
    Ahead,
}

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Done, by the records at these places of the list that was given.
    Met {
        /// Places in the list of records.
        by: Vec<usize>,
        /// The day on which the last that was needed happened.
        on: Date,
    },
    /// Not done yet, and there is time.
    Due {
        /// The last day on which it counts without grace; in the days of grace the last of them.
        by: Date,
        /// So many times more.
        more: u32,
        /// The period is over and the days of grace run.
        late: bool,
    },
    /// Not done in time.
    Missed {
        /// The last day on which it would have counted.
        by: Date,
        /// So many times were lacking.
        lacking: u32,
    },
    /// Owed nothing, though the rule is for such a subject.
    Excused(Excuse),
    /// The rule is not for it.
    NotApplicable(Why),
}

impl Standing {
    /// Whether something is owed in the period at all: met, due or missed.
    pub fn is_owed(&self) -> bool {
        matches!(self, Standing::Met { .. } | Standing::Due { .. } | Standing::Missed { .. })
    }
}

impl Excuse {
    /// In words.
    pub fn say(self) -> kernel::Say {
        match self {
            Excuse::Short => {
                kernel::Say::new("在这段时间里不够半程，不要求", "There for less than half of the period")
            }
            Excuse::Exempt => kernel::Say::new("已登记免访", "Exempt, with a reason on record"),
            Excuse::Left => kernel::Say::new("到期前已不在名单上", "No longer on the list when it was due"),
        }
    }
}

impl Why {
    /// In words.
    pub fn say(self) -> kernel::Say {
        match self {
            Why::Absent => kernel::Say::new("这段时间不在名单上", "Not on the list in this period"),
            Why::NoTag => kernel::Say::new("不属于这条要求的对象", "The rule is for others"),
            Why::OtherRule => kernel::Say::new("按另一条要求走访", "Another rule is for it"),
            Why::NotInForce => kernel::Say::new("要求还没有施行", "The rule was not in force"),
            Why::Ahead => kernel::Say::new("还没开始", "Not begun yet"),
        }
    }
}
