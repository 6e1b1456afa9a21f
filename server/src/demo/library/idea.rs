//! What is written by hand: an idea for teaching and the pieces that teachers made of it.

use shared::api::Deed;
use shared::library::{ItemKind, Licence};

use super::picture::Sketch;

/// Where an idea belongs.
pub enum Place {
    /// A place in a textbook.
    Book(&'static str),
    /// Stage, subject or domain, grade; any may be empty.
    Free(&'static str, &'static str, &'static str),
}

/// Tasks for pupils, with what comes out.
pub enum Drill {
    None,
    Say(&'static [(&'static str, &'static str)]),
    /// Computed, from a seed.
    Make(fn(u32) -> Vec<(String, String)>),
}

/// An idea for teaching, with all that the pieces made of it have in common.
pub struct Idea {
    /// Begins the ids of its items.
    pub slug: &'static str,
    pub place: Place,
    pub theme: &'static str,
    pub goals: &'static [&'static str],
    /// The questions that carry the lesson.
    pub asks: &'static [&'static str],
    /// Name and course of each step.
    pub steps: &'static [(&'static str, &'static str)],
    /// What pupils find hard, and why.
    pub watch: &'static str,
    pub drill: Drill,
    pub sketch: Sketch,
    pub tags: &'static [&'static str],
    pub pieces: Vec<Piece>,
}

/// What the file of a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Docx,
    Pptx,
    Xlsx,
    Pdf,
    Text,
    Markdown,
    Csv,
    Png,
    /// Slides and a sound.
    Spoken,
    Wav,
    /// A docx and a picture in one archive.
    Zip,
    /// A thing or a place.
    Nothing,
}

/// One item.
pub struct Piece {
    pub kind: ItemKind,
    pub title: &'static str,
    pub about: &'static str,
    pub by: &'static str,
    pub days_ago: u32,
    pub form: Form,
    pub shelf: &'static str,
    pub licence: Licence,
    pub source: &'static str,
    pub lesson_type: &'static str,
    /// What only this piece says, paragraph by paragraph.
    pub own: &'static [&'static str],
    pub table: &'static [&'static [&'static str]],
    /// What is new in each version, the oldest first.
    pub notes: &'static [&'static str],
    pub with: &'static [&'static str],
    pub from: Option<&'static str>,
    pub tags: &'static [&'static str],
    pub sound: &'static [(u32, u32)],
    pub uses: Vec<(&'static str, Deed, u32)>,
    pub remarks: Vec<(&'static str, &'static str, u32)>,
}

const GROUP: &str = "group:qinghe";

fn piece(
    kind: ItemKind,
    form: Form,
    title: &'static str,
    about: &'static str,
    by: &'static str,
    days_ago: u32,
) -> Piece {
    Piece {
        kind,
        title,
        about,
        by,
        days_ago,
        form,
        shelf: GROUP,
        licence: Licence::GroupAdapt,
        source: "",
        lesson_type: "",
        own: &[],
        table: &[],
        notes: &["第一稿"],
        with: &[],
        from: None,
        tags: &[],
        sound: &[],
        uses: Vec::new(),
        remarks: Vec::new(),
    }
}

macro_rules! makers {
    ($($(#[$doc:meta])* $name:ident: $kind:ident as $form:ident, $lesson:literal;)*) => {
        $($(#[$doc])* pub fn $name(title: &'static str, about: &'static str, by: &'static str, days_ago: u32) -> Piece {
            piece(ItemKind::$kind, Form::$form, title, about, by, days_ago).lesson($lesson)
        })*
    };
}

makers! {
    /// 教案
    plan: LessonDesign as Docx, "新授课";
    /// 课件
    slides: Courseware as Pptx, "新授课";
    /// 学具与习题
    sheet: QuestionSet as Docx, "练习课";
    /// 微课
    micro: MicroLesson as Spoken, "";
    /// 教学案例
    case: TeachingCase as Docx, "";
    /// 课堂实录
    record: RecordedLesson as Text, "新授课";
    /// 教研成果
    result: ResearchResult as Docx, "";
    /// 管理模板
    template: Template as Xlsx, "";
    /// 器材
    thing: Equipment as Nothing, "";
    /// 场地
    room: Venue as Nothing, "";
}

impl Piece {
    pub fn form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    /// `school:liuxi`, `team:maths-3`, `group:beiguan-lianmeng`, `person:lin`.
    pub fn on(self, shelf: &'static str) -> Self {
        Self { shelf, ..self }
    }

    pub fn licence(self, licence: Licence) -> Self {
        Self { licence, ..self }
    }

    pub fn source(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    pub fn lesson(self, lesson_type: &'static str) -> Self {
        Self { lesson_type, ..self }
    }

    pub fn own(self, own: &'static [&'static str]) -> Self {
        Self { own, ..self }
    }

    pub fn table(self, table: &'static [&'static [&'static str]]) -> Self {
        Self { table, ..self }
    }

    pub fn notes(self, notes: &'static [&'static str]) -> Self {
        Self { notes, ..self }
    }

    /// Made together with them: logins, or names from elsewhere.
    pub fn with(self, with: &'static [&'static str]) -> Self {
        Self { with, ..self }
    }

    /// The id of the item that it was made from.
    pub fn from(self, id: &'static str) -> Self {
        Self { from: Some(id), ..self }
    }

    pub fn tags(self, tags: &'static [&'static str]) -> Self {
        Self { tags, ..self }
    }

    pub fn sound(self, sound: &'static [(u32, u32)]) -> Self {
        Self { sound, ..self }
    }

    pub fn used(mut self, by: &'static str, deed: Deed, days_ago: u32) -> Self {
        self.uses.push((by, deed, days_ago));
        self
    }

    pub fn said(mut self, by: &'static str, text: &'static str, days_ago: u32) -> Self {
        self.remarks.push((by, text, days_ago));
        self
    }
}
