//! Statements over whole pasts: what a bulk load writes and a recount reads.

use crate::model::Request;
use crate::store::request::read;
use crate::store::tally::Counts;
use db::{Tx, params};
use kernel::{Result, UnitId};

db::statements! {
    // Sealed by the journal itself; the streams are new, so there is nothing to link to.
    pub(crate) INSERT_JOURNAL = "INSERT INTO journal (stream, seq, stream_kind, at, actor, kind, payload, \
        prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    // The columns of a request with its texts left out, which are most of it and count for nothing.
    pub(crate) COUNTED = "SELECT id, number, code, kind, channel, class, track, pack, urgency, '', '', '{}', \
        place, '', lon_e6, lat_e6, person, state, first_unit, unit, officer, received_at, first_due, answer_due, \
        step_due, answered_at, ended_at, '', unsolvable, word, satisfaction, returns, reworks, extensions, decided, \
        supervised, public_state, '', '', merged_into, history, source, seq, head FROM requests";
    pub(crate) ALL_TALLY = "SELECT dim, key, month, class, shard, received, answered, on_time, solved, not_solved, \
        no_reply, not_reached, rated, satisfied, ended, unsolvable, reworked FROM request_tally";
}

/// Every request without its texts.
pub(crate) fn each_counted(tx: &mut dyn Tx, f: &mut dyn FnMut(Request) -> Result<()>) -> Result<()> {
    tx.each(&COUNTED, &params![], &mut |row| f(read(row)?))
}

/// Dimension, key, month, class and shard of a counter.
pub(crate) type Slot = (String, UnitId, String, String, i64);

/// Every counter.
pub(crate) fn each_tally(tx: &mut dyn Tx, f: &mut dyn FnMut(Slot, Counts) -> Result<()>) -> Result<()> {
    tx.each(&ALL_TALLY, &params![], &mut |row| {
        let n = |i: usize| row.get::<i64>(i);
        let counts = Counts {
            received: n(5)?,
            answered: n(6)?,
            on_time: n(7)?,
            solved: n(8)?,
            not_solved: n(9)?,
            no_reply: n(10)?,
            not_reached: n(11)?,
            rated: n(12)?,
            satisfied: n(13)?,
            ended: n(14)?,
            unsolvable: n(15)?,
            reworked: n(16)?,
        };
        f((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?), counts)
    })
}
