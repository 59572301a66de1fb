//! Columns for the marks of the pack: one for each mark, and beside it, where a list has them, its day and its basis.

use super::families::Way;
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
        let basis = why.or(basis);
        if let Some(say) = objection(site, tag, from, basis.as_deref()) {
            faults.push(say);
            continue;
        }
        let personal = matches!(tag.on, TagOn::Person);
        out.push(Mark { tag: tag.id.clone(), personal, from, basis });
    }
    out
}

/// Why a mark cannot be taken with this day and this basis.
fn objection(site: &Site, tag: &HouseholdTag, from: Option<Date>, basis: Option<&str>) -> Option<Say> {
    if from.is_some_and(|d| d > site.today()) {
        return Some(Say::new(
            format!("“{}”的日期不能晚于今天。", tag.name.zh),
            format!("The date of \"{}\" cannot lie in the future.", tag.name.en),
        ));
    }
    basis.filter(|b| b.chars().count() > BASIS).map(|_| {
        Say::new(
            format!("“{}”的依据超过 {BASIS} 字。", tag.name.zh),
            format!("The basis of \"{}\" is longer than {BASIS} characters.", tag.name.en),
        )
    })
}

/// The marks that one cell names, beside it since when they hold and on what they rest.
pub(super) fn listed(way: &Way<'_>, row: &Row<'_>, faults: &mut Vec<Say>) -> Vec<Mark> {
    let (named, strange) =
        named(&way.site.pack.tags, row.get("tags"), &|word| way.map.value("tags", word).to_owned());
    if !strange.is_empty() {
        let all = |name: &dyn Fn(&HouseholdTag) -> String, comma: &str| {
            way.site.pack.tags.iter().map(name).collect::<Vec<_>>().join(comma)
        };
        let (zh, en) = (all(&|t| t.name.zh.clone(), "、"), all(&|t| t.name.en.clone(), ", "));
        faults.push(Say::new(
            format!("没有“{}”这个标签。可填：{zh}；没有标签的空着或填“无”。", strange.join("”“")),
            format!(
                "There is no mark \"{}\". Marks are: {en}; leave it empty, or write \"none\", where there is none.",
                strange.join("\", \"")
            ),
        ));
    }
    if named.is_empty() {
        return Vec::new();
    }
    let from = day(row, "tags_from", way.map.date_order).map_err(|e| faults.push(e)).ok().flatten();
    let basis = filled(row, "tags_basis");
    if let Some(say) = objection(way.site, named[0], from, basis.as_deref()) {
        faults.push(say);
        return Vec::new();
    }
    let mark = |tag: &HouseholdTag| Mark {
        tag: tag.id.clone(),
        personal: matches!(tag.on, TagOn::Person),
        from,
        basis: basis.clone(),
    };
    named.into_iter().map(mark).collect()
}

/// What stands between the marks of one cell; so do spaces.
const BETWEEN: &str = "、，,；;/／|｜+＋\n";
/// What a list writes for somebody without a mark.
const NONE: [&str; 11] = ["", "无", "没有", "否", "一般户", "普通户", "-", "—", "——", "none", "no"];

/// The marks that a text names by name or id, each once, and the words that are none. Names may have spaces in them, so
/// that the longest run of words that is one counts.
fn named<'p>(
    tags: &'p [HouseholdTag],
    text: &str,
    known: &dyn Fn(&str) -> String,
) -> (Vec<&'p HouseholdTag>, Vec<String>) {
    let (mut out, mut strange) = (Vec::<&HouseholdTag>::new(), Vec::new());
    // None: no word of ours. Some of none: it says that there is no mark.
    let find = |said: &str| -> Option<Option<&'p HouseholdTag>> {
        let said = half_width(&known(said)).to_lowercase();
        if NONE.contains(&said.as_str()) {
            return Some(None);
        }
        let short = normal(&said);
        let is = |name: &str| !short.is_empty() && normal(name) == short;
        tags.iter().find(|t| is(&t.name.zh) || is(&t.name.en) || is(&t.id)).map(Some)
    };
    let text = text.trim();
    let pieces = if text.is_empty() || find(text).is_some() {
        vec![text]
    } else {
        text.split(|c| BETWEEN.contains(c)).collect()
    };
    for piece in pieces {
        let words: Vec<&str> = piece.split_whitespace().collect();
        let mut at = 0;
        while at < words.len() {
            let run =
                (1..=words.len() - at).rev().find_map(|n| Some((n, find(&words[at..at + n].join(" "))?)));
            let (n, tag) = run.unwrap_or_else(|| {
                strange.push(words[at].to_owned());
                (1, None)
            });
            at += n;
            out.extend(tag.filter(|t| out.iter().all(|o| o.id != t.id)));
        }
    }
    (out, strange)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_names_marks_in_the_ways_people_write_them() {
        let pack = pack::load("county").expect("a pack");
        let said = |text: &str| {
            let (named, strange) = named(&pack.tags, text, &|word| word.replace("五保", "hardship"));
            (named.iter().map(|t| t.id.as_str()).collect::<Vec<_>>().join(" "), strange.join(" "))
        };
        for (text, ids) in [
            ("困难户", "hardship"),
            ("困难户、低保户", "hardship low-income"),
            ("困难户，残疾；困难户", "hardship disabled"),
            ("困难户　残疾 低保户", "hardship disabled low-income"),
            ("ＬＯＷ-ＩＮＣＯＭＥ/残疾", "low-income disabled"),
            ("Basic allowance In hardship, Old and alone", "low-income hardship living-alone"),
            ("五保", "hardship"),
            ("", ""),
            ("无", ""),
            ("－", ""),
            ("/", ""),
        ] {
            assert_eq!(said(text), (ids.to_owned(), String::new()), "{text}");
        }
        assert_eq!(said("低保户、监测户 √"), ("low-income".to_owned(), "监测户 √".to_owned()));
    }
}
