//! `calendar`: the built-in working days as CSV, for comparison with other calendars.

use super::say;
use crate::cli::CalendarArgs;
use crate::outcome::{Failure, Outcome};
use rules::calendar::Calendar;

/// Prints `date,workday` for every day from the first to the last.
pub(super) fn run(args: &CalendarArgs) -> Outcome {
    if args.from > args.to {
        return Err(Failure::usage("--from 要早于 --to。", "--from has to come before --to."));
    }
    let calendar = Calendar::built_in();
    let mut out = String::from("date,workday\n");
    let mut day = args.from;
    loop {
        out.push_str(&format!("{day},{}\n", u8::from(calendar.is_workday(day))));
        match day.tomorrow() {
            Ok(next) if next <= args.to => day = next,
            _ => break,
        }
    }
    Ok(say(&out)?)
}
