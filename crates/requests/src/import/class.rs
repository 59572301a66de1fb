//! The class of a row: as the ledger says, or proposed where its title leaves no doubt.

use pack::{Class, Pack};

/// The class that the ledger's own columns name: a code, or the name of a class of the third level that
/// no other has.
pub(super) fn named<'p>(pack: &'p Pack, columns: &[&str]) -> Option<&'p Class> {
    // The finest column says most.
    let text = columns.iter().rev().copied().find(|t| !t.is_empty())?;
    let leaf = |c: &&Class| c.is_leaf();
    if let Some(class) = pack.class(text).filter(leaf) {
        return Some(class);
    }
    let fits = |c: &&Class| c.is_leaf() && (c.name.zh == text || c.name.en.eq_ignore_ascii_case(text));
    let mut named = pack.classes.iter().filter(fits);
    let first = named.next()?;
    named.next().is_none().then_some(first)
}

/// The class that the title speaks of, where the pack's finder knows one and no other comes near. Titles
/// of old ledgers are often vague, and a wrong class sends a case to the wrong unit: rather none than a
/// doubtful one.
pub(super) fn proposed<'p>(pack: &'p Pack, title: &str) -> Option<&'p Class> {
    let found = pack.find_classes(title, 2);
    let best = found.first()?;
    let second = found.get(1).map_or(0, |c| weight(c, title));
    let first = weight(best, title);
    (first >= CLEAR && first >= 2 * second).then_some(*best)
}

/// The square of four letters: one long word, or two short ones and more.
const CLEAR: usize = 16;

/// The words of a class that occur in a text, long ones counting far more than short ones.
fn weight(class: &Class, text: &str) -> usize {
    std::iter::once(class.name.zh.as_str())
        .chain(class.words.iter().map(String::as_str))
        .filter(|w| w.chars().count() >= 2 && text.contains(*w))
        .map(|w| w.chars().count().pow(2))
        .sum()
}
