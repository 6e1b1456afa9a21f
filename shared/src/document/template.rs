//! What a new document starts with: the headings of its kind and short hints to type over.

use crate::words::{DocumentKind, Title};

use super::build::{columns, doc, facts, h2, p, ul, widths};
use super::change::Node;

mod agenda;
mod lesson_plan;
mod unit_plan;

/// The content of a new document of this kind, in Chinese and in our own words.
///
/// Hints are plain text without marks, so that what is typed over them looks like any other text.
/// The title stands above the content, not in it; where a plan asks for its topic, it is filled in, and so is
/// `preparer`, who prepares it in the first place.
pub fn template(kind: DocumentKind, title: &Title, preparer: &str) -> Node {
    match kind {
        DocumentKind::LessonPlan => lesson_plan::lesson_plan(title.as_str(), preparer),
        DocumentKind::UnitPlan => unit_plan::unit_plan(title.as_str(), preparer),
        DocumentKind::Resource => resource(title.as_str()),
        DocumentKind::Agenda => agenda::agenda(title.as_str()),
        DocumentKind::Page => doc([p("")]),
        DocumentKind::Board => doc([]),
    }
}

/// The steps of a lesson as a table: 环节, 教师活动, 学生活动, 设计意图, 时间.
pub fn process(rows: impl IntoIterator<Item = [&'static str; 5]>) -> Node {
    let steps = columns(["环节", "教师活动", "学生活动", "设计意图", "时间"], rows);
    widths(steps, &[112, 0, 0, 152, 80])
}

fn resource(title: &str) -> Node {
    doc([
        h2("基本信息"),
        facts([
            ("资源名称", title),
            ("类型", "课件、学具单、微课、习题、案例"),
            ("年级与学科", ""),
            ("教材与单元", ""),
        ]),
        h2("适用情境"),
        p("用在哪一课、哪个环节，解决学生的什么困难。"),
        h2("资源内容"),
        p("把文字、图片、表格直接写在或贴在这里。"),
        h2("使用建议"),
        ul(["怎么用：先做什么，再做什么，大约几分钟。", "怎么改：没有多媒体、班额小或学生基础不同时可以怎样调整。"]),
        h2("来源与说明"),
        p("原创请写明作者；引用请写明出处。"),
    ])
}

#[cfg(test)]
mod tests {
    use super::template;
    use crate::document::schema::schema;
    use crate::words::{DocumentKind, Title};

    #[test]
    fn every_template_fits_the_schema() {
        let title = Title::new("认识几分之一").expect("a short title");
        for kind in DocumentKind::ALL {
            assert!(schema().fits(&template(kind, &title, "林秀兰")), "{kind:?}");
        }
    }
}
