//! Wishes 微心愿: shown to everybody, with leave, until somebody takes them up.

use serde::Deserialize;

/// How wishes are shown.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WishRule {
    /// The question, answered with yes or no, by which the person gives leave to show it.
    #[serde(default = "consent")]
    pub consent: String,
    /// So many days a wish that came true is shown.
    #[serde(default = "month")]
    pub shown_days: u16,
}

fn consent() -> String {
    "consent".to_owned()
}

fn month() -> u16 {
    30
}

impl Default for WishRule {
    fn default() -> WishRule {
        WishRule { consent: consent(), shown_days: month() }
    }
}
