//! What the tests of this slice share.

/// The tables of this slice and of those that it stands on.
pub static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
    records::MIGRATIONS,
    liaison::MIGRATIONS,
];
