//! A case as it went, told from outside.

use crate::ctx::Ctx;
use crate::model::{Audience, Point, Satisfaction};
use crate::notices::Told;
use access::identity::NewPerson;
use kernel::{AccountId, Actor, Date, RequestId, Timestamp, UnitId};
use rules::case::{Evidence, Kind, Urgency, Word};
use rules::deadline::Limit;

/// A case with everything that happened to it.
#[derive(Clone, Debug)]
pub struct Past {
    /// Its id, where it was made by whoever took it in; drawn where left out.
    pub id: Option<RequestId>,
    /// The way it came in: a channel of the pack.
    pub channel: String,
    /// Class code; `""` where nobody could say.
    pub class: String,
    /// What kind of need; the class's own where left out.
    pub kind: Option<Kind>,
    /// How soon; the class's own where left out.
    pub urgency: Option<Urgency>,
    /// In a few words; made from the text where left out.
    pub title: String,
    /// In the person's words.
    pub body: String,
    /// Answers to the class's own questions: a JSON object, as the form keeps it.
    pub answers: serde_json::Value,
    /// The unit or grid it is about.
    pub place: Option<UnitId>,
    /// The place in words.
    pub place_text: String,
    /// The point on the map.
    pub point: Option<Point>,
    /// Who asked, as far as they said; nobody named where all of it is empty.
    pub person: NewPerson,
    /// The unit that received it; found from the place where left out.
    pub first_unit: Option<UnitId>,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it was registered; when it was received where left out.
    pub registered_at: Option<Timestamp>,
    /// Who registered it.
    pub actor: Actor,
    /// How the person was told that it is registered; as usual for the channel where left out, and
    /// [`Told::No`] leaves the notice open.
    pub told: Option<Told>,
    /// What happened to it, first to last.
    pub steps: Vec<PastStep>,
    /// Others who joined it.
    pub joins: Vec<PastJoin>,
    /// File and number it was imported from; `""` for what was never elsewhere.
    pub source: String,
    /// The row it was imported from.
    pub original: Option<Original>,
    /// A moderator looks before it is published, whatever the class says.
    pub moderate: bool,
    /// What nobody said face to face went out as messages, as for a living case: delivered where they left
    /// a number, a clerk's task where they left none. Otherwise every notice was met by an act.
    pub mailed: bool,
    /// How it ended in an older ledger. Then it is history, and has no steps.
    pub handled: Option<Handled>,
}

impl Past {
    /// A past that says nothing yet: received by `channel` at `at`, by the person.
    pub fn new(channel: &str, at: Timestamp) -> Past {
        Past {
            id: None,
            channel: channel.to_owned(),
            class: String::new(),
            kind: None,
            urgency: None,
            title: String::new(),
            body: String::new(),
            answers: serde_json::Value::Object(Default::default()),
            place: None,
            place_text: String::new(),
            point: None,
            person: NewPerson::default(),
            first_unit: None,
            received_at: at,
            registered_at: None,
            actor: Actor::Resident,
            told: None,
            steps: Vec::new(),
            joins: Vec::new(),
            source: String::new(),
            original: None,
            moderate: false,
            mailed: false,
            handled: None,
        }
    }

    /// Adds a step.
    pub fn then(&mut self, at: Timestamp, actor: &Actor, what: What) -> &mut Past {
        self.steps.push(PastStep { at, actor: actor.clone(), what, told: None });
        self
    }

    /// The unit that receives it: the one named, or the centre that serves the place.
    pub fn receiving_unit(&self, ctx: &Ctx) -> Option<UnitId> {
        self.first_unit.or_else(|| crate::register::receiving_unit(ctx, self.place))
    }
}

/// The row of the sheet that it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// The file's name.
    pub file: String,
    /// The row number that the spreadsheet program shows.
    pub row: i64,
    /// Heading and text of every cell.
    pub cells: Vec<(String, String)>,
}

/// How a case ended in an older ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handled {
    /// The answer; none where the ledger has none.
    pub answer: Option<String>,
    /// When it was answered; none where that is not known.
    pub answered_at: Option<Timestamp>,
    /// The person's word, where the ledger has it.
    pub word: Option<Word>,
    /// How satisfied they were, where the ledger has it.
    pub satisfaction: Option<Satisfaction>,
}

/// Somebody who joined the matter.
#[derive(Clone, Debug)]
pub struct PastJoin {
    /// When.
    pub at: Timestamp,
    /// Who wrote it down.
    pub actor: Actor,
    /// Who joined.
    pub person: NewPerson,
    /// How they came.
    pub channel: String,
    /// What they said of it.
    pub words: String,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct PastStep {
    /// When; not before the step before it.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub what: What,
    /// How the people were told what the step obliges to tell them; as usual for the channel where
    /// left out, and [`Told::No`] leaves the notice open.
    pub told: Option<Told>,
}

/// What happened. Each does what the living act of the same name does.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Class, course and unit were settled; kind and urgency are the class's own where left out.
    Triage {
        /// Class code.
        class: String,
        /// What kind of need.
        kind: Option<Kind>,
        /// How soon.
        urgency: Option<Urgency>,
        /// The unit that should answer.
        unit: UnitId,
        /// A remark.
        note: String,
    },
    /// Sent to a unit; from `returned`, the centre's ruling.
    Assign {
        /// The unit.
        unit: UnitId,
        /// A remark, or the reason of the ruling.
        note: String,
    },
    /// The arbiter's ruling after a second return.
    Arbitrate {
        /// The unit that answers.
        unit: UnitId,
        /// Why.
        reason: String,
    },
    /// Signed for.
    Accept,
    /// The officer was named; signs for it as well where nobody has.
    Name {
        /// Who answers.
        officer: AccountId,
        /// A word to them.
        note: String,
    },
    /// The person was contacted.
    Contact {
        /// How it went.
        text: String,
        /// Who may read it.
        audience: Audience,
    },
    /// Something was done.
    Progress {
        /// What.
        text: String,
        /// Who may read it.
        audience: Audience,
    },
    /// Another unit was asked to help.
    AskHelp {
        /// The unit.
        unit: UnitId,
        /// What was asked.
        question: String,
    },
    /// It reported.
    Report {
        /// The unit.
        unit: UnitId,
        /// What it did.
        text: String,
    },
    /// Waits for the person.
    Pause {
        /// What was asked.
        question: String,
    },
    /// Goes on.
    Resume {
        /// Why.
        note: String,
    },
    /// More time.
    Extend {
        /// By how much.
        by: Limit,
        /// Why.
        reason: String,
    },
    /// Passed up.
    Escalate {
        /// To which unit; the one the pack names where left out.
        unit: Option<UnitId>,
        /// Why.
        reason: String,
    },
    /// Sent back.
    Return {
        /// The item of the duty list.
        duty: String,
        /// Why.
        reason: String,
    },
    /// Put before the leading group.
    Refer {
        /// What is asked.
        question: String,
    },
    /// The group decided.
    Decide {
        /// When it met.
        met_on: Date,
        /// Who took part, by post.
        who: String,
        /// What was decided.
        decision: String,
    },
    /// Answered, or told why it cannot be solved.
    Answer {
        /// The text.
        text: String,
        /// It cannot be solved.
        unsolvable: bool,
        /// Evidence that was shown, without files of ours.
        evidence: Vec<Evidence>,
    },
    /// Settled on the spot.
    Settle {
        /// What was done.
        text: String,
        /// How the person was told.
        told: Told,
        /// Evidence that was shown, without files of ours.
        evidence: Vec<Evidence>,
        /// What they said there and then.
        word: Option<Word>,
        /// How satisfied they were.
        satisfaction: Option<Satisfaction>,
    },
    /// The person's word: by a caller where staff acts, on the page otherwise.
    Judge {
        /// Solved or not.
        word: Word,
        /// How satisfied.
        satisfaction: Option<Satisfaction>,
        /// What they added.
        note: String,
    },
    /// A call that reached nobody.
    Attempt {
        /// `no-answer`, `wrong-number`, `refused` or `call-later`.
        outcome: String,
        /// A remark.
        note: String,
    },
    /// The time to judge was over.
    Lapse,
    /// The superior's ruling after a second no.
    Review {
        /// The answer stands.
        upheld: bool,
        /// Why.
        reason: String,
    },
    /// Signed off.
    Close {
        /// A remark.
        note: String,
    },
    /// Taken back.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Not accepted.
    Refuse {
        /// The ground: a key of the pack.
        ground: String,
        /// What else the person should know.
        note: String,
    },
    /// Joined to another case of the same batch, which is open at that time.
    Merge {
        /// Its place in the batch.
        into: usize,
        /// Why they are the same matter.
        reason: String,
    },
    /// Supervised.
    Supervise {
        /// 1, 2 or 3.
        grade: i64,
        /// What was ordered.
        words: String,
    },
    /// Opened again.
    Reopen {
        /// Why.
        reason: String,
    },
    /// A note.
    Note {
        /// What it says.
        text: String,
        /// Who may read it.
        audience: Audience,
    },
    /// The person added something; a case that waited for it goes on.
    Supplement {
        /// What.
        text: String,
    },
    /// The moderator's decision.
    Moderate {
        /// Show it, with title and text as masked at registration.
        show: bool,
        /// Why not, where it is not shown.
        reason: String,
    },
}
