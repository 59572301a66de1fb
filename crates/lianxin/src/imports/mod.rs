//! Spreadsheets in the browser: what `lianxin import` does, for whoever has no shell.
//!
//! ```text
//! file ─▶ upload ─▶ look: which column is what, which rows cannot be taken ─▶ run ─▶ outcome
//!            │        ▲ │ nothing is written                                   │ all good rows, or none
//!            │        └─┘ choice: another column, year, sheet                  └▶ refused rows as a file
//!            └─ the file lies in the site's directory for two days
//! ```
//!
//! Reading and running go on by themselves; the page looks again every second, without a script. What a
//! file brings is known again by its content, so the same file twice brings nothing in twice.

mod choice;
mod desk;
mod fields;
mod households;
mod look;
mod pages;
mod run;
mod store;
mod upload;

pub use pages::{ROUTES, routes};
pub use store::STATEMENTS;

/// What the rows of spreadsheets say about their streams of the journal.
pub(crate) static ENDS: &[journal::Ends] =
    &[journal::Ends { stream_kind: "import", disagree: &store::IMPORTS_DISAGREE }];

pub(crate) use households::households;
pub(crate) use upload::sweep;

use access::{Noun, Verb, Visitor};
use kernel::{AccountId, Result, Scope, Timestamp, Uuid};

/// The tables of this capability.
pub static MIGRATIONS: &[db::Migration] =
    db::migrations!("imports"; "0001_imports" = include_str!("../../migrations/0001_imports.sql"));

/// What a spreadsheet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// Requests of an older ledger.
    Requests,
    /// Organizations, grids, places.
    Units,
    /// Staff and their posts.
    Accounts,
    /// Households and who lives in them.
    Households,
}

impl What {
    /// All of them.
    const ALL: [What; 4] = [What::Requests, What::Units, What::Accounts, What::Households];

    /// Its word in addresses and in the table.
    fn key(self) -> &'static str {
        match self {
            What::Requests => "requests",
            What::Units => "units",
            What::Accounts => "accounts",
            What::Households => "households",
        }
    }

    fn from_key(key: &str) -> Option<What> {
        What::ALL.into_iter().find(|w| w.key() == key)
    }

    /// What the permission table calls it.
    fn noun(self) -> Noun {
        match self {
            What::Requests => Noun::Request,
            What::Units => Noun::Unit,
            What::Accounts => Noun::Account,
            What::Households => Noun::Household,
        }
    }

    /// Whether the table lets this visitor import it anywhere.
    fn may(self, visitor: &Visitor) -> bool {
        access::may_somewhere(&visitor.scope, Verb::Import, self.noun())
    }

    /// Whether it may be imported for the whole site, as every import is: cases of all units stand in one
    /// older ledger.
    ///
    /// Errors: what the table refuses.
    fn demand(self, scope: &Scope, root: &str) -> Result<()> {
        access::demand(scope, Verb::Import, self.noun(), root)
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// To be looked at.
    Open,
    /// Being taken in.
    Running,
    /// Taken in.
    Done,
}

/// A spreadsheet that was sent in.
#[derive(Clone, Debug)]
struct Import {
    /// Its id.
    id: Uuid,
    /// What it holds.
    what: What,
    /// Who sent it.
    account: AccountId,
    /// The file's name.
    name: String,
    /// Its size in bytes.
    size: i64,
    /// SHA-256 of its bytes.
    sha256: [u8; 32],
    /// What the person said about it.
    choice: choice::Choice,
    /// How far it is.
    state: State,
    /// When it was sent.
    created_at: Timestamp,
    /// When taking in began.
    begun_at: Option<Timestamp>,
    /// What became of it.
    outcome: Option<run::Outcome>,
}
