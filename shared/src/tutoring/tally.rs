//! Answers to a quick check, counted by school, so that numbers name nobody (ADR 46).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::MIN_TOGETHER;

/// So many have answered, and so many of them chose each choice; no counts for answers in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub answered: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<u32>,
}

/// All answers, and those of each school; `others` are of nobody's school, or of schools that are not told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally<S> {
    pub total: Counted,
    pub schools: BTreeMap<S, Counted>,
    pub others: Counted,
}

impl<S: Ord + Clone> Tally<S> {
    /// Counts answers to a check of so many choices; a choice beyond them is not counted.
    pub fn of<'a>(choices: usize, answers: impl IntoIterator<Item = (Option<S>, &'a [u8])>) -> Self {
        let none = Counted { answered: 0, counts: vec![0; choices] };
        let mut tally = Self { total: none.clone(), schools: BTreeMap::new(), others: none.clone() };
        for (school, chosen) in answers {
            tally.total.count(chosen);
            match school {
                Some(school) => tally.schools.entry(school).or_insert_with(|| none.clone()).count(chosen),
                None => tally.others.count(chosen),
            }
        }
        tally
    }

    /// What may be shown to those who are not to know who answered what: nothing of fewer than [`MIN_TOGETHER`] answers. Schools
    /// with fewer are counted together; if they are too few together as well, the smallest of the others joins them, so
    /// that nothing can be found by taking the schools from the total.
    pub fn guarded(mut self) -> Option<Self> {
        if self.total.answered < MIN_TOGETHER {
            return None;
        }
        let small: Vec<S> =
            self.schools.iter().filter(|(_, one)| one.is_few()).map(|(school, _)| school.clone()).collect();
        for school in small {
            self.join(&school);
        }
        while self.others.answered > 0 && self.others.is_few() {
            let smallest = self.schools.iter().min_by_key(|(_, one)| one.answered).map(|(school, _)| school.clone());
            let Some(school) = smallest else { break };
            self.join(&school);
        }
        Some(self)
    }

    fn join(&mut self, school: &S) {
        if let Some(one) = self.schools.remove(school) {
            self.others.answered += one.answered;
            self.others.counts.iter_mut().zip(one.counts).for_each(|(all, own)| *all += own);
        }
    }
}

impl Counted {
    fn count(&mut self, chosen: &[u8]) {
        self.answered += 1;
        for choice in chosen {
            if let Some(count) = self.counts.get_mut(usize::from(*choice)) {
                *count += 1;
            }
        }
    }

    fn is_few(&self) -> bool {
        self.answered < MIN_TOGETHER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many answers of each school, all for the first of two choices.
    fn tally(schools: &[(Option<&'static str>, usize)]) -> Tally<&'static str> {
        let answers = schools.iter().flat_map(|(school, many)| std::iter::repeat_n((*school, &[0_u8][..]), *many));
        Tally::of(2, answers)
    }

    #[test]
    fn numbers_that_are_shown_hide_each_answer_among_five() {
        type Asked = &'static [(Option<&'static str>, usize)];
        type Shown = Option<(&'static [(&'static str, u32)], u32)>;
        let cases: [(Asked, Shown); 7] = [
            (&[], None),
            (&[(Some("a"), 4)], None),
            (&[(Some("a"), 5)], Some((&[("a", 5)], 0))),
            (&[(Some("a"), 4), (Some("b"), 1)], Some((&[], 5))),
            // What is left of the total would be one answer: the smaller of the two joins it.
            (&[(Some("a"), 7), (Some("b"), 5), (Some("c"), 1)], Some((&[("a", 7)], 6))),
            (&[(Some("a"), 5), (None, 1)], Some((&[], 6))),
            (&[(Some("a"), 5), (Some("b"), 3), (None, 2)], Some((&[("a", 5)], 5))),
        ];
        for (schools, shown) in cases {
            let guarded = tally(schools).guarded();
            let seen = guarded.as_ref().map(|tally| {
                let each: Vec<_> = tally.schools.iter().map(|(school, one)| (*school, one.answered)).collect();
                assert!(tally.others.counts[0] == tally.others.answered && tally.others.counts[1] == 0);
                (each, tally.others.answered)
            });
            assert_eq!(seen, shown.map(|(each, others)| (each.to_vec(), others)), "{schools:?}");
        }
    }

    #[test]
    fn everything_is_counted_once_in_the_total_and_once_by_school() {
        let answers: [(Option<&str>, &[u8]); 4] =
            [(Some("a"), &[0, 2]), (Some("b"), &[2]), (None, &[1, 9]), (Some("a"), &[])];
        let tally = Tally::of(3, answers);
        assert_eq!(tally.total, Counted { answered: 4, counts: vec![1, 1, 2] });
        assert_eq!(tally.schools["a"], Counted { answered: 2, counts: vec![1, 0, 1] });
        assert_eq!(tally.others, Counted { answered: 1, counts: vec![0, 1, 0] });
    }
}
