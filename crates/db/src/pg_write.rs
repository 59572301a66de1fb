//! Writing to PostgreSQL: many jobs in one transaction, one sync, then every answer.
//!
//! ```text
//!            ┌─ all ended well ──────────▶ COMMIT ─▶ answers
//! jobs ──▶ run together ─ one failed ────▶ ROLLBACK ─▶ those before it · it alone · those after it
//!            ├─ an unknown one failed ───▶ ROLLBACK ─▶ one half · the other half
//!            └─ undone by the engine ────▶ all again; later by halves, so that one cannot fail all
//! ```

use crate::fault::Fault;
use crate::job::Job;
use crate::pg::Line;
use crate::pg_tx::PgTx;
use crate::queue::Queue;
use crate::store;
use kernel::{Chance, Error, SystemChance};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How many jobs share one transaction and so one wait for the disk.
const BATCH: usize = 256;
/// How often a job is run again after the engine or a broken connection undid it.
const RETRIES: u32 = 4;

type Jobs = VecDeque<Job>;

/// The connection that writes.
pub(crate) struct Writer {
    pub(crate) line: Line,
    pub(crate) queue: Arc<Queue>,
}

/// How a transaction ended.
enum End {
    /// The jobs hold their answers.
    Done,
    /// Undone: this one of the jobs has to be run by itself, or one that is not known.
    Split(Option<usize>),
    /// Undone by the engine, or by a connection that broke before the commit.
    Again(Fault),
}

impl Writer {
    /// Batch after batch until the queue is closed.
    pub(crate) fn run(&mut self) {
        let queue = self.queue.clone();
        while let Some(jobs) = queue.take(BATCH) {
            self.serve(jobs);
        }
    }

    /// Runs jobs, together as far as may be, and answers them.
    fn serve(&mut self, jobs: Jobs) {
        // Those that come meanwhile go along with the first; later ones have a transaction of their own.
        let mut todo = VecDeque::from([(jobs, 0)]);
        let mut fresh = true;
        while let Some((mut jobs, runs)) = todo.pop_front() {
            match self.attempt(&mut jobs, std::mem::take(&mut fresh)) {
                End::Done => jobs.into_iter().for_each(|job| job.answer()),
                End::Split(Some(at)) => {
                    let after = jobs.split_off(at + 1);
                    let it = jobs.split_off(at);
                    todo.push_front((after, 0));
                    todo.push_front((it, 0));
                    todo.push_front((jobs, 0));
                }
                End::Split(None) => halve(&mut todo, jobs),
                End::Again(fault) if runs < RETRIES => {
                    tracing::debug!(runs, "{} writes run again: {}", jobs.len(), fault.text());
                    // Each process waits for another while, so that those who met do not meet again.
                    std::thread::sleep(Duration::from_micros(SystemChance.below(1000 << runs)));
                    if runs > 0 && jobs.len() > 1 {
                        halve(&mut todo, jobs);
                    } else {
                        todo.push_front((jobs, runs + 1));
                    }
                }
                End::Again(fault) => {
                    tracing::error!("a write was given up after {RETRIES} more runs: {}", fault.text());
                    for mut job in jobs {
                        job.spoil(Error::Busy);
                        job.answer();
                    }
                }
            }
        }
    }

    /// Runs jobs in one transaction; where `joined`, with those that come while it runs: callers who were
    /// just answered are back before the first jobs are done, and each that comes along saves a wait for
    /// the disk.
    fn attempt(&mut self, jobs: &mut Jobs, joined: bool) -> End {
        jobs.retain(|job| !job.abandoned());
        if jobs.is_empty() {
            return End::Done;
        }
        let (queue, tally) = (self.queue.clone(), self.line.tally.clone());
        let link = match self.line.connected() {
            Ok(link) => link,
            Err(fault) => {
                tracing::error!("no connection to PostgreSQL: {}", fault.text());
                jobs.iter_mut().for_each(|job| job.spoil(Error::Busy));
                return End::Done;
            }
        };
        if let Err(e) = link.client.batch_execute(store::PG_BEGIN) {
            return self.undone(jobs, Fault::postgres("BEGIN", &e), None);
        }
        let mut tx = PgTx::writing(link, &tally);
        let mut kept = Vec::with_capacity(jobs.len());
        loop {
            let at = kept.len();
            if at == jobs.len() && joined && at < BATCH {
                jobs.append(&mut queue.more(BATCH - at));
            }
            let Some(job) = jobs.get_mut(at) else { break };
            let keep = job.run(&mut tx);
            if let Some(fault) = tx.fault.take() {
                // Whatever the closure made of it.
                let known = (!tx.shared).then_some(at);
                if jobs.len() == 1 && !keep && !is_passing(&fault) {
                    self.line.roll_back();
                    return End::Done;
                }
                return self.undone(jobs, fault, known);
            }
            if !keep && tx.wrote {
                self.line.roll_back();
                return if jobs.len() == 1 { End::Done } else { End::Split(Some(at)) };
            }
            tx.next(keep);
            kept.push(keep);
        }
        let sent = tx.flush();
        if let Err(fault) = sent {
            return self.undone(jobs, fault, None);
        }
        let committed = self.line.link.as_mut().map(|link| link.client.batch_execute("COMMIT"));
        let fault = match committed {
            Some(Ok(())) => return End::Done,
            Some(Err(e)) => Fault::postgres("COMMIT", &e),
            None => Fault::Lost("not connected".into()),
        };
        if !matches!(fault, Fault::Lost(_)) {
            return self.undone(jobs, fault, None);
        }
        tracing::error!("fate of {} writes unknown: {}", jobs.len(), fault.text());
        self.line.link = None;
        for (job, _) in jobs.iter_mut().zip(kept).filter(|(_, kept)| *kept) {
            job.spoil(Error::refused(
                "fate-unknown",
                "提交时与数据库的连接中断，不确定是否已经写入。请先查看结果，再决定是否重新提交。",
                "The connection to the database broke at the moment of writing, so it is not known \
                 whether it was written. Please look first before you send it again.",
            ));
        }
        End::Done
    }

    /// Rolls back, and says what has to become of jobs that met a fault.
    fn undone(&mut self, jobs: &mut Jobs, fault: Fault, known: Option<usize>) -> End {
        if matches!(fault, Fault::Lost(_)) {
            tracing::warn!("connection to PostgreSQL lost: {}", fault.text());
            self.line.link = None;
        } else {
            self.line.roll_back();
        }
        if is_passing(&fault) {
            return End::Again(fault);
        }
        if jobs.len() > 1 {
            return End::Split(known);
        }
        jobs.iter_mut().for_each(|job| job.spoil(fault.error()));
        End::Done
    }
}

/// Whether the same may go well another time.
fn is_passing(fault: &Fault) -> bool {
    matches!(fault, Fault::Again(_) | Fault::Lost(_))
}

fn halve(todo: &mut VecDeque<(Jobs, u32)>, mut jobs: Jobs) {
    let rest = jobs.split_off(jobs.len().div_ceil(2));
    todo.push_front((rest, 0));
    todo.push_front((jobs, 0));
}
