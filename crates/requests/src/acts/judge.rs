//! The person's word 评价: solved or not, and how satisfied, asked apart. Given on their page, at the
//! window, or on the telephone to someone of another unit; or not given, which is an outcome of its own.

use super::{On, open, open_for};
use crate::case::Case;
use crate::ctx::{Ctx, Holder};
use crate::messages::{self, Fill, Wording};
use crate::model::{Audience, Satisfaction};
use crate::spoken::{self, Slot};
use crate::step::{self, Deed};
use crate::store::people::{self, Attempt, WordRow};
use db::Tx;
use kernel::{Error, PersonId, Result, Say};
use rules::case::{Party, State, Verb, Word};
use serde_json::json;

/// A word on the answer.
#[derive(Clone, Debug)]
pub struct Judge {
    /// Which case.
    pub on: On,
    /// Solved or not.
    pub word: Word,
    /// How satisfied, where they said.
    pub satisfaction: Option<Satisfaction>,
    /// What they added.
    pub note: String,
    /// Whose word a caller took down; the holder's own where left out.
    pub person: Option<PersonId>,
}

/// Takes the word down. That of the one who asked (of who came next, where they have left) moves the case; a joiner's is
/// kept beside it, and a joiner's no to an answer that stands opens a rework as well.
pub fn judge(tx: &mut dyn Tx, ctx: &Ctx, input: &Judge) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    let held = ctx.holder.as_ref().filter(|h| h.request == case.row.id);
    let person = match held {
        Some(holder) => holder.person,
        None => input.person.or(case.speaker()),
    };
    if case.has_left(person) {
        return Err(super::person::left());
    }
    let via = if held.is_some() { "page" } else { "call" };
    case.demand_step(ctx, Verb::Judge)?;
    let ctx = &case.acting(ctx, access::Verb::CallBack, access::Noun::Request);
    demand_yes_or_no(input.word)?;
    let main = person == case.speaker();
    // Whoever joined is heard after the one who asked has spoken, too; that moves nothing any more.
    let spoken = matches!(case.row.state, State::Judged | State::Closed | State::Unsolvable);
    let moves = main || (input.word == Word::NotSolved && !spoken);
    if !moves && !spoken && case.row.state != State::Answered {
        return Err(rules::case::Refusal::NotHere { state: case.row.state, verb: Verb::Judge }.into());
    }
    let names = spoken::names(tx, ctx, &case)?;
    let note = spoken::hide(input.note.trim(), names.iter());
    let slot = Slot::Word(case.row.round(), person);
    spoken::keep(tx, ctx, case.row.id, &slot, note.own.as_deref())?;
    let input = &Judge { note: note.text, ..input.clone() };
    keep(tx, ctx, &case, person, via, input)?;
    if moves {
        moved(tx, ctx, &mut case, input, main)?;
    } else {
        let by = super::person::joined_place(ctx, &case);
        let data = json!({ "word": input.word.key(), "joined": by });
        step::note(tx, ctx, &mut case, "word", Audience::Inside, input.note.trim(), data)?;
        if input.word == Word::NotSolved {
            messages::tell_officer(tx, ctx, &case, Wording::OfficerAdded, &[])?;
        }
    }
    Ok(case)
}

/// The two words that a person can give.
pub(crate) fn demand_yes_or_no(word: Word) -> Result<()> {
    if matches!(word, Word::Solved | Word::NotSolved) {
        return Ok(());
    }
    Err(Error::field("word", "请选择“解决了”或“没解决”。", "Please choose solved or not solved."))
}

fn moved(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case, input: &Judge, main: bool) -> Result<()> {
    let called = ctx.account().is_some();
    let mut deed = Deed::new(Verb::Judge).say(Audience::Person, input.note.trim()).data(json!({
        "word": input.word.key(),
        "satisfaction": input.satisfaction.map(|s| s.grade()),
        "by": if called { "call" } else { "page" },
        "joined": super::person::joined_place(ctx, case),
    }));
    deed.given.word = Some(input.word);
    let step = step::take(tx, ctx, case, deed, |row| {
        if main {
            row.word = Some(input.word);
            row.satisfaction = input.satisfaction;
        }
    })?;
    if step.to == State::Rework {
        let extra = [("reason", Fill::Said(&input.note))];
        messages::tell_officer(tx, ctx, case, Wording::OfficerRework, &extra)?;
        messages::tell_people(tx, ctx, case, Wording::Rework, &[])?;
    } else if step.to == State::Review {
        messages::tell_people(tx, ctx, case, Wording::Review, &[])?;
    } else if step.to == State::Judged {
        let grade = input.satisfaction.map(|s| s.name()).unwrap_or_else(|| Say::new("", ""));
        let word = input.word.name();
        let said = Say::new(
            format!("{} {}", word.zh, grade.zh).trim().to_owned(),
            format!("{} {}", word.en, grade.en).trim().to_owned(),
        );
        messages::tell_officer(tx, ctx, case, Wording::OfficerJudged, &[("grade", Fill::Named(said))])?;
    }
    Ok(())
}

/// Whoever spoke for the case has left it: where the next one has judged already, that word moves it now.
pub(crate) fn next_speaks(tx: &mut dyn Tx, ctx: &Ctx, case: &mut Case) -> Result<()> {
    if case.row.state != State::Answered {
        return Ok(());
    }
    let (id, round, person) = (case.row.id, case.row.round(), case.speaker());
    let given = people::words(tx, id)?.into_iter().find(|w| w.round == round && w.person == person);
    let Some(w) = given else { return Ok(()) };
    let present = ctx.clone().held_by(Holder { request: id, person });
    let (word, satisfaction) = (w.word, w.satisfaction);
    moved(tx, &present, case, &Judge { on: id.into(), word, satisfaction, note: String::new(), person }, true)
}

fn keep(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    person: Option<PersonId>,
    via: &str,
    input: &Judge,
) -> Result<()> {
    let row = WordRow {
        round: case.row.round(),
        person,
        at: ctx.at,
        via: via.to_owned(),
        word: input.word,
        satisfaction: input.satisfaction,
        note: input.note.trim().to_owned(),
        account: ctx.account(),
        unit: ctx.unit(),
    };
    people::save_word(tx, case.row.id, &row)
}

/// The word of a person who stands at the window or is still on the telephone.
pub(crate) fn on_the_spot(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    word: Word,
    satisfaction: Option<Satisfaction>,
) -> Result<()> {
    let input = Judge { on: case.row.id.into(), word, satisfaction, note: String::new(), person: None };
    let person = case.speaker();
    keep(tx, ctx, case, person, "window", &input)?;
    case.facts.state = case.row.state;
    // The person is there and speaks for themselves; the clerk only writes it down.
    let present = ctx.clone().held_by(Holder { request: case.row.id, person });
    let mut deed = Deed::new(Verb::Judge).say(Audience::Person, "").data(json!({
        "word": word.key(),
        "satisfaction": satisfaction.map(|s| s.grade()),
        "by": "window",
    }));
    deed.given.word = Some(word);
    step::take(tx, &present, case, deed, |row| {
        row.word = Some(word);
        row.satisfaction = satisfaction;
    })
    .map(drop)
}

/// A call that reached nobody.
#[derive(Clone, Debug)]
pub struct Missed {
    /// Which case.
    pub on: On,
    /// `no-answer`, `wrong-number`, `refused` or `call-later`.
    pub outcome: String,
    /// A remark.
    pub note: String,
}

/// The outcomes of a call that reached nobody, for forms and checks.
pub const OUTCOMES: [(&str, &str, &str); 4] = [
    ("no-answer", "无人接听", "No answer"),
    ("wrong-number", "号码不对", "Wrong number"),
    ("refused", "不愿回答", "Would not say"),
    ("call-later", "约定再打", "Asked to call later"),
];

/// How a call ended, in the reader's words; `""` for what is no outcome.
pub(crate) fn outcome(key: &str, locale: kernel::Locale) -> &'static str {
    if key == super::relay::REACHED {
        return locale.t("联系上了", "Reached");
    }
    let found = OUTCOMES.iter().find(|(known, _, _)| *known == key);
    found.map_or("", |(_, zh, en)| locale.t(zh, en))
}

/// Records an attempt. Attempts on different days can take the place of the word.
pub fn missed(tx: &mut dyn Tx, ctx: &Ctx, input: &Missed) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Attempt)?;
    let ctx = &ctx;
    if !OUTCOMES.iter().any(|(key, _, _)| *key == input.outcome) {
        return Err(Error::field("outcome", "请选择联系的结果。", "Please choose how the call ended."));
    }
    let (Some(account), Some(unit)) = (ctx.account(), ctx.unit()) else { return Err(Error::SignIn) };
    let attempt = Attempt {
        round: case.row.round(),
        at: ctx.at,
        day: ctx.today().to_string(),
        account,
        unit,
        outcome: input.outcome.clone(),
        note: input.note.trim().to_owned(),
    };
    people::insert_attempt(tx, case.row.id, &attempt)?;
    let deed = Deed::new(Verb::Attempt)
        .say(Audience::Inside, input.note.trim())
        .data(json!({ "outcome": input.outcome }));
    step::take(tx, ctx, &mut case, deed, |_| {})?;
    case.attempts.push(attempt);
    Ok(case)
}

/// What silence is recorded as: "not reached" where every attempt of the round reached nobody; "no reply"
/// where they were asked and did not say, or there is nobody who could be called.
pub(crate) fn silence(attempts: &[Attempt], round: i64) -> Word {
    let mut tried = attempts.iter().filter(|a| a.round == round).peekable();
    let nobody = |a: &Attempt| matches!(a.outcome.as_str(), "no-answer" | "wrong-number");
    if tried.peek().is_some() && tried.all(nobody) { Word::NotReached } else { Word::NoReply }
}

/// The time to judge is over: by the program when the clock has run out, or by a caller after attempts
/// on enough days. See [`silence`] for what is recorded.
pub fn lapse(tx: &mut dyn Tx, ctx: &Ctx, on: On) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, on, Verb::Lapse)?;
    let ctx = &ctx;
    let word = silence(&case.attempts, case.row.round());
    let row = WordRow {
        round: case.row.round(),
        person: case.speaker(),
        at: ctx.at,
        via: "clock".to_owned(),
        word,
        satisfaction: None,
        note: String::new(),
        account: ctx.account(),
        unit: ctx.unit(),
    };
    people::save_word(tx, case.row.id, &row)?;
    let mut deed = Deed::new(Verb::Lapse).data(json!({ "word": word.key() }));
    deed.given.word = Some(word);
    step::take(tx, ctx, &mut case, deed, |row| row.word = Some(word))?;
    Ok(case)
}

/// Whether whoever acts may call this person back.
pub fn may_call(ctx: &Ctx, case: &Case) -> bool {
    case.row.state == State::Answered
        && case.parties(ctx).contains(&Party::Caller)
        && case.may(ctx, access::Verb::CallBack)
}
