//! The place: its names, levels, kinds of unit, ways in, and what it shows the public.

use super::class::Moderation;
use kernel::{Role, Text};
use rules::case::State;
use serde::Deserialize;

/// Names and contacts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteInfo {
    /// The full name, in the page head.
    pub name: Text,
    /// The short name, in messages.
    pub short: Text,
    /// What case numbers begin with.
    pub number_prefix: String,
    /// The hotline people call.
    pub hotline: String,
    /// The office that answers for the platform.
    pub office: Text,
    /// The address of the public site as written in messages, without a path.
    pub url: String,
    /// A sentence of welcome above the form.
    pub welcome: Text,
    /// Where to complain about the platform itself (国办函〔2026〕12号 demands such an entry).
    pub complaints: Text,
}

/// One level of the network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its key: `county`, `township`, `village`, `group`, `point`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// Whether units of this level are places that a person can choose.
    #[serde(default)]
    pub place: bool,
}

/// One kind of unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitKind {
    /// Its key, such as `township-construction`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// The level its units stand on.
    pub level: String,
    /// The level of the unit above it; none for the root.
    #[serde(default)]
    pub parent: Option<String>,
    /// Whether it is an office of the unit above it (a bureau, a township office), and not an area.
    #[serde(default)]
    pub office: bool,
    /// The kind it escalates to.
    #[serde(default)]
    pub up: Option<String>,
    /// Its duty list, on which a return rests.
    #[serde(default, rename = "duty")]
    pub duties: Vec<Duty>,
    /// Whether it sits in the house of the unit above it: a complaint about one of a house is kept from all of it.
    #[serde(default)]
    pub same_house: bool,
    /// Whether it takes cases from other units and sends them out: a centre.
    #[serde(default)]
    pub centre: bool,
    /// The posts such a unit has in the demonstration, by role.
    #[serde(default)]
    pub posts: Vec<Role>,
}

/// One item of a duty list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Its key within the list.
    pub id: String,
    /// What the unit does.
    pub text: Text,
}

/// Where to look for the unit that handles something: see [`crate::Pack::handler_rule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandlerRule<'a> {
    /// The kind looked for.
    pub kind: &'a UnitKind,
    /// Go up from the place to the unit of this level …
    pub ancestor: &'a str,
    /// … and take its child of the kind; where false, take that unit itself.
    pub child: bool,
}

rules::vocabulary! {
    /// How somebody comes in.
    ChannelKind {
        /// The public site.
        Web = "web", "网上", "Public site";
        /// A service window.
        Window = "window", "窗口", "Window";
        /// A telephone.
        Phone = "phone", "电话", "Telephone";
        /// A text message.
        Text = "text", "短信", "Text message";
        /// A chat group of the village or the branch.
        Chat = "chat", "微信群", "Chat group";
        /// A letter.
        Letter = "letter", "来信", "Letter";
        /// A visit at the person's home.
        Visit = "visit", "入户走访", "Home visit";
        /// A villagers' meeting.
        Meeting = "meeting", "集体诉求会", "Villagers' meeting";
        /// A spreadsheet.
        Import = "import", "批量导入", "Import";
        /// Another program.
        Client = "client", "接口", "Interface";
    }
}

/// One way in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Its key.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// How somebody comes in by it.
    pub kind: ChannelKind,
    /// When it is open.
    pub hours: Text,
    /// Where or under which number.
    #[serde(default)]
    pub contact: Text,
    /// Whether the public site lists it.
    #[serde(default)]
    pub public: bool,
}

/// What is said of complaints that name a unit or a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShieldWords {
    /// Where else to go, for a complaint about a unit above which nobody is left to decide.
    pub elsewhere: Text,
}

/// What the public ledger shows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicLedger {
    /// Whether there is one.
    pub open: bool,
    /// What happens where a class does not say.
    pub default: Moderation,
    /// Days after registration before a case appears.
    pub after_days: u32,
    /// Groups with fewer cases than this are not ranked or broken down.
    pub least_for_rates: u32,
    /// The words above it.
    pub intro: Text,
    /// Reasons a moderator may give for not showing a case.
    pub reasons: Vec<Text>,
}

/// How needs are noted at a villagers' meeting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeetingRule {
    /// What it is called.
    pub name: Text,
    /// The level at which it is held.
    pub level: String,
    /// How often, in words.
    pub cadence: Text,
    /// What the host says and does, in order.
    pub steps: Vec<Text>,
    /// Within how many days after the meeting the results are told at the next one or on the board.
    pub tell_back_days: u32,
}

/// A view of the ledger that the place works with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerView {
    /// Its key.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// What it is for.
    #[serde(default)]
    pub about: Text,
    /// Only cases in these states; all where empty.
    #[serde(default)]
    pub states: Vec<State>,
    /// Only cases that came in by this channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// Only cases whose answer is overdue.
    #[serde(default)]
    pub overdue: bool,
    /// Whether the centre goes through it every working day.
    #[serde(default)]
    pub daily: bool,
}
