//! The worker that empties the outbox.
//!
//! Each round takes what is due under a lease, looks up the address, sends, and writes what came of
//! it with the journal's event and the caller's hook in one transaction. Several processes may run
//! it on one database: a lease belongs to one of them, and a claim that was taken over can no
//! longer write. A process that dies gives its messages back when the lease ends; before they are
//! sent again the gateways are asked whether they have them.

use crate::attempt::{self, Attempt};
use crate::gateway::Gateways;
use crate::model::{Addresses, Channel, Policy, Recipient, State};
use crate::replace::event;
use crate::state::{self, Before, Outcome};
use crate::store::{self, Claimed, Settlement};
use db::{Db, Tx};
use kernel::{Actor, Chance, Clock, MessageId, Result, Timestamp, Uuid};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Where a recipient can be reached, looked up when the message goes out, so that no address
/// stands in the outbox and a corrected one counts.
pub trait Resolver: Send + Sync {
    /// The addresses; all empty when none is known any more.
    fn resolve(&self, tx: &mut dyn Tx, to: &Recipient) -> Result<Addresses>;
}

/// What became of a message, told to the hook in the transaction that records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Which message.
    pub id: MessageId,
    /// What it tells of.
    pub about: Option<Uuid>,
    /// Which duty it serves.
    pub purpose: String,
    /// Its new state.
    pub state: State,
    /// When.
    pub at: Timestamp,
}

/// Called in the transaction that records a new state. It may run more than once.
pub type Hook = Arc<dyn Fn(&mut dyn Tx, &Settled) -> Result<()> + Send + Sync>;

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Messages taken.
    pub taken: usize,
    /// Of these, settled by this process.
    pub settled: usize,
}

/// The worker. Clones are the same one.
#[derive(Clone)]
pub struct Deliverer(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    resolver: Arc<dyn Resolver>,
    gateways: Arc<Gateways>,
    policy: Policy,
    hook: Option<Hook>,
}

impl Deliverer {
    /// A worker on `db`.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        resolver: Arc<dyn Resolver>,
        gateways: Gateways,
        policy: Policy,
        hook: Option<Hook>,
    ) -> Self {
        let gateways = Arc::new(gateways);
        Self(Arc::new(Inner { db, clock, chance, resolver, gateways, policy, hook }))
    }

    /// One round: takes what is due now and settles it.
    pub async fn turn(&self) -> Result<Turn> {
        let now = self.0.clock.now();
        let (lease, batch) = (self.0.policy.lease_s.max(1) * 1000, self.0.policy.batch.max(1));
        let claimed = self.0.db.write(move |tx| store::claim(tx, now, lease, batch)).await?;
        let mut turn = Turn { taken: claimed.len(), settled: 0 };
        let places = Arc::new(Semaphore::new(self.0.policy.parallel.max(1)));
        let mut work = JoinSet::new();
        for message in claimed {
            let (inner, places) = (self.0.clone(), places.clone());
            work.spawn(async move {
                let _place = places.acquire_owned().await;
                let id = message.id;
                inner.one(message).await.map_err(|e| (id, e))
            });
        }
        while let Some(done) = work.join_next().await {
            match done {
                Ok(Ok(true)) => turn.settled += 1,
                Ok(Ok(false)) => {}
                // The lease gives it back; what happened is asked before it is sent again.
                Ok(Err((id, e))) => tracing::warn!(message = %id, error = %e, "a delivery was not settled"),
                Err(e) => tracing::error!(error = %e, "a delivery broke off"),
            }
        }
        Ok(turn)
    }
}

impl Inner {
    /// One message. `false` when somebody else settled it meanwhile.
    async fn one(self: Arc<Self>, message: Claimed) -> Result<bool> {
        let message = Arc::new(message);
        let now = self.clock.now();
        let out = attempt::is_out(&message);
        let addresses = if out {
            Addresses::default()
        } else {
            let (this, m) = (self.clone(), message.clone());
            self.db.read(move |tx| this.addresses(tx, &m)).await?
        };
        let (this, m) = (self.clone(), message.clone());
        let attempt = tokio::task::spawn_blocking(move || {
            if out {
                attempt::ask(&this.gateways, &m, now)
            } else {
                attempt::send(&this.gateways, &m, &addresses, now)
            }
        })
        .await
        .map_err(kernel::Error::internal)?;
        let spread = self.chance.below(1000);
        let this = self.clone();
        self.db.write(move |tx| this.settle(tx, &message, &attempt, this.clock.now(), spread)).await
    }

    fn addresses(&self, tx: &mut dyn Tx, m: &Claimed) -> Result<Addresses> {
        match &m.to {
            Recipient::Address(to) => Ok(given(m.hint, to)),
            other => self.resolver.resolve(tx, other),
        }
    }

    fn settle(&self, tx: &mut dyn Tx, m: &Claimed, a: &Attempt, now: Timestamp, spread: u64) -> Result<bool> {
        let attempts = m.attempts + i64::from(a.tried() && !attempt::is_out(m));
        let before = Before { state: m.state, attempts, since: m.since };
        let Some(next) = state::next(&before, a.outcome, &self.policy, now, spread) else { return Ok(false) };
        let taken = matches!(next.state, State::Sent | State::Delivered | State::Sending);
        let proof = if next.state == State::Delivered {
            proof(&a.gateway, a.channel, &a.reference, now)
        } else {
            String::new()
        };
        let settlement = Settlement {
            next,
            channel: a.channel.or(m.channel),
            gateway: if a.gateway.is_empty() { &m.gateway } else { &a.gateway },
            attempts,
            settled: if a.clear { m.claim } else { m.settled },
            // A message that comes back from its gateway is sent anew, under no old reference.
            provider_ref: if taken { &a.reference } else { "" },
            sent_at: taken.then_some(now),
            delivered_at: (next.state == State::Delivered).then_some(now),
            proof: &proof,
        };
        if !store::settle(tx, m.id, m.claim, &settlement)? {
            return Ok(false);
        }
        if next.state == m.state && matches!(a.outcome, Outcome::Pending | Outcome::Postponed(_)) {
            return Ok(true); // Nothing happened that anybody needs to read about.
        }
        let detail = if a.detail.is_empty() { next.reason.map_or("", |r| r.key()) } else { &a.detail };
        let channel = settlement.channel.map_or("", Channel::key);
        store::log(tx, m.id, now, next.state, channel, &a.gateway, detail)?;
        if !next.state.open() {
            let payload = json!({ "about": m.about, "purpose": m.purpose, "channel": channel,
                "gateway": a.gateway, "reference": a.reference, "reason": next.reason.map(|r| r.key()),
                "attempts": attempts });
            journal::append(tx, &event(m.id, now, &Actor::System, next.state, payload))?;
        }
        if let Some(hook) = &self.hook {
            let told =
                Settled { id: m.id, about: m.about, purpose: m.purpose.clone(), state: next.state, at: now };
            hook(tx, &told)?;
        }
        Ok(true)
    }
}

/// What a delivery is proved by.
pub(crate) fn proof(gateway: &str, channel: Option<Channel>, reference: &str, at: Timestamp) -> String {
    journal::canonical::json(&json!({ "gateway": gateway, "channel": channel.map(Channel::key),
        "reference": reference, "at": at.0 }))
}

/// An address that the caller gave as text: the hint says what it is, or its look does.
fn given(hint: Option<Channel>, to: &str) -> Addresses {
    let mut out = Addresses::default();
    let guessed = if to.contains('@') { Channel::Email } else { Channel::Sms };
    match hint.unwrap_or(guessed) {
        Channel::Sms => out.phone = Some(to.to_owned()),
        Channel::Email => out.email = Some(to.to_owned()),
        Channel::Webhook => out.hook = Some(to.to_owned()),
    }
    out
}
