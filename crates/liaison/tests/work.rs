//! Plans, help and checks on both engines: what is refused and why, what is sealed, what counts for which obligation, and
//! the year as a view, as of any day.

mod common;

use access::accounts::Act;
use access::identity::NewPerson;
use common::MIGRATIONS;
use db::{Tx, params};
use kernel::{AccountId, Actor, DAY, Date, Error, RecordId, Result, Role, Timestamp, Uuid};
use liaison::visits::{self, Helped, Said, Visit};
use liaison::work::{
    self, Check, Help, ItemStanding, ItemState, Of, Plan, PlanItem, Sums, checks_of, helps_of, lines,
    plan_of, plans_before, sums, wrap_up,
};
use liaison::{standing, tally};
use records::Taken;
use register::households::{self, Household, NewHousehold, NewMember, NewTag, Relation};
use requests::Ctx;
use rules::obligation::Standing;
use testkit::{World, each_world};

db::statements! {
    PAIR = "INSERT INTO pairings (id, kind, account_id, household_id, path, from_date, basis, recorded_at) \
        VALUES ($1, $2, $3, $4, $5, $6, 'test', $7)";
    TALLIED = "INSERT INTO work_tally (kind, year, path, due, pairings, planned, visits, promised, kept, items, done) \
        VALUES ($1, $2, $3, '', $4, 0, 0, 0, 0, 0, 0)";
    CLEAR = "SELECT text || data FROM records WHERE text LIKE $1 OR data LIKE $1";
}

const NAME: &str = "梅长苏";
const PACK: &str = "village63";

fn d(text: &str) -> Date {
    text.parse().expect("a day")
}

/// A household in hardship, a member who is paired with it, and the secretary of the village.
struct Home {
    world: World,
    home: Household,
}

fn home(world: World) -> Home {
    let unit = world.unit("9010101");
    let (site, at, account) = (world.site.clone(), world.site.now(), world.account(unit, Role::Liaison));
    let made = world.site.db.write_now(move |tx| {
        let act = Act { actor: Actor::System, at };
        let who = NewPerson { name: Some(NAME.into()), ..NewPerson::default() };
        let from = Date::constant(2021, 3, 1);
        let tag =
            NewTag {
                tag: "hardship".into(), person: None, from, to: None, basis: "评议".into(), note: None
            };
        let head = NewMember { relation: Relation::Head, who, from: None };
        let new = common::household(unit, vec![head], vec![tag]);
        let made = households::add_in(tx, &site, &new, &act)?;
        pair(tx, &site, account, &made)?;
        Ok(made)
    });
    let home = made.expect("a household");
    Home { world, home }
}

fn pair(tx: &mut dyn Tx, site: &access::Site, who: AccountId, home: &Household) -> Result<()> {
    let mut id = [0u8; 16];
    site.chance.fill(&mut id);
    let from = Date::constant(2026, 1, 1);
    let values = params![Uuid::from_bytes(id), "pair", who, home.id, home.path.as_str(), from, site.now()];
    tx.execute(&PAIR, &values).map(drop)
}

impl Home {
    fn as_staff(&self, role: Role, unit: &str) -> Ctx {
        self.world.staff(self.world.unit(unit), role)
    }

    fn member(&self) -> Ctx {
        self.as_staff(Role::Liaison, "9010101")
    }

    fn secretary(&self) -> Ctx {
        self.as_staff(Role::Lead, "90101")
    }

    fn id(&self) -> RecordId {
        RecordId::new(self.world.site.now(), &*self.world.site.chance)
    }

    fn plan(&self, items: &[(&str, &str)]) -> Plan {
        let one =
            |(item, by): &(&str, &str)| PlanItem { item: (*item).into(), text: String::new(), by: d(by) };
        Plan {
            id: self.id(),
            household: self.home.id,
            kind: "pair".into(),
            year: 2026,
            on: self.world.site.today(),
            wish: "核桃多卖一点".into(),
            items: items.iter().map(one).collect(),
            corrects: None,
        }
    }

    fn help(&self, item: &str, effect: &str) -> Help {
        Help {
            id: self.id(),
            household: self.home.id,
            kind: "pair".into(),
            on: self.world.site.today(),
            item: Some(item.into()),
            effect: effect.into(),
            text: "教了修枝".into(),
            visit: None,
            corrects: None,
        }
    }

    fn check(&self) -> Check {
        Check {
            id: self.id(),
            household: self.home.id,
            kind: "pair".into(),
            year: 2026,
            on: self.world.site.today(),
            items: vec![ItemStanding { item: "skill".into(), state: ItemState::Going }],
            ask: "下个月办成".into(),
            word: String::new(),
        }
    }

    async fn plans(&self, plan: &Plan) -> Result<Taken> {
        let plan = plan.clone();
        self.member().write(move |tx, ctx| work::plan(tx, ctx, &plan)).await
    }

    async fn helps(&self, help: &Help) -> Result<Taken> {
        let help = help.clone();
        self.member().write(move |tx, ctx| work::help(tx, ctx, &help)).await
    }

    async fn checks(&self, by: Ctx, check: &Check) -> Result<Taken> {
        let check = check.clone();
        by.write(move |tx, ctx| work::check(tx, ctx, &check)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut dyn Tx, &Ctx) -> Result<T> + Send + Sync + 'static,
    ) -> T {
        self.member().read(look).await.expect("a look")
    }

    /// Counts from here on.
    fn count(&self) {
        let site = self.world.site.clone();
        self.world.site.db.write_now(move |tx| tally::open(tx, &site)).expect("opened");
    }

    /// Nothing drifts: the counters say what is computed.
    async fn counted(&self) {
        let site = self.world.site.clone();
        let drift = self.world.site.db.write(move |tx| tally::recount(tx, &site, false)).await;
        assert_eq!(drift.expect("a count"), []);
    }
}

fn refused(error: &Error) -> &'static str {
    match error {
        Error::Refused { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

fn fields(error: Error) -> Vec<String> {
    match error {
        Error::Invalid(all) => all.into_iter().map(|f| f.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_plan_is_made_once_revised_by_naming_the_former_and_sealed_where_it_names_the_family() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        let mut first = h.plan(&[("skill", "2026-12-31"), ("care", "2026-11-30")]);
        first.wish = format!("{NAME}想把核桃卖好");
        first.items[0].text = format!("请人教{NAME}修枝");
        assert_eq!(h.plans(&first).await.expect("a plan"), Taken::New);
        assert_eq!(h.plans(&first).await.expect("the same"), Taken::Again);
        let differs = h.plans(&Plan { wish: "别的".into(), ..first.clone() }).await;
        assert_eq!(refused(&differs.expect_err("it says something else")), "record-differs");
        let second = h.plans(&h.plan(&[("skill", "2026-12-31")])).await;
        assert_eq!(refused(&second.expect_err("there is one")), "plan-there");
        // Nothing personal lies in clear; whoever is paired reads the words as they were said.
        let id = h.home.id;
        let clear =
            h.read(|tx, _| tx.query_map(&CLEAR, &params![format!("%{NAME}%")], |r| r.get::<String>(0))).await;
        assert_eq!(clear, Vec::<String>::new());
        let known = h.read(move |tx, _| plan_of(tx, id, "pair", 2026, None)).await.expect("the plan");
        assert!(!known.wish.contains(NAME) && known.wish.contains("想把核桃卖好"), "{}", known.wish);
        let (record, site) = (first.id, h.world.site.clone());
        let own = h.read(move |tx, _| records::own_words(tx, &site.keyring, record)).await;
        assert!(own.is_some_and(|o| o.contains(NAME)));
        // Revised two days later: the former is kept, and the day on which the first was made counts.
        h.world.clock.advance(2 * DAY);
        let mut revised = h.plan(&[("skill", "2026-12-31"), ("errands", "2026-12-31")]);
        revised.corrects = Some(first.id);
        assert_eq!(h.plans(&revised).await.expect("revised"), Taken::New);
        let (now, before) = h
            .read(move |tx, _| {
                let now = plan_of(tx, id, "pair", 2026, None)?.expect("the plan");
                let before = plans_before(tx, &now)?;
                Ok((now, before))
            })
            .await;
        assert_eq!((now.record, now.made, now.on), (revised.id, d("2026-11-17"), d("2026-11-19")));
        assert_eq!(before.iter().map(|p| p.record).collect::<Vec<_>>(), [first.id]);
        let zone = h.world.site.zone;
        let then = h
            .read(move |tx, _| plan_of(tx, id, "pair", 2026, Some(records::as_of(zone, d("2026-11-18")))))
            .await;
        assert_eq!(then.expect("as known then").record, first.id);
        h.counted().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_told_field_by_field_and_others_find_nothing() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        let mut wrong = h.plan(&[("skill", "2027-01-31"), ("skill", "2026-12-31"), ("dance", "2026-12-31")]);
        wrong.wish = " ".into();
        let found = fields(h.plans(&wrong).await.expect_err("faults"));
        assert_eq!(found, ["wish", "i.skill.by", "i.skill", "i.dance"]);
        let none = fields(h.plans(&h.plan(&[])).await.expect_err("no item"));
        assert_eq!(none, ["items"]);
        let late = Plan { on: d("2026-11-18"), ..h.plan(&[("care", "2026-12-31")]) };
        assert_eq!(fields(h.plans(&late).await.expect_err("ahead")), ["on"]);
        let other = Plan { kind: "liaison".into(), ..h.plan(&[("care", "2026-12-31")]) };
        assert!(matches!(h.plans(&other).await, Err(Error::NotFound)), "no such pairing of theirs");
        let mut empty = h.help("skill", "never");
        empty.text = String::new();
        assert_eq!(fields(h.helps(&empty).await.expect_err("faults")), ["effect", "text"]);
        let long = Check { ask: "做".repeat(201), ..h.check() };
        assert_eq!(fields(h.checks(h.secretary(), &long).await.expect_err("too long")), ["ask"]);
        // Not by somebody else of the village, nor of another one; a check not by the holder.
        let (plan, check) = (h.plan(&[("care", "2026-12-31")]), h.check());
        for (role, unit) in [(Role::Liaison, "9010201"), (Role::Lead, "90101")] {
            let plan = plan.clone();
            let done = h.as_staff(role, unit).write(move |tx, ctx| work::plan(tx, ctx, &plan)).await;
            assert!(matches!(done, Err(Error::NotFound)), "{unit}: {done:?}");
        }
        for (role, unit) in [(Role::Liaison, "9010101"), (Role::Lead, "90201")] {
            let done = h.checks(h.as_staff(role, unit), &check).await;
            assert!(matches!(done, Err(Error::NotFound | Error::Forbidden(_))), "{unit}: {done:?}");
        }
        h.checks(h.secretary(), &check).await.expect("the secretary may");
        assert_eq!(h.checks(h.secretary(), &check).await.expect("the same"), Taken::Again);
    })
    .await;
}

#[tokio::test]
async fn nobody_checks_their_own_pairing() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        // The secretary takes the household over.
        let (site, home) = (h.world.site.clone(), h.home.clone());
        let lead = h.world.account(h.world.unit("90101"), Role::Lead);
        let by = h.secretary();
        let ended = by.write(move |tx, ctx| {
            let held = liaison::read::of_household(tx, home.id, ctx.today())?;
            liaison::end::end(tx, ctx, held[0].id, ctx.today(), "换人")?;
            pair(tx, &site, lead, &home)
        });
        ended.await.expect("changed");
        let own = h.checks(h.secretary(), &h.check()).await;
        assert_eq!(refused(&own.expect_err("one's own")), "own-pairing");
    })
    .await;
}

#[tokio::test]
async fn help_at_a_visit_counts_once_and_the_last_word_on_an_item_holds() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        h.plans(&h.plan(&[("skill", "2026-12-31"), ("care", "2026-11-30")])).await.expect("a plan");
        let visit = Visit {
            id: h.id(),
            household: h.home.id,
            on: h.world.site.today(),
            device_at: None,
            seen_at: None,
            answers: vec![Said {
                question: "prosper".into(), choices: Vec::new(), text: "教了修枝".into()
            }],
            promises: Vec::new(),
            promised: Vec::new(),
            needs: Vec::new(),
            helped: Vec::new(),
            corrects: None,
        };
        let sent = visit.clone();
        h.member().write(move |tx, ctx| visits::confirm(tx, ctx, &sent, None)).await.expect("a visit");
        let at_visit = Help { text: String::new(), visit: Some(visit.id), ..h.help("skill", "done") };
        assert_eq!(h.helps(&at_visit).await.expect("help"), Taken::New);
        let twice = h.helps(&Help { id: h.id(), ..at_visit.clone() }).await;
        assert_eq!(refused(&twice.expect_err("the visit says it already")), "help-there");
        let elsewhere = Help { id: h.id(), visit: Some(h.id()), ..at_visit.clone() };
        assert!(matches!(h.helps(&elsewhere).await, Err(Error::NotFound)), "no such visit");
        let id = h.home.id;
        let done = |h: &Home| {
            let of = Of::Unit("/9/901/".into(), Default::default(), 10);
            let today = h.world.site.today();
            let read = move |tx: &mut dyn Tx| lines(tx, &of, "pair", 2026, today, Timestamp(i64::MAX));
            let found = h.world.site.db.read_now(read).expect("lines");
            found.first().map(|l| (l.items, l.done, l.late, l.helps))
        };
        assert_eq!(done(&h), Some((2, 1, 0, 1)));
        let helps = h.read(move |tx, _| helps_of(tx, id, "pair", 2026, None)).await;
        assert_eq!(helps[0].visit.as_ref().map(|v| v.text.contains("教了修枝")), Some(true));
        // The visit is put right: so are the words of the help, from then on; and it still counts once.
        h.world.clock.advance(kernel::HOUR);
        let then = h.world.site.now();
        let put_right = Visit {
            id: h.id(),
            answers: vec![Said {
                question: "prosper".into(), choices: Vec::new(), text: "教了嫁接".into()
            }],
            corrects: Some(visit.id),
            ..visit.clone()
        };
        let sent = put_right.clone();
        h.member().write(move |tx, ctx| visits::confirm(tx, ctx, &sent, None)).await.expect("put right");
        for (known, words) in [(None, "教了嫁接"), (Some(then), "教了修枝")] {
            let helps = h.read(move |tx, _| helps_of(tx, id, "pair", 2026, known)).await;
            let said = helps[0].visit.as_ref().map(|v| v.text.clone()).unwrap_or_default();
            assert!(said.contains(words), "{known:?}: {said}");
        }
        let twice = Help { id: h.id(), visit: Some(put_right.id), ..at_visit.clone() };
        assert_eq!(refused(&h.helps(&twice).await.expect_err("it is the same visit")), "help-there");
        // It did not last: the next help says so, and the item is open again.
        h.world.clock.advance(DAY);
        h.helps(&h.help("skill", "going")).await.expect("help");
        assert_eq!(done(&h), Some((2, 0, 0, 2)));
        // Corrected by whoever wrote it: what was taken back counts no longer.
        let wrong = h.help("care", "done");
        h.helps(&wrong).await.expect("help");
        assert_eq!(done(&h), Some((2, 1, 0, 3)));
        let right = Help { corrects: Some(wrong.id), ..h.help("care", "stuck") };
        h.helps(&right).await.expect("corrected");
        assert_eq!(done(&h), Some((2, 0, 0, 3)));
        h.world.clock.advance(20 * DAY);
        assert_eq!(done(&h), Some((2, 0, 1, 3)), "the last day of one of them is over");
        h.counted().await;
    })
    .await;
}

#[tokio::test]
async fn each_kind_of_record_fulfils_its_own_obligation_and_the_year_is_a_view() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        h.count();
        let id = h.home.id;
        let stands = |h: &Home| {
            let (site, today) = (h.world.site.clone(), h.world.site.today());
            let all = h.world.site.db.read_now(move |tx| standing::of_household(tx, &site.pack, id, today));
            let all = all.expect("standing").into_iter();
            let met = all.filter(|s| matches!(s.standing, Standing::Met { .. })).map(|s| s.obligation);
            let mut met: Vec<String> = met.collect();
            met.sort();
            met.dedup();
            met
        };
        assert_eq!(stands(&h), Vec::<String>::new());
        h.plans(&h.plan(&[("skill", "2026-11-30"), ("care", "2026-12-31")])).await.expect("a plan");
        assert_eq!(stands(&h), ["pair-plan"]);
        h.helps(&h.help("skill", "better")).await.expect("help");
        assert_eq!(stands(&h), ["pair-help", "pair-plan"]);
        let known = h.world.site.today();
        h.world.clock.advance(DAY);
        h.checks(h.secretary(), &h.check()).await.expect("a check");
        let all = ["pair-check-half", "pair-check-month", "pair-check-quarter", "pair-help", "pair-plan"];
        assert_eq!(stands(&h), all);
        h.counted().await;
        // Checks are owed, but not by the holder.
        let me = h.member().account().expect("an account");
        let mine = h.read(move |tx, ctx| standing::mine(tx, &ctx.site.pack, me, ctx.today())).await;
        let owed: Vec<&str> = mine[0].duties.iter().map(|d| d.obligation.as_str()).collect();
        assert_eq!(owed, ["pair-plan", "pair-help"]);
        // The year now, and as it was known the day before.
        let year = h.read(move |tx, ctx| wrap_up(tx, ctx, id, "pair", 2026, ctx.today())).await;
        assert_eq!((year.items.len(), year.checks.len(), year.count(ItemState::Going)), (2, 1, 1));
        let line = year.duties.iter().find(|x| x.obligation == "pair-help").expect("help is owed");
        assert_eq!((line.owed, line.met, line.missed), (4, 1, 3));
        let then = h.read(move |tx, ctx| wrap_up(tx, ctx, id, "pair", 2026, known)).await;
        assert_eq!((then.items.len(), then.checks.len()), (2, 0));
        let checks = h.read(move |tx, _| checks_of(tx, id, "pair", 2026, None)).await;
        assert_eq!(checks[0].ask, "下个月办成");
        let of = |on: &'static str| {
            let (site, on) = (h.world.site.clone(), d(on));
            let read =
                move |tx: &mut dyn Tx| sums(tx, "pair", "/9/", 2026, on, records::as_of(site.zone, on));
            h.world.site.db.read_now(read).expect("sums").into_values().next().unwrap_or_default()
        };
        let planned = Sums { pairings: 1, planned: 1, items: 2, done: 0, late: 0 };
        assert_eq!(of("2026-11-16"), Sums { planned: 0, items: 0, ..planned });
        assert_eq!(of("2026-11-18"), planned);
        assert_eq!(of("2026-12-15"), Sums { late: 1, ..planned });
    })
    .await;
}

#[tokio::test]
async fn the_family_says_one_sentence_a_year() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        let card = h.home.card.clone();
        let say = |h: &Home, text: &'static str| {
            let (card, ctx) = (card.clone(), h.world.public());
            async move { ctx.write(move |tx, ctx| work::say(tx, ctx, &card, "pair", text)).await }
        };
        assert!(matches!(say(&h, "好").await, Err(Error::NotFound)), "there is no plan yet");
        h.plans(&h.plan(&[("care", "2026-12-31")])).await.expect("a plan");
        assert_eq!(fields(say(&h, "  ").await.expect_err("empty")), ["word"]);
        say(&h, "我是梅长苏，电话13800001234，帮得好").await.expect("said");
        assert_eq!(refused(&say(&h, "再说一次").await.expect_err("once")), "said");
        let id = h.home.id;
        let word = h
            .read(move |tx, _| work::word_of(tx, id, "pair", 2026, Timestamp(i64::MAX)))
            .await
            .expect("a word");
        assert!(
            word.text.contains("帮得好") && !word.text.contains(NAME) && !word.text.contains("138"),
            "{}",
            word.text
        );
    })
    .await;
}

/// One more household in hardship with whom the member of the group is paired.
fn another(h: &Home) -> Household {
    let (site, at) = (h.world.site.clone(), h.world.site.now());
    let (unit, account) = (h.world.unit("9010101"), h.world.account(h.world.unit("9010101"), Role::Liaison));
    let made = h.world.site.db.write_now(move |tx| {
        let act = Act { actor: Actor::System, at };
        let from = Date::constant(2021, 3, 1);
        let tag =
            NewTag {
                tag: "hardship".into(), person: None, from, to: None, basis: "评议".into(), note: None
            };
        let new = NewHousehold { persons: Some(2), ..common::household(unit, Vec::new(), vec![tag]) };
        let made = households::add_in(tx, &site, &new, &act)?;
        pair(tx, &site, account, &made)?;
        Ok(made)
    });
    made.expect("a household")
}

#[tokio::test]
async fn the_year_of_a_unit_is_that_of_its_pairings_and_the_list_goes_on_by_its_key() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        let homes = [h.home.clone(), another(&h), another(&h)];
        // From here on the unit is read off the counters, and the lines are added up.
        h.count();
        h.plans(&h.plan(&[("skill", "2026-12-31")])).await.expect("a plan");
        let visit = |household, promises, promised| Visit {
            id: h.id(),
            household,
            on: h.world.site.today(),
            device_at: None,
            seen_at: None,
            answers: Vec::new(),
            promises,
            promised,
            needs: Vec::new(),
            helped: Vec::new(),
            corrects: None,
        };
        let promise = |text: &str| visits::Promised {
            id: Uuid::from_u128(text.len() as u128),
            text: text.into(),
            due: d("2026-12-05"),
        };
        let (kept, open) = (promise("修好水管"), promise("送来苗木和肥料"));
        let first = visit(homes[0].id, Vec::new(), vec![kept.clone(), open]);
        let second = visit(homes[2].id, Vec::new(), Vec::new());
        for v in [first, second] {
            h.member().write(move |tx, ctx| visits::confirm(tx, ctx, &v, None)).await.expect("a visit");
        }
        h.world.clock.advance(DAY);
        let open = h.read({
            let id = homes[0].id;
            move |tx, _| visits::promises_of(tx, id, Timestamp(i64::MAX))
        });
        let said = open.await.into_iter().map(|(p, _)| visits::Kept {
            id: p.id,
            outcome: if p.id == kept.id { visits::Answer::Kept } else { visits::Answer::Later },
            due: (p.id != kept.id).then_some(p.due),
            text: if p.id == kept.id { String::new() } else { "还没到货".into() },
        });
        let third = visit(homes[0].id, said.collect(), Vec::new());
        h.member().write(move |tx, ctx| visits::confirm(tx, ctx, &third, None)).await.expect("a visit");

        // Page by page, one by one.
        let today = h.world.site.today();
        let mut all = Vec::new();
        let mut after = (String::new(), String::new());
        loop {
            let of = Of::Unit("/9/".into(), after.clone(), 1);
            let read = move |tx: &mut dyn Tx| lines(tx, &of, "pair", 2026, today, Timestamp(i64::MAX));
            let found = h.world.site.db.read_now(read).expect("lines");
            let Some(last) = found.last() else { break };
            after = (last.path.clone(), last.code.clone());
            all.extend(found);
        }
        let mut codes: Vec<String> = homes.iter().map(|x| x.code.clone()).collect();
        codes.sort();
        assert_eq!(all.iter().map(|l| l.code.clone()).collect::<Vec<_>>(), codes);

        // What stands beside the plan is what the view of each year says, and the unit is the sum of them.
        let mut sum = work::Year::default();
        let (owed, unit) = h
            .read(move |tx, ctx| {
                let known = Timestamp(i64::MAX);
                let owed = work::owed_in(tx, ctx, "/9/", "pair", 2026, today)?;
                Ok((owed, work::year_of(tx, ctx, "/9/", "pair", 2026, (today, known))?.expect("a year")))
            })
            .await;
        for line in &mut all {
            let id = line.household;
            let mut one = vec![line.clone()];
            one = h
                .read(move |tx, ctx| {
                    let mut one = one.clone();
                    work::with_owed(tx, ctx, &mut one, "pair", 2026, today)?;
                    Ok(one)
                })
                .await;
            let year = one[0].beside;
            assert_eq!((year.owed, year.met), owed.get(&id).copied().unwrap_or_default());
            let w = h.read(move |tx, ctx| wrap_up(tx, ctx, id, "pair", 2026, ctx.today())).await;
            let said =
                (w.visits.len(), w.promises.len(), w.promised(visits::PromiseState::Kept), w.needs.len());
            let counted = [year.visits, year.promised, year.kept, year.needs].map(|n| n as usize);
            assert_eq!((counted[0], counted[1], counted[2], counted[3]), said);
            sum.add(&year);
        }
        assert_eq!(unit, sum);
        assert_eq!((sum.visits, sum.promised, sum.kept), (3, 2, 1));
        h.counted().await;
    })
    .await;
}

#[tokio::test]
async fn a_page_of_a_county_adds_up_no_more_than_a_page_may() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        h.count();
        let (today, village) = (h.world.site.today(), h.home.path.clone());
        let figures = |path: &str, year: i16, on: Date| {
            let (path, known) = (path.to_owned(), records::as_of(h.world.site.zone, on));
            h.read(move |tx, ctx| {
                let all = work::figures(tx, "pair", &path, year, (on, known), ctx.today())?;
                let year = work::year_of(tx, ctx, &path, "pair", year, (on, known))?;
                Ok((all.map(|all| all.values().map(|s| s.pairings).sum::<i64>()), year.is_some()))
            })
        };
        h.plans(&h.plan(&[("skill", "2026-11-30"), ("care", "2026-12-31")])).await.expect("a plan");
        h.helps(&h.help("care", "done")).await.expect("help");
        let yesterday = today.yesterday().expect("a day");
        assert_eq!(figures("/9/", 2026, today).await, (Some(1), true));
        assert_eq!(figures("/9/", 2026, yesterday).await, (Some(1), true));
        // The counters say that there are many more in another village.
        let more = params!["pair", 2026, "/9/902/90201/", 2_000];
        let put = move |tx: &mut dyn Tx| tx.execute(&TALLIED, &more).map(drop);
        h.world.site.db.write_now(put).expect("many");
        assert_eq!(figures("/9/", 2026, today).await, (Some(2_001), true), "read off the counters");
        assert_eq!(figures("/9/", 2026, yesterday).await, (None, false), "no counter says it");
        assert_eq!(figures("/9/", 2024, today).await, (None, false), "a year that is not counted");
        assert_eq!(figures(&village, 2026, yesterday).await, (Some(1), true), "few enough");
        assert_eq!(figures(&village, 2024, today).await, (Some(1), true));
        // What lags follows from the day; a recount finds what was put in by hand, and mends it.
        let late = |on: Date| {
            let path = village.clone();
            h.read(move |tx, _| {
                let sums = work::tallied(tx, "pair", &path, 2026, on)?.unwrap_or_default();
                Ok(sums.into_values().map(|t| t.sums).next().unwrap_or_default())
            })
        };
        assert_eq!(late(today).await, Sums { pairings: 1, planned: 1, items: 2, done: 1, late: 0 });
        assert_eq!(late(d("2027-02-01")).await.late, 1);
        let site = h.world.site.clone();
        let drift = h.world.site.db.write_now(move |tx| tally::recount(tx, &site, true)).expect("a count");
        assert_eq!(
            drift.iter().map(|d| (d.of.as_str(), d.counted[0], d.computed[0])).collect::<Vec<_>>(),
            [("pair", 2_000, 0)]
        );
        h.counted().await;
        // Whoever has nobody any more counts no longer, nor do their plans.
        let id = h.home.id;
        let by = h.secretary();
        let gone = by.write(move |tx, ctx| {
            let pairing = liaison::read::of_household(tx, id, ctx.today())?.remove(0);
            liaison::end::end(tx, ctx, pairing.id, ctx.today(), "搬走了")
        });
        gone.await.expect("it has ended");
        assert_eq!(late(today).await, Sums::default());
        h.counted().await;
    })
    .await;
}

#[tokio::test]
async fn a_check_of_a_pairing_that_has_ended_says_so() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        let by = h.secretary();
        let ended = h.home.id;
        let gone = by.write(move |tx, ctx| {
            let pairing = liaison::read::of_household(tx, ended, ctx.today())?.remove(0);
            liaison::end::end(tx, ctx, pairing.id, ctx.today(), "搬走了")
        });
        gone.await.expect("it has ended");
        let refusal = h.checks(h.secretary(), &h.check()).await.expect_err("there is nothing to check");
        assert_eq!(refused(&refusal), "pairing-ended");
    })
    .await;
}

#[tokio::test]
async fn a_phone_takes_the_plan_along_and_help_comes_with_the_visit_or_not_at_all() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        let mut plan = h.plan(&[("skill", "2026-12-31"), ("care", "2026-11-30")]);
        plan.items[0].text = format!("请人教{NAME}修枝");
        h.plans(&plan).await.expect("a plan");
        let mine = h.member().write(|tx, ctx| visits::mine(tx, ctx)).await.expect("mine");
        let planned = &mine.households[0].plans;
        assert_eq!((planned.len(), planned[0].kind.as_str()), (1, "pair"));
        let items: Vec<(&str, Date)> = planned[0].items.iter().map(|i| (i.item.as_str(), i.by)).collect();
        assert_eq!(items, [("skill", d("2026-12-31")), ("care", d("2026-11-30"))]);
        assert!(planned[0].items[0].name.zh.contains(NAME), "in the words as they were written");
        assert!(mine.effects.iter().any(|(id, _)| id == "done"));

        let helped = |item: &str, effect: &str| Helped {
            id: h.id(),
            kind: "pair".into(),
            item: item.into(),
            effect: effect.into(),
        };
        let visit = |helped: Vec<Helped>| Visit {
            id: h.id(),
            household: h.home.id,
            on: h.world.site.today(),
            device_at: Some(h.world.site.now().0),
            seen_at: Some(mine.as_of),
            answers: Vec::new(),
            promises: Vec::new(),
            promised: Vec::new(),
            needs: Vec::new(),
            helped,
            corrects: None,
        };
        let send = |visit: Visit| {
            let ctx = h.member();
            async move { visits::confirm_all(&ctx, vec![visit], None).await.remove(0) }
        };
        let home = h.home.id;
        let helps = || h.read(move |tx, _| helps_of(tx, home, "pair", 2026, None));
        // What is wrong with help is told at its item, and the visit is not taken without it.
        let other = Helped { kind: "liaison".into(), ..helped("skill", "done") };
        for (wrong, fields) in [
            (vec![helped("skill", "done"), helped("care", "moon")], vec!["helped.1"]),
            (vec![helped("moon", "done")], vec!["helped.0"]),
            (vec![other], vec!["helped.0"]),
            (vec![helped("care", "done"), helped("care", "going")], vec!["helped.1"]),
        ] {
            let refused = send(visit(wrong)).await;
            assert_eq!((refused.outcome, refused.code), ("refused", Some("invalid")));
            assert_eq!(refused.fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), fields);
        }
        assert!(helps().await.is_empty());
        let good = visit(vec![helped("skill", "done"), helped("care", "going")]);
        assert_eq!(send(good.clone()).await.outcome, "taken");
        assert_eq!(send(good.clone()).await.outcome, "again");
        let known = helps().await;
        assert_eq!(known.len(), 2);
        assert!(known.iter().all(|k| k.visit.as_ref().is_some_and(|v| v.id == good.id)));
        let fewer = Visit { helped: good.helped[..1].to_vec(), ..good };
        assert_eq!(send(fewer).await.code, Some("record-differs"));
        h.counted().await;
    })
    .await;
}

#[tokio::test]
async fn words_of_plans_help_and_checks_are_forgotten_years_after_their_year_and_figures_stand() {
    each_world(PACK, MIGRATIONS, |world| async move {
        let h = home(world);
        h.count();
        let items = [("skill", "2026-11-30"), ("care", "2026-12-31")];
        let mut first = h.plan(&items);
        first.wish = format!("{NAME}想把核桃卖好");
        first.items[0].text = "请人教修枝".into();
        h.plans(&first).await.expect("a plan");
        h.plans(&Plan { corrects: Some(first.id), ..h.plan(&items) }).await.expect("revised");
        h.helps(&h.help("skill", "better")).await.expect("help");
        h.checks(h.secretary(), &h.check()).await.expect("a check");
        let (card, family) = (h.home.card.clone(), h.world.public());
        family.write(move |tx, ctx| work::say(tx, ctx, &card, "pair", "帮得好")).await.expect("said");
        // The next year is planned in this one, and this one is looked at once more in the next.
        let next = Plan { year: 2027, wish: "想养蜂".into(), ..h.plan(&[("skill", "2027-12-31")]) };
        h.plans(&next).await.expect("a plan");
        h.world.clock.advance(60 * DAY);
        h.checks(h.secretary(), &Check { word: "做得实".into(), ..h.check() }).await.expect("a check");

        let id = h.home.id;
        let figures = async || {
            let site = h.world.site.clone();
            h.read(move |tx, ctx| {
                let on = d("2027-02-01");
                let year = wrap_up(tx, ctx, id, "pair", 2026, on)?;
                let states: Vec<_> =
                    year.items.iter().map(|i| (i.item.item.clone(), i.state, i.helps.len())).collect();
                let checked: Vec<_> = year.checks.iter().map(|c| (c.on, c.items.clone())).collect();
                let sums = sums(tx, "pair", "/9/", 2026, on, records::as_of(site.zone, on))?;
                let former: Vec<_> = year.former.iter().map(|p| (p.on, p.items.len())).collect();
                Ok(format!(
                    "{states:?} {checked:?} {former:?} {:?} {sums:?} {}",
                    year.duties,
                    year.word.is_some()
                ))
            })
            .await
        };
        let words = async |part: &'static str| {
            h.read(move |tx, _| tx.query_map(&CLEAR, &params![format!("%{part}%")], |r| r.get::<String>(0)))
                .await
                .len()
        };
        let sealed = async || {
            let (site, plan) = (h.world.site.clone(), first.id);
            h.read(move |tx, _| records::own_words(tx, &site.keyring, plan)).await.is_some()
        };
        let sweep = async |day: &str| {
            h.world.clock.advance(i64::from((d(day) - h.world.site.today()).get_days()) * DAY);
            while work::forget::sweep(&h.world.site).await.expect("swept") {}
        };
        let said = async || {
            let word = h.read(move |tx, _| work::word_of(tx, id, "pair", 2026, Timestamp(i64::MAX))).await;
            word.expect("it was said").text
        };
        h.world.clock.advance(20 * DAY);
        let before = figures().await;
        sweep("2029-12-31").await;
        for part in ["核桃", "修枝", "下个月办成", "做得实", "想养蜂"] {
            assert!(words(part).await > 0, "{part}");
        }
        assert!(sealed().await && said().await == "帮得好");
        sweep("2030-01-01").await;
        for part in ["核桃", "修枝", "下个月办成", "做得实"] {
            assert_eq!(words(part).await, 0, "{part}");
        }
        assert!(!sealed().await && said().await.is_empty());
        assert_eq!(words("想养蜂").await, 1, "the next year has a year more");
        assert_eq!(figures().await, before);
        sweep("2031-01-01").await;
        assert_eq!(words("想养蜂").await, 0);
        h.counted().await;
        let faults = h
            .read(|tx, _| {
                let mut report = journal::verify(tx, &|_| {})?;
                journal::verify_ends(tx, records::ENDS, &mut report)?;
                Ok(format!("{:?}", report.faults))
            })
            .await;
        assert_eq!(faults, "[]");
    })
    .await;
}
