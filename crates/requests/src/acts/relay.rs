//! Getting in touch without seeing the number: a message through the outbox, or a call put on record.

use super::{On, open, progress};
use crate::acts::judge::{self, OUTCOMES};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::step;
use crate::store::people::{self, Attempt};
use access::attempts::{self, Keys};
use access::{Settings, identity};
use db::Tx;
use kernel::{DAY, Error, PersonId, Result};
use notify::Recipient;
use rules::case::Verb;
use rules::mask::Kind;
use serde_json::json;

/// The longest message, in characters.
pub const MESSAGE_MAX: usize = 80;
/// How many messages a day may go out about one case in this way.
const A_DAY: i64 = 5;
/// The round of attempts that were made while it was handled, and not to ask for a judgement.
pub(crate) const HANDLING: i64 = -1;
/// The outcome of a call that reached the person.
pub const REACHED: &str = "reached";

/// Getting in touch.
#[derive(Clone, Debug)]
pub struct Relay {
    /// Which case.
    pub on: On,
    /// With whom: 0 who asked, then those who joined, in order.
    pub who: usize,
    /// How.
    pub way: Way,
    /// The words of the message; what was said on the telephone.
    pub text: String,
}

/// A way to get in touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A text message.
    Message,
    /// A call that somebody put through, and how it ended: [`REACHED`] or one of the outcomes of a call that
    /// reached nobody.
    Call(String),
}

/// Sends the message, or puts the call on record. Calls on different days that reached nobody stand for the
/// record of contact that a class asks for.
///
/// Errors: refused (`ended`, `no-number`, `messages`); [`Error::Invalid`] for a text that is empty, too long or
/// holds numbers.
pub fn relay(tx: &mut dyn Tx, ctx: &Ctx, input: &Relay) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    if case.parties(ctx).is_empty() {
        case.demand(ctx, access::Verb::Work)?;
    }
    if !case.row.is_live() {
        return Err(Error::refused("ended", "这件已经办结。", "This has ended."));
    }
    let person = case.people().nth(input.who).ok_or(Error::NotFound)?;
    if case.has_left(Some(person)) {
        return Err(Error::refused(
            "left",
            "这位诉求人已经退出这件，不再联系。",
            "This person has left the case and is not written to or called about it.",
        ));
    }
    match &input.way {
        Way::Message => message(tx, ctx, &mut case, person, input)?,
        Way::Call(outcome) => return call(tx, ctx, case, outcome, input),
    }
    Ok(case)
}

fn message(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, person: PersonId, input: &Relay) -> Result<()> {
    let ctx = &case.acting(ctx, access::Verb::Work, access::Noun::Request);
    let text = words(&input.text)?;
    let known = identity::known(tx, person)?.filter(|k| k.phone);
    let Some(known) = known else {
        return Err(Error::refused(
            "no-number",
            "诉求人没有留电话，消息发不出去。可以写进展，诉求人在自己的页面看得到。",
            "No number was left, so no message can go out. Note progress instead: the person reads it on their page.",
        ));
    };
    let key = format!("relay {}", case.row.id);
    let keys = Keys::new(&ctx.site.secret, &key, &key);
    if attempts::locked_until(tx, &keys, ctx.at)?.is_some() {
        return Err(Error::refused(
            "messages",
            format!("这件一天内已发过 {A_DAY} 条消息，请明天再发，或打电话。"),
            format!("{A_DAY} messages went out about this in a day: send the next tomorrow, or call."),
        ));
    }
    let limit =
        Settings { lock_after: A_DAY, address_limit: A_DAY, lock_for: DAY, ..ctx.site.settings.clone() };
    attempts::failed(tx, &keys, &limit, ctx.at)?;
    let to = Recipient::Person(person);
    let extra = [("question", Fill::Whole(&text))];
    let sent = messages::send(tx, ctx, case, Wording::Relay, to, known.locale, &extra)?;
    let data = json!({ "way": "message", "who": input.who, "message": sent.to_string() });
    step::note(tx, ctx, case, "relay", Audience::Person, &text, data)
}

/// The words of a message, with no number in it that leads to a person: it passes through many hands.
fn words(text: &str) -> Result<String> {
    let text = super::text("text", text, "请写下要说的话。", "Please write what to say.")?;
    if text.chars().count() > MESSAGE_MAX {
        return Err(Error::field(
            "text",
            format!("消息最多 {MESSAGE_MAX} 字。"),
            format!("A message has at most {MESSAGE_MAX} characters."),
        ));
    }
    let may_stay = |k: Kind| matches!(k, Kind::Landline | Kind::Name | Kind::House);
    if let Some(found) = rules::mask::mask(&text).found.iter().find(|f| !may_stay(f.kind)) {
        let what = found.kind.label();
        return Err(Error::field(
            "text",
            format!("消息里有{what}，请删去：短信会经过很多人的手。办公电话可以写。"),
            format!(
                "The message holds {what}: take it out, for it passes through many hands. An office's number may stay."
            ),
        ));
    }
    Ok(text)
}

fn call(tx: &mut dyn Tx, ctx: &Ctx, mut case: Case, outcome: &str, input: &Relay) -> Result<Case> {
    let reached = outcome == REACHED;
    if !reached && !OUTCOMES.iter().any(|(key, _, _)| *key == outcome) {
        return Err(Error::field("way", "请选择怎么联系的。", "Please choose how."));
    }
    let open = |verb: Verb| case.choices(ctx).map(|all| all.iter().any(|c| c.verb == verb));
    // The first contact, and a call for the person's word, are steps of the course: taken as such.
    if reached && open(Verb::Contact)? {
        let note = progress::Note {
            on: input.on,
            text: input.text.clone(),
            audience: Audience::Inside,
            files: Vec::new(),
        };
        return progress::contact(tx, ctx, &note);
    }
    if !reached && open(Verb::Attempt)? {
        let missed = judge::Missed { on: input.on, outcome: outcome.to_owned(), note: input.text.clone() };
        return judge::missed(tx, ctx, &missed);
    }
    let ctx = &case.acting(ctx, access::Verb::Work, access::Noun::Request);
    let said = match reached {
        true => super::text("text", &input.text, "请写下说了什么。", "Please write what was said.")?,
        false => input.text.trim().to_owned(),
    };
    let (Some(account), Some(unit)) = (ctx.account(), ctx.unit()) else { return Err(Error::SignIn) };
    let attempt = Attempt {
        round: HANDLING,
        at: ctx.at,
        day: ctx.today().to_string(),
        account,
        unit,
        outcome: outcome.to_owned(),
        note: said.clone(),
    };
    people::insert_attempt(tx, case.row.id, &attempt)?;
    case.attempts.push(attempt);
    let data = json!({ "way": "call", "who": input.who, "outcome": outcome });
    step::note(tx, ctx, &mut case, "relay", Audience::Inside, &said, data)?;
    Ok(case)
}
