//! Where streams end, by the tables that keep it: what a chain cannot show by itself.

use crate::verify::{Fault, FaultKind, Report};
use db::{Stmt, Tx};
use kernel::{Result, Uuid};

/// What the tables of a slice say about the ends of its streams.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// What these streams are about.
    pub stream_kind: &'static str,
    /// Every row that does not agree with the journal, and nothing else: the stream; the place of its
    /// last event by the row (NULL where the row is gone, 1 where the row only shows that there is a
    /// stream); the place of its last event in the journal (NULL where there is none); what people call
    /// the thing, or an empty text.
    pub disagree: &'static Stmt,
}

/// Compares the ends of streams with `ends` and adds what does not agree to `report`. A stream whose
/// chain is broken already is not named a second time.
pub fn verify_ends(tx: &mut dyn Tx, ends: &[Ends], report: &mut Report) -> Result<()> {
    for end in ends {
        tx.each(end.disagree, &[], &mut |row| {
            let stream: Uuid = row.get(0)?;
            let (seq, kind) = judge(row.get(1)?, row.get(2)?);
            let name: String = row.get(3)?;
            match report.faults.iter_mut().find(|f| f.stream == stream) {
                Some(known) => known.name = name,
                None => {
                    let stream_kind = end.stream_kind.to_owned();
                    report.add(Fault { stream_kind, stream, name, seq, kind });
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// The first event that is not as the row has it, and what was done to it.
fn judge(by_row: Option<i64>, in_journal: Option<i64>) -> (i64, FaultKind) {
    match (by_row, in_journal) {
        (None, found) => (found.unwrap_or(1), FaultKind::RowGone),
        (Some(_), None) => (1, FaultKind::CutOff),
        (Some(kept), Some(found)) if found < kept => (found + 1, FaultKind::CutOff),
        (Some(kept), Some(found)) if found > kept => (kept + 1, FaultKind::Inserted),
        (Some(kept), Some(_)) => (kept, FaultKind::Changed),
    }
}
