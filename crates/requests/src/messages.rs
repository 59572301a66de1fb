//! Messages that the program sends about a case, made from the wordings of the pack.
//!
//! ```text
//!  act ─> tell … (wording, what it says besides) ─> template of the pack, in the reader's language ─> outbox
//! ```

use crate::case::Case;
use crate::ctx::Ctx;
use crate::notices::{day, moment, overdue_days, show_code};
use access::identity;
use db::Tx;
use kernel::{AccountId, Chance, Locale, MessageId, PersonId, RequestId, Result, Say, Timestamp, UnitId};
use notify::{NewMessage, Recipient, Went};
use rules::case::Notice;
use std::collections::BTreeMap;

macro_rules! wordings {
    ($($name:ident = $key:literal,)+) => {
        /// The wordings of the pack that the program sends; [`pack::MUST_HAVE`] names the same.
        // One that no act sends is an error of the compiler: it is never made.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Wording { $($name,)+ }

        impl Wording {
            /// The key of its template.
            pub(crate) fn key(self) -> &'static str {
                match self { $(Wording::$name => $key,)+ }
            }
        }

        #[cfg(test)]
        const ALL: &[&str] = &[$($key,)+];
    };
}

wordings! {
    Accepted = "accepted",
    Handling = "handling",
    Reassigned = "reassigned",
    Result = "result",
    Unsolvable = "unsolvable",
    Settled = "settled",
    NotAccepted = "not-accepted",
    Merged = "merged",
    Withdrawn = "withdrawn",
    Question = "question",
    Extended = "extended",
    Rework = "rework",
    Review = "review",
    Reviewed = "reviewed",
    Reopened = "reopened",
    CallBack = "call-back",
    Closed = "closed",
    UnitAssigned = "unit-assigned",
    UnitRecalled = "unit-recalled",
    OfficerAssigned = "officer-assigned",
    OfficerDueSoon = "officer-due-soon",
    OfficerOverdue = "officer-overdue",
    LeadOverdue = "lead-overdue",
    OfficerRework = "officer-rework",
    OfficerJudged = "officer-judged",
    OfficerAdded = "officer-added",
    OfficerWithdrawn = "officer-withdrawn",
    HelperAsked = "helper-asked",
    HelperReported = "helper-reported",
    Decided = "decided",
    Supervision = "supervision",
    SupervisionReply = "supervision-reply",
    Returned = "returned",
    Escalated = "escalated",
    Relay = "relay",
}

impl Wording {
    /// The wording that carries a notice. Whoever was told of an officer before is told of another one.
    pub(crate) fn of_notice(notice: Notice, again: bool, unsolvable: bool) -> Wording {
        match notice {
            Notice::Accepted => Wording::Accepted,
            Notice::Handling if again => Wording::Reassigned,
            Notice::Handling => Wording::Handling,
            Notice::Result if unsolvable => Wording::Unsolvable,
            Notice::Result => Wording::Result,
        }
    }

    /// Messages to whoever has to act next: they name the date of that step. All others name the date that
    /// the person who asked was promised.
    fn is_of_the_step(self) -> bool {
        use Wording::{Escalated, OfficerJudged, Question, Returned, Review, UnitAssigned};
        matches!(self, UnitAssigned | Escalated | Returned | Question | OfficerJudged | Review)
    }
}

/// One thing that a message says besides what stands in the case.
#[derive(Clone, Debug)]
pub(crate) enum Fill<'a> {
    /// As somebody wrote it, short.
    Said(&'a str),
    /// As somebody wrote it, all of it.
    Whole(&'a str),
    /// In the reader's language.
    Named(Say),
    /// An instant.
    At(Timestamp),
}

impl Fill<'_> {
    fn text(&self, ctx: &Ctx, locale: Locale) -> String {
        match self {
            Fill::Said(text) => sentence(text, locale, 40),
            Fill::Whole(text) => sentence(text, locale, crate::acts::relay::MESSAGE_MAX),
            Fill::Named(say) => say.to(locale).to_owned(),
            Fill::At(at) => moment(ctx, *at, locale),
        }
    }
}

/// What a message says besides what stands in the case: `("reason", …)`.
pub(crate) type Extra<'a> = [(&'static str, Fill<'a>)];

/// The name of a unit, for a message that is not about the handling one.
pub(crate) fn unit_named(ctx: &Ctx, unit: UnitId) -> Fill<'static> {
    let name = |locale| ctx.dir.name(unit, locale).to_owned();
    Fill::Named(Say::new(name(Locale::Zh), name(Locale::En)))
}

/// Tells the responsible officer; nobody where there is none yet.
pub(crate) fn tell_officer(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    wording: Wording,
    extra: &Extra<'_>,
) -> Result<()> {
    match case.row.officer {
        Some(officer) => tell(tx, ctx, case, wording, officer, extra),
        None => Ok(()),
    }
}

/// Tells a member of staff.
pub(crate) fn tell(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    wording: Wording,
    account: AccountId,
    extra: &Extra<'_>,
) -> Result<()> {
    // No notice goes to anybody from whom the case is kept, not even to its officer who has come under that since.
    if let Some(shield) = &case.shield
        && shield.shuts_out_account(tx, ctx, account)?
    {
        return Ok(());
    }
    send(tx, ctx, case, wording, Recipient::Account(account), Locale::Zh, extra).map(drop)
}

/// Tells everyone who asked and left a number: something they should know, beside the three notices.
pub(crate) fn tell_people(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    wording: Wording,
    extra: &Extra<'_>,
) -> Result<()> {
    case.people().try_for_each(|person| tell_person(tx, ctx, case, wording, person, extra))
}

/// Tells one of those who asked, where they left a number.
pub(crate) fn tell_person(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    wording: Wording,
    person: PersonId,
    extra: &Extra<'_>,
) -> Result<()> {
    if case.has_left(Some(person)) {
        return Ok(());
    }
    match identity::known(tx, person)?.filter(|w| w.phone) {
        Some(who) => send(tx, ctx, case, wording, Recipient::Person(person), who.locale, extra).map(drop),
        None => Ok(()),
    }
}

/// Queues a message made from a template of the pack.
pub(crate) fn send(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    wording: Wording,
    to: Recipient,
    locale: Locale,
    extra: &Extra<'_>,
) -> Result<MessageId> {
    draft(ctx, case, &*ctx.site.chance, wording, to, locale, extra).put(tx, ctx, None)
}

/// A message that says how the case stands, not yet written: all but the officer's name.
pub(crate) struct Draft {
    pub(crate) id: MessageId,
    about: RequestId,
    first_unit: UnitId,
    shielded: bool,
    officer: Option<AccountId>,
    wording: Wording,
    to: Recipient,
    locale: Locale,
    known: BTreeMap<&'static str, String>,
    at: Timestamp,
}

/// Drafts a message.
pub(crate) fn draft(
    ctx: &Ctx,
    case: &Case,
    chance: &dyn Chance,
    wording: Wording,
    to: Recipient,
    locale: Locale,
    extra: &Extra<'_>,
) -> Draft {
    let mut known = values(ctx, case, &to, locale);
    if let Some(due) = case.row.step_due.filter(|_| wording.is_of_the_step()) {
        known.insert("due", moment(ctx, due, locale));
    }
    known.extend(extra.iter().map(|(name, value)| (*name, value.text(ctx, locale))));
    let row = &case.row;
    let (about, first_unit, officer) = (row.id, row.first_unit, row.officer);
    let (id, at) = (MessageId::new(ctx.at, chance), ctx.at);
    let shielded = row.shielded;
    Draft { id, about, first_unit, shielded, officer, wording, to, locale, known, at }
}

impl Draft {
    /// Puts it into the outbox: to go out, or as it went.
    pub(crate) fn put(mut self, tx: &mut dyn Tx, ctx: &Ctx, went: Option<Went>) -> Result<MessageId> {
        let key = self.wording.key();
        let Some(template) = ctx.site.pack.template(key) else {
            return Err(kernel::Error::internal(format!("the pack has no template {key}")));
        };
        // One look less where nobody is named.
        if template.placeholders().contains(&"officer") {
            self.known.insert("officer", crate::staff::name_of(tx, self.officer)?);
        }
        if template.placeholders().contains(&"leaf") && !self.known.contains_key("leaf") {
            let first = journal::first(tx, self.about.0)?.map(|f| f.hash);
            self.known.insert("leaf", first.map(seal_code).unwrap_or_default());
        }
        let filled = template.fill(self.locale, &self.known);
        let message = NewMessage {
            id: self.id,
            about: Some(self.about.0),
            path: if self.shielded { notify::APART } else { ctx.path(self.first_unit) },
            purpose: &template.id,
            to: self.to,
            channel_hint: None,
            template: &template.id,
            template_version: &template.version,
            locale: self.locale,
            subject: filled.subject,
            body: filled.body,
            at: self.at,
        };
        match went {
            Some(went) => notify::queue_past(tx, &message, went),
            None => notify::queue(tx, &message),
        }
    }
}

/// The short form of the seal code: the first bytes of the case's first leaf.
pub(crate) fn seal_code(leaf: journal::Hash) -> String {
    hex::encode(&leaf[..4])
}

/// What somebody wrote, short, and ended so that the next sentence can follow.
fn sentence(text: &str, locale: Locale, most: usize) -> String {
    let mut out = short(text.trim(), most);
    if out.chars().next_back().is_some_and(|c| !"。！？；….!?;".contains(c)) {
        out.push_str(locale.t("。", "."));
    }
    out
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
fn values(ctx: &Ctx, case: &Case, to: &Recipient, locale: Locale) -> BTreeMap<&'static str, String> {
    let (row, site) = (&case.row, &ctx.site.pack.site);
    let unit = ctx.dir.get(row.unit);
    // Whoever joined has a code of their own.
    let joined = case.joined.iter().find(|j| matches!(to, Recipient::Person(p) if *p == j.person));
    let code = joined.map_or(row.code.as_str(), |j| j.code.as_str());
    let answer = sentence(row.answer.as_deref().unwrap_or_default(), locale, 40);
    let mut known = BTreeMap::from([
        ("site", site.short.to(locale).to_owned()),
        ("number", row.number.clone()),
        ("code", show_code(code)),
        // Whoever reads it need not be the one who wrote it, and a message passes through many hands.
        ("title", short(&row.public_title, 16)),
        ("unit", unit.map(|u| u.name.to(locale).to_owned()).unwrap_or_default()),
        ("phone", unit.and_then(|u| u.phone.clone()).unwrap_or_else(|| site.hotline.clone())),
        ("due", row.answer_due.map(|d| day(ctx, d, locale)).unwrap_or_default()),
        ("url", format!("{}/r/{}", site.url.trim_end_matches('/'), row.number)),
        ("reason", answer.clone()),
        ("answer", answer),
        ("hotline", site.hotline.clone()),
        ("date", day(ctx, ctx.at, locale)),
        ("count", (case.joined.len() + 1).to_string()),
        ("days", overdue_days(ctx, row.answer_due).to_string()),
    ]);
    // While the first event is the last one, its hash is at hand; later it is looked up where it is asked for.
    if let (1, Ok(leaf)) = (row.seq, <journal::Hash>::try_from(row.head.as_slice())) {
        known.insert("leaf", seal_code(leaf));
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pack_is_asked_for_every_wording_that_is_sent_and_for_no_other() {
        let (mut sent, mut asked) = (ALL.to_vec(), pack::MUST_HAVE.to_vec());
        sent.sort_unstable();
        asked.sort_unstable();
        assert_eq!(sent, asked);
    }

    #[test]
    fn what_somebody_wrote_ends_as_a_sentence() {
        for (text, zh, en) in [
            ("等配件", "等配件。", "等配件."),
            ("好了！", "好了！", "好了！"),
            (" waits for parts ", "waits for parts。", "waits for parts."),
            ("", "", ""),
        ] {
            assert_eq!(
                (sentence(text, Locale::Zh, 40), sentence(text, Locale::En, 40)),
                (zh.into(), en.into())
            );
        }
        assert_eq!(sentence(&"长".repeat(41), Locale::Zh, 40), format!("{}…", "长".repeat(40)));
    }
}
