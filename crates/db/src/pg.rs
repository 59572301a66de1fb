//! PostgreSQL: one thread writes, a few read, each with a connection of its own.
//!
//! Writes run SERIALIZABLE, and one process after the other: a transaction begins by locking the table of
//! migrations against others that do the same. Use cases read and then write, and are written and tested
//! on SQLite, where they run one after the other. Side by side nearly every two of them would meet, as all
//! of them count and number: with eight writers, two of three transactions were run in vain. What
//! SERIALIZABLE still guards against is whoever writes without the lock.

use crate::fault::{Fault, Outcome};
use crate::pg_address::{Address, Role};
use crate::pg_read::Reader;
use crate::pg_tx::{Link, PgTx};
use crate::pg_write::Writer;
use crate::queue::Queue;
use crate::{Config, Migration, migrate as migrations, store};
use kernel::{Error, Result, Timestamp};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// What a thread does until its queue is closed.
pub(crate) type Life = Box<dyn FnOnce() + Send>;

/// Checks the database and makes the schema; the workers connect when they get work.
pub(crate) fn start(
    config: &Config,
    writes: &Arc<Queue>,
    reads: &Arc<Queue>,
    tally: &Arc<AtomicU64>,
) -> Result<Vec<Life>> {
    let address = Address::of(config)?;
    apart(|| {
        let mut link = address.connect(Role::Keep).map_err(broken)?;
        if let Some(schema) = &address.schema {
            link.client
                .batch_execute(&store::pg_schema(schema))
                .map_err(|e| told("making the schema", &e))?;
        }
        let row =
            link.client.query_one(store::PG_FIT, &[]).map_err(|e| told("looking at the database", &e))?;
        if !(row.get::<_, bool>(0) && row.get::<_, bool>(1)) {
            let how = "createdb -T template0 -E UTF8 --locale=C";
            return Err(Error::refused(
                "database-collation",
                format!("PostgreSQL 数据库必须使用 UTF-8 编码并按码位排序，请这样新建：{how}"),
                format!(
                    "The PostgreSQL database has to be UTF-8 and sort by code point. Make it with: {how}"
                ),
            ));
        }
        if !row.get::<_, bool>(2) {
            let make =
                format!("BEGIN; {}; {}; COMMIT", store::PG_MIGRATION_LOCK, store::MIGRATIONS_TABLE.sql);
            link.client.batch_execute(&make).map_err(|e| told("making the table of migrations", &e))?;
        }
        Ok(())
    })?;
    let line = |role: Role| Line { address: address.clone(), role, tally: tally.clone(), link: None };
    let mut writer = Writer { line: line(Role::Write), queue: writes.clone() };
    let mut lives: Vec<Life> = vec![Box::new(move || writer.run())];
    for _ in 0..config.reader_count() {
        let mut reader = Reader { line: line(Role::Read), queue: reads.clone() };
        lives.push(Box::new(move || reader.run()));
    }
    Ok(lives)
}

/// [`crate::Db::migrate`]: READ COMMITTED, so that whoever waited for the lock sees what the one
/// before it did.
pub(crate) fn migrate(config: &Config, list: &[Migration], now: Timestamp) -> Result<usize> {
    let address = Address::of(config)?;
    apart(|| {
        let mut link = address.connect(Role::Keep).map_err(broken)?;
        let turn = store::PG_TURN;
        let lock = format!("BEGIN ISOLATION LEVEL READ COMMITTED; {}; {turn}", store::PG_MIGRATION_LOCK);
        link.client.batch_execute(&lock).map_err(|e| told("waiting to migrate", &e))?;
        let tally = AtomicU64::new(0);
        let mut tx = PgTx::new(&mut link, &tally);
        let done = migrations::run(&mut tx, list, now).and_then(|n| match tx.flush() {
            Ok(()) => Ok(n),
            Err(fault) => Err(broken(fault)),
        });
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = link.client.batch_execute(end).map_err(|e| told("ending the migration", &e));
        done.and_then(|n| ended.map(|()| n))
    })
}

/// Removes the PostgreSQL schema of `config` with all in it; nothing where it names none: for tests and
/// measurements. Blocks.
///
/// # Errors
/// `Internal` where the server does not answer or refuses.
pub fn drop_schema(config: &Config) -> Result<()> {
    let address = Address::of(config)?;
    let Some(schema) = &address.schema else { return Ok(()) };
    apart(|| {
        let mut link = address.connect(Role::Keep).map_err(broken)?;
        link.client.batch_execute(&store::pg_drop_schema(schema)).map_err(|e| told("dropping the schema", &e))
    })
}

/// Runs `f` on a thread of its own: the client blocks on a runtime of its own, which must not happen
/// inside another one.
pub(crate) fn apart<T: Send>(f: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|s| s.spawn(f).join())
        .unwrap_or_else(|_| Err(Error::internal("a panic while talking to PostgreSQL")))
}

fn told(what: &str, e: &postgres::Error) -> Error {
    broken(Fault::postgres(what, e))
}

/// A fault told to whoever starts the program, who needs the text and not "busy".
fn broken(fault: Fault) -> Error {
    Error::Internal(fault.text().to_owned())
}

/// A connection that is made when it is needed, and made anew when it broke.
pub(crate) struct Line {
    address: Address,
    role: Role,
    pub(crate) tally: Arc<AtomicU64>,
    pub(crate) link: Option<Link>,
}

impl Line {
    /// The connection, made anew where it is gone; a server that is starting gets a moment.
    pub(crate) fn connected(&mut self) -> Outcome<&mut Link> {
        let alive = self.link.take().filter(|l| !l.client.is_closed());
        let link = match alive {
            Some(link) => link,
            None => self.connect()?,
        };
        Ok(self.link.insert(link))
    }

    fn connect(&self) -> Outcome<Link> {
        let mut last = Fault::Lost("not connected".into());
        for pause in [0, 50, 200, 500] {
            std::thread::sleep(Duration::from_millis(pause));
            match self.address.connect(self.role) {
                Ok(link) => return Ok(link),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    pub(crate) fn roll_back(&mut self) {
        let failed = self.link.as_mut().is_some_and(|l| l.client.batch_execute("ROLLBACK").is_err());
        if failed {
            // The server rolls back by itself what a closed connection leaves open.
            self.link = None;
        }
    }
}
