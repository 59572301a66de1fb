//! The columns of a ledger: one list for the page, the files and the choice of columns, so that a file
//! says what the page said.

use crate::model::Request;
use crate::pages::eye::Eye;
use kernel::{Locale, Say, Timestamp};
use rules::case::State;
use sheets::Value;

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $zh:literal, $en:literal, $width:literal, $kind:ident;)+) => {
        /// One column.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Column { $($(#[$doc])* $name,)+ }

        impl Column {
            /// Every column, in the order of the choice.
            pub const ALL: &'static [Column] = &[$(Column::$name,)+];

            /// The word in addresses.
            pub fn key(self) -> &'static str {
                match self { $(Column::$name => $key,)+ }
            }
            /// The heading.
            pub fn name(self) -> Say {
                match self { $(Column::$name => Say::new($zh, $en),)+ }
            }
            /// The same for a file.
            pub fn sheet(self) -> sheets::Column {
                match self { $(Column::$name => sheets::Column::new($zh, $en, $width, sheets::Kind::$kind),)+ }
            }
        }
    };
}

columns! {
    /// When the answer is due.
    Due = "due", "到期", "Due", 18, DateTime;
    /// The number.
    Number = "number", "编号", "Number", 18, Text;
    /// What it is about.
    Matter = "matter", "事项", "Matter", 40, Text;
    /// What kind of need.
    Kind = "kind", "类型", "Kind", 10, Text;
    /// The class with those above it.
    Class = "class", "类别", "Class", 30, Text;
    /// Where.
    Place = "place", "地点", "Place", 26, Text;
    /// The unit that handles it.
    Unit = "unit", "承办单位", "Handling unit", 24, Text;
    /// Who answers for it.
    Officer = "officer", "责任人", "Officer", 12, Text;
    /// The accountable unit.
    First = "first", "首接单位", "First to receive", 24, Text;
    /// The way in.
    Channel = "channel", "渠道", "Channel", 12, Text;
    /// How soon.
    Urgency = "urgency", "紧急程度", "Urgency", 10, Text;
    /// Where it stands.
    State = "state", "状态", "State", 14, Text;
    /// When it came in.
    Received = "received", "受理时间", "Received", 18, DateTime;
    /// When it was first answered.
    Answered = "answered", "首次答复", "First answer", 18, DateTime;
    /// When it ended.
    Ended = "ended", "办结时间", "Ended", 18, DateTime;
    /// Days from receipt to the first answer, or until now.
    Took = "took", "用时（天）", "Days used", 10, Number;
    /// Whether the first answer came in time.
    OnTime = "on_time", "按时", "On time", 8, Text;
    /// What the person says.
    Word = "word", "诉求人评价", "Person's word", 12, Text;
    /// How satisfied they are.
    Satisfaction = "satisfaction", "满意度", "Satisfaction", 12, Text;
    /// Times it was returned.
    Returns = "returns", "退单次数", "Returns", 10, Number;
    /// Times it was reworked.
    Reworks = "reworks", "重办次数", "Reworks", 10, Number;
    /// Times it was extended.
    Extensions = "extensions", "延期次数", "Extensions", 10, Number;
    /// The supervision in force.
    Supervised = "supervised", "督办", "Supervision", 12, Text;
    /// Whether the public sees it.
    Public = "public", "公开情况", "Publication", 12, Text;
    /// What was asked, with names and numbers masked.
    Body = "body", "内容（已隐去个人信息）", "Text, masked", 60, Text;
    /// The latest answer, with names and numbers masked.
    Answer = "answer", "答复（已隐去个人信息）", "Answer, masked", 60, Text;
    /// The file and number it was taken over from.
    Source = "source", "来源", "Source", 20, Text;
}

impl Column {
    /// What a ledger shows unless somebody chooses.
    pub const USUAL: &'static [Column] = &[
        Column::Due,
        Column::Number,
        Column::Matter,
        Column::Place,
        Column::Unit,
        Column::Officer,
        Column::State,
        Column::Received,
        Column::Took,
    ];

    /// The column with this word.
    pub fn from_key(key: &str) -> Option<Column> {
        Column::ALL.iter().copied().find(|c| c.key() == key)
    }

    /// The columns that an address names, `due.number.matter`; the usual ones where it names none.
    pub fn list(keys: &str) -> Vec<Column> {
        let mut out: Vec<Column> = Vec::new();
        for column in keys.split('.').filter_map(Column::from_key) {
            if !out.contains(&column) {
                out.push(column);
            }
        }
        if out.is_empty() { Column::USUAL.to_vec() } else { out }
    }

    /// The columns as an address names them; empty for the usual ones.
    pub fn keys(columns: &[Column]) -> String {
        if columns == Column::USUAL {
            return String::new();
        }
        columns.iter().map(|c| c.key()).collect::<Vec<_>>().join(".")
    }

    /// Whether it holds numbers.
    pub fn is_number(self) -> bool {
        self.sheet().kind == sheets::Kind::Number
    }

    /// The cell, as a file holds it: instants as instants, numbers as numbers, all else in words.
    pub(crate) fn value(self, eye: &Eye, r: &Request) -> Value {
        let at = |t: Option<Timestamp>| t.map(|t| eye.ctx.site.zone.civil(t)).into();
        match self {
            Column::Due => at(r.owed_by()),
            Column::Received => at(Some(r.received_at)),
            Column::Answered => at(r.answered_at),
            Column::Ended => at(r.ended_at),
            Column::Took => days_used(eye, r).into(),
            Column::Returns => i64::from(r.returns).into(),
            Column::Reworks => i64::from(r.reworks).into(),
            Column::Extensions => i64::from(r.extensions).into(),
            _ => self.words(eye, r).into(),
        }
    }

    /// The cell in words, for the columns that are words; empty for the others.
    pub(crate) fn words(self, eye: &Eye, r: &Request) -> String {
        let locale = eye.locale();
        let dash = |s: &str| if s == "—" { String::new() } else { s.to_owned() };
        match self {
            Column::Number => r.number.clone(),
            Column::Matter => r.title.clone(),
            Column::Kind => r.kind.name().to(locale).to_owned(),
            Column::Class => eye.class(&r.class),
            Column::Place => eye.place(r),
            Column::Unit => eye.unit(r.unit).to_owned(),
            Column::Officer => dash(eye.officer(r.officer)),
            Column::First => eye.unit(r.first_unit).to_owned(),
            Column::Channel => eye.channel(&r.channel).to_owned(),
            Column::Urgency => r.urgency.name().to(locale).to_owned(),
            Column::State => r.state.name().to(locale).to_owned(),
            Column::OnTime => on_time(eye, r).map_or("", |yes| yes_no(locale, yes)).to_owned(),
            Column::Word => r.word.map(|w| w.name().to(locale).to_owned()).unwrap_or_default(),
            Column::Satisfaction => satisfaction(eye, r),
            Column::Supervised => supervision(eye, r.supervised),
            Column::Public => r.public_state.name().to(locale).to_owned(),
            Column::Body => rules::mask::mask(&r.body).text,
            Column::Answer => r.answer.as_deref().map(|a| rules::mask::mask(a).text).unwrap_or_default(),
            Column::Source => r.source.clone(),
            _ => String::new(),
        }
    }
}

fn yes_no(locale: Locale, yes: bool) -> &'static str {
    if yes { locale.t("是", "Yes") } else { locale.t("否", "No") }
}

/// Whole days by the calendar: until the first answer, or the end without one, or today. What is still
/// waiting goes on counting; the day of receipt is day 0.
pub(crate) fn days_used(eye: &Eye, r: &Request) -> i64 {
    let zone = eye.ctx.site.zone;
    let until = r.answered_at.or(r.ended_at).unwrap_or(eye.ctx.at);
    i64::from((zone.date(until) - zone.date(r.received_at)).get_days()).max(0)
}

/// Whether the first answer came in time; none while that is open. As the counters have it: late is
/// after the date, and what had no date was in time.
pub(crate) fn on_time(eye: &Eye, r: &Request) -> Option<bool> {
    match (r.answered_at, r.first_due) {
        (Some(_), None) => Some(true),
        (Some(at), Some(due)) => Some(at <= due),
        (None, Some(due)) if r.is_live() && due < eye.ctx.at && r.state != State::Paused => Some(false),
        _ => None,
    }
}

fn satisfaction(eye: &Eye, r: &Request) -> String {
    let Some(grade) = r.satisfaction else { return String::new() };
    // The pack words the five grades in its own way, best first.
    let own = eye.ctx.site.pack.satisfaction.iter().find(|g| i64::from(g.score) == 6 - grade.grade());
    own.map_or_else(|| grade.name().to(eye.locale()).to_owned(), |g| g.name.to(eye.locale()).to_owned())
}

/// What a grade of supervision is called; empty for none.
pub(crate) fn supervision(eye: &Eye, grade: i64) -> String {
    if grade == 0 {
        return String::new();
    }
    let own = eye.ctx.site.pack.supervision.iter().find(|g| i64::from(g.grade) == grade);
    own.map_or_else(|| grade.to_string(), |g| g.name.to(eye.locale()).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_in_addresses_and_back() {
        assert_eq!(Column::list(""), Column::USUAL);
        assert_eq!(Column::list("nonsense"), Column::USUAL);
        let some = Column::list("state.number.state.x.took");
        assert_eq!(some, [Column::State, Column::Number, Column::Took]);
        assert_eq!(Column::keys(&some), "state.number.took");
        assert_eq!(Column::keys(Column::USUAL), "");
        for c in Column::ALL {
            assert_eq!(Column::from_key(c.key()), Some(*c));
            assert_ne!(c.name().zh, c.name().en);
        }
    }
}
