//! `journal verify`: was anything in the record touched?

use super::say;
use crate::capability;
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
    let report = opened.site.db.snapshot_now(move |tx| {
        let mut report = ::journal::verify(tx, &|n| shown.at(n))?;
        ::journal::verify_ends(tx, &capability::ends(), &mut report)?;
        Ok(report)
    })?;
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
        let name = if f.name.is_empty() { String::new() } else { format!(" {}", f.name) };
        out.push_str(&format!("  {}{name} {}  #{}  {}\n", f.stream_kind, f.stream, f.seq, what.to(locale)));
    }
    let more = report.faulty.saturating_sub(report.faults.len() as u64);
    if more > 0 {
        out.push_str(&match locale {
            Locale::Zh => format!("  ……另有 {more} 条\n"),
            Locale::En => format!("  … and {more} more\n"),
        });
    }
    out.push_str(locale.t(
        "怎么办：先停用站点，原样保留数据库；把最近的备份恢复到另一个目录，对它再核对一次，\n\
         比较上面列出的几条链；同时查清谁能绕过程序改数据库。\n",
        "What to do: stop the site and keep the database as it is; restore the last backup into another\n\
         directory, verify that too, and compare the chains named above; find out who can write to the\n\
         database past the program.\n",
    ));
    out
}
