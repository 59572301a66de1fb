//! `bench`: the load generator that ships with the program. It prints ratios, which hold on any machine;
//! times are for orientation.

mod bare_store;
mod child;
mod disk;
mod http;
mod pages;
mod recorder;
mod registration;
mod standing;

use super::say;
use crate::cli::{Base, Bench};
use crate::outcome::{Failure, Outcome};
use crate::progress::Bar;
use kernel::Result;
use std::path::{Path, PathBuf};

/// Measures what the command line asks for.
pub(super) fn run(args: &Bench) -> Outcome {
    if args.database.as_ref().is_some_and(|url| !is_server(url)) {
        return Err(Failure::usage(
            "--database 后面写 postgres://用户@主机/库名。",
            "--database takes postgres://user@host/name.",
        ));
    }
    let scratch = std::env::temp_dir().join(format!("lianxin-bench-{}", std::process::id()));
    let dir = args.dir.clone().unwrap_or(scratch.clone());
    std::fs::create_dir_all(&dir).map_err(|e| crate::outcome::file_error(&dir, &e))?;
    let outcome = disk::check(&dir, disk::needed(requests(args, &dir))).and_then(|()| all(args, &dir));
    if args.dir.is_none() {
        // Nothing of value is in it.
        let _ = std::fs::remove_dir_all(&scratch);
        for size in &args.sizes {
            Home::of(args, &dir, *size).clear()?;
        }
    }
    Ok(outcome?)
}

fn is_server(url: &str) -> bool {
    db::Config::new(url).engine() == db::Engine::Postgres
}

/// How many requests will be on the disk of `dir` at once, beside those that are there.
fn requests(args: &Bench, dir: &Path) -> u64 {
    let sites =
        args.sizes.iter().filter(|size| args.database.is_none() && !Home::of(args, dir, **size).dir.exists());
    let sites = sites.fold(0u64, |sum, size| sum.saturating_add(*size as u64));
    sites.saturating_add(registration::COPIES.saturating_mul(args.registrations as u64))
}

/// Where a site that is measured lives.
struct Home {
    dir: PathBuf,
    base: Base,
}

impl Home {
    fn of(args: &Bench, dir: &Path, size: usize) -> Home {
        let database = args.database.clone();
        let schema = database.is_some().then(|| format!("lianxin_bench_{size}"));
        Home { dir: dir.join(format!("site-{size}")), base: Base { database, schema } }
    }

    /// Removes what a database server holds of it.
    fn clear(&self) -> Result<()> {
        let Some(url) = &self.base.database else { return Ok(()) };
        let mut config = db::Config::new(url);
        config.schema = self.base.schema.clone();
        db::drop_schema(&config)
    }
}

fn all(args: &Bench, dir: &Path) -> Result<()> {
    say("| what | figure |\n| --- | --- |\n")?;
    if let Ok(size) = std::env::current_exe().and_then(std::fs::metadata).map(|m| m.len()) {
        row("binary", &format!("{:.1} MB", size as f64 / 1e6))?;
    }
    let scratch = dir.join("registration");
    let measured = || registration::measure(&scratch, args.registrations);
    let rates = Bar::during("registrations 登记", measured)?;
    let _ = std::fs::remove_dir_all(&scratch);
    row(
        "durable registration in the process, 128 callers",
        &format!(
            "{:.0}/s, {:.2} × the bare engine ({:.0}/s; {:.1} statements each)",
            rates.ours,
            rates.ratio(),
            rates.bare,
            rates.statements
        ),
    )?;
    if args.households > 0 {
        let scratch = dir.join("standing");
        let took = Bar::during("households 应走访", || standing::measure(&scratch, args.households))?;
        let _ = std::fs::remove_dir_all(&scratch);
        row(
            &format!("standing of {} households, computed in full", took.homes),
            &format!(
                "{:.0} ms, {:.2} × reading the {} rows alone ({:.0} ms)",
                took.full_ms,
                took.full_ms / took.rows_ms,
                took.rows,
                took.rows_ms
            ),
        )?;
    }
    let mut before: Option<pages::Site> = None;
    for size in &args.sizes {
        let home = Home::of(args, dir, *size);
        let site =
            Bar::during(&format!("{size} requests 诉求"), || pages::measure(&home, *size, args.calls))?;
        if site.made_s > 0.0 {
            row(&format!("{} requests generated", site.requests), &format!("{:.1} s", site.made_s))?;
            row(&format!("{size}: answers looked at for signs"), &format!("{:.1} s", site.looked_s))?;
        }
        row(&format!("{size}: start to first page"), &format!("{:.0} ms", site.first_page_ms))?;
        if let Some(mb) = site.memory_mb {
            row(&format!("{size}: memory while serving"), &format!("{mb:.0} MB"))?;
        }
        for (n, page) in site.pages.iter().enumerate() {
            let p99 = page.times.percentile(99);
            let ratio = before.as_ref().and_then(|b| b.pages.get(n)).map(|b| p99 / b.times.percentile(99));
            row(
                &format!("{size}: {}", page.name),
                &format!(
                    "p50 {:.1} ms, p99 {p99:.1} ms, {:.0}/s{}",
                    page.times.percentile(50),
                    page.rate,
                    ratio.map(|r| format!("; p99 {r:.2} × the smaller site's")).unwrap_or_default()
                ),
            )?;
        }
        if let Some((times, rate)) = pages::register(&home, args.calls)? {
            row(
                &format!("{size}: registration over HTTP, 64 clients"),
                &format!(
                    "{rate:.0}/s, p50 {:.1} ms, p99 {:.1} ms",
                    times.percentile(50),
                    times.percentile(99)
                ),
            )?;
        }
        before = Some(site);
    }
    Ok(())
}

fn row(what: &str, figure: &str) -> Result<()> {
    say(&format!("| {what} | {figure} |\n"))
}
