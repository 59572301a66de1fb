//! The few statements of this crate's own.

pub(crate) static MIGRATIONS_TABLE: crate::Stmt = crate::Stmt::new(
    "db::store::MIGRATIONS_TABLE",
    "CREATE TABLE IF NOT EXISTS schema_migrations (
        slice TEXT NOT NULL,
        number BIGINT NOT NULL,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,
        applied_at BIGINT NOT NULL,
        PRIMARY KEY (slice, number))",
);
pub(crate) static APPLIED: crate::Stmt = crate::Stmt::new(
    "db::store::APPLIED",
    "SELECT slice, number, name, checksum FROM schema_migrations ORDER BY slice, number",
);
pub(crate) static ADD_APPLIED: crate::Stmt = crate::Stmt::new(
    "db::store::ADD_APPLIED",
    "INSERT INTO schema_migrations (slice, number, name, checksum, applied_at) VALUES ($1, $2, $3, $4, $5)",
);

/// The indexes of a table that only make it quicker to read, and what makes each of them.
pub(crate) static INDEXES: crate::Stmt = crate::Stmt::of_two(
    "db::store::INDEXES",
    "SELECT name, sql FROM sqlite_master
     WHERE type = 'index' AND tbl_name = $1 AND sql NOT LIKE 'CREATE UNIQUE%' ORDER BY name",
    // Not `pg_indexes`: there it says what makes the indexes of tables of this name in other schemas too, and fails
    // where one of those is just being dropped.
    "SELECT CAST(c.relname AS TEXT), pg_get_indexdef(x.indexrelid) FROM pg_index x
     JOIN pg_class c ON c.oid = x.indexrelid
     WHERE x.indrelid = to_regclass(CAST($1 AS TEXT)) AND NOT x.indisunique ORDER BY 1",
);

/// One migration at a time for each schema; given back at the commit.
pub(crate) const PG_MIGRATION_LOCK: &str =
    "SELECT pg_advisory_xact_lock(1818845544, hashtext(COALESCE(current_schema(), '')))";

/// Begins a write: after it, no other process writes until this one is done. Unlike a function, `LOCK` comes
/// before the transaction's view of the data is taken.
pub(crate) const PG_BEGIN: &str = "BEGIN; LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE";

/// Waits until no other process writes.
pub(crate) const PG_TURN: &str = "LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE";

/// The lead of this schema by the name given, where nobody has it; given back when the session ends.
pub(crate) const PG_LEAD: &str =
    "SELECT pg_try_advisory_lock(1818845545, hashtext(CONCAT(current_schema(), ':', CAST($1 AS TEXT))))";

/// Gives back what this session leads.
pub(crate) const PG_LEAD_BACK: &str = "SELECT pg_advisory_unlock_all()";

/// Lets the server see within half a minute that a leader's machine is gone.
pub(crate) const PG_LEAD_SETUP: &str =
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

/// Whether the connection is alive.
pub(crate) const PG_PING: &str = "SELECT 1";

/// Whether texts are UTF-8, sort by code point, and whether there is a table of migrations.
pub(crate) const PG_FIT: &str = "SELECT current_setting('server_encoding') = 'UTF8', \
     'B' < 'a' AND '/' < '0' AND 'a/b' < 'a0' AND 'a-c' < 'ab' AND 'Z' < '中', \
     to_regclass('schema_migrations') IS NOT NULL";

/// The schema, made if it is missing.
pub(crate) fn pg_schema(name: &str) -> String {
    format!("CREATE SCHEMA IF NOT EXISTS \"{name}\"")
}

/// The schema and all in it, gone.
pub(crate) fn pg_drop_schema(name: &str) -> String {
    format!("DROP SCHEMA IF EXISTS \"{name}\" CASCADE")
}
