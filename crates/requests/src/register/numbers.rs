//! The numbers of requests: series without gaps, each of one unit.

use crate::ctx::Ctx;
use crate::store::series;
use db::Tx;
use kernel::{Error, Result, Timestamp, UnitId};
use rules::number::RequestNumber;

/// The most letters of a series.
const LETTERS: usize = 8;

/// The next number: the series is that of the unit right below the root under which it was received,
/// so that units do not wait for one another, and within a series no number is left out.
pub(crate) fn number(tx: &mut dyn Tx, ctx: &Ctx, unit: UnitId, at: Timestamp) -> Result<String> {
    let year = ctx.site.zone.date(at).year();
    let taken = take(tx, ctx, holder(ctx, unit), year, 1)?;
    said(&taken.series, year, taken.last)
}

/// A number of a series, as people write it.
pub(crate) fn said(series: &str, year: i16, n: i64) -> Result<String> {
    let n = u32::try_from(n).map_err(Error::internal)?;
    Ok(RequestNumber::new(series, year, n).map_err(Error::internal)?.to_string())
}

/// The unit whose series numbers what `unit` received.
pub(crate) fn holder(ctx: &Ctx, unit: UnitId) -> UnitId {
    ctx.dir.ancestors(unit).get(1).map_or(unit, |below_root| below_root.id)
}

/// Takes `count` numbers of the year at once.
pub(crate) fn take(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    holder: UnitId,
    year: i16,
    count: i64,
) -> Result<series::Taken> {
    if let Some(taken) = series::take(tx, holder, i64::from(year), count)? {
        return Ok(taken);
    }
    let letters = letters(tx, ctx, holder)?;
    series::begin(tx, holder, i64::from(year), &letters, count)
}

/// The letters of a unit's series: given once and kept, whatever the unit is called later. No two units
/// have the same.
fn letters(tx: &mut dyn Tx, ctx: &Ctx, holder: UnitId) -> Result<String> {
    let prefix = &ctx.site.pack.site.number_prefix;
    for wanted in candidates(prefix, &own(ctx, holder)) {
        if let Some(given) = series::letters(tx, holder)? {
            return Ok(given);
        }
        series::give(tx, holder, &wanted)?;
    }
    series::letters(tx, holder)?.ok_or_else(|| Error::internal("no letters are left for another series"))
}

/// What a unit would best be told apart by: unit 3 of the county has `C`, so that with prefix `YQ` it
/// numbers `YQC`. The root has nothing of its own.
fn own(ctx: &Ctx, holder: UnitId) -> String {
    let mut codes = ctx.path(holder).split('/').filter(|c| !c.is_empty());
    let root = codes.next().unwrap_or("");
    let Some(code) = codes.next() else { return String::new() };
    // Codes of units mostly begin with that of the unit above.
    let own = code.strip_prefix(root).unwrap_or(code);
    match own.parse::<u32>() {
        Ok(n) => spelt(n),
        Err(_) => own.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect(),
    }
}

/// What a series may be called, the best first: what is told apart by its end is cut to make room for it.
fn candidates(prefix: &str, own: &str) -> impl Iterator<Item = String> {
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let best = cut(&format!("{prefix}{own}"), LETTERS);
    let stem = best.clone();
    // The prefix stays whole; one that leaves no room leaves none for a second series.
    let room = LETTERS.saturating_sub(prefix.len());
    let others = (1..=18_278).map(spelt).take_while(move |end| end.len() <= room);
    std::iter::once(best).chain(others.map(move |end| format!("{}{end}", cut(&stem, LETTERS - end.len()))))
}

/// 1 is `A`, 26 `Z`, 27 `AA`.
fn spelt(mut n: u32) -> String {
    let mut out = Vec::new();
    while n > 0 {
        n -= 1;
        out.push(char::from(b'A' + (n % 26) as u8));
        n /= 26;
    }
    out.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelt_as_columns_of_a_sheet() {
        assert_eq!([1, 26, 27, 52, 703].map(spelt), ["A", "Z", "AA", "AZ", "AAA"]);
    }

    #[test]
    fn every_candidate_is_another_series_and_fits() {
        for (prefix, own) in [("YQ", "C"), ("LX", "TOWNSHIPHALL"), ("LX", ""), ("LIANXIN", "B")] {
            let all: Vec<String> = candidates(prefix, own).take(60).collect();
            let different: std::collections::BTreeSet<&String> = all.iter().collect();
            assert!(different.len() > 25, "{all:?}");
            for series in &all {
                assert!(RequestNumber::new(series, 2026, 1).is_ok(), "{series}");
                assert!(series.starts_with(prefix), "{series}");
            }
        }
        let first: Vec<String> = candidates("LX", "TOWNSHIPHALL").take(3).collect();
        assert_eq!(first, ["LXTOWNSH", "LXTOWNSA", "LXTOWNSB"]);
        assert_eq!(candidates("LX", "C").take(2).collect::<Vec<_>>(), ["LXC", "LXCA"]);
    }
}
