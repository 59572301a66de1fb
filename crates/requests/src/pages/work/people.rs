//! What those who asked are called on pages that do not show who they are.

use kernel::Locale;

const STEMS: [char; 10] = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'];

/// `诉求人甲` is who asked, 乙 and on those who joined; `Person A` in English.
pub(crate) fn pseudonym(i: usize, locale: Locale) -> String {
    match (locale, STEMS.get(i), u8::try_from(i).ok().filter(|i| *i < 26)) {
        (Locale::Zh, Some(stem), _) => format!("诉求人{stem}"),
        (Locale::Zh, None, _) => format!("诉求人{}", i + 1),
        (Locale::En, _, Some(i)) => format!("Person {}", char::from(b'A' + i)),
        (Locale::En, _, None) => format!("Person {}", i + 1),
    }
}
