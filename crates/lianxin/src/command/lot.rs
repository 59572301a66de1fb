//! `lot verify`: was a draw of call-backs what the lot said?

use super::say;
use super::verify_receipt::{read, trusted};
use crate::cli::{LotCommand, LotVerify};
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::progress::Bar;
use ::journal::tree::note::split;
use kernel::{Date, Locale};
use requests::lots::{self, Checked};

/// More than a site ever has.
const ALL: i64 = 1_000_000;

/// Does what the command line says.
pub(super) fn run(args: &LotCommand, locale: Locale) -> Outcome {
    let LotCommand::Verify(args) = args;
    match &args.file {
        Some(file) => one(args, &read(file)?, locale),
        None => all(args, locale),
    }
}

fn one(args: &LotVerify, text: &str, locale: Locale) -> Outcome {
    let keys: Vec<_> = args.key.as_deref().map(trusted).transpose()?.into_iter().collect();
    let heads = args.heads.as_deref().map(|path| read(path).map(|text| split(&text))).transpose()?;
    let checked = lots::check_file(text, &keys, heads.as_deref())
        .ok_or_else(|| Failure::refused("no-draw", "这不是抽签单。", "This is no sheet of a draw."))?;
    say(&words(&checked, locale))?;
    if keys.is_empty() {
        say(locale.t(
            "  没有给公钥，没有核对是谁的签名：用 --key 给出。\n",
            "  No key was given, so whose signature it is was not checked: give --key.\n",
        ))?;
    }
    if checked.good() { Ok(()) } else { Err(Failure::Told) }
}

fn all(args: &LotVerify, locale: Locale) -> Outcome {
    let opened = open::open(&args.place)?;
    let keys = crate::seal::keeper(&args.place.dir).known()?;
    let lots = opened.site.db.read_now(|tx| lots::list(tx, "9", ALL))?;
    let (mut good, mut drawn) = (true, 0);
    for lot in lots.into_iter().rev().filter(|l| l.drawn_at.is_some()) {
        let (keys, of) = (keys.clone(), lot.clone());
        let check = || opened.site.db.snapshot_now(move |tx| lots::check(tx, &of, &keys));
        let checked = Bar::during(locale.t("正在重抽", "drawing again"), check)?;
        drawn += 1;
        match checked {
            Some(checked) => {
                good &= checked.good();
                say(&words(&checked, locale))?;
            }
            None => {
                good = false;
                say(&broken(lot.from, locale))?;
            }
        }
    }
    say(&match locale {
        Locale::Zh => format!("共 {drawn} 次抽签。\n"),
        Locale::En => format!("{drawn} draws in all.\n"),
    })?;
    if good { Ok(()) } else { Err(Failure::Told) }
}

fn broken(from: Date, locale: Locale) -> String {
    match locale {
        Locale::Zh => format!("{from} 起的抽签单读不了。\n"),
        Locale::En => format!("The sheet of the draw from {from} on cannot be read.\n"),
    }
}

fn words(checked: &Checked, locale: Locale) -> String {
    let s = &checked.sheet;
    let (from, to, cases, drawn) = (s.from, s.to, s.cases.len(), s.drawn.len());
    let mut out = match locale {
        Locale::Zh => format!("{from} 至 {to}：{cases} 件可抽，抽中 {drawn} 件\n"),
        Locale::En => format!("{from} to {to}: {drawn} drawn of {cases}\n"),
    };
    for found in &checked.found {
        let mark = if found.good { "✓" } else { "✗" };
        out.push_str(&format!("  {mark} {}\n", found.say.to(locale)));
    }
    out.push_str(match checked.good() {
        true => locale.t("成立。\n", "It holds.\n"),
        false => locale.t("不成立。\n", "It does not hold.\n"),
    });
    out
}
