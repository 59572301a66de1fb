//! What the tests of this crate share: an address book, a scripted gateway, messages.
#![allow(dead_code)] // Each test binary uses its part.

use db::{Db, Tx};
use kernel::{
    AccountId, Actor, Chance, Locale, MessageId, PersonId, Result, TestClock, Timestamp, UnitId, Uuid,
};
use notify::{
    Addresses, Channel, Deliverer, Delivery, Found, Gateway, Gateways, Hook, Message, NewMessage, Outgoing,
    Passed, Policy, Recipient, Resolver, State,
};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

pub const T0: Timestamp = Timestamp(1_760_000_000_000);

pub fn uuid(n: u8) -> Uuid {
    Uuid::from_bytes([n; 16])
}

pub fn person(n: u8) -> Recipient {
    Recipient::Person(PersonId(uuid(n)))
}

pub fn clerk() -> Actor {
    Actor::Staff { account: AccountId(uuid(200)), unit: UnitId(uuid(201)) }
}

pub fn new(n: u8, to: Recipient) -> NewMessage<'static> {
    NewMessage {
        id: MessageId(uuid(n)),
        about: Some(uuid(100)),
        path: "/c/t1/",
        purpose: "accepted",
        to,
        channel_hint: None,
        template: "accepted",
        template_version: "trial-3",
        locale: Locale::Zh,
        subject: "受理通知".to_owned(),
        body: format!("您的诉求已受理 {n}"),
        at: T0,
    }
}

/// Who can be reached where; changed by the test as it goes.
#[derive(Clone, Default)]
pub struct Book(Arc<Mutex<HashMap<Uuid, Addresses>>>);

impl Book {
    pub fn put(&self, n: u8, phone: Option<&str>, email: Option<&str>) {
        let a = Addresses { phone: phone.map(Into::into), email: email.map(Into::into), hook: None };
        self.0.lock().unwrap().insert(uuid(n), a);
    }
}

impl Resolver for Book {
    fn resolve(&self, _tx: &mut dyn Tx, to: &Recipient) -> Result<Addresses> {
        let id = match to {
            Recipient::Person(id) => id.0,
            Recipient::Account(id) => id.0,
            Recipient::Address(_) => panic!("an address needs no look-up"),
        };
        Ok(self.0.lock().unwrap().get(&id).cloned().unwrap_or_default())
    }
}

/// A gateway that answers as the test says: the last answer again and again.
pub struct Scripted {
    name: &'static str,
    pub answers: Mutex<VecDeque<Delivery>>,
    pub standing: Mutex<Delivery>,
    pub known: Mutex<Found>,
    pub sent: Mutex<Vec<Outgoing>>,
}

impl Scripted {
    pub fn new(name: &'static str, answers: impl IntoIterator<Item = Delivery>) -> Arc<Self> {
        Arc::new(Self {
            name,
            answers: Mutex::new(answers.into_iter().collect()),
            standing: Mutex::new(Delivery::Pending),
            known: Mutex::new(Found::NotThere),
            sent: Mutex::default(),
        })
    }
    pub fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }
}

impl Gateway for Scripted {
    fn name(&self) -> &str {
        self.name
    }
    fn send(&self, m: &Outgoing) -> Delivery {
        self.sent.lock().unwrap().push(m.clone());
        let mut answers = self.answers.lock().unwrap();
        match answers.len() {
            0 => Delivery::Delivered("ok".to_owned()),
            1 => answers[0].clone(),
            _ => answers.pop_front().unwrap(),
        }
    }
    fn status(&self, _reference: &str, _now: Timestamp) -> Delivery {
        self.standing.lock().unwrap().clone()
    }
    fn find(&self, _id: MessageId, _now: Timestamp) -> Found {
        self.known.lock().unwrap().clone()
    }
}

/// A site's delivery under a clock that the test moves.
pub struct Rig {
    pub db: Db,
    pub clock: TestClock,
    pub book: Book,
    pub worker: Deliverer,
}

impl Rig {
    pub fn new(db: &Db, gateways: Gateways) -> Self {
        Self::with_hook(db, gateways, None)
    }

    pub fn with_hook(db: &Db, gateways: Gateways, hook: Option<Hook>) -> Self {
        db.migrate(journal::MIGRATIONS).unwrap();
        db.migrate(notify::MIGRATIONS).unwrap();
        let clock = TestClock::at(T0);
        let book = Book::default();
        let worker = Deliverer::new(
            db.clone(),
            Arc::new(clock.clone()),
            Arc::new(NoSpread),
            Arc::new(book.clone()),
            gateways,
            Policy::default(),
            hook,
        );
        Self { db: db.clone(), clock, book, worker }
    }

    pub async fn queue(&self, m: NewMessage<'static>) {
        self.db.write(move |tx| notify::queue(tx, &m)).await.unwrap();
    }

    pub async fn turn(&self) -> notify::Turn {
        self.worker.turn().await.unwrap()
    }

    /// Moves the clock by `ms` and works a round.
    pub async fn after(&self, ms: i64) -> notify::Turn {
        self.clock.advance(ms);
        self.turn().await
    }

    pub async fn get(&self, n: u8) -> Message {
        self.db.read(move |tx| notify::get(tx, MessageId(uuid(n)))).await.unwrap().unwrap()
    }

    pub async fn state(&self, n: u8) -> State {
        self.get(n).await.state
    }

    pub async fn history(&self, n: u8) -> Vec<Passed> {
        self.db.read(move |tx| notify::history(tx, MessageId(uuid(n)))).await.unwrap()
    }

    pub async fn events(&self, n: u8) -> Vec<journal::Event> {
        self.db.read(move |tx| journal::events(tx, uuid(n))).await.unwrap()
    }
}

/// Jitter switched off, so that a test can name the instant.
pub struct NoSpread;
impl Chance for NoSpread {
    fn fill(&self, out: &mut [u8]) {
        out.fill(0);
    }
}

pub const SMS: &[Channel] = &[Channel::Sms];
