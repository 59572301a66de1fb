//! Where the heading is, and what around the rows is not a row.
//!
//! Ledgers have titles above, headings over one or two rows, and sums and signatures below:
//!
//! ```text
//!   某县诉求台账                                  title: left out
//!   单位：某乡            2019年3月               title: left out
//!   编号 │     诉求人      │ 内容 │ 日期          heading …
//!        │ 姓名 │   电话   │      │               … over two rows: 诉求人/姓名, 诉求人/电话
//!   1    │ 王…  │ 138…     │ …    │ …
//!   合计 │      │          │  12  │               sum: left out
//!   填表人：张…          审核人：李…               signature: left out
//! ```
//!
//! The heading is the row, among the first [`LOOK`] with text, whose cells are recognised best
//! altogether. Where nothing is recognised it is the first row that fills at least three fifths of the
//! columns with different short texts. Two rows are one heading where the upper has a text over
//! several columns (merged, or with empty cells beside it) and the lower fills only such columns.
//! What is left out is told with its reason, so that every row is accounted for; in case of doubt a
//! row stays a row, and whoever imports refuses it with a reason.

use crate::cell::trim;
use crate::map::Map;
use crate::normal::normal;
use crate::open::{Sheet, SheetRow};
use crate::recognise::Recogniser;
use crate::refuse::is_reason;
use kernel::{Result, Say};

/// Among how many rows with text the heading is looked for.
pub(crate) const LOOK: usize = 40;
/// How many rows at the end may be sums and signatures.
const FOOT: usize = 12;
/// A heading is not longer than this many letters.
const LONG: usize = 60;

/// A heading that was found.
pub(crate) struct Place {
    /// Index of the first row of the heading.
    pub first: usize,
    /// Index of its last row.
    pub last: usize,
    /// Column and text.
    pub texts: Vec<(u32, String)>,
    /// How well it is recognised.
    pub weight: u32,
}

/// Finds the heading of a sheet; `None` where no row can be one.
pub(crate) fn find(sheet: &Sheet, known: &Recogniser, map: Option<&Map>) -> Result<Option<Place>> {
    let rows = &sheet.rows;
    // Rows that were refused come back with their heading on top, wherever that of the first file was.
    let on_top = is_refused(sheet).then(|| rows[0].number);
    if let Some(wanted) = map.and_then(|m| m.heading_row).map(|row| on_top.unwrap_or(row)) {
        let Some(last) = rows.iter().position(|r| r.number == wanted) else { return Ok(None) };
        let double = last.checked_sub(1).and_then(|top| double(sheet, top).map(|texts| (top, texts)));
        let (first, texts) = double.unwrap_or_else(|| (last, single(&rows[last])));
        return Ok(Some(Place { first, last, texts, weight: u32::MAX }));
    }
    let mut best: Option<Place> = None;
    for at in 0..rows.len().min(LOOK) {
        let (last, texts) = match double(sheet, at) {
            Some(texts) => (at + 1, texts),
            None => (at, single(&rows[at])),
        };
        if texts.is_empty() || !plausible(&texts) {
            continue;
        }
        let weight = known.sure(&texts, None)?.weight() + named(&texts, map);
        if weight > best.as_ref().map_or(0, |b| b.weight) {
            best = Some(Place { first: at, last, texts, weight });
        }
    }
    // One recognised cell proves something only where there is but one column.
    let width = rows.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    Ok(match best {
        Some(place) if place.weight > 100 || width == 1 => Some(place),
        _ => by_shape(sheet, width),
    })
}

/// Whether it is a file of refused rows, with the column of reasons in front.
pub(crate) fn is_refused(sheet: &Sheet) -> bool {
    sheet.rows.first().is_some_and(|row| is_reason(row.text(0)))
}

/// What the headings that a map names weigh, so that they count when the heading is looked for.
fn named(texts: &[(u32, String)], map: Option<&Map>) -> u32 {
    let Some(map) = map else { return 0 };
    let wanted =
        |t: &str| map.fields.values().flatten().any(|w| normal(w) == normal(t) && !normal(t).is_empty());
    texts.iter().filter(|(_, t)| wanted(t)).count() as u32 * 100
}

/// The first row that looks like a heading, where none is recognised.
fn by_shape(sheet: &Sheet, width: usize) -> Option<Place> {
    sheet.rows.iter().take(LOOK).enumerate().find_map(|(at, row)| {
        let (last, texts) = match double(sheet, at) {
            Some(texts) => (at + 1, texts),
            None => (at, single(row)),
        };
        let wide = texts.len() * 5 >= width * 3 && (texts.len() > 1 || width == 1);
        let mut names: Vec<&str> = texts.iter().map(|(_, t)| t.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let fits = wide && names.len() * 10 >= texts.len() * 8 && plausible(&texts);
        (fits && at + 1 < sheet.rows.len()).then_some(Place { first: at, last, texts, weight: 0 })
    })
}

fn single(row: &SheetRow) -> Vec<(u32, String)> {
    row.cells.iter().filter(|(_, c)| !c.is_blank()).map(|(i, c)| (*i, trim(&c.text).to_owned())).collect()
}

/// Short, and mostly words.
fn plausible(texts: &[(u32, String)]) -> bool {
    let values = texts.iter().filter(|(_, t)| is_value(t)).count();
    values * 3 <= texts.len() && texts.iter().all(|(_, t)| t.chars().count() <= LONG)
}

/// A number, a date, a time: something that stands in rows and not in headings.
fn is_value(text: &str) -> bool {
    let marks = "0123456789.,-/: +%年月日时分秒";
    text.chars().any(|c| c.is_ascii_digit()) && text.chars().all(|c| marks.contains(crate::normal::narrow(c)))
}

/// The joined texts of the rows at `top` and below it, where the two are one heading.
fn double(sheet: &Sheet, top: usize) -> Option<Vec<(u32, String)>> {
    let (upper, lower) = (sheet.rows.get(top)?, sheet.rows.get(top + 1)?);
    if lower.number != upper.number + 1 {
        return None;
    }
    let over = single(upper);
    let under = single(lower);
    if over.len() < 2 || under.len() < 2 || under.iter().any(|(_, t)| t.chars().count() > 20 || is_value(t)) {
        return None;
    }
    let has = |cells: &[(u32, String)], column: u32| cells.iter().any(|(c, _)| *c == column);
    // The columns that each upper text covers.
    let row = upper.number - 1;
    let end = |at: usize| -> u32 {
        let (column, _) = over[at];
        if let Some(area) = sheet.merges.iter().find(|m| m.0 == row && m.1 == column) {
            // Merged downwards it stands alone.
            return if area.2 == row { area.3.min(column + 1000) } else { column };
        }
        let next = over.get(at + 1).map_or(u32::MAX, |(c, _)| *c);
        let mut last = column;
        while has(under.as_slice(), column) && last + 1 < next && has(&under, last + 1) {
            last += 1;
        }
        last
    };
    let covers: Vec<(u32, u32, &str)> =
        over.iter().enumerate().map(|(at, (c, t))| (*c, end(at), t.as_str())).collect();
    let group =
        |column: u32| covers.iter().find(|(from, to, _)| to > from && (*from..=*to).contains(&column));
    // Every lower text must belong to a group, and one group must have several.
    if !under.iter().all(|(c, _)| group(*c).is_some()) {
        return None;
    }
    if !covers.iter().any(|(from, to, _)| under.iter().filter(|(c, _)| (from..=to).contains(&c)).count() > 1)
    {
        return None;
    }
    // A title beside a date above a plain heading also looks like two groups: but then nothing stands alone,
    // and the plain heading below is recognised better by itself.
    let mut texts: Vec<(u32, String)> = over.iter().filter(|(c, _)| !has(&under, *c)).cloned().collect();
    for (column, text) in &under {
        let above = group(*column).map_or("", |g| g.2);
        let joined = if above.is_empty() || above == text { text.clone() } else { format!("{above}/{text}") };
        texts.push((*column, joined));
    }
    // The upper text of a group stays only in the joined ones.
    texts.retain(|(c, _)| has(&under, *c) || group(*c).is_none());
    texts.sort_by_key(|(c, _)| *c);
    Some(texts)
}

/// Why a row above, among or below the rows is not one of them; `None` for a row.
pub(crate) fn not_a_row(rows: &[SheetRow], at: usize, place: &Place) -> Option<Say> {
    let row = &rows[at];
    if at < place.first {
        return Some(Say::new("标题行上方的文字", "text above the heading"));
    }
    if at <= place.last {
        return Some(Say::new("标题行", "the heading"));
    }
    // A heading printed again on each page.
    let again = |heading: &SheetRow| {
        let filled = single(row);
        filled.len() > 1 && filled == single(heading)
    };
    if rows[place.first..=place.last].iter().any(again) {
        return Some(Say::new("重复的标题行", "the heading again"));
    }
    let foot = |row: &SheetRow| is_sum(row) || is_signature(row);
    let tail = &rows[at..];
    if tail.len() <= FOOT && tail.iter().all(foot) {
        return Some(if is_sum(row) {
            Say::new("合计行", "a sum")
        } else {
            Say::new("表尾签注", "notes at the foot")
        });
    }
    None
}

/// `合计`, and numbers.
fn is_sum(row: &SheetRow) -> bool {
    let filled = single(row);
    let Some(((_, first), rest)) = filled.split_first() else { return false };
    let word = normal(first);
    matches!(
        word.as_str(),
        "合计" | "总计" | "小计" | "共计" | "累计" | "本页合计" | "总数" | "total" | "sum" | "subtotal"
    ) && rest.iter().all(|(_, t)| is_value(t))
}

/// `填表人：…`, `审核：…`, `注：…` and nothing else.
fn is_signature(row: &SheetRow) -> bool {
    const WORDS: [&str; 18] = [
        "填表", "制表", "审核", "填报", "负责", "联系", "复核", "统计", "日期", "单位", "备注", "说明", "注",
        "盖章", "签字", "签名", "经办", "note",
    ];
    let filled = single(row);
    let label = |text: &str| {
        let (label, rest) = text.split_once([':', '：'])?;
        let label = normal(label);
        let known = label.chars().count() <= 10 && WORDS.iter().any(|w| label.starts_with(w));
        known.then(|| rest.trim().is_empty())
    };
    // Each cell is a label with what it says, or what the label before it says.
    let mut waits = false;
    !filled.is_empty()
        && filled.iter().all(|(_, text)| match label(text) {
            Some(open) => {
                waits = open;
                true
            }
            None => std::mem::take(&mut waits),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Cell;
    use crate::lists::request_headings;
    use std::sync::Arc;

    fn sheet(rows: &[&str], merges: &[(u32, u32, u32, u32)]) -> Sheet {
        let rows = rows.iter().zip(1..).filter_map(|(line, number)| {
            let cells: Vec<(u32, Cell)> = line
                .split('|')
                .zip(0..)
                .filter(|(t, _)| !t.is_empty())
                .map(|(t, i)| (i, Cell::text(t)))
                .collect();
            (!cells.is_empty()).then_some(SheetRow { number, cells })
        });
        Sheet { name: "S".into(), visible: true, rows: Arc::new(rows.collect()), merges: merges.to_vec() }
    }

    fn headings(rows: &[&str], merges: &[(u32, u32, u32, u32)]) -> (usize, usize, String) {
        let place = find(&sheet(rows, merges), &Recogniser::new(request_headings()), None).unwrap().unwrap();
        let texts: Vec<String> = place.texts.iter().map(|(c, t)| format!("{c}{t}")).collect();
        (place.first, place.last, texts.join(" "))
    }

    #[test]
    fn titles_above_are_passed_over() {
        let rows = [
            "某县诉求台账",
            "单位：某乡|||2019年3月",
            "",
            "编号|姓名|诉求内容|受理时间",
            "1|王五|路灯不亮|2019/3/1",
        ];
        assert_eq!(headings(&rows, &[]), (2, 2, "0编号 1姓名 2诉求内容 3受理时间".into()));
    }

    #[test]
    fn headings_over_two_rows_are_joined_with_and_without_merged_cells() {
        let rows = [
            "某县台账",
            "编号|诉求人||诉求内容|办理",
            "|姓名|电话||单位|时间",
            "1|王五|138|路灯|某局|3月1日",
        ];
        let want = "0编号 1诉求人/姓名 2诉求人/电话 3诉求内容 4办理/单位 5办理/时间";
        let (_, last, texts) = headings(&rows, &[]);
        assert_eq!((last, texts.as_str()), (2, want));
        // Only some of them merged.
        assert_eq!(headings(&rows, &[(1, 0, 2, 0), (1, 4, 1, 5)]).2, want);
        let merges = [(0, 0, 0, 5), (1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 2, 3), (1, 4, 1, 5)];
        let (_, last, texts) = headings(&rows, &merges);
        assert_eq!((last, texts.as_str()), (2, want));
    }

    #[test]
    fn a_first_row_with_empty_cells_is_not_part_of_the_heading() {
        let rows = ["编号|姓名|诉求内容|备注", "1|王五|路灯不亮", "2||停水|急"];
        assert_eq!(headings(&rows, &[]).1, 0);
        let short = ["编号|诉求人||内容", "甲|乙|丙|丁"];
        assert_eq!(headings(&short, &[]).1, 0);
    }

    #[test]
    fn unknown_headings_are_found_by_their_shape() {
        let rows = ["全年情况", "甲项|乙项|丙项", "1|2|3", "4|5|6"];
        assert_eq!(headings(&rows, &[]), (1, 1, "0甲项 1乙项 2丙项".into()));
        let none = sheet(&["1|2|3", "4|5|6"], &[]);
        assert!(find(&none, &Recogniser::new(request_headings()), None).unwrap().is_none());
    }

    #[test]
    fn the_map_says_where_the_heading_is() {
        let s = sheet(&["编号|姓名", "甲|乙", "1|2"], &[]);
        let map = Map { heading_row: Some(2), ..Map::default() };
        let place = find(&s, &Recogniser::new(request_headings()), Some(&map)).unwrap().unwrap();
        assert_eq!((place.first, place.texts[0].1.as_str()), (1, "甲"));
        // Of refused rows that are read with the same map it stands on top.
        let s = sheet(&["退回原因/Reason|甲|乙", "第 3 行：…|1|2"], &[]);
        let place = find(&s, &Recogniser::new(request_headings()), Some(&map)).unwrap().unwrap();
        assert_eq!((place.first, place.texts[1].1.as_str()), (0, "甲"));
    }

    #[test]
    fn feet_are_left_out_only_at_the_foot() {
        let s = sheet(
            &[
                "编号|姓名|点赞数",
                "合计||3",
                "1|王五|1",
                "编号|姓名|点赞数",
                "注：甲|乙|2",
                "合 计||3",
                "填表人：|张三|审核人：李四",
                "注：以上不含某村",
            ],
            &[],
        );
        let place = find(&s, &Recogniser::new(request_headings()), None).unwrap().unwrap();
        let why: Vec<Option<String>> =
            (0..s.rows.len()).map(|at| not_a_row(&s.rows, at, &place).map(|w| w.zh.into_owned())).collect();
        let why: Vec<&str> = why.iter().map(|w| w.as_deref().unwrap_or("-")).collect();
        assert_eq!(why, ["标题行", "-", "-", "重复的标题行", "-", "合计行", "表尾签注", "表尾签注"]);
    }
}
