//! Several needs noted at one villagers' meeting 集体诉求会 in one pass: all of them in one transaction,
//! each a case with a number of its own.

use crate::ctx::Ctx;
use crate::intake::{self, Intake, Spot, Then};
use crate::notices::Told;
use crate::register::{self, NewRequest};
use crate::store::meetings;
pub use crate::store::meetings::Meeting;
use access::identity::NewPerson;
use db::Tx;
use kernel::{Date, Error, FieldError, MINUTE, RequestId, Result, Say, Timestamp, UnitId, Uuid};
use pack::ChannelKind;

/// How long ago a meeting may have been when it is written down, in days.
pub const LATEST: i32 = 31;
/// The most needs on one sheet.
pub const MOST: usize = 60;

/// A meeting and what was said there.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Made when the form was opened, so that a sheet sent twice is one meeting.
    pub id: Uuid,
    /// The day on which it was held.
    pub held_on: Date,
    /// The village.
    pub place: UnitId,
    /// Who held it.
    pub host: String,
    /// How many were there.
    pub present: i64,
    /// The unit that notes it down: the first to receive each need.
    pub desk: UnitId,
    /// How people were told the numbers.
    pub told: Told,
    /// The needs.
    pub needs: Vec<Need>,
}

/// One need.
#[derive(Clone, Debug)]
pub struct Need {
    /// The line on the sheet, from 1: its faults carry it, as `what-3`.
    pub line: usize,
    /// Made when the form was opened.
    pub id: RequestId,
    /// What is needed.
    pub what: String,
    /// Class code; `""` for triage to settle.
    pub class: String,
    /// Whose it is, as far as they said.
    pub person: NewPerson,
    /// The answer given there and then, and what the person said of it.
    pub spot: Option<Spot>,
}

/// Registers every need of a sheet. The same sheet again gives back the first meeting and changes nothing.
///
/// Errors: [`Error::Invalid`] with the faults of all lines; then nothing is written, no number used up.
pub fn hold(tx: &mut dyn Tx, ctx: &Ctx, sheet: &Sheet) -> Result<Meeting> {
    if let Some(known) = meetings::get(tx, sheet.id)? {
        return Ok(known);
    }
    let account = ctx.account().ok_or(Error::SignIn)?;
    let needs = checked(ctx, sheet)?;
    let meeting = Meeting {
        id: sheet.id,
        held_on: sheet.held_on,
        place: sheet.place,
        host: sheet.host.trim().to_owned(),
        present: sheet.present,
        unit: sheet.desk,
        account,
        at: ctx.at,
    };
    meetings::insert(tx, &meeting)?;
    for (n, (line, input)) in needs.iter().enumerate() {
        intake::take_in(tx, ctx, input).map_err(|e| on_line(e, *line))?;
        meetings::insert_row(tx, sheet.id, n as i64 + 1, input.new.id)?;
    }
    Ok(meeting)
}

/// What each line becomes, or the faults of all of them.
fn checked(ctx: &Ctx, sheet: &Sheet) -> Result<Vec<(usize, Intake)>> {
    let mut faults = head(ctx, sheet);
    let mut out = Vec::new();
    for need in &sheet.needs {
        let input = input(ctx, sheet, need);
        match register::check(ctx, &input.new).and_then(|()| spot(ctx, sheet, need)) {
            Ok(()) => out.push((need.line, input)),
            Err(error) => match on_line(error, need.line) {
                Error::Invalid(more) => faults.extend(more),
                other => return Err(other),
            },
        }
    }
    if faults.is_empty() { Ok(out) } else { Err(Error::Invalid(faults)) }
}

fn head(ctx: &Ctx, sheet: &Sheet) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |field: &str, zh: String, en: String| {
        faults.push(FieldError { field: field.to_owned(), say: Say::new(zh, en) });
    };
    let days = (ctx.today() - sheet.held_on).get_days();
    if days < 0 {
        fault("held_on", "会议日期在今天之后。".into(), "The meeting's date is after today.".into());
    } else if days > LATEST {
        fault(
            "held_on",
            format!("{LATEST} 天以前的会请走表格导入。"),
            format!("A meeting more than {LATEST} days ago is brought in as a spreadsheet."),
        );
    }
    if ctx.dir.get(sheet.place).is_none() {
        fault("place", "请选择在哪里开的会。".into(), "Please say where it was held.".into());
    }
    if sheet.host.trim().is_empty() {
        fault("host", "请写明主持人。".into(), "Please say who held it.".into());
    }
    if !(1..=10_000).contains(&sheet.present) {
        fault("present", "请填写到会人数。".into(), "Please say how many were there.".into());
    }
    if sheet.needs.is_empty() {
        fault("what-1", "一件都没有记。".into(), "Nothing is noted yet.".into());
    }
    if sheet.needs.len() > MOST {
        fault("", format!("一次最多记 {MOST} 件。"), format!("At most {MOST} needs at a time."));
    }
    faults
}

fn input(ctx: &Ctx, sheet: &Sheet, need: &Need) -> Intake {
    let at = received(ctx, sheet.held_on);
    let mut new = NewRequest::new(ctx, &channel(ctx));
    new.id = stamped(need.id, at);
    new.class = need.class.clone();
    new.body = need.what.clone();
    new.asked = false;
    new.place = Some(sheet.place);
    new.person = need.person.clone();
    new.first_unit = Some(sheet.desk);
    new.received_at = at;
    new.told = sheet.told;
    Intake { new, then: need.spot.clone().map_or(Then::Leave, Then::Settle) }
}

fn spot(ctx: &Ctx, sheet: &Sheet, need: &Need) -> Result<()> {
    let Some(spot) = &need.spot else { return Ok(()) };
    if spot.text.trim().is_empty() {
        return Err(Error::field(
            "answer",
            "当场答了什么，请写下来。",
            "Please write down what was answered.",
        ));
    }
    let open = intake::open(ctx, sheet.desk, &need.class);
    match (open.settle, open.major) {
        (true, _) => Ok(()),
        (false, true) => Err(Error::field(
            "then",
            "这是重大事项，要领导小组研究，不能当场办结。",
            "A major matter needs the leading group's decision: it cannot be settled on the spot.",
        )),
        _ => Err(Error::field(
            "then",
            "您的岗位不能当场办结这一类，请只登记。",
            "Your post cannot settle this on the spot: register it.",
        )),
    }
}

/// The faults of a line carry its number; what is said of the text stands beside the text.
fn on_line(error: Error, line: usize) -> Error {
    match error {
        Error::Invalid(mut faults) => {
            for fault in &mut faults {
                let field = match fault.field.as_str() {
                    "body" | "title" | "address" | "" => "what",
                    "place" => "what",
                    own => own,
                };
                fault.field = format!("{field}-{line}");
                fault.say = said_of(&fault.say, line);
            }
            Error::Invalid(faults)
        }
        Error::Refused { say, .. } => {
            Error::Invalid(vec![FieldError { field: format!("what-{line}"), say: said_of(&say, line) }])
        }
        other => other,
    }
}

/// Which line it is about: the faults of all lines stand together above the sheet as well.
pub(crate) fn said_of(say: &Say, line: usize) -> Say {
    Say::new(format!("第 {line} 件：{}", say.zh), format!("Need {line}: {}", say.en))
}

/// People were told on that day, so the clocks run from it: from now for a meeting of today, from the end
/// of its day for an earlier one.
fn received(ctx: &Ctx, held_on: Date) -> Timestamp {
    let next = held_on.tomorrow().unwrap_or(held_on);
    let end = ctx.site.zone.start_of(next).plus(-MINUTE);
    Timestamp(end.0.min(ctx.at.0))
}

/// The same id, sorting by `at`: cases sort by their ids, and these were received on the meeting's day.
fn stamped(id: RequestId, at: Timestamp) -> RequestId {
    let low = id.0.as_u128() & ((1 << 80) - 1);
    RequestId(Uuid::from_u128((at.0.max(0) as u128) << 80 | low))
}

/// The pack's channel for meetings.
pub fn channel(ctx: &Ctx) -> String {
    let found = ctx.site.pack.channels.iter().find(|c| c.kind == ChannelKind::Meeting);
    found.map_or("meeting", |c| c.id.as_str()).to_owned()
}
