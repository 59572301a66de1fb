//! Signing for a case 签收 and naming the one officer who answers 定责任人.

use super::{On, open_for};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::step::{self, Deed};
use db::Tx;
use kernel::{AccountId, Error, Result};
use rules::case::{Need, State, Verb};
use serde_json::json;

/// Signs for the case. An officer who signs for it, and not the lead, is named with the same stroke.
pub fn accept(tx: &mut dyn Tx, ctx: &Ctx, on: On) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, on, Verb::Accept)?;
    let ctx = &ctx;
    step::take(tx, ctx, &mut case, Deed::new(Verb::Accept), |_| {})?;
    Ok(case)
}

/// Who answers from now on.
#[derive(Clone, Debug)]
pub struct Name {
    /// Which case.
    pub on: On,
    /// The officer: somebody with a post in the handling unit.
    pub officer: AccountId,
    /// A word to them.
    pub note: String,
}

/// Names the officer. A case that nobody has signed for yet is signed for by this.
pub fn name(tx: &mut dyn Tx, ctx: &Ctx, input: &Name) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Name)?;
    let ctx = &ctx;
    if !crate::staff::works_in(tx, input.officer, case.row.unit, ctx)? {
        return Err(Error::field(
            "officer",
            "责任人要是承办单位今天在岗的人员。",
            "The officer has to hold a post in the handling unit today.",
        ));
    }
    // Where the course names the officer straight from there, that signs for it by itself.
    let direct = case.track(ctx)?.edges(case.row.state).iter().any(|e| e.verb == Verb::Name);
    if case.row.state == State::Assigned && !direct {
        step::take(tx, ctx, &mut case, Deed::new(Verb::Accept), |_| {})?;
        case.facts.state = case.row.state;
    }
    let deed = Deed::new(Verb::Name)
        .with([Need::Officer])
        .say(Audience::Inside, input.note.trim())
        .data(json!({ "officer": input.officer.to_string() }));
    step::take(tx, ctx, &mut case, deed, |row| row.officer = Some(input.officer))?;
    Ok(case)
}
