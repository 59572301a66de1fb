//! The SQL of access. The functions that run it stand with their topics.

db::statements! {
    // Accounts
    pub(crate) ACCOUNT_INSERT = "INSERT INTO accounts
        (id, login, name, phone, pass_hash, must_change, created_at, disabled_at, email)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8)
        ON CONFLICT (login) DO NOTHING RETURNING id";
    pub(crate) ACCOUNT_BY_ID = "SELECT id, login, name, phone, must_change, created_at, disabled_at, email, pass_hash
        FROM accounts WHERE id = $1";
    pub(crate) ACCOUNT_BY_LOGIN = "SELECT id, login, name, phone, must_change, created_at, disabled_at, email, pass_hash,
        CASE WHEN EXISTS (SELECT 1 FROM totps t WHERE t.account_id = accounts.id)
            OR EXISTS (SELECT 1 FROM passkeys k WHERE k.account_id = accounts.id) THEN 1 ELSE 0 END
        FROM accounts WHERE login = $1";
    pub(crate) ACCOUNT_PAGE = "SELECT id, login, name, phone, must_change, created_at, disabled_at, email
        FROM accounts
        WHERE login > $1 AND (login LIKE $2 ESCAPE '!' OR name LIKE $2 ESCAPE '!')
        ORDER BY login LIMIT $3";
    pub(crate) ACCOUNT_COUNT = "SELECT CAST(COUNT(*) AS BIGINT) FROM accounts
        WHERE login LIKE $1 ESCAPE '!' OR name LIKE $1 ESCAPE '!'";
    pub(crate) ACCOUNT_PASSWORD = "UPDATE accounts SET pass_hash = $2, must_change = $3
        WHERE id = $1 RETURNING id";
    pub(crate) ACCOUNT_DISABLE = "UPDATE accounts SET disabled_at = $2
        WHERE id = $1 AND disabled_at IS NULL RETURNING id";
    pub(crate) ACCOUNT_ENABLE = "UPDATE accounts SET disabled_at = NULL
        WHERE id = $1 AND disabled_at IS NOT NULL RETURNING id";
    pub(crate) ACCOUNT_LOGIN = "UPDATE accounts SET login = $2 WHERE id = $1
        AND NOT EXISTS (SELECT 1 FROM accounts o WHERE o.login = $2) RETURNING id";
    pub(crate) ACCOUNT_CONTACT = "UPDATE accounts SET phone = $2, email = $3 WHERE id = $1 RETURNING id";
    pub(crate) ACCOUNT_DETAILS = "UPDATE accounts SET name = $2, phone = $3 WHERE id = $1 RETURNING id";

    // Posts
    pub(crate) POST_INSERT = "INSERT INTO posts
        (id, account_id, unit_id, role, title, from_date, to_date, basis, recorded_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    pub(crate) POST_END = "UPDATE posts SET to_date = $2
        WHERE id = $1 AND (to_date IS NULL OR to_date > $2) AND from_date <= $2 RETURNING account_id, unit_id";
    pub(crate) POSTS_OF_ON = "SELECT p.id, p.role, p.title, p.unit_id, s.name_zh, s.name_en, s.path, s.serves, p.from_date, p.to_date
        FROM posts p JOIN seats s ON s.unit_id = p.unit_id
        WHERE p.account_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2)
        ORDER BY p.from_date, p.id";
    pub(crate) POSTS_OF = "SELECT p.id, p.role, p.title, p.unit_id, s.name_zh, s.name_en, s.path, s.serves, p.from_date, p.to_date
        FROM posts p JOIN seats s ON s.unit_id = p.unit_id
        WHERE p.account_id = $1 ORDER BY p.from_date DESC, p.id";
    pub(crate) POST_SAME = "SELECT id FROM posts
        WHERE account_id = $1 AND unit_id = $2 AND role = $3
          AND (to_date IS NULL OR to_date > $4) AND (CAST($5 AS TEXT) IS NULL OR from_date < $5)";
    pub(crate) PEOPLE_OF_UNIT = "SELECT a.id, a.name, a.phone, p.role, p.title
        FROM posts p JOIN accounts a ON a.id = p.account_id
        WHERE p.unit_id = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2)
          AND a.disabled_at IS NULL
        ORDER BY a.name, a.id";
    pub(crate) HOLDERS_IN_UNIT = "SELECT DISTINCT a.id, a.name
        FROM posts p JOIN accounts a ON a.id = p.account_id
        WHERE p.unit_id = $1 AND p.role = $2 AND p.from_date <= $3 AND (p.to_date IS NULL OR p.to_date > $3)
          AND a.disabled_at IS NULL
        ORDER BY a.name, a.id";
    // Closed accounts as well: they may be opened again.
    pub(crate) POSTED_IN_UNIT = "SELECT DISTINCT account_id FROM posts
        WHERE unit_id = $1 AND from_date <= $2 AND (to_date IS NULL OR to_date > $2)";
    pub(crate) ACCOUNTS_CALLED = "SELECT id FROM accounts WHERE name = $1 ORDER BY id";
    pub(crate) UNITS_OF_ACCOUNT = "SELECT DISTINCT unit_id FROM posts
        WHERE account_id = $1 AND from_date <= $2 AND (to_date IS NULL OR to_date > $2)";
    pub(crate) FIRST_HOLDER = "SELECT p.account_id
        FROM posts p JOIN accounts a ON a.id = p.account_id
        WHERE p.role = $1 AND p.from_date <= $2 AND (p.to_date IS NULL OR p.to_date > $2)
          AND a.disabled_at IS NULL
        ORDER BY a.login LIMIT 1";
    pub(crate) NAMES_OF_ACCOUNTS = "SELECT id, name FROM accounts ORDER BY id";

    // Units, as far as scope needs them
    pub(crate) SEAT_PUT = "INSERT INTO seats (unit_id, path, serves, name_zh, name_en)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (unit_id) DO UPDATE
        SET path = excluded.path, serves = excluded.serves, name_zh = excluded.name_zh, name_en = excluded.name_en";
    pub(crate) SEATS_NAMED = "SELECT unit_id, path, serves, name_zh, name_en FROM seats
        WHERE name_zh = $1 OR name_en = $1 OR path LIKE $2 ESCAPE '!' ORDER BY path LIMIT 2";
    pub(crate) SEAT_BY_ID = "SELECT unit_id, path, serves, name_zh, name_en FROM seats WHERE unit_id = $1";

    // Sessions
    pub(crate) SESSION_INSERT = "INSERT INTO sessions
        (token_hash, id, account_id, created_at, last_seen, expires_at, agent, provider, vouched)
        VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)";
    pub(crate) SESSION_FIND = "SELECT s.id, s.created_at, s.last_seen, a.id, a.login, a.name,
        CASE WHEN s.provider <> '' THEN 0 ELSE a.must_change END,
        CASE WHEN s.vouched = 1 OR EXISTS (SELECT 1 FROM totps t WHERE t.account_id = a.id)
            OR EXISTS (SELECT 1 FROM passkeys k WHERE k.account_id = a.id) THEN 1 ELSE 0 END
        FROM sessions s JOIN accounts a ON a.id = s.account_id
        WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen > $3 AND a.disabled_at IS NULL";
    pub(crate) SESSION_TOUCH = "UPDATE sessions SET last_seen = $2 WHERE token_hash = $1 AND last_seen < $2";
    pub(crate) SESSION_PROVIDER = "SELECT provider FROM sessions WHERE token_hash = $1";
    pub(crate) SESSION_END = "DELETE FROM sessions WHERE token_hash = $1";
    pub(crate) SESSION_REVOKE = "DELETE FROM sessions WHERE id = $1 AND account_id = $2";
    pub(crate) SESSIONS_REVOKE_OTHERS = "DELETE FROM sessions WHERE account_id = $1 AND id <> $2";
    pub(crate) SESSIONS_REVOKE_ALL = "DELETE FROM sessions WHERE account_id = $1";
    pub(crate) SESSIONS_OF = "SELECT id, created_at, last_seen, agent FROM sessions
        WHERE account_id = $1 AND expires_at > $2 AND last_seen > $3 ORDER BY last_seen DESC, id";
    pub(crate) SESSIONS_SWEEP = "DELETE FROM sessions WHERE expires_at <= $1";

    // The step between password and session
    pub(crate) STEP_INSERT = "INSERT INTO sign_in_steps (token_hash, account_id, expires_at, provider)
        VALUES ($1, $2, $3, $4)";
    pub(crate) STEP_FIND = "SELECT a.id, a.login, CASE WHEN s.provider <> '' THEN 0 ELSE a.must_change END, s.provider
        FROM sign_in_steps s
        JOIN accounts a ON a.id = s.account_id
        WHERE s.token_hash = $1 AND s.expires_at > $2 AND a.disabled_at IS NULL";
    pub(crate) STEP_END = "DELETE FROM sign_in_steps WHERE token_hash = $1";
    pub(crate) STEPS_REVOKE = "DELETE FROM sign_in_steps WHERE account_id = $1";
    pub(crate) STEPS_SWEEP = "DELETE FROM sign_in_steps WHERE expires_at <= $1";

    // Second factors
    pub(crate) TOTP_PUT = "INSERT INTO totps (account_id, sealed, since, last_step) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account_id) DO NOTHING RETURNING since";
    pub(crate) TOTP_GET = "SELECT sealed, since, last_step FROM totps WHERE account_id = $1";
    pub(crate) TOTP_TAKEN = "UPDATE totps SET last_step = $2 WHERE account_id = $1 AND last_step < $2
        RETURNING last_step";
    pub(crate) TOTP_DROP = "DELETE FROM totps WHERE account_id = $1";
    pub(crate) CODE_PUT = "INSERT INTO recovery_codes (account_id, code_hash, used_at) VALUES ($1, $2, NULL)";
    pub(crate) CODE_TAKEN = "UPDATE recovery_codes SET used_at = $3
        WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING used_at";
    pub(crate) CODES_LEFT = "SELECT CAST(COUNT(*) AS BIGINT) FROM recovery_codes
        WHERE account_id = $1 AND used_at IS NULL";
    pub(crate) CODES_DROP = "DELETE FROM recovery_codes WHERE account_id = $1";
    pub(crate) PASSKEY_PUT = "INSERT INTO passkeys
        (credential, id, account_id, name, host, public_key, counter, added_at, used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)
        ON CONFLICT (credential) DO NOTHING RETURNING id";
    pub(crate) PASSKEYS_OF = "SELECT id, name, host, added_at, used_at, credential FROM passkeys
        WHERE account_id = $1 ORDER BY added_at, id";
    pub(crate) PASSKEY_GET = "SELECT k.id, k.account_id, k.host, k.public_key, k.counter, a.login, a.must_change
        FROM passkeys k JOIN accounts a ON a.id = k.account_id
        WHERE k.credential = $1 AND a.disabled_at IS NULL";
    pub(crate) PASSKEY_USED = "UPDATE passkeys SET counter = $2, used_at = $3 WHERE credential = $1";
    pub(crate) PASSKEY_DROP = "DELETE FROM passkeys WHERE id = $1 AND account_id = $2";
    pub(crate) PASSKEYS_DROP = "DELETE FROM passkeys WHERE account_id = $1";

    // Accounts at identity providers
    pub(crate) OIDC_BY_SUBJECT = "SELECT account_id FROM oidc_links WHERE provider = $1 AND subject = $2";
    pub(crate) OIDC_WAITING = "SELECT account_id FROM oidc_links
        WHERE provider = $1 AND name = $2 AND subject IS NULL";
    pub(crate) OIDC_BIND = "UPDATE oidc_links SET subject = $3, linked_at = $4
        WHERE provider = $1 AND account_id = $2 AND subject IS NULL RETURNING account_id";
    pub(crate) OIDC_PUT = "INSERT INTO oidc_links (provider, account_id, name, subject, linked_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING account_id";
    pub(crate) OIDC_OF = "SELECT provider, name, linked_at FROM oidc_links WHERE account_id = $1 ORDER BY provider";
    pub(crate) OIDC_DROP = "DELETE FROM oidc_links WHERE provider = $1 AND account_id = $2 RETURNING account_id";

    // The history of sign-ins
    pub(crate) SIGN_IN_PUT = "INSERT INTO sign_ins (id, account_id, at, how, agent, failed, by_account)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub(crate) SIGN_IN_LAST = "SELECT how FROM sign_ins WHERE account_id = $1 ORDER BY at DESC, id DESC LIMIT 1";
    pub(crate) SIGN_INS_OF = "SELECT s.at, s.how, s.agent, s.failed, b.name
        FROM sign_ins s LEFT JOIN accounts b ON b.id = s.by_account
        WHERE s.account_id = $1 ORDER BY s.at DESC, s.id DESC LIMIT $2";
    pub(crate) SIGN_INS_SWEEP = "DELETE FROM sign_ins WHERE at <= $1";
    pub(crate) TRY_FAILED = "INSERT INTO failed_tries (account_id, failed, last_at)
        SELECT a.id, 1, CAST($2 AS BIGINT) FROM accounts a WHERE a.login = $1
        ON CONFLICT (account_id) DO UPDATE SET failed = failed_tries.failed + 1, last_at = excluded.last_at";
    pub(crate) TRIES_FAILED = "SELECT failed, last_at FROM failed_tries WHERE account_id = $1";
    pub(crate) TRIES_TAKE = "DELETE FROM failed_tries WHERE account_id = $1 RETURNING failed";

    // Failed sign-ins
    pub(crate) ATTEMPT_FAILED = "INSERT INTO attempts (attempt_key, failed, since, locked_until)
        VALUES ($1, 1, $2, CASE WHEN CAST($4 AS BIGINT) <= 1 THEN CAST($5 AS BIGINT) ELSE 0 END)
        ON CONFLICT (attempt_key) DO UPDATE SET
            failed = CASE WHEN attempts.since <= $3 THEN 1 ELSE attempts.failed + 1 END,
            since = CASE WHEN attempts.since <= $3 THEN excluded.since ELSE attempts.since END,
            locked_until = CASE
                WHEN (CASE WHEN attempts.since <= $3 THEN 1 ELSE attempts.failed + 1 END) >= $4 THEN $5
                ELSE attempts.locked_until END
        RETURNING failed, locked_until";
    pub(crate) ATTEMPT_STATE = "SELECT locked_until FROM attempts WHERE attempt_key = $1 AND locked_until > $2";
    pub(crate) ATTEMPT_CLEAR = "DELETE FROM attempts WHERE attempt_key = $1";
    pub(crate) ATTEMPTS_SWEEP = "DELETE FROM attempts WHERE since <= $1 AND locked_until <= $2";

    // Persons
    pub(crate) PERSON_INSERT = "INSERT INTO persons
        (id, sealed, wrapped_key, key_id, fields, phone_key, tail_key, locale, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING";
    pub(crate) PERSON_GET = "SELECT id, sealed, wrapped_key, key_id, fields, locale, created_at, erased_at
        FROM persons WHERE id = $1";
    pub(crate) PERSON_UPDATE = "UPDATE persons
        SET sealed = $2, wrapped_key = $3, key_id = $4, fields = $5, phone_key = $6, tail_key = $7, locale = $8
        WHERE id = $1 AND erased_at IS NULL RETURNING id";
    pub(crate) PERSON_ERASE = "UPDATE persons SET sealed = NULL, wrapped_key = NULL, key_id = '', fields = 0,
        phone_key = NULL, tail_key = NULL, erased_at = $2 WHERE id = $1 AND erased_at IS NULL";
    pub(crate) PERSONS_BY_PHONE = "SELECT id FROM persons WHERE phone_key = $1
        ORDER BY created_at DESC, id LIMIT $2";
    pub(crate) PERSONS_SAME_PHONE = "SELECT o.id FROM persons p JOIN persons o ON o.phone_key = p.phone_key
        WHERE p.id = $1 ORDER BY o.created_at DESC, o.id LIMIT $2";
    pub(crate) PERSONS_BY_TAIL = "SELECT id FROM persons WHERE tail_key = $1
        ORDER BY created_at DESC, id LIMIT $2";
    pub(crate) PERSONS_TO_REWRAP = "SELECT id, fields, wrapped_key, key_id FROM persons
        WHERE id > $1 AND key_id <> $2 AND key_id <> '' ORDER BY id LIMIT $3";
    pub(crate) PERSON_REWRAP = "UPDATE persons SET wrapped_key = $2, key_id = $3 WHERE id = $1 AND key_id = $4";

    // What is taken away is overwritten with zeros on the disk, and not only marked as free.
    pub(crate) OVERWRITE = sqlite "PRAGMA secure_delete = ON" postgres "SELECT 1";
    pub(crate) OVERWRITE_NO_MORE = sqlite "PRAGMA secure_delete = OFF" postgres "SELECT 1";

    // Texts as they were written
    pub(crate) TEXT_PUT = "INSERT INTO sealed_texts (owner, slot, sealed, wrapped_key, key_id)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner, slot) DO UPDATE SET sealed = excluded.sealed,
        wrapped_key = excluded.wrapped_key, key_id = excluded.key_id";
    pub(crate) TEXT_GET = "SELECT slot, sealed, wrapped_key, key_id FROM sealed_texts WHERE owner = $1 AND slot = $2";
    pub(crate) TEXT_ANY = "SELECT 1 FROM sealed_texts WHERE owner = $1 AND slot NOT LIKE 'file %' LIMIT 1";
    pub(crate) TEXTS_OF = "SELECT slot, sealed, wrapped_key, key_id FROM sealed_texts
        WHERE owner = $1 AND slot NOT LIKE 'file %' ORDER BY slot";
    pub(crate) TEXTS_OF_FILES = "SELECT slot, sealed, wrapped_key, key_id FROM sealed_texts
        WHERE owner = $1 AND slot LIKE 'file %' ORDER BY slot";
    pub(crate) TEXT_DROP = "DELETE FROM sealed_texts WHERE owner = $1 AND slot = $2";
    pub(crate) TEXTS_TO_REWRAP = "SELECT owner, slot, wrapped_key, key_id FROM sealed_texts
        WHERE (owner > $1 OR (owner = $1 AND slot > $2)) AND key_id <> $3 ORDER BY owner, slot LIMIT $4";
    pub(crate) TEXT_REWRAP = "UPDATE sealed_texts SET wrapped_key = $3, key_id = $4
        WHERE owner = $1 AND slot = $2 AND key_id = $5";

    // Master keys
    pub(crate) VAULT_KEY_IN_FORCE = "SELECT id FROM vault_keys WHERE retired_at IS NULL ORDER BY since DESC LIMIT 1";
    pub(crate) VAULT_KEY_KNOWN = "SELECT 1 FROM vault_keys LIMIT 1";
    pub(crate) VAULT_KEY_PUT = "INSERT INTO vault_keys (id, since) VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET retired_at = NULL";
    pub(crate) VAULT_KEYS_RETIRE = "UPDATE vault_keys SET retired_at = $2 WHERE id <> $1 AND retired_at IS NULL";
    pub(crate) VAULT_LEFT = "SELECT (SELECT COUNT(*) FROM persons WHERE key_id <> $1 AND key_id <> '')
        + (SELECT COUNT(*) FROM sealed_texts WHERE key_id <> $1)";

    pub(crate) VAULT_SEALED = "SELECT (SELECT COUNT(*) FROM persons WHERE key_id <> '')
        + (SELECT COUNT(*) FROM sealed_texts)";
    pub(crate) PERSONS_TO_OPEN = "SELECT id, fields, sealed, wrapped_key, key_id FROM persons
        WHERE id > $1 AND key_id <> '' ORDER BY id LIMIT $2";
    pub(crate) TEXTS_TO_OPEN = "SELECT owner, slot, sealed, wrapped_key, key_id FROM sealed_texts
        WHERE owner > $1 OR (owner = $1 AND slot > $2) ORDER BY owner, slot LIMIT $3";

    // Keys of programs
    pub(crate) KEY_INSERT = "INSERT INTO api_keys (id, name, contact, key_hash, created_at)
        VALUES ($1, $2, $3, $4, $5)";
    pub(crate) KEY_FIND = "SELECT id, name, used_at FROM api_keys WHERE key_hash = $1 AND revoked_at IS NULL";
    pub(crate) KEY_USED = "UPDATE api_keys SET used_at = $2
        WHERE id = $1 AND (used_at IS NULL OR used_at < $3)";
    pub(crate) KEY_REVOKE = "UPDATE api_keys SET revoked_at = $2
        WHERE id = $1 AND revoked_at IS NULL RETURNING id";
    pub(crate) KEY_BY_ID = "SELECT id, name, contact, created_at, used_at, revoked_at FROM api_keys WHERE id = $1";
    pub(crate) KEYS = "SELECT id, name, contact, created_at, used_at, revoked_at FROM api_keys
        ORDER BY created_at, id";

    // Accounts and keys whose stream of the journal is gone, and streams whose account or key is gone
    pub(crate) ACCOUNTS_DISAGREE = "SELECT a.id, CAST(1 AS BIGINT), CAST(NULL AS BIGINT), a.login FROM accounts a
        WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.stream = a.id)
        UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j
        WHERE j.stream_kind = 'account' AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = j.stream)";
    pub(crate) KEYS_DISAGREE = "SELECT k.id, CAST(1 AS BIGINT), CAST(NULL AS BIGINT), k.name FROM api_keys k
        WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.stream = k.id)
        UNION ALL SELECT j.stream, CAST(NULL AS BIGINT), j.seq, '' FROM journal j
        WHERE j.stream_kind = 'key' AND j.seq = 1 AND NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.id = j.stream)";

    // Once only
    pub(crate) ONCE_TAKE = "INSERT INTO idempotency (scope, idem_key, at, outcome) VALUES ($1, $2, $3, '')
        ON CONFLICT (scope, idem_key) DO NOTHING RETURNING at";
    pub(crate) ONCE_KEEP = "UPDATE idempotency SET outcome = $3 WHERE scope = $1 AND idem_key = $2";
    pub(crate) ONCE_FOUND = "SELECT outcome FROM idempotency WHERE scope = $1 AND idem_key = $2";
    pub(crate) ONCE_SWEEP = "DELETE FROM idempotency WHERE at <= $1";
}
