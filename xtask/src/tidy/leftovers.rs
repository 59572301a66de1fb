//! What is left lying about: tests put to sleep, code put off, paths of the writer's machine.

use super::{Checkout, Finding};

/// `#[ignore]` without its reason.
pub fn ignored(checkout: &Checkout) -> Vec<Finding> {
    code(checkout, |line, _| {
        let compact: String = line.split_whitespace().collect();
        (compact.contains("#[ignore]") || compact.contains(",ignore)]")).then(|| {
            ("a test is ignored without a reason".to_owned(), "write #[ignore = \"why\"], or let it run")
        })
    })
}

/// Code that was put off.
pub fn unfinished(checkout: &Checkout) -> Vec<Finding> {
    code(checkout, |line, _| {
        let name = ["todo!", "unimplemented!", "dbg!"].into_iter().find(|name| has_word(line, name))?;
        Some((format!("{name} was left"), "finish it, or take it out"))
    })
}

/// Tests that sleep are slow when they pass and fail when the machine is busy.
pub fn sleeps(checkout: &Checkout) -> Vec<Finding> {
    code(checkout, |line, in_test| {
        // The builders wait for a browser's driver to come up, which has nothing else to wait on.
        let sleeps = in_test && ["thread::sleep(", "time::sleep("].iter().any(|call| line.contains(call));
        sleeps.then(|| ("a test sleeps".to_owned(), "move the test's clock, or wait for the event itself"))
    })
    .into_iter()
    .filter(|finding| !finding.file.starts_with("crates/testkit/"))
    .collect()
}

fn code(checkout: &Checkout, look: impl Fn(&str, bool) -> Option<(String, &'static str)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &checkout.sources {
        for (number, line) in source.lines() {
            if let Some((what, remedy)) = look(line, source.in_test(number)) {
                findings.push(Finding::at(&source.path, number, what, remedy));
            }
        }
    }
    findings
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_'))
}

/// Folders that exist on one machine only; written in two parts, so as not to find themselves.
const MACHINE: [&str; 6] = [
    concat!("/wo", "rk/main"),
    concat!("/wo", "rk/shared"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("C:", "\\Users\\"),
];

/// Any text file.
pub fn machine_paths(checkout: &Checkout) -> Vec<Finding> {
    let sources = checkout.sources.iter().map(|source| (&source.path, &source.text));
    let texts = checkout.texts.iter().map(|file| (&file.path, &file.text));
    let mut findings = Vec::new();
    for (path, text) in sources.chain(texts) {
        for (index, line) in text.lines().enumerate() {
            if let Some(folder) = MACHINE.iter().find(|folder| line.contains(**folder)) {
                let what = format!("{folder} is a folder of somebody's machine");
                let remedy = "name it relative to the checkout, or take it as an argument";
                findings.push(Finding::at(path, index + 1, what, remedy));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::spots;

    #[test]
    fn ignored_tests_need_a_reason() {
        let code = "#[test]\n#[ignore]\nfn a() {}\n#[test]\n#[ignore = \"needs a browser\"]\nfn b() {}\n// #[ignore]\n\
            #[cfg_attr(windows, ignore)]\nfn c() {}\n";
        let checkout = Checkout::of(&[("crates/x/src/a.rs", code)]);
        assert_eq!(spots(&ignored(&checkout)), ["crates/x/src/a.rs:2", "crates/x/src/a.rs:8"]);
    }

    #[test]
    fn what_was_put_off_is_found_in_code_but_not_in_words() {
        let code = "fn a() { todo!() }\nfn b() { let x = dbg!(1); }\n// todo!() later\nlet s = \"dbg!(x)\";\nmy_todo!();\n";
        let checkout = Checkout::of(&[("crates/x/src/a.rs", code)]);
        assert_eq!(spots(&unfinished(&checkout)), ["crates/x/src/a.rs:1", "crates/x/src/a.rs:2"]);
    }

    #[test]
    fn sleeping_is_for_programs() {
        let code = "fn wait() { std::thread::sleep(t); }\n#[cfg(test)]\nmod tests {\n  fn a() { std::thread::sleep(t); }\n}\n";
        let story = "async fn a() { tokio::time::sleep(t).await; }\n";
        let checkout = Checkout::of(&[
            ("crates/x/src/a.rs", code),
            ("crates/x/tests/b.rs", story),
            ("crates/testkit/src/browser.rs", story),
        ]);
        assert_eq!(spots(&sleeps(&checkout)), ["crates/x/src/a.rs:4", "crates/x/tests/b.rs:1"]);
    }

    #[test]
    fn paths_of_a_machine_are_found_in_every_text() {
        let bad = format!("see {}ann/x\n", MACHINE[3]);
        let checkout =
            Checkout::of(&[("README.md", &bad), ("docs/a.md", "GET /work/ and /home and ../shared\n")]);
        assert_eq!(spots(&machine_paths(&checkout)), ["README.md:1"]);
    }
}
