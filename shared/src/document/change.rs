//! The words that editor view and document model exchange: plain nodes, and changes addressed by path.
//!
//! A path is a list of child indices from the root down, counted in editor nodes (in a text block
//! each run of equally marked text is one node, so paths end at the block; places inside it are offsets).
//! Offsets count UTF-16 code units; every inline leaf (image, hard break) counts one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A node in ProseMirror's JSON form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attrs: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<Node>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// A mark in ProseMirror's JSON form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attrs: Map<String, Value>,
}

/// One change, the same in both directions over the editor's border.
///
/// Changes of a list apply one after the other: each path speaks of the tree as the ones before left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Change {
    /// Children `from..to` of the container at `path` become `nodes`. Never inside a text block.
    Children { path: Vec<usize>, from: usize, to: usize, nodes: Vec<Node> },
    /// The inline content of the text block at `path` changes by `delta`.
    Inline { path: Vec<usize>, delta: Vec<InlineOp> },
    /// The node at `path` keeps its type and content and gets these attributes, all of them.
    Attrs { path: Vec<usize>, attrs: Map<String, Value> },
}

/// A step over inline content. What follows the last step stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InlineOp {
    /// Keep so many units; with `marks`, they get exactly these marks.
    Retain {
        len: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        marks: Option<Vec<Mark>>,
    },
    /// Insert these inline nodes.
    Insert { nodes: Vec<Node> },
    /// Drop so many units.
    Delete { len: usize },
}

/// A place in the view: an offset into the text block at `path`, or a child index of the container there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub path: Vec<usize>,
    pub offset: usize,
}
