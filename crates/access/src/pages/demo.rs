//! On a demonstration site one click signs in: as the first who holds a role, or as a named login.

use super::sign_in::{Coming, landing, open_session, with_cookie};
use crate::{SharedSite, accounts, session};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
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
    let (token, home) = open_session(&site, account, &from, None).await?;
    let to = landing(values.one("next"), home);
    Ok(with_cookie(Redirect::to(&to).into_response(), &session::set_cookie(&site.settings, &token)))
}
