//! `pack what-if`: what would a changed pack have meant for a time that is past?

use super::say;
use crate::cli::WhatIf as Args;
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::progress::Bar;
use kernel::{Date, Locale};
use requests::{Change, Ctx, Trial, WhatIf, what_if};
use std::sync::Arc;

/// Goes through the time again and tells every difference.
pub(super) fn run(args: &Args, locale: Locale) -> Outcome {
    if args.from.zip(args.to).is_some_and(|(from, to)| from > to) {
        return Err(Failure::usage("--from 不能晚于 --to。", "--from must not come after --to."));
    }
    let other = open::load_pack(&std::env::current_dir().map_err(kernel::Error::internal)?, &args.pack)?;
    let opened = open::open(&args.place)?;
    let site = &opened.site;
    let (from, to) = args.from.zip(args.to).unwrap_or_else(|| last_month(site.today()));
    let after = to.tomorrow().map_err(kernel::Error::internal)?;
    let (start, end) = (site.zone.start_of(from), site.zone.start_of(after));
    let ctx = Ctx::system(site);
    let bar = Arc::new(Bar::new(0, locale.t("已比较", "compared")));
    let (shown, pack) = (bar.clone(), other.clone());
    let found = site.db.snapshot_now(move |tx| {
        let trial = Trial { pack: &pack, from: start, to: end };
        what_if(tx, &ctx, &trial, &|n| shown.at(n))
    })?;
    drop(bar);
    let head = match locale {
        Locale::Zh => format!(
            "{from} 至 {to}：{} 个步骤、{} 个时限，按“{}”{} 重新过了一遍。\n",
            found.steps, found.clocks, other.name.zh, other.version
        ),
        Locale::En => format!(
            "{from} to {to}: {} steps and {} clocks, gone through again under \"{}\" {}.\n",
            found.steps, found.clocks, other.name.en, other.version
        ),
    };
    Ok(say(&(head + &words(&found, locale)))?)
}

fn last_month(today: Date) -> (Date, Date) {
    let last = today.first_of_month().yesterday().unwrap_or(today);
    (last.first_of_month(), last)
}

fn words(found: &WhatIf, locale: Locale) -> String {
    if found.changes.is_empty() {
        return locale.t("没有任何不同。\n", "Nothing would have differed.\n").to_owned();
    }
    let line = |(change, seen): (&Change, &requests::Seen)| {
        let cases = seen.cases.join(locale.t("、", ", "));
        match locale {
            Locale::Zh => format!("  {}：{} 次，例如 {cases}\n", about(change, locale), seen.n),
            Locale::En => format!("  {}: {} times, such as {cases}\n", about(change, locale), seen.n),
        }
    };
    let lines: String = found.changes.iter().map(line).collect();
    lines
        + locale.t(
            "以上只是比较：已经答应的日期和已经办过的步骤都不变。\n",
            "This compares and no more: what was promised and what was done stands.\n",
        )
}

fn about(change: &Change, locale: Locale) -> String {
    let pair = |zh: String, en: String| match locale {
        Locale::Zh => zh,
        Locale::En => en,
    };
    match change {
        Change::Earlier(c) => {
            pair(format!("{}会提前", c.name().zh), format!("{}: would fall earlier", c.name().en))
        }
        Change::Later(c) => {
            pair(format!("{}会推后", c.name().zh), format!("{}: would fall later", c.name().en))
        }
        Change::NewBreach(c) => pair(
            format!("{}原来没超，会变成超时", c.name().zh),
            format!("{}: was in time, would have been late", c.name().en),
        ),
        Change::NoBreach(c) => pair(
            format!("{}原来超时，会变成不超", c.name().zh),
            format!("{}: was late, would have been in time", c.name().en),
        ),
        Change::MoreNotice(n) => {
            pair(format!("会多一次{}", n.name().zh), format!("\"{}\" would be owed besides", n.name().en))
        }
        Change::FewerNotice(n) => {
            pair(format!("会少一次{}", n.name().zh), format!("\"{}\" would not be owed", n.name().en))
        }
        Change::MoreClock(c) => {
            pair(format!("会多起一个{}", c.name().zh), format!("{}: would start besides", c.name().en))
        }
        Change::FewerClock(c) => {
            pair(format!("不会再起{}", c.name().zh), format!("{}: would not start", c.name().en))
        }
        Change::MoreNeed(v, n) => pair(
            format!("“{}”会多要：{}", v.name().zh, n.name().zh),
            format!("\"{}\" would also ask for: {}", v.name().en, n.name().en),
        ),
        Change::FewerNeed(v, n) => pair(
            format!("“{}”不再要：{}", v.name().zh, n.name().zh),
            format!("\"{}\" would not ask for: {}", v.name().en, n.name().en),
        ),
        Change::Gone(s, v) => pair(
            format!("在“{}”不能再“{}”", s.name().zh, v.name().zh),
            format!("\"{}\" would not be possible while \"{}\"", v.name().en, s.name().en),
        ),
        Change::NoClass => {
            pair("那个政策包里没有这一类".to_owned(), "that pack has no such class".to_owned())
        }
    }
}
