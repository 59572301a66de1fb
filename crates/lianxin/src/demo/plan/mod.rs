//! When which request comes in, and what becomes of it: a year and a month of a county's needs.
//!
//! ```text
//!  moments (busy hours, weekdays, seasons) ─▶ sorted ─▶ one after the other: class, place, channel, words,
//!  a few set aside for every open state  ──┘            course through its track ─▶ requests::bulk::Past
//! ```
//!
//! The course is not invented against the rules: `requests::bulk` replays every step through the case
//! machine and refuses what it would refuse of a person. Whatever would have happened after now has
//! not happened yet, which is how most open cases come about.

mod answers;
mod cast;
mod course;
mod course_end;
mod course_others;
mod course_start;
mod course_work;
mod door;
mod intake;
mod moments;
mod office;

pub use cast::Cast;
pub use door::{Door, Heard, Settled, begun_by};
pub(super) use intake::phone as made_up_phone;
pub use moments::{Fate, Moment};
pub use office::Office;

use super::{Dice, Naming, texts};
use crate::demo::texts::Share;
use kernel::{Timestamp, UnitId};
use pack::Pack;
use requests::bulk::Past;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// How many cases go into one batch: a case can only be merged into one of its own batch.
pub const BATCH: usize = 1000;

/// How many of the newest cases tell people by message: enough for an outbox that is alive.
const MAILED: usize = 400;

/// Makes the requests of a demonstration, batch by batch, in the order in which they came in.
pub struct Plan<'a> {
    pack: &'a Pack,
    cast: &'a Cast,
    office: Office<'a>,
    dice: Dice,
    names: Naming<'a>,
    now: Timestamp,
    /// How many there are in all.
    count: usize,
    moments: Vec<Moment>,
    /// What was asked for at doors, besides those moments.
    doors: VecDeque<(Moment, intake::Intake)>,
    /// How many of the moments were told, and how many there are in all by now.
    at: usize,
    done: usize,
    /// What people write about, by month.
    shares: BTreeMap<i8, (Vec<Share>, Vec<u64>)>,
    /// Phones of those who came before: some come again.
    regulars: Vec<(String, String)>,
    /// Cases of this batch that another could be merged into: class, township, place in the batch,
    /// from when and until when it is open.
    open: Vec<Open>,
    /// How many requests each class has had so far.
    written: HashMap<String, usize>,
}

struct Open {
    class: String,
    township: Option<UnitId>,
    at: usize,
    from: Timestamp,
    until: Timestamp,
}

impl<'a> Plan<'a> {
    /// A plan for `count` requests up to `now`.
    pub fn new(pack: &'a Pack, cast: &'a Cast, now: Timestamp, count: usize, seed: u64) -> Plan<'a> {
        let dice = Dice::new(seed, "plan");
        let office = Office::new(pack.calendar(), pack.zone);
        Plan {
            names: Naming::new(&pack.demo, &Dice::new(seed, "people")),
            pack,
            cast,
            office,
            dice,
            now,
            count,
            moments: Vec::new(),
            doors: VecDeque::new(),
            at: 0,
            done: 0,
            shares: BTreeMap::new(),
            regulars: Vec::new(),
            open: Vec::new(),
            written: HashMap::new(),
        }
    }

    /// How many there are in all.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many have been made.
    pub fn done(&self) -> usize {
        self.done
    }

    /// The next batch; none after the last.
    pub fn next_batch(&mut self) -> Option<Vec<Past>> {
        if self.done >= self.count {
            return None;
        }
        if self.done == 0 {
            let others = self.count.saturating_sub(self.doors.len());
            self.moments = moments::all(&self.office, &self.dice, self.now, others, self.pack.demo.months);
            self.doors.make_contiguous().sort_by_key(|(moment, intake)| (moment.at, intake.past.id));
        }
        self.open.clear();
        let end = self.count.min(self.done + BATCH);
        let mut batch = Vec::with_capacity(end - self.done);
        while self.done < end {
            let mut past = self.next(batch.len());
            past.mailed = self.count - self.done <= MAILED;
            batch.push(past);
            self.done += 1;
        }
        Some(batch)
    }

    /// The next one, at a door or elsewhere.
    fn next(&mut self, at: usize) -> Past {
        let next = self.moments.get(self.at).cloned();
        let sooner = |(door, _): &(Moment, intake::Intake)| next.as_ref().is_none_or(|m| door.at <= m.at);
        let heard = if self.doors.front().is_some_and(sooner) { self.doors.pop_front() } else { None };
        let (moment, intake) = match (heard, next) {
            (Some(heard), _) => heard,
            (None, Some(moment)) => {
                self.at += 1;
                let intake = self.intake(&moment);
                (moment, intake)
            }
            // Moments and doors are as many as are counted.
            (None, None) => unreachable!("more requests than moments"),
        };
        self.one(&moment, intake, at)
    }

    /// How often each class has come up so far.
    pub fn written(&self) -> &HashMap<String, usize> {
        &self.written
    }

    fn one(&mut self, moment: &Moment, intake: intake::Intake, at: usize) -> Past {
        *self.written.entry(intake.past.class.clone()).or_default() += 1;
        let township = intake.past.place.and_then(|p| self.cast.township(p));
        let class = intake.past.class.clone();
        let past = self.course(moment, intake, township);
        // A case that others can be joined to: open for at least a day.
        let until = past.steps.iter().find(|s| is_end(&s.what)).map_or(self.now, |s| s.at);
        let ends_elsewhere = past.steps.iter().any(|s| matches!(s.what, requests::bulk::What::Merge { .. }));
        if !ends_elsewhere && until.0 - past.received_at.0 > kernel::DAY {
            self.open.push(Open { class, township, at, from: past.received_at, until });
        }
        past
    }

    /// Looks up the classes of a month with their weights.
    fn know_shares(&mut self, month: i8) {
        let pack = self.pack;
        self.shares.entry(month).or_insert_with(|| {
            // A pack that has other classes gets requests for those it shares with the base.
            // What names a unit or a person is shielded: see `demo::shielded`.
            let plain = |c: &pack::Class| c.is_leaf() && c.stop.is_none() && c.subject.is_none();
            let fits = |s: &Share| pack.class(s.code).is_some_and(plain);
            let shares: Vec<Share> = texts::shares(month).into_iter().filter(fits).collect();
            let weights = shares.iter().map(|s| s.weight).collect();
            (shares, weights)
        });
    }
}

fn is_end(what: &requests::bulk::What) -> bool {
    use requests::bulk::What::{Close, Merge, Refuse, Withdraw};
    matches!(what, Close { .. } | Merge { .. } | Refuse { .. } | Withdraw { .. })
}
