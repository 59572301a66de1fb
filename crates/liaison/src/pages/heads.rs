//! The head of a household by name: where it may be read, and in what shape, is for the page to say.

use access::identity;
use db::Tx;
use kernel::Result;
use register::households::Household;
use requests::Ctx;

/// The name of the head; empty where nobody is one, or is forgotten.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub(super) fn head(tx: &mut dyn Tx, ctx: &Ctx, home: &Household) -> Result<String> {
    let Some(id) = home.head else { return Ok(String::new()) };
    Ok(identity::get(tx, &ctx.site.keyring, id)?.and_then(|p| p.name).unwrap_or_default())
}
