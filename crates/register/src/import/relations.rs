//! What lists call somebody's relation to the head of their household.

use crate::households::Relation;
use sheets::normal;

/// The words of lists for what somebody is to the head.
const RELATIONS: &[(Relation, &[&str])] = &[
    (Relation::Head, &["户主", "本人", "本人或户主", "户主本人", "head", "02", "01"]),
    (
        Relation::Spouse,
        &[
            "配偶", "妻", "妻子", "夫", "丈夫", "爱人", "老婆", "老公", "spouse", "wife", "husband", "10",
            "11", "12",
        ],
    ),
    (
        Relation::Son,
        &[
            "子",
            "儿子",
            "长子",
            "次子",
            "三子",
            "四子",
            "五子",
            "独生子",
            "大儿子",
            "二儿子",
            "小儿子",
            "长男",
            "次男",
            "养子",
            "继子",
            "女婿",
            "婿",
            "上门女婿",
            "son",
            "20",
            "21",
            "22",
            "23",
            "24",
            "28",
        ],
    ),
    (
        Relation::Daughter,
        &[
            "女",
            "女儿",
            "长女",
            "次女",
            "三女",
            "四女",
            "五女",
            "独生女",
            "大女儿",
            "二女儿",
            "小女儿",
            "养女",
            "继女",
            "儿媳",
            "媳妇",
            "长媳",
            "次媳",
            "daughter",
            "30",
            "31",
            "32",
            "33",
            "34",
            "38",
        ],
    ),
    (
        Relation::Grandchild,
        &[
            "孙",
            "孙子",
            "孙女",
            "外孙",
            "外孙子",
            "外孙女",
            "曾孙",
            "长孙",
            "次孙",
            "长孙女",
            "重孙",
            "曾孙女",
            "重孙女",
            "孙子女",
            "外孙子女",
            "孙女婿",
            "孙媳",
            "孙辈",
            "grandchild",
            "40",
            "41",
            "42",
            "43",
            "44",
        ],
    ),
    (
        Relation::Parent,
        &[
            "父", "母", "父亲", "母亲", "父母", "岳父", "岳母", "公公", "婆婆", "继父", "继母", "养父",
            "养母", "father", "mother", "parent", "50", "51", "52", "53", "54", "55", "56",
        ],
    ),
    (
        Relation::Grandparent,
        &[
            "祖父",
            "祖母",
            "爷爷",
            "奶奶",
            "外祖父",
            "外祖母",
            "外公",
            "外婆",
            "祖父母",
            "grandparent",
            "60",
            "61",
            "62",
            "63",
            "64",
        ],
    ),
    (
        Relation::Sibling,
        &[
            "兄",
            "弟",
            "姐",
            "妹",
            "哥哥",
            "弟弟",
            "姐姐",
            "妹妹",
            "兄弟姐妹",
            "兄弟",
            "姐弟",
            "兄妹",
            "姊妹",
            "嫂",
            "嫂子",
            "弟媳",
            "弟媳妇",
            "姐夫",
            "妹夫",
            "哥",
            "sibling",
            "brother",
            "sister",
            "70",
            "71",
            "73",
            "75",
            "77",
        ],
    ),
    (
        Relation::Relative,
        &[
            "其他",
            "其他亲属",
            "亲属",
            "侄子",
            "侄女",
            "侄",
            "外甥",
            "外甥女",
            "侄媳",
            "侄孙",
            "伯父",
            "伯母",
            "叔父",
            "叔叔",
            "婶",
            "姑",
            "姑姑",
            "舅舅",
            "姨",
            "姨妈",
            "亲戚",
            "relative",
            "97",
        ],
    ),
    (Relation::Other, &["非亲属", "租客", "寄住", "保姆", "other", "99"]),
];

/// What a word or a code of GB/T 4761 says; with `其他` wherever a place writes more than it knows.
pub(super) fn relation(word: &str) -> Option<Relation> {
    let full = normal(word);
    // 户主之妻, 户主的妻子, 之妻.
    let word = full.strip_prefix("户主").filter(|w| !w.is_empty()).unwrap_or(&full);
    let word = word.strip_prefix(['之', '的']).unwrap_or(word);
    RELATIONS.iter().find(|(_, words)| words.iter().any(|w| normal(w) == word)).map(|(r, _)| *r)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_lists() {
        for (word, known) in [
            ("户主", Relation::Head),
            ("户主本人", Relation::Head),
            ("户主之妻", Relation::Spouse),
            ("之 子", Relation::Son),
            ("户主的母亲", Relation::Parent),
            ("长孙", Relation::Grandchild),
            ("０２", Relation::Head),
        ] {
            assert_eq!(relation(word), Some(known), "{word}");
        }
        assert_eq!((relation("干爹"), relation("")), (None, None));
    }

    #[test]
    fn no_word_says_two_things() {
        let mut seen = std::collections::HashSet::new();
        assert!(RELATIONS.iter().flat_map(|(_, words)| *words).all(|w| seen.insert(normal(w))));
    }
}
