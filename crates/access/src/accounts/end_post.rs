//! Somebody gives up a post: with that day, its reach ends.

use super::{Act, tell};
use crate::{Noun, SharedSite, Verb, store};
use db::params;
use kernel::{AccountId, Date, Error, PostId, Result, Scope, UnitId};

/// Ends a post: `on` is the first day without it.
///
/// Errors: not found where there is no such post, or it had ended or not begun by then.
pub async fn end_post(site: &SharedSite, scope: &Scope, post: PostId, on: Date) -> Result<()> {
    crate::demand(scope, Verb::ManageAccounts, Noun::Account, "")?;
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    site.db
        .write(move |tx| {
            let row = tx.query_opt(&store::POST_END, &params![post, on])?.ok_or(Error::NotFound)?;
            let (account, unit): (AccountId, UnitId) = (row.get(0)?, row.get(1)?);
            let payload = serde_json::json!({ "post": post, "unit": unit, "to": on });
            tell(tx, &act, account, "post-ended", payload)
        })
        .await
}
