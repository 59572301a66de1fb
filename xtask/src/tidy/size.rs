//! A file that is too long to be read at a sitting wants splitting.

use super::source::Source;
use super::{Checkout, Finding};

/// The longest a file may be, tests aside.
const LIMIT: usize = 400;
/// The first line of a file that is one big table of data.
const TABLE: &str = "// tidy: table";

/// Rust sources.
pub fn check(checkout: &Checkout) -> Vec<Finding> {
    checkout.sources.iter().filter_map(one).collect()
}

fn one(source: &Source) -> Option<Finding> {
    if source.is_test_file() || source.text.lines().next().is_some_and(|line| line.trim() == TABLE) {
        return None;
    }
    let lines = length(source);
    let what = format!("{lines} lines without the tests, more than {LIMIT}");
    (lines > LIMIT).then(|| {
        Finding::at(&source.path, LIMIT, what, "split it: one use case, one page, one thought to a file")
    })
}

/// Lines without the tests at the end.
fn length(source: &Source) -> usize {
    let all = source.text.lines().count();
    match source.tests.last() {
        Some((from, to)) if source.code[*to..].iter().all(|line| line.trim().is_empty()) => from - 1,
        _ => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::spots;

    #[test]
    fn only_tests_at_the_end_and_tables_are_set_aside() {
        let lines = |n: usize| "fn a() {}\n".repeat(n);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", lines(300));
        let checkout = Checkout::of(&[
            ("crates/x/src/just.rs", &lines(400)),
            ("crates/x/src/long.rs", &lines(401)),
            ("crates/x/src/tested.rs", &format!("{}{tests}", lines(390))),
            ("crates/x/src/tests_first.rs", &format!("{tests}{}", lines(390))),
            ("crates/x/src/table.rs", &format!("{TABLE}\n{}", lines(900))),
            ("crates/x/tests/story.rs", &lines(900)),
        ]);
        assert_eq!(spots(&check(&checkout)), ["crates/x/src/long.rs:400", "crates/x/src/tests_first.rs:400"]);
    }
}
