//! Finding a household: by its code, by its card, by somebody who lives there.

use super::model::Household;
use crate::store::households as store;
use access::{Secret, identity};
use db::{Tx, params};
use kernel::{Date, HouseholdId, PersonId, Result};
use rules::chars::half_width;
use rules::idcheck;

/// How many are given back at most.
const LIMIT: i64 = 100;
/// Bytes of a keyed hash that are kept.
const KEY: usize = 16;

/// A household, by id.
///
/// Errors: those of the database.
pub fn get(tx: &mut dyn Tx, id: HouseholdId) -> Result<Option<Household>> {
    tx.query_opt(&store::HOUSEHOLD_GET, &params![id])?.as_ref().map(Household::from_row).transpose()
}

/// A household, by code: as it stands on lists, letters in either case and full width.
///
/// Errors: those of the database.
pub fn by_code(tx: &mut dyn Tx, code: &str) -> Result<Option<Household>> {
    let code = half_width(code.trim());
    tx.query_opt(&store::HOUSEHOLD_BY_CODE, &params![code])?.as_ref().map(Household::from_row).transpose()
}

/// A household, by what the QR of its card says.
///
/// Errors: those of the database.
pub fn by_card(tx: &mut dyn Tx, card: &str) -> Result<Option<Household>> {
    let card = half_width(card.trim()).to_ascii_uppercase();
    tx.query_opt(&store::HOUSEHOLD_BY_CARD, &params![card])?.as_ref().map(Household::from_row).transpose()
}

/// By what of somebody: given in full, since only a keyed hash is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By<'a> {
    /// The whole name.
    Name(&'a str),
    /// The telephone number, however it is written.
    Phone(&'a str),
    /// The identity number, of eighteen characters or the old fifteen.
    Idno(&'a str),
}

impl By<'_> {
    /// The keyed hash; none for what cannot be such a name or number.
    pub(crate) fn key(self, secret: &Secret) -> Option<Vec<u8>> {
        let (purpose, text) = match self {
            By::Name(name) => {
                let name: String = half_width(name).chars().filter(|c| !c.is_whitespace()).collect();
                ("household-name", Some(name.to_lowercase()).filter(|n| !n.is_empty()))
            }
            By::Phone(phone) => ("household-phone", identity::normal_phone(phone)),
            By::Idno(idno) => ("household-idno", idcheck::identity(idno).ok().map(|i| i.number)),
        };
        let mut key = secret.mac(purpose, text?.as_bytes());
        key.truncate(KEY);
        Some(key)
    }
}

/// The households where somebody with this name or number lives on a day, with who it is: 100 at most, from anywhere;
/// whoever shows them asks the permission table for each.
///
/// Errors: those of the database.
pub fn find(tx: &mut dyn Tx, secret: &Secret, by: By<'_>, on: Date) -> Result<Vec<(HouseholdId, PersonId)>> {
    let Some(key) = by.key(secret) else { return Ok(Vec::new()) };
    let stmt = match by {
        By::Name(_) => &store::BY_NAME,
        By::Phone(_) => &store::BY_PHONE,
        By::Idno(_) => &store::BY_IDNO,
    };
    tx.query_map(stmt, &params![key, on, LIMIT], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// The households that stand for those of a grid with somebody of this name at the head on a day, with the keyed hash of
/// the head's telephone; also those of the grid that stand for one that is linked to them from elsewhere. None that has
/// ended by then. One may come twice.
///
/// Errors: those of the database.
pub(crate) fn headed(
    tx: &mut dyn Tx,
    secret: &Secret,
    name: &str,
    path: &str,
    on: Date,
) -> Result<Vec<(Household, Option<Vec<u8>>)>> {
    let Some(key) = By::Name(name).key(secret) else { return Ok(Vec::new()) };
    tx.query_map(&store::HEADED, &params![key, on, path], |r| Ok((Household::from_row(r)?, r.get(14)?)))
}
