//! Masking of free text for publication: numbers, addresses and names of people give way to a label.
//!
//! ```text
//!  text ─► cells (half width) ─► rules seal what they know, until none finds more ─► labels in place of seals
//! ```
//!
//! A sealed cell is a wall: no rule looks at it or past it. That makes masking idempotent (a label is sealed
//! before anything else is looked at), and it ends, since every finding seals a cell that was open.
//!
//! What a program cannot know stays: a name without a word that announces it, a place described in words. Where
//! a class of case asks for it, a moderator looks before anything is published. When in doubt it masks.

mod contact;
mod digits;
mod names;
mod place;
#[cfg(test)]
mod tests;

pub use names::surname_only;

use crate::chars::half;
use std::ops::Range;

/// What was masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A mobile number.
    Mobile,
    /// A landline, or a short number within an organization.
    Landline,
    /// An identity number, old or new.
    Identity,
    /// A number as long as that of a bank card.
    Card,
    /// Any other number of eleven digits or more.
    Number,
    /// A number plate.
    Plate,
    /// An address of electronic mail.
    Email,
    /// An account of WeChat, QQ and the like.
    Account,
    /// A house number with building, entrance and room.
    House,
    /// A person's name.
    Name,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 10] = [
        Kind::Mobile,
        Kind::Landline,
        Kind::Identity,
        Kind::Card,
        Kind::Number,
        Kind::Plate,
        Kind::Email,
        Kind::Account,
        Kind::House,
        Kind::Name,
    ];

    /// What stands in its place. Texts that people wrote are Chinese, and so are the labels within them.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Mobile => "〔手机号〕",
            Kind::Landline => "〔电话〕",
            Kind::Identity => "〔身份证号〕",
            Kind::Card => "〔卡号〕",
            Kind::Number => "〔号码〕",
            Kind::Plate => "〔车牌〕",
            Kind::Email => "〔邮箱〕",
            Kind::Account => "〔账号〕",
            Kind::House => "〔门牌〕",
            Kind::Name => "〔姓名〕",
        }
    }
}

/// One thing that was masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it was.
    pub kind: Kind,
    /// Where it stood in the text given, in bytes.
    pub range: Range<usize>,
}

/// A text fit to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text with labels.
    pub text: String,
    /// What was masked, in the order of the text.
    pub found: Vec<Found>,
}

/// Masks `text`.
pub fn mask(text: &str) -> Masked {
    let mut sheet = Sheet::of(text);
    loop {
        let before = sheet.found.len();
        contact::email(&mut sheet);
        contact::account(&mut sheet);
        digits::numbers(&mut sheet);
        contact::plate(&mut sheet);
        place::house(&mut sheet);
        names::names(&mut sheet);
        if sheet.found.len() == before {
            return sheet.finish();
        }
    }
}

/// The wall: it stands in the place of every sealed character.
const SEALED: char = '\0';

/// The text as rules see it.
struct Sheet<'a> {
    text: &'a str,
    /// Where each character begins in `text`, and where the last one ends.
    at: Vec<usize>,
    /// Each character, half width; [`SEALED`] where it has been dealt with.
    chars: Vec<char>,
    found: Vec<(Kind, Range<usize>)>,
}

impl<'a> Sheet<'a> {
    fn of(text: &'a str) -> Self {
        let mut at: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
        at.push(text.len());
        let mut sheet = Sheet { text, at, chars: text.chars().map(half).collect(), found: Vec::new() };
        // All labels begin with the same sign, which hardly any text holds.
        let opens: Vec<usize> =
            sheet.chars.iter().enumerate().filter(|(_, c)| **c == '〔').map(|(i, _)| i).collect();
        for (kind, i) in Kind::ALL.iter().flat_map(|k| opens.iter().map(move |i| (k, *i))) {
            let len = kind.label().chars().count();
            if sheet.chars[i..].len() >= len
                && kind.label().chars().eq(sheet.chars[i..i + len].iter().copied())
            {
                sheet.chars[i..i + len].fill(SEALED);
            }
        }
        sheet
    }

    /// Seals `range`; it must be open throughout, or nothing happens.
    fn seal(&mut self, kind: Kind, range: Range<usize>) {
        if !range.is_empty() && self.chars[range.clone()].iter().all(|c| *c != SEALED) {
            self.chars[range.clone()].fill(SEALED);
            self.found.push((kind, range));
        }
    }

    fn finish(mut self) -> Masked {
        self.found.sort_by_key(|(_, range)| range.start);
        let mut out = String::with_capacity(self.text.len());
        let mut found = Vec::with_capacity(self.found.len());
        let mut done = 0;
        for (kind, range) in self.found {
            let range = self.at[range.start]..self.at[range.end];
            out.push_str(&self.text[done..range.start]);
            out.push_str(kind.label());
            done = range.end;
            found.push(Found { kind, range });
        }
        out.push_str(&self.text[done..]);
        Masked { text: out, found }
    }
}

/// Words, and with which characters they begin: nearly every place of a text begins none of them, and
/// one look must be enough to see it.
struct Words<const N: usize> {
    all: [&'static str; N],
    heads: [u64; 1024],
}

impl<const N: usize> Words<N> {
    /// Words of characters below U+10000, in small letters.
    const fn new(all: [&'static str; N]) -> Self {
        let mut heads = [0; 1024];
        let mut i = 0;
        while i < N {
            let head = head(all[i].as_bytes());
            heads[head / 64] |= 1 << (head % 64);
            i += 1;
        }
        Words { all, heads }
    }

    /// The length of the longest word with which `chars` begin.
    fn start(&self, chars: &[char]) -> Option<usize> {
        let head = chars.first()?.to_ascii_lowercase() as usize;
        let known = self.heads.get(head / 64).is_some_and(|bits| bits >> (head % 64) & 1 == 1);
        if known { starts(chars, &self.all) } else { None }
    }
}

/// The first character of a text of one to three bytes each, by number.
const fn head(text: &[u8]) -> usize {
    match text[0] {
        one @ 0..=0x7f => one as usize,
        two @ 0xc0..=0xdf => ((two as usize & 0x1f) << 6) | (text[1] as usize & 0x3f),
        three @ 0xe0..=0xef => {
            ((three as usize & 0xf) << 12) | ((text[1] as usize & 0x3f) << 6) | (text[2] as usize & 0x3f)
        }
        _ => panic!("a word begins beyond U+FFFF"),
    }
}

/// Whether `chars` begin with one of `words`; the length of the longest that fits.
fn starts(chars: &[char], words: &[&str]) -> Option<usize> {
    // Hardly any word begins like that: looking at the first character alone spares the rest.
    let first = chars.first()?.to_ascii_lowercase();
    let fits = |w: &&&str| {
        w.starts_with(first)
            && w.chars().count() <= chars.len()
            && w.chars().zip(chars).all(|(a, b)| a == b.to_ascii_lowercase())
    };
    words.iter().filter(fits).map(|w| w.chars().count()).max()
}

/// Whether `chars` end with one of `words`; the length of the longest that fits.
fn ends(chars: &[char], words: &[&str]) -> Option<usize> {
    let last = chars.last()?.to_ascii_lowercase();
    let fits = |w: &&&str| {
        w.ends_with(last)
            && w.chars().count() <= chars.len()
            && w.chars().rev().zip(chars.iter().rev()).all(|(a, b)| a == b.to_ascii_lowercase())
    };
    words.iter().filter(fits).map(|w| w.chars().count()).max()
}
