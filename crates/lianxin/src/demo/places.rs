//! Made-up names of places and people, out of the pack's syllables.

use super::Dice;
use kernel::{Error, Result, Text};
use pack::Demo;

const NUMERALS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// A number up to 99 in Chinese.
pub(super) fn numeral(n: usize) -> String {
    match (n / 10, n % 10) {
        (0, d) => NUMERALS[d].to_owned(),
        (1, 0) => "十".to_owned(),
        (1, d) => format!("十{}", NUMERALS[d]),
        (t, 0) => format!("{}十", NUMERALS[t.min(9)]),
        (t, d) => format!("{}十{}", NUMERALS[t.min(9)], NUMERALS[d]),
    }
}

/// Villages around one place are told apart by where they lie.
pub(super) fn side(place: &Text, n: usize, word: &Text) -> Text {
    const SIDES: [(&str, &str); 10] = [
        ("东", "East"),
        ("西", "West"),
        ("南", "South"),
        ("北", "North"),
        ("前", "Front"),
        ("后", "Back"),
        ("大", "Great"),
        ("小", "Little"),
        ("上", "Upper"),
        ("下", "Lower"),
    ];
    let (zh, en) = SIDES[(n - 1) % SIDES.len()];
    let round = match (n - 1) / SIDES.len() {
        0 => String::new(),
        more => format!(" {}", more + 1),
    };
    Text::new(format!("{zh}{}{}{round}", place.zh, word.zh), format!("{en} {} {}{round}", place.en, word.en))
}

/// Gives names, no place's twice.
pub struct Naming<'p> {
    demo: &'p Demo,
    places: Vec<(usize, usize)>,
    people: Vec<(usize, usize)>,
    given: usize,
}

impl<'p> Naming<'p> {
    /// All names that the pack's syllables make, in a shuffled order.
    pub fn new(demo: &'p Demo, dice: &Dice) -> Self {
        let pairs = |a: usize, b: usize| {
            let mut all: Vec<_> = (0..a).flat_map(|i| (0..b).map(move |j| (i, j))).collect();
            dice.shuffle(&mut all);
            all
        };
        Naming {
            places: pairs(demo.place_first.len(), demo.place_second.len()),
            people: pairs(demo.surnames.len(), demo.given_names.len()),
            demo,
            given: 0,
        }
    }

    /// The next place, without the word for what it is.
    ///
    /// Errors: internal where the syllables do not suffice.
    pub fn place(&mut self) -> Result<Text> {
        let (i, j) = self.places.pop().ok_or_else(|| {
            Error::internal("the pack's demo needs more place_first or place_second: all names are used up")
        })?;
        let (d, empty) = (self.demo, String::new());
        let zh = format!("{}{}", d.place_first[i], d.place_second[j]);
        let first = d.place_first_en.get(i).unwrap_or(&empty);
        let en = format!("{first}{}", d.place_second_en.get(j).unwrap_or(&empty));
        Ok(Text::new(zh.clone(), if en.is_empty() { zh } else { en }))
    }

    /// The next person; names come again when all have been used.
    pub fn person(&mut self) -> String {
        let Some((s, g)) = self.people.get(self.given % self.people.len().max(1)) else {
            return "某某".to_owned();
        };
        self.given += 1;
        format!("{}{}", self.demo.surnames[*s], self.demo.given_names[*g])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let said: Vec<_> = [1, 9, 10, 11, 20, 35].into_iter().map(numeral).collect();
        assert_eq!(said, ["一", "九", "十", "十一", "二十", "三十五"]);
    }
}
