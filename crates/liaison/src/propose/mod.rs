//! A proposal of who is to look after whom 结对建议: computed, looked at, then applied.
//!
//! ```text
//!  households, pairings, posts ──rules::assign──▶ proposal + its changes ──apply──▶ hand over, pair
//!                                                        │  (each only where things are still as they were)
//!                                                        └─ coverage before and after
//! ```

mod apply;
mod bulk;
mod make;
mod model;

pub use apply::{Applied, apply};
pub use bulk::{pair_all, pair_first};
pub use make::make;
pub use model::{Change, Proposal, by_grid, by_id, changes, latest};
