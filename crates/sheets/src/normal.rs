//! Headings as they are compared.

/// A full-width sign as its ordinary one.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// Letters and digits only, full width made ordinary, small letters: `＊联系 电话：` → `联系电话`.
pub fn normal(text: &str) -> String {
    text.chars().map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The text without what stands in brackets: `联系电话（手机）` → `联系电话`.
pub(crate) fn bare(text: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::new();
    for c in text.chars() {
        match narrow(c) {
            '(' | '[' | '{' | '【' | '〔' | '〈' | '<' => depth += 1,
            ')' | ']' | '}' | '】' | '〕' | '〉' | '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The parts of a heading over several rows, `诉求人/姓名`.
pub(crate) fn parts(text: &str) -> Vec<&str> {
    text.split(['/', '／', '|', '｜']).map(str::trim).filter(|p| !p.is_empty()).collect()
}

/// How alike two normalised headings are, from 0 to 1: pairs of neighbouring letters they share.
pub(crate) fn alike(a: &str, b: &str) -> f64 {
    let pairs = |s: &str| -> Vec<(char, char)> { s.chars().zip(s.chars().skip(1)).collect() };
    let (left, mut right) = (pairs(a), pairs(b));
    let total = left.len() + right.len();
    if total == 0 {
        return 0.0;
    }
    let shared = left
        .iter()
        .filter(|p| right.iter().position(|q| q == *p).map(|at| right.swap_remove(at)).is_some())
        .count();
    2.0 * shared as f64 / total as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_spaces_and_marks_do_not_count() {
        assert_eq!(normal(" ＊联系\n电话： "), "联系电话");
        assert_eq!(normal("Ｐｈｏｎｅ　Ｎｏ．"), "phoneno");
        assert_eq!(bare("联系电话（手机）【必填】"), "联系电话");
        assert_eq!(bare("a)b"), "ab");
        assert_eq!(parts("诉求人／姓名"), ["诉求人", "姓名"]);
    }

    #[test]
    fn likeness_is_one_for_the_same_and_nought_for_strangers() {
        assert_eq!(alike("答复意见", "答复意见"), 1.0);
        assert_eq!(alike("答复意见", "联系电话"), 0.0);
        assert_eq!(alike("", "x"), 0.0);
    }
}
