//! Signs of gaming: looked for after the fact, by a job, so that no act has to wait for it.
//!
//! ```text
//!  cases answered ── an hour later, in the order of their answers ──▶ rules::signs ──▶ signs ──▶ page
//! ```

mod find;
pub(crate) mod store;

pub use find::look;
