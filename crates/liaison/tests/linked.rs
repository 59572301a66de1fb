//! Two rows that are one family, on both engines: linked, read and looked after as one, unlinked again.

mod common;

use access::accounts::Act;
use access::identity::NewPerson;
use common::MIGRATIONS;
use db::{Tx, params};
use kernel::{Actor, DAY, Date, HouseholdId, PairingId, RecordId, RequestId, Result, Role, Timestamp};
use liaison::pair::{NewPairing, pair};
use liaison::visits::{self, Need, Promised, Said, Then, Visit};
use liaison::work::{self, Help, Of, Plan, PlanItem, helps_of, lines, plan_of, wrap_up};
use liaison::{coverage, homes, read, standing, tally};
use records::Taken;
use register::households::{self, Asked, Household, NewMember, NewTag, Relation};
use requests::Ctx;
use rules::obligation::Standing;
use testkit::{World, each_world};

db::statements! {
    CLEAR = "SELECT text || data FROM records WHERE text LIKE $1 OR data LIKE $1 \
        UNION ALL SELECT title || body FROM requests WHERE title LIKE $1 OR body LIKE $1";
}

const HEAD: &str = "梅长苏";
const WIFE: &str = "林霓裳";
const SON: &str = "梅庭生";
/// Made up; the check character fits.
const IDNO: &str = "11010519491231002X";

type Person = (&'static str, Relation, Option<&'static str>);

fn row(world: &World, people: &[Person], tags: &[&str]) -> Household {
    let member = |(name, relation, idno): &Person| {
        let idno = idno.map(str::to_owned);
        let who = NewPerson { name: Some((*name).into()), idno, ..NewPerson::default() };
        NewMember { relation: *relation, who, from: None }
    };
    let from = Date::constant(2021, 3, 1);
    let tag = |t: &&str| NewTag {
        tag: (*t).into(),
        person: None,
        from,
        to: None,
        basis: "评议".into(),
        note: None,
    };
    let (people, tags) = (people.iter().map(member).collect(), tags.iter().map(tag).collect());
    let new = common::household(world.unit("9010101"), people, tags);
    let (site, at) = (world.site.clone(), world.site.now());
    let made = world
        .site
        .db
        .write_now(move |tx| households::add_in(tx, &site, &new, &Act { actor: Actor::System, at }));
    world.clock.advance(1000);
    made.expect("a household")
}

/// A family that stands in the register twice. The first row is looked after by `liaison`; the second bears the mark of
/// hardship and, for it, a pairing with plans, by the same member.
struct Family {
    world: World,
    kept: HouseholdId,
    other: HouseholdId,
}

impl Family {
    fn new(world: World) -> Family {
        let kept = row(&world, &[(HEAD, Relation::Head, Some(IDNO)), (WIFE, Relation::Spouse, None)], &[]).id;
        let people = [(HEAD, Relation::Head, Some(IDNO)), (SON, Relation::Son, None)];
        let other = row(&world, &people, &["hardship"]).id;
        Family { world, kept, other }
    }

    fn member(&self) -> Ctx {
        self.world.staff(self.world.unit("9010101"), Role::Liaison)
    }

    fn boss(&self) -> Ctx {
        self.world.staff(self.world.office("9", "county-centre"), Role::Supervisor)
    }

    fn today(&self) -> Date {
        self.world.site.today()
    }

    fn id(&self) -> RecordId {
        RecordId::new(self.world.site.now(), &*self.world.site.chance)
    }

    async fn pairs(&self, kind: &str, household: HouseholdId, from: Date) {
        self.pairs_with(&self.member(), kind, household, from).await;
    }

    async fn pairs_with(&self, who: &Ctx, kind: &str, household: HouseholdId, from: Date) {
        let new = NewPairing {
            id: PairingId::new(self.world.site.now(), &*self.world.site.chance),
            kind: kind.into(),
            account: who.account().expect("an account"),
            household,
            from,
            basis: "结对名册".into(),
        };
        self.boss().write(move |tx, ctx| pair(tx, ctx, &new)).await.expect("paired");
    }

    async fn links(&self) {
        let (other, kept) = (self.other, self.kept);
        self.boss()
            .write(move |tx, ctx| homes::link(tx, ctx, other, kept, "入户核实"))
            .await
            .expect("linked");
        self.counted().await;
    }

    async fn unlinks(&self) {
        let other = self.other;
        self.boss()
            .write(move |tx, ctx| homes::unlink(tx, ctx, other, "其实是两家"))
            .await
            .expect("unlinked");
        self.counted().await;
    }

    fn plan(&self, household: HouseholdId, items: &[&str]) -> Plan {
        let one = |item: &&str| PlanItem {
            item: (*item).into(),
            text: String::new(),
            by: Date::constant(2026, 12, 31),
        };
        Plan {
            id: self.id(),
            household,
            kind: "pair".into(),
            year: 2026,
            on: self.today(),
            wish: "核桃多卖一点".into(),
            items: items.iter().map(one).collect(),
            corrects: None,
        }
    }

    async fn plans(&self, plan: &Plan) -> Result<Taken> {
        let plan = plan.clone();
        self.member().write(move |tx, ctx| work::plan(tx, ctx, &plan)).await
    }

    async fn helps(&self, household: HouseholdId, item: &str, text: &str, visit: Option<RecordId>) {
        let help = Help {
            id: self.id(),
            household,
            kind: "pair".into(),
            on: self.today(),
            item: Some(item.into()),
            effect: "done".into(),
            text: text.into(),
            visit,
            corrects: None,
        };
        self.member().write(move |tx, ctx| work::help(tx, ctx, &help)).await.expect("help");
    }

    /// A visit by the member; with a need where there is one.
    async fn visits(&self, household: HouseholdId, text: &str, need: Option<&str>) -> RecordId {
        let one = |text: &str| Need {
            id: RequestId::new(self.world.site.now(), &*self.world.site.chance),
            class: String::new(),
            text: text.into(),
            consent: true,
            person: None,
            then: Then::Pass,
            answer: String::new(),
            solved: None,
            grade: None,
        };
        let visit = Visit {
            id: self.id(),
            household,
            on: self.today(),
            device_at: None,
            seen_at: None,
            answers: vec![Said { question: "family".into(), choices: Vec::new(), text: text.into() }],
            promises: Vec::new(),
            promised: Vec::new(),
            needs: need.map(one).into_iter().collect(),
            helped: Vec::new(),
            corrects: None,
        };
        let id = visit.id;
        self.member().write(move |tx, ctx| visits::confirm(tx, ctx, &visit, None)).await.expect("a visit");
        id
    }

    async fn read<T: Send + 'static>(
        &self,
        look: impl Fn(&mut dyn Tx, &Ctx) -> Result<T> + Send + Sync + 'static,
    ) -> T {
        self.member().read(look).await.expect("a look")
    }

    /// Who lives there, by name, and whether they were entered at that very row; sorted.
    async fn people(&self, id: HouseholdId) -> Vec<(String, bool)> {
        self.read(move |tx, ctx| {
            let mut out = Vec::new();
            for m in households::living(tx, id, ctx.today())? {
                let who = access::identity::get(tx, &ctx.site.keyring, m.person)?.expect("somebody");
                out.push((who.name.unwrap_or_default(), m.household == id));
            }
            out.sort();
            Ok(out)
        })
        .await
    }

    /// The households that carry the mark of hardship, by the list, by the household, and how many of them somebody is
    /// paired with, of how many, by the figures.
    async fn hardship(&self) -> (Vec<HouseholdId>, bool, bool, (i64, i64)) {
        let (kept, other) = (self.kept, self.other);
        self.read(move |tx, ctx| {
            let asked = Asked { path: "/9/901/", tag: Some("hardship"), on: ctx.today() };
            let listed = households::page(tx, &asked, None, 9)?.into_iter().map(|h| h.id).collect();
            let has = |tx: &mut dyn Tx, id| households::has_tag(tx, id, "hardship", ctx.today());
            let kind = ctx.site.pack.pairing("pair").expect("a kind");
            let cover = coverage::of(tx, kind, "/9/901/", ctx.today())?;
            let sum = cover.values().fold((0, 0), |a, c| (a.0 + c.paired, a.1 + c.homes));
            Ok((listed, has(tx, kept)?, has(tx, other)?, sum))
        })
        .await
    }

    /// The kinds of pairing in force.
    async fn kinds(&self, id: HouseholdId) -> Vec<String> {
        let mut all: Vec<String> = self
            .read(move |tx, ctx| read::of_household(tx, id, ctx.today()))
            .await
            .into_iter()
            .map(|p| p.kind)
            .collect();
        all.sort();
        all
    }

    /// Of each pairing with plans: the household, items, those that are done, help.
    async fn figures(&self) -> Vec<(HouseholdId, i64, i64, i64)> {
        let of = Of::Unit("/9/901/".into(), Default::default(), 10);
        let read =
            move |tx: &mut dyn Tx, ctx: &Ctx| lines(tx, &of, "pair", 2026, ctx.today(), Timestamp(i64::MAX));
        self.read(read).await.into_iter().map(|l| (l.household, l.items, l.done, l.helps)).collect()
    }

    /// The same as of a day: of the unit, of whoever has them, and added up grid by grid, which say the same.
    async fn figures_on(&self, on: Date, kind: &'static str) -> Vec<(HouseholdId, i64, i64, i64)> {
        let me = self.member().account().expect("an account");
        let read = move |tx: &mut dyn Tx, ctx: &Ctx| {
            let known = records::as_of(ctx.site.zone, on);
            let of = Of::Unit("/9/901/".into(), Default::default(), 10);
            let unit = lines(tx, &of, kind, 2026, on, known)?;
            let mine = lines(tx, &Of::Account(me), kind, 2026, on, known)?;
            let mut sum = work::Sums::default();
            work::sums(tx, kind, "/9/901/", 2026, on, known)?.values().for_each(|s| sum.add(s));
            let year = work::year_of(tx, ctx, "/9/901/", kind, 2026, (on, known))?.expect("a small unit");
            assert_eq!((work::Sums::of(&unit), &mine), (sum, &unit));
            assert_eq!(unit.iter().map(|l| l.beside.visits).sum::<i64>(), year.visits);
            Ok(unit.into_iter().map(|l| (l.household, l.items, l.done, l.beside.visits)).collect())
        };
        self.read(read).await
    }

    /// How many a kind is for, how many of them are paired on a day, and how many are without.
    async fn cover_on(&self, on: Date, kind: &'static str) -> (i64, i64, usize) {
        let read = move |tx: &mut dyn Tx, ctx: &Ctx| {
            let kind = ctx.site.pack.pairing(kind).expect("a kind");
            let cover = coverage::of(tx, kind, "/9/901/", on)?;
            let (homes, paired) = cover.values().fold((0, 0), |a, c| (a.0 + c.homes, a.1 + c.paired));
            Ok((homes, paired, coverage::without(tx, kind, "/9/901/", on, ("", ""), 9)?.len()))
        };
        self.read(read).await
    }

    /// Of what is owed of a household now what is done, and what is not.
    async fn duties(&self, id: HouseholdId) -> (Vec<String>, Vec<String>) {
        let all = self.read(move |tx, ctx| standing::of_household(tx, &ctx.site.pack, id, ctx.today())).await;
        let owed = all.into_iter().filter(|d| d.standing.is_owed());
        let (met, open): (Vec<_>, Vec<_>) = owed.partition(|d| matches!(d.standing, Standing::Met { .. }));
        let names = |all: Vec<standing::Duty>| all.into_iter().map(|d| d.obligation).collect::<Vec<_>>();
        (names(met), names(open))
    }

    /// Nothing drifts: the counters say what is computed.
    async fn counted(&self) {
        let site = self.world.site.clone();
        let drift = self.world.site.db.write(move |tx| tally::recount(tx, &site, false)).await;
        assert_eq!(drift.expect("a count"), []);
    }

    /// Records and requests in which this word lies in clear.
    async fn in_clear(&self, word: &'static str) -> Vec<String> {
        self.read(move |tx, _| tx.query_map(&CLEAR, &params![format!("%{word}%")], |r| r.get(0))).await
    }
}

fn named(all: &[(&str, bool)]) -> Vec<(String, bool)> {
    let mut all: Vec<(String, bool)> = all.iter().map(|(name, own)| ((*name).to_owned(), *own)).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_family_of_two_rows_is_one_household_while_they_are_linked_and_two_again_afterwards() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        let (kept, other) = (f.kept, f.other);
        f.pairs("liaison", kept, Date::constant(2026, 1, 1)).await;
        f.pairs("pair", other, Date::constant(2026, 1, 1)).await;
        let site = f.world.site.clone();
        f.world.site.db.write(move |tx| tally::open(tx, &site)).await.expect("opened");
        let plan = f.plan(other, &["skill", "care"]);
        f.plans(&plan).await.expect("a plan");
        f.helps(other, "skill", "教了修枝", None).await;
        assert_eq!(f.figures().await, [(other, 2, 1, 1)]);
        f.counted().await;
        f.world.clock.advance(2 * DAY);

        f.links().await;
        // The same person once; who else lives there comes from where they were entered.
        assert_eq!(f.people(kept).await, named(&[(HEAD, true), (WIFE, true), (SON, false)]));
        assert_eq!(f.people(other).await, named(&[(HEAD, true), (SON, true)]), "its own row is as it was");
        // The mark counts for both, so the pairing that asks for it goes along, with its plan.
        assert_eq!(f.hardship().await, (vec![kept], true, true, (1, 1)));
        assert_eq!(
            (f.kinds(kept).await, f.kinds(other).await.len()),
            (vec!["liaison".into(), "pair".into()], 0)
        );
        let (known, helps) = f
            .read(move |tx, _| {
                Ok((plan_of(tx, kept, "pair", 2026, None)?, helps_of(tx, kept, "pair", 2026, None)?))
            })
            .await;
        assert_eq!(known.map(|p| (p.record, p.household)), Some((plan.id, other)));
        assert_eq!(helps.len(), 1);
        assert_eq!(f.figures().await, [(kept, 2, 1, 1)]);
        let (met, open) = f.duties(kept).await;
        assert!(met.iter().any(|o| o == "pair-plan") && met.iter().any(|o| o == "pair-help"), "{met:?}");
        assert!(open.iter().any(|o| o == "hardship-monthly"), "by the mark of the other: {open:?}");
        assert!(!met.iter().chain(&open).any(|o| o == "quarterly"), "{met:?} {open:?}");

        // One visit, and the duties of both pairings are met by it and the help given at it.
        f.world.clock.advance(DAY);
        let visit = f.visits(kept, "庭生和霓裳都在，梅庭生想学手艺", Some("梅庭生的学费补贴没有到")).await;
        f.helps(kept, "care", "给梅庭生找了师傅", Some(visit)).await;
        assert_eq!(f.in_clear(SON).await, Vec::<String>::new(), "a name of either row is hidden");
        let (met, _) = f.duties(kept).await;
        assert!(met.iter().any(|o| o == "hardship-monthly"), "{met:?}");
        assert_eq!(f.figures().await, [(kept, 2, 2, 2)]);
        let seen = f.read(move |tx, _| records::latest(tx, kept, visits::KIND)).await;
        assert_eq!(seen.map(|r| r.id), Some(visit));
        // Whoever goes there with a phone has all of it along, and it stands at both that names were given out.
        let mine = f.member().write(|tx, ctx| visits::mine(tx, ctx)).await.expect("mine");
        assert_eq!(mine.households.iter().map(|h| h.people.len()).collect::<Vec<_>>(), [3]);
        for id in [kept, other] {
            let events = f.read(move |tx, _| journal::events(tx, id.0)).await;
            assert_eq!(events.iter().filter(|e| e.kind == "look").count(), 1);
        }
        // Revised while they are one: that is the plan of the one that is kept, and the other one's stays its own.
        let revised = f.plan(kept, &["skill", "care", "errands"]);
        f.plans(&revised).await.expect("revised");
        let year = f.read(move |tx, ctx| wrap_up(tx, ctx, kept, "pair", 2026, ctx.today())).await;
        assert_eq!(year.plan.map(|p| (p.record, p.made)), Some((revised.id, Date::constant(2026, 11, 17))));
        assert_eq!(year.former.iter().map(|p| p.record).collect::<Vec<_>>(), [plan.id]);
        assert_eq!((year.items.len(), year.pairings.len(), year.visits.len()), (3, 2, 1));
        assert_eq!(f.figures().await, [(kept, 3, 2, 2)]);
        f.counted().await;
        f.world.clock.advance(DAY);

        f.unlinks().await;
        assert_eq!(f.people(kept).await, named(&[(HEAD, true), (WIFE, true)]));
        assert_eq!(f.people(other).await, named(&[(HEAD, true), (SON, true)]));
        assert_eq!(f.hardship().await, (vec![other], false, true, (1, 1)));
        assert_eq!(
            (f.kinds(kept).await, f.kinds(other).await),
            (vec!["liaison".into()], vec!["pair".into()])
        );
        let (own, mine) = f
            .read(move |tx, _| {
                Ok((plan_of(tx, other, "pair", 2026, None)?, plan_of(tx, kept, "pair", 2026, None)?))
            })
            .await;
        assert_eq!(own.map(|p| p.record), Some(plan.id), "as if it had never been linked");
        assert_eq!(mine.map(|p| p.record), Some(revised.id), "what was written meanwhile stays where it was");
        assert_eq!(f.figures().await, [(other, 2, 1, 1)]);
        let last = f.read(move |tx, _| records::latest(tx, other, visits::KIND)).await;
        assert_eq!(last, None, "the visit was to the one that was kept");
        // And linked once more, nothing stands there twice.
        f.links().await;
        assert_eq!(f.figures().await, [(kept, 3, 2, 2)]);
        f.unlinks().await;
    })
    .await;
}

#[tokio::test]
async fn a_pairing_that_began_on_the_day_of_the_link_comes_back() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        f.pairs("pair", f.other, f.today()).await;
        for days in [0, 3] {
            f.links().await;
            assert_eq!((f.kinds(f.kept).await, f.kinds(f.other).await), (vec!["pair".to_owned()], vec![]));
            f.world.clock.advance(days * DAY);
            f.unlinks().await;
            assert_eq!((f.kinds(f.kept).await, f.kinds(f.other).await), (vec![], vec!["pair".to_owned()]));
        }
    })
    .await;
}

#[tokio::test]
async fn a_mark_on_somebody_stands_where_they_were_entered() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        let (kept, other) = (f.kept, f.other);
        f.links().await;
        let son = f
            .read(move |tx, ctx| households::living(tx, kept, ctx.today()))
            .await
            .into_iter()
            .find(|m| m.household == other)
            .expect("the son")
            .person;
        let new = NewTag {
            tag: "floating-member".into(),
            person: Some(son),
            from: f.today(),
            to: None,
            basis: "入户核实".into(),
            note: None,
        };
        let fact = f.boss().write(move |tx, ctx| homes::tag(tx, ctx, kept, &new)).await.expect("a mark");
        f.counted().await;
        let marks = |f: &Family, id| {
            let ctx = f.member();
            async move {
                let all =
                    ctx.read(move |tx, ctx| households::tags(tx, id, ctx.today())).await.expect("marks");
                let mut all: Vec<String> = all.iter().filter_map(|f| f.tag()).map(str::to_owned).collect();
                all.sort();
                all
            }
        };
        assert_eq!(marks(&f, kept).await, ["floating-member", "hardship"]);
        f.unlinks().await;
        assert_eq!((marks(&f, kept).await.len(), marks(&f, other).await.len()), (0, 2), "it is the son's");
        f.links().await;
        f.world.clock.advance(DAY);
        let on = Some(f.today());
        f.boss()
            .write(move |tx, ctx| homes::untag(tx, ctx, kept, fact, on, "已返乡"))
            .await
            .expect("it ends, wherever it stands");
        assert_eq!(marks(&f, kept).await, ["hardship"]);
        f.counted().await;
    })
    .await;
}

#[tokio::test]
async fn those_who_hold_either_row_look_after_one_household() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        let lead = f.world.staff(f.world.unit("90101"), Role::Lead);
        let before = f.today();
        f.pairs_with(&lead, "liaison", f.kept, before.yesterday().expect("a day")).await;
        f.pairs("pair", f.other, before.yesterday().expect("a day")).await;
        f.world.clock.advance(DAY);
        let (me, them) = (f.member().account().expect("one"), lead.account().expect("another"));
        let beside = |f: &Family, one| {
            let ctx = f.member();
            async move {
                ctx.read(move |tx, _| register::pairings::beside(tx, one, before)).await.expect("a look")
            }
        };
        assert_eq!((beside(&f, me).await, beside(&f, them).await), (vec![], vec![]));
        f.links().await;
        assert_eq!(
            (beside(&f, me).await, beside(&f, them).await),
            (vec![them], vec![me]),
            "on that day already"
        );
        f.unlinks().await;
        assert_eq!((beside(&f, me).await, beside(&f, them).await), (vec![], vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_phone_that_was_away_while_they_were_linked_brings_its_visit_to_the_one_that_is_kept() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        f.pairs("pair", f.other, Date::constant(2026, 1, 5)).await;
        f.links().await;
        assert!(
            f.kinds(f.other).await.is_empty(),
            "on the day of the link nobody is paired with that row any more"
        );
        let visit = f.visits(f.other, "孙子考上了高中", None).await;
        let written = f.read(move |tx, _| records::by_id(tx, visit)).await.expect("a record");
        assert_eq!(written.household, f.kept);
    })
    .await;
}

#[tokio::test]
async fn what_a_family_was_promised_is_there_once_the_link_to_a_household_that_ended_is_undone() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        let (kept, other) = (f.kept, f.other);
        f.pairs("pair", other, Date::constant(2026, 1, 5)).await;
        let due = f.world.site.zone.date(f.world.site.now().plus(9 * DAY));
        let visit = Visit {
            id: f.id(),
            household: other,
            on: f.today(),
            device_at: None,
            seen_at: None,
            answers: vec![Said {
                question: "family".into(), choices: Vec::new(), text: "添了个孙女".into()
            }],
            promises: Vec::new(),
            promised: vec![Promised { id: f.id().0, text: "问清高龄补贴".into(), due }],
            needs: Vec::new(),
            helped: Vec::new(),
            corrects: None,
        };
        f.member().write(move |tx, ctx| visits::confirm(tx, ctx, &visit, None)).await.expect("a visit");
        f.links().await;
        // Somewhat before its words are to be forgotten the kept row ends, of another family as it turns out later.
        f.world.clock.advance((2 * 365 + 300) * DAY);
        let today = f.today();
        f.boss().write(move |tx, ctx| homes::close(tx, ctx, kept, today, "迁出")).await.expect("ended");
        let sweep = async |days: i64| {
            for _ in 0..days {
                f.world.clock.advance(DAY);
                while visits::forget::sweep(&f.world.site).await.expect("swept") {}
            }
            f.read(move |tx, _| visits::open_at(tx, other)).await.remove(0).text
        };
        assert_eq!(sweep(100).await, "问清高龄补贴", "the link may be undone");
        f.unlinks().await;
        assert_eq!(sweep(40).await, "问清高龄补贴", "it is owed again");
    })
    .await;
}

#[tokio::test]
async fn a_household_that_has_ended_is_linked_to_none() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        let (kept, other, today) = (f.kept, f.other, f.today());
        f.boss().write(move |tx, ctx| homes::close(tx, ctx, other, today, "迁出")).await.expect("ended");
        for (a, b) in [(other, kept), (kept, other)] {
            let refused = f.boss().write(move |tx, ctx| homes::link(tx, ctx, a, b, "入户核实")).await;
            assert!(matches!(refused, Err(kernel::Error::Refused { code: "link-ended", .. })), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn figures_of_a_day_before_the_link_count_the_family_once() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        let (kept, other) = (f.kept, f.other);
        let first = Date::constant(2026, 1, 1);
        // Both rows had a liaison; the other one alone had a pairing with plans.
        f.pairs("liaison", kept, first).await;
        f.pairs("liaison", other, first).await;
        f.pairs("pair", other, first).await;
        let site = f.world.site.clone();
        f.world.site.db.write(move |tx| tally::open(tx, &site)).await.expect("opened");
        let plan = f.plan(other, &["skill", "care"]);
        f.plans(&plan).await.expect("a plan");
        f.visits(other, "一切都好", None).await;
        let planned = f.today();
        f.world.clock.advance(2 * DAY);
        let revised = Plan { corrects: Some(plan.id), ..f.plan(other, &["skill", "care", "errands"]) };
        f.plans(&revised).await.expect("revised");
        f.helps(other, "skill", "教了修枝", None).await;
        let before = f.today();
        f.world.clock.advance(2 * DAY);
        let own = [(other, 3, 1, 1)];
        assert_eq!(f.figures_on(before, "pair").await, own);
        assert_eq!(f.cover_on(before, "liaison").await, (2, 2, 0));

        f.links().await;
        assert_eq!(f.figures_on(before, "pair").await, [(kept, 3, 1, 1)]);
        assert_eq!(f.figures_on(planned, "pair").await, [(kept, 2, 0, 1)], "as it was known then");
        let lived = f.figures_on(before, "liaison").await;
        assert_eq!(lived.iter().map(|l| (l.0, l.3)).collect::<Vec<_>>(), [(kept, 1)]);
        assert_eq!(f.cover_on(before, "liaison").await, (1, 1, 0));
        assert_eq!(f.cover_on(before, "pair").await.1, 1);
        // Its page says the same of that day.
        let year = f.read(move |tx, ctx| wrap_up(tx, ctx, kept, "pair", 2026, before)).await;
        assert_eq!((year.items.len(), year.visits.len()), (3, 1));
        // From the day of the link on the pairing of the kept one says it.
        assert_eq!(f.figures_on(f.today(), "pair").await, [(kept, 3, 1, 1)]);

        f.unlinks().await;
        assert_eq!(f.figures_on(before, "pair").await, own, "two again, on that day as well");
        assert_eq!(f.cover_on(before, "liaison").await, (2, 2, 0));
    })
    .await;
}

#[tokio::test]
async fn whoever_was_entered_at_both_rows_leaves_both_by_leave_of_the_kept_one() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        let (kept, other) = (f.kept, f.other);
        f.links().await;
        f.world.clock.advance(DAY);
        let gone = f.today();
        let entry = |tx: &mut dyn Tx, id| {
            let all = households::members(tx, id)?;
            let head = all.into_iter().find(|m| m.relation == Relation::Head);
            Result::Ok(head.expect("the head"))
        };
        let at = f.read(move |tx, _| Ok([entry(tx, kept)?, entry(tx, other)?])).await;
        let id = at[0].id;
        f.boss().write(move |tx, ctx| homes::leave(tx, ctx, kept, id, gone, "去世")).await.expect("gone");
        assert_eq!(f.people(kept).await, named(&[(WIFE, true), (SON, false)]));
        assert_eq!(f.people(other).await, named(&[(SON, true)]));
        let heads = move |tx: &mut dyn Tx, _: &Ctx| {
            let head = |tx: &mut dyn Tx, id| households::get(tx, id).map(|h| h.and_then(|h| h.head));
            Ok((head(tx, kept)?, head(tx, other)?))
        };
        assert_eq!(f.read(heads).await, (None, None));
        // And it was a mistake: put right at the row that is linked.
        let (id, from) = (at[1].id, at[1].from);
        let back = households::Correction {
            name: None,
            phone: None,
            idno: None,
            address: None,
            without: Vec::new(),
            relation: Relation::Head,
            from,
            to: None,
            basis: "写错了人".into(),
        };
        f.boss().write(move |tx, ctx| homes::correct(tx, ctx, other, id, &back)).await.expect("put right");
        assert_eq!(f.people(kept).await, named(&[(HEAD, true), (WIFE, true), (SON, false)]));
        assert_eq!(f.read(heads).await, (Some(at[0].person), Some(at[1].person)));
    })
    .await;
}

#[tokio::test]
async fn a_unit_is_judged_in_as_many_statements_however_many_families_are_linked() {
    each_world("village63", MIGRATIONS, |world| async move {
        let f = Family::new(world);
        // The other one alone was looked after and seen: the kept one has what it has, and once.
        f.pairs("liaison", f.other, Date::constant(2026, 1, 1)).await;
        f.visits(f.other, "一切都好", None).await;
        f.world.clock.advance(DAY);
        f.links().await;
        let judged = |f: &Family| {
            let (site, db, today) = (f.world.site.clone(), f.world.site.db.clone(), f.today());
            move || {
                let (site, before) = (site.clone(), db.statements_run());
                let all = db.read_now(move |tx| {
                    let duty = site.pack.obligation("hardship-monthly").expect("a duty");
                    let period = duty.window.at(today).expect("a period");
                    let mut all = Vec::new();
                    for path in ["/9/", "/9/901/90101/"] {
                        let tell = &mut |home, grid: &str, standing: Standing| {
                            all.push((home, grid.to_owned(), matches!(standing, Standing::Met { .. })));
                            Ok(())
                        };
                        standing::each(tx, &site.pack, duty, period, path, today, tell)?;
                    }
                    Ok(all)
                });
                (all.expect("judged"), db.statements_run() - before)
            }
        };
        let (all, statements) = judged(&f)();
        let own = (f.kept, "/9/901/90101/9010101/".to_owned(), true);
        assert_eq!(all, [own.clone(), own.clone()]);
        for n in 0..3 {
            let one = row(&f.world, &[("言豫津", Relation::Head, None)], &[]).id;
            let other = row(&f.world, &[("谢弼", Relation::Head, None)], &[]).id;
            f.pairs("liaison", other, Date::constant(2026, 1, 1)).await;
            f.world.clock.advance(n * DAY);
            let link = move |tx: &mut dyn Tx, ctx: &Ctx| homes::link(tx, ctx, other, one, "入户核实");
            f.boss().write(link).await.expect("linked");
        }
        let (all, more) = judged(&f)();
        assert_eq!((all.len(), more), (8, statements));
        assert_eq!(all.iter().filter(|one| **one == own).count(), 2);
        f.counted().await;
    })
    .await;
}
