//! Sign-off 销号, the superior's ruling after a second no 上级复核, and reopening by a correcting entry.

use super::{On, open_for, reason, separate};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::notices;
use crate::staff::duty_officer_for;
use crate::step::{self, Deed};
use db::Tx;
use kernel::{Locale, Result, Say};
use rules::case::{Need, State, Verb};
use serde_json::json;

/// Signs the case off, and tells those who asked. The machine demands the notices, the evidence and the
/// person's word, a call-back or recorded attempts, with a second signature where the word is missing or
/// was no.
pub fn close(tx: &mut dyn Tx, ctx: &Ctx, on: On, note: &str) -> Result<Case> {
    let case = on_the_spot(tx, ctx, on, note)?;
    let ending = Fill::Named(case.row.state.name());
    messages::tell_people(tx, ctx, &case, Wording::Closed, &[("ending", ending)])?;
    Ok(case)
}

/// The same without a message: whoever was there when it was settled has just been told.
pub(crate) fn on_the_spot(tx: &mut dyn Tx, ctx: &Ctx, on: On, note: &str) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, on, Verb::Close)?;
    let ctx = &ctx;
    let data = json!({ "second": case.is_second(ctx), "word": case.row.word.map(|w| w.key()) });
    let deed = Deed::new(Verb::Close).say(Audience::Person, note.trim()).data(data);
    step::take(tx, ctx, &mut case, deed, |_| {})?;
    Ok(case)
}

/// The ruling after a second no.
#[derive(Clone, Debug)]
pub struct Review {
    /// Which case.
    pub on: On,
    /// The answer stands; otherwise it is worked on once more.
    pub upheld: bool,
    /// Why, which the person is told.
    pub reason: String,
}

/// Rules on a second no.
pub fn review(tx: &mut dyn Tx, ctx: &Ctx, input: &Review) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Rule)?;
    let ctx = &ctx;
    let why = reason(&input.reason)?;
    let mut deed = Deed::new(Verb::Rule)
        .with([Need::Reason])
        .say(Audience::Person, why)
        .data(json!({ "upheld": input.upheld }));
    deed.given.upheld = Some(input.upheld);
    let word = case.row.word;
    let step = step::take(tx, ctx, &mut case, deed, |_| {})?;
    if step.to == State::Judged {
        // The no stands in every count, however the ruling went.
        case.row.word = word;
    } else {
        let extra = [("reason", Fill::Said(&input.reason))];
        messages::tell_officer(tx, ctx, &case, Wording::OfficerRework, &extra)?;
    }
    let ruling = ruling(ctx, &case);
    let extra = [("ruling", Fill::Named(ruling)), ("reason", Fill::Said(&input.reason))];
    messages::tell_people(tx, ctx, &case, Wording::Reviewed, &extra)?;
    Ok(case)
}

/// What the ruling was, as the person is told.
fn ruling(ctx: &Ctx, case: &Case) -> Say {
    let due = case.row.answer_due.filter(|_| case.row.state == State::Rework);
    let Some(due) = due else { return Say::new("答复维持不变", "the answer stands") };
    let day = |locale| notices::day(ctx, due, locale);
    Say::new(
        format!("退回重办，{}前再次答复您", day(Locale::Zh)),
        format!("it is worked on again, with an answer by {}", day(Locale::En)),
    )
}

/// Opens an ended case again: it was ended by mistake, or the same matter is back. One that was merged is taken out of
/// the other case: see [`separate::separate`]; one that was taken back before it was answered begins where it was
/// received, as if it were asked anew.
pub fn reopen(tx: &mut dyn Tx, ctx: &Ctx, on: On, why: &str) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, on, Verb::Reopen)?;
    let ctx = &ctx;
    if case.row.state == State::Merged {
        return separate::separate(tx, ctx, on, why);
    }
    let why = reason(why)?;
    let deed = Deed::new(Verb::Reopen).with([Need::Reason]).say(Audience::Person, why.clone());
    let anew = case.row.state == State::Withdrawn && case.row.reworks == 0;
    let first = case.row.first_unit;
    let officer = match anew {
        true => duty_officer_for(tx, ctx, first, case.shield.as_ref())?,
        false => case.row.officer,
    };
    step::take(tx, ctx, &mut case, deed, |row| {
        row.officer = officer;
        if anew {
            row.unit = first;
        }
    })?;
    let extra = [("reason", Fill::Said(&why))];
    messages::tell_officer(tx, ctx, &case, Wording::OfficerRework, &extra)?;
    messages::tell_people(tx, ctx, &case, Wording::Reopened, &extra)?;
    Ok(case)
}
