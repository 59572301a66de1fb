//! Affairs handled for people 事务代办: the steps they take, and the papers they need.

use super::rulebook::Tag;
use kernel::Text;
use rules::deadline::Limit;
use rules::papers::PaperForm;
use serde::Deserialize;

/// A paper that people hand in, such as an identity card. Nothing that stands on it is ever noted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperKind {
    /// Its key.
    pub id: String,
    /// What people call it.
    pub name: Text,
}

/// An affair: what classes of request that name it are about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affair {
    /// Its key; classes name it as `affair`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// What happens, step by step.
    #[serde(default, rename = "step")]
    pub steps: Vec<AffairStep>,
    /// The papers that it needs.
    #[serde(default, rename = "paper")]
    pub papers: Vec<AffairPaper>,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

/// One step of an affair.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AffairStep {
    /// Its key within the affair.
    pub id: String,
    /// What happens.
    pub what: Text,
    /// Who does it, in words.
    pub who: Text,
    /// Within how long, from the end of the step before; from registration for the first.
    pub within: Limit,
    /// Where it is handed in or done.
    #[serde(rename = "where")]
    pub place: Text,
}

/// A paper that an affair needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AffairPaper {
    /// Which: a key of [`crate::Pack::papers`].
    pub id: String,
    /// In what form.
    pub form: PaperForm,
    /// When it is needed, where not always.
    #[serde(default)]
    pub when: Option<Text>,
}

impl Affair {
    /// The step with this key.
    pub fn step(&self, id: &str) -> Option<&AffairStep> {
        self.steps.iter().find(|s| s.id == id)
    }
}
