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
    pub content: Node,
}

const MATHS: Option<&str> = Some("maths-3");
const STUDIO: Option<&str> = Some("chen-studio");
const KINDERGARTEN: Option<&str> = Some("kindergarten-maths");

/// All of them, oldest first: the last one stands at the top of the lists.
pub fn all() -> Vec<Demo> {
    use DocumentKind::{Agenda, LessonPlan, Page, Resource, UnitPlan};
    let demo = |kind, title, owner, team, shares, visited_by, content| Demo {
        kind,
        title,
        owner,
        team,
        shares,
        visited_by,
        content,
    };
    vec![
        demo(Page, "集团备课约定", "wu", None, EVERYONE_READS, &["wu", "head"], group::agreement()),
        demo(
            Resource,
            "幼儿园数学区角材料清单",
            "sun",
            KINDERGARTEN,
            &[("chen", Right::Comment)],
            &["sun"],
            kindergarten::corner(),
        ),
        demo(Resource, "课堂提问语卡", "chen", STUDIO, &[("zhao", Right::View)], &["chen", "lin"], group::questions()),
        demo(LessonPlan, "大班数学：给灯笼排队", "tang", KINDERGARTEN, &[], &["tang", "sun"], kindergarten::lanterns()),
        demo(LessonPlan, "水到哪里去了", "shan", None, &[("lin", Right::Edit)], &["shan"], science::water()),
        demo(
            LessonPlan,
            "学校里，有谁在帮助我们",
            "head",
            None,
            &[("wu", Right::View), ("ma", Right::Edit)],
            &["head", "ma"],
            morality::our_school(),
        ),
        demo(LessonPlan, "秋天的雨", "liu", STUDIO, &[], &["liu", "chen"], chinese::autumn_rain()),
        demo(
            LessonPlan,
            "Look at me! 我的脸",
            "ma",
            None,
            &[("liu", Right::Edit), ("chen", Right::Comment)],
            &["ma", "liu"],
            english::look_at_me(),
        ),
        demo(
            Page,
            "柳溪小学试教后带回来的问题",
            "ma",
            MATHS,
            &[("head", Right::View)],
            &["ma", "lin"],
            maths::brought_back(),
        ),
        demo(Resource, "折纸学具单《分一分》", "lin", MATHS, &[], &["lin", "zhou"], maths::folding()),
        demo(
            Agenda,
            "名师工作室送教柳溪活动安排",
            "chen",
            STUDIO,
            &[("ma", Right::View)],
            &["chen", "zhou"],
            group::visit(),
        ),
        demo(LessonPlan, "周长是多少", "zhao", MATHS, &[], &["zhao", "zhou"], maths::perimeter()),
        demo(
            UnitPlan,
            "分数的初步认识：单元整体设计",
            "zhou",
            MATHS,
            &[("chen", Right::Comment)],
            &["zhou", "lin", "zhao"],
            unit::fractions_unit(),
        ),
        demo(
            Agenda,
            "三年级数学联合教研（第 13 周）",
            "zhou",
            MATHS,
            &[("wu", Right::View)],
            &["zhou", "lin", "zhao", "ma"],
            maths::weekly(),
        ),
        demo(
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
