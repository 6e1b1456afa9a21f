//! What a play types and is given, and what may be in no log (S7): looked for when the play is over.

use std::collections::BTreeSet;
use std::sync::Mutex;

use anyhow::{Result, ensure};

/// Shorter ones would be found by chance.
const LEAST_CHARS: usize = 8;
/// The demo group says its one password itself when it starts.
const DEMO_SAYS: &str = "Every account has the password";

/// Every play is a process of its own.
static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// A password, a token, a session, or words for a document.
pub fn remember(secret: &str) {
    if secret.chars().count() >= LEAST_CHARS {
        KNOWN.lock().expect("no holder panics").insert(secret.to_owned());
    }
}

/// Fails if one of them is in what `who` has said.
pub fn not_in(who: &str, said: &str) -> Result<()> {
    let known = KNOWN.lock().expect("no holder panics");
    let said: String = said.lines().filter(|line| !line.contains(DEMO_SAYS)).flat_map(|line| [line, "\n"]).collect();
    for secret in known.iter() {
        ensure!(!said.contains(secret.as_str()), "{who} has said {secret:?}, which nobody may read there");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{not_in, remember};

    #[test]
    fn what_was_typed_is_found_and_what_the_demo_says_is_not_meant() {
        remember("春江潮水连海平");
        remember("海上明月共潮生啊");
        remember("short");
        assert!(not_in("a log", "INFO stored 海上明月共潮生啊 in 3").is_err());
        assert!(not_in("a log", "春江潮水连海平 has seven, short is short").is_ok());
        remember("gongbei-demo");
        assert!(not_in("a log", "Every account has the password gongbei-demo\nlistening").is_ok());
        assert!(not_in("a log", "listening\npassword=gongbei-demo").is_err());
    }
}
