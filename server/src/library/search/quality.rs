//! How good answers are, for questions whose answers somebody has judged.

use std::collections::BTreeMap;

use shared::library::Facet;

/// A question with what should be found.
#[derive(Debug, Clone)]
pub struct Judged {
    pub q: String,
    pub filters: BTreeMap<Facet, Vec<String>>,
    /// Keys; not empty.
    pub expected: Vec<String>,
}

/// The usual figures over many questions, each from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Quality {
    pub questions: usize,
    /// How much of what was expected is among the first ten; of more than ten, ten are all.
    pub recall_at_10: f64,
    /// The mean of 1 / the place of the first hit that was expected, 0 if it is not among those given.
    pub mrr: f64,
    /// Questions with less than full recall: what was typed, and its recall.
    pub missed: Vec<(String, f64)>,
}

/// Asks all questions; `find` gives the keys of its hits, the first first.
pub fn measure(judged: &[Judged], mut find: impl FnMut(&Judged) -> Vec<String>) -> Quality {
    let mut quality = Quality { questions: judged.len(), ..Quality::default() };
    for question in judged {
        let found = find(question);
        let is_expected = |key: &&String| question.expected.contains(key);
        let most = question.expected.len().clamp(1, 10);
        let recall = found.iter().take(10).filter(is_expected).count() as f64 / most as f64;
        quality.recall_at_10 += recall;
        quality.mrr +=
            found.iter().position(|key| question.expected.contains(key)).map_or(0.0, |at| 1.0 / (at + 1) as f64);
        if recall < 1.0 {
            quality.missed.push((question.q.clone(), recall));
        }
    }
    let questions = judged.len().max(1) as f64;
    quality.recall_at_10 /= questions;
    quality.mrr /= questions;
    quality
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_textbook() {
        let judged = |expected: &[&str]| Judged {
            q: expected.join(""),
            filters: BTreeMap::new(),
            expected: expected.iter().map(|key| (*key).to_owned()).collect(),
        };
        let answers: BTreeMap<&str, &[&str]> = BTreeMap::from([("a", &["a"][..]), ("bc", &["x", "b"]), ("d", &[])]);
        let quality = measure(&[judged(&["a"]), judged(&["b", "c"]), judged(&["d"])], |question| {
            answers[question.q.as_str()].iter().map(|key| (*key).to_owned()).collect()
        });
        assert_eq!((quality.recall_at_10, quality.mrr), (0.5, 0.5));
        assert_eq!(quality.missed, [("bc".to_owned(), 0.5), ("d".to_owned(), 0.0)]);
        assert_eq!(measure(&[], |_| Vec::new()), Quality::default());
    }
}
