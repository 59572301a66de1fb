//! Asking the table: may this scope do this, how far, and which row says so.

use crate::table::{Row, TABLE, Who};
use crate::words::{Noun, Reach, Verb};
use kernel::{AccountId, Actor, Error, Grant, Result, Say, Scope, UnitId};

/// What something is to be done to, as far as permission depends on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'a> {
    /// The path of the unit that it belongs to; empty for what belongs to no unit.
    pub path: &'a str,
    /// Paths of further units that have a part in it (helping units, the first to receive it).
    pub also: &'a [&'a str],
    /// The responsible officer, where there is one.
    pub officer: Option<AccountId>,
    /// Whether the visitor has shown its query code.
    pub holder: bool,
    /// Whether the use case has found a pairing in force today between the visitor and the household.
    pub paired: bool,
}

impl<'a> Target<'a> {
    /// Something of the unit at `path`.
    pub fn at(path: &'a str) -> Self {
        Target { path, ..Target::default() }
    }
    /// The same, with the officer who answers for it.
    pub fn officer(self, officer: Option<AccountId>) -> Self {
        Target { officer, ..self }
    }
    /// The same, with further units that have a part in it.
    pub fn also(self, also: &'a [&'a str]) -> Self {
        Target { also, ..self }
    }
    /// The same, to somebody who showed the query code.
    pub fn held(self) -> Self {
        Target { holder: true, ..self }
    }
    /// The same, where `paired` says whether a pairing of today joins the visitor and the household.
    pub fn paired(self, paired: bool) -> Self {
        Target { paired, ..self }
    }

    fn any_path(&self, mut test: impl FnMut(&str) -> bool) -> bool {
        (!self.path.is_empty() && test(self.path)) || self.also.iter().any(|p| !p.is_empty() && test(p))
    }
}

impl<'a> From<&'a str> for Target<'a> {
    fn from(path: &'a str) -> Self {
        Target::at(path)
    }
}

impl<'a> From<&'a String> for Target<'a> {
    fn from(path: &'a String) -> Self {
        Target::at(path)
    }
}

impl<'a> From<&Target<'a>> for Target<'a> {
    fn from(target: &Target<'a>) -> Self {
        *target
    }
}

/// Why something is allowed, or not.
#[derive(Debug)]
pub enum Why {
    /// The program itself acts.
    Program,
    /// This row allows it, by this post (none for rows that speak of everybody).
    Allowed {
        /// The row.
        row: &'static Row,
        /// The post that carries the role.
        by: Option<Grant>,
    },
    /// No row reaches there. These would, in another place or case, by a post held today.
    OutOfReach {
        /// Rows for a role that is held.
        rows: Vec<&'static Row>,
        /// Rows for roles that are not.
        others: Vec<&'static Row>,
    },
    /// No post held today has a role that may do this anywhere. These rows name who may.
    NoRole {
        /// Every row with this verb and noun.
        rows: Vec<&'static Row>,
    },
}

impl Why {
    /// Whether it is allowed.
    pub fn allowed(&self) -> bool {
        matches!(self, Why::Program | Why::Allowed { .. })
    }

    /// In words.
    pub fn say(&self) -> Say {
        match self {
            Why::Program => Say::new("系统自动办理。", "Done by the system itself."),
            Why::Allowed { row, .. } => {
                let (who, reach) = (row.who.name(), row.reach.name());
                Say::new(
                    format!("可以：{}，范围“{}”。", who.zh, reach.zh),
                    format!("Yes: {}, reach \"{}\".", who.en, reach.en),
                )
            }
            Why::OutOfReach { rows, others } => {
                let (zh, en) = reaches(rows);
                let (who_zh, who_en) = whose(others);
                Say::new(
                    format!("这一件不在您的范围内。您的范围：{zh}。{who_zh}"),
                    format!("This one is out of your reach. Your reach: {en}.{who_en}"),
                )
            }
            Why::NoRole { rows } if rows.is_empty() => {
                Say::new("没有岗位可以这样做。", "No post may do this.")
            }
            Why::NoRole { rows } => {
                let (zh, en) = whose(rows);
                Say::new(
                    format!("您今天的岗位不能这样做。{zh}"),
                    format!("None of your posts today may do this.{en}"),
                )
            }
        }
    }
}

/// Who may, as a sentence; empty where nobody else may.
fn whose(rows: &[&Row]) -> (String, String) {
    let mut zh: Vec<_> = rows.iter().map(|r| r.who.name().zh).collect();
    let mut en: Vec<_> = rows.iter().map(|r| r.who.name().en).collect();
    zh.dedup();
    en.dedup();
    if zh.is_empty() {
        return Default::default();
    }
    (format!("可以的是：{}。", zh.join("、")), format!(" Who may: {}.", en.join(", ")))
}

fn reaches(rows: &[&Row]) -> (String, String) {
    let mut zh: Vec<_> = rows.iter().map(|r| r.reach.name().zh).collect();
    let mut en: Vec<_> = rows.iter().map(|r| r.reach.name().en).collect();
    zh.dedup();
    en.dedup();
    (zh.join("、"), en.join(", "))
}

/// The rows with this verb and noun.
fn rows(verb: Verb, noun: Noun) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |r| r.noun == noun && r.verbs.contains(&verb))
}

/// The posts by which `scope` holds `row`; one empty entry where the row needs none.
fn holders<'s>(scope: &'s Scope, row: &Row) -> Vec<Option<&'s Grant>> {
    match row.who {
        Who::Anyone => vec![None],
        Who::Staff => scope.grants.first().map(Some).into_iter().collect(),
        Who::Role(role) => scope.grants_of(role).map(Some).collect(),
    }
}

fn reaches_target(scope: &Scope, row: &Row, by: Option<&Grant>, target: &Target<'_>) -> bool {
    match row.reach {
        Reach::Public | Reach::Site => true,
        Reach::Holder => target.holder,
        Reach::Pairing => target.paired,
        Reach::Own => target.officer.is_some() && target.officer == scope.account(),
        Reach::Unit => by.is_some_and(|g| target.any_path(|p| p == g.path)),
        Reach::Subtree => by.is_some_and(|g| target.any_path(|p| p.starts_with(&g.path))),
        Reach::Above => by.is_some_and(|g| target.any_path(|p| p.starts_with(&g.path) && p != g.path)),
    }
}

/// How near a post stands to what it is done to: whoever holds several acts by the nearest.
fn nearness(by: Option<&Grant>, target: &Target<'_>) -> usize {
    const STEP: usize = 1 << 16;
    let Some(post) = by else { return 0 };
    if post.path == target.path {
        3 * STEP
    } else if target.path.starts_with(&post.path) {
        2 * STEP + post.path.len()
    } else {
        1 + target
            .also
            .iter()
            .filter(|p| p.starts_with(&post.path))
            .map(|_| post.path.len())
            .max()
            .unwrap_or(0)
    }
}

/// Which row decides, and by which post: the one that stands nearest.
pub fn explain<'a>(scope: &Scope, verb: Verb, noun: Noun, target: impl Into<Target<'a>>) -> Why {
    if scope.actor == Actor::System {
        return Why::Program;
    }
    let target = target.into();
    let mut near = Vec::new();
    let mut found: Option<(usize, &Row, Option<&Grant>)> = None;
    for row in rows(verb, noun) {
        let holders = holders(scope, row);
        for by in holders.iter().filter(|by| reaches_target(scope, row, **by, &target)) {
            let how_near = nearness(*by, &target);
            if found.as_ref().is_none_or(|(best, ..)| how_near > *best) {
                found = Some((how_near, row, *by));
            }
        }
        if !holders.is_empty() && row.reach != Reach::Holder {
            near.push(row);
        }
    }
    if let Some((_, row, by)) = found {
        Why::Allowed { row, by: by.cloned() }
    } else if near.is_empty() {
        Why::NoRole { rows: rows(verb, noun).collect() }
    } else {
        let held = |row: &&Row| !holders(scope, row).is_empty();
        Why::OutOfReach { rows: near, others: rows(verb, noun).filter(|row| !held(row)).collect() }
    }
}

/// Whether `scope` may do `verb` to the `noun` at `target` (a unit path will do).
pub fn may<'a>(scope: &Scope, verb: Verb, noun: Noun, target: impl Into<Target<'a>>) -> bool {
    if scope.actor == Actor::System {
        return true;
    }
    let target = target.into();
    rows(verb, noun)
        .any(|row| holders(scope, row).into_iter().any(|by| reaches_target(scope, row, by, &target)))
}

/// [`may`], or the error to end with. What belongs to a unit and may not even be looked at is *not
/// found*, so that nobody learns of a case by asking for it; otherwise the text says who may.
pub fn demand<'a>(scope: &Scope, verb: Verb, noun: Noun, target: impl Into<Target<'a>>) -> Result<()> {
    let target = target.into();
    let why = explain(scope, verb, noun, target);
    if why.allowed() {
        return Ok(());
    }
    let placed = !target.path.is_empty() || !target.also.is_empty();
    if placed && !may(scope, Verb::View, noun, target) {
        Err(Error::NotFound)
    } else if scope.account().is_none() {
        Err(Error::SignIn)
    } else {
        Err(Error::Forbidden(why.say()))
    }
}

/// Whether a post held today may do this to any of them: for what navigation offers.
pub fn may_somewhere(scope: &Scope, verb: Verb, noun: Noun) -> bool {
    scope.actor == Actor::System
        || rows(verb, noun).any(|r| r.reach != Reach::Holder && !holders(scope, r).is_empty())
}

/// How far `scope` reaches with one verb and noun, for a list's `WHERE`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Everything on the site; the rest then says nothing.
    pub everywhere: bool,
    /// Everything whose unit path begins with one of these. None lies below another.
    pub subtrees: Vec<String>,
    /// Everything of exactly these units (those below one of `subtrees` left out).
    pub units: Vec<(UnitId, String)>,
    /// Everything whose responsible officer is this account.
    pub own: Option<AccountId>,
    /// Every household with which this account is paired today, and what belongs to it.
    pub paired: Option<AccountId>,
}

impl Limits {
    /// Whether nothing is in reach.
    pub fn is_empty(&self) -> bool {
        !self.everywhere
            && self.subtrees.is_empty()
            && self.units.is_empty()
            && self.own.is_none()
            && self.paired.is_none()
    }
}

/// How far `scope` reaches. [`Reach::Above`] counts as its subtree here: a list of what a superior
/// could review is narrowed case by case with [`may`].
pub fn limits(scope: &Scope, verb: Verb, noun: Noun) -> Limits {
    let mut out = Limits { everywhere: scope.actor == Actor::System, ..Limits::default() };
    for row in rows(verb, noun) {
        for by in holders(scope, row) {
            match (row.reach, by) {
                (Reach::Public | Reach::Site, _) => out.everywhere = true,
                (Reach::Subtree | Reach::Above, Some(g)) => out.subtrees.push(g.path.clone()),
                (Reach::Unit, Some(g)) => out.units.push((g.unit, g.path.clone())),
                (Reach::Own, _) => out.own = scope.account(),
                (Reach::Pairing, _) => out.paired = scope.account(),
                _ => {}
            }
        }
    }
    // Sorted, a path comes right before those below it.
    out.subtrees.sort();
    out.subtrees.dedup_by(|later, kept| later.starts_with(kept.as_str()));
    out.units.sort();
    out.units.dedup();
    let subtrees = std::mem::take(&mut out.subtrees);
    out.units.retain(|(_, path)| !subtrees.iter().any(|s| path.starts_with(s)));
    out.subtrees = subtrees;
    if out.everywhere {
        out = Limits { everywhere: true, ..Limits::default() };
    }
    out
}
