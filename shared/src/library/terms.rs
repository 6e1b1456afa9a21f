//! School terms by name: 2026 秋 begins in the autumn of 2026 and ends in the winter after it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::items::named;
use crate::organisation::Vocabulary;
use crate::words::UnixMillis;

named! {
    /// Of a school year.
    Half {
        /// 春, from February on
        Spring = "spring",
        /// 秋, from August on
        Autumn = "autumn",
    }
}

/// A term, written `2026-autumn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TermName {
    pub year: i32,
    pub half: Half,
}

/// A text that names no term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names no term")]
pub struct NotATerm;

/// Chinese schools have one time of day.
const OFFSET: i64 = 8 * 3_600_000;

impl TermName {
    /// The term at this moment. In holidays it is the one that was last.
    pub fn at(time: UnixMillis) -> Self {
        let (year, month) = year_and_month((time.0 + OFFSET).div_euclid(UnixMillis::DAY));
        match month {
            1 => Self { year: year - 1, half: Half::Autumn },
            2..=7 => Self { year, half: Half::Spring },
            _ => Self { year, half: Half::Autumn },
        }
    }

    pub fn next(self) -> Self {
        match self.half {
            Half::Spring => Self { half: Half::Autumn, ..self },
            Half::Autumn => Self { year: self.year + 1, half: Half::Spring },
        }
    }

    /// When it begins: as the region's vocabulary has it, else with its first month.
    pub fn begins(self, words: Option<&Vocabulary>) -> UnixMillis {
        let said = words.into_iter().flat_map(|words| &words.terms).map(|term| term.span.since);
        said.filter(|since| Self::at(*since) == self).min().unwrap_or_else(|| self.first_day())
    }

    fn first_day(self) -> UnixMillis {
        let month = match self.half {
            Half::Spring => 2,
            Half::Autumn => 8,
        };
        UnixMillis(first_of(i64::from(self.year), month) * UnixMillis::DAY - OFFSET)
    }
}

/// Days since 1970 of the first of a month from February on (Howard Hinnant's `days_from_civil`).
fn first_of(year: i64, month: i64) -> i64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The way back, without the day.
fn year_and_month(day: i64) -> (i32, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (i32::try_from(year + era * 400 + later).unwrap_or(i32::MAX), month)
}

impl fmt::Display for TermName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.year, self.half.as_str())
    }
}

impl FromStr for TermName {
    type Err = NotATerm;

    fn from_str(text: &str) -> Result<Self, NotATerm> {
        let (year, half) = text.split_once('-').ok_or(NotATerm)?;
        if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotATerm);
        }
        Ok(Self { year: year.parse().map_err(|_| NotATerm)?, half: Half::named(half).ok_or(NotATerm)? })
    }
}

impl TryFrom<String> for TermName {
    type Error = NotATerm;

    fn try_from(text: String) -> Result<Self, NotATerm> {
        text.parse()
    }
}

impl From<TermName> for String {
    fn from(term: TermName) -> String {
        term.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation::{Term, Wording};
    use crate::words::Span;

    #[test]
    fn a_day_belongs_to_its_term() {
        for (time, expected) in [
            (1_795_276_800_000, "2026-autumn"),
            // 31 July 2026 23:59 and 1 August 0:00 in Beijing.
            (1_785_513_599_000, "2026-spring"),
            (1_785_513_600_000, "2026-autumn"),
            (1_800_000_000_000, "2026-autumn"),
            (1_801_411_200_000, "2027-spring"),
            (0, "1969-autumn"),
        ] {
            assert_eq!(TermName::at(UnixMillis(time)).to_string(), expected, "{time}");
        }
    }

    #[test]
    fn every_term_begins_in_itself_and_the_one_before_ends_there() {
        let mut term: TermName = "1999-spring".parse().unwrap();
        for _ in 0..60 {
            let begins = term.begins(None);
            assert_eq!(TermName::at(begins), term);
            assert_eq!(TermName::at(UnixMillis(begins.0 - 1)).next(), term);
            assert_eq!(term.to_string().parse(), Ok(term));
            term = term.next();
        }
        for text in ["", "2026", "2026-winter", "26-spring", "+026-spring", "20260-spring"] {
            assert_eq!(text.parse::<TermName>(), Err(NotATerm), "{text}");
        }
    }

    #[test]
    fn a_region_says_when_its_term_begins() {
        let since = UnixMillis(1_788_192_000_000);
        let span = Span { since, until: None };
        let term = Term { name: Wording::new("本学期", "this term"), span };
        let words = Vocabulary { terms: vec![term], ..Vocabulary::usual() };
        let name: TermName = "2026-autumn".parse().unwrap();
        assert_eq!(name.begins(Some(&words)), since);
        assert_eq!(name.next().begins(Some(&words)), name.next().begins(None));
    }
}
