//! Papers of an affair, their slips, and the steps that are done.

use crate::store::request::word;
use db::{Row, Tx, params};
use kernel::{AccountId, Error, RequestId, Result, Timestamp, UnitId};
use rules::deadline::Certificate;
use rules::papers::{Goal, Hand, Paper, PaperForm, Papers, Slip, SlipEnd};

db::statements! {
    pub(crate) PAPERS = "SELECT p.no, p.paper, p.form, p.holder, p.unit, p.since, p.bound, s.to_unit, s.at \
        FROM request_papers p LEFT JOIN request_slips s ON s.request = p.request AND s.no = p.bound \
        WHERE p.request = $1 ORDER BY p.no";
    pub(crate) SAVE_PAPER = "INSERT INTO request_papers (request, no, paper, form, holder, unit, since, bound, listed) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (request, no) DO UPDATE SET \
        holder = excluded.holder, unit = excluded.unit, since = excluded.since, bound = excluded.bound";
    /// Copies of a case that has ended are on nobody's list; where it is opened again they are.
    pub(crate) LIST_PAPERS = "UPDATE request_papers SET listed = $2 WHERE request = $1 AND form <> 'original'";
    pub(crate) SLIPS = "SELECT no, from_account, from_unit, to_unit, papers, at, outcome, ended_at, by_account, how, \
        made_by \
        FROM request_slips WHERE request = $1 ORDER BY no";
    pub(crate) SAVE_SLIP = "INSERT INTO request_slips (request, no, from_account, from_unit, to_unit, papers, at, \
        outcome, ended_at, by_account, how, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (request, no) DO UPDATE SET outcome = excluded.outcome, ended_at = excluded.ended_at, \
        by_account = excluded.by_account, how = excluded.how";
    pub(crate) STEPS_DONE = "SELECT step, done_at, account, unit, certificate FROM request_affair_steps \
        WHERE request = $1 ORDER BY done_at, step";
    pub(crate) STEP_DONE = "INSERT INTO request_affair_steps (request, step, done_at, account, unit, certificate) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (request, step) DO NOTHING";
    /// Papers in somebody's hands, with the case that they belong to: originals first, then the longest held.
    pub(crate) HELD_BY = "SELECT r.number, r.title, p.paper, p.form, p.since, p.bound, p.listed, p.request, p.no \
        FROM request_papers p JOIN requests r ON r.id = p.request \
        WHERE p.holder = $1 AND p.listed IS NOT NULL AND r.shielded = 0 \
        AND (p.listed, p.since, p.request, p.no) > ($2, $3, $4, $5) \
        ORDER BY p.listed, p.since, p.request, p.no LIMIT $6";
    pub(crate) COUNT_HELD = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM request_papers p \
        JOIN requests r ON r.id = p.request WHERE p.holder = $1 AND p.listed = $2 AND r.shielded = 0 LIMIT $3) AS t";
    /// Slips that wait for somebody of a unit, behind a place in the list.
    pub(crate) WAITING_AT = "SELECT r.number, r.title, s.no, s.papers, s.at, s.from_account, s.request FROM request_slips s \
        JOIN requests r ON r.id = s.request WHERE s.to_unit = $1 AND s.outcome = '' AND r.shielded = 0 \
        AND (s.at, s.request, s.no) > ($2, $3, $4) ORDER BY s.at, s.request, s.no LIMIT $5";
}

/// A paper of a case, and who holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperRow {
    /// Its number within the case.
    pub no: i64,
    /// Which: a key of the pack.
    pub paper: String,
    /// In what form it was handed in.
    pub form: PaperForm,
    /// Who holds it.
    pub holder: Hand,
    /// Since when.
    pub since: Timestamp,
    /// The open slip by which it is on its way.
    pub bound: Option<i64>,
    /// Whom that slip is meant for, and since when it waits.
    pub to: Option<(Goal, Timestamp)>,
}

impl PaperRow {
    /// As the rules see it.
    pub fn rule(&self) -> Paper {
        Paper { no: self.no, form: self.form, holder: self.holder, bound: self.bound }
    }
}

/// A slip of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlipRow {
    /// What the rules know of it.
    pub slip: Slip,
    /// When the papers were offered, or taken in.
    pub at: Timestamp,
    /// When it was confirmed or called back.
    pub ended_at: Option<Timestamp>,
    /// Who confirmed it, or wrote down that the person signed; none where the person did it on their page.
    pub by: Option<AccountId>,
    /// How: `desk` by whoever took it, `page` on the person's page, `signed` on the paper slip.
    pub how: String,
}

/// A step that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct StepDone {
    /// Which: a key of the pack.
    pub step: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub account: Option<AccountId>,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// By when it was due, and why then.
    pub due: Certificate,
}

fn hand(account: Option<AccountId>, unit: Option<UnitId>) -> Hand {
    match (account, unit) {
        (Some(account), Some(unit)) => Hand::Staff(account, unit),
        _ => Hand::Person,
    }
}

fn parts(hand: Hand) -> (Option<AccountId>, Option<UnitId>) {
    match hand {
        Hand::Person => (None, None),
        Hand::Staff(account, unit) => (Some(account), Some(unit)),
    }
}

fn goal(unit: Option<UnitId>) -> Goal {
    unit.map_or(Goal::Person, Goal::Unit)
}

/// The papers of a case, by number.
pub(crate) fn papers(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<PaperRow>> {
    tx.query_map(&PAPERS, &params![id], |row| {
        let form: String = row.get(2)?;
        let offered: Option<Timestamp> = row.get(8)?;
        let to: Option<UnitId> = row.get(7)?;
        Ok(PaperRow {
            no: row.get(0)?,
            paper: row.get(1)?,
            form: word("form", &form, PaperForm::from_key(&form))?,
            holder: hand(row.get(3)?, row.get(4)?),
            since: row.get(5)?,
            bound: row.get(6)?,
            to: offered.map(|at| (goal(to), at)),
        })
    })
}

/// The slips of a case, by number.
pub(crate) fn slips(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<SlipRow>> {
    tx.query_map(&SLIPS, &params![id], |row| {
        let (from, to) = (hand(row.get(1)?, row.get(2)?), goal(row.get(3)?));
        let (outcome, by): (String, Option<AccountId>) = (row.get(6)?, row.get(8)?);
        let end = match (outcome.as_str(), to) {
            ("", _) => SlipEnd::Open,
            ("received", Goal::Unit(unit)) => SlipEnd::Received(hand(by, Some(unit))),
            ("received", Goal::Person) => SlipEnd::Received(Hand::Person),
            ("recalled", _) => SlipEnd::Recalled,
            (other, _) => return Err(Error::internal(format!("a slip that is {other}"))),
        };
        Ok(SlipRow {
            slip: Slip {
                no: row.get(0)?,
                from,
                by: row.get(10)?,
                to,
                papers: numbers(&row.get::<String>(4)?)?,
                end,
            },
            at: row.get(5)?,
            ended_at: row.get(7)?,
            by,
            how: row.get(9)?,
        })
    })
}

fn numbers(text: &str) -> Result<Vec<i64>> {
    text.split(',').filter(|n| !n.is_empty()).map(|n| n.parse().map_err(Error::internal)).collect()
}

/// Papers and slips as the rules see them.
pub(crate) fn book(papers: &[PaperRow], slips: &[SlipRow]) -> Papers {
    Papers {
        papers: papers.iter().map(PaperRow::rule).collect(),
        slips: slips.iter().map(|s| s.slip.clone()).collect(),
    }
}

/// Writes a paper, new or in other hands.
pub(crate) fn save_paper(
    tx: &mut dyn Tx,
    id: RequestId,
    kind: &str,
    paper: &Paper,
    since: Timestamp,
) -> Result<()> {
    let (holder, unit) = parts(paper.holder);
    let listed = i64::from(paper.form != PaperForm::Original);
    let values = params![id, paper.no, kind, paper.form.key(), holder, unit, since, paper.bound, listed];
    tx.execute(&SAVE_PAPER, &values).map(drop)
}

/// Puts the copies of a case on the lists of those who hold them, or takes them off as it ends: nobody waits for them.
pub(crate) fn list_copies(tx: &mut dyn Tx, id: RequestId, live: bool) -> Result<()> {
    tx.execute(&LIST_PAPERS, &params![id, live.then_some(1i64)]).map(drop)
}

/// Writes a slip, new or settled.
pub(crate) fn save_slip(tx: &mut dyn Tx, id: RequestId, row: &SlipRow) -> Result<()> {
    let (account, unit) = parts(row.slip.from);
    let to = match row.slip.to {
        Goal::Person => None,
        Goal::Unit(unit) => Some(unit),
    };
    let outcome = match row.slip.end {
        SlipEnd::Open => "",
        SlipEnd::Received(_) => "received",
        SlipEnd::Recalled => "recalled",
    };
    let papers: Vec<String> = row.slip.papers.iter().map(i64::to_string).collect();
    let values = params![
        id,
        row.slip.no,
        account,
        unit,
        to,
        papers.join(","),
        row.at,
        outcome,
        row.ended_at,
        row.by,
        &row.how,
        row.slip.by
    ];
    tx.execute(&SAVE_SLIP, &values).map(drop)
}

/// The steps that are done, the first first.
pub(crate) fn steps(tx: &mut dyn Tx, id: RequestId) -> Result<Vec<StepDone>> {
    tx.query_map(&STEPS_DONE, &params![id], |row| {
        Ok(StepDone {
            step: row.get(0)?,
            at: row.get(1)?,
            account: row.get(2)?,
            unit: row.get(3)?,
            due: serde_json::from_str(&row.get::<String>(4)?).map_err(Error::internal)?,
        })
    })
}

/// Notes a step as done; whether it was not before.
pub(crate) fn save_step(tx: &mut dyn Tx, id: RequestId, done: &StepDone) -> Result<bool> {
    let due = serde_json::to_string(&done.due).map_err(Error::internal)?;
    Ok(tx.execute(&STEP_DONE, &params![id, &done.step, done.at, done.account, done.unit, due])? == 1)
}

/// A paper in somebody's hands, with its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPaper {
    /// Number of the case.
    pub number: String,
    /// Its title, without names.
    pub title: String,
    /// Which paper.
    pub paper: String,
    /// In what form.
    pub form: PaperForm,
    /// Since when.
    pub since: Timestamp,
    /// Whether it is on its way to somebody else.
    pub bound: bool,
    /// Where it stands in the list.
    pub at: Place,
}

/// Where a paper stands in the list of whoever holds it, or a slip among those that wait (where `listed` is nothing).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    listed: i64,
    since: Timestamp,
    request: RequestId,
    no: i64,
}

impl Place {
    /// In front of the first.
    pub(crate) const START: Place =
        Place { listed: -1, since: Timestamp(0), request: RequestId(kernel::Uuid::nil()), no: 0 };
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}.{}", self.listed, self.since.0, self.request, self.no)
    }
}

impl std::str::FromStr for Place {
    type Err = Error;
    fn from_str(text: &str) -> Result<Place> {
        let mut parts = text.splitn(4, '.');
        let mut next = || parts.next().ok_or(Error::NotFound);
        let number = |t: &str| t.parse().map_err(|_| Error::NotFound);
        Ok(Place {
            listed: number(next()?)?,
            since: Timestamp(number(next()?)?),
            request: next()?.parse().map_err(|_| Error::NotFound)?,
            no: number(next()?)?,
        })
    }
}

/// The papers in somebody's hands, behind a place in the list: originals first, then the longest held, `most` at most.
/// Copies of cases that have ended are left out.
pub(crate) fn held_by(tx: &mut dyn Tx, who: AccountId, after: Place, most: i64) -> Result<Vec<HeldPaper>> {
    let values = params![who, after.listed, after.since, after.request, after.no, most];
    tx.query_map(&HELD_BY, &values, |row: &Row| {
        let form: String = row.get(3)?;
        let since = row.get(4)?;
        Ok(HeldPaper {
            number: row.get(0)?,
            title: row.get(1)?,
            paper: row.get(2)?,
            form: word("form", &form, PaperForm::from_key(&form))?,
            since,
            bound: row.get::<Option<i64>>(5)?.is_some(),
            at: Place { listed: row.get(6)?, since, request: row.get(7)?, no: row.get(8)? },
        })
    })
}

/// How many originals somebody holds, and how many other papers of open cases; each counted up to `cap`, one more
/// stands for "more than that".
pub(crate) fn count_held(tx: &mut dyn Tx, who: AccountId, cap: i64) -> Result<(i64, i64)> {
    let mut of = |listed: i64| tx.scalar(&COUNT_HELD, &params![who, listed, cap + 1]);
    Ok((of(0)?, of(1)?))
}

/// A slip that waits to be confirmed, with its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingSlip {
    /// Number of the case.
    pub number: String,
    /// Its title, without names.
    pub title: String,
    /// How many papers.
    pub papers: usize,
    /// Since when it waits.
    pub at: Timestamp,
    /// Who gives.
    pub from: Option<AccountId>,
    /// Where it stands in the list.
    pub place: Place,
}

/// The slips that wait for somebody of a unit, behind a place in the list: the oldest first, `most` at most.
pub(crate) fn waiting_at(tx: &mut dyn Tx, unit: UnitId, after: Place, most: i64) -> Result<Vec<WaitingSlip>> {
    tx.query_map(&WAITING_AT, &params![unit, after.since, after.request, after.no, most], |row: &Row| {
        let (slip, at) = (row.get(2)?, row.get(4)?);
        Ok(WaitingSlip {
            number: row.get(0)?,
            title: row.get(1)?,
            papers: numbers(&row.get::<String>(3)?)?.len(),
            from: row.get(5)?,
            at,
            place: Place { listed: 0, since: at, request: row.get(6)?, no: slip },
        })
    })
}
