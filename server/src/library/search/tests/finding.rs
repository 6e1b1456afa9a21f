//! What is found by which words, filters and scopes, and in which order.

use std::collections::BTreeMap;

use shared::library::{Facet, Question, Scope, Sort};
use shared::organisation::Shelf;
use shared::words::UnixMillis;

use super::super::Text;
use super::{Stage, entry, numbers, on, question, school};

const TITLES: [&str; 16] = [
    "《分数的初步认识》教案",
    "分数加减法练习",
    "集體備課記錄表",
    "三年级上册数学期末复习",
    "小数的初步认识课件",
    "背影 朱自清",
    "PEP Unit 3 Welcome to the unit",
    "放松训练",
    "防水材料实验",
    "第12课 桥之美",
    "长方形的周长",
    "行列式",
    "女生安全教育",
    "３年級口語交際",
    "分 数\n乘法",
    "Photosynthesis 光合作用",
];

#[test]
fn any_stretch_of_a_title_finds_it() {
    let stage = Stage::with_titles(&TITLES);
    for (number, title) in TITLES.iter().enumerate() {
        let chars: Vec<char> = title.chars().filter(|c| *c > '\u{3400}' && *c < '\u{a000}').collect();
        let text: String = chars.iter().collect();
        for length in 1..=chars.len() {
            for stretch in chars.windows(length).map(|stretch| stretch.iter().collect::<String>()) {
                // What signs and letters stand between in the title is no stretch of it.
                if title.split_whitespace().collect::<String>().contains(&stretch) {
                    let answer = stage.find(&stretch);
                    assert!(numbers(&answer).contains(&(number as u32)), "{stretch} of {text}: {answer:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_typed_finds_what_is_meant() {
    let stage = Stage::with_titles(&TITLES);
    for (q, first, relaxed) in [
        ("分数", &[0, 1, 14][..], false),
        ("集体备课", &[2], false),
        ("集體備課", &[2], false),
        ("三年级上册 数学", &[3], false),
        ("三年级数学上册", &[3], true),
        ("分数的初步认识教学", &[0, 4], true),
        ("fenshu", &[0, 1, 14], false),
        ("fenshujia", &[1], false),
        ("fs", &[0, 1, 7, 8, 14], false),
        ("fshu", &[0, 1, 14], false),
        ("fensh", &[0, 1, 14], false),
        ("fangs", &[7, 8], false),
        ("zhouchang", &[10], false),
        ("hanglie", &[11], false),
        ("xinglie", &[11], false),
        ("nvsheng", &[12], false),
        ("cfx", &[10], false),
        ("份数", &[0, 1, 14], true),
        ("pep", &[6], false),
        ("UNIT3", &[6], false),
        ("unit 3 pep", &[6], false),
        ("welc", &[6], false),
        ("welc ", &[], false),
        ("welcmoe", &[6], true),
        ("photosinthesis", &[15], true),
        ("第十二课", &[9], false),
        ("3年级", &[3, 13], false),
        ("三年级", &[3, 13], false),
        ("ghzy", &[15], false),
        ("分shu", &[0, 1, 14], false),
        ("乘fa", &[14], false),
        ("怎么教长方形的周长", &[10], true),
        ("请问 有没有放松的训练", &[7], true),
        ("女生怎么办", &[12], true),
        ("光河作用", &[15], true),
        ("行立式", &[11], true),
        ("放送训练", &[7], true),
        ("女深", &[12], true),
        ("桥之美 不存在的词", &[9], true),
        ("不存在", &[], false),
    ] {
        let answer = stage.find(q);
        let mut found = numbers(&answer);
        found.truncate(first.len());
        found.sort_unstable();
        assert_eq!(found, first, "{q}: {answer:?}");
        assert_eq!(answer.total == 0, first.is_empty(), "{q}: {answer:?}");
        // To have looked more widely is said only if something came of it.
        assert!(!answer.relaxed || relaxed || answer.total as usize > first.len(), "{q}: {answer:?}");
        assert!(answer.relaxed || !relaxed, "{q}: {answer:?}");
    }
}

#[test]
fn a_title_counts_more_than_a_text_and_a_phrase_more_than_its_parts() {
    let stage = Stage::new();
    for (number, text) in [
        Text { title: "复习", body: "分数的初步认识", ..Text::default() },
        Text { title: "分数的初步认识", ..Text::default() },
        Text { title: "复习", also: &["分数的初步认识"], ..Text::default() },
        Text { title: "认识初步", body: "数的初步，分数", ..Text::default() },
        Text { title: "复习", also: &["分数的", "初步认识"], ..Text::default() },
    ]
    .into_iter()
    .enumerate()
    {
        stage.put(entry(number as u32), text);
    }
    stage.search.commit(1).unwrap();
    let found = stage.found("分数的初步认识");
    assert_eq!(found[..3], [1, 2, 0], "{found:?}");
    assert_eq!(stage.found("分数 复习").len(), 3, "terms may stand in different places");
    assert_eq!(stage.find("的初步").total, 4, "not across two values");
}

#[test]
fn names_and_subjects_are_found_by_their_sound_and_before_texts_that_speak_of_them() {
    let stage = Stage::new();
    for (number, text) in [
        Text { title: "练习", also: &["李四", "语文"], body: "王小芳说，王小芳写", parts: &[] },
        Text { title: "复习", also: &["王小芳", "数学", "第三单元"], ..Text::default() },
        Text { title: "教学", also: &["王小芳的学生", "数学游戏"], ..Text::default() },
    ]
    .into_iter()
    .enumerate()
    {
        stage.put(entry(number as u32), text);
    }
    stage.search.commit(1).unwrap();
    for (q, expected) in [
        ("王小芳", &[1][..]),
        ("数学", &[1, 2]),
        ("第3单元", &[1]),
        ("王晓芳", &[1, 2]),
        ("汪小芳", &[1, 2]),
        ("王小方", &[1, 2]),
    ] {
        let found = stage.found(q);
        assert!(found.starts_with(expected), "{q}: {found:?}");
    }
}

#[test]
fn orders_are_as_asked_and_pages_do_not_overlap() {
    let stage = Stage::new();
    for number in 0..30 {
        let mut entry = entry(number);
        (entry.uses, entry.changed) = (number * 7 % 30, UnixMillis(i64::from(number * 11 % 30)));
        stage.put(entry, Text { title: "练习", ..Text::default() });
    }
    stage.search.commit(1).unwrap();
    for q in ["", "练习"] {
        for (sort, expected) in [(Sort::Newest, 19), (Sort::MostUsed, 17)] {
            let ask =
                |offset, limit| numbers(&stage.ask("teacher-0", &Question { sort, offset, limit, ..question(q) }));
            let all = ask(0, 100);
            assert_eq!((all.len(), all[0]), (30, expected), "{q} by {sort:?}");
            let pages: Vec<u32> = (0..4).flat_map(|page| ask(page * 8, 8)).collect();
            assert_eq!(pages, all, "{q} by {sort:?}");
        }
    }
    assert!(
        numbers(&stage.ask("teacher-0", &Question { offset: u32::MAX, limit: u32::MAX, ..question("") })).is_empty()
    );
}

#[test]
fn counts_are_as_if_nothing_else_were_chosen_of_the_facet() {
    let stage = Stage::new();
    for (number, values) in [
        [(Facet::Kind, "courseware"), (Facet::Subject, "数学"), (Facet::Tag, "公开课")],
        [(Facet::Kind, "courseware"), (Facet::Subject, "语文"), (Facet::Tag, "公开课")],
        [(Facet::Kind, "template"), (Facet::Subject, "数学"), (Facet::Tag, "期末")],
        [(Facet::Kind, "template"), (Facet::Subject, "英语"), (Facet::Tag, "期末")],
    ]
    .into_iter()
    .enumerate()
    {
        let values = values.into_iter().map(|(facet, value)| (facet, value.to_owned())).collect();
        stage.put(super::Entry { values, ..entry(number as u32) }, Text { title: "练习", ..Text::default() });
    }
    stage.search.commit(1).unwrap();
    for (filters, total, facet, expected) in [
        (&[][..], 4, Facet::Subject, "数学2 英语1 语文1"),
        (&[(Facet::Subject, "数学")], 2, Facet::Subject, "数学2 英语1 语文1"),
        (&[(Facet::Subject, "数学")], 2, Facet::Kind, "courseware1 template1"),
        (&[(Facet::Subject, "数学"), (Facet::Subject, "语文")], 3, Facet::Kind, "courseware2 template1"),
        (&[(Facet::Subject, "数学"), (Facet::Kind, "template")], 1, Facet::Subject, "数学1 英语1"),
        (&[(Facet::Subject, "数学"), (Facet::Kind, "template")], 1, Facet::Tag, "期末1"),
        (&[(Facet::Subject, "体育")], 0, Facet::Subject, "数学2 英语1 语文1 体育0"),
        (&[(Facet::Subject, "体育")], 0, Facet::Kind, ""),
        (&[(Facet::School, "school-0")], 4, Facet::School, "school-04"),
    ] {
        let mut chosen: BTreeMap<Facet, Vec<String>> = BTreeMap::new();
        for (facet, value) in filters {
            chosen.entry(*facet).or_default().push((*value).to_owned());
        }
        for q in ["", "练习"] {
            let answer = stage.ask("teacher-0", &Question { filters: chosen.clone(), ..question(q) });
            let counts = answer.facets.get(&facet).into_iter().flatten();
            let shown: Vec<String> = counts.map(|one| format!("{}{}", one.value, one.count)).collect();
            assert_eq!((answer.total, shown.join(" ").as_str()), (total, expected), "{filters:?} {q}");
        }
    }
}

#[test]
fn one_looks_where_one_says() {
    let stage = Stage::new();
    let shelves =
        ["school:school-0", "school:school-1", "school:school-2", "group:group-0", "team:team-1", "person:head-0"];
    for (number, shelf) in shelves.into_iter().enumerate() {
        let mut access = on(shelf.parse::<Shelf>().unwrap());
        access.shares.push(shared::access::Share {
            with: shared::access::Grantee::Person("head-0".parse().unwrap()),
            right: shared::access::Right::View,
        });
        if number == 2 {
            access.author = "head-0".parse().unwrap();
        }
        let school = Some(school(number % 2));
        stage.put(super::Entry { access, school, ..entry(number as u32) }, Text { title: "练习", ..Text::default() });
    }
    stage.search.commit(1).unwrap();
    for (scope, expected) in [
        (Scope::Everywhere, &[0, 1, 2, 3, 4, 5][..]),
        (Scope::School(school(1)), &[1, 3, 5]),
        (Scope::School(school(4)), &[]),
        (Scope::Group("group-0".parse().unwrap()), &[0, 1, 3, 4]),
        (Scope::Group("group-1".parse().unwrap()), &[2]),
        (Scope::Group("none".parse().unwrap()), &[]),
        (Scope::Mine, &[2]),
    ] {
        for q in ["", "练习"] {
            let mut found = numbers(&stage.ask("head-0", &Question { scope: scope.clone(), ..question(q) }));
            found.sort_unstable();
            assert_eq!(found, expected, "{scope:?} {q}");
        }
    }
}

#[test]
fn signs_and_long_questions_are_answered() {
    let stage = Stage::with_titles(&TITLES);
    assert_eq!(stage.find("？！").total, TITLES.len() as u32, "nothing to look for: everything, to browse");
    for q in [
        "数".repeat(100_000),
        "a".repeat(100_000),
        "fenshu ".repeat(1_000),
        "\u{0}\u{301}İß".to_owned(),
        "的 ".repeat(300),
    ] {
        stage.find(&q);
    }
}

#[test]
fn to_narrow_down_never_shows_what_was_not_there_before() {
    let stage = Stage::with_titles(&TITLES);
    for q in ["分数", "份数", "三年级数学上册", "fs"] {
        let all = stage.found(q);
        let filters = BTreeMap::from([
            (Facet::Kind, vec!["courseware".to_owned()]),
            (Facet::School, vec!["school-0".to_owned()]),
        ]);
        let some = numbers(&stage.ask("teacher-0", &Question { filters, ..question(q) }));
        assert_eq!(some, all, "{q}");
        let none = BTreeMap::from([(Facet::Kind, vec!["template".to_owned()])]);
        assert!(stage.ask("teacher-0", &Question { filters: none, ..question(q) }).hits.is_empty(), "{q}");
    }
}
