//! Households for stories, and whoever keeps in touch with them.

use crate::house::House;
use access::accounts::Act;
use access::identity::NewPerson;
use kernel::{Actor, Date, PairingId, Role};
use liaison::pair::{NewPairing, pair};
use register::households::{self, Household, NewHousehold, NewMember, Relation};
use testkit::Client;

/// The name of whoever is at the head of a household of a story.
pub const HEAD: &str = "赵德旺";
/// Their telephone number.
pub const HEAD_PHONE: &str = "13800005678";

/// A household in the grid with this code, looked after by the holder of `role` in `unit`.
pub fn home(house: &House, grid: &str, role: Role, unit: &str) -> Household {
    home_at(house, grid, None, role, unit)
}

/// The same at a place: degrees east and north.
pub fn home_at(house: &House, grid: &str, place: Option<(f64, f64)>, role: Role, unit: &str) -> Household {
    let world = &house.world;
    let (site, at, grid) = (world.site.clone(), world.site.now(), world.unit(grid));
    let made = world
        .site
        .db
        .write_now(move |tx| {
            let who = NewPerson {
                name: Some(HEAD.into()),
                phone: Some(HEAD_PHONE.into()),
                address: Some("一组 3 号".into()),
                ..NewPerson::default()
            };
            let new = NewHousehold {
                id: None,
                unit: grid,
                code: None,
                place,
                persons: Some(3),
                from: Date::constant(2021, 3, 1),
                basis: "户口簿".into(),
                people: vec![NewMember { relation: Relation::Head, who, from: None }],
                tags: Vec::new(),
            };
            households::add_in(tx, &site, &new, &Act { actor: Actor::System, at })
        })
        .expect("a household");
    look_after(house, &made, role, unit);
    made
}

/// From today the holder of `role` in `unit` looks after this household as well, by the first kind of pairing that
/// their post may take on and nobody has yet.
pub fn look_after(house: &House, home: &Household, role: Role, unit: &str) {
    let world = &house.world;
    let (household, at) = (home.id, world.site.now());
    let account = world.account(world.unit(unit), role);
    let kinds: Vec<String> =
        world.site.pack.pairings.iter().filter(|k| k.only.is_empty()).map(|k| k.id.clone()).collect();
    let ctx = world.staff(world.office("9", "county-centre"), Role::Supervisor);
    let paired = kinds.into_iter().any(|kind| {
        let new = NewPairing {
            id: PairingId::new(at, &*world.site.chance),
            kind,
            account,
            household,
            from: world.site.today(),
            basis: "结对名册".into(),
        };
        let ctx = ctx.clone();
        world.site.db.write_now(move |tx| pair(tx, &ctx, &new)).is_ok()
    });
    assert!(paired, "{} of {unit} may look after nobody", role.key());
}

/// What a family of a story wishes to reach.
pub const WISH: &str = "想把核桃园管好";
/// What was done for it.
pub const HELPED: &str = "请技术员来教了一上午";
/// What a check asks for.
pub const ASKED: &str = "下个月把苗木款落实";

/// A plan, help and a check of the pairing between a household and the holder of `role` in `unit`.
pub fn planned(house: &House, home: &Household, role: Role, unit: &str) {
    use liaison::work::{self, Check, Help, ItemStanding, ItemState, Plan, PlanItem};
    let world = &house.world;
    let (site, at, today) = (&world.site, world.site.now(), world.site.today());
    let me = world.staff(house.unit(unit).0.parse().expect("an id"), role);
    let id = || kernel::RecordId::new(at, &*site.chance);
    let kind = site.pack.work.pairings.first().expect("a kind").clone();
    let items: Vec<String> = site.pack.work.items().map(|i| i.id.clone()).take(2).collect();
    let plan = Plan {
        id: id(),
        household: home.id,
        kind: kind.clone(),
        year: today.year(),
        on: today,
        wish: WISH.into(),
        items: items.iter().map(|i| PlanItem { item: i.clone(), text: String::new(), by: today }).collect(),
        corrects: None,
    };
    let help = Help {
        id: id(),
        household: home.id,
        kind: kind.clone(),
        on: today,
        item: Some(items[0].clone()),
        effect: "done".into(),
        text: HELPED.into(),
        visit: None,
        corrects: None,
    };
    let check = Check {
        id: id(),
        household: home.id,
        kind,
        year: today.year(),
        on: today,
        items: vec![ItemStanding { item: items[0].clone(), state: ItemState::Done }],
        ask: ASKED.into(),
        word: String::new(),
    };
    let above = world.staff(world.office("901", "township-hall"), Role::Supervisor);
    let done = site.db.write_now(move |tx| {
        work::plan(tx, &me, &plan)?;
        work::help(tx, &me, &help)?;
        work::check(tx, &above, &check)
    });
    done.expect("planned");
}

/// A visit at the household by the holder of `role` in `unit`, with a picture; gives back the picture's id.
pub fn pictured(house: &House, home: &Household, role: Role, unit: &str) -> String {
    use liaison::visits::{Visit, confirm, photos};
    let (site, household) = (house.world.site.clone(), home.id);
    let me = house.world.staff(house.unit(unit).0.parse().expect("an id"), role);
    let visit = Visit {
        id: kernel::RecordId::new(site.now(), &*site.chance),
        household,
        on: site.today(),
        device_at: None,
        seen_at: None,
        answers: Vec::new(),
        promises: Vec::new(),
        promised: Vec::new(),
        needs: Vec::new(),
        helped: Vec::new(),
        corrects: None,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(60, 40, |x, y| image::Rgb([x as u8 * 4, y as u8 * 6, 90]));
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("a picture");
    let store = files::Store::new(&site.dir, site.chance.clone());
    let file = store.prepare(bytes.get_ref(), "a.jpg", &files::Limits::default(), site.now()).expect("kept");
    let id = kernel::AttachmentId::new(site.now(), &*site.chance);
    let done = site.db.write_now(move |tx| {
        confirm(tx, &me, &visit, None)?;
        let record = records::by_id(tx, visit.id)?.expect("the visit");
        photos::add(tx, &me, &record, id, &file)
    });
    done.expect("a picture with a visit");
    id.to_string()
}

/// What a phone without network sends when it is back: with its session and the token it was given.
pub async fn uploads(client: &mut Client, csrf: &str, body: &serde_json::Value) -> serde_json::Value {
    let answer = client.json("/api/liaison/visits", csrf, body.to_string()).await.expect(200);
    serde_json::from_str(&answer.body).expect("JSON")
}
