//! Going through a tree without recursion: documents of strangers may be deeper than a stack.

use super::change::Node;

/// One step on the way through a tree.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    Enter(&'a Node),
    Leave(&'a Node),
}

/// Every node once on the way down and once on the way up, in document order.
pub(super) fn walk(root: &Node) -> impl Iterator<Item = Step<'_>> {
    let mut todo = vec![Step::Enter(root)];
    std::iter::from_fn(move || {
        let step = todo.pop()?;
        if let Step::Enter(node) = step {
            todo.push(Step::Leave(node));
            todo.extend(node.content.iter().rev().map(Step::Enter));
        }
        Some(step)
    })
}
