//! What a request is, as it stands in its row.

use kernel::{AccountId, PersonId, RequestId, Timestamp, UnitId};
use rules::case::{Kind, Notice, State, Urgency, Word};

rules::vocabulary! {
    /// Whether the public ledger shows it.
    PublicState {
        /// A moderator has to look first.
        Waiting = "waiting", "待审核", "Awaiting moderation";
        /// Shown, masked.
        Shown = "shown", "已公开", "Published";
        /// Not shown, by a moderator's decision; the number stays.
        Hidden = "hidden", "不公开", "Not published";
        /// Not shown, by its class.
        Never = "never", "依规不公开", "Never published";
    }
}

rules::vocabulary! {
    /// Who may read an entry.
    Audience {
        /// Staff who may see the case.
        Inside = "inside", "内部", "Inside";
        /// Staff and the person.
        Person = "person", "诉求人可见", "The person";
        /// Anyone, where the case is published.
        Public = "public", "公开", "Public";
    }
}

rules::vocabulary! {
    /// Satisfaction, asked apart from "solved": five grades. The pack may word them in its own way.
    Satisfaction {
        /// 非常满意
        VeryGood = "1", "非常满意", "Very satisfied";
        /// 满意
        Good = "2", "满意", "Satisfied";
        /// 基本满意
        Fair = "3", "基本满意", "Fairly satisfied";
        /// 不满意
        Bad = "4", "不满意", "Dissatisfied";
        /// 非常不满意
        VeryBad = "5", "非常不满意", "Very dissatisfied";
    }
}

impl Satisfaction {
    /// 1 best … 5 worst, as stored.
    pub fn grade(self) -> i64 {
        self as i64 + 1
    }
    /// What was chosen among the faces of [`web::components::grade_choice`]; none where nothing was. A form sends 5 for the
    /// best and the record counts it 1, so forms are read here and nowhere else.
    pub fn chosen(values: &web::Values, name: &str) -> Option<Self> {
        let face = values.parsed(name).and_then(web::components::Grade::new)?;
        Satisfaction::from_grade(6 - i64::from(face.number()))
    }
    /// From the stored grade, which is not what a form sends ([`Satisfaction::chosen`]).
    pub fn from_grade(grade: i64) -> Option<Self> {
        Satisfaction::ALL.get(usize::try_from(grade - 1).ok()?).copied()
    }
    /// Whether it counts as satisfied: the first three grades (regulations §4.5).
    pub fn counts(self) -> bool {
        self.grade() <= 3
    }
}

/// A place on the map in millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// East.
    pub lon_e6: i64,
    /// North.
    pub lat_e6: i64,
}

/// The row of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Kept from the unit that it is about: in no list, no count, no search; see [`crate::shield`].
    pub shielded: bool,
    /// The number people quote.
    pub number: String,
    /// The query code of the person who asked.
    pub code: String,
    /// What kind of need.
    pub kind: Kind,
    /// The way it came in: a channel of the pack.
    pub channel: String,
    /// Class code of the pack.
    pub class: String,
    /// Track of the pack.
    pub track: String,
    /// Pack and version it was taken in under.
    pub pack: String,
    /// How soon.
    pub urgency: Urgency,
    /// In a few words.
    pub title: String,
    /// In the person's words.
    pub body: String,
    /// Answers to the class's own questions: a JSON object.
    pub answers: serde_json::Value,
    /// The unit or grid it is about.
    pub place: Option<UnitId>,
    /// The place in words.
    pub place_text: String,
    /// The point on the map.
    pub point: Option<Point>,
    /// Who asked, by the key of the identity tables.
    pub person: Option<PersonId>,
    /// Where it stands.
    pub state: State,
    /// The accountable unit: first to receive it.
    pub first_unit: UnitId,
    /// The handling unit.
    pub unit: UnitId,
    /// Who answers for it now.
    pub officer: Option<AccountId>,
    /// When it was received.
    pub received_at: Timestamp,
    /// When the first answer is due.
    pub first_due: Option<Timestamp>,
    /// What the person is promised now: the first answer, or the rework.
    pub answer_due: Option<Timestamp>,
    /// When the present owner has to act.
    pub step_due: Option<Timestamp>,
    /// The first answer.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The latest answer.
    pub answer: Option<String>,
    /// The latest answer is that it cannot be solved.
    pub unsolvable: bool,
    /// The latest word of the person, or why there is none.
    pub word: Option<Word>,
    /// The latest satisfaction.
    pub satisfaction: Option<Satisfaction>,
    /// Times it was returned.
    pub returns: u32,
    /// Times it was reworked.
    pub reworks: u32,
    /// Times it was extended.
    pub extensions: u32,
    /// The leading group's decision is recorded.
    pub decided: bool,
    /// Grade of supervision in force, 0 none.
    pub supervised: i64,
    /// Whether the public ledger shows it.
    pub public_state: PublicState,
    /// The masked title.
    pub public_title: String,
    /// The masked text.
    pub public_body: String,
    /// The case it was joined to.
    pub merged_into: Option<RequestId>,
    /// Taken over from an older ledger.
    pub history: bool,
    /// File and number it came from, `""` otherwise.
    pub source: String,
    /// Last journal event.
    pub seq: i64,
    /// Hash of the last journal event.
    pub head: Vec<u8>,
}

/// Comes last when sorted by date, after every case that is open.
pub const NO_DATE: i64 = i64::MAX;
/// Comes after every date, before what has ended.
pub const NOTHING_OWED: i64 = i64::MAX - 1;

impl Request {
    /// The answer round: words, attempts and result notices belong to one.
    pub fn round(&self) -> i64 {
        i64::from(self.reworks)
    }
    /// Whether the case is open.
    pub fn is_live(&self) -> bool {
        !self.state.is_end()
    }
    /// By when an answer is owed to the person now: the first one, or after a "no" the next. Nothing is
    /// owed once it is given, nor while the case waits for the person, when the clock stands.
    ///
    /// This is the one meaning of "due" and "overdue": lists, counts, pages and exports go by it.
    pub fn owed_by(&self) -> Option<Timestamp> {
        self.answer_due.filter(|_| self.state.owes_answer() && self.state != State::Paused)
    }
    /// [`Request::owed_by`] as it is stored and sorted: [`NOTHING_OWED`] for an open case that owes
    /// nothing, [`NO_DATE`] for one that has ended.
    pub fn owed(&self) -> i64 {
        match self.owed_by() {
            Some(at) => at.0,
            None if self.is_live() => NOTHING_OWED,
            None => NO_DATE,
        }
    }
    /// Whether an answer is owed and late at `now`.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.owed_by().is_some_and(|d| d < now)
    }
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The journal event it belongs to.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who of the staff.
    pub account: Option<AccountId>,
    /// In which unit.
    pub unit: Option<UnitId>,
    /// `staff`, `person`, `system`, `client`.
    pub who: String,
    /// A verb of the machine, or `register`, `note`, `notice` …
    pub verb: String,
    /// Where the case stood afterwards.
    pub state: State,
    /// Who may read it.
    pub audience: Audience,
    /// The text.
    pub body: String,
    /// More, as JSON without personal data.
    pub data: serde_json::Value,
}

/// A notice owed to one person, and how it was met.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeRow {
    /// Which of the three.
    pub notice: Notice,
    /// The answer round it belongs to.
    pub round: i64,
    /// Whose, where a person is named.
    pub person: Option<PersonId>,
    /// Since when it is owed.
    pub due_at: Timestamp,
    /// The message that carries it.
    pub message: Option<kernel::MessageId>,
    /// The message's state, where there is one.
    pub message_state: Option<String>,
    /// When an act met it.
    pub met_at: Option<Timestamp>,
    /// Which act.
    pub how: String,
}

impl NoticeRow {
    /// Whether the duty is met: by delivery, or by a recorded act that replaces it.
    pub fn is_met(&self) -> bool {
        self.met_at.is_some()
            || self.message_state.as_deref().is_some_and(|s| matches!(s, "delivered" | "replaced"))
    }
}
