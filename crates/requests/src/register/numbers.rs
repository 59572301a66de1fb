//! The numbers of requests: series without gaps.

use crate::ctx::Ctx;
use crate::store::request;
use db::Tx;
use kernel::{Error, Result, Timestamp, UnitId};
use rules::number::RequestNumber;

/// The next number: the series is that of the unit right below the root under which it was received,
/// so that units do not wait for one another, and within a series no number is left out.
pub(crate) fn number(tx: &mut dyn Tx, ctx: &Ctx, unit: UnitId, at: Timestamp) -> Result<String> {
    let series = series(ctx, unit);
    let year = ctx.site.zone.date(at).year();
    let n = request::next_number(tx, &series, i64::from(year))?;
    let seq = u32::try_from(n).map_err(Error::internal)?;
    Ok(RequestNumber::new(&series, year, seq).map_err(Error::internal)?.to_string())
}

/// The pack's prefix, and letters for the unit right below the root, so that numbers can be read
/// without their dashes: unit 3 of the county with prefix `YQ` numbers `YQC`.
pub(crate) fn series(ctx: &Ctx, unit: UnitId) -> String {
    let prefix = &ctx.site.pack.site.number_prefix;
    let mut codes = ctx.path(unit).split('/').filter(|c| !c.is_empty());
    let root = codes.next().unwrap_or("");
    let Some(code) = codes.next() else { return prefix.clone() };
    // Codes of units mostly begin with that of the unit above.
    let own = code.strip_prefix(root).unwrap_or(code);
    let letters = match own.parse::<u32>() {
        Ok(n) => letters(n),
        Err(_) => own.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect(),
    };
    prefix.chars().chain(letters.chars()).take(8).collect()
}

/// 1 is `A`, 26 `Z`, 27 `AA`.
fn letters(mut n: u32) -> String {
    let mut out = Vec::new();
    while n > 0 {
        n -= 1;
        out.push(char::from(b'A' + (n % 26) as u8));
        n /= 26;
    }
    out.iter().rev().collect()
}
