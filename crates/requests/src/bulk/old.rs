//! A case that an older ledger answered (see the module's documentation for why it does not go the way
//! of the machine).

use super::Handled;
use super::story::Story;
use crate::case::WordRow;
use crate::clock;
use crate::model::Audience;
use crate::register;
use crate::step;
use kernel::{Result, Timestamp};
use rules::case::{ClockKind, Notice, State, Word};
use serde_json::{Value, json};

/// How a notice was met that the older ledger had to give.
pub(super) const BY_LEDGER: &str = "import";

impl Story<'_> {
    /// Takes the case over as it ended.
    pub(super) fn take_over(&mut self, handled: &Handled) -> Result<()> {
        let (now, received) = (self.ctx.at, self.past.received_at);
        let answered = handled.answered_at;
        let ended = answered.unwrap_or(now);
        let clock = clock::fresh(&self.ctx, &self.case, ClockKind::Answer, received)?;
        let due = clock.due_at;
        self.case.clocks.push(clock);
        self.tick(ended);
        for clock in &mut self.case.clocks {
            (clock.stopped_at, clock.done, clock.next_signal) = (Some(ended), true, None);
        }
        let row = &mut self.case.row;
        row.first_due = Some(due);
        row.answer_due = Some(due);
        self.arrive()?;

        let row = &mut self.case.row;
        row.state = State::Closed;
        row.answered_at = answered;
        row.ended_at = Some(ended);
        row.answer.clone_from(&handled.answer);
        // Nobody was asked, as far as we know; where there was no answer, nothing could be judged.
        row.word = handled.word.or(answered.map(|_| Word::NoReply));
        row.satisfaction = handled.satisfaction;
        for notice in Notice::ALL {
            self.meet(*notice, 0, self.case.row.person, Some(ended), BY_LEDGER);
        }
        if let Some(word) = handled.word {
            self.words.push(WordRow {
                round: 0,
                person: self.case.row.person,
                at: ended,
                via: BY_LEDGER.to_owned(),
                word,
                satisfaction: handled.satisfaction,
                note: String::new(),
                account: None,
                unit: None,
            });
        }
        let verb = if answered.is_some() { "answer" } else { "close" };
        let data = json!({
            "import": true,
            "verb": verb,
            "at": ended.0,
            "on_time": answered.map(|at| at <= due),
        });
        let text = handled.answer.clone().unwrap_or_default();
        let salt = self.salt();
        let payload = step::payload(&self.case.row, &salt, &text, data.clone());
        self.record("import", payload)?;
        self.line(verb, Audience::Public, &text, step::kept(data, &salt, &text));
        self.back_then(ended);
        Ok(())
    }

    /// The first event of a case that was taken over: when it was received, and from which row.
    pub(super) fn arrive(&mut self) -> Result<()> {
        let salt = self.salt();
        let mut payload = register::payload(&self.case.row, &salt);
        let mut data = json!({ "channel": self.case.row.channel, "import": true });
        if let (Value::Object(payload), Value::Object(data)) = (&mut payload, &mut data) {
            payload.insert("received".into(), json!(self.past.received_at.0));
            payload.insert("history".into(), json!(self.case.row.history));
            if let Some(original) = &self.past.original {
                payload.insert("row".into(), json!(original.row));
                data.insert("row".into(), json!(original.row));
            }
        }
        self.record("import", payload)?;
        self.line("register", Audience::Person, "", step::data_with_salt(data, &salt));
        self.back_then(self.past.received_at);
        Ok(())
    }

    /// The line just written tells of that time and of nobody here; the journal says who took it over.
    fn back_then(&mut self, at: Timestamp) {
        if let Some(line) = self.entries.last_mut() {
            line.at = at;
            line.account = None;
            line.unit = None;
            line.who = "system".to_owned();
        }
    }
}
