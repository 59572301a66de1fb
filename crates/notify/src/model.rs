//! What a message is.

use kernel::{AccountId, Actor, Locale, MessageId, PersonId, Say, Timestamp, Uuid};
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every one, in the order in which pages list them.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The word in tables and addresses.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key),+ }
            }
            /// The one with this word.
            pub fn from_key(key: &str) -> Option<$name> {
                match key { $($key => Some($name::$variant),)+ _ => None }
            }
            /// In the reader's words.
            pub fn say(self) -> Say {
                match self { $($name::$variant => Say::new($zh, $en)),+ }
            }
        }
    };
}

words! {
    /// How far a message has come, in the vocabulary of GOV.UK Notify, and `replaced`.
    State {
        /// In the outbox, not yet handed to anybody.
        Created = "created", "待发送", "waiting";
        /// A gateway took it; its receipt is awaited.
        Sending = "sending", "发送中", "on its way";
        /// A gateway took it and gives no receipts.
        Sent = "sent", "已发出（无回执）", "sent, no receipt";
        /// It arrived, by the gateway's receipt.
        Delivered = "delivered", "已送达", "delivered";
        /// Did not arrive this time (telephone off, mailbox full); will be tried again.
        TemporaryFailure = "temporary-failure", "暂时未达", "not delivered yet";
        /// Will not arrive: somebody has to act in its place.
        PermanentFailure = "permanent-failure", "无法送达", "cannot be delivered";
        /// A gateway's fault; will be tried again, by another one where there is one.
        TechnicalFailure = "technical-failure", "通道故障", "gateway fault";
        /// A recorded act stands for it.
        Replaced = "replaced", "已另行告知", "told in another way";
        /// It was under way, and nobody is to have it any more.
        CalledOff = "called-off", "已取消", "called off";
    }
}

impl State {
    /// Whether the person has been told, by proof of delivery or by a recorded act.
    /// [`State::Sent`] is no proof.
    pub fn told(self) -> bool {
        matches!(self, State::Delivered | State::Replaced)
    }
    /// Whether the program goes on trying by itself.
    pub fn open(self) -> bool {
        matches!(self, State::Created | State::Sending | State::TemporaryFailure | State::TechnicalFailure)
    }
}

words! {
    /// Why a message is where it is.
    Reason {
        /// No address is known.
        NoAddress = "no-address", "没有可用的联系方式", "no address is known";
        /// No gateway is set up for the addresses there are.
        NoGateway = "no-gateway", "没有可用的发送通道", "no gateway is set up for this kind of address";
        /// The far side says that this address takes nothing.
        Refused = "refused", "号码或地址无效", "the number or address is not valid";
        /// It could not be reached this time.
        NotReached = "not-reached", "对方暂时收不到", "could not be reached this time";
        /// The gateway did not work.
        GatewayDown = "gateway-down", "发送通道故障", "the gateway did not work";
        /// Tried for as long as the settings say.
        TooOld = "too-old", "多次尝试仍未送达", "tried for as long as allowed";
        /// A gateway took it and never said what came of it.
        NoReceipt = "no-receipt", "一直没有收到回执", "no receipt ever came";
    }
}

words! {
    /// What was done in place of a message.
    Act {
        /// Spoken to on the telephone.
        Telephone = "telephone", "电话告知", "told by telephone";
        /// Visited at home.
        Visit = "visit", "上门告知", "told on a visit";
        /// Told at a window or in the office.
        Window = "window", "当面告知", "told in person at the office";
        /// A letter or a written notice handed over.
        Letter = "letter", "书面送达", "written notice handed over";
        /// Told through a relative or a neighbour who passes it on.
        Relay = "relay", "托人转告", "passed on by somebody close";
        /// Several attempts, none with success; the note says which.
        Attempts = "attempts", "多次联系未果", "several attempts without success";
    }
}

words! {
    /// By which way a message travels.
    Channel {
        /// Text message.
        Sms = "sms", "短信", "text message";
        /// E-mail.
        Email = "email", "邮件", "e-mail";
        /// A call to another program.
        Webhook = "webhook", "接口推送", "webhook";
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let key = String::deserialize(d)?;
        Channel::from_key(&key)
            .ok_or_else(|| serde::de::Error::custom(format!("no such channel: {key} (sms, email, webhook)")))
    }
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Someone who asked: telephone and address are looked up in the vault when the message goes out.
    Person(PersonId),
    /// A member of staff.
    Account(AccountId),
    /// An address as given: a test message, a partner's programme. It stands in the outbox in clear.
    Address(String),
}

/// Where a recipient can be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// A telephone number that takes text messages.
    pub phone: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// What a webhook gateway is told as the recipient.
    pub hook: Option<String>,
}

/// The path of messages about a case that is kept from somebody: no list, no count and no page of the outbox has
/// them, whoever looks. Only the case's own page shows how far they have come.
pub const APART: &str = "-";

/// A message to queue.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    /// Made by the caller, so that queueing twice is one message.
    pub id: MessageId,
    /// The case or other thing that it tells of.
    pub about: Option<Uuid>,
    /// The path of the unit whose clerk acts if it cannot be delivered.
    pub path: &'a str,
    /// Which duty it serves: `accepted`, `handling`, `result`, …
    pub purpose: &'a str,
    /// To whom.
    pub to: Recipient,
    /// The way to try first; the others follow.
    pub channel_hint: Option<Channel>,
    /// The template that it was made from.
    pub template: &'a str,
    /// Which version of it.
    pub template_version: &'a str,
    /// Its language.
    pub locale: Locale,
    /// The subject, for e-mail.
    pub subject: String,
    /// The words.
    pub body: String,
    /// When it was queued.
    pub at: Timestamp,
}

/// A message as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// What it tells of.
    pub about: Option<Uuid>,
    /// The path of the unit whose clerk acts if it cannot be delivered.
    pub path: String,
    /// Which duty it serves.
    pub purpose: String,
    /// To whom.
    pub to: Recipient,
    /// The template.
    pub template: String,
    /// The template's version.
    pub template_version: String,
    /// Its language.
    pub locale: Locale,
    /// The subject.
    pub subject: String,
    /// The words.
    pub body: String,
    /// How far it has come.
    pub state: State,
    /// The way it went, once tried.
    pub channel: Option<Channel>,
    /// The gateway that took it last; empty before the first attempt.
    pub gateway: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried, or asked after, next; `None` when nothing more happens by itself.
    pub next_try_at: Option<Timestamp>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When a gateway took it.
    pub sent_at: Option<Timestamp>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// Why it has not arrived.
    pub failed_reason: Option<Reason>,
    /// What proves that the person was told: canonical JSON, empty as long as nothing does.
    pub proof: String,
}

/// One step of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// When.
    pub at: Timestamp,
    /// The state it came to.
    pub state: State,
    /// The way it went.
    pub channel: Option<Channel>,
    /// The gateway; empty where none had a part in it.
    pub gateway: String,
    /// What the gateway said, with every run of digits that could be a number masked.
    pub detail: String,
}

/// The act recorded in place of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// What was done.
    pub act: Act,
    /// When it was done.
    pub acted_at: Timestamp,
    /// Who recorded it.
    pub actor: Actor,
    /// In their words.
    pub note: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// How often and how long to try.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
    /// The wait after the first failure, in seconds; it doubles with each further one.
    pub first_wait_s: i64,
    /// The longest wait between two attempts, in seconds.
    pub longest_wait_s: i64,
    /// After how many hours without success a clerk takes over.
    pub give_up_after_h: i64,
    /// For how many hours a receipt is awaited.
    pub receipt_within_h: i64,
    /// How long one process may hold a message before another takes it, in seconds.
    pub lease_s: i64,
    /// How many messages one round takes.
    pub batch: usize,
    /// How many are sent at once.
    pub parallel: usize,
    /// How long to rest when nothing is due, in milliseconds.
    pub rest_ms: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            first_wait_s: 60,
            longest_wait_s: 3600,
            give_up_after_h: 72,
            receipt_within_h: 72,
            lease_s: 300,
            batch: 64,
            parallel: 8,
            rest_ms: 5000,
        }
    }
}
