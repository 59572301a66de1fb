//! The house rules as a program. Each rule looks at the files of the checkout and names file,
//! line, what is wrong and what to do about it.

mod floors;
mod leftovers;
mod pages;
mod places;
mod punctuation;
mod repository;
mod size;
mod source;
mod sql;

use crate::workspace::Workspace;
use source::Source;

/// One place where a rule is broken.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// Path from the root.
    pub file: String,
    /// Line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl Finding {
    /// A finding at a line of a file.
    pub fn at(file: &str, line: usize, what: impl Into<String>, remedy: &'static str) -> Self {
        Self { file: file.to_owned(), line, what: what.into(), remedy }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}; {}", self.file, self.line.max(1), self.what, self.remedy)
    }
}

/// A text file of the checkout.
pub struct TextFile {
    /// Path from the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Everything the rules look at.
pub struct Checkout {
    /// All paths, of text files and others.
    pub paths: Vec<String>,
    /// Text files other than Rust sources.
    pub texts: Vec<TextFile>,
    /// Rust sources.
    pub sources: Vec<Source>,
    /// `xtask/place-names.txt`.
    pub places: String,
}

type Rule = fn(&Checkout) -> Vec<Finding>;

const RULES: [(&str, Rule); 15] = [
    ("a crate uses only floors below its own", floors::check),
    ("SQL stands in store files only", sql::outside_stores),
    ("SQL keeps to what both engines understand", sql::common_subset),
    ("columns have the common types", sql::column_types),
    ("files stay under 400 lines", size::check),
    ("no place's name in code", places::check),
    ("Chinese texts take Chinese punctuation", punctuation::check),
    ("no inline style, script or handler", pages::check),
    ("an ignored test says why", leftovers::ignored),
    ("nothing unfinished", leftovers::unfinished),
    ("no test sleeps", leftovers::sleeps),
    ("no path of a machine", leftovers::machine_paths),
    ("no spreadsheet or third-party script in the repository", repository::foreign_files),
    ("at most 450 crates in the lock file", repository::lock_file),
    ("every crate takes the workspace's lints", repository::lints),
];

/// What all rules have found.
pub struct Report(Vec<(&'static str, Vec<Finding>)>);

impl Report {
    /// How many rules there are.
    pub fn checks(&self) -> usize {
        self.0.len()
    }
    /// How many rules are broken somewhere.
    pub fn failed_checks(&self) -> usize {
        self.0.iter().filter(|(_, findings)| !findings.is_empty()).count()
    }
    /// Prints it; whether the house is tidy.
    pub fn print(&self) -> bool {
        for (name, findings) in &self.0 {
            println!("{} {name}", if findings.is_empty() { "ok  " } else { "FAIL" });
            for finding in findings {
                println!("  {finding}");
            }
        }
        self.failed_checks() == 0
    }
}

/// Looks at the whole checkout.
pub fn run(workspace: &Workspace) -> Result<Report, String> {
    let checkout = Checkout::read(workspace)?;
    Ok(Report(RULES.iter().map(|(name, rule)| (*name, rule(&checkout))).collect()))
}

impl Checkout {
    fn read(workspace: &Workspace) -> Result<Self, String> {
        let paths = workspace.files()?;
        let mut texts = Vec::new();
        let mut sources = Vec::new();
        for path in &paths {
            // A file may go between being listed and being read, and not every file is text.
            let Ok(text) = std::fs::read_to_string(workspace.root.join(path)) else { continue };
            if path.ends_with(".rs") {
                sources.push(Source::new(path, text));
            } else {
                texts.push(TextFile { path: path.clone(), text });
            }
        }
        let places = texts.iter().find(|file| file.path == "xtask/place-names.txt");
        let places = places.map(|file| file.text.clone()).unwrap_or_default();
        Ok(Self { paths, texts, sources, places })
    }

    /// A checkout of a few files, for the tests of the rules.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut checkout =
            Self { paths: Vec::new(), texts: Vec::new(), sources: Vec::new(), places: String::new() };
        for (path, text) in files {
            checkout.paths.push((*path).to_owned());
            if path.ends_with(".rs") {
                checkout.sources.push(Source::new(path, (*text).to_owned()));
            } else {
                checkout.texts.push(TextFile { path: (*path).to_owned(), text: (*text).to_owned() });
            }
        }
        checkout
    }
}

/// For tests: the findings as `file:line`.
#[cfg(test)]
pub fn spots(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{}:{}", finding.file, finding.line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_where_what_and_what_to_do() {
        let finding = Finding::at("a/b.rs", 3, "something odd", "make it even");
        assert_eq!(finding.to_string(), "a/b.rs:3: something odd; make it even");
    }
}
