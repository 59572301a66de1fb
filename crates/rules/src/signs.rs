//! Signs that figures may have been made rather than earned. A sign is a question for whoever supervises,
//! never a finding: each has an honest explanation, too.

use kernel::{DAY, HOUR, Timestamp};

crate::vocabulary! {
    /// What was noticed about an answered case.
    Sign {
        /// Answered in the last hour before it was due.
        LastHour = "last-hour", "卡点办结", "Answered in the last hour";
        /// The clock stood twice or more, or for half of the time there was.
        Pauses = "pauses", "以等代延", "Pauses in place of an extension";
        /// Sent back twice or more before anybody worked on it.
        PingPong = "ping-pong", "来回退单", "Sent to and fro";
        /// The same answer, word for word, to several cases of a month.
        SameAnswer = "same-answer", "答复雷同", "The same answer again and again";
        /// Signed off, and the same matter came in again within thirty days.
        Back = "back", "办结又来", "Back within thirty days";
    }
}

/// From how many equal answers of a unit in a month on they are a sign.
pub const SAME_ANSWERS: i64 = 3;
/// Shorter answers are alike by nature: `已办结`.
pub const SHORT_ANSWER: usize = 10;
/// Within how long the same matter is back, in milliseconds.
pub const BACK_WITHIN: i64 = 30 * DAY;
/// How like two tellings of one class at one place have to be to be of the same matter, of 1000
/// ([`crate::similar::score`]).
pub const SAME_MATTER: u32 = 300;

/// What has to be known of an answered case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// When it was answered first.
    pub at: Timestamp,
    /// When the clock of the answer began.
    pub began: Timestamp,
    /// When the answer was due in the end.
    pub due: Timestamp,
    /// How often the clock stood, and for how long in all, in milliseconds.
    pub pauses: (u32, i64),
    /// How often it was sent back.
    pub returns: i64,
    /// Answers of that unit in that month with the same words, this one among them.
    pub same: i64,
}

/// The signs of a case by itself; [`Sign::Back`] is found by the case that comes after it.
pub fn signs(of: &Answered) -> Vec<Sign> {
    let mut out = Vec::new();
    let left = of.due.0 - of.at.0;
    // Where a whole limit is no longer than a few hours its last hour tells nothing.
    if (0..HOUR).contains(&left) && of.due.0 - of.began.0 >= DAY {
        out.push(Sign::LastHour);
    }
    let (count, stood) = of.pauses;
    let whole = of.due.0 - of.began.0;
    if count >= 2 || (count == 1 && stood * 2 >= whole) {
        out.push(Sign::Pauses);
    }
    if of.returns >= 2 {
        out.push(Sign::PingPong);
    }
    if of.same >= SAME_ANSWERS {
        out.push(Sign::SameAnswer);
    }
    out
}

/// The words of an answer as they are compared: without digits, blanks and punctuation, so that another date
/// makes no other answer. None where it is too short to tell anything.
pub fn print(answer: &str) -> Option<String> {
    let words: String = answer.chars().filter(|c| c.is_alphabetic()).collect();
    (words.chars().count() >= SHORT_ANSWER).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Answered = Answered {
        at: Timestamp(5 * DAY),
        began: Timestamp(0),
        due: Timestamp(9 * DAY),
        pauses: (0, 0),
        returns: 0,
        same: 1,
    };

    #[test]
    fn an_ordinary_answer_has_no_sign() {
        assert_eq!(signs(&PLAIN), []);
        assert_eq!(signs(&Answered { pauses: (1, DAY), returns: 1, same: 2, ..PLAIN }), []);
    }

    #[test]
    fn each_sign_is_seen() {
        let just = Answered { at: Timestamp(9 * DAY - HOUR / 2), ..PLAIN };
        assert_eq!(signs(&just), [Sign::LastHour]);
        assert_eq!(signs(&Answered { pauses: (2, HOUR), ..PLAIN }), [Sign::Pauses]);
        assert_eq!(signs(&Answered { pauses: (1, 5 * DAY), ..PLAIN }), [Sign::Pauses]);
        assert_eq!(signs(&Answered { returns: 2, ..PLAIN }), [Sign::PingPong]);
        assert_eq!(signs(&Answered { same: 3, ..PLAIN }), [Sign::SameAnswer]);
    }

    #[test]
    fn late_is_late_and_no_sign_and_short_limits_have_no_last_hour() {
        assert_eq!(signs(&Answered { at: Timestamp(9 * DAY + 1), ..PLAIN }), []);
        let short = Answered { at: Timestamp(HOUR), due: Timestamp(2 * HOUR - 1), ..PLAIN };
        assert_eq!(signs(&short), []);
    }

    #[test]
    fn another_date_is_no_other_answer() {
        let (a, b) = ("11月3日已派人修好路灯，请您放心。", "11 月 12 日已派人修好路灯，请您放心");
        assert!(print(a).is_some() && print(a) == print(b));
        assert_eq!(print("已办结。12345"), None);
    }
}
