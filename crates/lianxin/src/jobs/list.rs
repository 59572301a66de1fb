//! Every job: what it is called, how often it runs, and what one round does.

use crate::config::Config;
use crate::server::here::Here;
use crate::store;
use access::SharedSite;
use kernel::{DAY, Error, Result};
use notify::Deliverer;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// For how long a write that is repeated is known to be one, in milliseconds.
const ONCE_FOR: i64 = 7 * DAY;

/// What jobs work on.
#[derive(Clone)]
pub struct Work {
    /// The site.
    pub site: SharedSite,
    /// Sends what is in the outbox.
    pub deliverer: Deliverer,
    /// How long the outbox rests when nothing is due.
    pub rest: Duration,
}

impl Work {
    /// For a site, as its settings say.
    ///
    /// Errors: the gateways are set up wrongly.
    pub fn new(site: &SharedSite, config: &Config) -> Result<Work> {
        let settings = config.delivery();
        let gateways = settings.gateways(&site.dir, site.zone)?;
        if settings.gateway.is_empty() {
            site.kept.get::<Here>().reach_nobody();
        }
        let rest = Duration::from_millis(settings.delivery.rest_ms);
        let (db, clock, chance) = (site.db.clone(), site.clock.clone(), site.chance.clone());
        let resolver = Arc::new(notify::Vault::new(site));
        let deliverer = Deliverer::new(db, clock, chance, resolver, gateways, settings.delivery, None);
        Ok(Work { site: site.clone(), deliverer, rest })
    }
}

/// What a round ends with: whether there is more to do at once.
pub type Round = Pin<Box<dyn Future<Output = Result<bool>> + Send>>;

/// One job.
pub struct Job {
    /// Its name, in table and numbers.
    pub name: &'static str,
    /// What people call it, in Chinese.
    pub zh: &'static str,
    /// What people call it, in English.
    pub en: &'static str,
    /// How long after the start of the process the first round comes.
    pub first: Duration,
    /// How long it rests between two rounds.
    pub every: Duration,
    /// One round. It may be done twice.
    pub round: fn(Work) -> Round,
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// The jobs of the leader.
pub static ALL: &[Job] = &[
    Job {
        name: "clocks",
        zh: "期限提醒",
        en: "Signals of deadlines",
        first: seconds(0),
        every: seconds(30),
        round: |w| Box::pin(async move { requests::jobs::look(&w.site).await.map(|_| false) }),
    },
    Job {
        name: "outbox",
        zh: "消息发送",
        en: "Sending messages",
        first: seconds(0),
        every: seconds(5),
        round: |w| Box::pin(async move { w.deliverer.turn().await.map(|turn| turn.settled > 0) }),
    },
    Job {
        name: "seal",
        zh: "封存日志",
        en: "Sealing the record",
        first: seconds(0),
        // It looks each minute whether a head is due; how often one is, is a setting.
        every: seconds(60),
        round: |w| Box::pin(seal(w)),
    },
    Job {
        name: "forget",
        zh: "到期删除身份",
        en: "Forgetting who asked when it is time",
        first: seconds(300),
        every: seconds(3600),
        round: |w| Box::pin(forget(w)),
    },
    Job {
        name: "forget-visits",
        zh: "到期删除走访和帮扶的原话、照片",
        en: "Forgetting words and pictures of visits and pairing work when it is time",
        first: seconds(330),
        every: seconds(3600),
        round: |w| Box::pin(forget_visits(w)),
    },
    Job {
        name: "once",
        zh: "清理重复提交的记录",
        en: "Forgetting repeated writes",
        first: seconds(600),
        every: seconds(86_400),
        round: |w| Box::pin(once(w)),
    },
    Job {
        name: "sign-ins",
        zh: "清理过期的登录记录",
        en: "Forgetting old sign-ins",
        first: seconds(640),
        every: seconds(86_400),
        round: |w| Box::pin(sign_ins(w)),
    },
    Job {
        name: "files",
        zh: "清理无主附件",
        en: "Removing files that nothing needs",
        first: seconds(660),
        every: seconds(86_400),
        round: |w| Box::pin(files(w)),
    },
    Job {
        name: "pieces",
        zh: "清理没传完的照片",
        en: "Removing pictures that came in part",
        first: seconds(680),
        every: seconds(3600),
        round: |w| Box::pin(pieces(w)),
    },
    Job {
        name: "signs",
        zh: "找出要留意的办件",
        en: "Looking for signs of gaming",
        first: seconds(20),
        every: seconds(600),
        round: |w| Box::pin(async move { insight::signs::look(&w.site).await }),
    },
    Job {
        name: "lots",
        zh: "抽签回访",
        en: "Drawing call-backs by lot",
        first: seconds(90),
        every: seconds(600),
        round: |w| {
            let keeper = crate::seal::keeper(&w.site.dir);
            Box::pin(async move { requests::lots::look(&w.site, keeper).await })
        },
    },
    Job {
        name: "duties",
        zh: "开始统计新一期的走访",
        en: "Counting the visits of a new period",
        first: seconds(15),
        every: seconds(1800),
        round: |w| Box::pin(duties(w)),
    },
    Job {
        name: "digest",
        zh: "每周走访提醒",
        en: "Weekly digest of visits due",
        first: seconds(150),
        every: seconds(1800),
        round: |w| Box::pin(async move { liaison::digest::send(&w.site).await }),
    },
    Job {
        name: "imports",
        zh: "清理上传过的表格",
        en: "Removing spreadsheets sent in",
        first: seconds(120),
        every: seconds(3600),
        round: |w| Box::pin(async move { crate::imports::sweep(&w.site).await.map(|_| false) }),
    },
];

impl Job {
    /// How long this job rests between two rounds.
    pub fn rest(&self, work: &Work) -> Duration {
        if self.name == "outbox" { work.rest } else { self.every }
    }
}

/// Keys of repeated writes that nobody repeats any more.
async fn once(work: Work) -> Result<bool> {
    let before = work.site.now().plus(-ONCE_FOR);
    work.site.db.write(move |tx| access::sweep_once(tx, before)).await.map(|_| false)
}

/// Who asked, where it is time.
async fn forget(work: Work) -> Result<bool> {
    if is_even(&work, "forget").await? { requests::acts::forget::sweep(&work.site).await } else { Ok(false) }
}

/// What was said and seen at visits and written down of pairing work, where it is time.
async fn forget_visits(work: Work) -> Result<bool> {
    if !is_even(&work, "forget-visits").await? {
        return Ok(false);
    }
    let more = liaison::visits::forget::sweep(&work.site).await?;
    Ok(liaison::work::forget::sweep(&work.site).await? || more)
}

/// Whether the clock has run evenly for some days, as far as a job knows: nothing is forgotten by a wrong year.
async fn is_even(work: &Work, name: &str) -> Result<bool> {
    let (runs, now) = (work.site.db.read(store::job_runs).await?, work.site.now());
    let even = runs.iter().any(|run| run.name == name && run.is_even(now));
    if !even {
        tracing::debug!(job = name, "nothing is forgotten until the clock has run evenly for some days");
    }
    Ok(even)
}

/// Leaves for what is new, and a signed head.
async fn seal(work: Work) -> Result<bool> {
    let (sealer, now, every) =
        (crate::seal::sealer(&work.site), work.site.now(), work.site.settings.seal_every);
    let sealed = tokio::task::spawn_blocking(move || sealer.round_if_due(now, every)).await;
    if let Some(head) = sealed.map_err(Error::internal)?? {
        tracing::debug!(size = head.size, n = head.n, "a head is signed");
    }
    Ok(false)
}

/// Sign-ins that were kept for as long as is set.
async fn sign_ins(work: Work) -> Result<bool> {
    let before = work.site.now().plus(-work.site.settings.history_for);
    work.site.db.write(move |tx| access::history::sweep(tx, before)).await.map(|_| false)
}

/// Periods that began since the last round.
async fn duties(work: Work) -> Result<bool> {
    let site = work.site.clone();
    work.site.db.write(move |tx| liaison::tally::open(tx, &site)).await.map(|_| false)
}

/// Pictures of visits that phones began to send and did not go on with, and what is known of those taken long ago.
async fn pieces(work: Work) -> Result<bool> {
    let now = work.site.now();
    work.site.db.write(move |tx| liaison::visits::uploads::sweep(tx, now)).await
}

/// Bytes that no attachment needs.
async fn files(work: Work) -> Result<bool> {
    let (db, now) = (work.site.db.clone(), work.site.now());
    let store = files::Store::new(&work.site.dir, work.site.chance.clone());
    let swept = tokio::task::spawn_blocking(move || files::sweep(&store, &db, now)).await;
    let swept = swept.map_err(Error::internal)??;
    tracing::debug!(removed = swept.removed, "files swept");
    Ok(false)
}
