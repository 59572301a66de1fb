//! A small site for the tests of every crate: a clock that a test moves, repeatable chance, cheap
//! passwords, and a small pack with five levels and a few kinds of unit.

use crate::{Keyring, Secret, SharedSite, Site, accounts, password, seats};
use db::Db;
use kernel::{
    AccountId, Actor, Chance, Date, Error, PostId, Result, Role, Seeded, TestClock, Text, Timestamp, UnitId,
    Zone,
};
use pack::Pack;
use serde_json::json;
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
    let t = |zh: &str, en: &str| json!({ "zh": zh, "en": en });
    let kind = |id: &str, zh: &str, level: &str, parent: Option<&str>, office: bool, centre: bool| json!({ "id": id, "name": t(zh, id), "level": level, "parent": parent, "office": office, "centre": centre });
    let rule = t("测试用", "For tests");
    let mut value = json!({
        "id": "small", "name": t("测试包", "Test pack"), "version": "1", "valid_from": "2020-01-01",
        "site": {
            "name": t("测试县为民服务平台", "Test county service"), "short": t("测试平台", "Test site"),
            "number_prefix": "CS", "hotline": "12345", "office": rule, "url": "http://localhost",
            "welcome": rule, "complaints": rule,
        },
        "level": [
            { "id": "county", "name": t("县", "County") },
            { "id": "township", "name": t("乡镇", "Township"), "place": true },
            { "id": "village", "name": t("村", "Village"), "place": true },
            { "id": "group", "name": t("组", "Group"), "place": true },
        ],
        "unit_kind": [
            kind("county", "县", "county", None, false, false),
            kind("county-centre", "县中心", "county", Some("county"), true, true),
            kind("township", "乡镇", "township", Some("county"), false, false),
            kind("township-office", "乡镇办公室", "township", Some("township"), true, false),
            kind("village", "村", "village", Some("township"), false, false),
            kind("group", "组", "group", Some("village"), false, false),
        ],
        "channel": [], "class": [], "track": [], "limit": [], "template": [], "ground": [],
        "extension": { "who": [], "cap": "1h", "times": 0, "before_due": true, "citation": rule, "tag": "local" },
        "pause": { "times": 0, "citation": rule, "tag": "local" },
        "supervision": [],
        "call_back": {
            "after_days": 1, "attempt_days": 1, "window_days": 1, "lapse_days": 1, "lot": { "every": "week", "percent": 0, "least": 0, "fast_percent": 0, "spotless_cases": 0, "spotless_percent": 0 },
            "script": rule, "citation": rule, "tag": "local",
        },
        "satisfaction": [],
        "public_ledger": {
            "open": true, "default": "look", "after_days": 1, "least_for_rates": 1, "intro": rule, "reasons": [],
        },
        "meeting": { "name": rule, "level": "village", "cadence": rule, "steps": [], "rows": 10, "tell_back_days": 30 },
        "visit": {
            "name": rule, "diary": rule, "ledger": rule, "keep_days": 14, "again_months": 12, "late_days": 31,
            "question": [], "citation": rule, "tag": "local",
        },
        "household": { "level": "group", "grid": t("组", "Group") },
        "demo": {
            "county": rule, "code": "520000", "townships": 1, "villages": 1, "groups": 1, "points": 1, "posts": 1,
            "requests": 1, "months": 1, "households": 1, "lon": 107.0, "lat": 27.0, "place_first": [],
            "place_second": [], "place_first_en": [], "place_second_en": [], "surnames": [], "given_names": [],
        },
    });
    // One macro takes only so much.
    value["work"] = json!({
        "name": rule, "wrap_up": rule, "pairings": [], "group": [], "effect": [], "citation": rule, "tag": "local",
    });
    // Written here and nowhere else, so a fault in it is a fault of this file.
    serde_json::from_value(value).expect("the small pack reads")
}
