//! What the search costs where a whole district shares its work: `cargo bench -p server --bench search`.
//!
//! 100,000 items and 20,000 documents with some 70 million characters, on the shelves of 3,000 people, 400 teams, 180
//! schools and 60 groups. The goals: any answer with all its counts within 50 ms, p95; a text of 1 MB found 2 s after it
//! was put. Words and texts are made up here, so that frequent ones are as frequent as in real texts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use server::library::search::quality::{Judged, measure};
use server::library::search::{Asker, Entry, Marker, Search, Text, What};
use shared::access::{DocumentAccess, Grantee, Right, Share, right};
use shared::library::{Facet, Question, Scope, Sort};
use shared::organisation::{
    Body, Change, Directory, Group, Membership, Person, Record, Region, School, SchoolSort, Seat, Shelf, Team,
    TeamSort, Vocabulary,
};
use shared::words::{RegionId, Span, UnixMillis, UserId};

const ITEMS: usize = 100_000;
const DOCUMENTS: usize = 20_000;
const PEOPLE: usize = 3_000;
const GROUPS: usize = 60;
const SCHOOLS: usize = 180;
const TEAMS: usize = 400;
const ROUNDS: usize = 10;
const NOW: UnixMillis = UnixMillis(2_000 * UnixMillis::DAY);
const ANSWER_GOAL: Duration = Duration::from_millis(50);
const TEXT_GOAL: Duration = Duration::from_secs(2);

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let directory = Arc::new(district());
    let search = Search::open(folder.path())?;
    let corpus = Corpus::new();
    fill(&search, &corpus, folder.path())?;
    let mut missed = put_a_long_text(&search, &corpus)?;
    missed += ask_everything(&search, &directory)?;
    find_titles_again(&search, &corpus, &directory);
    write_meanwhile(&search, &corpus, &directory)?;
    mark(&corpus);
    let begun = Instant::now();
    drop(search);
    Search::open(folder.path())?;
    println!("opened again, all of it checked: {:.0} ms", millis(begun.elapsed()));
    anyhow::ensure!(missed == 0, "{missed} goals were missed");
    Ok(())
}

fn fill(search: &Search, corpus: &Corpus, folder: &Path) -> anyhow::Result<()> {
    let (memory, begun) = (memory_mib(), Instant::now());
    let mut dice = Dice(11);
    let mut entries = Vec::with_capacity(ITEMS + DOCUMENTS);
    let (mut texts, mut chars) = (Duration::ZERO, 0);
    for number in 0..ITEMS + DOCUMENTS {
        let made = corpus.entry(number, &mut dice);
        chars += made.body.chars().count();
        let also: Vec<&str> = made.also.iter().map(String::as_str).collect();
        let putting = Instant::now();
        search.put_text(number as u32, &Text { title: &made.title, also: &also, body: &made.body, parts: &[] })?;
        texts += putting.elapsed();
        entries.push(made.entry);
    }
    let committing = Instant::now();
    search.commit(1)?;
    println!(
        "{} texts of {:.0} million characters: {:.1} s to put, {:.1} s to commit ({:.1} s with making them up)",
        ITEMS + DOCUMENTS,
        chars as f64 / 1e6,
        texts.as_secs_f64(),
        committing.elapsed().as_secs_f64(),
        begun.elapsed().as_secs_f64(),
    );
    let filling = Instant::now();
    search.put_rows(entries);
    println!("{} rows: {:.0} ms", ITEMS + DOCUMENTS, millis(filling.elapsed()));
    println!("memory: {:.0} MiB more than before; on the disk {:.0} MiB", memory_mib() - memory, disk_mib(folder)?);
    Ok(())
}

fn put_a_long_text(search: &Search, corpus: &Corpus) -> anyhow::Result<usize> {
    let mut body = corpus.text(&mut Dice(5), (1 << 20) / 3 + 1_000);
    body.truncate(body.floor_char_boundary(1 << 20));
    let mut times = Vec::new();
    for round in 0..5_u32 {
        let begun = Instant::now();
        let number = (ITEMS + DOCUMENTS) as u32 + round;
        search.put_text(number, &Text { title: "一份很长的材料", also: &[], body: &body, parts: &[] })?;
        search.commit(u64::from(round) + 2)?;
        times.push(begun.elapsed());
    }
    let slowest = times.into_iter().max().unwrap_or_default();
    println!("a text of 1 MB, put and committed: {:.0} ms at most of 5", millis(slowest));
    Ok(usize::from(slowest > TEXT_GOAL))
}

/// Each kind of question, as people type it.
const QUESTIONS: [(&str, &[&str]); 13] = [
    ("1 character", &["的", "数", "春", "圆", "诗", "电"]),
    ("2 characters", &["分数", "教学", "练习", "古诗", "电路", "作文"]),
    ("4 characters", &["认识时间", "教学设计", "阅读理解", "集体备课", "分数乘法"]),
    ("8 characters", &["长方形的周长练习", "分数的初步认识课", "小学数学教学设计"]),
    ("2 terms", &["三年级 分数", "数学 练习", "教案 古诗", "上册 课件 语文"]),
    ("pinyin", &["fenshu", "jiaoxue", "shuxue", "zuowen", "lianxi"]),
    ("initials", &["fs", "jx", "sxlx", "ktjx", "jtbk"]),
    ("half typed", &["fensh", "jiaox", "shuxu", "welc", "f", "l"]),
    ("a word", &["unit", "ppt", "welcome", "pep"]),
    ("Traditional", &["集體備課", "數學", "閱讀理解"]),
    ("only like it", &["份数练习", "分数初步认识教学设计稿", "welcmoe", "没有这种东西吧", "古诗 没有这个词"]),
    ("browse", &[""]),
    ("a sentence", &["我想找一份三年级上册数学分数的初步认识公开课的课件和教学设计"]),
];

fn ask_everything(search: &Search, directory: &Arc<Directory>) -> anyhow::Result<usize> {
    let filters =
        BTreeMap::from([(Facet::Subject, vec!["数学".to_owned()]), (Facet::Kind, vec!["courseware".to_owned()])]);
    let mut missed = 0;
    println!("\n{:<34}{:>9}{:>9}{:>9}{:>10}", "", "p50 ms", "p95 ms", "max ms", "found");
    for (who, people) in [("sees little", [PEOPLE - 1, PEOPLE - 2]), ("sees nearly all", [0, 0])] {
        let mut all = Vec::new();
        for (kind, questions) in QUESTIONS {
            let ways = [
                (Sort::Relevance, BTreeMap::new(), Scope::Everywhere),
                (Sort::Relevance, filters.clone(), Scope::Everywhere),
                (Sort::Newest, BTreeMap::new(), Scope::Group(id("group", 3))),
            ];
            let (mut times, mut found) = (Vec::new(), 0);
            for round in 0..ROUNDS {
                let person = user(people[round % people.len()]);
                for (q, (sort, filters, scope)) in questions.iter().flat_map(|q| ways.iter().map(move |way| (q, way))) {
                    let (sort, filters, scope) = (*sort, filters.clone(), scope.clone());
                    let question = Question { q: (*q).to_owned(), scope, filters, sort, offset: 0, limit: 20 };
                    let begun = Instant::now();
                    let answer = search.find(&question, Asker { person: &person, directory, now: NOW })?;
                    times.push(begun.elapsed());
                    found = found.max(answer.total);
                }
            }
            report(&format!("{who}: {kind}"), &mut times, &found.to_string());
            all.append(&mut times);
        }
        missed += usize::from(report(&format!("{who}: all"), &mut all, "") > ANSWER_GOAL);
        missed += usize::from(glimpse(search, directory, who, people[0])? > ANSWER_GOAL);
    }
    let mut firsts = Vec::new();
    for person in 0..200 {
        let person = user(person * 14);
        let question = Question { q: String::new(), ..browsing() };
        let begun = Instant::now();
        search.find(&question, Asker { person: &person, directory, now: NOW })?;
        firsts.push(begun.elapsed());
    }
    report("the first question of somebody", &mut firsts, "");
    Ok(missed)
}

/// What the box in the bar asks for: five of each sort.
fn glimpse(search: &Search, directory: &Arc<Directory>, who: &str, person: usize) -> anyhow::Result<Duration> {
    let person = user(person);
    let mut times = Vec::new();
    for q in QUESTIONS.iter().flat_map(|(_, questions)| *questions).cycle().take(ROUNDS * 50) {
        let begun = Instant::now();
        search.glimpse(q, 5, Asker { person: &person, directory, now: NOW })?;
        times.push(begun.elapsed());
    }
    Ok(report(&format!("{who}: the box in the bar"), &mut times, ""))
}

/// Questions while texts are put and committed every tenth of a second, on the other core.
fn write_meanwhile(search: &Search, corpus: &Corpus, directory: &Arc<Directory>) -> anyhow::Result<()> {
    let mut times = Vec::new();
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let writer = scope.spawn(|| -> anyhow::Result<()> {
            let mut dice = Dice(17);
            for round in 0..50 {
                for _ in 0..20 {
                    let number = dice.below(ITEMS);
                    let made = corpus.entry(number, &mut dice);
                    search.put_text(
                        number as u32,
                        &Text { title: &made.title, also: &[], body: &made.body, parts: &[] },
                    )?;
                    search.put_row(made.entry);
                }
                search.commit(100 + round)?;
            }
            Ok(())
        });
        while !writer.is_finished() {
            for q in ["分数", "jiaoxue", "三年级 练习", "的"] {
                let question = Question { q: q.to_owned(), ..browsing() };
                let begun = Instant::now();
                search.find(&question, Asker { person: &user(0), directory, now: NOW })?;
                times.push(begun.elapsed());
            }
        }
        writer.join().map_err(|_| anyhow::anyhow!("the writer panicked"))?
    })?;
    report("while texts are written", &mut times, "");
    Ok(())
}

fn mark(corpus: &Corpus) {
    let text = corpus.text(&mut Dice(23), 7_000);
    println!();
    for q in ["的", "分数", "分数的初步认识教学", "fenshu", "三年级上册 分数 练习"] {
        let begun = Instant::now();
        let mut chars = 0;
        for _ in 0..200 {
            chars += Marker::of(q).snippet(&text, 80).len();
        }
        let micros = millis(begun.elapsed()) * 5.0;
        println!("a snippet of {} KB for {q}: {micros:.0} µs ({} pieces)", text.len() / 1_000, chars / 200);
    }
}

/// Titles typed as they are: whoever knows what a thing is called finds it.
fn find_titles_again(search: &Search, corpus: &Corpus, directory: &Arc<Directory>) {
    let mut dice = Dice(11);
    let entries: Vec<Made> = (0..2_000).map(|number| corpus.entry(number, &mut dice)).collect();
    let first = user(0);
    let seen = entries.iter().filter(|made| right(directory, &first, &made.entry.access, NOW).is_some());
    let judged = seen.step_by(5).map(|made| Judged {
        q: made.title.clone(),
        filters: BTreeMap::new(),
        expected: vec![made.entry.key.clone()],
    });
    let quality = measure(&judged.collect::<Vec<_>>(), |judged| {
        let question = Question { q: judged.q.clone(), ..browsing() };
        let hits = search.find(&question, Asker { person: &first, directory, now: NOW }).map(|answer| answer.hits);
        hits.unwrap_or_default().into_iter().map(|hit| hit.key).collect()
    });
    println!(
        "{} titles typed in full (many are alike): recall@10 {:.2}, MRR {:.2}",
        quality.questions, quality.recall_at_10, quality.mrr
    );
}

fn browsing() -> Question {
    Question {
        q: String::new(),
        scope: Scope::Everywhere,
        filters: BTreeMap::new(),
        sort: Sort::Relevance,
        offset: 0,
        limit: 20,
    }
}

/// Prints the row and gives p95.
fn report(what: &str, times: &mut [Duration], found: &str) -> Duration {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let (p50, p95, max) = (at(0.5), at(0.95), at(1.0));
    println!("{what:<34}{:>9.2}{:>9.2}{:>9.2}{found:>10}", millis(p50), millis(p95), millis(max));
    p95
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Memory of the process that is not a mapped file; 0 where the system does not say.
fn memory_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let anonymous =
        status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.split_whitespace().next()?.parse().ok());
    anonymous.unwrap_or(0.0) / 1_024.0
}

fn disk_mib(folder: &Path) -> anyhow::Result<f64> {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder)? {
        bytes += file?.metadata()?.len();
    }
    Ok(bytes as f64 / f64::from(1 << 20))
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    /// As words are in texts: the second half as often as the first, the third a third as often.
    fn frequent(&mut self, end: usize) -> usize {
        let share = self.below(1 << 20) as f64 / f64::from(1 << 20);
        ((end as f64 + 1.0).powf(share) as usize - 1).min(end - 1)
    }

    fn one<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const SUBJECTS: [&str; 9] = ["数学", "语文", "英语", "科学", "道德与法治", "美术", "音乐", "体育", "信息科技"];
const GRADES: [&str; 9] = ["一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级"];
const EDITIONS: [&str; 4] = ["人教版", "北师大版", "苏教版", "统编版"];
const LESSON_TYPES: [&str; 5] = ["新授课", "复习课", "练习课", "实验课", "讲评课"];
const KINDS: [&str; 8] = [
    "lesson-design",
    "micro-lesson",
    "courseware",
    "recorded-lesson",
    "teaching-case",
    "question-set",
    "research-result",
    "template",
];
const FILES: [&str; 5] = ["docx", "pptx", "pdf", "mp4", "xlsx"];
const TOPICS: [&str; 60] = [
    "分数的初步认识",
    "长方形的周长",
    "两位数乘两位数",
    "小数的加减法",
    "认识时间",
    "圆的面积",
    "比例尺",
    "一元一次方程",
    "平行四边形",
    "分数乘法",
    "古诗二首",
    "习作单元",
    "阅读理解",
    "口语交际",
    "作文讲评",
    "文言文入门",
    "看图写话",
    "汉语拼音",
    "课外阅读",
    "背影",
    "春天的校园",
    "家乡的桥",
    "简单电路",
    "植物的一生",
    "光的反射",
    "水的三态变化",
    "显微镜的使用",
    "声音的产生",
    "营养与健康",
    "食物链",
    "Unit 3 Welcome",
    "Unit 1 Hello",
    "自然拼读",
    "字母歌",
    "日常对话",
    "阅读绘本",
    "垃圾分类",
    "网络安全",
    "遵守规则",
    "我们的班级",
    "色彩的冷暖",
    "剪纸",
    "水墨画",
    "合唱排练",
    "节奏练习",
    "民歌欣赏",
    "跳绳",
    "篮球运球",
    "体能测试",
    "图形化编程",
    "数据与图表",
    "人工智能初探",
    "期中复习",
    "期末复习",
    "家长会",
    "班主任工作",
    "集体备课记录",
    "听课评课",
    "课题研究",
    "校本课程",
];
const FORMS: [&str; 12] =
    ["教案", "课件", "教学设计", "微课", "练习题", "课堂实录", "说课稿", "单元测试", "学习单", "反思", "公开课", "PPT"];
const PHRASES: [&str; 48] = [
    "的", "了", "在", "学生", "教师", "我们", "教学", "通过", "可以", "课堂", "学习", "一个", "问题", "引导", "小组",
    "讨论", "活动", "练习", "观察", "发现", "理解", "掌握", "方法", "知识", "目标", "重点", "难点", "过程", "评价",
    "合作", "探究", "思考", "交流", "展示", "总结", "作业", "设计", "情境", "兴趣", "能力", "和", "是", "把", "让",
    "从", "用", "PPT", "以及",
];
/// Made into words of two or three, that none of the others be the only ones with these characters.
const CHARACTERS: &str = "天地人你我他山水火木土日月星云风雨雪花草树叶鸟鱼虫马牛羊狗猫大小多少上下左右前后里外东西南北中高低长短方圆\
    红黄蓝绿白黑金银铜铁石田禾米麦豆瓜果菜饭茶酒衣帽鞋车船桥路门窗屋房床桌椅灯书笔纸墨画琴棋诗词歌舞春夏秋冬早晚晨昏\
    年月时分秒今昨明去来走跑跳飞游看听说读写算想问答教学习练记忘知识道理真假好坏美丑善恶新旧老少男女父母兄弟姐妹师友\
    同学班级校园城市乡村国家民族历史文化科技电光声热力质量体积面线点角边数字母式方程函图表";

struct Corpus {
    words: Vec<String>,
}

struct Made {
    entry: Entry,
    title: String,
    also: Vec<String>,
    body: String,
}

impl Corpus {
    fn new() -> Self {
        let characters: Vec<char> = CHARACTERS.chars().filter(|c| !c.is_whitespace()).collect();
        let mut dice = Dice(2);
        let mut words: Vec<String> =
            PHRASES.iter().chain(&TOPICS).chain(&FORMS).map(|word| (*word).to_owned()).collect();
        for _ in 0..8_000 {
            let length = 2 + dice.below(2);
            words.push((0..length).map(|_| characters[dice.below(characters.len())]).collect());
        }
        Self { words }
    }

    /// Sentences, about so many characters.
    fn text(&self, dice: &mut Dice, chars: usize) -> String {
        let mut text = String::with_capacity(chars * 3 + 100);
        let mut written = 0;
        while written < chars {
            for _ in 0..4 + dice.below(8) {
                let word = &self.words[dice.frequent(self.words.len())];
                text.push_str(word);
                written += word.chars().count();
            }
            text.push_str(["，", "。", "，", "。\n"][dice.below(4)]);
            written += 1;
        }
        text
    }

    fn entry(&self, number: usize, dice: &mut Dice) -> Made {
        let (subject, grade) = (dice.one(&SUBJECTS), dice.one(&GRADES));
        let volume = format!("{grade}{}", ["上册", "下册"][dice.below(2)]);
        let topic = TOPICS[dice.frequent(TOPICS.len())];
        let own = &self.words[PHRASES.len() + dice.below(self.words.len() - PHRASES.len())];
        let title = match dice.below(4) {
            0 => format!("《{topic}》{}", dice.one(&FORMS)),
            1 => format!("{volume}{topic}{}", dice.one(&FORMS)),
            2 => format!("{topic}：{own}{}", dice.one(&FORMS)),
            _ => format!("{subject}{grade} {own}与{topic}"),
        };
        let school = dice.below(SCHOOLS);
        let (edition, lesson_type) = (dice.one(&EDITIONS), dice.one(&LESSON_TYPES));
        let tag = self.words[dice.frequent(2_000)].clone();
        let unit = format!("第{}单元 {topic}", 1 + dice.below(8));
        let is_document = number >= ITEMS;
        let kind = if is_document { "document:lesson-plan" } else { dice.one(&KINDS) };
        let chars = match is_document || dice.below(10) < 3 {
            true => 600 + dice.below(2_000),
            false => 80 + dice.below(200),
        };
        let body = self.text(dice, chars);
        let values = [
            (Facet::Kind, kind),
            (Facet::Stage, "小学"),
            (Facet::Subject, subject),
            (Facet::Grade, grade),
            (Facet::Edition, edition),
            (Facet::Volume, &volume),
            (Facet::Unit, &unit),
            (Facet::LessonType, lesson_type),
            (Facet::File, dice.one(&FILES)),
            (Facet::Tag, &tag),
        ];
        let values = values.map(|(facet, value)| (facet, value.to_owned())).into();
        let author = format!("老师{}", dice.below(PEOPLE));
        let place = format!("第{school}实验小学");
        let also = [author.as_str(), &place, subject, grade, edition, &volume, &unit, &tag];
        let entry = Entry {
            number: number as u32,
            what: if is_document { What::Document } else { What::Item },
            parts: Vec::new(),
            key: format!("{}:{number:021}", if is_document { "document" } else { "item" }),
            access: access(is_document, school, dice),
            values,
            school: Some(id("school", school)),
            changed: UnixMillis(NOW.0 - dice.below(1_500) as i64 * UnixMillis::DAY),
            uses: dice.frequent(500) as u32,
        };
        Made { entry, title, also: also.map(str::to_owned).into(), body }
    }
}

/// Documents are rather drafts, with shares of their own; items lie where many see them.
fn access(is_document: bool, school: usize, dice: &mut Dice) -> DocumentAccess {
    let author = user(dice.below(PEOPLE));
    let shelf = match dice.below(10) + if is_document { 0 } else { 2 } {
        0..=3 => Shelf::Person(author.clone()),
        4..=5 => Shelf::Team(id("team", dice.below(TEAMS))),
        6..=9 => Shelf::School(id("school", school)),
        _ => Shelf::Group(id("group", dice.below(GROUPS))),
    };
    let shares = if is_document { dice.below(3) } else { 0 };
    let shares = (0..shares).map(|_| Share {
        with: match dice.below(3) {
            0 => Grantee::Person(user(dice.below(PEOPLE))),
            1 => Grantee::Team(id("team", dice.below(TEAMS))),
            _ => Grantee::School(id("school", dice.below(SCHOOLS))),
        },
        right: Right::Comment,
    });
    DocumentAccess { author, shelf, shares: shares.collect(), binned: false, session: None }
}

fn id<I: std::str::FromStr<Err = shared::words::InvalidId>>(kind: &str, number: usize) -> I {
    // As long as real ones.
    format!("{kind}-{number:06}-0123456789").parse().expect("an id")
}

fn user(number: usize) -> UserId {
    id("user", number)
}

/// The first person is a general head of every group: they see nearly all that is not a draft.
fn district() -> Directory {
    let words = Vocabulary::usual();
    let kinds: Vec<_> = words.kinds.iter().map(|kind| kind.id.clone()).collect();
    let region: RegionId = id("region", 0);
    let mut records = vec![Record::Region(Region { id: region.clone(), name: "区域".into(), vocabulary: words })];
    for number in 0..GROUPS {
        let kind = kinds[number % kinds.len()].clone();
        let name = format!("集团{number}");
        records.push(Record::Group(Group {
            id: id("group", number),
            region: region.clone(),
            name,
            kind,
            founded: None,
        }));
    }
    for number in 0..SCHOOLS {
        records.push(Record::School(School {
            id: id("school", number),
            region: region.clone(),
            name: format!("学校{number}"),
            seal: "实".into(),
            sort: SchoolSort::Primary,
            rural: number % 3 == 0,
            pupils: Some(900),
        }));
        records.push(Record::Membership(Membership {
            id: id("place", number),
            group: id("group", number % GROUPS),
            school: id("school", number),
            leads: number < GROUPS,
            span: Span::from(UnixMillis(0)),
            reason: String::new(),
            handed_over: String::new(),
        }));
    }
    for number in 0..TEAMS {
        let home = match number % 2 {
            0 => Body::Group(id("group", number % GROUPS)),
            _ => Body::School(id("school", number % SCHOOLS)),
        };
        records.push(Record::Team(Team {
            id: id("team", number),
            home,
            name: format!("教研组{number}"),
            sort: TeamSort::Research,
            subject: "数学".into(),
            stage: "小学".into(),
            ended: None,
        }));
    }
    for number in 0..PEOPLE {
        records.push(Record::Person(Person::new(user(number), "老师", &format!("teacher{number}"), UnixMillis(0))));
    }
    let mut dice = Dice(1);
    let mut seats = 0;
    let mut sit = |person: usize, body: Body, post: &str| {
        seats += 1;
        let (post, span) = (post.parse().expect("a post"), Span::from(UnixMillis(0)));
        Record::Seat(Seat { id: id("seat", seats), person: user(person), body, post, main: false, span })
    };
    for person in 0..PEOPLE {
        let post = if person < SCHOOLS { "head" } else { "teacher" };
        records.push(sit(person, Body::School(id("school", person % SCHOOLS)), post));
        records.push(sit(person, Body::Team(id("team", dice.below(TEAMS))), "member"));
    }
    for group in 0..GROUPS {
        records.push(sit(0, Body::Group(id("group", group)), "general-head"));
    }
    let changes: Vec<_> = records.into_iter().map(Change::Put).collect();
    let mut directory = Directory::default();
    directory.change(&changes).expect("the records fit");
    directory
}
