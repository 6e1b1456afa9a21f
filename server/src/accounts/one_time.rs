//! One-time passwords (RFC 6238, as telephone apps make them: SHA-1, six digits, 30 seconds) and recovery codes.

use ring::hmac;
use shared::words::{UnixMillis, UserId};

use super::codes::{hash_of, random_code};
use super::password::verify;
use super::{Accounts, Caller};
use crate::clock;
use crate::secret::{Secret, SecretHash, random_bytes};
use crate::store::{By, StoreError};
use crate::throttle::Counter;

/// As long as RFC 4226 wants it.
const SECRET_BYTES: usize = 20;
const STEP_MILLIS: i64 = 30_000;
/// A clock may be a step off either way.
const STEPS_OFF: u64 = 1;
const RECOVERY_CODES: usize = 10;

/// Why one-time passwords were neither begun nor ended.
#[derive(Debug, thiserror::Error)]
pub enum OneTimeError {
    #[error("wrong password")]
    WrongPassword,
    #[error("wrong one-time password")]
    WrongCode,
    #[error("too many wrong ones, the next in {} s", .0.as_secs())]
    TooMany(std::time::Duration),
    #[error("they are in use already")]
    InUse,
    #[error("nothing was begun")]
    NotBegun,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A secret for a telephone.
pub struct Enrolment {
    pub base32: Secret,
    /// `otpauth://totp/…`.
    pub uri: Secret,
}

impl Accounts {
    /// Whether a one-time password is asked for when this person signs in.
    pub async fn has_one_time(&self, person: &UserId) -> Result<bool, StoreError> {
        Ok(self.store.one_time(person).await?.is_some_and(|one_time| one_time.confirmed.is_some()))
    }

    /// Whether it is a one-time password or a recovery code of this person's that was not used before: now it is.
    pub(super) async fn is_one_time(&self, person: &UserId, code: &Secret) -> Result<bool, StoreError> {
        let Some(one_time) = self.store.one_time(person).await?.filter(|one_time| one_time.confirmed.is_some()) else {
            return Ok(false);
        };
        if let Some(step) = matching_step(&one_time.secret, code, clock::now()) {
            return self.store.use_step(person, step).await;
        }
        match recovery_hash(person, code) {
            Some(hash) => self.store.use_recovery_code(person, hash).await,
            None => Ok(false),
        }
    }

    /// A fresh secret; nothing is asked for until a code of it was shown.
    pub async fn set_up_one_time(&self, caller: &Caller, password: Secret) -> Result<Enrolment, OneTimeError> {
        self.check_own_password(&caller.person, password).await?;
        let secret = random_bytes::<SECRET_BYTES>();
        if !self.store.set_up_one_time(&caller.person, &secret, clock::now()).await? {
            return Err(OneTimeError::InUse);
        }
        let directory = self.store.directory();
        let login = directory.person(&caller.person).map_or("", |person| person.login.as_str());
        let base32 = base32(&secret);
        // Logins are letters, digits, dots, hyphens and underscores.
        let uri = format!("otpauth://totp/Gongbei:{login}?secret={base32}&issuer=Gongbei");
        Ok(Enrolment { base32: Secret::new(base32), uri: Secret::new(uri) })
    }

    /// The first code of the new secret: from here on one is asked for. Gives the recovery codes.
    pub async fn confirm_one_time(&self, caller: &Caller, code: &Secret) -> Result<Vec<Secret>, OneTimeError> {
        let person = &caller.person;
        let begun = self.store.one_time(person).await?.filter(|one_time| one_time.confirmed.is_none());
        let begun = begun.ok_or(OneTimeError::NotBegun)?;
        let (counters, now) = ([Counter::second_step_of(person)], std::time::Instant::now());
        self.throttle.take(&counters, now).map_err(OneTimeError::TooMany)?;
        let step = matching_step(&begun.secret, code, clock::now()).ok_or(OneTimeError::WrongCode)?;
        self.throttle.give_back(&counters, now);
        let codes: Vec<Secret> = (0..RECOVERY_CODES).map(|_| random_code()).collect();
        let hashes: Vec<SecretHash> = codes.iter().filter_map(|code| recovery_hash(person, code)).collect();
        self.store.confirm_one_time(person, step, &hashes, clock::now()).await?;
        Ok(codes)
    }

    /// Asks for none any more, on the password and a code together.
    pub async fn end_one_time(&self, caller: &Caller, password: Secret, code: &Secret) -> Result<(), OneTimeError> {
        let person = &caller.person;
        self.check_own_password(person, password).await?;
        let (counters, now) = ([Counter::second_step_of(person)], std::time::Instant::now());
        self.throttle.take(&counters, now).map_err(OneTimeError::TooMany)?;
        if !self.is_one_time(person, code).await? {
            return Err(OneTimeError::WrongCode);
        }
        self.throttle.give_back(&counters, now);
        Ok(self.store.end_one_time(person, &By::Judged(person.clone()), clock::now()).await?)
    }

    /// The operator's way for somebody who has lost their telephone; `false` if they are nobody's to ask.
    pub async fn end_one_time_of(&self, operator: &Caller, person: &UserId) -> Result<bool, StoreError> {
        let directory = self.store.directory();
        let is_operator =
            directory.person(&operator.person).is_some_and(|person| person.operator && person.is_active());
        if !is_operator || directory.person(person).is_none() {
            return Ok(false);
        }
        self.store.end_one_time(person, &By::Person(operator.person.clone()), clock::now()).await?;
        Ok(true)
    }

    /// Counted like a sign-in: a session left open is no way to guess.
    pub(super) async fn check_own_password(&self, person: &UserId, password: Secret) -> Result<(), OneTimeError> {
        let (counters, now) = ([Counter::own_password_of(person)], std::time::Instant::now());
        self.throttle.take(&counters, now).map_err(OneTimeError::TooMany)?;
        if password.reveal().len() > super::MAX_PASSWORD {
            return Err(OneTimeError::WrongPassword);
        }
        let stored = self.store.password(person).await?.map(|(hash, _)| hash);
        let has_one = stored.is_some();
        let right = verify(&self.hashing, password, stored.unwrap_or_else(|| self.nobody.clone())).await;
        if !right || !has_one {
            return Err(OneTimeError::WrongPassword);
        }
        self.throttle.give_back(&counters, now);
        Ok(())
    }
}

/// Two people's codes are never one row, however unlikely that is.
fn recovery_hash(person: &UserId, code: &Secret) -> Option<SecretHash> {
    let hash = hash_of(code)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(person.as_str().as_bytes()).update(&hash.0);
    Some(SecretHash(*hasher.finalize().as_bytes()))
}

/// The step, not far from now, whose password this is.
fn matching_step(secret: &[u8], code: &Secret, now: UnixMillis) -> Option<u64> {
    let digits: String = code.reveal().chars().filter(|c| !c.is_whitespace()).take(7).collect();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let code: u32 = digits.parse().ok()?;
    let step = u64::try_from(now.0 / STEP_MILLIS).ok()?;
    (step.saturating_sub(STEPS_OFF)..=step + STEPS_OFF).rev().find(|step| code_of(secret, *step) == code)
}

/// RFC 4226, 5.3.
fn code_of(secret: &[u8], step: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes[bytes.len() - 1] & 0xf);
    let whole = u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    (whole & 0x7fff_ffff) % 1_000_000
}

/// RFC 4648 without padding; 20 bytes are 32 digits.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digits = bytes.chunks(5).flat_map(|part| {
        let bits = part.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte)) << (8 * (5 - part.len()));
        let count = (part.len() * 8).div_ceil(5);
        (0..count).map(move |at| char::from(ALPHABET[(bits >> (35 - 5 * at) & 31) as usize]))
    });
    digits.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        // RFC 6238, appendix B, the last six of eight digits.
        let cases = [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ];
        for (seconds, expected) in cases {
            assert_eq!(code_of(secret, seconds / 30), expected, "{seconds}");
        }
        assert_eq!(base32(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (bytes, expected) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), expected);
        }
    }

    #[test]
    fn a_clock_may_be_a_step_off_and_no_more() {
        let (secret, now) = ([7; SECRET_BYTES], UnixMillis(1_800_000_000_000));
        let step = 60_000_000;
        let shown = |step| Secret::new(format!("{:06}", code_of(&secret, step)));
        for off in [step - 1, step, step + 1] {
            assert_eq!(matching_step(&secret, &shown(off), now), Some(off));
        }
        for off in [step - 2, step + 2] {
            assert_eq!(matching_step(&secret, &shown(off), now), None);
        }
        for wrong in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            assert_eq!(matching_step(&secret, &Secret::new(wrong.to_owned()), now), None);
        }
    }
}
