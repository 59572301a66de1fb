//! What every handler is given: the database, the clock, the pack in force, the secret.

use crate::password::Hashing;
use crate::secret::Secret;
use crate::vault::Keyring;
use crate::visitor::Visitor;
use db::{Db, Tx};
use kernel::{
    AccountId, Chance, Clock, DAY, Date, HOUR, MINUTE, Result, Role, Say, SystemChance, SystemClock,
    Timestamp, Zone,
};
use pack::Pack;
use rules::calendar::Calendar;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// The state of every router.
pub type SharedSite = Arc<Site>;

/// Makes the main navigation for a visitor: set once by whoever wires the capabilities together.
pub type NavMaker = Arc<dyn Fn(&Visitor) -> Vec<web::NavItem> + Send + Sync>;

/// Says in a few words each what somebody still answers for on a day, for whoever takes their post away: set once by
/// whoever wires the capabilities together. It counts and names nothing.
pub type HeldMaker = Arc<dyn Fn(&mut dyn Tx, AccountId, Date) -> Result<Vec<Say>> + Send + Sync>;

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Pages are served over https: cookies are `Secure` and carry the `__Host-` prefix.
    pub https: bool,
    /// A trusted proxy stands in front, so `X-Forwarded-For` names the visitor's address.
    pub behind_proxy: bool,
    /// A session without a request for so long ends, in milliseconds.
    pub idle: i64,
    /// A session ends after so long whatever happens, in milliseconds.
    pub lifetime: i64,
    /// Roles whose holders have to have a second factor, and within how many days of taking up the post.
    /// Empty: nobody has to.
    pub second_factor: Vec<(Role, i64)>,
    /// For how long sign-ins are kept on record, in milliseconds.
    pub history_for: i64,
    /// How dear it is to try a password.
    pub hashing: Hashing,
    /// Wrong passwords for one login until it locks.
    pub lock_after: i64,
    /// How long it stays locked, in milliseconds; also the window in which failures are counted.
    pub lock_for: i64,
    /// Wrong passwords from one address in that window until it has to wait. An office shares one.
    pub address_limit: i64,
    /// Requests that a program may send in by one key in a minute; 0: as many as it likes.
    pub key_rate: u32,
    /// Requests that programs may send in from one address in a minute; 0: as many as they like.
    pub address_rate: u32,
    /// Identity providers by which staff may sign in.
    pub oidc: Vec<crate::oidc::Provider>,
    /// How often the record is sealed where anything is new, in milliseconds.
    pub seal_every: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            https: false,
            behind_proxy: false,
            idle: 30 * MINUTE,
            lifetime: 8 * HOUR,
            second_factor: Vec::new(),
            history_for: 180 * DAY,
            hashing: Hashing::OWASP,
            lock_after: 5,
            lock_for: 15 * MINUTE,
            address_limit: 30,
            key_rate: 600,
            address_rate: 1200,
            oidc: Vec::new(),
            seal_every: 5 * MINUTE,
        }
    }
}

/// One running site.
pub struct Site {
    /// The database.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids and tokens come from.
    pub chance: Arc<dyn Chance>,
    /// The pack in force.
    pub pack: Arc<Pack>,
    /// Its working-day calendar.
    pub calendar: Arc<Calendar>,
    /// The site's directory: secret, attachments, the database file.
    pub dir: PathBuf,
    /// The site's secret.
    pub secret: Secret,
    /// The master keys that open who asked.
    pub keyring: Keyring,
    /// Whether this is a demonstration, where one click signs in.
    pub demo: bool,
    /// Where days begin.
    pub zone: Zone,
    /// What the operator set.
    pub settings: Settings,
    /// The main navigation; empty until set.
    pub nav: Option<NavMaker>,
    /// What somebody still answers for; nothing until set.
    pub held: Option<HeldMaker>,
    /// Things that other crates keep for the life of the site.
    pub kept: Kept,
    /// How many passwords may be tried at once: each costs memory.
    pub(crate) doors: Semaphore,
}

impl Site {
    /// A site on the machine's clock and generator, with default settings and not a demonstration.
    /// Change the public fields before sharing it.
    pub fn new(db: Db, pack: Arc<Pack>, dir: PathBuf, secret: Secret, keyring: Keyring) -> Self {
        Site {
            calendar: Arc::new(pack.calendar().clone()),
            zone: pack.zone,
            db,
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
            pack,
            dir,
            secret,
            keyring,
            demo: false,
            settings: Settings::default(),
            nav: None,
            held: None,
            kept: Kept::default(),
            doors: Semaphore::new(4),
        }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The day it is here.
    pub fn today(&self) -> Date {
        self.zone.date(self.now())
    }
}

/// One value per type, made when first asked for: caches of crates that stand above this one.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Kept {
    /// The value of this type, made by `T::default` the first time.
    pub fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut map = self.0.lock().unwrap_or_else(|e| e.into_inner());
        let any = map.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())).clone();
        // Keyed by its own type, so the value has it; a default stands in for the impossible.
        any.downcast::<T>().unwrap_or_default()
    }
}
