//! What the document tests share: small builders, and a colleague who edits at random as an editor view would.

#![allow(dead_code, reason = "each test file uses its part of this")]

pub mod colleague;
pub mod random_edit;
pub mod said;
pub mod stranger;

use serde_json::{Map, Value, json};
use shared::document::change::{Mark, Node};
use shared::document::schema::schema;

pub fn node(kind: &str, attrs: Value, content: Vec<Node>) -> Node {
    let given = attrs.as_object().cloned().unwrap_or_default();
    let mut attrs = schema().node(kind).map(|kind| kind.attrs.clone()).unwrap_or_default();
    attrs.extend(given);
    Node { kind: kind.into(), attrs, content, text: None, marks: Vec::new() }
}

pub fn text(text: &str) -> Node {
    marked(text, &[])
}

pub fn marked(text: &str, marks: &[&str]) -> Node {
    let marks = marks.iter().map(|name| mark(name, json!({}))).collect();
    Node { kind: "text".into(), attrs: Map::new(), content: Vec::new(), text: Some(text.into()), marks }
}

pub fn mark(kind: &str, attrs: Value) -> Mark {
    let mut all = schema().mark(kind).map(|kind| kind.attrs.clone()).unwrap_or_default();
    all.extend(attrs.as_object().cloned().unwrap_or_default());
    Mark { kind: kind.into(), attrs: all }
}

pub fn doc(content: Vec<Node>) -> Node {
    node("doc", json!({}), content)
}

pub fn p(content: &str) -> Node {
    node("paragraph", json!({}), if content.is_empty() { Vec::new() } else { vec![text(content)] })
}

pub fn h(level: u8, content: &str) -> Node {
    node("heading", json!({ "level": level }), vec![text(content)])
}

pub fn list(items: &[&str]) -> Node {
    node("bulletList", json!({}), items.iter().map(|item| node("listItem", json!({}), vec![p(item)])).collect())
}

pub fn table(rows: &[&[&str]]) -> Node {
    let cell = |content: &&str| node("tableCell", json!({}), vec![p(content)]);
    let rows = rows.iter().map(|cells| node("tableRow", json!({}), cells.iter().map(cell).collect()));
    node("table", json!({}), rows.collect())
}

/// All text of a tree, what unknown nodes carry included.
pub fn letters(node: &Node) -> String {
    fn carried(json: &Value, into: &mut String) {
        match json {
            Value::Object(entries) => {
                if let Some(Value::String(text)) = entries.get("insert") {
                    into.push_str(text);
                }
                entries.values().filter(|value| !value.is_string()).for_each(|value| carried(value, into));
            }
            Value::Array(items) => items.iter().for_each(|item| carried(item, into)),
            _ => {}
        }
    }
    let mut all = node.text.clone().unwrap_or_default();
    if let Some(json) = node.attrs.get("json").and_then(Value::as_str) {
        carried(&serde_json::from_str(json).unwrap_or_default(), &mut all);
    }
    node.content.iter().for_each(|child| all.push_str(&letters(child)));
    all
}

pub fn sorted(letters: &str) -> Vec<char> {
    let mut sorted: Vec<char> = letters.chars().collect();
    sorted.sort_unstable();
    sorted
}

/// The number of cases a property is tried with; `GONGBEI_CASES` asks for more.
pub fn cases(usual: u32) -> proptest::test_runner::Config {
    let cases = std::env::var("GONGBEI_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual);
    proptest::test_runner::Config { cases, failure_persistence: None, max_shrink_iters: 4_000, ..Default::default() }
}
