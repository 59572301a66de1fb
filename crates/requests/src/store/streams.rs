//! Streams of the journal that are about no row of their own: where each ends is kept here, so that one that is cut
//! off is found.

use db::{Tx, params};
use journal::NewEvent;
use kernel::Result;

macro_rules! disagree {
    ($kind:literal) => {
        concat!(
            "SELECT e.stream, e.seq, (SELECT MAX(l.seq) FROM journal l WHERE l.stream = e.stream), '' \
             FROM request_streams e LEFT JOIN journal j ON j.stream = e.stream AND j.seq = e.seq \
             LEFT JOIN journal n ON n.stream = e.stream AND n.seq = e.seq + 1 WHERE e.kind = '",
            $kind,
            "' AND (j.hash IS NULL OR j.hash <> e.head OR n.hash IS NOT NULL) \
             UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j WHERE j.stream_kind = '",
            $kind,
            "' AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM request_streams e WHERE e.stream = j.stream)"
        )
    };
}

db::statements! {
    pub(crate) STREAM_ENDS = "INSERT INTO request_streams (stream, kind, seq, head) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, head = excluded.head";
    pub(crate) EXPORTS_DISAGREE = concat!(disagree!("export"));
    pub(crate) LOTS_DISAGREE = concat!(disagree!("lot"));
}

/// Appends to such a stream, and keeps where it ends now.
pub(crate) fn append(tx: &mut dyn Tx, event: &NewEvent<'_>) -> Result<()> {
    let end = journal::append(tx, event)?;
    let values = params![event.stream, event.stream_kind, end.seq, end.hash.as_slice()];
    tx.execute(&STREAM_ENDS, &values).map(drop)
}
