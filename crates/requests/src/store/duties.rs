//! What is owed besides the answer: notices, reports of helping units, supervision.

use crate::model::{NoticeRow, Request};
use crate::store::request::word;
use db::{Tx, Value, params};
use kernel::{AccountId, MessageId, PersonId, RequestId, Result, Timestamp, UnitId, Uuid};
use rules::case::Notice;
use rules::deadline::Certificate;

db::statements! {
    pub(crate) UPSERT_NOTICE = "INSERT INTO request_notices (request, notice, round, person, due_at, message, \
        met_at, how, account) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
        ON CONFLICT (request, notice, round, person) DO UPDATE SET message = excluded.message, \
        met_at = excluded.met_at, how = excluded.how, account = excluded.account";
    pub(crate) NOTICES = "SELECT n.notice, n.round, n.person, n.due_at, n.message, m.state, n.met_at, n.how \
        FROM request_notices n LEFT JOIN messages m ON m.id = n.message WHERE n.request = $1 \
        ORDER BY n.due_at, n.notice, n.person";
    pub(crate) UPSERT_HELPER = "INSERT INTO request_helpers (request, unit, asked_at, question, reported_at, report) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (request, unit) DO UPDATE SET \
        question = excluded.question, reported_at = excluded.reported_at, report = excluded.report";
    pub(crate) HELPERS = "SELECT unit, asked_at, question, reported_at, report FROM request_helpers \
        WHERE request = $1 ORDER BY asked_at, unit";
    pub(crate) UPSERT_SUPERVISION = "INSERT INTO request_supervisions (request, grade, proposed_at, why, issued_at, \
        issued_by, words, dismissed_at, reply, next_signal, live, replied_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (request, grade) DO UPDATE SET issued_at = excluded.issued_at, \
        issued_by = excluded.issued_by, words = excluded.words, dismissed_at = excluded.dismissed_at, \
        reply = excluded.reply, next_signal = excluded.next_signal, replied_at = excluded.replied_at";
    pub(crate) PROPOSE_SUPERVISION = "INSERT INTO request_supervisions (request, grade, proposed_at, why, issued_at, \
        issued_by, words, dismissed_at, reply, next_signal, live) VALUES ($1, $2, $3, $4, NULL, NULL, '', NULL, '', NULL, $5) \
        ON CONFLICT (request, grade) DO NOTHING";
    pub(crate) SUPERVISIONS = "SELECT grade, proposed_at, why, issued_at, issued_by, words, dismissed_at, reply, \
        next_signal, replied_at FROM request_supervisions WHERE request = $1 ORDER BY grade";
    pub(crate) SUPERVISIONS_LIVE = "UPDATE request_supervisions SET live = $2 WHERE request = $1";
    pub(crate) DUE_ORDERS = "SELECT request, grade FROM request_supervisions \
        WHERE next_signal IS NOT NULL AND next_signal <= $1 ORDER BY next_signal LIMIT $2";
    pub(crate) ORDER_LOOKED_AT = "UPDATE request_supervisions SET next_signal = NULL \
        WHERE request = $1 AND grade = $2";
}

/// The key under which a notice to nobody named is kept.
pub(crate) fn person_key(person: Option<PersonId>) -> PersonId {
    person.unwrap_or(PersonId(Uuid::nil()))
}

/// What [`save_notice`] writes.
pub(crate) struct NoticeDuty<'a> {
    pub(crate) notice: Notice,
    pub(crate) round: i64,
    pub(crate) person: Option<PersonId>,
    pub(crate) due_at: Timestamp,
    pub(crate) message: Option<MessageId>,
    pub(crate) met_at: Option<Timestamp>,
    pub(crate) how: &'a str,
    pub(crate) account: Option<AccountId>,
}

/// Writes a notice duty, new or newly met.
pub(crate) fn save_notice(tx: &mut dyn Tx, request: RequestId, n: &NoticeDuty<'_>) -> Result<()> {
    tx.put(&UPSERT_NOTICE, &notice_values(request, n))
}

/// The parameters of [`UPSERT_NOTICE`].
pub(crate) fn notice_values(request: RequestId, n: &NoticeDuty<'_>) -> [Value; 9] {
    params![
        request,
        n.notice.key(),
        n.round,
        person_key(n.person),
        n.due_at,
        n.message,
        n.met_at,
        n.how,
        n.account
    ]
}

/// The notices owed, with the state of the message that carries each.
pub(crate) fn notices(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<NoticeRow>> {
    tx.query(&NOTICES, &params![request])?
        .iter()
        .map(|row| {
            let notice: String = row.get(0)?;
            let person: PersonId = row.get(2)?;
            Ok(NoticeRow {
                notice: word("notice", &notice, Notice::from_key(&notice))?,
                round: row.get(1)?,
                person: (person.0 != Uuid::nil()).then_some(person),
                due_at: row.get(3)?,
                message: row.get(4)?,
                message_state: row.get(5)?,
                met_at: row.get(6)?,
                how: row.get(7)?,
            })
        })
        .collect()
}

/// A helping unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Helper {
    /// Which.
    pub unit: UnitId,
    /// Since when.
    pub asked_at: Timestamp,
    /// What it was asked.
    pub question: String,
    /// When it reported.
    pub reported_at: Option<Timestamp>,
    /// What it reported.
    pub report: String,
}

/// Writes a helping unit, newly asked or having reported.
pub(crate) fn save_helper(tx: &mut dyn Tx, request: RequestId, h: &Helper) -> Result<()> {
    let values = params![request, h.unit, h.asked_at, &h.question, h.reported_at, &h.report];
    tx.execute(&UPSERT_HELPER, &values).map(drop)
}

/// The helping units.
pub(crate) fn helpers(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<Helper>> {
    tx.query(&HELPERS, &params![request])?
        .iter()
        .map(|row| {
            Ok(Helper {
                unit: row.get(0)?,
                asked_at: row.get(1)?,
                question: row.get(2)?,
                reported_at: row.get(3)?,
                report: row.get(4)?,
            })
        })
        .collect()
}

/// A supervision: proposed by the program, issued or dismissed by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Supervision {
    /// 1, 2 or 3.
    pub grade: i64,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// By which rule.
    pub why: String,
    /// When a person issued it.
    pub issued_at: Option<Timestamp>,
    /// Who.
    pub issued_by: Option<AccountId>,
    /// What was ordered.
    pub words: String,
    /// When a person decided against it.
    pub dismissed_at: Option<Timestamp>,
    /// By when the unit explains itself, and why then; none before it is issued.
    pub reply: Option<Certificate>,
    /// When it did.
    pub replied_at: Option<Timestamp>,
    /// When the grade above is looked at, where the answer is still missing then.
    pub next_signal: Option<Timestamp>,
}

impl Supervision {
    /// Whether it was issued and the unit has not explained itself.
    pub(crate) fn waits(&self) -> bool {
        self.issued_at.is_some() && self.replied_at.is_none()
    }

    /// A proposal that nobody has decided on.
    pub(crate) fn proposed(grade: i64, at: Timestamp, why: &str) -> Supervision {
        Supervision {
            grade,
            proposed_at: at,
            why: why.to_owned(),
            issued_at: None,
            issued_by: None,
            words: String::new(),
            dismissed_at: None,
            reply: None,
            replied_at: None,
            next_signal: None,
        }
    }
}

/// Writes a supervision of a case that is open or not, new or decided on.
pub(crate) fn save_supervision(
    tx: &mut dyn Tx,
    request: RequestId,
    live: bool,
    s: &Supervision,
) -> Result<()> {
    let reply = s.reply.as_ref().map(serde_json::to_string).transpose().map_err(kernel::Error::internal)?;
    let values = params![
        request,
        s.grade,
        s.proposed_at,
        &s.why,
        s.issued_at,
        s.issued_by,
        &s.words,
        s.dismissed_at,
        reply.unwrap_or_default(),
        s.next_signal,
        i64::from(live),
        s.replied_at
    ];
    tx.execute(&UPSERT_SUPERVISION, &values).map(drop)
}

/// Proposes a supervision once; `false` when that grade was proposed before.
pub(crate) fn propose(tx: &mut dyn Tx, row: &Request, grade: i64, at: Timestamp, why: &str) -> Result<bool> {
    Ok(tx.execute(&PROPOSE_SUPERVISION, &params![row.id, grade, at, why, i64::from(row.is_live())])? == 1)
}

/// The case has ended, or is open again.
pub(crate) fn supervisions_live(tx: &mut dyn Tx, row: &Request) -> Result<()> {
    tx.execute(&SUPERVISIONS_LIVE, &params![row.id, i64::from(row.is_live())]).map(drop)
}

/// The supervisions of a case, the mildest first.
pub(crate) fn supervisions(tx: &mut dyn Tx, request: RequestId) -> Result<Vec<Supervision>> {
    tx.query(&SUPERVISIONS, &params![request])?
        .iter()
        .map(|row| {
            let reply: String = row.get(7)?;
            let reply = (!reply.is_empty()).then(|| serde_json::from_str(&reply));
            Ok(Supervision {
                grade: row.get(0)?,
                proposed_at: row.get(1)?,
                why: row.get(2)?,
                issued_at: row.get(3)?,
                issued_by: row.get(4)?,
                words: row.get(5)?,
                dismissed_at: row.get(6)?,
                reply: reply.transpose().map_err(kernel::Error::internal)?,
                next_signal: row.get(8)?,
                replied_at: row.get(9)?,
            })
        })
        .collect()
}

/// Orders after which the grade above is to be looked at by `now`, at most `limit`: case and grade.
pub(crate) fn due_orders(tx: &mut dyn Tx, now: Timestamp, limit: i64) -> Result<Vec<(RequestId, i64)>> {
    tx.query(&DUE_ORDERS, &params![now, limit])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// The look that was due after an order has been taken.
pub(crate) fn order_looked_at(tx: &mut dyn Tx, request: RequestId, grade: i64) -> Result<()> {
    tx.execute(&ORDER_LOOKED_AT, &params![request, grade]).map(drop)
}
