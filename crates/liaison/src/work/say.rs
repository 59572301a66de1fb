//! One sentence that a family says of the year, by the code of its card. Nobody is asked for it.

use super::{plan_of, store};
use crate::visits::words::Hide;
use db::{Tx, params};
use journal::NewEvent;
use kernel::{Date, Error, HouseholdId, Result, Timestamp};
use register::households;
use requests::Ctx;
use serde_json::json;

/// The most characters of it.
pub(crate) const WORD_MAX: usize = 200;

/// What a family said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The sentence, without names and numbers.
    pub text: String,
    /// On which day.
    pub on: Date,
}

/// What the family said of a year, by whichever of its cards.
///
/// Errors: those of the database.
pub fn word_of(
    tx: &mut dyn Tx,
    household: HouseholdId,
    kind: &str,
    year: i16,
    known: Timestamp,
) -> Result<Option<Word>> {
    for home in households::same(tx, household)? {
        if let Some(r) = tx.query_opt(&store::WORD_OF, &params![home, kind, i64::from(year), known])? {
            return Ok(Some(Word { text: r.get(0)?, on: r.get(1)? }));
        }
    }
    Ok(None)
}

/// The family says it, once for a year.
///
/// Errors: not found where there is no such card or no plan; invalid at `word`; refused (`said`) a second time.
pub fn say(tx: &mut dyn Tx, ctx: &Ctx, card: &str, kind: &str, text: &str) -> Result<()> {
    let today = ctx.today();
    // Of a family that was written down twice either card is good.
    let found = households::by_card(tx, card)?.map(|h| households::kept(tx, h)).transpose()?;
    let home = found.filter(|h| h.is_open(today)).ok_or(Error::NotFound)?;
    let year = today.year();
    plan_of(tx, home.id, kind, year, None)?.ok_or(Error::NotFound)?;
    let n = text.trim().chars().count();
    if n == 0 || n > WORD_MAX {
        return Err(Error::field(
            "word",
            format!("写一句话，最多 {WORD_MAX} 字。"),
            format!("One sentence, of at most {WORD_MAX} characters."),
        ));
    }
    let text = Hide::of(tx, &ctx.site.keyring, &home)?.out(text);
    let values = params![home.id, kind, i64::from(year), text, today, ctx.at];
    let said = word_of(tx, home.id, kind, year, Timestamp(i64::MAX))?.is_some();
    if said || !tx.exists(&store::WORD_PUT, &values)? {
        return Err(Error::refused(
            "said",
            "今年已经说过了，谢谢。",
            "You have said it for this year, thank you.",
        ));
    }
    let mut drawn = [0u8; 16];
    ctx.site.chance.fill(&mut drawn);
    let event = NewEvent {
        stream_kind: "plan-word",
        stream: kernel::Uuid::from_bytes(drawn),
        at: ctx.at,
        actor: &ctx.scope.actor,
        kind: "said",
        payload: json!({ "household": home.id.to_string(), "kind": kind, "year": year }),
    };
    journal::append_first(tx, &event).map(drop)
}
