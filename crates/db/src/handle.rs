//! The handle that everyone holds.

use crate::job::{Answer, Job, Mode, Reply, Work, unpack, work};
use crate::queue::{NoRoom, Queue};
use crate::{Config, Engine, Migration, Stmt, Tx, migrate, pg, sqlite};
use kernel::{Clock, Error, Result, SystemClock};
use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

thread_local! {
    /// Whether this thread runs jobs: one that waited for another job here could wait for itself.
    static RUNS_JOBS: Cell<bool> = const { Cell::new(false) };
}

/// An open database. Clones share it; the last one gone closes it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    writes: Arc<Queue>,
    reads: Arc<Queue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    tally: Arc<AtomicU64>,
}

impl Db {
    /// Opens the database, making a SQLite file or a PostgreSQL schema that is missing.
    ///
    /// # Errors
    /// `Refused` where the PostgreSQL database does not keep texts as UTF-8 sorted by code point;
    /// `Internal` where the file or server cannot be opened.
    pub fn open(config: &Config) -> Result<Db> {
        let inner = Inner {
            config: config.clone(),
            writes: Arc::new(Queue::new(config.queue)),
            reads: Arc::new(Queue::new(config.queue)),
            threads: Mutex::new(Vec::new()),
            tally: Arc::new(AtomicU64::new(0)),
        };
        match config.engine() {
            Engine::Sqlite => inner.start_sqlite()?,
            Engine::Postgres => inner.start_postgres()?,
        }
        Ok(Db { inner: Arc::new(inner) })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.inner.config.engine()
    }

    /// Runs a use case in one transaction. The closure may run more than once; the answer comes
    /// after what it wrote is durable. A caller that goes away before its turn is not served.
    ///
    /// # Errors
    /// Those of the closure; `Busy` where too many wait or the engine asks to try again; `Internal`
    /// for a panic, a fault of the machine, or a connection that broke at the commit.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.wait(Mode::Write, f).await
    }

    /// Reads. Each statement sees what is committed when it starts.
    ///
    /// # Errors
    /// As [`Db::write`]; a statement that writes is refused by the engine.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.wait(Mode::Read, f).await
    }

    /// Reads with all statements seeing one state: for exports, reports and checks whose numbers
    /// have to agree.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn snapshot<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.wait(Mode::Snapshot, f).await
    }

    /// [`Db::write`] for the shell: blocks this thread.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_now<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.block(Mode::Write, f)
    }

    /// [`Db::read`] for the shell: blocks this thread.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_now<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.block(Mode::Read, f)
    }

    /// [`Db::snapshot`] for the shell: blocks this thread.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn snapshot_now<T, F>(&self, f: F) -> Result<T>
    where
        F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        self.block(Mode::Snapshot, f)
    }

    /// Brings the tables up to `migrations`, in this order, and says how many were applied: all or
    /// none. Blocks; several processes may start at once.
    ///
    /// # Errors
    /// `Refused`, naming the file, where an applied one was changed (`migration-changed`), comes
    /// before an applied one (`migration-out-of-order`), or where the database is newer than the
    /// program (`database-newer`). `Internal` where the engine does not take one.
    pub fn migrate(&self, migrations: &[Migration]) -> Result<usize> {
        let list = migrations.to_vec();
        let now = SystemClock.now();
        match self.engine() {
            Engine::Sqlite => self.write_now(move |tx| migrate::run(tx, &list, now)),
            Engine::Postgres => pg::migrate(&self.inner.config, &list, now),
        }
    }

    /// Prepares every statement. Blocks.
    ///
    /// # Errors
    /// `Internal` with a line for each statement that the engine does not take.
    pub fn prepare_all(&self, stmts: &[&Stmt]) -> Result<()> {
        let stmts: Vec<Stmt> = stmts.iter().map(|s| (*s).clone()).collect();
        self.read_now(move |tx| migrate::prepare_all(tx, &stmts))
    }

    /// Copies a SQLite database, as it is at this moment, into the new file `to`, while others go on
    /// writing. Blocks.
    ///
    /// # Errors
    /// `Refused` on PostgreSQL (`backup-by-server`) and where `to` is there already (`file-exists`);
    /// `Internal` where the disk fails. No file `to` is left after an error.
    pub fn backup_to(&self, to: &Path) -> Result<()> {
        self.backup_with(to, |_, _| {})
    }

    /// [`Db::backup_to`], telling `progress` pages done and pages in all.
    ///
    /// # Errors
    /// As [`Db::backup_to`].
    pub fn backup_with(&self, to: &Path, progress: impl FnMut(u64, u64)) -> Result<()> {
        crate::backup::run(&self.inner.config, to, progress)
    }

    /// Moves what stands in SQLite's log into the file and empties the log, so that nothing that was
    /// overwritten stays in it. Nothing to do on PostgreSQL, which looks after its log itself. Blocks.
    ///
    /// # Errors
    /// `Busy` where others kept the log open for too long; `Internal` where the disk fails.
    pub fn empty_log(&self) -> Result<()> {
        match self.engine() {
            Engine::Sqlite => sqlite::empty_log(&self.inner.config),
            Engine::Postgres => Ok(()),
        }
    }

    /// How many statements have been run since opening, by all: for query budgets in tests.
    pub fn statements_run(&self) -> u64 {
        self.inner.tally.load(Ordering::Relaxed)
    }

    /// How many writes and reads wait for their turn: for the page of numbers that watchers read.
    pub fn waiting(&self) -> (usize, usize) {
        (self.inner.writes.len(), self.inner.reads.len())
    }

    /// Finishes the jobs that wait, takes no more, and closes. Blocks. Done by itself when the last
    /// clone goes.
    pub fn close(&self) {
        self.inner.close();
    }

    async fn wait<T, F>(&self, mode: Mode, f: F) -> Result<T>
    where
        F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        unpack(self.inner.wait(mode, work(f)).await)
    }

    fn block<T, F>(&self, mode: Mode, f: F) -> Result<T>
    where
        F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
        T: Send + 'static,
    {
        unpack(self.inner.block(mode, work(f)))
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Db").field(&self.inner.config).finish()
    }
}

impl Inner {
    async fn wait(&self, mode: Mode, work: Work) -> Result<Answer> {
        let (sender, receiver) = oneshot::channel();
        self.push(Job::new(mode, work, Reply::Async(sender)))?;
        receiver.await.unwrap_or_else(|_| Err(Error::internal("the database stopped before it answered")))
    }

    fn block(&self, mode: Mode, work: Work) -> Result<Answer> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.push(Job::new(mode, work, Reply::Blocking(sender)))?;
        receiver.recv().unwrap_or_else(|_| Err(Error::internal("the database stopped before it answered")))
    }

    fn push(&self, job: Job) -> Result<()> {
        if RUNS_JOBS.get() {
            return Err(Error::internal(
                "a closure asked the database for another one and would wait for itself",
            ));
        }
        let queue = if job.mode() == Mode::Write { &self.writes } else { &self.reads };
        queue.push(job).map_err(|no| match no {
            NoRoom::Full => Error::Busy,
            NoRoom::Closed => Error::internal("the database is closed"),
        })
    }

    fn start_sqlite(&self) -> Result<()> {
        let config = &self.config;
        if let Some(dir) = config.file().parent().filter(|d| !d.as_os_str().is_empty()) {
            std::fs::create_dir_all(dir).map_err(|e| Error::Internal(format!("{}: {e}", dir.display())))?;
        }
        let conn = sqlite::writer(config)?;
        let (queue, tally) = (self.writes.clone(), self.tally.clone());
        self.spawn("db-write", move || sqlite::write_jobs(conn, queue, tally))?;
        for _ in 0..config.reader_count() {
            let conn = sqlite::reader(config)?;
            let (queue, tally) = (self.reads.clone(), self.tally.clone());
            self.spawn("db-read", move || sqlite::read_jobs(conn, queue, tally))?;
        }
        Ok(())
    }

    fn start_postgres(&self) -> Result<()> {
        for life in pg::start(&self.config, &self.writes, &self.reads, &self.tally)? {
            self.spawn("db-postgres", life)?;
        }
        Ok(())
    }

    fn spawn(&self, name: &str, life: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || {
            RUNS_JOBS.set(true);
            life();
        });
        self.threads.lock().unwrap_or_else(|e| e.into_inner()).push(thread.map_err(Error::internal)?);
        Ok(())
    }

    fn close(&self) {
        self.writes.close();
        self.reads.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(|e| e.into_inner()));
        for thread in threads {
            // The last clone can go inside a closure, and a thread cannot wait for its own end.
            if thread.thread().id() != std::thread::current().id() && thread.join().is_err() {
                tracing::error!("a database thread ended in a panic");
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
