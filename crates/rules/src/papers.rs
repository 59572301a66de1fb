//! Papers 材料交接: who holds what was handed in for an affair, from the first hand to the last.
//!
//! ```text
//!  the person ──taken in──> officer ──offered──> window ──offered──> officer ──offered──> the person
//!                              └ holds it until whoever it is meant for has confirmed
//! ```
//!
//! Each paper has one holder at any time. A hand-over is a slip: it is offered by whoever holds the papers, and only
//! when the other side confirms it does the holder change; until then it can be called back. Whoever gives a paper
//! cannot confirm it in the other's place, and neither can whoever made the slip out for them. An original that somebody other than the person holds keeps a case open:
//! [`Papers::out`] is what `rules::case` asks before any end.

use kernel::{AccountId, Error, Say, UnitId};

crate::vocabulary! {
    /// In what form a paper is needed, or was handed in.
    PaperForm {
        /// It goes back to the person.
        Original = "original", "原件", "Original";
        /// Nobody waits for it.
        Copy = "copy", "复印件", "Copy";
        /// It stays with whoever decides: an application, a form that was signed.
        HandedIn = "handed-in", "交件不退", "Handed in for good";
    }
}

/// In whose hands a paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Whoever asked.
    Person,
    /// A member of staff, for the unit in which they took it.
    Staff(AccountId, UnitId),
}

/// Whom a slip is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Whoever asked.
    Person,
    /// A unit: whoever holds a post there may confirm, and then holds the papers.
    Unit(UnitId),
}

/// One paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its number within the case, from 1.
    pub no: i64,
    /// In what form it was handed in.
    pub form: PaperForm,
    /// Who holds it.
    pub holder: Hand,
    /// The open slip by which it is on its way.
    pub bound: Option<i64>,
}

impl Paper {
    /// Whether it still has to come back to the person.
    pub fn is_out(&self) -> bool {
        self.form == PaperForm::Original && self.holder != Hand::Person
    }
}

/// How far a slip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlipEnd {
    /// Nobody has confirmed it yet.
    Open,
    /// Confirmed by this hand.
    Received(Hand),
    /// Called back by whoever gave it.
    Recalled,
}

/// One hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// Its number within the case, from 1.
    pub no: i64,
    /// Who gives.
    pub from: Hand,
    /// Who made it out: whoever gives or receives, or somebody who hands on for whoever gives.
    pub by: AccountId,
    /// Whom it is meant for.
    pub to: Goal,
    /// Which papers, by number.
    pub papers: Vec<i64>,
    /// How far it is.
    pub end: SlipEnd,
}

/// The papers of one case with all their hand-overs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Papers {
    /// The papers, by number.
    pub papers: Vec<Paper>,
    /// The slips, by number.
    pub slips: Vec<Slip>,
}

/// Why a hand-over is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No paper was chosen.
    Nothing,
    /// Whoever gives does not hold this paper.
    NotHeld(i64),
    /// This paper is on its way already.
    OnItsWay(i64),
    /// There is no such slip, or it is settled.
    Settled,
    /// Somebody else is to confirm, or to call it back.
    NotYours,
    /// Whoever gave it, or made the slip out, cannot receive it as well.
    OwnHand,
}

impl Fault {
    /// A stable word for programs and tests.
    pub fn code(self) -> &'static str {
        match self {
            Fault::Nothing => "no-paper",
            Fault::NotHeld(_) => "paper-not-held",
            Fault::OnItsWay(_) => "paper-on-its-way",
            Fault::Settled => "slip-settled",
            Fault::NotYours => "slip-not-yours",
            Fault::OwnHand => "slip-own-hand",
        }
    }

    /// For people: what is in the way.
    pub fn say(self) -> Say {
        match self {
            Fault::Nothing => Say::new("请选择要交接的材料。", "Please choose the papers."),
            Fault::NotHeld(n) => Say::new(
                format!("第 {n} 份材料不在您手里，不能由您交出。"),
                format!("Paper {n} is not in your hands, so you cannot hand it over."),
            ),
            Fault::OnItsWay(n) => Say::new(
                format!("第 {n} 份材料正在移交，等对方签收，或者先收回。"),
                format!("Paper {n} is on its way: wait for the other side, or call it back first."),
            ),
            Fault::Settled => Say::new(
                "这张交接单已经签收或收回，请看最新的情况。",
                "This slip is confirmed or called back already; please look how it stands now.",
            ),
            Fault::NotYours => Say::new(
                "这张交接单不是交给您的，要由收的一方签收。",
                "This slip is not meant for you: whoever receives it confirms.",
            ),
            Fault::OwnHand => Say::new(
                "交出和签收不能是同一个人。",
                "Whoever hands papers over cannot confirm that they were received.",
            ),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        match fault {
            Fault::Nothing => Error::field("paper", fault.say().zh.into_owned(), fault.say().en.into_owned()),
            _ => Error::Refused { code: fault.code(), say: fault.say() },
        }
    }
}

impl Papers {
    /// Takes papers from the person: whoever receives them is there, so the slip is confirmed at once.
    pub fn take_in(&mut self, by: AccountId, at: UnitId, forms: &[PaperForm]) -> Result<i64, Fault> {
        if forms.is_empty() {
            return Err(Fault::Nothing);
        }
        let slip = self.slips.len() as i64 + 1;
        let holder = Hand::Staff(by, at);
        let mut numbers = Vec::new();
        for form in forms {
            let no = self.papers.len() as i64 + 1;
            self.papers.push(Paper { no, form: *form, holder, bound: None });
            numbers.push(no);
        }
        let end = SlipEnd::Received(holder);
        self.slips.push(Slip { no: slip, from: Hand::Person, by, to: Goal::Unit(at), papers: numbers, end });
        Ok(slip)
    }

    /// Offers papers that `giver` holds to somebody; `by` makes the slip out. They stay with whoever gives until the
    /// other side confirms.
    pub fn offer(&mut self, giver: AccountId, by: AccountId, papers: &[i64], to: Goal) -> Result<i64, Fault> {
        let mut papers = papers.to_vec();
        papers.sort_unstable();
        papers.dedup();
        let mut from = None;
        for no in &papers {
            let paper = self.papers.iter().find(|p| p.no == *no).ok_or(Fault::NotHeld(*no))?;
            match paper.holder {
                Hand::Staff(account, _) if account == giver => from = Some(paper.holder),
                _ => return Err(Fault::NotHeld(*no)),
            }
            if paper.bound.is_some() {
                return Err(Fault::OnItsWay(*no));
            }
        }
        let from = from.ok_or(Fault::Nothing)?;
        let slip = self.slips.len() as i64 + 1;
        for paper in self.papers.iter_mut().filter(|p| papers.contains(&p.no)) {
            paper.bound = Some(slip);
        }
        self.slips.push(Slip { no: slip, from, by, to, papers, end: SlipEnd::Open });
        Ok(slip)
    }

    /// The other side has the papers: they change hands now. `seats` are the units in which whoever confirms holds
    /// a post; they count for nothing where the person confirms.
    pub fn confirm(&mut self, slip: i64, by: Hand, seats: &[UnitId]) -> Result<(), Fault> {
        let found = self.slips.iter_mut().find(|s| s.no == slip && s.end == SlipEnd::Open);
        let found = found.ok_or(Fault::Settled)?;
        let holder = match (found.to, by) {
            (Goal::Person, Hand::Person) => Hand::Person,
            (Goal::Unit(unit), Hand::Staff(account, _)) if seats.contains(&unit) => {
                if found.by == account || matches!(found.from, Hand::Staff(giver, _) if giver == account) {
                    return Err(Fault::OwnHand);
                }
                Hand::Staff(account, unit)
            }
            _ => return Err(Fault::NotYours),
        };
        found.end = SlipEnd::Received(holder);
        for paper in self.papers.iter_mut().filter(|p| p.bound == Some(slip)) {
            paper.holder = holder;
            paper.bound = None;
        }
        Ok(())
    }

    /// Whoever gave the papers takes the offer back; they never left their hands.
    pub fn recall(&mut self, slip: i64, by: AccountId) -> Result<(), Fault> {
        let found = self.slips.iter_mut().find(|s| s.no == slip && s.end == SlipEnd::Open);
        let found = found.ok_or(Fault::Settled)?;
        if !matches!(found.from, Hand::Staff(giver, _) if giver == by) {
            return Err(Fault::NotYours);
        }
        found.end = SlipEnd::Recalled;
        for paper in self.papers.iter_mut().filter(|p| p.bound == Some(slip)) {
            paper.bound = None;
        }
        Ok(())
    }

    /// Originals that still have to come back to the person.
    pub fn out(&self) -> u32 {
        self.papers.iter().filter(|p| p.is_out()).count() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Uuid;
    use proptest::prelude::*;

    fn who(n: u8) -> AccountId {
        AccountId(Uuid::from_u128(n.into()))
    }

    /// Everybody sits in a unit of their own; 9 sits in none.
    fn seat(n: u8) -> UnitId {
        UnitId(Uuid::from_u128(100 + u128::from(n)))
    }

    #[test]
    fn a_paper_goes_from_hand_to_hand_and_back() {
        let mut all = Papers::default();
        let forms = [PaperForm::Original, PaperForm::Copy, PaperForm::HandedIn];
        assert_eq!(all.take_in(who(1), seat(1), &forms), Ok(1));
        assert_eq!(all.out(), 1, "only an original has to come back");
        let slip = all.offer(who(1), who(1), &[1, 2], Goal::Unit(seat(2))).unwrap();
        assert_eq!(all.papers[0].holder, Hand::Staff(who(1), seat(1)), "until the window confirms");
        assert_eq!(all.offer(who(1), who(1), &[1], Goal::Person), Err(Fault::OnItsWay(1)));
        assert_eq!(all.confirm(slip, Hand::Staff(who(3), seat(3)), &[seat(3)]), Err(Fault::NotYours));
        assert_eq!(all.confirm(slip, Hand::Person, &[]), Err(Fault::NotYours));
        all.confirm(slip, Hand::Staff(who(2), seat(2)), &[seat(2)]).unwrap();
        assert_eq!(all.confirm(slip, Hand::Staff(who(2), seat(2)), &[seat(2)]), Err(Fault::Settled));
        assert_eq!(all.offer(who(1), who(1), &[1], Goal::Person), Err(Fault::NotHeld(1)));
        let back = all.offer(who(2), who(2), &[1], Goal::Person).unwrap();
        all.confirm(back, Hand::Person, &[]).unwrap();
        assert_eq!((all.out(), all.papers[0].holder), (0, Hand::Person));
        assert_eq!(all.papers[1].holder, Hand::Staff(who(2), seat(2)), "the copy stays");
    }

    #[test]
    fn nobody_confirms_what_they_gave_and_an_offer_can_be_called_back() {
        let mut all = Papers::default();
        all.take_in(who(1), seat(1), &[PaperForm::Original]).unwrap();
        let slip = all.offer(who(1), who(1), &[1], Goal::Unit(seat(1))).unwrap();
        assert_eq!(all.confirm(slip, Hand::Staff(who(1), seat(1)), &[seat(1)]), Err(Fault::OwnHand));
        assert_eq!(all.recall(slip, who(2)), Err(Fault::NotYours));
        all.recall(slip, who(1)).unwrap();
        assert_eq!(all.recall(slip, who(1)), Err(Fault::Settled));
        assert_eq!(all.papers[0].bound, None);
        assert_eq!(all.offer(who(1), who(1), &[], Goal::Person), Err(Fault::Nothing));
        assert_eq!(all.take_in(who(1), seat(1), &[]), Err(Fault::Nothing));
        assert_eq!(all.offer(who(1), who(1), &[7], Goal::Person), Err(Fault::NotHeld(7)));
    }

    #[test]
    fn whoever_hands_on_for_somebody_does_not_receive_it_either() {
        let mut all = Papers::default();
        all.take_in(who(1), seat(1), &[PaperForm::Original]).unwrap();
        // Their lead, who sits in the same unit, hands it on for them, to that very unit.
        let slip = all.offer(who(1), who(2), &[1], Goal::Unit(seat(1))).unwrap();
        for own in [1, 2] {
            assert_eq!(all.confirm(slip, Hand::Staff(who(own), seat(1)), &[seat(1)]), Err(Fault::OwnHand));
        }
        all.confirm(slip, Hand::Staff(who(3), seat(1)), &[seat(1)]).unwrap();
        assert_eq!(all.papers[0].holder, Hand::Staff(who(3), seat(1)));
    }

    /// Something that somebody tries, whether they may or not.
    #[derive(Clone, Debug)]
    enum Try {
        TakeIn(u8, Vec<PaperForm>),
        Offer(u8, u8, Vec<i64>, Option<u8>),
        Confirm(u8, i64),
        ConfirmByPerson(i64),
        Recall(u8, i64),
    }

    fn tries() -> impl Strategy<Value = Vec<Try>> {
        let form = prop::sample::select(PaperForm::ALL);
        let one = prop_oneof![
            (0u8..4, prop::collection::vec(form, 0..3)).prop_map(|(w, f)| Try::TakeIn(w, f)),
            (0u8..4, 0u8..4, prop::collection::vec(1i64..8, 0..4), prop::option::of(0u8..4))
                .prop_map(|(w, by, p, to)| Try::Offer(w, by, p, to)),
            (0u8..4, 1i64..14).prop_map(|(w, s)| Try::Confirm(w, s)),
            (1i64..14).prop_map(Try::ConfirmByPerson),
            (0u8..4, 1i64..14).prop_map(|(w, s)| Try::Recall(w, s)),
        ];
        prop::collection::vec(one, 0..60)
    }

    /// Who holds a paper, found from the slips alone: whoever received the last one that was received.
    fn by_slips(all: &Papers, no: i64) -> Vec<Hand> {
        let of = all.slips.iter().filter(|s| s.papers.contains(&no));
        of.filter_map(|s| match s.end {
            SlipEnd::Received(hand) => Some(hand),
            _ => None,
        })
        .collect()
    }

    proptest! {
        #[test]
        fn each_paper_has_one_holder_whom_the_slips_name(all_tries in tries()) {
            let mut all = Papers::default();
            for one in all_tries {
                let before = all.clone();
                let done = match one {
                    Try::TakeIn(w, forms) => all.take_in(who(w), seat(w), &forms).map(drop),
                    Try::Offer(w, by, papers, to) => {
                        let to = to.map_or(Goal::Person, |n| Goal::Unit(seat(n)));
                        all.offer(who(w), who(by), &papers, to).map(drop)
                    }
                    Try::Confirm(w, slip) => all.confirm(slip, Hand::Staff(who(w), seat(w)), &[seat(w)]),
                    Try::ConfirmByPerson(slip) => all.confirm(slip, Hand::Person, &[]),
                    Try::Recall(w, slip) => all.recall(slip, who(w)),
                };
                if done.is_err() {
                    prop_assert_eq!(&all, &before, "what is refused changes nothing");
                }
                for paper in &all.papers {
                    let hands = by_slips(&all, paper.no);
                    prop_assert_eq!(Some(&paper.holder), hands.last(), "the last who received it holds it");
                    let open: Vec<_> = all
                        .slips
                        .iter()
                        .filter(|s| s.end == SlipEnd::Open && s.papers.contains(&paper.no))
                        .collect();
                    prop_assert!(open.len() <= 1, "it is on one way at most");
                    prop_assert_eq!(open.first().map(|s| s.no), paper.bound);
                    if let Some(slip) = open.first() {
                        prop_assert_eq!(slip.from, paper.holder, "only who holds it gives it");
                    }
                }
                for slip in &all.slips {
                    if let (Hand::Staff(giver, _), SlipEnd::Received(Hand::Staff(taker, _))) = (slip.from, slip.end) {
                        prop_assert_ne!(giver, taker, "two hands meet");
                        prop_assert_ne!(slip.by, taker, "nobody receives what they handed on");
                    }
                }
                let out = all.papers.iter().filter(|p| {
                    p.form == PaperForm::Original && by_slips(&all, p.no).last() != Some(&Hand::Person)
                });
                prop_assert_eq!(all.out() as usize, out.count());
            }
        }
    }
}
