//! A story told to its end, as the rows that are written.

use super::Original;
use super::people::Mail;
use super::story::Story;
use crate::acts::forget;
use crate::case::{Attempt, Helper, Joined, Supervision};
use crate::spoken;
use crate::store::duties::{NoticeDuty, notice_values};
use crate::store::people::word_values;
use crate::store::tally::Counts;
use crate::store::{clocks, request};
use crate::{register, step, tally};
use access::identity::NewPerson;
use db::{Value, params};
use kernel::{RequestId, Result, Timestamp, UnitId};

/// Where counts of a case go.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot {
    pub(super) dim: &'static str,
    pub(super) key: UnitId,
    pub(super) month: String,
    pub(super) class: String,
}

/// Every row of a case. The many are parameters already, so that the one thread that writes has
/// nothing left to do but write.
pub(super) struct Rows {
    pub(super) id: RequestId,
    pub(super) persons: Vec<NewPerson>,
    pub(super) request: [Value; 47],
    pub(super) reach: Vec<[Value; 5]>,
    pub(super) tokens: [Value; 2],
    pub(super) entries: Vec<[Value; 11]>,
    pub(super) journal: Vec<[Value; 9]>,
    pub(super) clocks: Vec<clocks::Values>,
    pub(super) notices: Vec<[Value; 9]>,
    pub(super) words: Vec<[Value; 10]>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) helpers: Vec<Helper>,
    pub(super) joined: Vec<Joined>,
    /// Whether the case is open.
    pub(super) live: bool,
    pub(super) supervisions: Vec<Supervision>,
    pub(super) mails: Vec<Mail>,
    pub(super) was: Vec<[Value; 24]>,
    pub(super) original: Option<Original>,
    pub(super) texts: Vec<(spoken::Slot, String)>,
    /// When who asked is to be forgotten.
    pub(super) forget_at: Option<Timestamp>,
    pub(super) counts: Counts,
    pub(super) slots: Vec<Slot>,
}

impl Story<'_> {
    /// The rows as the story leaves them.
    pub(super) fn rows(self) -> Result<Rows> {
        let (row, ctx) = (&self.case.row, &self.ctx);
        let (id, ord, live, owed) = (row.id, row.id.ord(), row.is_live(), row.owed());
        let journal = self.events.iter().map(|e| {
            params![
                id,
                e.sealed.seq,
                "request",
                e.at,
                e.sealed.actor.as_str(),
                e.kind.as_str(),
                e.sealed.payload.as_str(),
                e.sealed.prev_hash.as_slice(),
                e.sealed.hash
            ]
        });
        let notices = self.case.notices.iter().zip(&self.meeters).map(|(n, account)| {
            let duty = NoticeDuty {
                notice: n.notice,
                round: n.round,
                person: n.person,
                due_at: n.due_at,
                message: n.message,
                met_at: n.met_at,
                how: &n.how,
                account: *account,
            };
            notice_values(id, &duty)
        });
        let named = self.case.people().next().is_some();
        let forget_at = forget::due(ctx, row).filter(|_| named);
        let mut slots = Vec::with_capacity(8);
        let month = tally::month(ctx, row);
        tally::each_place(ctx, row, &month, |p| {
            slots.push(Slot { dim: p.dim, key: p.key, month: p.month.to_owned(), class: p.class.to_owned() });
        });
        Ok(Rows {
            id,
            request: request::insert_values(row),
            reach: step::ledgers(ctx, &self.case)
                .into_iter()
                .map(|unit| params![unit, ord, id, live, owed])
                .collect(),
            tokens: params![ord, register::tokens(ctx, row)],
            entries: self.entries.iter().map(|e| clocks::entry_values(id, e)).collect(),
            journal: journal.collect(),
            clocks: self.case.clocks.iter().map(|c| clocks::clock_values(id, c)).collect::<Result<_>>()?,
            notices: notices.collect(),
            words: self.words.iter().map(|w| word_values(id, w)).collect(),
            counts: tally::counts(row),
            slots,
            persons: self.persons,
            attempts: self.case.attempts,
            helpers: self.case.helpers,
            joined: self.case.joined,
            live: row.is_live(),
            supervisions: self.supervisions,
            mails: self.mails,
            was: self.was,
            original: self.past.original.clone(),
            texts: self.texts,
            forget_at,
        })
    }
}
