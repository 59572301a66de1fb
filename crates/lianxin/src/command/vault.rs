//! `vault`: the master keys.

use super::say;
use crate::cli::{VaultCheck, VaultCommand, Where};
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::progress::Bar;
use access::vault::{self, Checkup, Damaged, Kind, Origin, Rotation};
use kernel::Locale;

/// How many are wrapped anew in one transaction.
const BATCH: usize = 500;

/// Does what was asked.
pub(super) fn run(command: &VaultCommand, locale: Locale) -> Outcome {
    match command {
        VaultCommand::Check(args) => check(args, locale),
        VaultCommand::Rotate(place) => rotate(place, locale),
    }
}

fn check(args: &VaultCheck, locale: Locale) -> Outcome {
    let opened = open::open(&args.place)?;
    let keys = opened.site.keyring.clone();
    opened.site.db.read_now({
        let keys = keys.clone();
        move |tx| keys.check(tx)
    })?;
    let (id, at) = (keys.id()?, origin(keys.origin()));
    say(&match locale {
        Locale::Zh => format!("主密钥 {id} 在用，取自 {at}。\n"),
        Locale::En => format!("Master key {id} is in force, from {at}.\n"),
    })?;
    if keys.count()? > 1 {
        say(locale.t(
            "旧密钥还在：有一次轮换没有做完，请再执行 lianxin vault rotate。\n",
            "An old key is still there: a rotation was broken off; call lianxin vault rotate again.\n",
        ))?;
    }
    let done = try_all(&opened, args.sample, locale)?;
    let (tried, total, bad) = (done.tried, done.total, done.bad);
    say(&match (locale, bad) {
        (Locale::Zh, 0) => format!("密文共 {total} 项，试开 {tried} 项，都打得开。\n"),
        (Locale::En, 0) => format!("{total} things are sealed; {tried} were tried, and all open.\n"),
        (Locale::Zh, _) => format!("密文共 {total} 项，试开 {tried} 项，有 {bad} 项打不开：\n"),
        (Locale::En, _) => {
            format!("{total} things are sealed; {tried} were tried, and {bad} of them do not open:\n")
        }
    })?;
    if bad == 0 {
        return Ok(());
    }
    for one in &done.damaged {
        say(&format!("  {}\n", name(one, locale)))?;
    }
    if bad > done.damaged.len() as u64 {
        say(locale.t("  （只列出前面这些）\n", "  (and more)\n"))?;
    }
    say(locale.t(
        "打不开的，是这一行被改动或损坏：请从备份里找回这一行。其余的不受影响。\n",
        "What does not open was changed or damaged in the database: bring these rows back from a copy. Nothing else \
         is concerned.\n",
    ))?;
    Err(Failure::Told)
}

/// Opens all that is sealed, or so much of it.
fn try_all(opened: &open::Opened, sample: Option<u64>, locale: Locale) -> kernel::Result<Checkup> {
    let (db, keys, chance) = (&opened.site.db, &opened.site.keyring, &opened.site.chance);
    let mut so_far = db.read_now(move |tx| Checkup::begin(tx, sample))?;
    let bar = Bar::new(so_far.total, locale.t("试开密文", "opening what is sealed"));
    loop {
        let (keys, chance, from) = (keys.clone(), chance.clone(), so_far.clone());
        let (n, next) = db.read_now(move |tx| from.step(tx, &keys, &*chance, BATCH))?;
        so_far = next;
        if n == 0 {
            return Ok(so_far);
        }
        bar.at(so_far.seen);
    }
}

/// What kind of thing it is, and its id; nothing of anybody.
fn name(one: &Damaged, locale: Locale) -> String {
    let Damaged { kind, id, slot } = one;
    match kind {
        Kind::Person => format!("{} {id}", locale.t("诉求人", "person")),
        Kind::File => format!("{} {id}", locale.t("附件", "file")),
        Kind::Text => match locale {
            Locale::Zh => format!("诉求 {id} 的原文（{slot}）"),
            Locale::En => format!("text of the case {id} ({slot})"),
        },
    }
}

fn rotate(place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let (site, keys) = (&opened.site, opened.site.keyring.clone());
    site.db.read_now({
        let keys = keys.clone();
        move |tx| keys.check(tx)
    })?;
    let goes_on = vault::begin(&keys)?;
    if *keys.origin() == Origin::Given && !goes_on {
        return Err(Failure::refused(
            "vault-one-key",
            "环境变量里只有一把密钥。请先写新密钥，再写旧密钥，用半角逗号隔开，然后再执行。",
            "The variable holds one key. Write it as NEW,OLD and call this again.",
        ));
    }
    let at = site.now();
    let total = site.db.write_now({
        let keys = keys.clone();
        move |tx| vault::left(tx, &keys, at)
    })?;
    let bar = Bar::new(total.max(0) as u64, locale.t("重新包装密钥", "wrapping keys anew"));
    let (mut done, mut so_far) = (0u64, Rotation::default());
    loop {
        let (keys, from) = (keys.clone(), so_far.clone());
        let (n, next) = site.db.write_now(move |tx| vault::step(tx, &keys, &from, BATCH))?;
        if n == 0 {
            break;
        }
        (done, so_far) = (done + n as u64, next);
        bar.at(done);
    }
    drop(bar);
    let left = site.db.read_now({
        let keys = keys.clone();
        move |tx| vault::finish(tx, &keys)
    })?;
    if left > 0 {
        return Err(Failure::refused(
            "vault-left",
            format!("还有 {left} 项没有换完，旧密钥保留着。请再执行一次。"),
            format!("{left} are still wrapped by the old key, which is kept. Call this again."),
        ));
    }
    let (id, at) = (keys.id()?, origin(keys.origin()));
    say(&match locale {
        Locale::Zh => {
            format!("已换成主密钥 {id}（{at}），重新包装了 {done} 项，旧密钥已停用。请另行保存新的主密钥。\n")
        }
        Locale::En => {
            format!(
                "Master key {id} is in force ({at}); {done} wrapped anew, the old key is retired. Keep a copy apart.\n"
            )
        }
    })?;
    Ok(())
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::File(path) => path.display().to_string(),
        Origin::Given => open::VAULT_KEY.to_owned(),
        Origin::Memory => String::new(),
    }
}
