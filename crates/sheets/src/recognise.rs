//! Which column is which field.
//!
//! A field has a list of names that people give its heading, the most usual first. A heading is
//! compared in these steps, and the first that fits counts:
//!
//! 1. the map file says so (100)
//! 2. it is one of the names, but for spaces, width and marks (100); without what stands in brackets
//!    (98); without `诉求人`, `来电人` … before it, or its Chinese or Latin half alone (95)
//! 3. the lower part of a heading over two rows is one of the names (90), unless the upper part is the
//!    name of another field: `承办单位/联系电话` is not the telephone of the one who asked
//! 4. it ends in one of the names (60 to 90). In both languages the end of a word says what it is;
//!    a name elsewhere (40 to 59) or names of two fields (50) are only a suggestion
//! 5. it is similar to one of the names: a suggestion (35 to 59)
//!
//! A name written `=时间` counts in the steps to 3 only, because too many headings end in it.
//! What is below [`SURE`] is never used by itself; the person sees it in the proposed map.

use crate::column::{clash, find, moved};
use crate::map::Map;
use crate::normal::{alike, bare, normal, parts};
use crate::open::letters;
use kernel::{Error, Result, Say};
use std::collections::HashMap;

/// From this confidence on a column is used.
pub const SURE: u8 = 60;

/// Words for whoever asked, which may stand before the name of a field of theirs.
const PEOPLE: &[&str] = &[
    "诉求人",
    "来电人",
    "反映人",
    "投诉人",
    "申请人",
    "求助人",
    "留言人",
    "来访人",
    "举报人",
    "咨询人",
    "当事人",
    "群众",
    "市民",
    "居民",
    "村民",
    "诉求者",
    "反映者",
    "联系人",
    "requester",
    "caller",
    "applicant",
    "resident",
];

/// How a column was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By the map file.
    Map,
    /// By its name.
    Exact,
    /// By the lower part of a heading over two rows.
    Part,
    /// By a name in it.
    Contains,
    /// By likeness.
    Similar,
}

/// A field found for a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The field's name.
    pub field: String,
    /// From 0 to 100.
    pub confidence: u8,
    /// How it was recognised.
    pub how: How,
    rank: usize,
}

/// One column of the sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Heading {
    /// The column, from 0.
    pub column: u32,
    /// The heading as it stands; rows of a heading joined by `/`; empty where there is none.
    pub text: String,
    /// The field it is used for.
    pub field: Option<Match>,
    /// What it might be, where nothing is sure.
    pub suggestion: Option<Match>,
    /// The column of reasons in a file of refused rows.
    pub ignored: bool,
}

impl Heading {
    /// The heading for people: `C列` where the sheet has none.
    pub fn label(&self) -> String {
        if self.text.is_empty() { format!("{}列", letters(self.column)) } else { self.text.clone() }
    }
}

/// Several columns for one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The field.
    pub field: String,
    /// The column that is used, from 0.
    pub used: u32,
    /// The columns that are not, from 0.
    pub others: Vec<u32>,
    /// The same for people.
    pub say: Say,
}

/// What is known about the columns of a sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Headings {
    /// Every column that has a heading or content, from left to right.
    pub columns: Vec<Heading>,
    /// Fields that several columns could be.
    pub conflicts: Vec<Conflict>,
    by_field: HashMap<String, usize>,
}

impl Headings {
    /// The column used for a field.
    pub fn of(&self, field: &str) -> Option<&Heading> {
        self.by_field.get(field).map(|&at| &self.columns[at])
    }

    /// Whether a column is used for the field.
    pub fn has(&self, field: &str) -> bool {
        self.by_field.contains_key(field)
    }

    /// Those of `fields` that no column is used for.
    pub fn missing<'a>(&self, fields: &[&'a str]) -> Vec<&'a str> {
        fields.iter().copied().filter(|f| !self.has(f)).collect()
    }

    /// The columns that are not used. Their content stays in the original row.
    pub fn unmatched(&self) -> impl Iterator<Item = &Heading> {
        self.columns.iter().filter(|h| h.field.is_none() && !h.ignored)
    }

    /// How sure all of it is together; the heading row is where this is greatest.
    pub(crate) fn weight(&self) -> u32 {
        self.columns.iter().filter_map(|h| h.field.as_ref()).map(|m| u32::from(m.confidence)).sum()
    }
}

/// Knows fields by the names of their columns.
#[derive(Clone, Debug)]
pub struct Recogniser {
    fields: Vec<(String, Vec<Name>)>,
    exact: HashMap<String, (usize, usize)>,
}

#[derive(Clone, Debug)]
struct Name {
    text: String,
    whole_only: bool,
}

impl Recogniser {
    /// From fields and their names; `=` before a name: only as the whole heading. Of two fields with
    /// the same name the first has it.
    pub fn new(list: &[(&str, &[&str])]) -> Self {
        let mut exact = HashMap::new();
        let mut fields = Vec::new();
        for (at, (field, names)) in list.iter().enumerate() {
            let mut known = Vec::new();
            // The field's own name last: `title` is a heading too.
            for (rank, name) in names.iter().chain([field]).enumerate() {
                let text = normal(name);
                exact.entry(text.clone()).or_insert((at, rank));
                known.push(Name { text, whole_only: name.starts_with('=') || rank == names.len() });
            }
            fields.push(((*field).to_owned(), known));
        }
        Self { fields, exact }
    }

    /// The names of all fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(f, _)| f.as_str())
    }

    /// Recognises columns (from 0) by their headings. Refused where the map names a field or a
    /// heading that there is not.
    pub fn headings(&self, texts: &[(u32, String)], map: Option<&Map>) -> Result<Headings> {
        let mut found = self.sure(texts, map)?;
        self.suggest(&mut found);
        Ok(found)
    }

    /// [`Recogniser::headings`] without suggestions, which are for people and take time.
    pub(crate) fn sure(&self, texts: &[(u32, String)], map: Option<&Map>) -> Result<Headings> {
        let mut columns: Vec<Heading> = texts
            .iter()
            .map(|(column, text)| Heading {
                column: *column,
                text: text.clone(),
                field: None,
                suggestion: None,
                ignored: crate::refuse::is_reason(text),
            })
            .collect();
        let mut by_field = HashMap::new();
        if let Some(map) = map {
            self.by_map(map, &mut columns, &mut by_field)?;
        }
        let moved = moved(&columns);
        // The surest first; then the more usual name; then from left to right.
        let mut offers: Vec<(usize, Match)> = columns
            .iter()
            .enumerate()
            .filter(|(_, h)| {
                let named = letters(h.column.saturating_sub(moved));
                h.field.is_none() && !h.ignored && !map.is_some_and(|m| m.ignores(&h.text, &named))
            })
            .filter_map(|(at, h)| self.known(&h.text).map(|m| (at, m)))
            .collect();
        offers.sort_by_key(|(at, m)| (std::cmp::Reverse(m.confidence), m.rank, *at));
        let mut conflicts: Vec<Conflict> = Vec::new();
        for (at, offer) in offers {
            if offer.confidence < SURE {
                columns[at].suggestion = Some(offer);
                continue;
            }
            match by_field.get(&offer.field) {
                None => {
                    by_field.insert(offer.field.clone(), at);
                    columns[at].field = Some(offer);
                }
                // What the map says is no conflict.
                Some(&used) if columns[used].field.as_ref().is_some_and(|m| m.how == How::Map) => {}
                Some(&used) => clash(&mut conflicts, &columns[used], &columns[at], &offer.field),
            }
        }
        Ok(Headings { columns, conflicts, by_field })
    }

    fn by_map(
        &self,
        map: &Map,
        columns: &mut [Heading],
        by_field: &mut HashMap<String, usize>,
    ) -> Result<()> {
        for (field, wanted) in &map.fields {
            if !self.fields().any(|f| f == field) {
                let known = self.fields().collect::<Vec<_>>().join(", ");
                return Err(Error::field(
                    "map",
                    format!("对照表里的“{field}”不是可用的字段。可用的有：{known}。"),
                    format!("“{field}” in the map is not a field. The fields are: {known}."),
                ));
            }
            let at = wanted.iter().find_map(|w| find(w, columns)).ok_or_else(|| {
                let wanted = wanted.join(" / ");
                Error::field(
                    "map",
                    format!("对照表要把“{wanted}”用作 {field}，但表格里没有这一列。"),
                    format!("The map uses “{wanted}” for {field}, but the sheet has no such column."),
                )
            })?;
            columns[at].field = Some(Match { field: field.clone(), confidence: 100, how: How::Map, rank: 0 });
            by_field.insert(field.clone(), at);
        }
        Ok(())
    }

    /// The best match by name, steps 2 to 4.
    fn known(&self, heading: &str) -> Option<Match> {
        let full = normal(heading);
        if full.is_empty() {
            return None;
        }
        let plain = normal(&bare(heading));
        let pieces = parts(heading);
        let han: String = plain.chars().filter(|c| !c.is_ascii()).collect();
        let latin: String = plain.chars().filter(char::is_ascii).collect();
        let own =
            PEOPLE.iter().filter_map(|p| plain.strip_prefix(p)).find(|rest| self.exact.contains_key(*rest));
        let mut tries = vec![(full.as_str(), 100), (plain.as_str(), 98)];
        tries.extend(own.map(|rest| (rest, 95)));
        tries.extend(
            [(han.as_str(), 95), (latin.as_str(), 95)].into_iter().filter(|(t, _)| t.chars().count() > 1),
        );
        for (text, confidence) in tries {
            if let Some(&(at, rank)) = self.exact.get(text) {
                return Some(self.hit(at, rank, confidence, How::Exact));
            }
        }
        if let [upper @ .., last] = pieces.as_slice()
            && !upper.is_empty()
            && let Some(&(at, rank)) = self.exact.get(&normal(&bare(last)))
        {
            let other =
                upper.iter().any(|u| self.exact.get(&normal(u)).is_some_and(|(field, _)| *field != at));
            return Some(self.hit(at, rank, if other { 50 } else { 90 }, How::Part));
        }
        self.contained(&plain)
    }

    fn hit(&self, at: usize, rank: usize, confidence: u8, how: How) -> Match {
        Match { field: self.fields[at].0.clone(), confidence, how, rank }
    }

    /// The longest name in the heading, a name at its end before all others.
    fn contained(&self, plain: &str) -> Option<Match> {
        let whole = plain.chars().count();
        let mut hits: Vec<(bool, usize, usize, usize, usize)> = Vec::new();
        for (at, (_, names)) in self.fields.iter().enumerate() {
            for (rank, name) in names.iter().enumerate() {
                let least = if name.text.is_ascii() { 5 } else { 2 };
                let long = name.text.chars().count();
                if name.whole_only || long < least {
                    continue;
                }
                if let Some(start) = plain.rfind(&name.text) {
                    hits.push((start + name.text.len() == plain.len(), long, at, rank, start));
                }
            }
        }
        let &(ends, long, at, rank, start) =
            hits.iter().max_by_key(|h| (h.0, h.1, std::cmp::Reverse(h.3)))?;
        let span = start..start + self.fields[at].1[rank].text.len();
        let other = hits.iter().any(|&(_, _, field, name, from)| {
            let to = from + self.fields[field].1[name].text.len();
            field != at && (to <= span.start || from >= span.end)
        });
        let share = (long * 30 / whole.max(1)) as u8;
        let confidence = match (ends, other) {
            (_, true) => 50,
            (true, false) => 60 + share,
            (false, false) => (40 + share * 2 / 3).min(SURE - 1),
        };
        Some(self.hit(at, rank, confidence, How::Contains))
    }

    /// Step 5, for columns without a field and fields without a column.
    fn suggest(&self, found: &mut Headings) {
        let used = &found.by_field;
        for heading in &mut found.columns {
            let open = heading.field.is_none() && !heading.ignored;
            if heading.suggestion.as_ref().is_some_and(|s| used.contains_key(&s.field)) {
                heading.suggestion = None;
            }
            if !open || heading.suggestion.is_some() {
                continue;
            }
            let plain = normal(&bare(&heading.text));
            let mut best: Option<(f64, usize, usize)> = None;
            for (at, (field, names)) in self.fields.iter().enumerate() {
                if used.contains_key(field) {
                    continue;
                }
                for (rank, name) in names.iter().enumerate() {
                    let likeness = alike(&plain, &name.text);
                    if likeness >= 0.6 && best.is_none_or(|b| likeness > b.0) {
                        best = Some((likeness, at, rank));
                    }
                }
            }
            heading.suggestion = best.map(|(l, at, rank)| self.hit(at, rank, (l * 59.0) as u8, How::Similar));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::request_headings;

    fn read(texts: &[&str]) -> Headings {
        let texts: Vec<(u32, String)> = texts.iter().zip(0..).map(|(t, i)| (i, (*t).to_owned())).collect();
        Recogniser::new(request_headings()).headings(&texts, None).unwrap()
    }

    fn field(text: &str) -> Option<String> {
        read(&[text]).columns[0].field.as_ref().map(|m| m.field.clone())
    }

    #[test]
    fn usual_names_are_recognised_however_they_are_written() {
        for (text, want) in [
            ("留言编号", "number"),
            ("＊受理编号（必填）", "number"),
            ("联系电话（手机）", "phone"),
            ("联 系\n电 话：", "phone"),
            ("来电人姓名", "asker"),
            ("诉求人/姓名", "asker"),
            ("诉求人/联系电话", "phone"),
            ("市民电话", "phone"),
            ("姓名 Name", "asker"),
            ("Phone No.", "phone"),
            ("received_at", "received_at"),
            ("留言时间", "received_at"),
            ("答复时间", "answered_at"),
            ("办理情况/答复意见", "answer"),
            ("一级分类", "class1"),
            ("三级分类", "class3"),
            ("具体诉求内容", "body"),
        ] {
            assert_eq!(field(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn what_is_not_sure_is_only_suggested() {
        for text in
            ["承办单位联系电话", "承办单位/联系电话", "办结时间限制", "答复意见附件", "是否公开", "", "备用"]
        {
            assert_eq!(field(text), None, "{text}");
        }
        let found = read(&["答复意见附件"]);
        let guess = found.columns[0].suggestion.as_ref().unwrap();
        assert_eq!((guess.field.as_str(), guess.how), ("answer", How::Contains));
        assert!(guess.confidence < SURE);
    }

    #[test]
    fn of_two_columns_the_more_usual_is_used_and_the_other_reported() {
        let found = read(&["序号", "受理编号", "联系电话1", "联系电话2"]);
        assert_eq!(found.of("number").unwrap().column, 1);
        assert_eq!(found.of("phone").unwrap().column, 2);
        assert_eq!(found.conflicts.len(), 2);
        assert_eq!(found.conflicts.iter().find(|c| c.field == "number").unwrap().others, [0]);
        assert_eq!(found.unmatched().count(), 2);
    }

    #[test]
    fn the_reasons_column_is_passed_over() {
        let found = read(&["退回原因/Reason", "留言编号"]);
        assert!(found.columns[0].ignored);
        assert_eq!(found.unmatched().count(), 0);
        assert_eq!(found.missing(&["number", "title"]), ["title"]);
    }

    #[test]
    fn the_map_overrides_and_its_faults_are_named() {
        let texts = vec![(0, "甲".to_owned()), (1, "留言主题".to_owned()), (3, "甲".to_owned())];
        let known = Recogniser::new(request_headings());
        let map = Map::parse("title = \"#D\"\nbody = [\"乙\", \"甲\"]").unwrap();
        let found = known.headings(&texts, Some(&map)).unwrap();
        assert_eq!(found.of("title").unwrap().column, 3);
        assert_eq!(found.of("body").unwrap().column, 0);
        assert!(found.conflicts.is_empty());
        for wrong in ["nonsense = \"甲\"", "title = \"没有的\""] {
            let refused = known.headings(&texts, Some(&Map::parse(wrong).unwrap())).unwrap_err();
            assert!(matches!(refused, Error::Invalid(_)));
        }
    }
}
