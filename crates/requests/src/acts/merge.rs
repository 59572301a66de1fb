//! Merging 并案: a case about the same matter is joined to another; its people come along.

use super::{On, open_for, reason};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::notices;
use crate::step::{self, Deed};
use crate::store::people::{self, Joined};
use crate::supervision;
use db::Tx;
use kernel::{Error, Result, Say};
use rules::case::{Need, Verb};
use serde_json::json;

/// Into which case.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The case that ends.
    pub on: On,
    /// The number of the one that goes on.
    pub into: String,
    /// Why they are the same matter.
    pub reason: String,
}

/// Merges. Whoever asked keeps number and query code, and is told through the case that goes on.
pub fn merge(tx: &mut dyn Tx, ctx: &Ctx, input: &Merge) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Merge)?;
    let ctx = &ctx;
    let why = reason(&input.reason)?;
    let no = || Error::field("into", "没有这个编号的在办事项。", "There is no open case with this number.");
    let mut main = Case::find_number(tx, ctx, input.into.trim()).map_err(|_| no())?;
    // Merged, one case would tell of the other.
    if case.row.shielded {
        return Err(Error::refused(
            "shielded",
            "受保护的诉求不能并案。",
            "A shielded case is not merged with another.",
        ));
    }
    if main.row.id == case.row.id || !main.row.is_live() || main.row.shielded {
        return Err(no());
    }
    let into = main.row.id;
    let deed = Deed::new(Verb::Merge)
        .with([Need::OtherCase, Need::Reason])
        .say(Audience::Person, why)
        .data(json!({ "into": main.row.number }));
    step::take(tx, ctx, &mut case, deed, |row| row.merged_into = Some(into))?;
    // Whoever left the one hears nothing of the other.
    let mut people: Vec<Joined> = case.joined.clone();
    people.retain(|j| !case.has_left(Some(j.person)));
    if let Some(person) = case.row.person.filter(|p| !case.has_left(Some(*p))) {
        people.push(Joined {
            person,
            code: case.row.code.clone(),
            channel: case.row.channel.clone(),
            joined_at: case.row.received_at,
            words: case.row.title.clone(),
        });
    }
    for joined in people {
        let person = joined.person;
        let new = people::insert_joined(tx, into, &joined)?;
        // Whoever had left it has it again with the case that comes to it now.
        let back = !new && main.has_left(Some(person));
        if back {
            people::delete_left(tx, into, person)?;
            main.left.retain(|p| *p != Some(person));
        }
        if new {
            main.joined.push(joined);
        }
        if new || back {
            notices::catch_up(tx, ctx, &mut main, person)?;
        }
    }
    let other = Say::new(main.row.number.clone(), main.row.number.clone());
    messages::tell_people(tx, ctx, &case, Wording::Merged, &[("other", Fill::Named(other))])?;
    let data = json!({ "from": case.row.number, "count": main.joined.len() + 1 });
    step::note(tx, ctx, &mut main, "merged", Audience::Inside, "", data)?;
    supervision::propose(tx, ctx, &main)?;
    Ok(case)
}
