//! People's mediation 人民调解: which items its file must hold, and what is told where it fails.

use super::rulebook::Tag;
use kernel::Text;
use rules::deadline::Limit;
use rules::mediation::FileItem;
use serde::Deserialize;

/// How disputes are mediated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediationRule {
    /// Cases on this track are mediations, with a file.
    pub track: String,
    /// What the file must hold before it may be closed as agreed.
    pub mandatory: Vec<FileItem>,
    /// What the mandatory items rest on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
    /// For how many years from its end the file is kept; who asked is forgotten before that, as the class says.
    pub keep_years: u16,
    /// What that rests on.
    pub keep_citation: Text,
    /// How far that has been read.
    pub keep_tag: Tag,
    /// Within how long from the day of the agreement both may ask the court together to confirm it.
    pub confirm_within: Limit,
    /// What that rests on.
    pub confirm_citation: Text,
    /// Where a party does not want it, or it fails: the other ways, as they are told.
    pub other_ways: Text,
}
