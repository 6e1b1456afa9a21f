//! What the name of a school or team says about it. Guesses: people see them before anything is created, and can change
//! them afterwards.

use std::collections::BTreeSet;

use crate::organisation::{SchoolSort, TeamSort};

pub(super) fn school_sort(name: &str) -> SchoolSort {
    let name = name.to_lowercase();
    let tells: [(&[&str], SchoolSort); 8] = [
        (
            &["进修", "教研室", "教研院", "教科", "研究院", "研究所", "教育局", "发展中心", "institute"],
            SchoolSort::Institution,
        ),
        (&["幼儿园", "幼教", "托儿", "kindergarten", "preschool"], SchoolSort::Kindergarten),
        (&["特殊教育", "特教", "启智", "聋", "盲", "special"], SchoolSort::Special),
        (&["职业", "职高", "职教", "中专", "技工", "技校", "vocational"], SchoolSort::Vocational),
        (&["九年", "一贯"], SchoolSort::NineYear),
        (&["高级中学", "高中", "完全中学", "senior", "high school"], SchoolSort::Senior),
        (&["初中", "初级中学", "中学", "junior", "middle"], SchoolSort::Junior),
        (&["小学", "教学点", "primary", "elementary"], SchoolSort::Primary),
    ];
    let told = tells.into_iter().find(|(words, _)| words.iter().any(|word| name.contains(word)));
    told.map_or(SchoolSort::Primary, |(_, sort)| sort)
}

pub(super) fn is_rural(name: &str) -> bool {
    name.contains('村') || name.contains("教学点")
}

pub(super) fn team_sort(name: &str) -> TeamSort {
    if name.contains("备课") || name.to_lowercase().contains("preparation") {
        TeamSort::Preparation
    } else if name.contains("工作室") || name.contains("工作坊") || name.to_lowercase().contains("studio") {
        TeamSort::Studio
    } else {
        TeamSort::Research
    }
}

/// Titles and offices that an office's table names and that say nothing about rights: those of a teacher, the least there
/// are in a school. Who is to look after others has one of the posts that say so.
pub(super) fn is_a_teacher(job: &str) -> bool {
    const OFFICES: [&str; 10] =
        ["班主任", "年级组长", "年级主任", "书记", "教导主任", "教务主任", "德育主任", "总务主任", "辅导员", "保育员"];
    let deputy = job.strip_prefix('副').unwrap_or(job);
    let deputy_head = deputy != job && ["校长", "园长", "主任"].contains(&deputy);
    let ends = ["教师", "老师", "学科带头人"];
    deputy_head || OFFICES.iter().any(|office| deputy.ends_with(office)) || ends.iter().any(|end| job.ends_with(end))
}

/// A character that nobody around has: 清河实验小学 beside other schools of 清河 gives 实.
///
/// `around` are the names that may begin with the same town; `taken` are the seals in use.
pub(super) fn seal<'a>(name: &str, around: impl Iterator<Item = &'a str>, taken: &BTreeSet<String>) -> String {
    // A stroke looks like no character beside a name.
    const SAY_NOTHING: &str = "一第市县区镇乡小中学校幼儿园立附属（）()·-";
    let glyphs: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let town = around.filter(|other| *other != name).map(|other| shared_beginning(name, other)).max().unwrap_or(0);
    let own = glyphs.iter().skip(if town < glyphs.len() { town } else { 0 });
    let telling = own.filter(|c| !SAY_NOTHING.contains(**c));
    let free = |glyph: &&char| !taken.contains(&glyph.to_string());
    let found = telling.chain(&glyphs).find(free).copied();
    let found = found.or_else(|| ('A'..='Z').find(|letter| free(&letter)));
    found.or(glyphs.first().copied()).unwrap_or('校').to_string()
}

/// How many characters of a town's name both begin with: two to four.
fn shared_beginning(one: &str, other: &str) -> usize {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    if same < 2 { 0 } else { same.min(4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seals_skip_the_town_and_what_every_school_is_called() {
        let around = ["清河实验小学", "清河第二小学", "清河中学", "柳溪小学", "清河镇中心幼儿园"];
        let cases = [
            ("清河实验小学", &[][..], "实"),
            ("清河第二小学", &[], "二"),
            ("清河第一小学", &[], "清"),
            ("柳溪小学", &[], "柳"),
            ("柳溪小学", &["柳"], "溪"),
            ("清河中学", &[], "清"),
            ("清河镇中心幼儿园", &[], "心"),
            ("小学", &["小", "学"], "A"),
            ("——", &[], "A"),
        ];
        for (name, taken, expected) in cases {
            let taken: BTreeSet<String> = taken.iter().map(|seal| (*seal).to_owned()).collect();
            assert_eq!(seal(name, around.into_iter(), &taken), expected, "{name} beside {taken:?}");
        }
    }

    #[test]
    fn what_offices_write_for_a_teacher_is_known() {
        for job in
            ["班主任", "副班主任", "语文教师", "一级教师", "英语老师", "年级组长", "副校长", "副园长", "党支部书记"]
        {
            assert!(is_a_teacher(job), "{job}");
        }
        for job in ["校长", "园长", "教研组长", "办公室主任", "专家", "教务员", ""] {
            assert!(!is_a_teacher(job), "{job}");
        }
    }

    #[test]
    fn names_tell_the_sort() {
        let cases = [
            ("清河实验小学", SchoolSort::Primary),
            ("柳溪村小学", SchoolSort::Primary),
            ("第一幼儿园", SchoolSort::Kindergarten),
            ("清河中学", SchoolSort::Junior),
            ("清河初级中学", SchoolSort::Junior),
            ("清河高级中学", SchoolSort::Senior),
            ("东关九年一贯制学校", SchoolSort::NineYear),
            ("启智学校", SchoolSort::Special),
            ("职业中学", SchoolSort::Vocational),
            ("教师进修学校", SchoolSort::Institution),
        ];
        for (name, sort) in cases {
            assert_eq!(school_sort(name), sort, "{name}");
        }
        assert_eq!(team_sort("三年级数学备课组"), TeamSort::Preparation);
        assert_eq!(team_sort("陈老师名师工作室"), TeamSort::Studio);
        assert_eq!(team_sort("数学组"), TeamSort::Research);
    }
}
