//! The tree over all events, its signed heads, and what they prove.
//!
//! ```text
//!  journal ──▶ seal::gather ──▶ leaves, in the order they came ──▶ roots of whole subtrees
//!  (written by everybody)        (written by the sealer alone)          │ seal::sign
//!                                                                       ▼
//!  receipt of a case ◀── inclusion, consistency ◀── heads: root, size, time, signed
//!  (checked anywhere, by anyone, without the site)   (published; kept in a file beside the database, too)
//! ```
//!
//! The leaf of an event is its own hash, which covers every field and the hash before it
//! ([`crate::canonical`]). Sealing happens afterwards, so that writing an event costs nothing more.

mod heads;
pub mod merkle;
pub mod note;
mod proofs;
pub mod receipt;
mod seal;
mod whole;

pub use heads::{Head, first_since, head, head_at_least, heads, keys, latest, leaves, of_day};
pub use proofs::{Leaf, Proof, consistency, find_leaf, hashes, inclusion, leaf_of, leaves_like};
pub use seal::{Gathered, Lines, gather, sign};
pub use whole::{Anchor, TreeFault, TreeReport, verify_tree};
