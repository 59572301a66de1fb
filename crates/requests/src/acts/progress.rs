//! First contact 联系诉求人, progress 记进展, and notes inside and outside.

use super::{On, open, open_for, text};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::step::{self, Deed};
use crate::uploads;
use db::Tx;
use files::Whose;
use kernel::Result;
use rules::case::Verb;
use serde_json::json;

/// Something to put on record.
#[derive(Clone, Debug)]
pub struct Note {
    /// Which case.
    pub on: On,
    /// What was done or said.
    pub text: String,
    /// Who may read it.
    pub audience: Audience,
    /// Files that belong to it.
    pub files: Vec<crate::uploads::Upload>,
}

/// Notes what was done; the person reads it on their page where the audience says so.
pub fn progress(tx: &mut dyn Tx, ctx: &Ctx, input: &Note) -> Result<Case> {
    record(tx, ctx, input, Verb::Progress, "请写下做了什么。", "Please say what was done.")
}

/// Records that the person was contacted: stops the clock of the first contact.
pub fn contact(tx: &mut dyn Tx, ctx: &Ctx, input: &Note) -> Result<Case> {
    record(tx, ctx, input, Verb::Contact, "请写下联系的情况。", "Please say how the contact went.")
}

fn record(tx: &mut dyn Tx, ctx: &Ctx, input: &Note, verb: Verb, zh: &str, en: &str) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, verb)?;
    let ctx = &ctx;
    let body = text("text", &input.text, zh, en)?;
    uploads::attach(tx, ctx, case.row.id, Whose::House, &input.files)?;
    let deed = Deed::new(verb).say(input.audience, body).data(json!({ "files": input.files.len() }));
    step::take(tx, ctx, &mut case, deed, |_| {})?;
    Ok(case)
}

/// A note by anyone who works with the case, in whatever state it is.
pub fn note(tx: &mut dyn Tx, ctx: &Ctx, input: &Note) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    if case.parties(ctx).is_empty() {
        case.demand(ctx, access::Verb::Work)?;
    }
    let ctx = &case.acting(ctx, access::Verb::Work, access::Noun::Request);
    let body = text("text", &input.text, "请写下内容。", "Please write something.")?;
    uploads::attach(tx, ctx, case.row.id, Whose::House, &input.files)?;
    step::note(tx, ctx, &mut case, "note", input.audience, &body, json!({ "files": input.files.len() }))?;
    Ok(case)
}
