//! Forgetting who asked 删除身份: the keys are destroyed, texts are left without names, statistics stay.
//! When the time of the class is over, or when the person says so on their own page.

use crate::case::Case;
use crate::ctx::Ctx;
use crate::led;
use crate::model::{Audience, Request};
use crate::register::{for_all, tokens};
use crate::spoken::{self, Slot};
use crate::step;
use crate::store::keeping::{self, Beside, Hold};
use crate::store::{clocks, duties, mediation, people, request};
use crate::uploads;
use access::identity;
use access::vault::texts;
use db::Tx;
use files::Whose;
use kernel::{DAY, Date, Error, PersonId, RequestId, Result, Timestamp};
use rules::mask::Kind;
use serde_json::json;

/// How many cases one round of the job takes.
const BATCH: i64 = 50;
/// For how long the job puts off what cannot be forgotten yet, in milliseconds.
const LATER: i64 = 30 * DAY;

/// When who asked is forgotten: so long after the end as the class says; never while it is open.
pub(crate) fn due(ctx: &Ctx, row: &Request) -> Option<Timestamp> {
    let pack = &ctx.site.pack;
    let days = pack.class(&row.class).and_then(|c| c.keep_days).unwrap_or(pack.keeping.days);
    row.ended_at.map(|at| at.plus(i64::from(days) * DAY))
}

/// Until when the file of a mediation is kept, at whose end it is forgotten by itself; none while the case is open, and
/// where there is no file. It is the record of what the parties agreed: none of them has it forgotten alone.
pub fn file_until(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<Option<Timestamp>> {
    let rule = ctx.site.pack.mediation_on(&case.row.track);
    let Some((rule, ended)) = rule.zip(case.row.ended_at) else { return Ok(None) };
    if case.filed.as_ref().is_none_or(|f| f.is_empty()) && mediation::parties(tx, case.row.id)?.is_empty() {
        return Ok(None);
    }
    let (zone, day) = (ctx.site.zone, ctx.site.zone.date(ended));
    let year = day.year() + rule.keep_years as i16;
    // Of the 29th of February the day before.
    let last = Date::new(year, day.month(), day.day()).or_else(|_| Date::new(year, day.month(), 28));
    Ok(Some(zone.start_of(last.map_err(Error::internal)?).plus(DAY)))
}

/// The hold by law that stands on a case.
pub fn held(tx: &mut dyn Tx, id: RequestId) -> Result<Option<Hold>> {
    keeping::held(tx, id)
}

/// When who asked is forgotten by itself.
pub fn until(tx: &mut dyn Tx, id: RequestId) -> Result<Option<Timestamp>> {
    keeping::until(tx, id)
}

/// Why it cannot be done now, said to the person.
pub fn obstacle(tx: &mut dyn Tx, case: &Case, who: &[PersonId]) -> Result<Option<Error>> {
    if case.row.is_live() {
        return Ok(Some(Error::refused(
            "open",
            "这件还在办，要靠您的联系方式告知您，现在不能删除。办结以后可以；不想再办，可以先撤回。",
            "This is still being worked on, and you are told by the number you left: it cannot be erased now. It can once it has ended; you can also take it back.",
        )));
    }
    if let Some(hold) = keeping::held(tx, case.row.id)? {
        return Ok(Some(Error::refused(
            "held",
            format!("这件依法保留，暂时不能删除。原因：{}", hold.reason),
            format!("This is held by law and cannot be erased for now. Reason: {}", hold.reason),
        )));
    }
    for person in who {
        if keeping::still_needed(tx, *person)? {
            return Ok(Some(Error::refused(
                "open-elsewhere",
                "您还在另一件没有办结的诉求里，办结以后才能删除。",
                "You have a part in another request that is still open: it can be erased once that has ended.",
            )));
        }
    }
    Ok(None)
}

/// Forgets the person who holds the page, as they ask.
///
/// Errors: refused while the case is open (`open`), held by law (`held`), or the person has a part in another
/// that is open (`open-elsewhere`).
pub fn ask(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<()> {
    let mut case = Case::find(tx, ctx, id)?;
    case.demand(ctx, access::Verb::Withdraw)?;
    let holder = ctx.holder.as_ref().filter(|h| h.request == id).and_then(|h| h.person);
    let who: Vec<PersonId> = holder.into_iter().collect();
    if let Some(error) = obstacle(tx, &case, &who)? {
        return Err(error);
    }
    forget(tx, ctx, &mut case, &who, "asked")
}

/// Forgets the people of the cases that are due; says whether there may be more.
pub async fn sweep(site: &access::SharedSite) -> Result<bool> {
    let ctx = Ctx::system(site);
    let due = ctx.read(|tx, ctx| keeping::due(tx, ctx.at, BATCH)).await?;
    let n = due.len() as i64;
    for id in due {
        ctx.write(move |tx, ctx| {
            let mut case = Case::find(tx, ctx, id)?;
            let who: Vec<PersonId> = case.people().collect();
            match obstacle(tx, &case, &who)? {
                Some(_) => keeping::keep(tx, id, Some(ctx.at.plus(LATER))),
                None => forget(tx, ctx, &mut case, &who, "due"),
            }
        })
        .await?;
        purge(&ctx, id).await?;
    }
    if n > 0 {
        let db = site.db.clone();
        // What was overwritten must not stay in the log. Whoever reads just now lets it wait for the next round.
        match tokio::task::spawn_blocking(move || db.empty_log()).await.map_err(Error::internal)? {
            Err(Error::Busy) => tracing::info!("the log is emptied later"),
            other => other?,
        }
    }
    Ok(n == BATCH)
}

/// Takes the bytes of forgotten files off the disk, after the commit.
///
/// Errors: those of the database and of the disk.
pub async fn purge(ctx: &Ctx, id: RequestId) -> Result<()> {
    let (store, db) = (crate::pages::attach::store(ctx), ctx.site.db.clone());
    let work = move || files::purge(&store, &db, uploads::OWNER, id.0);
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// What is known of those who are forgotten, to be found in texts.
struct Known {
    names: Vec<String>,
    others: Vec<(String, Kind)>,
}

impl Known {
    fn out(&self, text: &str) -> String {
        let mut out = for_all(text, self.names.iter());
        for (literal, kind) in &self.others {
            if out.contains(literal.as_str()) {
                out = out.replace(literal.as_str(), kind.label());
            }
        }
        out
    }
}

/// Destroys what opens `who`, and leaves the texts of the case without them.
fn forget(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, who: &[PersonId], why: &str) -> Result<()> {
    let all = case.people().count();
    // The file of a mediation stays for its own time, with the scans in it.
    let kept = file_until(tx, ctx, case)?.filter(|until| *until > ctx.at);
    identity::tracelessly(tx, |tx| {
        let known = known(tx, ctx, who)?;
        leave(tx, ctx, case, &known)?;
        sealed(tx, case, who, kept.is_some())?;
        let asker = case.row.person.is_none_or(|p| who.contains(&p));
        if asker && kept.is_none() {
            mediation::forget(tx, case.row.id)?;
        }
        // Whose household it was says who asked. Where nobody was named, it goes with everybody.
        if case.row.person.map_or(who.len() == all, |p| who.contains(&p)) {
            led::part(tx, ctx, case.row.id)?;
        }
        for file in uploads::of(tx, case.row.id)? {
            let theirs = match file.whose {
                Whose::Person(Some(person)) => who.contains(&person),
                Whose::Person(None) => asker && kept.is_none(),
                Whose::House => false,
            };
            if theirs {
                files::forget(tx, &file, &ctx.scope.actor, ctx.at)?;
            }
        }
        let mut gone = 0;
        for person in who {
            gone += usize::from(identity::erase(tx, *person, ctx.at)?);
        }
        if who.len() == all {
            keeping::keep(tx, case.row.id, kept)?;
        }
        let data = json!({ "why": why, "people": gone });
        step::note(tx, ctx, case, "forget", Audience::Person, "", data)
    })
}

fn known(tx: &mut dyn Tx, ctx: &Ctx, who: &[PersonId]) -> Result<Known> {
    let mut known = Known { names: Vec::new(), others: Vec::new() };
    for person in who {
        let Some(p) = identity::get(tx, &ctx.site.keyring, *person)? else { continue };
        known.names.extend(p.name);
        let mut other = |text: Option<String>, kind: Kind| {
            known.others.extend(text.filter(|t| t.chars().count() >= 4).map(|t| (t, kind)));
        };
        other(p.address, Kind::House);
        other(p.phone, Kind::Mobile);
        other(p.idno, Kind::Identity);
    }
    Ok(known)
}

/// Every text of the case without those who are forgotten; numbers and doors go altogether.
fn leave(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, known: &Known) -> Result<()> {
    let id = case.row.id;
    let row = &mut case.row;
    for text in
        [&mut row.title, &mut row.body, &mut row.place_text, &mut row.public_title, &mut row.public_body]
    {
        *text = known.out(text);
    }
    row.answer = row.answer.as_deref().map(|a| known.out(a));
    row.answers = spoken::clean_answers(&row.answers, |text| known.out(text))?;
    keeping::leave_request(tx, row)?;
    request::set_tokens(tx, id, &tokens(ctx, row), false)?;
    let mut beside: Vec<(Beside, String)> = Vec::new();
    beside.extend(clocks::entries(tx, id)?.into_iter().map(|e| (Beside::Entry(e.seq), e.body)));
    beside.extend(people::joined(tx, id)?.into_iter().map(|j| (Beside::Joined(j.person), j.words)));
    for w in people::words(tx, id)? {
        beside.push((Beside::Word(w.round, duties::person_key(w.person)), w.note));
    }
    beside.extend(people::attempts(tx, id)?.into_iter().map(|a| (Beside::Attempt(a.round, a.at), a.note)));
    for s in duties::supervisions(tx, id)? {
        beside.push((Beside::Supervision(s.grade), s.words));
    }
    for (which, text) in &beside {
        let left = known.out(text);
        if left != *text {
            keeping::leave(tx, id, which, &left)?;
        }
    }
    for h in duties::helpers(tx, id)? {
        let (question, report) = (known.out(&h.question), known.out(&h.report));
        keeping::leave_helper(tx, id, h.unit, &question, &report)?;
    }
    notify::leave(tx, id.0, &|text| known.out(text))
}

/// Destroys the words that were sealed: of those who are forgotten, and with the one who asked what was asked; what lies
/// in the `file` of a mediation not while that is kept.
fn sealed(tx: &mut dyn Tx, case: &Case, who: &[PersonId], file: bool) -> Result<()> {
    let asker = case.row.person.is_none_or(|p| who.contains(&p));
    let entries = clocks::entries(tx, case.row.id)?;
    let by = |seq: i64| {
        let entry = entries.iter().find(|e| e.seq == seq)?;
        let at = entry.data.get("joined").and_then(serde_json::Value::as_u64)? as usize;
        case.joined.get(at.checked_sub(1)?).map(|j| j.person)
    };
    for key in texts::slots(tx, case.row.id.0)? {
        let theirs = match Slot::of(&key) {
            Some(Slot::Joined(person) | Slot::Word(_, Some(person))) => who.contains(&person),
            Some(Slot::Entry(seq)) => by(seq).map_or(asker, |p| who.contains(&p)),
            Some(Slot::Item(_) | Slot::Party(_)) => asker && !file,
            Some(Slot::Asked | Slot::Registered | Slot::Row | Slot::Subject | Slot::Word(_, None)) | None => {
                asker
            }
        };
        if theirs {
            texts::forget(tx, case.row.id.0, &key)?;
        }
    }
    Ok(())
}
