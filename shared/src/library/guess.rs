//! What folder and file names say about a file that somebody puts in: a guess to begin a form with, never more.

use super::{ItemKind, Taxon, TaxonSort};

/// The words of a region that a name may contain.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub subjects: &'a [String],
    /// Kindergarten domains.
    pub domains: &'a [String],
    /// Stage and grade.
    pub grades: &'a [(String, String)],
    /// Editions and volumes; units are found by [`unit_of`] when they are known.
    pub taxa: &'a [Taxon],
}

/// Empty words say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guess {
    pub title: String,
    pub kind: Option<ItemKind>,
    pub stage: String,
    pub subject: String,
    pub grade: String,
    /// The only volume that fits.
    pub volume: Option<Taxon>,
    /// Of the unit in its volume, from 1.
    pub unit: Option<u32>,
}

/// Which half of a school year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

/// Reads `path`: folders and the file's name, with `/` between them. What stands nearer to the file counts before what
/// stands further up.
pub fn guess(path: &str, known: &Known) -> Guess {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let Some((name, folders)) = parts.split_last() else { return Guess::default() };
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let nearest: Vec<&str> = std::iter::once(stem).chain(folders.iter().rev().copied()).collect();

    let (stage, grade) = nearest.iter().find_map(|part| grade_in(part, known.grades)).unwrap_or_default();
    let subject = nearest.iter().find_map(|part| subject_in(part, known)).unwrap_or_default();
    let half = nearest.iter().find_map(|part| half_in(part));
    let unit = nearest.iter().find_map(|part| unit_in(part));
    let kind = nearest.iter().find_map(|part| kind_in(part)).or_else(|| kind_by_ending(ending));
    let edition = nearest.iter().find_map(|part| edition_in(part, known.taxa));
    let volume = volume_of(known.taxa, &subject, &grade, half, edition);
    Guess { title: title_of(stem), kind, stage, subject, grade, volume, unit }
}

/// The unit of that number among the units of a volume: by the number that its name begins with, or by its place.
pub fn unit_of(number: u32, units: &[Taxon]) -> Option<&Taxon> {
    let units = || units.iter().filter(|node| node.sort == TaxonSort::Unit);
    let numbered = units().find(|node| unit_in(&node.name).or_else(|| leading_number(&node.name)) == Some(number));
    let any_number = units().any(|node| unit_in(&node.name).or_else(|| leading_number(&node.name)).is_some());
    numbered.or_else(|| {
        let mut ordered: Vec<_> = units().collect();
        ordered.sort_by_key(|node| node.position);
        ordered.into_iter().nth(usize::try_from(number).ok()?.checked_sub(1)?).filter(|_| !any_number)
    })
}

/// Words that say a kind, the more telling before those that stand in them: 习题课件 is courseware.
const KINDS: [(&str, ItemKind); 31] = [
    ("课件", ItemKind::Courseware),
    ("微课", ItemKind::MicroLesson),
    ("微视频", ItemKind::MicroLesson),
    ("实录", ItemKind::RecordedLesson),
    ("公开课", ItemKind::RecordedLesson),
    ("录像", ItemKind::RecordedLesson),
    ("录播", ItemKind::RecordedLesson),
    ("案例", ItemKind::TeachingCase),
    ("反思", ItemKind::TeachingCase),
    ("模板", ItemKind::Template),
    ("教案", ItemKind::LessonDesign),
    ("教学设计", ItemKind::LessonDesign),
    ("导学案", ItemKind::LessonDesign),
    ("活动设计", ItemKind::LessonDesign),
    ("备课", ItemKind::LessonDesign),
    ("说课", ItemKind::LessonDesign),
    ("习题", ItemKind::QuestionSet),
    ("练习", ItemKind::QuestionSet),
    ("试卷", ItemKind::QuestionSet),
    ("试题", ItemKind::QuestionSet),
    ("测试", ItemKind::QuestionSet),
    ("测验", ItemKind::QuestionSet),
    ("作业", ItemKind::QuestionSet),
    ("学具", ItemKind::QuestionSet),
    ("题库", ItemKind::QuestionSet),
    ("论文", ItemKind::ResearchResult),
    ("课题", ItemKind::ResearchResult),
    ("教研成果", ItemKind::ResearchResult),
    ("研究报告", ItemKind::ResearchResult),
    ("工作计划", ItemKind::Template),
    ("登记表", ItemKind::Template),
];

fn kind_in(part: &str) -> Option<ItemKind> {
    KINDS.iter().find(|(word, _)| part.contains(word)).map(|(_, kind)| *kind)
}

fn kind_by_ending(ending: &str) -> Option<ItemKind> {
    match ending.to_ascii_lowercase().as_str() {
        "ppt" | "pptx" | "dps" | "png" | "jpg" | "jpeg" | "gif" | "webp" => Some(ItemKind::Courseware),
        "mp4" | "webm" | "mov" | "wmv" | "avi" | "mp3" | "m4a" => Some(ItemKind::MicroLesson),
        "doc" | "docx" | "wps" => Some(ItemKind::LessonDesign),
        _ => None,
    }
}

/// The longest subject or domain in it.
fn subject_in(part: &str, known: &Known) -> Option<String> {
    let words = known.subjects.iter().chain(known.domains);
    words.filter(|word| !word.is_empty() && part.contains(word.as_str())).max_by_key(|word| word.len()).cloned()
}

/// 三年级, 3年级, or 三 before 上 or 下, as files are called.
fn grade_in(part: &str, grades: &[(String, String)]) -> Option<(String, String)> {
    let said = grades.iter().filter(|(_, grade)| !grade.is_empty() && part.contains(grade.as_str()));
    let said = said.max_by_key(|(_, grade)| grade.len()).cloned();
    said.or_else(|| {
        let chars: Vec<char> = part.chars().collect();
        let number = chars.iter().enumerate().find_map(|(at, letter)| {
            let number = digit(*letter).filter(|number| (1..=9).contains(number))?;
            let alone = at == 0 || digit(chars[at - 1]).is_none() && chars[at - 1] != '第';
            let follows = match chars.get(at + 1) {
                Some('年') => chars.get(at + 2) == Some(&'级'),
                Some('上' | '下') => true,
                Some(_) | None => false,
            };
            (alone && follows).then_some(number)
        })?;
        let name = format!("{}年级", NUMERALS[usize::try_from(number).ok()?]);
        grades.iter().find(|(_, grade)| *grade == name).cloned()
    })
}

fn half_in(part: &str) -> Option<Half> {
    let says = |words: &[&str]| words.iter().any(|word| part.contains(word));
    let chars: Vec<char> = part.chars().collect();
    let after_number = |half: char| chars.windows(2).any(|two| digit(two[0]).is_some() && two[1] == half);
    if says(&["上册", "上学期", "第一学期"]) || after_number('上') {
        Some(Half::First)
    } else if says(&["下册", "下学期", "第二学期"]) || after_number('下') {
        Some(Half::Second)
    } else {
        None
    }
}

/// 第八单元, 8单元, Unit 8.
fn unit_in(part: &str) -> Option<u32> {
    let lower = part.to_ascii_lowercase();
    if let Some((_, rest)) = lower.split_once("unit") {
        let digits: String =
            rest.trim_start_matches([' ', '_', '-']).chars().take_while(char::is_ascii_digit).collect();
        if let Ok(number) = digits.parse() {
            return Some(number).filter(|number| (1..=40).contains(number));
        }
    }
    let (before, _) = part.split_once("单元")?;
    let mut digits: Vec<char> = before.trim_end().chars().rev().take_while(|letter| is_numeral(*letter)).collect();
    digits.reverse();
    number(&digits)
}

/// 八 分数的初步认识, 8. 分数, 8、分数.
fn leading_number(name: &str) -> Option<u32> {
    let digits: Vec<char> = name.chars().take_while(|letter| is_numeral(*letter)).collect();
    let follows = name.chars().nth(digits.len())?;
    number(&digits).filter(|_| matches!(follows, ' ' | '.' | '、' | '．' | '\u{3000}'))
}

fn edition_in<'a>(part: &str, taxa: &'a [Taxon]) -> Option<&'a Taxon> {
    taxa.iter().filter(|node| node.sort == TaxonSort::Edition).find(|node| {
        // 人教版 is called 人教 as often.
        part.contains(node.name.trim_end_matches('版')) && node.name.chars().count() > 1
    })
}

fn volume_of(taxa: &[Taxon], subject: &str, grade: &str, half: Option<Half>, edition: Option<&Taxon>) -> Option<Taxon> {
    if subject.is_empty() || grade.is_empty() {
        return None;
    }
    let mut fitting = taxa.iter().filter(|node| {
        node.sort == TaxonSort::Volume
            && node.subject == subject
            && node.grade == grade
            && edition.is_none_or(|edition| node.parent.as_ref() == Some(&edition.id))
            && half.is_none_or(|half| node.name.contains(if half == Half::First { '上' } else { '下' }))
    });
    let first = fitting.next()?;
    fitting.next().is_none().then(|| first.clone())
}

const NUMERALS: [char; 11] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

fn digit(letter: char) -> Option<u32> {
    letter.to_digit(10).or_else(|| u32::try_from(NUMERALS.iter().position(|known| *known == letter)?).ok())
}

fn is_numeral(letter: char) -> bool {
    digit(letter).is_some()
}

/// 1 to 40, in Arabic or Chinese digits.
fn number(digits: &[char]) -> Option<u32> {
    let value = match digits {
        [] => return None,
        ['十'] => 10,
        ['十', ones] => 10 + digit(*ones)?,
        [tens, '十'] => 10 * digit(*tens)?,
        [tens, '十', ones] => 10 * digit(*tens)? + digit(*ones)?,
        [one] => digit(*one)?,
        [tens, ones] => 10 * digit(*tens)? + digit(*ones)?,
        _ => return None,
    };
    (1..=40).contains(&value).then_some(value)
}

/// Without the number by which a folder is sorted, and without what copying adds.
fn title_of(stem: &str) -> String {
    let spaced = stem.replace('_', " ");
    let mut title = spaced.trim();
    let unnumbered = title.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = title.len() - unnumbered.len();
    // 01 折纸 and 3.折纸 are sorted by number; 24时计时法 is about it.
    if (1..=3).contains(&digits)
        && let Some(rest) = unnumbered.strip_prefix(['.', '、', '-', '．', ' '])
        && !rest.trim().is_empty()
    {
        title = rest.trim();
    }
    for copied in [" - 副本", "-副本", "副本", " - Copy", "(1)", "（1）", "(2)", "（2）"] {
        title = match title.strip_suffix(copied) {
            Some(rest) if !rest.trim().is_empty() => rest.trim(),
            Some(_) | None => title,
        };
    }
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taxon(id: &str, parent: Option<&str>, sort: TaxonSort, name: &str, grade: &str, position: u32) -> Taxon {
        let subject = if sort == TaxonSort::Volume { "数学" } else { "" };
        Taxon {
            id: id.parse().unwrap(),
            parent: parent.map(|parent| parent.parse().unwrap()),
            sort,
            name: name.to_owned(),
            subject: subject.to_owned(),
            grade: grade.to_owned(),
            position,
            ended: false,
        }
    }

    fn taxa() -> Vec<Taxon> {
        use TaxonSort::{Edition, Volume};
        vec![
            taxon("rj", None, Edition, "人教版", "", 0),
            taxon("bsd", None, Edition, "北师大版", "", 1),
            taxon("rj3a", Some("rj"), Volume, "三年级上册", "三年级", 0),
            taxon("rj3b", Some("rj"), Volume, "三年级下册", "三年级", 1),
            taxon("bsd3a", Some("bsd"), Volume, "三年级上册", "三年级", 0),
        ]
    }

    /// Title, kind, subject, grade, volume and unit of a path.
    fn check(path: &str) -> (String, Option<ItemKind>, String, String, Option<String>, Option<u32>) {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let grades: Vec<_> = ["一", "二", "三", "七"]
            .iter()
            .map(|grade| (if *grade == "七" { "初中" } else { "小学" }.to_owned(), format!("{grade}年级")))
            .chain([("幼儿园".to_owned(), "大班".to_owned())])
            .collect();
        let (subjects, domains, taxa) =
            (words(&["语文", "数学", "英语", "科学"]), words(&["健康", "社会", "科学"]), taxa());
        let known = Known { subjects: &subjects, domains: &domains, grades: &grades, taxa: &taxa };
        let guess = guess(path, &known);
        let volume = guess.volume.map(|volume| volume.id.to_string());
        (guess.title, guess.kind, guess.subject, guess.grade, volume, guess.unit)
    }

    #[test]
    fn names_say_what_a_file_is() {
        use ItemKind::{Courseware, LessonDesign, MicroLesson, QuestionSet, RecordedLesson};
        let cases = [
            (
                "人教版三年级上册数学/第八单元/01 折纸认分数.pptx",
                ("折纸认分数", Some(Courseware), "数学", "三年级", Some("rj3a"), Some(8)),
            ),
            // Two editions have this volume: neither is guessed.
            (
                "三上数学/8单元 分一分练习.docx",
                ("8单元 分一分练习", Some(QuestionSet), "数学", "三年级", None, Some(8)),
            ),
            ("北师大三上数学/分一分.docx", ("分一分", Some(LessonDesign), "数学", "三年级", Some("bsd3a"), None)),
            ("数学3年级下册/面积（1）.pdf", ("面积", None, "数学", "三年级", Some("rj3b"), None)),
            // What stands nearer to the file counts.
            (
                "教案/一半可以写成一个数吗 微课.mp4",
                ("一半可以写成一个数吗 微课", Some(MicroLesson), "", "", None, None),
            ),
            ("公开课/Unit 12 My day.mp4", ("Unit 12 My day", Some(RecordedLesson), "", "", None, Some(12))),
            ("大班科学/点心怎么分.pptx", ("点心怎么分", Some(Courseware), "科学", "大班", None, None)),
            ("第十二单元/习题课件_二.ppt", ("习题课件 二", Some(Courseware), "", "", None, Some(12))),
            ("24时计时法.docx", ("24时计时法", Some(LessonDesign), "", "", None, None)),
            ("扫描 - 副本.pdf", ("扫描", None, "", "", None, None)),
            ("2024.xlsx", ("2024", None, "", "", None, None)),
            // 第三上 is no grade, nor is 13上.
            ("第三上传.txt", ("第三上传", None, "", "", None, None)),
            ("", ("", None, "", "", None, None)),
        ];
        for (path, (title, kind, subject, grade, volume, unit)) in cases {
            let expected =
                (title.to_owned(), kind, subject.to_owned(), grade.to_owned(), volume.map(str::to_owned), unit);
            assert_eq!(check(path), expected, "{path}");
        }
    }

    #[test]
    fn a_unit_is_found_by_its_number_or_its_place() {
        let units = |names: &[&str]| -> Vec<Taxon> {
            let of = |(at, name): (usize, &&str)| {
                taxon(&format!("u{at}"), Some("rj3a"), TaxonSort::Unit, name, "", u32::try_from(at).unwrap())
            };
            names.iter().enumerate().map(of).collect()
        };
        let cases: [(&[&str], u32, Option<&str>); 5] = [
            (&["一 时、分、秒", "八 分数的初步认识"], 8, Some("u1")),
            (&["第一单元", "第二单元"], 2, Some("u1")),
            (&["Unit 1 Hello", "Unit 2 Colours"], 2, Some("u1")),
            (&["时、分、秒", "测量"], 2, Some("u1")),
            // Those that have numbers are not counted.
            (&["一 时、分、秒", "八 分数的初步认识"], 2, None),
        ];
        for (names, number, expected) in cases {
            let units = units(names);
            assert_eq!(unit_of(number, &units).map(|unit| unit.id.as_str()), expected, "{names:?} {number}");
        }
    }
}
