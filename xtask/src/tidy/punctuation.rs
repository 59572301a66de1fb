//! Chinese texts take Chinese punctuation. A half-width mark beside a Chinese character is what a keyboard
//! left behind: it sits in a corner of its square, and a line breaks before it.
//!
//! Texts that people type into tests stay as they type them; so do comments, code and English.

use super::{Checkout, Finding};

/// Literals outside the tests, and what packs say.
pub fn check(checkout: &Checkout) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &checkout.sources {
        for literal in source.literals.iter().filter(|l| !source.in_test(l.line)) {
            look(&source.path, literal.line, &literal.text, &mut findings);
        }
    }
    for file in checkout.texts.iter().filter(|f| f.path.starts_with("packs/") && f.path.ends_with(".toml")) {
        for (index, line) in file.text.lines().enumerate() {
            for text in quoted(line) {
                look(&file.path, index + 1, text, &mut findings);
            }
        }
    }
    findings
}

fn look(path: &str, line: usize, text: &str, findings: &mut Vec<Finding>) {
    let Some((at, mark)) = half_width(text) else { return };
    let line = line + text[..at].matches('\n').count();
    let remedy = "write the full-width mark: ，：；？！（）";
    findings.push(Finding::at(path, line, format!("\"{mark}\" stands beside Chinese"), remedy));
}

/// The first half-width mark that stands beside Chinese, or between two values of a Chinese text.
fn half_width(text: &str) -> Option<(usize, char)> {
    if !text.chars().any(is_ideograph) {
        return None;
    }
    let mut before = None;
    let mut marks = text.char_indices().peekable();
    while let Some((at, c)) = marks.next() {
        let after = marks.peek().map(|(_, next)| *next);
        let beside = before.is_some_and(is_chinese) || after.is_some_and(is_chinese);
        // `{h}:{m}` is an hour, but a comma between two values parts two clauses.
        let between = c == ',' && is_value(before, '}') && is_value(after, '{');
        if ",:;?!()".contains(c) && (beside || between) {
            return Some((at, c));
        }
        before = Some(c);
    }
    None
}

/// The edge of a placeholder, or a blank to fill in.
fn is_value(c: Option<char>, brace: char) -> bool {
    c.is_some_and(|c| c == brace || c == '_')
}

fn is_ideograph(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

fn is_chinese(c: char) -> bool {
    is_ideograph(c) || "“”‘’《》（）【】〔〕、。，：；？！…".contains(c)
}

/// What stands between double quotes on a line of TOML, comments left out.
fn quoted(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut open = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match (open, c) {
            (None, '#') => break,
            (None, '"') => open = Some(at + 1),
            (Some(from), '"') if !escaped => {
                out.push(&line[from..at]);
                open = None;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::spots;

    #[test]
    fn half_width_marks_beside_chinese_are_found() {
        let code = "let a = \"已受理,请看\";\nlet b = \"编号:{n}\";\nlet c = \"说明(一)\";\nlet d = \"码{code},{due}前\";\n\
            let e = \"您说“好”,我们\";\nlet f = \"第一行\n第二行,完\";\nlet g = \"多少?\";\n";
        let checkout = Checkout::of(&[("crates/x/src/a.rs", code)]);
        let lines: Vec<String> = [1, 2, 3, 4, 5, 7, 8].map(|n| format!("crates/x/src/a.rs:{n}")).into();
        assert_eq!(spots(&check(&checkout)), lines);
    }

    #[test]
    fn code_english_numbers_comments_and_tests_are_left_alone() {
        let code = "// 注释,半角\nlet a = \"已受理，请在 {h:02}:{m:02} 前看（8:30）\";\nlet b = \"plain, {x},{y}: (fine)?\";\n\
            let c = f('中', 1);\nlet d = \"见 https://a.example/?a=1 说明\";\n#[cfg(test)]\nmod tests {\n  const A: &str = \"编号,标题\";\n}\n";
        let checkout = Checkout::of(&[
            ("crates/x/src/a.rs", code),
            ("crates/x/tests/b.rs", "const A: &str = \"甲,乙\";"),
        ]);
        assert!(check(&checkout).is_empty());
    }

    #[test]
    fn packs_are_read_between_their_quotes() {
        let pack = "# 说明,半角\nname = { zh = \"已受理,编号\", en = \"Accepted, number\" } # 半角,注释\n\
            zh = \"说“\\\"引\\\"”，好\"\nlimit = [\"甲\", \"乙\"]\n";
        let checkout = Checkout::of(&[("packs/a/templates.toml", pack), ("docs/a.toml", pack)]);
        assert_eq!(spots(&check(&checkout)), ["packs/a/templates.toml:2"]);
    }
}
