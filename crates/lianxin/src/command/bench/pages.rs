//! Pages over HTTP with sixteen clients, on sites of different size.

use super::Home;
use super::child::{self, Served};
use super::http::{Times, Visitor, load};
use crate::cli::Where;
use crate::open;
use kernel::{Error, Result};
use std::time::Instant;

/// Clients at once.
const CLIENTS: usize = 16;

/// One page's times.
pub(super) struct Page {
    pub(super) name: &'static str,
    pub(super) times: Times,
    pub(super) rate: f64,
}

/// What a site of one size reached.
pub(super) struct Site {
    pub(super) requests: usize,
    pub(super) made_s: f64,
    /// Seconds for which the site caught up with answers that no job had looked at yet.
    pub(super) looked_s: f64,
    pub(super) first_page_ms: f64,
    pub(super) memory_mb: Option<f64>,
    pub(super) pages: Vec<Page>,
}

/// Measures a site with so many requests, made where it is not there yet.
pub(super) fn measure(home: &Home, requests: usize, calls: usize) -> Result<Site> {
    let made_s = if home.dir.exists() {
        0.0
    } else {
        // A schema without its directory was left by an attempt that broke off.
        home.clear()?;
        child::prepare(&home.dir, &home.base, requests)?
    };
    let looked_s = catch_up(home)?;
    let served = Served::start(&home.dir)?;
    let cases = numbers(&served)?;
    let plan: [(&'static str, Vec<String>); 6] = [
        ("ledger", vec!["/requests".into()]),
        ("ledger, open by due date", vec!["/requests?standing=live&sort=due".into()]),
        ("ledger, one class", vec!["/requests?class=02.01.01".into(), "/requests?class=01".into()]),
        ("ledger, words", vec![format!("/requests?q={}", "%E8%B7%AF%E7%81%AF")]),
        ("case", cases),
        ("dashboard", vec!["/dashboard".into()]),
    ];
    let mut pages = Vec::new();
    for (name, paths) in plan {
        let (times, rate) = load(
            CLIENTS,
            calls,
            |_| enter(&served.host, "supervisor1"),
            |visitor, n| {
                let path = &paths[n % paths.len()];
                let answer = visitor.get(path)?;
                if answer.status == 200 { Ok(()) } else { Err(failed(path, answer.status)) }
            },
        )?;
        pages.push(Page { name, times, rate });
    }
    let memory_mb = served.memory_mb();
    Ok(Site { requests, made_s, looked_s, first_page_ms: served.first_page_ms, memory_mb, pages })
}

/// Looks for signs in everything answered, as the job does. A site in use is never behind by more than minutes; one that
/// was made in bulk would be measured together with that job.
fn catch_up(home: &Home) -> Result<f64> {
    let start = Instant::now();
    let site = open::open(&Where { dir: home.dir.clone(), base: home.base.clone() })?.site;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::internal)?;
    let looked = runtime.block_on(async {
        while insight::signs::look(&site).await? {}
        Ok(())
    });
    site.db.close();
    looked.map(|()| start.elapsed().as_secs_f64())
}

fn failed(path: &str, status: u16) -> Error {
    Error::internal(format!("{path} answered {status}"))
}

/// Steps into a person of the demonstration.
pub(super) fn enter(host: &str, login: &str) -> Result<Visitor> {
    let mut visitor = Visitor::new(host)?;
    let body = format!("login={login}");
    let answer = visitor.post("/demo/enter", "application/x-www-form-urlencoded", &[], body.as_bytes())?;
    match (answer.status, answer.location) {
        (303, Some(_)) => Ok(visitor),
        (status, _) => Err(failed("/demo/enter", status)),
    }
}

/// Paths of cases all over the ledger.
fn numbers(served: &Served) -> Result<Vec<String>> {
    let mut visitor = enter(&served.host, "supervisor1")?;
    let mut out: Vec<String> = Vec::new();
    for list in ["/requests", "/requests?standing=live", "/requests?standing=closed", "/requests?class=01"] {
        let page = String::from_utf8_lossy(&visitor.get(list)?.body).into_owned();
        for part in page.split("href=\"/requests/").skip(1) {
            let number = part.split(['"', '?', '#']).next().unwrap_or("");
            if number.contains("-20") && !number.contains('/') {
                out.push(format!("/requests/{number}"));
            }
        }
    }
    out.sort();
    out.dedup();
    if out.is_empty() { Err(Error::internal("the ledger shows no case")) } else { Ok(out) }
}

/// Registrations over HTTP, by the JSON interface with a key: rate and times.
pub(super) fn register(home: &Home, calls: usize) -> Result<Option<(Times, f64)>> {
    let served = Served::start(&home.dir)?;
    let Some(key) = served.key.clone() else { return Ok(None) };
    let done = load(
        64,
        calls,
        |_| Visitor::new(&served.host),
        |visitor, n| {
            let body = format!(
                "{{\"class\":\"04.01.01\",\"description\":\"村口水渠堵了，第 {n} 次反映，请派人清理。\",\"address\":\"村口\"}}"
            );
            let headers = [("X-Api-Key", key.as_str())];
            let answer = visitor.post("/api/v1/requests", "application/json", &headers, body.as_bytes())?;
            if answer.status < 300 {
                Ok(())
            } else {
                Err(Error::internal(format!(
                    "registration answered {}: {}",
                    answer.status,
                    String::from_utf8_lossy(&answer.body)
                )))
            }
        },
    )?;
    Ok(Some(done))
}
