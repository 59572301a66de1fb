//! `deadline verify`: does every promised date follow from its certificate?

use super::say;
use crate::cli::DeadlineCommand;
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::progress::Bar;
use access::Site;
use kernel::{Locale, Timestamp};
use requests::{Checked, Ctx, Finding, recheck};
use std::sync::Arc;

/// Counts every certificate anew.
pub(super) fn run(args: &DeadlineCommand, locale: Locale) -> Outcome {
    let DeadlineCommand::Verify(place) = args;
    let opened = open::open(place)?;
    let ctx = Ctx::system(&opened.site);
    let bar = Arc::new(Bar::new(0, locale.t("已重算", "counted anew")));
    let (shown, inner) = (bar.clone(), ctx.clone());
    let checked = opened.site.db.snapshot_now(move |tx| recheck(tx, &inner, &|n| shown.at(n)))?;
    drop(bar);
    say(&words(&opened.site, &checked, locale))?;
    if checked.faults == 0 { Ok(()) } else { Err(Failure::Told) }
}

fn words(site: &Site, checked: &Checked, locale: Locale) -> String {
    let Checked { certificates, faults, otherwise, found } = checked;
    let mut out = match (locale, faults) {
        (Locale::Zh, 0) => format!("无误：{certificates} 张时限凭证，逐张重算一致。\n"),
        (Locale::En, 0) => format!("Right: {certificates} certificates, each counted anew.\n"),
        (Locale::Zh, _) => format!("{certificates} 张时限凭证中，有 {faults} 处与重算不符：\n"),
        (Locale::En, _) => format!("Of {certificates} certificates, {faults} do not hold:\n"),
    };
    let at = |t: Timestamp| web::format::moment_year(locale, site.zone, t);
    let list = |faulty: bool| -> String {
        let some = found.iter().filter(|f| f.finding.is_fault() == faulty);
        some.map(|f| {
            let what = match (&f.finding, locale) {
                (Finding::Broken(difference), _) => difference.say().to(locale).to_owned(),
                (Finding::Moved { stored, certified }, Locale::Zh) => {
                    format!("所存日期 {}，凭证 {}", at(*stored), at(*certified))
                }
                (Finding::Moved { stored, certified }, Locale::En) => {
                    format!("stored {}, certified {}", at(*stored), at(*certified))
                }
                (Finding::Otherwise { promised, would_be }, Locale::Zh) => {
                    format!("已答应 {}，按现行规则是 {}", at(*promised), at(*would_be))
                }
                (Finding::Otherwise { promised, would_be }, Locale::En) => {
                    format!("promised {}, today's rules say {}", at(*promised), at(*would_be))
                }
            };
            format!("  {} {} #{}  {what}\n", f.number, f.clock.name().to(locale), f.run)
        })
        .collect()
    };
    out.push_str(&list(true));
    if *otherwise > 0 {
        out.push_str(&match locale {
            Locale::Zh => {
                format!("按现行规则日期会不同的在办时限 {otherwise} 个；已经答应的不变，请人决定是否改：\n")
            }
            Locale::En => format!(
                "{otherwise} open dates would differ under today's rules; what was promised stays, people decide:\n"
            ),
        });
        out.push_str(&list(false));
    }
    out
}
