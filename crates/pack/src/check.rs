//! What is wrong with a pack that reads well.

use crate::Pack;
use kernel::Say;

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

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {} / {}", self.file, self.line, self.text.zh, self.text.en)
    }
}

/// Checks a pack.
pub fn check(_pack: &Pack) -> Vec<Problem> {
    Vec::new()
}
