//! What a clerk does about a message that does not arrive: record the act that stands for it, or
//! send it again once the address is right.

use crate::model::{Act, Message, State};
use crate::store;
use db::Tx;
use kernel::{Actor, Error, MessageId, Result, Timestamp};
use serde_json::json;

/// The act to record.
#[derive(Clone, Copy, Debug)]
pub struct NewReplacement<'a> {
    /// What was done.
    pub act: Act,
    /// When it was done; not after `at`.
    pub acted_at: Timestamp,
    /// Who records it.
    pub actor: &'a Actor,
    /// Who was told, and what they said, in the clerk's words; stays out of the journal.
    pub note: &'a str,
    /// Now.
    pub at: Timestamp,
}

/// Records the act that stands for message `id`, which may still be under way; nothing more is
/// tried then. Gives back the message as it stood.
///
/// Errors: [`Error::NotFound`]; `already-told` when it was delivered or replaced before;
/// [`Error::Invalid`] on `note` when it is empty and on `acted_at` when it is in the future.
pub fn replace(tx: &mut dyn Tx, id: MessageId, new: &NewReplacement<'_>) -> Result<Message> {
    if new.note.trim().is_empty() {
        return Err(Error::field(
            "note",
            "请写明告知了谁、对方怎么说。",
            "Say who was told and what they said.",
        ));
    }
    if new.acted_at > new.at {
        return Err(Error::field("acted_at", "时间不能晚于现在。", "The time cannot be in the future."));
    }
    let message = store::get(tx, id)?.ok_or(Error::NotFound)?;
    if message.state.told() {
        return Err(Error::refused(
            "already-told",
            "这条通知已经送达或已另行告知，不用再登记。",
            "This message has arrived or was replaced already; nothing is left to record.",
        ));
    }
    let proof = journal::canonical::json(&json!({ "act": new.act.key(), "at": new.acted_at.0 }));
    store::mark_replaced(tx, id, &proof)?;
    store::insert_replacement(tx, id, new)?;
    store::log(tx, id, new.at, State::Replaced, "", "", new.act.key())?;
    let payload = json!({ "act": new.act.key(), "acted_at": new.acted_at.0, "about": message.about,
        "purpose": message.purpose, "was": message.state.key() });
    journal::append(tx, &event(id, new.at, new.actor, State::Replaced, payload))?;
    Ok(message)
}

/// Calls off a message that has not gone out yet; `false` where it has, or has ended.
pub fn call_off(tx: &mut dyn Tx, id: MessageId, actor: &Actor, at: Timestamp) -> Result<bool> {
    let message = store::get(tx, id)?.ok_or(Error::NotFound)?;
    if !store::mark_called_off(tx, id)? {
        return Ok(false);
    }
    store::log(tx, id, at, State::CalledOff, "", "", "")?;
    let payload = json!({ "about": message.about, "purpose": message.purpose, "was": message.state.key() });
    journal::append(tx, &event(id, at, actor, State::CalledOff, payload))?;
    Ok(true)
}

/// Sends a message that could not be delivered once more, from the beginning.
///
/// Errors: [`Error::NotFound`]; `not-failed` when it has not failed for good.
pub fn resend(tx: &mut dyn Tx, id: MessageId, actor: &Actor, at: Timestamp) -> Result<()> {
    let message = store::get(tx, id)?.ok_or(Error::NotFound)?;
    if !matches!(message.state, State::PermanentFailure | State::Sent) || !store::start_again(tx, id, at)? {
        return Err(Error::refused(
            "not-failed",
            "这条通知没有发送失败，不用重发。",
            "This message has not failed; there is nothing to send again.",
        ));
    }
    store::log(tx, id, at, State::Created, "", "", "")?;
    let payload = json!({ "about": message.about, "purpose": message.purpose, "was": message.state.key() });
    journal::append(tx, &event(id, at, actor, State::Created, payload))?;
    Ok(())
}

pub(crate) fn event<'a>(
    id: MessageId,
    at: Timestamp,
    actor: &'a Actor,
    state: State,
    payload: serde_json::Value,
) -> journal::NewEvent<'a> {
    journal::NewEvent { stream_kind: "message", stream: id.0, at, actor, kind: state.key(), payload }
}
