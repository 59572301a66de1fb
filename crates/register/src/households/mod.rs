//! Households as dated facts: where they belong, who lives there, what marks they carry.
//!
//! ```text
//! add ──▶ row, people (sealed in `access::identity`), tags, event     link ─▶ the kept one stands for both, until unlinked
//! change from a day ─▶ facts [from, to) + row of today                end ──▶ from that day on no longer there
//! correct ───────────▶ an entry supersedes an entry
//! ```
//!
//! Two rows can be one family: [`same`] tells which rows belong to a household, in SQL `of_home!`. What reads a household
//! ([`living`], [`people`], [`tags`], [`standing`]) reads all of them; [`members`] and [`history`] are of one row.
//!
//! A household stands in a grid, which is a unit like any other. Its row says how it stands today; what changed stands
//! in facts, so that [`standing`] and [`page`] can be asked for any day. Who lives there is a [`kernel::PersonId`]
//! each; name and numbers lie in the vault, and are found again by keyed hashes ([`find`]). The functions that end in
//! `_in` take a transaction and ask no permission; what goes into the journal names fields, never people.

mod add;
mod alike;
mod bulk;
mod change;
mod close;
mod correct;
mod find;
mod fix;
mod link;
mod list;
mod members;
mod model;
mod standing;
mod tag;
mod twins;
mod whole;

pub use add::{add, add_in};
pub(crate) use add::{add_beside, objections};
pub use alike::{ALIKE_COUNTED, Alike, AlikeDrift, Proposal, alike_drift, find_alike, proposals, proposed};
pub use bulk::{Ready, add_many, ready};
pub use change::{HouseholdChange, change, change_in};
pub use close::{close, close_in};
pub use correct::{Correction, correct_in};
pub(crate) use find::headed;
pub use find::{By, by_card, by_code, find, get};
pub use fix::{MemberFix, fix_member_in, redo_person_in};
pub use link::{
    Double, LINKS, Link, apart_in, doubles, kept, link, link_in, linked_in, links, same, unlink, unlink_in,
};
pub use list::{Asked, COUNTED, Cursor, count, page};
pub use members::{add_member, add_member_in, end_member_in};
pub(crate) use members::{keys as member_keys, member_faults};
pub(crate) use model::Keys;
pub use model::{Fact, Household, Member, NewHousehold, NewMember, NewTag, Relation};
pub use standing::{Standing, head_name, history, members, standing};
pub use tag::{has_tag, tag, tag_in, tag_spans, tags, untag, untag_in};
pub(crate) use tag::{overlaps, tagged_already};
pub use twins::demand_twins;
pub(crate) use whole::{Twin, as_shown, once};
pub use whole::{living, people};

use access::accounts::Act;
use access::{Noun, Verb};
use db::Tx;
use kernel::{Error, FieldError, HouseholdId, Result, Say, Scope};

/// The first event of a new household's stream, without a look at what is there.
pub(crate) fn tell_first(
    tx: &mut dyn Tx,
    act: &Act,
    household: HouseholdId,
    kind: &str,
    payload: serde_json::Value,
) -> Result<()> {
    let event = journal::NewEvent {
        stream_kind: "household",
        stream: household.0,
        at: act.at,
        actor: &act.actor,
        kind,
        payload,
    };
    journal::append_first(tx, &event).map(|_| ())
}

/// One event in the household's stream. Payloads name fields and units; of people at most ids.
pub(crate) fn tell(
    tx: &mut dyn Tx,
    act: &Act,
    household: HouseholdId,
    kind: &str,
    payload: serde_json::Value,
) -> Result<()> {
    let event = journal::NewEvent {
        stream_kind: "household",
        stream: household.0,
        at: act.at,
        actor: &act.actor,
        kind,
        payload,
    };
    journal::append(tx, &event).map(|_| ())
}

/// The household, if whoever asks may do this to it.
///
/// Errors: not found, also where it may not be looked at; forbidden.
pub fn demanded(tx: &mut dyn Tx, scope: &Scope, verb: Verb, id: HouseholdId) -> Result<Household> {
    let known = get(tx, id)?.ok_or(Error::NotFound)?;
    access::demand(scope, verb, Noun::Household, &known.path)?;
    Ok(known)
}

/// Whoever does it, in the unit of the post that allows it.
pub(crate) fn acting(site: &access::Site, scope: &Scope, verb: Verb, path: &str) -> Result<Act> {
    Ok(Act { actor: access::acting(scope, verb, Noun::Household, path)?, at: site.now() })
}

/// Puts on record that whoever acts looks at who lives there, for a purpose of the pack; `why` is read on the household's
/// page, so it names nobody. Permission is the caller's business.
///
/// Errors: those of the database.
pub fn looked(
    tx: &mut dyn Tx,
    site: &access::Site,
    scope: &Scope,
    household: &Household,
    purpose: &str,
    why: &str,
) -> Result<()> {
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    tell(tx, &act, household.id, "household-look", serde_json::json!({ "purpose": purpose, "why": why }))
}

pub(crate) fn fault(field: impl Into<String>, zh: &'static str, en: &'static str) -> FieldError {
    FieldError { field: field.into(), say: Say::new(zh, en) }
}

/// The longest basis that is kept, in characters.
pub(crate) const BASIS: usize = 200;
/// The most that live in one household.
pub(crate) const PERSONS: i64 = 99;

/// What a basis has to be: there, and not too long.
pub(crate) fn basis_fault(basis: &str) -> Option<FieldError> {
    let n = basis.trim().chars().count();
    (n == 0 || n > BASIS).then(|| {
        fault(
            "basis",
            "请写依据（如户口簿、入户核实、某月某日会议），200 字以内。",
            "Say on what it rests (household book, seen at a visit, a meeting), at most 200 characters.",
        )
    })
}
