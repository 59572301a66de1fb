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
        supervised, public_state, '', '', merged_into, history, source, seq, head, shielded FROM requests";
    pub(crate) ALL_TALLY = "SELECT dim, key, month, class, received, answered, on_time, solved, not_solved, \
        no_reply, not_reached, rated, satisfied, ended, unsolvable, reworked FROM request_tally";
}

/// Every request without its texts.
pub(crate) fn each_counted(tx: &mut dyn Tx, f: &mut dyn FnMut(Request) -> Result<()>) -> Result<()> {
    tx.each(&COUNTED, &params![], &mut |row| f(read(row)?))
}

/// Dimension, key, month and class of a counter.
pub(crate) type Slot = (String, UnitId, String, String);

/// Every counter.
pub(crate) fn each_tally(tx: &mut dyn Tx, f: &mut dyn FnMut(Slot, Counts) -> Result<()>) -> Result<()> {
    tx.each(&ALL_TALLY, &params![], &mut |row| {
        let n = |i: usize| row.get::<i64>(i);
        let counts = Counts {
            received: n(4)?,
            answered: n(5)?,
            on_time: n(6)?,
            solved: n(7)?,
            not_solved: n(8)?,
            no_reply: n(9)?,
            not_reached: n(10)?,
            rated: n(11)?,
            satisfied: n(12)?,
            ended: n(13)?,
            unsolvable: n(14)?,
            reworked: n(15)?,
        };
        f((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?), counts)
    })
}
