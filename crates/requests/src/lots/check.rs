//! Computing a draw again: from the file alone, and against what the site and its heads say.

use super::{BOUND, DRAWN, Lot};
use crate::store::lots as store;
use db::Tx;
use journal::tree;
use journal::tree::note::{Checkpoint, PublicKey};
use kernel::{Result, Say, Zone};
use rules::lot::{Fault, Sheet};
use sha2::{Digest, Sha256};

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Found {
    /// In words.
    pub say: Say,
    /// Whether it holds.
    pub good: bool,
}

/// What computing a draw again showed.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The sheet.
    pub sheet: Sheet,
    /// What was looked at.
    pub found: Vec<Found>,
}

impl Checked {
    /// Whether everything holds.
    pub fn good(&self) -> bool {
        self.found.iter().all(|f| f.good)
    }

    fn add(&mut self, good: bool, zh: &'static str, en: &'static str) {
        self.found.push(Found { say: Say::new(zh, en), good });
    }
}

/// Computes the draw of a sheet again; with the heads that somebody kept, also that it was bound before its
/// first day, and that this is the sheet that was signed. `keys` are those that may have signed, none where
/// the reader trusts no key yet. None where the text is no sheet.
pub fn check_file(text: &str, keys: &[PublicKey], heads: Option<&[String]>) -> Option<Checked> {
    let sheet = Sheet::parse(text)?;
    let faults = sheet.faults();
    let mut out = Checked { sheet, found: Vec::new() };
    for fault in [Fault::Commitment, Fault::Seed, Fault::Twice, Fault::Drawn] {
        let good = !faults.contains(&fault);
        match (good, fault) {
            (false, fault) => out.found.push(Found { say: fault.say(), good }),
            (true, Fault::Commitment) => {
                out.add(true, "密文和公布的指纹对得上", "The secret is the one that was published as a hash");
            }
            (true, Fault::Seed) => {
                out.add(true, "种子由密文和树头算出", "The seed follows from the secret and the head")
            }
            (true, Fault::Twice) => {}
            (true, Fault::Drawn) => {
                out.add(true, "重新抽一遍，结果一样", "Drawing again gives the same result")
            }
        }
    }
    if !keys.is_empty() {
        let label = Sheet::label(&out.sheet.origin, out.sheet.from, out.sheet.to);
        let good = keys.iter().any(|k| k.name == out.sheet.origin && k.verifies(&label, &out.sheet.secret));
        match good {
            true => out.add(
                true,
                "密文是平台密钥对这几天的签名",
                "The secret is the site key's signature under these days",
            ),
            false => {
                out.add(false, "密文不是平台密钥的签名", "The secret is not a signature of the site's key")
            }
        }
    }
    if let Some(heads) = heads {
        against(&mut out, text, keys, heads);
    }
    Some(out)
}

/// Looks for the sheet in heads that somebody kept.
fn against(out: &mut Checked, text: &str, keys: &[PublicKey], heads: &[String]) {
    let signed = |note: &String| match keys {
        [] => Checkpoint::parse(note).ok(),
        keys => keys.iter().find_map(|k| Checkpoint::open(note, k).ok()),
    };
    let heads: Vec<Checkpoint> = heads.iter().filter_map(signed).collect();
    let (from, to) = (out.sheet.from, out.sheet.to);
    let bound = format!("{from} {to} {}", hex::encode(out.sheet.commitment));
    let early = heads.iter().any(|h| {
        // The head of a day is signed right after it: that of the day before the first is early enough.
        h.day.unwrap_or_else(|| Zone::CHINA.date(h.at)) < from && h.lines(BOUND).any(|l| l == bound)
    });
    match early {
        true => {
            out.add(true, "开始以前的树头里就有这个指纹", "A head from before the first day holds the hash")
        }
        false => out.add(
            false,
            "给出的树头里，没有一个在开始以前写有这个指纹",
            "None of the heads given holds the hash before the first day",
        ),
    }
    let drawn = format!("{from} {}", hex::encode(Sha256::digest(text.as_bytes())));
    let (_, size, root) = out.sheet.head;
    match heads.iter().any(|h| h.size == size && h.root == root) {
        true => out.add(true, "所用的树头在给出的里面", "The head it goes by is among those given"),
        false => out.add(false, "所用的树头不在给出的里面", "The head it goes by is not among those given"),
    }
    match heads.iter().any(|h| h.lines(DRAWN).any(|l| l == drawn)) {
        true => out.add(true, "这张抽签单的指纹签在树头里", "The hash of this sheet is signed in a head"),
        false => {
            out.add(false, "给出的树头里没有这张抽签单的指纹", "No head given holds the hash of this sheet")
        }
    }
}

/// Computes a draw of the site again, with what its own record says.
///
/// Errors: those of the database.
pub fn check(tx: &mut dyn Tx, lot: &Lot, keys: &[PublicKey]) -> Result<Option<Checked>> {
    let text = store::sheet(tx, lot.from)?;
    let Some(mut out) = check_file(&text, keys, None) else { return Ok(None) };
    let hash = lot.hash.as_deref() == Some(Sha256::digest(text.as_bytes()).as_slice());
    let bound =
        lot.commitment == out.sheet.commitment && (lot.from, lot.to) == (out.sheet.from, out.sheet.to);
    match hash && bound {
        true => out.add(true, "抽签单就是当时留下的那张", "The sheet is the one that was kept"),
        false => out.add(false, "抽签单和当时留下的指纹不一样", "The sheet is not the one that was kept"),
    }
    let told = journal::events(tx, super::STREAM)?.into_iter().any(|e| {
        let same = |name: &str, value: &str| e.payload[name].as_str() == Some(value);
        e.kind == "drawn"
            && same("from", &lot.from.to_string())
            && same("sheet", &hex::encode(Sha256::digest(text.as_bytes())))
    });
    match told {
        true => out.add(true, "日志里记着这次抽签", "The journal tells of this draw"),
        false => out.add(false, "日志里没有这次抽签", "The journal does not tell of this draw"),
    }
    let (n, size, root) = out.sheet.head;
    let head = tree::head(tx, n)?;
    let good = match &head {
        Some(head) => head.size == size && head.checkpoint()?.root == root,
        None => false,
    };
    match good {
        true => out.add(true, "所用的树头是签过名的那个", "The head it goes by is the one that was signed"),
        false => {
            out.add(false, "所用的树头和签过名的不一样", "The head it goes by is not the one that was signed")
        }
    }
    let asked = super::asked(tx, lot)?;
    let same = asked.len() == out.sheet.drawn.len();
    match same {
        true => out.add(true, "抽中的都进了待回访", "What was drawn stands in the queue of calls"),
        false => {
            out.add(false, "待回访里的件数和抽中的不一样", "The queue of calls does not hold what was drawn")
        }
    }
    Ok(Some(out))
}
