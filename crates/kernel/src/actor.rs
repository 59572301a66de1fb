//! Who does something.

use crate::{AccountId, UnitId};
use serde::{Deserialize, Serialize};

/// Who did it: written into every journal event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum Actor {
    /// A member of staff, in the unit of the post they act from.
    Staff {
        /// Whose account.
        account: AccountId,
        /// For which unit.
        unit: UnitId,
    },
    /// Someone who asked, by the query code of their case.
    Resident,
    /// The program itself: a clock that ran out, an import, a delivery.
    System,
    /// Another program, by the name of its key.
    Client {
        /// The name the key was given to.
        name: String,
    },
}

impl Actor {
    /// The account, where a person of staff acts.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Actor::Staff { account, .. } => Some(*account),
            _ => None,
        }
    }
}
