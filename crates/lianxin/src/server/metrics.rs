//! `GET /metrics`: few numbers, in the text format of Prometheus.

use super::here::Here;
use crate::store;
use access::SharedSite;
use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use kernel::{Error, Timestamp};
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use web::WebError;

/// Upper bounds of the time classes, in milliseconds.
const BOUNDS: [u64; 8] = [5, 10, 25, 50, 100, 250, 1000, 5000];

/// What this process has served since it started.
#[derive(Debug, Default)]
pub struct Metrics {
    /// By the hundreds of the status: 1xx to 5xx.
    statuses: [AtomicU64; 5],
    /// By time, not added up; one more for what is slower.
    times: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
    under_way: AtomicU64,
}

/// A request that is being answered. Dropped without an end, the caller went away.
pub(super) struct UnderWay<'a>(&'a Metrics);

impl Metrics {
    /// How many requests have been answered.
    pub fn answered(&self) -> u64 {
        self.statuses.iter().map(|s| s.load(Relaxed)).sum()
    }

    /// A request has come.
    pub(super) fn begin(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Relaxed);
        UnderWay(self)
    }

    fn print(&self, out: &mut String) {
        head(out, "lianxin_http_requests_total", "counter", "Answers by class of status.");
        for (class, n) in self.statuses.iter().enumerate() {
            line(out, &format!("lianxin_http_requests_total{{status=\"{}xx\"}}", class + 1), n.load(Relaxed));
        }
        let name = "lianxin_http_request_seconds";
        head(out, name, "histogram", "Time until an answer begins.");
        let mut sum = 0;
        for (i, n) in self.times.iter().enumerate() {
            sum += n.load(Relaxed);
            let bound = BOUNDS.get(i).map_or("+Inf".to_owned(), |ms| (*ms as f64 / 1000.0).to_string());
            line(out, &format!("{name}_bucket{{le=\"{bound}\"}}"), sum);
        }
        let seconds = self.micros.load(Relaxed) as f64 / 1e6;
        out.push_str(&format!("{name}_sum {seconds}\n"));
        line(out, &format!("{name}_count"), sum);
        head(out, "lianxin_http_requests_under_way", "gauge", "Requests being answered.");
        line(out, "lianxin_http_requests_under_way", self.under_way.load(Relaxed));
    }
}

impl UnderWay<'_> {
    /// It has been answered.
    pub(super) fn end(self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.0.statuses[class].fetch_add(1, Relaxed);
        let ms = took.as_millis() as u64;
        let slot = BOUNDS.iter().position(|b| ms <= *b).unwrap_or(BOUNDS.len());
        self.0.times[slot].fetch_add(1, Relaxed);
        self.0.micros.fetch_add(took.as_micros() as u64, Relaxed);
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Relaxed);
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    out.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
}

fn line(out: &mut String, name: &str, value: u64) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{name} {value}");
}

/// What `/metrics` asks for.
#[derive(Clone)]
pub(super) struct Watchword(pub(super) String);

/// The numbers, for whoever knows the token; without one, for this machine.
pub(super) async fn show(
    State(site): State<SharedSite>,
    Extension(word): Extension<Watchword>,
    Extension(metrics): Extension<Arc<Metrics>>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    if !may_read(&word.0, from.map(|f| f.0.0), &headers) {
        // There is nothing here for anybody else.
        return WebError::from(Error::NotFound).into_response();
    }
    let mut out = String::new();
    metrics.print(&mut out);
    let (writes, reads) = site.db.waiting();
    head(&mut out, "lianxin_db_waiting", "gauge", "Jobs that wait for the database.");
    line(&mut out, "lianxin_db_waiting{kind=\"write\"}", writes as u64);
    line(&mut out, "lianxin_db_waiting{kind=\"read\"}", reads as u64);
    head(&mut out, "lianxin_db_statements_total", "counter", "Statements run.");
    line(&mut out, "lianxin_db_statements_total", site.db.statements_run());
    if let Ok(n) = site.db.read(|tx| notify::undeliverable_count(tx, "/")).await {
        head(&mut out, "lianxin_messages_undeliverable", "gauge", "Messages that wait for a clerk.");
        line(&mut out, "lianxin_messages_undeliverable", n.max(0) as u64);
    }
    let leads = u64::from(site.kept.get::<Here>().leads());
    if let Some(free) = crate::disk::free(&site.dir) {
        head(&mut out, "lianxin_disk_free_bytes", "gauge", "Room on the disk of the data directory.");
        line(&mut out, "lianxin_disk_free_bytes", free);
    }
    head(&mut out, "lianxin_leader", "gauge", "Whether this process runs the jobs.");
    line(&mut out, "lianxin_leader", leads);
    let (name, version, pack) = ("lianxin_build_info", env!("CARGO_PKG_VERSION"), &site.pack.id);
    head(&mut out, name, "gauge", "Which program and pack run.");
    let engine = site.db.engine();
    line(&mut out, &format!("{name}{{version=\"{version}\",pack=\"{pack}\",engine=\"{engine}\"}}"), 1);
    if let Ok(bytes) = site.db.read(store::bytes).await {
        head(&mut out, "lianxin_database_bytes", "gauge", "The size of the database.");
        line(&mut out, "lianxin_database_bytes", bytes.max(0) as u64);
    }
    let now = site.now();
    let read = move |tx: &mut dyn db::Tx| Ok((store::job_runs(tx)?, notify::unsent(tx, now)?));
    if let Ok((jobs, unsent)) = site.db.read(read).await {
        head(&mut out, "lianxin_messages_unsent", "gauge", "Messages that no gateway has taken yet.");
        line(&mut out, "lianxin_messages_unsent", unsent.count.max(0) as u64);
        let name = "lianxin_messages_unsent_oldest_seconds";
        head(&mut out, name, "gauge", "For how long the oldest of them waits.");
        line(&mut out, name, unsent.oldest.map_or(0, |at| seconds_since(at, now)));
        let name = "lianxin_job_good_age_seconds";
        head(&mut out, name, "gauge", "How long ago the last good round of a job was, by any process.");
        for job in jobs.iter() {
            if let Some(at) = job.good_at {
                line(&mut out, &format!("{name}{{job=\"{}\"}}", job.name), seconds_since(at, now));
            }
        }
        let name = "lianxin_job_failing";
        head(&mut out, name, "gauge", "Whether the last round of a job failed.");
        for job in &jobs {
            let failing = u64::from(!job.fault.is_empty());
            line(&mut out, &format!("{name}{{job=\"{}\"}}", job.name), failing);
        }
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response()
}

fn seconds_since(at: Timestamp, now: Timestamp) -> u64 {
    ((now.0 - at.0) / 1000).max(0) as u64
}

fn may_read(word: &str, from: Option<SocketAddr>, headers: &HeaderMap) -> bool {
    if !word.is_empty() {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        return given.and_then(|v| v.strip_prefix("Bearer ")) == Some(word);
    }
    // Behind a proxy everything seems to come from this machine.
    from.is_some_and(|a| a.ip().is_loopback()) && !headers.contains_key("x-forwarded-for")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_print() {
        let m = Metrics::default();
        m.begin().end(200, Duration::from_millis(3));
        m.begin().end(404, Duration::from_millis(70));
        m.begin().end(503, Duration::from_secs(9));
        let open = m.begin();
        let mut out = String::new();
        m.print(&mut out);
        for wanted in [
            "lianxin_http_requests_total{status=\"2xx\"} 1",
            "lianxin_http_requests_total{status=\"5xx\"} 1",
            "lianxin_http_request_seconds_bucket{le=\"0.005\"} 1",
            "lianxin_http_request_seconds_bucket{le=\"0.1\"} 2",
            "lianxin_http_request_seconds_bucket{le=\"+Inf\"} 3",
            "lianxin_http_request_seconds_count 3",
            "lianxin_http_requests_under_way 1",
        ] {
            assert!(out.lines().any(|l| l == wanted), "{wanted}\n{out}");
        }
        drop(open);
        assert_eq!((m.answered(), m.under_way.load(Relaxed)), (3, 0));
    }

    #[test]
    fn strangers_do_not_read_numbers() {
        let here: Option<SocketAddr> = Some("127.0.0.1:9".parse().unwrap());
        let there = Some("192.0.2.7:9".parse().unwrap());
        let plain = HeaderMap::new();
        let mut proxied = HeaderMap::new();
        proxied.insert("x-forwarded-for", "192.0.2.7".parse().unwrap());
        let mut token = HeaderMap::new();
        token.insert(header::AUTHORIZATION, "Bearer t".parse().unwrap());
        assert!(may_read("", here, &plain));
        assert!(!may_read("", there, &plain) && !may_read("", here, &proxied) && !may_read("", None, &plain));
        assert!(may_read("t", there, &token));
        assert!(!may_read("t", here, &plain) && !may_read("u", there, &token));
    }
}
