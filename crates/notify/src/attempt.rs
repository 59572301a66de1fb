//! One attempt to get a message out: which ways there are, which gateways stand, what came of it.

use crate::gateway::{Delivery, Found, Gateways, Outgoing, Slot, fit};
use crate::model::{Addresses, Channel, State};
use crate::state::Outcome;
use crate::store::Claimed;
use kernel::Timestamp;

/// What came of it, over all gateways.
pub(crate) struct Attempt {
    pub outcome: Outcome,
    pub channel: Option<Channel>,
    pub gateway: String,
    pub reference: String,
    pub detail: String,
    /// Whether the outcome is known. Where it is not, the next attempt asks before it sends.
    pub clear: bool,
}

impl Attempt {
    fn new(outcome: Outcome) -> Self {
        Attempt {
            outcome,
            channel: None,
            gateway: String::new(),
            reference: String::new(),
            detail: String::new(),
            clear: true,
        }
    }

    fn of(slot: &Slot, channel: Option<Channel>, delivery: Delivery) -> Self {
        let mut a = Attempt::new(Outcome::Pending);
        a.gateway = slot.gateway.name().to_owned();
        a.channel = channel;
        let (outcome, reference, detail) = match delivery {
            Delivery::Delivered(r) => (Outcome::Delivered, r, String::new()),
            Delivery::Sent(r) => (Outcome::Sent, r, String::new()),
            Delivery::Accepted(r) => (Outcome::Accepted, r, String::new()),
            Delivery::Pending => (Outcome::Pending, String::new(), String::new()),
            Delivery::NotReached(d) => (Outcome::NotReached, String::new(), d),
            Delivery::Refused(d) => (Outcome::Refused, String::new(), d),
            Delivery::Down(d) => (Outcome::Down, String::new(), d),
            Delivery::Unclear(d) => {
                a.clear = false;
                (Outcome::Down, String::new(), d)
            }
        };
        a.outcome = outcome;
        a.reference = reference;
        a.detail = fit(&detail);
        a
    }

    /// Whether a gateway was really called to send.
    pub fn tried(&self) -> bool {
        !matches!(
            self.outcome,
            Outcome::Pending | Outcome::Postponed(_) | Outcome::NoAddress | Outcome::NoGateway
        )
    }
}

/// Asks after a message that a gateway took earlier.
pub(crate) fn ask(gateways: &Gateways, m: &Claimed, now: Timestamp) -> Attempt {
    let Some(slot) = gateways.named(&m.gateway) else {
        // Taken out of the settings meanwhile: wait, and let the time limit decide.
        return Attempt::new(Outcome::Pending);
    };
    let mut a = Attempt::of(slot, m.channel, slot.gateway.status(&m.provider_ref, now));
    if a.reference.is_empty() {
        a.reference = m.provider_ref.clone();
    }
    a
}

/// Sends a message: the channels for which there is an address, the hinted one first; in each the
/// gateways in their order. A gateway that does not work gives way to the next; an address that
/// takes nothing gives way to the next channel.
pub(crate) fn send(gateways: &Gateways, m: &Claimed, addresses: &Addresses, now: Timestamp) -> Attempt {
    let ways = ways(m.hint, addresses);
    if ways.is_empty() {
        return Attempt::new(Outcome::NoAddress);
    }
    if m.unsettled()
        && let Some(found) = look_for(gateways, m, &ways, now)
    {
        return found;
    }
    let mut rested: Option<Timestamp> = None;
    let (mut refused, mut unreached, mut down) = (None, None, None);
    for (channel, to) in ways {
        for slot in gateways.for_channel(channel) {
            if let Some(until) = slot.resting(now) {
                rested = Some(rested.map_or(until, |r| r.min(until)));
                continue;
            }
            let delivery = slot.gateway.send(&outgoing(m, channel, to, now));
            match delivery {
                Delivery::Down(_) | Delivery::Unclear(_) => slot.bad(now),
                _ => slot.good(),
            }
            let attempt = Attempt::of(slot, Some(channel), delivery);
            match attempt.outcome {
                Outcome::Refused => {
                    refused = Some(attempt);
                    break;
                }
                Outcome::NotReached => unreached = Some(attempt),
                Outcome::Down if attempt.clear => down = Some(attempt),
                _ => return attempt,
            }
        }
    }
    // What promises most of another attempt wins; an address is given up only if nothing else is left.
    unreached
        .or(down)
        .or(rested.map(|until| Attempt::new(Outcome::Postponed(until))))
        .or(refused)
        .unwrap_or_else(|| Attempt::new(Outcome::NoGateway))
}

/// After a lost outcome: a gateway that took the message says so, and it is not sent twice.
fn look_for(gateways: &Gateways, m: &Claimed, ways: &[(Channel, &str)], now: Timestamp) -> Option<Attempt> {
    for (channel, _) in ways {
        for slot in gateways.for_channel(*channel) {
            if let Found::Known(
                known @ (Delivery::Delivered(_) | Delivery::Sent(_) | Delivery::Accepted(_)),
            ) = slot.gateway.find(m.id, now)
            {
                return Some(Attempt::of(slot, Some(*channel), known));
            }
        }
    }
    None
}

fn ways(hint: Option<Channel>, a: &Addresses) -> Vec<(Channel, &str)> {
    let address = |c| match c {
        Channel::Sms => a.phone.as_deref(),
        Channel::Email => a.email.as_deref(),
        Channel::Webhook => a.hook.as_deref(),
    };
    let mut order: Vec<Channel> = hint.into_iter().collect();
    order.extend(Channel::ALL.iter().filter(|c| Some(**c) != hint));
    order.into_iter().filter_map(|c| Some((c, address(c)?))).filter(|(_, to)| !to.trim().is_empty()).collect()
}

fn outgoing(m: &Claimed, channel: Channel, to: &str, now: Timestamp) -> Outgoing {
    Outgoing {
        id: m.id,
        channel,
        to: to.trim().to_owned(),
        subject: m.subject.clone(),
        body: m.body.clone(),
        locale: m.locale,
        purpose: m.purpose.clone(),
        template: m.template.clone(),
        about: m.about,
        at: now,
    }
}

/// Whether the message is with a gateway, so that it is asked after and not sent.
pub(crate) fn is_out(m: &Claimed) -> bool {
    m.state == State::Sending && !m.provider_ref.is_empty()
}
