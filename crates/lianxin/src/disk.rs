//! How much room the disk has.

use std::path::Path;

/// With less room than this, in bytes, somebody has to see to it: some 70,000 requests without their files.
const SHORT: u64 = 1_000_000_000;

/// Bytes that may still be written on the disk which `dir` is on; none where the system does not tell.
#[cfg(unix)]
pub(crate) fn free(dir: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

/// Bytes that may still be written on the disk which `dir` is on; none where the system does not tell.
#[cfg(not(unix))]
pub(crate) fn free(_: &Path) -> Option<u64> {
    None
}

/// Whether so little room is left that somebody has to see to it.
pub(crate) fn is_short(free: u64) -> bool {
    free < SHORT
}
