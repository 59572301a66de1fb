//! The statements over proposals.

macro_rules! columns {
    () => {
        "id, kind, path, made_at, made_by, on_date, homes, carers, kept, moved, added, dropped, without, way_before, \
         way_after, applied_at, applied, stale"
    };
}

db::statements! {
    pub(crate) INSERT = "INSERT INTO pairing_proposals (id, kind, path, made_at, made_by, on_date, homes, carers, kept, moved, \
        added, dropped, without, way_before, way_after) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    pub(crate) CHANGE = "INSERT INTO pairing_changes (proposal_id, path, code, household_id, from_account, to_account, gap) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    pub(crate) BY_ID = concat!("SELECT ", columns!(), " FROM pairing_proposals WHERE id = $1");
    pub(crate) LATEST = concat!("SELECT ", columns!(), " FROM pairing_proposals WHERE path >= $1 AND path < $2 \
        ORDER BY made_at DESC, id LIMIT $3");
    pub(crate) CHANGES = "SELECT path, code, household_id, from_account, to_account, gap, done FROM pairing_changes \
        WHERE proposal_id = $1 AND (path, code) > ($2, $3) ORDER BY path, code LIMIT $4";
    pub(crate) CHANGES_BY_GRID = "SELECT path, CAST(SUM(CASE WHEN from_account IS NULL THEN 0 ELSE 1 END) AS BIGINT), \
        CAST(SUM(CASE WHEN to_account IS NULL THEN 0 ELSE 1 END) AS BIGINT), CAST(COUNT(*) AS BIGINT) \
        FROM pairing_changes WHERE proposal_id = $1 GROUP BY path";
    pub(crate) TODO = "SELECT path, code, household_id, from_account, to_account, gap, done FROM pairing_changes \
        WHERE proposal_id = $1 AND done = 0 AND gap IS NULL ORDER BY path, code LIMIT $2";
    pub(crate) DONE = "UPDATE pairing_changes SET done = $4 WHERE proposal_id = $1 AND path = $2 AND code = $3";
    pub(crate) APPLIED = "UPDATE pairing_proposals SET applied_at = $2, applied_by = $3, \
        applied = applied + $4, stale = stale + $5 WHERE id = $1";
}
