//! Settled on the spot 当场办结: taken in, answered and judged while the person is there.

use super::{On, judge, open_for, text};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Wording};
use crate::model::{Audience, Satisfaction};
use crate::notices::{self, Told};
use crate::step::{self, Deed};
use db::Tx;
use kernel::Result;
use rules::case::{Need, Notice, Verb, Word};
use serde_json::json;

/// What was done there and then.
#[derive(Clone, Debug)]
pub struct Settle {
    /// Which case, just registered.
    pub on: On,
    /// What was done.
    pub text: String,
    /// What the person says of it, asked there and then; none where they had left.
    pub word: Option<Word>,
    /// How satisfied they are.
    pub satisfaction: Option<Satisfaction>,
    /// How they were told: face to face or on the telephone.
    pub told: Told,
}

/// Answers at once. All three notices are given by word of mouth, which is put on record.
pub fn settle(tx: &mut dyn Tx, ctx: &Ctx, input: &Settle) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Settle)?;
    let ctx = &ctx;
    let body = text("answer", &input.text, "请写明当场怎么办的。", "Please say how it was settled.")?;
    let person = case.row.person;
    notices::owe_to(tx, ctx, &mut case, Notice::Accepted, person, input.told)?;
    let deed = Deed::new(Verb::Settle)
        .with([Need::AnswerText])
        .say(Audience::Public, body.clone())
        .told(input.told)
        .data(json!({ "told": input.told.key() }));
    let here = ctx.account();
    step::take(tx, ctx, &mut case, deed, |row| {
        row.answer = Some(body);
        row.officer = here;
    })?;
    messages::tell_people(tx, ctx, &case, Wording::Settled, &[])?;
    if let Some(word) = input.word {
        judge::on_the_spot(tx, ctx, &mut case, word, input.satisfaction)?;
    }
    Ok(case)
}
