//! The record that nobody can quietly change: append-only events, linked by hash, one chain a stream.
//!
//! ```text
//!   stream (one case, one account, …)
//!   ┌──────────────┐ hash  ┌──────────────┐ hash  ┌──────────────┐
//!   │ 1 registered │──────▶│ 2 assigned   │──────▶│ 3 accepted   │ …
//!   └──────────────┘ is the└──────────────┘ next's└──────────────┘
//!     prev = ""      prev_hash                 prev_hash
//! ```
//!
//! An event is appended in the transaction that changes the state it tells of, so one is never
//! there without the other. Its hash covers the hash before it and every field, in the documented
//! bytes of [`canonical`], and is already the leaf hash of an RFC 6962 tree.
//!
//! **What may stand in an event.** Ids, instants, codes from the pack, numbers, reasons written by
//! staff about the handling. Never a name, a telephone number, an address, an identity number or
//! the words of the person who asked: those live in the vault and can be erased, and the journal
//! cannot. Where an event has to bind such a text it holds a [`commitment`] to it.
//!
//! **Fast paths.** [`append`] reads the last link first. A caller whose own row keeps the last
//! link ([`Link`]) uses [`append_at`]; the first event of a new stream needs no read at all:
//! [`append_first`]. Several events of one stream go in with [`append_many`]. Each event is one
//! statement; a slice that wants fewer round trips takes [`seal`]ed columns into its own statement.
//!
//! **What the chain shows.** [`verify`] names events that were changed, removed, inserted or
//! reordered. That the *end* of a stream was cut off, or a stream removed whole, a chain cannot
//! show by itself: [`verify_ends`] compares all ends with what the slices' own rows keep of them
//! ([`Ends`]), [`check_head`] a single one. Whoever can write to all tables could make the ends fit as
//! well; the [`tree`] over all events, whose root is signed with a key outside the database and published,
//! shows that.

mod append;
pub mod canonical;
mod commit;
mod ends;
mod model;
mod store;
pub mod tree;
mod verify;

pub use append::{Sealed, append, append_at, append_first, append_many, seal};
pub use commit::commitment;
pub use ends::{Ends, verify_ends};
pub use model::{Event, Hash, Link, NewEvent, Stored};
pub use store::events::{check_head, events, events_after, first, head};
pub use store::statements;
pub use verify::{Fault, FaultKind, Report, verify, verify_stream};

/// The tables of the journal.
pub static MIGRATIONS: &[db::Migration] = db::migrations!("journal"; "0001_journal" = include_str!("../migrations/0001_journal.sql"),
        "0002_tree" = include_str!("../migrations/0002_tree.sql"));
