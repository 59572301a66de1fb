//! The timeline and the clocks of a request.

use crate::model::{Audience, Entry};
use crate::store::request::word;
use db::{Row, Tx, Value, params};
use kernel::{AccountId, RequestId, Result, Timestamp, UnitId};
use rules::case::{ClockKind, Kind, State, Urgency};
use rules::deadline::Certificate;

macro_rules! clock_columns {
    () => {
        "c.kind, c.run, c.unit, c.officer, c.started_at, c.warn_at, c.due_at, c.stopped_at, c.paused_at, \
         c.provisional, c.signalled, c.next_signal, c.certificate, c.earlier, c.done"
    };
}

// A clock goes by what its case was when it started, and that of the answer by what the case became while it ran:
// nothing else is counted anew when a case is classed anew.
macro_rules! ruled_columns {
    () => {
        ", r.number, COALESCE(w.class, r.class), COALESCE(w.kind, r.kind), COALESCE(w.urgency, r.urgency), r.history \
         FROM request_clocks c JOIN requests r ON r.id = c.request \
         LEFT JOIN request_was w ON w.request = c.request AND w.seq = (SELECT MIN(x.seq) FROM request_was x \
         WHERE x.request = c.request AND x.until > CASE WHEN c.kind <> 'answer' THEN c.started_at \
         ELSE COALESCE(c.stopped_at, 9223372036854775807) END)"
    };
}

db::statements! {
    pub(crate) INSERT_ENTRY = "INSERT INTO request_entries (request, seq, at, account, unit, who, verb, state, \
        audience, body, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    pub(crate) ENTRIES = "SELECT seq, at, account, unit, who, verb, state, audience, body, data \
        FROM request_entries WHERE request = $1 ORDER BY seq";
    pub(crate) COUNT_VERB = "SELECT COUNT(*) FROM request_entries WHERE request = $1 AND verb = $2";
    // What last brought it to the unit that has it.
    pub(crate) LAST_SENT = "SELECT verb FROM request_entries WHERE request = $1 AND state = 'assigned' \
        AND verb IN ('assign', 'arbitrate', 'escalate', 'decide') ORDER BY seq DESC LIMIT 1";
    pub(crate) UPSERT_CLOCK = "INSERT INTO request_clocks (request, kind, run, unit, officer, started_at, warn_at, \
        due_at, stopped_at, paused_at, provisional, signalled, next_signal, certificate, earlier, done) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
        ON CONFLICT (request, kind, run) DO UPDATE SET unit = excluded.unit, officer = excluded.officer, \
        warn_at = excluded.warn_at, due_at = excluded.due_at, stopped_at = excluded.stopped_at, \
        paused_at = excluded.paused_at, provisional = excluded.provisional, signalled = excluded.signalled, \
        next_signal = excluded.next_signal, certificate = excluded.certificate, earlier = excluded.earlier, done = excluded.done";
    pub(crate) CLOCKS = concat!("SELECT ", clock_columns!(), " FROM request_clocks c WHERE c.request = $1 \
        ORDER BY c.started_at, c.kind, c.run");
    pub(crate) FIRST_CLOCK = concat!("SELECT ", clock_columns!(), " FROM request_clocks c WHERE c.request = $1 \
        AND c.kind = $2 ORDER BY c.run LIMIT 1");
    pub(crate) DUE_SIGNALS = concat!("SELECT ", clock_columns!(), ", c.request FROM request_clocks c \
        WHERE c.next_signal IS NOT NULL AND c.next_signal <= $1 ORDER BY c.next_signal LIMIT $2");
    pub(crate) EVERY_CLOCK = concat!("SELECT ", clock_columns!(), ruled_columns!());
    pub(crate) CLOCKS_STARTED = concat!("SELECT ", clock_columns!(), ruled_columns!(),
        " WHERE c.started_at >= $1 AND c.started_at < $2");
    // Of a case, entries follow one another without a gap.
    pub(crate) STEPS_TAKEN = "SELECT r.number, r.class, r.track, e.verb, e.state, p.state \
        FROM request_entries e JOIN requests r ON r.id = e.request \
        LEFT JOIN request_entries p ON p.request = e.request AND p.seq = e.seq - 1 \
        WHERE e.at >= $1 AND e.at < $2 AND r.history = 0";
}

/// A clock of a case with the certificate in force.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockRow {
    /// Which clock.
    pub kind: ClockKind,
    /// Its run: the second rework has a clock of its own.
    pub run: i64,
    /// Whose clock it is.
    pub unit: UnitId,
    /// Who answered for it when it was last touched.
    pub officer: Option<AccountId>,
    /// When it started.
    pub started_at: Timestamp,
    /// 80 % of the time.
    pub warn_at: Timestamp,
    /// When it is due.
    pub due_at: Timestamp,
    /// When it was stopped.
    pub stopped_at: Option<Timestamp>,
    /// Whether what it waited for was done; not where it stopped because the case was given back or ended.
    pub done: bool,
    /// Since when it rests.
    pub paused_at: Option<Timestamp>,
    /// The calendar of a year it counts in is not published yet.
    pub provisional: bool,
    /// Signals given: 0 none, 1 at 80 %, 2 due today, 3 overdue.
    pub signalled: i64,
    /// When the next signal is due.
    pub next_signal: Option<Timestamp>,
    /// Why that date.
    pub certificate: Certificate,
    /// The certificates it replaced, first to last.
    pub earlier: Vec<Certificate>,
}

impl ClockRow {
    /// Whether it runs or rests.
    pub fn is_open(&self) -> bool {
        self.stopped_at.is_none()
    }
    /// Whether it was missed, seen from `now`.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.paused_at.is_none() && self.stopped_at.unwrap_or(now) > self.due_at
    }
}

fn read_clock(row: &Row) -> Result<ClockRow> {
    let kind: String = row.get(0)?;
    let (certificate, earlier): (String, String) = (row.get(12)?, row.get(13)?);
    Ok(ClockRow {
        kind: word("clock", &kind, ClockKind::from_key(&kind))?,
        run: row.get(1)?,
        unit: row.get(2)?,
        officer: row.get(3)?,
        started_at: row.get(4)?,
        warn_at: row.get(5)?,
        due_at: row.get(6)?,
        stopped_at: row.get(7)?,
        done: row.get(14)?,
        paused_at: row.get(8)?,
        provisional: row.get(9)?,
        signalled: row.get(10)?,
        next_signal: row.get(11)?,
        certificate: serde_json::from_str(&certificate).map_err(kernel::Error::internal)?,
        earlier: serde_json::from_str(&earlier).map_err(kernel::Error::internal)?,
    })
}

/// Writes a clock, new or changed.
pub(crate) fn save_clock(tx: &mut dyn Tx, request: RequestId, c: &ClockRow) -> Result<()> {
    tx.put(&UPSERT_CLOCK, &clock_values(request, c)?)
}

/// The parameters of [`UPSERT_CLOCK`].
pub(crate) type Values = [Value; 16];

/// Writes the first clocks of a case, which run for `officer`.
pub(crate) fn insert_all(tx: &mut dyn Tx, all: &[Values], officer: Option<AccountId>) -> Result<()> {
    let rows = all.iter().cloned().map(|mut values| {
        values[4] = officer.into();
        values
    });
    tx.insert_many(&UPSERT_CLOCK, rows)
}

/// The parameters of [`UPSERT_CLOCK`].
pub(crate) fn clock_values(request: RequestId, c: &ClockRow) -> Result<Values> {
    let certificate = serde_json::to_string(&c.certificate).map_err(kernel::Error::internal)?;
    let earlier = serde_json::to_string(&c.earlier).map_err(kernel::Error::internal)?;
    Ok(params![
        request,
        c.kind.key(),
        c.run,
        c.unit,
        c.officer,
        c.started_at,
        c.warn_at,
        c.due_at,
        c.stopped_at,
        c.paused_at,
        c.provisional,
        c.signalled,
        c.next_signal,
        certificate,
        earlier,
        c.done
    ])
}

/// The clocks of a case, in the order in which they started.
pub(crate) fn clocks(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<ClockRow>> {
    tx.query(&CLOCKS, &params![request])?.iter().map(read_clock).collect()
}

/// The first run of one of a case's clocks.
pub(crate) fn first_clock(tx: &mut dyn Tx, request: RequestId, kind: ClockKind) -> Result<Option<ClockRow>> {
    tx.query_opt(&FIRST_CLOCK, &params![request, kind.key()])?.as_ref().map(read_clock).transpose()
}

/// Whether it was the arbiter who gave the case to the unit that has it.
pub(crate) fn is_ruled(tx: &mut dyn Tx, request: RequestId) -> Result<bool> {
    let last: Option<String> = tx.query_opt(&LAST_SENT, &params![request])?.map(|r| r.get(0)).transpose()?;
    Ok(last.as_deref() == Some("arbitrate"))
}

/// Clocks whose next signal is due at `now`, at most `limit`.
pub(crate) fn due_signals(tx: &mut dyn Tx, now: Timestamp, limit: i64) -> Result<Vec<(RequestId, ClockRow)>> {
    tx.query(&DUE_SIGNALS, &params![now, limit])?
        .iter()
        .map(|row| Ok((row.get(15)?, read_clock(row)?)))
        .collect()
}

/// What the rule of a clock has to know of its case, as it was when the clock was last set.
pub(crate) struct Ruled {
    pub(crate) number: String,
    pub(crate) class: String,
    pub(crate) kind: Kind,
    pub(crate) urgency: Urgency,
    /// Taken over from an older ledger.
    pub(crate) history: bool,
}

/// Every clock there is, with what its rule has to know of the case.
pub(crate) fn each_clock(tx: &mut dyn Tx, f: &mut dyn FnMut(ClockRow, Ruled) -> Result<()>) -> Result<()> {
    tx.each(&EVERY_CLOCK, &[], &mut |row| f(read_clock(row)?, ruled(row)?))
}

/// The clocks that started in a time, its end not included.
pub(crate) fn each_started(
    tx: &mut dyn Tx,
    (from, to): (Timestamp, Timestamp),
    f: &mut dyn FnMut(ClockRow, Ruled) -> Result<()>,
) -> Result<()> {
    tx.each(&CLOCKS_STARTED, &params![from, to], &mut |row| f(read_clock(row)?, ruled(row)?))
}

fn ruled(row: &Row) -> Result<Ruled> {
    let (kind, urgency): (String, String) = (row.get(17)?, row.get(18)?);
    Ok(Ruled {
        number: row.get(15)?,
        class: row.get(16)?,
        kind: word("kind", &kind, Kind::from_key(&kind))?,
        urgency: word("urgency", &urgency, Urgency::from_key(&urgency))?,
        history: row.get(19)?,
    })
}

/// An entry of a case, as far as the machine goes.
pub(crate) struct StepTaken {
    pub(crate) number: String,
    pub(crate) class: String,
    pub(crate) track: String,
    /// A verb of the machine, or `register`, or a word of what is none of its steps.
    pub(crate) verb: String,
    pub(crate) to: State,
    pub(crate) from: Option<State>,
}

/// What was done with cases in a time, its end not included; without what came from an older ledger.
pub(crate) fn each_step(
    tx: &mut dyn Tx,
    (from, to): (Timestamp, Timestamp),
    f: &mut dyn FnMut(StepTaken) -> Result<()>,
) -> Result<()> {
    let state = |key: String| word("state", &key, State::from_key(&key));
    tx.each(&STEPS_TAKEN, &params![from, to], &mut |row| {
        f(StepTaken {
            number: row.get(0)?,
            class: row.get(1)?,
            track: row.get(2)?,
            verb: row.get(3)?,
            to: state(row.get(4)?)?,
            from: row.get::<Option<String>>(5)?.map(state).transpose()?,
        })
    })
}

/// Writes a line of the timeline.
pub(crate) fn insert_entry(tx: &mut dyn Tx, request: RequestId, e: &Entry) -> Result<()> {
    tx.put(&INSERT_ENTRY, &entry_values(request, e))
}

/// The parameters of [`INSERT_ENTRY`].
pub(crate) fn entry_values(request: RequestId, e: &Entry) -> [Value; 11] {
    params![
        request,
        e.seq,
        e.at,
        e.account,
        e.unit,
        &e.who,
        &e.verb,
        e.state.key(),
        e.audience.key(),
        &e.body,
        e.data.to_string()
    ]
}

/// The timeline, oldest first.
pub(crate) fn entries(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<Entry>> {
    tx.query(&ENTRIES, &params![request])?
        .iter()
        .map(|row| {
            let (state, audience, data): (String, String, String) = (row.get(6)?, row.get(7)?, row.get(9)?);
            Ok(Entry {
                seq: row.get(0)?,
                at: row.get(1)?,
                account: row.get(2)?,
                unit: row.get(3)?,
                who: row.get(4)?,
                verb: row.get(5)?,
                state: word("state", &state, State::from_key(&state))?,
                audience: word("audience", &audience, Audience::from_key(&audience))?,
                body: row.get(8)?,
                data: serde_json::from_str(&data).map_err(kernel::Error::internal)?,
            })
        })
        .collect()
}

/// How often a verb was taken.
pub(crate) fn count_verb(tx: &mut dyn Tx, request: RequestId, verb: &str) -> Result<i64> {
    tx.query_one(&COUNT_VERB, &params![request, verb])?.get(0)
}
