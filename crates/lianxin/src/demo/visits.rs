//! The visits of the demonstration: the last half year of those who look after households. What was learnt and promised
//! is made up and names nobody.

use super::Dice;
use super::effort::Effort;
use super::needs::Needs;
use super::personas;
use super::plan::Plan;
use crate::progress::Bar;
use access::{SharedSite, accounts};
use kernel::{AccountId, Actor, DAY, Date, MINUTE, RecordId, RequestId, Result, Timestamp, UnitId};
use liaison::visits::bulk::{self, Rated};
use liaison::visits::{Answer, Kept, Promised, Rating, Said, Visit};
use register::households::{self, Household};
use requests::model::Satisfaction;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// About so many pairings are visited, so that a demonstration of a whole city is there in a minute: of everybody where
/// there are no more, otherwise of every second person, or third …
const MOST: i64 = 6_000;
/// How many days back.
const DAYS: i64 = 180;
/// Of a hundred households, how many were visited never in that time, once, twice …
const TIMES: [u64; 5] = [8, 30, 40, 16, 6];
/// The visits of a hundred households.
const USUAL: usize = 182;
/// Of a hundred visits so many are rated by the family, and how: from very good to very bad.
const RATED: u64 = 12;
const GRADES: [u64; 5] = [44, 38, 13, 4, 1];
/// So many of a hundred who rate a visit add words.
const WORDED: u64 = 35;
const PRAISE: [&str; 8] = [
    "说话算话，上回答应的都办了",
    "坐下来听我们讲，不赶时间",
    "还帮着把院里的水管看了看",
    "讲政策讲得明白",
    "来得勤，有事找得到人",
    "老人腿脚不便，多亏上门",
    "问得细，也不嫌烦",
    "下回能不能晚饭后来，白天都在地里",
];
const BLAME: [&str; 5] = [
    "站了几分钟就走了",
    "上回说的事没有下文",
    "只问了问就记本子，没问我们急什么",
    "来的时候家里没大人，孩子说不清",
    "说好周末来，改了两回",
];
/// Households in one transaction.
const HOMES: usize = 100;

/// What a family says now and then: the keys of question and choice, and their words.
const HEARD: [(&str, &str, &str); 12] = [
    ("family", "away", "儿子去外地打工，过年回来"),
    ("family", "people", "添了个孙女"),
    ("family", "", "老两口在家，身体还行"),
    ("family", "work", "在镇上找到活了，早出晚归"),
    ("difficulties", "doctor", "看病报销要跑好几趟"),
    ("difficulties", "papers", "老人证件到期没换"),
    ("difficulties", "water-power-road", "入冬水管容易冻"),
    ("prosper", "farm", "想多种两亩，愁销路"),
    ("prosper", "skill", "想学电焊，问有没有班"),
    ("disputes", "neighbours", "和隔壁为排水沟有点疙瘩"),
    ("suggestions", "village", "村口路灯该修一修"),
    ("suggestions", "policy", "新的补贴办法没听明白"),
];
const PROMISED: [&str; 6] = [
    "把新的报销办法带来讲一遍",
    "问清补贴什么时候到账",
    "请农技员来看一次",
    "帮忙联系换证",
    "把路灯的事报上去",
    "问问有没有培训班",
];
/// Why something takes longer, and why it cannot be.
const LATER: [&str; 3] = ["办事的人出差了，下周回来", "还差一份材料", "要等镇里开会定"];
const CANNOT: [&str; 2] = ["不符合条件，已经当面说清", "今年的名额用完了"];

/// A household with those who come.
struct Home {
    household: Household,
    /// Who, for which unit, and since when.
    by: Vec<(AccountId, UnitId, Date)>,
}

/// One past visit, ready to be written.
pub(super) struct Past {
    pub(super) household: Household,
    pub(super) account: AccountId,
    pub(super) unit: UnitId,
    pub(super) at: Timestamp,
    pub(super) visit: Visit,
    /// What the family said of it, and when.
    rated: Option<(Rating, Timestamp)>,
}

impl Past {
    fn write(&self, tx: &mut dyn db::Tx, site: &SharedSite) -> Result<()> {
        bulk::past(tx, site, &self.household, self.account, self.unit, self.at, &self.visit)?;
        let Some((said, at)) = &self.rated else { return Ok(()) };
        let (record, on, path) = (self.visit.id, self.visit.on, self.household.path.clone());
        bulk::rated(tx, site, &Rated { record, path, account: self.account, on, said: said.clone() }, *at)
    }
}

/// Writes them, and gives back what was asked for: its requests are the plan's.
///
/// Errors: those of the database.
pub(super) fn write(site: &SharedSite, seed: u64, plan: &mut Plan<'_>, effort: &mut Effort) -> Result<Needs> {
    let dice = Dice::new(seed, "visits");
    let homes = homes(site)?;
    let bar = Bar::new(homes.len() as u64, "户走访 households visited");
    let mut needs = Needs::new(plan, homes.len() * USUAL / 100, seed);
    for (done, some) in homes.chunks(HOMES).enumerate() {
        let mut batch: Vec<Past> = some.iter().flat_map(|home| of_one(site, &dice, home)).collect();
        needs.hear(site, plan, &mut batch)?;
        for past in &batch {
            effort.visit(past.at, &Actor::Staff { account: past.account, unit: past.unit }, &past.visit);
        }
        let (batch, own) = (Arc::new(batch), site.clone());
        site.db.write_now(move |tx| batch.iter().try_for_each(|p| p.write(tx, &own)))?;
        bar.at((done * HOMES + some.len()) as u64);
    }
    Ok(needs)
}

/// Whose visits are told, in the order of households: of those who can be stepped into all.
fn homes(site: &SharedSite) -> Result<Vec<Home>> {
    let (today, own) = (site.today(), site.clone());
    site.db.read_now(move |tx| {
        let mut loads: BTreeMap<AccountId, i64> = BTreeMap::new();
        for kind in &own.pack.pairings {
            for (account, n) in liaison::coverage::loads(tx, kind, "/", today)? {
                *loads.entry(account).or_default() += n;
            }
        }
        let step = (loads.values().sum::<i64>() / MOST).max(0) as usize + 1;
        let mut chosen: BTreeSet<AccountId> = loads.keys().copied().step_by(step).collect();
        for persona in personas(tx, today)? {
            chosen.extend(accounts::by_login(tx, &persona.login)?.map(|a| a.id));
        }
        let mut out: BTreeMap<String, Home> = BTreeMap::new();
        for account in chosen {
            let Some(unit) = accounts::units_of(tx, account, today)?.first().copied() else { continue };
            for pairing in liaison::read::of_account(tx, account, today)? {
                let Some(household) = households::get(tx, pairing.household)? else { continue };
                let home = out.entry(household.code.clone());
                let home = home.or_insert_with(|| Home { household, by: Vec::new() });
                if home.by.iter().all(|(known, ..)| *known != account) {
                    home.by.push((account, unit, pairing.from));
                }
            }
        }
        Ok(out.into_values().collect())
    })
}

/// When somebody could have been at the door so many days ago; none where that is still to come.
fn at_the_door(site: &SharedSite, dice: &Dice, back: i64) -> Option<Timestamp> {
    let day = site.zone.date(site.now().plus(-back * DAY));
    let (hour, minute) = (dice.from_to(9, 18) as i8, dice.from_to(0, 59) as i8);
    Some(site.zone.instant(day.at(hour, minute, 0, 0))).filter(|at| at.0 < site.now().0)
}

/// The visits at one household, earliest first: most quarters one, now and then more, sometimes none. What was promised
/// at one is answered at the next.
fn of_one(site: &SharedSite, dice: &Dice, home: &Home) -> Vec<Past> {
    let times = dice.weighted(&TIMES);
    let mut days: Vec<i64> = (0..times).map(|_| dice.from_to(0, DAYS)).collect();
    days.sort_unstable_by_key(|d| std::cmp::Reverse(*d));
    days.dedup();
    let mut open: Vec<Promised> = Vec::new();
    let mut out = Vec::new();
    for back in days {
        let (account, unit, since) = *dice.pick(&home.by);
        let Some(at) = at_the_door(site, dice, back) else { continue };
        let on = site.zone.date(at);
        if on < home.household.from || on < since {
            continue;
        }
        let promises: Vec<Kept> = open.iter().map(|p| kept(site, dice, p, at)).collect();
        open.retain(|p| promises.iter().any(|k| k.id == p.id && k.outcome == Answer::Later));
        let mut promised = Vec::new();
        if dice.percent(22) {
            promised.push(Promised {
                id: RequestId::new(at, dice.chance()).0,
                text: (*dice.pick(&PROMISED)).to_owned(),
                due: site.zone.date(at.plus(dice.from_to(7, 40) * DAY)),
            });
        }
        open.extend(promised.iter().cloned());
        let phone = dice.percent(40).then_some(at.0);
        let visit = Visit {
            id: RecordId::new(at, dice.chance()),
            household: home.household.id,
            on,
            device_at: phone,
            seen_at: None,
            answers: if dice.percent(45) { said(site, dice).into_iter().collect() } else { Vec::new() },
            promises,
            promised,
            needs: Vec::new(),
            helped: Vec::new(),
            corrects: None,
        };
        // What was noted on a phone comes in when there is a network again.
        let late = phone.map_or(0, |_| dice.from_to(1, 90) * MINUTE);
        let at = Timestamp(at.plus(late).0.min(site.now().0));
        out.push(Past { household: home.household.clone(), account, unit, at, visit, rated: None });
    }
    rate(site, dice, &mut out);
    out
}

/// Some visits are rated by the code on the card, which asks of the last one.
fn rate(site: &SharedSite, dice: &Dice, visits: &mut [Past]) {
    let mut until = site.now();
    for past in visits.iter_mut().rev() {
        if dice.percent(RATED) {
            let grade = Satisfaction::from_grade(dice.weighted(&GRADES) as i64 + 1);
            let at = past.at.plus(dice.from_to(kernel::HOUR, 5 * DAY));
            let said = grade.filter(|_| at < until).map(|grade| {
                let own = if grade.counts() { &PRAISE[..] } else { &BLAME[..] };
                let words = if dice.percent(WORDED) { *dice.pick(own) } else { "" };
                Rating { grade, words: words.to_owned() }
            });
            past.rated = said.map(|said| (said, at));
        }
        until = past.at;
    }
}

/// What became of a promise: mostly it was kept.
fn kept(site: &SharedSite, dice: &Dice, promise: &Promised, at: Timestamp) -> Kept {
    let (outcome, due, text) = match dice.below(10) {
        0 | 1 => {
            let due = site.zone.date(at.plus(dice.from_to(5, 30) * DAY));
            (Answer::Later, Some(due), *dice.pick(&LATER))
        }
        2 => (Answer::Cannot, None, *dice.pick(&CANNOT)),
        _ => (Answer::Kept, None, ""),
    };
    Kept { id: promise.id, outcome, due, text: text.to_owned() }
}

/// What was learnt, as far as the pack asks for it.
fn said(site: &SharedSite, dice: &Dice) -> Option<Said> {
    let (question, choice, text) = *dice.pick(&HEARD);
    let known = site.pack.visit.question(question)?;
    let choices = if known.choice(choice).is_some() { vec![choice.to_owned()] } else { Vec::new() };
    Some(Said { question: question.to_owned(), choices, text: text.to_owned() })
}
