//! Codes for paper: start codes, open invitations, recovery codes.

use crate::secret::{Secret, SecretHash, random_bytes};

/// Without 0 and O, 1 and I, which look alike on paper.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const LENGTH: usize = 12;
const SESSION_LENGTH: usize = 8;
const PART: usize = 4;

/// A fresh code of 60 random bits, as `XXXX-XXXX-XXXX`.
pub fn random_code() -> Secret {
    let digits = random_bytes::<LENGTH>().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    let parts: Vec<String> = digits.chunks(PART).map(|part| part.iter().collect()).collect();
    Secret::new(parts.join("-"))
}

/// A fresh code of a tutoring session, of 40 random bits, as `XXXX-XXXX`: it opens a lobby, and only while it is shown.
pub fn random_session_code() -> String {
    let digits = random_bytes::<SESSION_LENGTH>().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    let parts: Vec<String> = digits.chunks(PART).map(|part| part.iter().collect()).collect();
    parts.join("-")
}

/// The code of a session as it is kept, however it is typed; `None` for what can't be one.
pub fn session_code(typed: &str) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let digits: String =
        typed.chars().filter(|c| *c != '-' && !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let fits = digits.len() == SESSION_LENGTH && digits.bytes().all(|digit| ALPHABET.contains(&digit));
    fits.then(|| format!("{}-{}", &digits[..PART], &digits[PART..]))
}

/// What is kept of a code, however it is written; `None` for what can't be one.
pub fn hash_of(typed: &Secret) -> Option<SecretHash> {
    let typed = typed.reveal();
    if typed.len() > 64 {
        return None;
    }
    let digits: String =
        typed.chars().filter(|c| *c != '-' && !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let fits = digits.len() == LENGTH && digits.bytes().all(|digit| ALPHABET.contains(&digit));
    fits.then(|| Secret::new(format!("code {digits}")).hash())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_session_is_read_however_it_is_typed() {
        let code = random_session_code();
        assert_eq!(code.len(), 9);
        for typed in [code.clone(), code.to_lowercase(), code.replace('-', ""), code.replace('-', "  ")] {
            assert_eq!(session_code(&typed), Some(code.clone()), "{typed}");
        }
        for wrong in ["", "2222-222", "2222-22222", "2222-222O", "２２２２-2222"] {
            assert_eq!(session_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = random_code();
        let written = code.reveal().to_owned();
        assert_eq!(written.len(), 14);
        let hash = |text: &str| hash_of(&Secret::new(text.to_owned())).map(|hash| hash.0);
        let whole = hash(&written);
        assert!(whole.is_some());
        for typed in [written.to_lowercase(), written.replace('-', ""), written.replace('-', " ") + " "] {
            assert_eq!(hash(&typed), whole, "{typed}");
        }
        for wrong in ["", "2222-2222-222", "2222-2222-22222", "2222-2222-222O", "２２２２-2222-2222", &"2".repeat(99)]
        {
            assert_eq!(hash(wrong), None, "{wrong}");
        }
        assert_ne!(random_code().reveal(), written);
    }
}
