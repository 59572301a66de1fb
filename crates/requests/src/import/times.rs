//! The dates of a row: typed by the sheet, or written by people in any of their ways.

use kernel::Say;
use rules::time_text::{self, Read};
use sheets::{DateOrder, Row};

/// The date in a field; `None` where the cell is empty.
pub(super) fn read(
    row: &Row<'_>,
    field: &str,
    order: DateOrder,
    year: Option<i16>,
) -> Option<Result<Read, Say>> {
    let text = row.get(field);
    if text.is_empty() {
        return None;
    }
    // A default of the map stands for an empty cell, which has no date of its own.
    if let Some(when) = row.cell(field).and_then(|c| c.date()) {
        return Some(Ok(Read { when, timed: when != when.date().at(0, 0, 0, 0) }));
    }
    let parsed = time_text::parse(text, year);
    Some(parsed.or_else(|fault| match turned(text, order) {
        Some(text) => time_text::parse(&text, year),
        None => Err(fault),
    }))
}

/// `28/02/2019 11:25` with the year first, where the map says which number is the day.
fn turned(text: &str, order: DateOrder) -> Option<String> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (date, rest) = text.split_at(end);
    let parts: Vec<&str> = date.split(['/', '-', '.']).collect();
    let [a, b, year] = parts.as_slice() else { return None };
    let digits = parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    if !digits || year.len() != 4 {
        return None;
    }
    match order {
        DateOrder::Ymd => None,
        DateOrder::Dmy => Some(format!("{year}-{b}-{a}{rest}")),
        DateOrder::Mdy => Some(format!("{year}-{a}-{b}{rest}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_turned_only_where_the_map_says_how() {
        assert_eq!(turned("02/03/2019 8:05", DateOrder::Ymd), None);
        assert_eq!(turned("02/03/2019 8:05", DateOrder::Dmy).as_deref(), Some("2019-03-02 8:05"));
        assert_eq!(turned("02/03/2019", DateOrder::Mdy).as_deref(), Some("2019-02-03"));
        for text in ["2019/3/2", "02/03/19", "3月2日", "02/03", "a/b/2019", ""] {
            assert_eq!(turned(text, DateOrder::Dmy), None, "{text}");
        }
    }
}
