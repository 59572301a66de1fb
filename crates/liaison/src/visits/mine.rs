//! Everything a visitor's phone needs for their own households, and for how long it may keep it.

use super::promises::{self, Promise};
use super::{KIND, needs, pairs, withheld};
use crate::work;
use access::identity;
use db::Tx;
use journal::NewEvent;
use kernel::{DAY, Date, Error, HouseholdId, PersonId, Result, Text, Timestamp, UnitId, Uuid};
use register::households::{self, Household};
use requests::Ctx;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// The answer of `GET /api/liaison/mine`.
#[derive(Clone, Debug, Serialize)]
pub struct Mine {
    /// By our clock, in milliseconds since 1970: give it back as `seen_at` with each visit.
    pub as_of: i64,
    /// Until when the phone may keep all this, in milliseconds since 1970; then it has to be destroyed.
    pub keep_until: i64,
    /// The pack and its version, which the questions belong to.
    pub pack: String,
    /// What is asked, by which words.
    pub questions: Vec<Question>,
    /// What can come of help towards an item of a plan: key and name.
    pub effects: Vec<(String, Text)>,
    /// The most pictures that may go with a visit.
    pub photos: u8,
    /// Classes of need: code and name, on three levels.
    pub classes: Vec<(String, Text)>,
    /// So many days a visit may be entered after it was made.
    pub late_days: u16,
    /// My households, those where somebody was longest ago first.
    pub households: Vec<MyHousehold>,
}

/// A question of the form.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    /// Its key.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// How it is put.
    pub ask: Text,
    /// Only in households with one of these tags; in all where empty.
    pub only: Vec<String>,
    /// Words to tap.
    pub choices: Vec<Choice>,
}

/// A word to tap.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its key.
    pub id: String,
    /// What is shown.
    pub name: Text,
    /// Only in households with one of these tags; in all where empty.
    pub only: Vec<String>,
    /// The class, or one above it, with which a need is begun.
    pub class: Option<String>,
}

/// One of my households.
#[derive(Clone, Debug, Serialize)]
pub struct MyHousehold {
    /// Its id.
    pub id: HouseholdId,
    /// Its code.
    pub code: String,
    /// Its grid; for pages, which name it shorter.
    #[serde(skip)]
    pub unit: UnitId,
    /// Where it is: the names of its grid and those above, below the topmost.
    pub place: Text,
    /// The kinds of pairing that join us.
    pub pairings: Vec<String>,
    /// Its tags, as far as they decide what is asked.
    pub tags: Vec<String>,
    /// Millionths of a degree east and north.
    pub at: Option<(i64, i64)>,
    /// Who lives there, the head first.
    pub people: Vec<MyPerson>,
    /// Where they live.
    pub address: String,
    /// When somebody was there last, whoever it was.
    pub last: Option<Date>,
    /// What was promised and not answered yet.
    pub promises: Vec<OpenPromise>,
    /// Needs that have not ended, or of which the family has not been told yet.
    pub needs: Vec<OpenNeed>,
    /// What is planned with them for this year, where the phone is asked about; pages read it apart.
    pub plans: Vec<MyPlan>,
}

/// A plan of this year.
#[derive(Clone, Debug, Serialize)]
pub struct MyPlan {
    /// The kind of pairing.
    pub kind: String,
    /// What can be helped with.
    pub items: Vec<MyItem>,
}

/// An item of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct MyItem {
    /// Its key in the pack.
    pub item: String,
    /// What it is called, with its own words.
    pub name: Text,
    /// The last day.
    pub by: Date,
}

/// Somebody who lives there.
#[derive(Clone, Debug, Serialize)]
pub struct MyPerson {
    /// Their id, to say who asks.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// What they are to the head.
    pub relation: kernel::Say,
    /// Whether they are the head.
    pub head: bool,
}

/// A promise to be answered.
#[derive(Clone, Debug, Serialize)]
pub struct OpenPromise {
    /// Its id.
    pub id: Uuid,
    /// What was promised.
    pub text: String,
    /// By when.
    pub due: Date,
    /// On which day it was made.
    pub on: Date,
}

/// A need in hand.
#[derive(Clone, Debug, Serialize)]
pub struct OpenNeed {
    /// Its number.
    pub number: String,
    /// What it is about.
    pub title: String,
    /// Where it stands.
    pub state: kernel::Say,
    /// Who holds it.
    pub unit: Text,
    /// By when an answer is promised, in milliseconds since 1970.
    pub due: Option<i64>,
    /// What was answered.
    pub answer: Option<String>,
}

/// What the phone of whoever asks needs. That their names were given out is put on record at each household, once a day.
///
/// Errors: sign-in needed; those of the vault and the database.
pub fn mine(tx: &mut dyn Tx, ctx: &Ctx) -> Result<Mine> {
    let account = ctx.account().ok_or(Error::SignIn)?;
    let rule = &ctx.site.pack.visit;
    let today = ctx.today();
    let mut households = Vec::new();
    for (id, kinds) in pairs::of_account(tx, account, today)? {
        if let Some(mut found) = household(tx, ctx, id, kinds)? {
            looked(tx, ctx, &found)?;
            found.plans = plans(tx, ctx, &found)?;
            households.push(found);
        }
    }
    households.sort_by(|a, b| (a.last, &a.code).cmp(&(b.last, &b.code)));
    let choice = |c: &pack::VisitChoice| Choice {
        id: c.id.clone(),
        name: c.name.clone(),
        only: c.only.clone(),
        class: c.class.clone(),
    };
    Ok(Mine {
        as_of: ctx.at.0,
        keep_until: ctx.at.0 + i64::from(rule.keep_days) * DAY,
        pack: format!("{} {}", ctx.site.pack.id, ctx.site.pack.version),
        questions: rule
            .questions
            .iter()
            .map(|q| Question {
                id: q.id.clone(),
                name: q.name.clone(),
                ask: q.ask.clone(),
                only: q.only.clone(),
                choices: q.choices.iter().map(choice).collect(),
            })
            .collect(),
        effects: ctx.site.pack.work.effects.iter().map(|e| (e.id.clone(), e.name.clone())).collect(),
        photos: rule.photos,
        // What names a unit or a person is taken in on a page of its own.
        classes: ctx
            .site
            .pack
            .classes
            .iter()
            .filter(|c| c.subject.is_none())
            .map(|c| (c.code.clone(), c.name.clone()))
            .collect(),
        late_days: rule.late_days,
        households,
    })
}

/// One household with everything that is asked at its door; none where it is not there today.
pub(crate) fn household(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    id: HouseholdId,
    kinds: Vec<String>,
) -> Result<Option<MyHousehold>> {
    let Some(standing) = households::standing(tx, id, ctx.today())? else { return Ok(None) };
    let at = &standing.household;
    let mut people = Vec::new();
    let mut address = String::new();
    for member in &standing.members {
        let Some(found) = identity::get(tx, &ctx.site.keyring, member.person)? else { continue };
        let head = at.head == Some(member.person);
        if address.is_empty() || head {
            address = found.address.clone().unwrap_or(address);
        }
        people.push(MyPerson {
            id: member.person,
            name: found.name.clone().unwrap_or_default(),
            phone: found.phone.clone().unwrap_or_default(),
            relation: member.relation.name(),
            head,
        });
    }
    people.sort_by_key(|p| !p.head);
    let mut tags: Vec<String> = standing.tags.iter().filter_map(|f| f.tag()).map(str::to_owned).collect();
    // Marks that decide nothing here stay where they are.
    let rule = &ctx.site.pack.visit;
    let decides = |tag: &String| {
        rule.questions.iter().any(|q| q.only.contains(tag) || q.choices.iter().any(|c| c.only.contains(tag)))
    };
    tags.retain(decides);
    tags.sort();
    tags.dedup();
    let open = promises::open_at(tx, id)?;
    let open = withheld::promises(tx, ctx, open)?;
    let heard = needs::needs(tx, &needs::NeedsOf::Household(id), Timestamp(i64::MAX), 30)?;
    Ok(Some(MyHousehold {
        id,
        code: at.code.clone(),
        unit: at.unit,
        place: place(ctx, at),
        pairings: kinds,
        tags,
        at: at.lon_e6.zip(at.lat_e6),
        people,
        address,
        last: records::latest(tx, id, KIND)?.map(|r| r.on),
        promises: open.into_iter().map(open_promise).collect(),
        needs: heard
            .into_iter()
            .filter(|n| n.ended_at.is_none() || n.to_tell())
            .map(|n| OpenNeed {
                number: n.number,
                title: n.title,
                state: n.state.name(),
                unit: ctx.dir.get(n.unit).map(|u| u.name.clone()).unwrap_or_default(),
                due: n.due.map(|t| t.0),
                answer: n.answer,
            })
            .collect(),
        plans: Vec::new(),
    }))
}

/// What is planned with a household of mine, in the words that were written.
fn plans(tx: &mut dyn Tx, ctx: &Ctx, home: &MyHousehold) -> Result<Vec<MyPlan>> {
    let known = work::plans_between(tx, ctx, home.id, &home.pairings)?;
    let name = |item: &work::PlanItem| {
        let name = ctx.site.pack.work.item(&item.item).map(|i| i.name.clone()).unwrap_or_default();
        match item.text.as_str() {
            "" => name,
            own => Text::new(format!("{}：{own}", name.zh), format!("{}: {own}", name.en)),
        }
    };
    let item = |i: &work::PlanItem| MyItem { item: i.item.clone(), name: name(i), by: i.by };
    let plan = |p: work::KnownPlan| MyPlan { items: p.items.iter().map(item).collect(), kind: p.kind };
    Ok(known.into_iter().map(plan).collect())
}

fn open_promise(p: Promise) -> OpenPromise {
    OpenPromise { id: p.id, text: p.text, due: p.due, on: p.made_on }
}

/// Where a household is, in both languages.
pub(crate) fn place(ctx: &Ctx, household: &Household) -> Text {
    let name = |locale| ctx.dir.full_name(household.unit, locale);
    Text::new(name(kernel::Locale::Zh), name(kernel::Locale::En))
}

/// Puts on record that the names of a household were given to the phone of whoever is paired with it: at each of the
/// rows that it was written down in.
fn looked(tx: &mut dyn Tx, ctx: &Ctx, household: &MyHousehold) -> Result<()> {
    for home in households::same(tx, household.id)? {
        looked_at(tx, ctx, home, household.people.len())?;
    }
    Ok(())
}

fn looked_at(tx: &mut dyn Tx, ctx: &Ctx, home: HouseholdId, people: usize) -> Result<()> {
    let Some(account) = ctx.account() else { return Ok(()) };
    let key = format!("{account} {home} {}", ctx.today());
    access::once(tx, "liaison-mine", &key, ctx.at, |tx| {
        let fields: BTreeMap<&str, usize> = BTreeMap::from([("people", people)]);
        let event = NewEvent {
            stream_kind: "household",
            stream: home.0,
            at: ctx.at,
            actor: &ctx.scope.actor,
            kind: "look",
            payload: json!({ "purpose": "pairing", "fields": ["name", "phone", "address"], "of": fields }),
        };
        journal::append(tx, &event)?;
        Ok(())
    })
    .map(drop)
}
