//! Secrets as a type that can't be printed: passwords, session ids, access tokens.

use rand::TryRngCore;
use rand::rngs::OsRng;

/// A secret text. It has neither `Debug` nor `Display`, so it can't reach a log by accident.
pub struct Secret(String);

/// What is kept of a secret: its blake3 hash. Enough, because every such secret has 256 random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// 256 fresh random bits as 64 hexadecimal digits.
    pub fn random() -> Self {
        Self(random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The text itself. Name the reason where you call this: it leaves the type's protection.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> SecretHash {
        SecretHash(*blake3::hash(self.0.as_bytes()).as_bytes())
    }
}

/// A fresh id of 130 random bits: 26 lower-case letters and digits.
pub fn random_id() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    random_bytes::<26>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

/// A fresh Yjs client id, 1 to 2^42: as many as six bytes on the wire hold, too many to meet one twice.
pub fn random_client_id() -> u64 {
    (u64::from_le_bytes(random_bytes::<8>()) >> (64 - 42)) + 1
}

pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes once it has started");
    bytes
}
