//! A unit ends with a day; its history stays.

use crate::{store, units};
use access::accounts::Act;
use access::{Noun, SharedSite, Verb};
use db::params;
use kernel::{Date, Error, Result, Scope, UnitId};

/// Closes a unit: `on` is the first day without it.
///
/// Errors: not found; refused where units below it are still there, or it is closed already.
pub async fn close(site: &SharedSite, scope: &Scope, unit: UnitId, on: Date) -> Result<()> {
    access::demand(scope, Verb::Manage, Noun::Unit, "")?;
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    site.db
        .write(move |tx| {
            units::get(tx, unit)?.ok_or(Error::NotFound)?;
            if tx.exists(&store::UNIT_OPEN_BELOW, &params![unit, on])? {
                return Err(Error::refused(
                    "units-below",
                    "下面还有单位，请先撤销下级单位。",
                    "Units below it are still there; close those first.",
                ));
            }
            if !tx.exists(&store::UNIT_CLOSE, &params![unit, on])? {
                return Err(Error::refused(
                    "closed-already",
                    "这个单位已经撤销，或那一天还没有成立。",
                    "It is closed already, or was not there on that day.",
                ));
            }
            tx.execute(&store::VERSION_NEXT, &[])?;
            crate::tell(tx, &act, unit, "unit-closed", serde_json::json!({ "to": on }))
        })
        .await?;
    crate::load(site).await?;
    Ok(())
}
