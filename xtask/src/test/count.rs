//! Counting: what a suite passed, failed and skipped, read from what its program printed.

use std::ops::AddAssign;

/// How many tests passed, failed and were skipped.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Ran and held.
    pub passed: usize,
    /// Ran and did not hold.
    pub failed: usize,
    /// Did not run.
    pub skipped: usize,
}

impl Count {
    /// One that passed.
    pub const PASSED: Count = Count { passed: 1, failed: 0, skipped: 0 };
    /// One that failed.
    pub const FAILED: Count = Count { passed: 0, failed: 1, skipped: 0 };
    /// One that was skipped.
    pub const SKIPPED: Count = Count { passed: 0, failed: 0, skipped: 1 };
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// `Summary [ 0.166s] 3 tests run: 2 passed (1 slow), 1 timed out, 1 skipped`. What nextest calls
/// skipped is left out: it counts what a filter left to another suite as well.
pub fn nextest(lines: &[String]) -> Option<Count> {
    let line = lines.iter().rev().find(|line| line.trim_start().starts_with("Summary ["))?;
    let (_, tail) = line.split_once("run:")?;
    let mut count = Count::default();
    for (number, word) in numbers(tail) {
        match word.as_str() {
            "passed" => count.passed += number,
            "failed" | "timed" | "exec" => count.failed += number,
            _ => {}
        }
    }
    Some(count)
}

/// Sums `test result: ok. 3 passed; 0 failed; 1 ignored; …` over all test programs. What the
/// program named `left_out` ignores is not counted: another suite runs it.
pub fn cargo_test(lines: &[String], left_out: &str) -> Option<Count> {
    let mut sum: Option<Count> = None;
    let mut of_other_suite = false;
    for line in lines {
        let line = line.trim_start();
        if let Some(program) = line.strip_prefix("Running ") {
            of_other_suite = program.starts_with(left_out);
        }
        let Some((_, tail)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            continue;
        };
        let sum = sum.get_or_insert_default();
        for (number, word) in numbers(tail) {
            match word.as_str() {
                "passed" => sum.passed += number,
                "failed" => sum.failed += number,
                "ignored" if !of_other_suite => sum.skipped += number,
                _ => {}
            }
        }
    }
    sum
}

/// The last line of our own scripts: `3 passed, 0 failed, 1 skipped`.
pub fn script(lines: &[String]) -> Option<Count> {
    let line = lines.iter().rev().find(|line| !line.trim().is_empty())?;
    let found = numbers(line);
    match found.as_slice() {
        [(passed, p), (failed, f), (skipped, s)] if p == "passed" && f == "failed" && s == "skipped" => {
            Some(Count { passed: *passed, failed: *failed, skipped: *skipped })
        }
        _ => None,
    }
}

/// `2 passed (1 slow), 1 failed; …` as (2, passed), (1, failed); what stands in brackets is a part
/// of the number before it and is left out.
fn numbers(text: &str) -> Vec<(usize, String)> {
    let mut plain = String::new();
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
        .split([',', ';'])
        .filter_map(|part| {
            let mut words = part.split_whitespace();
            Some((words.next()?.parse().ok()?, words.next()?.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }
    fn count(passed: usize, failed: usize, skipped: usize) -> Count {
        Count { passed, failed, skipped }
    }

    #[test]
    fn nextest_summaries() {
        let read = |text: &str| nextest(&lines(text));
        assert_eq!(read("     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped"), Some(count(3, 0, 0)));
        assert_eq!(
            read(
                "  Summary [ 9.1s] 9/12 tests run: 5 passed (1 slow, 2 flaky), 1 failed, 2 timed out, 1 exec failed, 3 skipped\n  FAIL x\nerror: test run failed"
            ),
            Some(count(5, 4, 0))
        );
        assert_eq!(read("error: could not compile `kernel`"), None);
    }

    #[test]
    fn cargo_test_summaries_add_up_but_for_what_another_suite_runs() {
        let text = "     Running unittests src/lib.rs (target/debug/deps/a-1)\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
            \x20    Running tests/browser.rs (target/debug/deps/browser-2)\n\
            test result: ok. 0 passed; 0 failed; 9 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
            \x20  Doc-tests kernel\n     Running tests/b.rs (x)\n\
            test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s";
        assert_eq!(cargo_test(&lines(text), "tests/browser.rs"), Some(count(4, 2, 1)));
        assert_eq!(cargo_test(&lines("error: no such command"), ""), None);
    }

    #[test]
    fn scripts_end_with_their_counts() {
        assert_eq!(
            script(&lines("ok a\nFAIL b: 3 passed\n1 passed, 1 failed, 0 skipped\n")),
            Some(count(1, 1, 0))
        );
        assert_eq!(script(&lines("1 passed, 1 failed, 0 skipped\nTraceback")), None);
    }
}
