//! The ledger: filters composed from our own pieces, keyset paging, counting up to a cap.

use crate::model::{NO_DATE, Request};
use crate::store::request::{columns, read};
use crate::store::{branch, was};
use db::{Engine, Stmt, Tx, Value};
use kernel::{Result, Timestamp, UnitId};

pub(super) use crate::store::filter::Aim;
pub use crate::store::filter::{Cursor, Filter, Reach, Sort, Standing, Without};

/// Instants are in the number itself; an id may be made a little before the case is received.
const SLACK: i64 = 2 * kernel::DAY;

/// A query in the making: a table to walk, conditions, and their parameters.
pub(super) struct Query {
    from: String,
    searched: bool,
    /// The parameter that holds the past instant which is asked for.
    past: Option<String>,
    aim: Aim,
    wheres: Vec<String>,
    pub(super) values: Vec<Value>,
}

impl Query {
    pub(super) fn value(&mut self, v: impl Into<Value>) -> String {
        self.values.push(v.into());
        format!("${}", self.values.len())
    }

    pub(super) fn and(&mut self, text: impl Into<String>) {
        self.wheres.push(text.into());
    }

    /// The requests as they stand, or as they stood.
    fn requests(&self) -> String {
        match &self.past {
            None => "requests r".to_owned(),
            Some(at) => format!("{} r", was::table(at)),
        }
    }

    /// Whether the index over the ledgers of units is walked.
    pub(super) fn by_reach(&self) -> bool {
        self.from.starts_with("request_reach")
    }

    /// The table whose index over dates is walked.
    pub(super) fn dated(&self) -> &'static str {
        if self.by_reach() { "x" } else { "r" }
    }

    pub(super) fn compose(engine: Engine, reach: Reach, f: &Filter, now: Timestamp) -> Query {
        Query::make(engine, reach, f, now, Aim::Rows)
    }

    pub(super) fn make(engine: Engine, reach: Reach, f: &Filter, now: Timestamp, aim: Aim) -> Query {
        let mut q = Query {
            from: String::new(),
            searched: false,
            past: None,
            aim,
            wheres: Vec::new(),
            values: Vec::new(),
        };
        let now = f.as_of.unwrap_or(now);
        q.past = f.as_of.map(|at| q.value(at));
        q.from = q.requests();
        if let Some(at) = f.as_of {
            // What was not there yet is not walked over. An import has its own times, which lie before.
            let v = q.value(ord_at(at.plus(SLACK)));
            q.and(format!("r.ord < {v}"));
        }
        if !f.words.trim().is_empty() {
            q.searched = q.search(engine, &f.words);
            if !q.searched {
                // Signs alone can be searched for nowhere, so nothing has them.
                q.and("1 = 0");
            }
        }
        // Nobody finds or counts here what is kept from the unit it is about: see `shield`.
        match f.shields {
            // The few that are shielded are looked up beside, so that an index alone can be counted.
            None if aim == Aim::Choice => {}
            None if aim == Aim::Count => {
                q.and("r.ord NOT IN (SELECT g.ord FROM requests g WHERE g.shielded = 1)")
            }
            None => q.and("r.shielded = 0"),
            Some(changes) => q.without_shields_of(changes),
        }
        q.reach(reach, f);
        q.standing(f.standing, now);
        q.plain(f);
        q
    }

    /// Leaves out what was shielded when shields had changed so many times.
    fn without_shields_of(&mut self, changes: i64) {
        let v = self.value(changes);
        self.and(format!(
            "NOT EXISTS (SELECT 1 FROM request_shields g WHERE g.request = r.id AND g.put_no <= {v} \
             AND (g.lifted_no IS NULL OR g.lifted_no > {v}))"
        ));
    }

    /// Words that must all be there; `false` where nothing in them can be searched for.
    fn search(&mut self, engine: Engine, words: &str) -> bool {
        let (join, expression) = match engine {
            Engine::Sqlite => ("f.rowid", rules::search::fts5(words)),
            Engine::Postgres => ("f.ord", rules::search::tsquery(words)),
        };
        let Some(expression) = expression else { return false };
        self.from = format!("request_search f JOIN {} ON r.ord = {join}", self.requests());
        let v = self.value(expression);
        self.and(match engine {
            Engine::Sqlite => format!("f.request_search MATCH {v}"),
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
            Reach::Public if self.past.is_some() => {
                // What was hidden since is not shown again by asking for an earlier day.
                self.and("r.public_state = 'shown' AND r.public_now = 'shown'");
            }
            Reach::Public => self.and("r.public_state = 'shown'"),
            Reach::Unit(unit) | Reach::Seat(unit) if self.past.is_some() => self.had_part(unit, reach),
            Reach::Unit(unit) | Reach::Seat(unit) => {
                let v = self.value(unit);
                if matches!(reach, Reach::Seat(_)) {
                    self.and(format!(
                        "(r.unit = {v} OR r.first_unit = {v} OR EXISTS \
                         (SELECT 1 FROM request_helpers h WHERE h.request = r.id AND h.unit = {v}))"
                    ));
                }
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

    /// Cases in which a unit, or one below it, had a part at the past instant.
    fn had_part(&mut self, unit: UnitId, reach: Reach) {
        let (v, at) = (self.value(unit), self.past.clone().unwrap_or_default());
        let helps = format!("SELECT 1 FROM request_helpers h WHERE h.request = r.id AND h.asked_at <= {at}");
        self.and(match reach {
            Reach::Seat(_) => {
                format!("(r.unit = {v} OR r.first_unit = {v} OR EXISTS ({helps} AND h.unit = {v}))")
            }
            _ => {
                let below = format!(
                    "(SELECT b.id FROM units a JOIN units b ON SUBSTR(b.path, 1, LENGTH(a.path)) = a.path WHERE a.id = {v})"
                );
                format!("(r.unit IN {below} OR r.first_unit IN {below} OR EXISTS ({helps} AND h.unit IN {below}))")
            }
        });
    }

    fn standing(&mut self, standing: Standing, now: Timestamp) {
        match standing {
            Standing::Any => {}
            Standing::Live => self.and("r.ended_at IS NULL"),
            Standing::Ended => self.and("r.ended_at IS NOT NULL"),
            Standing::Overdue => {
                let v = self.value(now);
                self.and(format!("{}.owed < {v}", self.dated()));
            }
            Standing::DueBefore(at) => {
                let v = self.value(at);
                self.and(format!("{}.owed < {v}", self.dated()));
            }
            Standing::DueWithin(from, to) => {
                let (a, b) = (self.value(from), self.value(to));
                self.and(format!("{0}.owed >= {a} AND {0}.owed < {b}", self.dated()));
            }
            Standing::In(state) => {
                let v = self.value(state.key());
                self.and(format!("r.state = {v}"));
            }
        }
    }

    fn plain(&mut self, f: &Filter) {
        if !f.states.is_empty() {
            let list: Vec<String> = f.states.iter().map(|s| self.value(s.key())).collect();
            self.and(format!("r.state IN ({})", list.join(", ")));
        }
        if let Some(code) = &f.class {
            if code.matches('.').count() == 2 {
                let v = self.value(code.as_str());
                self.and(format!("r.class = {v}"));
            } else {
                // A branch of the classes is a good share of all cases: better found while walking in
                // order than gathered through the index and sorted, which `||` keeps the engine from.
                let (a, b) = (self.value(format!("{code}.")), self.value(format!("{code}/")));
                let class = if self.aim != Aim::Rows { "r.class" } else { "r.class || ''" };
                self.and(format!("{class} >= {a} AND {class} < {b}"));
            }
        }
        self.among("r.place", f.places.as_deref());
        self.among("r.unit", f.handlers.as_deref());
        self.among("r.first_unit", f.accountable.as_deref());
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
            // As the counters have it: what had no date was in time.
            Some(true) => {
                self.and(
                    "r.answered_at IS NOT NULL AND (r.first_due IS NULL OR r.answered_at <= r.first_due)",
                );
            }
            Some(false) => self.and("r.answered_at > r.first_due"),
            None => {}
        }
        match f.answered {
            Some(true) => self.and("r.answered_at IS NOT NULL"),
            Some(false) => self.and("r.answered_at IS NULL"),
            None => {}
        }
        for without in &f.without {
            self.and(match without {
                Without::Class => "r.class = ''",
                Without::Place => "r.place IS NULL",
                Without::Officer => "r.officer IS NULL",
                Without::Word => "r.answered_at IS NOT NULL AND (r.word IS NULL OR r.state = 'merged')",
            });
        }
        if f.word.is_some() {
            // The word on a merged case counts with the case it went into.
            self.and("r.state <> 'merged'");
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

    fn among(&mut self, column: &str, ids: Option<&[UnitId]>) {
        match ids {
            None => {}
            Some([]) => self.and("1 = 0"),
            Some(ids) => {
                let list: Vec<String> = ids.iter().map(|id| self.value(*id)).collect();
                self.and(format!("{column} IN ({})", list.join(", ")));
            }
        }
    }

    pub(super) fn text(&self, select: &str, tail: &str) -> String {
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
    let by_reach = q.by_reach();
    // The order names the column of the index that is walked.
    let ord = match (by_reach, q.searched, engine) {
        (true, _, _) => "x.ord",
        (_, true, Engine::Sqlite) => "f.rowid",
        (_, true, Engine::Postgres) => "f.ord",
        _ => "r.ord",
    };
    let t = q.dated();
    if sort == Sort::Due && filter.standing == Standing::Live {
        // Says nothing new, but tells the engine where in the index to stop.
        let v = q.value(NO_DATE);
        q.and(format!("{t}.owed < {v}"));
    }
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
                q.and(format!("({t}.owed, {t}.ord) {op} ({k}, {o})"));
            }
        }
    }
    let order = match (sort, back) {
        (Sort::Received, false) => format!("{ord} DESC"),
        (Sort::Received, true) => format!("{ord} ASC"),
        (Sort::Due, false) => format!("{t}.owed ASC, {t}.ord ASC"),
        (Sort::Due, true) => format!("{t}.owed DESC, {t}.ord DESC"),
    };
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
    let (stmt, values) = branch::rows_query(tx, reach, filter, sort, cursor, now, limit)?;
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
    let (stmt, values) = branch::rows_query(tx, reach, filter, sort, None, now, i64::MAX)?;
    tx.each(&stmt, &values, &mut |r| row(read(r)?))
}

/// How many there are, counted up to `cap`: more than that is told as "more than".
pub fn count(tx: &mut dyn Tx, reach: Reach, filter: &Filter, now: Timestamp, cap: i64) -> Result<i64> {
    let mut q = Query::make(tx.engine(), reach, filter, now, Aim::Count);
    let n = q.value(cap + 1);
    let inner = q.text("1 AS one", &format!("LIMIT {n}"));
    let stmt = Stmt::dynamic("requests::ledger_count", format!("SELECT COUNT(*) FROM ({inner}) AS t"));
    tx.scalar(&stmt, &q.values)
}
