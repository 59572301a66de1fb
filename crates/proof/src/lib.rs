//! Proof: what lies outside of the database so that the record in it can be trusted.
//!
//! ```text
//!             DIR/seal.key (or a variable) ──▶ signs
//!  journal ── leaves ── root ───────────────────▶ head ──▶ table journal_heads ──▶ public pages, interface
//!                                                   └────▶ DIR/seal.heads, added to only
//!             DIR/seal.pub: every key that ever signed here ──▶ verifying
//! ```
//!
//! Whoever can write to the database can make all of it fit together again, but for the signature, which
//! needs the key, and for what others hold: the published heads, the receipts, and the file of heads.

mod copies;
mod key;
mod pages;
mod seal;

pub use copies::{HEADS_FILE, heads_kept};
pub use key::{KEY_FILE, KEYS_FILE, Keeper, VARIABLE, origin};
pub use pages::{ROUTES, grouped, routes};
pub use seal::Sealer;
