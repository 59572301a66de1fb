//! A small county: every kind of unit of the pack once in each place, each post of it held by somebody.

use access::accounts::{self, Act, NewAccount, NewPost};
use access::{SharedSite, Site};
use db::testing::Fresh;
use kernel::{AccountId, Actor, Date, Grant, PostId, Role, Scope, Seeded, Text, Timestamp, UnitId, Zone};
use register::NewUnit;
use requests::Ctx;
use std::future::Future;
use std::sync::Arc;

/// Milliseconds of so many minutes.
pub fn minutes(n: i64) -> i64 {
    n * kernel::MINUTE
}

/// An instant by the wall clock in China: `at(2026, 11, 17, 9, 30)`.
pub fn at(year: i16, month: i8, day: i8, hour: i8, minute: i8) -> Timestamp {
    Zone::CHINA.instant(jiff_date(year, month, day).at(hour, minute, 0, 0))
}

fn jiff_date(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).expect("a day that exists")
}

/// The county of a test, with a clock that the test moves.
pub struct World {
    /// The site.
    pub site: SharedSite,
    /// Its clock: Tuesday 2026-11-17, 09:30, until the test moves it.
    pub clock: kernel::TestClock,
    _files: tempfile::TempDir,
    _db: Fresh,
}

/// Runs a story on SQLite and, where `LIANXIN_TEST_PG` names a server, on PostgreSQL.
pub async fn each_world<F, R>(pack: &str, migrations: &[&[db::Migration]], story: F)
where
    F: Fn(World) -> R,
    R: Future<Output = ()>,
{
    for fresh in db::testing::engines() {
        let engine = fresh.engine();
        eprintln!("on {engine}");
        story(World::build(fresh, pack, migrations)).await;
    }
    if std::env::var(db::testing::PG_VARIABLE).is_err() {
        let test = std::thread::current().name().unwrap_or("a story").to_owned();
        crate::skip("postgres", &test, "LIANXIN_TEST_PG is not set");
    }
}

impl World {
    /// The county of `pack` on `fresh`, with the tables of `migrations`.
    pub fn build(fresh: Fresh, pack: &str, migrations: &[&[db::Migration]]) -> World {
        let all: Vec<db::Migration> = migrations.iter().flat_map(|m| m.iter().cloned()).collect();
        fresh.migrate(&all).expect("the tables are made");
        let pack = Arc::new(pack::load(pack).expect("the pack is sound"));
        let files = tempfile::tempdir().expect("a directory");
        let secret = access::Secret::load_or_make(files.path(), &kernel::SystemChance).expect("a secret");
        let clock = kernel::TestClock::at(at(2026, 11, 17, 9, 30));
        let mut site = Site::new(
            (*fresh).clone(),
            pack,
            files.path().to_owned(),
            secret,
            access::Keyring::from_bytes([5; 32]),
        );
        site.clock = Arc::new(clock.clone());
        site.chance = Arc::new(Seeded::new(7));
        site.settings.hashing = access::password::Hashing::CHEAP;
        let site = Arc::new(site);
        people(&site);
        register::load_now(&site).expect("the units are read");
        World { site, clock, _files: files, _db: fresh }
    }

    /// The directory of a SQLite database; none on PostgreSQL.
    pub fn database_dir(&self) -> Option<&std::path::Path> {
        self._db.dir()
    }

    /// The unit with this code.
    pub fn unit(&self, code: &str) -> UnitId {
        let dir = register::directory(&self.site);
        dir.by_code(code).unwrap_or_else(|| panic!("no unit {code}")).id
    }

    /// The unit of a kind at or right below the unit with this code.
    pub fn office(&self, code: &str, kind: &str) -> UnitId {
        let dir = register::directory(&self.site);
        let at = dir.by_code(code).unwrap_or_else(|| panic!("no unit {code}"));
        let found = if at.kind == kind { Some(at) } else { dir.children(at.id).find(|c| c.kind == kind) };
        found.unwrap_or_else(|| panic!("no {kind} at {code}")).id
    }

    /// The account that holds `role` in `unit`.
    pub fn account(&self, unit: UnitId, role: Role) -> AccountId {
        let today = self.site.today();
        let found =
            self.site.db.read_now(move |tx| accounts::holders(tx, unit, role, today)).expect("a look");
        found.first().unwrap_or_else(|| panic!("nobody is {} there", role.key())).0
    }

    /// Somebody acting by the post `role` in `unit`, now.
    pub fn staff(&self, unit: UnitId, role: Role) -> Ctx {
        let account = self.account(unit, role);
        let dir = register::directory(&self.site);
        let pack = &self.site.pack;
        let kind = dir.get(unit).map(|u| u.kind.clone()).unwrap_or_default();
        let serving =
            matches!(role, Role::Clerk | Role::Operator | Role::Triage | Role::Supervisor | Role::Moderator);
        let reach = match dir.parent(unit) {
            Some(parent) if serving && register::serves_above(pack, &kind) => parent.path.clone(),
            _ => dir.path(unit).to_owned(),
        };
        let scope = Scope {
            actor: Actor::Staff { account, unit },
            grants: vec![Grant { role, unit, path: reach }],
            on: self.site.today(),
        };
        Ctx::new(&self.site, scope)
    }

    /// Sends every message that is due through the `file` gateway, as the running program would.
    pub async fn deliver(&self) {
        let gateways =
            notify::Settings::default().gateways(&self.site.dir, self.site.zone).expect("gateways");
        let site = &self.site;
        let worker = notify::Deliverer::new(
            site.db.clone(),
            site.clock.clone(),
            site.chance.clone(),
            Arc::new(notify::Vault::new(&self.site)),
            gateways,
            notify::Policy::default(),
            None,
        );
        while worker.turn().await.expect("a round").taken > 0 {}
    }

    /// Somebody without an account, now.
    pub fn public(&self) -> Ctx {
        Ctx::new(&self.site, Scope::public(self.site.today()))
    }
}

const TOWNSHIPS: [(&str, &str); 2] = [("01", "东山镇"), ("02", "西河乡")];
const VILLAGES: [(&str, &str); 2] = [("01", "柳树村"), ("02", "石桥村")];

/// The outline of a township or village as GeoJSON: `901` is two tenths of a degree wide and one high from
/// 107° east and 27° north on, `902` lies north of it, and the villages share each in halves.
fn outline(code: &str) -> Option<String> {
    let (west, east) = match code.get(3..) {
        Some("") => (107.0, 107.2),
        Some("01") => (107.0, 107.1),
        Some("02") => (107.1, 107.2),
        _ => return None,
    };
    let south = if code.starts_with("901") { 27.0 } else { 27.1 };
    let north = south + 0.1;
    Some(format!(
        "{{\"type\":\"Polygon\",\"coordinates\":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}"
    ))
}

/// Units and accounts. Codes are `9` for the county, `901` and `902` for townships, `90101` … for
/// villages, `9010101` … for groups; an office is its parent's code, `-` and its kind.
fn people(site: &SharedSite) {
    let pack = site.pack.clone();
    let chance = site.chance.clone();
    let hash =
        access::password::hash(access::password::Hashing::CHEAP, &*chance, "lianxin-test").expect("a hash");
    let (now, from) = (site.clock.now(), jiff_date(2020, 1, 1));
    site.db
        .write_now(move |tx| {
            let act = Act { actor: Actor::System, at: now };
            let mut made: Vec<(UnitId, String, String)> = Vec::new();
            let mut add = |tx: &mut dyn db::Tx, code: String, name: &str, level: &str, kind: &str, parent| {
                let id = UnitId::new(now, &*chance);
                let new = NewUnit {
                    code: code.clone(),
                    name: Text::new(name, name),
                    level: level.to_owned(),
                    kind: kind.to_owned(),
                    parent,
                    from: Some(from),
                    basis: "test".to_owned(),
                    serves_above: register::serves_above(&pack, kind),
                    geometry: outline(&code),
                    ..NewUnit::default()
                };
                register::add_in(tx, id, &new, &act)?;
                made.push((id, code, kind.to_owned()));
                Ok::<UnitId, kernel::Error>(id)
            };
            let kind_of = |level: &str| {
                pack.unit_kinds
                    .iter()
                    .find(|k| k.level == level && !k.office)
                    .map(|k| k.id.clone())
                    .unwrap_or_default()
            };
            let mut areas: Vec<(UnitId, String, String)> = Vec::new();
            let levels: Vec<String> = pack.levels.iter().map(|l| l.id.clone()).collect();
            let root = add(tx, "9".into(), "试点县", &levels[0], &kind_of(&levels[0]), None)?;
            areas.push((root, "9".into(), levels[0].clone()));
            for (t, name) in TOWNSHIPS {
                let code = format!("9{t}");
                let town = add(tx, code.clone(), name, "township", &kind_of("township"), Some(root))?;
                areas.push((town, code.clone(), "township".into()));
                for (v, name) in VILLAGES {
                    let code = format!("{code}{v}");
                    let village = add(tx, code.clone(), name, "village", &kind_of("village"), Some(town))?;
                    let group = format!("{code}01");
                    add(tx, group, "一组", "group", &kind_of("group"), Some(village))?;
                }
            }
            for (area, code, level) in areas {
                for kind in pack.unit_kinds.iter().filter(|k| k.office && k.parent.as_deref() == Some(&level))
                {
                    let own = format!("{code}-{}", kind.id);
                    add(tx, own, &kind.name.zh, &kind.level, &kind.id, Some(area))?;
                }
            }
            for (unit, code, kind) in made {
                let posts = pack.unit_kind(&kind).map(|k| k.posts.clone()).unwrap_or_default();
                for role in posts {
                    let login = format!("{}.{code}", role.key());
                    let account = AccountId::new(now, &*chance);
                    let new = NewAccount {
                        login,
                        name: format!("{}{}", role.name().zh, code),
                        pass_hash: hash.clone(),
                        ..NewAccount::default()
                    };
                    accounts::add_in(tx, account, &new, &act)?;
                    let post = NewPost {
                        account,
                        unit,
                        role,
                        title: String::new(),
                        from,
                        to: None,
                        basis: "test".to_owned(),
                    };
                    accounts::add_post_in(tx, PostId::new(now, &*chance), &post, &act)?;
                }
            }
            Ok(())
        })
        .expect("the county is made");
}
