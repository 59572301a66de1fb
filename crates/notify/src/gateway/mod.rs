//! Gateways: the ways out of the house, behind one trait.

mod file;
mod http;
mod notify_v2;
mod smtp;
mod webhook;

pub use file::FileGateway;
pub use notify_v2::NotifyV2;
pub use smtp::{Smtp, SmtpTls};
pub use webhook::Webhook;

use crate::breaker::Breaker;
use crate::model::Channel;
use kernel::{Locale, MessageId, Timestamp, Uuid};
use std::sync::{Arc, Mutex};

/// A message on its way out. It holds an address in clear: never log it.
#[derive(Clone)]
pub struct Outgoing {
    /// The message's id: the reference by which the far side can know a repetition.
    pub id: MessageId,
    /// The way it goes.
    pub channel: Channel,
    /// The telephone number, the mailbox, or what a webhook is told.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The words.
    pub body: String,
    /// Their language.
    pub locale: Locale,
    /// Which duty it serves.
    pub purpose: String,
    /// The template that it was made from.
    pub template: String,
    /// The case that it tells of.
    pub about: Option<Uuid>,
    /// Now, by the site's clock.
    pub at: Timestamp,
}

/// What came of handing a message over, or of asking after it. The text is the far side's
/// reference where it took the message, and its reason where it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It arrived.
    Delivered(String),
    /// Taken; this gateway gives no receipts.
    Sent(String),
    /// Taken; ask [`Gateway::status`] with the reference.
    Accepted(String),
    /// Asked after, and still on its way.
    Pending,
    /// The recipient could not be reached this time.
    NotReached(String),
    /// This address takes nothing; trying again is of no use.
    Refused(String),
    /// The gateway itself does not work: try another.
    Down(String),
    /// It broke off when the message may have been taken already. No other gateway is tried now;
    /// before the next attempt this one is asked by [`Gateway::find`].
    Unclear(String),
}

/// Whether a gateway knows a message from an attempt whose outcome was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It has it, and this is how it stands.
    Known(Delivery),
    /// It has never seen it.
    NotThere,
    /// It cannot be asked.
    CannotTell,
}

/// A way out. Called from blocking threads, several at a time; each call ends by a time limit of
/// its own.
pub trait Gateway: Send + Sync {
    /// Its name in settings, lists and the log.
    fn name(&self) -> &str;
    /// Hands a message over.
    fn send(&self, message: &Outgoing) -> Delivery;
    /// How the message with the far side's `reference` stands.
    fn status(&self, _reference: &str, _now: Timestamp) -> Delivery {
        Delivery::Pending
    }
    /// Whether message `id` was taken in an attempt whose outcome was lost.
    fn find(&self, _id: MessageId, _now: Timestamp) -> Found {
        Found::CannotTell
    }
}

impl<G: Gateway + ?Sized> Gateway for Arc<G> {
    fn name(&self) -> &str {
        (**self).name()
    }
    fn send(&self, message: &Outgoing) -> Delivery {
        (**self).send(message)
    }
    fn status(&self, reference: &str, now: Timestamp) -> Delivery {
        (**self).status(reference, now)
    }
    fn find(&self, id: MessageId, now: Timestamp) -> Found {
        (**self).find(id, now)
    }
}

/// A gateway with what it is used for and how it has behaved.
pub(crate) struct Slot {
    pub gateway: Arc<dyn Gateway>,
    pub channels: Vec<Channel>,
    breaker: Mutex<Breaker>,
}

impl Slot {
    pub fn resting(&self, now: Timestamp) -> Option<Timestamp> {
        self.lock().resting(now)
    }
    pub fn good(&self) {
        self.lock().good();
    }
    pub fn bad(&self, now: Timestamp) {
        self.lock().bad(now);
    }
    fn lock(&self) -> std::sync::MutexGuard<'_, Breaker> {
        // A count of failures is sound whatever thread died while holding it.
        self.breaker.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// All gateways, in the order in which they are tried.
#[derive(Default)]
pub struct Gateways {
    pub(crate) slots: Vec<Slot>,
}

impl Gateways {
    /// None; add with [`Gateways::with`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a gateway after those there are, for these channels.
    pub fn with(mut self, gateway: impl Gateway + 'static, channels: &[Channel]) -> Self {
        self.slots.push(Slot {
            gateway: Arc::new(gateway),
            channels: channels.to_vec(),
            breaker: Mutex::default(),
        });
        self
    }

    /// The names, in order.
    pub fn names(&self) -> Vec<String> {
        self.slots.iter().map(|s| s.gateway.name().to_owned()).collect()
    }

    pub(crate) fn for_channel(&self, channel: Channel) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(move |s| s.channels.contains(&channel))
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Slot> {
        self.slots.iter().find(|s| s.gateway.name() == name)
    }
}

/// What a far side said, fit to be kept: short, one line, and every run of five or more digits
/// masked, since far sides like to repeat the number.
pub(crate) fn fit(said: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    let flush = |digits: &mut String, out: &mut String| {
        out.push_str(if digits.len() >= 5 { "…" } else { digits });
        digits.clear();
    };
    for c in said.chars().take(300) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        flush(&mut digits, &mut out);
        out.push(if c.is_control() { ' ' } else { c });
    }
    flush(&mut digits, &mut out);
    // A mailbox names a person as well as a number does.
    out.split(' ').map(|w| if w.contains('@') { "…" } else { w }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn numbers_and_mailboxes_do_not_reach_the_log() {
        assert_eq!(fit("550 5.1.1 <li@example.org> unknown"), "550 5.1.1 … unknown");
        assert_eq!(fit("phone_number 13800000000\nNot enough digits"), "phone_number … Not enough digits");
        assert_eq!(fit("+8613800000000"), "+…");
        assert_eq!(fit(&"x".repeat(1000)).len(), 300);
    }
}
