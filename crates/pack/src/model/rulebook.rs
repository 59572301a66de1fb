//! Numbers with their sources.

use kernel::{Date, Text};
use rules::case::{ClockKind, Kind, Party, Urgency};
use rules::deadline::Limit;
use serde::Deserialize;

rules::vocabulary! {
    /// How far a source has been read.
    Tag {
        /// The text itself was read.
        Seen = "seen", "已核原文", "Text read";
        /// Only a copy by others was read: verify before relying on it.
        Copy = "seen-3p", "见转载，待核", "Read in a copy";
        /// Known, but not found: verify before relying on it.
        Memory = "memory", "待核", "To be verified";
        /// Computed from what was read.
        Inferred = "inferred", "推算", "Inferred";
        /// A decision of the place itself, which it may change.
        Local = "local", "本地规定", "Decided locally";
    }
}

/// One time limit with its source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// Its key, named by certificates.
    pub id: String,
    /// Its version, named by certificates.
    pub version: String,
    /// The clock it is for.
    pub clock: ClockKind,
    /// Only for this kind of request.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// Only for this urgency.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// Only on this track.
    #[serde(default)]
    pub track: Option<String>,
    /// Only where a class names it.
    #[serde(default)]
    pub by_class: bool,
    /// How long.
    pub limit: Limit,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
    /// From when it applies.
    pub valid_from: Date,
}

/// A ground for not accepting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Its key.
    pub id: String,
    /// The ground, as the person is told.
    pub text: Text,
    /// The right way to go instead.
    pub right_way: Text,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

/// Who may give more time, and how much.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionRule {
    /// Who may.
    pub who: Vec<Party>,
    /// The most that one extension may add.
    pub cap: Limit,
    /// How often.
    pub times: u32,
    /// Only before the limit has run out.
    pub before_due: bool,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

/// How long who asked is kept after the end; statistics stay.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepingRule {
    /// How many days.
    pub days: u32,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

impl Default for KeepingRule {
    fn default() -> Self {
        KeepingRule {
            days: 1095,
            citation: Text::new(
                "个人信息保护法第十九条：保存期限为实现处理目的所必要的最短时间；时长由本地规定",
                "Law on personal information, art. 19: no longer than the purpose needs; how long is for the place to say",
            ),
            tag: Tag::Local,
        }
    }
}

/// How long a case may wait for the person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PauseRule {
    /// How often.
    pub times: u32,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

rules::vocabulary! {
    /// What makes the system propose supervision. A person issues it.
    Trigger {
        /// Not signed for in time, this many days over.
        AcceptanceOverdue = "acceptance-overdue", "超时未签收（天）", "Not accepted in time (days over)";
        /// Not answered in time, this many days over.
        AnswerOverdue = "answer-overdue", "超时未答复（天）", "Not answered in time (days over)";
        /// The rework is over its limit, this many days.
        ReworkOverdue = "rework-overdue", "重办超时（天）", "Rework over its limit (days)";
        /// Reworked this often.
        Reworked = "reworked", "重办次数", "Times reworked";
        /// Returned this often.
        Returned = "returned", "退单次数", "Times returned";
        /// Extended this often.
        Extended = "extended", "延期次数", "Times extended";
        /// This many people joined the same matter.
        Joined = "joined", "同一事项人数", "People joined";
        /// Supervised in the grade below for this many days without an answer.
        Unanswered = "unanswered", "下一级督办后仍未办（天）", "Lower grade unanswered (days)";
    }
}

/// One condition that makes the system propose supervision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerRule {
    /// What is watched.
    pub trigger: Trigger,
    /// From this number on.
    pub at: u32,
}

/// One grade of supervision 督办.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupervisionGrade {
    /// Its key.
    pub id: String,
    /// 1 is the mildest.
    pub grade: u8,
    /// What people call it.
    pub name: Text,
    /// What it means for the unit.
    pub text: Text,
    /// Who issues it.
    pub who: Vec<Party>,
    /// When the system proposes it: any one of these is enough.
    pub when: Vec<TriggerRule>,
    /// Within which the unit has to reply.
    pub limit: Limit,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

/// How people are called back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallBackRule {
    /// Days after the answer before somebody calls: the person's own word comes first.
    pub after_days: u32,
    /// On how many different days somebody has to try.
    pub attempt_days: u32,
    /// Within how many days after the answer those attempts are made.
    pub window_days: u32,
    /// After how many days without a word the case lapses as "no judgement given".
    pub lapse_days: u32,
    /// Which of the words that no caller has heard (given on the person's page or at a window) are asked
    /// again after sign-off, by lot.
    pub lot: rules::lot::Rule,
    /// What the caller says, with the two questions asked apart.
    pub script: Text,
    /// What it rests on.
    pub citation: Text,
    /// How far that has been read.
    pub tag: Tag,
}

/// One grade of satisfaction.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SatisfactionGrade {
    /// Its key.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// 5 is the best.
    pub score: u8,
    /// Whether it counts as satisfied.
    pub satisfied: bool,
    /// Whether the person is asked for a reason.
    #[serde(default)]
    pub ask_why: bool,
}
