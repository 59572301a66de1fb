//! A bar for what takes longer than a second, on a terminal only.

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// How often a bar that nobody moves shows that something goes on.
const TICK: Duration = Duration::from_millis(200);

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
            0 => "{msg} {spinner} {so_far} ({elapsed})",
            _ => "{msg} [{bar:32}] {human_pos}/{human_len} {eta}",
        };
        // Our own template, seen to work in a test; a plain bar stands in for it.
        let style = ProgressStyle::with_template(shape).unwrap_or_else(|_| ProgressStyle::default_bar());
        let style = style.with_key("so_far", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // What is not counted has no number.
            let _ = if state.pos() == 0 { Ok(()) } else { write!(out, "{}", HumanCount(state.pos())) };
        });
        bar.set_style(style.progress_chars("█▉ "));
        bar.set_message(what.to_owned());
        // Where nobody counts, it still shows that something goes on, and since when.
        if total == 0 {
            bar.enable_steady_tick(TICK);
        }
        Bar(bar)
    }

    /// Shows what goes on while `work` does what nobody counts.
    pub(crate) fn during<T>(what: &str, work: impl FnOnce() -> T) -> T {
        let _bar = Bar::new(0, what);
        work()
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
            ["{msg} {spinner} {so_far} ({elapsed})", "{msg} [{bar:32}] {human_pos}/{human_len} {eta}"]
        {
            assert!(ProgressStyle::with_template(shape).is_ok(), "{shape}");
        }
        let bar = Bar::new(10, "x");
        bar.at(3);
        bar.of(4, 20);
        assert_eq!((bar.0.position(), bar.0.length()), (4, Some(20)));
    }
}
