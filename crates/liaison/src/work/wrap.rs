//! The year of a pairing 年终总结 as a view over records: what was planned, what was done for it and what came of it, how
//! often somebody came of how often was owed, promises, needs and how they ended, checks. Nothing is typed for it.

use super::{ItemState, KnownCheck, KnownHelp, KnownPlan, PlanItem, Word, read, say, years};
use crate::facts;
use crate::model::Pairing;
use crate::visits::{self, HeardNeed, NeedsOf, Promise, PromiseAnswer, PromiseState};
use db::Tx;
use kernel::{Date, HouseholdId, Result, Timestamp};
use pack::Pack;
use records::{Listing, Record, Whose};
use register::households;
use requests::Ctx;
use rules::obligation::Standing;

/// Records of a kind that are read for a year.
const MOST: usize = 400;

/// An item of the plan with the help towards it.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemLine {
    /// The item.
    pub item: PlanItem,
    /// Where it stands.
    pub state: ItemState,
    /// The help, the oldest first.
    pub helps: Vec<KnownHelp>,
}

/// What was owed by an obligation in the year, and what of it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyLine {
    /// Its key in the pack.
    pub obligation: String,
    /// Periods for which something was owed so far.
    pub owed: usize,
    /// Those in which it was done.
    pub met: usize,
    /// Those in which it was not done in time.
    pub missed: usize,
}

/// The year of a pairing.
#[derive(Clone, Debug)]
pub struct WrapUp {
    /// The household.
    pub household: HouseholdId,
    /// The kind of pairing.
    pub kind: String,
    /// The year.
    pub year: i16,
    /// As of the end of this day.
    pub on: Date,
    /// Who looked after it in the year.
    pub pairings: Vec<Pairing>,
    /// The plan.
    pub plan: Option<KnownPlan>,
    /// Those that it took the place of, the latest first; behind them those of households that are linked to this one.
    pub former: Vec<KnownPlan>,
    /// Its items.
    pub items: Vec<ItemLine>,
    /// Help that was planned nowhere.
    pub beside: Vec<KnownHelp>,
    /// What was owed.
    pub duties: Vec<DutyLine>,
    /// Days on which somebody who is paired by this kind came.
    pub visits: Vec<Date>,
    /// Promises of the year, with what was said of them.
    pub promises: Vec<(Promise, Vec<PromiseAnswer>)>,
    /// Needs of the year.
    pub needs: Vec<HeardNeed>,
    /// Checks, the latest first.
    pub checks: Vec<KnownCheck>,
    /// What the family said of the year.
    pub word: Option<Word>,
}

impl WrapUp {
    /// How many items stand so.
    pub fn count(&self, state: ItemState) -> usize {
        self.items.iter().filter(|i| i.state == state).count()
    }

    /// How many promises stand so.
    pub fn promised(&self, state: PromiseState) -> usize {
        self.promises.iter().filter(|(p, _)| p.state == state).count()
    }
}

/// The year of a pairing as it was known at the end of `on`.
///
/// Errors: those of the database.
pub fn wrap_up(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    household: HouseholdId,
    kind: &str,
    year: i16,
    on: Date,
) -> Result<WrapUp> {
    let pack = &ctx.site.pack;
    let known = (on < ctx.today()).then(|| records::as_of(ctx.site.zone, on));
    let at = known.unwrap_or(Timestamp(i64::MAX));
    let (first, last) = years::days(year, on)?;
    let mut plans = read::plans_of(tx, household, kind, year, known)?.into_iter();
    let plan = plans.next();
    let mut former = plan.as_ref().map(|p| read::plans_before(tx, p)).transpose()?.unwrap_or_default();
    former.extend(plans);
    let helps = read::helps_of(tx, household, kind, year, known)?;
    let helps = heard(tx, ctx, helps)?;
    let (items, beside) = lines(pack, plan.as_ref(), helps, on);
    let mut pairings: Vec<Pairing> = Vec::new();
    for home in households::same(tx, household)? {
        pairings.extend(crate::read::history(tx, home)?);
    }
    pairings.retain(|p| p.kind == kind && p.from <= last && p.to.is_none_or(|to| to > first));
    pairings.sort_by_key(|p| (p.from, p.recorded_at, p.id));
    let mut visits: Vec<Date> = Vec::new();
    let listing = Listing {
        from: Some(first),
        to: Some(last),
        known,
        ..Listing::new(Whose::Household(household), visits::KIND, MOST)
    };
    for visit in records::list(tx, &listing)? {
        // A visit counts for whoever was paired on its day.
        if pairings.iter().any(|p| p.account == visit.account && p.is_in_force(visit.on)) {
            visits.push(visit.on);
        }
    }
    visits.reverse();
    let duties = duties(tx, pack, household, kind, (first, last), on)?;
    let promises = visits::promises_of(tx, household, at)?;
    let mut promises = visits::promises_readable(tx, ctx, promises)?;
    promises.retain(|(p, _)| (first..=last).contains(&p.made_on));
    let mut needs = visits::needs(tx, &NeedsOf::Household(household), at, MOST)?;
    needs.retain(|n| (first..=last).contains(&n.on));
    let checks = read::checks_of(tx, household, kind, year, known)?;
    let word = say::word_of(tx, household, kind, year, at)?;
    Ok(WrapUp {
        household,
        kind: kind.to_owned(),
        year,
        on,
        pairings,
        plan,
        former,
        items,
        beside,
        duties,
        visits,
        promises,
        needs,
        checks,
        word,
    })
}

/// Help with the words of its visits as whoever asks may read them; without words of its own where a need of its visit is
/// kept from them, unless they are theirs.
fn heard(tx: &mut dyn Tx, ctx: &Ctx, mut helps: Vec<KnownHelp>) -> Result<Vec<KnownHelp>> {
    let at_visits = helps.iter_mut().enumerate().filter_map(|(n, h)| Some((n, h.visit.take()?)));
    let (places, all): (Vec<usize>, Vec<Record>) = at_visits.unzip();
    let hidden = visits::visits_hidden(tx, ctx, all.iter().map(|v| v.household).collect())?;
    for (n, visit) in places.into_iter().zip(visits::readable(tx, ctx, all)?) {
        if hidden.contains(&visit.id) && ctx.account() != Some(helps[n].account) {
            helps[n].text.clear();
        }
        helps[n].visit = Some(visit);
    }
    Ok(helps)
}

fn lines(
    pack: &Pack,
    plan: Option<&KnownPlan>,
    helps: Vec<KnownHelp>,
    on: Date,
) -> (Vec<ItemLine>, Vec<KnownHelp>) {
    let planned: Vec<PlanItem> = plan.map(|p| p.items.clone()).unwrap_or_default();
    let is_planned = |h: &KnownHelp| h.item.as_ref().is_some_and(|i| planned.iter().any(|p| p.item == *i));
    let (towards, beside): (Vec<KnownHelp>, Vec<KnownHelp>) = helps.into_iter().partition(is_planned);
    let line = |item: PlanItem| {
        let helps: Vec<KnownHelp> =
            towards.iter().filter(|h| h.item.as_ref() == Some(&item.item)).cloned().collect();
        let done = helps.last().and_then(|h| pack.work.effect(&h.effect)).is_some_and(|e| e.done);
        ItemLine { state: ItemState::on(item.by, done, !helps.is_empty(), on), item, helps }
    };
    (planned.iter().cloned().map(line).collect(), beside)
}

/// What was owed in the periods of the year that had begun by then.
pub(super) fn duties(
    tx: &mut dyn Tx,
    pack: &Pack,
    household: HouseholdId,
    kind: &str,
    days: (Date, Date),
    on: Date,
) -> Result<Vec<DutyLine>> {
    let facts = facts::of(tx, household, crate::standing::since(days.0))?;
    let mut out = Vec::new();
    for (duty, periods) in years::owed(pack, kind, days) {
        let mut line = DutyLine { obligation: duty.id.clone(), owed: 0, met: 0, missed: 0 };
        for period in periods {
            let standing = facts.standing(pack, duty, period, on);
            line.owed += usize::from(standing.is_owed());
            line.met += usize::from(matches!(standing, Standing::Met { .. }));
            line.missed += usize::from(matches!(standing, Standing::Missed { .. }));
        }
        if line.owed > 0 {
            out.push(line);
        }
    }
    Ok(out)
}
