//! The outbox's SQL, all of it, so that one list names every statement.

/// The columns of a whole message, for the one list that is composed as it is asked for.
pub(crate) const MESSAGE_COLUMNS: &str =
    "id, about, path, purpose, recipient_kind, recipient, address, template,
    template_version, locale, subject, body, state, channel, gateway, attempts, next_try_at, created_at,
    sent_at, delivered_at, failed_reason, proof";

db::statements! {
    pub(crate) MESSAGE_INSERT = "INSERT INTO messages (id, about, path, purpose, recipient_kind, recipient,
        address, hint, template, template_version, locale, subject, body, state, channel, gateway, attempts,
        claim, settled, next_try_at, since, created_at, failed_reason, provider_ref, proof)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'created', '', '', 0,
        0, 0, $14, $14, $14, '', '', '') ON CONFLICT (id) DO NOTHING";
    /// Takes due messages for a while: their next try moves past the lease, so that a process that
    /// dies gives them back by itself. The condition stands twice: PostgreSQL looks at the outer one
    /// again after waiting for another process's claim.
    pub(crate) MESSAGE_CLAIM = "UPDATE messages SET next_try_at = $1, claim = claim + 1
        WHERE next_try_at <= $2 AND id IN
        (SELECT id FROM messages WHERE next_try_at <= $2 ORDER BY next_try_at LIMIT $3)
        RETURNING id, about, purpose, recipient_kind, recipient, address, hint, template, locale, subject,
        body, state, gateway, attempts, claim, settled, since, provider_ref, channel";
    pub(crate) MESSAGE_SETTLE = "UPDATE messages SET state = $3, channel = $4, gateway = $5, attempts = $6,
        settled = $7, next_try_at = $8, sent_at = COALESCE(sent_at, $9), delivered_at = $10, failed_reason = $11,
        provider_ref = $12, proof = $13 WHERE id = $1 AND claim = $2 AND next_try_at IS NOT NULL";
    pub(crate) MESSAGE_LOG = "INSERT INTO message_states (message_id, n, at, state, channel, gateway, detail)
        SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3,
        $4, $5, $6 FROM message_states WHERE message_id = $1";
    pub(crate) MESSAGE_REPLACED = "UPDATE messages SET state = 'replaced', next_try_at = NULL,
        failed_reason = '', proof = $2 WHERE id = $1";
    pub(crate) MESSAGE_CALLED_OFF = "UPDATE messages SET state = 'called-off', next_try_at = NULL, failed_reason = ''
        WHERE id = $1 AND next_try_at IS NOT NULL AND state IN ('created', 'temporary-failure', 'technical-failure')";
    pub(crate) MESSAGE_REPLACEMENT = "INSERT INTO message_replacements
        (message_id, act, acted_at, actor, note, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)";
    pub(crate) MESSAGE_AGAIN = "UPDATE messages SET state = 'created', next_try_at = $2, since = $2,
        attempts = 0, failed_reason = '', provider_ref = '', sent_at = NULL, proof = ''
        WHERE id = $1 AND next_try_at IS NULL";
    pub(crate) MESSAGE_LEAVE = "UPDATE messages SET subject = $2, body = $3 WHERE id = $1";
    pub(crate) REPLACEMENT_LEAVE = "UPDATE message_replacements SET note = $2 WHERE message_id = $1";
    pub(crate) MESSAGE_GET = "SELECT id, about, path, purpose, recipient_kind, recipient, address, template,
        template_version, locale, subject, body, state, channel, gateway, attempts, next_try_at, created_at,
        sent_at, delivered_at, failed_reason, proof FROM messages WHERE id = $1";
    pub(crate) MESSAGE_HISTORY = "SELECT at, state, channel, gateway, detail FROM message_states
        WHERE message_id = $1 ORDER BY n";
    pub(crate) MESSAGE_REPLACEMENT_GET = "SELECT act, acted_at, actor, note, recorded_at
        FROM message_replacements WHERE message_id = $1";
    pub(crate) MESSAGES_ABOUT = "SELECT id, about, path, purpose, recipient_kind, recipient, address, template,
        template_version, locale, subject, body, state, channel, gateway, attempts, next_try_at, created_at,
        sent_at, delivered_at, failed_reason, proof FROM messages WHERE about = $1 ORDER BY id";
    pub(crate) MESSAGES_MOVE = "UPDATE messages SET path = $2 WHERE about = $1";
    pub(crate) MESSAGES_TASKS = "SELECT id, about, path, purpose, recipient_kind, recipient, address, template,
        template_version, locale, subject, body, state, channel, gateway, attempts, next_try_at, created_at,
        sent_at, delivered_at, failed_reason, proof FROM messages
        WHERE state = 'permanent-failure' AND path >= $1 AND path < $2 AND id > $3 ORDER BY id LIMIT $4";
    pub(crate) MESSAGES_TASK_COUNT = "SELECT COUNT(*) FROM messages
        WHERE state = 'permanent-failure' AND path >= $1 AND path < $2";
    /// Each state that is the end of trying, and each new beginning, is an event; tries in between are not.
    pub(crate) MESSAGES_DISAGREE = "SELECT s.message_id, s.n, j.n, '' FROM (SELECT message_id, COUNT(*) AS n
        FROM message_states WHERE state NOT IN ('sending', 'temporary-failure', 'technical-failure')
        GROUP BY message_id) s LEFT JOIN (SELECT stream, MAX(seq) AS n FROM journal WHERE stream_kind = 'message'
        GROUP BY stream) j ON j.stream = s.message_id WHERE j.n IS NULL OR j.n <> s.n
        UNION ALL SELECT j.stream, CAST(0 AS BIGINT), j.seq, '' FROM journal j JOIN messages m ON m.id = j.stream
        WHERE j.stream_kind = 'message' AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM message_states s
        WHERE s.message_id = m.id AND s.state NOT IN ('sending', 'temporary-failure', 'technical-failure'))
        UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j WHERE j.stream_kind = 'message'
        AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = j.stream)";
    pub(crate) MESSAGES_UNSENT = "SELECT COUNT(*), MIN(created_at) FROM messages
        WHERE next_try_at IS NOT NULL AND state <> 'sending' AND created_at < $1";
}
