//! Leaving a case to the others who have the same matter: it goes on for them, and whoever leaves hears no more of it.

use super::{On, judge, open, person::joined_place};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::{Audience, NoticeRow};
use crate::step;
use crate::store::duties::{self, NoticeDuty};
use crate::store::people;
use db::Tx;
use kernel::{Error, PersonId, Result};
use notify::Recipient;
use serde_json::json;

/// How the notices of somebody who left are met.
pub(crate) const LEFT: &str = "left";

impl Case {
    /// Whether somebody left it to the others.
    pub fn has_left(&self, person: Option<PersonId>) -> bool {
        self.left.contains(&person)
    }

    /// Those who asked and have not left: who asked first, then those who joined.
    pub(crate) fn staying(&self) -> impl Iterator<Item = Option<PersonId>> {
        let all = std::iter::once(self.row.person).chain(self.joined.iter().map(|j| Some(j.person)));
        all.filter(|p| !self.has_left(*p))
    }

    /// Whose word moves the case: that of who asked first; of who came next, where they have left.
    pub(crate) fn speaker(&self) -> Option<PersonId> {
        self.staying().next().unwrap_or(self.row.person)
    }

    /// Whether whoever holds the page may leave it to others. The last one takes it back instead.
    pub(crate) fn may_be_left(&self, ctx: &Ctx) -> bool {
        let holder = ctx.holder.as_ref().filter(|h| h.request == self.row.id);
        self.row.is_live()
            && self.staying().nth(1).is_some()
            && holder.is_some_and(|h| self.staying().any(|p| p == h.person))
    }
}

/// Leaves the case to the others: notices still open are settled, messages under way are called off, and nothing more is
/// owed or sent. Unit, officer and clocks stay; where whoever spoke for it leaves, the next one does.
///
/// Errors: refused (`last`) for whoever is alone with it, has left it or where it has ended.
pub fn depart(tx: &mut dyn Tx, ctx: &Ctx, on: On, why: &str) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    case.demand(ctx, access::Verb::Withdraw)?;
    if !case.may_be_left(ctx) {
        return Err(Error::refused(
            "last",
            "现在不能退出：这件已经了结，您已经退出，或者没有别人提同一件事。没有别人的，可以撤回。",
            "It cannot be left now: it has ended, you have left, or nobody else has it. Alone with it, you can take it back.",
        ));
    }
    let person = ctx.holder.as_ref().and_then(|h| h.person);
    let spoke = leave(tx, ctx, &mut case, person)?;
    let data = json!({ "joined": joined_place(ctx, &case) });
    step::note(tx, ctx, &mut case, "left", Audience::Inside, why.trim(), data)?;
    if spoke {
        judge::next_speaks(tx, ctx, &mut case)?;
    }
    Ok(case)
}

/// Settles what is owed to somebody who goes, and calls off what is on its way to them; whether it was they who spoke
/// for the case.
pub(crate) fn leave(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, person: Option<PersonId>) -> Result<bool> {
    let spoke = case.speaker() == person;
    people::insert_left(tx, case.row.id, person, ctx.at)?;
    case.left.push(person);
    for n in case.notices.iter_mut().filter(|n| n.person == person && !n.is_met()) {
        n.met_at = Some(ctx.at);
        n.how = LEFT.to_owned();
        duties::save_notice(tx, case.row.id, &settled(n))?;
    }
    for message in notify::about(tx, case.row.id.0)? {
        if message.state.open() && person.is_some_and(|p| message.to == Recipient::Person(p)) {
            notify::call_off(tx, message.id, &ctx.scope.actor, ctx.at)?;
        }
    }
    Ok(spoke)
}

fn settled(n: &NoticeRow) -> NoticeDuty<'_> {
    NoticeDuty {
        notice: n.notice,
        round: n.round,
        person: n.person,
        due_at: n.due_at,
        message: n.message,
        met_at: n.met_at,
        how: &n.how,
        account: None,
    }
}
