//! A household and whoever is paired with it, over HTTP.

use access::accounts::Act;
use access::identity::NewPerson;
use db::params;
use kernel::{AccountId, Actor, Role, Uuid};
use liaison::visits::{self, photos};
use records::{Listing, Record, Whose};
use register::households::{self, Household, NewMember, Relation};
use testkit::{Client, World};

db::statements! {
    PAIR = "INSERT INTO pairings (id, kind, account_id, household_id, path, from_date, basis, recorded_at) \
        VALUES ($1, 'liaison', $2, $3, $4, '2026-01-01', 'test', $5)";
    PART = "UPDATE pairings SET to_date = $2 WHERE household_id = $1";
}

/// What a camera writes into a picture.
pub const TRACE: &[u8] = b"Exif\0\0GPS 27.1234 N 107.5678 E";

/// A picture as a camera makes it: its place and its maker stand in it.
pub fn picture(colour: u8) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(640, 480, |x, y| image::Rgb([x as u8, y as u8, colour]));
    picture.write_to(&mut out, image::ImageFormat::Jpeg).expect("a picture");
    let plain = out.into_inner();
    let length = (TRACE.len() as u16 + 2).to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &length, TRACE, &plain[2..]].concat()
}

/// A household, somebody of another office who is paired with it, and everybody of the county.
pub struct Home {
    pub world: World,
    pub home: Household,
    pub me: AccountId,
}

pub fn home(world: World) -> Home {
    let (unit, me) = (world.unit("9010101"), world.account(world.unit("9010101"), Role::Officer));
    let (site, at) = (world.site.clone(), world.site.now());
    let made = world.site.db.write_now(move |tx| {
        let who = NewPerson { name: Some("梅长苏".into()), ..NewPerson::default() };
        let head = NewMember { relation: Relation::Head, who, from: None };
        let new = crate::common::household(unit, vec![head], Vec::new());
        let made = households::add_in(tx, &site, &new, &Act { actor: Actor::System, at })?;
        let mut id = [0u8; 16];
        site.chance.fill(&mut id);
        tx.execute(&PAIR, &params![Uuid::from_bytes(id), me, made.id, made.path.as_str(), at])?;
        Ok(made)
    });
    // As the program is put together.
    world.site.kept.get::<requests::led::Led>().by(visits::FROM_CARD);
    Home { home: made.expect("a household"), world, me }
}

impl Home {
    pub async fn staff(&self, role: Role, unit: &str) -> Client {
        let routes = liaison::routes().merge(requests::routes()).merge(access::routes()).merge(web::router());
        let mut client = Client::new(access::frame(routes, self.world.site.clone()));
        let login = format!("{}.{unit}", role.key());
        let fields = [("login", login.as_str()), ("password", "lianxin-test")];
        let inside = client.submit("/sign-in", "/sign-in", &fields).await;
        assert_ne!(inside.path, "/sign-in", "{login}: {}", inside.text());
        client
    }

    pub async fn me(&self) -> Client {
        self.staff(Role::Officer, "9010101").await
    }

    pub fn form(&self) -> String {
        format!("/visits/new?household={}", self.home.id)
    }

    /// The page on which the visits of the household are read.
    pub fn page(&self) -> String {
        format!("/visits/households/{}", self.home.code)
    }

    pub fn visits(&self) -> Vec<Record> {
        let list = Listing::new(Whose::Household(self.home.id), visits::KIND, 9);
        self.world.site.db.read_now(move |tx| records::list(tx, &list)).expect("records")
    }

    /// How many pictures stand with a visit.
    pub fn kept(&self, visit: &Record) -> usize {
        let visit = visit.clone();
        self.world.site.db.read_now(move |tx| photos::of(tx, &visit, None)).expect("pictures").len()
    }

    /// From this day on nobody is paired with it.
    pub fn parted(&self, day: &str) {
        let (id, day) = (self.home.id, day.to_owned());
        let done = self.world.site.db.write_now(move |tx| tx.execute(&PART, &params![id, day.as_str()]));
        done.expect("parted");
    }
}
