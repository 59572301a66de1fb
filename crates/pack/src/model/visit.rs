//! The visit 走访: what is asked at the door, by what it can be answered at once, and how long a phone keeps it.

use super::rulebook::Tag;
use kernel::Text;
use serde::Deserialize;

/// The most questions of a visit: more than this is no longer half a minute.
pub const MOST_QUESTIONS: usize = 5;
/// The most quick choices of one question: what a thumb overlooks on a telephone.
pub const MOST_CHOICES: usize = 6;

/// How homes are visited.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitRule {
    /// What people call a visit.
    pub name: Text,
    /// What they call the list of what was heard, by day.
    pub diary: Text,
    /// What they call the list of needs that came out of it.
    pub ledger: Text,
    /// The channel by which a need that was heard at the door comes in.
    #[serde(default = "visit")]
    pub channel: String,
    /// So many days a phone may keep what its holder needs for their own households (two weeks without network
    /// lose nothing; 个人信息保护法 art. 19 asks for the shortest time that is necessary).
    pub keep_days: u16,
    /// So many years after it what was said at a visit and its pictures are forgotten, and so many after their year what was
    /// written in plans, of help and in checks; figures and facts stand.
    pub keep_years: u16,
    /// What that rests on.
    pub keep_citation: Text,
    /// How far that has been read.
    pub keep_tag: Tag,
    /// Within so many months a need of the same class counts as one that came up again.
    pub again_months: u8,
    /// The most pictures that may go with a visit; none is ever asked for, and 0 leaves the field out.
    #[serde(default)]
    pub photos: u8,
    /// So many days a visit may be entered after it was made, so that a notebook can be typed in.
    pub late_days: u16,
    /// What is asked, in the order in which it is asked.
    #[serde(rename = "question")]
    pub questions: Vec<VisitQuestion>,
    /// What the questions rest on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

fn visit() -> String {
    "visit".to_owned()
}

/// One of the things that are asked. "Nothing new" is always an answer, and needs no tap.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitQuestion {
    /// Its key.
    pub id: String,
    /// What it is called, in a word or two.
    pub name: Text,
    /// How it is put to the family.
    pub ask: Text,
    /// Words to tap instead of typing.
    #[serde(default, rename = "choice")]
    pub choices: Vec<VisitChoice>,
    /// Only in households that bear one of these tags; in all where left out.
    #[serde(default)]
    pub only: Vec<String>,
}

/// A word that answers a question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitChoice {
    /// Its key within the question.
    pub id: String,
    /// What is shown.
    pub name: Text,
    /// Only in households that bear one of these tags; in all where left out.
    #[serde(default)]
    pub only: Vec<String>,
    /// Where it is usually a need: the class, or one above it, with which that is begun.
    #[serde(default)]
    pub class: Option<String>,
    /// Classes of the third level that such a need usually has: offered beside its class, so that nobody has to find them.
    #[serde(default)]
    pub propose: Vec<String>,
}

/// Whether what is asked of some only is asked where these tags are.
fn applies(only: &[String], tags: &[String]) -> bool {
    only.is_empty() || only.iter().any(|t| tags.contains(t))
}

impl VisitRule {
    /// What is asked of a household with these tags.
    pub fn asked<'a>(&'a self, tags: &'a [String]) -> impl Iterator<Item = &'a VisitQuestion> {
        self.questions.iter().filter(move |q| applies(&q.only, tags))
    }

    /// The question with this key.
    pub fn question(&self, id: &str) -> Option<&VisitQuestion> {
        self.questions.iter().find(|q| q.id == id)
    }
}

impl VisitQuestion {
    /// What can be tapped in a household with these tags.
    pub fn offered<'a>(&'a self, tags: &'a [String]) -> impl Iterator<Item = &'a VisitChoice> {
        self.choices.iter().filter(move |c| applies(&c.only, tags))
    }

    /// The choice with this key.
    pub fn choice(&self, id: &str) -> Option<&VisitChoice> {
        self.choices.iter().find(|c| c.id == id)
    }
}
