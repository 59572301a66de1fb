//! How much may be handed in; a pack may say otherwise.

use kernel::{Error, Result};
use serde::Deserialize;

/// Limits on uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// Bytes in one file.
    pub max_bytes: u64,
    /// Files at once.
    pub max_files: usize,
    /// Pixels in one picture, against small files that unfold into gigabytes.
    pub max_pixels: u64,
    /// The longer side at which a picture is kept; larger ones are scaled down.
    pub max_side: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 10 * 1024 * 1024, max_files: 9, max_pixels: 52_000_000, max_side: 4096 }
    }
}

impl Limits {
    /// Whether so many files may come at once.
    ///
    /// Errors: [`Error::Invalid`] on `files`.
    pub fn check_count(&self, files: usize) -> Result<()> {
        if files <= self.max_files {
            return Ok(());
        }
        Err(Error::field(
            "files",
            format!("一次最多上传 {} 个文件，现在有 {files} 个。请去掉一些。", self.max_files),
            format!("At most {} files at once; these are {files}. Please leave some out.", self.max_files),
        ))
    }

    pub(crate) fn check_size(&self, name: &str, bytes: u64) -> Result<()> {
        if bytes <= self.max_bytes {
            return Ok(());
        }
        // Rounded up: a file a little over the limit must not read as exactly at it.
        let (is, max) = (tenths(bytes, true), tenths(self.max_bytes, false));
        Err(Error::field(
            "files",
            format!("“{name}”有 {is} MB，超过每个文件 {max} MB 的上限。请压缩或换一个小些的文件。"),
            format!(
                "\"{name}\" has {is} MB, more than the {max} MB that one file may have. Please use a smaller one."
            ),
        ))
    }
}

fn tenths(bytes: u64, up: bool) -> String {
    const MB: u64 = 1024 * 1024;
    let n = if up { (bytes * 10).div_ceil(MB) } else { bytes * 10 / MB };
    if n % 10 == 0 { (n / 10).to_string() } else { format!("{}.{}", n / 10, n % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_limit_is_in_and_one_more_is_out() {
        let l = Limits::default();
        assert!(l.check_count(9).is_ok() && l.check_count(10).is_err());
        assert!(l.check_size("a", l.max_bytes).is_ok());
        let said = l.check_size("照片.jpg", l.max_bytes + 1).unwrap_err().say();
        assert!(
            said.zh.contains("照片.jpg") && said.zh.contains("10.1 MB") && said.en.contains("10 MB"),
            "{said:?}"
        );
    }
}
