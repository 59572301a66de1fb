//! On a demonstration site one click signs in: as the first who holds a role, or as a named login.

use super::sign_in::{Coming, inside};
use crate::entry::Entry;
use crate::history::How;
use crate::{SharedSite, accounts};
use axum::extract::State;
use kernel::{Error, Role};
use web::{FormBody, PageResult};

/// `POST /demo/enter` with `role` or `login`, and `next`. Elsewhere than on a demonstration it is
/// not there.
pub async fn enter(State(site): State<SharedSite>, from: Coming, FormBody(values): FormBody) -> PageResult {
    if !site.demo {
        return Err(Error::NotFound.into());
    }
    let (login, role) = (values.one("login").to_lowercase(), Role::from_key(values.one("role")));
    let today = site.today();
    let account = site
        .db
        .read(move |tx| match role {
            _ if !login.is_empty() => {
                Ok(accounts::by_login(tx, &login)?.filter(|a| a.disabled_at.is_none()).map(|a| a.id))
            }
            Some(role) => accounts::first_holder(tx, role, today),
            None => Ok(None),
        })
        .await?
        .ok_or(Error::NotFound)?;
    let entry = Entry::new(&site, &from);
    let token = entry.token.clone();
    let entered = site.db.write(move |tx| entry.open(tx, account, "", How::Demo)).await?;
    Ok(inside(&site, &token, &entered, false, values.one("next")))
}
