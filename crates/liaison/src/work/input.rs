//! What is sent for a plan, for help and for a check.

use kernel::{Date, HouseholdId, RecordId};
use serde::{Deserialize, Serialize};

/// The plan of a pairing for a year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Made where it was entered (UUIDv7). The same id again is the same plan.
    pub id: RecordId,
    /// With whom.
    pub household: HouseholdId,
    /// The kind of pairing.
    pub kind: String,
    /// For which year.
    pub year: i16,
    /// The day on which it was agreed.
    pub on: Date,
    /// What the household wishes to reach.
    pub wish: String,
    /// What is done for it.
    pub items: Vec<PlanItem>,
    /// The plan that this one revises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<RecordId>,
}

/// One item of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanItem {
    /// Its key in the pack, once in a plan.
    pub item: String,
    /// In words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The last day.
    pub by: Date,
}

/// Help that was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// Made where it was entered. The same id again is the same help.
    pub id: RecordId,
    /// To whom.
    pub household: HouseholdId,
    /// The kind of pairing.
    pub kind: String,
    /// On which day.
    pub on: Date,
    /// Towards which item, by its key in the pack; none where it was planned nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// What came of it, by its key in the pack.
    pub effect: String,
    /// What was done; may be empty where `visit` says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The visit at which it was given: its day and its words count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<RecordId>,
    /// The help that this one corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<RecordId>,
}

/// A check of a pairing by somebody else than its holder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Made where it was entered. The same id again is the same check.
    pub id: RecordId,
    /// Of the pairing with whom.
    pub household: HouseholdId,
    /// The kind of pairing.
    pub kind: String,
    /// Of the plan of which year.
    pub year: i16,
    /// On which day.
    pub on: Date,
    /// Where each item stands, as the one who checks finds it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemStanding>,
    /// What is asked of the holder.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ask: String,
    /// A sentence of judgement, for the wrap-up; never needed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub word: String,
}

/// Where one item stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemStanding {
    /// Its key in the pack.
    pub item: String,
    /// Where it stands.
    pub state: ItemState,
}

rules::vocabulary! {
    /// Where an item of a plan stands.
    ItemState {
        /// The last help says that it is done.
        Done = "done", "完成", "Done";
        /// There was help, and there is time.
        Going = "going", "在推进", "In hand";
        /// The day is over and it is not done.
        Lagging = "lagging", "落后", "Lagging";
        /// Nothing has happened yet, and there is time.
        Open = "open", "还没开始", "Not begun";
    }
}

impl ItemState {
    /// Where an item with the last day `by` stands on `today`: `done` by the last help, `helped` at all.
    pub fn on(by: Date, done: bool, helped: bool, today: Date) -> ItemState {
        match (done, helped) {
            (true, _) => ItemState::Done,
            _ if by < today => ItemState::Lagging,
            (_, true) => ItemState::Going,
            _ => ItemState::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ItemState;
    use kernel::Date;

    #[test]
    fn an_item_lags_from_the_day_after_its_last_day_unless_it_is_done() {
        let day = |d| Date::constant(2026, 3, d);
        let on = |done, helped, d| ItemState::on(day(20), done, helped, day(d));
        for (d, left, helped) in
            [(19, ItemState::Open, ItemState::Going), (20, ItemState::Open, ItemState::Going)]
        {
            assert_eq!(
                (on(false, false, d), on(false, true, d), on(true, true, d)),
                (left, helped, ItemState::Done)
            );
        }
        assert_eq!((on(false, false, 21), on(false, true, 21)), (ItemState::Lagging, ItemState::Lagging));
        assert_eq!(on(true, true, 21), ItemState::Done);
    }
}
