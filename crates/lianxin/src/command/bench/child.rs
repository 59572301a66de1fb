//! The program itself as a child process: what is measured is what people run.

use crate::cli::Base;
use kernel::{Error, Result};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// Makes a demonstration with so many requests in `dir`, and in a database beside it where one is named;
/// gives the seconds it took.
pub(super) fn prepare(dir: &Path, base: &Base, requests: usize) -> Result<f64> {
    let start = Instant::now();
    let program = std::env::current_exe().map_err(Error::internal)?;
    let mut command = Command::new(program);
    // Not as arguments, which everybody on the machine can read: an address may hold a password.
    for (name, value) in [("LIANXIN_DATABASE", &base.database), ("LIANXIN_SCHEMA", &base.schema)] {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let status = command
        .args(["demo", "--prepare", "--seed", "7", "--requests", &requests.to_string(), "--dir"])
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(Error::internal)?;
    if !status.success() {
        return Err(Error::internal("the demonstration could not be made"));
    }
    let took = start.elapsed().as_secs_f64();
    // What is measured is how much the program takes, not how much it lets one key send.
    let settings = dir.join(crate::config::CONFIG_FILE);
    let text = std::fs::read_to_string(&settings).map_err(Error::internal)?;
    let text = format!("{text}\n[limits]\nkey-per-minute = 0\naddress-per-minute = 0\n");
    std::fs::write(&settings, text).map_err(Error::internal)?;
    Ok(took)
}

/// A served site; stopped when dropped.
pub(super) struct Served {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub(super) host: String,
    /// The key for programs that it printed, where it did.
    pub(super) key: Option<String>,
    /// Milliseconds from the start of the process to the first page.
    pub(super) first_page_ms: f64,
}

impl Drop for Served {
    fn drop(&mut self) {
        // Already gone is as good as stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    /// Serves the demonstration in `dir` on a free port, and waits for its first page.
    pub(super) fn start(dir: &Path) -> Result<Served> {
        let start = Instant::now();
        let program = std::env::current_exe().map_err(Error::internal)?;
        let mut child = Command::new(program)
            .args(["demo", "--listen", "127.0.0.1:0", "--dir"])
            .arg(dir)
            .env_remove("LIANXIN_DATABASE")
            .env_remove("LIANXIN_SCHEMA")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::internal)?;
        let output = child.stdout.take().ok_or_else(|| Error::internal("no output"))?;
        let mut served = Served { child, host: String::new(), key: None, first_page_ms: 0.0 };
        let mut lines = BufReader::new(output).lines();
        for line in lines.by_ref().map_while(std::result::Result::ok) {
            if let Some(at) = line.find("http://") {
                served.host = line[at + 7..].split([' ', '/']).next().unwrap_or("").to_owned();
                break;
            }
        }
        if served.host.is_empty() {
            return Err(Error::internal("the site did not start"));
        }
        super::http::Visitor::new(&served.host)?.get("/")?;
        served.first_page_ms = start.elapsed().as_secs_f64() * 1000.0;
        for line in lines.by_ref().map_while(std::result::Result::ok) {
            if let Some((_, key)) = line.split_once("Open311 key: ") {
                served.key = key.split_whitespace().next().map(str::to_owned);
            }
            if line.contains("ctrl-c") {
                break;
            }
        }
        std::thread::spawn(move || for _ in lines {});
        Ok(served)
    }

    /// The memory that is its own now, in megabytes; none where the system does not tell.
    pub(super) fn memory_mb(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let of = |name: &str| -> Option<f64> {
            let line = status.lines().find(|l| l.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        };
        // Pages of the database file that the system keeps in its cache are not the program's own.
        of("RssAnon:").or_else(|| of("VmRSS:")).map(|kb| kb / 1024.0)
    }
}
