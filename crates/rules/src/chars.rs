//! Characters as people type them: full-width forms, Chinese characters, words.
//!
//! Search, similarity, masking and the checks of numbers all read text through this one door, so that
//! `１３８` and `138` are the same number everywhere.

/// The half-width form of a full-width letter, digit, sign or space; any other character as it is.
pub fn half(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' => ' ',
        c => c,
    }
}

/// `text` with every character through [`half`].
pub fn half_width(text: &str) -> String {
    text.chars().map(half).collect()
}

/// Whether `c` is written without spaces between words: Chinese characters, kana, hangul.
pub fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3007}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
        && c.is_alphanumeric()
}

/// A stretch of text of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Chinese characters in a row.
    Han(Vec<char>),
    /// Letters and digits in a row, lower case, half width.
    Word(String),
}

/// The runs of `text` in order; everything that is neither letter nor digit separates.
pub fn runs(text: &str) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    let mut open = false; // whether the last run may grow
    for c in text.chars().map(half) {
        if is_han(c) {
            match out.last_mut() {
                Some(Run::Han(run)) if open => run.push(c),
                _ => out.push(Run::Han(vec![c])),
            }
            open = true;
        } else if c.is_alphanumeric() {
            // Lower case may add a combining mark, which no search engine keeps.
            let lower = c.to_lowercase().filter(|l| l.is_alphanumeric());
            match out.last_mut() {
                Some(Run::Word(run)) if open => run.extend(lower),
                _ => out.push(Run::Word(lower.collect())),
            }
            open = true;
        } else {
            open = false;
        }
    }
    out.retain(|run| !matches!(run, Run::Word(w) if w.is_empty()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_is_half_width() {
        assert_eq!(half_width("１３８\u{3000}ＡＢ＠路灯"), "138 AB@路灯");
    }

    #[test]
    fn runs_part_where_the_script_changes() {
        let han = |s: &str| Run::Han(s.chars().collect());
        assert_eq!(
            runs("3组路灯,LED灯 ＹＱ-2026"),
            vec![
                Run::Word("3".into()),
                han("组路灯"),
                Run::Word("led".into()),
                han("灯"),
                Run::Word("yq".into()),
                Run::Word("2026".into())
            ]
        );
        assert_eq!(runs("  ,。!"), vec![]);
    }
}
