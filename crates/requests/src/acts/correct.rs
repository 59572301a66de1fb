//! A correcting entry 更正: class, place or wording, with what stood there before. Nothing is erased.

use super::{On, open_for, reason, triage};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::spoken;
use crate::step::{self, Deed};
use crate::store::request;
use db::Tx;
use kernel::{Error, Result, UnitId};
use rules::case::{Kind, Need, Urgency, Verb};
use serde_json::json;

/// What is put right.
#[derive(Clone, Debug)]
pub struct Correct {
    /// Which case.
    pub on: On,
    /// Class code.
    pub class: String,
    /// What kind of need.
    pub kind: Kind,
    /// How soon.
    pub urgency: Urgency,
    /// In a few words.
    pub title: String,
    /// The unit or grid it is about.
    pub place: Option<UnitId>,
    /// The place in words.
    pub place_text: String,
    /// Why.
    pub reason: String,
}

/// Corrects the case.
pub fn correct(tx: &mut dyn Tx, ctx: &Ctx, input: &Correct) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Correct)?;
    let ctx = &ctx;
    let why = reason(&input.reason)?;
    let title = input.title.trim();
    if title.is_empty() || title.chars().count() > crate::register::TITLE_MAX {
        return Err(Error::field("title", "标题要有 1 到 60 字。", "The title needs 1 to 60 characters."));
    }
    let class = triage::leaf(ctx, &input.class)?;
    let was =
        json!({ "class": case.row.class, "kind": case.row.kind.key(), "urgency": case.row.urgency.key() });
    if case.row.class != class.code || case.row.urgency != input.urgency || case.row.kind != input.kind {
        triage::set_class(tx, ctx, &mut case, class, input.kind, input.urgency)?;
    }
    let deed = Deed::new(Verb::Correct)
        .with([Need::Reason])
        .say(Audience::Inside, why)
        .data(json!({ "was": was, "class": class.code }));
    let names = spoken::names(tx, ctx, &case)?;
    let title = crate::register::for_all(title, names.iter());
    step::take(tx, ctx, &mut case, deed, |row| {
        row.public_title.clone_from(&title);
        row.title = title;
        row.place = input.place;
        row.place_text = input.place_text.trim().to_owned();
    })?;
    request::set_tokens(tx, case.row.id, &crate::register::tokens(ctx, &case.row), false)?;
    Ok(case)
}
