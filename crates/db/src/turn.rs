//! Whose turn it is: of what waits in a queue that goes first for which somebody has waited longest.
//!
//! A page asks more than once, who is there and then what to show. In the order of asking, its second question would stand
//! behind the first ones of all who came later, and how long a page takes would be a matter of luck.

use std::future::Future;
use std::time::Instant;

tokio::task_local! {
    static BEGAN: Instant;
}

/// Runs `f`, all of whose questions count as asked now; those of work that nobody waits for count from when each is asked.
pub async fn in_turn<F: Future>(f: F) -> F::Output {
    BEGAN.scope(Instant::now(), f).await
}

/// Since when whoever asks has waited.
pub(crate) fn began() -> Instant {
    BEGAN.try_with(|began| *began).unwrap_or_else(|_| Instant::now())
}
