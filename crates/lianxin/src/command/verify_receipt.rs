//! `verify-receipt`: checks a receipt, or a proof of consistency, with nothing but the file.

use super::say;
use crate::cli::VerifyReceipt;
use crate::outcome::{Failure, Outcome};
use ::journal::canonical::Owned;
use ::journal::tree::note::{Checkpoint, PublicKey, split};
use ::journal::tree::receipt::{CONSISTENCY, Checked, Consistency, RECEIPT, Receipt, Step};
use kernel::{Locale, Say, Zone};
use std::path::Path;

/// Checks; 0 where all holds, 1 where something does not, nothing is sealed yet, or it cannot be read.
pub(super) fn run(args: &VerifyReceipt, locale: Locale) -> Outcome {
    let text = read(&args.file)?;
    let key = args.key.as_deref().map(trusted).transpose()?;
    let heads = args.heads.as_deref().map(|path| read(path).map(|text| split(&text))).transpose()?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| no_receipt(&args.file))?;
    let mut checked = match value["format"].as_str() {
        Some(RECEIPT) => {
            let receipt: Receipt = serde_json::from_value(value).map_err(|_| no_receipt(&args.file))?;
            receipt.check(key.as_ref())
        }
        Some(CONSISTENCY) => {
            let proof: Consistency = serde_json::from_value(value).map_err(|_| no_receipt(&args.file))?;
            proof.check(key.as_ref())
        }
        _ => return Err(no_receipt(&args.file)),
    };
    if let Some(heads) = &heads {
        let signer = key.clone().or_else(|| checked.key.clone());
        if let Some(step) = among(checked.head.as_ref(), heads, signer.as_ref()) {
            checked.steps.push(step);
        }
    }
    say(&words(&checked, key.is_some(), locale))?;
    let sealed = checked.head.is_some();
    if checked.good() && sealed { Ok(()) } else { Err(Failure::Told) }
}

pub(super) fn read(path: &Path) -> std::result::Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| {
        let path = path.display();
        Failure::refused("unreadable", format!("读不了 {path}：{e}"), format!("cannot read {path}: {e}"))
    })
}

fn no_receipt(path: &Path) -> Failure {
    let path = path.display();
    Failure::refused(
        "no-receipt",
        format!("{path} 不是回执，也不是一致性证明。"),
        format!("{path} is neither a receipt nor a proof of consistency."),
    )
}

/// A key as it is published, or a file that holds one.
pub(super) fn trusted(given: &str) -> std::result::Result<PublicKey, Failure> {
    let text = match std::fs::read_to_string(given) {
        Ok(text) => text,
        Err(_) => given.to_owned(),
    };
    let last = text.lines().rfind(|l| !l.trim().is_empty()).unwrap_or_default();
    PublicKey::parse(last).map_err(|error| {
        let say = error.say();
        Failure::usage(say.zh, say.en)
    })
}

/// Whether the head is one of those that were kept: the same tree of that size, signed by the same key.
fn among(head: Option<&Checkpoint>, kept: &[String], key: Option<&PublicKey>) -> Option<Step> {
    let (head, key) = (head?, key?);
    let of_size = |note: &String| Checkpoint::open(note, key).ok().filter(|c| c.size == head.size);
    let step = |good, zh: &'static str, en: &'static str| Step { good, say: Say::new(zh, en) };
    Some(match kept.iter().find_map(of_size) {
        Some(c) if c.root == head.root => {
            step(Some(true), "树头就是您留存的那一个", "The head is one of those that you kept")
        }
        Some(_) => step(
            Some(false),
            "同样大小的树头，您留存的是另一个：记录被换过",
            "You kept another head over as many leaves: the record was exchanged",
        ),
        None => step(
            None,
            "留存的树头里没有同样大小的，换一个时间下载的回执再比",
            "None of the heads that you kept is over as many leaves: compare a receipt of another day",
        ),
    })
}

fn words(checked: &Checked, trusted: bool, locale: Locale) -> String {
    let mut out = String::new();
    for step in &checked.steps {
        let mark = match step.good {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "–",
        };
        out.push_str(&format!("{mark} {}\n", step.say.to(locale)));
    }
    if let Some(event) = &checked.event {
        out.push_str(&about(event, locale));
    }
    if let Some(head) = &checked.head {
        let at = head.at.0.div_euclid(1000);
        let when = jiff::Timestamp::from_second(at).map(|t| t.to_string()).unwrap_or_default();
        out.push_str(&match locale {
            Locale::Zh => format!("  树头：{}，{} 片叶，{when}\n", head.origin, head.size),
            Locale::En => format!("  head: {}, {} leaves, {when}\n", head.origin, head.size),
        });
    }
    if let Some(key) = checked.key.as_ref().filter(|_| !trusted) {
        out.push_str(&match locale {
            Locale::Zh => format!("  公钥：{key}\n  请和公示的公钥对一对，或用 --key 给出。\n"),
            Locale::En => format!(
                "  key: {key}\n  Compare it with the one that is published, or give that with --key.\n"
            ),
        });
    }
    out.push_str(match (checked.good(), checked.head.is_some()) {
        (true, true) => locale.t("成立：登记在案，没有被改过。\n", "It holds: it is on record, and nothing was changed.\n"),
        (true, false) => locale.t(
            "还没有封存：内容没有被改过，但还证明不了什么。请过几分钟重新下载。\n",
            "Not sealed yet: nothing was changed, and nothing is proved. Download it again in some minutes.\n",
        ),
        (false, _) => locale.t(
            "不成立：文件被改过，或者不是这个平台的。\n",
            "It does not hold: the file was changed, or is not of this site.\n",
        ),
    });
    out
}

/// What was registered, as the event has it.
fn about(event: &Owned, locale: Locale) -> String {
    let payload: serde_json::Value = serde_json::from_str(&event.payload).unwrap_or_default();
    let number = payload["number"].as_str().unwrap_or_default();
    let when = web::format::iso(Zone::CHINA, event.at);
    match locale {
        Locale::Zh => format!("  {number}，登记于 {when}\n"),
        Locale::En => format!("  {number}, registered {when}\n"),
    }
}
