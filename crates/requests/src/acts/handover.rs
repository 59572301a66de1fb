//! Handing over 移交: all my open cases go to a colleague when I leave, or those of each unit to a colleague there.

use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Wording};
use crate::model::Audience;
use crate::notices::{self, Told};
use crate::step;
use crate::store::desk;
use db::Tx;
use kernel::{AccountId, Error, Result, UnitId};
use rules::case::Notice;
use serde_json::json;

/// Whose cases go to whom.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// Who leaves.
    pub from: AccountId,
    /// Who goes on.
    pub to: AccountId,
    /// Of which handling unit; of all where none is named.
    pub unit: Option<UnitId>,
    /// Why, and what the colleague should know.
    pub note: String,
}

/// Hands every open case over, or every one of a unit; gives back how many. One that the colleague's post does not reach stays,
/// and is named in the error with nothing written.
pub fn hand_over(tx: &mut dyn Tx, ctx: &Ctx, input: &HandOver) -> Result<usize> {
    let note = super::text(
        "note",
        &input.note,
        "请写明移交的原因和要注意的事。",
        "Please say why, and what to mind.",
    )?;
    if input.from == input.to {
        return Err(Error::field("to", "请选择另一位同事。", "Please choose another colleague."));
    }
    let mut mine = desk::open_of(tx, input.from)?;
    mine.retain(|r| input.unit.is_none_or(|u| r.unit == u));
    let (mut stay, mut unseen) = (Vec::new(), 0);
    for row in &mine {
        let mut case = match Case::find(tx, ctx, row.id) {
            Ok(case) => case,
            Err(Error::NotFound) => {
                unseen += 1;
                continue;
            }
            Err(e) => return Err(e),
        };
        if ctx.account() != Some(input.from) {
            case.demand(ctx, access::Verb::HandOver)?;
        }
        let ctx = &case.acting(ctx, access::Verb::HandOver, access::Noun::Request);
        if !crate::staff::works_in(tx, input.to, case.row.unit, ctx)? {
            stay.push(case.row.number.clone());
            continue;
        }
        case.row.officer = Some(input.to);
        let data = json!({ "from": input.from.to_string(), "to": input.to.to_string() });
        step::note(tx, ctx, &mut case, "hand-over", Audience::Inside, &note, data)?;
        if case.notices.iter().any(|n| n.notice == Notice::Handling) {
            // Who was told that somebody handles it is told of the other one.
            notices::owe(tx, ctx, &mut case, Notice::Handling, Told::No)?;
        } else if Some(input.to) != ctx.account() {
            messages::tell_officer(tx, ctx, &case, Wording::OfficerAssigned, &[])?;
        }
    }
    if unseen > 0 {
        return Err(Error::field(
            "to",
            format!(
                "其中 {unseen} 件不归您管，要由那边的负责人移交。没有移交任何一件；可以先按单位移交归您管的。"
            ),
            format!(
                "{unseen} of them are out of your reach: their own lead hands them over. Nothing was handed over; those of your units can be, unit by unit."
            ),
        ));
    }
    if stay.is_empty() {
        return Ok(mine.len());
    }
    let list = stay.iter().take(5).cloned().collect::<Vec<_>>().join("、");
    Err(Error::field(
        "to",
        format!("这位同事不在以下 {} 件的承办单位任职：{list}。没有移交任何一件。", stay.len()),
        format!(
            "The colleague holds no post in the handling unit of {}: {list}. Nothing was handed over.",
            stay.len()
        ),
    ))
}
