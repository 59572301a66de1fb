//! `report list`, `report verify`: reports that were issued, and whether they still hold.

use super::say;
use crate::cli::ReportCommand;
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::progress::Bar;
use insight::reports::{self, Checked, Report};
use kernel::Locale;
use requests::Ctx;

/// More than a site ever has.
const ALL: i64 = 1_000_000;

/// Does what the command line says.
pub(super) fn run(args: &ReportCommand, locale: Locale) -> Outcome {
    let (place, again) = match args {
        ReportCommand::List(place) => (place, false),
        ReportCommand::Verify(place) => (place, true),
    };
    let opened = open::open(place)?;
    let ctx = Ctx::system(&opened.site);
    let all = opened.site.db.read_now(|tx| reports::list(tx, ALL))?;
    let (count, mut good) = (all.len(), true);
    for report in all {
        let name = ctx.dir.name(report.unit, locale).to_owned();
        say(&line(&report, &name, locale))?;
        if again {
            let ctx = ctx.clone();
            let check = || opened.site.db.snapshot_now(move |tx| reports::check(tx, &ctx, &report));
            let checked = Bar::during(locale.t("正在重算", "computing again"), check)?;
            good &= checked.good();
            say(verdict(&checked, locale))?;
        }
    }
    say(&match locale {
        Locale::Zh => format!("共 {count} 份。\n"),
        Locale::En => format!("{count} in all.\n"),
    })?;
    if good { Ok(()) } else { Err(Failure::Told) }
}

fn line(r: &Report, name: &str, locale: Locale) -> String {
    let (from, to, day, n, hash) = (&r.from, &r.to, r.as_of, r.version, &hex::encode(&r.hash)[..16]);
    match locale {
        Locale::Zh => format!("{name} {from} 至 {to}，截至 {day}，第 {n} 版  {hash}\n"),
        Locale::En => format!("{name} {from} to {to}, as known on {day}, version {n}  {hash}\n"),
    }
}

fn verdict(checked: &Checked, locale: Locale) -> &'static str {
    match (checked.same_bytes, checked.told, checked.equal) {
        (true, true, true) => locale.t("  ✓ 重算一致\n", "  ✓ the same when computed again\n"),
        (false, ..) => locale.t("  ✗ 内容和指纹对不上\n", "  ✗ it does not have its hash\n"),
        (_, false, _) => locale.t("  ✗ 日志里没有它\n", "  ✗ the journal does not tell of it\n"),
        _ => locale.t("  ✗ 重算不一样\n", "  ✗ computed again it differs\n"),
    }
}
