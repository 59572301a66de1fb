//! A bar for what takes longer than a second, on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar on standard error; silent where that is no terminal, and gone when it is dropped.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar towards `total`; 0 where that is not known, which shows a counter.
    pub(crate) fn new(total: u64, what: &str) -> Self {
        let bar = ProgressBar::new(total);
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        let shape = match total {
            0 => "{msg} {spinner} {human_pos} ({elapsed})",
            _ => "{msg} [{bar:32}] {human_pos}/{human_len} {eta}",
        };
        // Our own template, seen to work in a test; a plain bar stands in for it.
        let style = ProgressStyle::with_template(shape).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("█▉ "));
        bar.set_message(what.to_owned());
        Bar(bar)
    }

    /// So far.
    pub(crate) fn at(&self, done: u64) {
        self.0.set_position(done);
    }

    /// So far, and out of how many.
    pub(crate) fn of(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_are_templates() {
        for shape in
            ["{msg} {spinner} {human_pos} ({elapsed})", "{msg} [{bar:32}] {human_pos}/{human_len} {eta}"]
        {
            assert!(ProgressStyle::with_template(shape).is_ok(), "{shape}");
        }
        let bar = Bar::new(10, "x");
        bar.at(3);
        bar.of(4, 20);
        assert_eq!((bar.0.position(), bar.0.length()), (4, Some(20)));
    }
}
