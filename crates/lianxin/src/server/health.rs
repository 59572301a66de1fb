//! `GET /healthz`: whether the site can serve, for load balancers and supervisors.
//!
//! The status tells whether this process can answer. `jobs` tells whether what has to run by itself runs,
//! in this process or another: `late` is for whoever watches, and no reason to send people elsewhere.

use super::here::Here;
use super::overview::is_late;
use crate::jobs;
use crate::store::{self, JobRun};
use access::SharedSite;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use kernel::Timestamp;
use serde_json::json;

/// 200 where the database answers, 503 where it does not.
pub(super) async fn show(State(site): State<SharedSite>) -> Response {
    let alive = site.db.read(|tx| Ok((tx.exists(&store::ALIVE, &[])?, store::job_runs(tx)?))).await;
    let (status, database, runs) = match alive {
        Ok((true, runs)) => (StatusCode::OK, "ok", runs),
        Ok((false, _)) | Err(kernel::Error::Busy) => (StatusCode::SERVICE_UNAVAILABLE, "busy", Vec::new()),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "down", Vec::new())
        }
    };
    let body = json!({
        "status": if status == StatusCode::OK { "ok" } else { "unavailable" },
        "database": database,
        "jobs": if status == StatusCode::OK { standing(&runs, site.now()) } else { "unknown" },
        "leads": site.kept.get::<Here>().leads(),
        "engine": site.db.engine().to_string(),
        "pack": site.pack.id,
        "pack_version": site.pack.version,
        "version": env!("CARGO_PKG_VERSION"),
    });
    let kind = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, kind, body.to_string()).into_response()
}

/// How the jobs stand: `ok`, `failing`, `late`, or `unknown` where none ever ran.
fn standing(runs: &[JobRun], now: Timestamp) -> &'static str {
    let known = || jobs::ALL.iter().filter_map(|j| Some((j, runs.iter().find(|r| r.name == j.name)?)));
    if known().next().is_none() {
        "unknown"
    } else if known().any(|(job, run)| is_late(job, run, now)) {
        "late"
    } else if known().any(|(_, run)| !run.fault.is_empty()) {
        "failing"
    } else {
        "ok"
    }
}
