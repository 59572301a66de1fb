//! The three notices 三次告知: owed to everyone who asked, met by delivery or by a recorded act.

use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Wording};
use crate::model::{Audience, NoticeRow};
use crate::step;
use crate::store::duties::{self, NoticeDuty};
use access::identity;
use db::Tx;
use kernel::{Error, Locale, PersonId, Result, Timestamp};
use notify::Recipient;
use rules::case::Notice;
use serde_json::json;

/// How a notice was given in person, where one was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Not yet: a message has to go out.
    No,
    /// On the page that took it in.
    OnPage,
    /// Face to face, with the slip.
    InPerson,
    /// On the telephone.
    OnPhone,
}

impl Told {
    /// The word in the table of notices.
    pub fn key(self) -> &'static str {
        match self {
            Told::No => "",
            Told::OnPage => "page",
            Told::InPerson => "in-person",
            Told::OnPhone => "call",
        }
    }
}

/// Makes a notice due to everyone who asked, and queues what carries it. `told` is how the one who asked
/// was told, where they are there.
pub(crate) fn owe(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, notice: Notice, told: Told) -> Result<()> {
    owe_to(tx, ctx, case, notice, case.row.person, told)?;
    let others: Vec<PersonId> = case.joined.iter().map(|j| j.person).collect();
    for person in others {
        owe_to(tx, ctx, case, notice, Some(person), Told::No)?;
    }
    // Nobody is told of what they do themselves.
    if notice == Notice::Handling && case.row.officer != ctx.account() {
        messages::tell_officer(tx, ctx, case, Wording::OfficerAssigned, &[])?;
    }
    Ok(())
}

/// Tells somebody who comes later what the others were told before, the result of the round at hand as well: they have
/// a word on it, too.
pub(crate) fn catch_up(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, person: PersonId) -> Result<()> {
    for notice in Notice::ALL {
        if was_given(case, *notice) {
            owe_to(tx, ctx, case, *notice, Some(person), Told::No)?;
        }
    }
    Ok(())
}

/// Whether somebody is owed a notice already, or was told; of the results, that of the round at hand.
pub(crate) fn was_given(case: &Case, notice: Notice) -> bool {
    let round = case.row.round();
    case.notices.iter().any(|n| n.notice == notice && (notice != Notice::Result || n.round == round))
}

/// Makes a notice due to one person, unless it is already.
pub(crate) fn owe_to(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    notice: Notice,
    person: Option<PersonId>,
    told: Told,
) -> Result<()> {
    let who = person.map(|p| identity::known(tx, p)).transpose()?.flatten();
    owe_known(tx, ctx, case, notice, person, who.as_ref().map(Addressee::from), told)
}

/// What a notice has to know of the one it is owed to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addressee {
    pub(crate) id: PersonId,
    pub(crate) locale: Locale,
    /// They left a number.
    pub(crate) reachable: bool,
}

impl From<&identity::Known> for Addressee {
    fn from(p: &identity::Known) -> Self {
        Addressee { id: p.id, locale: p.locale, reachable: p.phone }
    }
}

/// [`owe_to`] where the person has been looked up.
pub(crate) fn owe_known(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    notice: Notice,
    person: Option<PersonId>,
    who: Option<Addressee>,
    told: Told,
) -> Result<()> {
    if case.has_left(person) {
        return Ok(());
    }
    // A new answer is told anew, and so is a new officer; that it is registered is told once.
    let before = case.notices.iter().filter(|n| n.notice == notice && n.person == person);
    let round = match notice {
        Notice::Accepted => 0,
        Notice::Handling => before.clone().count() as i64,
        Notice::Result => case.row.round(),
    };
    if before.clone().any(|n| n.round == round) {
        return Ok(());
    }
    let wording = Wording::of_notice(notice, round > 0, case.row.unsolvable);
    // Whoever was told face to face has been told; on the telephone nobody writes a number down.
    let by_mouth = told == Told::InPerson || (told == Told::OnPhone && notice != Notice::Accepted);
    let message = match &who {
        Some(who) if who.reachable && !by_mouth => {
            Some(messages::send(tx, ctx, case, wording, Recipient::Person(who.id), who.locale, &[])?)
        }
        // A clerk's task: the outbox fails it at once for want of an address, and a recorded act replaces it.
        Some(who) if !who.reachable && told == Told::No && !on_site(ctx, case) => {
            Some(messages::send(tx, ctx, case, wording, Recipient::Person(who.id), who.locale, &[])?)
        }
        _ => None,
    };
    // Whoever left no way to be reached and came by the site is told where they will look: on their page.
    let told = if told == Told::No && message.is_none() { Told::OnPage } else { told };
    let met_at = (told != Told::No).then_some(ctx.at);
    let duty = NoticeDuty {
        notice,
        round,
        person,
        due_at: ctx.at,
        message,
        met_at,
        how: told.key(),
        account: ctx.account(),
    };
    duties::save_notice(tx, case.row.id, &duty)?;
    case.notices.push(NoticeRow {
        notice,
        round,
        person,
        due_at: ctx.at,
        message,
        message_state: None,
        met_at,
        how: told.key().to_owned(),
    });
    Ok(())
}

/// Whether the person came by the site, and so knows their page.
pub(crate) fn on_site(ctx: &Ctx, case: &Case) -> bool {
    use pack::ChannelKind::{Client, Web};
    ctx.site.pack.channel(&case.row.channel).is_none_or(|c| matches!(c.kind, Web | Client))
}

/// Whether whoever acts may put on record that somebody was told in another way: whoever works on the
/// case, and whoever sees to it that messages arrive there.
pub fn may_tell(ctx: &Ctx, case: &Case) -> bool {
    let (here, first) = (ctx.path(case.row.unit), ctx.path(case.row.first_unit));
    let place = access::Target::at(here).also(std::slice::from_ref(&first));
    case.may(ctx, access::Verb::Work)
        || access::may(&ctx.scope, access::Verb::Deliver, access::Noun::Outbox, place)
}

/// Whom a notice is owed to and nothing has met it yet: who asked first, then those who joined. For the result, of the
/// round at hand.
pub fn owed(case: &Case, notice: Notice) -> Vec<Option<PersonId>> {
    let open: Vec<Option<PersonId>> = unmet(case, notice).map(|n| n.person).collect();
    let first = case.row.person;
    let all = std::iter::once(first).chain(case.joined.iter().map(|j| Some(j.person)));
    all.filter(|p| open.contains(p)).collect()
}

fn unmet(case: &Case, notice: Notice) -> impl Iterator<Item = &NoticeRow> {
    let round = case.row.round();
    let here = move |n: &&NoticeRow| notice != Notice::Result || n.round == round;
    case.notices.iter().filter(move |n| n.notice == notice && !n.is_met()).filter(here)
}

/// Records the act that meets a notice in place of a message: for those who were told by it, and for nobody else.
pub fn record_act(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    notice: Notice,
    whom: &[Option<PersonId>],
    how: &str,
    note: &str,
) -> Result<()> {
    if !may_tell(ctx, case) {
        case.demand(ctx, access::Verb::Work)?;
    }
    let ctx = &match case.may(ctx, access::Verb::Work) {
        true => case.acting(ctx, access::Verb::Work, access::Noun::Request),
        false => case.acting(ctx, access::Verb::Deliver, access::Noun::Outbox),
    };
    let owed = owed(case, notice);
    if whom.is_empty() {
        return Err(Error::field("who", "请勾选告知了谁。", "Please choose who was told."));
    }
    if whom.iter().any(|p| !owed.contains(p)) {
        return Err(Error::field(
            "who",
            "勾选的人里，有的不欠这一次告知。",
            "This notice is not owed to somebody whom you chose.",
        ));
    }
    let open: Vec<NoticeRow> = unmet(case, notice).filter(|n| whom.contains(&n.person)).cloned().collect();
    for n in open {
        let duty = NoticeDuty {
            notice,
            round: n.round,
            person: n.person,
            due_at: n.due_at,
            message: n.message,
            met_at: Some(ctx.at),
            how,
            account: ctx.account(),
        };
        duties::save_notice(tx, case.row.id, &duty)?;
    }
    let told: Vec<usize> = whom.iter().map(|p| case.place_of(*p)).collect();
    let data = json!({ "notice": notice.key(), "how": how, "told": told });
    step::note(tx, ctx, case, "notice", Audience::Person, note, data)
}

/// A query code as people read it: `7K4M-2P`.
pub(crate) fn show_code(code: &str) -> String {
    code.parse::<rules::number::QueryCode>().map_or_else(|_| code.to_owned(), |c| c.to_string())
}

/// Days over, each that has begun counted.
pub(crate) fn overdue_days(ctx: &Ctx, due: Option<Timestamp>) -> i64 {
    due.map(|d| ((ctx.at.0 - d.0).max(0) + kernel::DAY - 1) / kernel::DAY).unwrap_or(0)
}

/// A day, with the hour where it does not end with the day.
pub(crate) fn moment(ctx: &Ctx, at: Timestamp, locale: Locale) -> String {
    let day = day(ctx, at, locale);
    match web::format::clock(ctx.site.zone, at).as_str() {
        "23:59" | "00:00" => day,
        hour => format!("{day} {hour}"),
    }
}

/// A day in words, short: the year is said only where it is not this one.
pub(crate) fn day(ctx: &Ctx, at: Timestamp, locale: Locale) -> String {
    let date = ctx.site.zone.date(at);
    match locale {
        Locale::Zh if date.year() == ctx.today().year() => format!("{}月{}日", date.month(), date.day()),
        Locale::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Locale::En => date.to_string(),
    }
}
