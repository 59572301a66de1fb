//! The request's own row, its number, its reach and its search tokens.

use crate::model::{Point, PublicState, Request, Satisfaction};
use db::{Row, Tx, Value, params};
use kernel::{Error, RequestId, Result, UnitId};
use rules::case::{Kind, State, Urgency, Word};

/// The columns of a request, in the order in which [`read`] takes them.
macro_rules! columns {
    () => {
        "r.id, r.number, r.code, r.kind, r.channel, r.class, r.track, r.pack, r.urgency, r.title, r.body, \
         r.answers, r.place, r.place_text, r.lon_e6, r.lat_e6, r.person, r.state, r.first_unit, r.unit, \
         r.officer, r.received_at, r.first_due, r.answer_due, r.step_due, r.answered_at, r.ended_at, r.answer, r.unsolvable, \
         r.word, r.satisfaction, r.returns, r.reworks, r.extensions, r.decided, r.supervised, r.public_state, \
         r.public_title, r.public_body, r.merged_into, r.history, r.source, r.seq, r.head, r.shielded"
    };
}
pub(crate) use columns;

db::statements! {
    pub(crate) INSERT = "INSERT INTO requests (id, ord, number, code, kind, channel, class, track, pack, urgency, \
        title, body, answers, place, place_text, lon_e6, lat_e6, person, state, first_unit, unit, officer, \
        received_at, first_due, answer_due, step_due, answered_at, ended_at, answer, unsolvable, word, satisfaction, \
        returns, reworks, extensions, decided, supervised, public_state, public_title, public_body, merged_into, history, \
        source, seq, head, owed, shielded) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
        $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47)";
    pub(crate) UPDATE = "UPDATE requests SET kind = $2, class = $3, track = $4, urgency = $5, title = $6, place = $7, \
        place_text = $8, state = $9, unit = $10, officer = $11, answer_due = $12, step_due = $13, answered_at = $14, \
        ended_at = $15, answer = $16, unsolvable = $17, word = $18, satisfaction = $19, returns = $20, reworks = $21, \
        extensions = $22, decided = $23, supervised = $24, public_state = $25, public_title = $26, public_body = $27, \
        merged_into = $28, seq = $29, head = $30, first_due = $31, owed = $32, shielded = $33 WHERE id = $1";
    pub(crate) BY_ID = concat!("SELECT ", columns!(), " FROM requests r WHERE r.id = $1");
    pub(crate) BY_NUMBER = concat!("SELECT ", columns!(), " FROM requests r WHERE r.number = $1");
    // The second condition says nothing new, but without it SQLite does not use the partial index.
    pub(crate) BY_SOURCE = "SELECT id FROM requests WHERE source = $1 AND source <> ''";
    pub(crate) INSERT_REACH = "INSERT INTO request_reach (unit, ord, request, live, owed) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (unit, ord) DO NOTHING";
    pub(crate) LEAVE_REACH = "DELETE FROM request_reach WHERE request = $1 AND unit = $2";
    pub(crate) LEAVE_EVERY_REACH = "DELETE FROM request_reach WHERE request = $1";
    pub(crate) STAND_REACH = "UPDATE request_reach SET live = $2, owed = $3 WHERE request = $1";
    pub(crate) INSERT_TOKENS = sqlite "INSERT INTO request_search (rowid, tokens) VALUES ($1, $2)"
        postgres "INSERT INTO request_search (ord, tokens) VALUES ($1, to_tsvector('simple', $2))";
    pub(crate) DELETE_TOKENS = sqlite "DELETE FROM request_search WHERE rowid = $1"
        postgres "DELETE FROM request_search WHERE ord = $1";
    /// Cases whose stream of the journal does not end where their row says, and streams without a case.
    pub(crate) DISAGREE = "SELECT r.id, r.seq, (SELECT MAX(l.seq) FROM journal l WHERE l.stream = r.id), r.number \
        FROM requests r LEFT JOIN journal j ON j.stream = r.id AND j.seq = r.seq \
        LEFT JOIN journal n ON n.stream = r.id AND n.seq = r.seq + 1 \
        WHERE j.hash IS NULL OR j.hash <> r.head OR n.hash IS NOT NULL \
        UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j \
        WHERE j.stream_kind = 'request' AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.id = j.stream)";
    pub(crate) INSERT_ORIGINAL = "INSERT INTO request_originals (request, file, row_number) \
        VALUES ($1, $2, $3)";
    pub(crate) ORIGINAL = "SELECT file, row_number FROM request_originals WHERE request = $1";
}

/// A word of a closed vocabulary as it was stored; another one means a newer or damaged database.
pub(crate) fn word<T>(what: &str, key: &str, found: Option<T>) -> Result<T> {
    found.ok_or_else(|| Error::internal(format!("stored {what} \"{key}\" is not known to this version")))
}

/// Reads the columns of [`columns!`] from position `at`.
pub(crate) fn read(row: &Row) -> Result<Request> {
    let kind: String = row.get(3)?;
    let urgency: String = row.get(8)?;
    let answers: String = row.get(11)?;
    let (lon, lat): (Option<i64>, Option<i64>) = (row.get(14)?, row.get(15)?);
    let state: String = row.get(17)?;
    let said: Option<String> = row.get(29)?;
    let grade: Option<i64> = row.get(30)?;
    let public: String = row.get(36)?;
    Ok(Request {
        id: row.get(0)?,
        number: row.get(1)?,
        code: row.get(2)?,
        kind: word("kind", &kind, Kind::from_key(&kind))?,
        channel: row.get(4)?,
        class: row.get(5)?,
        track: row.get(6)?,
        pack: row.get(7)?,
        urgency: word("urgency", &urgency, Urgency::from_key(&urgency))?,
        title: row.get(9)?,
        body: row.get(10)?,
        answers: serde_json::from_str(&answers).map_err(Error::internal)?,
        place: row.get(12)?,
        place_text: row.get(13)?,
        point: lon.zip(lat).map(|(lon_e6, lat_e6)| Point { lon_e6, lat_e6 }),
        person: row.get(16)?,
        state: word("state", &state, State::from_key(&state))?,
        first_unit: row.get(18)?,
        unit: row.get(19)?,
        officer: row.get(20)?,
        received_at: row.get(21)?,
        first_due: row.get(22)?,
        answer_due: row.get(23)?,
        step_due: row.get(24)?,
        answered_at: row.get(25)?,
        ended_at: row.get(26)?,
        answer: row.get(27)?,
        unsolvable: row.get(28)?,
        word: said.map(|k| word("word", &k, Word::from_key(&k))).transpose()?,
        satisfaction: grade.and_then(Satisfaction::from_grade),
        returns: row.get(31)?,
        reworks: row.get(32)?,
        extensions: row.get(33)?,
        decided: row.get(34)?,
        supervised: row.get(35)?,
        public_state: word("public state", &public, PublicState::from_key(&public))?,
        public_title: row.get(37)?,
        public_body: row.get(38)?,
        merged_into: row.get(39)?,
        history: row.get(40)?,
        source: row.get(41)?,
        seq: row.get(42)?,
        head: row.get(43)?,
        shielded: row.get(44)?,
    })
}

/// Writes a new request.
pub(crate) fn insert(tx: &mut dyn Tx, r: &Request) -> Result<()> {
    tx.put(&INSERT, &insert_values(r))
}

/// The parameters of [`INSERT`].
pub(crate) fn insert_values(r: &Request) -> [Value; 47] {
    params![
        r.id,
        r.id.ord(),
        &r.number,
        &r.code,
        r.kind.key(),
        &r.channel,
        &r.class,
        &r.track,
        &r.pack,
        r.urgency.key(),
        &r.title,
        &r.body,
        r.answers.to_string(),
        r.place,
        &r.place_text,
        r.point.map(|p| p.lon_e6),
        r.point.map(|p| p.lat_e6),
        r.person,
        r.state.key(),
        r.first_unit,
        r.unit,
        r.officer,
        r.received_at,
        r.first_due,
        r.answer_due,
        r.step_due,
        r.answered_at,
        r.ended_at,
        r.answer.as_ref(),
        r.unsolvable,
        r.word.map(|w| w.key()),
        r.satisfaction.map(|s| s.grade()),
        r.returns,
        r.reworks,
        r.extensions,
        r.decided,
        r.supervised,
        r.public_state.key(),
        &r.public_title,
        &r.public_body,
        r.merged_into,
        r.history,
        &r.source,
        r.seq,
        r.head.clone(),
        r.owed(),
        r.shielded
    ]
}

/// Writes what a step may change.
pub(crate) fn update(tx: &mut dyn Tx, r: &Request) -> Result<()> {
    let values: [Value; 33] = params![
        r.id,
        r.kind.key(),
        &r.class,
        &r.track,
        r.urgency.key(),
        &r.title,
        r.place,
        &r.place_text,
        r.state.key(),
        r.unit,
        r.officer,
        r.answer_due,
        r.step_due,
        r.answered_at,
        r.ended_at,
        r.answer.as_ref(),
        r.unsolvable,
        r.word.map(|w| w.key()),
        r.satisfaction.map(|s| s.grade()),
        r.returns,
        r.reworks,
        r.extensions,
        r.decided,
        r.supervised,
        r.public_state.key(),
        &r.public_title,
        &r.public_body,
        r.merged_into,
        r.seq,
        r.head.clone(),
        r.first_due,
        r.owed(),
        r.shielded
    ];
    tx.execute(&UPDATE, &values).map(drop)
}

/// The request with this id.
pub(crate) fn by_id(tx: &mut dyn Tx, id: RequestId) -> Result<Option<Request>> {
    tx.query_opt(&BY_ID, &params![id])?.as_ref().map(read).transpose()
}

/// The request with this number.
pub(crate) fn by_number(tx: &mut dyn Tx, number: &str) -> Result<Option<Request>> {
    tx.query_opt(&BY_NUMBER, &params![number])?.as_ref().map(read).transpose()
}

/// The request that was imported from this source row.
pub(crate) fn by_source(tx: &mut dyn Tx, source: &str) -> Result<Option<RequestId>> {
    tx.query_opt(&BY_SOURCE, &params![source])?.map(|r| r.get(0)).transpose()
}

/// Puts the case into the ledgers of `units` (those it stands in already are left). A shielded one stands in none.
pub(crate) fn reach(tx: &mut dyn Tx, r: &Request, units: &[UnitId]) -> Result<()> {
    if r.shielded {
        return Ok(());
    }
    let rows = units.iter().map(|unit| params![*unit, r.id.ord(), r.id, r.is_live(), r.owed()]);
    tx.insert_many(&INSERT_REACH, rows)
}

/// Takes the case out of the ledgers of `units`.
pub(crate) fn leave(tx: &mut dyn Tx, id: RequestId, units: &[UnitId]) -> Result<()> {
    for unit in units {
        tx.execute(&LEAVE_REACH, &params![id, *unit])?;
    }
    Ok(())
}

/// Takes the case out of every ledger.
pub(crate) fn leave_all(tx: &mut dyn Tx, id: RequestId) -> Result<()> {
    tx.execute(&LEAVE_EVERY_REACH, &params![id]).map(drop)
}

/// Says in every ledger the case stands in whether it is open, and what it owes by when.
pub(crate) fn restand(tx: &mut dyn Tx, r: &Request) -> Result<()> {
    tx.execute(&STAND_REACH, &params![r.id, r.is_live(), r.owed()]).map(drop)
}

/// Makes the case findable by `tokens`, in place of what it was found by before.
pub(crate) fn set_tokens(tx: &mut dyn Tx, id: RequestId, tokens: &str, fresh: bool) -> Result<()> {
    if !fresh {
        tx.execute(&DELETE_TOKENS, &params![id.ord()])?;
    }
    tx.put(&INSERT_TOKENS, &params![id.ord(), tokens])
}

/// Keeps which row it was imported from.
pub(crate) fn keep_original(tx: &mut dyn Tx, id: RequestId, file: &str, row: i64) -> Result<()> {
    tx.execute(&INSERT_ORIGINAL, &params![id, file, row]).map(drop)
}

/// The file and the row that it was imported from.
pub(crate) fn original(tx: &mut dyn Tx, id: RequestId) -> Result<Option<(String, i64)>> {
    let row = tx.query_opt(&ORIGINAL, &params![id])?;
    row.map(|r| Ok((r.get(0)?, r.get(1)?))).transpose()
}
