//! Who asked, in tables of its own: the only door to names, telephone numbers and addresses.
//!
//! A case keeps a [`PersonId`] and nothing else. Each case has a person of its own, so that one
//! can be forgotten without the other. What they gave is sealed together with a key of their own
//! (see [`crate::vault`]); who telephones is found again by an HMAC of the normalised number or of
//! its last four digits. [`known`] tells what needs no look inside.

use crate::secret::Secret;
use crate::site::Site;
use crate::store;
use crate::vault::{Keyring, Label, Sealed};
use db::{Row, Tx, params};
use kernel::{Error, Locale, PersonId, Result, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// How many persons a look-up gives back at most.
const LOOK_UP_LIMIT: i64 = 100;

/// Somebody to remember.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// The id, made by whoever takes the request in; the same id again changes nothing.
    pub id: Option<PersonId>,
    /// Their name.
    pub name: Option<String>,
    /// Their telephone number, as given.
    pub phone: Option<String>,
    /// Where they live.
    pub address: Option<String>,
    /// Their identity number, where the class asks for it.
    pub idno: Option<String>,
    /// The language of what is sent to them.
    pub locale: Locale,
    /// When.
    pub at: Timestamp,
}

/// Somebody remembered. It never prints what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The id.
    pub id: PersonId,
    /// Their name.
    pub name: Option<String>,
    /// Their telephone number, as given.
    pub phone: Option<String>,
    /// Where they live.
    pub address: Option<String>,
    /// Their identity number.
    pub idno: Option<String>,
    /// The language of what is sent to them.
    pub locale: Locale,
    /// Since when.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Person({})", self.id)
    }
}

/// The number as it is compared: ASCII digits without the country's prefix; nothing where fewer
/// than five are left. What follows `转`, `x`, `*` or `#` is an extension and left out.
pub fn normal_phone(phone: &str) -> Option<String> {
    let main = phone.split(['转', '#', 'x', 'X', '*']).next().unwrap_or("");
    let digits: String = main
        .chars()
        .filter_map(|c| match c {
            '0'..='9' => Some(c),
            // Full-width digits, as Chinese keyboards write them.
            '\u{ff10}'..='\u{ff19}' => char::from_digit(c as u32 - 0xff10, 10),
            _ => None,
        })
        .collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    // 86 is the country only where a whole number follows it.
    let digits = match digits.strip_prefix("86") {
        Some(rest) if rest.len() >= 10 => rest,
        _ => digits,
    };
    (digits.len() >= 5).then(|| digits.to_owned())
}

/// The last four digits, by which an operator looks a caller up.
pub fn phone_tail(phone: &str) -> Option<String> {
    let normal = normal_phone(phone)?;
    Some(normal[normal.len() - 4..].to_owned())
}

fn phone_key(secret: &Secret, phone: &str) -> Option<Vec<u8>> {
    normal_phone(phone).map(|n| secret.mac("phone", n.as_bytes()))
}

fn tail_key(secret: &Secret, phone: &str) -> Option<Vec<u8>> {
    phone_tail(phone).map(|t| secret.mac("phone-tail", t.as_bytes()))
}

/// What is sealed, as JSON.
#[derive(Default, Serialize, Deserialize)]
struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idno: Option<String>,
}

impl Fields {
    fn of(new: &NewPerson) -> Fields {
        Fields {
            name: text(&new.name),
            phone: text(&new.phone),
            address: text(&new.address),
            idno: text(&new.idno),
        }
    }

    /// Which of them there are: 1, 2, 4, 8 in their order.
    fn bits(&self) -> i64 {
        let all = [&self.name, &self.phone, &self.address, &self.idno];
        all.iter().enumerate().map(|(i, f)| i64::from(f.is_some()) << i).sum()
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        for field in [&mut self.name, &mut self.phone, &mut self.address, &mut self.idno] {
            field.zeroize();
        }
    }
}

/// What a person's seal is bound to beside their id: which fields it holds.
pub(crate) fn label(bits: i64) -> String {
    format!("person {bits}")
}

/// Remembers somebody. `id` must be given; a second time with the same id nothing happens.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub fn put(tx: &mut dyn Tx, site: &Site, new: &NewPerson) -> Result<PersonId> {
    let id = new.id.ok_or_else(|| Error::internal("identity::put without an id"))?;
    // A key that was retired meanwhile seals nothing more.
    site.keyring.admit(tx, new.at)?;
    tx.put(&store::PERSON_INSERT, &row(site, id, new)?)?;
    Ok(id)
}

fn row(site: &Site, id: PersonId, new: &NewPerson) -> Result<Vec<db::Value>> {
    let mut values = values(site, id, new)?.to_vec();
    values.push(new.at.into());
    Ok(values)
}

/// Many people, sealed before the transaction that writes them: sealing takes about as long as writing.
pub struct SealedPeople {
    at: Timestamp,
    /// By which master key; none where there is nobody.
    key_id: Option<String>,
    rows: Vec<Vec<db::Value>>,
}

/// Seals many, as a generator has them. Their ids must be given.
///
/// Errors: refused (`vault-key`) where the master key is missing.
pub fn seal_many(site: &Site, all: &[NewPerson]) -> Result<SealedPeople> {
    let row = |new: &NewPerson| {
        let id = new.id.ok_or_else(|| Error::internal("identity::seal_many without an id"))?;
        row(site, id, new)
    };
    let at = all.first().map_or(Timestamp(0), |new| new.at);
    let key_id = if all.is_empty() { None } else { Some(site.keyring.id()?) };
    Ok(SealedPeople { at, key_id, rows: all.iter().map(row).collect::<Result<_>>()? })
}

/// [`put`] for many.
///
/// Errors: as [`put`]; `Busy` where another master key came into force after they were sealed: then they are to be sealed
/// again.
pub fn put_many(tx: &mut dyn Tx, site: &Site, all: &SealedPeople) -> Result<()> {
    let Some(key_id) = &all.key_id else { return Ok(()) };
    site.keyring.admit(tx, all.at)?;
    if site.keyring.id()? != *key_id {
        return Err(Error::Busy);
    }
    all.rows.iter().try_for_each(|row| tx.put(&store::PERSON_INSERT, row))
}

/// The columns of both writes: id, seal, key, its id, fields, the two keys of the number, language.
fn values(site: &Site, id: PersonId, new: &NewPerson) -> Result<[db::Value; 8]> {
    let fields = Fields::of(new);
    let bits = fields.bits();
    let plain = Zeroizing::new(serde_json::to_vec(&fields).map_err(Error::internal)?);
    let sealed = site.keyring.seal(Label { owner: id.0, what: &label(bits) }, &plain)?;
    let phone = fields.phone.as_deref();
    Ok(params![
        id,
        sealed.data,
        sealed.wrapped,
        sealed.key_id,
        bits,
        phone.and_then(|p| phone_key(&site.secret, p)),
        phone.and_then(|p| tail_key(&site.secret, p)),
        new.locale.t("zh", "en")
    ])
}

/// Corrects what is known, with a new key. Whether there was such a person.
///
/// Errors: as [`put`].
pub fn change(tx: &mut dyn Tx, site: &Site, id: PersonId, new: &NewPerson) -> Result<bool> {
    site.keyring.admit(tx, new.at)?;
    tx.exists(&store::PERSON_UPDATE, &values(site, id, new)?)
}

fn text(field: &Option<String>) -> Option<String> {
    field.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// What is known of somebody without a look at who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The id.
    pub id: PersonId,
    /// Whether they left their name.
    pub name: bool,
    /// Whether they left a telephone number.
    pub phone: bool,
    /// Whether they left an address.
    pub address: bool,
    /// Whether they left their identity number.
    pub idno: bool,
    /// The language of what is sent to them.
    pub locale: Locale,
    /// Since when.
    pub created_at: Timestamp,
    /// When who they are was erased, where it was.
    pub erased_at: Option<Timestamp>,
}

/// What is known of somebody without opening it: costs one look by the primary key.
///
/// Errors: those of the database.
pub fn known(tx: &mut dyn Tx, id: PersonId) -> Result<Option<Known>> {
    tx.query_opt(&store::PERSON_GET, &params![id])?.as_ref().map(read_known).transpose()
}

fn read_known(row: &Row) -> Result<Known> {
    let bits: i64 = row.get(4)?;
    Ok(Known {
        id: row.get(0)?,
        name: bits & 1 != 0,
        phone: bits & 2 != 0,
        address: bits & 4 != 0,
        idno: bits & 8 != 0,
        locale: if row.get::<String>(5)? == "en" { Locale::En } else { Locale::Zh },
        created_at: row.get(6)?,
        erased_at: row.get(7)?,
    })
}

/// Somebody, by id: opens what is sealed. Nobody where they were erased.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub fn get(tx: &mut dyn Tx, keys: &Keyring, id: PersonId) -> Result<Option<Person>> {
    let Some(row) = tx.query_opt(&store::PERSON_GET, &params![id])? else { return Ok(None) };
    let (known, bits) = (read_known(&row)?, row.get::<i64>(4)?);
    let (data, wrapped): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(1)?, row.get(2)?);
    let Some((data, wrapped)) = data.zip(wrapped) else { return Ok(None) };
    let sealed = Sealed { data, wrapped, key_id: row.get(3)? };
    let plain = keys.open(Label { owner: id.0, what: &label(bits) }, &sealed)?;
    let mut fields: Fields = serde_json::from_slice(&plain).map_err(Error::internal)?;
    Ok(Some(Person {
        id,
        name: fields.name.take(),
        phone: fields.phone.take(),
        address: fields.address.take(),
        idno: fields.idno.take(),
        locale: known.locale,
        created_at: known.created_at,
    }))
}

/// The names of these people, for texts that must not hold them.
///
/// Errors: as [`get`].
pub fn names(tx: &mut dyn Tx, keys: &Keyring, all: impl Iterator<Item = PersonId>) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for id in all {
        out.extend(get(tx, keys, id)?.and_then(|p| p.name));
    }
    Ok(out)
}

/// Does something that has to leave no trace on the disk: freed bytes are overwritten meanwhile. On PostgreSQL
/// what was overwritten is gone with the next vacuum.
///
/// Errors: those of `work`.
pub fn tracelessly<T>(tx: &mut dyn Tx, work: impl FnOnce(&mut dyn Tx) -> Result<T>) -> Result<T> {
    tx.query(&store::OVERWRITE, &[])?;
    let done = work(tx);
    // A PostgreSQL transaction that failed takes nothing more, and needs nothing more.
    let after = tx.query(&store::OVERWRITE_NO_MORE, &[]);
    done.and_then(|out| after.map(|_| out))
}

/// Destroys the key of somebody, and with it who they are. Whether they were there and not erased before.
///
/// Errors: those of the database.
pub fn erase(tx: &mut dyn Tx, id: PersonId, at: Timestamp) -> Result<bool> {
    Ok(tx.execute(&store::PERSON_ERASE, &params![id, at])? == 1)
}

/// Whoever gave the same number as this person, themselves among them, latest first, 100 at most.
///
/// Errors: those of the database.
pub fn same_phone(tx: &mut dyn Tx, id: PersonId) -> Result<Vec<PersonId>> {
    tx.query_map(&store::PERSONS_SAME_PHONE, &params![id, LOOK_UP_LIMIT], |r| r.get(0))
}

/// Whoever gave this number, latest first, 100 at most; nobody for what is no number.
pub fn find_by_phone(tx: &mut dyn Tx, secret: &Secret, phone: &str) -> Result<Vec<PersonId>> {
    let Some(key) = phone_key(secret, phone) else { return Ok(Vec::new()) };
    tx.query_map(&store::PERSONS_BY_PHONE, &params![key, LOOK_UP_LIMIT], |r| r.get(0))
}

/// Whoever gave a number that ends in these four digits, latest first, 100 at most.
pub fn find_by_tail(tx: &mut dyn Tx, secret: &Secret, tail: &str) -> Result<Vec<PersonId>> {
    if tail.len() != 4 || !tail.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let key = secret.mac("phone-tail", tail.as_bytes());
    tx.query_map(&store::PERSONS_BY_TAIL, &params![key, LOOK_UP_LIMIT], |r| r.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_written_in_many_ways_is_one() {
        for written in [
            "13800001234",
            "138 0000 1234",
            "+86 138-0000-1234",
            "0086-13800001234",
            "１３８００００１２３４",
        ] {
            assert_eq!(normal_phone(written).as_deref(), Some("13800001234"), "{written}");
        }
        assert_eq!(normal_phone("0851-2222333 转 8021").as_deref(), Some("08512222333"));
        assert_eq!(normal_phone("12345").as_deref(), Some("12345"));
        assert_eq!(normal_phone("8654321").as_deref(), Some("8654321"), "no country's prefix here");
        assert_eq!(normal_phone("无"), None);
        assert_eq!(phone_tail("138 0000 1234").as_deref(), Some("1234"));
    }

    #[test]
    fn a_person_never_prints() {
        let person = Person {
            id: PersonId(kernel::Uuid::nil()),
            name: Some("甲".into()),
            phone: Some("13800001234".into()),
            address: None,
            idno: None,
            locale: Locale::Zh,
            created_at: Timestamp(0),
        };
        let shown = format!("{person:?}");
        assert!(!shown.contains('甲') && !shown.contains("1380000"), "{shown}");
    }
}
