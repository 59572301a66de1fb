//! Reading single cells.

use kernel::{Date, Say};
use sheets::{DateOrder, Row};

/// The day in a field: as the file marks it, or written in one of the usual ways. Nothing for an
/// empty cell.
pub(super) fn day(row: &Row<'_>, field: &str, order: DateOrder) -> Result<Option<Date>, Say> {
    if let Some(at) = row.cell(field).and_then(|c| c.date()) {
        return Ok(Some(at.date()));
    }
    let text = row.get(field);
    if text.is_empty() {
        return Ok(None);
    }
    written(text, order).map(Some).ok_or_else(|| {
        Say::new(
            format!("看不懂日期“{text}”，请写成 2026-03-01。"),
            format!("\"{text}\" is no date; write 2026-03-01."),
        )
    })
}

/// `2026-03-01`, `2026/3/1`, `2026.3.1`, `2026年3月1日`, `20260301`, `2026年3月` (its first day).
pub(super) fn written(text: &str, order: DateOrder) -> Option<Date> {
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
    let number = |s: &str| s.parse::<i16>().ok();
    let (y, m, d) = match parts.as_slice() {
        [all] if all.len() == 8 => (number(&all[..4])?, number(&all[4..6])?, number(&all[6..])?),
        [y, m] if y.len() == 4 => (number(y)?, number(m)?, 1),
        // A time of day may follow.
        [a, b, c, ..] => {
            let (a, b, c) = (number(a)?, number(b)?, number(c)?);
            match order {
                _ if a > 31 => (a, b, c),
                DateOrder::Ymd => return None,
                DateOrder::Dmy => (c, b, a),
                DateOrder::Mdy => (c, a, b),
            }
        }
        _ => return None,
    };
    if !(1900..=2200).contains(&y) {
        return None;
    }
    Date::new(y, m.try_into().ok()?, d.try_into().ok()?).ok()
}

/// A number in a field; nothing for an empty cell.
pub(super) fn number(row: &Row<'_>, field: &str) -> Result<Option<f64>, Say> {
    let Some(cell) = row.cell(field) else { return Ok(None) };
    match cell.number() {
        Some(n) => Ok(Some(n)),
        None if cell.text.trim().is_empty() => Ok(None),
        None => Err(Say::new(
            format!("“{}”不是数字。", cell.text.trim()),
            format!("\"{}\" is no number.", cell.text.trim()),
        )),
    }
}

/// What is filled in.
pub(super) fn filled(row: &Row<'_>, field: &str) -> Option<String> {
    Some(row.get(field).to_owned()).filter(|t| !t.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_the_ways_people_write_them() {
        let march = Date::constant(2026, 3, 1);
        for text in
            ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "20260301", "2026年3月", "2026-3-1 08:30"]
        {
            assert_eq!(written(text, DateOrder::Ymd), Some(march), "{text}");
        }
        assert_eq!(written("01/03/2026", DateOrder::Dmy), Some(march));
        assert_eq!(written("03/01/2026", DateOrder::Mdy), Some(march));
        for bad in ["01/03/2026", "三月", "2026-13-01", "99999999", "1-2"] {
            assert_eq!(written(bad, DateOrder::Ymd), None, "{bad}");
        }
    }
}
