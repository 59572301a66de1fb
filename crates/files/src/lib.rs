//! Attachments: photos and documents that people hand in.
//!
//! ```text
//!  upload ─▶ Store::prepare ───────────────────────────▶ attach(tx, …) ─▶ list, get ─▶ Store::open ─▶ respond
//!            what is it really? within the limits?        a row, and the key              who may is the
//!            pictures made anew: no EXIF, upright         in the vault, in the            caller's question
//!            on disk, closed under a key of its own       caller's transaction
//! ```
//!
//! The bytes are safe on disk before the row is written, so a row never points at nothing. A
//! transaction that fails leaves bytes without a row; [`sweep`] removes such a day later.
//!
//! Neither the bytes nor the name that a file came with stand anywhere in clear. [`forget`] destroys the key;
//! [`purge`] takes the bytes off the disk after the commit.
//!
//! What a file is, is decided by its bytes; neither its name nor what a browser claims is believed.

mod closed;
mod limits;
mod model;
mod name;
mod picture;
mod respond;
mod sniff;
mod store;
mod sweep;
mod vault;

pub use limits::Limits;
pub use model::{Attachment, Audience, Evidence, NewAttachment, Whose};
pub use name::clean_name;
pub use respond::respond;
pub use sniff::{Kind, sniff};
pub use store::{STATEMENTS, attach, count, forget, get, list, name_all, open, remove, set_audience};
pub use sweep::{Swept, purge, sweep};
pub use vault::{Prepared, Store, Variant};

/// The tables of the attachments.
pub static MIGRATIONS: &[db::Migration] =
    db::migrations!("files"; "0001_attachments" = include_str!("../migrations/0001_attachments.sql"));
