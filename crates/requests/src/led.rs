//! Led into the form from a page of another slice, such as the page of a family's contact card.
//!
//! ```text
//!  that page ─ POST /ask with a word that it sealed ─▶ the steps carry it ─▶ send: ONE transaction: request, and `tie`
//!                                              who asked is forgotten ─▶ `part`, in the same transaction
//! ```
//!
//! The word says nothing to this slice: whoever sealed it knows what it stands for, how long it is good, and where it is
//! written down. It travels in forms alone: an address can be passed on, and whoever opens one that somebody else made
//! would file their own matter under that one's household.

use crate::ctx::Ctx;
use db::Tx;
use kernel::{RequestId, Result};
use std::sync::OnceLock;

/// The field that carries the word.
pub const FIELD: &str = "led";

/// A request that was asked with a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tied {
    /// The request.
    pub request: RequestId,
    /// The class that was chosen; empty where nobody could say.
    pub class: String,
}

/// What the slice that leads people into the form knows how to do.
#[derive(Clone, Copy)]
pub struct Ways {
    /// Whether a word is one of its own, and still good.
    pub known: fn(&mut dyn Tx, &Ctx, &str) -> Result<bool>,
    /// Writes down what a request belongs to, or refuses where the word is good no more.
    pub tie: fn(&mut dyn Tx, &Ctx, &str, &Tied) -> Result<()>,
    /// Forgets what a request belongs to.
    pub part: fn(&mut dyn Tx, &Ctx, RequestId) -> Result<()>,
}

/// Whoever puts the program together says which slice leads people here: what it knows is no matter of this one.
#[derive(Default)]
pub struct Led(OnceLock<Ways>);

impl Led {
    /// By these ways from now on; the first that are said stay.
    pub fn by(&self, ways: Ways) {
        let _ = self.0.set(ways);
    }
}

fn ways(ctx: &Ctx) -> Option<Ways> {
    ctx.site.kept.get::<Led>().0.get().copied()
}

/// Whether a word is good.
pub(crate) fn known(tx: &mut dyn Tx, ctx: &Ctx, word: &str) -> Result<bool> {
    ways(ctx).map_or(Ok(false), |w| (w.known)(tx, ctx, word))
}

/// Ties a request to what the word stands for.
pub(crate) fn tie(tx: &mut dyn Tx, ctx: &Ctx, word: &str, tied: &Tied) -> Result<()> {
    ways(ctx).map_or(Ok(()), |w| (w.tie)(tx, ctx, word, tied))
}

/// Parts a request from it.
pub(crate) fn part(tx: &mut dyn Tx, ctx: &Ctx, request: RequestId) -> Result<()> {
    ways(ctx).map_or(Ok(()), |w| (w.part)(tx, ctx, request))
}
