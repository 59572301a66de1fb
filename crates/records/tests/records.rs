//! Records on both engines: the same upload twice, another content under the same id, corrections, what was known by
//! a day, lists by pages, and what the journal shows.

use db::Tx;
use kernel::{
    AccountId, Actor, DAY, Date, Error, HouseholdId, MINUTE, RecordId, Result, Timestamp, UnitId, Uuid,
};
use records::{Listing, NewRecord, Record, Taken, Whose};
use testkit::{World, each_world};

static MIGRATIONS: &[&[db::Migration]] =
    &[journal::MIGRATIONS, access::MIGRATIONS, register::MIGRATIONS, records::MIGRATIONS];

const HOME: HouseholdId = HouseholdId(Uuid::from_u128(0x10));
const ME: AccountId = AccountId(Uuid::from_u128(0x20));
const UNIT: UnitId = UnitId(Uuid::from_u128(0x30));

fn day(d: i8) -> Date {
    Date::new(2026, 11, d).expect("a day")
}

fn new(world: &World, on: Date) -> NewRecord {
    NewRecord {
        id: RecordId::new(world.site.now(), &*world.site.chance),
        kind: "visit",
        household: HOME,
        path: "/9/901/90101/".into(),
        account: ME,
        unit: UNIT,
        on,
        device_at: None,
        sent_at: None,
        text: "〔姓名〕家水管漏水".into(),
        data: serde_json::json!({ "family": ["away"] }),
        own: Some("梅长苏家水管漏水".into()),
        content: "梅长苏家水管漏水".into(),
        corrects: None,
    }
}

fn write(world: &World, new: &NewRecord) -> Result<Taken> {
    let (site, new) = (world.site.clone(), new.clone());
    let (actor, at) = (Actor::Staff { account: ME, unit: UNIT }, world.site.now());
    world.site.db.write_now(move |tx| records::confirm(tx, &site, &actor, at, &new))
}

fn read<T: Send + 'static>(
    world: &World,
    look: impl Fn(&mut dyn Tx) -> Result<T> + Send + Sync + 'static,
) -> T {
    world.site.db.read_now(look).expect("a look")
}

fn listed(world: &World, asked: Listing) -> Vec<Record> {
    read(world, move |tx| records::list(tx, &asked))
}

fn ids(all: &[Record]) -> Vec<RecordId> {
    all.iter().map(|r| r.id).collect()
}

fn sound(world: &World) {
    let faults = read(world, |tx| {
        let mut report = journal::verify(tx, &|_| {})?;
        journal::verify_ends(tx, records::ENDS, &mut report)?;
        Ok(format!("{:?}", report.faults))
    });
    assert_eq!(faults, "[]");
}

#[tokio::test]
async fn the_same_upload_twice_is_one_record_and_another_content_is_refused() {
    each_world("county", MIGRATIONS, |world| async move {
        let first = new(&world, day(17));
        assert_eq!(write(&world, &first).unwrap(), Taken::New);
        assert_eq!(write(&world, &first).unwrap(), Taken::Again);
        let other = NewRecord { content: "别的话".into(), ..first.clone() };
        let refused = write(&world, &other);
        assert!(matches!(refused, Err(Error::Refused { code: "record-differs", .. })), "{refused:?}");
        let stranger = NewRecord { account: AccountId(Uuid::from_u128(0x21)), ..first.clone() };
        assert!(write(&world, &stranger).is_err(), "nobody else's upload is the same");
        let all = listed(&world, Listing::new(Whose::Household(HOME), "visit", 10));
        assert_eq!(ids(&all), [first.id]);
        assert!(!all[0].text.contains("梅长苏"));
        let (id, site) = (first.id, world.site.clone());
        let own = read(&world, move |tx| records::own_words(tx, &site.keyring, id));
        assert_eq!(own.as_deref(), Some("梅长苏家水管漏水"));
        sound(&world);
    })
    .await;
}

#[tokio::test]
async fn a_correction_is_a_record_of_its_own_and_yesterday_stays_as_it_was_known() {
    each_world("county", MIGRATIONS, |world| async move {
        let wrong = new(&world, day(16));
        write(&world, &wrong).unwrap();
        let yesterday = world.site.today();
        world.clock.advance(DAY);
        let right = NewRecord { corrects: Some(wrong.id), content: "改过".into(), ..new(&world, day(15)) };
        write(&world, &right).unwrap();
        let now = Listing::new(Whose::Household(HOME), "visit", 10);
        assert_eq!(ids(&listed(&world, now.clone())), [right.id]);
        let then = Listing { known: Some(records::as_of(world.site.zone, yesterday)), ..now };
        assert_eq!(ids(&listed(&world, then)), [wrong.id]);
        let id = wrong.id;
        let old = read(&world, move |tx| records::by_id(tx, id)).expect("it is still there");
        assert_eq!((old.on, old.superseded_at.is_some()), (day(16), true));
        // What was corrected once is corrected through the latest.
        let twice = NewRecord { corrects: Some(wrong.id), content: "又改".into(), ..new(&world, day(14)) };
        assert!(matches!(write(&world, &twice), Err(Error::Refused { code: "record-corrected", .. })));
        let elsewhere = HouseholdId(Uuid::from_u128(0x11));
        let stray = NewRecord { corrects: Some(right.id), household: elsewhere, ..new(&world, day(14)) };
        assert!(matches!(write(&world, &stray), Err(Error::NotFound)));
        sound(&world);
    })
    .await;
}

#[tokio::test]
async fn of_a_forgotten_record_nobody_can_test_what_it_said_and_sending_it_once_more_changes_nothing() {
    each_world("county", MIGRATIONS, |world| async move {
        static SALTS: db::Stmt = db::Stmt::new("salts", "SELECT salt FROM records ORDER BY ord");
        let salts = || read(&world, |tx| tx.query_map(&SALTS, &[], |r| r.get::<Vec<u8>>(0)));
        let first = new(&world, day(17));
        write(&world, &first).unwrap();
        assert_eq!(salts().iter().map(Vec::len).collect::<Vec<_>>(), [16]);
        let (id, at) = (first.id, world.site.now());
        let gone = world.site.db.write_now(move |tx| {
            let record = records::by_id(tx, id)?.ok_or(Error::NotFound)?;
            let left = records::Left { text: "走访".into(), data: serde_json::json!({}) };
            records::forget(tx, &Actor::System, at, &record, &left)
        });
        gone.expect("forgotten");
        assert_eq!(salts(), [Vec::<u8>::new()]);
        assert_eq!(write(&world, &first).unwrap(), Taken::Again);
        let stranger = NewRecord { account: AccountId(Uuid::from_u128(0x21)), ..first.clone() };
        assert!(write(&world, &stranger).is_err(), "nobody else's upload is the same");
        let known = read(&world, move |tx| records::by_id(tx, id)).expect("it is still there");
        assert_eq!((known.text.as_str(), known.forgotten_at), ("走访", Some(at)));
        sound(&world);
    })
    .await;
}

#[tokio::test]
async fn both_clocks_are_kept_and_how_far_the_phones_was_off() {
    each_world("county", MIGRATIONS, |world| async move {
        let ours = world.site.now();
        // The phone runs two hours ahead: confirmed a day ago, uploaded now.
        let phone = |t: i64| Some(Timestamp(t + 120 * MINUTE));
        let (device_at, sent_at) = (phone(ours.0 - DAY), phone(ours.0));
        let taken = NewRecord { device_at, sent_at, ..new(&world, day(16)) };
        write(&world, &taken).unwrap();
        let id = taken.id;
        let kept = read(&world, move |tx| records::by_id(tx, id)).expect("the record");
        assert_eq!(
            (kept.device_at, kept.received_at, kept.clock_off),
            (device_at, ours, Some(-120 * MINUTE))
        );
        assert_eq!(kept.confirmed_at(), Timestamp(ours.0 - DAY));
        assert!(kept.clock_was_wrong());
    })
    .await;
}

#[tokio::test]
async fn lists_go_by_household_person_and_unit_page_after_page() {
    each_world("county", MIGRATIONS, |world| async move {
        for n in 0..7u128 {
            let mut one = new(&world, day(10 + (n % 3) as i8));
            one.household = HouseholdId(Uuid::from_u128(0x100 + n % 2));
            one.path = if n % 2 == 0 { "/9/901/90101/".into() } else { "/9/902/90201/".into() };
            write(&world, &one).unwrap();
            world.clock.advance(MINUTE);
        }
        let count = |whose: Whose| listed(&world, Listing::new(whose, "visit", 100)).len();
        assert_eq!(count(Whose::Account(ME)), 7);
        assert_eq!(count(Whose::Unit("/9/".into())), 7);
        assert_eq!(count(Whose::Unit("/9/901/".into())), 4);
        assert_eq!(count(Whose::Unit("/9/902/90201/".into())), 3);
        assert_eq!(count(Whose::Unit("/9/90/".into())), 0, "a beginning of a code is no unit");
        assert_eq!(count(Whose::Household(HouseholdId(Uuid::from_u128(0x101)))), 3);
        // Pages of two give the same as one of all, in the same order.
        let mut asked = Listing::new(Whose::Unit("/9/".into()), "visit", 2);
        let mut paged = Vec::new();
        loop {
            let page = listed(&world, asked.clone());
            let Some(last) = page.last() else { break };
            asked.after = Some(last.cursor());
            paged.extend(ids(&page));
        }
        let whole = listed(&world, Listing::new(Whose::Unit("/9/".into()), "visit", 100));
        assert_eq!(paged, ids(&whole));
        assert!(whole.windows(2).all(|w| (w[0].on, w[0].id) > (w[1].on, w[1].id)));
        let mut within = Listing::new(Whose::Account(ME), "visit", 9);
        (within.from, within.to) = (Some(day(11)), Some(day(11)));
        assert_eq!(listed(&world, within).iter().filter(|r| r.on == day(11)).count(), 2);
        let since = read(&world, |tx| records::latest_by(tx, ME, "visit", day(1)));
        assert_eq!(since.len(), 2);
        assert!(since.iter().all(|(_, on)| *on >= day(11)));
        sound(&world);
    })
    .await;
}

#[tokio::test]
async fn every_statement_is_understood_by_both_engines() {
    each_world("county", MIGRATIONS, |world| async move {
        let known = read(&world, |tx| {
            records::statements().into_iter().try_for_each(|s| tx.prepare(s))?;
            Ok(records::statements().len())
        });
        assert!(known >= 7);
    })
    .await;
}
