//! Policy packs 政策包: everything that one place does in its own way, as checked data.
//!
//! ```text
//!  packs/county/*.toml ──┐
//!  packs/<place>/*.toml ─┴─ merge by key ─> Pack ─ check ─> problems (file, line, what to do)
//!                                            │
//!                                            ├─ classes, tracks, limits, templates … for the slices
//!                                            └─ describe ─> the page "rules in force"
//! ```
//!
//! A pack is read once at start-up and never changes while the program runs. It holds words and numbers
//! only: what they can say is the closed vocabulary of `rules`. A pack that extends another gives the
//! entries that differ; lists of entries are merged by their key (`id`, `code`, `state` …), all other
//! values are replaced.

mod builtin;
mod check;
mod describe;
mod find;
mod limits;
mod load;
mod merge;
mod model;
mod report;
mod source;
#[cfg(test)]
mod tests;

pub use builtin::{BUILTIN, builtin_names};
pub use check::{Problem, check};
pub use describe::{
    ClassRow, EdgeRow, LimitRow, NoticeRow, RulesPage, StepRow, SupervisionRow, TrackPage, describe, evidence,
};
pub use load::{Failure, load, load_builtin, load_dir, read_text};
pub use model::affair::{Affair, AffairPaper, AffairStep, PaperKind};
pub use model::class::{Class, Moderation, PlaceNeed, Stop, SubjectNeed};
pub use model::demo::Demo;
pub use model::household::{HouseholdRule, HouseholdTag, TagOn};
pub use model::liaison::{DutyOf, ObligationRule, PairingKind};
pub use model::mediation::MediationRule;
pub use model::rulebook::{
    CallBackRule, ExtensionRule, Ground, KeepingRule, LimitRule, PauseRule, SatisfactionGrade,
    SupervisionGrade, Tag, Trigger, TriggerRule,
};
pub use model::site::{
    Channel, ChannelKind, Duty, HandlerRule, LedgerView, Level, MeetingRule, PublicLedger, ShieldWords,
    SiteInfo, UnitKind,
};
pub use model::visit::{VisitChoice, VisitQuestion, VisitRule};
pub use model::wish::WishRule;
pub use model::words::{
    AnswerTemplate, Audience, Filled, MUST_HAVE, PLACEHOLDERS, Purpose, SMS_CHARS, Template,
};
pub use model::work::{WorkEffect, WorkGroup, WorkItem, WorkRule};
pub use report::check_path;

use kernel::{Date, Role, Say, Text, Zone};
use rules::calendar::Calendar;
use rules::case::{Evidence, Kind, Track};
use rules::deadline::Counting;
use rules::form::Form;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One place's rules, names and wording. Immutable once loaded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Its key, such as `county`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Its version; certificates and notices name it.
    pub version: String,
    /// The pack it builds on.
    #[serde(default)]
    pub extends: Option<String>,
    /// From when it applies.
    pub valid_from: Date,
    /// What it is, in a paragraph.
    #[serde(default)]
    pub about: Text,
    /// The zone in which days are counted, in seconds east of UTC.
    #[serde(default = "china")]
    pub zone: Zone,
    /// Names and contacts of the place.
    pub site: SiteInfo,
    /// Office hours and how days are counted.
    #[serde(default)]
    pub counting: Counting,
    /// A calendar of its own; the built-in one where it gives none (see [`Pack::calendar`]).
    #[serde(default, rename = "calendar")]
    pub own_calendar: Option<Calendar>,
    /// At how many percent of a limit the first signal comes.
    #[serde(default = "eighty")]
    pub warn_percent: u8,
    /// The levels of the network, from the top down.
    #[serde(rename = "level")]
    pub levels: Vec<Level>,
    /// Kinds of unit, with where each hangs and its duty list.
    #[serde(rename = "unit_kind")]
    pub unit_kinds: Vec<UnitKind>,
    /// Ways in.
    #[serde(rename = "channel")]
    pub channels: Vec<Channel>,
    /// Classes of request on all three levels, in the order of their codes, each with what it
    /// inherits filled in.
    #[serde(rename = "class", deserialize_with = "model::class::resolved")]
    pub classes: Vec<Class>,
    /// Courses that classes take. Their clocks are filled in from [`Pack::limits`].
    #[serde(rename = "track")]
    pub tracks: Vec<Track>,
    /// Every time limit with its source.
    #[serde(rename = "limit")]
    pub limits: Vec<LimitRule>,
    /// Wording of notices and messages.
    #[serde(rename = "template")]
    pub templates: Vec<Template>,
    /// Grounds for not accepting, each with the right way.
    #[serde(rename = "ground")]
    pub grounds: Vec<Ground>,
    /// Who may give more time, and how much.
    pub extension: ExtensionRule,
    /// How long a case may wait for the person.
    pub pause: PauseRule,
    /// The grades of supervision 督办, from the mildest up.
    #[serde(rename = "supervision")]
    pub supervision: Vec<SupervisionGrade>,
    /// How people are called back.
    #[serde(rename = "call_back")]
    pub call_back: CallBackRule,
    /// The five grades of satisfaction, from the best down.
    #[serde(rename = "satisfaction")]
    pub satisfaction: Vec<SatisfactionGrade>,
    /// Ready wordings for answers.
    #[serde(default, rename = "answer")]
    pub answers: Vec<AnswerTemplate>,
    /// How long who asked is kept after the end, where a class does not say otherwise.
    #[serde(default)]
    pub keeping: KeepingRule,
    /// Purposes for which somebody may look at a person's identity.
    #[serde(default, rename = "purpose")]
    pub purposes: Vec<Purpose>,
    /// What is said of complaints that name a unit or a person.
    #[serde(default)]
    pub shield: ShieldWords,
    /// Questions that classes ask, by key.
    #[serde(default, rename = "form")]
    pub forms: BTreeMap<String, Form>,
    /// Evidence that takes the place of the class's own where the answer is that it cannot be solved.
    #[serde(default)]
    pub unsolvable_evidence: Vec<Evidence>,
    /// What the public ledger shows.
    #[serde(rename = "public_ledger")]
    pub public_ledger: PublicLedger,
    /// Views of the ledger that the place works with.
    #[serde(default, rename = "view")]
    pub views: Vec<LedgerView>,
    /// How needs are noted at a villagers' meeting 集体诉求会.
    pub meeting: MeetingRule,
    /// Papers that people hand in for affairs.
    #[serde(default, rename = "paper")]
    pub papers: Vec<PaperKind>,
    /// Affairs handled for people 事务代办.
    #[serde(default, rename = "affair")]
    pub affairs: Vec<Affair>,
    /// How disputes are mediated 人民调解; none where the place keeps no such files.
    #[serde(default)]
    pub mediation: Option<MediationRule>,
    /// How wishes 微心愿 are shown.
    #[serde(default)]
    pub wish: WishRule,
    /// How homes are visited 走访.
    pub visit: VisitRule,
    /// Where households stand.
    pub household: HouseholdRule,
    /// Marks that households and their people may carry.
    #[serde(default, rename = "tag")]
    pub tags: Vec<HouseholdTag>,
    /// Kinds of pairing 结对: who may look after which households.
    #[serde(default, rename = "pairing")]
    pub pairings: Vec<PairingKind>,
    /// How often something is to happen over pairings 应办.
    #[serde(default, rename = "obligation")]
    pub obligations: Vec<ObligationRule>,
    /// What whoever is paired plans with a household, and what may come of it 结对工作.
    pub work: WorkRule,
    /// Names of roles that differ from the usual ones, by role key.
    #[serde(default, rename = "role")]
    pub role_names: BTreeMap<String, Text>,
    /// The size and the names of the demonstration site.
    pub demo: Demo,
    /// Where everything stands in the files.
    #[serde(skip)]
    places: source::Places,
}

fn china() -> Zone {
    Zone::CHINA
}

fn eighty() -> u8 {
    80
}

impl Pack {
    /// The working-day calendar: the pack's own, or the built-in one.
    pub fn calendar(&self) -> &Calendar {
        self.own_calendar.as_ref().unwrap_or_else(|| Calendar::built_in())
    }

    /// The class with this code.
    pub fn class(&self, code: &str) -> Option<&Class> {
        self.classes.binary_search_by(|c| c.code.as_str().cmp(code)).ok().map(|i| &self.classes[i])
    }

    /// Classes of the first level, or right below `code`.
    pub fn classes_below(&self, code: Option<&str>) -> impl Iterator<Item = &Class> {
        self.classes.iter().filter(move |c| c.parent() == code)
    }

    /// The names of a class and those above it, from the first level down.
    pub fn class_path(&self, code: &str) -> Vec<&Text> {
        let mut out = Vec::new();
        let mut at = self.class(code);
        while let Some(class) = at {
            out.push(&class.name);
            at = class.parent().and_then(|p| self.class(p));
        }
        out.reverse();
        out
    }

    /// The mark with this key.
    pub fn tag(&self, id: &str) -> Option<&HouseholdTag> {
        self.tags.iter().find(|t| t.id == id)
    }

    /// The kind of pairing with this key.
    pub fn pairing(&self, id: &str) -> Option<&PairingKind> {
        self.pairings.iter().find(|k| k.id == id)
    }

    /// The obligation with this key.
    pub fn obligation(&self, id: &str) -> Option<&ObligationRule> {
        self.obligations.iter().find(|o| o.id == id)
    }

    /// The track with this key.
    pub fn track(&self, id: &str) -> Option<&Track> {
        self.tracks.iter().find(|t| t.id == id)
    }

    /// The track of a class.
    pub fn track_of(&self, class: &str) -> Option<&Track> {
        self.track(&self.class(class)?.track)
    }

    /// The template with this key.
    pub fn template(&self, id: &str) -> Option<&Template> {
        self.templates.iter().find(|t| t.id == id)
    }

    /// The ground for not accepting with this key.
    pub fn ground(&self, id: &str) -> Option<&Ground> {
        self.grounds.iter().find(|g| g.id == id)
    }

    /// The kind of unit with this key.
    pub fn unit_kind(&self, id: &str) -> Option<&UnitKind> {
        self.unit_kinds.iter().find(|k| k.id == id)
    }

    /// The level with this key.
    pub fn level(&self, id: &str) -> Option<&Level> {
        self.levels.iter().find(|l| l.id == id)
    }

    /// Where to look for the unit of this kind that serves a place.
    pub fn handler_rule(&self, kind: &str) -> Option<HandlerRule<'_>> {
        let kind = self.unit_kind(kind)?;
        Some(match &kind.parent {
            Some(level) if kind.office => HandlerRule { kind, ancestor: level, child: true },
            _ => HandlerRule { kind, ancestor: &kind.level, child: false },
        })
    }

    /// The kind that answers where no place is known: the first one up from `kind` that the top level holds.
    pub fn handler_without_place(&self, kind: &str) -> Option<&UnitKind> {
        let top = &self.levels.first()?.id;
        let mut at = self.unit_kind(kind)?;
        for _ in 0..self.unit_kinds.len() {
            if at.level == *top || (at.office && at.parent.as_ref() == Some(top)) {
                return Some(at);
            }
            at = self.unit_kind(at.up.as_deref()?)?;
        }
        None
    }

    /// The channel with this key.
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|c| c.id == id)
    }

    /// The questions a class asks, where it asks any.
    pub fn form_of(&self, class: &str) -> Option<&Form> {
        self.forms.get(self.class(class)?.form.as_deref()?)
    }

    /// The affair that requests of a class are about, where they are about one.
    pub fn affair_of(&self, class: &str) -> Option<&Affair> {
        let id = self.class(class)?.affair.as_deref()?;
        self.affairs.iter().find(|a| a.id == id)
    }

    /// The rule of mediation, for a case on this track.
    pub fn mediation_on(&self, track: &str) -> Option<&MediationRule> {
        self.mediation.as_ref().filter(|m| m.track == track)
    }

    /// The paper with this key.
    pub fn paper(&self, id: &str) -> Option<&PaperKind> {
        self.papers.iter().find(|p| p.id == id)
    }

    /// The evidence demanded before sign-off.
    pub fn evidence(&self, class: &str, unsolvable: bool) -> &[Evidence] {
        match self.class(class) {
            Some(c) if !unsolvable => &c.evidence,
            // What could not be done cannot be pictured; what is owed is the proof that it was looked into.
            Some(c) if !c.evidence.is_empty() => &self.unsolvable_evidence,
            _ => &[],
        }
    }

    /// The grade of satisfaction with this key.
    pub fn grade(&self, id: &str) -> Option<&SatisfactionGrade> {
        self.satisfaction.iter().find(|g| g.id == id)
    }

    /// The answer wordings that fit a class, those for the class itself first.
    pub fn answers_for(&self, class: &str) -> Vec<&AnswerTemplate> {
        let mut out: Vec<&AnswerTemplate> = self
            .answers
            .iter()
            .filter(|a| a.class.as_deref().is_none_or(|c| model::class::within(class, c)))
            .collect();
        out.sort_by_key(|a| std::cmp::Reverse(a.class.as_deref().map_or(0, str::len)));
        out
    }

    /// What a role is called here.
    pub fn role_name(&self, role: Role) -> Say {
        match self.role_names.get(role.key()) {
            Some(text) => Say::new(text.zh.clone(), text.en.clone()),
            None => role.name(),
        }
    }

    /// What a kind of request is called.
    pub fn kind_name(&self, kind: Kind) -> Say {
        kind.name()
    }
}
