//! How soon the library is asked while somebody types.

/// While an answer is on its way, the next question waits for the next key, so that a slow line carries few questions
/// that nobody asks any more.
const PAUSE: u32 = 120;

/// Milliseconds from a key to the question: none while nothing is on its way, so that the first results come at once.
pub fn pause(busy: bool) -> u32 {
    if busy { PAUSE } else { 0 }
}
