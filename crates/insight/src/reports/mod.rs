//! Reports 报告: figures of a unit as they were known on a day, issued by somebody and kept.
//!
//! ```text
//!  unit, months, as of a day ── computed from what was known then ──▶ content ── SHA-256 ──▶ journal
//!                                                                        │ kept
//!  the same again, at any time later ────────────────────────────────────┴── equal, or what differs
//! ```
//!
//! A case that is shielded when a report is issued counts in none of its figures, then and later; one that is
//! shielded afterwards stays counted, for the report tells what was known. Its page says neither.
//!
//! The content is text that says the same in every language; pages and files show it in theirs. A mistake is put
//! right by a new version that names the one before.

mod content;
pub(crate) mod store;

pub use content::{CELLS, Cell, Content, Figures, Line};
pub use store::Report;

use crate::period::Period;
use access::{Noun, Verb};
use db::Tx;
use journal::NewEvent;
use kernel::{Date, Error, Result, UnitId, Uuid};
use requests::Ctx;
use serde_json::json;
use sha2::{Digest, Sha256};

/// What somebody wants to issue.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Whose figures.
    pub unit: UnitId,
    /// Over which months.
    pub period: Period,
    /// The day at whose end they were known; it is over.
    pub as_of: Date,
    /// The version that it corrects.
    pub replaces: Option<Uuid>,
    /// Why it is corrected.
    pub note: String,
}

/// Issues a report: computed, kept with its hash, told to the journal. Gives back its id.
///
/// Errors: forbidden where whoever acts may not take figures of this unit out; a fault beside a field.
pub fn issue(tx: &mut dyn Tx, ctx: &Ctx, id: Uuid, input: &Issue) -> Result<Uuid> {
    access::demand(&ctx.scope, Verb::Export, Noun::Dashboard, ctx.path(input.unit))?;
    let account = ctx.account().ok_or(Error::SignIn)?;
    if input.as_of >= ctx.site.today() {
        return Err(Error::field("as_of", "请选已经过完的一天。", "Please choose a day that is over."));
    }
    let note = input.note.trim();
    let (unit, period, as_of, version) = match input.replaces {
        None => (input.unit, input.period, input.as_of, 1),
        Some(of) => {
            let before = store::one(tx, of)?.filter(|r| r.unit == input.unit).ok_or(Error::NotFound)?;
            if note.is_empty() {
                return Err(Error::field("note", "请写明更正什么。", "Please say what is corrected."));
            }
            if store::next(tx, of)?.is_some() {
                return Err(Error::refused(
                    "replaced",
                    "这一版已经有更正版，请更正最新的一版。",
                    "This version has been corrected already: correct the latest one.",
                ));
            }
            (before.unit, before.period()?, input.as_of, before.version + 1)
        }
    };
    let shields = requests::shield::changes(tx)?;
    let content = content::compute(tx, ctx, unit, &period, as_of, shields)?;
    let text = content.text()?;
    let hash = Sha256::digest(text.as_bytes());
    let (from, to) = period.keys();
    let report = Report {
        id,
        unit,
        from,
        to,
        as_of,
        version,
        replaces: input.replaces,
        note: note.to_owned(),
        issued_at: ctx.at,
        account,
        shields,
        content: text,
        hash: hash.to_vec(),
    };
    store::insert(tx, &report)?;
    let payload = json!({
        "unit": content.unit, "from": report.from, "to": report.to, "as_of": as_of, "version": version,
        "replaces": input.replaces.map(|r| r.to_string()), "hash": hex::encode(hash),
    });
    let actor = ctx.scope.actor.clone();
    let event =
        NewEvent { stream_kind: "report", stream: id, at: ctx.at, actor: &actor, kind: "issued", payload };
    journal::append(tx, &event)?;
    Ok(id)
}

/// A cell that says something else now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `total`, or `class` or `unit` with what the line is about.
    pub line: (String, String),
    /// Which figure.
    pub cell: &'static str,
    /// As it was issued.
    pub kept: i64,
    /// Computed again.
    pub now: i64,
}

/// What looking at a report again showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// The content is the one whose hash was kept.
    pub same_bytes: bool,
    /// The journal tells of this hash.
    pub told: bool,
    /// Computed again as of its day it says the same, byte for byte.
    pub equal: bool,
    /// Where it differs.
    pub differences: Vec<Difference>,
}

impl Checked {
    /// Whether everything holds.
    pub fn good(&self) -> bool {
        self.same_bytes && self.told && self.equal
    }
}

/// Computes a report again as of its day, and compares.
///
/// Errors: those of the database; internal where what is kept is no report.
pub fn check(tx: &mut dyn Tx, ctx: &Ctx, report: &Report) -> Result<Checked> {
    let hash = Sha256::digest(report.content.as_bytes());
    let said = hex::encode(&report.hash);
    let told = journal::events(tx, report.id)?
        .into_iter()
        .any(|e| e.kind == "issued" && e.payload["hash"].as_str() == Some(said.as_str()));
    let kept = Content::parse(&report.content)?;
    let now = content::compute(tx, ctx, report.unit, &report.period()?, report.as_of, report.shields)?;
    Ok(Checked {
        same_bytes: hash.as_slice() == report.hash.as_slice(),
        told,
        equal: now.text()? == report.content,
        differences: kept.differences(&now),
    })
}

/// The last so many reports, latest first.
///
/// Errors: those of the database.
pub fn list(tx: &mut dyn Tx, limit: i64) -> Result<Vec<Report>> {
    store::list(tx, limit)
}
