//! Every sample page in every look: well-formed, labelled, translated, and free of anything inline.

#[path = "../examples/sampler/parts.rs"]
mod parts;
#[path = "../examples/sampler/public.rs"]
mod public;
#[path = "../examples/sampler/staff.rs"]
mod staff;

use kernel::Locale;
use scraper::{Html, Node, Selector};
use std::collections::BTreeSet;
use web::{Look, Page};

fn every_page() -> Vec<(String, Look, String)> {
    let mut out = Vec::new();
    for locale in [Locale::Zh, Locale::En] {
        for elder in [false, true] {
            let look = Look { elder, csrf: "token".into(), ..Look::new(locale) };
            let pages: Vec<(&str, Page)> = public::pages(&look)
                .into_iter()
                .chain(staff::pages(&look))
                .chain(parts::pages(&look))
                .collect();
            for (name, page) in pages {
                out.push((format!("{name} in {locale:?}"), look.clone(), page.render().into_string()));
            }
        }
    }
    assert!(out.len() > 30);
    out
}

fn select(html: &Html, css: &str) -> Vec<scraper::ElementRef<'static>> {
    // The documents of a test live as long as the test run.
    let html: &'static Html = Box::leak(Box::new(html.clone()));
    let selector: &'static Selector = Box::leak(Box::new(Selector::parse(css).unwrap()));
    html.select(selector).collect()
}

/// The first tag that names an attribute twice: a browser would drop the second one without a word.
fn doubled_attribute(text: &str) -> Option<String> {
    for tag in text.split('<').skip(1).filter(|t| t.starts_with(|c: char| c.is_ascii_alphabetic())) {
        // Our writer always quotes values, so what stands outside quotes are names and signs.
        let outside: String =
            tag.split('"').step_by(2).take_while(|part| !part.starts_with('>')).collect::<Vec<_>>().join(" ");
        let outside = outside.split('>').next().unwrap_or("");
        let mut seen = BTreeSet::new();
        for name in outside.split_whitespace().skip(1) {
            if !seen.insert(name.trim_end_matches('=')) {
                return Some(tag.to_owned());
            }
        }
    }
    None
}

#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for (name, _, text) in every_page() {
        let html = Html::parse_document(&text);
        assert_eq!(doubled_attribute(&text), None, "{name}");
        assert!(select(&html, "style").is_empty(), "{name}: style element");
        for script in select(&html, "script") {
            assert!(
                script.attr("src").is_some() && script.text().collect::<String>().is_empty(),
                "{name}: inline script"
            );
        }
        for e in select(&html, "*") {
            for (attr, value) in e.value().attrs() {
                assert!(attr != "style" && !attr.starts_with("on"), "{name}: {attr} on {}", e.value().name());
                if ["src", "href", "action"].contains(&attr) {
                    let local = value.starts_with('/') || value.starts_with('#') || value.starts_with('?');
                    assert!(
                        local || value.starts_with("data:") || value.starts_with("tel:"),
                        "{name}: {value}"
                    );
                }
            }
        }
        assert!(text.len() < 50 * 1024, "{name}: {} bytes", text.len());
    }
}

#[test]
fn a_page_with_something_beside_it_is_as_wide_as_the_desk() {
    let look = Look::new(Locale::Zh);
    let width = |page: Page| {
        let html = Html::parse_document(&page.render().into_string());
        select(&html, "main")[0].attr("class").unwrap_or("").to_owned()
    };
    assert!(width(Page::new(&look, "甲").narrow()).contains("narrow"));
    assert!(!width(Page::new(&look, "甲").narrow().aside(maud::html! { p { "乙" } })).contains("narrow"));
}

#[test]
fn every_page_can_be_read_by_ear() {
    for (name, look, text) in every_page() {
        let html = Html::parse_document(&text);
        assert_eq!(select(&html, "html")[0].attr("lang"), Some(look.locale.tag()), "{name}");
        assert_eq!(select(&html, "html[data-elder]").len(), usize::from(look.elder), "{name}");
        assert_eq!(select(&html, "h1").len(), 1, "{name}: one h1");
        for landmark in ["header", "main#main", "footer", "a.skip[href='#main']"] {
            assert_eq!(select(&html, landmark).len(), 1, "{name}: {landmark}");
        }
        let ids: Vec<&str> = select(&html, "[id]").iter().map(|e| e.attr("id").unwrap()).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "{name}: an id stands twice");
        for e in select(&html, "[aria-describedby], [aria-labelledby], label[for]") {
            let refs = ["aria-describedby", "aria-labelledby", "for"].iter().filter_map(|a| e.attr(a));
            for id in refs.flat_map(str::split_whitespace) {
                assert!(unique.contains(id), "{name}: {id} leads nowhere");
            }
        }
        let labelled: BTreeSet<&str> =
            select(&html, "label[for]").iter().map(|e| e.attr("for").unwrap()).collect();
        for field in select(&html, "input:not([type=hidden]), select, textarea") {
            let named =
                field.attr("aria-label").is_some() || field.attr("id").is_some_and(|i| labelled.contains(i));
            assert!(named, "{name}: {:?} has no label", field.attr("name"));
        }
        for a in select(&html, "nav, svg[role], img") {
            let said = a.attr("aria-label").or(a.attr("alt"));
            assert!(said.is_some(), "{name}: a {} without a name", a.value().name());
        }
        for form in select(&html, "form[method=post]") {
            let first = form.child_elements().next().unwrap();
            assert_eq!(first.attr("name"), Some("_csrf"), "{name}: {:?}", form.attr("action"));
        }
    }
}

#[test]
fn english_pages_are_english() {
    for (name, look, text) in every_page() {
        if look.locale == Locale::Zh {
            continue;
        }
        let html = Html::parse_document(&text);
        for node in html.tree.nodes() {
            let Node::Text(t) = node.value() else { continue };
            // The switch, the seal, and what people wrote themselves.
            let in_chinese = node.ancestors().filter_map(scraper::ElementRef::wrap).any(|e| {
                e.attr("lang") == Some("zh-CN")
                    || e.value().name() == "textarea"
                    || e.value().classes().any(|c| c == "seal")
            });
            let foreign = t.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(in_chinese || !foreign, "{name}: {:?}", &**t);
        }
        for e in select(&html, "[aria-label], [title], [placeholder], [data-say]") {
            for attr in ["aria-label", "title", "placeholder", "data-say"].iter().filter_map(|a| e.attr(a)) {
                assert!(!attr.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{name}: {attr}");
            }
        }
    }
}
