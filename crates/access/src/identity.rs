//! Who asked, in tables of its own: the only door to names, telephone numbers and addresses.
//!
//! A case keeps a [`PersonId`] and nothing else. Each case has a person of its own, so that one
//! can be forgotten without the other; who telephones is found again by an HMAC of the normalised
//! number. Everything goes through this module, so that encryption can come in behind it.

use crate::secret::Secret;
use crate::store;
use db::{Row, Tx, params};
use kernel::{Locale, PersonId, Result, Timestamp};

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

/// Remembers somebody. `id` must be given; a second time with the same id nothing happens.
pub fn put(tx: &mut dyn Tx, secret: &Secret, new: &NewPerson) -> Result<PersonId> {
    let id = new.id.ok_or_else(|| kernel::Error::internal("identity::put without an id"))?;
    tx.put(&store::PERSON_INSERT, &values(secret, id, new))?;
    Ok(id)
}

/// [`put`] for many, as an import or a generator has them.
pub fn put_many(tx: &mut dyn Tx, secret: &Secret, all: &[NewPerson]) -> Result<()> {
    for new in all {
        put(tx, secret, new)?;
    }
    Ok(())
}

fn values(secret: &Secret, id: PersonId, new: &NewPerson) -> [db::Value; 9] {
    let phone = text(&new.phone);
    params![
        id,
        text(&new.name),
        phone,
        phone.and_then(|p| phone_key(secret, p)),
        phone.and_then(phone_tail),
        text(&new.address),
        text(&new.idno),
        new.locale.t("zh", "en"),
        new.at
    ]
}

/// Corrects what is known. Whether there was such a person.
pub fn change(tx: &mut dyn Tx, secret: &Secret, id: PersonId, new: &NewPerson) -> Result<bool> {
    let all = values(secret, id, new);
    // Everything but the last, the instant at which they were first known.
    tx.exists(&store::PERSON_UPDATE, &all[..8])
}

fn text(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|t| !t.is_empty())
}

/// Somebody, by id.
pub fn get(tx: &mut dyn Tx, id: PersonId) -> Result<Option<Person>> {
    tx.query_opt(&store::PERSON_GET, &params![id])?.as_ref().map(person).transpose()
}

fn person(row: &Row) -> Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        phone: row.get(2)?,
        address: row.get(3)?,
        idno: row.get(4)?,
        locale: if row.get::<String>(5)? == "en" { Locale::En } else { Locale::Zh },
        created_at: row.get(6)?,
    })
}

/// Whoever gave this number, latest first, 100 at most; nobody for what is no number.
pub fn find_by_phone(tx: &mut dyn Tx, secret: &Secret, phone: &str) -> Result<Vec<PersonId>> {
    let Some(key) = phone_key(secret, phone) else { return Ok(Vec::new()) };
    tx.query_map(&store::PERSONS_BY_PHONE, &params![key, LOOK_UP_LIMIT], |r| r.get(0))
}

/// Whoever gave a number that ends in these four digits, latest first, 100 at most.
pub fn find_by_tail(tx: &mut dyn Tx, tail: &str) -> Result<Vec<PersonId>> {
    if tail.len() != 4 || !tail.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    tx.query_map(&store::PERSONS_BY_TAIL, &params![tail, LOOK_UP_LIMIT], |r| r.get(0))
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
