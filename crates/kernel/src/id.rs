//! Ids: UUIDv7 made by whoever creates the thing, so that a repeated upload is the same row.

use crate::{Chance, Timestamp};
use serde::{Deserialize, Serialize};
pub use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id that sorts by `at`.
            pub fn new(at: Timestamp, chance: &dyn Chance) -> Self {
                Self(v7(at, chance))
            }
            /// The sixteen bytes as they are stored.
            pub fn bytes(&self) -> Vec<u8> {
                self.0.as_bytes().to_vec()
            }
            /// From the sixteen stored bytes.
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }
            /// A number that sorts as the id does: 42 bits of milliseconds, then 21 random bits.
            /// It is derived, never drawn, so it needs no counter and is the same on every machine.
            pub fn ord(&self) -> i64 {
                let v = self.0.as_u128();
                let ms = (v >> 80) as i64 & ((1 << 42) - 1);
                let tail = (v as u64 & ((1 << 21) - 1)) as i64;
                (ms << 21) | tail
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> std::result::Result<Self, uuid::Error> {
                Uuid::parse_str(s).map(Self)
            }
        }
    )+};
}

ids! {
    /// A request 诉求.
    RequestId,
    /// An organization or post-holding body: county, township, station, point, grid.
    UnitId,
    /// A staff account.
    AccountId,
    /// A post 岗位 that an account holds in a unit for a time.
    PostId,
    /// A sign-in session.
    SessionId,
    /// Someone who asked: the key under which identity is kept apart from the case.
    PersonId,
    /// A household of the register.
    HouseholdId,
    /// A pairing of somebody with a household.
    PairingId,
    /// A record of what happened, such as a visit.
    RecordId,
    /// A stored file.
    AttachmentId,
    /// A message to somebody, from outbox to delivery.
    MessageId,
    /// A key of another program.
    KeyId,
}

fn v7(at: Timestamp, chance: &dyn Chance) -> Uuid {
    let mut random = [0u8; 10];
    chance.fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(at.0.max(0) as u64, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seeded;

    #[test]
    fn ids_and_their_numbers_sort_by_time() {
        let chance = Seeded::new(1);
        let a = RequestId::new(Timestamp(1_700_000_000_000), &chance);
        let b = RequestId::new(Timestamp(1_700_000_000_001), &chance);
        assert!(a < b && a.ord() < b.ord() && a.ord() > 0);
        assert_eq!(RequestId::from_bytes(&a.bytes()), Some(a));
        assert_eq!(a.to_string().parse::<RequestId>().unwrap(), a);
    }
}
