//! Reading the whole record again and saying where it was touched.

use crate::canonical::{self, Fields};
use crate::model::Link;
use crate::store::events::{self as store, Raw};
use db::Tx;
use kernel::{Result, Say, Uuid};

/// What was done to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Its content is not what was written.
    Changed,
    /// It is missing.
    Removed,
    /// It was put in later.
    Inserted,
    /// It stands in another's place.
    Reordered,
    /// It and all that followed it are missing.
    CutOff,
    /// The events are there, and the row whose history they are is missing.
    RowGone,
}

impl FaultKind {
    /// In words.
    pub fn say(self) -> Say {
        match self {
            FaultKind::Changed => Say::new("内容被改动", "changed"),
            FaultKind::Removed => Say::new("被删除", "removed"),
            FaultKind::Inserted => Say::new("事后插入", "inserted afterwards"),
            FaultKind::Reordered => Say::new("顺序被调换", "reordered"),
            FaultKind::CutOff => Say::new("从这一条到末尾都被删除", "this one and all after it were removed"),
            FaultKind::RowGone => Say::new(
                "事件还在，它记的那一件却没有了",
                "the events are there, what they are about is gone",
            ),
        }
    }
}

/// The first event of a stream at which the record no longer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What the stream is about.
    pub stream_kind: String,
    /// The stream.
    pub stream: Uuid,
    /// What people call it, such as a case's number; empty where that is not known.
    pub name: String,
    /// The place of the event.
    pub seq: i64,
    /// What was done to it.
    pub kind: FaultKind,
}

/// What reading everything showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Streams read.
    pub streams: u64,
    /// Events read.
    pub events: u64,
    /// Streams with a fault.
    pub faulty: u64,
    /// The first fault of each of them; at most [`Report::NAMED`] are named.
    pub faults: Vec<Fault>,
}

impl Report {
    /// How many faults a report names; it counts them all.
    pub const NAMED: usize = 1000;

    /// Whether the record is whole.
    pub fn whole(&self) -> bool {
        self.faulty == 0
    }

    /// Counts a stream with a fault, and names it while there is room.
    pub(crate) fn add(&mut self, fault: Fault) {
        self.faulty += 1;
        if self.faults.len() < Report::NAMED {
            self.faults.push(fault);
        }
    }
}

/// Reads every event in order and recomputes every link; `progress` is told how many were read.
/// The memory needed is that of the links of the longest stream.
pub fn verify(tx: &mut dyn Tx, progress: &dyn Fn(u64)) -> Result<Report> {
    let mut report = Report::default();
    let mut current: Option<Stream> = None;
    store::each_raw(tx, &mut |raw| {
        report.events += 1;
        if report.events.is_multiple_of(1000) {
            progress(report.events);
        }
        match &mut current {
            Some(stream) if stream.id == raw.stream => stream.links.push(link_of(&raw)),
            _ => {
                if let Some(done) = current.take() {
                    done.judge(&mut report);
                }
                let links = vec![link_of(&raw)];
                current = Some(Stream { id: raw.stream, kind: raw.stream_kind, links });
            }
        }
        Ok(())
    })?;
    if let Some(done) = current {
        done.judge(&mut report);
    }
    progress(report.events);
    Ok(report)
}

/// The first fault of one stream: the place, and what is wrong there. `end` is what the thing's own row
/// keeps of its last event; where the chain is sound and ends elsewhere, events were cut off or added.
pub fn verify_stream(tx: &mut dyn Tx, stream: Uuid, end: &Link) -> Result<Option<(i64, FaultKind)>> {
    let links: Vec<Seen> = store::raw_of_stream(tx, stream)?.iter().map(link_of).collect();
    if let Some(fault) = first_fault(&links) {
        return Ok(Some(fault));
    }
    let last = links.last().map_or((0, &[][..]), |l| (l.seq, &l.hash));
    Ok(match last {
        (seq, hash) if seq == end.seq && hash == &end.hash[..] => None,
        (seq, _) if seq < end.seq => Some((seq + 1, FaultKind::Removed)),
        (seq, _) if seq > end.seq => Some((end.seq + 1, FaultKind::Inserted)),
        (seq, _) => Some((seq, FaultKind::Changed)),
    })
}

struct Stream {
    id: Uuid,
    kind: String,
    links: Vec<Seen>,
}

/// What the judgement of a stream needs of an event.
struct Seen {
    seq: i64,
    prev: Vec<u8>,
    hash: Vec<u8>,
    /// The place under which the content agrees with the hash: `seq` in a sound record, another
    /// one when the event was moved, none when the content was changed.
    sealed: Option<i64>,
}

/// How far an event is looked for from its place before it counts as changed.
const REACH: i64 = 64;

fn link_of(raw: &Raw) -> Seen {
    let agrees = |seq: i64| {
        canonical::hash(&Fields {
            prev_hash: &raw.prev_hash,
            stream_kind: &raw.stream_kind,
            stream: raw.stream,
            seq,
            at: raw.at,
            actor: &raw.actor,
            kind: &raw.kind,
            payload: &raw.payload,
        })[..]
            == raw.hash[..]
    };
    let sealed = if agrees(raw.seq) {
        Some(raw.seq)
    } else {
        (1..=REACH).flat_map(|d| [raw.seq - d, raw.seq + d]).find(|&s| s > 0 && agrees(s))
    };
    Seen { seq: raw.seq, prev: raw.prev_hash.clone(), hash: raw.hash.clone(), sealed }
}

impl Stream {
    fn judge(self, report: &mut Report) {
        report.streams += 1;
        if let Some((seq, kind)) = first_fault(&self.links) {
            report.add(Fault { stream_kind: self.kind, stream: self.id, name: String::new(), seq, kind });
        }
    }
}

/// The first event at which the chain breaks, and how. Where a forger computed hashes anew, the
/// break shows one event later, at the link that no longer fits; the fault then names the event
/// before.
fn first_fault(links: &[Seen]) -> Option<(i64, FaultKind)> {
    let stands = |seq: i64| links.iter().any(|l| l.sealed == Some(seq));
    let mut last: Option<&Seen> = None;
    for link in links {
        let expected = last.map_or(1, |l| l.seq + 1);
        let prev: &[u8] = last.map_or(&[], |l| &l.hash);
        if link.seq != expected {
            // A gap in the places: the one missing may have been moved further on.
            let kind = if stands(expected) { FaultKind::Reordered } else { FaultKind::Removed };
            return Some((expected, kind));
        }
        match link.sealed {
            Some(s) if s == link.seq && link.prev == prev => {}
            Some(s) if s == link.seq => {
                // Sound in itself, linked to something else than what stands before it.
                return Some((last.map_or(link.seq, |l| l.seq), FaultKind::Changed));
            }
            Some(s) if s > link.seq => {
                let kind = if stands(link.seq) { FaultKind::Reordered } else { FaultKind::Removed };
                return Some((link.seq, kind));
            }
            Some(s) => {
                // It belongs further up: either it is a copy of what stands there, or what stands
                // there was put in and pushed it down.
                let copy = links.iter().any(|l| l.seq == s && l.hash == link.hash);
                return Some((if copy { link.seq } else { s }, FaultKind::Inserted));
            }
            None => {
                let kind = if stands(link.seq) { FaultKind::Inserted } else { FaultKind::Changed };
                return Some((link.seq, kind));
            }
        }
        last = Some(link);
    }
    None
}
