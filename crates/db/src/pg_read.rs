//! Reading from PostgreSQL.

use crate::fault::Fault;
use crate::job::{Job, Mode};
use crate::pg::Line;
use crate::pg_tx::PgTx;
use crate::queue::Queue;
use kernel::Error;
use std::sync::Arc;

/// How often a read is run again after its connection broke.
const RETRIES: u32 = 4;

/// A connection that reads.
pub(crate) struct Reader {
    pub(crate) line: Line,
    pub(crate) queue: Arc<Queue>,
}

impl Reader {
    /// Job after job until the queue is closed.
    pub(crate) fn run(&mut self) {
        let queue = self.queue.clone();
        while let Some(jobs) = queue.take(1) {
            for mut job in jobs {
                if !job.abandoned() {
                    self.serve(&mut job);
                    job.answer();
                }
            }
        }
    }

    fn serve(&mut self, job: &mut Job) {
        for run in 0..=RETRIES {
            let Some(fault) = self.attempt(job) else { return };
            tracing::warn!(run, "run again: {}", fault.text());
        }
        tracing::error!("a read was given up after {RETRIES} more runs");
        job.spoil(Error::Busy);
    }

    /// One run; none where the job holds its answer, otherwise why it has to run again.
    fn attempt(&mut self, job: &mut Job) -> Option<Fault> {
        let tally = self.line.tally.clone();
        let link = match self.line.connected() {
            Ok(link) => link,
            Err(fault) => {
                tracing::error!("no connection to PostgreSQL: {}", fault.text());
                job.spoil(Error::Busy);
                return None;
            }
        };
        // Without a transaction of its own a plain read saves two trips to the server.
        let begin =
            (job.mode() == Mode::Snapshot).then_some("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        if let Some(begin) = begin
            && let Err(e) = link.client.batch_execute(begin)
        {
            self.line.link = None;
            return Some(Fault::postgres(begin, &e));
        }
        let mut tx = PgTx::new(link, &tally);
        let keep = job.run(&mut tx);
        // What a read would write is refused by the server, and may not be left unsaid.
        drop(tx.flush());
        let fault = tx.fault.take();
        if let Some(fault @ Fault::Lost(_)) = fault {
            self.line.link = None;
            return Some(fault);
        }
        if begin.is_some() {
            self.line.roll_back();
        }
        match fault {
            Some(fault @ Fault::Again(_)) => return Some(fault),
            Some(fault) if keep => job.spoil(fault.error()),
            _ => {}
        }
        None
    }
}
