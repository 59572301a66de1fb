//! Somebody who was entered at two rows of one family: whoever leaves, or is put right, leaves both and is put right at both.

use super::link::same;
use super::members::entry_of;
use super::model::{Household, Member, same_person};
use super::{find, standing};
use access::{Noun, Verb};
use db::Tx;
use kernel::{Error, Result, Scope, Uuid};

/// Entries of the same person that stand at the other rows of the family, each with its row.
pub(super) fn of(
    tx: &mut dyn Tx,
    household: &Household,
    member: &Member,
) -> Result<Vec<(Household, Member)>> {
    let mut out = Vec::new();
    for id in same(tx, household.kept.unwrap_or(household.id))? {
        if id == household.id {
            continue;
        }
        for twin in standing::members(tx, id)? {
            if twin.superseded_at.is_none()
                && same_person(&twin, member)
                && let Some(row) = find::get(tx, id)?
            {
                out.push((row, twin));
            }
        }
    }
    Ok(out)
}

/// Whether whoever asks may end or correct an entry wherever its person was entered. Who may act at the household that is
/// kept may act at those that are linked to it; not the other way round.
///
/// Errors: not found; refused (`entered-at-kept`).
pub fn demand_twins(
    tx: &mut dyn Tx,
    scope: &Scope,
    verb: Verb,
    household: &Household,
    entry: Uuid,
) -> Result<()> {
    let Some(kept) = household.kept.map(|id| find::get(tx, id)).transpose()?.flatten() else { return Ok(()) };
    let member = entry_of(tx, household, entry)?;
    if access::may(scope, verb, Noun::Household, &kept.path) || of(tx, household, &member)?.is_empty() {
        return Ok(());
    }
    Err(Error::refused(
        "entered-at-kept",
        format!("这个人也登记在 {}，请由管那一户的人来办。", kept.code),
        format!(
            "This person is entered at {} as well: have it done by whoever is in charge there.",
            kept.code
        ),
    ))
}
