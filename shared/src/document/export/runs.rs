//! Inline content as a well-nested stream of marks and text.

use serde_json::Value;

use crate::document::change::{Mark, Node};

/// A piece of inline content. Every `Open` has its `Close`, and they nest.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'a> {
    Open(&'a Mark),
    Close(&'a Mark),
    Text(&'a str),
    Image(&'a Node),
    Break,
    /// An inline node that we do not know.
    Unknown(&'a Node),
}

/// Marks that exports have a form for, from the outermost to the innermost.
const ORDER: [&str; 8] = ["link", "bold", "italic", "strike", "underline", "textStyle", "highlight", "code"];

/// Does this stand in a line of text?
pub(super) fn is_inline(node: &Node) -> bool {
    matches!(node.kind.as_str(), "text" | "image" | "hardBreak" | "unknownInline")
}

/// The children as they come, with those that stand in a line gathered. `Ok`: a block.
pub(super) fn stretches(children: &[Node]) -> impl DoubleEndedIterator<Item = Result<&Node, &[Node]>> {
    children.chunk_by(|a, b| is_inline(a) && is_inline(b)).map(|stretch| match stretch {
        [block] if !is_inline(block) => Ok(block),
        inline => Err(inline),
    })
}

/// Marks of neighbours that are equal stay open from one to the next.
pub(super) fn tokens(nodes: &[Node]) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut open: Vec<&Mark> = Vec::new();
    for node in nodes {
        let marks = marks_of(node);
        let kept = open.iter().take_while(|mark| marks.contains(mark)).count();
        tokens.extend(open.drain(kept..).rev().map(Token::Close));
        for mark in marks {
            if !open.contains(&mark) {
                open.push(mark);
                tokens.push(Token::Open(mark));
            }
        }
        tokens.push(match node.kind.as_str() {
            "image" => Token::Image(node),
            "hardBreak" => Token::Break,
            "text" => Token::Text(node.text.as_deref().unwrap_or_default()),
            _ => Token::Unknown(node),
        });
    }
    tokens.extend(open.into_iter().rev().map(Token::Close));
    tokens
}

fn marks_of(node: &Node) -> Vec<&Mark> {
    ORDER.iter().filter_map(|name| node.marks.iter().find(|mark| mark.kind == *name)).collect()
}

/// A text attribute.
pub(super) fn attr<'a>(node: &'a Node, name: &str) -> Option<&'a str> {
    node.attrs.get(name).and_then(Value::as_str)
}

/// A text attribute of a mark.
pub(super) fn mark_attr<'a>(mark: &'a Mark, name: &str) -> Option<&'a str> {
    mark.attrs.get(name).and_then(Value::as_str)
}

/// Has this task been done?
pub(super) fn is_ticked(task: &Node) -> bool {
    task.attrs.get("checked").and_then(Value::as_bool).unwrap_or(false)
}

/// A whole number from 1 to `most`.
pub(super) fn number(node: &Node, name: &str, most: u64) -> Option<u64> {
    node.attrs
        .get(name)
        .and_then(Value::as_f64)
        .map(|value| value.round() as u64)
        .filter(|value| (1..=most).contains(value))
}

/// The words inside a node of a kind we do not know, as far as they can be found.
pub(super) fn words_of_unknown(node: &Node) -> String {
    let json: Value = attr(node, "json").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let mut words: Vec<String> = Vec::new();
    let mut todo = vec![&json];
    while let Some(value) = todo.pop() {
        match value {
            Value::Array(items) => todo.extend(items.iter().rev()),
            Value::Object(entries) => {
                for key in ["insert", "text"] {
                    words.extend(entries.get(key).and_then(Value::as_str).map(str::to_owned));
                }
                todo.extend(["content", "children", "text"].iter().filter_map(|key| entries.get(*key)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    words.retain(|words| !words.trim().is_empty());
    words.join(" ")
}

/// Characters that no text should hold become the sign for an unreadable one.
pub(super) fn readable(char: char) -> char {
    if char.is_control() && !matches!(char, '\n' | '\t') { '\u{fffd}' } else { char }
}
