//! Households 户: on which level they stand, and what marks they or their people may carry.

use kernel::{Role, Text};
use serde::Deserialize;

/// Where households stand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseholdRule {
    /// The level of the units that households belong to: the lowest grid.
    pub level: String,
    /// What such a grid is called where a form asks for it.
    pub grid: Text,
}

/// What a mark is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum TagOn {
    /// The household as a whole.
    #[default]
    Household,
    /// One of its people.
    Person,
}

/// A mark on a household or a person. It is there because help needs it, never to sort people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseholdTag {
    /// Its key.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// What it is on.
    #[serde(default)]
    pub on: TagOn,
    /// For what it is needed; nothing is kept without a need that can be said.
    pub need: Text,
    /// It tells of health, a child below 14 or the like: only `seen_by` see it, and whoever is paired with the household.
    #[serde(default)]
    pub sensitive: bool,
    /// Roles whose post needs a sensitive mark.
    #[serde(default)]
    pub seen_by: Vec<Role>,
    /// Of how many households in a thousand the demonstration has it.
    #[serde(default)]
    pub demo: u32,
    /// Between which ages whoever has it is there, both included; of a person of any age where left out.
    #[serde(default)]
    pub demo_ages: Option<[u8; 2]>,
}
