//! The three notices 三次告知: owed to everyone who asked, met by delivery or by a recorded act.

use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::step;
use crate::store::duties::{self, NoticeDuty};
use access::identity;
use db::Tx;
use kernel::{AccountId, Locale, MessageId, PersonId, Result, Timestamp};
use notify::{NewMessage, Recipient};
use rules::case::Notice;
use serde_json::json;
use std::collections::BTreeMap;

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
        tell_officer(tx, ctx, case, "officer-assigned", &[])?;
    }
    Ok(())
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
    let who = person.map(|p| identity::get(tx, p)).transpose()?.flatten();
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

impl From<&identity::Person> for Addressee {
    fn from(p: &identity::Person) -> Self {
        Addressee { id: p.id, locale: p.locale, reachable: p.phone.is_some() }
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
    let template = match notice {
        Notice::Result if case.row.unsolvable => "unsolvable",
        other => other.key(),
    };
    // Whoever was told face to face has been told; on the telephone nobody writes a number down.
    let by_mouth = told == Told::InPerson || (told == Told::OnPhone && notice != Notice::Accepted);
    let message = match &who {
        Some(who) if who.reachable && !by_mouth => {
            Some(send(tx, ctx, case, template, Recipient::Person(who.id), who.locale, &[])?)
        }
        // A clerk's task: the outbox fails it at once for want of an address, and a recorded act replaces it.
        Some(who) if !who.reachable && told == Told::No && !on_site(ctx, case) => {
            Some(send(tx, ctx, case, template, Recipient::Person(who.id), who.locale, &[])?)
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
    case.notices.push(crate::model::NoticeRow {
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

/// Records the act that meets a notice in place of a message.
pub fn record_act(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    notice: Notice,
    how: &str,
    note: &str,
) -> Result<()> {
    if !may_tell(ctx, case) {
        case.demand(ctx, access::Verb::Work)?;
    }
    let round = case.row.round();
    let open: Vec<crate::model::NoticeRow> = case
        .notices
        .iter()
        .filter(|n| n.notice == notice && !n.is_met() && (notice != Notice::Result || n.round == round))
        .cloned()
        .collect();
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
    let data = json!({ "notice": notice.key(), "how": how });
    step::note(tx, ctx, case, "notice", Audience::Person, note, data)
}

/// What a message says besides what stands in the case: `("reason", …)`.
pub(crate) type Extra<'a> = [(&'static str, &'a str)];

/// Tells the responsible officer; nobody where there is none yet.
pub(crate) fn tell_officer(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    template: &str,
    extra: &Extra<'_>,
) -> Result<()> {
    match case.row.officer {
        Some(officer) => tell(tx, ctx, case, template, officer, extra),
        None => Ok(()),
    }
}

/// Tells a member of staff.
pub(crate) fn tell(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    template: &str,
    account: AccountId,
    extra: &Extra<'_>,
) -> Result<()> {
    send(tx, ctx, case, template, Recipient::Account(account), Locale::Zh, extra).map(drop)
}

/// Tells everyone who asked and left a number: something they should know, beside the three notices.
pub(crate) fn tell_people(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    template: &str,
    extra: &Extra<'_>,
) -> Result<()> {
    case.people().try_for_each(|person| tell_person(tx, ctx, case, template, person, extra))
}

/// Tells one of those who asked, where they left a number.
pub(crate) fn tell_person(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    template: &str,
    person: PersonId,
    extra: &Extra<'_>,
) -> Result<()> {
    match identity::get(tx, person)?.filter(|w| w.phone.is_some()) {
        Some(who) => send(tx, ctx, case, template, Recipient::Person(person), who.locale, extra).map(drop),
        None => Ok(()),
    }
}

/// Queues a message made from a template of the pack.
fn send(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    template: &str,
    to: Recipient,
    locale: Locale,
    extra: &Extra<'_>,
) -> Result<MessageId> {
    let id = MessageId::new(ctx.at, &*ctx.site.chance);
    let Some(template) = ctx.site.pack.template(template) else {
        return Err(kernel::Error::internal(format!("the pack has no template {template}")));
    };
    // One look less where nobody is named.
    let named = template.placeholders().contains(&"officer");
    let officer = if named { crate::staff::name_of(tx, case.row.officer)? } else { String::new() };
    let mut known = values(ctx, case, officer, &to, locale);
    if OF_THE_STEP.contains(&template.id.as_str())
        && let Some(due) = case.row.step_due
    {
        known.insert("due", moment(ctx, due, locale));
    }
    known.extend(extra.iter().map(|(name, value)| (*name, short(value, 40))));
    let filled = template.fill(locale, &known);
    notify::queue(
        tx,
        &NewMessage {
            id,
            about: Some(case.row.id.0),
            path: ctx.path(case.row.first_unit),
            purpose: &template.id,
            to,
            channel_hint: None,
            template: &template.id,
            template_version: template.version.parse().unwrap_or(0),
            locale,
            subject: filled.subject,
            body: filled.body,
            at: ctx.at,
        },
    )
}

/// At most so many characters.
fn short(text: &str, most: usize) -> String {
    let mut out: String = text.chars().take(most).collect();
    if text.chars().count() > most {
        out.push('…');
    }
    out
}

/// What a template may say of a case.
fn values(
    ctx: &Ctx,
    case: &Case,
    officer: String,
    to: &Recipient,
    locale: Locale,
) -> BTreeMap<&'static str, String> {
    let (row, site) = (&case.row, &ctx.site.pack.site);
    let unit = ctx.dir.get(row.unit);
    // Whoever joined has a code of their own.
    let joined = case.joined.iter().find(|j| matches!(to, Recipient::Person(p) if *p == j.person));
    let code = joined.map_or(row.code.as_str(), |j| j.code.as_str());
    let answer = row.answer.as_deref().unwrap_or_default();
    BTreeMap::from([
        ("site", site.short.to(locale).to_owned()),
        ("number", row.number.clone()),
        ("code", show_code(code)),
        // Whoever reads it need not be the one who wrote it, and a message passes through many hands.
        ("title", short(&row.public_title, 16)),
        ("unit", unit.map(|u| u.name.to(locale).to_owned()).unwrap_or_default()),
        ("officer", officer),
        ("phone", unit.and_then(|u| u.phone.clone()).unwrap_or_else(|| site.hotline.clone())),
        ("due", row.answer_due.map(|d| day(ctx, d, locale)).unwrap_or_default()),
        ("url", format!("{}/r/{}", site.url.trim_end_matches('/'), row.number)),
        ("answer", short(answer, 40)),
        ("reason", short(answer, 40)),
        ("hotline", site.hotline.clone()),
        ("date", day(ctx, ctx.at, locale)),
        ("count", (case.joined.len() + 1).to_string()),
        ("days", overdue_days(ctx, row.answer_due).to_string()),
        ("grade", row.supervised.to_string()),
    ])
}

/// A query code as people read it: `7K4M-2P`.
pub(crate) fn show_code(code: &str) -> String {
    code.parse::<rules::number::QueryCode>().map_or_else(|_| code.to_owned(), |c| c.to_string())
}

/// Days over, each that has begun counted.
pub(crate) fn overdue_days(ctx: &Ctx, due: Option<Timestamp>) -> i64 {
    due.map(|d| ((ctx.at.0 - d.0).max(0) + kernel::DAY - 1) / kernel::DAY).unwrap_or(0)
}

/// Messages to whoever has to act next: they name the date of that step. All others name the date that the
/// person who asked was promised.
const OF_THE_STEP: [&str; 4] = ["unit-assigned", "returned", "question", "officer-judged"];

/// A day, with the hour where it does not end with the day.
pub(crate) fn moment(ctx: &Ctx, at: Timestamp, locale: Locale) -> String {
    let day = day(ctx, at, locale);
    match web::format::clock(ctx.site.zone, at).as_str() {
        "23:59" | "00:00" => day,
        hour => format!("{day} {hour}"),
    }
}

/// A day in words, short: the year is said only where it is not this one.
fn day(ctx: &Ctx, at: Timestamp, locale: Locale) -> String {
    let date = ctx.site.zone.date(at);
    match locale {
        Locale::Zh if date.year() == ctx.today().year() => format!("{}月{}日", date.month(), date.day()),
        Locale::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Locale::En => date.to_string(),
    }
}
