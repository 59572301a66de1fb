//! A small site for the tests of every crate: a clock that a test moves, repeatable chance, cheap
//! passwords, and a small pack with five levels and a few kinds of unit.

use crate::{Keyring, Secret, SharedSite, Site, accounts, password, seats};
use db::Db;
use kernel::{
    AccountId, Actor, Chance, Date, Error, PostId, Result, Role, Seeded, TestClock, Text, Timestamp, UnitId,
    Zone,
};
use pack::Pack;
use std::path::PathBuf;
use std::sync::Arc;

/// Tuesday 3 March 2026, ten in the morning.
pub fn start() -> Timestamp {
    Zone::CHINA.instant(Date::constant(2026, 3, 3).at(10, 0, 0, 0))
}

/// A site on `db`, whose tables must be there already, and its clock, which stands at [`start`].
/// It may still be changed before it is shared.
pub fn site(db: &Db, pack: Pack) -> (Site, TestClock) {
    let clock = TestClock::at(start());
    let secret = Secret::from_bytes([7; 32]);
    let mut site =
        Site::new(db.clone(), Arc::new(pack), PathBuf::new(), secret, Keyring::from_bytes([9; 32]));
    site.clock = Arc::new(clock.clone());
    site.chance = Arc::new(Seeded::new(42));
    site.settings.hashing = password::Hashing::CHEAP;
    (site, clock)
}

/// The password of every account that [`staff`] makes.
pub const PASSWORD: &str = "路灯 correct horse 7";

/// Makes an account that signs in with [`PASSWORD`] and holds one post from [`start`] on. The unit
/// must be known to access ([`seat`], or the register).
///
/// Errors: as the use cases.
pub fn staff(site: &SharedSite, login: &str, role: Role, unit: UnitId) -> Result<AccountId> {
    let hash = password::hash(site.settings.hashing, &*site.chance, PASSWORD)?;
    let new = accounts::NewAccount {
        login: login.to_owned(),
        name: format!("测试{login}"),
        pass_hash: hash,
        ..accounts::NewAccount::default()
    };
    let (id, post) = (AccountId::new(site.now(), &*site.chance), PostId::new(site.now(), &*site.chance));
    let act = accounts::Act { actor: Actor::System, at: site.now() };
    let today = site.today();
    site.db.write_now(move |tx| {
        accounts::add_in(tx, id, &new, &act)?;
        let new = accounts::NewPost {
            account: id,
            unit,
            role,
            title: String::new(),
            from: today,
            to: None,
            basis: String::new(),
        };
        accounts::add_post_in(tx, post, &new, &act)
    })?;
    Ok(id)
}

/// Tells access of a unit at `path`, for tests without the register.
///
/// Errors: those of the database; a path without a code.
pub fn seat(site: &SharedSite, path: &str, name: &str) -> Result<UnitId> {
    let unit = UnitId::new(site.now(), &*site.chance);
    let seat =
        seats::Seat { unit, path: path.to_owned(), serves: path.to_owned(), name: Text::new(name, name) };
    if !path.starts_with('/') || !path.ends_with('/') || path.len() < 3 {
        return Err(Error::internal(format!("{path} is no path")));
    }
    site.db.write_now(move |tx| seats::put(tx, &seat))?;
    Ok(unit)
}

/// Random bytes of the test's own, for ids.
pub fn chance(seed: u64) -> Arc<dyn Chance> {
    Arc::new(Seeded::new(seed))
}

/// A pack with levels, kinds of unit and names, and nothing about cases.
pub fn small_pack() -> Pack {
    // Written here and nowhere else, so a fault in it is a fault of this file.
    pack::read_text(SMALL).unwrap_or_else(|e| panic!("the small pack does not read: {e}"))
}

/// As text, and not as a value: the reader of packs is compiled once, for the files of packs.
const SMALL: &str = r#"
id = "small"
name = { zh = "测试包", en = "Test pack" }
version = "1"
valid_from = "2020-01-01"
channel = []
class = []
track = []
limit = []
template = []
ground = []
supervision = []
satisfaction = []

level = [
  { id = "county", name = { zh = "县", en = "County" } },
  { id = "township", name = { zh = "乡镇", en = "Township" }, place = true },
  { id = "village", name = { zh = "村", en = "Village" }, place = true },
  { id = "group", name = { zh = "组", en = "Group" }, place = true },
]
unit_kind = [
  { id = "county", name = { zh = "县", en = "county" }, level = "county" },
  { id = "county-centre", name = { zh = "县中心", en = "county-centre" }, level = "county", parent = "county", office = true, centre = true },
  { id = "township", name = { zh = "乡镇", en = "township" }, level = "township", parent = "county" },
  { id = "township-office", name = { zh = "乡镇办公室", en = "township-office" }, level = "township", parent = "township", office = true },
  { id = "village", name = { zh = "村", en = "village" }, level = "village", parent = "township" },
  { id = "group", name = { zh = "组", en = "group" }, level = "group", parent = "village" },
]

[site]
name = { zh = "测试县为民服务平台", en = "Test county service" }
short = { zh = "测试平台", en = "Test site" }
number_prefix = "CS"
hotline = "12345"
office = { zh = "测试用", en = "For tests" }
url = "http://localhost"
welcome = { zh = "测试用", en = "For tests" }
complaints = { zh = "测试用", en = "For tests" }

[extension]
who = []
cap = "1h"
times = 0
before_due = true
citation = { zh = "测试用", en = "For tests" }
tag = "local"

[pause]
times = 0
citation = { zh = "测试用", en = "For tests" }
tag = "local"

[call_back]
after_days = 1
attempt_days = 1
window_days = 1
lapse_days = 1
lot = { every = "week", percent = 0, least = 0, fast_percent = 0, spotless_cases = 0, spotless_percent = 0 }
script = { zh = "测试用", en = "For tests" }
citation = { zh = "测试用", en = "For tests" }
tag = "local"

[public_ledger]
open = true
default = "look"
after_days = 1
least_for_rates = 1
intro = { zh = "测试用", en = "For tests" }
reasons = []

[meeting]
name = { zh = "测试用", en = "For tests" }
level = "village"
cadence = { zh = "测试用", en = "For tests" }
steps = []
tell_back_days = 30

[visit]
name = { zh = "测试用", en = "For tests" }
diary = { zh = "测试用", en = "For tests" }
ledger = { zh = "测试用", en = "For tests" }
keep_days = 14
again_months = 12
late_days = 31
keep_years = 3
keep_citation = { zh = "测试", en = "test" }
keep_tag = "local"
question = []
citation = { zh = "测试用", en = "For tests" }
tag = "local"

[household]
level = "group"
grid = { zh = "组", en = "Group" }

[demo]
county = { zh = "测试用", en = "For tests" }
code = "520000"
townships = 1
villages = 1
groups = 1
points = 1
posts = 1
requests = 1
months = 1
households = 1
lon = 107.0
lat = 27.0
place_first = []
place_second = []
place_first_en = []
place_second_en = []
surnames = []
given_names = []

[work]
name = { zh = "测试用", en = "For tests" }
wrap_up = { zh = "测试用", en = "For tests" }
pairings = []
group = []
effect = []
citation = { zh = "测试用", en = "For tests" }
tag = "local"
"#;
