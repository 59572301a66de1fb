//! Who looks after whom, on both engines: pairing, handing over, being seen, counters, proposals.

mod common;

use common::MIGRATIONS;
use db::Tx;
use kernel::{AccountId, DAY, Date, Error, HouseholdId, PairingId, RecordId, Result, Role, Uuid};
use liaison::hand_over::{HandOver, hand_over};
use liaison::pair::{NewPairing, pair};
use liaison::{end, propose, read, seen, standing, tally};
use register::households::{self, NewHousehold, NewTag};
use requests::Ctx;
use rules::obligation::Standing;
use testkit::World;

const GROUP: &str = "9010101";

fn d(text: &str) -> Date {
    text.parse().expect("a date")
}

/// `many` households in a group, the first so many in hardship.
fn settle(tx: &mut dyn Tx, ctx: &Ctx, code: &str, many: usize, hardship: usize) -> Result<Vec<HouseholdId>> {
    let act = access::accounts::Act { actor: ctx.scope.actor.clone(), at: ctx.at };
    let unit = ctx.dir.by_code(code).expect("a group").id;
    (0..many)
        .map(|n| {
            let tag = NewTag {
                tag: "hardship".into(),
                person: None,
                from: d("2024-03-01"),
                to: None,
                basis: "评议".into(),
                note: None,
            };
            let tags = if n < hardship { vec![tag] } else { Vec::new() };
            let new = common::household(unit, Vec::new(), tags);
            let new = NewHousehold { persons: Some(3), from: d("2023-01-01"), ..new };
            Ok(households::add_in(tx, &ctx.site, &new, &act)?.id)
        })
        .collect()
}

fn new(ctx: &Ctx, account: AccountId, household: HouseholdId, from: &str) -> NewPairing {
    NewPairing {
        id: PairingId::new(ctx.at, &*ctx.site.chance),
        kind: "liaison".into(),
        account,
        household,
        from: d(from),
        basis: "分工会".into(),
    }
}

fn lead(world: &World) -> Ctx {
    world.staff(world.office("901", "township-hall"), Role::Supervisor)
}

fn cadre(world: &World, village: &str) -> AccountId {
    world.account(world.unit(village), Role::Liaison)
}

fn record(ctx: &Ctx) -> RecordId {
    RecordId::new(ctx.at, &*ctx.site.chance)
}

fn refused(e: &Error) -> &'static str {
    match e {
        Error::Refused { code, .. } => code,
        _ => "",
    }
}

async fn whole(world: &World) {
    let drifts = Ctx::system(&world.site).read(|tx, ctx| tally::recount(tx, &ctx.site, false)).await;
    assert_eq!(drifts.expect("a recount"), [], "the counters say something else");
}

#[tokio::test]
async fn a_household_is_paired_handed_over_and_let_go_and_the_past_stays() {
    testkit::each_world("county", MIGRATIONS, |world| async move {
        let ctx = lead(&world);
        let (wang, li) = (cadre(&world, "90101"), cadre(&world, "90102"));
        let homes = ctx.write(|tx, ctx| settle(tx, ctx, GROUP, 2, 0)).await.expect("households");
        let (first, second) = (homes[0], homes[1]);
        let a = ctx
            .write(move |tx, ctx| pair(tx, ctx, &new(ctx, wang, first, "2026-01-10")))
            .await
            .expect("paired");
        let again = ctx.write(move |tx, ctx| pair(tx, ctx, &new(ctx, li, first, "2026-02-01"))).await;
        assert_eq!(refused(&again.expect_err("somebody is there")), "taken");
        // On the day of the hand-over it is the new one's, the day before the old one's.
        let over = HandOver {
            pairing: a,
            id: PairingId::new(ctx.at, &*ctx.site.chance),
            to: li,
            on: d("2026-05-01"),
            basis: "驻村调整".into(),
        };
        let handed = over.clone();
        ctx.write(move |tx, ctx| hand_over(tx, ctx, &handed)).await.expect("handed over");
        let same =
            HandOver { pairing: over.id, id: PairingId::new(ctx.at, &*ctx.site.chance), ..over.clone() };
        let same = ctx.write(move |tx, ctx| hand_over(tx, ctx, &same)).await;
        assert_eq!(refused(&same.expect_err("the same person")), "same-person");
        let holder = |on: &'static str| {
            let ctx = ctx.clone();
            async move {
                let held = ctx.read(move |tx, _| read::of_household(tx, first, d(on))).await.expect("a look");
                held.into_iter().map(|p| p.account).collect::<Vec<_>>()
            }
        };
        assert_eq!(holder("2026-01-09").await, []);
        assert_eq!(holder("2026-01-10").await, [wang]);
        assert_eq!(holder("2026-04-30").await, [wang]);
        assert_eq!(holder("2026-05-01").await, [li]);
        ctx.write(move |tx, ctx| end::end(tx, ctx, over.id, d("2026-06-01"), "搬走")).await.expect("ended");
        let twice = ctx.write(move |tx, ctx| end::end(tx, ctx, over.id, d("2026-06-01"), "搬走")).await;
        assert_eq!(refused(&twice.expect_err("it has ended")), "ended-already");
        assert_eq!(holder("2026-06-01").await, []);
        let history = ctx.read(move |tx, _| read::history(tx, first)).await.expect("a history");
        assert_eq!(history.len(), 2);
        assert_eq!(history[0].ended_basis.as_deref(), Some("驻村调整"));
        // Another township's lead cannot, and nobody of another township can be given it.
        let other = world.staff(world.office("902", "township-hall"), Role::Supervisor);
        let theirs = other.write(move |tx, ctx| pair(tx, ctx, &new(ctx, wang, second, "2026-01-10"))).await;
        assert!(matches!(theirs, Err(Error::NotFound)));
        let far = cadre(&world, "90201");
        let far = ctx.write(move |tx, ctx| pair(tx, ctx, &new(ctx, far, second, "2026-01-10"))).await;
        assert_eq!(refused(&far.expect_err("beyond the border")), "may-not-hold");
        let clerk = world.account(world.unit("90101"), Role::Clerk);
        let clerk = ctx.write(move |tx, ctx| pair(tx, ctx, &new(ctx, clerk, second, "2026-01-10"))).await;
        assert_eq!(refused(&clerk.expect_err("a clerk has no such post")), "may-not-hold");
    })
    .await;
}

#[tokio::test]
async fn the_quota_holds_at_thirty() {
    testkit::each_world("county", MIGRATIONS, |world| async move {
        let ctx = lead(&world);
        let wang = cadre(&world, "90101");
        let homes = ctx.write(|tx, ctx| settle(tx, ctx, GROUP, 31, 0)).await.expect("households");
        for (n, home) in homes.into_iter().enumerate() {
            let done = ctx.write(move |tx, ctx| pair(tx, ctx, &new(ctx, wang, home, "2026-01-10"))).await;
            match done {
                Ok(_) => assert!(n < 30, "{n}"),
                Err(e) => assert_eq!((n, refused(&e)), (30, "quota")),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn visits_make_it_true_and_the_counters_follow_in_the_same_transaction() {
    testkit::each_world("county", MIGRATIONS, |world| async move {
        let ctx = lead(&world);
        let wang = cadre(&world, "90101");
        let homes = ctx.write(|tx, ctx| settle(tx, ctx, GROUP, 3, 1)).await.expect("households");
        let (poor, second) = (homes[0], homes[1]);
        for home in homes.clone() {
            ctx.write(move |tx, ctx| pair(tx, ctx, &new(ctx, wang, home, "2026-01-10")))
                .await
                .expect("paired");
        }
        assert!(ctx.write(|tx, ctx| tally::open(tx, &ctx.site)).await.expect("opened"));
        assert!(!ctx.write(|tx, ctx| tally::open(tx, &ctx.site)).await.expect("opened before"));
        let numbers = |obligation: &'static str, period: &'static str| {
            let ctx = ctx.clone();
            async move {
                let rows =
                    ctx.read(move |tx, _| tally::read(tx, obligation, period, "/9/")).await.expect("numbers");
                let rows = rows.expect("counted");
                (rows.iter().map(|r| r.1).sum::<i64>(), rows.iter().map(|r| r.2).sum::<i64>())
            }
        };
        assert_eq!(numbers("quarterly", "2026-Q4").await, (2, 0));
        assert_eq!(numbers("hardship-monthly", "2026-11").await, (1, 0));
        // Somebody else's visit is none of a pairing.
        let li = cadre(&world, "90102");
        let none = ctx
            .write(move |tx, ctx| seen::seen(tx, &ctx.site, poor, li, d("2026-11-16"), record(ctx)))
            .await
            .expect("noted");
        assert_eq!(none, Vec::<String>::new());
        assert_eq!(numbers("hardship-monthly", "2026-11").await, (1, 0));
        let id = record(&ctx);
        for _ in 0..2 {
            let kinds = ctx
                .write(move |tx, ctx| seen::seen(tx, &ctx.site, poor, wang, d("2026-11-16"), id))
                .await
                .expect("seen");
            assert_eq!(kinds, ["liaison"]);
            assert_eq!(numbers("hardship-monthly", "2026-11").await, (1, 1));
        }
        ctx.write(move |tx, ctx| {
            seen::seen(tx, &ctx.site, second, wang, d("2026-10-01"), record(ctx)).map(drop)
        })
        .await
        .expect("seen");
        assert_eq!(numbers("quarterly", "2026-Q4").await, (2, 1));
        whole(&world).await;
        // What is due for whom looks after them: the third until the end of the quarter.
        let mine = ctx
            .read(move |tx, ctx| standing::mine(tx, &ctx.site.pack, wang, ctx.today()))
            .await
            .expect("mine");
        assert_eq!(mine.iter().filter_map(|h| h.due()).collect::<Vec<_>>(), [d("2026-12-31")]);
        assert_eq!(mine.len(), 3);
        let last: Vec<Option<Date>> = mine.iter().map(|h| h.last).collect();
        assert!(last.contains(&Some(d("2026-11-16"))) && last.contains(&Some(d("2026-10-01"))));
        // A correction takes it back.
        ctx.write(move |tx, ctx| seen::unseen(tx, &ctx.site, poor, id)).await.expect("taken back");
        assert_eq!(numbers("hardship-monthly", "2026-11").await, (1, 0));
        whole(&world).await;
        // The list behind the number, counted and not counted periods alike.
        for (asked, month) in [("2026-11-17", "2026-11"), ("2026-10-20", "2026-10")] {
            let open = ctx
                .read(move |tx, ctx| {
                    let pack = &ctx.site.pack;
                    let duty = pack.obligation("hardship-monthly").expect("one");
                    let period = duty.window.from_key(month).expect("a month");
                    standing::list(
                        tx,
                        pack,
                        duty,
                        period,
                        "/9/901/",
                        d(asked),
                        standing::Which::Open,
                        None,
                        10,
                    )
                })
                .await
                .expect("a list");
            assert_eq!(open.iter().map(|e| e.household).collect::<Vec<_>>(), [poor], "{month}");
            assert!(matches!(open[0].standing, Standing::Due { .. }));
        }
        // A tag that is taken away changes what is owed; the counters follow where the act says so.
        ctx.write(move |tx, ctx| {
            let act = access::accounts::Act { actor: ctx.scope.actor.clone(), at: ctx.at };
            let household = households::get(tx, poor)?.ok_or(Error::NotFound)?;
            let tag = households::tags(tx, poor, ctx.today())?.remove(0);
            let site = ctx.site.clone();
            tally::around(tx, &ctx.site, poor, move |tx| {
                households::untag_in(tx, &site, &household, tag.id, Some(d("2026-11-10")), "核查", &act)
            })
        })
        .await
        .expect("untagged");
        assert_eq!(numbers("hardship-monthly", "2026-11").await, (0, 0));
        assert_eq!(numbers("quarterly", "2026-Q4").await, (3, 1));
        whole(&world).await;
        // In the next quarter everything begins anew, without anything being made.
        world.clock.advance(60 * DAY);
        let ctx = lead(&world);
        ctx.write(|tx, ctx| tally::open(tx, &ctx.site)).await.expect("opened");
        let next = ctx.read(|tx, _| tally::read(tx, "quarterly", "2027-Q1", "/9/")).await.expect("numbers");
        assert_eq!(next, Some(vec![("/9/901/90101/9010101/".into(), 3, 0)]));
        whole(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_proposal_covers_everybody_changes_nothing_until_applied_and_passes_over_what_has_changed() {
    testkit::each_world("county", MIGRATIONS, |world| async move {
        let ctx = lead(&world);
        let wang = cadre(&world, "90101");
        let homes = ctx.write(|tx, ctx| settle(tx, ctx, GROUP, 40, 4)).await.expect("households");
        let far = ctx.write(|tx, ctx| settle(tx, ctx, "9010201", 5, 0)).await.expect("households");
        let (kept, changed) = (homes[0], homes[7]);
        ctx.write(move |tx, ctx| pair(tx, ctx, &new(ctx, wang, kept, "2026-01-10"))).await.expect("paired");
        let id = Uuid::from_u128(77);
        let made = ctx
            .write(move |tx, ctx| propose::make(tx, ctx, id, "liaison", "/9/901/"))
            .await
            .expect("a proposal");
        assert_eq!((made.homes, made.kept, made.added, made.moved, made.without), (45, 1, 44, 0, 0));
        let held = |on: &Ctx| {
            let ctx = on.clone();
            async move {
                ctx.read(move |tx, ctx| read::of_account(tx, wang, ctx.today())).await.expect("mine").len()
            }
        };
        assert_eq!(held(&ctx).await, 1, "a proposal changes nothing");
        // Meanwhile somebody takes one of them on.
        let lin = world.account(world.unit("90102"), Role::Officer);
        ctx.write(move |tx, ctx| pair(tx, ctx, &new(ctx, lin, changed, "2026-11-16"))).await.expect("paired");
        let mut made = (0, 0);
        loop {
            let round = ctx.write(move |tx, ctx| propose::apply(tx, ctx, id, 20)).await.expect("applied");
            made = (made.0 + round.made, made.1 + round.stale);
            if !round.more {
                break;
            }
        }
        assert_eq!(made, (43, 1));
        let everybody = [homes, far].concat();
        let today = ctx.today();
        for home in everybody {
            let held = ctx.read(move |tx, _| read::of_household(tx, home, today)).await.expect("a look");
            assert_eq!(held.len(), 1);
        }
        // A second proposal finds nothing to do.
        let again = Uuid::from_u128(78);
        let again = ctx
            .write(move |tx, ctx| propose::make(tx, ctx, again, "liaison", "/9/901/"))
            .await
            .expect("a proposal");
        assert_eq!((again.kept, again.changes(), again.without), (45, 0, 0));
        whole(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_unit_is_judged_with_days_of_grace_as_its_households_are_after_a_hand_over() {
    testkit::each_world("county", MIGRATIONS, |world| async move {
        let ctx = lead(&world);
        let (wang, li) = (cadre(&world, "90101"), cadre(&world, "90102"));
        let homes = ctx.write(|tx, ctx| settle(tx, ctx, GROUP, 2, 2)).await.expect("households");
        let (first, gone) = (homes[0], homes[1]);
        // Late in October somebody else takes over, and another household is let go.
        ctx.write(move |tx, ctx| {
            let over = HandOver {
                pairing: pair(tx, ctx, &new(ctx, wang, first, "2026-01-10"))?,
                id: PairingId::new(ctx.at, &*ctx.site.chance),
                to: li,
                on: d("2026-10-20"),
                basis: "驻村调整".into(),
            };
            hand_over(tx, ctx, &over)?;
            let ended = pair(tx, ctx, &new(ctx, wang, gone, "2026-01-10"))?;
            end::end(tx, ctx, ended, d("2026-10-20"), "驻村调整")?;
            // Nobody came in October; whoever came in its days of grace came for that month.
            seen::seen(tx, &ctx.site, first, li, d("2026-11-03"), record(ctx)).map(drop)
        })
        .await
        .expect("written");
        let mut pack = pack::load("county").expect("a pack");
        let duty = pack.obligations.iter_mut().find(|o| o.id == "hardship-monthly").expect("a duty");
        duty.grace = 7;
        let duty = duty.clone();
        let look = move |tx: &mut dyn Tx, ctx: &Ctx| {
            let today = ctx.today();
            let period = duty.window.at(today).expect("a period");
            let mut unit = Vec::new();
            standing::each(tx, &pack, &duty, period, "/9/901/", today, &mut |home, _, standing| {
                unit.push((home, standing));
                Ok(())
            })?;
            let page = standing::of_household(tx, &pack, first, today)?;
            Ok((unit, page.into_iter().find(|d| d.obligation == duty.id && d.period == period)))
        };
        let (unit, page) = ctx.read(look).await.expect("a look");
        let page = page.expect("a duty").standing;
        assert!(matches!(page, Standing::Due { more: 1, .. }), "{page:?}");
        assert_eq!(unit, [(first, page)]);
    })
    .await;
}
