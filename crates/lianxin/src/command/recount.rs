//! `recount`: do the counters say what the requests and the visits say, and the list of households that may be one what
//! the register says?

use super::say;
use crate::cli::Where;
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::progress::Bar;
use kernel::{HouseholdId, Locale};
use register::households::{self, AlikeDrift};
use requests::{Ctx, recount};

/// Counts every request anew and names each counter that differs.
pub(super) fn run(place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let ctx = Ctx::system(&opened.site);
    let inner = ctx.clone();
    let bar = Bar::new(0, locale.t("正在重算", "counting anew"));
    let differences = opened.site.db.snapshot_now(move |tx| recount(tx, &inner))?;
    let site = opened.site.clone();
    let drifts = opened.site.db.snapshot_now(move |tx| liaison::tally::recount(tx, &site, false))?;
    let (pairs, alike) = alike(&opened.site)?;
    drop(bar);
    if differences.is_empty() && drifts.is_empty() && pairs == 0 {
        say(locale.t(
            "一致：统计数与逐件重算相同。\n",
            "The same: every counter says what the requests, the visits and the plans say.\n",
        ))?;
        return Ok(());
    }
    let count = differences.len() + drifts.len() + pairs;
    let mut out = match locale {
        Locale::Zh => format!("有 {count} 个统计数与逐件重算不同：\n"),
        Locale::En => format!("{count} counters differ from what they count:\n"),
    };
    for d in differences.iter().take(50) {
        let name = ctx.dir.name(d.key, locale);
        let (kept, counted) = (d.kept.received, d.counted.received);
        let class = if d.class.is_empty() { "" } else { d.class.as_str() };
        out.push_str(&match locale {
            Locale::Zh => format!("  {} {name} {class} 受理 {kept} 件，重算 {counted} 件\n", d.month),
            Locale::En => format!("  {} {name} {class} received {kept}, counted {counted}\n", d.month),
        });
    }
    for d in drifts.iter().take(50) {
        let name = ctx.dir.by_path(&d.path).map_or(d.path.as_str(), |u| u.name(locale));
        let list = |numbers: &[i64]| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" / ");
        let (kept, counted) = (list(&d.counted), list(&d.computed));
        out.push_str(&match locale {
            Locale::Zh => format!("  {} {} {name} 记为 {kept}，重算 {counted}\n", d.period, d.of),
            Locale::En => format!("  {} {} {name} says {kept}, counted {counted}\n", d.period, d.of),
        });
    }
    for (one, other, missing) in &alike {
        out.push_str(&match (locale, missing) {
            (Locale::Zh, true) => format!("  可能重复的户 {one} {other} 没有列出\n"),
            (Locale::Zh, false) => format!("  可能重复的户 {one} {other} 列出有误\n"),
            (Locale::En, true) => format!("  households that may be one: {one} {other} is not listed\n"),
            (Locale::En, false) => format!("  households that may be one: {one} {other} is listed wrongly\n"),
        });
    }
    out.push_str(locale.t(
        "怎么办：不要手工改库；保留现场，核对日志（lianxin journal verify），并把这份清单交给维护的人。\n",
        "What to do: change nothing by hand; verify the journal (lianxin journal verify) and hand this list to\n\
         whoever maintains the site.\n",
    ));
    say(&out)?;
    Err(Failure::Told)
}

/// Two households by their codes, and whether the pair is missing.
type Pair = (String, String, bool);

/// How many pairs of households that may be one are listed otherwise than they are found anew, and the first of them by
/// their codes.
fn alike(site: &access::SharedSite) -> kernel::Result<(usize, Vec<Pair>)> {
    let today = site.today();
    site.db.snapshot_now(move |tx| {
        let drift = households::alike_drift(tx, today)?;
        let code = |tx: &mut dyn db::Tx, id: HouseholdId| {
            households::get(tx, id).map(|h| h.map_or_else(|| id.to_string(), |h| h.code))
        };
        let mut shown = Vec::new();
        for AlikeDrift { kept, other, missing } in drift.iter().take(50) {
            shown.push((code(tx, *kept)?, code(tx, *other)?, *missing));
        }
        Ok((drift.len(), shown))
    })
}
