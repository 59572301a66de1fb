//! How many cases with their whole past a second go in: `cargo run --release -p requests --example bulk_rate [CASES]`.

use kernel::{Actor, HOUR, Role};
use requests::Ctx;
use requests::bulk::{Desk, Past, What, write_with};
use requests::model::{Audience, Satisfaction};
use rules::case::Word;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::{World, at};

fn main() {
    let cases: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(50_000);
    let tables = [
        journal::MIGRATIONS,
        access::MIGRATIONS,
        register::MIGRATIONS,
        notify::MIGRATIONS,
        files::MIGRATIONS,
        requests::MIGRATIONS,
    ];
    let fresh = db::testing::sqlite_with(|c| c.bulk = true);
    let world = World::build(fresh, "county", &tables);
    let ctx = Ctx::system(&world.site);
    let maker = Maker::of(&world);
    let desk_ctx = ctx.clone();
    let desk = world.site.db.read_now(move |tx| Desk::load(tx, &desk_ctx)).expect("the desk is read");
    let desk = Arc::new(desk);
    let (mut took, mut steps) = (Duration::ZERO, 0);
    for from in (0..cases).step_by(1000) {
        let batch: Vec<Past> = (from..cases.min(from + 1000)).map(|n| maker.past(n)).collect();
        steps += batch.iter().map(|p| p.steps.len()).sum::<usize>();
        let (ctx, desk) = (ctx.clone(), desk.clone());
        let started = Instant::now();
        world.site.db.write_now(move |tx| write_with(tx, &ctx, &desk, &batch)).expect("written");
        took += started.elapsed();
    }
    let rate = cases as f64 / took.as_secs_f64();
    println!("{cases} cases, {steps} steps in {took:.2?}: {rate:.0} cases a second");
}

struct Maker {
    desk: Actor,
    lead: Actor,
    officer: Actor,
    named: kernel::AccountId,
    works: kernel::UnitId,
    village: kernel::UnitId,
    classes: Vec<pack::Class>,
}

impl Maker {
    fn of(world: &World) -> Maker {
        let hall = world.office("901", "township-hall");
        let works = world.office("901", "township-construction");
        let staff = |unit, role| Actor::Staff { account: world.account(unit, role), unit };
        let plain = |c: &&pack::Class| c.is_leaf() && c.track == "standard" && !c.major && c.stop.is_none();
        Maker {
            desk: staff(hall, Role::Triage),
            lead: staff(works, Role::Lead),
            officer: staff(works, Role::Officer),
            named: world.account(works, Role::Officer),
            works,
            village: world.unit("90101"),
            classes: world.site.pack.classes.iter().filter(plain).cloned().collect(),
        }
    }

    /// A case of seven steps (every tenth of three, still open), spread over a year.
    fn past(&self, n: usize) -> Past {
        let start = at(2025, 10, 1, 8, 0).plus(n as i64 % 52_000 * 600_013 + n as i64);
        let after = |hours: i64| start.plus(hours * HOUR);
        let mut past = Past::new("web", start);
        let class = &self.classes[n % self.classes.len()];
        past.class = class.code.clone();
        past.body = format!(
            "村口到小学一段路灯全灭，晚上孩子放学看不见路，请尽快派人修理。第{n}件，杆号{}。",
            n % 97
        );
        past.place = Some(self.village);
        past.person.name = Some(format!("试用人{n}"));
        past.person.phone = Some(format!("139{:08}", n % 100_000_000));
        past.then(after(1), &self.desk, What::Assign { unit: self.works, note: "请核实办理".into() });
        past.then(after(3), &self.lead, What::Name { officer: self.named, note: String::new() });
        let spoken = What::Contact { text: "已电话联系。".into(), audience: Audience::Person };
        past.then(after(5), &self.officer, spoken);
        if n.is_multiple_of(10) {
            return past;
        }
        let seen = What::Progress { text: "已到现场查看。".into(), audience: Audience::Person };
        past.then(after(20), &self.officer, seen);
        let answer = What::Answer {
            text: "已更换控制箱，路灯全部恢复。".into(),
            unsolvable: false,
            evidence: class.evidence.clone(),
        };
        past.then(after(30), &self.officer, answer);
        let word =
            What::Judge { word: Word::Solved, satisfaction: Some(Satisfaction::Good), note: String::new() };
        past.then(after(50), &Actor::Resident, word);
        past.then(after(60), &self.officer, What::Close { note: String::new() });
        past
    }
}
