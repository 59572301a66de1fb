//! Proofs out of the tree as it is stored.

use crate::model::Hash;
use crate::store::tree as store;
use crate::tree::merkle::{self, Nodes};
use db::Tx;
use kernel::{Error, Result, Uuid};

/// Levels of the tree from one kept root to the next: one is kept for 256 below it.
pub(crate) const STEP: u32 = 8;

/// The tree as the tables hold it.
pub(crate) struct Stored<'t>(pub(crate) &'t mut dyn Tx);

impl Nodes for Stored<'_> {
    fn get(&mut self, level: u32, index: u64) -> Result<Hash> {
        let (kept, above) = (level / STEP, level % STEP);
        let (from, to) = (index << above, (index + 1) << above);
        let hashes = store::hashes(self.0, kept, from, to)?;
        if hashes.len() as u64 != to - from {
            return Err(Error::internal(format!(
                "journal: the tree has a hole at level {kept}, {from} to {to}"
            )));
        }
        Ok(merkle::fold(hashes))
    }
}

/// A leaf of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its place, from 0.
    pub index: u64,
    /// The stream of its event.
    pub stream: Uuid,
    /// The event's place in the stream.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
}

/// A path of hashes, from the leaves up.
pub type Proof = Vec<Hash>;

/// The leaf with this hash; none where it is none, or not sealed yet.
pub fn find_leaf(tx: &mut dyn Tx, hash: &Hash) -> Result<Option<Leaf>> {
    store::leaf_by_hash(tx, hash)
}

/// The leaves whose hashes begin with these bytes, at most so many, by their hashes.
pub fn leaves_like(tx: &mut dyn Tx, begin: &[u8], limit: usize) -> Result<Vec<Leaf>> {
    let fill = |with: u8| {
        let mut hash = [with; 32];
        for (to, from) in hash.iter_mut().zip(begin) {
            *to = *from;
        }
        hash
    };
    store::leaves_between(tx, &fill(0), &fill(0xff), limit)
}

/// The leaf of an event; none where it is not sealed yet.
pub fn leaf_of(tx: &mut dyn Tx, stream: Uuid, seq: i64) -> Result<Option<Leaf>> {
    store::leaf_by_event(tx, stream, seq)
}

/// That the leaf at `index` is in the tree of `size`; none where there is no such leaf or tree.
pub fn inclusion(tx: &mut dyn Tx, index: u64, size: u64) -> Result<Option<Proof>> {
    if size > store::size(tx)? {
        return Ok(None);
    }
    merkle::inclusion(&mut Stored(tx), index, size)
}

/// That the tree of `old` is the beginning of the tree of `new`; none where there are no such trees.
pub fn consistency(tx: &mut dyn Tx, old: u64, new: u64) -> Result<Option<Proof>> {
    if new > store::size(tx)? {
        return Ok(None);
    }
    merkle::consistency(&mut Stored(tx), old, new)
}

/// The hashes of up to `limit` leaves from place `from` on, so that anybody can compute the tree again.
pub fn hashes(tx: &mut dyn Tx, from: u64, limit: u64) -> Result<Vec<Hash>> {
    store::hashes(tx, 0, from, from.saturating_add(limit))
}
