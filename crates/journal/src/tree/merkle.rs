//! The Merkle tree of RFC 6962, section 2.1 (and RFC 9162, section 2.1), as pure functions.
//!
//! ```text
//! MTH({})     = SHA-256()
//! MTH({d})    = SHA-256( 0x00 ‖ d )                          a leaf
//! MTH(D[n])   = SHA-256( 0x01 ‖ MTH(D[0:k]) ‖ MTH(D[k:n]) )  k the largest power of two below n
//! ```

use crate::model::Hash;
use kernel::Result;
use sha2::{Digest, Sha256};

/// The root of a tree without leaves.
pub fn empty() -> Hash {
    Sha256::digest([]).into()
}

/// The hash of a leaf that holds `data`.
pub fn leaf(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

/// The hash over two others.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root over hashes of which there are a power of two.
pub(crate) fn fold(mut hashes: Vec<Hash>) -> Hash {
    debug_assert!(hashes.len().is_power_of_two());
    while hashes.len() > 1 {
        hashes = hashes.chunks_exact(2).map(|pair| node(&pair[0], &pair[1])).collect();
    }
    hashes.first().copied().unwrap_or_else(empty)
}

/// Where the roots of whole subtrees come from.
pub trait Nodes {
    /// The root over the 2^`level` leaves that begin at `index` · 2^`level`; all of them are there.
    ///
    /// # Errors
    /// Internal where a hash that should be there is not.
    fn get(&mut self, level: u32, index: u64) -> Result<Hash>;
}

/// The largest power of two below `n`, which is at least 2.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// MTH(D[`from`:`to`]), where the range is one that the definition comes to.
fn range(nodes: &mut dyn Nodes, from: u64, to: u64) -> Result<Hash> {
    let n = to - from;
    if n.is_power_of_two() {
        return nodes.get(n.trailing_zeros(), from / n);
    }
    let k = split(n);
    Ok(node(&range(nodes, from, from + k)?, &range(nodes, from + k, to)?))
}

/// The root over the first `size` leaves.
pub fn root(nodes: &mut dyn Nodes, size: u64) -> Result<Hash> {
    if size == 0 { Ok(empty()) } else { range(nodes, 0, size) }
}

/// That the leaf at `index` is in the tree of `size`: its audit path (RFC 6962, 2.1.1), from the leaf up.
/// Nothing where there is no such leaf.
pub fn inclusion(nodes: &mut dyn Nodes, index: u64, size: u64) -> Result<Option<Vec<Hash>>> {
    if index >= size {
        return Ok(None);
    }
    let (mut path, mut from, mut to) = (Vec::new(), 0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(range(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(range(nodes, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// That the tree of `old` is the beginning of the tree of `new` (RFC 6962, 2.1.2). Nothing where `old` is
/// 0 or larger than `new`.
pub fn consistency(nodes: &mut dyn Nodes, old: u64, new: u64) -> Result<Option<Vec<Hash>>> {
    if old == 0 || old > new {
        return Ok(None);
    }
    let (mut path, mut from, mut to, mut old, mut whole) = (Vec::new(), 0, new, old, true);
    while old != to - from {
        let k = split(to - from);
        if old <= k {
            path.push(range(nodes, from + k, to)?);
            to = from + k;
        } else {
            path.push(range(nodes, from, from + k)?);
            from += k;
            old -= k;
            whole = false;
        }
    }
    if !whole {
        path.push(range(nodes, from, to)?);
    }
    path.reverse();
    Ok(Some(path))
}

/// Whether `path` proves that `leaf` stands at `index` in the tree of `size` with this root (RFC 9162,
/// 2.1.3.2).
pub fn proves_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for p in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(p, &hash);
            if at & 1 == 0 {
                while at & 1 == 0 && at != 0 {
                    at >>= 1;
                    last >>= 1;
                }
            }
        } else {
            hash = node(&hash, p);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `path` proves that the tree of `old` with `old_root` is the beginning of the tree of `new` with
/// `new_root` (RFC 9162, 2.1.4.2).
pub fn proves_consistency(old: u64, new: u64, old_root: &Hash, new_root: &Hash, path: &[Hash]) -> bool {
    if old == 0 || old > new {
        return false;
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    let mut path = path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut of_old, mut of_new) = (*first, *first);
    for p in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            of_old = node(p, &of_old);
            of_new = node(p, &of_new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            of_new = node(&of_new, p);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && of_old == *old_root && of_new == *new_root
}

/// A tree that grows leaf by leaf and keeps only the roots of its whole subtrees, largest first.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// Adds a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        let mut n = self.size;
        while n & 1 == 1 {
            if let Some(left) = self.roots.pop() {
                hash = node(&left, &hash);
            }
            n >>= 1;
        }
        self.roots.push(hash);
        self.size += 1;
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all of them.
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else { return empty() };
        roots.fold(*last, |right, left| node(left, &right))
    }
}
