//! Names that may stand for the same school or team: mistyped, in traditional characters, with or without a town before.
//! Guesses, offered to somebody who decides.

use std::collections::BTreeSet;

use crate::organisation::phone::narrow;

/// How like two names are; the smaller the liker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// The same but for traditional characters, width and punctuation.
    Spelling,
    /// The same but for what ends it: 河湾学校 and 河湾小学.
    Ending,
    /// The one lacks what the other begins with: 云州市河湾小学 and 河湾小学.
    Town,
    /// One or two letters differ.
    Typing,
    /// The one is a part of the other.
    Part,
}

/// A name taken apart, once.
pub(super) struct Folded {
    whole: String,
    /// What stands before the ending; with nothing there it is like no other.
    core: Vec<char>,
    /// Bits of what it can be by its ending: two names without a common one are two things.
    kinds: u8,
    subjects: BTreeSet<String>,
}

const ANY: u8 = 0b1111;
/// The longest of those that end alike first.
const SCHOOLS: [(&str, u8); 21] = [
    ("九年一贯制学校", ANY),
    ("职业技术学校", 0b1000),
    ("职业高中", 0b1000),
    ("职业学校", 0b1000),
    ("高级中学", 0b1000),
    ("初级中学", 0b0100),
    ("完全中学", 0b1100),
    ("中心小学", 0b0001),
    ("完全小学", 0b0001),
    ("小学校", 0b0001),
    ("幼儿园", 0b0010),
    ("中心校", ANY),
    ("小学", 0b0001),
    ("初中", 0b0100),
    ("高中", 0b1000),
    ("中学", 0b1100),
    ("学校", ANY),
    ("校区", ANY),
    ("分校", ANY),
    ("分园", 0b0010),
    ("校", ANY),
];
const TEAMS: [(&str, u8); 10] = [
    ("名师工作室", 0b0100),
    ("工作室", 0b0100),
    ("工作坊", 0b0100),
    ("教研大组", 0b0001),
    ("教研组", 0b0001),
    ("备课组", 0b0010),
    ("集备组", 0b0010),
    ("大组", ANY),
    ("小组", ANY),
    ("组", ANY),
];

/// Which of several, not how it is written: 东关 and 西关 are two places, and 一年级 is not 二年级.
const TELLING: [&str; 5] = ["一二三四五六七八九十0123456789", "东西南北中", "上中下", "大小", "初高"];

impl Folded {
    /// `name` in simplified characters.
    pub(super) fn school(name: &str) -> Self {
        Self::of(name, &SCHOOLS, BTreeSet::new())
    }

    /// Two teams of two subjects are never one; `subjects` are those of the region.
    pub(super) fn team<'s>(name: &str, subjects: impl Iterator<Item = &'s str>) -> Self {
        let named = subjects.filter(|subject| !subject.is_empty() && name.contains(subject));
        Self::of(name, &TEAMS, named.map(str::to_owned).collect())
    }

    fn of(name: &str, endings: &[(&str, u8)], subjects: BTreeSet<String>) -> Self {
        let folded = name.chars().map(narrow).flat_map(char::to_lowercase);
        let whole: String = folded.filter(|c| c.is_alphanumeric()).collect();
        let ending = endings.iter().find_map(|(ending, kinds)| Some((whole.strip_suffix(ending)?, *kinds)));
        let (core, kinds) = ending.unwrap_or((&whole, ANY));
        Self { core: core.chars().collect(), kinds, subjects, whole: whole.clone() }
    }

    pub(super) fn like(&self, other: &Self) -> Option<Likeness> {
        if self.whole == other.whole && !self.whole.is_empty() {
            return Some(Likeness::Spelling);
        }
        let two_subjects = !self.subjects.is_empty() && !other.subjects.is_empty() && self.subjects != other.subjects;
        if self.kinds & other.kinds == 0 || two_subjects {
            return None;
        }
        if self.core == other.core && !self.core.is_empty() {
            return Some(Likeness::Ending);
        }
        let (short, long) =
            if self.core.len() < other.core.len() { (&self.core, &other.core) } else { (&other.core, &self.core) };
        if short.len() < 2 {
            return None;
        }
        if long.ends_with(short) {
            return Some(Likeness::Town);
        }
        let most = if long.len() >= 6 { 2 } else { 1 };
        let tells = short.len() == long.len() && short.iter().zip(long).any(|(one, other)| tell_apart(*one, *other));
        if !tells && long.len() - short.len() <= most && distance(short, long) <= most {
            return Some(Likeness::Typing);
        }
        long.windows(short.len()).any(|part| part == short).then_some(Likeness::Part)
    }
}

fn tell_apart(one: char, other: char) -> bool {
    one != other && TELLING.iter().any(|set| set.contains(one) && set.contains(other))
}

/// How many letters have to be put in, taken out, replaced or swapped with the next.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            let mut least = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(before_last[j - 1] + 1);
            }
            row.push(least);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::Likeness::{Ending, Part, Spelling, Town, Typing};
    use super::*;

    fn simple(name: &str) -> String {
        name.replace('灣', "湾").replace('學', "学").replace('數', "数").replace('組', "组")
    }

    #[test]
    fn schools_that_may_be_one_and_those_that_are_two() {
        let cases = [
            ("河灣小學", "河湾小学", Some(Spelling)),
            ("河湾（小学）", "河湾小学", Some(Spelling)),
            ("ＡＢ小学", "ab小学", Some(Spelling)),
            ("河湾小学", "河湾学校", Some(Ending)),
            ("河湾中心小学", "河湾小学", Some(Ending)),
            ("河湾", "河湾小学", Some(Ending)),
            ("云州市河湾小学", "河湾小学", Some(Town)),
            ("实验小学", "清河实验小学", Some(Town)),
            ("河弯小学", "河湾小学", Some(Typing)),
            ("湾河小学", "河湾小学", Some(Typing)),
            ("清河实小学", "清河实验小学", Some(Typing)),
            ("清河实验二小学", "清河实验小学", Some(Typing)),
            ("清河", "清河实验小学", Some(Part)),
            ("河湾小学", "河湾中学", None),
            ("河湾小学", "河湾幼儿园", None),
            ("初级中学", "高级中学", None),
            ("第一小学", "第二小学", None),
            ("东关小学", "西关小学", None),
            ("柳溪小学", "清河中学", None),
            ("小学", "中学", None),
            ("", "", None),
        ];
        for (one, other, expected) in cases {
            let (a, b) = (Folded::school(&simple(one)), Folded::school(&simple(other)));
            assert_eq!((a.like(&b), b.like(&a)), (expected, expected), "{one} and {other}");
        }
    }

    #[test]
    fn teams_that_may_be_one_and_those_that_are_two() {
        let cases = [
            ("數學教研組", "数学教研组", Some(Spelling)),
            ("数学组", "数学教研组", Some(Ending)),
            ("数字教研组", "数学教研组", Some(Typing)),
            ("三年级数学备课组", "数学备课组", Some(Town)),
            ("数学教研组", "数学备课组", None),
            ("数学教研组", "科学教研组", None),
            ("三年级数学备课组", "四年级数学备课组", None),
            ("三年级数学备课组", "三年级语文备课组", None),
        ];
        let team = |name| Folded::team(&simple(name), ["语文", "数学", "科学"].into_iter());
        for (one, other, expected) in cases {
            let (a, b) = (team(one), team(other));
            assert_eq!((a.like(&b), b.like(&a)), (expected, expected), "{one} and {other}");
        }
    }
}
