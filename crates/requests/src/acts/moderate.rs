//! Moderation 公开审核: what the public ledger shows, after a look.

use super::{On, open, text};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::{Audience, PublicState};
use crate::step;
use db::Tx;
use kernel::{Error, Result};
use serde_json::json;

/// A moderator's decision.
#[derive(Clone, Debug)]
pub struct Moderate {
    /// Which case.
    pub on: On,
    /// Show it; otherwise its number stays with the reason.
    pub show: bool,
    /// The title as the public reads it.
    pub title: String,
    /// The text as the public reads it.
    pub body: String,
    /// Why it is not shown.
    pub reason: String,
}

/// Decides what the public sees. Whatever the moderator leaves in is masked once more.
pub fn moderate(tx: &mut dyn Tx, ctx: &Ctx, input: &Moderate) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    case.demand(ctx, access::Verb::Moderate)?;
    let ctx = &case.acting(ctx, access::Verb::Moderate, access::Noun::Request);
    if case.row.public_state == PublicState::Never {
        return Err(Error::refused(
            "never-public",
            "这类事项依规不公开。",
            "Cases of this class are never published.",
        ));
    }
    if input.show {
        super::wish::with_leave(ctx, &case.row)?;
        let title = text("title", &input.title, "请填写公开标题。", "Please give the public title.")?;
        case.row.public_title = rules::mask::mask(&title).text;
        case.row.public_body = rules::mask::mask(input.body.trim()).text;
        case.row.public_state = PublicState::Shown;
        let data = json!({ "public": "shown" });
        step::note(tx, ctx, &mut case, "moderate", Audience::Inside, "", data)?;
    } else {
        let why = super::reason(&input.reason)?;
        case.row.public_state = PublicState::Hidden;
        let data = json!({ "public": "hidden" });
        step::note(tx, ctx, &mut case, "moderate", Audience::Public, &why, data)?;
    }
    Ok(case)
}
