//! Edits as a ProseMirror view makes them: each takes a document that fits the schema to another that does.

use serde_json::json;
use shared::document::change::Node;
use shared::document::schema::schema;

use super::{list, mark, node, p, table, text};

/// An edit and the numbers that decide where and how.
#[derive(Debug, Clone)]
pub struct Edit {
    pub kind: u8,
    pub place: u16,
    pub from: u16,
    pub to: u16,
    pub choice: u16,
}

pub const WORDS: [&str; 14] =
    ["a", "备", "课", "Hello ", "教学目标", "😀", "𠮷", "👩‍🏫", "e\u{301}", " ", "三年级数学", "x", "。", "ab😀cd"];

const MARKS: [&str; 5] = ["bold", "italic", "underline", "strike", "code"];

/// The document after the edit; `None` if it cannot be made here.
pub fn edited(before: &Node, edit: &Edit) -> Option<Node> {
    let mut after = before.clone();
    let done = match edit.kind % 24 {
        0..=5 => type_text(&mut after, edit),
        6..=7 => delete_text(&mut after, edit),
        8 => split(&mut after, edit),
        9 => join(&mut after, edit),
        10 => wrap(&mut after, edit),
        11 => lift(&mut after, edit),
        12 => set_block(&mut after, edit),
        13 | 14 => toggle_mark(&mut after, edit),
        15 => insert_leaf(&mut after, edit),
        16 => paste(&mut after, edit),
        17 => delete_block(&mut after, edit),
        18 => add_row(&mut after, edit),
        19 => add_column(&mut after, edit),
        20 => remove_row_or_column(&mut after, edit),
        21 => set_attrs(&mut after, edit),
        22 => duplicate(&mut after, edit),
        _ => set_link(&mut after, edit),
    };
    (done.is_some() && schema().fits(&after)).then_some(after)
}

fn paths(root: &Node, wanted: &dyn Fn(&Node) -> bool) -> Vec<Vec<usize>> {
    fn walk(node: &Node, path: &mut Vec<usize>, wanted: &dyn Fn(&Node) -> bool, found: &mut Vec<Vec<usize>>) {
        if wanted(node) {
            found.push(path.clone());
        }
        for (index, child) in node.content.iter().enumerate() {
            path.push(index);
            walk(child, path, wanted, found);
            path.pop();
        }
    }
    let mut found = Vec::new();
    walk(root, &mut Vec::new(), wanted, &mut found);
    found
}

fn pick<T: Clone>(all: &[T], number: u16) -> Option<T> {
    (!all.is_empty()).then(|| all[number as usize % all.len()].clone())
}

fn at<'a>(root: &'a mut Node, path: &[usize]) -> &'a mut Node {
    path.iter().fold(root, |node, &index| &mut node.content[index])
}

pub fn is_text_block(node: &Node) -> bool {
    schema().node(&node.kind).is_some_and(|kind| kind.is_text_block())
}

fn is_block(node: &Node) -> bool {
    !matches!(node.kind.as_str(), "doc" | "text" | "listItem" | "taskItem" | "tableRow" | "tableCell" | "tableHeader")
        && schema().node(&node.kind).is_some_and(|kind| !kind.inline)
}

pub fn text_blocks(root: &Node) -> Vec<Vec<usize>> {
    paths(root, &is_text_block)
}

/// Inline content cut into single characters and leaves.
pub fn atoms(block: &Node) -> Vec<Node> {
    let mut atoms = Vec::new();
    for child in &block.content {
        match &child.text {
            Some(text) => {
                atoms.extend(text.chars().map(|char| Node { text: Some(char.to_string()), ..child.clone() }));
            }
            None => atoms.push(child.clone()),
        }
    }
    atoms
}

pub fn joined(atoms: Vec<Node>) -> Vec<Node> {
    let mut joined: Vec<Node> = Vec::new();
    for atom in atoms {
        match (joined.last_mut(), &atom.text) {
            (Some(Node { text: Some(text), marks, .. }), Some(more)) if *marks == atom.marks => text.push_str(more),
            _ => joined.push(atom),
        }
    }
    joined
}

fn range(len: usize, edit: &Edit) -> (usize, usize) {
    let (a, b) = (edit.from as usize % (len + 1), edit.to as usize % (len + 1));
    (a.min(b), a.max(b))
}

fn type_text(root: &mut Node, edit: &Edit) -> Option<()> {
    let block = at(root, &pick(&text_blocks(root), edit.place)?);
    let mut content = atoms(block);
    let place = edit.from as usize % (content.len() + 1);
    let marks = if place > 0 && block.kind != "codeBlock" { content[place - 1].marks.clone() } else { Vec::new() };
    let word = WORDS[edit.choice as usize % WORDS.len()];
    content.insert(place, Node { marks, ..text(word) });
    block.content = joined(content);
    Some(())
}

fn delete_text(root: &mut Node, edit: &Edit) -> Option<()> {
    let block = at(root, &pick(&text_blocks(root), edit.place)?);
    let mut content = atoms(block);
    let (from, to) = range(content.len(), edit);
    content.drain(from..to.min(from + 1 + edit.choice as usize % 6));
    block.content = joined(content);
    Some(())
}

fn split(root: &mut Node, edit: &Edit) -> Option<()> {
    let mut path = pick(&text_blocks(root), edit.place)?;
    let index = path.pop()?;
    let parent = at(root, &path);
    let content = atoms(&parent.content[index]);
    let (head, tail) = content.split_at(edit.from as usize % (content.len() + 1));
    let mut second = parent.content[index].clone();
    second.content = joined(tail.to_vec());
    parent.content[index].content = joined(head.to_vec());
    if matches!(parent.kind.as_str(), "listItem" | "taskItem") && edit.choice.is_multiple_of(2) {
        // Enter in a list makes a new item.
        let kind = parent.kind.clone();
        let mut rest = parent.content.split_off(index + 1);
        rest.insert(0, second);
        let item = node(&kind, json!({}), rest);
        let place = path.pop()?;
        at(root, &path).content.insert(place + 1, item);
    } else {
        parent.content.insert(index + 1, second);
    }
    Some(())
}

fn join(root: &mut Node, edit: &Edit) -> Option<()> {
    let mut path = pick(&text_blocks(root), edit.place)?;
    let index = path.pop()?;
    let parent = at(root, &path);
    let next = parent.content.get(index + 1).filter(|next| next.kind == parent.content[index].kind)?.clone();
    parent.content.remove(index + 1);
    let all = [atoms(&parent.content[index]), atoms(&next)].concat();
    parent.content[index].content = joined(all);
    Some(())
}

fn wrap(root: &mut Node, edit: &Edit) -> Option<()> {
    let mut path = pick(&paths(root, &is_block), edit.place)?;
    if path.len() > 6 {
        return None;
    }
    let index = path.pop()?;
    let parent = at(root, &path);
    let count = 1 + edit.from as usize % (parent.content.len() - index).min(3);
    let inner: Vec<Node> = parent.content.drain(index..index + count).collect();
    let wrapped = match edit.choice % 4 {
        0 => node("blockquote", json!({}), inner),
        1 => node("orderedList", json!({ "start": 3 }), items("listItem", inner)),
        2 => node("taskList", json!({}), items("taskItem", inner)),
        _ => node("bulletList", json!({}), items("listItem", inner)),
    };
    parent.content.insert(index, wrapped);
    Some(())
}

fn items(kind: &str, inner: Vec<Node>) -> Vec<Node> {
    inner.into_iter().map(|block| node(kind, json!({}), vec![block])).collect()
}

fn lift(root: &mut Node, edit: &Edit) -> Option<()> {
    let wrappers = |node: &Node| matches!(node.kind.as_str(), "blockquote" | "bulletList" | "orderedList" | "taskList");
    let mut path = pick(&paths(root, &wrappers), edit.place)?;
    let index = path.pop()?;
    let parent = at(root, &path);
    let wrapper = parent.content.remove(index);
    let inner: Vec<Node> = if wrapper.kind == "blockquote" {
        wrapper.content
    } else {
        wrapper.content.into_iter().flat_map(|item| item.content).collect()
    };
    parent.content.splice(index..index, inner);
    Some(())
}

fn set_block(root: &mut Node, edit: &Edit) -> Option<()> {
    let block = at(root, &pick(&text_blocks(root), edit.place)?);
    let content = block.content.clone();
    *block = match edit.choice % 4 {
        0 => node("heading", json!({ "level": 1 + edit.from % 6 }), content),
        1 => {
            let plain = content.into_iter().filter(|child| child.text.is_some());
            let plain = plain.map(|child| Node { marks: Vec::new(), ..child }).collect();
            node("codeBlock", json!({ "language": "rust" }), joined(plain))
        }
        _ => node("paragraph", json!({}), content),
    };
    Some(())
}

fn toggle_mark(root: &mut Node, edit: &Edit) -> Option<()> {
    let block = at(root, &pick(&text_blocks(root), edit.place)?);
    if block.kind == "codeBlock" {
        return None;
    }
    let mut content = atoms(block);
    let (from, to) = range(content.len(), edit);
    let name = MARKS[edit.choice as usize % MARKS.len()];
    for atom in &mut content[from..to] {
        if edit.kind.is_multiple_of(2) {
            atom.marks.retain(|mark| mark.kind != name);
        } else {
            add_mark(atom, mark(name, json!({})));
        }
    }
    block.content = joined(content);
    Some(())
}

fn add_mark(atom: &mut Node, new: shared::document::change::Mark) {
    if atom.kind == "unknownInline" {
        return;
    }
    atom.marks.retain(|mark| mark.kind != new.kind);
    atom.marks.push(new);
    let order: Vec<&str> = schema().marks().map(|mark| mark.name.as_str()).collect();
    atom.marks.sort_by_key(|mark| order.iter().position(|name| *name == mark.kind));
}

fn set_link(root: &mut Node, edit: &Edit) -> Option<()> {
    let block = at(root, &pick(&text_blocks(root), edit.place)?);
    if block.kind == "codeBlock" {
        return None;
    }
    let mut content = atoms(block);
    let (from, to) = range(content.len(), edit);
    let href = format!("https://example.cn/{}", edit.choice % 3);
    for atom in &mut content[from..to] {
        add_mark(atom, mark("link", json!({ "href": href })));
        add_mark(atom, mark("textStyle", json!({ "color": "#a33" })));
    }
    block.content = joined(content);
    Some(())
}

fn insert_leaf(root: &mut Node, edit: &Edit) -> Option<()> {
    let block = at(root, &pick(&text_blocks(root), edit.place)?);
    let mut content = atoms(block);
    let place = edit.from as usize % (content.len() + 1);
    let leaf = match edit.choice % 2 {
        0 => node("hardBreak", json!({}), Vec::new()),
        _ => node("image", json!({ "src": "/i/1", "width": 10 }), Vec::new()),
    };
    content.insert(place, leaf);
    block.content = joined(content);
    Some(())
}

fn paste(root: &mut Node, edit: &Edit) -> Option<()> {
    let mut path = pick(&paths(root, &is_block), edit.place)?;
    let index = path.pop()?;
    let parent = at(root, &path);
    let pasted = match edit.choice % 5 {
        0 => vec![p("粘贴"), p(""), p("two")],
        1 => vec![list(&["一", "二 😀", ""])],
        2 => vec![table(&[&["环节", "活动"], &["导入", "𠮷"]])],
        3 => vec![node("horizontalRule", json!({}), Vec::new()), node("blockquote", json!({}), vec![p("引")])],
        _ => vec![node("codeBlock", json!({}), vec![text("let x = 1;\n")]), p("after")],
    };
    parent.content.splice(index..index + (edit.to % 2) as usize, pasted);
    Some(())
}

fn delete_block(root: &mut Node, edit: &Edit) -> Option<()> {
    let mut path = pick(&paths(root, &is_block), edit.place)?;
    let index = path.pop()?;
    let parent = at(root, &path);
    let count = 1 + edit.from as usize % (parent.content.len() - index).min(3);
    parent.content.drain(index..index + count);
    if parent.content.is_empty() {
        parent.content.push(p(""));
    }
    Some(())
}

fn duplicate(root: &mut Node, edit: &Edit) -> Option<()> {
    let mut path = pick(&paths(root, &|node: &Node| node.kind != "doc" && node.text.is_none()), edit.place)?;
    if paths(root, &|_| true).len() > 200 {
        return None;
    }
    let index = path.pop()?;
    let parent = at(root, &path);
    let copy = parent.content[index].clone();
    parent.content.insert(index, copy);
    Some(())
}

fn tables(root: &Node) -> Vec<Vec<usize>> {
    paths(root, &|node| node.kind == "table")
}

fn add_row(root: &mut Node, edit: &Edit) -> Option<()> {
    let table = at(root, &pick(&tables(root), edit.place)?);
    let width = table.content[0].content.len();
    let cells = (0..width).map(|_| node("tableCell", json!({}), vec![p("")])).collect();
    let place = edit.from as usize % (table.content.len() + 1);
    table.content.insert(place, node("tableRow", json!({}), cells));
    Some(())
}

fn add_column(root: &mut Node, edit: &Edit) -> Option<()> {
    let table = at(root, &pick(&tables(root), edit.place)?);
    for row in &mut table.content {
        let place = edit.from as usize % (row.content.len() + 1);
        row.content.insert(place, node("tableCell", json!({}), vec![p("列")]));
    }
    Some(())
}

fn remove_row_or_column(root: &mut Node, edit: &Edit) -> Option<()> {
    let table = at(root, &pick(&tables(root), edit.place)?);
    if edit.choice.is_multiple_of(2) {
        let place = edit.from as usize % table.content.len();
        table.content.remove(place);
    } else {
        for row in &mut table.content {
            if !row.content.is_empty() {
                let place = edit.from as usize % row.content.len();
                row.content.remove(place);
            }
        }
    }
    Some(())
}

fn set_attrs(root: &mut Node, edit: &Edit) -> Option<()> {
    let some =
        |node: &Node| matches!(node.kind.as_str(), "paragraph" | "heading" | "taskItem" | "tableCell" | "orderedList");
    let target = at(root, &pick(&paths(root, &some), edit.place)?);
    let (name, value) = match target.kind.as_str() {
        "taskItem" => ("checked", json!(edit.choice.is_multiple_of(2))),
        "tableCell" => ("colwidth", json!([edit.choice % 300])),
        "orderedList" => ("start", json!(edit.choice % 9)),
        "heading" if edit.from.is_multiple_of(2) => ("level", json!(1 + edit.choice % 6)),
        _ => ("textAlign", [json!(null), json!("center"), json!("right")][edit.choice as usize % 3].clone()),
    };
    target.attrs.insert(name.into(), value);
    Some(())
}
