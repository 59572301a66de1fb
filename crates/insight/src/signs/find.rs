//! The job: answered cases are looked at once, in the order in which they were answered.

use super::store::{self, Case};
use crate::period;
use access::SharedSite;
use db::Tx;
use kernel::{HOUR, Result, Timestamp};
use requests::Ctx;
use rules::case::ClockKind;
use rules::deadline::Step;
use rules::signs::{Answered, BACK_WITHIN, SAME_MATTER, Sign, print, signs};
use rules::similar::{Grams, score};
use sha2::{Digest, Sha256};

/// How many cases one transaction looks at.
const BATCH: i64 = 100;
/// An answer is looked at when it is this old: one written at the same time has been seen by then.
const LATE: i64 = HOUR;

/// Looks at a batch of cases that were answered since; says whether there may be more.
pub async fn look(site: &SharedSite) -> Result<bool> {
    let ctx = Ctx::system(site);
    ctx.write(|tx, ctx| {
        let until = ctx.at.plus(-LATE);
        let from = store::read_up_to(tx)?;
        let cases = store::answered(tx, from, until, BATCH)?;
        for case in &cases {
            look_at(tx, ctx, case)?;
        }
        if let Some(last) = cases.last() {
            store::have_read(tx, last.answered_at, last.ord)?;
        }
        Ok(cases.len() as i64 == BATCH)
    })
    .await
}

fn look_at(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<()> {
    let same = match print(&case.answer) {
        Some(words) => {
            let month = period::key(ctx.site.zone.date(case.answered_at));
            store::one_more(tx, case.unit, &month, &Sha256::digest(words.as_bytes()))?
        }
        None => 0,
    };
    if let Some(clock) = requests::case::first_clock(tx, case.id, ClockKind::Answer)? {
        let of = Answered {
            at: case.answered_at,
            began: clock.started_at,
            due: clock.due_at,
            pauses: pauses(&clock.certificate.steps),
            returns: case.returns,
            same,
        };
        for sign in signs(&of) {
            store::add(tx, case.id, sign, case.answered_at, ctx.dir.path(case.unit), "")?;
        }
    }
    came_back(tx, ctx, case)
}

/// How often a clock stood, and for how long in all.
fn pauses(steps: &[Step]) -> (u32, i64) {
    let stood = |step: &Step| match step {
        Step::Pause { from, to } => Some(to.0 - from.0),
        Step::Extend { .. } => None,
    };
    steps.iter().filter_map(stood).fold((0, 0), |(n, all), one| (n + 1, all + one))
}

/// Whether this is a matter that somebody had signed off shortly before. The sign is the earlier case's.
fn came_back(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<()> {
    let Some(place) = case.place.filter(|_| !case.class.is_empty()) else { return Ok(()) };
    let told = Grams::of(&case.title, &case.body);
    for earlier in store::before(tx, case, place, BACK_WITHIN)? {
        if score(&told, &Grams::of(&earlier.title, &earlier.body)) >= SAME_MATTER {
            let (at, path): (Timestamp, &str) = (earlier.answered_at, ctx.dir.path(earlier.unit));
            store::add(tx, earlier.id, Sign::Back, at, path, &case.number)?;
            break;
        }
    }
    Ok(())
}
