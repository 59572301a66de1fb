//! A bounded queue, first for whoever has waited longest: a full one says so at once, so that nobody waits for longer and
//! longer.

use crate::job::Job;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard};

/// Why a job was not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRoom {
    /// As many wait as may.
    Full,
    /// The database is being closed.
    Closed,
}

pub(crate) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
    room: usize,
}

struct State {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    pub(crate) fn new(room: usize) -> Self {
        let state = State { jobs: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), arrived: Condvar::new(), room: room.max(1) }
    }

    pub(crate) fn push(&self, job: Job) -> Result<(), NoRoom> {
        let mut state = self.lock();
        if state.closed {
            return Err(NoRoom::Closed);
        }
        if state.jobs.len() >= self.room {
            return Err(NoRoom::Full);
        }
        let place = state.jobs.partition_point(|other| other.began() <= job.began());
        state.jobs.insert(place, job);
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits for a job and takes up to `most` that are there; `None` when closed and empty.
    pub(crate) fn take(&self, most: usize) -> Option<VecDeque<Job>> {
        let mut state = self.lock();
        while state.jobs.is_empty() {
            if state.closed {
                return None;
            }
            state = self.arrived.wait(state).unwrap_or_else(|e| e.into_inner());
        }
        let n = state.jobs.len().min(most);
        Some(state.jobs.drain(..n).collect())
    }

    /// Up to `most` of those that are there now, without waiting.
    pub(crate) fn more(&self, most: usize) -> VecDeque<Job> {
        let mut state = self.lock();
        let n = state.jobs.len().min(most);
        state.jobs.drain(..n).collect()
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Takes no more jobs; those inside are still done.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.arrived.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Mode, Reply, work};
    use crate::turn::in_turn;
    use std::sync::mpsc;

    /// A question under this number.
    fn ask(queue: &Queue, n: u64, answers: &mpsc::SyncSender<kernel::Result<crate::job::Answer>>) {
        let job = Job::new(Mode::Read, work(move |_| Ok(n)), Reply::Blocking(answers.clone()));
        assert!(queue.push(job).is_ok());
    }

    #[tokio::test]
    async fn the_second_question_of_who_came_first_goes_before_the_first_of_who_came_later() {
        let queue = Queue::new(4);
        let (answers, _kept) = mpsc::sync_channel(4);
        in_turn(async {
            // Somebody else comes while the first waits.
            in_turn(async { ask(&queue, 2, &answers) }).await;
            ask(&queue, 1, &answers);
        })
        .await;
        ask(&queue, 3, &answers);
        let taken = queue.take(4).expect("three wait");
        let began: Vec<_> = taken.iter().map(Job::began).collect();
        assert!(began.is_sorted() && began.len() == 3);
        assert!(began[0] < began[1], "the one who came first asked last and is first");
    }
}
