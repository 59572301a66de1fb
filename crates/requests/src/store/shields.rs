//! Shields: whom a case is kept from. Few among many; lists that everybody reads leave the cases out by
//! `requests.shielded`, and only what is here reads them.

use crate::model::Request;
use crate::shield::Shield;
use crate::store::request::{columns, read};
use db::{Tx, params};
use kernel::{AccountId, RequestId, Result, Timestamp, UnitId};
use std::collections::{BTreeSet, HashMap, HashSet};

db::statements! {
    pub(crate) PUT_SHIELD = "INSERT INTO request_shields (request, unit, account, put_at, put_no) \
        VALUES ($1, $2, $3, $4, $5)";
    pub(crate) SHIELDS_CHANGED = "SELECT COALESCE(MAX(CASE WHEN lifted_no IS NULL THEN put_no ELSE lifted_no END), 0) \
        FROM request_shields";
    pub(crate) SHUT_OUT = "INSERT INTO request_shield_people (request, account) VALUES ($1, $2) \
        ON CONFLICT (request, account) DO NOTHING";
    pub(crate) LIFT_SHIELD = "UPDATE request_shields SET lifted_at = $2, lifted_no = $3 \
        WHERE request = $1 AND lifted_at IS NULL";
    pub(crate) NOBODY_SHUT_OUT = "DELETE FROM request_shield_people WHERE request = $1";
    pub(crate) SHIELD_OF = "SELECT unit, account FROM request_shields WHERE request = $1 AND lifted_at IS NULL";
    pub(crate) PEOPLE_SHUT_OUT = "SELECT account FROM request_shield_people WHERE request = $1";
    pub(crate) SHUT_OUT_OF = "SELECT request FROM request_shield_people WHERE account = $1";
    pub(crate) HELPERS_OF_SHIELDED = "SELECT h.request, h.unit FROM requests r \
        JOIN request_helpers h ON h.request = r.id WHERE r.shielded = 1";
    pub(crate) SHIELDED = concat!("SELECT ", columns!(), ", s.unit, s.account FROM requests r \
        JOIN request_shields s ON s.request = r.id AND s.lifted_at IS NULL WHERE r.shielded = 1 \
        ORDER BY CASE WHEN r.ended_at IS NULL THEN 0 ELSE 1 END, r.ord DESC LIMIT $1");
}

/// How many times a shield was put up or lifted so far. One writer at a time, so that the numbers are in the order
/// in which it happened.
pub(crate) fn changes(tx: &mut dyn Tx) -> Result<i64> {
    tx.scalar(&SHIELDS_CHANGED, &[])
}

/// Puts a shield up.
pub(crate) fn put(tx: &mut dyn Tx, id: RequestId, shield: &Shield, at: Timestamp) -> Result<()> {
    let no = changes(tx)? + 1;
    tx.execute(&PUT_SHIELD, &params![id, shield.unit, shield.account, at, no])?;
    tx.insert_many(&SHUT_OUT, shield.people.iter().map(|who| params![id, *who]))
}

/// Takes the shield away.
pub(crate) fn lift(tx: &mut dyn Tx, id: RequestId, at: Timestamp) -> Result<()> {
    let no = changes(tx)? + 1;
    tx.execute(&LIFT_SHIELD, &params![id, at, no])?;
    tx.execute(&NOBODY_SHUT_OUT, &params![id]).map(drop)
}

/// The shield that stands.
pub(crate) fn of(tx: &mut dyn Tx, id: RequestId) -> Result<Option<Shield>> {
    let Some(row) = tx.query_opt(&SHIELD_OF, &params![id])? else { return Ok(None) };
    let people = people(tx, id)?;
    Ok(Some(Shield { unit: row.get(0)?, account: row.get(1)?, people }))
}

fn people(tx: &mut dyn Tx, id: RequestId) -> Result<BTreeSet<AccountId>> {
    tx.query(&PEOPLE_SHUT_OUT, &params![id])?.iter().map(|r| r.get(0)).collect()
}

/// A shielded case as a list of them needs it.
pub(crate) struct Listed {
    pub(crate) row: Request,
    /// Its shield; of the people shut out it knows only `me`.
    pub(crate) shield: Shield,
    /// The units that help.
    pub(crate) helpers: Vec<UnitId>,
}

/// Every shielded case with its shield, open ones first, latest first, for `me`, who is asked of each whether they
/// may see it. Three statements, however many there are.
pub(crate) fn all(tx: &mut dyn Tx, me: AccountId, most: i64) -> Result<Vec<Listed>> {
    let mut helpers: HashMap<RequestId, Vec<UnitId>> = HashMap::new();
    for row in tx.query(&HELPERS_OF_SHIELDED, &[])? {
        helpers.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    let out: HashSet<RequestId> =
        tx.query(&SHUT_OUT_OF, &params![me])?.iter().map(|r| r.get(0)).collect::<Result<_>>()?;
    tx.query_map(&SHIELDED, &params![most], |r| {
        let (row, unit, account) = (read(r)?, r.get(45)?, r.get(46)?);
        let people = out.contains(&row.id).then_some(me).into_iter().collect();
        let helpers = helpers.remove(&row.id).unwrap_or_default();
        Ok(Listed { row, shield: Shield { unit, account, people }, helpers })
    })
}
