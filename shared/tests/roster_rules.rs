//! Rosters: what each row does and what is wrong with it, as tables, and any table whatever by properties.

use proptest::prelude::*;
use shared::access::administers;
use shared::organisation::phone::NoPhone;
use shared::organisation::roster::{
    AboutSchool, AboutTeam, Answers, Asked, Column, Doing, Likely, MAX_COLUMNS, MAX_ROWS, Making, Namesake, Plan,
    Problem, RosterOptions, SchoolAnswer, Standing, TeamAnswer, Unknown, Verdict, WrongRows, plan,
};
use shared::organisation::{
    Body, Change, Directory, Group, Membership, Person, Record, Region, School, SchoolSort, Seat, Team, TeamSort,
    Vocabulary,
};
use shared::words::{GroupId, Span, UnixMillis, UserId};

/// 2026-09-01T00:00+08:00.
const FIRST_OF_SEPTEMBER: i64 = 1_788_192_000_000;
const NOW: UnixMillis = UnixMillis(FIRST_OF_SEPTEMBER + UnixMillis::DAY);

const LENIENT: RosterOptions =
    RosterOptions { schools: Unknown::Created, teams: Unknown::Created, wrong_rows: WrongRows::Skip };
const CREATING: RosterOptions =
    RosterOptions { schools: Unknown::Created, teams: Unknown::Created, wrong_rows: WrongRows::Stop };
const STRICT: RosterOptions =
    RosterOptions { schools: Unknown::Asked, teams: Unknown::Asked, wrong_rows: WrongRows::Stop };

fn group() -> GroupId {
    "g".parse().expect("an id")
}

fn user(id: &str) -> UserId {
    id.parse().expect("an id")
}

fn person(id: &str, name: &str, phone: Option<&str>) -> Record {
    Record::Person(Person {
        id: user(id),
        name: name.to_owned(),
        login: id.to_owned(),
        phone: phone.map(str::to_owned),
        email: None,
        teaches: String::new(),
        operator: id == "admin",
        created: UnixMillis(1),
        suspended: None,
        closed: None,
    })
}

fn seat(person: &str, body: &str, post: &str) -> Record {
    Record::Seat(Seat {
        id: format!("{person}-{post}").parse().expect("an id"),
        person: user(person),
        body: body.parse().expect("a body"),
        post: post.parse().expect("an id"),
        main: body.starts_with("school:"),
        span: Span::from(UnixMillis(1)),
    })
}

fn school(id: &str, name: &str, seal: &str) -> [Record; 2] {
    let membership = Membership {
        id: format!("m-{id}").parse().expect("an id"),
        group: group(),
        school: id.parse().expect("an id"),
        leads: id == "lead",
        span: Span::from(UnixMillis(1)),
        reason: String::new(),
        handed_over: String::new(),
    };
    let school = School {
        id: id.parse().expect("an id"),
        region: "r".parse().expect("an id"),
        name: name.to_owned(),
        seal: seal.to_owned(),
        sort: SchoolSort::Primary,
        rural: false,
        pupils: None,
    };
    [Record::School(school), Record::Membership(membership)]
}

/// A cooperative group of two schools; the first has a head of its own.
fn directory() -> Directory {
    let mut records = vec![
        Record::Region(Region {
            id: "r".parse().expect("an id"),
            name: "清河区".to_owned(),
            vocabulary: Vocabulary::usual(),
        }),
        Record::Group(Group {
            id: group(),
            region: "r".parse().expect("an id"),
            name: "清河教育集团".to_owned(),
            kind: "cooperative".parse().expect("an id"),
            founded: None,
        }),
    ];
    records.extend(school("lead", "清河实验小学", "实"));
    records.extend(school("liuxi", "柳溪小学", "柳"));
    records.extend([
        person("admin", "管理员", None),
        person("wu", "吴敏", Some("13800000001")),
        person("head", "郑国华", Some("13800000002")),
        person("zhou", "周明远", Some("13800000003")),
        person("lin", "林秀兰", None),
        person("lin2", "林秀兰", None),
        seat("wu", "group:g", "office"),
        seat("head", "school:lead", "head"),
        seat("zhou", "school:lead", "teacher"),
        seat("lin", "school:liuxi", "teacher"),
        seat("lin2", "school:liuxi", "renowned"),
    ]);
    let mut directory = Directory::default();
    let changes: Vec<Change> = records.into_iter().map(Change::Put).collect();
    directory.change(&changes).expect("the records fit");
    directory
}

fn table(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
}

fn planned_by(directory: &Directory, actor: Option<&str>, rows: &[Vec<String>], options: RosterOptions) -> Plan {
    answered_by(directory, actor, rows, options, &Answers::default())
}

fn answered_by(
    directory: &Directory,
    actor: Option<&str>,
    rows: &[Vec<String>],
    options: RosterOptions,
    answers: &Answers,
) -> Plan {
    let mut next = 0;
    let mut fresh = || {
        next += 1;
        format!("new-{next}")
    };
    let actor = actor.map(user);
    let group = group();
    let asked = Asked {
        directory,
        group: &group,
        actor: actor.as_ref(),
        now: NOW,
        options,
        answers,
        propose: &|name| format!("p{}", name.chars().count()),
        simplified: &|name| name.replace('實', "实").replace('驗', "验").replace('學', "学"),
    };
    plan(rows, &asked, &mut fresh)
}

fn planned(text: &str, options: RosterOptions) -> Plan {
    planned_by(&directory(), Some("admin"), &table(text), options)
}

fn applied(directory: &Directory, plan: &Plan) -> Directory {
    let mut after = directory.clone();
    let changes: Vec<Change> = plan.records.iter().cloned().map(Change::Put).collect();
    after.change(&changes).expect("a plan fits the directory it was made for");
    after
}

#[test]
fn a_first_roster_makes_schools_teams_people_and_seats() {
    let text = "清河教育集团教师名单\n\
        序号|姓 名|所在学校|职务|任教学科|年级|教研组|手机（必填）|邮箱|起始|截止\n\
        1|王 芳|清河实验小学、柳溪小学|教师|数学|三年级|数学|138-1234-5678|Wang@Example.org|2026年9月1日|2027.1\n\
        2|李强|北关幼儿园|园长|||||||\n\
        \n\
        3|赵晓雯|北关幼儿园||语言|大班|语言教研组||||";
    let plan = planned(text, CREATING);
    assert_eq!(plan.preview.verdict, Verdict::Ready, "{:#?}", plan.preview);
    assert_eq!(plan.preview.ignored, ["序号"]);
    assert_eq!(plan.preview.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [3, 4, 6]);
    let [kindergarten] = plan.preview.schools.as_slice() else { panic!("{:?}", plan.preview.schools) };
    assert_eq!((kindergarten.seal.as_str(), kindergarten.sort), ("北", SchoolSort::Kindergarten));
    assert_eq!(plan.preview.teams.len(), 2);
    assert_eq!(plan.preview.teams[0].name, "数学教研组");
    assert_eq!(plan.preview.teams[0].home, "清河实验小学", "of her first school: nobody asked for one of the group");
    assert_eq!(plan.preview.teams[1].home, "北关幼儿园");
    assert_eq!(plan.preview.left_alone, 5, "who is not in the roster is left alone");
    let after = applied(&directory(), &plan);
    let wang = after.person_named("13812345678").expect("found by phone");
    assert_eq!((wang.name.as_str(), wang.teaches.as_str()), ("王芳", "数学 三年级"));
    assert_eq!(wang.email.as_deref(), Some("wang@example.org"));
    let seats: Vec<_> = after.seats_of(&wang.id).collect();
    assert_eq!(seats.len(), 3, "two schools and a team");
    assert_eq!(seats.iter().filter(|seat| seat.main).count(), 1);
    for seat in seats {
        assert_eq!(seat.span.since, UnixMillis(FIRST_OF_SEPTEMBER));
        // 2027-02-01T00:00+08:00: January is the last month.
        assert_eq!(seat.span.until, Some(UnixMillis(1_801_411_200_000)));
    }
    let li = after.people().find(|person| person.name == "李强").expect("there");
    let post = after.seats_of(&li.id).next().expect("a seat").post.as_str().to_owned();
    assert_eq!(post, "kindergarten-head");
    let team = after.teams().find(|team| team.name == "语言教研组").expect("there");
    assert_eq!(team.sort, TeamSort::Research);
}

#[test]
fn the_same_roster_again_has_nothing_to_do() {
    let text = "姓名|学校|岗位|组|电话\n王芳|柳溪小学|名师、教师|数学组|13812345678\n李强|柳溪小学|||\n林秀兰|柳溪小学||数学组|";
    let first = planned(text, LENIENT);
    assert_eq!(first.preview.wrong_rows, 1, "there are two of that name: {:?}", first.preview.rows);
    let after = applied(&directory(), &first);
    let again = planned_by(&after, Some("admin"), &table(text), LENIENT);
    assert_eq!(again.preview.verdict, Verdict::NothingToDo, "{:#?}", again.preview);
    assert_eq!((again.preview.unchanged_rows, again.preview.new_people), (2, 0));
}

#[test]
fn each_row_says_what_is_wrong_with_it() {
    let long = "长".repeat(201);
    let no_phone = |text: &str, why| Problem::NoPhone { text: text.to_owned(), why };
    let (rounded, short) = (no_phone("1.38E+10", NoPhone::Rounded), no_phone("1381000", NoPhone::MobileLength));
    let cases = [
        ("|柳溪小学||||||", Column::Name, Problem::Missing),
        ("王芳|||||||", Column::School, Problem::Missing),
        ("王芳|东关小学||||||", Column::School, Problem::UnknownSchool { name: "东关小学".to_owned() }),
        ("王芳|柳溪小学|船长|||||", Column::Post, Problem::UnknownPost { name: "船长".to_owned() }),
        ("王芳|柳溪小学|备课组长|||||", Column::Team, Problem::PostNeedsTeam { name: "备课组长".to_owned() }),
        ("王芳|柳溪小学||象棋组||||", Column::Team, Problem::UnknownTeam { name: "象棋组".to_owned() }),
        ("林秀兰|柳溪小学||||||", Column::Name, Problem::Namesakes { people: 2 }),
        ("王芳|柳溪小学|||13800000003|||", Column::Phone, Problem::Taken { by: Some("周明远".to_owned()), row: None }),
        ("王芳|柳溪小学|||1.38E+10|||", Column::Phone, rounded.clone()),
        ("王芳|柳溪小学|||1381000|||", Column::Phone, short.clone()),
        ("王芳|柳溪小学||||a@b||", Column::Email, Problem::Unreadable { text: "a@b".to_owned() }),
        ("王芳|柳溪小学|||||=cmd()|", Column::Login, Problem::Unreadable { text: "=cmd()".to_owned() }),
        ("王芳|柳溪小学||||||开学", Column::Since, Problem::Unreadable { text: "开学".to_owned() }),
        (long.as_str(), Column::Name, Problem::TooLong { most: 200 }),
    ];
    for (row, column, problem) in cases {
        let plan = planned(&format!("姓名|学校|岗位|组|电话|邮箱|账号|从\n{row}"), STRICT);
        let asks = matches!(problem, Problem::UnknownSchool { .. } | Problem::UnknownTeam { .. });
        assert_eq!(plan.preview.verdict, if asks { Verdict::Asking } else { Verdict::Wrong }, "{row}");
        assert!(plan.records.is_empty(), "{row}");
        let troubles = &plan.preview.rows[0].troubles;
        assert!(
            troubles.iter().any(|trouble| trouble.column == Some(column) && trouble.problem == problem),
            "{row}: {troubles:?}"
        );
    }
}

#[test]
fn a_place_that_is_not_known_is_one_trouble_and_not_its_posts_too() {
    let school = Problem::UnknownSchool { name: "东关小学".to_owned() };
    let team = Problem::UnknownTeam { name: "象棋组".to_owned() };
    for (row, problem) in [("王芳|东关小学|教师|", school), ("王芳|柳溪小学|备课组长|象棋组", team)]
    {
        let plan = planned(&format!("姓名|学校|岗位|组\n{row}"), STRICT);
        let problems: Vec<_> = plan.preview.rows[0].troubles.iter().map(|trouble| &trouble.problem).collect();
        assert_eq!(problems, [&problem], "{row}");
    }
}

#[test]
fn rows_are_compared_with_one_another() {
    let text = "name,school,phone\n\
        Ann,柳溪小学,13811111111\n\
        Ann,柳溪小学,13811111111\n\
        Bob,柳溪小学,13811111111\n\
        Ann,柳溪小学,13822222222\n\
        Ann,清河实验小学,13811111111";
    let rows: Vec<Vec<String>> = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let plan = planned_by(&directory(), Some("admin"), &rows, STRICT);
    let problems: Vec<Vec<&Problem>> =
        plan.preview.rows.iter().map(|row| row.troubles.iter().map(|trouble| &trouble.problem).collect()).collect();
    assert_eq!(problems[1], [&Problem::SameAs { row: 2 }]);
    assert_eq!(problems[2], [&Problem::Taken { by: Some("Ann".to_owned()), row: Some(2) }]);
    assert!(problems[0].is_empty() && problems[3].is_empty() && problems[4].is_empty(), "{problems:?}");
    assert!(
        matches!(plan.preview.rows[4].does.as_slice(), [Doing::Joins { .. }]),
        "the same person on another campus: {:?}",
        plan.preview.rows[4].does
    );
    assert_eq!(plan.preview.new_people, 2, "the other Ann has another phone");
}

#[test]
fn known_people_are_found_and_only_what_differs_changes() {
    let cases = [
        ("by login", "周明远||||zhou", 0),
        ("by phone", "周明远|||13800000003|", 0),
        ("by name and school", "周明远|清河实验小学|||", 0),
        ("by the end of the school's name", "周明远|实验小学|||", 0),
        ("a changed phone", "周明远|清河实验小学||13900000000|", 1),
        ("a corrected name", "周明元|清河实验小学|||zhou", 1),
        ("another post", "周明远|清河实验小学|名师||", 1),
    ];
    for (name, row, doings) in cases {
        let school = if row.contains("||||zhou") || row.contains("|||138") {
            row.replacen("||", "|清河实验小学|", 1)
        } else {
            row.to_owned()
        };
        let plan = planned(&format!("姓名|学校|岗位|手机|账号\n{school}"), STRICT);
        assert_eq!(plan.preview.new_people, 0, "{name}: {:?}", plan.preview.rows);
        assert_eq!(plan.preview.rows[0].does.len(), doings, "{name}: {:?}", plan.preview.rows[0]);
        assert!(plan.preview.rows[0].troubles.is_empty(), "{name}: {:?}", plan.preview.rows[0]);
    }
}

/// Whoever leads a team makes accounts with seats in it: none of these becomes a newcomer's by having their phone number.
#[test]
fn s3_an_account_that_only_a_team_has_made_is_taken_for_nobody() {
    let with = |extra: Vec<Record>| {
        let mut directory = directory();
        let team = Record::Team(Team {
            id: "team".parse().expect("an id"),
            home: Body::Group(group()),
            name: "备课组".to_owned(),
            sort: TeamSort::Preparation,
            subject: String::new(),
            stage: String::new(),
            ended: None,
        });
        let records = [team, person("trap", "钱新", Some("13700000001"))].into_iter().chain(extra);
        directory.change(&records.map(Change::Put).collect::<Vec<_>>()).expect("the records fit");
        directory
    };
    let rows = ["钱新|柳溪小学|教务员|13700000001|", "钱新|柳溪小学|教师||trap", "钱新元|柳溪小学|教师||trap"];
    let traps = [vec![], vec![seat("trap", "team:team", "member")]];
    for (trap, row) in traps.iter().flat_map(|trap| rows.map(|row| (trap, row))) {
        for actor in [Some("wu"), Some("admin"), None] {
            let rows = table(&format!("姓名|学校|岗位|手机|账号\n{row}"));
            let plan = planned_by(&with(trap.clone()), actor, &rows, LENIENT);
            let troubles: Vec<_> = plan.preview.rows[0].troubles.iter().map(|trouble| &trouble.problem).collect();
            assert_eq!(troubles, [&Problem::AccountElsewhere], "{actor:?}: {row}");
            assert!(plan.records.is_empty() && plan.preview.rows[0].does.is_empty(), "{actor:?}: {row}");
        }
    }
    for house in ["school:lead", "group:g"] {
        let post = if house == "group:g" { "office" } else { "teacher" };
        let come = planned_by(
            &with(vec![seat("trap", "team:team", "member"), seat("trap", house, post)]),
            Some("wu"),
            &table("姓名|学校|岗位|手机\n钱新|柳溪小学|教师|13700000001"),
            STRICT,
        );
        let does = &come.preview.rows[0].does;
        let from = if house == "group:g" { "清河教育集团" } else { "清河实验小学" };
        assert!(
            matches!(does.as_slice(), [Doing::Finds { at }, Doing::Joins { body, .. }] if at == from && body == "柳溪小学"),
            "somebody comes from another campus, and it is said from where: {does:?}"
        );
        assert_eq!((come.preview.verdict, come.preview.new_people), (Verdict::Ready, 0));
    }
}

#[test]
fn nobody_imports_what_they_may_not_do_one_by_one() {
    let text = "姓名|学校|岗位\n钱进|清河实验小学|教师\n孙立|清河实验小学|教务员\n何静|东关小学|校长";
    let office = planned_by(&directory(), Some("wu"), &table(text), CREATING);
    let troubles: Vec<_> = office.preview.rows.iter().map(|row| row.troubles.len()).collect();
    assert_eq!(troubles, [1, 1, 0], "a school that has had a head names its people itself: {:?}", office.preview.rows);
    assert!(office.records.is_empty(), "and nothing is half imported");
    let head = planned_by(&directory(), Some("head"), &table(text), CREATING);
    let troubles: Vec<_> = head.preview.rows.iter().map(|row| row.troubles.len()).collect();
    assert_eq!(troubles, [0, 0, 1], "a head pulls no school into the group: {:?}", head.preview.rows);
    let teacher = planned_by(&directory(), Some("zhou"), &table(text), CREATING);
    assert_eq!(teacher.preview.troubles[0].problem, Problem::NoGroup);
    let skipping = planned_by(&directory(), Some("wu"), &table(text), LENIENT);
    assert_eq!((skipping.preview.verdict, skipping.preview.new_people), (Verdict::Ready, 1));
    let after = applied(&directory(), &skipping);
    assert!(after.people().all(|person| person.name != "孙立"));
    assert_eq!(skipping.preview.wrong_rows, 2);
    let new_head = after.people().find(|person| person.name == "何静").expect("a new school's first head");
    let east = after.schools().find(|school| school.name == "东关小学").expect("created");
    assert!(administers(&after, &new_head.id, &Body::School(east.id.clone()), NOW));
}

#[test]
fn a_table_that_is_none_says_why() {
    let wide = vec![vec![String::new(); MAX_COLUMNS + 1]];
    let tall = vec![Vec::new(); MAX_ROWS + 1];
    let cases = [
        (table(""), Problem::NoHeadings),
        (table("姓名\n王芳"), Problem::NoHeadings),
        (table("王芳|柳溪小学"), Problem::NoHeadings),
        (table("姓名|学校\n | "), Problem::Empty),
        (wide, Problem::TooManyColumns { most: MAX_COLUMNS }),
        (tall, Problem::TooManyRows { most: MAX_ROWS }),
    ];
    for (rows, problem) in cases {
        let plan = planned_by(&directory(), Some("admin"), &rows, LENIENT);
        assert_eq!(plan.preview.troubles[0].problem, problem);
        assert_eq!(plan.preview.verdict, Verdict::Wrong);
    }
}

#[test]
fn three_thousand_rows_are_planned_at_once() {
    let mut rows = table("姓名|学校|岗位|组|手机|学科");
    for n in 0..3_000 {
        let school = n % 60;
        let row = format!("教师{n}|第{school}小学|教师|{}年级组|137{n:08}|数学", n % 6 + 1);
        rows.extend(table(&row));
    }
    let begun = std::time::Instant::now();
    let plan = planned_by(&directory(), Some("wu"), &rows, CREATING);
    let took = begun.elapsed();
    assert_eq!(
        plan.preview.verdict,
        Verdict::Ready,
        "{:?}",
        plan.preview.rows.iter().find(|row| !row.troubles.is_empty())
    );
    assert_eq!(plan.preview.new_people, 3_000);
    // Far from a second even without optimisation on a busy machine; a quadratic step would take minutes.
    assert!(took.as_secs() < 10, "{took:?}");
    println!("3,000 rows planned in {took:?}");
}

/// Four schools of which one is mistyped once, and a team that two of them have.
const FIRST: &str = "姓名|学校|教研组|手机\n\
    丁一|河湾小学|数学教研组|13800000011\n丁二|河湾小学|数学教研组|13800000012\n丁三|河弯小学|数学教研组|13800000013\n\
    丁四|北关中学|数学教研组|13800000014\n丁五|北关中学||13800000015\n丁六|清河镇幼儿园||13800000016\n\
    丁七|北关实验小学||13800000017\n丁八|北关实验小学||13800000018";

fn about_school(name: &str, answer: SchoolAnswer) -> AboutSchool {
    AboutSchool { name: name.to_owned(), answer }
}

fn new_school(name: &str, sort: SchoolSort) -> AboutSchool {
    about_school(name, SchoolAnswer::New { name: name.to_owned(), sort })
}

fn about_team(school: &str, name: &str, answer: TeamAnswer) -> AboutTeam {
    AboutTeam { school: school.to_owned(), name: name.to_owned(), answer }
}

fn new_team(school: &str, name: &str) -> AboutTeam {
    about_team(school, name, TeamAnswer::New { name: name.to_owned(), sort: TeamSort::Research })
}

#[test]
fn each_unknown_name_is_one_question_and_its_rows_wait() {
    let plan = planned(FIRST, STRICT);
    let preview = &plan.preview;
    assert_eq!((preview.verdict, preview.waiting_rows, preview.wrong_rows), (Verdict::Asking, 8, 0));
    let asked: Vec<_> =
        preview.questions.schools.iter().map(|asked| (asked.name.as_str(), asked.rows, asked.sort)).collect();
    let expected = [
        ("河湾小学", 2, SchoolSort::Primary),
        ("河弯小学", 1, SchoolSort::Primary),
        ("北关中学", 2, SchoolSort::Junior),
        ("清河镇幼儿园", 1, SchoolSort::Kindergarten),
        ("北关实验小学", 2, SchoolSort::Primary),
    ];
    assert_eq!(asked, expected);
    let mistyped = &preview.questions.schools[1];
    assert_eq!(mistyped.likely, [Likely::InTable { name: "河湾小学".to_owned() }], "what stands there more often");
    assert!(preview.questions.schools.iter().all(|asked| asked.name == mistyped.name || asked.likely.is_empty()));
    let teams: Vec<_> = preview.questions.teams.iter().map(|asked| (asked.school.as_str(), asked.rows)).collect();
    assert_eq!(teams, [("河湾小学", 2), ("河弯小学", 1), ("北关中学", 1)], "one team for each school");
    assert_eq!(preview.questions.teams[2].also_in, ["河弯小学", "河湾小学"]);
    assert!(plan.records.is_empty() && preview.schools.is_empty(), "nothing is made of itself");
}

#[test]
fn answers_make_what_they_say_in_one_go() {
    let typed_wrong = about_school("河弯小学", SchoolAnswer::SameAs { name: "河湾小学".to_owned() });
    let schools = vec![
        new_school("河湾小学", SchoolSort::Primary),
        typed_wrong,
        new_school("北关中学", SchoolSort::NineYear),
        about_school("清河镇幼儿园", SchoolAnswer::LeftOut),
        about_school("北关实验小学", SchoolAnswer::There { school: "liuxi".parse().expect("an id") }),
    ];
    let across = |school| about_team(school, "数学教研组", TeamAnswer::Across { sort: TeamSort::Research });
    let apart = vec![new_team("河湾小学", "数学教研组"), new_team("北关中学", "数学教研组")];
    let together = vec![across("河湾小学"), across("北关中学")];
    let before = vec![new_team("河弯小学", "数学教研组"), apart[0].clone(), apart[1].clone()];
    for (name, teams, homes) in [
        ("one each", apart, vec!["河湾小学", "北关中学"]),
        ("one across both", together, vec!["清河教育集团"]),
        ("with an answer from before it was known to be mistyped", before, vec!["河湾小学", "北关中学"]),
    ] {
        let answers = Answers { schools: schools.clone(), teams };
        let plan = answered_by(&directory(), Some("wu"), &table(FIRST), STRICT, &answers);
        let preview = &plan.preview;
        assert_eq!((preview.verdict, preview.questions.open()), (Verdict::Ready, 0), "{name}: {:?}", preview.rows);
        assert_eq!((preview.left_out_rows, preview.new_people), (1, 7), "{name}");
        assert_eq!(preview.rows[5].standing, Standing::LeftOut, "{name}");
        let made: Vec<_> = preview.schools.iter().map(|school| (school.name.as_str(), school.sort)).collect();
        assert_eq!(made, [("河湾小学", SchoolSort::Primary), ("北关中学", SchoolSort::NineYear)], "{name}");
        assert_eq!(preview.teams.iter().map(|team| team.home.as_str()).collect::<Vec<_>>(), homes, "{name}");
        let after = applied(&directory(), &plan);
        let school = after.schools().find(|school| school.name == "河湾小学").expect("it is made");
        let people = after.people_in(&Body::School(school.id.clone()), NOW);
        assert_eq!(people.len(), 3, "{name}: who was mistyped is there, too");
        assert_eq!(after.people_in(&Body::School("liuxi".parse().expect("an id")), NOW).len(), 4, "{name}");
        let again = answered_by(&after, Some("wu"), &table(FIRST), STRICT, &answers);
        assert_eq!(again.preview.verdict, Verdict::NothingToDo, "{name}: {:#?}", again.preview.rows);
    }
}

#[test]
fn what_is_like_something_there_is_offered_and_never_taken_for_it() {
    let cases = [
        ("柳溪学校", "", "liuxi"),
        ("柳谿小学", "", "liuxi"),
        ("云州市柳溪小学", "", "liuxi"),
        ("清河實驗小學", "", "lead"),
        ("柳溪小学", "数学教研室组", ""),
    ];
    for (school, team, likely) in cases {
        let plan = planned(&format!("姓名|学校|教研组\n王芳|{school}|{team}"), STRICT);
        assert_eq!(plan.preview.verdict, Verdict::Asking, "{school}");
        let offered: Vec<_> = plan.preview.questions.schools.iter().flat_map(|asked| &asked.likely).collect();
        match likely {
            "" => assert!(offered.is_empty(), "{offered:?}"),
            id => assert!(matches!(offered[0], Likely::There { id: there, .. } if there.as_str() == id), "{offered:?}"),
        }
        assert!(plan.records.is_empty(), "{school}");
    }
}

#[test]
fn only_who_may_make_a_school_is_offered_to() {
    let text = "姓名|学校|教研组\n钱进|东关小学|\n孙立|清河实验小学|数学教研组";
    let offered = |actor| {
        let questions = planned_by(&directory(), Some(actor), &table(text), STRICT).preview.questions;
        (questions.schools[0].making.clone(), questions.teams[0].making.clone())
    };
    let others = |name: &str| Making::Others { people: vec![name.to_owned()] };
    assert_eq!(offered("wu"), (Making::Yours, Making::Yours));
    assert_eq!(offered("head"), (others("吴敏"), Making::Yours), "a head is told who makes schools");
    let made = Answers { schools: vec![new_school("东关小学", SchoolSort::Primary)], teams: Vec::new() };
    let plan = answered_by(&directory(), Some("head"), &table("姓名|学校\n钱进|东关小学"), STRICT, &made);
    assert_eq!(plan.preview.verdict, Verdict::Wrong, "whoever says so all the same makes none");
    assert_eq!(plan.preview.rows[0].troubles[0].problem, Problem::NotYours);
}

#[test]
fn answers_that_lead_nowhere_answer_nothing() {
    let same = |name: &str, other: &str| about_school(name, SchoolAnswer::SameAs { name: other.to_owned() });
    let there = |id: &str| about_school("东关小学", SchoolAnswer::There { school: id.parse().expect("an id") });
    let cases = [
        ("in a circle", vec![same("东关小学", "西关小学"), same("西关小学", "东关小学")]),
        ("of itself", vec![same("东关小学", "东关小学")]),
        ("a school of nobody here", vec![there("elsewhere")]),
        ("of another name", vec![new_school("南关小学", SchoolSort::Primary)]),
    ];
    for (name, schools) in cases {
        let answers = Answers { schools, teams: Vec::new() };
        let plan = answered_by(&directory(), Some("wu"), &table("姓名|学校\n王芳|东关小学"), STRICT, &answers);
        assert_eq!(plan.preview.verdict, Verdict::Asking, "{name}");
        assert!(plan.records.is_empty() && plan.preview.rows[0].standing == Standing::Waiting, "{name}");
    }
}

/// 实验小学 in the table is 清河实验小学; somebody who makes a school of that name means a new one.
#[test]
fn what_is_to_be_new_is_only_taken_for_what_is_called_exactly_so() {
    let new = |name: &str| {
        let sort = SchoolSort::Primary;
        let about = about_school("市附属学堂", SchoolAnswer::New { name: name.to_owned(), sort });
        let answers = Answers { schools: vec![about], teams: Vec::new() };
        answered_by(&directory(), Some("wu"), &table("姓名|学校\n王芳|市附属学堂"), STRICT, &answers).preview
    };
    for name in ["实验小学", "溪小学"] {
        let made: Vec<_> = new(name).schools.into_iter().map(|school| school.name).collect();
        assert_eq!(made, [name]);
    }
    let there = new("柳溪 小学");
    assert!(there.schools.is_empty() && there.verdict == Verdict::Ready, "{there:?}");
    // Two schools have a team of that name, and so do rows without a school mean neither.
    let teams = ["lead", "liuxi"].map(|school| {
        Change::Put(Record::Team(Team {
            id: format!("t-{school}").parse().expect("an id"),
            home: Body::School(school.parse().expect("an id")),
            name: if school == "lead" { "象棋组" } else { "围棋组" }.to_owned(),
            sort: TeamSort::Research,
            subject: String::new(),
            stage: String::new(),
            ended: None,
        }))
    });
    let mut directory = directory();
    directory.change(&teams).expect("they fit");
    let about = about_team("", "棋组", TeamAnswer::New { name: "围棋组".to_owned(), sort: TeamSort::Research });
    let answers = Answers { schools: Vec::new(), teams: vec![about] };
    let plan = answered_by(&directory, Some("wu"), &table("姓名|学校|组\n吴敏||棋组"), STRICT, &answers);
    let homes: Vec<_> = plan.preview.teams.iter().map(|team| team.home.as_str()).collect();
    assert_eq!(homes, ["清河教育集团"], "a new one of the group: {:?}", plan.preview.rows);
}

#[test]
fn a_school_that_is_there_already_is_said_and_not_made_again() {
    let mut directory = directory();
    let mut left = school("maping", "马坪小学", "马");
    let Record::Membership(membership) = &mut left[1] else { panic!("{left:?}") };
    membership.span = Span { since: UnixMillis(1), until: Some(UnixMillis(2)) };
    let [elsewhere, _] = school("dongguan", "东关小学", "东");
    let records = left.into_iter().chain([elsewhere]).map(Change::Put);
    directory.change(&records.collect::<Vec<_>>()).expect("they fit");
    for (name, namesake) in
        [("马坪小学", Some(Namesake::Left)), ("东关小学", Some(Namesake::Region)), ("西关小学", None)]
    {
        let text = table(&format!("姓名|学校\n王芳|{name}"));
        let asked = planned_by(&directory, Some("wu"), &text, STRICT);
        assert_eq!(asked.preview.questions.schools[0].namesake, namesake, "{name}");
        let answers = Answers { schools: vec![new_school(name, SchoolSort::Primary)], teams: Vec::new() };
        let made = answered_by(&directory, Some("wu"), &text, STRICT, &answers).preview;
        let problems: Vec<_> = made.rows[0].troubles.iter().map(|trouble| &trouble.problem).collect();
        match namesake {
            Some(_) => assert_eq!(problems, [&Problem::SchoolElsewhere { name: name.to_owned() }]),
            None => assert_eq!(made.verdict, Verdict::Ready, "{problems:?}"),
        }
    }
}

#[test]
fn a_long_way_of_answers_ends_where_it_leads() {
    let way: Vec<String> = (0..40).map(|at| format!("第{at}学堂")).collect();
    let same = |pair: &[String]| about_school(&pair[0], SchoolAnswer::SameAs { name: pair[1].clone() });
    let mut schools: Vec<_> = way.windows(2).map(same).collect();
    schools.push(new_school(&way[39], SchoolSort::Primary));
    let rows = table(&format!("姓名|学校\n王芳|{}", way[0]));
    let plan = answered_by(&directory(), Some("wu"), &rows, STRICT, &Answers { schools, teams: Vec::new() });
    assert_eq!(plan.preview.verdict, Verdict::Ready, "{:?}", plan.preview.rows);
    assert_eq!(plan.preview.schools[0].name, way[39]);
}

#[test]
fn nobody_is_in_more_places_than_anybody_could_be() {
    let names = |sign: char| (0..9).map(|at| format!("{sign}{at}")).collect::<Vec<_>>().join("、");
    let plan = planned(&format!("姓名|学校|组\n王芳|{}|{}", names('校'), names('组')), STRICT);
    let wrong = |column| plan.preview.rows[0].troubles.iter().filter(move |trouble| trouble.column == Some(column));
    for column in [Column::School, Column::Team] {
        assert_eq!(wrong(column).next().map(|trouble| &trouble.problem), Some(&Problem::TooManyPlaces { most: 8 }));
    }
    assert_eq!(plan.preview.questions.schools.len(), 8, "and no more of them are looked at");
}

/// Each name is followed once, however many rows have it and however long the circles of answers are.
#[test]
fn circles_of_answers_cost_no_more_than_their_names() {
    let names = |sign: char, count: usize| (0..count).map(|at| format!("{sign}{at}")).collect::<Vec<_>>();
    let (schools, teams) = (names('校', 2_000), names('组', 2_000));
    let mut rows = table("姓名|学校|组");
    for at in 0..2_000 {
        let some = |names: &[String]| (0..8).map(|n| names[(at + n) % 2_000].clone()).collect::<Vec<_>>().join("、");
        rows.push(vec![format!("教师{at}"), some(&schools), some(&teams)]);
    }
    let same = |at: usize, names: &[String]| names[(at + 1) % names.len()].clone();
    let about_schools = schools
        .iter()
        .enumerate()
        .map(|(at, name)| about_school(name, SchoolAnswer::SameAs { name: same(at, &schools) }));
    let answers = Answers { schools: about_schools.collect(), teams: Vec::new() };
    let begun = std::time::Instant::now();
    let plan = answered_by(&directory(), Some("wu"), &rows, STRICT, &answers);
    let took = begun.elapsed();
    assert_eq!(plan.preview.verdict, Verdict::Asking);
    // A second without optimisation; following each name in each row anew takes minutes.
    assert!(took.as_secs() < 10, "{took:?}");
}

#[test]
fn a_table_of_thousands_of_schools_does_not_name_each_beside_each() {
    for (count, others) in [(1_000, 999), (1_001, 0)] {
        let mut rows = table("姓名|学校|教研组");
        rows.extend((0..count).flat_map(|at| table(&format!("教师{at}|第{at}学堂|数学教研组"))));
        let asked = planned_by(&directory(), Some("wu"), &rows, STRICT).preview.questions;
        assert!(asked.teams.iter().all(|team| team.also_in.len() == others), "{count}");
    }
}

#[test]
fn of_somebody_new_all_is_shown_that_is_stored() {
    let text = "姓名|学校|学科|年级|手机|邮箱\n王芳|柳溪小学|数学|三年级|+86 138 1234 5678|Wang@example.org\n\
        王芳|清河实验小学|语文||13812345678|";
    let plan = planned(text, STRICT);
    let adds = Doing::Adds {
        login: "p2".to_owned(),
        phone: Some("13812345678".to_owned()),
        email: Some("wang@example.org".to_owned()),
        teaches: "数学 三年级".to_owned(),
    };
    assert_eq!(plan.preview.rows[0].does[0], adds);
    let more =
        Doing::Changes {
            column: Column::Subject, from: "数学 三年级".to_owned(), to: "数学 三年级、语文".to_owned()
        };
    assert!(plan.preview.rows[1].does.contains(&more), "{:?}", plan.preview.rows[1].does);
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "", "王芳", "林秀兰", "周明远", "zhou", "柳溪小学", "实验小学", "东关小学、柳溪小学", "清河教育集团", "教师",
            "校长", "组长", "总校长", "数学组", "语文备课组，数学组", "13800000003", "13811111111", "a@b.cn", "2026-09-01",
            "2026.9", "45000", "2020", "=1+1", "至今", "\u{202e}x\u{0}", "name", "姓名", "无",
        ]).prop_map(str::to_owned),
        1 => ".{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_table_gives_a_plan_that_fits_or_says_why_not(
        rows in prop::collection::vec(prop::collection::vec(cell(), 0..11), 0..12),
        lenient in any::<bool>(),
        actor in prop::sample::select(vec![None, Some("admin"), Some("wu"), Some("head")]),
    ) {
        let headings = ["姓名", "学校", "岗位", "组", "手机", "邮箱", "账号", "从", "到", "学科"];
        let mut full = vec![headings.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>()];
        full.extend(rows);
        let directory = directory();
        let options = if lenient { LENIENT } else { STRICT };
        let plan = planned_by(&directory, actor, &full, options);
        let said = !plan.preview.troubles.is_empty() || plan.preview.rows.iter().any(|row| !row.troubles.is_empty());
        match plan.preview.verdict {
            Verdict::Ready => {
                let after = applied(&directory, &plan);
                prop_assert!(plan.new_people.iter().all(|id| after.person(id).is_some()));
                prop_assert_eq!(plan.new_people.len(), plan.preview.new_people);
            }
            Verdict::NothingToDo => prop_assert!(plan.records.is_empty()),
            Verdict::Asking => prop_assert!(plan.preview.questions.open() > 0 && plan.records.is_empty()),
            Verdict::Wrong => prop_assert!(said && plan.records.is_empty()),
        }
    }

    #[test]
    fn no_table_whatever_ends_in_a_panic(rows in prop::collection::vec(prop::collection::vec(".{0,30}", 0..8), 0..30)) {
        let plan = planned_by(&directory(), None, &rows, LENIENT);
        prop_assert!(plan.preview.verdict != Verdict::Ready || !plan.records.is_empty());
    }
}
