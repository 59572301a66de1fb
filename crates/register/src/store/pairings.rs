//! What those below the way to people ask about pairings; what makes and ends them is a crate above.

db::statements! {
    pub(crate) BESIDE = "SELECT DISTINCT b.account_id FROM pairings a JOIN pairings b ON b.household_id = a.household_id \
        WHERE a.account_id = $1 AND b.account_id <> $1 AND a.superseded_at IS NULL AND b.superseded_at IS NULL \
        AND a.from_date <= $2 AND (a.to_date IS NULL OR a.to_date > $2) \
        AND b.from_date <= $2 AND (b.to_date IS NULL OR b.to_date > $2)";
}
