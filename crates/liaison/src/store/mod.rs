//! The statements of this slice.

pub(crate) mod duties;
pub(crate) mod pairings;
pub(crate) mod proposals;

/// Every statement of this slice.
pub(crate) fn statements() -> Vec<&'static db::Stmt> {
    [duties::STATEMENTS, pairings::STATEMENTS, proposals::STATEMENTS].concat()
}
