//! Inline content as runs, and deltas over it: applying, comparing, transforming.
//!
//! Lengths and offsets count UTF-16 units; an inline leaf counts one.

use super::change::{InlineOp, Mark, Node};
use super::schema::{normal_marks, schema};

/// A stretch of equally marked text, or one inline leaf.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    pub body: RunBody,
    pub marks: Vec<Mark>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum RunBody {
    Text {
        text: String,
        units: usize,
    },
    /// A leaf, without its marks.
    Leaf(Node),
}

impl Run {
    pub fn text(text: impl Into<String>, marks: Vec<Mark>) -> Self {
        let text = text.into();
        let units = units(&text);
        Self { body: RunBody::Text { text, units }, marks }
    }

    pub fn leaf(mut node: Node) -> Self {
        let marks = normal_marks(&std::mem::take(&mut node.marks));
        if let Some(kind) = schema().node(&node.kind) {
            node.attrs = kind.complete(&node.attrs);
        }
        Self { body: RunBody::Leaf(node), marks }
    }

    pub fn len(&self) -> usize {
        match &self.body {
            RunBody::Text { units, .. } => *units,
            RunBody::Leaf(_) => 1,
        }
    }

    fn node(&self) -> Node {
        match &self.body {
            RunBody::Text { text, .. } => Node {
                kind: "text".into(),
                attrs: Default::default(),
                content: Vec::new(),
                text: Some(text.clone()),
                marks: self.marks.clone(),
            },
            RunBody::Leaf(node) => Node { marks: self.marks.clone(), ..node.clone() },
        }
    }

    /// The part from `from` to `to`. Offsets within a surrogate pair are taken as before it.
    fn slice(&self, from: usize, to: usize) -> Self {
        match &self.body {
            RunBody::Text { text, .. } => Run::text(&text[byte_at(text, from)..byte_at(text, to)], self.marks.clone()),
            RunBody::Leaf(_) => self.clone(),
        }
    }

    fn same_body(&self, other: &Self) -> bool {
        self.body == other.body
    }
}

pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Where the unit `offset` begins in `text`; within a surrogate pair: where the pair begins.
pub(super) fn byte_at(text: &str, offset: usize) -> usize {
    let mut left = offset;
    for (byte, char) in text.char_indices() {
        if left < char.len_utf16() {
            return byte;
        }
        left -= char.len_utf16();
    }
    text.len()
}

pub(super) fn len(runs: &[Run]) -> usize {
    runs.iter().map(Run::len).sum()
}

/// The inline nodes that ProseMirror has for these runs.
pub(super) fn nodes(runs: &[Run]) -> Vec<Node> {
    merged(runs.iter().cloned()).iter().map(Run::node).collect()
}

/// The runs of inline nodes, marks in normal form. Empty text vanishes.
pub(super) fn runs(nodes: &[Node]) -> Vec<Run> {
    merged(nodes.iter().map(|node| match &node.text {
        Some(text) => Run::text(text.as_str(), normal_marks(&node.marks)),
        None => Run::leaf(node.clone()),
    }))
}

/// Neighbours with equal marks become one run.
pub(super) fn merged(runs: impl IntoIterator<Item = Run>) -> Vec<Run> {
    let mut merged: Vec<Run> = Vec::new();
    for run in runs.into_iter().filter(|run| run.len() > 0) {
        if let (Some(Run { body: RunBody::Text { text, units }, marks }), RunBody::Text { text: more, units: grown }) =
            (merged.last_mut(), &run.body)
            && *marks == run.marks
        {
            text.push_str(more);
            *units += grown;
            continue;
        }
        merged.push(run);
    }
    merged
}

/// The runs from `from` to `to`.
pub(super) fn slice(runs: &[Run], from: usize, to: usize) -> Vec<Run> {
    let mut cut = Vec::new();
    let mut start = 0;
    for run in runs {
        let end = start + run.len();
        if end > from && start < to {
            cut.push(run.slice(from.saturating_sub(start), to.min(end) - start));
        }
        if end >= to {
            break;
        }
        start = end;
    }
    cut
}

/// Does `offset` fall between the halves of a surrogate pair?
pub(super) fn splits_pair<'a>(runs: impl IntoIterator<Item = &'a Run>, offset: usize) -> bool {
    let mut left = offset;
    for run in runs {
        if left == 0 {
            return false;
        }
        if left < run.len() {
            return match &run.body {
                RunBody::Text { text, .. } => units(&text[..byte_at(text, left)]) != left,
                RunBody::Leaf(_) => false,
            };
        }
        left -= run.len();
    }
    false
}

/// The units a delta walks over, and so the least length of what it can be applied to.
pub(super) fn reach(delta: &[InlineOp]) -> usize {
    delta
        .iter()
        .map(|op| match op {
            InlineOp::Retain { len, .. } | InlineOp::Delete { len } => *len,
            InlineOp::Insert { .. } => 0,
        })
        .sum()
}

/// The content after a delta. What the delta walks over must be there.
pub(super) fn apply(content: &[Run], delta: &[InlineOp]) -> Vec<Run> {
    let mut result = Vec::new();
    let mut at = 0;
    for op in delta {
        match op {
            InlineOp::Retain { len, marks } => {
                let mut kept = slice(content, at, at + len);
                if let Some(marks) = marks {
                    kept.iter_mut().for_each(|run| run.marks = normal_marks(marks));
                }
                result.extend(kept);
                at += len;
            }
            InlineOp::Insert { nodes } => result.extend(runs(nodes)),
            InlineOp::Delete { len } => at += len,
        }
    }
    result.extend(slice(content, at, usize::MAX));
    merged(result)
}

/// How the units of an older content come back in a newer one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Align {
    Keep(usize),
    Gone(usize),
    New(usize),
}

/// The delta from `old` to `new` along `aligned`. `None`: it does not speak of these two.
pub(super) fn delta_along(old: &[Run], new: &[Run], aligned: &[Align]) -> Option<Vec<InlineOp>> {
    let mut delta = Vec::new();
    let (mut from, mut to) = (0, 0);
    for step in aligned {
        match *step {
            Align::Keep(len) => {
                retained(&slice(old, from, from + len), &slice(new, to, to + len), &mut delta)?;
                from += len;
                to += len;
            }
            Align::Gone(len) => {
                push(&mut delta, InlineOp::Delete { len });
                from += len;
            }
            Align::New(len) => {
                push(&mut delta, InlineOp::Insert { nodes: nodes(&slice(new, to, to + len)) });
                to += len;
            }
        }
    }
    (from == len(old) && to == len(new)).then(|| trimmed(delta))
}

/// Retains over two stretches of equal text; `None` if the text differs.
fn retained(old: &[Run], new: &[Run], delta: &mut Vec<InlineOp>) -> Option<()> {
    let (mut old, mut new) = (old.to_vec(), new.to_vec());
    old.reverse();
    new.reverse();
    while let (Some(before), Some(after)) = (old.pop(), new.pop()) {
        let shared = before.len().min(after.len());
        let (head_before, head_after) = (before.slice(0, shared), after.slice(0, shared));
        if !head_before.same_body(&head_after) {
            return None;
        }
        let marks = (before.marks != after.marks).then(|| after.marks.clone());
        push(delta, InlineOp::Retain { len: shared, marks });
        if before.len() > shared {
            old.push(before.slice(shared, before.len()));
        }
        if after.len() > shared {
            new.push(after.slice(shared, after.len()));
        }
    }
    (old.is_empty() && new.is_empty()).then_some(())
}

/// A small delta from `old` to `new`: what is equal at both ends stays.
pub(super) fn delta_between(old: &[Run], new: &[Run]) -> Vec<InlineOp> {
    let aligned = align(old, new);
    delta_along(old, new, &aligned).expect("the alignment was made from these two")
}

/// How many items two sequences begin with alike, and how many of the rest they end with alike.
pub(super) fn common_ends<T: PartialEq>(a: &[T], b: &[T]) -> (usize, usize) {
    let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    (head, tail)
}

/// What is equal at both ends stays; marks do not count.
pub(super) fn align(old: &[Run], new: &[Run]) -> Vec<Align> {
    let (before, after) = (atoms(old), atoms(new));
    let (head, tail) = common_ends(&before, &after);
    let width = |atoms: &[Atom]| atoms.iter().map(Atom::width).sum();
    [
        Align::Keep(width(&before[..head])),
        Align::Gone(width(&before[head..before.len() - tail])),
        Align::New(width(&after[head..after.len() - tail])),
        Align::Keep(width(&before[before.len() - tail..])),
    ]
    .into_iter()
    .filter(|step| !matches!(step, Align::Keep(0) | Align::Gone(0) | Align::New(0)))
    .collect()
}

/// What cannot be divided: a character or a leaf.
#[derive(PartialEq)]
enum Atom<'a> {
    Char(char),
    Leaf(&'a Node),
}

impl Atom<'_> {
    fn width(&self) -> usize {
        match self {
            Atom::Char(char) => char.len_utf16(),
            Atom::Leaf(_) => 1,
        }
    }
}

fn atoms(runs: &[Run]) -> Vec<Atom<'_>> {
    let mut atoms = Vec::new();
    for run in runs {
        match &run.body {
            RunBody::Text { text, .. } => atoms.extend(text.chars().map(Atom::Char)),
            RunBody::Leaf(node) => atoms.push(Atom::Leaf(node)),
        }
    }
    atoms
}

/// Two alignments one after the other, as one.
pub(super) fn then(first: &[Align], second: &[Align]) -> Vec<Align> {
    let mut result = Vec::new();
    let mut add = |step: Align| match (result.last_mut(), step) {
        (_, Align::Keep(0) | Align::Gone(0) | Align::New(0)) => {}
        (Some(Align::Keep(len)), Align::Keep(more)) => *len += more,
        (Some(Align::Gone(len)), Align::Gone(more)) => *len += more,
        (Some(Align::New(len)), Align::New(more)) => *len += more,
        _ => result.push(step),
    };
    let mut first = first.iter().copied();
    let mut current: Option<Align> = None;
    for &step in second {
        let (Align::Keep(mut left) | Align::Gone(mut left)) = step else {
            add(step);
            continue;
        };
        while left > 0 {
            let Some(under) = current.take().or_else(|| first.next()) else {
                // What follows the first alignment's last step stayed as it was.
                add(if matches!(step, Align::Keep(_)) { Align::Keep(left) } else { Align::Gone(left) });
                break;
            };
            match under {
                Align::Gone(_) => add(under),
                Align::Keep(len) | Align::New(len) => {
                    let shared = len.min(left);
                    let kept = matches!(step, Align::Keep(_));
                    match (matches!(under, Align::Keep(_)), kept) {
                        (true, true) => add(Align::Keep(shared)),
                        (true, false) => add(Align::Gone(shared)),
                        (false, true) => add(Align::New(shared)),
                        (false, false) => {}
                    }
                    left -= shared;
                    if len > shared {
                        let rest = len - shared;
                        current =
                            Some(if matches!(under, Align::Keep(_)) { Align::Keep(rest) } else { Align::New(rest) });
                    }
                }
            }
        }
    }
    current.into_iter().chain(first).for_each(&mut add);
    result
}

/// An alignment that speaks of all `len` units of the older content.
pub(super) fn padded(aligned: &[Align], len: usize) -> Vec<Align> {
    let spoken: usize = aligned
        .iter()
        .map(|step| match step {
            Align::Keep(len) | Align::Gone(len) => *len,
            Align::New(_) => 0,
        })
        .sum();
    aligned.iter().copied().chain((spoken < len).then(|| Align::Keep(len - spoken))).collect()
}

/// Who stands left when both insert at one place, and whose marks hold when both mark one stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    First,
    Second,
}

/// `delta`, as it reads after `other` has been applied to the same content.
pub(super) fn transform(delta: &[InlineOp], other: &[InlineOp], rank: Rank) -> Vec<InlineOp> {
    let mut result = Vec::new();
    let mut mine = Steps::new(delta);
    let mut theirs = Steps::new(other);
    while let Some(my) = mine.peek() {
        match (my, theirs.peek()) {
            (InlineOp::Insert { .. }, their)
                if rank == Rank::First || !matches!(their, Some(InlineOp::Insert { .. })) =>
            {
                push(&mut result, mine.take(usize::MAX));
            }
            (_, Some(InlineOp::Insert { nodes })) => {
                push(&mut result, InlineOp::Retain { len: len(&runs(nodes)), marks: None });
                theirs.take(usize::MAX);
            }
            (_, None) => push(&mut result, mine.take(usize::MAX)),
            (my, Some(their)) => {
                let shared = op_len(my).min(op_len(their));
                let their_marks = matches!(their, InlineOp::Retain { marks: Some(_), .. });
                let their_delete = matches!(their, InlineOp::Delete { .. });
                theirs.take(shared);
                let step = mine.take(shared);
                match step {
                    _ if their_delete => {}
                    InlineOp::Retain { len, marks } => {
                        let marks = marks.filter(|_| rank == Rank::First || !their_marks);
                        push(&mut result, InlineOp::Retain { len, marks });
                    }
                    step => push(&mut result, step),
                }
            }
        }
    }
    trimmed(result)
}

fn op_len(op: &InlineOp) -> usize {
    match op {
        InlineOp::Retain { len, .. } | InlineOp::Delete { len } => *len,
        InlineOp::Insert { .. } => 0,
    }
}

/// A delta read in pieces of any length.
struct Steps<'a> {
    rest: std::slice::Iter<'a, InlineOp>,
    current: Option<InlineOp>,
}

impl<'a> Steps<'a> {
    fn new(delta: &'a [InlineOp]) -> Self {
        let mut steps = Self { rest: delta.iter(), current: None };
        steps.advance();
        steps
    }

    fn advance(&mut self) {
        self.current = self.rest.find(|op| matches!(op, InlineOp::Insert { .. }) || op_len(op) > 0).cloned();
    }

    fn peek(&self) -> Option<&InlineOp> {
        self.current.as_ref()
    }

    /// The current step, or as much of it.
    fn take(&mut self, most: usize) -> InlineOp {
        match self.current.as_mut().expect("take follows a peek that found a step") {
            InlineOp::Retain { len, marks } if *len > most => {
                *len -= most;
                InlineOp::Retain { len: most, marks: marks.clone() }
            }
            InlineOp::Delete { len } if *len > most => {
                *len -= most;
                InlineOp::Delete { len: most }
            }
            _ => {
                let whole = self.current.take().expect("just matched");
                self.advance();
                whole
            }
        }
    }
}

/// Appends a step, joined with the last one where they are of a kind.
pub(super) fn push(delta: &mut Vec<InlineOp>, op: InlineOp) {
    match (delta.last_mut(), op) {
        (_, InlineOp::Retain { len: 0, .. } | InlineOp::Delete { len: 0 }) => {}
        (_, InlineOp::Insert { nodes }) if nodes.is_empty() => {}
        (Some(InlineOp::Retain { len, marks }), InlineOp::Retain { len: more, marks: same }) if *marks == same => {
            *len += more;
        }
        (Some(InlineOp::Delete { len }), InlineOp::Delete { len: more }) => *len += more,
        (_, op) => delta.push(op),
    }
}

fn trimmed(mut delta: Vec<InlineOp>) -> Vec<InlineOp> {
    while let Some(InlineOp::Retain { marks: None, .. }) = delta.last() {
        delta.pop();
    }
    delta
}

#[cfg(test)]
mod tests;
