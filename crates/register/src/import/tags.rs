//! Columns for the marks of the pack: one for each mark, and beside it, where a list has them, its day and its basis.

use super::read::{day, filled, written};
use crate::households::{BASIS, NewTag};
use access::Site;
use kernel::{Date, PersonId, Say};
use pack::{HouseholdTag, Pack, TagOn};
use rules::chars::half_width;
use sheets::{DateOrder, Recogniser, Row, normal};

/// What a list writes for "yes" …
const YES: [&str; 10] = ["是", "有", "对", "√", "✓", "✔", "y", "yes", "true", "1"];
/// … and for "no".
const NO: [&str; 12] = ["否", "无", "不是", "没有", "×", "✗", "n", "no", "false", "0", "-", "/"];

/// A mark as a row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Its id in the pack.
    pub(super) tag: String,
    /// Whether it is on the person of the row, and not on the household.
    pub(super) personal: bool,
    /// Since when, where the list says so.
    pub(super) from: Option<Date>,
    /// On what it rests, where the list says so.
    pub(super) basis: Option<String>,
}

impl Mark {
    /// The mark for the register; where the list does not say since when it holds from `since` on.
    pub(super) fn tag(&self, person: Option<PersonId>, since: Date, basis: &str) -> NewTag {
        NewTag {
            tag: self.tag.clone(),
            person: person.filter(|_| self.personal),
            from: self.from.unwrap_or(since),
            to: None,
            basis: self.basis.clone().unwrap_or_else(|| basis.to_owned()),
            note: None,
        }
    }
}

/// The fields of marks, `tag:` and the id, with `:from` and `:basis`; and the names of their columns.
pub fn tag_columns(pack: &Pack) -> Vec<(String, Vec<String>)> {
    let mut out = Vec::new();
    for tag in &pack.tags {
        let (zh, en) = (&tag.name.zh, &tag.name.en);
        let field = format!("tag:{}", tag.id);
        let names = |ends: &[&str], en_end: &str| {
            let mut all: Vec<String> = ends.iter().map(|end| format!("={zh}{end}")).collect();
            all.push(format!("={en}{en_end}"));
            all
        };
        let mut own = names(&[""], "");
        own.push(format!("=是否{zh}"));
        out.push((field.clone(), own));
        let days = ["起始日期", "日期", "时间", "认定日期", "认定时间", "起"];
        out.push((format!("{field}:from"), names(&days, " since")));
        out.push((format!("{field}:basis"), names(&["依据", "认定依据"], " basis")));
    }
    out
}

/// Knows the columns of lists of households, those of marks among them.
pub fn household_columns(pack: &Pack) -> Recogniser {
    let tags = tag_columns(pack);
    let names: Vec<Vec<&str>> = tags.iter().map(|(_, n)| n.iter().map(String::as_str).collect()).collect();
    let own = tags.iter().zip(&names).map(|((field, _), names)| (field.as_str(), names.as_slice()));
    let all: Vec<(&str, &[&str])> = sheets::household_headings().iter().copied().chain(own).collect();
    Recogniser::new(&all)
}

/// The marks of a row; what cannot be read goes into `faults`.
pub(super) fn marks(site: &Site, row: &Row<'_>, order: DateOrder, faults: &mut Vec<Say>) -> Vec<Mark> {
    let mut out = Vec::new();
    for tag in &site.pack.tags {
        let field = format!("tag:{}", tag.id);
        let since = day(row, &format!("{field}:from"), order).map_err(|e| faults.push(e)).ok().flatten();
        let basis = filled(row, &format!("{field}:basis"));
        let beside = since.is_some() || basis.is_some();
        let (from, why) = match cell(row, &field, tag, order) {
            Ok(Some(said)) => said,
            Ok(None) if row.get(&field).is_empty() && beside => (None, None),
            Ok(None) if beside => {
                faults.push(Say::new(
                    format!("“{}”填的是否，却又填了日期或依据。", tag.name.zh),
                    format!("\"{}\" says no, and yet there is a day or a basis.", tag.name.en),
                ));
                continue;
            }
            Ok(None) => continue,
            // With a column for the day the mark's own often says on what it rests: 低保证.
            Err(_) if since.is_some() && basis.is_none() => (None, filled(row, &field)),
            Err(say) => {
                faults.push(say);
                continue;
            }
        };
        let from = from.or(since);
        if from.is_some_and(|d| d > site.today()) {
            faults.push(Say::new(
                format!("“{}”的日期不能晚于今天。", tag.name.zh),
                format!("The date of \"{}\" cannot lie in the future.", tag.name.en),
            ));
            continue;
        }
        let basis = why.or(basis);
        if basis.as_ref().is_some_and(|b| b.chars().count() > BASIS) {
            faults.push(Say::new(
                format!("“{}”的依据超过 {BASIS} 字。", tag.name.zh),
                format!("The basis of \"{}\" is longer than {BASIS} characters.", tag.name.en),
            ));
            continue;
        }
        let personal = matches!(tag.on, TagOn::Person);
        out.push(Mark { tag: tag.id.clone(), personal, from, basis });
    }
    out
}

/// What a cell says: since when and on what ground; none where it says no.
type Said = Option<(Option<Date>, Option<String>)>;

fn cell(row: &Row<'_>, field: &str, tag: &HouseholdTag, order: DateOrder) -> Result<Said, Say> {
    if let Some(at) = row.cell(field).and_then(|c| c.date()) {
        return Ok(Some((Some(at.date()), None)));
    }
    let text = row.get(field).trim();
    let short = normal(text);
    if text.is_empty() || NO.contains(&text) || NO.iter().any(|n| normal(n) == short && !short.is_empty()) {
        return Ok(None);
    }
    let own = [&tag.name.zh, &tag.name.en].iter().any(|n| normal(n) == short);
    if own || YES.contains(&text) || YES.iter().any(|y| normal(y) == short && !short.is_empty()) {
        return Ok(Some((None, None)));
    }
    // A day, and behind it what it rests on: 2023-04-01 低保证.
    let of_a_day = |c: &char| c.is_ascii_digit() || "-/.年月日".contains(*c);
    let date: String = half_width(text).chars().take_while(of_a_day).collect();
    let rest: String = text.chars().skip(date.chars().count()).collect();
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || "，,；;、：:（）()".contains(c));
    match written(&date, order) {
        Some(date) => Ok(Some((Some(date), Some(rest.to_owned()).filter(|r| !r.is_empty())))),
        None => Err(Say::new(
            format!("“{}”一栏的“{text}”看不懂：请填“是”，或填从哪天起，日期后面可以写依据。", tag.name.zh),
            format!(
                "\"{text}\" under \"{}\" is not understood: write \"yes\", or since when, and behind the date on what it rests.",
                tag.name.en
            ),
        )),
    }
}
