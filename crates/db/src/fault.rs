//! What went wrong in an engine, and what it means to a use case. The one place where the two
//! engines' words for the same fault meet.

use crate::{Stmt, Value};
use kernel::{Error, Say};
use postgres::error::SqlState;

/// The result of a step inside an engine.
pub(crate) type Outcome<T> = std::result::Result<T, Fault>;

/// A fault of a statement, kept so that a closure cannot walk past it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A row with this key is there already.
    Exists,
    /// What was handed in cannot be stored.
    NulInText,
    /// The engine asks to run the whole transaction again.
    Again(String),
    /// The engine has no time now.
    Busy(String),
    /// The disk has no room left.
    Full(String),
    /// The connection is gone.
    Lost(String),
    /// Everything else: statement or machine.
    Broken(String),
}

impl Fault {
    /// The error that a use case sees.
    pub(crate) fn error(&self) -> Error {
        match self {
            Fault::Exists => Error::Conflict(Say::new(
                "已有相同的内容，或者刚刚被别人改过。请刷新后再看。",
                "This is there already, or somebody else has just changed it. Please reload and look again.",
            )),
            Fault::NulInText => Error::refused(
                "text-with-nul",
                "文字里有无法保存的字符（空字符），请去掉后再提交。",
                "The text holds a character that cannot be stored (NUL); please remove it and send again.",
            ),
            Fault::Again(_) | Fault::Busy(_) | Fault::Lost(_) => Error::Busy,
            Fault::Full(text) => Error::Full(text.clone()),
            Fault::Broken(text) => Error::Internal(text.clone()),
        }
    }

    /// What the log says.
    pub(crate) fn text(&self) -> &str {
        match self {
            Fault::Exists => "a row with this key is there already",
            Fault::NulInText => "NUL in a text",
            Fault::Again(t) | Fault::Busy(t) | Fault::Full(t) | Fault::Lost(t) | Fault::Broken(t) => t,
        }
    }

    /// PostgreSQL cannot store a NUL in a text, so SQLite may not either.
    pub(crate) fn in_params(params: &[Value]) -> Option<Fault> {
        let bad = |v: &Value| matches!(v, Value::Text(t) if t.as_bytes().contains(&0));
        params.iter().any(bad).then_some(Fault::NulInText)
    }

    /// A statement that was given too few or too many parameters.
    pub(crate) fn count(stmt: &Stmt, wanted: usize, given: usize) -> Fault {
        Fault::Broken(format!("{}: takes {wanted} parameters, was given {given}", stmt.name))
    }

    /// A fault told by SQLite. Its texts name tables and columns, never values.
    pub(crate) fn sqlite(what: &str, e: &rusqlite::Error) -> Fault {
        use rusqlite::ffi;
        let text = format!("{what}: {e}");
        let Some(code) = e.sqlite_error() else { return Fault::Broken(text) };
        match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID => Fault::Exists,
            _ => match code.code {
                rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => Fault::Busy(text),
                rusqlite::ErrorCode::DiskFull => Fault::Full(text),
                _ => Fault::Broken(text),
            },
        }
    }

    /// A fault told by PostgreSQL or on the way to it. Its details can hold values, so only the
    /// code and the main line are taken over.
    pub(crate) fn postgres(what: &str, e: &postgres::Error) -> Fault {
        let Some(db) = e.as_db_error() else {
            let text = format!("{what}: {e}{}", source_of(e));
            // Without an answer from the server only a fault in our own parameters or rows leaves
            // the connection alive; all of those have a source that is no input or output error.
            let io = std::error::Error::source(e).is_none_or(|s| s.is::<std::io::Error>());
            return if e.is_closed() || io { Fault::Lost(text) } else { Fault::Broken(text) };
        };
        let code = db.code();
        let text = format!("{what}: {} {}", code.code(), db.message());
        if *code == SqlState::UNIQUE_VIOLATION {
            Fault::Exists
        } else if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
            Fault::Again(text)
        } else if *code == SqlState::FEATURE_NOT_SUPPORTED && db.message().contains("cached plan") {
            // Another process has migrated: what was prepared before must be prepared anew.
            Fault::Lost(text)
        } else if *code == SqlState::CHARACTER_NOT_IN_REPERTOIRE {
            Fault::NulInText
        } else {
            match &code.code()[..2] {
                "08" => Fault::Lost(text),
                // The server or an administrator ends the connection, or does not take it now.
                "57" if *code != SqlState::QUERY_CANCELED => Fault::Lost(text),
                "53" if *code == SqlState::TOO_MANY_CONNECTIONS => Fault::Busy(text),
                "53" if *code == SqlState::DISK_FULL => Fault::Full(text),
                "55" if *code == SqlState::LOCK_NOT_AVAILABLE => Fault::Busy(text),
                _ => Fault::Broken(text),
            }
        }
    }
}

fn source_of(e: &postgres::Error) -> String {
    std::error::Error::source(e).map_or_else(String::new, |s| format!(" ({s})"))
}
