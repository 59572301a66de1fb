//! Names that people's devices give to files, made safe to show, store and send back.

use crate::sniff::Kind;

/// The longest stem, in characters.
const LONGEST: usize = 80;

/// `given` without path, control and direction characters or signs that file systems refuse,
/// shortened, and with the ending that fits what the file is.
pub fn clean_name(given: &str, kind: Kind) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe: String = last.chars().filter(|c| !hidden(*c)).map(|c| if odd(c) { '_' } else { c }).collect();
    let safe = safe.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let stem = match safe.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.chars().count() <= 5 => stem,
        _ => safe,
    };
    let stem: String = stem.chars().take(LONGEST).collect();
    let stem = stem.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let stem = if stem.is_empty() { "附件" } else { stem };
    format!("{stem}.{}", kind.ending())
}

/// Characters that are not seen: controls, and those that turn the direction of writing, with
/// which `gpj.exe` can be made to look like `exe.jpg`.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn odd(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_become_plain_ones() {
        for (given, kind, want) in [
            ("现场照片.JPG", Kind::Jpeg, "现场照片.jpg"),
            ("../../etc/passwd", Kind::Text, "passwd.txt"),
            ("C:\\Users\\张三\\合同.docx", Kind::Docx, "合同.docx"),
            ("", Kind::Pdf, "附件.pdf"),
            ("...", Kind::Pdf, "附件.pdf"),
            (".htaccess", Kind::Text, "htaccess.txt"),
            ("a\u{202E}gpj.exe", Kind::Jpeg, "agpj.jpg"),
            ("x\0y\r\nz.png", Kind::Png, "xyz.png"),
            ("a<b>:\"c\"|?*.txt", Kind::Text, "a_b___c____.txt"),
            ("照片.png", Kind::Jpeg, "照片.jpg"),
            ("v1.2026年度总结", Kind::Pdf, "v1.2026年度总结.pdf"),
            (" 表 .xlsx ", Kind::Xlsx, "表.xlsx"),
        ] {
            assert_eq!(clean_name(given, kind), want, "{given:?}");
        }
        let long = clean_name(&"长".repeat(500), Kind::Pdf);
        assert_eq!(long.chars().count(), LONGEST + 4);
    }
}
