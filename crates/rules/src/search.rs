//! Words to search by, the same for both database engines.
//!
//! Neither engine splits Chinese into words, so we do: a run of characters becomes its overlapping pairs
//! (路灯不亮 → 路灯 灯不 不亮) and its last character alone; letters and digits stay whole words in lower
//! case. What is indexed is those tokens with spaces between, which `unicode61` and `simple` keep as they are.
//!
//! A query of two characters or more is the pairs of each of its runs, all of which must occur. A query of a
//! single character is a *prefix*: every character of a text either begins a pair or is the last of its run, so
//! `路*` finds each text with 路 anywhere. Pairs found far apart make a false hit possible, never a miss.
//!
//! Tokens hold letters, digits and Chinese characters only: no query syntax can be smuggled in.

use crate::chars::{Run, runs};
use std::collections::HashSet;

/// Longer words are cut here, in text and query alike; engines have limits of their own beyond it.
const LONGEST: usize = 64;

/// What a query asks for; a text is found when all of its terms are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// This very token.
    Whole(String),
    /// Any token that begins so.
    Prefix(String),
}

fn cut(word: String) -> String {
    word.chars().take(LONGEST).collect()
}

fn pairs(run: &[char]) -> impl Iterator<Item = String> + '_ {
    run.windows(2).map(|pair| pair.iter().collect())
}

/// The tokens to index for `text`, each once, with spaces between.
///
/// Put a line break between fields that are joined, or their ends make a pair.
pub fn index_tokens(text: &str) -> String {
    let mut seen = HashSet::new();
    let mut out = String::with_capacity(text.len() * 2);
    let mut put = |token: String| {
        if !seen.contains(&token) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&token);
            seen.insert(token);
        }
    };
    for run in runs(text) {
        match run {
            Run::Word(word) => put(cut(word)),
            Run::Han(run) => {
                pairs(&run).for_each(&mut put);
                if let Some(last) = run.last() {
                    put(last.to_string());
                }
            }
        }
    }
    out
}

/// What `query` asks for, each term once; empty when nothing in it can be searched for.
pub fn query_terms(query: &str) -> Vec<Term> {
    let mut out = Vec::new();
    let mut put = |term: Term| {
        if !out.contains(&term) {
            out.push(term);
        }
    };
    for run in runs(query) {
        match run {
            Run::Word(word) => put(Term::Whole(cut(word))),
            Run::Han(run) => match run.as_slice() {
                [one] => put(Term::Prefix(one.to_string())),
                many => pairs(many).for_each(|pair| put(Term::Whole(pair))),
            },
        }
    }
    out
}

/// The tokens of [`query_terms`] without their sort.
pub fn query_tokens(query: &str) -> Vec<String> {
    query_terms(query)
        .into_iter()
        .map(|term| match term {
            Term::Whole(token) | Term::Prefix(token) => token,
        })
        .collect()
}

/// `query` for `MATCH` of SQLite FTS5; `None` when there is nothing to search for.
pub fn fts5(query: &str) -> Option<String> {
    let terms = query_terms(query).into_iter().map(|term| match term {
        Term::Whole(token) => format!("\"{token}\""),
        Term::Prefix(token) => format!("\"{token}\"*"),
    });
    let terms: Vec<_> = terms.collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

/// `query` for `to_tsquery('simple', …)` of PostgreSQL; `None` when there is nothing to search for.
pub fn tsquery(query: &str) -> Option<String> {
    let terms = query_terms(query).into_iter().map(|term| match term {
        Term::Whole(token) => format!("'{token}'"),
        Term::Prefix(token) => format!("'{token}':*"),
    });
    let terms: Vec<_> = terms.collect();
    (!terms.is_empty()).then(|| terms.join(" & "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chars::is_han;
    use proptest::prelude::*;

    #[test]
    fn text_becomes_pairs_and_words() {
        assert_eq!(index_tokens("村口3盏路灯不亮"), "村口 口 3 盏路 路灯 灯不 不亮 亮");
        assert_eq!(index_tokens("灯,LED 灯 led"), "灯 led");
        assert_eq!(
            index_tokens("ＹＱ-2026-00012 电话１３８００１３８０００"),
            "yq 2026 00012 电话 话 13800138000"
        );
        assert_eq!(index_tokens(" ,。!\n"), "");
    }

    #[test]
    fn queries_for_both_engines() {
        assert_eq!(fts5("路灯不亮").as_deref(), Some("\"路灯\" AND \"灯不\" AND \"不亮\""));
        assert_eq!(tsquery("路灯 YQ").as_deref(), Some("'路灯' & 'yq'"));
        assert_eq!(fts5("灯").as_deref(), Some("\"灯\"*"));
        assert_eq!(tsquery("灯").as_deref(), Some("'灯':*"));
        assert_eq!(fts5("\"') OR *:&|!"), Some("\"or\"".into()));
        assert_eq!((fts5(" -- "), tsquery("")), (None, None));
        assert_eq!(query_tokens("路灯路灯"), ["路灯", "灯路"]);
    }

    fn finds(text: &str, query: &str) -> bool {
        let index = index_tokens(text);
        let tokens: Vec<&str> = index.split(' ').collect();
        query_terms(query).iter().all(|term| match term {
            Term::Whole(t) => tokens.contains(&t.as_str()),
            Term::Prefix(t) => tokens.iter().any(|token| token.starts_with(t.as_str())),
        })
    }

    proptest! {
        #[test]
        fn what_a_text_contains_is_found(text in "[路灯不亮水管漏A1, ,。]{0,40}", from in 0usize..40, len in 1usize..8) {
            let chars: Vec<char> = text.chars().collect();
            for run in chars.split(|c| !is_han(*c)).filter(|run| run.len() > from) {
                let part: String = run[from..(from + len).min(run.len())].iter().collect();
                prop_assert!(finds(&text, &part), "{part} in {text}");
            }
        }

        #[test]
        fn whole_words_are_found_in_any_case_and_width(words in prop::collection::vec("[a-z0-9]{1,9}|[一-龥]{1,6}", 1..6), i in 0usize..6) {
            let text = words.join("、");
            let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c };
            let word = &words[i % words.len()];
            let typed: String = word.to_uppercase().chars().map(wide).collect();
            prop_assert!(finds(&text, word) && finds(&text, &typed));
        }

        #[test]
        fn tokens_are_letters_and_digits_only(text in any::<String>()) {
            for token in index_tokens(&text).split(' ').filter(|t| !t.is_empty()) {
                prop_assert!(token.chars().all(char::is_alphanumeric), "{token:?}");
            }
            for token in query_tokens(&text) {
                prop_assert!(!token.is_empty() && token.chars().all(char::is_alphanumeric), "{token:?}");
                prop_assert!(finds(&text, &text));
            }
        }

        #[test]
        fn an_absent_pair_is_not_found(text in "[路灯不亮]{0,20}") {
            prop_assert!(!finds(&text, "水管"));
        }
    }
}
