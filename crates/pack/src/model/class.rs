//! Classes of request 诉求分类, in three levels.

use kernel::Text;
use rules::case::{ClockKind, Evidence, Kind, Urgency};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

rules::vocabulary! {
    /// What happens before the public ledger shows a case of a class.
    Moderation {
        /// It is shown with names, numbers and addresses masked.
        Auto = "auto", "自动公开", "Shown automatically";
        /// A moderator looks first.
        Look = "look", "审核后公开", "Shown after a look";
        /// It is never shown.
        Never = "never", "不公开", "Never shown";
    }
}

rules::vocabulary! {
    /// Whether a class asks where.
    PlaceNeed {
        /// It must be said.
        Required = "required", "必填地点", "Place required";
        /// It may be said.
        Optional = "optional", "选填地点", "Place optional";
        /// It is not asked.
        None = "none", "不填地点", "No place";
    }
}

rules::vocabulary! {
    /// Whom a class names: what is said against a unit or a person is kept from them.
    SubjectNeed {
        /// A unit.
        Unit = "unit", "反映单位", "Names a unit";
        /// Somebody of a unit.
        Person = "person", "反映人员", "Names a person";
        /// A unit, and somebody of it where that is known.
        Either = "either", "反映单位或人员", "Names a unit or a person";
    }
}

/// Stops the form: this is no matter for a deadline but for an emergency number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// What to say.
    pub text: Text,
    /// Whom to call, such as `110`.
    pub call: Vec<String>,
    /// Whether the matter can still be registered afterwards (a report after the fact).
    #[serde(default)]
    pub may_go_on: bool,
}

/// One class, with everything it inherits from those above it filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its code: `02`, `02.03` or `02.03.01`.
    pub code: String,
    /// What people call it.
    pub name: Text,
    /// Words by which it is found while typing.
    pub words: Vec<String>,
    /// What a request of this class usually is.
    pub kind: Kind,
    /// The course it takes.
    pub track: String,
    /// How soon, unless the person or the clerk says otherwise.
    pub urgency: Urgency,
    /// Limits of its own, by clock: keys of [`crate::LimitRule`].
    pub limits: BTreeMap<ClockKind, String>,
    /// What has to be shown before sign-off.
    pub evidence: Vec<Evidence>,
    /// The questions it asks: a key of [`crate::Pack::forms`].
    pub form: Option<String>,
    /// The affair it is about: a key of [`crate::Pack::affairs`].
    pub affair: Option<String>,
    /// Whom to call instead.
    pub stop: Option<Stop>,
    /// What to know before asking: its bounds, what to bring.
    pub note: Option<Text>,
    /// The kind of unit that handles it, at the place or above it.
    pub handler: String,
    /// What happens before the public sees it.
    pub moderation: Moderation,
    /// Whether a place is asked.
    pub place: PlaceNeed,
    /// Whether somebody has to call on the person, so that an address is needed.
    pub visit: bool,
    /// A major matter: it needs the leading group's recorded decision.
    pub major: bool,
    /// How many days after the end who asked is kept; the pack's own where nothing is said.
    pub keep_days: Option<u32>,
    /// Whom it names; none where it is about no one's conduct.
    pub subject: Option<SubjectNeed>,
    /// What the public ledger calls it.
    pub public_name: Text,
}

impl Class {
    /// The code right above, `None` on the first level.
    pub fn parent(&self) -> Option<&str> {
        parent(&self.code)
    }

    /// 1, 2 or 3.
    pub fn depth(&self) -> usize {
        depth(&self.code)
    }

    /// Whether a request can be of this class: only the third level takes requests.
    pub fn is_leaf(&self) -> bool {
        self.depth() == 3
    }
}

/// The code right above.
pub(crate) fn parent(code: &str) -> Option<&str> {
    code.rfind('.').map(|at| &code[..at])
}

/// How many parts a code has.
pub(crate) fn depth(code: &str) -> usize {
    code.split('.').count()
}

/// Whether `code` is `above` or stands below it.
pub(crate) fn within(code: &str, above: &str) -> bool {
    code.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A class as a file writes it: what is left out comes from above.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    name: Text,
    /// Words separated by spaces.
    #[serde(default)]
    words: String,
    kind: Option<Kind>,
    track: Option<String>,
    urgency: Option<Urgency>,
    #[serde(default)]
    limits: BTreeMap<ClockKind, String>,
    evidence: Option<Vec<Evidence>>,
    form: Option<String>,
    affair: Option<String>,
    stop: Option<Stop>,
    note: Option<Text>,
    handler: Option<String>,
    moderation: Option<Moderation>,
    place: Option<PlaceNeed>,
    visit: Option<bool>,
    major: Option<bool>,
    keep_days: Option<u32>,
    subject: Option<SubjectNeed>,
    public_name: Option<Text>,
}

/// Reads the entries and fills in what each inherits. Never refuses: what is missing or unknown is
/// for the check, which can name the line.
pub(crate) fn resolved<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Class>, D::Error> {
    let mut entries = Vec::<Entry>::deserialize(d)?;
    entries.sort_by(|a, b| a.code.cmp(&b.code));
    let mut done: BTreeMap<String, Class> = BTreeMap::new();
    for e in entries {
        let up = parent(&e.code).and_then(|p| done.get(p));
        let mut limits = up.map(|u| u.limits.clone()).unwrap_or_default();
        limits.extend(e.limits);
        let class = Class {
            words: e.words.split_whitespace().map(str::to_owned).collect(),
            kind: e.kind.or(up.map(|u| u.kind)).unwrap_or(Kind::Help),
            track: e.track.or(up.map(|u| u.track.clone())).unwrap_or_else(|| "standard".to_owned()),
            urgency: e.urgency.or(up.map(|u| u.urgency)).unwrap_or(Urgency::Ordinary),
            limits,
            evidence: e.evidence.or(up.map(|u| u.evidence.clone())).unwrap_or_default(),
            // An empty key asks nothing where the class above asks something.
            form: e.form.or(up.and_then(|u| u.form.clone())).filter(|f| !f.is_empty()),
            affair: e.affair.or(up.and_then(|u| u.affair.clone())).filter(|a| !a.is_empty()),
            stop: e.stop,
            note: e.note.or(up.and_then(|u| u.note.clone())),
            handler: e.handler.or(up.map(|u| u.handler.clone())).unwrap_or_default(),
            moderation: e.moderation.or(up.map(|u| u.moderation)).unwrap_or(Moderation::Look),
            place: e.place.or(up.map(|u| u.place)).unwrap_or(PlaceNeed::Optional),
            visit: e.visit.or(up.map(|u| u.visit)).unwrap_or(false),
            major: e.major.or(up.map(|u| u.major)).unwrap_or(false),
            keep_days: e.keep_days.or(up.and_then(|u| u.keep_days)),
            subject: e.subject.or(up.and_then(|u| u.subject)),
            public_name: e.public_name.unwrap_or_else(|| e.name.clone()),
            name: e.name,
            code: e.code,
        };
        done.insert(class.code.clone(), class);
    }
    Ok(done.into_values().collect())
}
