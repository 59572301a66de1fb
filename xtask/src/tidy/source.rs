//! A Rust source taken apart far enough for the rules: code, string literals, comments, tests.

/// A string literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// Line on which it begins, from 1.
    pub line: usize,
    /// What stands between the quotes, escapes as written.
    pub text: String,
}

/// A Rust source, taken apart.
pub struct Source {
    /// Path from the root, with `/`.
    pub path: String,
    /// As it is.
    pub text: String,
    /// The same lines with comments and the insides of literals blanked.
    pub code: Vec<String>,
    /// String literals outside comments.
    pub literals: Vec<Literal>,
    /// Line ranges, from 1 and inclusive, of items under `#[cfg(test)]`.
    pub tests: Vec<(usize, usize)>,
}

impl Source {
    /// Takes `text` apart.
    pub fn new(path: &str, text: String) -> Self {
        let (blanked, literals) = blank(&text);
        let code: Vec<String> = blanked.lines().map(str::to_owned).collect();
        let tests = test_items(&code);
        Self { path: path.to_owned(), text, code, literals, tests }
    }

    /// Whether the whole file is test code: under a folder `tests` or `benches`, a `tests.rs` that a
    /// `#[cfg(test)] mod tests;` brings in, or of the crate that holds the builders of the tests.
    pub fn is_test_file(&self) -> bool {
        let mut parts = self.path.split('/').rev();
        let name = parts.next().unwrap_or_default();
        name == "tests.rs"
            || name.ends_with("_tests.rs")
            || parts.any(|part| part == "tests" || part == "benches")
            || self.path.starts_with("crates/testkit/")
    }

    /// Whether a line is test code.
    pub fn in_test(&self, line: usize) -> bool {
        self.is_test_file() || self.tests.iter().any(|(from, to)| (*from..=*to).contains(&line))
    }

    /// Lines of code with their number, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.iter().enumerate().map(|(index, line)| (index + 1, line.as_str()))
    }
}

/// Blanks comments and the insides of literals, keeping lines and columns; collects the strings.
fn blank(text: &str) -> (String, Vec<Literal>) {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut literals = Vec::new();
    let (mut at, mut line) = (0, 1);
    let peek = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let gone = |c: char| if c == '\n' { '\n' } else { ' ' };
    while at < chars.len() {
        let c = chars[at];
        let after_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
        let end = match c {
            '/' if peek(at + 1) == '/' => {
                let mut end = at;
                while end < chars.len() && chars[end] != '\n' {
                    end += 1;
                }
                Some(end)
            }
            '/' if peek(at + 1) == '*' => Some(block_comment_end(&chars, at)),
            '"' => None,
            'r' | 'b' | 'c' if !after_word => raw_start(&chars, at).map(|(open, hashes)| {
                let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                let mut end = open;
                while end < chars.len() && !chars[end..].starts_with(&close) {
                    end += 1;
                }
                literals.push(Literal { line, text: chars[open..end].iter().collect() });
                (end + close.len()).min(chars.len())
            }),
            '\'' => char_end(&chars, at),
            _ => None,
        };
        if let Some(end) = end {
            for &c in &chars[at..end] {
                out.push(gone(c));
                line += usize::from(c == '\n');
            }
            at = end;
        } else if c == '"' {
            let open = at + 1;
            let mut end = open;
            while end < chars.len() && chars[end] != '"' {
                end += if chars[end] == '\\' { 2 } else { 1 };
            }
            let end = end.min(chars.len());
            literals.push(Literal { line, text: chars[open..end].iter().collect() });
            out.push('"');
            for &c in &chars[open..end] {
                out.push(gone(c));
                line += usize::from(c == '\n');
            }
            if end < chars.len() {
                out.push('"');
            }
            at = end + 1;
        } else {
            out.push(c);
            line += usize::from(c == '\n');
            at += 1;
        }
    }
    (out, literals)
}

fn block_comment_end(chars: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0usize);
    while at < chars.len() {
        if chars[at..].starts_with(&['/', '*']) {
            depth += 1;
            at += 2;
        } else if chars[at..].starts_with(&['*', '/']) {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    chars.len()
}

/// For `r"`, `r#"`, `br#"` and so on: where the inside begins, and how many hashes there are.
fn raw_start(chars: &[char], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    if matches!(chars[at], 'b' | 'c') {
        at += 1;
    }
    if chars.get(at) != Some(&'r') {
        return None;
    }
    at += 1;
    let hashes = chars[at..].iter().take_while(|&&c| c == '#').count();
    at += hashes;
    (chars.get(at) == Some(&'"')).then_some((at + 1, hashes))
}

/// Where a character literal ends; `None` for a lifetime.
fn char_end(chars: &[char], from: usize) -> Option<usize> {
    if chars.get(from + 1) == Some(&'\\') {
        let close = chars.get(from + 3..)?.iter().take(10).position(|&c| c == '\'')?;
        return Some(from + 3 + close + 1);
    }
    (chars.get(from + 2) == Some(&'\'')).then_some(from + 3)
}

/// Items under `#[cfg(test)]`: from the attribute to the brace (or semicolon) that ends them.
fn test_items(code: &[String]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (index, line) in code.iter().enumerate() {
        let Some(column) = line.find("#[cfg(test)]") else { continue };
        if found.iter().any(|(from, to)| (*from..=*to).contains(&(index + 1))) {
            continue;
        }
        found.push((index + 1, item_end(code, index, column + "#[cfg(test)]".len()) + 1));
    }
    found
}

fn item_end(code: &[String], from: usize, column: usize) -> usize {
    let mut depth = 0i32;
    for (index, line) in code.iter().enumerate().skip(from) {
        let line = if index == from { &line[column..] } else { line.as_str() };
        for c in line.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ';' if depth == 0 => return index,
                _ => continue,
            }
            if depth == 0 {
                return index;
            }
        }
    }
    code.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new("crates/x/src/a.rs", text.to_owned())
    }

    #[test]
    fn comments_and_the_insides_of_literals_are_blanked_and_lines_kept() {
        let source =
            source("let a = \"x // {\"; // dbg!(\n/* todo!( /* in */\n */ let b = 'c'; let l: &'a str;\n");
        assert_eq!(source.code[0].trim_end(), "let a = \"      \";");
        assert_eq!(source.code.len(), 3);
        assert!(source.code[2].contains("let l: &'a str;") && !source.code[2].contains("'c'"));
        assert_eq!(source.literals, [Literal { line: 1, text: "x // {".to_owned() }]);
    }

    #[test]
    fn raw_strings_escapes_and_lines_are_followed() {
        let source = source(
            "a(r#\"one \"two\"\n\"#);\nb(\"\\\"q\\\\\");\nc(br\"z\");d('\\'');e('\\u{1F600}');f(\"end\")",
        );
        let texts: Vec<_> = source.literals.iter().map(|l| (l.line, l.text.as_str())).collect();
        assert_eq!(texts, [(1, "one \"two\"\n"), (3, "\\\"q\\\\"), (4, "z"), (4, "end")]);
    }

    #[test]
    fn test_items_reach_to_their_brace() {
        let source = source(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { let c = '}'; }\n}\nfn d() {}\n#[cfg(test)]\nmod more;\n",
        );
        assert_eq!(source.tests, [(2, 5), (7, 8)]);
        assert!(source.in_test(4) && !source.in_test(6));
        assert!(Source::new("crates/x/tests/story.rs", String::new()).in_test(1));
        assert!(Source::new("crates/x/src/close/tests.rs", String::new()).in_test(1));
    }
}
