//! What the engines say of their own tables.

db::statements! {
    /// Name and text of everything in a SQLite database.
    pub SQLITE = "SELECT type, name, COALESCE(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name";
    /// Columns of the tables in the schema that is searched first.
    pub PG_COLUMNS = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), \
        CONCAT(data_type, ' ', is_nullable, ' ', column_default) FROM information_schema.columns \
        WHERE table_schema = current_schema() ORDER BY table_name, column_name";
    /// Indexes of the schema that is searched first.
    pub PG_INDEXES = "SELECT CAST(tablename AS TEXT), CAST(indexname AS TEXT), \
        REPLACE(indexdef, CONCAT(schemaname, '.'), '') FROM pg_indexes \
        WHERE schemaname = current_schema() ORDER BY tablename, indexname";
    /// Checks and keys of the schema that is searched first.
    pub PG_CONSTRAINTS = "SELECT CAST(c.relname AS TEXT), CAST(k.conname AS TEXT), \
        REPLACE(pg_get_constraintdef(k.oid), CONCAT(n.nspname, '.'), '') FROM pg_constraint k \
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname = current_schema() ORDER BY c.relname, k.conname";
}
