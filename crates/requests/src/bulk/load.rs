//! Telling the cases of a batch on every core, and writing them in one transaction.

use super::deeds::Other;
use super::head::{Head, heads};
use super::rows::{Rows, Slot};
use super::story::Story;
use super::{Desk, Past, PastJoin, PastStep, What};
use crate::case::Joined;
use crate::ctx::Ctx;
use crate::spoken;
use crate::store::tally::{Counts, Place};
use crate::store::{bulk, clocks, duties, keeping, people, request, tally, was};
use access::identity;
use db::Tx;
use kernel::{Actor, Error, RequestId, Result, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// How many cases a core tells before it hands them over.
const CHUNK: usize = 32;

/// Writes the cases of a batch with their whole past; gives back their ids in the same order.
///
/// Errors: internal, naming case and step, where the machine refuses a step or a case names what the
/// pack or the register does not have. Nothing of the batch is written then.
pub fn write(tx: &mut dyn Tx, ctx: &Ctx, batch: &[Past]) -> Result<Vec<RequestId>> {
    let desk = Desk::load(tx, ctx)?;
    write_with(tx, ctx, &desk, batch)
}

/// [`write`], for many batches in a row with one look at who leads what.
pub fn write_with(tx: &mut dyn Tx, ctx: &Ctx, desk: &Desk, batch: &[Past]) -> Result<Vec<RequestId>> {
    let heads = heads(tx, ctx, batch)?;
    let merges = merges(batch)?;
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let mut sums: HashMap<Slot, Counts> = HashMap::new();
    let tell =
        |at: usize| told(ctx, desk, batch, &heads, &merges, at).map_err(|fault| fault.naming(at, &batch[at]));
    if batch.len() <= CHUNK || cores == 1 {
        for at in 0..batch.len() {
            put(tx, ctx, tell(at)?, &mut sums)?;
        }
    } else {
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::sync_channel::<Result<Vec<Rows>>>(2 * cores);
        std::thread::scope(|scope| {
            for _ in 0..cores {
                let (sender, next, tell) = (sender.clone(), &next, &tell);
                scope.spawn(move || {
                    loop {
                        let from = next.fetch_add(CHUNK, Ordering::Relaxed);
                        if from >= batch.len() {
                            break;
                        }
                        let part = (from..batch.len().min(from + CHUNK)).map(tell).collect();
                        // Nobody listens any more where another case was at fault.
                        if sender.send(part).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut write = || {
                while let Ok(part) = receiver.recv() {
                    for rows in part? {
                        put(tx, ctx, rows, &mut sums)?;
                    }
                }
                Ok(())
            };
            let ended: Result<()> = write();
            drop(receiver);
            ended
        })?;
    }
    // In the order of their index.
    let sums: BTreeMap<Slot, Counts> = sums.into_iter().collect();
    let sums: Vec<_> = sums
        .iter()
        .map(|(slot, counts)| {
            let Slot { dim, key, month, class } = slot;
            tally::values(&Place { dim, key: *key, month, class }, counts)
        })
        .collect();
    tally::add_all(tx, &sums)?;
    Ok(heads.into_iter().map(|h| h.id).collect())
}

/// A fault in one case, with the step at which it came up.
struct Fault {
    step: Option<usize>,
    error: Error,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault { step: None, error }
    }
}

impl Fault {
    fn naming(self, at: usize, past: &Past) -> Error {
        let source = if past.source.is_empty() { String::new() } else { format!(" ({})", past.source) };
        let step = self.step.map(|n| format!(", step {n} ({:?})", verb(&past.steps[n].what)));
        Error::internal(format!("bulk: case {at}{source}{}: {}", step.unwrap_or_default(), self.error))
    }
}

/// The name of what was done, without its texts.
fn verb(what: &What) -> String {
    let shown = format!("{what:?}");
    shown.split([' ', '{']).next().unwrap_or_default().to_lowercase()
}

/// For each case, those that are merged into it and when.
fn merges(batch: &[Past]) -> Result<HashMap<usize, Vec<(Timestamp, usize)>>> {
    let mut out: HashMap<usize, Vec<(Timestamp, usize)>> = HashMap::new();
    for (at, past) in batch.iter().enumerate() {
        for step in &past.steps {
            if let What::Merge { into, .. } = step.what {
                if into == at || into >= batch.len() {
                    return Err(Error::internal(format!(
                        "bulk: case {at} is merged into no other of the batch"
                    )));
                }
                out.entry(into).or_default().push((step.at, at));
            }
        }
    }
    Ok(out)
}

/// What happens in a story, in the order of time.
enum Scene<'p> {
    Step(usize, &'p PastStep),
    Join(&'p PastJoin),
    TakeIn(usize, &'p Actor),
}

/// Tells one case.
fn told(
    ctx: &Ctx,
    desk: &Desk,
    batch: &[Past],
    heads: &[Head],
    merges: &HashMap<usize, Vec<(Timestamp, usize)>>,
    at: usize,
) -> std::result::Result<Rows, Fault> {
    let past = &batch[at];
    let mut story = Story::open(ctx, desk, past, &heads[at])?;
    if let Some(handled) = &past.handled {
        if !past.steps.is_empty() || !past.joins.is_empty() {
            return Err(Error::internal("history has no steps").into());
        }
        story.take_over(handled)?;
        return Ok(story.rows()?);
    }
    story.begin()?;
    let mut scenes: Vec<(Timestamp, Scene<'_>)> =
        past.steps.iter().enumerate().map(|(n, s)| (s.at, Scene::Step(n, s))).collect();
    let mut before = story.ctx.at;
    for (n, step) in past.steps.iter().enumerate() {
        if step.at < before {
            let error = Error::internal("it comes before what was before it");
            return Err(Fault { step: Some(n), error });
        }
        before = step.at;
    }
    scenes.extend(past.joins.iter().map(|j| (j.at, Scene::Join(j))));
    for (time, from) in merges.get(&at).into_iter().flatten() {
        let actor = batch[*from].steps.last().map_or(&Actor::System, |s| &s.actor);
        scenes.push((*time, Scene::TakeIn(*from, actor)));
    }
    scenes.sort_by_key(|(time, _)| *time);
    for (time, scene) in scenes {
        match scene {
            Scene::Step(n, step) => {
                story.go(time, &step.actor);
                let other = match step.what {
                    What::Merge { into, .. } => {
                        Some(Other { id: heads[into].id, number: heads[into].number.clone() })
                    }
                    _ => None,
                };
                story.act(step, other).map_err(|error| Fault { step: Some(n), error })?;
            }
            Scene::Join(join) => {
                story.go(time, &join.actor);
                story.join(join)?;
            }
            Scene::TakeIn(from, actor) => {
                story.go(time, actor);
                let (past, head) = (&batch[from], &heads[from]);
                let joined = head.person.map(|person| Joined {
                    person,
                    code: head.code.clone(),
                    channel: past.channel.clone(),
                    joined_at: past.received_at,
                    words: spoken::title(&title(past), &past.person),
                });
                story.take_in(joined, &head.number)?;
            }
        }
    }
    story.tick(ctx.at);
    if story.case.row.is_live() {
        story.propose(ctx.at);
    }
    Ok(story.rows()?)
}

fn title(past: &Past) -> String {
    match past.title.trim() {
        "" => crate::register::headline(past.body.trim()),
        title => title.to_owned(),
    }
}

/// Writes the rows of one case.
fn put(tx: &mut dyn Tx, ctx: &Ctx, rows: Rows, sums: &mut HashMap<Slot, Counts>) -> Result<()> {
    for person in &rows.persons {
        identity::put(tx, &ctx.site, person)?;
    }
    let id = rows.id;
    tx.execute(&request::INSERT, &rows.request)?;
    tx.insert_many(&request::INSERT_REACH, &rows.reach)?;
    tx.execute(&request::INSERT_TOKENS, &rows.tokens)?;
    tx.insert_many(&bulk::INSERT_JOURNAL, &rows.journal)?;
    tx.insert_many(&clocks::INSERT_ENTRY, &rows.entries)?;
    tx.insert_many(&was::INSERT_WAS, &rows.was)?;
    tx.insert_many(&clocks::UPSERT_CLOCK, &rows.clocks)?;
    tx.insert_many(&duties::UPSERT_NOTICE, &rows.notices)?;
    tx.insert_many(&people::UPSERT_WORD, &rows.words)?;
    rows.attempts.iter().try_for_each(|a| people::insert_attempt(tx, id, a))?;
    rows.helpers.iter().try_for_each(|h| duties::save_helper(tx, id, h))?;
    rows.joined.iter().try_for_each(|j| people::insert_joined(tx, id, j).map(drop))?;
    for mail in rows.mails {
        mail.draft.put(tx, ctx, Some(mail.went))?;
    }
    rows.supervisions.iter().try_for_each(|s| duties::save_supervision(tx, id, rows.live, s))?;
    if let Some(o) = &rows.original {
        request::keep_original(tx, id, &o.file, o.row)?;
        spoken::keep_row(tx, ctx, id, &o.cells)?;
    }
    if rows.forget_at.is_some() {
        keeping::keep(tx, id, rows.forget_at)?;
    }
    for (slot, text) in &rows.texts {
        spoken::keep(tx, ctx, id, slot, Some(text))?;
    }
    for slot in rows.slots {
        sums.entry(slot).or_default().add(&rows.counts);
    }
    Ok(())
}
