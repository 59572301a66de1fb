//! Coming in: the old session of the browser ends, a new one begins, the history is told.

use crate::history::{self, How};
use crate::pages::Coming;
use crate::session::{self, PostInfo, Token, Via};
use crate::site::Settings;
use crate::{Noun, Secret, SharedSite, Verb, attempts, factor, scope_of};
use db::Tx;
use kernel::{AccountId, Date, Result, Scope, SessionId, Timestamp};

/// A session about to be opened. Its token is new, always: one that was in the browser before is worth
/// nothing afterwards.
#[derive(Clone)]
pub(crate) struct Entry {
    pub token: Token,
    id: SessionId,
    agent: String,
    old: Option<Token>,
    settings: Settings,
    secret: Secret,
    via: Via,
    pub now: Timestamp,
    today: Date,
}

/// What whoever came in has to be shown first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entered {
    /// Where their posts have their work.
    pub home: &'static str,
    /// Their posts demand a second factor from this day on, and they have none.
    pub due: Option<Date>,
    /// Their second factor was taken away, and they have not read of it.
    pub reset: bool,
}

impl Entry {
    pub fn new(site: &SharedSite, from: &Coming) -> Entry {
        let now = site.now();
        Entry {
            token: Token::make(&*site.chance),
            id: SessionId::new(now, &*site.chance),
            agent: from.agent.clone(),
            old: from.old.clone(),
            settings: site.settings.clone(),
            secret: site.secret.clone(),
            via: Via::default(),
            now,
            today: site.today(),
        }
    }

    /// The same, by an identity provider.
    pub fn via(self, via: Via) -> Entry {
        Entry { via, ..self }
    }

    /// Opens it, and forgets the failures at this account.
    pub fn open(&self, tx: &mut dyn Tx, account: AccountId, login: &str, how: How) -> Result<Entered> {
        if let Some(old) = &self.old {
            session::end(tx, old)?;
        }
        if how != How::Demo {
            attempts::clear(tx, &self.secret, login)?;
            attempts::clear_second(tx, &self.secret, account)?;
        }
        session::open(tx, self.id, &self.token, account, &self.settings, self.now, &self.agent, &self.via)?;
        let reset = history::record(tx, self.id, account, self.now, how, &self.agent)?;
        let posts: Vec<PostInfo> = session::posts_on(tx, account, self.today)?;
        // Whoever came in by one step alone has none.
        let one = how == How::Password || (how == How::Oidc && !self.via.vouched);
        let due = factor::due(&self.settings, &posts).filter(|_| one);
        Ok(Entered { home: home_of(&scope_of(account, &posts, self.today)), due, reset })
    }
}

/// Where the posts held today have their work.
fn home_of(scope: &Scope) -> &'static str {
    if crate::may_somewhere(scope, Verb::List, Noun::Request) {
        "/my"
    } else if crate::may_somewhere(scope, Verb::List, Noun::Account) {
        "/admin/accounts"
    } else {
        "/account"
    }
}
