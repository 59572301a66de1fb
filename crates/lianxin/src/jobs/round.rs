//! The rounds of one job, one after the other, each noted.

use super::{Job, Work};
use crate::store;
use kernel::{Error, MINUTE, Result, Timestamp};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often a job that goes well is noted, in milliseconds: some have a round every few seconds.
const NOTED_EVERY: i64 = MINUTE;

/// Runs rounds until told to stop; the round under way is ended first.
pub(super) async fn keep(job: &'static Job, work: Work, mut stop: watch::Receiver<bool>) {
    let mut noted = Noted::default();
    let mut wait = job.first;
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|told| *told) => return,
            () = tokio::time::sleep(wait) => {}
        }
        let done = run(job, &work, &mut noted).await;
        if let Err(error) = &done {
            tracing::warn!(job = job.name, %error, "a round failed; trying again");
        }
        wait = if let Ok(true) = done { Duration::ZERO } else { job.rest(&work) };
    }
}

/// One round of a job, noted; whether there is enough for another one at once.
///
/// Errors: those of the job.
pub async fn one_round(job: &Job, work: &Work) -> Result<bool> {
    run(job, work, &mut Noted::default()).await
}

async fn run(job: &Job, work: &Work, noted: &mut Noted) -> Result<bool> {
    let (began, start) = (work.site.now(), Instant::now());
    let done = (job.round)(work.clone()).await;
    note(job, work, noted, began, start.elapsed(), &done).await;
    done
}

/// What was last written down.
#[derive(Default)]
struct Noted {
    at: Option<Timestamp>,
    fault: String,
}

async fn note(
    job: &Job,
    work: &Work,
    noted: &mut Noted,
    began: Timestamp,
    took: Duration,
    done: &Result<bool>,
) {
    let fault = done.as_ref().err().map(Error::to_string).unwrap_or_default();
    let lately = noted.at.is_some_and(|at| began.0 < at.0 + NOTED_EVERY && began.0 >= at.0);
    if lately && fault == noted.fault {
        return;
    }
    let (name, took, kept) = (job.name, took.as_millis() as i64, fault.clone());
    let written = work.site.db.write(move |tx| store::note_job(tx, name, began, took, &kept)).await;
    match written {
        Ok(()) => *noted = Noted { at: Some(began), fault },
        Err(error) => tracing::debug!(%error, job = name, "a round was not noted"),
    }
}
