//! Passwords: what one has to be like, and argon2id.

use std::collections::BTreeSet;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use shared::organisation::Person;
use shared::organisation::phone::narrow;
use tokio::sync::Semaphore;

use crate::secret::{Secret, random_bytes};

/// Longest password that is looked at, in bytes: hashing a megabyte is work somebody else could order.
pub const MAX_PASSWORD: usize = 1024;
/// Shortest password that can be set, in characters.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Passwords hashed at one time: each takes a core for some 20 ms and 19 MiB.
pub const HASHED_AT_ONCE: usize = 2;

/// What everybody tries first, of eight characters and more; rows of digits, letters and the like are found out by rule.
const COMMON: &[&str] = &[
    "1qaz2wsx",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "qwe12345",
    "qweasdzxc",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbnm1",
    "zxcvbnm123",
    "password",
    "password1",
    "password12",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "abc12345",
    "abc123456",
    "abcd1234",
    "aa123456",
    "a1234567",
    "a12345678",
    "a123456789",
    "123456789a",
    "12345678a",
    "123qweasd",
    "1qaz@wsx",
    "qazwsxedc",
    "qwer1234",
    "asdf1234",
    "admin123",
    "admin1234",
    "administrator",
    "iloveyou",
    "woaini1314",
    "woaini520",
    "5201314520",
    "13145200",
    "147258369",
    "123698745",
    "gongbei1",
    "gongbei123",
    "teacher1",
    "teacher123",
    "welcome1",
];
/// A name as long as this would alone be most of a password.
const LONG_NAME: usize = 6;
/// So many characters beside a short name make a password of it; beside a long one it takes a password's length.
const BESIDE_A_NAME: usize = 6;
/// Fewer different characters are a row of keys.
const DIFFERENT: usize = 4;

/// Whether it can be set as a password by somebody of these names (login, telephone, e-mail): long enough, none of those
/// that everybody tries first, and not made of the names.
pub fn is_fit<'a>(password: &Secret, names: impl IntoIterator<Item = &'a str>) -> bool {
    let password = password.reveal();
    let fits = password.chars().count() >= MIN_PASSWORD_CHARS && password.len() <= MAX_PASSWORD;
    let plain = plain(password);
    fits && !is_common(&plain) && !names.into_iter().any(|name| is_made_of(&plain, name))
}

/// As it is guessed: narrow, in small letters, without the sign that somebody demanded at its end.
fn plain(password: &str) -> String {
    let narrow = password.chars().map(narrow).filter(|c| !c.is_whitespace());
    let small: String = narrow.flat_map(char::to_lowercase).collect();
    small.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// What somebody signs in with.
pub fn names_of(person: &Person) -> impl Iterator<Item = &str> {
    let more = [&person.phone, &person.email].into_iter().flatten();
    std::iter::once(&person.login).chain(more).map(String::as_str)
}

fn is_common(plain: &str) -> bool {
    let different: BTreeSet<char> = plain.chars().collect();
    COMMON.contains(&plain) || different.len() < DIFFERENT || is_row(plain) || is_repeated(plain) || is_day(plain)
}

/// `20261123`: there are some ten thousand of them that people take.
fn is_day(text: &str) -> bool {
    text.len() == 8
        && ["19", "20"].iter().any(|century| text.starts_with(century))
        && chrono::NaiveDate::parse_from_str(text, "%Y%m%d").is_ok()
}

/// `12345678`, `87654321`, `abcdefgh`; from 9 it goes on with 0.
fn is_row(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let goes = |step: i64| {
        let next = |pair: &[i64]| pair[1] - pair[0] == step || (pair[1] - pair[0] == -9 * step && is_digits(pair));
        codes.windows(2).all(next)
    };
    goes(1) || goes(-1)
}

fn is_digits(codes: &[i64]) -> bool {
    codes.iter().all(|code| (0x30..=0x39).contains(code))
}

/// One short piece over and over: `12341234`.
fn is_repeated(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=chars.len() / 2).filter(|length| *length <= 5).any(|length| {
        let piece = &chars[..length];
        chars.chunks(length).all(|chunk| piece.starts_with(chunk))
    })
}

fn is_made_of(password: &str, name: &str) -> bool {
    // Of an e-mail address what stands before the @ is the name.
    let name = name.split('@').next().unwrap_or_default();
    let [password, name] = [password, &plain(name)].map(|text| text.replace(|c: char| !c.is_alphanumeric(), ""));
    if name.is_empty() || !password.contains(&name) {
        return false;
    }
    let beside = if name.chars().count() < LONG_NAME { BESIDE_A_NAME } else { MIN_PASSWORD_CHARS };
    password.replacen(&name, "", 1).chars().count() < beside
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_no_password() {
        let names = ["zhou", "13800001111", "zhou.mingyuan@qinghe.example"];
        let cases = [
            ("12345678", false),
            ("1234567890", false),
            ("87654321", false),
            ("ABCDEFGH", false),
            ("88888888", false),
            ("11223311", false),
            ("12341234", false),
            ("abcabcabc", false),
            ("Password1", false),
            ("qwertyuiop", false),
            ("short", false),
            ("七个字的密码啊", false),
            ("八个字的密码可以", true),
            ("zhou1234", false),
            ("ZHOU-2026", false),
            ("zhou goes to the river", true),
            ("a13800001111", false),
            ("my zhou.mingyuan", false),
            ("a long winded river", true),
            ("Kx7-hunter-2", true),
            ("gongbei-demo", true),
            ("12345678!", false),
            ("Password!", false),
            ("1qaz@WSX", false),
            ("20261123", false),
            ("20269999", true),
            ("ｐａｓｓｗｏｒｄ", false),
            ("1 2 3 4 5 6 7 8", false),
            ("138-0000-1111", false),
            ("zhou-Kx7-password-hunter", true),
            ("zhou.mingyuan goes to the river", true),
        ];
        for (password, expected) in cases {
            assert_eq!(is_fit(&Secret::new(password.to_owned()), names), expected, "{password}");
        }
        assert!(!is_fit(&Secret::new("ab".repeat(600) + "cd"), [""; 0]), "too long");
        assert!(is_fit(&Secret::new("zhou1234".to_owned()), ["lin"]), "somebody else's name");
    }
}
