//! Signed notes and the keys that sign them, in the formats that other programs read.
//!
//! A head is a checkpoint (C2SP tlog-checkpoint) in a signed note (C2SP signed-note):
//!
//! ```text
//! lianxin.example/journal                      origin
//! 4711                                         how many leaves
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I= root, in base64
//! time 1763769600000                           ms since 1970 UTC
//! mark 4711                                    the newest event's number when it was signed
//! day 2026-11-21                               the day that it closes, where it closes one
//! numbers YQA-2026 123                         further lines that whoever seals wants to be bound by
//!
//! — lianxin.example/journal Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe…   key and Ed25519 signature
//! ```
//!
//! The signature covers the text up to the empty line. Keys are written as other programs write them:
//! `name+hash+base64` with the algorithm's number before the 32 bytes.

use crate::model::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::{Chance, Date, Error, Result, Timestamp};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

/// The number of Ed25519 in keys of signed notes.
const ED25519_NOTE: u8 = 1;

/// A public key with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Whose: the origin of the tree.
    pub name: String,
    key: [u8; 32],
}

impl PublicKey {
    /// From `name+hash+base64`.
    ///
    /// Errors: refused (`not-a-key`) where it is none, or its parts do not fit together.
    pub fn parse(text: &str) -> Result<PublicKey> {
        let wrong = || {
            Error::refused(
                "not-a-key",
                "这不是签名公钥，应形如 名称+8位校验+base64。",
                "This is no public key: it looks like name+8 digits+base64.",
            )
        };
        // A name holds no plus, the base64 at the end may.
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(hash), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let bytes = STANDARD.decode(encoded).map_err(|_| wrong())?;
        let (algorithm, key) = bytes.split_first().ok_or_else(wrong)?;
        let key: [u8; 32] = key.try_into().map_err(|_| wrong())?;
        let found = PublicKey { name: name.to_owned(), key };
        let fits = *algorithm == ED25519_NOTE && hex::encode(found.id()) == hash && is_name(name);
        if fits { Ok(found) } else { Err(wrong()) }
    }

    /// The first four bytes of SHA-256 over name and key: what a signature says it was made with.
    pub fn id(&self) -> [u8; 4] {
        let digest: Hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519_NOTE])
            .chain_update(self.key)
            .finalize()
            .into();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// The 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.key
    }

    /// Whether this key has signed `text`: 64 bytes of Ed25519.
    pub fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.key).verify(text.as_bytes(), signature).is_ok()
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = vec![ED25519_NOTE];
        bytes.extend_from_slice(&self.key);
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id()), STANDARD.encode(bytes))
    }
}

/// A key that signs; it never prints.
pub struct SigningKey {
    public: PublicKey,
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.public)
    }
}

/// Whether a text can name a key: no white space, no plus.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

impl SigningKey {
    /// A new key for the tree of this origin.
    ///
    /// Errors: internal where the origin cannot name a key.
    pub fn make(origin: &str, chance: &dyn Chance) -> Result<SigningKey> {
        let mut seed = [0; 32];
        chance.fill(&mut seed);
        Self::from_seed(origin, seed)
    }

    fn from_seed(name: &str, seed: [u8; 32]) -> Result<SigningKey> {
        if !is_name(name) {
            return Err(Error::internal(format!("a tree cannot be called {name:?}")));
        }
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(Error::internal)?;
        let key: [u8; 32] =
            pair.public_key().as_ref().try_into().map_err(|_| Error::internal("a key of another length"))?;
        Ok(SigningKey { public: PublicKey { name: name.to_owned(), key }, seed, pair })
    }

    /// From what [`SigningKey::secret`] gave.
    ///
    /// Errors: internal where it is no such key.
    pub fn parse(text: &str) -> Result<SigningKey> {
        let wrong = || Error::internal("the file of the sealing key holds no key");
        let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or_else(wrong)?;
        let mut parts = rest.splitn(3, '+');
        let (name, hash, encoded) = (parts.next(), parts.next(), parts.next());
        let (Some(name), Some(hash), Some(encoded)) = (name, hash, encoded) else { return Err(wrong()) };
        let bytes = STANDARD.decode(encoded).map_err(|_| wrong())?;
        let (algorithm, seed) = bytes.split_first().ok_or_else(wrong)?;
        let key = Self::from_seed(name, seed.try_into().map_err(|_| wrong())?)?;
        let fits = *algorithm == ED25519_NOTE && hex::encode(key.public.id()) == hash;
        if fits { Ok(key) } else { Err(wrong()) }
    }

    /// The key in the form of a signed note's private key: for its file alone.
    pub fn secret(&self) -> String {
        let mut bytes = vec![ED25519_NOTE];
        bytes.extend_from_slice(&self.seed);
        format!(
            "PRIVATE+KEY+{}+{}+{}",
            self.public.name,
            hex::encode(self.public.id()),
            STANDARD.encode(bytes)
        )
    }

    /// Its public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The 64 bytes of its signature under `text`. Ed25519 signs the same text in the same way each time
    /// (RFC 8032), so this can stand for a secret that nobody has to keep.
    pub fn vouch(&self, text: &str) -> Vec<u8> {
        self.pair.sign(text.as_bytes()).as_ref().to_vec()
    }

    /// The note that says these things of the tree.
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let text = checkpoint.text();
        let mut signed = self.public.id().to_vec();
        signed.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n— {} {}\n", self.public.name, STANDARD.encode(signed))
    }
}

/// What a head says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Of which tree.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// When it was signed.
    pub at: Timestamp,
    /// The newest event's number then: where the sealer goes on.
    pub mark: i64,
    /// The day that it closes; none for those between.
    pub day: Option<Date>,
    /// Further lines, each a word and what it says.
    pub more: Vec<String>,
}

impl Checkpoint {
    /// The text that is signed.
    fn text(&self) -> String {
        let root = STANDARD.encode(self.root);
        let mut out =
            format!("{}\n{}\n{root}\ntime {}\nmark {}\n", self.origin, self.size, self.at.0, self.mark);
        if let Some(day) = self.day {
            out.push_str(&format!("day {day}\n"));
        }
        for line in self.more.iter().filter(|l| is_line(l)) {
            out.push_str(line);
            out.push('\n');
        }
        out
    }

    /// What the further lines that begin with `word` say, in their order.
    pub fn lines<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a str> {
        self.more.iter().filter_map(move |l| l.strip_prefix(word)?.strip_prefix(' '))
    }

    /// Reads a note without looking at its signatures.
    ///
    /// Errors: refused (`not-a-head`) where it is none.
    pub fn parse(note: &str) -> Result<Checkpoint> {
        read(note).map(|(checkpoint, ..)| checkpoint).ok_or_else(no_head)
    }

    /// Reads a note that `key` has signed.
    ///
    /// Errors: refused (`not-a-head`) where it is none, (`not-signed`) where `key` has not signed it.
    pub fn open(note: &str, key: &PublicKey) -> Result<Checkpoint> {
        let (checkpoint, text, signatures) = read(note).ok_or_else(no_head)?;
        let ours = signatures.lines().filter_map(|l| l.strip_prefix("— ")?.split_once(' '));
        let good = ours.filter(|(name, _)| *name == key.name).any(|(_, encoded)| {
            let Ok(bytes) = STANDARD.decode(encoded) else { return false };
            bytes.len() == 68 && bytes[..4] == key.id() && key.verifies(text, &bytes[4..])
        });
        if good && checkpoint.origin == key.name {
            return Ok(checkpoint);
        }
        Err(Error::refused(
            "not-signed",
            "树头的签名不对，或者不是用这把钥匙签的。",
            "The head is not signed with this key, or was changed afterwards.",
        ))
    }
}

/// The checkpoint, the text that is signed, and the lines of signatures.
fn read(note: &str) -> Option<(Checkpoint, &str, &str)> {
    let at = note.find("\n\n")? + 1;
    let (text, signatures) = (&note[..at], &note[at + 1..]);
    let mut lines = text.lines();
    let origin = lines.next().filter(|o| is_name(o))?.to_owned();
    let size = lines.next().filter(|n| *n == "0" || !n.starts_with(['0', '+']))?.parse().ok()?;
    let root = STANDARD.decode(lines.next()?).ok()?.try_into().ok()?;
    let at = Timestamp(lines.next()?.strip_prefix("time ")?.parse().ok()?);
    let mark = lines.next()?.strip_prefix("mark ")?.parse().ok()?;
    let mut more: Vec<String> = lines.map(str::to_owned).collect();
    let day = match more.first().and_then(|l| l.strip_prefix("day ")) {
        Some(day) => Some(day.parse().ok()?),
        None => None,
    };
    if day.is_some() {
        more.remove(0);
    }
    Some((Checkpoint { origin, size, root, at, mark, day, more }, text, signatures))
}

/// Whether a text can stand as a further line: a word, a space and more, without a line break.
fn is_line(text: &str) -> bool {
    !text.contains(['\n', '\r']) && text.split_once(' ').is_some_and(|(word, _)| is_name(word))
}

/// The notes of a text that holds one after the other, as files of heads do.
pub fn split(text: &str) -> Vec<String> {
    let (mut out, mut note, mut signed) = (Vec::new(), String::new(), false);
    for line in text.lines() {
        let signature = line.starts_with("— ");
        if signed && !signature {
            out.push(std::mem::take(&mut note));
            signed = false;
        }
        if line.is_empty() && note.is_empty() {
            continue;
        }
        signed = signed || signature;
        note.push_str(line);
        note.push('\n');
    }
    if !note.trim().is_empty() {
        out.push(note);
    }
    out
}

fn no_head() -> Error {
    Error::refused("not-a-head", "这不是签过名的树头。", "This is no signed head of a tree.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    fn checkpoint(size: u64) -> Checkpoint {
        Checkpoint {
            origin: "example.org/journal".into(),
            size,
            root: [7; 32],
            at: Timestamp(1_763_769_600_000),
            mark: 44,
            day: Some(Date::constant(2025, 11, 21)),
            more: vec!["numbers YQA-2025 12".into(), "numbers YQB-2025 3".into()],
        }
    }

    #[test]
    fn further_lines_are_signed_and_notes_in_a_file_are_told_apart() {
        let key = SigningKey::make("example.org/journal", &Seeded::new(3)).unwrap();
        let with = Checkpoint { more: vec!["numbers A 1".into(), "no\nbreak x".into()], ..checkpoint(1) };
        let (one, other) =
            (key.sign(&with), key.sign(&Checkpoint { day: None, more: vec![], ..checkpoint(2) }));
        let read = Checkpoint::open(&one, key.public()).unwrap();
        assert_eq!(read.lines("numbers").collect::<Vec<_>>(), ["A 1"], "what breaks the note is left out");
        assert_eq!(read.lines("number").count(), 0);
        assert_eq!(Checkpoint::open(&other, key.public()).unwrap().day, None);
        for between in ["", "\n", "\n\n"] {
            assert_eq!(split(&format!("{one}{between}{other}\n")), [one.clone(), other.clone()]);
        }
        assert_eq!(split(""), Vec::<String>::new());
        assert_eq!(split("half a note\n"), ["half a note\n"]);
    }

    #[test]
    fn a_signed_head_reads_back_and_nothing_of_it_can_be_changed() {
        let key = SigningKey::make("example.org/journal", &Seeded::new(3)).unwrap();
        let note = key.sign(&checkpoint(42));
        assert_eq!(Checkpoint::open(&note, key.public()).unwrap(), checkpoint(42));
        assert_eq!(Checkpoint::parse(&note).unwrap(), checkpoint(42));
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            // The name in the signature's line is a label; the last line break closes it.
            let known = Checkpoint::open(&changed, key.public());
            assert!(known.is_err() || at + 1 == note.len(), "byte {at} of\n{note}");
        }
        let other = SigningKey::make("example.org/journal", &Seeded::new(4)).unwrap();
        assert!(Checkpoint::open(&note, other.public()).is_err());
        assert!(Checkpoint::open(&other.sign(&checkpoint(42)), key.public()).is_err());
    }

    #[test]
    fn keys_read_back_and_show_no_secret() {
        let key = SigningKey::make("example.org/journal", &Seeded::new(3)).unwrap();
        let again = SigningKey::parse(&key.secret()).unwrap();
        assert_eq!(again.public(), key.public());
        assert_eq!(PublicKey::parse(&key.public().to_string()).unwrap(), *key.public());
        assert!(!format!("{key:?}").contains("PRIVATE"));
        for bad in ["", "a+b", "a+00000000+AAAA", &key.public().to_string().replace("example", "exemple")] {
            assert!(PublicKey::parse(bad).is_err(), "{bad}");
        }
        assert!(SigningKey::parse("PRIVATE+KEY+x").is_err());
        assert!(SigningKey::make("with space", &Seeded::new(1)).is_err());
    }
}
