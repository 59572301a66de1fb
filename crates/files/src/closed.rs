//! How a file lies on the disk: in pieces, each closed by itself.
//!
//! ```text
//!  piece 0          piece 1                 last piece
//!  nonce+text+tag │ nonce+text+tag │  …   │ nonce+text+tag
//! ```
//!
//! Every piece but the last holds [`PIECE`] bytes. Bound into each are the place on disk, which picture of the
//! file it is of, its number, and whether it is the last: one that is changed, moved, left out, cut off or
//! added does not open. Nothing is given out before all of it is opened.

use crate::vault::Variant;
use access::vault::files::{FileKey, OVERHEAD};
use kernel::{Chance, Result};
use std::io::{Read, Write};

/// Bytes in a piece before it is closed.
pub(crate) const PIECE: usize = 64 << 10;

/// Which file, and which picture of it.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub blob: &'a [u8; 16],
    pub variant: Variant,
}

impl Place<'_> {
    fn bound(&self, number: u64, last: bool) -> Vec<u8> {
        let variant = match self.variant {
            Variant::Full => 0,
            Variant::Thumb => 1,
        };
        let mut out = b"lianxin file 1\0".to_vec();
        out.extend_from_slice(self.blob);
        out.extend_from_slice(&[variant, u8::from(last)]);
        out.extend_from_slice(&number.to_be_bytes());
        out
    }
}

/// How long `size` bytes are once closed.
pub(crate) fn length(size: u64) -> u64 {
    size + size.div_ceil(PIECE as u64).max(1) * OVERHEAD as u64
}

/// Closes `bytes` piece by piece into `out`. The key draws a nonce for each piece.
pub(crate) fn write(
    out: &mut dyn Write,
    bytes: &[u8],
    key: &FileKey,
    chance: &dyn Chance,
    place: Place<'_>,
) -> Result<std::io::Result<()>> {
    let pieces = bytes.len().div_ceil(PIECE).max(1);
    for n in 0..pieces {
        let piece = &bytes[n * PIECE..bytes.len().min((n + 1) * PIECE)];
        let closed = key.close(chance, piece, &place.bound(n as u64, n + 1 == pieces))?;
        if let Err(e) = out.write_all(&closed) {
            return Ok(Err(e));
        }
    }
    Ok(Ok(()))
}

/// Opens the `length` bytes of `from`; none where they are not what was closed here.
pub(crate) fn read(
    from: &mut dyn Read,
    length: u64,
    key: &FileKey,
    place: Place<'_>,
) -> std::io::Result<Option<Vec<u8>>> {
    let mut out = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    let (mut left, mut number, mut piece) = (length, 0, Vec::new());
    while left > 0 {
        let now = left.min((PIECE + OVERHEAD) as u64);
        left -= now;
        piece.resize(now as usize, 0);
        from.read_exact(&mut piece)?;
        let Some(opened) = key.open(&piece, &place.bound(number, left == 0)) else { return Ok(None) };
        out.extend_from_slice(&opened);
        number += 1;
    }
    Ok((number > 0).then_some(out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    const BLOB: [u8; 16] = [7; 16];
    const PLACE: Place<'_> = Place { blob: &BLOB, variant: Variant::Full };

    fn closed(bytes: &[u8]) -> (FileKey, Vec<u8>) {
        let chance = Seeded::new(11);
        let (key, mut out) = (FileKey::make(&chance), Vec::new());
        write(&mut out, bytes, &key, &chance, PLACE).unwrap().unwrap();
        (key, out)
    }

    fn opened(key: &FileKey, closed: &[u8], place: Place<'_>) -> Option<Vec<u8>> {
        read(&mut &closed[..], closed.len() as u64, key, place).unwrap()
    }

    fn bytes(n: usize) -> Vec<u8> {
        (0..n).map(|i| (i / 251) as u8 ^ i as u8).collect()
    }

    #[test]
    fn files_of_every_length_come_back_as_they_were() {
        for n in [0, 1, 40, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17] {
            let plain = bytes(n);
            let (key, out) = closed(&plain);
            assert_eq!(out.len() as u64, length(n as u64), "{n}");
            assert_eq!(opened(&key, &out, PLACE), Some(plain), "{n}");
        }
    }

    #[test]
    fn what_is_changed_moved_cut_off_or_added_does_not_open() {
        let (key, out) = closed(&bytes(3 * PIECE + 17));
        let whole = PIECE + OVERHEAD;
        for at in [0, 23, 24, whole - 1, whole, 2 * whole + 5, out.len() - 1] {
            let mut bent = out.clone();
            bent[at] ^= 1;
            assert_eq!(opened(&key, &bent, PLACE), None, "byte {at}");
        }
        for cut in [0, 1, whole - 1, whole, 2 * whole, 3 * whole, 3 * whole + 1, out.len() - 1] {
            assert_eq!(opened(&key, &out[..cut], PLACE), None, "cut off at {cut}");
        }
        let (a, b, rest) = (&out[..whole], &out[whole..2 * whole], &out[2 * whole..]);
        assert_eq!(opened(&key, &[b, a, rest].concat(), PLACE), None, "two pieces changed places");
        assert_eq!(opened(&key, &[a, rest].concat(), PLACE), None, "one is left out");
        assert_eq!(opened(&key, &[a, a, b, rest].concat(), PLACE), None, "one stands twice");
        assert_eq!(opened(&key, &[&out[..], a].concat(), PLACE), None, "one is added");
        // Nor as the small picture, nor from another place, nor with another key.
        assert_eq!(opened(&key, &out, Place { variant: Variant::Thumb, ..PLACE }), None);
        assert_eq!(opened(&key, &out, Place { blob: &[8; 16], ..PLACE }), None);
        assert_eq!(opened(&FileKey::make(&Seeded::new(12)), &out, PLACE), None);
    }

    #[test]
    fn no_nonce_is_used_twice() {
        let (_, out) = closed(&vec![0; 40 * PIECE]);
        let mut nonces: Vec<&[u8]> = out.chunks(PIECE + OVERHEAD).map(|c| &c[..24]).collect();
        nonces.sort_unstable();
        nonces.dedup();
        assert_eq!(nonces.len(), 40);
    }
}
