//! A need that a family asks for itself, led into the public form by the page of its card.
//!
//! ```text
//!  card ─▶ word: its code and the moment, sealed ─▶ the form ─▶ tie: the need of the household, with no visit and nobody who
//!                                                   heard it; whoever looks after the household sees it and tells the family
//!  who asked is forgotten ─▶ part: the need stands, whose household it was does not
//! ```
//!
//! Only whoever opened the card has such a word; it is good for a day, and no longer than the code on the card is. The
//! journal says that a request came from a card, not from which: it can forget nothing.

use super::needs::Born;
use super::store;
use db::{Tx, params};
use journal::NewEvent;
use kernel::{DAY, Error, RequestId, Result};
use register::households::{self, Household};
use requests::Ctx;
use requests::led::{Tied, Ways};
use serde_json::json;

/// For so long a word is good.
const GOOD: i64 = DAY;
/// What words are sealed for.
const PURPOSE: &str = "asked from a card";

/// What the form is told of needs that come from a card.
pub static FROM_CARD: Ways = Ways { known, tie, part };

/// The word for whoever opened the card with this code.
///
/// Errors: internal, where it cannot be sealed.
pub fn word(ctx: &Ctx, code: &str) -> Result<String> {
    let plain = [&ctx.at.0.to_be_bytes()[..], code.as_bytes()].concat();
    Ok(hex::encode(ctx.site.secret.seal(&*ctx.site.chance, PURPOSE, b"", &plain)?))
}

/// The household whose card it was, as it stands: either card of a family that was written down twice is good.
fn household(tx: &mut dyn Tx, ctx: &Ctx, word: &str) -> Result<Option<Household>> {
    let opened = hex::decode(word).ok().and_then(|sealed| ctx.site.secret.unseal(PURPOSE, b"", &sealed));
    let Some(plain) = opened else { return Ok(None) };
    let Some((made, code)) = plain.split_first_chunk::<8>() else { return Ok(None) };
    let Ok(code) = std::str::from_utf8(code) else { return Ok(None) };
    if !(0..GOOD).contains(&(ctx.at.0 - i64::from_be_bytes(*made))) {
        return Ok(None);
    }
    let found = households::by_card(tx, code)?.map(|h| households::kept(tx, h)).transpose()?;
    Ok(found.filter(|h| h.is_open(ctx.today())))
}

fn known(tx: &mut dyn Tx, ctx: &Ctx, word: &str) -> Result<bool> {
    Ok(household(tx, ctx, word)?.is_some())
}

fn tie(tx: &mut dyn Tx, ctx: &Ctx, word: &str, tied: &Tied) -> Result<()> {
    let home = household(tx, ctx, word)?.ok_or_else(|| {
        Error::refused(
            "card",
            "联系卡打开太久了，或者卡换过了，请重新扫卡。",
            "The card was opened too long ago, or has been replaced: scan it again.",
        )
    })?;
    // There was no visit, and nobody heard it.
    let born = Born {
        request: tied.request,
        record: None,
        household: home.id,
        path: home.path,
        account: None,
        class: tied.class.clone(),
        settled: false,
        on: ctx.today(),
        at: ctx.at,
    };
    born.write(tx, &ctx.site)?;
    let mut drawn = [0u8; 16];
    ctx.site.chance.fill(&mut drawn);
    let event = NewEvent {
        stream_kind: "card-asked",
        stream: kernel::Uuid::from_bytes(drawn),
        at: ctx.at,
        actor: &ctx.scope.actor,
        kind: "asked",
        payload: json!({ "request": tied.request.to_string() }),
    };
    journal::append_first(tx, &event).map(drop)
}

fn part(tx: &mut dyn Tx, _: &Ctx, request: RequestId) -> Result<()> {
    tx.execute(&store::NEED_PART, &params![request]).map(drop)
}
