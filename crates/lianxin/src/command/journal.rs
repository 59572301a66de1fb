//! `journal verify`: was anything in the record touched?

use super::say;
use crate::cli::JournalCommand;
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::progress::Bar;
use ::journal::Report;
use kernel::Locale;

/// Reads every event again.
pub(super) fn run(args: &JournalCommand, locale: Locale) -> Outcome {
    let JournalCommand::Verify(place) = args;
    let opened = open::open(place)?;
    let bar = std::sync::Arc::new(Bar::new(0, locale.t("已核对", "checked")));
    let shown = bar.clone();
    let report = opened.site.db.snapshot_now(move |tx| ::journal::verify(tx, &|n| shown.at(n)))?;
    drop(bar);
    say(&words(&report, locale))?;
    if report.whole() { Ok(()) } else { Err(Failure::Told) }
}

fn words(report: &Report, locale: Locale) -> String {
    let (events, streams) = (report.events, report.streams);
    if report.whole() {
        return match locale {
            Locale::Zh => format!("完好：{streams} 条链、{events} 个事件，逐一核对无误。\n"),
            Locale::En => format!("Whole: {events} events in {streams} chains, every link holds.\n"),
        };
    }
    let mut out = match locale {
        Locale::Zh => format!("{streams} 条链、{events} 个事件中，有 {} 条链被动过：\n", report.faulty),
        Locale::En => format!("Of {streams} chains with {events} events, {} were touched:\n", report.faulty),
    };
    for f in &report.faults {
        let what = f.kind.say();
        out.push_str(&format!("  {} {}  #{}  {}\n", f.stream_kind, f.stream, f.seq, what.to(locale)));
    }
    let more = report.faulty.saturating_sub(report.faults.len() as u64);
    if more > 0 {
        out.push_str(&match locale {
            Locale::Zh => format!("  ……另有 {more} 条\n"),
            Locale::En => format!("  … and {more} more\n"),
        });
    }
    out
}
