//! Names of pages and elements, and the keys of the map under which they lie.

use std::fmt;

/// A page of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(u64);

impl PageId {
    /// The page that every board has from the start, so that two people who open an empty board stand on the same one.
    pub const FIRST: PageId = PageId(0);

    /// A page of that name. `chance` is drawn by the caller: 64 bits, never drawn twice.
    pub const fn new(chance: u64) -> Self {
        Self(chance)
    }

    pub fn number(self) -> u64 {
        self.0
    }
}

/// Something that lies on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(u64);

impl ElementId {
    /// An element of that name. `chance` is drawn by the caller: 64 bits, never drawn twice.
    pub const fn new(chance: u64) -> Self {
        Self(chance)
    }

    pub fn number(self) -> u64 {
        self.0
    }
}

/// Under which key of the root map an entry lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A page.
    Page(PageId),
    /// An element as it was made.
    Element(ElementId),
    /// Where the element lies now, if it was moved.
    Place(ElementId),
}

/// The digits of a key, in the order of their values (the alphabet of base64url, RFC 4648, 5).
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// 64 bits, six in each.
const KEY_DIGITS: usize = 11;

impl Key {
    /// The key of that text: a letter for the class and eleven digits, the highest first.
    pub fn named(text: &str) -> Option<Self> {
        let (class, digits) = text.as_bytes().split_first()?;
        let number = number(digits)?;
        match class {
            b'p' => Some(Key::Page(PageId(number))),
            b'e' => Some(Key::Element(ElementId(number))),
            b't' => Some(Key::Place(ElementId(number))),
            _ => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, number) = match self {
            Key::Page(id) => ('p', id.0),
            Key::Element(id) => ('e', id.0),
            Key::Place(id) => ('t', id.0),
        };
        let digit = |place: usize| char::from(DIGITS[(number >> (6 * place) & 63) as usize]);
        write!(f, "{class}")?;
        (0..KEY_DIGITS).rev().try_for_each(|place| write!(f, "{}", digit(place)))
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    if digits.len() != KEY_DIGITS {
        return None;
    }
    digits.iter().try_fold(0u64, |number, digit| {
        let value = DIGITS.iter().position(|known| known == digit)? as u64;
        number.checked_mul(64).map(|number| number | value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_nothing_else_is_one() {
        for number in [0, 1, 63, 64, 0xdead_beef_0123_4567, u64::MAX] {
            for key in [Key::Page(PageId(number)), Key::Element(ElementId(number)), Key::Place(ElementId(number))] {
                assert_eq!(Key::named(&key.to_string()), Some(key));
            }
        }
        // Sixteen times as much as 64 bits hold, a digit too few, one too many, another class, no digit.
        for text in ["eQAAAAAAAAAA", "eAAAAAAAAAA", "eAAAAAAAAAAAA", "xAAAAAAAAAAA", "eAAAAAAAAAA ", "", "e"] {
            assert_eq!(Key::named(text), None, "{text:?}");
        }
    }
}
