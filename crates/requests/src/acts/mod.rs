//! What may be done to a case, one file for each use case. Each asks the permission table and the
//! machine, and writes everything that follows in the caller's transaction.

pub mod affair;
pub mod answer;
pub mod assign;
pub mod close;
pub mod correct;
pub mod depart;
pub mod forget;
pub mod handover;
pub mod helpers;
pub mod hold;
pub mod join;
pub mod judge;
pub mod look;
pub mod mediation;
pub mod merge;
pub mod moderate;
pub mod papers;
pub mod pause;
pub mod person;
pub mod progress;
pub mod recall;
pub mod refer;
pub mod refuse;
pub mod relay;
pub mod returns;
pub mod sample;
pub mod separate;
pub mod settle;
pub mod shield;
pub mod supervise;
pub mod take;
pub mod triage;
pub mod wish;

use crate::case::Case;
use crate::ctx::Ctx;
use crate::step;
use crate::store::clocks;
use db::Tx;
use kernel::{Error, RequestId, Result};
use rules::case::Verb;

/// Which case, and how far the page had seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct On {
    /// The case.
    pub id: RequestId,
    /// The last event the page showed; where given and overtaken, the act is refused as stale.
    pub seq: Option<i64>,
}

impl From<RequestId> for On {
    fn from(id: RequestId) -> Self {
        On { id, seq: None }
    }
}

/// The case, for somebody who may look at it and has seen how it stands.
pub(crate) fn open(tx: &mut dyn Tx, ctx: &Ctx, on: On) -> Result<Case> {
    let case = Case::find(tx, ctx, on.id)?;
    match on.seq {
        Some(seq) if seq != case.row.seq && !only_looks(tx, &case, seq)? => Err(step::stale()),
        _ => Ok(case),
    }
}

/// Whether all that came after `seq` were looks: they change nothing of what the page showed.
fn only_looks(tx: &mut dyn Tx, case: &Case, seq: i64) -> Result<bool> {
    let looks = clocks::entries(tx, case.row.id)?.iter().filter(|e| e.seq > seq && e.verb == "look").count();
    Ok(i64::try_from(looks).is_ok_and(|n| n == case.row.seq - seq))
}

/// [`open`] for a step that whoever acts may take, and the same actor in the post by which they may. What
/// they entered is looked at afterwards: nobody is told what is missing from what is not theirs to do.
pub(crate) fn open_for(tx: &mut dyn Tx, ctx: &Ctx, on: On, verb: Verb) -> Result<(Case, Ctx)> {
    let case = open(tx, ctx, on)?;
    case.demand_step(ctx, verb)?;
    let ctx = case.acting(ctx, access::Verb::of_case(verb), access::Noun::Request);
    Ok((case, ctx))
}

/// A text that must not be empty.
pub(crate) fn text(field: &str, text: &str, zh: &str, en: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::field(field, zh, en));
    }
    if text.chars().count() > crate::register::BODY_MAX {
        return Err(Error::field(
            field,
            "内容太长，请精简或作为附件上传。",
            "Too long: shorten it or attach a file.",
        ));
    }
    Ok(text.to_owned())
}

/// A reason that must be given.
pub(crate) fn reason(given: &str) -> Result<String> {
    text("reason", given, "请写明理由。", "Please give the reason.")
}
