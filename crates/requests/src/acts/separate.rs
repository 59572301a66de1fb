//! Separating 拆分: a case was merged into another by mistake, and each goes its own way again.

use super::{On, depart, judge, open_for, reason};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::staff::duty_officer_for;
use crate::step::{self, Deed};
use db::Tx;
use kernel::{Error, PersonId, Result};
use rules::case::{Need, Verb};
use serde_json::json;

/// Takes a case out of the one it was merged into: it awaits triage where it was received, under the dates it had, and
/// those who came along with it leave the other case, where that still goes on.
///
/// Errors: [`Error::Invalid`] without a reason; [`Error::NotFound`] for whoever may not look at the other case.
pub fn separate(tx: &mut dyn Tx, ctx: &Ctx, on: On, why: &str) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, on, Verb::Reopen)?;
    let ctx = &ctx;
    let why = reason(why)?;
    let into = case.row.merged_into.ok_or_else(|| Error::internal("a merged case without its main one"))?;
    let mut main = Case::find(tx, ctx, into)?;
    let first = case.row.first_unit;
    let officer = duty_officer_for(tx, ctx, first, case.shield.as_ref())?;
    let deed = Deed::new(Verb::Reopen)
        .with([Need::Reason])
        .say(Audience::Person, why.clone())
        .data(json!({ "from": main.row.number }));
    step::take(tx, ctx, &mut case, deed, |row| {
        row.unit = first;
        row.officer = officer;
        row.merged_into = None;
    })?;
    if main.row.is_live() {
        let codes: Vec<&str> = std::iter::once(&case.row.code)
            .chain(case.joined.iter().map(|j| &j.code))
            .map(String::as_str)
            .collect();
        let came = main.joined.iter().filter(|j| codes.contains(&j.code.as_str())).map(|j| j.person);
        let came: Vec<PersonId> = came.filter(|p| !main.has_left(Some(*p))).collect();
        let mut spoke = false;
        for person in &came {
            spoke |= depart::leave(tx, ctx, &mut main, Some(*person))?;
        }
        let data = json!({ "from": case.row.number, "count": came.len() });
        step::note(tx, ctx, &mut main, "separated", Audience::Inside, "", data)?;
        if spoke {
            judge::next_speaks(tx, ctx, &mut main)?;
        }
    }
    let extra = [("reason", Fill::Said(&why))];
    messages::tell_people(tx, ctx, &case, Wording::Reopened, &extra)?;
    Ok(case)
}
