//! The person's word in a story, or why there is none.

use super::story::Story;
use crate::acts::judge;
use crate::case::{Attempt, WordRow};
use crate::model::{Audience, Request, Satisfaction};
use crate::notices::Told;
use crate::spoken::Slot;
use crate::step::Deed;
use kernel::{Error, Result};
use rules::case::{Need, Notice, Party, Verb, Word};
use serde_json::json;

impl Story<'_> {
    pub(super) fn settle(
        &mut self,
        text: &str,
        told: Told,
        word: Option<Word>,
        satisfaction: Option<Satisfaction>,
    ) -> Result<()> {
        let person = self.case.row.person;
        self.owe_to(Notice::Accepted, person, Some(told));
        let (body, here) = (text.trim().to_owned(), self.ctx.account());
        let deed = Deed::new(Verb::Settle)
            .with([Need::AnswerText])
            .say(Audience::Public, body.clone())
            .data(json!({ "told": told.key() }));
        let change = |row: &mut Request| {
            row.answer = Some(body);
            row.officer = here;
        };
        self.take(deed, Some(told), change)?;
        let Some(word) = word else { return Ok(()) };
        self.keep(word, satisfaction, "window", "");
        let mut deed = Deed::new(Verb::Judge).say(Audience::Person, "").data(json!({
            "word": word.key(),
            "satisfaction": satisfaction.map(|s| s.grade()),
            "by": "window",
        }));
        deed.given.word = Some(word);
        let change = |row: &mut Request| {
            row.word = Some(word);
            row.satisfaction = satisfaction;
        };
        self.take_as(deed, None, &[Party::Person], change).map(drop)
    }

    pub(super) fn judge(&mut self, word: Word, satisfaction: Option<Satisfaction>, note: &str) -> Result<()> {
        let hidden = self.hide(note.trim());
        let slot = Slot::Word(self.case.row.round(), self.case.row.person);
        self.texts.extend(hidden.own.map(|own| (slot, own)));
        let note = hidden.text.as_str();
        let by = if self.ctx.account().is_some() { "call" } else { "page" };
        self.keep(word, satisfaction, by, note);
        let mut deed = Deed::new(Verb::Judge).say(Audience::Person, note.trim()).data(json!({
            "word": word.key(),
            "satisfaction": satisfaction.map(|s| s.grade()),
            "by": by,
            "joined": null,
        }));
        deed.given.word = Some(word);
        let change = |row: &mut Request| {
            row.word = Some(word);
            row.satisfaction = satisfaction;
        };
        self.take(deed, None, change).map(drop)
    }

    /// Keeps a word; a later one in the same round takes the place of the earlier.
    pub(super) fn keep(&mut self, word: Word, satisfaction: Option<Satisfaction>, via: &str, note: &str) {
        let round = self.case.row.round();
        self.words.retain(|w| w.round != round);
        self.words.push(WordRow {
            round,
            person: self.case.row.person,
            at: self.ctx.at,
            via: via.to_owned(),
            word,
            satisfaction,
            note: note.trim().to_owned(),
            account: self.ctx.account(),
            unit: self.ctx.unit(),
        });
    }

    pub(super) fn attempt(&mut self, outcome: &str, note: &str) -> Result<()> {
        let (Some(account), Some(unit)) = (self.ctx.account(), self.ctx.unit()) else {
            return Err(Error::internal("only staff calls people back"));
        };
        let deed =
            Deed::new(Verb::Attempt).say(Audience::Inside, note.trim()).data(json!({ "outcome": outcome }));
        self.take(deed, None, |_| {})?;
        self.case.attempts.push(Attempt {
            round: self.case.row.round(),
            at: self.ctx.at,
            day: self.ctx.today().to_string(),
            account,
            unit,
            outcome: outcome.to_owned(),
            note: note.trim().to_owned(),
        });
        Ok(())
    }

    pub(super) fn lapse(&mut self) -> Result<()> {
        let round = self.case.row.round();
        let word = judge::silence(&self.case.attempts, round);
        self.keep(word, None, "clock", "");
        let mut deed = Deed::new(Verb::Lapse).data(json!({ "word": word.key() }));
        deed.given.word = Some(word);
        self.take(deed, None, |row| row.word = Some(word)).map(drop)
    }
}
