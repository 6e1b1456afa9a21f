//! JSON of any depth, the same as serde's for `Node`.

use serde::Serialize;

use crate::document::change::Node;
use crate::document::walk::{Step, walk};

pub(super) fn write(doc: &Node) -> String {
    let mut out = String::new();
    let mut first = true;
    for step in walk(doc) {
        match step {
            Step::Enter(node) => {
                if !first {
                    out.push(',');
                }
                out.push_str("{\"type\":");
                out.push_str(&value(&node.kind));
                if !node.attrs.is_empty() {
                    out.push_str(",\"attrs\":");
                    out.push_str(&value(&node.attrs));
                }
                first = !node.content.is_empty();
                if first {
                    out.push_str(",\"content\":[");
                }
            }
            Step::Leave(node) => {
                if !node.content.is_empty() {
                    out.push(']');
                }
                if let Some(text) = &node.text {
                    out.push_str(",\"text\":");
                    out.push_str(&value(text));
                }
                if !node.marks.is_empty() {
                    out.push_str(",\"marks\":");
                    out.push_str(&value(&node.marks));
                }
                out.push('}');
                first = false;
            }
        }
    }
    out
}

fn value(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("maps with string keys, lists and strings are always JSON")
}
