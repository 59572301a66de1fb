//! Which column somebody means, and what to say where several could be meant.

use crate::normal::{bare, normal};
use crate::open::{column_of, letters};
use crate::recognise::{Conflict, Heading};
use kernel::Say;

/// By how much the columns have moved: in a file of refused rows everything stands one further to the
/// right, beside the column of reasons.
pub(crate) fn moved(columns: &[Heading]) -> u32 {
    u32::from(columns.first().is_some_and(|h| h.column == 0 && h.ignored))
}

/// The column that a map file means: `#C` by its letters, otherwise by its heading.
pub(crate) fn find(wanted: &str, columns: &[Heading]) -> Option<usize> {
    if let Some(at) = wanted.strip_prefix('#').and_then(column_of) {
        return columns.iter().position(|h| h.column == at + moved(columns));
    }
    let same = |f: &dyn Fn(&str) -> String| {
        let want = f(wanted);
        columns.iter().position(|h| !h.ignored && !want.is_empty() && f(&h.text) == want)
    };
    same(&|t| t.trim().to_owned()).or_else(|| same(&normal)).or_else(|| same(&|t| normal(&bare(t))))
}

pub(crate) fn clash(conflicts: &mut Vec<Conflict>, used: &Heading, other: &Heading, field: &str) {
    let at = conflicts.iter().position(|c| c.field == field).unwrap_or_else(|| {
        let say = Say::new("", "");
        conflicts.push(Conflict { field: field.to_owned(), used: used.column, others: Vec::new(), say });
        conflicts.len() - 1
    });
    let conflict = &mut conflicts[at];
    conflict.others.push(other.column);
    let others = conflict.others.iter().map(|c| letters(*c)).collect::<Vec<_>>().join(", ");
    let kept = format!("“{}”({})", used.text, letters(used.column));
    conflict.say = Say::new(
        format!("有几列都像是 {field}：用了 {kept}，{others} 列没有用，只保留在原始行里。"),
        format!("Several columns look like {field}: {kept} is used, {others} only kept in the original row."),
    );
}
