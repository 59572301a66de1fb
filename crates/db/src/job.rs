//! A closure on its way through a queue, with the place where its answer goes.

use crate::{Tx, turn};
use kernel::{Error, Result};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Instant;
use tokio::sync::oneshot;

/// How a job wants to see the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Reads and writes, all or nothing.
    Write,
    /// Reads; each statement sees what is committed when it starts.
    Read,
    /// Reads; all statements see one state.
    Snapshot,
}

/// What a closure answered, whatever it is. One type for all, so that queues, channels and threads are compiled
/// once and not for each of the hundreds of use cases.
pub(crate) type Answer = Box<dyn Any + Send>;

pub(crate) type Work = Box<dyn Fn(&mut dyn Tx) -> Result<Answer> + Send + Sync>;

/// Where the answer goes.
pub(crate) enum Reply {
    Async(oneshot::Sender<Result<Answer>>),
    Blocking(mpsc::SyncSender<Result<Answer>>),
}

pub(crate) struct Job {
    mode: Mode,
    work: Work,
    outcome: Option<Result<Answer>>,
    reply: Reply,
    began: Instant,
}

/// The closure of a use case as work of a job.
pub(crate) fn work<T, F>(f: F) -> Work
where
    F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
    T: Send + 'static,
{
    Box::new(move |tx| f(tx).map(|out| Box::new(out) as Answer))
}

/// What [`work`] put into a box.
pub(crate) fn unpack<T: 'static>(answer: Result<Answer>) -> Result<T> {
    match answer?.downcast::<T>() {
        Ok(out) => Ok(*out),
        Err(_) => Err(Error::internal("a job answered something else than its closure")),
    }
}

impl Job {
    pub(crate) fn new(mode: Mode, work: Work, reply: Reply) -> Job {
        Job { mode, work, outcome: None, reply, began: turn::began() }
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// Since when whoever asks has waited.
    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    /// Runs the closure and keeps its outcome; true where what it wrote may stay. A panic is kept
    /// as an error.
    pub(crate) fn run(&mut self, tx: &mut dyn Tx) -> bool {
        // Whatever the closure left half done inside the transaction is rolled back, so nobody sees
        // a broken state after a panic.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(tx))).unwrap_or_else(|panic| {
            let text = panic
                .downcast_ref::<&str>()
                .map(|s| (*s).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            Err(Error::Internal(format!("panic in a use case: {text}")))
        });
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    /// Puts `error` in the place of the outcome.
    pub(crate) fn spoil(&mut self, error: Error) {
        self.outcome = Some(Err(error));
    }

    /// Whether nobody waits for the answer any more, so that it need not be begun.
    pub(crate) fn abandoned(&self) -> bool {
        matches!(&self.reply, Reply::Async(sender) if sender.is_closed())
    }

    /// Tells the outcome to whoever waits.
    pub(crate) fn answer(self) {
        let outcome = self.outcome.unwrap_or_else(|| Err(Error::internal("the job was not run")));
        // Whoever asked may have gone away; then nobody needs the answer.
        match self.reply {
            Reply::Async(sender) => drop(sender.send(outcome)),
            Reply::Blocking(sender) => drop(sender.send(outcome)),
        }
    }
}
