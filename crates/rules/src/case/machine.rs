//! The case machine: one pure function says whether a step is allowed and what follows from it.

use super::legal;
use super::track::{Edge, Track};
use super::words::{ClockKind, Evidence, Need, Notice, Party, State, Verb, When, Word};
use kernel::Say;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the machine has to know of a case. Everything else about it is not its business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Where it stands.
    pub state: State,
    /// Notices met, by delivery or by a recorded act.
    pub notices_met: BTreeSet<Notice>,
    /// Evidence the class demands.
    pub evidence_due: BTreeSet<Evidence>,
    /// Evidence there is.
    pub evidence: BTreeSet<Evidence>,
    /// Helping units that have not reported yet.
    pub helpers_open: u32,
    /// How often it was sent back.
    pub returns: u32,
    /// The unit that has it was named by the arbiter's ruling, and nobody has sent it elsewhere since.
    pub ruled: bool,
    /// Some unit has signed for it, or has sent it back.
    pub signed: bool,
    /// How often the person's no opened it again.
    pub reworks: u32,
    /// The person's word on the last answer, where there is one.
    pub word: Option<Word>,
    /// The last answer was that it cannot be solved.
    pub unsolvable: bool,
    /// Days on which somebody tried to reach the person since the last answer.
    pub attempt_days: u32,
    /// How many such days replace the word.
    pub attempts_needed: u32,
    /// Whether the class makes this a major matter.
    pub major: bool,
    /// Whether the leading group's decision is recorded.
    pub decided: bool,
    /// Originals of the person that somebody else holds: see [`crate::papers`].
    pub originals_out: u32,
    /// Mandatory items that the file of a mediation lacks: see [`crate::mediation`].
    pub file_missing: u32,
}

impl Facts {
    /// A case at the start of its course, with nothing done.
    pub fn new(state: State) -> Self {
        Facts {
            state,
            notices_met: BTreeSet::new(),
            evidence_due: BTreeSet::new(),
            evidence: BTreeSet::new(),
            helpers_open: 0,
            returns: 0,
            ruled: false,
            signed: false,
            reworks: 0,
            word: None,
            unsolvable: false,
            attempt_days: 0,
            attempts_needed: 2,
            major: false,
            decided: false,
            originals_out: 0,
            file_missing: 0,
        }
    }
}

/// What somebody brings along when they act.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Things handed over with the act: a reason, a unit, the text of the answer.
    pub have: BTreeSet<Need>,
    /// The person's word, for [`Verb::Judge`] and [`Verb::Lapse`].
    pub word: Option<Word>,
    /// For a ruling: whether it stands by the unit.
    pub upheld: Option<bool>,
    /// Whether the one who acts is not the responsible officer, so that theirs is a second signature.
    pub second: bool,
}

/// What follows from an allowed step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it stood.
    pub from: State,
    /// Where it stands now.
    pub to: State,
    /// Clocks to start.
    pub starts: Vec<ClockKind>,
    /// Clocks to stop.
    pub stops: Vec<ClockKind>,
    /// Notices now due, also where the same one was met before: a new answer is told anew, so each of
    /// these leaves [`Facts::notices_met`] until it is met again.
    pub notices: Vec<Notice>,
}

/// Why a step is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The track has no such step in this state.
    NotHere {
        /// Where it stands.
        state: State,
        /// What was tried.
        verb: Verb,
    },
    /// Somebody else may.
    NotYours {
        /// What was tried.
        verb: Verb,
        /// Who may.
        who: Vec<Party>,
    },
    /// The arbiter ruled that this unit answers: it cannot send the case back.
    Ruled,
    /// A unit has signed for it: the dispatch is not taken back any more.
    Signed,
    /// Things are missing.
    Missing {
        /// What was tried.
        verb: Verb,
        /// What is missing.
        needs: Vec<Need>,
    },
}

impl Refusal {
    /// A stable word for programs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotHere { .. } => "not-in-this-state",
            Refusal::NotYours { .. } => "not-yours",
            Refusal::Ruled => "ruled",
            Refusal::Signed => "signed",
            Refusal::Missing { .. } => "missing",
        }
    }

    /// For the person: what is in the way, and what would help.
    pub fn say(&self) -> Say {
        match self {
            Refusal::NotHere { state, verb } => Say::new(
                format!("事项现在是“{}”，不能“{}”。", state.name().zh, verb.name().zh),
                format!("The case is \"{}\": \"{}\" is not possible now.", state.name().en, verb.name().en),
            ),
            Refusal::NotYours { verb, who } => {
                let zh: Vec<_> = who.iter().map(|p| p.name().zh).collect();
                let en: Vec<_> = who.iter().map(|p| p.name().en).collect();
                Say::new(
                    format!("“{}”要由{}来做。", verb.name().zh, zh.join("、")),
                    format!("\"{}\" is for: {}.", verb.name().en, en.join(", ")),
                )
            }
            Refusal::Ruled => Say::new(
                "这件的退单已经由督办员裁定，由本单位办，不能再退。",
                "The arbiter has ruled that this unit answers: it cannot be sent back again.",
            ),
            Refusal::Signed => Say::new(
                "已经有单位签收过，交办不能收回。送错了的，请承办单位退单。",
                "A unit has signed for it, so the dispatch stands. Where it is wrong, the unit sends it back.",
            ),
            Refusal::Missing { verb, needs } => {
                let zh: Vec<_> = needs.iter().map(|n| n.name().zh).collect();
                let en: Vec<_> = needs.iter().map(|n| n.name().en).collect();
                Say::new(
                    format!("还不能“{}”，缺：{}。", verb.name().zh, zh.join("、")),
                    format!("\"{}\" is not possible yet; missing: {}.", verb.name().en, en.join(", ")),
                )
            }
        }
    }
}

impl From<Refusal> for kernel::Error {
    fn from(r: Refusal) -> Self {
        kernel::Error::Refused { code: r.code(), say: r.say() }
    }
}

/// Whether `verb` is allowed now to somebody who plays `parties`, and what follows.
pub fn advance(
    track: &Track,
    facts: &Facts,
    verb: Verb,
    given: &Given,
    parties: &[Party],
) -> Result<Step, Refusal> {
    let fitting: Vec<&Edge> = track
        .edges(facts.state)
        .iter()
        .filter(|e| e.verb == verb && legal::is_legal(facts.state, verb, e.target(facts.state)))
        .collect();
    if fitting.is_empty() {
        return Err(Refusal::NotHere { state: facts.state, verb });
    }
    let yours: Vec<&Edge> = fitting.iter().copied().filter(|e| may(e, parties)).collect();
    if yours.is_empty() {
        let mut who: Vec<Party> = fitting.iter().flat_map(|e| e.who.iter().copied()).collect();
        who.sort();
        who.dedup();
        return Err(Refusal::NotYours { verb, who });
    }
    if let Some(refusal) = bound(facts, verb) {
        return Err(refusal);
    }
    // A word or a ruling decides which edge is taken, so it is missing before any edge is.
    if !is_spoken(verb, given) {
        let needs = vec![if verb == Verb::Rule { Need::Decision } else { Need::PersonsWord }];
        return Err(Refusal::Missing { verb, needs });
    }
    // Whoever plays two parts takes the edge that asks least of them.
    let Some((missing, edge)) = yours
        .into_iter()
        .filter(|e| holds(e.when, facts, given))
        .map(|e| (missing(e, facts, given), e))
        .min_by_key(|(missing, _)| missing.len())
    else {
        return Err(Refusal::NotHere { state: facts.state, verb });
    };
    if !missing.is_empty() {
        return Err(Refusal::Missing { verb, needs: missing });
    }
    Ok(Step {
        from: facts.state,
        to: edge.target(facts.state),
        starts: edge.starts.clone(),
        stops: edge.stops.clone(),
        notices: edge.notices.clone(),
    })
}

/// One thing somebody could do now, for a page's list of actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What.
    pub verb: Verb,
    /// What stands in the way and cannot be handed over with the act itself.
    pub blocked_by: Vec<Need>,
}

/// What somebody who plays `parties` could do now. Things that come with the act (a reason, a
/// text, a unit) do not block it; things that have to be there before (evidence, notices) do.
pub fn choices(track: &Track, facts: &Facts, parties: &[Party], second: bool) -> Vec<Choice> {
    let mut out: Vec<Choice> = Vec::new();
    for edge in track.edges(facts.state) {
        if !legal::is_legal(facts.state, edge.verb, edge.target(facts.state))
            || !may(edge, parties)
            || edge.who == [Party::System]
            || bound(facts, edge.verb).is_some()
            || !can_hold(edge.when, facts)
        {
            continue;
        }
        let given = Given { second, word: silent(edge.verb), ..Given::default() };
        let mut blocked_by = missing(edge, facts, &given);
        blocked_by.retain(|n| !comes_with_the_act(*n));
        match out.iter_mut().find(|c| c.verb == edge.verb) {
            Some(known) if known.blocked_by.len() > blocked_by.len() => known.blocked_by = blocked_by,
            Some(_) => {}
            None => out.push(Choice { verb: edge.verb, blocked_by }),
        }
    }
    out
}

fn may(edge: &Edge, parties: &[Party]) -> bool {
    edge.who.iter().any(|p| parties.contains(p))
}

/// What stands against it, whatever the track says: what the arbiter gave to a unit, that unit cannot send
/// back; and what a unit has once signed for, is not undone as if it had never been sent.
fn bound(facts: &Facts, verb: Verb) -> Option<Refusal> {
    match verb {
        Verb::Return if facts.ruled => Some(Refusal::Ruled),
        Verb::Recall if facts.signed => Some(Refusal::Signed),
        _ => None,
    }
}

/// Whether the word or the ruling that the verb is about was brought along: the person judges with a
/// yes or a no, silence is recorded as silence, a ruling says for whom it is.
fn is_spoken(verb: Verb, given: &Given) -> bool {
    match verb {
        Verb::Judge => matches!(given.word, Some(Word::Solved | Word::NotSolved)),
        Verb::Lapse => matches!(given.word, Some(Word::NoReply | Word::NotReached)),
        Verb::Rule => given.upheld.is_some(),
        _ => true,
    }
}

/// Whether the act brings the person's word, or their silence.
fn is_asking(verb: Verb) -> bool {
    matches!(verb, Verb::Judge | Verb::Lapse)
}

/// The word that a lapse records.
fn silent(verb: Verb) -> Option<Word> {
    (verb == Verb::Lapse).then_some(Word::NoReply)
}

/// Whether some word or ruling, brought along, makes the condition hold.
fn can_hold(when: When, facts: &Facts) -> bool {
    let words = [None, Some(Word::Solved), Some(Word::NotSolved)];
    words.into_iter().any(|word| {
        [None, Some(true), Some(false)]
            .into_iter()
            .any(|upheld| holds(when, facts, &Given { word, upheld, ..Given::default() }))
    })
}

/// Whether a need is handed over with the act, rather than standing before it.
fn comes_with_the_act(need: Need) -> bool {
    !matches!(
        need,
        Need::Evidence
            | Need::HelpersReported
            | Need::AllNotices
            | Need::PersonsWord
            | Need::SecondSignature
            | Need::GroupApproval
            | Need::PapersBack
            | Need::FileWhole
    )
}

fn holds(when: When, facts: &Facts, given: &Given) -> bool {
    match when {
        When::Always => true,
        When::Solved => given.word.is_some_and(|w| w != Word::NotSolved),
        When::NotSolved => given.word == Some(Word::NotSolved) && facts.reworks == 0,
        When::NotSolvedAgain => given.word == Some(Word::NotSolved) && facts.reworks > 0,
        When::FirstReturn => facts.returns == 0,
        When::SecondReturn => facts.returns > 0,
        When::Upheld => given.upheld == Some(true),
        When::SentBack => given.upheld == Some(false),
        When::CannotBeSolved => facts.unsolvable,
        When::HasResult => !facts.unsolvable,
        When::FirstRound => facts.reworks == 0,
        When::LaterRound => facts.reworks > 0,
    }
}

fn missing(edge: &Edge, facts: &Facts, given: &Given) -> Vec<Need> {
    let mut out: Vec<Need> =
        edge.needs.iter().copied().filter(|need| !is_met(*need, edge.verb, facts, given)).collect();
    // No track can forget these: whatever way a case ends, it ends with the person's papers given back, and a
    // mediation is an agreement only with its file whole.
    let to = edge.target(facts.state);
    let always = [(Need::PapersBack, to.is_end()), (Need::FileWhole, to == State::Closed)];
    for (need, _) in always.into_iter().filter(|(_, asked)| *asked) {
        if !out.contains(&need) && !is_met(need, edge.verb, facts, given) {
            out.push(need);
        }
    }
    out
}

fn is_met(need: Need, verb: Verb, facts: &Facts, given: &Given) -> bool {
    match need {
        Need::Evidence => facts.evidence.is_superset(&facts.evidence_due),
        Need::HelpersReported => facts.helpers_open == 0,
        Need::AllNotices => Notice::ALL.iter().all(|n| facts.notices_met.contains(n)),
        // Only judging and lapsing bring a word along; any other act rests on the one that is recorded.
        Need::PersonsWord => match if is_asking(verb) { given.word } else { facts.word } {
            Some(Word::Solved | Word::NotSolved) => true,
            Some(Word::NoReply | Word::NotReached) => facts.attempt_days >= facts.attempts_needed,
            None => false,
        },
        // The person's own yes needs no second signature; anything less does.
        Need::SecondSignature => facts.word == Some(Word::Solved) || given.second,
        Need::GroupApproval => !facts.major || facts.decided,
        Need::PapersBack => facts.originals_out == 0,
        Need::FileWhole => facts.file_missing == 0,
        other => given.have.contains(&other),
    }
}
