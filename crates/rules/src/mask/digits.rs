//! Numbers that lead to a person: telephones, identity numbers, cards, and whatever else is long.
//!
//! Digits stand in *groups*; groups with only spaces, dashes and the like between them make a *chain*. Within a
//! chain every window of whole groups is tried. A group of eleven digits or more is masked whatever it is.

use super::{Kind, SEALED, Sheet, ends};
use kernel::Date;
use std::ops::Range;

/// Words after which seven or eight digits, or a short number, are somebody's telephone.
const TELEPHONE: [&str; 14] = [
    "电话",
    "座机",
    "固话",
    "手机",
    "手机号",
    "号码",
    "联系方式",
    "拨打",
    "致电",
    "来电",
    "短号",
    "tel",
    "phone",
    "电话号",
];

struct Group {
    range: Range<usize>,
    /// Separators before it: `None` where a new chain begins.
    gap: Option<Gap>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Spaces, dashes, invisible characters: people put them anywhere in a number.
    Loose,
    /// Points and strokes: in a number only where people group it in the usual ways.
    Dotted,
}

fn gap(chars: &[char]) -> Option<Gap> {
    let loose = |c: &char| {
        (c.is_whitespace() && *c != '\n')
            || matches!(
                c,
                '-' | '_' | '–' | '—' | '‐' | '‑' | '−' | '~' | '(' | ')' | '*' | '\u{200B}'
                    ..='\u{200D}' | '\u{2060}' | '\u{FEFF}'
            )
    };
    match chars {
        [] => None,
        ['.' | '·' | '/' | '•' | '・'] => Some(Gap::Dotted),
        _ if chars.len() <= 4 && chars.iter().all(loose) => Some(Gap::Loose),
        _ => None,
    }
}

fn groups(chars: &[char]) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if !chars[i].is_ascii_digit() {
            i += 1;
            continue;
        }
        let len = chars[i..].iter().take_while(|c| c.is_ascii_digit()).count();
        let gap = out.last().and_then(|g| gap(&chars[g.range.end..i]));
        out.push(Group { range: i..i + len, gap });
        i += len;
    }
    out
}

pub(super) fn numbers(sheet: &mut Sheet) {
    let groups = groups(&sheet.chars);
    let mut i = 0;
    while i < groups.len() {
        match longest(&sheet.chars, &groups, i) {
            Some((kind, count, mut range)) => {
                // The bracket or plus sign before it goes with it.
                let before = range.start.checked_sub(1).map(|i| sheet.chars[i]);
                let bracket = before == Some('(') && sheet.chars[range.clone()].contains(&')');
                range.start -= usize::from(bracket || before == Some('+'));
                sheet.seal(kind, range);
                i += count;
            }
            None => i += 1,
        }
    }
}

/// The best reading of a window that begins with group `i`: its kind, how many groups, and where.
fn longest(chars: &[char], groups: &[Group], i: usize) -> Option<(Kind, usize, Range<usize>)> {
    let mut best: Option<(Kind, usize, Range<usize>)> = None;
    let mut digits = String::new();
    let mut sizes = Vec::new();
    let mut dotted = false;
    for (n, group) in groups[i..].iter().enumerate() {
        if n > 0 {
            match group.gap {
                None => break,
                Some(gap) => dotted |= gap == Gap::Dotted,
            }
        }
        digits.extend(&chars[group.range.clone()]);
        sizes.push(group.range.len());
        // Nothing that is looked for has more; a single group may, and is masked whole.
        if n > 0 && digits.len() > 22 {
            break;
        }
        let range = groups[i].range.start..group.range.end;
        let next = chars.get(range.end).copied().unwrap_or(SEALED);
        if let Some((kind, extra)) = reading(&digits, &sizes, dotted, next) {
            let better = best
                .as_ref()
                .is_none_or(|(k, ..)| *k != Kind::Identity && (kind == Kind::Identity || *k != Kind::Mobile));
            if better {
                best = Some((kind, n + 1, range.start..range.end + extra));
            }
        } else if n == 0 && announced(&chars[..range.start], &digits) {
            best = Some((Kind::Landline, 1, range));
        } else if n == 1
            && best.is_none()
            && (7..=8).contains(&digits.len())
            && announced(&chars[..range.start], &digits)
        {
            best = Some((Kind::Landline, 2, range));
        }
    }
    best
}

/// What `digits`, standing in groups of `sizes`, are by themselves; and how many characters after them belong to
/// them (the X of an identity number).
fn reading(digits: &str, sizes: &[usize], dotted: bool, next: char) -> Option<(Kind, usize)> {
    let alone = sizes.len() == 1;
    let usual = matches!(
        sizes,
        [3, 4, 4]
            | [3, 8]
            | [3, 3, 5]
            | [4, 3, 4]
            | [4, 4, 3]
            | [7, 4]
            | [_]
            | [2 | 4, 3, 4, 4]
            | [2 | 4, 11]
    );
    let mobile = ["", "86", "0086", "0"].iter().any(|p| digits.strip_prefix(p).is_some_and(is_mobile));
    if digits.len() == 17 && matches!(next, 'x' | 'X') && born(&digits[6..14]) {
        return Some((Kind::Identity, 1));
    }
    if digits.len() == 18 && born(&digits[6..14]) && !dotted {
        return Some((Kind::Identity, 0));
    }
    if mobile && (alone || !dotted || usual) {
        return Some((Kind::Mobile, 0));
    }
    if alone && digits.len() == 15 && born(&format!("19{}", &digits[6..12])) {
        return Some((Kind::Identity, 0));
    }
    if digits.starts_with('0') && (10..=12).contains(&digits.len()) && !dotted && landline(sizes) {
        return Some((Kind::Landline, 0));
    }
    if (16..=19).contains(&digits.len())
        && !dotted
        && digits.starts_with(['3', '4', '5', '6', '9'])
        && (alone || fours(sizes))
    {
        return Some((Kind::Card, 0));
    }
    (alone && digits.len() >= 11).then_some((Kind::Number, 0))
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11
        && digits.starts_with('1')
        && digits[1..].starts_with(['3', '4', '5', '6', '7', '8', '9'])
}

fn born(yyyymmdd: &str) -> bool {
    let part = |from: usize, to: usize| yyyymmdd[from..to].parse::<i16>().unwrap_or(0);
    (1850..=2100).contains(&part(0, 4)) && Date::new(part(0, 4), part(4, 6) as i8, part(6, 8) as i8).is_ok()
}

/// An area code of three or four digits, then seven or eight in at most three groups.
fn landline(sizes: &[usize]) -> bool {
    match sizes {
        [_] => true,
        [3 | 4, rest @ ..] => rest.len() <= 3,
        _ => false,
    }
}

/// Groups of four with a shorter last one, as on a card.
fn fours(sizes: &[usize]) -> bool {
    sizes.split_last().is_some_and(|(last, first)| *last <= 4 && first.iter().all(|n| *n == 4))
}

/// Whether the words before say that these digits are a telephone.
fn announced(before: &[char], digits: &str) -> bool {
    let link = |c: &char| {
        c.is_whitespace() || matches!(c, ':' | '为' | '是' | '号' | '码' | ',' | '(' | '、' | '"' | '“')
    };
    let skipped = before.iter().rev().take(4).take_while(|c| link(c)).count();
    let spoken = (0..=skipped).filter_map(|n| {
        let before = &before[..before.len() - n];
        ends(before, &TELEPHONE).map(|len| ends(&before[before.len() - len..], &["短号"]).is_some())
    });
    let lengths = |short: bool| if short { 3..=8 } else { 7..=8 };
    spoken.into_iter().any(|short| lengths(short).contains(&digits.len()))
}
