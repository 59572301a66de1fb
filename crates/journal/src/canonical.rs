//! The bytes that are hashed, so that anyone with the record can compute them again.
//!
//! ```text
//! hash      = SHA-256( 0x00 ‖ event )            0x00 marks a leaf, as in RFC 6962 §2.1
//! event     = 0x01                               version of this layout
//!           ‖ field(prev_hash)                   32 bytes, or none for the first event
//!           ‖ field(stream_kind)                 UTF-8
//!           ‖ field(stream)                      the 16 bytes of the id
//!           ‖ field(seq)                         64-bit signed, big-endian
//!           ‖ field(at)                          64-bit signed, big-endian, ms since 1970 UTC
//!           ‖ field(actor)                       canonical JSON, UTF-8
//!           ‖ field(kind)                        UTF-8
//!           ‖ field(payload)                     canonical JSON, UTF-8
//! field(x)  = length of x in bytes, 32-bit unsigned, big-endian ‖ x
//! ```
//!
//! The JSON texts are stored exactly as they were hashed. Canonical JSON here is: no white space;
//! members sorted by the bytes of their names; strings escaped only where JSON demands it
//! (`\"`, `\\`, `\b \t \n \f \r`, other controls as `\u00xx` in lower case); whole numbers in
//! decimal; other numbers as the shortest decimal without exponent that reads back as the same
//! double, zero as `0`.

use crate::model::Hash;
use kernel::{Timestamp, Uuid};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The fields of an event as they are stored.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// The hash of the event before; empty for the first.
    pub prev_hash: &'a [u8],
    /// What the stream is about.
    pub stream_kind: &'a str,
    /// The stream's id.
    pub stream: Uuid,
    /// The place in the stream.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who, as stored.
    pub actor: &'a str,
    /// What.
    pub kind: &'a str,
    /// Particulars, as stored.
    pub payload: &'a str,
}

/// The canonical bytes of an event.
pub fn event(f: &Fields<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(
        128 + f.prev_hash.len() + f.stream_kind.len() + f.actor.len() + f.kind.len() + f.payload.len(),
    );
    out.push(1);
    field(&mut out, f.prev_hash);
    field(&mut out, f.stream_kind.as_bytes());
    field(&mut out, f.stream.as_bytes());
    field(&mut out, &f.seq.to_be_bytes());
    field(&mut out, &f.at.0.to_be_bytes());
    field(&mut out, f.actor.as_bytes());
    field(&mut out, f.kind.as_bytes());
    field(&mut out, f.payload.as_bytes());
    out
}

/// The hash of an event: the leaf hash over its canonical bytes.
pub fn hash(f: &Fields<'_>) -> Hash {
    Sha256::new().chain_update([0u8]).chain_update(event(f)).finalize().into()
}

/// The fields of an event, read back from its canonical bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// The hash of the event before; empty for the first.
    pub prev_hash: Vec<u8>,
    /// What the stream is about.
    pub stream_kind: String,
    /// The stream's id.
    pub stream: Uuid,
    /// The place in the stream.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who, as canonical JSON.
    pub actor: String,
    /// What.
    pub kind: String,
    /// Particulars, as canonical JSON.
    pub payload: String,
}

/// Reads canonical bytes; none where they are not of this layout.
pub fn parse(bytes: &[u8]) -> Option<Owned> {
    let mut rest = bytes.strip_prefix(&[1])?;
    let mut next = || -> Option<&[u8]> {
        let (len, after) = rest.split_first_chunk::<4>()?;
        let (field, after) = after.split_at_checked(u32::from_be_bytes(*len) as usize)?;
        rest = after;
        Some(field)
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let number = |bytes: &[u8]| Some(i64::from_be_bytes(bytes.try_into().ok()?));
    let out = Owned {
        prev_hash: next()?.to_vec(),
        stream_kind: text(next()?)?,
        stream: Uuid::from_slice(next()?).ok()?,
        seq: number(next()?)?,
        at: Timestamp(number(next()?)?),
        actor: text(next()?)?,
        kind: text(next()?)?,
        payload: text(next()?)?,
    };
    rest.is_empty().then_some(out)
}

fn field(out: &mut Vec<u8>, bytes: &[u8]) {
    // No field comes near 4 GiB: the longest is a payload, which the web layer limits.
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// The canonical JSON text of `value`.
pub fn json(value: &Value) -> String {
    let mut out = String::with_capacity(64);
    write(&mut out, value);
    out
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(n) => number(out, n),
        Value::String(s) => string(out, s),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Value::Object(map) => {
            // Sorted here and not left to the map: which map serde_json uses is a build option.
            let mut members: Vec<_> = map.iter().collect();
            members.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
            out.push('{');
            for (i, (name, item)) in members.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                string(out, name);
                out.push(':');
                write(out, item);
            }
            out.push('}');
        }
    }
}

fn number(out: &mut String, n: &serde_json::Number) {
    use std::fmt::Write;
    let written = match (n.as_i64(), n.as_u64(), n.as_f64()) {
        (Some(i), _, _) => write!(out, "{i}"),
        (None, Some(u), _) => write!(out, "{u}"),
        (None, None, Some(0.0)) => write!(out, "0"),
        // Rust's own form of a double: shortest, decimal, never an exponent.
        (None, None, Some(x)) => write!(out, "{x}"),
        (None, None, None) => write!(out, "null"),
    };
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

fn string(out: &mut String, s: &str) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if (c as u32) < 0x20 => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.push_str("\\u00");
                out.push(char::from(HEX[(c as usize) >> 4]));
                out.push(char::from(HEX[(c as usize) & 15]));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as j;

    #[test]
    fn json_is_sorted_minimal_and_reads_back() {
        let v = j!({"b": [1, -2, 1.5, 0.1, true, null], "a": "行\"\\\n\u{1}/", "é": {}, "a1": 9_007_199_254_740_993_i64});
        let text = json(&v);
        assert_eq!(
            text,
            r#"{"a":"行\"\\\n\u0001/","a1":9007199254740993,"b":[1,-2,1.5,0.1,true,null],"é":{}}"#
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), v);
        assert_eq!(json(&j!(-0.0)), "0");
        assert_eq!(json(&j!(1e21)), "1000000000000000000000");
    }

    #[test]
    fn the_layout_is_as_documented_byte_by_byte() {
        let f = Fields {
            prev_hash: &[],
            stream_kind: "request",
            stream: Uuid::from_bytes([7; 16]),
            seq: 1,
            at: Timestamp(258),
            actor: r#"{"by":"system"}"#,
            kind: "k",
            payload: "{}",
        };
        let mut want = vec![1, 0, 0, 0, 0, 0, 0, 0, 7];
        want.extend(b"request");
        want.extend([0, 0, 0, 16]);
        want.extend([7; 16]);
        want.extend([0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1]);
        want.extend([0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2]);
        want.extend([0, 0, 0, 15]);
        want.extend(br#"{"by":"system"}"#);
        want.extend([0, 0, 0, 1, b'k', 0, 0, 0, 2, b'{', b'}']);
        assert_eq!(event(&f), want);
        let read = parse(&want).expect("it reads back");
        assert_eq!(
            (read.stream_kind.as_str(), read.stream, read.seq, read.at),
            ("request", f.stream, 1, f.at)
        );
        assert_eq!((read.actor.as_str(), read.kind.as_str(), read.payload.as_str()), (f.actor, "k", "{}"));
        for end in 0..want.len() {
            assert_eq!(parse(&want[..end]), None, "cut after {end} bytes");
        }
        assert_eq!(parse(&[want.as_slice(), &[0]].concat()), None, "something behind it");
        let mut leaf = vec![0];
        leaf.extend(want);
        assert_eq!(hash(&f), <Hash>::from(Sha256::digest(leaf)));
    }

    #[test]
    fn moving_a_letter_between_fields_changes_the_hash() {
        let f = |kind, payload| Fields {
            prev_hash: &[1; 32],
            stream_kind: "s",
            stream: Uuid::nil(),
            seq: 2,
            at: Timestamp(0),
            actor: "a",
            kind,
            payload,
        };
        assert_ne!(hash(&f("ab", "c")), hash(&f("a", "bc")));
    }
}
