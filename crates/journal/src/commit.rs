//! Binding an event to a text that it must not contain.

use sha2::{Digest, Sha256};

/// A commitment to a personal text: the journal holds this, the vault holds `salt` and `text`.
/// Whoever is shown both can check that the text is the one meant; once the salt is destroyed,
/// nothing can be learned from the commitment, not even by trying every telephone number.
///
/// `"c1:"` and, in hexadecimal, `SHA-256("lianxin-commitment-1" ‖ 0x00 ‖ salt ‖ text)`. The salt is
/// 16 random bytes of its own for each text: the same salt twice would show that two texts are equal.
pub fn commitment(salt: &[u8; 16], text: &str) -> String {
    let hash = Sha256::new()
        .chain_update(b"lianxin-commitment-1\0")
        .chain_update(salt)
        .chain_update(text.as_bytes())
        .finalize();
    format!("c1:{}", hex::encode(hash))
}

#[cfg(test)]
mod tests {
    use super::commitment;

    #[test]
    fn the_same_only_for_the_same_salt_and_text() {
        let a = commitment(&[1; 16], "张三");
        assert_eq!(a, commitment(&[1; 16], "张三"));
        assert_ne!(a, commitment(&[2; 16], "张三"));
        assert_ne!(a, commitment(&[1; 16], "张四"));
        assert_eq!(a.len(), 3 + 64);
    }
}
