//! What those below the way to people ask about pairings; what makes and ends them is a crate above.

/// Two pairings `a` and `b` of two people, both in force on the day `$2`.
macro_rules! both {
    () => {
        " WHERE a.account_id = $1 AND b.account_id <> $1 AND a.superseded_at IS NULL AND b.superseded_at IS NULL \
         AND a.from_date <= $2 AND (a.to_date IS NULL OR a.to_date > $2) \
         AND b.from_date <= $2 AND (b.to_date IS NULL OR b.to_date > $2)"
    };
}

db::statements! {
    /// Of one row; of a row and one that is linked to it; of a row that is linked and the one that is kept, or another
    /// that is linked to that one.
    pub(crate) BESIDE = concat!(
        "SELECT b.account_id FROM pairings a JOIN pairings b ON b.household_id = a.household_id", both!(),
        " UNION SELECT b.account_id FROM pairings a JOIN households o ON o.kept_id = a.household_id \
         JOIN pairings b ON b.household_id = o.id", both!(),
        " UNION SELECT b.account_id FROM pairings a JOIN households x ON x.id = a.household_id \
         JOIN pairings b ON b.household_id = x.kept_id", both!(),
        " UNION SELECT b.account_id FROM pairings a JOIN households x ON x.id = a.household_id \
         JOIN households o ON o.kept_id = x.kept_id JOIN pairings b ON b.household_id = o.id", both!());
}
