//! Taking a file in: all its good rows, or none; noted in the journal.

use super::desk::Progress;
use super::look::{self, Seen};
use super::upload::{self, Part};
use super::{Import, What, store};
use access::SharedSite;
use db::Tx;
use kernel::{Actor, Error, Locale, Result, Say, Scope, Timestamp};
use register::import::FirstPassword;
use requests::Ctx;
use requests::import::run_in;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How often it is tried where another import made the same ids.
const TRIES: usize = 3;

/// What became of the rows; or why nothing did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Outcome {
    /// Rows of the sheet.
    pub(super) rows: usize,
    /// Taken in.
    pub(super) taken: usize,
    /// Completed what was there.
    pub(super) changed: usize,
    /// There already.
    pub(super) already: usize,
    /// Twice in the file.
    pub(super) repeated: usize,
    /// Refused.
    pub(super) refused: usize,
    /// Why nothing was written; none where it was.
    pub(super) failed: Option<Say>,
}

impl Outcome {
    pub(super) fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    pub(super) fn from_json(text: &str) -> Result<Option<Outcome>> {
        match text {
            "" => Ok(None),
            text => serde_json::from_str(text).map(Some).map_err(Error::internal),
        }
    }

    fn failed(say: Say) -> Outcome {
        Outcome { failed: Some(say), ..Outcome::default() }
    }
}

/// Takes in what was seen of the file, and writes down what became of it, also where nothing did. Blocks.
pub(super) fn run(site: &SharedSite, scope: &Scope, import: &Import, seen: &Seen, progress: &Arc<Progress>) {
    let done = match (&seen.outlook, import.what) {
        (Err(say), _) => Err(Error::Refused { code: "not-importable", say: say.clone() }),
        (Ok(_), What::Requests) => requests(site, scope, import, seen, progress),
        (Ok(_), What::Units | What::Accounts | What::Households) => register(site, scope, import, progress),
    };
    if let Err(error) = done {
        give_up(site, import, &error);
    }
}

/// Writes down that nothing was taken in, and why. Blocks.
pub(super) fn give_up(site: &SharedSite, import: &Import, error: &Error) {
    if let Error::Internal(what) = error {
        tracing::error!(what, "an import ended with a fault of ours");
    }
    let (id, outcome) = (import.id, Outcome::failed(error.say()));
    if let Err(error) = site.db.write_now(move |tx| store::failed(tx, id, &outcome)) {
        tracing::warn!(%error, "the end of an import was not written down");
    }
}

/// Cases, outcome and event in one transaction.
fn requests(
    site: &SharedSite,
    scope: &Scope,
    import: &Import,
    seen: &Seen,
    progress: &Arc<Progress>,
) -> Result<()> {
    let plan = seen.outlook.as_ref().ok().and_then(|o| o.plan.clone()).ok_or(Error::NotFound)?;
    for left in (0..TRIES).rev() {
        let (ctx, plan, import) = (Ctx::new(site, scope.clone()), plan.clone(), import.clone());
        let told = progress.clone();
        let written = site.db.write_now(move |tx| {
            let o = run_in(tx, &ctx, &plan, &|done, total| told.at(done as u64, total as u64))?;
            let outcome = Outcome {
                rows: o.rows,
                taken: o.taken,
                changed: 0,
                already: o.already,
                repeated: o.repeated,
                refused: o.refused,
                failed: None,
            };
            finish(tx, &import, &ctx.scope.actor, ctx.at, &outcome)
        });
        match written {
            Err(Error::Conflict(_)) if left > 0 => {}
            other => return other,
        }
    }
    Err(Error::Busy)
}

/// Units, accounts or households, in the import's own transaction; then outcome and event in another.
fn register(site: &SharedSite, scope: &Scope, import: &Import, progress: &Arc<Progress>) -> Result<()> {
    let bytes = upload::read(&site.dir, import.id, Part::Sheet)?.ok_or(Error::NotFound)?;
    let book = sheets::open_bytes(&bytes, &import.name)?;
    let report = look::register(site, scope, import, &book, false, &|done, total| progress.at(done, total))?;
    if !report.passwords.is_empty() {
        upload::write(&site.dir, import.id, Part::Passwords, &passwords(&report.passwords)?)?;
    }
    let outcome = Outcome {
        rows: report.rows,
        taken: report.added,
        changed: report.changed,
        already: report.known,
        repeated: 0,
        refused: report.refused.len(),
        failed: None,
    };
    let (import, actor, now) = (import.clone(), scope.actor.clone(), site.now());
    site.db.write_now(move |tx| finish(tx, &import, &actor, now, &outcome))
}

fn finish(tx: &mut dyn Tx, import: &Import, actor: &Actor, now: Timestamp, outcome: &Outcome) -> Result<()> {
    if !store::done(tx, import.id, now, outcome)? {
        return Err(Error::Conflict(Say::new(
            "这个文件刚刚已经导入过。",
            "This file has been imported just now.",
        )));
    }
    let event = journal::NewEvent {
        stream_kind: "import",
        stream: import.id,
        at: now,
        actor,
        kind: "imported",
        // The file's name may name people: what it was is known by its hash.
        payload: serde_json::json!({
            "what": import.what.key(), "sha256": sha(import), "rows": outcome.rows, "taken": outcome.taken,
            "changed": outcome.changed, "already": outcome.already, "repeated": outcome.repeated,
            "refused": outcome.refused,
        }),
    };
    journal::append_first(tx, &event).map(drop)
}

fn sha(import: &Import) -> String {
    hex::encode(import.sha256)
}

/// First passwords as a sheet to hand them over from.
fn passwords(made: &[FirstPassword]) -> Result<Vec<u8>> {
    let columns = [("登录名", "Login"), ("姓名", "Name"), ("密码", "Password")]
        .map(|(zh, en)| sheets::Column::new(zh, en, 20, sheets::Kind::Text));
    let mut csv = sheets::CsvOut::new(Vec::new(), &columns, Locale::Zh)?;
    for p in made {
        csv.row(&[&p.login, &p.name, &p.password].map(|t| sheets::Value::Text(t.clone())))?;
    }
    csv.finish()
}
