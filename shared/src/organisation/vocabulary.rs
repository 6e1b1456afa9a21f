//! The words a region sets: kinds of groups with their defaults, posts with their rights, subjects, stages, terms.

use serde::{Deserialize, Serialize};

use super::records::BodyKind;
use crate::access::Right;
use crate::words::{GroupKindId, PostId, Span};

/// A word as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    pub zh: String,
    pub en: String,
}

impl Wording {
    pub fn new(zh: &str, en: &str) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// How far those look who lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Only what a school shares.
    Nothing,
    /// What lies on a school's own shelf.
    Shelves,
    /// Also what lies with its teams and teachers.
    Drafts,
}

/// A kind of group. Its defaults say who may read what without anybody sharing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupKind {
    pub id: GroupKindId,
    pub name: Wording,
    /// How far those who lead the group or its lead school look into its member schools.
    pub lead_reads: Reach,
    /// How far teachers of one member school look into another.
    pub members_read: Reach,
}

/// What a person is in a school, team or group, and what that lets them do there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub id: PostId,
    pub name: Wording,
    /// Where one can hold it.
    pub at: BodyKind,
    /// On the shelf of that body; who manages it looks after its people, too.
    pub right: Right,
    /// Whether the post looks down: a group's into its schools, as its kind allows, a school's into its teams.
    pub spans: bool,
    /// Comes with an end: offered with a date in forms (督导, 教研员).
    #[serde(default)]
    pub for_a_time: bool,
}

impl Post {
    /// Whether it lets somebody manage or look down: such a post is given by people, and remembered.
    pub fn decides(&self) -> bool {
        self.spans || self.right == Right::Manage
    }
}

/// A stage of schooling with its grades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    pub name: Wording,
    pub grades: Vec<String>,
}

/// A school term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    pub name: Wording,
    #[serde(flatten)]
    pub span: Span,
}

/// From which size on a group is warned of its size; nothing is forbidden by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    pub schools: Option<u32>,
    pub pupils: Option<u32>,
}

/// All of a region's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    pub kinds: Vec<GroupKind>,
    pub posts: Vec<Post>,
    pub subjects: Vec<Wording>,
    /// A kindergarten's five domains stand where a school has subjects.
    pub domains: Vec<Wording>,
    pub stages: Vec<Stage>,
    #[serde(default)]
    pub terms: Vec<Term>,
    pub sizes: Sizes,
}

impl Vocabulary {
    /// What a region starts with; it may change all of it.
    pub fn usual() -> Self {
        let words = |pairs: &[(&str, &str)]| pairs.iter().map(|(zh, en)| Wording::new(zh, en)).collect();
        Self {
            kinds: usual_kinds(),
            posts: usual_posts(),
            subjects: words(&[
                ("语文", "Chinese"),
                ("数学", "Mathematics"),
                ("英语", "English"),
                ("道德与法治", "Morality and law"),
                ("科学", "Science"),
                ("物理", "Physics"),
                ("化学", "Chemistry"),
                ("生物", "Biology"),
                ("历史", "History"),
                ("地理", "Geography"),
                ("体育", "Physical education"),
                ("音乐", "Music"),
                ("美术", "Art"),
                ("信息科技", "Information technology"),
                ("劳动", "Practical work"),
                ("综合实践", "Integrated practice"),
            ]),
            domains: words(&[
                ("健康", "Health"),
                ("语言", "Language"),
                ("社会", "Society"),
                ("科学", "Science"),
                ("艺术", "Art"),
            ]),
            stages: usual_stages(),
            terms: Vec::new(),
            sizes: Sizes { schools: Some(9), pupils: Some(15_000) },
        }
    }

    pub fn kind(&self, id: &GroupKindId) -> Option<&GroupKind> {
        self.kinds.iter().find(|kind| kind.id == *id)
    }

    pub fn post(&self, id: &PostId) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == *id)
    }
}

fn usual_kinds() -> Vec<GroupKind> {
    let kind = |id: &str, zh, en, lead_reads, members_read| GroupKind {
        id: id.parse().expect("a fixed id"),
        name: Wording::new(zh, en),
        lead_reads,
        members_read,
    };
    vec![
        kind("fused", "融合型", "fused", Reach::Drafts, Reach::Shelves),
        kind("entrusted", "托管型", "entrusted", Reach::Drafts, Reach::Nothing),
        kind("close", "紧密型", "close", Reach::Shelves, Reach::Shelves),
        kind("joint", "共建型", "jointly built", Reach::Nothing, Reach::Shelves),
        kind("cooperative", "协作型", "cooperative", Reach::Nothing, Reach::Nothing),
        kind("alliance", "联盟型", "alliance", Reach::Nothing, Reach::Nothing),
    ]
}

fn usual_posts() -> Vec<Post> {
    let post = |id: &str, zh, en, at, right, spans, for_a_time| Post {
        id: id.parse().expect("a fixed id"),
        name: Wording::new(zh, en),
        at,
        right,
        spans,
        for_a_time,
    };
    use BodyKind::{Group, School, Team};
    vec![
        post("general-head", "总校长", "general headmaster", Group, Right::Manage, true, false),
        post("chair", "理事长", "chair of the board", Group, Right::Manage, true, false),
        post("office", "办公室主任", "head of the group office", Group, Right::Manage, false, false),
        post("secretary", "秘书长", "secretary-general", Group, Right::Manage, false, false),
        post("inspector", "督导", "inspector", Group, Right::View, true, true),
        post("adviser", "教研员", "research adviser", Group, Right::Comment, false, true),
        post("head", "执行校长", "headmaster", School, Right::Manage, true, false),
        post("kindergarten-head", "园长", "head of the kindergarten", School, Right::Manage, true, false),
        post("staff", "教务员", "school office", School, Right::Manage, false, false),
        post("renowned", "名师", "well-known teacher", School, Right::Comment, false, false),
        post("teacher", "教师", "teacher", School, Right::Comment, false, false),
        post("research-lead", "教研组长", "leader of the research group", Team, Right::Manage, false, false),
        post("preparation-lead", "备课组长", "leader of the preparation group", Team, Right::Manage, false, false),
        post("studio-lead", "名师工作室主持人", "leader of the studio", Team, Right::Manage, false, false),
        post("member", "组员", "member", Team, Right::Edit, false, false),
        post("suggester", "见习组员", "trainee member", Team, Right::Suggest, false, false),
        post("guest", "客座教研员", "guest expert", Team, Right::Comment, false, true),
    ]
}

fn usual_stages() -> Vec<Stage> {
    let stage = |zh, en, grades: &[&str]| Stage {
        name: Wording::new(zh, en),
        grades: grades.iter().map(|grade| (*grade).to_owned()).collect(),
    };
    vec![
        stage("学前", "Kindergarten", &["小班", "中班", "大班"]),
        stage("小学", "Primary", &["一年级", "二年级", "三年级", "四年级", "五年级", "六年级"]),
        stage("初中", "Junior secondary", &["七年级", "八年级", "九年级"]),
        stage("高中", "Senior secondary", &["高一", "高二", "高三"]),
    ]
}
