//! Somebody is known only after words came in that name them: the case keeps these without the name from then on, as if it
//! had been known at intake. What was written lies sealed, as it was written first; the journal holds none of the words,
//! only what they are bound to.

use super::{Asked, Slot, hide, keep, slots};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::register::tokens;
use crate::store::keeping::{self, Beside};
use crate::store::{clocks, duties, people, request};
use access::identity::{self, NewPerson};
use access::vault::texts;
use db::Tx;
use kernel::{Error, RequestId, Result};
use rules::mask::Kind;
use std::iter::once;

/// Leaves what people wrote of a case without `name`.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub(crate) fn leave_out(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, name: &String) -> Result<()> {
    let id = case.row.id;
    let sealed = slots(tx, id)?;
    identity::tracelessly(tx, |tx| {
        asked(tx, ctx, case, &sealed, name)?;
        let mut beside: Vec<(Beside, Slot, String)> = Vec::new();
        // What staff wrote is theirs to word, as it was when it was written.
        let outside = |who: &str| matches!(who, "person" | "client");
        for e in clocks::entries(tx, id)?.into_iter().filter(|e| outside(&e.who)) {
            beside.push((Beside::Entry(e.seq), Slot::Entry(e.seq), e.body));
        }
        for j in people::joined(tx, id)? {
            beside.push((Beside::Joined(j.person), Slot::Joined(j.person), j.words));
        }
        for w in people::words(tx, id)? {
            let which = Beside::Word(w.round, duties::person_key(w.person));
            beside.push((which, Slot::Word(w.round, w.person), w.note));
        }
        for (which, slot, text) in &beside {
            let hidden = hide(text, once(name));
            let Some(own) = hidden.own else { continue };
            keeping::leave(tx, id, which, &hidden.text)?;
            if !sealed.contains(slot) {
                keep(tx, ctx, id, slot, Some(&own))?;
            }
        }
        // What is told to people quotes them; the numbers in it are those of the house and stay.
        match name.trim() {
            name if name.chars().count() > 1 => {
                notify::leave(tx, id.0, &|text| text.replace(name, Kind::Name.label()))
            }
            _ => Ok(()),
        }
    })
}

fn asked(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, sealed: &[Slot], name: &String) -> Result<()> {
    let row = &mut case.row;
    let before = Asked {
        title: row.title.clone(),
        body: row.body.clone(),
        place: row.place_text.clone(),
        answers: row.answers.clone(),
    };
    let (shown, own) = before.clone().hide_also(&NewPerson::default(), std::slice::from_ref(name))?;
    let public = [&row.public_title, &row.public_body].map(|text| hide(text, once(name)).text);
    if own.is_none() && public == [&row.public_title, &row.public_body].map(String::clone) {
        return Ok(());
    }
    // What lies sealed already is what was written first.
    if !sealed.contains(&Slot::Asked) {
        keep(tx, ctx, row.id, &Slot::Asked, own.as_deref())?;
    }
    if shown.body != before.body && !sealed.contains(&Slot::Registered) {
        keep(tx, ctx, row.id, &Slot::Registered, Some(&before.body))?;
    }
    (row.title, row.body, row.place_text, row.answers) =
        (shown.title, shown.body, shown.place, shown.answers);
    [row.public_title, row.public_body] = public;
    keeping::leave_request(tx, row)?;
    request::set_tokens(tx, row.id, &tokens(ctx, row), false)
}

/// The text that the first event of a case is bound to: as the case kept it when it was registered.
///
/// Errors: not found; refused (`vault-key`) where the master key is missing; those of the database.
pub(crate) fn registered(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<String> {
    match texts::open(tx, &ctx.site.keyring, id.0, &Slot::Registered.key())? {
        Some(text) => Ok(text),
        None => request::by_id(tx, id)?.map(|row| row.body).ok_or(Error::NotFound),
    }
}
