//! The answer 答复: what was done, or that it cannot be solved, and why. The person then has the word.

use super::{On, open_for, text};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::step::{self, Deed};
use crate::uploads;
use db::Tx;
use files::Whose;
use kernel::Result;
use rules::case::{Need, Verb};
use serde_json::json;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Which case.
    pub on: On,
    /// The text, which the person reads.
    pub text: String,
    /// It cannot be solved; the text says why.
    pub unsolvable: bool,
    /// Evidence that belongs to it.
    pub files: Vec<crate::uploads::Upload>,
}

/// Answers the person.
pub fn answer(tx: &mut dyn Tx, ctx: &Ctx, input: &Answer) -> Result<Case> {
    let verb = if input.unsolvable { Verb::Decline } else { Verb::Answer };
    let (mut case, ctx) = open_for(tx, ctx, input.on, verb)?;
    let ctx = &ctx;
    let body = if input.unsolvable {
        let why = text("text", &input.text, "请写明为什么不能解决。", "Please say why it cannot be solved.")?;
        super::mediation::with_other_ways(&ctx.site.pack, &case.row.track, &why)
    } else {
        text("text", &input.text, "请写明办理结果。", "Please write the answer.")?
    };
    uploads::attach(tx, ctx, case.row.id, Whose::House, &input.files)?;
    case.facts.evidence.extend(input.files.iter().filter_map(crate::case::evidence_of));
    let deed = Deed::new(verb)
        .with([Need::AnswerText, Need::Reason])
        .say(Audience::Public, body.clone())
        .data(json!({ "files": input.files.len(), "round": case.row.round() }));
    step::take(tx, ctx, &mut case, deed, |row| {
        row.answer = Some(body);
        row.unsolvable = input.unsolvable;
        row.word = None;
        row.satisfaction = None;
    })?;
    Ok(case)
}
