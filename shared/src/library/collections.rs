//! How a curated list is replaced by somebody who does not see all of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::words::LineId;

pub const MAX_COLLECTION_DESCRIPTION_CHARS: usize = 1_000;
/// Of the note of a line, and of a heading.
pub const MAX_LINE_NOTE_CHARS: usize = 300;
/// Lines that one person sees of a collection.
pub const MAX_LINES: usize = 300;
/// All lines, also those that whoever saves does not see.
pub const MAX_LINES_IN_ALL: usize = 1_000;
/// Of one person.
pub const MAX_SUBSCRIPTIONS: usize = 100;

/// The list as it is to be stored: what was asked for, in that order, and every stored line that whoever asks had not
/// `seen`, behind the line it stood behind.
///
/// So nothing gets lost of what a reader may not see, nor of what somebody has added meanwhile; a line is only gone if it
/// was seen and is not asked for any more. `id` gives the line of the stored list that a wish stands for, if any.
pub fn merged<T>(
    stored: Vec<(LineId, T)>,
    seen: &BTreeSet<LineId>,
    asked: Vec<T>,
    id: impl Fn(&T) -> Option<LineId>,
) -> Vec<T> {
    let stays: BTreeSet<LineId> = asked.iter().filter_map(&id).collect();
    let mut behind: BTreeMap<Option<LineId>, Vec<T>> = BTreeMap::new();
    let mut before = None;
    for (line, kept) in stored {
        if stays.contains(&line) {
            before = Some(line);
        } else if !seen.contains(&line) {
            behind.entry(before.clone()).or_default().push(kept);
        }
    }
    let mut list = behind.remove(&None).unwrap_or_default();
    for one in asked {
        let after = id(&one).and_then(|line| behind.remove(&Some(line)));
        list.push(one);
        list.extend(after.into_iter().flatten());
    }
    list
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lines are letters, `+` is a new one.
    fn merge(stored: &str, seen: &str, asked: &str) -> String {
        let line = |letter: char| letter.to_string().parse::<LineId>().unwrap();
        let stored = stored.chars().map(|letter| (line(letter), letter)).collect();
        let seen = seen.chars().map(line).collect();
        let known = |letter: &char| (*letter != '+').then(|| line(*letter));
        merged(stored, &seen, asked.chars().collect(), known).into_iter().collect()
    }

    #[test]
    fn what_was_not_seen_stays_behind_what_it_stood_behind() {
        for (stored, seen, asked, expected) in [
            ("abc", "abc", "cab", "cab"),
            ("abc", "ac", "ca", "cab"),
            ("abc", "ac", "c", "bc"),
            ("abc", "bc", "cb", "acb"),
            ("abcd", "ad", "+d", "bc+d"),
            ("abc", "", "+", "abc+"),
            ("", "", "++", "++"),
            ("abc", "abc", "", ""),
            // Somebody added c and took b out while a and b were looked at.
            ("ac", "ab", "ba", "bac"),
        ] {
            assert_eq!(merge(stored, seen, asked), expected, "{stored} seen as {seen}, asked {asked}");
        }
    }

    proptest! {
        #[test]
        fn nothing_unseen_is_lost_and_what_is_seen_comes_as_asked(
            stored in Just("abcdefgh".chars().collect::<Vec<_>>()).prop_shuffle(),
            seen in proptest::collection::btree_set(proptest::char::range('a', 'h'), 0..8),
            order in Just("abcdefgh".chars().collect::<Vec<_>>()).prop_shuffle(),
            gone in proptest::collection::btree_set(proptest::char::range('a', 'h'), 0..4),
        ) {
            let asked: String = order.into_iter().filter(|one| seen.contains(one) && !gone.contains(one)).collect();
            let list = merge(&stored.iter().collect::<String>(), &seen.iter().collect::<String>(), &asked);
            let shown: String = list.chars().filter(|one| seen.contains(one)).collect();
            prop_assert_eq!(shown, asked);
            let unseen: BTreeSet<char> = list.chars().filter(|one| !seen.contains(one)).collect();
            let expected: BTreeSet<char> = stored.iter().copied().filter(|one| !seen.contains(one)).collect();
            prop_assert_eq!(unseen, expected);
        }
    }
}
