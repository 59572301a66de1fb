//! Who has to be told in a story, and who joins it.

use super::PastJoin;
use super::What;
use super::story::Story;
use crate::case::Joined;
use crate::messages::{self, Draft, Wording};
use crate::model::{Audience, NoticeRow};
use crate::notices::{self, Told};
use access::identity::NewPerson;
use kernel::{Error, PersonId, Result, Timestamp};
use notify::{Reason, Recipient, Went};
use rules::case::Notice;
use rules::number::QueryCode;
use serde_json::json;

/// A message of a past, and what came of it.
pub(super) struct Mail {
    pub(super) draft: Draft,
    pub(super) went: Went,
}

/// How soon a message was there, at most.
const SOON: u64 = 90_000;

/// How many numbers in a hundred take no messages.
const WRONG: u64 = 3;

impl Story<'_> {
    /// Makes a notice due to everyone who asked.
    pub(super) fn owe(&mut self, notice: Notice, told: Option<Told>) {
        let others: Vec<PersonId> = self.case.joined.iter().map(|j| j.person).collect();
        self.owe_to(notice, self.case.row.person, told);
        for person in others {
            self.owe_to(notice, Some(person), told);
        }
    }

    /// Makes a notice due to one person, met at once by the act named, or by the usual one of the channel.
    pub(super) fn owe_to(&mut self, notice: Notice, person: Option<PersonId>, told: Option<Told>) {
        let before = || self.case.notices.iter().filter(|n| n.notice == notice && n.person == person);
        let round = match notice {
            Notice::Accepted => 0,
            Notice::Handling => before().count() as i64,
            Notice::Result => self.case.row.round(),
        };
        if before().any(|n| n.round == round) {
            return;
        }
        if self.past.mailed && self.mail(notice, round, person, told) {
            return;
        }
        let usual = if notices::on_site(&self.ctx, &self.case) { Told::OnPage } else { Told::OnPhone };
        let told = told.unwrap_or(usual);
        let at = self.ctx.at;
        self.meet(notice, round, person, (told != Told::No).then_some(at), told.key());
    }

    /// Sends a notice as [`notices::owe_known`] would have; whether it is carried by a message.
    fn mail(&mut self, notice: Notice, round: i64, person: Option<PersonId>, told: Option<Told>) -> bool {
        let told = told.unwrap_or(Told::No);
        let by_mouth = told == Told::InPerson || (told == Told::OnPhone && notice != Notice::Accepted);
        let who = self.persons.iter().find(|p| p.id == person);
        let (Some(to), Some(who)) = (person, who) else { return false };
        let (locale, phone) = (who.locale, who.phone.is_some());
        // What is signed off was told, in whatever way; a task is left where the case still goes on.
        let goes_on = !self.past.steps.iter().any(|s| matches!(s.what, What::Close { .. }));
        let later = self.ctx.at.plus(1_000 + self.chance.below(SOON) as i64);
        let went = match phone {
            _ if by_mouth => return false,
            true if goes_on && self.chance.below(100) < WRONG => {
                Went::Failed { why: Reason::Refused, at: later }
            }
            true => Went::Delivered { gateway: "file", at: later },
            false if told != Told::No || notices::on_site(&self.ctx, &self.case) || !goes_on => return false,
            false => Went::Failed { why: Reason::NoAddress, at: later },
        };
        let wording = Wording::of_notice(notice, round > 0, self.case.row.unsolvable);
        let to = Recipient::Person(to);
        let draft = messages::draft(&self.ctx, &self.case, self.chance, wording, to, locale, &[]);
        let met_at = (told != Told::No).then_some(self.ctx.at);
        self.meet(notice, round, person, met_at, told.key());
        if let Some(row) = self.case.notices.last_mut() {
            let there = matches!(went, Went::Delivered { .. });
            row.message = Some(draft.id);
            row.message_state = there.then(|| notify::State::Delivered.key().to_owned());
        }
        self.mails.push(Mail { draft, went });
        true
    }

    pub(super) fn meet(
        &mut self,
        notice: Notice,
        round: i64,
        person: Option<PersonId>,
        met_at: Option<Timestamp>,
        how: &str,
    ) {
        self.meeters.push(self.ctx.account());
        self.case.notices.push(NoticeRow {
            notice,
            round,
            person,
            due_at: self.ctx.at,
            message: None,
            message_state: None,
            met_at,
            how: how.to_owned(),
        });
    }

    /// Somebody who joins, as [`crate::acts::join`] takes them in.
    pub(super) fn join(&mut self, join: &PastJoin) -> Result<()> {
        self.live_for("join")?;
        let at = self.ctx.at;
        let person = PersonId::new(at, self.chance);
        self.persons.push(NewPerson { id: Some(person), at, ..join.person.clone() });
        let hidden = crate::spoken::hide(join.words.trim(), join.person.name.iter());
        let joined = Joined {
            person,
            code: QueryCode::draw(self.chance).into(),
            channel: join.channel.clone(),
            joined_at: at,
            words: hidden.text,
        };
        let words = joined.words.clone();
        self.case.joined.push(joined);
        self.texts.extend(hidden.own.map(|own| (crate::spoken::Slot::Joined(person), own)));
        let data = json!({ "count": self.case.joined.len() + 1 });
        self.write_down("join", Audience::Inside, &words, data)?;
        self.owe_to(Notice::Accepted, Some(person), None);
        self.catch_up(person);
        self.propose(at);
        Ok(())
    }

    /// Another case that is merged into this one, as [`crate::acts::merge`] leaves it here.
    pub(super) fn take_in(&mut self, joined: Option<Joined>, number: &str) -> Result<()> {
        self.live_for("merge")?;
        if let Some(joined) = joined {
            let person = joined.person;
            self.case.joined.push(joined);
            self.catch_up(person);
        }
        let data = json!({ "from": number, "count": self.case.joined.len() + 1 });
        self.write_down("merged", Audience::Inside, "", data)?;
        self.propose(self.ctx.at);
        Ok(())
    }

    /// [`notices::catch_up`] for a past.
    fn catch_up(&mut self, person: PersonId) {
        for notice in Notice::ALL {
            if notices::was_given(&self.case, *notice) {
                self.owe_to(*notice, Some(person), None);
            }
        }
    }

    fn live_for(&self, what: &str) -> Result<()> {
        if self.case.row.is_live() {
            return Ok(());
        }
        Err(Error::internal(format!("{what}: the case has ended by then")))
    }
}
