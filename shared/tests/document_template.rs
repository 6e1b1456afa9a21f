//! A new document opens with the parts of its kind, and its first update holds exactly them.

use shared::document::change::Node;
use shared::document::seed::seed;
use shared::document::template::template;
use shared::document::text::{Heading, outline, plain_text};
use shared::document::{CONTENT, Replica};
use shared::words::{DocumentKind, Title};
use yrs::{GetString, ReadTxn, Transact, Xml, XmlFragment, XmlOut};

fn new(kind: DocumentKind) -> Node {
    template(kind, &Title::new("分数的初步认识（一）").unwrap(), "周明远（清河实验小学）")
}

#[test]
fn every_kind_has_its_parts() {
    let cases: [(DocumentKind, &[&str]); 6] = [
        (
            DocumentKind::LessonPlan,
            &[
                "基本信息",
                "教学目标",
                "学情分析",
                "教学重难点",
                "教学准备",
                "教学过程",
                "板书设计",
                "作业设计",
                "教学反思",
            ],
        ),
        (
            DocumentKind::UnitPlan,
            &[
                "基本信息",
                "单元大概念",
                "课标与教材分析",
                "学情分析",
                "单元目标与评价",
                "核心问题与任务",
                "课时安排",
                "作业整体设计",
                "基础作业",
                "长作业",
                "资源与环境",
                "单元反思",
            ],
        ),
        (DocumentKind::Resource, &["基本信息", "适用情境", "资源内容", "使用建议", "来源与说明"]),
        (DocumentKind::Agenda, &["基本信息", "议程", "研讨记录", "决定", "任务"]),
        (DocumentKind::Page, &[]),
        (DocumentKind::Board, &[]),
    ];
    for (kind, expected) in cases {
        let headings: Vec<String> = outline(&new(kind)).into_iter().map(|Heading { text, .. }| text).collect();
        assert_eq!(headings, expected, "{kind:?}");
    }
}

#[test]
fn the_title_is_filled_in_where_a_topic_is_asked_for() {
    for (kind, expected) in [
        (DocumentKind::LessonPlan, true),
        (DocumentKind::UnitPlan, true),
        (DocumentKind::Resource, true),
        (DocumentKind::Agenda, true),
        (DocumentKind::Page, false),
        (DocumentKind::Board, false),
    ] {
        assert_eq!(plain_text(&new(kind)).contains("分数的初步认识（一）"), expected, "{kind:?}");
    }
}

#[test]
fn plans_name_who_prepares_them() {
    for kind in DocumentKind::ALL {
        let asks = matches!(kind, DocumentKind::LessonPlan | DocumentKind::UnitPlan);
        assert_eq!(plain_text(&new(kind)).contains("周明远（清河实验小学）"), asks, "{kind:?}");
    }
}

#[test]
fn an_empty_page_is_empty() {
    assert_eq!(plain_text(&new(DocumentKind::Page)).trim(), "");
}

#[test]
fn the_process_of_a_lesson_is_a_table_with_a_header_row() {
    let plan = new(DocumentKind::LessonPlan);
    let process = plan.content.iter().filter(|block| block.kind == "table").nth(1).expect("facts, then the process");
    let header = &process.content[0];
    let names: Vec<String> = header.content.iter().map(plain_text).collect();
    assert_eq!(names, ["环节", "教师活动", "学生活动", "设计意图", "时间"]);
    assert!(header.content.iter().all(|cell| cell.kind == "tableHeader"));
    assert!(process.content.len() >= 4, "some rows to write in");
    assert!(process.content.iter().all(|row| row.content.len() == 5));
}

#[test]
fn a_seed_has_the_layout_of_y_prosemirror() {
    let mut replica = Replica::new(2);
    replica.apply(&seed(&new(DocumentKind::Agenda), 1)).unwrap();
    let txn = replica.doc().transact();
    let content = txn.get_xml_fragment(CONTENT).expect("the seed has made it");
    let mut lines = String::new();
    content.children(&txn).for_each(|child| write_lines(&txn, &child, 0, &mut lines));
    insta::assert_snapshot!(lines);
}

/// Elements with their attributes in the order of the alphabet; texts with their marks as they are stored.
fn write_lines<T: ReadTxn>(txn: &T, node: &XmlOut, depth: usize, lines: &mut String) {
    lines.push_str(&"  ".repeat(depth));
    match node {
        XmlOut::Element(element) => {
            let mut attrs: Vec<String> =
                element.attributes(txn).map(|(name, value)| format!(" {name}={}", value.to_string(txn))).collect();
            attrs.sort();
            lines.push_str(&format!("{}{}\n", element.tag(), attrs.concat()));
            element.children(txn).for_each(|child| write_lines(txn, &child, depth + 1, lines));
        }
        XmlOut::Text(text) => lines.push_str(&format!("{:?}\n", text.get_string(txn))),
        XmlOut::Fragment(_) => unreachable!("a seed has no fragments in it"),
    }
}

#[test]
fn a_seed_is_one_clients_work_and_always_the_same() {
    let plan = new(DocumentKind::LessonPlan);
    let update = seed(&plan, 7);
    assert_eq!(update, seed(&plan, 7));
    let mut replica = Replica::new(8);
    replica.apply(&update).unwrap();
    let seen = replica.doc().transact().state_vector();
    assert_eq!(seen.iter().map(|(client, _)| client.get()).collect::<Vec<_>>(), [7]);
}
