//! The schema: which nodes there are, what they hold, which attributes and marks they know.
//!
//! `schema.json` is the single source; the editor view builds its ProseMirror schema from the same file.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::change::{Mark, Node};
use super::value;

/// Attribute of every known node in the view: the attributes it does not know, as JSON text.
pub const EXTRA: &str = "extra";
pub const UNKNOWN_BLOCK: &str = "unknownBlock";
pub const UNKNOWN_INLINE: &str = "unknownInline";
pub const UNKNOWN_MARKS: &str = "unknownMarks";

const SOURCE: &str = include_str!("schema.json");

#[derive(Debug)]
pub struct Schema {
    nodes: Vec<NodeType>,
    marks: Vec<MarkType>,
}

#[derive(Debug)]
pub struct NodeType {
    pub name: String,
    content: Vec<Term>,
    /// Attributes and their defaults, `extra` included.
    pub attrs: Map<String, Value>,
    pub inline: bool,
    pub inline_content: bool,
    pub takes_marks: bool,
    group: String,
}

#[derive(Debug)]
pub struct MarkType {
    pub name: String,
    pub attrs: Map<String, Value>,
}

/// One part of a content expression: any of these types, so many times.
#[derive(Debug)]
struct Term {
    types: Vec<String>,
    least: usize,
    most: usize,
}

/// How far the children read so far have got in their parent's content expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    term: usize,
    count: usize,
}

/// The schema of documents.
pub fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(Schema::read)
}

impl Schema {
    fn read() -> Self {
        let file: SchemaFile = serde_json::from_str(SOURCE).expect("schema.json is part of this crate and tested");
        let mut nodes: Vec<NodeType> = file.nodes.0.into_iter().map(NodeType::read).collect();
        let groups: Vec<(String, String)> = nodes.iter().map(|node| (node.name.clone(), node.group.clone())).collect();
        for node in &mut nodes {
            for term in &mut node.content {
                term.types = std::mem::take(&mut term.types)
                    .into_iter()
                    .flat_map(|word| {
                        let members: Vec<String> =
                            groups.iter().filter(|(_, group)| *group == word).map(|(name, _)| name.clone()).collect();
                        if members.is_empty() { vec![word] } else { members }
                    })
                    .collect();
            }
        }
        let inline: Vec<String> =
            nodes.iter().filter(|node| node.inline || node.name == "text").map(|node| node.name.clone()).collect();
        for node in &mut nodes {
            node.inline_content = node.content.iter().any(|term| term.types.iter().any(|name| inline.contains(name)));
        }
        let marks = file.marks.0.into_iter().map(|(name, spec)| MarkType { name, attrs: spec.attrs }).collect();
        Self { nodes, marks }
    }

    pub fn node(&self, name: &str) -> Option<&NodeType> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// A node type that the schema is known to have.
    pub(super) fn known(&self, name: &str) -> &NodeType {
        self.node(name).expect("the code names only types of schema.json")
    }

    /// The type of an element of the CRDT with this tag; `None` for tags of newer versions and other editors.
    pub fn element(&self, tag: &str) -> Option<&NodeType> {
        match tag {
            "doc" | "text" | UNKNOWN_BLOCK | UNKNOWN_INLINE => None,
            tag => self.node(tag),
        }
    }

    pub fn mark(&self, name: &str) -> Option<&MarkType> {
        self.marks.iter().find(|mark| mark.name == name)
    }

    /// Place of a mark in the order in which ProseMirror keeps the marks of a node.
    pub(super) fn rank(&self, mark: &str) -> usize {
        self.marks.iter().position(|known| known.name == mark).unwrap_or(self.marks.len())
    }

    pub fn nodes(&self) -> impl Iterator<Item = &NodeType> {
        self.nodes.iter()
    }

    pub fn marks(&self) -> impl Iterator<Item = &MarkType> {
        self.marks.iter()
    }

    /// The outermost type that makes a `child` fit into `parent` at this point, when put around it.
    pub(super) fn wrapper(&self, parent: &NodeType, progress: Progress, child: &NodeType) -> Option<&NodeType> {
        let mut open: VecDeque<(&NodeType, &NodeType)> = self
            .nodes
            .iter()
            .filter(|node| !node.content.is_empty() && !node.inline_content)
            .filter(|node| parent.step(progress, node).is_some())
            .map(|node| (node, node))
            .collect();
        for _ in 0..1_000 {
            let (first, last) = open.pop_front()?;
            if last.step(Progress::default(), child).is_some() {
                return Some(first);
            }
            let deeper = self.nodes.iter().filter(|node| !node.content.is_empty() && !node.inline_content);
            open.extend(deeper.filter(|node| last.step(Progress::default(), node).is_some()).map(|node| (first, node)));
        }
        None
    }

    /// Does this node, with all that is in it, fit the schema?
    pub fn fits(&self, node: &Node) -> bool {
        let Some(kind) = self.node(&node.kind) else { return false };
        let mut progress = Progress::default();
        for child in &node.content {
            let Some(child_kind) = self.node(&child.kind) else { return false };
            match kind.accept(progress, child_kind) {
                Some(next) => progress = next,
                None => return false,
            }
            if !self.fits(child) || (!kind.takes_marks && !child.marks.is_empty()) {
                return false;
            }
        }
        let text_fits = match &node.text {
            Some(text) => kind.name == "text" && !text.is_empty(),
            None => kind.name != "text",
        };
        let attrs_fit = node.attrs.iter().all(|(name, value)| kind.takes(name, value));
        let marks_fit =
            node.marks.iter().all(|mark| self.mark(&mark.kind).is_some_and(|known| known.takes_all(&mark.attrs)));
        let ranks: Vec<usize> = node.marks.iter().map(|mark| self.rank(&mark.kind)).collect();
        text_fits && attrs_fit && marks_fit && ranks.is_sorted_by(|a, b| a < b) && kind.is_complete(progress)
    }
}

impl NodeType {
    fn read((name, spec): (String, NodeSpec)) -> Self {
        let mut attrs = spec.attrs;
        if !matches!(name.as_str(), "doc" | "text" | UNKNOWN_BLOCK | UNKNOWN_INLINE) {
            attrs.insert(EXTRA.into(), Value::Null);
        }
        Self {
            content: terms(&spec.content),
            attrs,
            inline: spec.inline,
            inline_content: false,
            takes_marks: spec.marks.as_deref() != Some(""),
            group: spec.group,
            name,
        }
    }

    /// Holds inline content, so that text can stand in it.
    pub fn is_text_block(&self) -> bool {
        self.inline_content
    }

    pub fn is_leaf(&self) -> bool {
        self.content.is_empty()
    }

    /// Takes `child` next? Then how far that gets.
    pub fn accept(&self, progress: Progress, child: &NodeType) -> Option<Progress> {
        let Progress { mut term, mut count } = progress;
        while let Some(current) = self.content.get(term) {
            if count < current.most && current.types.contains(&child.name) {
                return Some(Progress { term, count: count + 1 });
            }
            if count < current.least {
                return None;
            }
            term += 1;
            count = 0;
        }
        None
    }

    /// Takes `child` next, perhaps after nodes that are required before it? Then these, and how far that gets.
    pub(super) fn step(&self, mut progress: Progress, child: &NodeType) -> Option<(Vec<&'static str>, Progress)> {
        let mut fill = Vec::new();
        loop {
            if let Some(next) = self.accept(progress, child) {
                return Some((fill, next));
            }
            let missing = self.missing(progress)?;
            fill.push(missing);
            progress = self.accept(progress, schema().known(missing))?;
        }
    }

    /// The type of the next child without which the content is incomplete.
    pub(super) fn missing(&self, progress: Progress) -> Option<&'static str> {
        let Progress { mut term, mut count } = progress;
        loop {
            let current = self.content.get(term)?;
            if count < current.least {
                return schema().known(current.types.first()?).name.as_str().into();
            }
            term += 1;
            count = 0;
        }
    }

    pub fn is_complete(&self, progress: Progress) -> bool {
        self.missing(progress).is_none()
    }

    /// Is this a value the view can work with?
    pub fn takes(&self, attr: &str, value: &Value) -> bool {
        let Some(default) = self.attrs.get(attr) else { return false };
        let within = |least, most| value.as_i64().is_some_and(|value| (least..=most).contains(&value));
        match attr {
            "level" => within(1, 6),
            "colspan" | "rowspan" => within(1, 1_000),
            "start" => within(-1_000_000_000, 1_000_000_000),
            "colwidth" => match value {
                Value::Null => true,
                // Widths are measured on screens, and need not be whole.
                Value::Array(widths) => {
                    let fits = |width: &Value| width.as_f64().is_some_and(|width| (0.0..=100_000.0).contains(&width));
                    !widths.is_empty() && widths.iter().all(fits)
                }
                _ => false,
            },
            "width" | "height" => value.is_null() || value.is_number(),
            _ if default.is_boolean() => value.is_boolean(),
            _ => value.is_null() || value.is_string(),
        }
    }

    /// All attributes of a node as the view has them: known ones, or their defaults where a value is
    /// missing or of no use, and the unknown ones together in `extra`.
    pub(super) fn attrs_from(&self, raw: impl IntoIterator<Item = (String, Value)>) -> Map<String, Value> {
        let mut attrs = self.attrs.clone();
        let mut extra = Map::new();
        for (name, value) in raw {
            if name == EXTRA || !attrs.contains_key(&name) {
                extra.insert(name, value);
            } else if self.takes(&name, &value) {
                attrs.insert(name, value);
            }
        }
        if !extra.is_empty() {
            attrs.insert(EXTRA.into(), Value::String(value::canonical(&extra)));
        }
        attrs
    }

    /// The attributes of a node that came from the view, complete and in normal form.
    pub(super) fn complete(&self, given: &Map<String, Value>) -> Map<String, Value> {
        let mut attrs = self.attrs.clone();
        for (name, slot) in &mut attrs {
            if let Some(given) = given.get(name).map(value::normal).filter(|given| self.takes(name, given)) {
                *slot = given;
            }
        }
        attrs
    }
}

impl MarkType {
    fn takes_all(&self, attrs: &Map<String, Value>) -> bool {
        attrs.iter().all(|(name, value)| self.attrs.contains_key(name) && (value.is_null() || value.is_string()))
    }

    /// All attributes of a mark as the view has them.
    pub(super) fn complete(&self, given: &Map<String, Value>) -> Map<String, Value> {
        let mut attrs = self.attrs.clone();
        for (name, slot) in &mut attrs {
            if let Some(given) = given.get(name).filter(|given| given.is_string()) {
                *slot = given.clone();
            }
        }
        attrs
    }
}

/// Marks in normal form: known ones only, attributes complete, each once, in the order of the schema.
pub(super) fn normal_marks(marks: &[Mark]) -> Vec<Mark> {
    let mut normal: Vec<Mark> = Vec::new();
    for mark in marks {
        if let Some(kind) = schema().mark(&mark.kind)
            && !normal.iter().any(|other| other.kind == mark.kind)
        {
            normal.push(Mark { kind: mark.kind.clone(), attrs: kind.complete(&mark.attrs) });
        }
    }
    normal.sort_by_key(|mark| schema().rank(&mark.kind));
    normal
}

fn terms(expression: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut rest = expression.trim();
    while !rest.is_empty() {
        let (words, after) = match rest.strip_prefix('(') {
            Some(inner) => inner.split_once(')').expect("a content expression of schema.json closes its brackets"),
            None => rest.split_at(rest.find(['*', '+', '?', ' ']).unwrap_or(rest.len())),
        };
        let (least, most) = match after.chars().next() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            _ => (1, 1),
        };
        terms.push(Term { types: words.split('|').map(|word| word.trim().to_owned()).collect(), least, most });
        rest = after.trim_start_matches(['*', '+', '?']).trim_start();
    }
    terms
}

#[derive(Deserialize)]
struct SchemaFile {
    nodes: InOrder<NodeSpec>,
    marks: InOrder<MarkSpec>,
}

#[derive(Deserialize)]
struct NodeSpec {
    #[serde(default)]
    content: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    inline: bool,
    #[serde(default)]
    marks: Option<String>,
    #[serde(default)]
    attrs: Map<String, Value>,
}

#[derive(Deserialize)]
struct MarkSpec {
    #[serde(default)]
    attrs: Map<String, Value>,
}

/// The entries of a JSON object in the order of the file, which is the order of precedence.
struct InOrder<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for InOrder<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = InOrder<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(InOrder(entries))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}

#[cfg(test)]
mod tests;
