//! Call-backs by lot 抽查回访: some of the words that no caller of another unit took down are asked again.
//!
//! ```text
//!  the person's yes ──> signed off ──> drawn with those of the same days ([`crate::lots`])
//!        └──> queue of another unit's callers ─┬─ the same
//!                                              ├─ not solved ─> reopened
//!                                              └─ not reached
//! ```
//!
//! It is drawn and asked after the sign-off, so that whoever handles the case works without knowing.

use super::judge::{self, OUTCOMES};
use super::{On, close, open};
use crate::case::Case;
use crate::ctx::{Ctx, Holder};
use crate::model::{Audience, Satisfaction};
use crate::step;
use crate::store::samples;
use db::Tx;
use kernel::{DAY, Error, RequestId, Result, Timestamp};
use rules::case::{Party, State, Word};
use serde_json::json;

pub use samples::Sample;

/// What was drawn of a case, first to last.
pub fn of(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<Sample>> {
    samples::of(tx, id)
}

/// From when on a drawn word can still be asked: later calls would ask about what is forgotten.
pub(crate) fn since(ctx: &Ctx) -> Timestamp {
    ctx.at.plus(-i64::from(ctx.site.pack.call_back.window_days) * DAY)
}

/// The word that waits to be asked again, where whoever acts may ask it.
pub(crate) fn waiting(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<Option<Sample>> {
    let ended = matches!(case.row.state, State::Closed | State::Unsolvable);
    if !ended || !case.parties(ctx).contains(&Party::Caller) || !case.may(ctx, access::Verb::CallBack) {
        return Ok(None);
    }
    let round = case.row.round();
    let fits = |s: &Sample| s.round == round && s.done_at.is_none() && s.drawn_at > since(ctx);
    Ok(of(tx, case.row.id)?.into_iter().find(fits))
}

fn demand(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<Sample> {
    case.demand(ctx, access::Verb::CallBack)?;
    waiting(tx, ctx, case)?.ok_or_else(|| {
        Error::refused(
            "not-drawn",
            "这件没有抽到，已经回访过，或者是您单位办的。",
            "This was not drawn, has been asked, or was handled by your unit.",
        )
    })
}

/// What the person said when they were asked again.
#[derive(Clone, Debug)]
pub struct Check {
    /// Which case.
    pub on: On,
    /// Solved or not.
    pub word: Word,
    /// How satisfied, where they said.
    pub satisfaction: Option<Satisfaction>,
    /// What they added.
    pub note: String,
}

/// Records what they said. Their no opens the case again, as if they had done it themselves.
pub fn check(tx: &mut dyn Tx, ctx: &Ctx, input: &Check) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    let sample = demand(tx, ctx, &case)?;
    let ctx = &case.acting(ctx, access::Verb::CallBack, access::Noun::Request);
    judge::demand_yes_or_no(input.word)?;
    let no = input.word == Word::NotSolved;
    let done = Sample {
        done_at: Some(ctx.at),
        account: ctx.account(),
        unit: ctx.unit(),
        outcome: if no { "other" } else { "same" }.to_owned(),
        satisfaction: input.satisfaction,
        ..sample
    };
    samples::save(tx, ctx.topmost()?, case.row.id, &done)?;
    let data = json!({ "word": input.word.key(), "satisfaction": input.satisfaction.map(|s| s.grade()) });
    step::note(tx, ctx, &mut case, "sample", Audience::Inside, input.note.trim(), data)?;
    if !no {
        return Ok(case);
    }
    // The person speaks for themselves; the caller only writes it down.
    let present = ctx.clone().held_by(Holder { request: case.row.id, person: case.speaker() });
    let why = match input.note.trim() {
        "" => "抽查回访时，诉求人说没有解决。",
        said => said,
    };
    close::reopen(tx, &present, case.row.id.into(), why)
}

/// Records a call that reached nobody; on enough different days the word stands as it was given.
pub fn missed(tx: &mut dyn Tx, ctx: &Ctx, input: &judge::Missed) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    let mut sample = demand(tx, ctx, &case)?;
    let ctx = &case.acting(ctx, access::Verb::CallBack, access::Noun::Request);
    if !OUTCOMES.iter().any(|(key, _, _)| *key == input.outcome) {
        return Err(Error::field("outcome", "请选择联系的结果。", "Please choose how the call ended."));
    }
    let today = ctx.today().to_string();
    if sample.last_day != today {
        sample.days += 1;
        sample.last_day = today;
    }
    if sample.days >= i64::from(ctx.site.pack.call_back.attempt_days) {
        sample.done_at = Some(ctx.at);
        sample.account = ctx.account();
        sample.unit = ctx.unit();
        sample.outcome = "not-reached".to_owned();
    }
    samples::save(tx, ctx.topmost()?, case.row.id, &sample)?;
    let data = json!({ "outcome": input.outcome });
    step::note(tx, ctx, &mut case, "sample", Audience::Inside, input.note.trim(), data)?;
    Ok(case)
}
