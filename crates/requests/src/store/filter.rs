//! What a ledger is asked for: whose, which cases, in what order, from where on.

use crate::model::Request;
use kernel::{AccountId, Timestamp, UnitId};
use rules::case::{Kind, State, Urgency, Word};

/// How far the reader reaches: the ledger of one unit, of oneself, or of the whole site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The whole site.
    Site,
    /// Cases that stand in the ledger of this unit: its own and those of the units below.
    Unit(UnitId),
    /// Cases in which exactly this unit has a part: handles it, received it first, or helps.
    Seat(UnitId),
    /// Cases for which this account answers.
    Own(AccountId),
    /// What the public ledger shows.
    Public,
}

/// Where cases stand, as a ledger asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Standing {
    /// Wherever.
    #[default]
    Any,
    /// Not ended.
    Live,
    /// Ended.
    Ended,
    /// Owing an answer beyond its date.
    Overdue,
    /// Owing an answer before this instant (today's end, the warning).
    DueBefore(Timestamp),
    /// Owing an answer from the first instant on and before the second: due today, this week.
    DueWithin(Timestamp, Timestamp),
    /// In exactly this state.
    In(State),
}

/// What a case may be without, so that the rest of a table's rows can be opened as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// No class yet.
    Class,
    /// About no place.
    Place,
    /// Nobody answers for it.
    Officer,
    /// Answered, and nobody has said a word since, nor was asked in vain.
    Word,
}

/// Which cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that must all be there, as somebody typed them.
    pub words: String,
    /// Where they stand.
    pub standing: Standing,
    /// In any of these states; all where empty.
    pub states: Vec<State>,
    /// A class or everything below one.
    pub class: Option<String>,
    /// The place.
    pub place: Option<UnitId>,
    /// Any of these places: one and everything below it.
    pub places: Option<Vec<UnitId>>,
    /// The unit that handles it.
    pub handling: Option<UnitId>,
    /// Handled by any of these units: a branch of them, or those of one level.
    pub handlers: Option<Vec<UnitId>>,
    /// First received by any of these units, which stay accountable.
    pub accountable: Option<Vec<UnitId>>,
    /// The officer who answers.
    pub officer: Option<AccountId>,
    /// The channel.
    pub channel: Option<String>,
    /// What kind of need.
    pub kind: Option<Kind>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// Received from this instant on.
    pub from: Option<Timestamp>,
    /// Received before this instant.
    pub to: Option<Timestamp>,
    /// The person's word.
    pub word: Option<Word>,
    /// Said how satisfied they are: with one of the first three grades, or not.
    pub satisfied: Option<bool>,
    /// Answered in time, or not.
    pub on_time: Option<bool>,
    /// Has its first answer, or not.
    pub answered: Option<bool>,
    /// Under supervision.
    pub supervised: bool,
    /// Reworked.
    pub reworked: bool,
    /// Waiting for a moderator.
    pub unmoderated: bool,
    /// Without each of these.
    pub without: Vec<Without>,
    /// As it was known at this instant; as it stands where there is none.
    pub as_of: Option<Timestamp>,
    /// Leaves out what was shielded after so many changes of shields, instead of what is shielded. Only for what
    /// is compared with the figures that were kept, as a report is, and never for what a page lists or counts.
    pub shields: Option<i64>,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sort {
    /// Latest received first.
    #[default]
    Received,
    /// Due first; what owes no answer or has no date comes last.
    Due,
}

/// Where a page goes on: the sort key and `ord` of the last row shown, or of the first when going back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// [`Request::owed`] where sorted by it.
    pub key: i64,
    /// The number that sorts as received.
    pub ord: i64,
    /// Going back.
    pub back: bool,
}

impl Cursor {
    /// After this row, in this order.
    pub fn at(row: &Request, sort: Sort, back: bool) -> Cursor {
        let key = match sort {
            Sort::Received => 0,
            Sort::Due => row.owed(),
        };
        Cursor { key, ord: row.id.ord(), back }
    }

    /// As it stood in an address: see its `Display`.
    pub(crate) fn read(text: &str, back: bool) -> Option<Cursor> {
        let (key, ord) = text.split_once('.')?;
        Some(Cursor { key: key.parse().ok()?, ord: ord.parse().ok()?, back })
    }

    /// Where an address goes on: `before=KEY.ORD` backwards, `after=KEY.ORD` forwards.
    pub(crate) fn asked(after: &str, before: &str) -> Option<Cursor> {
        Cursor::read(before, true).or_else(|| Cursor::read(after, false))
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.key, self.ord)
    }
}

/// What the rows of a query are wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// To be shown, in an order.
    Rows,
    /// Only how many there are, in no order.
    Count,
    /// To choose from, by indexes alone: whoever reads the rows chosen leaves out what is shielded.
    Choice,
}
