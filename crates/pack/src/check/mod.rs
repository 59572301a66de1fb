//! What is wrong with a pack that reads well: every reference, every limit, every course, every wording.

mod affair;
mod classes;
mod household;
mod liaison;
mod mediation;
mod rulebook;
mod site;
mod tracks;
mod visit;
mod wish;
mod words;
mod work;

use crate::Pack;
use kernel::{Say, Text};

/// One thing wrong: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 where it is about the whole.
    pub line: usize,
    /// What is wrong and what to do.
    pub text: Say,
}

impl Problem {
    /// File and line; the file alone where it is about no line.
    pub(crate) fn place(&self) -> String {
        if self.line == 0 { self.file.clone() } else { format!("{}:{}", self.file, self.line) }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} / {}", self.place(), self.text.zh, self.text.en)
    }
}

/// Everything wrong with a pack, by file and line; empty where it can be used.
pub fn check(pack: &Pack) -> Vec<Problem> {
    let mut book = Book { pack, problems: Vec::new() };
    site::check(&mut book);
    classes::check(&mut book);
    affair::check(&mut book);
    tracks::check(&mut book);
    rulebook::check(&mut book);
    words::check(&mut book);
    wish::check(&mut book);
    mediation::check(&mut book);
    visit::check(&mut book);
    liaison::check(&mut book);
    household::check(&mut book);
    work::check(&mut book);
    book.problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    book.problems
}

/// The pack, and what has been found so far.
struct Book<'a> {
    pack: &'a Pack,
    problems: Vec<Problem>,
}

impl<'a> Book<'a> {
    /// Notes a problem with the entry at `path`.
    fn add(&mut self, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.say(path, Say::new(zh.into(), en.into()));
    }

    fn say(&mut self, path: &str, text: Say) {
        let (file, line) = self.pack.places.find(path);
        let problem = Problem { file, line, text };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// A key that has to be among those known.
    fn known(&mut self, path: &str, what: (&str, &str), key: &str, known: &[&str]) {
        if !known.contains(&key) {
            let near = nearest(key, known);
            let (hint_zh, hint_en) = match near {
                Some(n) => (format!("是不是“{n}”？"), format!(" Did you mean \"{n}\"?")),
                None => (String::new(), String::new()),
            };
            self.add(
                path,
                format!("没有叫“{key}”的{}。{hint_zh}", what.0),
                format!("there is no {} \"{key}\".{hint_en}", what.1),
            );
        }
    }

    /// A text that people read has to be there in both languages.
    fn bilingual(&mut self, path: &str, text: &Text) {
        let chinese = |t: &str| t.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        if text.zh.trim().is_empty() {
            self.add(path, "缺中文。", "the Chinese text is missing.");
        } else if text.en.trim().is_empty() || chinese(&text.en) {
            self.add(
                path,
                "缺英文，请写成 { zh = \"…\", en = \"…\" }。",
                "the English text is missing: write { zh = \"…\", en = \"…\" }.",
            );
        }
    }
}

/// The known key most like a mistyped one.
fn nearest<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    known.iter().copied().map(|k| (distance(key, k), k)).filter(|(d, _)| *d <= 2).min().map(|(_, k)| k)
}

/// How many letters have to be changed, added or taken away.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
