//! The statements of this slice.

/// Pairings of a kind (`$kind`) that were in force on a day (`$on`) with the row `o` of a family that was written down
/// twice, while nobody had the row `k` that is kept: then it stands for both in figures of that day as well. Of several
/// such pairings the first. Begins with the few rows that are linked; with `$account`, the parameter that holds one, with
/// that account's pairings, and compares no others.
macro_rules! by_other {
    ($kind:literal, $on:literal) => {
        by_other!("households o CROSS JOIN households k CROSS JOIN pairings p", $kind, $on, "")
    };
    (of $account:literal, $kind:literal, $on:literal) => {
        concat!(
            by_other!(
                "pairings p CROSS JOIN households o CROSS JOIN households k",
                $kind,
                $on,
                concat!(" AND q.account_id = ", $account)
            ),
            " AND p.account_id = ",
            $account
        )
    };
    ($from:literal, $kind:literal, $on:literal, $of:expr) => {
        concat!(
            $from,
            " WHERE o.kept_id IS NOT NULL AND k.id = o.kept_id AND k.from_date <= ",
            $on,
            " AND (k.to_date IS NULL OR k.to_date > ",
            $on,
            ") AND p.household_id = o.id AND p.kind = ",
            $kind,
            " AND p.superseded_at IS NULL AND p.from_date <= ",
            $on,
            " AND (p.to_date IS NULL OR p.to_date > ",
            $on,
            ") AND NOT EXISTS (SELECT 1 FROM pairings q WHERE q.household_id = k.id AND q.kind = ",
            $kind,
            $of,
            " AND q.superseded_at IS NULL AND q.from_date <= ",
            $on,
            " AND (q.to_date IS NULL OR q.to_date > ",
            $on,
            ")) AND NOT EXISTS (SELECT 1 FROM households z CROSS JOIN pairings q WHERE z.kept_id = k.id \
             AND q.household_id = z.id AND q.id < p.id AND q.kind = ",
            $kind,
            $of,
            " AND q.superseded_at IS NULL AND q.from_date <= ",
            $on,
            " AND (q.to_date IS NULL OR q.to_date > ",
            $on,
            "))"
        )
    };
}

/// Pairings `p` of rows that stand for themselves: as links are known today, whatever day is asked for.
macro_rules! of_own_row {
    () => {
        " AND p.household_id NOT IN (SELECT l.id FROM households l WHERE l.kept_id IS NOT NULL)"
    };
}

pub(crate) use {by_other, of_own_row};

pub(crate) mod duties;
pub(crate) mod pairings;
pub(crate) mod proposals;

/// Every statement of this slice.
pub(crate) fn statements() -> Vec<&'static db::Stmt> {
    [duties::STATEMENTS, pairings::STATEMENTS, proposals::STATEMENTS].concat()
}
