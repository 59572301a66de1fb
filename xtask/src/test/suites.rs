//! The suites that are Cargo's: formatting, lints, house rules, tests, tests in a browser.

use super::count::{self, Count};
use super::kinds::{self, Engines};
use super::skips::{self, Skips};
use super::{Context, Outcome};
use crate::run::{self, Ran};
use std::process::Command;
use std::time::Duration;

/// The browser tests: one test program of the binary's crate.
const BROWSER_TESTS: &str = "crates/lianxin/tests/browser.rs";
/// What the suite of the tests leaves to that of the browser, where axe is at hand.
const NOT_BROWSER: &str = "not (binary(browser) or binary(pocket))";
/// Longer than any suite should take, shorter than the patience of a build server.
const LIMIT: Duration = Duration::from_secs(40 * 60);

/// Runs one suite by its name.
pub fn run(suite: &str, context: &mut Context<'_>) -> Outcome {
    let outcome = match suite {
        "fmt" => one(context, "cargo fmt", &["fmt", "--all", "--check", "--message-format", "short"]),
        "clippy" => one(
            context,
            "cargo clippy",
            &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
        ),
        "tidy" => crate::tidy::run(context.workspace).map(|report| {
            let clean = report.print();
            let mut count = Count { passed: report.checks(), ..Count::default() };
            count.failed = report.failed_checks();
            count.passed -= count.failed;
            let notes = if clean { Vec::new() } else { vec!["failed: house rules".to_owned()] };
            Outcome { count, notes }
        }),
        "deny" => deny(context),
        "tests" => tests(context),
        "browser" => browser(context),
        _ => super::outside::run(context),
    };
    outcome.unwrap_or_else(Outcome::failed)
}

/// Cargo, as the suites run it.
pub fn cargo(context: &Context<'_>, arguments: &[&str]) -> Command {
    let mut cargo = run::command("cargo");
    cargo.args(arguments).current_dir(&context.workspace.root);
    if context.ci {
        // A fresh checkout is compiled once: what helps the next build only takes room.
        cargo.env("CARGO_TERM_COLOR", "never").env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

fn one(context: &Context<'_>, what: &str, arguments: &[&str]) -> Result<Outcome, String> {
    run::stream(cargo(context, arguments), LIMIT).map(|ran| Outcome::of(&ran, what))
}

/// Licences, sources and banned crates. Known weaknesses are not looked up: that list has to be fetched.
fn deny(context: &Context<'_>) -> Result<Outcome, String> {
    let program = match &context.tools.deny {
        Ok(found) => found,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    // A build fetches what its own platform needs; the lock file names the crates of all of them.
    let fetched = run::stream(cargo(context, &["fetch", "--locked"]), LIMIT)?;
    if !fetched.ok() {
        return Ok(Outcome::of(&fetched, "cargo fetch"));
    }
    let mut command = run::command(program);
    command.args([
        "--offline",
        "--workspace",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]);
    command.current_dir(&context.workspace.root);
    run::stream(command, LIMIT).map(|ran| Outcome::of(&ran, "cargo deny"))
}

fn tests(context: &Context<'_>) -> Result<Outcome, String> {
    let skips = Skips::new(&context.workspace.target.join("tmp"))?;
    let engines = Engines::new(&context.workspace.target.join("tmp"))?;
    let mut notes = Vec::new();
    let mut missing = Count::default();
    let mut excused: Vec<&str> = Vec::new();

    let data = context.workspace.root.join("../shared/data");
    let set_up = |cargo: &mut Command| {
        cargo.env(skips::VARIABLE, skips.path()).env(kinds::VARIABLE, engines.path());
        if let Ok(server) = &context.server {
            cargo.env("LIANXIN_TEST_PG", &server.url);
        }
        if let Ok(data) = data.canonicalize() {
            cargo.env("LIANXIN_DATA", data);
        }
    };
    if let Err(why) = &context.server {
        missing += Count::SKIPPED;
        notes.push(format!("skipped: everything on PostgreSQL: {why}"));
    }
    if !data.is_dir() {
        notes.push(
            "not counted: tests of real spreadsheets: the folder ../shared/data is not here".to_owned(),
        );
        if context.ci {
            // It belongs to no checkout, so a build server cannot be asked to have it.
            excused.push("data");
        }
    }

    // Nor can it be asked to let a small disk be mounted.
    excused.push("mount");

    let has_browser_tests = context.workspace.root.join(BROWSER_TESTS).is_file();
    let mut ran;
    let mut counted;
    if context.tools.nextest {
        let mut arguments = vec!["nextest", "run", "--workspace", "--locked", "--no-fail-fast"];
        let mut filter = vec!["--no-tests=warn"];
        if has_browser_tests {
            filter.extend(["-E", NOT_BROWSER]);
        }
        arguments.extend(&filter);
        let mut command = cargo(context, &arguments);
        set_up(&mut command);
        ran = run::stream(command, LIMIT)?;
        counted = count::nextest(&ran.lines);
        if let Some(count) = &mut counted {
            let ignored = ignored(context, has_browser_tests);
            count.skipped = ignored.len();
            notes.extend(ignored.into_iter().map(|test| format!("skipped: {test} is ignored")));
        }
    } else {
        println!("cargo-nextest is not installed; falling back to cargo test");
        let mut command = cargo(context, &["test", "--workspace", "--locked", "--no-fail-fast"]);
        set_up(&mut command);
        ran = run::stream(command, LIMIT)?;
        counted = count::cargo_test(&ran.lines, "tests/browser.rs");
        // The exit code of a test program that fails is Cargo's own; the lines are what counts.
        ran.code = ran.code.map(|code| if code == 101 && failures(counted) > 0 { 0 } else { code });
    }
    let mut outcome = summed(&ran, counted, "the tests");
    outcome.notes.extend(notes);
    outcome.notes.extend(engines.told(&ran.lines));
    outcome.notes.extend(skips.settle(&mut outcome.count, &excused));
    outcome.count += missing;
    Ok(outcome)
}

fn failures(counted: Option<Count>) -> usize {
    counted.map_or(0, |count| count.failed)
}

/// The tests that `#[ignore]` keeps from running, but for the browser's, which have their suite.
fn ignored(context: &Context<'_>, has_browser_tests: bool) -> Vec<String> {
    let mut arguments = vec!["nextest", "list", "--workspace", "--locked", "--run-ignored", "only"];
    arguments.extend(["--message-format", "json"]);
    if has_browser_tests {
        arguments.extend(["-E", NOT_BROWSER]);
    }
    let listed = run::quiet(&mut cargo(context, &arguments)).unwrap_or_default();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap_or_default();
    let suites = listed["rust-suites"].as_object();
    let mut found = Vec::new();
    for (suite, tests) in suites.into_iter().flatten() {
        for (test, about) in tests["testcases"].as_object().into_iter().flatten() {
            if about["filter-match"]["status"] == "matches" {
                found.push(format!("{suite} {test}"));
            }
        }
    }
    found
}

fn browser(context: &Context<'_>) -> Result<Outcome, String> {
    if !context.workspace.root.join(BROWSER_TESTS).is_file() {
        return Ok(Outcome::skipped("there is no crates/lianxin/tests/browser.rs yet"));
    }
    let (chromium, driver) = match &context.tools.browser {
        Ok(found) => found,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let axe = match &context.tools.axe {
        Ok(found) => found,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let skips = Skips::new(&context.workspace.target.join("tmp"))?;
    let arguments: &[&str] = if context.tools.nextest {
        &[
            "nextest",
            "run",
            "-p",
            "lianxin",
            "-p",
            "liaison",
            "--test",
            "browser",
            "--test",
            "pocket",
            "--run-ignored",
            "all",
            "--locked",
            "--no-fail-fast",
        ]
    } else {
        &[
            "test",
            "-p",
            "lianxin",
            "-p",
            "liaison",
            "--test",
            "browser",
            "--test",
            "pocket",
            "--locked",
            "--no-fail-fast",
            "--",
            "--include-ignored",
        ]
    };
    let mut command = cargo(context, arguments);
    command
        .env("LIANXIN_CHROMIUM", chromium)
        .env("LIANXIN_CHROMEDRIVER", driver)
        .env("LIANXIN_AXE", axe)
        .env(skips::VARIABLE, skips.path());
    let mut ran = run::stream(command, LIMIT)?;
    let counted = if context.tools.nextest {
        count::nextest(&ran.lines)
    } else {
        let counted = count::cargo_test(&ran.lines, "none");
        ran.code = ran.code.map(|code| if code == 101 && failures(counted) > 0 { 0 } else { code });
        counted
    };
    let mut outcome = summed(&ran, counted, "the browser tests");
    outcome.notes.extend(skips.settle(&mut outcome.count, &[]));
    Ok(outcome)
}

/// The counts as read, and one failure more if the program ended badly without naming any.
fn summed(ran: &Ran, counted: Option<Count>, what: &str) -> Outcome {
    let mut outcome = Outcome { count: counted.unwrap_or_default(), notes: Vec::new() };
    if outcome.count.failed > 0 {
        outcome.notes.push(format!("failed: {} of {what}", outcome.count.failed));
        outcome.notes.extend(named_failures(&ran.lines));
    } else if !ran.ok() || counted.is_none() {
        outcome.count += Count::FAILED;
        outcome.notes.push(format!("failed: {what} {}", ran.ending()));
    }
    outcome
}

/// The names of failed tests, which nextest repeats below its summary.
fn named_failures(lines: &[String]) -> Vec<String> {
    let after = lines.iter().rposition(|line| line.trim_start().starts_with("Summary ["));
    lines[after.map_or(lines.len(), |at| at + 1)..]
        .iter()
        .filter(|line| line.contains(" ["))
        .map(|line| format!("  {}", line.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(code: i32, lines: &[&str]) -> Ran {
        Ran { code: Some(code), lines: lines.iter().map(|&line| line.to_owned()).collect(), timed_out: false }
    }

    #[test]
    fn what_ends_badly_without_naming_a_failure_is_one() {
        let broken = summed(&ran(101, &["error: could not compile"]), None, "the tests");
        assert_eq!(broken.count, Count::FAILED);
        let odd = summed(&ran(4, &[]), Some(Count { passed: 2, ..Count::default() }), "the tests");
        assert_eq!((odd.count.passed, odd.count.failed), (2, 1));
        let good = summed(&ran(0, &[]), Some(Count::PASSED), "the tests");
        assert!(good.count == Count::PASSED && good.notes.is_empty());
    }

    #[test]
    fn failed_tests_are_named_again() {
        let lines = [
            "     Summary [   0.1s] 2 tests run: 1 passed, 1 failed, 0 skipped",
            "   FAIL [   0.1s] (2/2) nx tests::b",
        ];
        let outcome = summed(&ran(100, &lines), count::nextest(&ran(0, &lines).lines), "the tests");
        assert_eq!(outcome.count.failed, 1);
        assert!(outcome.notes[1].contains("nx tests::b"));
    }
}
