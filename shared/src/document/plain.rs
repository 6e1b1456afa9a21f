//! Changes on plain trees, as the view makes them: for tests, and for putting a view right.

use super::ChangeError;
use super::change::{Change, Node};
use super::inline;
use super::schema::{UNKNOWN_BLOCK, schema};

/// Applies one change to a document that is a plain tree.
pub fn apply(root: &mut Node, change: &Change) -> Result<(), ChangeError> {
    match change {
        Change::Children { path, from, to, nodes } => {
            let node = find(root, path)?;
            if is_text_block(node) || from > to || *to > node.content.len() {
                return Err(ChangeError::NoChildren { path: path.clone(), from: *from, to: *to });
            }
            node.content.splice(from..to, nodes.iter().cloned());
        }
        Change::Inline { path, delta } => {
            let node = find(root, path)?;
            if !is_text_block(node) {
                return Err(ChangeError::NotText { path: path.clone() });
            }
            let runs = inline::runs(&node.content);
            let (len, needed) = (inline::len(&runs), inline::reach(delta));
            if needed > len {
                return Err(ChangeError::TooShort { path: path.clone(), len, needed });
            }
            node.content = inline::nodes(&inline::apply(&runs, delta));
        }
        Change::Attrs { path, attrs } => find(root, path)?.attrs = attrs.clone(),
    }
    Ok(())
}

fn find<'a>(root: &'a mut Node, path: &[usize]) -> Result<&'a mut Node, ChangeError> {
    path.iter()
        .try_fold(root, |node, &index| if is_text_block(node) { None } else { node.content.get_mut(index) })
        .ok_or_else(|| ChangeError::NoNode { path: path.to_vec() })
}

fn is_text_block(node: &Node) -> bool {
    schema().node(&node.kind).is_some_and(|kind| kind.is_text_block())
}

/// Changes that turn one plain tree into another; both roots are of one type.
pub fn difference(before: &Node, after: &Node) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(&mut Vec::new(), before, after, &mut changes);
    changes
}

fn compare(path: &mut Vec<usize>, before: &Node, after: &Node, changes: &mut Vec<Change>) {
    if before.attrs != after.attrs {
        changes.push(Change::Attrs { path: path.clone(), attrs: after.attrs.clone() });
    }
    if is_text_block(after) {
        let delta = inline::delta_between(&inline::runs(&before.content), &inline::runs(&after.content));
        if !delta.is_empty() {
            changes.push(Change::Inline { path: path.clone(), delta });
        }
        return;
    }
    let (old, new) = (&before.content, &after.content);
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(old, new)| old == new).count();
    match (&old[head..old.len() - tail], &new[head..new.len() - tail]) {
        ([], []) => {}
        ([old], [new]) if old.kind == new.kind && new.kind != UNKNOWN_BLOCK => {
            path.push(head);
            compare(path, old, new, changes);
            path.pop();
        }
        (gone, come) => {
            let (from, to) = (head, head + gone.len());
            changes.push(Change::Children { path: path.clone(), from, to, nodes: come.to_vec() });
        }
    }
}
