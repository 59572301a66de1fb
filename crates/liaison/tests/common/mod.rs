//! What the tests of this slice share.

use kernel::{Date, UnitId};
use register::households::{NewHousehold, NewMember, NewTag};

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

/// A household that nobody has entered yet.
pub fn household(unit: UnitId, people: Vec<NewMember>, tags: Vec<NewTag>) -> NewHousehold {
    NewHousehold {
        id: None,
        unit,
        code: None,
        place: None,
        persons: None,
        from: Date::constant(2021, 3, 1),
        basis: "户口簿".into(),
        people,
        tags,
    }
}
