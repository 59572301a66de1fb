//! Who comes, what they may reach, and who asked.
//!
//! ```text
//! request ─▶ guard: session cookie ─▶ account ─▶ posts held today ─▶ Scope ─▶ Visitor in the request
//!               │ writing: came from a page of ours? form token?
//!               │ the posts demand a second factor and there is none: an empty scope, until it is set up
//!               ▼
//!            handler: visitor.demand(verb, noun, target) ─▶ one table says yes, no, or not there
//! ```
//!
//! - [`Site`] is the state of every router.
//! - [`table::TABLE`] holds every permission; [`may`], [`demand`], [`limits`] and [`explain`] ask it.
//!   Nothing else decides.
//! - [`accounts`] has the use cases of staff accounts and posts; [`session`] the sessions.
//! - [`factor`] holds the second factor of staff, [`passkey`] the one that a device keeps, [`history`] who
//!   signed in when and how, [`oidc`] lets an organization's own identity provider say who somebody is.
//! - [`identity`] keeps who asked, apart from what was asked; [`vault`] the keys that open it.
//! - [`keys`] names programs, [`throttle`] says how much each may send; [`once()`] makes repeated writes
//!   harmless; [`seats`] is what access is told about units.

pub mod accounts;
pub mod attempts;
mod decide;
mod entry;
pub mod factor;
pub mod guard;
pub mod history;
pub mod identity;
pub mod keys;
pub mod oidc;
mod once;
mod pages;
pub mod passkey;
pub mod password;
mod route;
pub mod seats;
mod secret;
pub mod session;
mod site;
mod step;
mod store;
pub mod table;
pub mod testing;
pub mod throttle;
pub mod vault;
mod visitor;
mod words;

pub use decide::{Limits, Target, Why, demand, explain, limits, may, may_somewhere};
pub use guard::{frame, guard};
pub use once::{Outcome, once, sweep as sweep_once};
pub use pages::{Coming, ROUTES, address_of, routes};
pub use route::{Access, RouteRule, rule};
pub use secret::{SECRET_FILE, Secret};
pub use session::{PostInfo, Token};
pub use site::{HeldMaker, Kept, NavMaker, Settings, SharedSite, Site};
pub use store::STATEMENTS;
pub use table::{Row, TABLE, Who};
pub use vault::Keyring;
pub use visitor::{AccountInfo, Staff, Visitor, acting, scope_of};
pub use words::{Noun, Reach, Verb};

/// What the rows of access say about their streams of the journal.
pub static ENDS: &[journal::Ends] = &[
    journal::Ends { stream_kind: "account", disagree: &store::ACCOUNTS_DISAGREE },
    journal::Ends { stream_kind: "key", disagree: &store::KEYS_DISAGREE },
];

/// The tables of access.
pub static MIGRATIONS: &[db::Migration] = db::migrations!("access"; "0001_access" = include_str!("../migrations/0001_access.sql"),
        "0002_factors" = include_str!("../migrations/0002_factors.sql"));
