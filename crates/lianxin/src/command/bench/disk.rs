//! Room on the disk, looked at before hours are spent.

use crate::disk::free;
use kernel::{Error, Result};
use std::path::Path;

/// What a request takes with everything that belongs to it, in bytes.
const REQUEST: u64 = 14 * 1024;

/// What so many requests take, in bytes.
pub(super) fn needed(requests: u64) -> u64 {
    requests.saturating_mul(REQUEST)
}

/// Refuses what does not fit onto the disk that `dir` is on; where the system does not tell, it fits.
///
/// Errors: refused (`disk-short`).
pub(super) fn check(dir: &Path, needed: u64) -> Result<()> {
    fits(free(dir).unwrap_or(u64::MAX), needed, dir)
}

fn fits(free: u64, needed: u64, dir: &Path) -> Result<()> {
    if needed <= free {
        return Ok(());
    }
    let (dir, gb) = (dir.display(), |bytes: u64| bytes as f64 / 1e9);
    let (needed, free) = (gb(needed), gb(free));
    Err(Error::refused(
        "disk-short",
        format!(
            "{dir} 所在磁盘还剩 {free:.1} GB，测试要用 {needed:.1} GB。请用 --sizes 减少件数，或用 --dir 换到别的磁盘。"
        ),
        format!(
            "{free:.1} GB are free on the disk of {dir}, and this takes {needed:.1} GB. Measure fewer requests \
             with --sizes, or name a directory on another disk with --dir."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_both_figures() {
        let dir = Path::new("/some/where");
        assert!(fits(needed(1000), needed(1000), dir).is_ok());
        let error = fits(2_000_000_000, needed(1_000_000), dir).unwrap_err();
        assert!(matches!(&error, Error::Refused { code: "disk-short", .. }), "{error:?}");
        let said = error.say().en;
        assert!(
            said.contains("2.0 GB") && said.contains("14.3 GB") && said.contains("/some/where"),
            "{said}"
        );
        assert!(fits(u64::MAX - 1, needed(u64::MAX), dir).is_err());
    }
}
