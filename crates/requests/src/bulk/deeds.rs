//! Each thing that can have happened, done to the story as the living act does it to a case.

use super::story::Story;
use super::{PastStep, What};
use crate::acts::{refer, refuse};
use crate::case::{Helper, Supervision};
use crate::model::{Audience, PublicState};
use crate::notices::Told;
use crate::step::Deed;
use crate::supervision;
use kernel::{AccountId, Error, RequestId, Result, UnitId};
use rules::case::{ClockKind, Evidence, Kind, Need, State, Urgency, Verb};
use serde_json::json;

/// Where another case of the batch goes on: its id and number.
pub(super) struct Other {
    pub(super) id: RequestId,
    pub(super) number: String,
}

impl Story<'_> {
    /// Does one step.
    pub(super) fn act(&mut self, step: &PastStep, other: Option<Other>) -> Result<()> {
        let told = step.told;
        match &step.what {
            What::Triage { class, kind, urgency, unit, note } => {
                self.triage(class, *kind, *urgency, *unit, note)
            }
            What::Assign { unit, note } => {
                let have: &[Need] = match self.case.row.state {
                    State::Returned => &[Need::Unit, Need::Reason],
                    _ => &[Need::Unit],
                };
                self.send(Verb::Assign, *unit, note, have)
            }
            What::Arbitrate { unit, reason } => {
                self.send(Verb::Arbitrate, *unit, reason, &[Need::Unit, Need::Reason])
            }
            What::Accept => self.take(Deed::new(Verb::Accept), told, |_| {}).map(drop),
            What::Name { officer, note } => self.name(*officer, note, told),
            What::Contact { text, audience } => self.did(Verb::Contact, text, *audience),
            What::Progress { text, audience } => self.did(Verb::Progress, text, *audience),
            What::AskHelp { unit, question } => self.ask(*unit, question),
            What::Report { unit, text } => self.report(*unit, text),
            What::Pause { question } => self.pause(question),
            What::Resume { note } => {
                let deed = Deed::new(Verb::Resume).with([Need::Reason]).say(Audience::Person, note.trim());
                self.take(deed, told, |_| {}).map(drop)
            }
            What::Extend { by, reason } => self.extend(*by, reason),
            What::Escalate { unit, reason } => {
                let up = unit.or_else(|| refer::above(&self.ctx, self.case.row.unit));
                let up = up.ok_or_else(|| Error::internal("there is nothing above to pass it to"))?;
                self.send(Verb::Escalate, up, reason, &[Need::Reason, Need::Unit])
            }
            What::Return { duty, reason } => self.hand_back(duty, reason),
            What::Refer { question } => {
                let deed = Deed::new(Verb::Refer)
                    .with([Need::Reason, Need::Question])
                    .say(Audience::Inside, question.trim());
                self.take(deed, told, |_| {}).map(drop)
            }
            What::Decide { met_on, who, decision } => {
                let deed = Deed::new(Verb::Decide)
                    .with([Need::Decision])
                    .say(Audience::Inside, decision.trim())
                    .data(json!({ "met_on": met_on.to_string(), "who": who.trim() }));
                self.take(deed, told, |row| row.decided = true).map(drop)
            }
            What::Answer { text, unsolvable, evidence } => self.answer(text, *unsolvable, evidence, told),
            What::Settle { text, told, evidence, word, satisfaction } => {
                self.evidence.extend(evidence);
                self.settle(text, *told, *word, *satisfaction)
            }
            What::Judge { word, satisfaction, note } => self.judge(*word, *satisfaction, note),
            What::Attempt { outcome, note } => self.attempt(outcome, note),
            What::Lapse => self.lapse(),
            What::Review { upheld, reason } => {
                let mut deed = Deed::new(Verb::Rule)
                    .with([Need::Reason])
                    .say(Audience::Person, reason.trim())
                    .data(json!({ "upheld": upheld }));
                deed.given.upheld = Some(*upheld);
                self.take(deed, told, |_| {}).map(drop)
            }
            What::Close { note } => {
                let data = json!({
                    "second": self.case.is_second(&self.ctx),
                    "word": self.case.row.word.map(|w| w.key()),
                });
                let deed = Deed::new(Verb::Close).say(Audience::Person, note.trim()).data(data);
                self.take(deed, told, |_| {}).map(drop)
            }
            What::Withdraw { reason } => {
                let deed =
                    Deed::new(Verb::Withdraw).with([Need::Reason]).say(Audience::Inside, reason.trim());
                self.take(deed, told, |_| {}).map(drop)
            }
            What::Refuse { ground, note } => self.refuse(ground, note),
            What::Merge { reason, .. } => {
                let into = other.ok_or_else(|| Error::internal("it is merged into no case of the batch"))?;
                let deed = Deed::new(Verb::Merge)
                    .with([Need::OtherCase, Need::Reason])
                    .say(Audience::Person, reason.trim())
                    .data(json!({ "into": into.number }));
                self.take(deed, told, |row| row.merged_into = Some(into.id)).map(drop)
            }
            What::Supervise { grade, words } => self.supervise(*grade, words),
            What::Reopen { reason } => {
                let deed = Deed::new(Verb::Reopen).with([Need::Reason]).say(Audience::Person, reason.trim());
                self.take(deed, told, |_| {}).map(drop)
            }
            What::Note { text, audience } => {
                self.write_down("note", *audience, text.trim(), json!({ "files": 0 }))
            }
            What::Supplement { text } => {
                let data = json!({ "files": 0, "joined": null });
                self.write_down("supplement", Audience::Person, text.trim(), data)?;
                if self.case.row.state != State::Paused {
                    return Ok(());
                }
                let deed = Deed::new(Verb::Resume).with([Need::Reason]).say(Audience::Person, "");
                self.take(deed, told, |_| {}).map(drop)
            }
            What::Moderate { show, reason } => self.moderate(*show, reason),
        }
    }

    fn triage(
        &mut self,
        class: &str,
        kind: Option<Kind>,
        urgency: Option<Urgency>,
        unit: UnitId,
        note: &str,
    ) -> Result<()> {
        let pack = self.ctx.site.pack.clone();
        let class = pack.class(class).filter(|c| c.is_leaf());
        let class = class.ok_or_else(|| Error::internal("triage names no class of the third level"))?;
        self.known(unit)?;
        let (kind, urgency) = (kind.unwrap_or(class.kind), urgency.unwrap_or(class.urgency));
        let row = &self.case.row;
        if row.class != class.code || row.urgency != urgency || row.kind != kind {
            self.set_class(class, kind, urgency)?;
        }
        let deed = Deed::new(Verb::Triage)
            .with([Need::Unit])
            .say(Audience::Inside, note.trim())
            .data(json!({ "class": class.code, "unit": unit.to_string(), "urgency": urgency.key() }));
        self.take(deed, None, |row| row.unit = unit).map(drop)
    }

    fn send(&mut self, verb: Verb, unit: UnitId, note: &str, have: &[Need]) -> Result<()> {
        self.known(unit)?;
        let officer = self.desk.lead(unit);
        let deed = Deed::new(verb)
            .with(have.iter().copied())
            .say(Audience::Inside, note.trim())
            .data(json!({ "unit": unit.to_string() }));
        let change = |row: &mut crate::model::Request| {
            row.unit = unit;
            row.officer = officer;
        };
        self.take(deed, None, change).map(drop)
    }

    fn known(&self, unit: UnitId) -> Result<()> {
        match self.ctx.dir.get(unit) {
            Some(_) => Ok(()),
            None => Err(Error::internal("it names a unit that is not in the register")),
        }
    }

    fn name(&mut self, officer: AccountId, note: &str, told: Option<Told>) -> Result<()> {
        // Where the course names the officer straight from there, that signs for it by itself.
        let direct =
            self.case.track(&self.ctx)?.edges(self.case.row.state).iter().any(|e| e.verb == Verb::Name);
        if self.case.row.state == State::Assigned && !direct {
            self.take(Deed::new(Verb::Accept), None, |_| {})?;
        }
        let deed = Deed::new(Verb::Name)
            .with([Need::Officer])
            .say(Audience::Inside, note.trim())
            .data(json!({ "officer": officer.to_string() }));
        self.take(deed, told, |row| row.officer = Some(officer)).map(drop)
    }

    fn did(&mut self, verb: Verb, text: &str, audience: Audience) -> Result<()> {
        let deed = Deed::new(verb).say(audience, text.trim()).data(json!({ "files": 0 }));
        self.take(deed, None, |_| {}).map(drop)
    }

    fn ask(&mut self, unit: UnitId, question: &str) -> Result<()> {
        self.known(unit)?;
        let question = question.trim().to_owned();
        let deed = Deed::new(Verb::AskHelp)
            .with([Need::Unit, Need::Reason])
            .say(Audience::Inside, question.clone())
            .data(json!({ "unit": unit.to_string() }));
        self.take(deed, None, |_| {})?;
        let asked =
            Helper { unit, asked_at: self.ctx.at, question, reported_at: None, report: String::new() };
        match self.case.helpers.iter_mut().find(|h| h.unit == unit) {
            // Asked again: the row of a unit is one, with the day on which it was first asked.
            Some(known) => *known = Helper { asked_at: known.asked_at, ..asked },
            None => self.case.helpers.push(asked),
        }
        Ok(())
    }

    fn report(&mut self, unit: UnitId, text: &str) -> Result<()> {
        let at = self.ctx.at;
        let open = self.case.helpers.iter_mut().find(|h| h.unit == unit && h.reported_at.is_none());
        let helper = open.ok_or_else(|| Error::internal("the unit was not asked, or has reported"))?;
        helper.reported_at = Some(at);
        helper.report = text.trim().to_owned();
        let deed = Deed::new(Verb::Report)
            .with([Need::Reason])
            .say(Audience::Inside, text.trim())
            .data(json!({ "unit": unit.to_string() }));
        self.take(deed, None, |_| {}).map(drop)
    }

    fn pause(&mut self, question: &str) -> Result<()> {
        if self.pauses >= self.ctx.site.pack.pause.times {
            return Err(Error::internal("it has waited as often as the rule allows"));
        }
        let deed = Deed::new(Verb::Pause)
            .with([Need::Question, Need::Reason])
            .say(Audience::Person, question.trim());
        self.take(deed, None, |_| {})?;
        self.pauses += 1;
        Ok(())
    }

    fn extend(&mut self, by: rules::deadline::Limit, reason: &str) -> Result<()> {
        if self.case.row.extensions >= self.ctx.site.pack.extension.times {
            return Err(Error::internal("it was extended as often as the rule allows"));
        }
        let kind = if self.case.row.state == State::Rework { ClockKind::Rework } else { ClockKind::Answer };
        let ctx = &self.ctx;
        for c in self.case.clocks.iter_mut().filter(|c| c.kind == kind && c.stopped_at.is_none()) {
            let next = rules::deadline::extend(&c.certificate, by, ctx.at, &ctx.site.calendar);
            crate::clock::replace(ctx, c, next);
        }
        let deed = Deed::new(Verb::Extend)
            .with([Need::Reason])
            .say(Audience::Person, reason.trim())
            .data(json!({ "by": by.to_string(), "clock": kind.key() }));
        self.take(deed, None, |row| row.extensions += 1).map(drop)
    }

    fn hand_back(&mut self, duty: &str, reason: &str) -> Result<()> {
        let (from, first) = (self.case.row.unit, self.case.row.first_unit);
        let officer = self.desk.lead(first);
        let deed = Deed::new(Verb::Return)
            .with([Need::Reason, Need::DutyItem])
            .say(Audience::Inside, reason.trim())
            .data(json!({ "duty": duty, "from": from.to_string() }));
        let change = |row: &mut crate::model::Request| {
            row.unit = first;
            row.officer = officer;
        };
        self.take(deed, None, change).map(drop)
    }

    fn answer(&mut self, text: &str, unsolvable: bool, shown: &[Evidence], told: Option<Told>) -> Result<()> {
        let body = match unsolvable {
            true => {
                let (pack, track) = (&self.ctx.site.pack, &self.case.row.track);
                crate::acts::mediation::with_other_ways(pack, track, text.trim())
            }
            false => text.trim().to_owned(),
        };
        self.evidence.extend(shown);
        let verb = if unsolvable { Verb::Decline } else { Verb::Answer };
        let deed = Deed::new(verb)
            .with([Need::AnswerText, Need::Reason])
            .say(Audience::Public, body.clone())
            .data(json!({ "files": 0, "round": self.case.row.round() }));
        let change = |row: &mut crate::model::Request| {
            row.answer = Some(body);
            row.unsolvable = unsolvable;
            row.word = None;
            row.satisfaction = None;
        };
        self.take(deed, told, change).map(drop)
    }

    fn refuse(&mut self, ground: &str, note: &str) -> Result<()> {
        let pack = self.ctx.site.pack.clone();
        let ground = pack.ground(ground).ok_or_else(|| Error::internal("the pack has no such ground"))?;
        let told = refuse::words(ground, note);
        let deed = Deed::new(Verb::Refuse)
            .with([Need::Ground, Need::RightWay, Need::Reason])
            .say(Audience::Person, told.clone())
            .data(json!({ "ground": ground.id }));
        self.take(deed, None, |row| row.answer = Some(told)).map(drop)
    }

    fn supervise(&mut self, grade: i64, words: &str) -> Result<()> {
        let (at, by) = (self.ctx.at, self.ctx.account());
        let rule = supervision::grade(&self.ctx, grade);
        let reply = rule.map(|rule| supervision::reply(&self.ctx, rule));
        let reply = reply.ok_or_else(|| Error::internal("the pack has no such grade of supervision"))?;
        if !self.supervisions.iter().any(|s| s.grade == grade) {
            self.supervisions.push(Supervision::proposed(grade, at, supervision::BY_HAND));
            self.supervisions.sort_by_key(|s| s.grade);
        }
        let next = supervision::next_of_order(&self.ctx, grade, at);
        for s in self.supervisions.iter_mut().filter(|s| s.grade == grade) {
            s.issued_at = Some(at);
            s.issued_by = by;
            s.words = words.trim().to_owned();
            s.reply = Some(reply.clone());
            s.replied_at = None;
            s.next_signal = next;
        }
        let deed = Deed::new(Verb::Supervise)
            .with([Need::Reason])
            .say(Audience::Inside, words.trim())
            .data(json!({ "grade": grade }));
        self.take(deed, None, |row| row.supervised = row.supervised.max(grade)).map(drop)
    }

    fn moderate(&mut self, show: bool, reason: &str) -> Result<()> {
        let row = &mut self.case.row;
        if row.public_state == PublicState::Never {
            return Err(Error::internal("cases of this class are never published"));
        }
        if show && !crate::acts::wish::may_show(&self.ctx.site.pack, row.kind, &row.answers) {
            return Err(Error::internal("a wish is shown only with leave"));
        }
        if show {
            row.public_state = PublicState::Shown;
            self.write_down("moderate", Audience::Inside, "", json!({ "public": "shown" }))
        } else {
            row.public_state = PublicState::Hidden;
            self.write_down("moderate", Audience::Public, reason.trim(), json!({ "public": "hidden" }))
        }
    }
}
