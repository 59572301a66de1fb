//! What members of staff keep for themselves: views of the ledger and wordings of answers.

use db::{Tx, params};
use kernel::{AccountId, Result, Timestamp};

db::statements! {
    pub(crate) PUT_VIEW = "INSERT INTO request_views (account, name, query, made_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (account, name) DO UPDATE SET query = excluded.query";
    pub(crate) VIEWS = "SELECT name, query FROM request_views WHERE account = $1 ORDER BY made_at, name";
    pub(crate) VIEWS_NAMED = "SELECT v.account, v.query FROM request_views v WHERE v.name = $1 ORDER BY v.made_at";
    pub(crate) RENAME_VIEW = "UPDATE request_views SET name = $3 WHERE account = $1 AND name = $2 \
        AND NOT EXISTS (SELECT 1 FROM request_views o WHERE o.account = $1 AND o.name = $3)";
    pub(crate) DROP_VIEW = "DELETE FROM request_views WHERE account = $1 AND name = $2";
    pub(crate) ADD_TEMPLATE = "INSERT INTO request_templates (account, name, body, made_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (account, name) DO NOTHING";
    pub(crate) TEMPLATES = "SELECT name, body FROM request_templates WHERE account = $1 ORDER BY made_at, name";
    pub(crate) CHANGE_TEMPLATE = "UPDATE request_templates SET name = $3, body = $4 WHERE account = $1 AND name = $2 \
        AND ($2 = $3 OR NOT EXISTS (SELECT 1 FROM request_templates o WHERE o.account = $1 AND o.name = $3))";
    pub(crate) DROP_TEMPLATE = "DELETE FROM request_templates WHERE account = $1 AND name = $2";
}

/// Something kept under a name: a view with its query, or a wording with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// What it is called.
    pub(crate) name: String,
    /// The query, or the text.
    pub(crate) what: String,
}

fn named(row: &db::Row) -> Result<Named> {
    Ok(Named { name: row.get(0)?, what: row.get(1)? })
}

/// Keeps a view, in place of one of the same name.
pub(crate) fn put_view(
    tx: &mut dyn Tx,
    who: AccountId,
    name: &str,
    query: &str,
    at: Timestamp,
) -> Result<()> {
    tx.execute(&PUT_VIEW, &params![who, name, query, at]).map(drop)
}

/// The views of somebody, oldest first.
pub(crate) fn views(tx: &mut dyn Tx, who: AccountId) -> Result<Vec<Named>> {
    tx.query_map(&VIEWS, &params![who], named)
}

/// Whoever keeps a view of this name, with its query.
pub(crate) fn views_named(tx: &mut dyn Tx, name: &str) -> Result<Vec<(AccountId, String)>> {
    tx.query_map(&VIEWS_NAMED, &params![name], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// Gives a view another name; `false` where there is no such view, or the other name is taken.
pub(crate) fn rename_view(tx: &mut dyn Tx, who: AccountId, from: &str, to: &str) -> Result<bool> {
    Ok(tx.execute(&RENAME_VIEW, &params![who, from, to])? == 1)
}

/// Forgets a view; whether there was one.
pub(crate) fn drop_view(tx: &mut dyn Tx, who: AccountId, name: &str) -> Result<bool> {
    Ok(tx.execute(&DROP_VIEW, &params![who, name])? == 1)
}

/// Keeps a wording; `false` where the name is taken.
pub(crate) fn add_template(tx: &mut dyn Tx, who: AccountId, t: &Named, at: Timestamp) -> Result<bool> {
    Ok(tx.execute(&ADD_TEMPLATE, &params![who, &t.name, &t.what, at])? == 1)
}

/// The wordings of somebody, oldest first.
pub(crate) fn templates(tx: &mut dyn Tx, who: AccountId) -> Result<Vec<Named>> {
    tx.query_map(&TEMPLATES, &params![who], named)
}

/// Changes a wording; `false` where there is no such wording, or the other name is taken.
pub(crate) fn change_template(tx: &mut dyn Tx, who: AccountId, was: &str, t: &Named) -> Result<bool> {
    Ok(tx.execute(&CHANGE_TEMPLATE, &params![who, was, &t.name, &t.what])? == 1)
}

/// Forgets a wording; whether there was one.
pub(crate) fn drop_template(tx: &mut dyn Tx, who: AccountId, name: &str) -> Result<bool> {
    Ok(tx.execute(&DROP_TEMPLATE, &params![who, name])? == 1)
}
