//! The demo's region: a group of three schools and a kindergarten, and the cases that real groups have.

use std::time::Duration;

use shared::organisation::{
    Body, Group, Membership, Person, Record, Region, School, SchoolSort, Seat, Team, TeamSort, Term, Vocabulary,
    Wording,
};
use shared::words::{Span, UnixMillis};

use crate::clock;

/// Somebody of the demo.
pub struct DemoPerson {
    pub login: &'static str,
    pub name: &'static str,
    pub school: &'static str,
    teaches: &'static str,
    /// Posts with the body they are held in; without a body, in the person's school.
    posts: &'static [(&'static str, &'static str)],
    /// What the table of accounts says.
    pub role: &'static str,
}

const fn person(
    login: &'static str,
    name: &'static str,
    school: &'static str,
    teaches: &'static str,
    posts: &'static [(&'static str, &'static str)],
    role: &'static str,
) -> DemoPerson {
    DemoPerson { login, name, school, teaches, posts, role }
}

pub const PEOPLE: [DemoPerson; 16] = [
    person("zhou", "周明远", "shiyan", "数学 三年级", &[("teacher", "")], "lead preparer 主备人"),
    person("lin", "林秀兰", "liuxi", "数学 三年级", &[("teacher", "")], "teacher, rural school 乡村教师"),
    person("chen", "陈静秋", "shiyan", "数学 五年级", &[("renowned", "")], "well-known teacher 名师"),
    person("wu", "吴敏", "shiyan", "", &[("staff", ""), ("office", "group:qinghe")], "group office 集团办公室"),
    person("head", "何建国", "shiyan", "", &[("head", ""), ("general-head", "group:qinghe")], "headmaster 总校长"),
    person("admin", "运维", "shiyan", "", &[("staff", "")], "operator 运维"),
    person("zhao", "赵晓雯", "beiguan", "数学 三年级", &[("teacher", "")], "teacher 教师"),
    person("ma", "马国强", "liuxi", "数学 六年级", &[("head", ""), ("teacher", "")], "head, rural school 乡村执行校长"),
    person("sun", "孙悦", "qinghe-youeryuan", "科学 大班", &[("kindergarten-head", "")], "kindergarten head 园长"),
    person("tang", "唐雨桐", "qinghe-youeryuan", "语言 中班", &[("teacher", "")], "kindergarten teacher 幼儿园教师"),
    person("shan", "单志高", "beiguan", "英语 四年级", &[("teacher", "")], "teacher 教师"),
    person("liu", "刘文静", "shiyan", "语文 二年级", &[("teacher", "")], "teacher 教师"),
    person(
        "shen",
        "沈岚",
        "beiguan",
        "语文 六年级",
        &[("head", ""), ("chair", "group:beiguan-lianmeng")],
        "head, leads another group 执行校长，领衔北关联盟",
    ),
    person(
        "qian",
        "钱立",
        "beiguan",
        "数学 三年级",
        &[("teacher", ""), ("teacher", "school:liuxi")],
        "teaches on two campuses 走教教师",
    ),
    person(
        "yiming",
        "唐一鸣",
        "jiaoyanshi",
        "数学",
        &[("teacher", "")],
        "guest expert until tomorrow 客座教研员，明天到期",
    ),
    person("peng", "彭小满", "donghe", "数学 四年级", &[("teacher", "")], "teacher of another group 外集团教师"),
];

/// Id, name, seal, sort, in a village, pupils.
pub const SCHOOLS: [(&str, &str, &str, SchoolSort, bool, u32); 7] = [
    ("shiyan", "清河实验小学", "实", SchoolSort::Primary, false, 1_486),
    ("beiguan", "北关小学", "北", SchoolSort::Primary, false, 968),
    ("liuxi", "柳溪小学", "柳", SchoolSort::Primary, true, 146),
    ("qinghe-youeryuan", "清河幼儿园", "幼", SchoolSort::Kindergarten, false, 314),
    ("maping", "马坪小学", "坪", SchoolSort::Primary, true, 61),
    ("donghe", "东河小学", "东", SchoolSort::Primary, true, 203),
    ("jiaoyanshi", "县教研室", "研", SchoolSort::Institution, false, 0),
];

/// A team of the demo.
struct DemoTeam {
    id: &'static str,
    name: &'static str,
    sort: TeamSort,
    subject: &'static str,
    stage: &'static str,
    lead: &'static str,
    /// The post of whoever leads it.
    led_as: &'static str,
    members: &'static [&'static str],
}

const TEAMS: [DemoTeam; 3] = [
    DemoTeam {
        id: "maths-3",
        name: "三年级数学备课组",
        sort: TeamSort::Preparation,
        subject: "数学",
        stage: "小学",
        lead: "zhou",
        led_as: "preparation-lead",
        members: &["lin", "zhao", "ma", "qian"],
    },
    DemoTeam {
        id: "chen-studio",
        name: "陈静秋名师工作室",
        sort: TeamSort::Studio,
        subject: "数学",
        stage: "小学",
        lead: "chen",
        led_as: "studio-lead",
        members: &["zhou", "lin", "shan", "liu"],
    },
    DemoTeam {
        id: "kindergarten-maths",
        name: "幼儿园数学领域组",
        sort: TeamSort::Research,
        subject: "科学",
        stage: "学前",
        lead: "tang",
        led_as: "research-lead",
        members: &["sun"],
    },
];

/// All of it, as it stands at `now`. It was founded four years ago.
pub fn records(now: UnixMillis) -> anyhow::Result<Vec<Record>> {
    let ago = |days: u64| clock::before(now, Duration::from_secs(days * 24 * 3600));
    let ahead = |days: u64| clock::after(now, Duration::from_secs(days * 24 * 3600));
    let (founded, last_term) = (ago(4 * 365), ago(120));
    let mut records = vec![Record::Region(Region {
        id: "qinghe-xian".parse()?,
        name: "清河县".to_owned(),
        vocabulary: vocabulary(now),
    })];
    for (id, name, seal, sort, rural, pupils) in SCHOOLS {
        let pupils = (pupils > 0).then_some(pupils);
        let (region, name, seal) = ("qinghe-xian".parse()?, name.to_owned(), seal.to_owned());
        records.push(Record::School(School { id: id.parse()?, region, name, seal, sort, rural, pupils }));
    }
    for (id, name, kind, founded) in
        [("qinghe", "清河教育集团", "cooperative", founded), ("beiguan-lianmeng", "北关联盟", "alliance", ago(400))]
    {
        records.push(Record::Group(Group {
            id: id.parse()?,
            region: "qinghe-xian".parse()?,
            name: name.to_owned(),
            kind: kind.parse()?,
            founded: Some(founded),
        }));
    }
    let places = [
        ("qinghe", "shiyan", true, founded),
        ("qinghe", "beiguan", false, founded),
        ("qinghe", "liuxi", false, founded),
        ("qinghe", "qinghe-youeryuan", false, ago(800)),
        ("qinghe", "maping", false, founded),
        ("beiguan-lianmeng", "beiguan", true, ago(400)),
        ("beiguan-lianmeng", "donghe", false, ago(400)),
    ];
    for (group, school, leads, since) in places {
        let left = school == "maping";
        records.push(Record::Membership(Membership {
            id: format!("{group}-{school}").parse()?,
            group: group.parse()?,
            school: school.parse()?,
            leads,
            span: Span { since, until: left.then_some(last_term) },
            reason: if left { "并入乡中心校".to_owned() } else { String::new() },
            handed_over: if left {
                "教案、课程资源和校本题库已移交乡中心校".to_owned()
            } else {
                String::new()
            },
        }));
    }
    for DemoTeam { id, name, sort, subject, stage, .. } in TEAMS {
        records.push(Record::Team(Team {
            id: id.parse()?,
            home: Body::Group("qinghe".parse()?),
            name: name.to_owned(),
            sort,
            subject: subject.to_owned(),
            stage: stage.to_owned(),
            ended: None,
        }));
    }
    for person in &PEOPLE {
        records.push(Record::Person(account(person, founded)?));
        for (post, body) in person.posts {
            let body: Body = if body.is_empty() { Body::School(person.school.parse()?) } else { body.parse::<Body>()? };
            records.push(seat(person.login, &body, post, Span::from(founded))?);
        }
    }
    for DemoTeam { id, lead, led_as, members, .. } in TEAMS {
        let body = Body::Team(id.parse()?);
        records.push(seat(lead, &body, led_as, Span::from(founded))?);
        for member in members {
            records.push(seat(member, &body, "member", Span::from(founded))?);
        }
    }
    let guest = Span { since: ago(60), until: Some(ahead(1)) };
    records.push(seat("yiming", &Body::Team("maths-3".parse()?), "guest", guest)?);
    Ok(records)
}

fn account(person: &DemoPerson, created: UnixMillis) -> anyhow::Result<Person> {
    Ok(Person {
        id: person.login.parse()?,
        name: person.name.to_owned(),
        login: person.login.to_owned(),
        phone: None,
        email: None,
        teaches: person.teaches.to_owned(),
        operator: person.login == "admin",
        created,
        suspended: None,
        closed: None,
    })
}

fn seat(person: &str, body: &Body, post: &str, span: Span) -> anyhow::Result<Record> {
    let id = format!("{person}-{}-{post}", body.to_string().replace(':', "-")).parse()?;
    let own = PEOPLE.iter().find(|known| known.login == person).map(|known| known.school);
    let main = matches!(body, Body::School(school) if own == Some(school.as_str()));
    Ok(Record::Seat(Seat { id, person: person.parse()?, body: body.clone(), post: post.parse()?, main, span }))
}

/// The usual words, with the terms of this school year: the first begins on the first of September.
fn vocabulary(now: UnixMillis) -> Vocabulary {
    let day = |days: i64| UnixMillis(now.0 + days * UnixMillis::DAY);
    let term = |zh: &str, en: &str, since, until| Term {
        name: Wording::new(zh, en),
        span: Span { since, until: Some(until) },
    };
    let terms = vec![term("本学期", "this term", day(-82), day(60)), term("下学期", "next term", day(84), day(220))];
    Vocabulary { terms, ..Vocabulary::usual() }
}
