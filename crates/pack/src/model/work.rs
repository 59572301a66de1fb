//! Pairing work 结对工作: what a plan of a pairing is made of, and what may come of help.

use super::rulebook::Tag;
use kernel::Text;
use serde::Deserialize;

/// The most items that a pack offers for a plan: what can be read through on a telephone.
pub const MOST_ITEMS: usize = 16;
/// The most words for what came of help.
pub const MOST_EFFECTS: usize = 5;

/// How whoever is paired with a household plans the year with it and notes the help.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkRule {
    /// What people call it: 结对帮扶.
    pub name: Text,
    /// What they call the view over the year: 年终总结.
    pub wrap_up: Text,
    /// Kinds of pairing by which plans can be made. Only an obligation makes one owed.
    pub pairings: Vec<String>,
    /// What a plan can hold, as the place groups it: 一带、两帮、三任务、四服务.
    #[serde(rename = "group")]
    pub groups: Vec<WorkGroup>,
    /// What can come of help.
    #[serde(rename = "effect")]
    pub effects: Vec<WorkEffect>,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

/// Items that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkGroup {
    /// Its key.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// Its items.
    #[serde(default, rename = "item")]
    pub items: Vec<WorkItem>,
}

/// Something that a plan can hold.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkItem {
    /// Its key, once in all groups.
    pub id: String,
    /// What is shown.
    pub name: Text,
}

/// What came of help.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkEffect {
    /// Its key.
    pub id: String,
    /// What is shown.
    pub name: Text,
    /// With it the item of the plan is done.
    #[serde(default)]
    pub done: bool,
}

impl WorkRule {
    /// The item with this key.
    pub fn item(&self, id: &str) -> Option<&WorkItem> {
        self.items().find(|i| i.id == id)
    }

    /// All items, in the order of their groups.
    pub fn items(&self) -> impl Iterator<Item = &WorkItem> {
        self.groups.iter().flat_map(|g| &g.items)
    }

    /// The effect with this key.
    pub fn effect(&self, id: &str) -> Option<&WorkEffect> {
        self.effects.iter().find(|e| e.id == id)
    }

    /// Whether plans are made by this kind of pairing.
    pub fn is_for(&self, kind: &str) -> bool {
        self.pairings.iter().any(|k| k == kind)
    }
}
