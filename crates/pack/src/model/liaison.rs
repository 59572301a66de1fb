//! Who looks after whom 结对联系, and how often somebody is to come 应办: kinds of pairing and the obligations over them.

use super::rulebook::Tag;
use kernel::{Date, Role, Text};
use rules::obligation::{MOST_GRACE, Rule, Span, Window};
use serde::Deserialize;

/// A kind of pairing between somebody and a household.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairingKind {
    /// Its key.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// What people call whoever looks after the household: 联户干部, 党群连心户.
    pub holder: Text,
    /// What it is for, in a sentence; printed on the contact card.
    #[serde(default)]
    pub about: Text,
    /// Who may take it on: holders of one of these roles …
    pub roles: Vec<Role>,
    /// … in a unit of one of these levels; of any level where left out.
    #[serde(default)]
    pub levels: Vec<String>,
    /// At most so many households for one person.
    pub quota: u32,
    /// Rather not fewer than this for somebody who has any; a page says so, nothing refuses it.
    #[serde(default)]
    pub least: u32,
    /// Only households that have one of these tags; any where left out.
    #[serde(default)]
    pub only: Vec<String>,
    /// Only households that lie with the holder in one unit of this level; anywhere, across borders, where left out.
    #[serde(default)]
    pub within: Option<String>,
    /// Every household that it is for needs one: who has none is counted as without.
    #[serde(default)]
    pub everyone: bool,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

impl PairingKind {
    /// Whether it is for a household with these tags.
    pub fn is_for<'a>(&self, tags: impl IntoIterator<Item = &'a str>) -> bool {
        self.only.is_empty() || tags.into_iter().any(|t| self.only.iter().any(|o| o == t))
    }
}

/// Whose duty is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum DutyOf {
    /// Each household is to be seen so often.
    #[default]
    Household,
    /// Each holder is to go out so often, to whichever of their households.
    Holder,
}

/// How often something is to happen over the pairings of a kind. Records fulfil it; nobody reports it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObligationRule {
    /// Its key.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Over the pairings of this kind.
    pub pairing: String,
    /// What fulfils it.
    #[serde(default = "visit")]
    pub record: String,
    /// Of whom it is asked.
    #[serde(default)]
    pub of: DutyOf,
    /// In each of these.
    pub window: Window,
    /// So many times, on different days.
    #[serde(default = "once")]
    pub times: u32,
    /// So many days after the period a record still counts for it.
    #[serde(default)]
    pub grace: u8,
    /// Only for households with one of these tags.
    #[serde(default)]
    pub only: Vec<String>,
    /// Not for households with one of these tags.
    #[serde(default)]
    pub except: Vec<String>,
    /// Days on which a household has one of these tags do not count (everybody is away for work, somebody is in hospital).
    #[serde(default)]
    pub exempt: Vec<String>,
    /// From this day on; from when the pack applies where left out.
    #[serde(default)]
    pub from: Option<Date>,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    #[serde(rename = "tag")]
    pub source: Tag,
}

/// The records that can fulfil an obligation: a visit, the plan of a pairing, help by it, a check of it.
pub const RECORDS: [&str; 4] = ["visit", "plan", "help", "check"];
/// The most days of grace.
pub const GRACE: u8 = MOST_GRACE;

fn visit() -> String {
    "visit".to_owned()
}

fn once() -> u32 {
    1
}

impl ObligationRule {
    /// The rule as it is judged.
    pub fn rule(&self, valid_from: Date) -> Rule {
        Rule {
            window: self.window,
            times: self.times,
            grace: self.grace,
            only: self.only.clone(),
            except: self.except.clone(),
            force: Span::since(self.from.unwrap_or(valid_from)),
        }
    }
}
