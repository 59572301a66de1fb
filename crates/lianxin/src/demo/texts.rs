//! The words of made-up requests, answers and everything that is said in between, in Chinese.
//!
//! Templates of our own (`data/texts/`) are put together by chance: `[a|b]` is one of the two,
//! `{p}` the place, `{since}` how long, and so on. An entry that begins with `2:` or `13:` fits only
//! the classes that stand second, or first and third, in its topic's list.

mod fill;

pub use fill::{Around, Say};

use super::Dice;
use fill::Fill;
use kernel::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// In which manner somebody puts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// What an operator notes while listening, in the third person.
    Note,
    /// A line or two.
    Short,
    /// With greeting and thanks.
    Plain,
    /// A letter.
    Long,
    /// Out of patience.
    Annoyed,
    /// Noted at a villagers' meeting.
    Meeting,
    /// Noted on a visit.
    Visit,
}

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It is explained, or takes a while.
    Explained,
    /// It cannot be solved, because.
    Cannot,
}

/// A title and a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// In a few words.
    pub title: String,
    /// In the person's words.
    pub body: String,
}

/// What people ask about one or a few neighbouring classes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Topic {
    /// Class codes.
    code: Vec<String>,
    /// How often it comes up, next to others.
    w: u64,
    /// The months in which it comes up more often.
    #[serde(default)]
    month: Vec<i8>,
    /// Titles.
    t: Vec<String>,
    /// What is the matter.
    a: Vec<String>,
    /// More about it.
    b: Vec<String>,
    /// What is asked for.
    c: Vec<String>,
    /// What was done.
    ok: Vec<String>,
    /// What was explained.
    ex: Vec<String>,
    /// Why it cannot be solved.
    no: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    topic: Vec<Topic>,
}

struct Texts {
    topics: Vec<Topic>,
    common: BTreeMap<String, toml::Value>,
    by_code: BTreeMap<String, (usize, char)>,
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let files = [
        include_str!("../../data/texts/1.toml"),
        include_str!("../../data/texts/2.toml"),
        include_str!("../../data/texts/3.toml"),
        include_str!("../../data/texts/4.toml"),
    ];
    // Our own files, read in a test: a fault in them never leaves the house.
    let topics: Vec<Topic> =
        files.iter().flat_map(|f| toml::from_str::<File>(f).expect("our own texts read").topic).collect();
    let common = toml::from_str(include_str!("../../data/texts/common.toml")).expect("our own texts read");
    let mut by_code = BTreeMap::new();
    for (at, topic) in topics.iter().enumerate() {
        for (nth, code) in topic.code.iter().enumerate() {
            by_code.insert(code.clone(), (at, char::from(b'1' + nth as u8)));
        }
    }
    Texts { topics, common, by_code }
});

/// A list of the common file.
pub(super) fn common(key: &str) -> Vec<&'static str> {
    let list = TEXTS.common.get(key).and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(toml::Value::as_str).collect()
}

/// What grows in a month.
fn crops(month: i8) -> Vec<&'static str> {
    let year = TEXTS.common.get("crops").and_then(toml::Value::as_array);
    let list = year.and_then(|y| y.get((month.clamp(1, 12) - 1) as usize)).and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(toml::Value::as_str).collect()
}

/// A class that people write about, and how often in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its code.
    pub code: &'static str,
    /// Next to others.
    pub weight: u64,
}

/// Every class with texts, and how often it comes up in a month.
pub fn shares(month: i8) -> Vec<Share> {
    TEXTS
        .topics
        .iter()
        .flat_map(|topic| {
            let season = match (topic.month.is_empty(), topic.month.contains(&month)) {
                (true, _) => 10,
                (false, true) => 24,
                (false, false) => 5,
            };
            // The first class of a topic is the one most people mean.
            let parts: u64 = (1..=topic.code.len() as u64).map(|n| 12 / n).sum();
            topic.code.iter().enumerate().map(move |(nth, code)| Share {
                code,
                weight: topic.w * season * 100 * (12 / (nth as u64 + 1)) / parts,
            })
        })
        .collect()
}

/// The entries of a list that fit the class which is the `nth` of its topic.
fn fitting(list: &'static [String], nth: char) -> Vec<&'static str> {
    list.iter()
        .filter_map(|entry| match entry.split_once(':') {
            Some((tags, rest)) if tags.bytes().all(|b| b.is_ascii_digit()) => {
                tags.contains(nth).then_some(rest)
            }
            _ => Some(entry.as_str()),
        })
        .collect()
}

/// Writes what somebody asks for; none for a class without texts.
pub fn write_request(dice: &Dice, class: &str, manner: Manner, around: &Around) -> Option<Words> {
    let (at, nth) = *TEXTS.by_code.get(class)?;
    let topic: &'static Topic = &TEXTS.topics[at];
    let fill = Fill::new(dice, around);
    let from = |list: &'static [String]| fill.one(&fitting(list, nth));
    let title = from(&topic.t);
    let (what, asked) = (from(&topic.a), from(&topic.c));
    let more = if dice.percent(70) { from(&topic.b) } else { String::new() };
    let ask = if asked.is_empty() || dice.percent(25) { fill.common("ask") } else { asked };
    let tried = |percent| if dice.percent(percent) { fill.common("tried") } else { String::new() };
    let body = match manner {
        Manner::Short => match dice.percent(60) {
            true => format!("{what}{ask}"),
            false => what,
        },
        Manner::Plain => {
            format!("{}{what}{more}{}{ask}{}", fill.common("hello"), tried(25), fill.common("thanks"))
        }
        Manner::Note => {
            format!("{}{}", fill.common("note"), third_person(&format!("{what}{more}{}{ask}", tried(20))))
        }
        Manner::Long => {
            let again = if more.is_empty() { from(&topic.b) } else { String::new() };
            let (opening, sign) = (fill.common("letter"), fill.common("sign"));
            format!("{opening}{what}{more}{again}{}\n{ask}{sign}", tried(85))
        }
        Manner::Annoyed => format!("{}{what}{}{more}{ask}", fill.common("annoyed"), tried(75)),
        Manner::Meeting => format!("{}{what}{ask}", fill.common("meeting")),
        Manner::Visit => format!("{}{what}{more}{ask}", fill.common("visit")),
    };
    Some(Words { title: placed(dice, smooth(&title), &body, around), body: smooth(&body) })
}

/// A title that does not say where says so where the text does, mostly.
fn placed(dice: &Dice, title: String, body: &str, around: &Around) -> String {
    if title.contains(around.village) || !body.contains(around.village) || dice.percent(15) {
        return title;
    }
    match dice.percent(60) {
        true => format!("{}{}{title}", around.village, around.group),
        false => format!("{}{title}", around.village),
    }
}

/// Writes an answer; a general one for a class without texts. `looked` where somebody went there.
pub fn write_answer(dice: &Dice, class: &str, outcome: Outcome, looked: bool, around: &Around) -> String {
    let fill = Fill::new(dice, around);
    let own = TEXTS.by_code.get(class).map(|(at, nth)| {
        let topic: &'static Topic = &TEXTS.topics[*at];
        let list = match outcome {
            Outcome::Done => &topic.ok,
            Outcome::Explained => &topic.ex,
            Outcome::Cannot => &topic.no,
        };
        fill.one(&fitting(list, *nth))
    });
    let own = own.filter(|text| !text.is_empty()).unwrap_or_else(|| match outcome {
        Outcome::Cannot => fill.common("no"),
        _ => fill.common("ex"),
    });
    let looked = if looked && dice.percent(75) { fill.common("looked") } else { String::new() };
    let but = if outcome == Outcome::Cannot { fill.common("cannot") } else { String::new() };
    smooth(&format!("{}{looked}{but}{own}{}", fill.common("reply"), fill.common("farewell")))
}

/// Writes one line of what is said along the way.
pub fn write_line(dice: &Dice, say: Say, around: &Around) -> String {
    smooth(&Fill::new(dice, around).common(say.key()))
}

/// As an operator notes it.
fn third_person(text: &str) -> String {
    [("我们家", "其家"), ("我们", "当地群众"), ("我家", "其家"), ("我和", "其与"), ("我", "其")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Takes out what is left where an optional part was left out.
fn smooth(text: &str) -> String {
    let mut out = text.trim().to_owned();
    for (from, to) in
        [("，，", "，"), ("，。", "。"), ("。，", "。"), ("；。", "。"), ("！，", "！"), ("。。", "。")]
    {
        while out.contains(from) {
            out = out.replace(from, to);
        }
    }
    out.trim_end_matches('，').to_owned()
}

/// A day as people write it: `11月3日`.
pub fn day(date: Date) -> String {
    format!("{}月{}日", date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn around<'a>() -> Around<'a> {
        Around {
            village: "大岭村",
            group: "三组",
            unit: "青溪镇规划建设办公室",
            on: jiff::civil::date(2026, 7, 9),
            spot: 0,
        }
    }

    const MANNERS: [Manner; 7] = [
        Manner::Note,
        Manner::Short,
        Manner::Plain,
        Manner::Long,
        Manner::Annoyed,
        Manner::Meeting,
        Manner::Visit,
    ];

    #[test]
    fn every_class_is_one_of_the_base_pack_and_speaks_in_every_manner() {
        let pack = pack::load_builtin("county").unwrap();
        let shares = shares(7);
        assert!(shares.len() >= 120, "{}", shares.len());
        let dice = Dice::new(1, "t");
        for share in shares {
            let class = pack.class(share.code).unwrap_or_else(|| panic!("no class {}", share.code));
            assert!(class.is_leaf() && class.stop.is_none(), "{}", share.code);
            assert!(share.weight > 0, "{}", share.code);
            for manner in MANNERS {
                let words = write_request(&dice, share.code, manner, &around()).unwrap();
                let len = words.title.chars().count();
                assert!((3..=40).contains(&len), "{} {}", share.code, words.title);
                for text in [&words.title, &words.body] {
                    assert!(!text.contains(['[', ']', '{', '}', '|']), "{} {text}", share.code);
                    assert!(text.chars().count() >= 3 && !text.starts_with('。'), "{} {text}", share.code);
                }
                assert!(words.body.chars().count() < 700);
            }
            for outcome in [Outcome::Done, Outcome::Explained, Outcome::Cannot] {
                let text = write_answer(&dice, share.code, outcome, true, &around());
                assert!(!text.contains(['[', ']', '{', '}', '|']), "{} {text}", share.code);
                assert!(text.chars().count() >= 14, "{} {text}", share.code);
            }
        }
    }

    #[test]
    fn two_thousand_texts_do_not_look_copied() {
        let dice = Dice::new(2, "t");
        let shares = shares(7);
        let weights: Vec<u64> = shares.iter().map(|s| s.weight).collect();
        let bodies: Vec<String> = (0..2000)
            .map(|i| {
                let code = shares[dice.weighted(&weights)].code;
                let around = Around { spot: dice.below(100_000), ..around() };
                write_request(&dice, code, MANNERS[i % MANNERS.len()], &around).unwrap().body
            })
            .collect();
        let distinct: HashSet<&String> = bodies.iter().collect();
        // The place, which differs in earnest, is the same here.
        assert!(distinct.len() * 100 >= bodies.len() * 95, "{} of {}", distinct.len(), bodies.len());
    }

    #[test]
    fn the_same_dice_write_the_same_and_the_season_counts() {
        let write = || {
            let dice = Dice::new(7, "t");
            (0..50)
                .map(|_| write_request(&dice, "01.04.01", Manner::Plain, &around()).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(write(), write());
        let weight = |month| shares(month).iter().find(|s| s.code == "03.02.05").unwrap().weight;
        assert!(weight(1) > weight(7) * 3, "ice is a matter of winter");
    }

    #[test]
    fn entries_for_one_class_stay_there() {
        let dice = Dice::new(3, "t");
        for _ in 0..100 {
            let lights = write_request(&dice, "03.04.03", Manner::Short, &around()).unwrap();
            assert!(lights.title.contains("红绿灯") && lights.body.contains("红绿灯"), "{lights:?}");
        }
    }

    #[test]
    fn what_is_said_along_the_way_is_there() {
        let dice = Dice::new(4, "t");
        for say in Say::ALL {
            assert!(!common(say.key()).is_empty(), "{say:?}");
            let text = (0..40).map(|_| write_line(&dice, say, &around())).find(|t| !t.is_empty());
            assert!(text.is_some_and(|t| !t.contains(['[', '{'])), "{say:?}");
        }
    }
}
