//! One process of several leads: it alone runs what has to be run once for all.
//!
//! On PostgreSQL the lead is an advisory lock of a connection of its own: the server takes it back when
//! that connection ends, however the process ended. (A pooler that hands connections from one caller to
//! the next between transactions must not stand in between.) On SQLite, where one machine holds the
//! file, it is a lock on a small file beside it.
//!
//! The lead says who should work, not that nobody else can: between a lost connection and the next
//! look both the old and the new leader may be at it. So whatever they do is done under a lease or
//! looked at again in its transaction, and harmless when it is done twice.

use crate::handle::Db;
use crate::pg_lead::Seat;
use crate::{Config, Engine};
use kernel::Result;
use std::fs::{File, TryLockError};
use std::path::PathBuf;

/// A claim to the lead; given back when it is dropped.
pub struct Lead(Claim);

enum Claim {
    File { path: PathBuf, held: Option<File> },
    Server(Box<Seat>),
}

impl Lead {
    pub(crate) fn of(config: &Config, name: &'static str) -> Result<Lead> {
        Ok(Lead(match config.engine() {
            Engine::Sqlite => {
                let mut path = config.file().into_os_string();
                path.push(format!(".{name}"));
                Claim::File { path: path.into(), held: None }
            }
            Engine::Postgres => Claim::Server(Box::new(Seat::new(config, name)?)),
        }))
    }

    /// Whether this claim has the lead now: takes it where nobody has it, and looks whether it was lost.
    /// Blocks for the time of a trip to the server. A server that does not answer gives it to nobody.
    pub fn hold(&mut self) -> bool {
        match &mut self.0 {
            Claim::Server(seat) => seat.hold(),
            Claim::File { held: Some(_), .. } => true,
            Claim::File { path, held } => match File::create(&*path).map(|file| (file.try_lock(), file)) {
                Ok((Ok(()), file)) => {
                    *held = Some(file);
                    true
                }
                Ok((Err(TryLockError::WouldBlock), _)) => false,
                // Not every file system can lock. A SQLite file belongs to one process anyway.
                Ok((Err(TryLockError::Error(error)), file)) => {
                    tracing::warn!(%error, "the lead could not be locked; leading without a lock");
                    *held = Some(file);
                    true
                }
                Err(error) => {
                    tracing::warn!(%error, "the lead could not be claimed");
                    false
                }
            },
        }
    }
}

impl Db {
    /// A claim to the lead called `name`, of letters; nothing is taken before [`Lead::hold`].
    ///
    /// # Errors
    /// `Internal` where the database's address is not understood.
    pub fn lead(&self, name: &'static str) -> Result<Lead> {
        Lead::of(self.config(), name)
    }
}
