//! Nodes in few words, for texts that are written in code: templates and demo content.
//!
//! ```
//! use shared::document::build::{bold, doc, h2, p, text, ul};
//! let plan = doc([h2("教学目标"), p([bold("重点"), text("　会读、会写几分之一。")]), ul(["折一折", "说一说"])]);
//! assert_eq!(plan.content.len(), 3);
//! ```

use serde_json::{Map, Value, json};

use super::change::{Mark, Node};

/// What can stand in a text block: a string, an inline node or several.
pub trait Inline {
    fn inline(self) -> Vec<Node>;
}

/// What can stand in a table cell, a list item or a quote: blocks, or a string with one paragraph a line.
pub trait Blocks {
    fn blocks(self) -> Vec<Node>;
}

/// A whole document. Without blocks it gets the one empty paragraph that the schema asks for.
pub fn doc(blocks: impl IntoIterator<Item = Node>) -> Node {
    let mut content: Vec<Node> = blocks.into_iter().collect();
    if content.is_empty() {
        content.push(p(""));
    }
    node("doc", content)
}

/// A paragraph.
pub fn p(inline: impl Inline) -> Node {
    node("paragraph", inline.inline())
}

/// A section of a document. Level 1 is left to its title.
pub fn h2(inline: impl Inline) -> Node {
    with(node("heading", inline.inline()), "level", json!(2))
}

/// A part of a section.
pub fn h3(inline: impl Inline) -> Node {
    with(node("heading", inline.inline()), "level", json!(3))
}

/// A list with bullets.
pub fn ul<I: Blocks>(items: impl IntoIterator<Item = I>) -> Node {
    node("bulletList", items.into_iter().map(|item| node("listItem", item.blocks())).collect())
}

/// A list with numbers from 1.
pub fn ol<I: Blocks>(items: impl IntoIterator<Item = I>) -> Node {
    let items = items.into_iter().map(|item| node("listItem", item.blocks())).collect();
    with(node("orderedList", items), "start", json!(1))
}

/// A list of tasks with a box to tick, from [`open`] and [`done`].
pub fn tasks(items: impl IntoIterator<Item = Node>) -> Node {
    node("taskList", items.into_iter().collect())
}

/// A task still to do.
pub fn open(item: impl Blocks) -> Node {
    with(node("taskItem", item.blocks()), "checked", json!(false))
}

/// A task that is done.
pub fn done(item: impl Blocks) -> Node {
    with(node("taskItem", item.blocks()), "checked", json!(true))
}

/// A quotation.
pub fn quote(content: impl Blocks) -> Node {
    node("blockquote", content.blocks())
}

/// A line across.
pub fn rule() -> Node {
    node("horizontalRule", Vec::new())
}

/// A table of such rows.
pub fn table(rows: impl IntoIterator<Item = Node>) -> Node {
    node("table", rows.into_iter().collect())
}

/// A row of cells made by [`th`] and [`td`].
pub fn tr(cells: impl IntoIterator<Item = Node>) -> Node {
    node("tableRow", cells.into_iter().collect())
}

/// A cell that names its row or column.
pub fn th(content: impl Blocks) -> Node {
    cell("tableHeader", content)
}

/// A cell.
pub fn td(content: impl Blocks) -> Node {
    cell("tableCell", content)
}

/// The cell over so many columns and rows. The covered cells are left out of their rows.
pub fn spanning(cell: Node, columns: u32, rows: u32) -> Node {
    with(with(cell, "colspan", json!(columns)), "rowspan", json!(rows))
}

/// The table with these column widths in pixels; 0 leaves a column to take what is left.
/// Not for tables with cells merged over rows.
pub fn widths(mut table: Node, widths: &[u32]) -> Node {
    for row in &mut table.content {
        let mut column = 0;
        for cell in &mut row.content {
            let span = cell.attrs.get("colspan").and_then(Value::as_u64).unwrap_or(1) as usize;
            if let (1, Some(width @ 1..)) = (span, widths.get(column)) {
                cell.attrs.insert("colwidth".into(), json!([width]));
            }
            column += span;
        }
    }
    table
}

/// A small table of names and values, two pairs a row. The last of an odd number of values takes the whole row.
pub fn facts<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Node {
    let pairs: Vec<_> = pairs.into_iter().collect();
    let rows = pairs.chunks(2).map(|pairs| match pairs {
        [(name, value)] => tr([th(*name), spanning(td(*value), 3, 1)]),
        pairs => tr(pairs.iter().flat_map(|(name, value)| [th(*name), td(*value)])),
    });
    widths(table(rows), &[112, 0, 112, 0])
}

/// A table under one row of column names.
pub fn columns<const N: usize>(names: [&str; N], rows: impl IntoIterator<Item = [&'static str; N]>) -> Node {
    let header = tr(names.map(th));
    table(std::iter::once(header).chain(rows.into_iter().map(|cells| tr(cells.map(td)))))
}

/// Text without marks.
pub fn text(text: &str) -> Node {
    Node { kind: "text".into(), attrs: Map::new(), content: Vec::new(), text: Some(text.into()), marks: Vec::new() }
}

/// Bold text.
pub fn bold(words: &str) -> Node {
    marked(words, "bold", Map::new())
}

/// Underlined text.
pub fn underline(words: &str) -> Node {
    marked(words, "underline", Map::new())
}

/// Text on a coloured ground, `#rrggbb`.
pub fn highlight(words: &str, colour: &str) -> Node {
    marked(words, "highlight", Map::from_iter([("color".into(), colour.into())]))
}

/// A link.
pub fn link(words: &str, href: &str) -> Node {
    marked(words, "link", Map::from_iter([("href".into(), href.into())]))
}

/// A new line inside a paragraph.
pub fn br() -> Node {
    node("hardBreak", Vec::new())
}

impl Inline for &str {
    fn inline(self) -> Vec<Node> {
        if self.is_empty() { Vec::new() } else { vec![text(self)] }
    }
}

impl Inline for Node {
    fn inline(self) -> Vec<Node> {
        vec![self]
    }
}

impl<const N: usize> Inline for [Node; N] {
    fn inline(self) -> Vec<Node> {
        self.into()
    }
}

impl Blocks for &str {
    fn blocks(self) -> Vec<Node> {
        self.split('\n').map(p).collect()
    }
}

impl Blocks for Node {
    fn blocks(self) -> Vec<Node> {
        vec![self]
    }
}

impl<const N: usize> Blocks for [Node; N] {
    fn blocks(self) -> Vec<Node> {
        self.into()
    }
}

impl Blocks for Vec<Node> {
    fn blocks(self) -> Vec<Node> {
        self
    }
}

fn node(kind: &str, content: Vec<Node>) -> Node {
    Node { kind: kind.into(), attrs: Map::new(), content, text: None, marks: Vec::new() }
}

fn cell(kind: &str, content: impl Blocks) -> Node {
    let cell = node(kind, content.blocks());
    with(with(cell, "colspan", json!(1)), "rowspan", json!(1))
}

fn marked(words: &str, mark: &str, attrs: Map<String, Value>) -> Node {
    Node { marks: vec![Mark { kind: mark.into(), attrs }], ..text(words) }
}

fn with(mut node: Node, attr: &str, value: Value) -> Node {
    node.attrs.insert(attr.into(), value);
    node
}
