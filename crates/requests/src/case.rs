//! A case as a use case needs it: its row, what the machine has to know, and who plays which part.

use crate::ctx::Ctx;
use crate::model::{NoticeRow, Request};
use crate::shield::Shield;
use crate::store::{clocks, duties, mediation, papers, people, request, shields};
use access::{Noun, Target};
use db::Tx;
use kernel::{Error, Grant, PersonId, RequestId, Result, Role, UnitId};
use rules::case::{ClockKind, Evidence, Facts, Kind, Notice, Party, Track, Verb};
use rules::mediation::FileItem;
use rules::papers::{Goal, Hand};
use std::collections::BTreeSet;

pub use clocks::ClockRow;
pub use duties::{Helper, Supervision};
pub use papers::{PaperRow, SlipRow, StepDone};
pub use people::{Attempt, Joined, WordRow};

/// A case, loaded for one act.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its row.
    pub row: Request,
    /// What the machine has to know.
    pub facts: Facts,
    /// Its clocks.
    pub clocks: Vec<ClockRow>,
    /// Notices owed.
    pub notices: Vec<NoticeRow>,
    /// Helping units.
    pub helpers: Vec<Helper>,
    /// Others with the same matter.
    pub joined: Vec<Joined>,
    /// Those of all these who left it to the others.
    pub left: Vec<Option<PersonId>>,
    /// Failed attempts to reach the person.
    pub attempts: Vec<Attempt>,
    /// Whether the unit that has it was named by the arbiter's ruling.
    pub ruled: bool,
    /// Papers handed in for it, and who holds each.
    pub papers: Vec<PaperRow>,
    /// What the file of a mediation holds; none where the case is none, or is told as a past whose file lies elsewhere.
    pub filed: Option<BTreeSet<FileItem>>,
    /// How the row stands in the database.
    pub(crate) stored: crate::store::was::Facts,
    /// Whom it is kept from, where it is.
    pub shield: Option<Shield>,
}

/// The first run of one clock of a case, without the rest of it: for jobs that read very many cases, and ask for nobody.
pub fn first_clock(tx: &mut dyn Tx, id: RequestId, kind: ClockKind) -> Result<Option<ClockRow>> {
    clocks::first_clock(tx, id, kind)
}

impl Case {
    /// The case with this id, for somebody who may look at it; otherwise [`Error::NotFound`].
    pub fn find(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<Case> {
        let row = request::by_id(tx, id)?.ok_or(Error::NotFound)?;
        Case::of(tx, ctx, row)
    }

    /// The case with this number, for somebody who may look at it; otherwise [`Error::NotFound`].
    pub fn find_number(tx: &mut dyn Tx, ctx: &Ctx, number: &str) -> Result<Case> {
        let row = request::by_number(tx, number)?.ok_or(Error::NotFound)?;
        Case::of(tx, ctx, row)
    }

    /// A case that somebody wants to join: staff need to see it, the public only that it is published.
    pub(crate) fn for_joining(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<Case> {
        let row = request::by_id(tx, id)?.ok_or(Error::NotFound)?;
        let published = row.public_state == crate::model::PublicState::Shown;
        let helpers = duties::helpers(tx, row.id)?;
        let case = Case::load(tx, ctx, row, helpers)?;
        if published || case.may(ctx, access::Verb::View) { Ok(case) } else { Err(Error::NotFound) }
    }

    fn of(tx: &mut dyn Tx, ctx: &Ctx, row: Request) -> Result<Case> {
        let helpers = duties::helpers(tx, row.id)?;
        let case = Case::load(tx, ctx, row, helpers)?;
        if case.may(ctx, access::Verb::View) { Ok(case) } else { Err(Error::NotFound) }
    }

    fn load(tx: &mut dyn Tx, ctx: &Ctx, row: Request, helpers: Vec<Helper>) -> Result<Case> {
        let id = row.id;
        let clocks = clocks::clocks(tx, id)?;
        let notices = duties::notices(tx, id)?;
        let joined = people::joined(tx, id)?;
        // Nobody leaves a case that nobody else has.
        let left = if joined.is_empty() { Vec::new() } else { people::left(tx, id)? };
        let attempts = people::attempts(tx, id)?;
        let papers = papers::papers(tx, id)?;
        // Only a second return goes to the arbiter.
        let ruled = row.returns > 1 && clocks::is_ruled(tx, id)?;
        let filed = match ctx.site.pack.mediation_on(&row.track) {
            Some(_) => Some(mediation::items(tx, id)?.into_iter().map(|i| i.item).collect()),
            None => None,
        };
        let mut evidence: BTreeSet<Evidence> = BTreeSet::new();
        for file in crate::uploads::of(tx, id)? {
            evidence.extend(Evidence::from_key(file.evidence.key()));
        }
        let needed = ctx.site.pack.call_back.attempt_days.max(1);
        if spoken_with(&clocks, &notices) || called(&attempts, needed) {
            evidence.insert(Evidence::Contact);
        }
        let stored = crate::store::was::facts(&row);
        let shield = match row.shielded {
            true => {
                let shield =
                    shields::of(tx, id)?.ok_or_else(|| Error::internal("a shield without its subject"))?;
                Some(shield.asked_by(ctx, &crate::shield::near(tx, ctx.account(), ctx.today())?))
            }
            false => None,
        };
        let facts = Facts::new(row.state);
        let mut case = Case {
            stored,
            facts,
            row,
            clocks,
            notices,
            helpers,
            joined,
            left,
            attempts,
            ruled,
            papers,
            filed,
            shield,
        };
        case.facts = case.facts_with(ctx, evidence);
        Ok(case)
    }

    /// What the machine has to know, where this evidence is there.
    pub(crate) fn facts_with(&self, ctx: &Ctx, evidence: BTreeSet<Evidence>) -> Facts {
        let row = &self.row;
        let class = ctx.site.pack.class(&row.class);
        let round = row.round();
        Facts {
            state: row.state,
            notices_met: met(&self.notices, round),
            evidence_due: ctx.site.pack.evidence(&row.class, row.unsolvable).iter().copied().collect(),
            evidence,
            helpers_open: self.helpers.iter().filter(|h| h.reported_at.is_none()).count() as u32,
            returns: row.returns,
            ruled: self.ruled,
            signed: self.clocks.iter().any(|c| c.kind == ClockKind::Acceptance && c.done),
            reworks: row.reworks,
            word: row.word,
            unsolvable: row.unsolvable,
            attempt_days: days(&self.attempts, round),
            // Nobody named, nobody to call.
            attempts_needed: self.speaker().map_or(0, |_| ctx.site.pack.call_back.attempt_days),
            major: class.is_some_and(|c| c.major),
            decided: row.decided,
            file_missing: crate::acts::mediation::missing(&ctx.site.pack, self).len() as u32,
            originals_out: self.papers.iter().filter(|p| p.rule().is_out()).count() as u32,
        }
    }

    /// The track it runs on.
    pub fn track<'p>(&self, ctx: &'p Ctx) -> Result<&'p Track> {
        ctx.site.pack.track(&self.row.track).ok_or_else(|| {
            Error::internal(format!("{}: track {} is not in the pack", self.row.number, self.row.track))
        })
    }

    /// Whether the case is kept from whoever acts: then it is not there for them, whatever their posts reach.
    pub fn is_kept_from(&self, ctx: &Ctx) -> bool {
        !self.is_held(ctx) && self.shield.as_ref().is_some_and(|s| s.shuts_out(ctx))
    }

    /// Whether whoever acts may do `verb` to it, as far as the permission table and its shield go.
    pub fn may(&self, ctx: &Ctx, verb: access::Verb) -> bool {
        if self.is_kept_from(ctx) {
            return false;
        }
        let also = self.other_paths(ctx);
        access::may(&ctx.scope, verb, Noun::Request, self.target(ctx, &also))
    }

    /// [`Case::may`], or the error to end with.
    pub fn demand(&self, ctx: &Ctx, verb: access::Verb) -> Result<()> {
        if self.is_kept_from(ctx) {
            return Err(Error::NotFound);
        }
        let also = self.other_paths(ctx);
        access::demand(&ctx.scope, verb, Noun::Request, self.target(ctx, &also))
    }

    fn other_paths<'c>(&self, ctx: &'c Ctx) -> Vec<&'c str> {
        let mut also: Vec<&str> = self.helpers.iter().map(|h| ctx.path(h.unit)).collect();
        also.push(ctx.path(self.row.first_unit));
        // Whoever holds a paper of it, or is to receive one, has a part in it for as long.
        for paper in &self.papers {
            also.extend(match paper.holder {
                Hand::Staff(_, unit) => Some(ctx.path(unit)),
                Hand::Person => None,
            });
            also.extend(match paper.to {
                Some((Goal::Unit(unit), _)) => Some(ctx.path(unit)),
                _ => None,
            });
        }
        also
    }

    fn target<'t>(&self, ctx: &'t Ctx, also: &'t [&'t str]) -> Target<'t> {
        let target = Target::at(ctx.path(self.row.unit)).officer(self.row.officer).also(also);
        if self.is_held(ctx) { target.held() } else { target }
    }

    /// The same actor, in the post by which the permission table lets them do this; whoever calls people
    /// back does so from a unit that did not handle the case. Those with one post act from that.
    pub(crate) fn acting(&self, ctx: &Ctx, verb: access::Verb, noun: Noun) -> Ctx {
        let mut out = ctx.clone();
        if !matches!(ctx.scope.actor, kernel::Actor::Staff { .. }) || ctx.scope.grants.len() < 2 {
            return out;
        }
        let also = self.other_paths(ctx);
        let mut scope = ctx.scope.clone();
        if verb == access::Verb::CallBack {
            scope.grants.retain(|g| self.may_call(ctx, g));
        }
        if let Ok(actor) = access::acting(&scope, verb, noun, self.target(ctx, &also)) {
            out.scope.actor = actor;
        }
        out
    }

    fn is_held(&self, ctx: &Ctx) -> bool {
        ctx.holder.as_ref().is_some_and(|h| h.request == self.row.id)
    }

    /// The parts that whoever acts plays towards this case.
    pub fn parties(&self, ctx: &Ctx) -> Vec<Party> {
        let mut out = Vec::new();
        if ctx.scope.actor == kernel::Actor::System {
            out.push(Party::System);
        }
        if self.is_held(ctx) && !self.has_left(ctx.holder.as_ref().and_then(|h| h.person)) {
            out.push(Party::Person);
        }
        let scope = &ctx.scope;
        let (here, first) = (ctx.path(self.row.unit), ctx.path(self.row.first_unit));
        let covers = |roles: &[Role]| scope.covers(roles, here) || scope.covers(roles, first);
        if self.row.officer.is_some() && self.row.officer == scope.account() {
            out.push(Party::Officer);
        }
        if scope.sits_in(&[Role::Lead], self.row.unit) {
            out.push(Party::Lead);
        }
        if covers(&[Role::Triage, Role::Operator]) {
            out.push(Party::Triage);
        }
        if covers(&[Role::Clerk, Role::Operator]) {
            out.push(Party::Clerk);
        }
        if covers(&[Role::Supervisor]) {
            out.push(Party::Supervisor);
        }
        if self.helpers.iter().any(|h| scope.sits_in(&[Role::Officer, Role::Lead], h.unit)) {
            out.push(Party::Helper);
        }
        if self.callers(ctx) {
            out.push(Party::Caller);
        }
        if self.is_open_wish() && self.may(ctx, access::Verb::TakeUp) {
            out.push(Party::Taker);
        }
        out
    }

    /// Whether it is a wish that is shown to everybody, which is so only with the person's leave.
    pub(crate) fn is_open_wish(&self) -> bool {
        self.row.kind == Kind::Wish && self.row.public_state == crate::model::PublicState::Shown
    }

    /// Whether whoever acts may call the person back: someone of a unit that did not handle it, who holds no
    /// post in one that did either.
    fn callers(&self, ctx: &Ctx) -> bool {
        let grants = &ctx.scope.grants;
        self.row.officer != ctx.scope.account()
            && !grants.iter().any(|g| self.handled_by(g.unit))
            && grants.iter().any(|g| self.may_call(ctx, g))
    }

    /// Whether a unit handles the case, or helps.
    fn handled_by(&self, unit: UnitId) -> bool {
        unit == self.row.unit || self.helpers.iter().any(|h| h.unit == unit)
    }

    /// Whether this post is one from which the person may be called back.
    fn may_call(&self, ctx: &Ctx, post: &Grant) -> bool {
        matches!(post.role, Role::Clerk | Role::Operator | Role::Supervisor)
            && !self.handled_by(post.unit)
            && (ctx.path(self.row.unit).starts_with(&post.path)
                || ctx.path(self.row.first_unit).starts_with(&post.path))
    }

    /// Whether the actor's signature would be a second one: not the responsible officer's.
    pub fn is_second(&self, ctx: &Ctx) -> bool {
        ctx.scope.account().is_some() && ctx.scope.account() != self.row.officer
    }

    /// Everyone who asked: the one whose case it is, and those who joined.
    pub(crate) fn people(&self) -> impl Iterator<Item = PersonId> {
        self.row.person.into_iter().chain(self.joined.iter().map(|j| j.person))
    }

    /// The place of somebody among those who asked: 0 who asked first, then those who joined.
    pub(crate) fn place_of(&self, person: Option<PersonId>) -> usize {
        self.joined.iter().position(|j| Some(j.person) == person).map_or(0, |at| at + 1)
    }

    /// The clock of this kind that runs or rests.
    pub fn open_clock(&self, kind: rules::case::ClockKind) -> Option<&ClockRow> {
        self.clocks.iter().rev().find(|c| c.kind == kind && c.is_open())
    }

    /// What whoever acts could do now, both by the track and by the permission table.
    pub fn choices(&self, ctx: &Ctx) -> Result<Vec<rules::case::Choice>> {
        let track = self.track(ctx)?;
        let mut all = rules::case::choices(track, &self.facts, &self.parties(ctx), self.is_second(ctx));
        all.retain(|c| self.may(ctx, access::Verb::of_case(c.verb)) || self.by_part(ctx, c.verb));
        Ok(all)
    }

    /// Steps that the part alone allows: a helping unit reports, a caller of another unit judges for
    /// the person on the telephone.
    fn by_part(&self, ctx: &Ctx, verb: Verb) -> bool {
        let parties = self.parties(ctx);
        match verb {
            Verb::Report => parties.contains(&Party::Helper),
            Verb::Judge => parties.contains(&Party::Caller) && self.may(ctx, access::Verb::CallBack),
            Verb::Reopen | Verb::Resume => parties.contains(&Party::Person),
            _ => parties.contains(&Party::System),
        }
    }

    /// The permission for a step, or the error to end with.
    pub fn demand_step(&self, ctx: &Ctx, verb: Verb) -> Result<()> {
        if self.by_part(ctx, verb) { Ok(()) } else { self.demand(ctx, access::Verb::of_case(verb)) }
    }
}

/// Whether somebody has spoken with the person: at first contact, or to tell them something.
pub(crate) fn spoken_with(clocks: &[ClockRow], notices: &[NoticeRow]) -> bool {
    // Whoever was told face to face or on the telephone was spoken with.
    let spoken =
        |n: &NoticeRow| n.met_at.is_some() && matches!(n.how.as_str(), "in-person" | "call" | "visit");
    clocks.iter().any(|c| c.kind == rules::case::ClockKind::Contact && c.done)
        || notices.iter().any(|n| n.notice != Notice::Accepted && spoken(n))
}

/// Whether somebody called while it was handled: and reached the person, or nobody on enough different days.
fn called(attempts: &[Attempt], needed: u32) -> bool {
    use crate::acts::relay::{HANDLING, REACHED};
    attempts.iter().any(|a| a.round == HANDLING && a.outcome == REACHED) || days(attempts, HANDLING) >= needed
}

/// Which of the three notices are met: the first two once, the result for the round at hand; each
/// for every person to whom it is owed.
fn met(notices: &[NoticeRow], round: i64) -> BTreeSet<Notice> {
    Notice::ALL
        .iter()
        .copied()
        .filter(|n| {
            let mut owed = notices
                .iter()
                .filter(|row| row.notice == *n && (*n != Notice::Result || row.round == round))
                .peekable();
            owed.peek().is_some() && owed.all(NoticeRow::is_met)
        })
        .collect()
}

/// Different days with a failed attempt in this round.
fn days(attempts: &[Attempt], round: i64) -> u32 {
    let days: BTreeSet<&str> = attempts.iter().filter(|a| a.round == round).map(|a| a.day.as_str()).collect();
    days.len() as u32
}

/// The word of evidence a file carries, where it carries one.
pub(crate) fn evidence_of(upload: &crate::uploads::Upload) -> Option<Evidence> {
    Evidence::from_key(upload.evidence.key())
}
