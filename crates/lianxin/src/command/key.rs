//! `key`: keys for other programs from the shell.

use super::{by_shell, say};
use crate::cli::{KeyCommand, Where};
use crate::open;
use crate::outcome::{Failure, Outcome};
use crate::terminal::table;
use access::keys::{self, KeyInfo, NewKey};
use kernel::{KeyId, Locale, Timestamp, Zone};
use web::format;

/// Does it.
pub(super) fn run(args: &KeyCommand, locale: Locale) -> Outcome {
    match args {
        KeyCommand::Add { name, contact, place } => add(name, contact, place, locale),
        KeyCommand::List { all, place } => list(*all, place, locale),
        KeyCommand::Revoke { key, place } => revoke(key, place, locale),
    }
}

fn add(name: &str, contact: &str, place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let site = &*opened.site;
    let key = keys::make(&*site.chance);
    let new = NewKey { name: name.to_owned(), contact: contact.to_owned() };
    let (id, act, kept) = (KeyId::new(site.now(), &*site.chance), by_shell(site), key.clone());
    site.db.write_now(move |tx| keys::hand_out_in(tx, id, &new, &kept, &act))?;
    let name = name.trim();
    Ok(say(&match locale {
        Locale::Zh => format!("“{name}”的密钥（只显示这一次）：{key}\n"),
        Locale::En => format!("Key of \"{name}\", shown this once: {key}\n"),
    })?)
}

fn list(all: bool, place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let mut found = opened.site.db.read_now(keys::list)?;
    found.retain(|k| all || k.revoked_at.is_none());
    if found.is_empty() {
        return Err(Failure::refused("no-key", "没有密钥。", "there is no key."));
    }
    let zone = opened.site.zone;
    let rows: Vec<Vec<String>> = found.iter().map(|k| row(k, zone, locale)).collect();
    let head = [
        locale.t("编号", "Id"),
        locale.t("程序", "Program"),
        locale.t("联系人", "Whom to ask"),
        locale.t("发放", "Handed out"),
        locale.t("最近使用", "Last used"),
        locale.t("吊销", "Revoked"),
    ];
    Ok(say(&table(&head, &rows))?)
}

fn row(key: &KeyInfo, zone: Zone, locale: Locale) -> Vec<String> {
    let at = |at: Option<Timestamp>| at.map(|at| format::moment_year(locale, zone, at)).unwrap_or_default();
    vec![
        key.id.to_string(),
        key.name.clone(),
        key.contact.clone(),
        at(Some(key.created_at)),
        at(key.used_at),
        at(key.revoked_at),
    ]
}

fn revoke(key: &str, place: &Where, locale: Locale) -> Outcome {
    let opened = open::open(place)?;
    let site = &*opened.site;
    let found = site.db.read_now(keys::list)?;
    let live: Vec<&KeyInfo> = found.iter().filter(|k| k.revoked_at.is_none()).collect();
    let named: Vec<&KeyInfo> =
        live.into_iter().filter(|k| k.id.to_string() == key || k.name == key.trim()).collect();
    let id = match named.as_slice() {
        [one] => one.id,
        [] => {
            return Err(Failure::refused(
                "no-key",
                format!("没有有效的密钥“{key}”。用 lianxin key list 查看。"),
                format!("no key in force is \"{key}\": lianxin key list shows them."),
            ));
        }
        several => {
            let n = several.len();
            return Err(Failure::refused(
                "several-keys",
                format!("“{key}”有 {n} 把有效的密钥，请写编号（lianxin key list）。"),
                format!("\"{key}\" has {n} keys in force: give the id (lianxin key list)."),
            ));
        }
    };
    let act = by_shell(site);
    site.db.write_now(move |tx| keys::revoke_in(tx, id, &act))?;
    Ok(say(&match locale {
        Locale::Zh => format!("密钥 {id} 已吊销。\n"),
        Locale::En => format!("Key {id} is revoked.\n"),
    })?)
}
