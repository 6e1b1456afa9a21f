//! Algebra of inline deltas: apply, compose, transform.
//!
//! Used when a text block has been changed on two sides at once: by an input method in the view, and by others in
//! the CRDT (docs/adr/0003). The rules are those of operational transformation on sequences:
//! `apply(compose(a, b), x) == apply(b, apply(a, x))`, and with `(l, r) = (transform(a, b), transform(b, a))` for two
//! deltas of the same text, `apply(l, apply(b, x)) == apply(r, apply(a, x))`.

use super::change::{InlineOp, Mark, Node};

/// Which of two deltas stands first where both insert at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What the transformed delta inserts comes before what the other inserted there.
    Before,
    /// What the transformed delta inserts comes after it.
    After,
}

/// Length of an inline node in the view: UTF-16 units of a text, 1 for a leaf.
pub fn len(node: &Node) -> usize {
    node.text.as_ref().map_or(1, |text| text.encode_utf16().count())
}

/// Length of inline content in units.
pub fn total(nodes: &[Node]) -> usize {
    nodes.iter().map(len).sum()
}

/// The units `from..to` of inline content. A surrogate pair cut in half becomes U+FFFD; callers do not cut there.
pub fn slice(nodes: &[Node], from: usize, to: usize) -> Vec<Node> {
    let mut out = Vec::new();
    let mut start = 0;
    for node in nodes {
        let end = start + len(node);
        let (lo, hi) = (from.max(start), to.min(end));
        if lo < hi {
            push_node(&mut out, cut(node, lo - start, hi - start));
        }
        start = end;
    }
    out
}

/// The content after `delta`. Steps past the end of the content are ignored.
pub fn apply(nodes: &[Node], delta: &[InlineOp]) -> Vec<Node> {
    let mut out = Vec::new();
    let mut at = 0;
    for op in delta {
        match op {
            InlineOp::Retain { len, marks } => {
                for node in slice(nodes, at, at + len) {
                    push_node(&mut out, marked(node, marks.as_deref()));
                }
                at += len;
            }
            InlineOp::Insert { nodes } => nodes.iter().for_each(|node| push_node(&mut out, node.clone())),
            InlineOp::Delete { len } => at += len,
        }
    }
    for node in slice(nodes, at, usize::MAX) {
        push_node(&mut out, node);
    }
    out
}

/// One delta with the effect of `first`, then `second`.
pub fn compose(first: &[InlineOp], second: &[InlineOp]) -> Vec<InlineOp> {
    let mut out = Vec::new();
    let (mut a, mut b) = (Steps::new(first), Steps::new(second));
    loop {
        if let Some(InlineOp::Delete { .. }) = a.peek() {
            out.extend(a.take(usize::MAX));
            continue;
        }
        if let Some(InlineOp::Insert { .. }) = b.peek() {
            out.extend(b.take(usize::MAX));
            continue;
        }
        if b.peek().is_none() {
            out.extend(a.rest());
            break;
        }
        if a.peek().is_none() {
            out.extend(b.rest());
            break;
        }
        let n = a.left().min(b.left());
        let (Some(left), Some(right)) = (a.take(n), b.take(n)) else { break };
        match (left, right) {
            (InlineOp::Retain { marks: below, .. }, InlineOp::Retain { marks, .. }) => {
                out.push(InlineOp::Retain { len: n, marks: marks.or(below) });
            }
            (InlineOp::Insert { nodes }, InlineOp::Retain { marks, .. }) => {
                let nodes = nodes.into_iter().map(|node| marked(node, marks.as_deref())).collect();
                out.push(InlineOp::Insert { nodes });
            }
            (InlineOp::Retain { .. }, InlineOp::Delete { .. }) => out.push(InlineOp::Delete { len: n }),
            // Written by the first, dropped by the second: as if it had never been.
            (InlineOp::Insert { .. }, InlineOp::Delete { .. }) => {}
            (InlineOp::Delete { .. }, _) | (_, InlineOp::Insert { .. }) => unreachable!("taken above"),
        }
    }
    tidy(out)
}

/// `delta`, as it has to read after `other` was applied to the same content.
///
/// Where both set marks on one unit, those of the delta with [`Order::Before`] stay.
pub fn transform(delta: &[InlineOp], other: &[InlineOp], order: Order) -> Vec<InlineOp> {
    let mut out = Vec::new();
    let (mut a, mut b) = (Steps::new(delta), Steps::new(other));
    while a.peek().is_some() {
        let mine = matches!(a.peek(), Some(InlineOp::Insert { .. }));
        if let Some(InlineOp::Insert { .. }) = b.peek()
            && (!mine || order == Order::After)
        {
            out.push(InlineOp::Retain { len: b.left(), marks: None });
            b.take(usize::MAX);
            continue;
        }
        if mine || b.peek().is_none() {
            out.extend(a.take(usize::MAX));
            continue;
        }
        let n = a.left().min(b.left());
        let (Some(left), Some(right)) = (a.take(n), b.take(n)) else { break };
        match (left, right) {
            (_, InlineOp::Delete { .. }) => {}
            (InlineOp::Retain { marks, .. }, InlineOp::Retain { marks: theirs, .. }) => {
                let marks = if theirs.is_some() && order == Order::After { None } else { marks };
                out.push(InlineOp::Retain { len: n, marks });
            }
            (InlineOp::Delete { .. }, InlineOp::Retain { .. }) => out.push(InlineOp::Delete { len: n }),
            (InlineOp::Insert { .. }, _) | (_, InlineOp::Insert { .. }) => unreachable!("taken above"),
        }
    }
    tidy(out)
}

/// The same delta with neighbours of a kind joined, empty steps and a last step that changes nothing left out.
pub fn tidy(delta: Vec<InlineOp>) -> Vec<InlineOp> {
    let mut out: Vec<InlineOp> = Vec::with_capacity(delta.len());
    for op in delta {
        match (out.last_mut(), op) {
            (_, InlineOp::Retain { len: 0, .. } | InlineOp::Delete { len: 0 }) => {}
            (_, InlineOp::Insert { nodes }) if nodes.is_empty() => {}
            (Some(InlineOp::Retain { len, marks }), InlineOp::Retain { len: more, marks: same }) if *marks == same => {
                *len += more;
            }
            (Some(InlineOp::Delete { len }), InlineOp::Delete { len: more }) => *len += more,
            (Some(InlineOp::Insert { nodes }), InlineOp::Insert { nodes: more }) => {
                more.into_iter().for_each(|node| push_node(nodes, node));
            }
            (_, op) => out.push(op),
        }
    }
    while let Some(InlineOp::Retain { marks: None, .. }) = out.last() {
        out.pop();
    }
    out
}

/// Reads a delta in pieces.
struct Steps<'a> {
    ops: &'a [InlineOp],
    /// Units of the first op that are taken already.
    taken: usize,
}

impl<'a> Steps<'a> {
    fn new(ops: &'a [InlineOp]) -> Self {
        Self { ops, taken: 0 }
    }

    /// The current step, of which a part may have been taken.
    fn peek(&self) -> Option<&'a InlineOp> {
        self.ops.iter().find(|op| size(op) > 0)
    }

    /// Units left of the current step.
    fn left(&self) -> usize {
        self.peek().map_or(0, |op| size(op) - self.taken)
    }

    /// At most `n` units of the current step.
    fn take(&mut self, n: usize) -> Option<InlineOp> {
        while self.ops.first().is_some_and(|op| size(op) == 0) {
            self.ops = &self.ops[1..];
        }
        let op = self.ops.first()?;
        let whole = size(op);
        let end = self.taken.saturating_add(n).min(whole);
        let piece = part(op, self.taken, end);
        if end == whole {
            self.ops = &self.ops[1..];
            self.taken = 0;
        } else {
            self.taken = end;
        }
        Some(piece)
    }

    fn rest(&mut self) -> Vec<InlineOp> {
        std::iter::from_fn(|| self.take(usize::MAX)).collect()
    }
}

/// Units that a step covers or inserts.
fn size(op: &InlineOp) -> usize {
    match op {
        InlineOp::Retain { len, .. } | InlineOp::Delete { len } => *len,
        InlineOp::Insert { nodes } => total(nodes),
    }
}

fn part(op: &InlineOp, from: usize, to: usize) -> InlineOp {
    let to = to.min(size(op));
    match op {
        InlineOp::Retain { marks, .. } => InlineOp::Retain { len: to - from, marks: marks.clone() },
        InlineOp::Delete { .. } => InlineOp::Delete { len: to - from },
        InlineOp::Insert { nodes } => InlineOp::Insert { nodes: slice(nodes, from, to) },
    }
}

fn cut(node: &Node, from: usize, to: usize) -> Node {
    match &node.text {
        None => node.clone(),
        Some(text) => {
            let units: Vec<u16> = text.encode_utf16().skip(from).take(to - from).collect();
            Node { text: Some(String::from_utf16_lossy(&units)), ..node.clone() }
        }
    }
}

fn marked(node: Node, marks: Option<&[Mark]>) -> Node {
    match marks {
        Some(marks) => Node { marks: marks.to_vec(), ..node },
        None => node,
    }
}

/// Appends a node, joining equally marked texts as ProseMirror does.
fn push_node(out: &mut Vec<Node>, node: Node) {
    if let (Some(last), Some(more)) = (out.last_mut(), &node.text)
        && last.marks == node.marks
        && let Some(text) = &mut last.text
    {
        text.push_str(more);
        return;
    }
    out.push(node);
}
