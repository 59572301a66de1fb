//! Needs that were heard at the door, and where they stand now or stood then: who holds each, and how it ended.

use super::check::before;
use super::{photos, store};
use access::{Noun, Site, Target, Verb};
use db::{Row, Tx, params};
use kernel::{AccountId, Date, Error, HouseholdId, RecordId, RequestId, Result, Timestamp, UnitId, path_end};
use records::Record;
use register::households;
use requests::Ctx;
use rules::case::State;

/// Whose needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NeedsOf {
    /// Of a household, also where it was written down a second time.
    Household(HouseholdId),
    /// Those that somebody heard, and those that families asked from their cards whom they look after on this day.
    Account(AccountId, Date),
    /// Those that somebody has to tell of on this day: of the households that they look after then, whoever heard them, and
    /// what they heard themselves where nobody looks after the household.
    Keeper(AccountId, Date),
    /// Of all households of a unit and below.
    Unit(String),
}

/// Which of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnlyNeeds {
    /// All of them.
    #[default]
    All,
    /// What came up again.
    Again,
    /// What has not ended.
    Open,
    /// What ended, and the family is to be told.
    ToTell,
}

impl OnlyNeeds {
    /// The word in addresses; empty for all of them.
    pub fn key(self) -> &'static str {
        match self {
            OnlyNeeds::All => "",
            OnlyNeeds::Again => "again",
            OnlyNeeds::Open => "open",
            OnlyNeeds::ToTell => "tell",
        }
    }

    /// The one with this key; all of them otherwise.
    pub fn from_key(key: &str) -> OnlyNeeds {
        [OnlyNeeds::Again, OnlyNeeds::Open, OnlyNeeds::ToTell]
            .into_iter()
            .find(|o| o.key() == key)
            .unwrap_or_default()
    }
}

/// A list of needs, latest first.
#[derive(Clone, Debug)]
pub struct NeedsAsked {
    /// Whose; a household has no pages.
    pub of: NeedsOf,
    /// Heard on this day or later; on any where left out.
    pub from: Option<Date>,
    /// Heard on this day or before.
    pub to: Option<Date>,
    /// Known before this instant.
    pub known: Timestamp,
    /// Which of them.
    pub only: OnlyNeeds,
    /// Behind the one of this day with this number.
    pub after: Option<(Date, i64)>,
}

impl NeedsAsked {
    /// All of them as they stand.
    pub fn new(of: NeedsOf) -> NeedsAsked {
        let only = OnlyNeeds::All;
        NeedsAsked { of, from: None, to: None, known: Timestamp(i64::MAX), only, after: None }
    }

    /// The values that the statements of pages and counts have in common.
    fn values(&self) -> Vec<db::Value> {
        let day = |day: Option<Date>, other: &str| day.map_or_else(|| other.to_owned(), |d| d.to_string());
        let (from, to, only) = (day(self.from, ""), day(self.to, "9"), self.only.key());
        let known = self.known;
        match &self.of {
            NeedsOf::Household(id) => params![id, known].to_vec(),
            NeedsOf::Account(id, on) | NeedsOf::Keeper(id, on) => {
                params![id, on, known, from.as_str(), to.as_str(), only].to_vec()
            }
            NeedsOf::Unit(path) => {
                params![path.as_str(), path_end(path), known, from.as_str(), to.as_str(), only].to_vec()
            }
        }
    }
}

/// The requests that came of a visit, of what it corrects and of what corrects it: to whoever asks they are one visit.
///
/// Errors: those of the database.
pub(super) fn born_of(tx: &mut dyn Tx, visit: &Record) -> Result<Vec<RequestId>> {
    let latest = records::put_right(tx, visit.id, None)?.ok_or(Error::NotFound)?;
    let mut out = Vec::new();
    for id in photos::chain(tx, &latest)? {
        out.extend(tx.query_map(&store::REQUESTS_OF_RECORD, &params![id], |r| r.get::<RequestId>(0))?);
    }
    Ok(out)
}

/// A need as it is noted with the request that came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Born {
    /// The request.
    pub request: RequestId,
    /// The visit; none where the family asked from its card.
    pub record: Option<RecordId>,
    /// The household.
    pub household: HouseholdId,
    /// The path of its grid then.
    pub path: String,
    /// Who heard it; none where the family asked from its card.
    pub account: Option<AccountId>,
    /// Its class; empty where nobody could say.
    pub class: String,
    /// Whether it was settled on the spot.
    pub settled: bool,
    /// On which day it was heard.
    pub on: Date,
    /// When it came in.
    pub at: Timestamp,
}

impl Born {
    /// Notes it, and whether the same class came from this household within the months of the pack before.
    ///
    /// Errors: those of the database.
    pub(super) fn write(&self, tx: &mut dyn Tx, site: &Site) -> Result<()> {
        let months = i64::from(site.pack.visit.again_months);
        let since = before(site, self.on, months * 30 + months * 5 / 12);
        let class = self.class.as_str();
        let again =
            !class.is_empty() && tx.exists(&store::NEED_BEFORE, &params![self.household, class, since])?;
        let (settled, again) = (i64::from(self.settled), i64::from(again));
        let path = self.path.as_str();
        tx.put(
            &store::NEED_INSERT,
            &params![
                self.request,
                self.record,
                self.household,
                path,
                self.account,
                class,
                settled,
                again,
                since,
                self.on,
                self.at
            ],
        )
    }
}

/// A need with its request, as both were known at the instant asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct HeardNeed {
    /// The request.
    pub request: RequestId,
    /// The visit; none where the family asked from its card.
    pub record: Option<RecordId>,
    /// The household.
    pub household: HouseholdId,
    /// Who heard it; none where the family asked from its card.
    pub account: Option<AccountId>,
    /// Its class; empty where nobody could say.
    pub class: String,
    /// Whether it was settled on the spot.
    pub settled: bool,
    /// Whether the same class had come from this household not long before.
    pub again: bool,
    /// On which day it was heard, or asked.
    pub on: Date,
    /// On which day the family was told how it ended.
    pub told_on: Option<Date>,
    /// The number of the request.
    pub number: String,
    /// Its title, without names.
    pub title: String,
    /// Where it stood.
    pub state: State,
    /// Who held it.
    pub unit: UnitId,
    /// Who answered for it.
    pub officer: Option<AccountId>,
    /// By when an answer is promised.
    pub due: Option<Timestamp>,
    /// What was answered, without names.
    pub answer: Option<String>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether the answer was that it cannot be solved.
    pub unsolvable: bool,
    /// Who received it first.
    pub first_unit: UnitId,
}

impl HeardNeed {
    /// Whether the family asked it from its card, so that nobody heard it.
    pub fn from_card(&self) -> bool {
        self.record.is_none()
    }

    /// Whether it ended and nobody has told the family yet that they did.
    pub fn to_tell(&self) -> bool {
        self.told_on.is_none() && !self.settled && (self.answer.is_some() || self.ended_at.is_some())
    }

    /// The page of its request, for whoever may open it by where it stands and who answers for it.
    pub(crate) fn href(&self, ctx: &Ctx) -> Option<String> {
        let also = [ctx.path(self.first_unit)];
        let target = Target::at(ctx.path(self.unit)).officer(self.officer).also(&also);
        access::may(&ctx.scope, Verb::View, Noun::Request, target)
            .then(|| format!("/requests/{}", self.number))
    }
}

/// The needs that were known before `known`, latest first, `most` at most. Complaints that are kept from somebody are
/// in no list.
///
/// Errors: those of the database.
pub fn needs(tx: &mut dyn Tx, of: &NeedsOf, known: Timestamp, most: usize) -> Result<Vec<HeardNeed>> {
    page(tx, &NeedsAsked { known, ..NeedsAsked::new(of.clone()) }, most)
}

/// The next `most` needs of a list. Complaints that are kept from somebody are in none.
///
/// Errors: those of the database.
pub fn page(tx: &mut dyn Tx, asked: &NeedsAsked, most: usize) -> Result<Vec<HeardNeed>> {
    let limit = most as i64;
    let by_page = match &asked.of {
        NeedsOf::Household(id) => {
            let mut all: Vec<HeardNeed> = Vec::new();
            for home in households::same(tx, *id)? {
                let values = params![home, asked.known, limit];
                all.extend(tx.query_map(&store::NEEDS_OF_HOUSEHOLD, &values, read)?);
            }
            all.sort_by(|a, b| (b.on, &b.number).cmp(&(a.on, &a.number)));
            all.truncate(most);
            return Ok(all);
        }
        NeedsOf::Account(..) => &store::NEEDS_BY,
        NeedsOf::Keeper(..) => &store::NEEDS_KEPT,
        NeedsOf::Unit(_) => &store::NEEDS_IN,
    };
    let (day, ord) = asked.after.map_or(("9".to_owned(), 0), |(day, ord)| (day.to_string(), ord));
    let mut values = asked.values();
    values.extend(params![day.as_str(), ord, limit].to_vec());
    tx.query_map(by_page, &values, read)
}

/// How many needs are in a list of more than a household, on whichever page.
///
/// Errors: those of the database.
pub fn all_of(tx: &mut dyn Tx, asked: &NeedsAsked) -> Result<i64> {
    let counted = match &asked.of {
        NeedsOf::Household(_) => return Err(Error::internal("needs of a household are not counted")),
        NeedsOf::Account(..) => &store::NEEDS_BY_COUNT,
        NeedsOf::Keeper(..) => &store::NEEDS_KEPT_COUNT,
        NeedsOf::Unit(_) => &store::NEEDS_IN_COUNT,
    };
    tx.scalar(counted, &asked.values())
}

/// Of how many needs that ended somebody has to tell the family.
///
/// Errors: those of the database.
pub fn to_tell(tx: &mut dyn Tx, account: AccountId, today: Date) -> Result<i64> {
    let of = NeedsOf::Keeper(account, today);
    all_of(tx, &NeedsAsked { only: OnlyNeeds::ToTell, ..NeedsAsked::new(of) })
}

/// The need with this request, where somebody has to tell of it on a day.
///
/// Errors: those of the database.
pub(super) fn kept_by(
    tx: &mut dyn Tx,
    account: AccountId,
    on: Date,
    request: RequestId,
) -> Result<Option<HeardNeed>> {
    let values = params![account, on, Timestamp(i64::MAX), request];
    tx.query_opt(&store::NEED_KEPT, &values)?.as_ref().map(read).transpose()
}

/// What the needs of a visit, and of those that it puts right, were about, as known before `known`; nothing of those that
/// are kept from somebody.
///
/// Errors: those of the database.
pub(crate) fn titles(tx: &mut dyn Tx, visit: &Record, known: Timestamp) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for id in photos::chain(tx, visit)? {
        out.extend(tx.query_map(&store::TITLES_OF_RECORD, &params![id, known], |r| r.get::<String>(0))?);
    }
    Ok(out)
}

/// How often needs of each class were heard in a unit and below: class, all, settled on the spot, come again.
pub(crate) fn by_class(
    tx: &mut dyn Tx,
    path: &str,
    from: Date,
    to: Date,
    known: Timestamp,
) -> Result<Vec<(String, i64, i64, i64)>> {
    tx.query_map(&store::NEEDS_BY_CLASS, &params![path, path_end(path), from, to, known], |r| {
        Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
    })
}

fn read(row: &Row) -> Result<HeardNeed> {
    let state: String = row.get(11)?;
    Ok(HeardNeed {
        request: row.get(0)?,
        record: row.get(1)?,
        household: row.get(2)?,
        account: row.get(3)?,
        class: row.get(4)?,
        settled: row.get(5)?,
        again: row.get(6)?,
        on: row.get(7)?,
        told_on: row.get(8)?,
        number: row.get(9)?,
        title: row.get(10)?,
        state: State::from_key(&state).ok_or_else(|| Error::internal(format!("state {state}")))?,
        unit: row.get(12)?,
        officer: row.get(13)?,
        due: row.get(14)?,
        answer: row.get(15)?,
        ended_at: row.get(16)?,
        unsolvable: row.get(17)?,
        first_unit: row.get(18)?,
    })
}
