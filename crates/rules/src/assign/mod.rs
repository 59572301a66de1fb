//! Who looks after whom 结对建议: a proposal that covers every household, and says who stays without and why.
//!
//! ```text
//!  pairings in force ──keep up to the quota──▶ kept
//!  the rest ──▶ somebody of the same area with room ──▶ the nearest area with room, inside the borders
//!           ──▶ those who may go anywhere ──▶ uncovered, with the reason
//! ```
//!
//! In this order: nobody above the quota; as many covered as quotas and borders allow; as few changes to the
//! present pairings as that needs; then the shortest ways, counted from area to area; and where ways are equal,
//! neighbours with one person and work shared evenly. The same input gives the same proposal.
//!
//! Where some may go anywhere and others not, and room is short, as many are covered as can be, but a change more may be
//! proposed than is needed; kinds of pairing in packs have one sort of people only.
//!
//! Borders part the areas, and within them everybody may take anybody. So whom somebody already looks after never
//! has to go elsewhere to cover another, and keeping is always right. As ways obey the triangle inequality, so is
//! filling an area by its own people first. What is left over flows between areas: exactly, up to
//! [`EXACT`] areas with something left; beyond that always the nearest two first.

mod flow;
mod place;
#[cfg(test)]
mod tests;

pub use flow::EXACT;
pub use place::{Area, Ways};

use flow::{Flow, flow};

/// A household to be covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home {
    /// Its area: a place in the list of areas.
    pub area: u32,
    /// Who looks after it now: a place in the list of carers. None as well where that person may no longer.
    pub held: Option<u32>,
}

/// Somebody who can look after households.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carer {
    /// Where they come from: a place in the list of areas.
    pub area: u32,
    /// At most so many.
    pub quota: u32,
    /// Whether they may go beyond the borders of their area.
    pub anywhere: bool,
}

/// Why a household stays without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gap {
    /// Nobody may go there.
    Nobody,
    /// All who may go there have as many as they may have.
    Full,
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Proposal {
    /// For each household who is to look after it.
    pub holder: Vec<Option<u32>>,
    /// How many stay with whom they have.
    pub kept: u32,
    /// How many go from one person to another.
    pub moved: u32,
    /// How many had nobody and get somebody.
    pub added: u32,
    /// How many had somebody, and are left without.
    pub dropped: u32,
    /// Who stays without, by their place, and why.
    pub uncovered: Vec<(u32, Gap)>,
    /// All ways together, from area to area, in metres (or in steps of a thousand where positions are unknown).
    pub way: u64,
}

/// Proposes. Households, carers and areas are named by their places in these lists; `ways` knows the areas.
pub fn propose(homes: &[Home], carers: &[Carer], ways: &Ways) -> Proposal {
    let mut desk = Desk::new(homes, carers, ways);
    desk.keep();
    desk.make_room();
    for border in 0..ways.borders() {
        desk.fill(&|c: &Carer| !c.anywhere && ways.border(c.area) == border, Some(border));
    }
    desk.fill(&|c: &Carer| c.anywhere, None);
    desk.proposal()
}

/// What is on the desk while a proposal is made.
struct Desk<'a> {
    homes: &'a [Home],
    carers: &'a [Carer],
    ways: &'a Ways,
    holder: Vec<Option<u32>>,
    load: Vec<u32>,
}

fn at(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'a> Desk<'a> {
    fn new(homes: &'a [Home], carers: &'a [Carer], ways: &'a Ways) -> Self {
        Desk { homes, carers, ways, holder: vec![None; homes.len()], load: vec![0; carers.len()] }
    }

    fn room(&self, carer: usize) -> u32 {
        self.carers[carer].quota.saturating_sub(self.load[carer])
    }

    fn may(&self, carer: &Carer, home: &Home) -> bool {
        carer.anywhere || self.ways.border(carer.area) == self.ways.border(home.area)
    }

    /// Everybody keeps whom they have, the nearest first, up to their quota.
    fn keep(&mut self) {
        let mut held: Vec<(u32, u64, u32)> = Vec::new();
        for (n, home) in self.homes.iter().enumerate() {
            if let Some((holder, carer)) = home.held.and_then(|h| Some((h, self.carers.get(at(h))?)))
                && self.may(carer, home)
            {
                held.push((holder, self.ways.between(home.area, carer.area), place(n)));
            }
        }
        held.sort_unstable();
        for (holder, _, home) in held {
            if self.room(at(holder)) > 0 {
                self.give(at(home), holder);
            }
        }
    }

    fn give(&mut self, home: usize, carer: u32) {
        self.holder[home] = Some(carer);
        self.load[at(carer)] += 1;
    }

    /// Lets those who may go anywhere hand over households where others have room, as far as somebody elsewhere
    /// would stay without otherwise.
    fn make_room(&mut self) {
        let borders = self.ways.borders();
        let mut slack = vec![0i64; at(borders)];
        let mut free = 0i64;
        for (n, carer) in self.carers.iter().enumerate() {
            let room = i64::from(self.room(n));
            match carer.anywhere {
                true => free += room,
                false => slack[at(self.ways.border(carer.area))] += room,
            }
        }
        for (home, holder) in self.homes.iter().zip(&self.holder) {
            if holder.is_none() {
                slack[at(self.ways.border(home.area))] -= 1;
            }
        }
        let mut lacking = slack.iter().map(|s| (-s).max(0)).sum::<i64>() - free;
        for n in 0..self.homes.len() {
            if lacking <= 0 {
                return;
            }
            let border = at(self.ways.border(self.homes[n].area));
            let Some(holder) = self.holder[n].filter(|h| self.carers[at(*h)].anywhere) else { continue };
            if slack[border] > 0 {
                self.holder[n] = None;
                self.load[at(holder)] -= 1;
                slack[border] -= 1;
                lacking -= 1;
            }
        }
    }

    /// Gives who is still without to those whom `who` takes.
    fn fill(&mut self, who: &dyn Fn(&Carer) -> bool, border: Option<u32>) {
        let mine: Vec<u32> = (0..self.carers.len()).filter(|n| who(&self.carers[*n])).map(place).collect();
        if mine.is_empty() {
            return;
        }
        let areas = at(self.ways.areas());
        let mut room = vec![0u32; areas];
        for carer in &mine {
            room[at(self.carers[at(*carer)].area)] += self.room(at(*carer));
        }
        let rest = self.waiting(border);
        let total = |room: &[u32]| room.iter().map(|r| u64::from(*r)).sum::<u64>();
        // Where not all find room, those who had somebody go first: nobody loses whom they had to a newcomer.
        let first: Vec<u32> = rest.iter().copied().filter(|n| self.homes[at(*n)].held.is_some()).collect();
        if rest.len() as u64 > total(&room) && !first.is_empty() && first.len() < rest.len() {
            self.seat(&first, &mine, &mut room);
        }
        let rest = self.waiting(border);
        self.seat(&rest, &mine, &mut room);
    }

    /// Who is still without, inside `border` or anywhere.
    fn waiting(&self, border: Option<u32>) -> Vec<u32> {
        let open = |home: &Home| border.is_none_or(|b| self.ways.border(home.area) == b);
        let homes = self.homes.iter().zip(&self.holder).enumerate();
        homes.filter(|(_, (home, holder))| holder.is_none() && open(home)).map(|(n, _)| place(n)).collect()
    }

    /// Gives those of `homes` for whom there is room to `mine`, by the shortest ways.
    fn seat(&mut self, homes: &[u32], mine: &[u32], room: &mut [u32]) {
        let areas = at(self.ways.areas());
        let mut waiting: Vec<Vec<u32>> = vec![Vec::new(); areas];
        for home in homes {
            waiting[at(self.homes[at(*home)].area)].push(*home);
        }
        let count: Vec<u32> = waiting.iter().map(|w| place(w.len())).collect();
        // What each area's people take in: their own first, then as it flows, in the order of areas.
        let mut incoming: Vec<Vec<u32>> = vec![Vec::new(); areas];
        for Flow { from, to, many } in flow(&count, room, self.ways) {
            room[at(to)] -= many;
            let from = &mut waiting[at(from)];
            let rest = from.split_off(at(many).min(from.len()));
            incoming[at(to)].append(from);
            *from = rest;
        }
        let mut by_area: Vec<Vec<u32>> = vec![Vec::new(); areas];
        for carer in mine {
            by_area[at(self.carers[at(*carer)].area)].push(*carer);
        }
        for (taken, carers) in incoming.iter_mut().zip(&by_area).filter(|(taken, _)| !taken.is_empty()) {
            taken.sort_unstable_by_key(|n| (self.homes[at(*n)].area, *n));
            self.share(taken, carers);
        }
    }

    /// Shares `homes` evenly among `carers` of one area, neighbours with one person.
    fn share(&mut self, homes: &[u32], carers: &[u32]) {
        // The level up to which everybody is filled: the lowest at which all find room.
        let fits = |level: u32| -> u64 {
            carers
                .iter()
                .map(|c| u64::from(level.min(self.carers[at(*c)].quota).saturating_sub(self.load[at(*c)])))
                .sum()
        };
        let (mut low, mut high) = (0, carers.iter().map(|c| self.carers[at(*c)].quota).max().unwrap_or(0));
        while low < high {
            let middle = low + (high - low) / 2;
            if fits(middle) >= homes.len() as u64 { high = middle } else { low = middle + 1 }
        }
        let mut homes = homes.iter();
        for carer in carers {
            let up_to = low.min(self.carers[at(*carer)].quota);
            while self.load[at(*carer)] < up_to {
                let Some(home) = homes.next() else { return };
                self.give(at(*home), *carer);
            }
        }
    }

    fn proposal(self) -> Proposal {
        let mut made = Proposal::default();
        let mut anybody = vec![false; at(self.ways.borders())];
        let mut everywhere = false;
        for carer in self.carers.iter().filter(|c| c.quota > 0) {
            everywhere |= carer.anywhere;
            anybody[at(self.ways.border(carer.area))] |= !carer.anywhere;
        }
        for (n, (home, holder)) in self.homes.iter().zip(&self.holder).enumerate() {
            match (home.held, holder) {
                (Some(was), Some(is)) if was == *is => made.kept += 1,
                (Some(_), Some(_)) => made.moved += 1,
                (None, Some(_)) => made.added += 1,
                (Some(_), None) => made.dropped += 1,
                (None, None) => {}
            }
            match holder {
                Some(carer) => made.way += self.ways.between(home.area, self.carers[at(*carer)].area),
                None => {
                    let known = everywhere || anybody[at(self.ways.border(home.area))];
                    made.uncovered.push((place(n), if known { Gap::Full } else { Gap::Nobody }));
                }
            }
        }
        made.holder = self.holder;
        made
    }
}
