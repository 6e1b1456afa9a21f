//! Words for the values of `shared`.

use shared::access::Right;
use shared::words::DocumentKind;

use crate::browser::fetch::Failure;
use crate::i18n::*;

pub fn kind_name(kind: DocumentKind) -> String {
    let i18n = use_i18n();
    match kind {
        DocumentKind::LessonPlan => t_string!(i18n, kind.lesson_plan),
        DocumentKind::UnitPlan => t_string!(i18n, kind.unit_plan),
        DocumentKind::Resource => t_string!(i18n, kind.resource),
        DocumentKind::Agenda => t_string!(i18n, kind.agenda),
        DocumentKind::Page => t_string!(i18n, kind.page),
        DocumentKind::Board => t_string!(i18n, kind.board),
    }
    .to_string()
}

pub fn right_name(right: Right) -> String {
    let i18n = use_i18n();
    match right {
        Right::View => t_string!(i18n, right.view),
        Right::Comment => t_string!(i18n, right.comment),
        Right::Suggest => t_string!(i18n, right.suggest),
        Right::Edit => t_string!(i18n, right.edit),
        Right::Manage => t_string!(i18n, right.manage),
    }
    .to_string()
}

/// What happened, what is safe, what to do.
pub fn failure_words(failure: &Failure) -> String {
    let i18n = use_i18n();
    match failure {
        Failure::Unreachable => t_string!(i18n, failure.unreachable).to_string(),
        Failure::Problem(problem) => problem.title.clone(),
        Failure::Unreadable => t_string!(i18n, failure.unreadable).to_string(),
    }
}
