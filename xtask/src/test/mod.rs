//! The test command: every suite in order, each with its heading and its time, and at the end one
//! line alone that says how many passed, failed and were skipped.

mod count;
mod kinds;
mod outside;
mod postgres;
pub(crate) mod skips;
mod suites;
mod tools;

use crate::workspace::Workspace;
use count::Count;
use std::time::{Duration, Instant};
use tools::Tools;

/// The suites in their order.
const SUITES: [&str; 7] = ["fmt", "clippy", "tidy", "deny", "tests", "browser", "outside"];

/// What `cargo xtask test` understands.
#[derive(clap::Args)]
pub struct Options {
    /// A skipped suite or test is a failure (also when CI=true)
    #[arg(long)]
    ci: bool,
    /// Run only these suites
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', value_parser = SUITES)]
    only: Vec<String>,
    /// Skip these suites
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', value_parser = SUITES)]
    skip: Vec<String>,
    /// Install nothing; what lacks its tools is skipped
    #[arg(long)]
    no_install: bool,
}

/// What a suite has to say at its end.
#[derive(Default)]
pub struct Outcome {
    /// How many passed, failed and were skipped.
    pub count: Count,
    /// Why something failed or was skipped, shown again at the very end.
    pub notes: Vec<String>,
}

impl Outcome {
    /// A suite that cannot run.
    pub fn skipped(why: impl Into<String>) -> Self {
        Self { count: Count::SKIPPED, notes: vec![format!("skipped: {}", why.into())] }
    }
    /// A suite of one test that failed.
    pub fn failed(why: impl Into<String>) -> Self {
        Self { count: Count::FAILED, notes: vec![format!("failed: {}", why.into())] }
    }
    /// A suite of one test.
    pub fn of(ran: &crate::run::Ran, what: &str) -> Self {
        if ran.ok() {
            Self { count: Count::PASSED, notes: Vec::new() }
        } else {
            Self::failed(format!("{what} {}", ran.ending()))
        }
    }
}

/// What every suite is handed.
pub struct Context<'a> {
    /// The checkout.
    pub workspace: &'a Workspace,
    /// The tools that were found.
    pub tools: Tools,
    /// Whether a skip is a failure.
    pub ci: bool,
    /// The PostgreSQL server of this run, or why there is none.
    pub server: Result<postgres::Server, String>,
}

/// Runs the suites that were asked for. `Ok(true)` means that nothing failed and, in CI, nothing
/// was skipped.
pub fn run(workspace: &Workspace, options: &Options) -> Result<bool, String> {
    let ci = options.ci || std::env::var("CI").is_ok_and(|value| value == "true");
    let chosen: Vec<&str> =
        SUITES.into_iter().filter(|suite| options.only.is_empty() || listed(&options.only, suite)).collect();
    let wanted: Vec<&str> = chosen.iter().copied().filter(|suite| !listed(&options.skip, suite)).collect();

    heading("tools");
    let begun = Instant::now();
    let tools = Tools::ready(workspace, &wanted, !options.no_install);
    let server = match &tools.postgres {
        Ok(_) if wanted.contains(&"tests") => postgres::Server::start(&workspace.target),
        Ok(_) => Err("not asked for".to_owned()),
        Err(why) => Err(why.clone()),
    };
    println!("-- tools: looked for in {}", time(begun.elapsed()));

    let mut context = Context { workspace, tools, ci, server };
    let mut total = Count::default();
    let mut table = Vec::new();
    let begun = Instant::now();
    for suite in chosen {
        heading(suite);
        let started = Instant::now();
        let outcome = if wanted.contains(&suite) {
            suites::run(suite, &mut context)
        } else {
            Outcome::skipped("by --skip")
        };
        println!("-- {suite}: {}, {}", outcome.count, time(started.elapsed()));
        for note in &outcome.notes {
            println!("   {note}");
        }
        total += outcome.count;
        table.push((suite, outcome, started.elapsed()));
    }
    drop(context);

    heading("summary");
    for (suite, outcome, took) in &table {
        println!("{suite:<8} {:<40} {:>8}", outcome.count.to_string(), time(*took));
        for note in &outcome.notes {
            println!("         {note}");
        }
    }
    println!("all      {:>49}", time(begun.elapsed()));
    if ci && total.skipped > 0 {
        println!("In CI a skip is a failure.");
    }
    println!("{total}");
    Ok(total.failed == 0 && !(ci && total.skipped > 0))
}

fn listed(names: &[String], suite: &str) -> bool {
    names.iter().any(|name| name == suite)
}

fn heading(name: &str) {
    println!("\n== {name} ==");
}

fn time(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{}:{:02} min", seconds as u64 / 60, seconds as u64 % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn suites_are_named_one_by_one_or_with_commas_and_unknown_ones_are_refused() {
        let line = Line::try_parse_from(["x", "--only", "fmt,tidy", "--only", "tests", "--ci"]).unwrap();
        assert_eq!(line.options.only, ["fmt", "tidy", "tests"]);
        assert!(line.options.ci && !line.options.no_install);
        assert!(Line::try_parse_from(["x", "--skip", "lunch"]).is_err());
    }

    #[test]
    fn times_are_read_at_a_glance() {
        assert_eq!(time(Duration::from_millis(1500)), "1.5 s");
        assert_eq!(time(Duration::from_secs(125)), "2:05 min");
    }
}
