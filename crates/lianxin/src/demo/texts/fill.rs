//! From a template to a sentence.

use super::super::Dice;
use super::{common, crops, day};
use kernel::Date;

/// What surrounds a text.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The village or community.
    pub village: &'a str,
    /// The group within it; may be empty.
    pub group: &'a str,
    /// The handling unit.
    pub unit: &'a str,
    /// The day on which it is written.
    pub on: Date,
    /// Settles landmarks, crop and acres, so that a request and its answer speak of the same.
    pub spot: usize,
}

/// What is said along the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// A note of progress.
    Progress,
    /// Something the person adds.
    Supplement,
    /// A word with a good judgement; may be empty.
    Good,
    /// A word with a bad one.
    Bad,
    /// Why a unit sends it back.
    Return,
    /// Why more time is needed.
    Extend,
    /// What is asked of the person.
    Pause,
    /// What is asked of another unit.
    AskHelp,
    /// What the other unit reports.
    HelpReport,
    /// Why the person takes it back.
    Withdraw,
    /// How a call went that reached nobody.
    NoAnswer,
    /// What a supervisor writes.
    Supervise,
    /// What somebody says who joins.
    Join,
}

impl Say {
    /// Every one.
    pub const ALL: [Say; 13] = [
        Say::Progress,
        Say::Supplement,
        Say::Good,
        Say::Bad,
        Say::Return,
        Say::Extend,
        Say::Pause,
        Say::AskHelp,
        Say::HelpReport,
        Say::Withdraw,
        Say::NoAnswer,
        Say::Supervise,
        Say::Join,
    ];

    /// Its list in the common file.
    pub(super) fn key(self) -> &'static str {
        match self {
            Say::Progress => "progress",
            Say::Supplement => "supplement",
            Say::Good => "good",
            Say::Bad => "bad",
            Say::Return => "return_why",
            Say::Extend => "extend_why",
            Say::Pause => "pause_ask",
            Say::AskHelp => "help_ask",
            Say::HelpReport => "help_report",
            Say::Withdraw => "withdraw_why",
            Say::NoAnswer => "no_evidence_call",
            Say::Supervise => "supervise_words",
            Say::Join => "join_words",
        }
    }
}

/// Fills templates for one text: landmarks, crop and acres stay the same throughout.
pub(super) struct Fill<'d> {
    dice: &'d Dice,
    around: Around<'d>,
    spots: [&'static str; 2],
    crop: &'static str,
    acres: &'static str,
}

impl<'d> Fill<'d> {
    pub(super) fn new(dice: &'d Dice, around: &Around<'d>) -> Self {
        let of = |all: Vec<&'static str>, n: usize| match all.len() {
            0 => "",
            len => all[n % len],
        };
        let (n, spots) = (around.spot, common("spots"));
        let second = n + 1 + n / 97 % spots.len().max(2).saturating_sub(1);
        Fill {
            dice,
            around: *around,
            spots: [of(spots.clone(), n), of(spots, second)],
            crop: of(crops(around.on.month()), n / 7),
            acres: of(common("acres"), n / 13),
        }
    }

    /// One of the templates, filled; empty where there is none.
    pub(super) fn one(&self, templates: &[&str]) -> String {
        if templates.is_empty() { String::new() } else { self.fill(self.dice.pick::<&str>(templates)) }
    }

    /// One of a common list.
    pub(super) fn common(&self, key: &str) -> String {
        self.one(&common(key))
    }

    fn fill(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(at) = rest.find(['[', '{']) {
            out.push_str(&rest[..at]);
            let close = if rest[at..].starts_with('[') { ']' } else { '}' };
            let Some(end) = rest[at..].find(close).map(|n| at + n) else { break };
            let inside = &rest[at + 1..end];
            match close {
                ']' => {
                    let choices: Vec<&str> = inside.split('|').collect();
                    out.push_str(&self.fill(self.dice.pick::<&str>(&choices)));
                }
                _ => out.push_str(&self.slot(inside)),
            }
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        out
    }

    fn slot(&self, name: &str) -> String {
        let (dice, around) = (self.dice, &self.around);
        let pick = |key: &str| dice.pick::<&str>(&common(key)).to_string();
        match name {
            "p" => format!("{}{}", around.village, around.group),
            "v" => around.village.to_owned(),
            "s" => self.spots[0].to_owned(),
            "s2" => self.spots[1].to_owned(),
            "n" => dice.from_to(2, 9).to_string(),
            "m" => dice.from_to(11, 68).to_string(),
            "yuan" => money(dice),
            "few" => (dice.from_to(11, 86) * 10).to_string(),
            "wage" => (dice.from_to(18, 52) * 100).to_string(),
            "year" => (dice.from_to(54, 180) * 100).to_string(),
            "big" => (dice.from_to(30, 640) * 100).to_string(),
            "mu" => self.acres.to_owned(),
            "old" => pick("old"),
            "time" => pick("times"),
            "since" => self.fill(dice.pick::<&str>(&common("since"))),
            "crop" => self.crop.to_owned(),
            "unit" => around.unit.to_owned(),
            // The work was done shortly before the answer.
            "date" => day(self.before(6)),
            "day" => match dice.below(4) {
                0 => ["前天", "昨天", "上周五", "上周末", "上个赶集天"][dice.below(5)].to_owned(),
                _ => day(self.before(25)),
            },
            // A slot that is misspelt is seen in the test.
            other => format!("{{{other}}}"),
        }
    }

    fn before(&self, days: i64) -> Date {
        let back = jiff::Span::new().days(self.dice.from_to(0, days));
        self.around.on.checked_sub(back).unwrap_or(self.around.on)
    }
}

/// An amount as people say it: round, and small ones more often.
fn money(dice: &Dice) -> String {
    let amount = match dice.below(10) {
        0..=3 => dice.from_to(6, 98) * 10,
        4..=7 => dice.from_to(10, 96) * 100,
        8 => dice.from_to(10, 48) * 1000,
        _ => dice.from_to(101, 999),
    };
    amount.to_string()
}
