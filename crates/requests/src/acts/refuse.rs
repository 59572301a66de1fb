//! Not accepting 不予受理: the ground and the right way to go are named, and the person is told both.

use super::{On, open_for};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::step::{self, Deed};
use db::Tx;
use kernel::{Error, Result, Say, Text};
use rules::case::{Need, Verb};
use serde_json::json;

/// Why not, and where instead.
#[derive(Clone, Debug)]
pub struct Refuse {
    /// Which case.
    pub on: On,
    /// The ground: a key of the pack.
    pub ground: String,
    /// What else the person should know.
    pub note: String,
}

/// What the person is told: the ground, the right way, and the note.
pub(crate) fn words(ground: &pack::Ground, note: &str) -> String {
    let told = format!("{} {}", ground.text.zh, ground.right_way.zh);
    if note.trim().is_empty() { told } else { format!("{told}\n{}", note.trim()) }
}

/// Does not accept the case.
pub fn refuse(tx: &mut dyn Tx, ctx: &Ctx, input: &Refuse) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Refuse)?;
    let ctx = &ctx;
    let Some(ground) = ctx.site.pack.ground(&input.ground) else {
        return Err(Error::field("ground", "请选择依据。", "Please choose the ground."));
    };
    let told = words(ground, &input.note);
    let deed = Deed::new(Verb::Refuse)
        .with([Need::Ground, Need::RightWay, Need::Reason])
        .say(Audience::Person, told.clone())
        .data(json!({ "ground": ground.id }));
    step::take(tx, ctx, &mut case, deed, |row| row.answer = Some(told))?;
    let named = |text: &Text| Fill::Named(Say::new(text.zh.clone(), text.en.clone()));
    let extra = [("ground", named(&ground.text)), ("right_way", named(&ground.right_way))];
    messages::tell_people(tx, ctx, &case, Wording::NotAccepted, &extra)?;
    Ok(case)
}
