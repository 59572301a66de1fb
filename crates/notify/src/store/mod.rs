//! The only files that speak SQL here.

mod read;
mod sql;
mod write;

pub use read::{
    Filter, Unsent, about, keep_apart, list, put_back, undeliverable, undeliverable_count, unsent,
};
pub(crate) use sql::MESSAGES_DISAGREE;
pub use sql::STATEMENTS;
pub(crate) use write::{
    Claimed, Settlement, claim, insert, insert_replacement, log, mark_called_off, mark_replaced, settle,
    start_again,
};
pub use write::{get, history, leave, replacement};
