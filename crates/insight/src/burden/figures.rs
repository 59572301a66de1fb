//! What is counted of forms, and the time that stands for it.

use super::catalogue::{Asked, Form, Kind};
use web::form::Fields;

/// What was asked of some people in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Forms that were sent and taken.
    pub sent: i64,
    /// Fields of them that were filled in, typed and chosen; boxes that were left as they are do not come with a form.
    pub questions: i64,
    /// Fields that were typed, without those that came filled in.
    pub typed: i64,
    /// Characters in those.
    pub signs: i64,
    /// Fields that were asked although they are known.
    pub known: i64,
}

/// Finding a form, looking it through and sending it, in seconds.
const FORM: i64 = 8;
/// Reading a question and making up one's mind, in seconds.
const QUESTION: i64 = 4;
/// A character, typed on a telephone: about 50 in a minute; in tenths of a second.
const SIGN: i64 = 12;

impl Figures {
    /// What one form that came in amounts to.
    pub fn of(form: &Form, came: &Fields) -> Figures {
        let mut out = Figures { sent: 1, ..Figures::default() };
        let mut last = None;
        for (name, signs) in came {
            let Some(field) = form.field(name) else { continue };
            // Several boxes of one name are one question.
            if last != Some(name) {
                out.questions += 1;
                out.known += i64::from(field.known);
            }
            last = Some(name);
            if matches!(field.kind, Kind::Line | Kind::Text) && !field.offered {
                out.typed += 1;
                out.signs += i64::try_from(*signs).unwrap_or(i64::MAX);
            }
        }
        out
    }

    /// What a form asks by its own length: every question answered, before a character is typed.
    pub fn asked(form: &Form) -> Figures {
        let many = |fits: &dyn Fn(&Asked) -> bool| form.fields.iter().filter(|f| fits(f)).count() as i64;
        Figures {
            sent: 1,
            questions: many(&|_| true),
            typed: many(&|f| matches!(f.kind, Kind::Line | Kind::Text) && !f.offered),
            signs: 0,
            known: many(&|f| f.known),
        }
    }

    /// Both together.
    pub fn and(self, other: Figures) -> Figures {
        Figures {
            sent: self.sent.saturating_add(other.sent),
            questions: self.questions.saturating_add(other.questions),
            typed: self.typed.saturating_add(other.typed),
            signs: self.signs.saturating_add(other.signs),
            known: self.known.saturating_add(other.known),
        }
    }

    /// How long it takes, in seconds, as estimated from the forms: 8 for each, 4 for each question, 1.2 for each
    /// character typed. An estimate of what is asked, not a measurement of anybody.
    pub fn seconds(self) -> i64 {
        let written = self.signs.saturating_mul(SIGN) / 10;
        self.sent
            .saturating_mul(FORM)
            .saturating_add(self.questions.saturating_mul(QUESTION))
            .saturating_add(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_is_what_one_has_to_type() {
        let form = Form::read("/x\t走访\tVisit\ta:line\tb:text\tc:choice\td:line=\te:line!").expect("a form");
        let came = |all: &[(&str, usize)]| all.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect::<Fields>();
        let all = came(&[("_csrf", 40), ("a", 5), ("b", 10), ("c", 1), ("c", 1), ("d", 11), ("e", 4)]);
        let f = Figures::of(&form, &all);
        assert_eq!(f, Figures { sent: 1, questions: 5, typed: 3, signs: 19, known: 1 });
        assert_eq!(f.seconds(), 8 + 20 + 22);
        let whole = Figures::asked(&form);
        assert_eq!(whole, Figures { sent: 1, questions: 5, typed: 3, signs: 0, known: 1 });
        assert_eq!(whole.seconds(), 8 + 20);
        let nothing = Figures::of(&form, &came(&[("_csrf", 40)]));
        assert_eq!((nothing.sent, nothing.questions, nothing.seconds()), (1, 0, 8));
        assert_eq!(f.and(nothing), Figures { sent: 2, ..f });
    }
}
