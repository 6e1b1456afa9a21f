use super::*;

const CHINA: Offset = |_| 480;

fn with_terms() -> Vocabulary {
    let term = |zh: &str, since, until| Term {
        name: Wording::new(zh, "term"),
        span: Span { since: UnixMillis(since), until },
    };
    let terms = vec![term("秋", 1_000, Some(UnixMillis(90 * UnixMillis::DAY + 7))), term("春", 5, None)];
    Vocabulary { terms, ..Vocabulary::usual() }
}

fn lines(words: &Vocabulary) -> Vec<(List, Vec<Entry>)> {
    List::ALL.map(|list| (list, entries(words, list, CHINA))).to_vec()
}

fn after(change: impl Fn(&mut Vec<(List, Vec<Entry>)>)) -> Option<Vocabulary> {
    let before = with_terms();
    let mut lists = lines(&before);
    change(&mut lists);
    vocabulary(&before, &lists, before.sizes, CHINA)
}

fn of(lists: &mut [(List, Vec<Entry>)], wanted: List) -> &mut Vec<Entry> {
    &mut lists.iter_mut().find(|(list, _)| *list == wanted).unwrap().1
}

fn line(list: List, fields: &[(usize, &str)]) -> Entry {
    let mut entry = Entry::new(list, String::new());
    for (field, text) in fields {
        entry.fields[*field] = (*text).to_owned();
    }
    entry
}

#[test]
fn a_form_that_nobody_has_touched_changes_nothing() {
    assert_eq!(after(|_| ()), Some(with_terms()));
    for (list, lines) in lines(&with_terms()) {
        assert_eq!(difference(list, &lines, &lines, ZH), None);
    }
}

#[test]
fn what_is_written_is_tidied() {
    let words = after(|lists| {
        of(lists, List::Subjects).push(line(List::Subjects, &[(ZH, " 书法 ")]));
        of(lists, List::Stages)[0].fields[FIRST] = "小班, 中班；大班、、小班".to_owned();
        of(lists, List::Terms)[0].fields[SECOND] = "1970-01-03".to_owned();
    });
    let words = words.expect("nothing is wrong");
    assert_eq!(words.subjects.last(), Some(&Wording::new("书法", "书法")));
    assert_eq!(words.stages[0].grades, ["小班", "中班", "大班"]);
    let midnight = |day: i64| UnixMillis(day * UnixMillis::DAY - 480 * 60_000);
    assert_eq!(words.terms[0].span, Span { since: midnight(0), until: Some(midnight(3)) });
    assert_eq!(words.terms[1], with_terms().terms[1], "the days of the other are as they were");
}

#[test]
fn a_new_post_is_what_its_boxes_say() {
    let words = after(|lists| {
        let fields = [(ZH, "督学"), (FIRST, "group"), (SECOND, "comment"), (SPANS, TICKED)];
        of(lists, List::Posts).push(Entry { id: "new".to_owned(), ..line(List::Posts, &fields) });
    });
    let post = words.expect("nothing is wrong").posts.pop().expect("a post");
    assert_eq!((post.at, post.right, post.spans, post.for_a_time), (BodyKind::Group, Right::Comment, true, false));
}

#[test]
fn what_is_wrong_is_said_of_its_line_and_nothing_is_stored() {
    let date = |first, last| line(List::Terms, &[(ZH, "夏"), (FIRST, first), (SECOND, last)]);
    let post = |at: &str| Entry { id: at.to_owned(), ..line(List::Posts, &[(ZH, "教师"), (FIRST, at)]) };
    for (list, new, expected) in [
        (List::Subjects, line(List::Subjects, &[(EN, "Nothing")]), Some(Wrong::NoName)),
        (List::Subjects, line(List::Subjects, &[(ZH, " 语文")]), Some(Wrong::Twice)),
        (List::Domains, line(List::Domains, &[(ZH, "语文")]), None),
        (List::Posts, post("school"), Some(Wrong::Twice)),
        (List::Posts, post("team"), None),
        (List::Terms, date("", "2026-01-01"), Some(Wrong::Dates)),
        (List::Terms, date("2026-01-03", "2026-01-01"), Some(Wrong::Dates)),
        (List::Terms, date("2026-01-01", "2026-01-01"), None),
        (List::Terms, date("2026-01-01", ""), None),
    ] {
        let words = after(|lists| of(lists, list).push(new.clone()));
        let mut all = entries(&with_terms(), list, CHINA);
        all.push(new.clone());
        assert_eq!(wrongs(list, &all, CHINA).last(), Some(&expected), "{new:?}");
        assert_eq!(words.is_none(), expected.is_some(), "{new:?}");
    }
}

#[test]
fn what_would_change_is_named() {
    let before = entries(&Vocabulary::usual(), List::Subjects, CHINA);
    let names = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let told = |change: &dyn Fn(&mut Vec<Entry>)| {
        let mut after = before.clone();
        change(&mut after);
        let Difference { list: _, added, removed, changed, moved } =
            difference(List::Subjects, &before, &after, ZH).expect("a difference");
        (added, removed, changed, moved)
    };
    let new = || line(List::Subjects, &[(ZH, "书法")]);
    assert_eq!(told(&|after| after.push(new())), (names(&["书法"]), vec![], vec![], false));
    assert_eq!(told(&|after| after.insert(0, new())), (names(&["书法"]), vec![], vec![], false));
    assert_eq!(told(&|after| drop(after.remove(1))), (vec![], names(&["数学"]), vec![], false));
    assert_eq!(told(&|after| after[1].fields[EN] = "Maths".into()), (vec![], vec![], names(&["数学"]), false));
    assert_eq!(told(&|after| after.swap(0, 1)), (vec![], vec![], vec![], true));
    let posts = entries(&Vocabulary::usual(), List::Posts, CHINA);
    let mut renamed = posts.clone();
    renamed[0].fields[ZH] = "总园长".to_owned();
    let found = difference(List::Posts, &posts, &renamed, ZH).expect("a difference");
    assert_eq!((found.changed, found.added), (names(&["总园长"]), vec![]), "a post stays the same by its id");
}
