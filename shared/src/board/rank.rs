//! Where something stands among others, so that anything can be put between two of them.

/// A place in an order: compared byte by byte, as a fraction of base 256. It never ends in 0.
///
/// The idea is fractional indexing: between two different ranks there is always another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(Vec<u8>);

/// Longest rank, in bytes: thousands of pages, each put before the last one.
pub const MAX_RANK: usize = 255;
const MIDDLE: u8 = 0x80;

impl Rank {
    /// The rank of the first page that every board has.
    pub fn first() -> Self {
        Self(vec![MIDDLE])
    }

    /// A rank as it was written, if it is one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let fits = bytes.len() <= MAX_RANK && bytes.last().is_some_and(|last| *last != 0);
        fits.then(|| Self(bytes.to_vec()))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A rank after `before` and before `after`; `None`: there is nothing on that side.
    ///
    /// If the two are not in order, the rank is somewhere after `before`.
    pub fn between(before: Option<&Rank>, after: Option<&Rank>) -> Rank {
        let low = before.map_or(&[][..], |rank| &rank.0);
        let high = after.map(|rank| &rank.0[..]).filter(|high| *high > low);
        let mut middle = Vec::with_capacity(low.len() + 1);
        let mut high = high;
        for place in 0.. {
            let from = low.get(place).copied().unwrap_or(0);
            let to = high.map_or(256, |high| u16::from(high.get(place).copied().unwrap_or(0)));
            let room = to - u16::from(from);
            if room > 1 {
                // At the end of a row one goes on in small steps, so that ranks stay short.
                let step = if high.is_none() { room.min(16) / 2 } else { room / 2 };
                middle.push(from + step as u8);
                break;
            }
            middle.push(from);
            if room == 1 {
                high = None;
            }
        }
        Rank(middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_room_between_two() {
        let mut ranks = vec![Rank::first()];
        // In front, at the end, and again and again into the same gap.
        for turn in 0..300 {
            let at = match turn % 3 {
                0 => 0,
                1 => ranks.len(),
                _ => ranks.len() / 2,
            };
            let before = at.checked_sub(1).map(|at| ranks[at].clone());
            let new = Rank::between(before.as_ref(), ranks.get(at));
            assert!(before.is_none_or(|before| before < new), "{turn}");
            assert!(ranks.get(at).is_none_or(|after| new < *after), "{turn}");
            assert!(new.bytes().last().is_some_and(|last| *last != 0), "{turn}");
            ranks.insert(at, new);
        }
        assert!(ranks.iter().all(|rank| Rank::read(rank.bytes()).as_ref() == Some(rank)));
    }

    #[test]
    fn many_at_the_end_stay_short() {
        let mut last = Rank::first();
        for _ in 0..1_000 {
            last = Rank::between(Some(&last), None);
        }
        assert!(last.bytes().len() < 80, "{}", last.bytes().len());
    }

    #[test]
    fn what_is_none_is_not_read() {
        assert_eq!(Rank::read(&[]), None);
        assert_eq!(Rank::read(&[1, 0]), None);
        assert_eq!(Rank::read(&[1; MAX_RANK + 1]), None);
    }
}
