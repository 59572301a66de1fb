//! How much two requests speak of the same: for "similar open matters nearby".

use crate::chars::{Run, runs};
use serde::{Deserialize, Serialize};

/// Pairs that nearly every request has; they say nothing about what it is about.
const EMPTY: [&str; 24] = [
    "反映", "希望", "有关", "部门", "尽快", "解决", "处理", "来电", "群众", "村民", "居民", "市民", "问题",
    "相关", "领导", "请求", "要求", "一直", "已经", "我们", "没有", "现在", "你好", "您好",
];

/// Too few pairs in the shorter text to say that it is contained in the longer one.
const FEW: usize = 5;

/// The pairs of characters and the words of a text, sorted; small enough to keep beside each case.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grams(Vec<u64>);

impl Grams {
    /// Of a title and a body.
    pub fn of(title: &str, body: &str) -> Grams {
        let mut out = Vec::new();
        for text in [title, body] {
            for run in runs(text) {
                match run {
                    Run::Han(run) => out.extend(run.windows(2).filter_map(pair)),
                    Run::Word(word) => out.push(hash(&word)),
                }
            }
        }
        out.sort_unstable();
        out.dedup();
        Grams(out)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn pair(chars: &[char]) -> Option<u64> {
    let [a, b] = *chars else { return None };
    let empty = EMPTY.iter().any(|w| w.chars().eq([a, b]));
    (!empty).then_some(u64::from(a as u32) << 21 | u64::from(b as u32))
}

/// FNV-1a, with the top bit set so that no word meets a pair.
fn hash(word: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325u64;
    word.bytes().fold(start, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)) | 1 << 63
}

/// How similar two texts are, 0 to 1000.
///
/// The mean of what they share of both together (Jaccard) and what they share of the shorter (containment), so
/// that a short report matches a long one about the same; very short texts by the first alone.
pub fn score(a: &Grams, b: &Grams) -> u32 {
    let (mut i, mut j, mut shared) = (0, 0, 0usize);
    while let (Some(x), Some(y)) = (a.0.get(i), b.0.get(j)) {
        shared += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    let (short, all) = (a.len().min(b.len()), a.len() + b.len() - shared);
    if short == 0 {
        return 0;
    }
    let jaccard = shared * 1000 / all;
    let mean = if short < FEW { jaccard } else { (jaccard + shared * 1000 / short) / 2 };
    mean as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(a: &str, b: &str) -> u32 {
        score(&Grams::of(a, ""), &Grams::of(b, ""))
    }

    #[test]
    fn the_same_matter_in_other_words_scores_higher_than_another() {
        let lamp = "村口到小学一段路灯全灭,晚上孩子放学看不见路";
        let again = "小学门口的路灯不亮,孩子晚上放学看不见路";
        let water = "自来水管爆裂,三组停水两天";
        assert!(of(lamp, again) > 350, "{}", of(lamp, again));
        assert!(of(lamp, water) < 50, "{}", of(lamp, water));
        assert!(of(lamp, &format!("{lamp}。另外垃圾清运不及时,占道经营也没人管")) > 600);
    }

    #[test]
    fn words_that_every_request_has_do_not_count() {
        assert!(Grams::of("希望", "尽快,解决").is_empty());
        assert_eq!(of("希望解决", "希望处理"), 0);
        assert_eq!(of("", ""), 0);
    }

    proptest! {
        #[test]
        fn it_is_a_measure(a in "[路灯不亮水管漏abc ]{0,30}", b in "[路灯不亮水管漏abc ]{0,30}") {
            prop_assert!(of(&a, &b) <= 1000);
            prop_assert_eq!(of(&a, &b), of(&b, &a));
            if !Grams::of(&a, "").is_empty() {
                prop_assert_eq!(of(&a, &a), 1000);
            }
        }
    }
}
