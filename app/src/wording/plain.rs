//! A document as plain text, for a draft that its author takes along.

use shared::document::change::Node;

/// Text blocks on lines of their own, cells of a row apart by tabs, list items with a sign.
pub fn plain_text(document: &Node) -> String {
    let mut text = String::new();
    for block in &document.content {
        write_block(block, "", &mut text);
    }
    text.trim_end().to_owned()
}

fn write_block(block: &Node, indent: &str, text: &mut String) {
    match block.kind.as_str() {
        "table" => {
            for row in &block.content {
                let cells: Vec<String> = row.content.iter().map(|cell| plain_text(cell).replace('\n', " ")).collect();
                *text += &format!("{indent}{}\n", cells.join("\t"));
            }
            text.push('\n');
        }
        "bulletList" | "orderedList" | "taskList" => {
            for (number, item) in block.content.iter().enumerate() {
                let sign = match (block.kind.as_str(), item.attrs.get("checked").and_then(serde_json::Value::as_bool)) {
                    ("orderedList", _) => format!("{}. ", number + 1),
                    ("taskList", Some(true)) => "[x] ".to_owned(),
                    ("taskList", _) => "[ ] ".to_owned(),
                    _ => "- ".to_owned(),
                };
                let mut inner = String::new();
                for child in &item.content {
                    write_block(child, "", &mut inner);
                }
                let rest = format!("\n{indent}    ");
                *text += &format!("{indent}{sign}{}\n", inner.trim_end().replace('\n', &rest));
            }
        }
        _ if block.content.iter().any(|child| child.text.is_none() && !is_inline(child)) => {
            for child in &block.content {
                write_block(child, indent, text);
            }
        }
        _ => {
            text.push_str(indent);
            for inline in &block.content {
                match (&inline.text, inline.kind.as_str()) {
                    (Some(run), _) => text.push_str(run),
                    (None, "hardBreak") => text.push('\n'),
                    (None, "image") => {
                        text.push_str(inline.attrs.get("alt").and_then(serde_json::Value::as_str).unwrap_or("▢"));
                    }
                    (None, _) => {}
                }
            }
            text.push('\n');
        }
    }
}

fn is_inline(node: &Node) -> bool {
    matches!(node.kind.as_str(), "hardBreak" | "image" | "unknownInline")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_reads_as_text() {
        let p = |text: &str| json!({ "type": "paragraph", "content": [{ "type": "text", "text": text }] });
        let item = |text: &str| json!({ "type": "listItem", "content": [p(text)] });
        let document: Node = serde_json::from_value(json!({ "type": "doc", "content": [
            { "type": "heading", "attrs": { "level": 2 }, "content": [{ "type": "text", "text": "教学目标" }] },
            { "type": "paragraph" },
            { "type": "orderedList", "content": [item("会读"), item("会写")] },
            { "type": "taskList", "content": [{ "type": "taskItem", "attrs": { "checked": true }, "content": [p("借纸")] }] },
            { "type": "table", "content": [
                { "type": "tableRow", "content": [
                    { "type": "tableHeader", "content": [p("环节")] },
                    { "type": "tableCell", "content": [p("分一分"), p("说一说")] } ] } ] },
            { "type": "blockquote", "content": [p("半个")] },
            { "type": "paragraph", "content": [
                { "type": "text", "text": "一" }, { "type": "hardBreak" }, { "type": "image" } ] },
        ] }))
        .unwrap();
        assert_eq!(plain_text(&document), "教学目标\n\n1. 会读\n2. 会写\n[x] 借纸\n环节\t分一分 说一说\n\n半个\n一\n▢");
    }
}
