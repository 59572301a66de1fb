//! A visit is put right by whoever made it: what stands there to be changed, and what went its way with it and stays.
//!
//! It is written by [`super::confirm`]: a correction is a visit that names the one it corrects.

use super::check::before;
use super::confirm::{own, there};
use super::{HeardNeed, MyHousehold, NeedsOf, Promise, PromiseAnswer, Said, needs, photos, promises_of};
use crate::read;
use crate::work::{KnownHelp, helps_of};
use access::{Noun, Target, Verb};
use db::Tx;
use files::Attachment;
use kernel::{Date, Error, RecordId, Result, Timestamp};
use records::Record;
use register::households;
use requests::Ctx;
use serde::Deserialize;

/// The most needs of a household among which those of one visit are looked for.
const NEEDS: usize = 500;

/// A visit that whoever asks may put right.
pub(crate) struct Correction {
    /// The visit as it stands.
    pub visit: Record,
    /// The code of the household on whose page it stands.
    pub code: String,
    /// Who lives there, for whoever is paired with them today.
    pub home: Option<MyHousehold>,
    /// Whether whoever asks reads the visits of the household.
    pub reads: bool,
    /// What was learnt: as it was said for whoever is paired today, for others without names.
    pub said: Vec<Said>,
    /// As it was said, where that is not shown.
    sealed: Vec<Said>,
    /// Its pictures.
    pub photos: Vec<Attachment>,
    /// What was promised.
    pub promised: Vec<Promise>,
    /// What became of earlier promises.
    pub answered: Vec<(Promise, PromiseAnswer)>,
    /// What became requests.
    pub needs: Vec<HeardNeed>,
    /// What was helped with.
    pub helped: Vec<KnownHelp>,
    /// The first day that a visit may have now; this one may be from before it.
    pub first: Date,
}

impl Correction {
    /// Words that were shown without names and left as they are go along as they were said.
    pub fn as_said(&self, answers: &mut [Said]) {
        for answer in answers {
            let of =
                |all: &[Said]| all.iter().find(|s| s.question == answer.question).map(|s| s.text.clone());
            if let Some(own) = of(&self.sealed).filter(|_| of(&self.said).as_ref() == Some(&answer.text)) {
                answer.text = own;
            }
        }
    }
}

/// Whether a way to correct a visit is offered: to whoever may, as long as it came in no longer ago than a visit may be
/// entered late.
///
/// Errors: those of the database.
pub(crate) fn offered(tx: &mut dyn Tx, ctx: &Ctx, visit: &Record) -> Result<bool> {
    let mine = ctx.account() == Some(visit.account) && visit.forgotten_at.is_none();
    if !mine || photos::in_time(ctx, visit).is_err() {
        return Ok(false);
    }
    match there(tx, ctx, visit.household, visit.on) {
        Ok(_) => Ok(true),
        Err(Error::NotFound) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Opens a visit to put it right: for whoever may by [`super::confirm`].
///
/// Errors: not found; refused (`visit-forgotten`) where its words are gone; those of the vault and the database.
pub(crate) fn open(tx: &mut dyn Tx, ctx: &Ctx, id: RecordId) -> Result<Correction> {
    let visit = own(tx, ctx, id)?;
    let at = there(tx, ctx, visit.household, visit.on)?;
    if visit.forgotten_at.is_some() {
        return Err(Error::refused(
            "visit-forgotten",
            "这次走访的原话已到保存期限，删去了，不能再更正。",
            "What was said at this visit was kept as long as it may be, and is gone: it can no longer be put right.",
        ));
    }
    let home = households::kept(tx, at.household)?;
    let kinds = read::kinds_between(tx, at.account, home.id, ctx.today())?;
    let paired = !kinds.is_empty();
    let shown = answers(&visit)?;
    let sealed = records::own_words(tx, &ctx.site.keyring, visit.id)?;
    let sealed: Option<Vec<Said>> =
        sealed.map(|s| serde_json::from_str(&s)).transpose().map_err(Error::internal)?;
    let (said, sealed) = match sealed {
        Some(own) if paired => (own, Vec::new()),
        own => (shown, own.unwrap_or_default()),
    };
    let all = photos::chain(tx, &visit)?;
    let (mut promised, mut answered) = (Vec::new(), Vec::new());
    let all_promises = promises_of(tx, home.id, Timestamp(i64::MAX))?;
    for (promise, said) in super::promises_readable(tx, ctx, all_promises)? {
        let here = said.into_iter().filter(|s| all.contains(&s.record));
        answered.extend(here.map(|s| (promise.clone(), s)));
        if all.contains(&promise.record) {
            promised.push(promise);
        }
    }
    let mut heard = needs(tx, &NeedsOf::Household(home.id), Timestamp(i64::MAX), NEEDS)?;
    heard.retain(|n| n.record.is_some_and(|visit| all.contains(&visit)));
    let mut helped = Vec::new();
    for kind in &ctx.site.pack.work.pairings {
        helped.extend(helps_of(tx, home.id, kind, visit.on.year(), None)?);
    }
    helped.retain(|h| h.visit.as_ref().is_some_and(|v| v.id == visit.id));
    let target = Target::at(&home.path).paired(paired);
    Ok(Correction {
        reads: access::may(&ctx.scope, Verb::View, Noun::Visit, target),
        photos: photos::shown(tx, ctx, &visit, None)?,
        home: if paired { super::household_of(tx, ctx, home.id, kinds)? } else { None },
        first: before(&ctx.site, ctx.today(), i64::from(ctx.site.pack.visit.late_days)),
        code: home.code,
        needs: heard,
        visit,
        said,
        sealed,
        promised,
        answered,
        helped,
    })
}

/// What was learnt, without names.
fn answers(visit: &Record) -> Result<Vec<Said>> {
    match visit.data.get("answers") {
        Some(all) => Vec::deserialize(all).map_err(Error::internal),
        None => Ok(Vec::new()),
    }
}
