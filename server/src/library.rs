//! The group's library: files on their way in, what is read out of them, and how all of it is found.

pub mod cards;
pub mod catalogue;
pub mod collected;
pub mod collection_texts;
pub mod document_texts;
pub mod feed;
pub mod previews;
pub mod reading;
pub mod renditions;
pub mod search;
pub mod talk;
pub mod taxonomies;
pub mod uploads;
pub mod words;

use shared::library::ItemKind;
use shared::words::DocumentKind;

/// What people type for a kind of item.
fn kind_words(kind: ItemKind) -> &'static [&'static str] {
    match kind {
        ItemKind::LessonDesign => &["教案", "教学设计"],
        ItemKind::MicroLesson => &["微课"],
        ItemKind::Courseware => &["课件"],
        ItemKind::RecordedLesson => &["课堂实录", "录像课"],
        ItemKind::TeachingCase => &["教学案例"],
        ItemKind::QuestionSet => &["习题", "练习题", "学具", "题组"],
        ItemKind::ResearchResult => &["教研成果", "论文"],
        ItemKind::Template => &["管理模板"],
        ItemKind::Equipment => &["器材"],
        ItemKind::Venue => &["场地"],
    }
}

/// … for a collection …
const COLLECTION_WORDS: &[&str] = &["专题", "集子"];

/// … for an answered question …
const QUESTION_WORDS: &[&str] = &["答疑", "提问", "走网课堂"];

/// … and for a kind of document.
fn document_words(kind: DocumentKind) -> &'static [&'static str] {
    match kind {
        DocumentKind::LessonPlan => &["教案"],
        DocumentKind::UnitPlan => &["大单元", "单元规划"],
        DocumentKind::Resource => &["课程资源"],
        DocumentKind::Agenda => &["议程", "教研议程"],
        DocumentKind::Page => &[],
        DocumentKind::Board => &["白板"],
    }
}
