//! Computing the whole tree again and saying where it was touched.
//!
//! Three things are compared: each event with its leaf, the leaves with every root that was signed, and the
//! heads with the copies of them that lie outside the database. Whoever changes an event has to change its
//! leaf, then every root since, and cannot sign them; whoever takes heads away is found by the copies.

use crate::model::Hash;
use crate::store::tree::{self as store, Kept};
use crate::tree::heads::Head;
use crate::tree::merkle::{self, Frontier};
use crate::tree::note::{Checkpoint, PublicKey};
use crate::tree::proofs::STEP;
use crate::verify::FaultKind;
use db::Tx;
use kernel::{Result, Say, Uuid};
use std::collections::{BTreeMap, HashMap};

/// A copy of a head that was kept outside the database: its signed note.
pub type Anchor = String;

/// Something in the tree that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TreeFault {
    /// An event is not what its leaf says.
    Event {
        /// The leaf's place.
        index: u64,
        /// The event's stream.
        stream: Uuid,
        /// The event's place in it.
        seq: i64,
        /// What was done to it.
        kind: FaultKind,
    },
    /// The leaf at this place is missing, or is not the one that was signed.
    Leaf {
        /// The first leaf that can be meant.
        from: u64,
        /// The first that cannot be meant any more.
        to: u64,
    },
    /// A head is missing that was signed.
    HeadGone {
        /// Over so many leaves.
        size: u64,
    },
    /// A head was not signed with a key of this site, or says something else than its row.
    HeadForged {
        /// Its number.
        n: i64,
    },
    /// A row about a key is not as it was written: the key is not the site's, or is missing, or was put in
    /// at another time than its first head.
    Key {
        /// As it stands there.
        key: String,
    },
    /// The engine itself finds a table of the journal damaged: its rows and its indexes do not agree.
    Damaged {
        /// In the engine's words.
        what: String,
    },
    /// A root over a subtree is not the one over its leaves.
    Node {
        /// Its level.
        level: i64,
        /// Its place.
        index: i64,
    },
    /// An event that is no leaf, though it is older than others that are.
    Unsealed {
        /// Its stream.
        stream: Uuid,
        /// Its place in it.
        seq: i64,
    },
}

impl TreeFault {
    /// In words.
    pub fn say(&self) -> Say {
        let both = |zh: String, en: String| Say::new(zh, en);
        match self {
            TreeFault::Event { index, stream, seq, kind } => {
                let what = kind.say();
                both(
                    format!("第 {index} 片叶（{stream} #{seq}）：{}", what.zh),
                    format!("leaf {index} ({stream} #{seq}): {}", what.en),
                )
            }
            TreeFault::Leaf { from, to } if *to == from + 1 => both(
                format!("第 {from} 片叶不是签名时的那一片，或者不见了"),
                format!("leaf {from} is not the one that was signed, or is missing"),
            ),
            TreeFault::Leaf { from, to } => both(
                format!("第 {from} 到 {} 片叶中有一片不是签名时的那一片", to - 1),
                format!("one of the leaves {from} to {} is not the one that was signed", to - 1),
            ),
            TreeFault::HeadGone { size } => {
                both(format!("{size} 片叶的树头不见了"), format!("the head over {size} leaves is missing"))
            }
            TreeFault::HeadForged { n } => both(
                format!("第 {n} 个树头不是本站签的，或者被改过"),
                format!("head {n} was not signed by this site, or was changed"),
            ),
            TreeFault::Key { key } => both(
                format!("公钥 {key} 不是本站的，或者它的记录被改过、不见了"),
                format!("key {key} is not one of this site, or its row was changed or is missing"),
            ),
            TreeFault::Damaged { what } => {
                both(format!("数据库文件损坏：{what}"), format!("the database file is damaged: {what}"))
            }
            TreeFault::Node { level, index } => both(
                format!("子树根（层 {level}，第 {index} 个）被改过或不见了"),
                format!("the root of subtree {index} on level {level} was changed or is missing"),
            ),
            TreeFault::Unsealed { stream, seq } => both(
                format!("事件 {stream} #{seq} 是事后插进来的，不在树里"),
                format!("event {stream} #{seq} was put in afterwards: it is not in the tree"),
            ),
        }
    }
}

/// What computing the tree again showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeReport {
    /// How many leaves there are.
    pub leaves: u64,
    /// How many heads.
    pub heads: u64,
    /// Events that wait for the next sealing.
    pub waiting: u64,
    /// What was found, the first of it first; at most [`TreeReport::NAMED`] are named.
    pub faults: Vec<TreeFault>,
    /// How many there are.
    pub faulty: u64,
}

impl TreeReport {
    /// How many faults a report names; it counts them all.
    pub const NAMED: usize = 1000;

    /// Whether the tree is as it was signed.
    pub fn whole(&self) -> bool {
        self.faulty == 0
    }

    fn add(&mut self, fault: TreeFault) {
        self.faulty += 1;
        if self.faults.len() < TreeReport::NAMED {
            self.faults.push(fault);
        }
    }
}

/// Computes every leaf, root and head again. `keys` are those that the site signs and has signed with, known
/// from outside the database; `anchors` are the copies of heads that lie outside. `progress` is told how many
/// leaves were read.
pub fn verify_tree(
    tx: &mut dyn Tx,
    keys: &[PublicKey],
    anchors: &[Anchor],
    progress: &dyn Fn(u64),
) -> Result<TreeReport> {
    let mut report = TreeReport::default();
    let heads = signed_heads(tx, keys, anchors, &mut report)?;
    let mut walk = Walk::new(heads);
    store::each_kept(tx, &mut |kept| {
        walk.leaf(&kept, &mut report);
        if report.leaves.is_multiple_of(1000) {
            progress(report.leaves);
        }
        Ok(())
    })?;
    walk.end(&mut report);
    compare_nodes(&walk.nodes, store::nodes(tx)?, &mut report);
    left_out(tx, &mut report)?;
    store::damage(tx)?.into_iter().for_each(|what| report.add(TreeFault::Damaged { what }));
    progress(report.leaves);
    Ok(report)
}

/// The heads by size, as far as one of the keys has signed them.
fn signed_heads(
    tx: &mut dyn Tx,
    keys: &[PublicKey],
    anchors: &[Anchor],
    report: &mut TreeReport,
) -> Result<BTreeMap<u64, Vec<Hash>>> {
    let mut signed: BTreeMap<u64, Vec<Hash>> = BTreeMap::new();
    let all = store::heads_all(tx)?;
    let open = |note: &str| keys.iter().find_map(|k| Some((Checkpoint::open(note, k).ok()?, k)));
    // Since when each key signs, by the heads.
    let mut since: BTreeMap<String, i64> = BTreeMap::new();
    let fits = |head: &Head, c: &Checkpoint| {
        (c.size, c.at, c.day, c.mark) == (head.size, head.at, head.day, head.mark)
    };
    let mut last: Option<(i64, u64, i64)> = None;
    for head in &all {
        report.heads += 1;
        let known = open(&head.note).filter(|(c, _)| fits(head, c));
        if let Some((c, key)) = &known {
            since.entry(key.to_string()).or_insert(c.at.0);
        }
        // Numbers run on; neither size nor time goes back.
        let follows =
            last.map_or(head.n == 1, |(n, size, at)| head.n == n + 1 && head.size >= size && head.at.0 >= at);
        match known {
            Some((c, _)) if follows => signed.entry(c.size).or_default().push(c.root),
            _ => report.add(TreeFault::HeadForged { n: head.n }),
        }
        last = Some((head.n, head.size, head.at.0));
    }
    let here: HashMap<&str, ()> = all.iter().map(|h| (h.note.as_str(), ())).collect();
    for anchor in anchors {
        // A copy that nobody signed says nothing.
        let Some((c, _)) = open(anchor) else { continue };
        if !here.contains_key(anchor.as_str()) {
            report.add(TreeFault::HeadGone { size: c.size });
            signed.entry(c.size).or_default().push(c.root);
        }
    }
    for (key, at) in store::keys(tx)? {
        if since.remove(&key) != Some(at.0) {
            report.add(TreeFault::Key { key });
        }
    }
    for key in since.into_keys() {
        report.add(TreeFault::Key { key });
    }
    Ok(signed)
}

/// One walk over all leaves, in their order.
struct Walk {
    /// Sizes and roots that were signed, the smallest first.
    heads: std::iter::Peekable<std::collections::btree_map::IntoIter<u64, Vec<Hash>>>,
    /// The tree of the leaves as they stand there.
    stands: Frontier,
    /// The tree of the events as they can be computed.
    events: Frontier,
    /// The first leaf since the last good head at which the two differ.
    apart: Option<u64>,
    /// Up to where everything was found in order.
    good: u64,
    /// The last place of each stream, as long as leaves keep its order.
    places: HashMap<Uuid, i64>,
    /// The roots of whole subtrees, by level: those that are complete, and what the next is made of.
    nodes: Vec<Level>,
}

#[derive(Default)]
struct Level {
    roots: Vec<Hash>,
    open: Vec<Hash>,
}

impl Walk {
    fn new(heads: BTreeMap<u64, Vec<Hash>>) -> Walk {
        Walk {
            heads: heads.into_iter().peekable(),
            stands: Frontier::default(),
            events: Frontier::default(),
            apart: None,
            good: 0,
            places: HashMap::new(),
            nodes: Vec::new(),
        }
    }

    fn leaf(&mut self, kept: &Kept, report: &mut TreeReport) {
        let index = self.stands.size();
        report.leaves += 1;
        if kept.index != index as i64 {
            // The place is missing: all that follows stands one too early, and no root fits any more.
            report.add(TreeFault::Leaf { from: index, to: index + 1 });
        }
        let hash: Hash = kept.hash.as_slice().try_into().unwrap_or([0; 32]);
        let computed = kept.event.as_ref().map(|e| merkle::leaf(&e.canonical()));
        let fault = |kind| TreeFault::Event { index, stream: kept.stream, seq: kept.seq, kind };
        match (&kept.event, computed) {
            (None, _) => report.add(fault(FaultKind::Removed)),
            (Some(event), Some(computed)) if computed != hash || event.hash != kept.hash => {
                report.add(fault(FaultKind::Changed));
            }
            _ => {}
        }
        if let Some(before) = self.places.insert(kept.stream, kept.seq)
            && before >= kept.seq
        {
            report.add(fault(FaultKind::Reordered));
        }
        self.push(hash);
        let of_event = computed.unwrap_or(hash);
        if of_event != hash && self.apart.is_none() {
            self.apart = Some(index);
        }
        self.events.push(of_event);
        self.heads_at(self.stands.size(), report);
    }

    fn push(&mut self, hash: Hash) {
        self.stands.push(hash);
        let mut hash = hash;
        for level in 0.. {
            if self.nodes.len() == level {
                self.nodes.push(Level::default());
            }
            let here = &mut self.nodes[level];
            here.open.push(hash);
            if here.open.len() < 1 << STEP {
                return;
            }
            hash = merkle::fold(std::mem::take(&mut here.open));
            here.roots.push(hash);
        }
    }

    /// Compares with every root that was signed over so many leaves.
    fn heads_at(&mut self, size: u64, report: &mut TreeReport) {
        while let Some((_, roots)) = self.heads.next_if(|(s, _)| *s == size) {
            let root = self.stands.root();
            if roots.iter().all(|r| *r == root) {
                self.good = size;
                self.events = self.stands.clone();
                self.apart = None;
                continue;
            }
            // Where the events themselves come to the root that was signed, a leaf was changed, and the
            // events are what is gone on with. Otherwise no later root can fit, and none says more.
            let of_events = self.events.root();
            match self.apart.take() {
                Some(at) if roots.iter().all(|r| *r == of_events) => {
                    report.add(TreeFault::Leaf { from: at, to: at + 1 });
                    self.stands = self.events.clone();
                    self.good = size;
                }
                _ => {
                    report.add(TreeFault::Leaf { from: self.good, to: size });
                    self.heads = BTreeMap::new().into_iter().peekable();
                }
            }
        }
    }

    /// Heads over more leaves than there are.
    fn end(&mut self, report: &mut TreeReport) {
        let there = self.stands.size();
        if let Some(most) = self.heads.by_ref().map(|(size, _)| size).max() {
            report.add(TreeFault::Leaf { from: there, to: most.max(there + 1) });
        }
    }
}

/// The roots that are kept must be those over the leaves, all of them and no others.
fn compare_nodes(levels: &[Level], kept: Vec<(i64, i64, Vec<u8>)>, report: &mut TreeReport) {
    let mut wanted: BTreeMap<(i64, i64), &Hash> = BTreeMap::new();
    for (level, found) in (1..).zip(levels) {
        wanted.extend((0..).zip(&found.roots).map(|(index, hash)| ((level, index), hash)));
    }
    for (level, index, hash) in kept {
        match wanted.remove(&(level, index)) {
            Some(known) if known[..] == hash[..] => {}
            _ => report.add(TreeFault::Node { level, index }),
        }
    }
    for ((level, index), _) in wanted {
        report.add(TreeFault::Node { level, index });
    }
}

/// Events that are no leaves: the newest wait for the sealer, older ones were put in.
fn left_out(tx: &mut dyn Tx, report: &mut TreeReport) -> Result<()> {
    let newest = store::newest(tx)?;
    // What was there when the last head was signed should be a leaf, but for what came late.
    let Some(head) = store::head_latest(tx)? else {
        report.waiting = newest.unsigned_abs();
        return Ok(());
    };
    let settled = store::mark(tx, head.at.plus(-kernel::HOUR))?;
    let mut at = 0;
    while at < newest {
        for event in store::unsealed(tx, at, at + 20_000)? {
            if event.n <= settled {
                report.add(TreeFault::Unsealed { stream: event.stream, seq: event.seq });
            } else {
                report.waiting += 1;
            }
        }
        at += 20_000;
    }
    Ok(())
}
