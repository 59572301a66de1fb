//! The demonstration site: how large it is and what things are called in it. No real place or person.

use kernel::Text;
use serde::Deserialize;

/// Size and names of the demonstration site.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// The county's name.
    pub county: Text,
    /// Its six-digit division code.
    pub code: String,
    /// How many townships.
    pub townships: u32,
    /// How many villages in all.
    pub villages: u32,
    /// How many villagers' groups in all.
    pub groups: u32,
    /// How many service points in all.
    pub points: u32,
    /// How many posts in all, apart from those that households need (`homes_per_holder`).
    pub posts: u32,
    /// Every unit in which households stand has somebody, and one more for each further so many households; 0 where its
    /// posts are given out as far as `posts` goes, like all others.
    #[serde(default)]
    pub homes_per_holder: u32,
    /// How many requests.
    pub requests: u32,
    /// Over how many months back.
    pub months: u32,
    /// Households, for the map and the rates.
    pub households: u32,
    /// The word for the units of the third level, where it is another than village and community.
    #[serde(default)]
    pub village_word: Option<Text>,
    /// The word for those of the fourth level, where they have names of their own instead of numbers.
    #[serde(default)]
    pub group_word: Option<Text>,
    /// The word for those of the fifth level, where they are numbered instead of called by a spot.
    #[serde(default)]
    pub point_word: Option<Text>,
    /// Centre of the map, degrees east.
    pub lon: f64,
    /// Centre of the map, degrees north.
    pub lat: f64,
    /// First characters of made-up place names.
    pub place_first: Vec<String>,
    /// Second characters of made-up place names.
    pub place_second: Vec<String>,
    /// The same for English readers, as syllables in the same order.
    pub place_first_en: Vec<String>,
    /// Second syllables for English readers.
    pub place_second_en: Vec<String>,
    /// Surnames of made-up people.
    pub surnames: Vec<String>,
    /// Given names of made-up people.
    pub given_names: Vec<String>,
    /// What the place has said about itself: a line with a figure, shown on the start page of the demo.
    #[serde(default)]
    pub figures: Vec<Text>,
}
