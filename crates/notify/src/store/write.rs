//! What is written to the outbox, and one message read back.

use crate::model::{Act, Channel};
use crate::model::{Message, NewMessage, Passed, Reason, Recipient, Replacement, State};
use crate::replace::NewReplacement;
use crate::state::Next;
use crate::store::sql::*;
use db::{Row, Tx, params};
use kernel::{AccountId, Error, Locale, MessageId, PersonId, Result, Timestamp, Uuid};

/// A message that this process may work on until its lease ends.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub id: MessageId,
    pub about: Option<Uuid>,
    pub purpose: String,
    pub to: Recipient,
    pub hint: Option<Channel>,
    pub template: String,
    pub locale: Locale,
    pub subject: String,
    pub body: String,
    pub state: State,
    pub gateway: String,
    pub attempts: i64,
    pub claim: i64,
    pub settled: i64,
    pub since: Timestamp,
    pub provider_ref: String,
    pub channel: Option<Channel>,
}

impl Claimed {
    /// Whether an earlier attempt ended without a word of what came of it.
    pub fn unsettled(&self) -> bool {
        self.claim - self.settled >= 2
    }
}

/// What settling an attempt writes.
pub(crate) struct Settlement<'a> {
    pub next: Next,
    pub channel: Option<Channel>,
    pub gateway: &'a str,
    pub attempts: i64,
    pub settled: i64,
    pub provider_ref: &'a str,
    pub sent_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub proof: &'a str,
}

pub(crate) fn insert(tx: &mut dyn Tx, m: &NewMessage<'_>) -> Result<()> {
    let (kind, id, address) = match &m.to {
        Recipient::Person(id) => ("person", Some(id.0), ""),
        Recipient::Account(id) => ("account", Some(id.0), ""),
        Recipient::Address(address) => ("address", None, address.as_str()),
    };
    tx.put(
        &MESSAGE_INSERT,
        &params![
            m.id,
            m.about,
            m.path,
            m.purpose,
            kind,
            id,
            address,
            m.channel_hint.map_or("", Channel::key),
            m.template,
            m.template_version,
            m.locale.t("zh", "en"),
            m.subject.as_str(),
            m.body.as_str(),
            m.at
        ],
    )
}

pub(crate) fn claim(tx: &mut dyn Tx, now: Timestamp, lease_ms: i64, limit: usize) -> Result<Vec<Claimed>> {
    let mut claimed = tx.query_map(&MESSAGE_CLAIM, &params![now.plus(lease_ms), now, limit], |r| {
        Ok(Claimed {
            id: r.get(0)?,
            about: r.get(1)?,
            purpose: r.get(2)?,
            to: recipient_of(r, 3)?,
            hint: Channel::from_key(&r.get::<String>(6)?),
            template: r.get(7)?,
            locale: locale_of(&r.get::<String>(8)?),
            subject: r.get(9)?,
            body: r.get(10)?,
            state: state_of(&r.get::<String>(11)?)?,
            gateway: r.get(12)?,
            attempts: r.get(13)?,
            claim: r.get(14)?,
            settled: r.get(15)?,
            since: r.get(16)?,
            provider_ref: r.get(17)?,
            channel: Channel::from_key(&r.get::<String>(18)?),
        })
    })?;
    // RETURNING has no order of its own.
    claimed.sort_by_key(|c| c.id);
    Ok(claimed)
}

/// Writes the outcome of claim `claim`; `false` when the message was taken over or replaced meanwhile.
pub(crate) fn settle(tx: &mut dyn Tx, id: MessageId, claim: i64, s: &Settlement<'_>) -> Result<bool> {
    let changed = tx.execute(
        &MESSAGE_SETTLE,
        &params![
            id,
            claim,
            s.next.state.key(),
            s.channel.map_or("", Channel::key),
            s.gateway,
            s.attempts,
            s.settled,
            s.next.next_try_at,
            s.sent_at,
            s.delivered_at,
            s.next.reason.map_or("", Reason::key),
            s.provider_ref,
            s.proof
        ],
    )?;
    Ok(changed == 1)
}

pub(crate) fn log(
    tx: &mut dyn Tx,
    id: MessageId,
    at: Timestamp,
    state: State,
    channel: &str,
    gateway: &str,
    detail: &str,
) -> Result<()> {
    tx.execute(&MESSAGE_LOG, &params![id, at, state.key(), channel, gateway, detail])?;
    Ok(())
}

pub(crate) fn mark_replaced(tx: &mut dyn Tx, id: MessageId, proof: &str) -> Result<()> {
    tx.execute(&MESSAGE_REPLACED, &params![id, proof])?;
    Ok(())
}

pub(crate) fn mark_called_off(tx: &mut dyn Tx, id: MessageId) -> Result<bool> {
    Ok(tx.execute(&MESSAGE_CALLED_OFF, &params![id])? == 1)
}

pub(crate) fn insert_replacement(tx: &mut dyn Tx, id: MessageId, new: &NewReplacement<'_>) -> Result<()> {
    let actor = serde_json::to_string(new.actor).map_err(Error::internal)?;
    tx.execute(
        &MESSAGE_REPLACEMENT,
        &params![id, new.act.key(), new.acted_at, actor, new.note.trim(), new.at],
    )?;
    Ok(())
}

pub(crate) fn start_again(tx: &mut dyn Tx, id: MessageId, at: Timestamp) -> Result<bool> {
    Ok(tx.execute(&MESSAGE_AGAIN, &params![id, at])? == 1)
}

/// The message with this id.
pub fn get(tx: &mut dyn Tx, id: MessageId) -> Result<Option<Message>> {
    tx.query_opt(&MESSAGE_GET, &params![id])?.map(|r| message_of(&r)).transpose()
}

/// Every step of the message after its creation, in order.
pub fn history(tx: &mut dyn Tx, id: MessageId) -> Result<Vec<Passed>> {
    tx.query_map(&MESSAGE_HISTORY, &params![id], |r| {
        Ok(Passed {
            at: r.get(0)?,
            state: state_of(&r.get::<String>(1)?)?,
            channel: Channel::from_key(&r.get::<String>(2)?),
            gateway: r.get(3)?,
            detail: r.get(4)?,
        })
    })
}

/// The act that stands for the message, where one does.
pub fn replacement(tx: &mut dyn Tx, id: MessageId) -> Result<Option<Replacement>> {
    let Some(r) = tx.query_opt(&MESSAGE_REPLACEMENT_GET, &params![id])? else { return Ok(None) };
    let act: String = r.get(0)?;
    Ok(Some(Replacement {
        act: Act::from_key(&act).ok_or_else(|| Error::internal(format!("messages: no act {act}")))?,
        acted_at: r.get(1)?,
        actor: serde_json::from_str(&r.get::<String>(2)?).map_err(Error::internal)?,
        note: r.get(3)?,
        recorded_at: r.get(4)?,
    }))
}

/// Leaves every message about a case as `text` makes of its words: for people who are forgotten.
pub fn leave(tx: &mut dyn Tx, about: Uuid, text: &dyn Fn(&str) -> String) -> Result<()> {
    for m in crate::store::about(tx, about)? {
        let (subject, body) = (text(&m.subject), text(&m.body));
        if subject != m.subject || body != m.body {
            tx.execute(&MESSAGE_LEAVE, &params![m.id, subject, body])?;
        }
        if let Some(r) = replacement(tx, m.id)? {
            tx.execute(&REPLACEMENT_LEAVE, &params![m.id, text(&r.note)])?;
        }
    }
    Ok(())
}

/// A row in the order of [`MESSAGE_GET`].
pub(crate) fn message_of(r: &Row) -> Result<Message> {
    Ok(Message {
        id: r.get(0)?,
        about: r.get(1)?,
        path: r.get(2)?,
        purpose: r.get(3)?,
        to: recipient_of(r, 4)?,
        template: r.get(7)?,
        template_version: r.get(8)?,
        locale: locale_of(&r.get::<String>(9)?),
        subject: r.get(10)?,
        body: r.get(11)?,
        state: state_of(&r.get::<String>(12)?)?,
        channel: Channel::from_key(&r.get::<String>(13)?),
        gateway: r.get(14)?,
        attempts: r.get(15)?,
        next_try_at: r.get(16)?,
        created_at: r.get(17)?,
        sent_at: r.get(18)?,
        delivered_at: r.get(19)?,
        failed_reason: Reason::from_key(&r.get::<String>(20)?),
        proof: r.get(21)?,
    })
}

/// Three columns from `i`: kind, id, address.
fn recipient_of(r: &Row, i: usize) -> Result<Recipient> {
    let kind: String = r.get(i)?;
    let id: Option<Uuid> = r.get(i + 1)?;
    match (kind.as_str(), id) {
        ("person", Some(id)) => Ok(Recipient::Person(PersonId(id))),
        ("account", Some(id)) => Ok(Recipient::Account(AccountId(id))),
        ("address", None) => Ok(Recipient::Address(r.get(i + 2)?)),
        _ => Err(Error::internal("messages: a recipient of no known kind")),
    }
}

fn locale_of(key: &str) -> Locale {
    if key == "en" { Locale::En } else { Locale::Zh }
}

pub(crate) fn state_of(key: &str) -> Result<State> {
    State::from_key(key).ok_or_else(|| Error::internal(format!("messages: no state {key}")))
}
