//! The SQL of spreadsheets sent in.

use super::choice::Choice;
use super::run::Outcome;
use super::{Import, State, What};
use db::{Row, Tx, params};
use kernel::{AccountId, Error, Result, Timestamp, Uuid};

db::statements! {
    pub(crate) IMPORT_INSERT = "INSERT INTO imports
        (id, what, account, name, size, sha256, choice, state, created_at, outcome)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, '')";
    pub(crate) IMPORT_GET = "SELECT id, what, account, name, size, sha256, choice, state, created_at, begun_at, outcome
        FROM imports WHERE id = $1 AND account = $2";
    pub(crate) IMPORTS_OF = "SELECT id, what, account, name, size, sha256, choice, state, created_at, begun_at, outcome
        FROM imports WHERE account = $1 ORDER BY created_at DESC, id DESC LIMIT 20";
    pub(crate) IMPORT_CHOOSE = "UPDATE imports SET choice = $2, outcome = '' WHERE id = $1 AND state = 'open'";
    pub(crate) IMPORT_BEGIN = "UPDATE imports SET state = 'running', begun_at = $2, outcome = ''
        WHERE id = $1 AND (state = 'open' OR (state = 'running' AND begun_at < $3))";
    pub(crate) IMPORT_DONE = "UPDATE imports SET state = 'done', done_at = $2, outcome = $3
        WHERE id = $1 AND state = 'running'";
    pub(crate) IMPORT_FAILED = "UPDATE imports SET state = 'open', begun_at = NULL, outcome = $2
        WHERE id = $1 AND state = 'running'";
    pub(crate) IMPORT_DROP = "DELETE FROM imports WHERE id = $1 AND state <> 'running'";
    /// Rows go two days after the file came, their events stay.
    pub(crate) IMPORTS_DISAGREE = "SELECT i.id, CAST(1 AS BIGINT), CAST(NULL AS BIGINT), '' FROM imports i
        WHERE i.state = 'done' AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.stream = i.id)
        UNION ALL SELECT i.id, CAST(0 AS BIGINT), j.seq, '' FROM imports i JOIN journal j ON j.stream = i.id
        WHERE i.state <> 'done' AND j.seq = 1";
    pub(crate) IMPORTS_OLD = "DELETE FROM imports WHERE created_at < $1 RETURNING id";
}

/// Keeps a file that was sent in.
pub(super) fn add(tx: &mut dyn Tx, i: &Import) -> Result<()> {
    let choice = i.choice.to_json()?;
    let values =
        params![i.id, i.what.key(), i.account, i.name.as_str(), i.size, i.sha256, choice, i.created_at];
    tx.execute(&IMPORT_INSERT, &values).map(|_| ())
}

/// One that this account sent in; none where there is none of theirs.
pub(super) fn get(tx: &mut dyn Tx, id: Uuid, account: AccountId) -> Result<Option<Import>> {
    tx.query_opt(&IMPORT_GET, &params![id, account])?.as_ref().map(import).transpose()
}

/// What an account sent in lately, newest first.
pub(super) fn list(tx: &mut dyn Tx, account: AccountId) -> Result<Vec<Import>> {
    tx.query_map(&IMPORTS_OF, &params![account], import)
}

/// Keeps what the person says about the file; whether it could still be said.
pub(super) fn choose(tx: &mut dyn Tx, id: Uuid, choice: &Choice) -> Result<bool> {
    Ok(tx.execute(&IMPORT_CHOOSE, &params![id, choice.to_json()?])? == 1)
}

/// Begins to take it in; `false` where somebody has begun, unless that was before `stale` and broke off.
pub(super) fn begin(tx: &mut dyn Tx, id: Uuid, now: Timestamp, stale: Timestamp) -> Result<bool> {
    Ok(tx.execute(&IMPORT_BEGIN, &params![id, now, stale])? == 1)
}

/// It was taken in; `false` where it was not being taken in.
pub(super) fn done(tx: &mut dyn Tx, id: Uuid, now: Timestamp, outcome: &Outcome) -> Result<bool> {
    Ok(tx.execute(&IMPORT_DONE, &params![id, now, outcome.to_json()?])? == 1)
}

/// It was not taken in.
pub(super) fn failed(tx: &mut dyn Tx, id: Uuid, outcome: &Outcome) -> Result<()> {
    tx.execute(&IMPORT_FAILED, &params![id, outcome.to_json()?]).map(|_| ())
}

/// Forgets it, unless it is being taken in.
pub(super) fn drop_one(tx: &mut dyn Tx, id: Uuid) -> Result<bool> {
    Ok(tx.execute(&IMPORT_DROP, &params![id])? == 1)
}

/// Forgets those sent in before `before`, and says which.
pub(super) fn drop_old(tx: &mut dyn Tx, before: Timestamp) -> Result<Vec<Uuid>> {
    tx.query_map(&IMPORTS_OLD, &params![before], |r| r.get(0))
}

fn import(r: &Row) -> Result<Import> {
    let unknown = |what: &str| Error::internal(format!("imports: no such word: {what}"));
    let (what, choice, state, outcome): (String, String, String, String) =
        (r.get(1)?, r.get(6)?, r.get(7)?, r.get(10)?);
    Ok(Import {
        id: r.get(0)?,
        what: What::from_key(&what).ok_or_else(|| unknown(&what))?,
        account: r.get(2)?,
        name: r.get(3)?,
        size: r.get(4)?,
        sha256: r.get(5)?,
        choice: Choice::from_json(&choice)?,
        state: match state.as_str() {
            "open" => State::Open,
            "running" => State::Running,
            "done" => State::Done,
            other => return Err(unknown(other)),
        },
        created_at: r.get(8)?,
        begun_at: r.get(9)?,
        outcome: Outcome::from_json(&outcome)?,
    })
}
