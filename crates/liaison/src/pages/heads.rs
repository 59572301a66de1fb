//! The head of a household by name: where it may be read, and in what shape, is for the page to say.

use access::identity;
use db::Tx;
use kernel::Result;
use register::households::Household;
use requests::Ctx;
use rules::mask::surname_only;

/// The name of the head; empty where nobody is one, or is forgotten.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub(super) fn head(tx: &mut dyn Tx, ctx: &Ctx, home: &Household) -> Result<String> {
    let Some(id) = home.head else { return Ok(String::new()) };
    Ok(identity::get(tx, &ctx.site.keyring, id)?.and_then(|p| p.name).unwrap_or_default())
}

/// The head as a page calls the household. One rule on every page, by who reads: whoever looks after a family knows it, and
/// in a village where half the families share a surname they find it by the full name alone; to be paired is the need for
/// it. Whoever looks after somebody else reads the surname, which tells a list apart, and asks for more on record.
pub(super) fn called(head: &str, paired: bool) -> String {
    if paired { head.to_owned() } else { surname_only(head) }
}
