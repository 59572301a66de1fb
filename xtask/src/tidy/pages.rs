//! The content security policy lets no inline style, script or handler run; a page that has one
//! looks right in the code and wrong in the browser.

use super::source::Source;
use super::{Checkout, Finding};

const REMEDY: &str = "use a class of the stylesheet, or a module under the assets";

/// Maud templates and strings of HTML.
pub fn check(checkout: &Checkout) -> Vec<Finding> {
    checkout.sources.iter().filter(|source| !source.path.starts_with("xtask/")).flat_map(one).collect()
}

fn one(source: &Source) -> Vec<Finding> {
    let in_code = source.lines().flat_map(|(number, line)| in_template(line).map(|what| (number, what)));
    let in_text =
        source.literals.iter().flat_map(|literal| in_html(&literal.text).map(|what| (literal.line, what)));
    let mut found: Vec<(usize, String)> =
        in_code.chain(in_text).filter(|(line, _)| !source.in_test(*line)).collect();
    found.sort();
    found.dedup();
    found.into_iter().map(|(line, what)| Finding::at(&source.path, line, what, REMEDY)).collect()
}

/// In a maud template an attribute is written without spaces around `=`, as rustfmt never writes
/// an assignment; an element is a word before its brace.
fn in_template(line: &str) -> Option<String> {
    let line = format!(" {line}");
    let attribute = attributes(&line).into_iter().find(|name| forbidden_attribute(name));
    if let Some(name) = attribute {
        return Some(format!("an inline {name}="));
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    words
        .windows(2)
        .any(|pair| matches!(pair[0], "script" | "style") && pair[1].starts_with('{'))
        .then(|| "an inline script or style element".to_owned())
}

/// Names that stand directly before `=` and after white space, in lower case letters and dashes.
fn attributes(line: &str) -> Vec<&str> {
    line.match_indices('=')
        .filter(|(at, _)| !line[at + 1..].starts_with(['=', '>']))
        .filter_map(|(at, _)| {
            let name = line[..at].rsplit(char::is_whitespace).next()?;
            let plain = name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            (plain && !name.is_empty()).then_some(name)
        })
        .collect()
}

fn forbidden_attribute(name: &str) -> bool {
    name == "style" || name.strip_prefix("on").is_some_and(|event| event.len() > 2 && !event.contains('-'))
}

/// In a string: the same as HTML.
fn in_html(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if let Some((_, tail)) = lower.split_once("<script")
        && !tail.trim_start().starts_with("src")
        && !tail.split('>').next().is_some_and(|head| head.contains(" src="))
    {
        return Some("an inline <script>".to_owned());
    }
    if lower.contains("<style") {
        return Some("an inline <style>".to_owned());
    }
    // Only inside a tag: plain words may well say style=.
    let tag = lower.split('<').skip(1).filter_map(|part| part.split('>').next());
    tag.flat_map(attributes).find(|name| forbidden_attribute(name)).map(|name| format!("an inline {name}="))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::spots;

    #[test]
    fn inline_style_script_and_handlers_are_found() {
        let bad = "html! {\n  p style=\"color: red\" { }\n  button onclick=(js) { }\n  script { (PreEscaped(js)) }\n}\n\
            let a = \"<b style='x'>\";\nlet b = \"<script>go()</script>\";\nlet c = \"<p onload=go>\";\nlet d = \"<style>\";\n";
        let checkout = Checkout::of(&[("crates/web/src/layout.rs", bad)]);
        let file = "crates/web/src/layout.rs";
        let expected: Vec<_> = [2, 3, 4, 6, 7, 8, 9].iter().map(|line| format!("{file}:{line}")).collect();
        assert_eq!(spots(&check(&checkout)), expected);
    }

    #[test]
    fn what_the_policy_allows_passes() {
        let good = "html! {\n  text font-style=\"italic\" class=\"on\" { }\n  script type=\"module\" src=(src) {}\n  link rel=\"stylesheet\";\n}\n\
            let style = 3;\nlet on = x;\nif style == 3 {}\nlet s = \"style=plain words\";\nlet t = \"<script type=module src='/a.js'></script>\";\n\
            #[cfg(test)]\nmod tests {\n  const X: &str = \"<script>alert(1)</script>\";\n}\n";
        assert_eq!(check(&Checkout::of(&[("crates/web/src/layout.rs", good)])), []);
    }
}
