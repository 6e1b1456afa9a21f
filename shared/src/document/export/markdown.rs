//! GitHub-flavoured Markdown (CommonMark 0.31, GFM tables, task lists and strikethrough).

use serde_json::Value;

use crate::document::change::Node;
use crate::document::text::{level, plain_text};

use super::MAX_DEPTH;
use super::runs::{attr, is_ticked, number, stretches, words_of_unknown};
use line::{Place, line};

mod line;

pub(super) fn page(title: &str, doc: &Node) -> String {
    let blocks = blocks(&doc.content, 0, "\n\n");
    let title = format!("# {}\n", line::text(title, Place::Heading));
    if blocks.is_empty() { title } else { format!("{title}\n{blocks}\n") }
}

/// Blocks with this gap between them.
fn blocks(nodes: &[Node], depth: usize, gap: &str) -> String {
    let mut out = String::new();
    let mut before: Option<&str> = None;
    for stretch in stretches(nodes) {
        let (kind, written) = match stretch {
            Ok(node) => (node.kind.as_str(), block(node, depth)),
            Err(inline) => ("paragraph", line(inline, Place::Paragraph)),
        };
        if written.is_empty() {
            continue;
        }
        if let Some(before) = before {
            out.push_str(gap);
            // Two lists in a row would be read as one.
            if !before.is_empty() && before == family(kind) {
                out.push_str("<!-- -->\n\n");
            }
        }
        out.push_str(&written);
        before = Some(family(kind));
    }
    out
}

/// Lists that begin with the same sign.
fn family(kind: &str) -> &'static str {
    match kind {
        "bulletList" | "taskList" => "-",
        "orderedList" => "1",
        _ => "",
    }
}

/// One block without the line break at its end. Empty: nothing to write.
fn block(node: &Node, depth: usize) -> String {
    if depth > MAX_DEPTH {
        return line::text(&plain_text(node), Place::Paragraph);
    }
    match node.kind.as_str() {
        "paragraph" => line(&node.content, Place::Paragraph),
        "heading" => {
            let text = line(&node.content, Place::Heading);
            if text.is_empty() { text } else { format!("{} {text}", "#".repeat(level(node).into())) }
        }
        "blockquote" => prefixed(&blocks(&node.content, depth + 1, "\n\n"), "> ", "> "),
        "codeBlock" => code(node),
        "horizontalRule" => "***".to_owned(),
        "bulletList" => list(node, depth, |_| "- ".to_owned()),
        "orderedList" => {
            let start =
                node.attrs.get("start").and_then(Value::as_u64).filter(|start| *start < 100_000_000).unwrap_or(1);
            list(node, depth, |index| format!("{}. ", start + index))
        }
        "taskList" => list(node, depth, |_| "- ".to_owned()),
        "table" => table(node),
        "unknownBlock" => line::text(&words_of_unknown(node), Place::Paragraph),
        _ => blocks(&node.content, depth + 1, "\n\n"),
    }
}

fn list(list: &Node, depth: usize, marker: impl Fn(u64) -> String) -> String {
    // One item with more than text and a list makes readers set all of them apart; so do we.
    let gap = if list.content.iter().all(is_compact) { "\n" } else { "\n\n" };
    let items = (0..).zip(&list.content).map(|(index, item)| {
        let marker = marker(index);
        let tick = match item.kind.as_str() {
            "taskItem" if is_ticked(item) => "[x] ",
            "taskItem" => "[ ] ",
            _ => "",
        };
        prefixed(&format!("{tick}{}", blocks(&item.content, depth + 2, gap)), &marker, &" ".repeat(marker.len()))
    });
    items.collect::<Vec<_>>().join(gap)
}

/// Can the item's blocks follow each other without an empty line?
fn is_compact(item: &Node) -> bool {
    match item.content.as_slice() {
        [] | [_] => true,
        // A list that starts with another number than 1, or with an empty item, does not interrupt a text.
        [text, list] => {
            let starts_at_1 = list.attrs.get("start").and_then(Value::as_i64).is_none_or(|start| start == 1);
            let first = list.content.first().map(plain_text).unwrap_or_default();
            text.kind == "paragraph" && !family(&list.kind).is_empty() && starts_at_1 && !first.trim().is_empty()
        }
        _ => false,
    }
}

/// The lines with one sign before the first and another before all others; empty lines get no trailing space.
fn prefixed(text: &str, first: &str, others: &str) -> String {
    let mut out = String::new();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let prefix = if index == 0 { first } else { others };
        out.push_str(if line.is_empty() { prefix.trim_end() } else { prefix });
        out.push_str(line);
    }
    out
}

fn code(node: &Node) -> String {
    let text = plain_text(node);
    let fence = "`".repeat(line::longest_run(&text, '`').max(2) + 1);
    let is_name =
        |name: &&str| name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+#_-.".contains(&b));
    let language = attr(node, "language").filter(is_name).unwrap_or_default();
    let text: String = text.chars().map(super::runs::readable).collect();
    format!("{fence}{language}\n{text}\n{fence}")
}

fn table(table: &Node) -> String {
    let has_header = table.content.first().is_some_and(|row| row.content.iter().all(|cell| cell.kind == "tableHeader"));
    let grid = grid(table, usize::from(has_header));
    let columns = grid.iter().map(Vec::len).max().unwrap_or(0);
    if columns == 0 {
        return String::new();
    }
    let row = |cells: &[String]| {
        let cells = (0..columns).map(|column| cells.get(column).map(String::as_str).unwrap_or_default());
        let cells = cells.map(|cell| if cell.is_empty() { " ".to_owned() } else { format!(" {cell} ") });
        format!("|{}|", cells.collect::<Vec<_>>().join("|"))
    };
    let (header, body) = grid.split_at(usize::from(has_header));
    let mut lines = vec![row(header.first().map(Vec::as_slice).unwrap_or_default())];
    lines.push(format!("|{}", " --- |".repeat(columns)));
    lines.extend(body.iter().map(|cells| row(cells)));
    lines.join("\n")
}

/// The cells in a grid; the places that a merged cell covers stay empty. Header cells below the header are bold.
fn grid(table: &Node, header_rows: usize) -> Vec<Vec<String>> {
    const MOST_COLUMNS: usize = 1_000;
    let mut covered: Vec<u64> = Vec::new();
    let mut grid = Vec::new();
    for (index, row) in table.content.iter().enumerate() {
        let mut cells: Vec<String> = Vec::new();
        for cell in &row.content {
            while covered.get(cells.len()).is_some_and(|rows| *rows > 0) {
                cells.push(String::new());
            }
            let (wide, high) =
                (number(cell, "colspan", 1_000).unwrap_or(1), number(cell, "rowspan", 1_000).unwrap_or(1));
            if cells.len() + wide as usize > MOST_COLUMNS {
                break;
            }
            let text = line::cell(cell);
            let emphasised = cell.kind == "tableHeader" && index >= header_rows && !text.is_empty();
            covered.resize(covered.len().max(cells.len() + wide as usize), 0);
            covered[cells.len()..cells.len() + wide as usize].fill(high);
            cells.push(if emphasised { format!("<b>{text}</b>") } else { text });
            cells.extend((1..wide).map(|_| String::new()));
        }
        covered.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
        grid.push(cells);
    }
    grid
}
