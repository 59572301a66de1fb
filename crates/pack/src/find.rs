//! Finding a class by typing.

use crate::{Class, Pack};
use std::collections::BTreeSet;

impl Pack {
    /// Classes of the third level that fit what was typed, the best first, at most `most`.
    ///
    /// Understands a code or its beginning, words of the class in any order, and whole sentences in which
    /// its words occur, so that an operator can paste what the caller says.
    pub fn find_classes(&self, typed: &str, most: usize) -> Vec<&Class> {
        let typed = typed.trim().to_lowercase();
        if typed.is_empty() {
            return Vec::new();
        }
        let mut hits: Vec<(u32, &Class)> = self
            .classes
            .iter()
            .filter(|c| c.is_leaf())
            .filter_map(|c| Some((self.score(c, &typed)?, c)))
            .collect();
        hits.sort_by(|(a, x), (b, y)| b.cmp(a).then(x.code.cmp(&y.code)));
        hits.into_iter().take(most).map(|(_, c)| c).collect()
    }

    /// How well a class fits; `None` where it does not.
    fn score(&self, class: &Class, typed: &str) -> Option<u32> {
        if class.code.starts_with(typed) {
            return Some(1_000);
        }
        let mut score = 0;
        let mut weigh = |word: &str, whole: u32, part: u32| {
            let word = word.to_lowercase();
            let n = word.chars().count() as u32;
            if n < 2 {
                return;
            }
            if word == typed {
                score += whole * 2;
            } else if word.contains(typed) {
                score += whole;
            } else if typed.contains(&word) {
                score += part * n.min(6);
            }
        };
        weigh(&class.name.zh, 120, 40);
        weigh(&class.name.en, 120, 20);
        for word in &class.words {
            weigh(word, 80, 30);
        }
        for part in typed.split_whitespace().filter(|p| *p != typed && p.chars().count() > 1) {
            let hit = |t: &str| t.to_lowercase().contains(part);
            if hit(&class.name.zh) || hit(&class.name.en) || class.words.iter().any(|w| hit(w)) {
                score += 50;
            }
        }
        // What stands above speaks for everything below it, the nearer the more: 路灯 alone leads to lamps.
        let (mut up, mut weight) = (class.parent(), 20);
        while let Some(above) = up.and_then(|code| self.class(code)) {
            let words = std::iter::once(above.name.zh.as_str()).chain(above.words.iter().map(String::as_str));
            let longest = words.filter(|w| typed.contains(w)).map(|w| w.chars().count() as u32).max();
            score += longest.filter(|n| *n > 1).map_or(0, |n| weight * n.min(6));
            (up, weight) = (above.parent(), weight / 4);
        }
        // Among classes that fit alike, the one whose own words are half there: 浑浊 alone tells which water.
        if score > 0 {
            let own = std::iter::once(&class.name.zh).chain(&class.words);
            let pairs: BTreeSet<(char, char)> =
                own.flat_map(|w| w.chars().zip(w.chars().skip(1)).collect::<Vec<_>>()).collect();
            let there =
                |(a, b): &(char, char)| typed.chars().zip(typed.chars().skip(1)).any(|p| p == (*a, *b));
            score += 6 * pairs.iter().filter(|p| there(p)).count() as u32;
        }
        (score > 0).then_some(score)
    }
}
