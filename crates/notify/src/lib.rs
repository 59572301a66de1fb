//! Messages to people: from the act that owes one to the proof that it arrived.
//!
//! ```text
//!  use case ── queue(tx, …) ──▶ outbox ──▶ Deliverer ──▶ gateway 1, 2, … ──▶ person
//!  (same transaction as the act)  ▲            │ the address is looked up here and kept nowhere
//!                                 │ retry      ▼
//!                                 └──── delivered | sent | sending … | permanent-failure
//!                                                                        │
//!                                              a clerk's task ◀──────────┘
//!                                              replace(tx, …): who told the person, how, when
//! ```
//!
//! A message is in the outbox if and only if the act that it tells of is written. It is delivered
//! at least once, and exactly once as far as the far side can tell a repetition: the message's id
//! goes along as its reference, and after a lost answer the gateway is asked before anything is
//! sent again. A duty to tell somebody is met by [`State::told`] and by nothing less.

mod attempt;
mod breaker;
mod config;
mod deliver;
pub mod gateway;
mod model;
mod pages;
mod past;
mod queue;
mod replace;
mod state;
mod store;
mod vault;

pub use breaker::Breaker;
pub use config::{GatewaySettings, Kind, Settings};
pub use deliver::{Deliverer, Hook, Resolver, Settled, Turn};
pub use gateway::{Delivery, Found, Gateway, Gateways, Outgoing};
pub use model::{
    APART, Act, Addresses, Channel, Message, NewMessage, Passed, Policy, Reason, Recipient, Replacement,
    State,
};
pub use pages::{ROUTES, routes};
pub use past::{Went, queue_past};
pub use queue::queue;
pub use replace::{NewReplacement, call_off, replace, resend};
pub use state::{Before, Next, Outcome, back_off, next};
pub use store::{
    Filter, STATEMENTS, Unsent, about, get, history, keep_apart, leave, list, put_back, replacement,
    undeliverable, undeliverable_count, unsent,
};
pub use vault::Vault;

/// The tables of the outbox.
pub static MIGRATIONS: &[db::Migration] =
    db::migrations!("notify"; "0001_messages" = include_str!("../migrations/0001_messages.sql"));

/// What the rows of messages say about their streams of the journal.
pub static ENDS: &[journal::Ends] =
    &[journal::Ends { stream_kind: "message", disagree: &store::MESSAGES_DISAGREE }];
