//! Open matters near one that is just being told, and the cases of somebody who calls.

use crate::model::Request;
use crate::store::request::{columns, read};
use db::{Tx, params};
use kernel::{PersonId, Result, Timestamp, UnitId};
use std::collections::HashSet;

db::statements! {
    pub(crate) OF_CLASS = concat!("SELECT ", columns!(), " FROM requests r WHERE r.class = $1 AND r.ord >= $2 \
        AND r.ended_at IS NULL AND r.shielded = 0 ORDER BY r.ord DESC LIMIT $3");
    pub(crate) AT_PLACE = concat!("SELECT ", columns!(), " FROM requests r WHERE r.place = $1 AND r.ord >= $2 \
        AND r.ended_at IS NULL AND r.shielded = 0 ORDER BY r.ord DESC LIMIT $3");
    pub(crate) IN_LEDGER = concat!("SELECT ", columns!(), " FROM request_reach x JOIN requests r ON r.id = x.request \
        WHERE x.unit = $1 AND x.live = 1 AND r.shielded = 0 AND x.ord >= $2 ORDER BY x.ord DESC LIMIT $3");
    pub(crate) OF_PERSON = concat!("SELECT ", columns!(), " FROM requests r WHERE r.person = $1 AND r.shielded = 0");
    pub(crate) OF_JOINER = concat!("SELECT ", columns!(), " FROM request_joined j JOIN requests r ON r.id = j.request \
        WHERE j.person = $1 AND r.shielded = 0");
}

/// How many matters are compared at most.
pub(crate) const MOST: usize = 200;

/// Where to look for matters of the same kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Around {
    /// Classes of the third level.
    pub(crate) classes: Vec<String>,
    /// Places.
    pub(crate) places: Vec<UnitId>,
    /// Ledgers to look in where neither class nor place is known yet.
    pub(crate) ledgers: Vec<UnitId>,
    /// From when on.
    pub(crate) since: Timestamp,
}

/// Open matters of these classes or at these places, each once, at most [`MOST`].
pub(crate) fn candidates(tx: &mut dyn Tx, around: &Around) -> Result<Vec<Request>> {
    let since = around.since.0.clamp(0, (1 << 42) - 1) << 21;
    let (mut seen, mut out) = (HashSet::new(), Vec::new());
    let mut add = |rows: Vec<Request>| {
        for row in rows {
            if out.len() < MOST && seen.insert(row.id) {
                out.push(row);
            }
        }
    };
    // Each list gets its share, so that a busy class does not hide what lies next door.
    let lists = around.classes.len() + around.places.len() + around.ledgers.len();
    let share = (MOST / lists.max(1)).max(20) as i64;
    for class in &around.classes {
        add(tx.query_map(&OF_CLASS, &params![class.as_str(), since, share], read)?);
    }
    for place in &around.places {
        add(tx.query_map(&AT_PLACE, &params![*place, since, share], read)?);
    }
    for ledger in &around.ledgers {
        add(tx.query_map(&IN_LEDGER, &params![*ledger, since, share], read)?);
    }
    Ok(out)
}

/// A case of somebody, and under which key they are known there.
#[derive(Clone, Debug)]
pub(crate) struct Theirs {
    pub(crate) row: Request,
    pub(crate) person: PersonId,
}

/// The cases that these persons asked for or joined, latest first.
pub(crate) fn of_persons(tx: &mut dyn Tx, all: &[PersonId]) -> Result<Vec<Theirs>> {
    let mut out: Vec<Theirs> = Vec::new();
    for person in all {
        for statement in [&OF_PERSON, &OF_JOINER] {
            let rows = tx.query_map(statement, &params![*person], read)?;
            out.extend(rows.into_iter().map(|row| Theirs { row, person: *person }));
        }
    }
    out.sort_by_key(|t| (std::cmp::Reverse(t.row.received_at), t.row.id));
    out.dedup_by_key(|t| t.row.id);
    Ok(out)
}
