//! One row: what it becomes, or why it cannot be taken.

use super::plan::{Options, Unanswered};
use super::{class, names, times};
use crate::bulk::{Handled, Original, Past};
use crate::ctx::Ctx;
use crate::register::{BODY_MAX, TITLE_MAX, headline};
use access::identity::{self, NewPerson};
use kernel::{Say, Timestamp, UnitId};
use rules::time_text::Read;
use sha2::{Digest, Sha256};
use sheets::{DateOrder, Row};

/// Something about a row that the person should know: a stable word, and the words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// For counting.
    pub(super) code: &'static str,
    /// What is counted, without the cell's own text.
    pub(super) kind: Say,
    /// What is wrong with this row, and what to do.
    pub(super) say: Say,
}

fn problem(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Problem {
    let kind = Say::new(zh.into(), en.into());
    Problem { code, say: kind.clone(), kind }
}

/// What a row becomes.
pub(super) struct Taken {
    pub(super) past: Past,
    /// The class was proposed, not given.
    pub(super) proposed: bool,
    /// Things that were not understood and stay in the original row only.
    pub(super) notes: Vec<Problem>,
}

/// By what a row is known again: its number in the older ledger, and a hash over number, time and text;
/// over name and title too where it has no number.
pub fn source(number: &str, received: Timestamp, body: &str, rest: &[&str]) -> String {
    let mut hash = Sha256::new();
    let mut put = |part: &str| {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    };
    put("lianxin-import-1");
    put(number);
    put(&received.0.to_string());
    // The same text out of another program has other spaces and line breaks.
    put(&body.split_whitespace().collect::<Vec<_>>().join(" "));
    if number.is_empty() {
        rest.iter().for_each(|part| put(part));
    }
    format!("{number}#{}", &hex::encode(hash.finalize())[..16])
}

/// Reads a row; the error is every reason why it cannot be taken.
pub(super) fn read(
    ctx: &Ctx,
    options: &Options,
    order: DateOrder,
    file: &str,
    row: &Row<'_>,
) -> Result<Taken, Vec<Problem>> {
    let mut faults = Vec::new();
    let mut notes = Vec::new();
    let (title, body) = (clean(row.get("title")), clean(row.get("body")));
    let body = if body.is_empty() { title.clone() } else { body };
    if body.is_empty() {
        faults.push(problem("no-text", "没有标题，也没有内容。", "It has neither a title nor a text."));
    }
    let answer = clean(row.get("answer"));
    for (text, zh, en) in [(&body, "诉求内容", "text"), (&answer, "答复内容", "answer")] {
        if text.chars().count() > BODY_MAX {
            faults.push(problem(
                "too-long",
                format!("{zh}超过 {BODY_MAX} 字，请精简。"),
                format!("The {en} has more than {BODY_MAX} characters: shorten it."),
            ));
        }
    }
    let received = instant(ctx, options, order, row, RECEIVED, &mut faults);
    let answered = instant(ctx, options, order, row, ANSWERED, &mut faults);
    if received.is_none() && row.get("received_at").is_empty() {
        faults.push(problem("received-missing", "没有受理时间。", "The time of receipt is missing."));
    }
    if !answer.is_empty() && answered.is_none() && row.get("answered_at").is_empty() {
        faults.push(problem(
            "answered-missing",
            "有答复，没有答复时间；请补上日期。",
            "It has an answer but no time of answer: add the date.",
        ));
    }
    let answered = match (received, answered) {
        // Written as a day only, the day of receipt is no fault.
        (Some(got), Some((at, false))) if day(ctx, at) == day(ctx, got.0) => Some(at.max(got.0)),
        (Some(got), Some((at, _))) if at < got.0 => {
            faults.push(problem(
                "answered-before-received",
                "答复时间早于受理时间。",
                "It was answered before it was received.",
            ));
            None
        }
        (_, answered) => answered.map(|(at, _)| at),
    };
    let (Some((received, _)), true) = (received, faults.is_empty()) else { return Err(faults) };

    let mut past = Past::new(names::import_channel(ctx), received);
    let proposed = place_and_class(ctx, row, &title, &body, &mut past, &mut notes);
    past.title = match title.chars().count() {
        0 => String::new(),
        n if n > TITLE_MAX => headline(&title.replace(['\n', '。', '!', '?', '！', '？'], " ")),
        _ => title.replace('\n', " "),
    };
    past.person = person(row, &mut notes);
    past.handled = handled(row, options, answer, answered);
    if past.handled.is_some() {
        past.first_unit = unit_of(ctx, row, &mut notes);
    }
    past.actor = ctx.scope.actor.clone();
    past.registered_at = Some(ctx.at);
    past.moderate = true;
    let asker = past.person.name.clone().unwrap_or_default();
    past.source = source(row.get("number"), received, &body, &[&asker, &title]);
    past.body = body;
    let cells = row.original().into_iter().map(|(heading, text)| (clean(&heading), printable(&text)));
    past.original =
        Some(Original { file: file.to_owned(), row: i64::from(row.number), cells: cells.collect() });
    Ok(Taken { past, proposed, notes })
}

/// What a column of dates is called when it is wrong.
struct DateField {
    field: &'static str,
    unreadable: &'static str,
    future: &'static str,
    zh: &'static str,
    en: &'static str,
}

const RECEIVED: &DateField = &DateField {
    field: "received_at",
    unreadable: "received-unreadable",
    future: "received-future",
    zh: "受理时间",
    en: "time of receipt",
};

const ANSWERED: &DateField = &DateField {
    field: "answered_at",
    unreadable: "answered-unreadable",
    future: "answered-future",
    zh: "答复时间",
    en: "time of answer",
};

/// An instant, and whether the time of day was written.
fn instant(
    ctx: &Ctx,
    options: &Options,
    order: DateOrder,
    row: &Row<'_>,
    f: &DateField,
    faults: &mut Vec<Problem>,
) -> Option<(Timestamp, bool)> {
    let Read { when, timed } = match times::read(row, f.field, order, options.year)? {
        Ok(read) => read,
        Err(say) => {
            let kind = Say::new(format!("{}看不懂。", f.zh), format!("The {} cannot be read.", f.en));
            let say = Say::new(format!("{}{}", f.zh, say.zh), format!("The {}: {}", f.en, say.en));
            faults.push(Problem { code: f.unreadable, kind, say });
            return None;
        }
    };
    let at = ctx.site.zone.instant(when);
    if at > ctx.at || at.0 < 0 {
        faults.push(problem(
            f.future,
            format!("{}在今天之后，或早于 1970 年。", f.zh),
            format!("The {} lies in the future, or before 1970.", f.en),
        ));
        return None;
    }
    Some((at, timed))
}

fn day(ctx: &Ctx, at: Timestamp) -> kernel::Date {
    ctx.site.zone.date(at)
}

/// Class, kind, channel and place; whether the class was proposed.
fn place_and_class(
    ctx: &Ctx,
    row: &Row<'_>,
    title: &str,
    body: &str,
    past: &mut Past,
    notes: &mut Vec<Problem>,
) -> bool {
    let pack = &ctx.site.pack;
    let columns = ["class1", "class2", "class", "class3"].map(|f| row.get(f));
    let given = columns.iter().any(|c| !c.is_empty());
    let known = class::named(pack, &columns);
    if given && known.is_none() {
        notes.push(problem(
            "class-unknown",
            "分类对不上，待分流。",
            "The class is not known here: for triage.",
        ));
    }
    let guess = if known.is_none() { class::proposed(pack, title) } else { None };
    if let Some(class) = known.or(guess) {
        past.class.clone_from(&class.code);
    }
    let unknown = |text: &str, found: bool| !text.is_empty() && !found;
    past.kind = names::kind(row.get("kind"));
    if unknown(row.get("kind"), past.kind.is_some()) {
        notes.push(problem(
            "kind-unknown",
            "诉求类型对不上，按分类定。",
            "The kind is not known here: as the class says.",
        ));
    }
    let channel = row.get("channel");
    let found = names::channel(ctx, channel).filter(|_| !channel.is_empty());
    if unknown(channel, found.is_some()) {
        notes.push(problem(
            "channel-unknown",
            "渠道对不上，记作表格导入。",
            "The channel is not known here: taken as a spreadsheet.",
        ));
    }
    if let Some(id) = found {
        past.channel = id.to_owned();
    }
    let said: Vec<&str> =
        ["village", "place"].map(|f| row.get(f)).into_iter().filter(|t| !t.is_empty()).collect();
    past.place_text = clean(&said.join(" "));
    let start: String = body.chars().take(200).collect();
    past.place = [said.join(""), row.get("address").to_owned(), title.to_owned(), start]
        .iter()
        .find_map(|text| place(ctx, text));
    guess.is_some()
}

/// The one place that a text names: an area, never an office that happens to be mentioned.
fn place(ctx: &Ctx, text: &str) -> Option<UnitId> {
    let unit = ctx.dir.locate(text, ctx.today())?;
    let pack = &ctx.site.pack;
    let office = pack.unit_kind(&unit.kind).is_some_and(|k| k.office);
    (!office && pack.level(&unit.level).is_some_and(|l| l.place)).then_some(unit.id)
}

fn unit_of(ctx: &Ctx, row: &Row<'_>, notes: &mut Vec<Problem>) -> Option<UnitId> {
    let text = row.get("unit");
    if text.is_empty() {
        return None;
    }
    let unit = names::unit(ctx, text);
    if unit.is_none() {
        notes.push(problem(
            "unit-unknown",
            "承办单位对不上，记在受理单位名下。",
            "The handling unit is not known here: counted for the receiving one.",
        ));
    }
    unit
}

fn person(row: &Row<'_>, notes: &mut Vec<Problem>) -> NewPerson {
    let some = |field: &str| {
        let text = clean(row.get(field));
        (!text.is_empty()).then_some(text)
    };
    let mut phone = some("phone");
    if phone.as_deref().is_some_and(|p| identity::normal_phone(p).is_none()) {
        notes.push(problem(
            "phone-incomplete",
            "电话不完整，只留在原行里。",
            "The telephone number is not complete: kept in the original row only.",
        ));
        phone = None;
    }
    let mut idno = some("id_number");
    if row.cell("id_number").is_some_and(|c| c.is_cut()) {
        notes.push(problem(
            "id-cut",
            "证件号被表格软件截断，只留在原行里。",
            "The spreadsheet program has cut the identity number: kept in the original row only.",
        ));
        idno = None;
    }
    NewPerson { name: some("asker"), phone, address: some("address"), idno, ..NewPerson::default() }
}

fn handled(row: &Row<'_>, options: &Options, answer: String, answered: Option<Timestamp>) -> Option<Handled> {
    if answered.is_none() && options.unanswered == Unanswered::Open {
        return None;
    }
    Some(Handled {
        answer: (!answer.is_empty()).then_some(answer),
        answered_at: answered,
        word: answered.and(names::solved(row.get("solved"))),
        satisfaction: answered.and(names::satisfaction(row.get("satisfaction"))),
    })
}

/// Without control characters but line breaks, and without spaces at the ends.
fn clean(text: &str) -> String {
    printable(text).trim().to_owned()
}

/// Without control characters but line breaks and tabs: no database keeps them all.
fn printable(text: &str) -> String {
    if !text.contains(|c: char| c.is_control()) {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_known_by_what_it_says_and_not_by_how_it_is_laid_out() {
        let at = Timestamp(1_551_324_305_000);
        let known = source("188006", at, "路灯\n 不亮", &[]);
        assert!(known.starts_with("188006#") && known.len() == 23, "{known}");
        assert_eq!(known, source("188006", at, "路灯 不亮 ", &["x"]), "a number makes the rest superfluous");
        assert_ne!(known, source("188007", at, "路灯 不亮", &[]));
        assert_ne!(known, source("188006", at.plus(1000), "路灯 不亮", &[]));
        assert_ne!(known, source("188006", at, "路灯不亮", &[]));
        assert_ne!(source("", at, "路灯", &["甲"]), source("", at, "路灯", &["乙"]));
        assert_ne!(source("", at, "路灯", &["甲", "乙"]), source("", at, "路灯", &["甲乙", ""]));
    }
}
