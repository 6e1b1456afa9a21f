//! Passwords: what one has to be like, and argon2id.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::secret::{Secret, random_bytes};

/// Longest password that is looked at, in bytes: hashing a megabyte is work somebody else could order.
pub const MAX_PASSWORD: usize = 1024;
/// Shortest password that can be set, in characters.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Passwords hashed at one time: each takes a core for some 20 ms and 19 MiB.
pub const HASHED_AT_ONCE: usize = 2;

/// Whether it can be set as a password.
pub fn is_fit(password: &Secret) -> bool {
    password.reveal().chars().count() >= MIN_PASSWORD_CHARS && password.reveal().len() <= MAX_PASSWORD
}

/// Whether the password is the one that was hashed.
pub async fn verify(hashing: &Semaphore, password: Secret, hash: String) -> bool {
    let _permit = hashing.acquire().await;
    let checked = tokio::task::spawn_blocking(move || {
        let parsed = PasswordHash::new(&hash).ok()?;
        argon2id().verify_password(password.reveal().as_bytes(), &parsed).ok()
    });
    matches!(checked.await, Ok(Some(())))
}

/// The hash to store for a password.
pub async fn hash_password(hashing: &Semaphore, password: Secret) -> String {
    let _permit = hashing.acquire().await;
    let hashed = tokio::task::spawn_blocking(move || {
        let salt = SaltString::encode_b64(&random_bytes::<16>()).expect("16 bytes make a salt");
        let hash = argon2id().hash_password(password.reveal().as_bytes(), &salt);
        hash.expect("a salt and a password of bounded length can be hashed").to_string()
    });
    hashed.await.expect("hashing does not panic")
}

/// OWASP's first choice: 19 MiB, two passes, one lane.
fn argon2id() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}
