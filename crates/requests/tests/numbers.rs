//! The numbers of requests: series of units, none of which is another's.

use access::accounts::Act;
use kernel::{Actor, Text, UnitId};
use register::NewUnit;
use requests::register::{NewRequest, register};
use testkit::{World, each_world};

static MIGRATIONS: &[&[db::Migration]] = &[
    journal::MIGRATIONS,
    access::MIGRATIONS,
    register::MIGRATIONS,
    notify::MIGRATIONS,
    files::MIGRATIONS,
    requests::MIGRATIONS,
];

async fn unit(world: &World, code: &str, kind: &str, parent: UnitId) -> UnitId {
    let site = world.site.clone();
    let new = NewUnit {
        code: code.to_owned(),
        name: Text::new(code, code),
        level: "township".into(),
        kind: kind.to_owned(),
        parent: Some(parent),
        from: Some(site.today()),
        basis: "test".into(),
        serves_above: register::serves_above(&site.pack, kind),
        ..NewUnit::default()
    };
    let id = UnitId::new(site.now(), &*site.chance);
    let act = Act { actor: Actor::System, at: site.now() };
    site.db.write(move |tx| register::add_in(tx, id, &new, &act).map(drop)).await.expect("a unit");
    register::load(&site).await.expect("the units are read");
    id
}

async fn asked(world: &World, place: UnitId) -> String {
    let ctx = world.public();
    let mut new = NewRequest::new(&ctx, "web");
    new.body = "村口的涵洞堵了，一下雨就淹路。".into();
    new.place = Some(place);
    new.person.phone = Some("13800001234".into());
    ctx.write(move |tx, ctx| register(tx, ctx, &new)).await.expect("it is registered").number
}

#[tokio::test]
async fn two_townships_whose_codes_begin_alike_have_series_of_their_own() {
    each_world("county", MIGRATIONS, |world| async move {
        let root = world.unit("9");
        let mut series = Vec::new();
        for code in ["Shuangjing-North", "Shuangjing-South"] {
            let town = unit(&world, code, "township", root).await;
            unit(&world, &format!("{code}-hall"), "township-hall", town).await;
            let (first, second) = (asked(&world, town).await, asked(&world, town).await);
            let (letters, n) = first.split_once('-').expect("letters, year, number");
            assert_eq!(n, "2026-00001", "each series begins with one");
            assert_eq!(second, format!("{letters}-2026-00002"));
            series.push(letters.to_owned());
        }
        assert_ne!(series[0], series[1]);
        // What began keeps its letters.
        assert_eq!(asked(&world, world.unit("Shuangjing-North")).await, format!("{}-2026-00003", series[0]));
    })
    .await;
}
