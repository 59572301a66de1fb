//! What runs by itself while a site is served.
//!
//! ```text
//! process A ─┐ claims the lead ──▶ has it: runs every job of list, notes each round in table jobs
//! process B ─┘ looks every 5 s ──▶ has it not: answers requests only; takes over when A is gone
//! ```
//!
//! Several processes may serve one database. The jobs run in one of them, the one that holds the lead
//! ([`db::Lead`]). Each job is harmless when it is done twice, for a leader that lost its connection may
//! still be at work when the next one begins.

mod list;
mod round;

pub use list::{ALL, Job, Work};
pub use round::one_round;

use crate::config::Config;
use crate::server::here::Here;
use access::SharedSite;
use kernel::Result;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How often a process looks whether it leads.
const BEAT: Duration = Duration::from_secs(5);
/// How long a round under way may take to end when the process stops or has lost the lead.
const PATIENCE: Duration = Duration::from_secs(10);

/// The jobs of one process.
pub struct Jobs {
    stop: watch::Sender<bool>,
    leads: watch::Receiver<bool>,
    leader: JoinHandle<()>,
    own: JoinHandle<()>,
}

impl Jobs {
    /// Starts them: those of every process, and those of the leader where this process leads.
    ///
    /// Errors: the gateways are set up wrongly.
    pub fn start(site: &SharedSite, config: &Config) -> Result<Jobs> {
        Jobs::start_with(site, config, BEAT)
    }

    /// [`Jobs::start`], looking as often as a test likes.
    pub fn start_with(site: &SharedSite, config: &Config, beat: Duration) -> Result<Jobs> {
        let work = Work::new(site, config)?;
        let claim = site.db.lead("jobs")?;
        let (stop, heard) = watch::channel(false);
        let (told, leads) = watch::channel(false);
        Ok(Jobs {
            stop,
            leads,
            leader: tokio::spawn(lead(work, claim, beat, told, heard)),
            own: tokio::spawn(register::watch(site.clone())),
        })
    }

    /// Whether this process leads, as it changes.
    pub fn leads(&self) -> watch::Receiver<bool> {
        self.leads.clone()
    }

    /// Lets the rounds under way end, gives the lead back and stops.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.own.abort();
        // A panic was logged by the runtime; the site goes down all the same.
        drop(self.leader.await);
    }
}

/// Looks at every beat whether this process leads, and has the jobs run while it does.
async fn lead(
    work: Work,
    mut claim: db::Lead,
    beat: Duration,
    told: watch::Sender<bool>,
    mut stop: watch::Receiver<bool>,
) {
    let here = work.site.kept.get::<Here>();
    let mut working: Option<Working> = None;
    while !*stop.borrow() {
        let looked = tokio::task::spawn_blocking(move || (claim.hold(), claim)).await;
        let Ok((held, back)) = looked else {
            tracing::error!("claiming the lead broke off; this process runs no jobs any more");
            break;
        };
        claim = back;
        match (held, working.take()) {
            (true, None) => {
                tracing::info!("this process leads and runs the jobs");
                working = Some(Working::start(&work));
                here.lead(true);
                told.send_replace(true);
            }
            (false, Some(lost)) => {
                tracing::warn!("this process has lost the lead and stops its jobs");
                here.lead(false);
                told.send_replace(false);
                lost.stop().await;
            }
            (_, as_before) => working = as_before,
        }
        tokio::select! {
            () = tokio::time::sleep(beat) => {}
            // The sender gone means that the site is going down, too.
            gone = stop.changed() => if gone.is_err() { break },
        }
    }
    if let Some(working) = working {
        working.stop().await;
    }
    here.lead(false);
    told.send_replace(false);
}

/// The leader's jobs, each in a task of its own.
struct Working {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Working {
    fn start(work: &Work) -> Working {
        let (stop, heard) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for job in ALL {
            tasks.spawn(round::keep(job, work.clone(), heard.clone()));
        }
        Working { stop, tasks }
    }

    async fn stop(mut self) {
        self.stop.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tracing::warn!("a job did not end in time and is broken off");
            self.tasks.shutdown().await;
        }
    }
}
