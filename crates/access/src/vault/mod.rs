//! The vault: master keys, and what they open.
//!
//! ```text
//!  master key (a file or the environment, never the database)
//!     └─ wraps ─▶ one key for each person and each sealed text ─ seals ─▶ all fields together
//!                                                                └─▶ the key of a file, which closes its pieces
//! ```
//!
//! Each key seals once: a change makes a new one. What is sealed is bound to its owner, to what it is and to
//! the fields it holds, so that nothing can be moved to another row. To destroy the wrapped key is to destroy
//! what it opens, in every copy of the database that is made afterwards.

mod check;
pub mod files;
mod keyring;
mod rotate;
pub mod texts;

pub use check::{Checkup, Damaged, Kind};
pub use keyring::{KEY_FILE, Keyring, Origin};
pub use rotate::{Rotation, begin, finish, left, step};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use kernel::{Chance, Error, Result, Uuid};
use zeroize::Zeroizing;

/// Bytes of a key.
pub(crate) const KEY: usize = 32;
/// Bytes of a nonce; so long that chance never draws one twice.
pub(crate) const NONCE: usize = 24;
/// What is sealed is filled up to a multiple of this, so that its length does not tell a name.
const BLOCK: usize = 64;

/// Something sealed, as it stands in the database.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// Nonce and cipher text.
    pub(crate) data: Vec<u8>,
    /// Nonce and wrapped key.
    pub(crate) wrapped: Vec<u8>,
    /// Which master key wrapped it.
    pub(crate) key_id: String,
}

/// What a sealed thing is: whose, and which. Both are bound into it.
#[derive(Clone, Copy)]
pub(crate) struct Label<'a> {
    pub(crate) owner: Uuid,
    pub(crate) what: &'a str,
}

impl Label<'_> {
    fn bound(&self, purpose: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        out.extend_from_slice(purpose.as_bytes());
        out.push(0);
        out.extend_from_slice(self.owner.as_bytes());
        out.extend_from_slice(self.what.as_bytes());
        out
    }
}

/// The binding of a wrapped key: to its owner and to the master key as well.
fn wrapping(label: Label<'_>, key_id: &str) -> Vec<u8> {
    label.bound(&format!("lianxin wrap 1 {key_id}"))
}

/// Seals `plain` with `key`, a fresh nonce in front.
pub(crate) fn close(key: &[u8; KEY], nonce: &[u8], plain: &[u8], bound: &[u8]) -> Result<Vec<u8>> {
    let cipher = XChaCha20Poly1305::new(Key::from_slice(key));
    let sealed = cipher
        .encrypt(XNonce::from_slice(nonce), Payload { msg: plain, aad: bound })
        .map_err(|_| Error::internal("the vault could not seal"))?;
    let mut out = Vec::with_capacity(NONCE + sealed.len());
    out.extend_from_slice(nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// Opens what [`close`] made; nothing where the key, the binding or a byte is another.
pub(crate) fn unclose(key: &[u8; KEY], sealed: &[u8], bound: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = sealed.split_at_checked(NONCE)?;
    let cipher = XChaCha20Poly1305::new(Key::from_slice(key));
    cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: text, aad: bound }).ok().map(Zeroizing::new)
}

impl Keyring {
    /// Seals `plain` with a key of its own.
    ///
    /// Errors: refused (`vault-key`) where the master key is missing.
    pub(crate) fn seal(&self, label: Label<'_>, plain: &[u8]) -> Result<Sealed> {
        let keys = self.keys()?;
        let master = keys.current();
        let mut drawn = Zeroizing::new([0u8; KEY + 2 * NONCE]);
        self.chance().fill(&mut drawn[..]);
        let (key, nonces) = drawn.split_at(KEY);
        let key: Zeroizing<[u8; KEY]> = Zeroizing::new(key.try_into().map_err(Error::internal)?);
        let mut padded = Zeroizing::new(Vec::with_capacity(plain.len() + BLOCK));
        padded.extend_from_slice(plain);
        // JSON may be followed by blanks.
        padded.resize(plain.len().div_ceil(BLOCK).max(1) * BLOCK, b' ');
        Ok(Sealed {
            data: close(&key, &nonces[..NONCE], &padded, &label.bound("lianxin data 1"))?,
            wrapped: close(&master.key, &nonces[NONCE..], &key[..], &wrapping(label, &master.id))?,
            key_id: master.id.clone(),
        })
    }

    /// Opens what [`Keyring::seal`] made, with the blanks it was filled up with.
    ///
    /// Errors: refused (`vault-key`) where the master key is missing; internal where what is stored is not
    /// what was sealed for this label.
    pub(crate) fn open(&self, label: Label<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>> {
        let key = self.unwrap(label, &sealed.key_id, &sealed.wrapped)?;
        unclose(&key, &sealed.data, &label.bound("lianxin data 1")).ok_or_else(damaged)
    }

    fn unwrap(&self, label: Label<'_>, key_id: &str, wrapped: &[u8]) -> Result<Zeroizing<[u8; KEY]>> {
        let master = self.key(key_id)?;
        let key = unclose(&master, wrapped, &wrapping(label, key_id)).ok_or_else(damaged)?;
        Ok(Zeroizing::new(key.as_slice().try_into().map_err(|_| damaged())?))
    }

    /// The same key, wrapped by the master key in force: its id and the wrapped key.
    pub(crate) fn rewrap(&self, label: Label<'_>, key_id: &str, wrapped: &[u8]) -> Result<(String, Vec<u8>)> {
        let key = self.unwrap(label, key_id, wrapped)?;
        let keys = self.keys()?;
        let master = keys.current();
        let mut nonce = [0u8; NONCE];
        self.chance().fill(&mut nonce);
        Ok((master.id.clone(), close(&master.key, &nonce, &key[..], &wrapping(label, &master.id))?))
    }
}

fn damaged() -> Error {
    Error::internal("the vault: what is stored is not what was sealed here")
}

/// New random bytes for a master key.
fn draw(chance: &dyn Chance) -> Zeroizing<[u8; KEY]> {
    let mut key = Zeroizing::new([0u8; KEY]);
    chance.fill(&mut key[..]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(n: u8) -> Keyring {
        Keyring::from_bytes([n; 32])
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_label_only() {
        let (ring, owner) = (ring(1), Uuid::from_u128(7));
        let label = Label { owner, what: "person 3" };
        let sealed = ring.seal(label, "张三".as_bytes()).unwrap();
        let opened = ring.open(label, &sealed).unwrap();
        assert_eq!(String::from_utf8_lossy(&opened).trim_end(), "张三");
        assert!(!sealed.data.windows(3).any(|w| w == &"张".as_bytes()[..3]));
        // Another person's row, another set of fields, another byte, another master key.
        assert!(ring.open(Label { owner: Uuid::from_u128(8), ..label }, &sealed).is_err());
        assert!(ring.open(Label { what: "person 7", ..label }, &sealed).is_err());
        for at in [0, NONCE, sealed.data.len() - 1] {
            let mut other = sealed.clone();
            other.data[at] ^= 1;
            assert!(ring.open(label, &other).is_err());
        }
        for at in [0, NONCE, sealed.wrapped.len() - 1] {
            let mut other = sealed.clone();
            other.wrapped[at] ^= 1;
            assert!(ring.open(label, &other).is_err());
        }
        let said = super::super::Keyring::from_bytes([2; 32]).open(label, &sealed).err().unwrap();
        assert!(matches!(said, Error::Refused { code: "vault-key", .. }), "{said:?}");
    }

    #[test]
    fn the_same_twice_is_sealed_differently_and_the_length_tells_nothing() {
        let ring = ring(1);
        let label = Label { owner: Uuid::from_u128(7), what: "x" };
        let (a, b) = (ring.seal(label, b"one").unwrap(), ring.seal(label, b"one").unwrap());
        assert!(a.data != b.data && a.wrapped != b.wrapped);
        assert_eq!(a.data.len(), ring.seal(label, &[b'y'; 60]).unwrap().data.len());
    }

    #[test]
    fn bytes_that_are_no_seal_are_refused_and_nothing_panics() {
        let label = Label { owner: Uuid::nil(), what: "" };
        for len in [0, 1, 23, 24, 39, 40, 200] {
            let sealed = Sealed { data: vec![0; len], wrapped: vec![0; len], key_id: ring(1).id().unwrap() };
            assert!(ring(1).open(label, &sealed).is_err());
        }
    }
}
