//! The rows of the page.

use kernel::{Say, Text};

/// The whole page.
#[derive(Clone, Debug)]
pub struct RulesPage {
    /// The pack's name.
    pub name: Text,
    /// Its version.
    pub version: String,
    /// From when it applies.
    pub valid_from: String,
    /// What it is.
    pub about: Text,
    /// How days are counted, as sentences.
    pub counting: Vec<Say>,
    /// Classes on three levels, in order.
    pub classes: Vec<ClassRow>,
    /// Every limit with its source.
    pub limits: Vec<LimitRow>,
    /// Who may do what, by track.
    pub tracks: Vec<TrackPage>,
    /// Wording of notices and messages.
    pub notices: Vec<NoticeRow>,
    /// Grounds for not accepting: the ground, the right way, the source.
    pub grounds: Vec<(Text, Text, Say)>,
    /// Grades of supervision.
    pub supervision: Vec<SupervisionRow>,
    /// Who sees who asked, and for how long it is kept: as sentences.
    pub identity: Vec<Say>,
    /// Extension, waiting, call-back, evidence, publication: as sentences.
    pub other: Vec<Say>,
}

/// One class.
#[derive(Clone, Debug)]
pub struct ClassRow {
    /// Its code.
    pub code: String,
    /// 1 to 3.
    pub depth: usize,
    /// Its name.
    pub name: Text,
    /// Who handles it; empty on the upper levels where nothing is said.
    pub handler: Text,
    /// The answer limit in words.
    pub answer: Say,
    /// Evidence demanded, in words; empty where none.
    pub evidence: Say,
    /// What to know before.
    pub note: Option<Text>,
    /// Emergency numbers, where it stops.
    pub call: Vec<String>,
    /// Whether the public sees it.
    pub moderation: Say,
}

/// One limit.
#[derive(Clone, Debug)]
pub struct LimitRow {
    /// Its key.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The clock.
    pub clock: Say,
    /// When it applies, in words.
    pub applies: Say,
    /// How long.
    pub limit: Say,
    /// Its source.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Say,
    /// From when.
    pub valid_from: String,
}

/// One track.
#[derive(Clone, Debug)]
pub struct TrackPage {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its states in order.
    pub steps: Vec<StepRow>,
}

/// One state of a track.
#[derive(Clone, Debug)]
pub struct StepRow {
    /// The state.
    pub state: Say,
    /// Who has to act.
    pub owner: Option<Say>,
    /// The clock and its ordinary limit.
    pub clock: Option<Say>,
    /// What may be done.
    pub edges: Vec<EdgeRow>,
}

/// One thing that may be done.
#[derive(Clone, Debug)]
pub struct EdgeRow {
    /// What, and in which case.
    pub verb: Say,
    /// Where it leads.
    pub to: Say,
    /// Who may.
    pub who: Say,
    /// What it needs; empty where nothing.
    pub needs: Say,
    /// Which notices it makes due; empty where none.
    pub notices: Say,
    /// Which times begin with it; empty where none.
    pub starts: Say,
    /// Which times are met by it; empty where none.
    pub stops: Say,
}

/// One message.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    /// Its key.
    pub id: String,
    /// Which of the three notices, if one.
    pub notice: Option<Say>,
    /// To whom.
    pub to: Say,
    /// Its subject.
    pub subject: Text,
    /// Its wording.
    pub body: Text,
    /// Its version.
    pub version: String,
}

/// One grade of supervision.
#[derive(Clone, Debug)]
pub struct SupervisionRow {
    /// Its name.
    pub name: Text,
    /// What it means.
    pub text: Text,
    /// When the system proposes it.
    pub when: Vec<Say>,
    /// Who issues it.
    pub who: Say,
    /// Within which the unit replies.
    pub limit: Say,
    /// Its source.
    pub citation: Text,
}
