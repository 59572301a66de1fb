//! The ledger: filters composed from our own pieces, keyset paging, counting up to a cap.

use crate::model::Request;
use crate::store::request::{columns, read};
use db::{Engine, Stmt, Tx, Value};
use kernel::{AccountId, Result, Timestamp, UnitId};
use rules::case::{Kind, State, Urgency, Word};

/// How far the reader reaches: the ledger of one unit, of oneself, or of the whole site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The whole site.
    Site,
    /// Cases that stand in the ledger of this unit.
    Unit(UnitId),
    /// Cases for which this account answers.
    Own(AccountId),
    /// What the public ledger shows.
    Public,
}

/// Where cases stand, as a ledger asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Standing {
    /// Wherever.
    #[default]
    Any,
    /// Not ended.
    Live,
    /// Ended.
    Ended,
    /// Owing an answer beyond its date.
    Overdue,
    /// Owing an answer before this instant (today's end, the warning).
    DueBefore(Timestamp),
    /// In exactly this state.
    In(State),
}

/// Which cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that must all be there, as somebody typed them.
    pub words: String,
    /// Where they stand.
    pub standing: Standing,
    /// A class or everything below one.
    pub class: Option<String>,
    /// The place.
    pub place: Option<UnitId>,
    /// The unit that handles it.
    pub handling: Option<UnitId>,
    /// The officer who answers.
    pub officer: Option<AccountId>,
    /// The channel.
    pub channel: Option<String>,
    /// What kind of need.
    pub kind: Option<Kind>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// Received from this instant on.
    pub from: Option<Timestamp>,
    /// Received before this instant.
    pub to: Option<Timestamp>,
    /// The person's word.
    pub word: Option<Word>,
    /// Said how satisfied they are: with one of the first three grades, or not.
    pub satisfied: Option<bool>,
    /// Answered in time, or not.
    pub on_time: Option<bool>,
    /// Under supervision.
    pub supervised: bool,
    /// Reworked.
    pub reworked: bool,
    /// Waiting for a moderator.
    pub unmoderated: bool,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sort {
    /// Latest received first.
    #[default]
    Received,
    /// Due first; only meaningful for what is open.
    Due,
}

/// Where a page goes on: the sort key and `ord` of the last row shown, or of the first when going back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// `answer_due` where sorted by it.
    pub key: i64,
    /// The number that sorts as received.
    pub ord: i64,
    /// Going back.
    pub back: bool,
}

/// Instants are in the number itself; an id may be made a little before the case is received.
const SLACK: i64 = 2 * kernel::DAY;

struct Query {
    from: String,
    searched: bool,
    wheres: Vec<String>,
    values: Vec<Value>,
}

impl Query {
    fn value(&mut self, v: impl Into<Value>) -> String {
        self.values.push(v.into());
        format!("${}", self.values.len())
    }

    fn and(&mut self, text: impl Into<String>) {
        self.wheres.push(text.into());
    }

    fn compose(engine: Engine, reach: Reach, f: &Filter, now: Timestamp) -> Query {
        let mut q = Query { from: "requests r".into(), searched: false, wheres: Vec::new(), values: Vec::new() };
        q.searched = !f.words.trim().is_empty() && q.search(engine, &f.words);
        q.reach(reach, f);
        q.standing(f.standing, now);
        q.plain(f);
        q
    }

    /// Words that must all be there; `false` where nothing in them can be searched for.
    fn search(&mut self, engine: Engine, words: &str) -> bool {
        let (join, expression) = match engine {
            Engine::Sqlite => ("f.rowid", rules::search::fts5(words)),
            Engine::Postgres => ("f.ord", rules::search::tsquery(words)),
        };
        let Some(expression) = expression else { return false };
        self.from = format!("request_search f JOIN requests r ON r.ord = {join}");
        let v = self.value(expression);
        self.and(match engine {
            Engine::Sqlite => format!("f.tokens MATCH {v}"),
            Engine::Postgres => format!("f.tokens @@ to_tsquery('simple', {v})"),
        });
        true
    }

    fn reach(&mut self, reach: Reach, f: &Filter) {
        match reach {
            Reach::Site => {}
            Reach::Own(account) => {
                let v = self.value(account);
                self.and(format!("r.officer = {v}"));
            }
            Reach::Public => self.and("r.public_state = 'shown'"),
            Reach::Unit(unit) => {
                let v = self.value(unit);
                if !self.searched {
                    self.from = "request_reach x JOIN requests r ON r.id = x.request".into();
                    self.and(format!("x.unit = {v}"));
                    match f.standing {
                        Standing::Any => {}
                        Standing::Ended => self.and("x.live = 0"),
                        Standing::In(s) if s.is_end() => self.and("x.live = 0"),
                        _ => self.and("x.live = 1"),
                    }
                } else {
                    self.and(format!(
                        "EXISTS (SELECT 1 FROM request_reach x WHERE x.unit = {v} AND x.ord = r.ord)"
                    ));
                }
            }
        }
    }

    fn standing(&mut self, standing: Standing, now: Timestamp) {
        const OWED: &str = "r.answered_at IS NULL AND r.ended_at IS NULL";
        match standing {
            Standing::Any => {}
            Standing::Live => self.and("r.ended_at IS NULL"),
            Standing::Ended => self.and("r.ended_at IS NOT NULL"),
            Standing::Overdue => {
                let v = self.value(now);
                self.and(format!("{OWED} AND r.answer_due < {v}"));
            }
            Standing::DueBefore(at) => {
                let v = self.value(at);
                self.and(format!("{OWED} AND r.answer_due < {v}"));
            }
            Standing::In(state) => {
                let v = self.value(state.key());
                self.and(format!("r.state = {v}"));
            }
        }
    }

    fn plain(&mut self, f: &Filter) {
        if let Some(code) = &f.class {
            if code.matches('.').count() == 2 {
                let v = self.value(code.as_str());
                self.and(format!("r.class = {v}"));
            } else {
                // A branch of the classes is a good share of all cases: better found while walking in
                // order than gathered through the index and sorted, which `||` keeps the engine from.
                let (a, b) = (self.value(format!("{code}.")), self.value(format!("{code}/")));
                self.and(format!("r.class || '' >= {a} AND r.class || '' < {b}"));
            }
        }
        let mut equal = |column: &str, value: Option<Value>| {
            if let Some(value) = value {
                let v = self.value(value);
                self.and(format!("{column} = {v}"));
            }
        };
        equal("r.place", f.place.map(Value::from));
        equal("r.unit", f.handling.map(Value::from));
        equal("r.officer", f.officer.map(Value::from));
        equal("r.channel", f.channel.as_deref().map(Value::from));
        equal("r.kind", f.kind.map(|k| Value::from(k.key())));
        equal("r.urgency", f.urgency.map(|u| Value::from(u.key())));
        equal("r.word", f.word.map(|w| Value::from(w.key())));
        if let Some(from) = f.from {
            let (a, b) = (self.value(ord_at(from.plus(-SLACK))), self.value(from));
            self.and(format!("r.ord >= {a} AND r.received_at >= {b}"));
        }
        if let Some(to) = f.to {
            let (a, b) = (self.value(ord_at(to.plus(SLACK))), self.value(to));
            self.and(format!("r.ord < {a} AND r.received_at < {b}"));
        }
        match f.satisfied {
            Some(true) => self.and("r.satisfaction <= 3"),
            Some(false) => self.and("r.satisfaction > 3"),
            None => {}
        }
        match f.on_time {
            Some(true) => self.and("r.answered_at <= r.first_due"),
            Some(false) => self.and("r.answered_at > r.first_due"),
            None => {}
        }
        if f.supervised {
            self.and("r.supervised > 0");
        }
        if f.reworked {
            self.and("r.reworks > 0");
        }
        if f.unmoderated {
            self.and("r.public_state = 'waiting'");
        }
    }

    fn text(&self, select: &str, tail: &str) -> String {
        let wheres = if self.wheres.is_empty() { "1 = 1".to_owned() } else { self.wheres.join(" AND ") };
        format!("SELECT {select} FROM {} WHERE {wheres} {tail}", self.from)
    }
}

/// The smallest `ord` of an instant.
fn ord_at(at: Timestamp) -> i64 {
    at.0.clamp(0, (1 << 42) - 1) << 21
}

/// The statement and parameters of a page of the ledger.
pub(crate) fn page_query(
    engine: Engine,
    reach: Reach,
    filter: &Filter,
    sort: Sort,
    cursor: Option<Cursor>,
    now: Timestamp,
    limit: i64,
) -> (Stmt, Vec<Value>) {
    let mut q = Query::compose(engine, reach, filter, now);
    let by_reach = matches!(reach, Reach::Unit(_)) && !q.searched;
    // The order names the column of the index that is walked.
    let ord = match (by_reach, q.searched, engine) {
        (true, _, _) => "x.ord",
        (_, true, Engine::Sqlite) => "f.rowid",
        (_, true, Engine::Postgres) => "f.ord",
        _ => "r.ord",
    };
    let back = cursor.is_some_and(|c| c.back);
    if let Some(c) = cursor {
        match sort {
            Sort::Received => {
                let v = q.value(c.ord);
                q.and(format!("{ord} {} {v}", if back { ">" } else { "<" }));
            }
            Sort::Due => {
                let (k, o) = (q.value(c.key), q.value(c.ord));
                let op = if back { "<" } else { ">" };
                q.and(format!("(r.answer_due {op} {k} OR (r.answer_due = {k} AND r.ord {op} {o}))"));
            }
        }
    }
    let order = match (sort, back) {
        (Sort::Received, false) => format!("{ord} DESC"),
        (Sort::Received, true) => format!("{ord} ASC"),
        (Sort::Due, false) => "r.answer_due ASC, r.ord ASC".into(),
        (Sort::Due, true) => "r.answer_due DESC, r.ord DESC".into(),
    };
    if sort == Sort::Due {
        q.and("r.answer_due IS NOT NULL");
    }
    let n = q.value(limit);
    let sql = q.text(columns!(), &format!("ORDER BY {order} LIMIT {n}"));
    (Stmt::dynamic("requests::ledger", sql), q.values)
}

/// A page of the ledger, at most `limit` rows, in the order asked for.
pub fn page(
    tx: &mut dyn Tx,
    reach: Reach,
    filter: &Filter,
    sort: Sort,
    cursor: Option<Cursor>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Request>> {
    let (stmt, values) = page_query(tx.engine(), reach, filter, sort, cursor, now, limit);
    let mut rows: Vec<Request> = tx.query(&stmt, &values)?.iter().map(read).collect::<Result<_>>()?;
    if cursor.is_some_and(|c| c.back) {
        rows.reverse();
    }
    Ok(rows)
}

/// Every row, one after the other, for exports.
pub fn each(
    tx: &mut dyn Tx,
    reach: Reach,
    filter: &Filter,
    sort: Sort,
    now: Timestamp,
    row: &mut dyn FnMut(Request) -> Result<()>,
) -> Result<()> {
    let (stmt, values) = page_query(tx.engine(), reach, filter, sort, None, now, i64::MAX);
    tx.each(&stmt, &values, &mut |r| row(read(r)?))
}

/// How many there are, counted up to `cap`: more than that is told as "more than".
pub fn count(tx: &mut dyn Tx, reach: Reach, filter: &Filter, now: Timestamp, cap: i64) -> Result<i64> {
    let mut q = Query::compose(tx.engine(), reach, filter, now);
    let n = q.value(cap + 1);
    let inner = q.text("1 AS one", &format!("LIMIT {n}"));
    let stmt = Stmt::dynamic("requests::ledger_count", format!("SELECT COUNT(*) FROM ({inner}) AS t"));
    tx.scalar(&stmt, &q.values)
}
