//! What the person does on their own page: add to it, take it back.

use super::{On, open, pause, text};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Wording};
use crate::model::Audience;
use crate::step::{self, Deed};
use crate::uploads;
use db::Tx;
use files::Whose;
use kernel::{Error, Result};
use rules::case::{Need, State, Verb};
use serde_json::json;

/// Something the person adds.
#[derive(Clone, Debug)]
pub struct Supplement {
    /// Which case.
    pub on: On,
    /// The text.
    pub text: String,
    /// Files.
    pub files: Vec<crate::uploads::Upload>,
}

/// Adds to the case. Where it waits for the person, this sets the clock going again.
pub fn supplement(tx: &mut dyn Tx, ctx: &Ctx, input: &Supplement) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    case.demand(ctx, access::Verb::Supplement)?;
    if case.row.state.is_end() {
        return Err(Error::refused(
            "ended",
            "这件已经办结，不能再补充；如果问题还在，请重新提出，我们会把两件联系起来。",
            "This has ended, so nothing can be added. If the trouble is back, ask again and mention the number.",
        ));
    }
    let holder = ctx.holder.as_ref().filter(|h| h.request == case.row.id);
    if holder.is_some_and(|h| case.has_left(h.person)) {
        return Err(left());
    }
    let body = text("text", &input.text, "请写下要补充的情况。", "Please write what you want to add.")?;
    let whose = Whose::Person(holder.map_or(case.row.person, |h| h.person));
    uploads::attach(tx, ctx, case.row.id, whose, &input.files)?;
    // Who joined is told apart from who asked: neither reads the other's words with what may name them.
    let data = json!({ "files": input.files.len(), "joined": joined_place(ctx, &case) });
    step::note(tx, ctx, &mut case, "supplement", Audience::Person, &body, data)?;
    if case.row.state == State::Paused {
        let id = case.row.id;
        case = pause::resume(tx, ctx, id.into(), "")?;
    }
    messages::tell_officer(tx, ctx, &case, Wording::OfficerAdded, &[])?;
    Ok(case)
}

/// Whoever left has no part in it any more.
pub(crate) fn left() -> Error {
    Error::refused(
        "left",
        "已经退出这件诉求，不能再补充或评价；还需要的，请重新提出。",
        "This case was left: nothing is added or judged any more. If it is needed again, ask anew.",
    )
}

/// The place among those who joined of the person who acts, from 1; nothing for the one who asked.
pub(crate) fn joined_place(ctx: &Ctx, case: &Case) -> Option<usize> {
    let person = ctx.holder.as_ref().filter(|h| h.request == case.row.id)?.person?;
    case.joined.iter().position(|j| j.person == person).map(|at| at + 1)
}

/// Takes the case back.
pub fn withdraw(tx: &mut dyn Tx, ctx: &Ctx, on: On, why: &str) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    if case.staying().nth(1).is_some() {
        return Err(Error::refused(
            "others-joined",
            "还有别人提了同一件事，这件会继续办，不能撤回；您可以自己退出，不再接收告知。",
            "Others have the same matter, so it goes on and is not taken back; you can leave it and hear no more of it.",
        ));
    }
    let deed = Deed::new(Verb::Withdraw).with([Need::Reason]).say(Audience::Inside, why.trim());
    step::take(tx, ctx, &mut case, deed, |_| {})?;
    messages::tell_officer(tx, ctx, &case, Wording::OfficerWithdrawn, &[])?;
    messages::tell_people(tx, ctx, &case, Wording::Withdrawn, &[])?;
    Ok(case)
}
