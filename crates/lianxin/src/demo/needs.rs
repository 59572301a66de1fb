//! What families of the demonstration ask for at the door: noted with the visit, a request of the site afterwards, and told
//! how it ended by whoever was there.

use super::Dice;
use super::plan::{Door, Heard, Plan, begun_by};
use super::visits::Past;
use access::SharedSite;
use access::identity::{self, NewPerson};
use kernel::{Actor, DAY, HOUR, HouseholdId, PersonId, RequestId, Result, Timestamp, UnitId};
use liaison::visits::bulk::Born;
use liaison::visits::{Need, Said, Then};
use requests::bulk::{Past as Case, What};
use std::collections::{BTreeMap, HashMap};

/// Of a thousand visits so many bring a need, and so many of those at a family that asked for something before.
const ASKED: u64 = 52;
const ASKED_BEFORE: u64 = 240;
/// Of a hundred of those so many are about the same once more.
const AGAIN: u64 = 55;
/// Of a hundred families so many are told how it ended by whoever heard it, where it was not settled there and then.
const TOLD: u64 = 74;

/// Needs whose requests are still to be written.
pub(super) struct Needs {
    dice: Dice,
    /// Of a thousand visits.
    asked: u64,
    waiting: HashMap<RequestId, (Born, UnitId)>,
}

/// A need whose request is there.
pub(super) struct There {
    pub(super) need: Born,
    /// The unit for which the visitor goes.
    pub(super) unit: UnitId,
    /// When they told the family how it ended.
    pub(super) told_at: Option<Timestamp>,
}

impl Needs {
    /// Needs of about so many visits, as far as the plan has requests for them.
    pub(super) fn new(plan: &Plan<'_>, visits: usize, seed: u64) -> Needs {
        let room = plan.doors() as u64 * 1000 / (visits as u64).max(1);
        Needs { dice: Dice::new(seed, "needs"), asked: ASKED.min(room), waiting: HashMap::new() }
    }

    /// Lets some of the visits of a batch bring a need. Visits of one household follow one another.
    ///
    /// Errors: those of the database.
    pub(super) fn hear(&mut self, site: &SharedSite, plan: &mut Plan<'_>, batch: &mut [Past]) -> Result<()> {
        let dice = &self.dice;
        let mut asking: Vec<usize> = Vec::new();
        let mut before: Option<HouseholdId> = None;
        for (at, past) in batch.iter().enumerate() {
            let came = before == Some(past.household.id);
            let share = if came { ASKED_BEFORE.min(self.asked * 5) } else { self.asked };
            if dice.permille(share) {
                asking.push(at);
                before = Some(past.household.id);
            }
        }
        let heads: Vec<PersonId> = asking.iter().filter_map(|at| batch[*at].household.head).collect();
        let keys = site.keyring.clone();
        let known: BTreeMap<PersonId, NewPerson> = site.db.read_now(move |tx| {
            let mut out = BTreeMap::new();
            for id in &heads {
                let Some(p) = identity::get(tx, &keys, *id)? else { continue };
                // As a visit copies them: the identity number stays with the household.
                let own =
                    NewPerson { name: p.name, phone: p.phone, address: p.address, ..NewPerson::default() };
                out.insert(*id, own);
            }
            Ok(out)
        })?;
        let mut last: Option<(HouseholdId, String)> = None;
        for at in asking {
            let past = &mut batch[at];
            let home = past.household.id;
            let again = last.take().filter(|(h, _)| *h == home && self.dice.percent(AGAIN)).map(|(_, c)| c);
            let door = Door {
                at: past.at,
                actor: Actor::Staff { account: past.account, unit: past.unit },
                grid: past.household.unit,
                person: past.household.head.and_then(|h| known.get(&h)).cloned().unwrap_or_default(),
                again: again.as_deref(),
            };
            let Some(heard) = plan.hear(&door) else { continue };
            last = Some((home, heard.class.clone()));
            self.note(site, past, &heard);
        }
        Ok(())
    }

    /// Writes it into the visit: what was asked for, and what the family said of it.
    fn note(&mut self, site: &SharedSite, past: &mut Past, heard: &Heard) {
        if let Some((question, choice)) = begun_by(&site.pack.visit, &heard.class) {
            past.visit.answers.retain(|said| said.question != question);
            past.visit.answers.push(Said {
                question: question.to_owned(),
                choices: vec![choice.to_owned()],
                text: heard.title.clone(),
            });
        }
        let settled = heard.settled.as_ref();
        past.visit.needs.push(Need {
            id: heard.id,
            class: heard.class.clone(),
            text: heard.body.clone(),
            consent: true,
            person: None,
            then: if settled.is_some() { Then::Settle } else { Then::Pass },
            answer: settled.map(|s| s.text.clone()).unwrap_or_default(),
            solved: settled.map(|_| true),
            grade: settled.map(|s| s.grade.grade()),
        });
        let born = Born {
            request: heard.id,
            record: Some(past.visit.id),
            household: past.household.id,
            path: past.household.path.clone(),
            account: Some(past.account),
            class: heard.class.clone(),
            settled: settled.is_some(),
            on: past.visit.on,
            at: past.at,
        };
        self.waiting.insert(heard.id, (born, past.unit));
    }

    /// Those whose requests are in this batch, in its order.
    pub(super) fn born(&mut self, now: Timestamp, batch: &[Case]) -> Vec<There> {
        let mut out = Vec::new();
        for case in batch {
            let Some((need, unit)) = case.id.and_then(|id| self.waiting.remove(&id)) else { continue };
            let ended = case.steps.iter().rev().find(|s| tells(&s.what)).map(|s| s.at);
            let told_at = ended
                .filter(|_| !need.settled && self.dice.percent(TOLD))
                .map(|at| at.plus(self.dice.from_to(3 * HOUR, 6 * DAY)))
                .filter(|at| *at < now);
            out.push(There { need, unit, told_at });
        }
        out
    }
}

/// Whether there is something to tell a family after it.
fn tells(what: &What) -> bool {
    matches!(what, What::Answer { .. } | What::Refuse { .. })
}
