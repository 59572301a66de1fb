//! Receipts and proofs as files: anyone can check them without the site.
//!
//! ```text
//! receipt      { format, number, event, leaf, text?, sealed? { index, path, head, key } }
//! consistency  { format, from, to, path, key }       two heads: the older is the beginning of the newer
//! ```
//!
//! What a receipt proves, step by step: the event is the one whose hash is the leaf; the words given are those
//! that the event is bound to; the leaf stands in the tree whose root the head names; the head was signed with
//! the site's key. Whose key it is nothing in the file can prove: compare it with the one that is published.

use crate::canonical;
use crate::model::Hash;
use crate::store::tree as store;
use crate::tree::heads::{Head, heads, latest};
use crate::tree::merkle;
use crate::tree::note::{Checkpoint, PublicKey};
use crate::tree::proofs::{self, Leaf};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::Tx;
use kernel::{Error, Result, Say, Uuid};
use serde::{Deserialize, Serialize};

/// What a receipt calls its layout.
pub const RECEIPT: &str = "lianxin-receipt-1";
/// What a proof of consistency calls its layout.
pub const CONSISTENCY: &str = "lianxin-consistency-1";

/// The receipt of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`RECEIPT`].
    pub format: String,
    /// The case's number.
    pub number: String,
    /// The canonical bytes of the case's first event, in base64.
    pub event: String,
    /// The hash of its leaf, in hexadecimal.
    pub leaf: String,
    /// The words that the event is bound to; only for whoever said them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Opening>,
    /// Where it stands in the tree; none before it is sealed.
    #[serde(default)]
    pub sealed: Option<SealedAt>,
}

/// What opens a commitment ([`crate::commitment`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The salt, in hexadecimal.
    pub salt: String,
    /// The words.
    pub words: String,
}

/// Where a leaf stands, and the proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedAt {
    /// Its place, from 0.
    pub index: u64,
    /// The audit path, from the leaf up, in base64.
    pub path: Vec<String>,
    /// The signed head.
    pub head: String,
    /// The key that it is signed with.
    pub key: String,
}

/// That one head's tree is the beginning of another's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consistency {
    /// [`CONSISTENCY`].
    pub format: String,
    /// The older head.
    pub from: String,
    /// The newer one.
    pub to: String,
    /// The path, in base64.
    pub path: Vec<String>,
    /// The key that both are signed with.
    pub key: String,
}

/// The receipt of a stream's first event. `text` is what opens its commitment, for whoever may have it.
///
/// Errors: not found where there is no such event.
pub fn receipt(tx: &mut dyn Tx, number: &str, stream: Uuid, text: Option<Opening>) -> Result<Receipt> {
    let event = store::raw(tx, stream, 1)?.ok_or(Error::NotFound)?.canonical();
    Ok(Receipt {
        format: RECEIPT.to_owned(),
        number: number.to_owned(),
        leaf: hex::encode(merkle::leaf(&event)),
        event: STANDARD.encode(event),
        text,
        sealed: match proofs::leaf_of(tx, stream, 1)? {
            Some(leaf) => sealed(tx, &leaf)?,
            None => None,
        },
    })
}

/// Where a leaf stands, with the proof: under the last head that closes a day, for those are what people
/// keep, and under the last of all where none of a day covers it yet. None before it is sealed.
pub fn sealed(tx: &mut dyn Tx, leaf: &Leaf) -> Result<Option<SealedAt>> {
    let of_day = heads(tx, None, 1, true)?.pop().filter(|h| h.size > leaf.index);
    let head = match of_day {
        Some(head) => Some(head),
        None => latest(tx)?,
    };
    let Some(head) = head else { return Ok(None) };
    // Made a leaf since the last head was signed, it is sealed with the next.
    let Some(path) = proofs::inclusion(tx, leaf.index, head.size)? else { return Ok(None) };
    let key = key_of(tx, &head)?;
    Ok(Some(SealedAt { index: leaf.index, path: encoded(&path), head: head.note, key }))
}

/// That the tree of the older head is the beginning of the newer one's; none where there is no such proof.
pub fn consistency(tx: &mut dyn Tx, from: &Head, to: &Head) -> Result<Option<Consistency>> {
    let Some(path) = proofs::consistency(tx, from.size, to.size)? else { return Ok(None) };
    let key = key_of(tx, to)?;
    let format = CONSISTENCY.to_owned();
    Ok(Some(Consistency { format, from: from.note.clone(), to: to.note.clone(), path: encoded(&path), key }))
}

/// The public key that signed a head, as text; empty where it is not known.
fn key_of(tx: &mut dyn Tx, head: &Head) -> Result<String> {
    let keys = crate::tree::heads::keys(tx)?;
    let signed = keys.into_iter().find(|(key, _)| Checkpoint::open(&head.note, key).is_ok());
    Ok(signed.map(|(key, _)| key.to_string()).unwrap_or_default())
}

fn encoded(path: &[Hash]) -> Vec<String> {
    path.iter().map(|h| STANDARD.encode(h)).collect()
}

fn decoded(path: &[String]) -> Option<Vec<Hash>> {
    path.iter().map(|h| STANDARD.decode(h).ok()?.try_into().ok()).collect()
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whether it holds; none where there was nothing to check it by.
    pub good: Option<bool>,
    /// What.
    pub say: Say,
}

/// What checking came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Step by step.
    pub steps: Vec<Step>,
    /// The key that the head is signed with, as the file says.
    pub key: Option<PublicKey>,
    /// The head.
    pub head: Option<Checkpoint>,
    /// The event.
    pub event: Option<canonical::Owned>,
}

impl Checked {
    /// Whether everything that was checked holds.
    pub fn good(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|s| s.good != Some(false))
    }

    fn step(&mut self, good: impl Into<Option<bool>>, zh: &'static str, en: &'static str) {
        self.steps.push(Step { good: good.into(), say: Say::new(zh, en) });
    }

    /// The key that counts: the one that is trusted, or the one in the file.
    fn signer(&mut self, trusted: Option<&PublicKey>, text: &str) -> Option<PublicKey> {
        self.key = PublicKey::parse(text).ok();
        if let Some(trusted) = trusted {
            let same = self.key.as_ref() == Some(trusted);
            self.step(same, "签名公钥就是您信任的那一把", "The key is the one you trust");
        }
        trusted.cloned().or_else(|| self.key.clone())
    }
}

impl Receipt {
    /// Checks a receipt against nothing but itself and, where one is given, a key that is trusted.
    pub fn check(&self, trusted: Option<&PublicKey>) -> Checked {
        let mut out = Checked::default();
        out.step(self.format == RECEIPT, "是一张回执", "It is a receipt");
        let bytes = STANDARD.decode(&self.event).unwrap_or_default();
        let leaf = merkle::leaf(&bytes);
        out.step(
            hex::encode(leaf) == self.leaf.to_lowercase(),
            "登记内容与叶哈希一致",
            "The record has the hash of the leaf",
        );
        out.event = canonical::parse(&bytes);
        let payload: serde_json::Value = match &out.event {
            Some(event) => serde_json::from_str(&event.payload).unwrap_or_default(),
            None => serde_json::Value::Null,
        };
        let first = out.event.as_ref().is_some_and(|e| e.stream_kind == "request" && e.seq == 1);
        let numbered = first && payload["number"].as_str() == Some(&self.number);
        out.step(numbered, "登记的就是这个编号", "The record is that of this number");
        if let Some(text) = &self.text {
            let salt: Option<[u8; 16]> = hex::decode(&text.salt).ok().and_then(|s| s.try_into().ok());
            let bound = salt.map(|salt| crate::commitment(&salt, &text.words));
            let same = bound.is_some() && bound.as_deref() == payload["text"].as_str();
            out.step(same, "登记时说的就是这些话", "These are the words that were registered");
        }
        match &self.sealed {
            None => {
                out.step(None, "还没有封存，稍后再下载一次", "It is not sealed yet: download it again later")
            }
            Some(sealed) => sealed.check(&mut out, &leaf, trusted),
        }
        out
    }
}

impl SealedAt {
    fn check(&self, out: &mut Checked, leaf: &Hash, trusted: Option<&PublicKey>) {
        let key = out.signer(trusted, &self.key);
        let signed = key.as_ref().is_some_and(|k| Checkpoint::open(&self.head, k).is_ok());
        out.step(signed, "树头是用这把公钥签的", "The head is signed with this key");
        out.head = Checkpoint::parse(&self.head).ok();
        let stands = out.head.as_ref().zip(decoded(&self.path)).is_some_and(|(head, path)| {
            merkle::proves_inclusion(leaf, self.index, head.size, &path, &head.root)
        });
        out.step(stands, "这片叶确实在树里", "The leaf stands in the tree");
    }
}

impl Consistency {
    /// Checks that nothing was changed or taken away between two heads.
    pub fn check(&self, trusted: Option<&PublicKey>) -> Checked {
        let mut out = Checked::default();
        out.step(self.format == CONSISTENCY, "是一份一致性证明", "It is a proof of consistency");
        let key = out.signer(trusted, &self.key);
        let open = |note: &str| key.as_ref().and_then(|k| Checkpoint::open(note, k).ok());
        let (from, to) = (open(&self.from), open(&self.to));
        out.step(from.is_some(), "较早的树头是用这把公钥签的", "The older head is signed with this key");
        out.step(to.is_some(), "较新的树头是用这把公钥签的", "The newer head is signed with this key");
        let grows =
            from.as_ref().zip(to.as_ref()).zip(decoded(&self.path)).is_some_and(|((from, to), path)| {
                merkle::proves_consistency(from.size, to.size, &from.root, &to.root, &path)
            });
        out.step(grows, "较新的树只是在较早的树后面接着长", "The newer tree only adds to the older one");
        out.head = to;
        out
    }
}
