//! Joining an open matter instead of repeating it: each keeps their own code, notices and word.

use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::notices::{self, Told};
use crate::register::Registered;
use crate::spoken::{self, Slot};
use crate::step;
use crate::store::people::{self, Joined};
use crate::supervision;
use access::identity::{self, NewPerson};
use db::Tx;
use kernel::{Error, PersonId, RequestId, Result};
use rules::case::Notice;
use serde_json::json;

/// Somebody with the same matter.
#[derive(Clone, Debug)]
pub struct Join {
    /// The open matter.
    pub id: RequestId,
    /// Made when the form was opened, so that a repeated upload joins once.
    pub key: PersonId,
    /// Who.
    pub person: NewPerson,
    /// The channel they came by.
    pub channel: String,
    /// What they say of it.
    pub words: String,
    /// How they were told that they joined.
    pub told: Told,
}

/// Joins. The public may join what the public ledger shows; staff what they may see.
pub fn join(tx: &mut dyn Tx, ctx: &Ctx, input: &Join) -> Result<Registered> {
    let mut case = Case::for_joining(tx, ctx, input.id)?;
    if case.row.shielded {
        return Err(Error::NotFound);
    }
    if !case.row.is_live() {
        return Err(Error::refused(
            "ended",
            "那件已经办结，请作为新的一件提出。",
            "That one has ended: please ask as a new request.",
        ));
    }
    let who = NewPerson { id: Some(input.key), at: ctx.at, ..input.person.clone() };
    let person = identity::put(tx, &ctx.site, &who)?;
    let words = spoken::hide(input.words.trim(), input.person.name.iter());
    let joined = Joined {
        person,
        code: rules::number::QueryCode::draw(&*ctx.site.chance).into(),
        channel: input.channel.clone(),
        joined_at: ctx.at,
        words: words.text,
    };
    let known = case.joined.iter().find(|j| j.person == person).cloned();
    let joined = match known {
        Some(before) => before,
        None => {
            people::insert_joined(tx, case.row.id, &joined)?;
            spoken::keep(tx, ctx, case.row.id, &Slot::Joined(person), words.own.as_deref())?;
            case.joined.push(joined.clone());
            let data = json!({ "count": case.joined.len() + 1 });
            step::note(tx, ctx, &mut case, "join", Audience::Inside, &joined.words, data)?;
            notices::owe_to(tx, ctx, &mut case, Notice::Accepted, Some(person), input.told)?;
            // Who comes later is told at once what the others were told before.
            notices::catch_up(tx, ctx, &mut case, person)?;
            supervision::propose(tx, ctx, &case)?;
            joined
        }
    };
    Ok(Registered {
        id: case.row.id,
        number: case.row.number.clone(),
        code: joined.code,
        due: case.row.answer_due,
    })
}
