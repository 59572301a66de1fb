//! The statements over records.

macro_rules! columns {
    () => {
        "r.id, r.kind, r.household, r.path, r.account, r.unit, r.on_date, r.device_at, r.clock_off, r.received_at, \
         r.text, r.data, r.corrects, r.superseded_at, r.seq, r.head, r.salt, r.bound, \
         r.forgotten_at"
    };
}

/// What was known before `$5`, after the record at day `$6` and number `$7`.
macro_rules! known {
    () => {
        "r.received_at < $5 AND (r.superseded_at IS NULL OR r.superseded_at >= $5)"
    };
}

db::statements! {
    pub(crate) INSERT = "INSERT INTO records (id, ord, kind, household, path, account, unit, on_date, device_at, clock_off, \
        received_at, text, data, salt, bound, corrects, superseded_at, seq, head) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, NULL, $17, $18)";
    pub(crate) REACH = "INSERT INTO record_reach (path, kind, on_date, ord, record) VALUES ($1, $2, $3, $4, $5)";
    pub(crate) SUPERSEDE = "UPDATE records SET superseded_at = $2, seq = $3, head = $4 \
        WHERE id = $1 AND superseded_at IS NULL";
    pub(crate) BY_ID = concat!("SELECT ", columns!(), " FROM records r WHERE r.id = $1");
    pub(crate) CORRECTION = concat!("SELECT ", columns!(), " FROM records r \
        WHERE r.household = $1 AND r.kind = $2 AND r.corrects = $3");
    pub(crate) OF_HOUSEHOLD = concat!("SELECT ", columns!(), " FROM records r \
        WHERE r.household = $1 AND r.kind = $2 AND r.on_date >= $3 AND r.on_date <= $4 AND ", known!(), " \
        AND (r.on_date, r.ord) < ($6, $7) ORDER BY r.on_date DESC, r.ord DESC LIMIT $8");
    pub(crate) OF_ACCOUNT = concat!("SELECT ", columns!(), " FROM records r \
        WHERE r.account = $1 AND r.kind = $2 AND r.on_date >= $3 AND r.on_date <= $4 AND ", known!(), " \
        AND (r.on_date, r.ord) < ($6, $7) ORDER BY r.on_date DESC, r.ord DESC LIMIT $8");
    pub(crate) OF_UNIT = concat!("SELECT ", columns!(), " FROM record_reach u JOIN records r ON r.id = u.record \
        WHERE u.path = $1 AND u.kind = $2 AND u.on_date >= $3 AND u.on_date <= $4 AND ", known!(), " \
        AND (u.on_date, u.ord) < ($6, $7) ORDER BY u.on_date DESC, u.ord DESC LIMIT $8");
    pub(crate) LATEST_BY = "SELECT household, MAX(on_date) FROM records \
        WHERE account = $1 AND kind = $2 AND on_date >= $3 AND superseded_at IS NULL GROUP BY household";
    pub(crate) TO_FORGET = "SELECT id FROM records WHERE kind = $1 AND forgotten_at IS NULL AND on_date < $2 \
        AND (kept_until IS NULL OR kept_until <= $3) ORDER BY on_date, ord LIMIT $4";
    pub(crate) PUT_OFF = "UPDATE records SET kept_until = $2 WHERE id = $1 AND forgotten_at IS NULL";
    /// Without the salt nobody can test a guess of the words against what the journal is bound by.
    pub(crate) FORGET = "UPDATE records SET text = $2, data = $3, forgotten_at = $4, seq = $5, head = $6, salt = $7 \
        WHERE id = $1 AND forgotten_at IS NULL";
    /// Rows whose stream of the journal does not end where they say, and streams whose row is gone.
    pub(crate) DISAGREE = "SELECT r.id, r.seq, (SELECT MAX(l.seq) FROM journal l WHERE l.stream = r.id), r.on_date \
        FROM records r LEFT JOIN journal j ON j.stream = r.id AND j.seq = r.seq \
        LEFT JOIN journal n ON n.stream = r.id AND n.seq = r.seq + 1 \
        WHERE j.hash IS NULL OR j.hash <> r.head OR n.hash IS NOT NULL \
        UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j \
        WHERE j.stream_kind = 'record' AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM records r WHERE r.id = j.stream)";
}
