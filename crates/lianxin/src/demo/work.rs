//! Pairing work of the demonstration: plans, help towards them and checks, as they would have come since the pairings
//! began. Where the pack asks for plans most pairings have one; elsewhere a few do.

use super::Dice;
use access::{SharedSite, accounts};
use kernel::{AccountId, Date, RecordId, Result, Role, Timestamp, UnitId};
use liaison::work::bulk::{By, Past, past};
use liaison::work::{Check, Help, ItemStanding, ItemState, Of, PairingLine, Plan, PlanItem, lines};
use register::households;
use requests::Ctx;
use std::collections::HashMap;
use std::sync::Arc;

/// So many pairings at most have plans.
const MOST: usize = 300;
/// One in so many has one where nothing asks for it.
const FEW: usize = 12;
/// So many pairings in one transaction.
const BATCH: usize = 50;

const WISHES: [&str; 8] = [
    "把核桃园管好，多卖一点钱",
    "孩子把高中念完",
    "老人的药费能报下来",
    "在附近找个能顾家的活",
    "把漏雨的屋顶修好",
    "养几头牛，年底有收入",
    "学会电工，出去好找活",
    "老人身边有人照应",
];
const DONE: [&str; 6] = [
    "上门看了情况，一起商量了办法",
    "陪着去问清楚了怎么办",
    "帮着把该跑的手续跑了",
    "约了懂行的人到家里来看",
    "和村里一起上门，定了下一步",
    "打电话把进度问清楚，告诉了家里",
];
const ASKS: [&str; 4] = [
    "落后的这一项下个月要有结果",
    "把还没开始的先做起来",
    "和家里再商量一下，做不成的改计划",
    "找乡里的站所一起办",
];

/// Writes it.
///
/// Errors: those of the database.
pub(super) fn write(site: &SharedSite, seed: u64) -> Result<()> {
    let ctx = Ctx::system(site);
    let dice = Arc::new(Dice::new(seed, "work"));
    for kind in site.pack.work.pairings.clone() {
        let asked =
            site.pack.obligations.iter().any(|o| o.pairing == kind && o.record == liaison::work::PLAN);
        let (year, today, of) = (ctx.today().year(), ctx.today(), kind.clone());
        let all = site.db.read_now(move |tx| {
            let every = Of::Unit("/".into(), Default::default(), 100_000);
            lines(tx, &every, &of, year, today, Timestamp(i64::MAX))
        })?;
        let every = all.iter().enumerate().filter(|(n, _)| if asked { n % 8 != 7 } else { n % FEW == 0 });
        let chosen: Vec<PairingLine> = every.map(|(_, l)| l.clone()).take(MOST).collect();
        for some in chosen.chunks(BATCH) {
            let (some, ctx, dice, kind) = (some.to_vec(), ctx.clone(), dice.clone(), kind.clone());
            site.db.write_now(move |tx| {
                let mut desk = Desk { ctx: &ctx, dice: &dice, kind: &kind, units: HashMap::new() };
                some.iter().try_for_each(|line| desk.one(tx, line))
            })?;
        }
    }
    Ok(())
}

struct Desk<'a> {
    ctx: &'a Ctx,
    dice: &'a Dice,
    kind: &'a str,
    units: HashMap<AccountId, UnitId>,
}

impl Desk<'_> {
    /// In the forenoon of a day.
    fn at(&self, on: Date) -> Timestamp {
        let zone = self.ctx.site.zone;
        zone.instant(on.at(9, 0, 0, 0)).plus(self.dice.from_to(0, 150) * kernel::MINUTE)
    }

    fn id(&self, at: Timestamp) -> RecordId {
        RecordId::new(at, self.dice.chance())
    }

    fn one(&mut self, tx: &mut dyn db::Tx, line: &PairingLine) -> Result<()> {
        let (ctx, dice) = (self.ctx, self.dice);
        let today = ctx.today();
        let Some(home) = households::get(tx, line.household)? else { return Ok(()) };
        let held = liaison::read::of_household(tx, home.id, today)?;
        let Some(since) = held.iter().find(|p| p.kind == self.kind).map(|p| p.from) else { return Ok(()) };
        let unit = match self.units.get(&line.account) {
            Some(unit) => *unit,
            None => {
                let unit = accounts::units_of(tx, line.account, today)?.first().copied().unwrap_or(home.unit);
                self.units.insert(line.account, unit);
                unit
            }
        };
        let first = Date::new(today.year(), 1, 5).unwrap_or(today).max(since);
        let made = later(first, dice.from_to(0, 20)).min(today);
        let rule = &ctx.site.pack.work;
        let offered: Vec<&str> = rule.items().map(|i| i.id.as_str()).collect();
        let from = dice.below(offered.len());
        let step = 1 + dice.below(3);
        let mut items: Vec<PlanItem> = Vec::new();
        for n in 0..2 + dice.below(3) {
            let item = offered[(from + n * step) % offered.len()];
            let month = dice.from_to(i64::from(made.month()), 12) as i8;
            let by = Date::new(today.year(), month, 1).map_or(today, Date::last_of_month);
            if items.iter().all(|i| i.item != item) {
                items.push(PlanItem { item: item.to_owned(), text: String::new(), by });
            }
        }
        let at = self.at(made);
        let plan = Plan {
            id: self.id(at),
            household: home.id,
            kind: self.kind.to_owned(),
            year: today.year(),
            on: made,
            wish: (*dice.pick(&WISHES)).to_owned(),
            items: items.clone(),
            corrects: None,
        };
        let by = By { account: line.account, unit, at };
        past(tx, &ctx.site, &home, by, &Past::Plan(plan))?;
        let (finished, begun): (Vec<_>, Vec<_>) = rule.effects.iter().partition(|e| e.done);
        let mut done: Vec<(String, Date, bool)> = Vec::new();
        for item in &items {
            for n in 0..dice.weighted(&[20, 50, 30]) {
                let on = later(made, dice.from_to(5, 150));
                if on > today {
                    continue;
                }
                let end = n > 0 || dice.percent(55);
                let some = if end || begun.is_empty() { &finished } else { &begun };
                let at = self.at(on);
                let help = Help {
                    id: self.id(at),
                    household: home.id,
                    kind: self.kind.to_owned(),
                    on,
                    item: Some(item.item.clone()),
                    effect: dice.pick(some).id.clone(),
                    text: (*dice.pick(&DONE)).to_owned(),
                    visit: None,
                    corrects: None,
                };
                past(tx, &ctx.site, &home, By { at, ..by }, &Past::Help(help))?;
                done.push((item.item.clone(), on, end));
            }
        }
        self.check(tx, &home, line.account, made, &items, &done)
    }

    /// The lead of the place looks at some of them.
    fn check(
        &self,
        tx: &mut dyn db::Tx,
        home: &households::Household,
        holder: AccountId,
        made: Date,
        items: &[PlanItem],
        done: &[(String, Date, bool)],
    ) -> Result<()> {
        let (ctx, dice, today) = (self.ctx, self.dice, self.ctx.today());
        let above = ctx.dir.ancestors(home.unit);
        let mut lead = None;
        for unit in above.iter().rev() {
            lead = accounts::holders(tx, unit.id, Role::Lead, today)?.first().map(|h| (h.0, unit.id));
            if lead.is_some() {
                break;
            }
        }
        let Some((account, unit)) = lead.filter(|(who, _)| *who != holder && dice.percent(70)) else {
            return Ok(());
        };
        for days in [60, 150] {
            let on = later(made, days + dice.from_to(0, 12));
            if on > today {
                break;
            }
            let stands = |i: &PlanItem| {
                let mut own: Vec<_> =
                    done.iter().filter(|(id, day, _)| *id == i.item && *day <= on).collect();
                own.sort_by_key(|(_, day, _)| *day);
                let end = own.last().is_some_and(|(_, _, end)| *end);
                ItemStanding { item: i.item.clone(), state: ItemState::on(i.by, end, !own.is_empty(), on) }
            };
            let standing: Vec<ItemStanding> = items.iter().map(stands).collect();
            let lags = standing.iter().any(|s| s.state == ItemState::Lagging);
            let at = self.at(on);
            let check = Check {
                id: self.id(at),
                household: home.id,
                kind: self.kind.to_owned(),
                year: today.year(),
                on,
                items: standing,
                ask: if lags { (*dice.pick(&ASKS)).to_owned() } else { String::new() },
                word: String::new(),
            };
            past(tx, &ctx.site, home, By { account, unit, at }, &Past::Check(check))?;
        }
        Ok(())
    }
}

fn later(day: Date, days: i64) -> Date {
    day.checked_add(jiff::Span::new().days(days)).unwrap_or(day)
}
