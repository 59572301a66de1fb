//! Messages of a past that is written in one go: they went out when they went out, and nothing is sent now.

use crate::deliver::proof;
use crate::model::{Channel, NewMessage, Reason, State};
use crate::replace::event;
use crate::state::Next;
use crate::store::{self, Settlement};
use db::Tx;
use kernel::{Actor, MessageId, Result, Timestamp};
use serde_json::json;

/// How a message of a past went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// This gateway delivered it as a text message.
    Delivered {
        /// The name of the gateway.
        gateway: &'static str,
        /// When.
        at: Timestamp,
    },
    /// Nobody could send it, for this reason: a clerk has to tell them in another way.
    Failed {
        /// Why.
        why: Reason,
        /// When that was known.
        at: Timestamp,
    },
}

/// Writes a message with what came of it, in the caller's transaction.
pub fn queue_past(tx: &mut dyn Tx, message: &NewMessage<'_>, went: Went) -> Result<MessageId> {
    let id = message.id;
    store::insert(tx, message)?;
    let (state, reason, gateway, at) = match went {
        Went::Delivered { gateway, at } => (State::Delivered, None, gateway, at),
        Went::Failed { why, at } => (State::PermanentFailure, Some(why), "", at),
    };
    let there = state == State::Delivered;
    let channel = there.then_some(Channel::Sms);
    let attempts = i64::from(reason != Some(Reason::NoAddress));
    let proof = if there { proof(gateway, channel, "", at) } else { String::new() };
    let settlement = Settlement {
        next: Next { state, next_try_at: None, reason },
        channel,
        gateway,
        attempts,
        settled: 0,
        provider_ref: "",
        sent_at: there.then_some(at),
        delivered_at: there.then_some(at),
        proof: &proof,
    };
    store::settle(tx, id, 0, &settlement)?;
    let channel = channel.map_or("", Channel::key);
    store::log(tx, id, at, state, channel, gateway, reason.map_or("", |r| r.key()))?;
    let payload = json!({ "about": message.about, "purpose": message.purpose, "channel": channel,
        "gateway": gateway, "reference": "", "reason": reason.map(|r| r.key()), "attempts": attempts });
    journal::append(tx, &event(id, at, &Actor::System, state, payload))?;
    Ok(id)
}
