//! A closure on its way through a queue, with the place where its answer goes.

use crate::Tx;
use kernel::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
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

pub(crate) trait Job: Send {
    fn mode(&self) -> Mode;
    /// Runs the closure and keeps its outcome; true where what it wrote may stay. A panic is kept
    /// as an error.
    fn run(&mut self, tx: &mut dyn Tx) -> bool;
    /// Puts `error` in the place of the outcome.
    fn spoil(&mut self, error: Error);
    /// Whether nobody waits for the answer any more, so that it need not be begun.
    fn abandoned(&self) -> bool;
    /// Tells the outcome to whoever waits.
    fn answer(self: Box<Self>);
}

/// Where the answer goes.
pub(crate) enum Reply<T> {
    Async(oneshot::Sender<Result<T>>),
    Blocking(mpsc::SyncSender<Result<T>>),
}

pub(crate) struct Closure<F, T> {
    pub(crate) mode: Mode,
    pub(crate) f: F,
    pub(crate) outcome: Option<Result<T>>,
    pub(crate) reply: Reply<T>,
}

impl<F, T> Job for Closure<F, T>
where
    F: Fn(&mut dyn Tx) -> Result<T> + Send + Sync,
    T: Send,
{
    fn mode(&self) -> Mode {
        self.mode
    }

    fn run(&mut self, tx: &mut dyn Tx) -> bool {
        // Whatever the closure left half done inside the transaction is rolled back, so nobody sees
        // a broken state after a panic.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.f)(tx))).unwrap_or_else(|panic| {
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

    fn spoil(&mut self, error: Error) {
        self.outcome = Some(Err(error));
    }

    fn abandoned(&self) -> bool {
        matches!(&self.reply, Reply::Async(sender) if sender.is_closed())
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.unwrap_or_else(|| Err(Error::internal("the job was not run")));
        // Whoever asked may have gone away; then nobody needs the answer.
        match self.reply {
            Reply::Async(sender) => drop(sender.send(outcome)),
            Reply::Blocking(sender) => drop(sender.send(outcome)),
        }
    }
}
