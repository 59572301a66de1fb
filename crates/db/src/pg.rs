//! PostgreSQL: worker threads, each with a connection of its own.
//!
//! Writes run SERIALIZABLE. Use cases read and then write, and are written and tested on SQLite,
//! where they run one after the other: only this level gives them the same promise here. Under
//! REPEATABLE READ two closures that each read what the other changes would both succeed, and one
//! that looked for a row and did not find it would meet it as a broken key instead of being run
//! again. The price is more runs under contention; a job that has lost three times therefore gets
//! its turn alone among this process's writes.

use crate::fault::{Fault, Outcome};
use crate::job::{Job, Mode};
use crate::pg_address::{Address, Role};
use crate::pg_tx::{Link, PgTx};
use crate::queue::Queue;
use crate::{Config, Migration, migrate as migrations, store};
use kernel::{Chance, Error, Result, SystemChance, Timestamp};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, RwLock};
use std::time::Duration;

/// How often a job is run again after the engine or a broken connection undid it.
const RETRIES: u32 = 4;
/// From which run on a write runs alone.
const ALONE: u32 = 3;

/// Checks the database and makes the schema; the workers connect when they get work.
pub(crate) fn start(
    config: &Config,
    writes: &Arc<Queue>,
    reads: &Arc<Queue>,
    tally: &Arc<AtomicU64>,
) -> Result<Vec<Worker>> {
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
        if row.get::<_, bool>(0) && row.get::<_, bool>(1) {
            return Ok(());
        }
        let how = "createdb -T template0 -E UTF8 --locale=C";
        Err(Error::refused(
            "database-collation",
            format!("PostgreSQL 数据库必须使用 UTF-8 编码并按码位排序，请这样新建：{how}"),
            format!("The PostgreSQL database has to be UTF-8 and sort by code point. Make it with: {how}"),
        ))
    })?;
    let turn = Arc::new(RwLock::new(()));
    let worker = |role: Role, queue: &Arc<Queue>| Worker {
        address: address.clone(),
        role,
        queue: queue.clone(),
        turn: turn.clone(),
        tally: tally.clone(),
        link: None,
    };
    let writers = (0..config.worker_count()).map(|_| worker(Role::Write, writes));
    let readers = (0..config.reader_count()).map(|_| worker(Role::Read, reads));
    Ok(writers.chain(readers).collect())
}

/// [`crate::Db::migrate`]: READ COMMITTED, so that whoever waited for the lock sees what the one
/// before it did.
pub(crate) fn migrate(config: &Config, list: &[Migration], now: Timestamp) -> Result<usize> {
    let address = Address::of(config)?;
    apart(|| {
        let mut link = address.connect(Role::Keep).map_err(broken)?;
        let lock = format!("BEGIN ISOLATION LEVEL READ COMMITTED; {}", store::PG_MIGRATION_LOCK);
        link.client.batch_execute(&lock).map_err(|e| told("waiting to migrate", &e))?;
        let tally = AtomicU64::new(0);
        let mut tx = PgTx::new(&mut link, &tally);
        let done = migrations::run(&mut tx, list, now);
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = link.client.batch_execute(end).map_err(|e| told("ending the migration", &e));
        done.and_then(|n| ended.map(|()| n))
    })
}

/// Removes the schema of `config` with all in it: for tests.
pub(crate) fn drop_schema(config: &Config) -> Result<()> {
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

pub(crate) struct Worker {
    address: Address,
    role: Role,
    queue: Arc<Queue>,
    /// Shared by writes that run side by side, taken alone by one that lost too often.
    turn: Arc<RwLock<()>>,
    tally: Arc<AtomicU64>,
    link: Option<Link>,
}

/// How one run of a job ended.
enum End {
    /// The job holds its answer.
    Done,
    /// The engine undid it.
    Again(Fault),
    /// The connection broke before the commit: it was surely undone.
    Lost(Fault),
    /// The connection broke at the commit.
    Unknown(Fault),
    /// There is no connection to be had.
    Down(Fault),
}

impl Worker {
    /// The worker's life, until the queue is closed.
    pub(crate) fn run(&mut self) {
        let queue = self.queue.clone();
        while let Some(jobs) = queue.take(1) {
            for mut job in jobs {
                if !job.abandoned() {
                    self.serve(&mut *job);
                    job.answer();
                }
            }
        }
    }

    fn serve(&mut self, job: &mut dyn Job) {
        for run in 0..=RETRIES {
            match self.attempt(job, run) {
                End::Done => return,
                End::Again(fault) => {
                    tracing::debug!(run, "run again: {}", fault.text());
                    // Each waits for another while, so that those who met do not meet again.
                    let most = 1000 << run;
                    std::thread::sleep(Duration::from_micros(SystemChance.below(most)));
                }
                End::Lost(fault) => {
                    tracing::warn!(run, "connection to PostgreSQL lost: {}", fault.text());
                    self.link = None;
                }
                End::Down(fault) => {
                    tracing::error!("no connection to PostgreSQL: {}", fault.text());
                    job.spoil(Error::Busy);
                    return;
                }
                End::Unknown(fault) => {
                    tracing::error!("fate of a write unknown: {}", fault.text());
                    self.link = None;
                    job.spoil(Error::refused(
                        "fate-unknown",
                        "提交时与数据库的连接中断，不确定是否已经写入。请先查看结果，再决定是否重新提交。",
                        "The connection to the database broke at the moment of writing, so it is not known \
                         whether it was written. Please look first before you send it again.",
                    ));
                    return;
                }
            }
        }
        tracing::error!("a job was given up after {RETRIES} more runs");
        job.spoil(Error::Busy);
    }

    fn attempt(&mut self, job: &mut dyn Job, run: u32) -> End {
        // Before the turn is taken, so that nobody waits for a connection of somebody else's.
        if let Err(fault) = self.connected() {
            return End::Down(fault);
        }
        let turn = self.turn.clone();
        let (_shared, _alone);
        if self.role == Role::Write {
            if run < ALONE {
                _shared = turn.read().unwrap_or_else(|e| e.into_inner());
            } else {
                _alone = turn.write().unwrap_or_else(|e| e.into_inner());
            }
        }
        let tally = self.tally.clone();
        let Some(link) = self.link.as_mut() else { return End::Down(Fault::Lost("not connected".into())) };
        let begin = match job.mode() {
            Mode::Write => Some("BEGIN"),
            Mode::Snapshot => Some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            // Without a transaction of its own a read saves two trips to the server.
            Mode::Read => None,
        };
        if let Some(begin) = begin
            && let Err(e) = link.client.batch_execute(begin)
        {
            return End::Lost(Fault::postgres(begin, &e));
        }
        let mut tx = PgTx::new(link, &tally);
        let mut keep = job.run(&mut tx);
        match tx.fault.take() {
            Some(fault @ Fault::Lost(_)) => return End::Lost(fault),
            // Whatever the closure made of it: the engine wants the whole of it run again.
            Some(fault @ Fault::Again(_)) => {
                self.roll_back();
                return End::Again(fault);
            }
            Some(fault) if keep => {
                job.spoil(fault.error());
                keep = false;
            }
            _ => {}
        }
        if begin.is_none() {
            return End::Done;
        }
        if !keep {
            self.roll_back();
            return End::Done;
        }
        match link.client.batch_execute("COMMIT") {
            Ok(()) => End::Done,
            Err(e) => match Fault::postgres("COMMIT", &e) {
                fault @ Fault::Again(_) => {
                    self.roll_back();
                    End::Again(fault)
                }
                fault @ Fault::Lost(_) => End::Unknown(fault),
                fault => {
                    self.roll_back();
                    job.spoil(fault.error());
                    End::Done
                }
            },
        }
    }

    /// Makes the connection anew where it is gone; a server that is starting gets a moment.
    fn connected(&mut self) -> Outcome<()> {
        if self.link.as_ref().is_some_and(|l| !l.client.is_closed()) {
            return Ok(());
        }
        self.link = None;
        let mut last = Fault::Lost("not connected".into());
        for pause in [0, 50, 200, 500] {
            std::thread::sleep(Duration::from_millis(pause));
            match self.address.connect(self.role) {
                Ok(link) => {
                    self.link = Some(link);
                    return Ok(());
                }
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    fn roll_back(&mut self) {
        let failed = self.link.as_mut().is_some_and(|l| l.client.batch_execute("ROLLBACK").is_err());
        if failed {
            // The server rolls back by itself what a closed connection leaves open.
            self.link = None;
        }
    }
}
