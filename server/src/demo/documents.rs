//! The demo group's documents: what teachers of four schools might really have in front of them.

use shared::access::Right;
use shared::document::change::Node;
use shared::words::DocumentKind;

mod chinese;
mod english;
mod fractions;
mod group;
mod kindergarten;
mod maths;
mod morality;
mod science;
mod unit;

/// One document of the demo.
pub struct Demo {
    pub kind: DocumentKind,
    pub title: &'static str,
    pub owner: &'static str,
    pub team: Option<&'static str>,
    /// People it is shared with beyond the team.
    pub shares: &'static [(&'static str, Right)],
    /// Whose list of recent documents it is on.
    pub visited_by: &'static [&'static str],
    /// When it was made and last looked at.
    pub hours_ago: u32,
    pub content: Node,
}

const MATHS: Option<&str> = Some("maths-3");
const STUDIO: Option<&str> = Some("chen-studio");
const KINDERGARTEN: Option<&str> = Some("kindergarten-maths");

/// All of them, oldest first: the last one stands at the top of the lists.
pub fn all() -> Vec<Demo> {
    use DocumentKind::{Agenda, LessonPlan, Page, Resource, UnitPlan};
    let demo = |hours_ago, kind, title, owner, team, shares, visited_by, content| Demo {
        kind,
        title,
        owner,
        team,
        shares,
        visited_by,
        hours_ago,
        content,
    };
    vec![
        demo(1200, Page, "集团备课约定", "wu", None, EVERYONE_READS, &["wu", "head"], group::agreement()),
        demo(
            600,
            Resource,
            "幼儿园数学区角材料清单",
            "sun",
            KINDERGARTEN,
            &[("chen", Right::Comment)],
            &["sun"],
            kindergarten::corner(),
        ),
        demo(
            430,
            Resource,
            "课堂提问语卡",
            "chen",
            STUDIO,
            &[("zhao", Right::View)],
            &["chen", "lin"],
            group::questions(),
        ),
        demo(
            340,
            LessonPlan,
            "大班数学：给灯笼排队",
            "tang",
            KINDERGARTEN,
            &[],
            &["tang", "sun"],
            kindergarten::lanterns(),
        ),
        demo(300, LessonPlan, "水到哪里去了", "shan", None, &[("lin", Right::Edit)], &["shan"], science::water()),
        demo(
            220,
            LessonPlan,
            "学校里，有谁在帮助我们",
            "head",
            None,
            &[("wu", Right::View), ("ma", Right::Edit)],
            &["head", "ma"],
            morality::our_school(),
        ),
        demo(190, LessonPlan, "秋天的雨", "liu", STUDIO, &[], &["liu", "chen"], chinese::autumn_rain()),
        demo(
            170,
            LessonPlan,
            "Look at me! 我的脸",
            "ma",
            None,
            &[("liu", Right::Edit), ("chen", Right::Comment)],
            &["ma", "liu"],
            english::look_at_me(),
        ),
        demo(
            95,
            Page,
            "柳溪小学试教后带回来的问题",
            "ma",
            MATHS,
            &[("head", Right::View)],
            &["ma", "lin"],
            maths::brought_back(),
        ),
        demo(80, Resource, "折纸学具单《分一分》", "lin", MATHS, &[], &["lin", "zhou"], maths::folding()),
        demo(
            72,
            Agenda,
            "名师工作室送教柳溪活动安排",
            "chen",
            STUDIO,
            &[("ma", Right::View)],
            &["chen", "zhou"],
            group::visit(),
        ),
        demo(52, LessonPlan, "周长是多少", "zhao", MATHS, &[], &["zhao", "zhou"], maths::perimeter()),
        demo(
            46,
            UnitPlan,
            "分数的初步认识：单元整体设计",
            "zhou",
            MATHS,
            &[("chen", Right::Comment)],
            &["zhou", "lin", "zhao"],
            unit::fractions_unit(),
        ),
        demo(
            22,
            Agenda,
            "三年级数学联合教研（第 13 周）",
            "zhou",
            MATHS,
            &[("wu", Right::View)],
            &["zhou", "lin", "zhao", "ma"],
            maths::weekly(),
        ),
        demo(
            2,
            LessonPlan,
            "分数的初步认识（一）",
            "zhou",
            MATHS,
            &[("chen", Right::Comment), ("wu", Right::View)],
            &["zhou", "lin", "zhao", "ma", "chen"],
            fractions::first_lesson(),
        ),
    ]
}

const EVERYONE_READS: &[(&str, Right)] = &[
    ("head", Right::Edit),
    ("zhou", Right::View),
    ("lin", Right::View),
    ("chen", Right::View),
    ("zhao", Right::View),
    ("ma", Right::View),
    ("sun", Right::View),
    ("tang", Right::View),
    ("shan", Right::View),
    ("liu", Right::View),
];

#[cfg(test)]
mod tests {
    use shared::document::schema::schema;
    use shared::document::text::count;
    use shared::words::Title;

    use super::*;

    #[test]
    fn demo_documents_fit_the_schema_and_stand_in_the_order_of_their_age() {
        let all = all();
        for Demo { title, content, .. } in &all {
            assert!(schema().fits(content), "{title}");
            assert_eq!(Title::new(title).as_ref().map(Title::as_str), Ok(*title));
            assert!(count(content) > 150, "{title} has something to read");
        }
        assert!(all.is_sorted_by(|older, newer| older.hours_ago > newer.hours_ago));
        let unit = all.iter().find(|demo| demo.kind == DocumentKind::UnitPlan).expect("one long document");
        assert!(count(&unit.content) > 1_500);
    }
}
