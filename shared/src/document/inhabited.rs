//! What an undo must leave standing.
//!
//! Taking back the making of a paragraph would take along what somebody else has written in it meanwhile. Such
//! elements and texts stay; only one's own content in them goes.

use yrs::{
    Assoc, BranchID, ID, IdSet, IndexedSequence, ReadTxn, StickyIndex, Text, XmlFragment, XmlFragmentRef, XmlOut,
    XmlTextRef,
};

/// Elements and texts made in `step` that hold living content which was not.
pub(super) fn inhabited<T: ReadTxn>(txn: &T, root: &XmlFragmentRef, step: &IdSet) -> Vec<ID> {
    struct Seen {
        id: ID,
        parent: Option<usize>,
        /// Holds living content that is not of the step.
        holds: bool,
    }
    let mut seen: Vec<Seen> = Vec::new();
    let mut ahead: Vec<(Option<usize>, XmlOut)> = root.children(txn).map(|child| (None, child)).collect();
    while let Some((parent, node)) = ahead.pop() {
        let BranchID::Nested(id) = node.id() else { continue };
        let at = seen.len();
        let holds = match &node {
            XmlOut::Text(text) => step.contains(&id) && has_others(txn, text, step),
            XmlOut::Element(_) | XmlOut::Fragment(_) => false,
        };
        seen.push(Seen { id, parent, holds });
        match node {
            XmlOut::Element(element) => ahead.extend(element.children(txn).map(|child| (Some(at), child))),
            XmlOut::Fragment(fragment) => ahead.extend(fragment.children(txn).map(|child| (Some(at), child))),
            XmlOut::Text(_) => {}
        }
    }
    // Children come after their parents.
    for at in (0..seen.len()).rev() {
        let lives = seen[at].holds || !step.contains(&seen[at].id);
        if let Some(parent) = seen[at].parent.filter(|_| lives) {
            seen[parent].holds = true;
        }
    }
    seen.into_iter().filter(|node| node.holds && step.contains(&node.id)).map(|node| node.id).collect()
}

/// Whether something living is known to be in `step`. Asks only for the ends of its ranges: `false` may be wrong.
pub(super) fn lives<T: ReadTxn>(txn: &T, step: &IdSet) -> bool {
    step.iter().any(|(client, ranges)| {
        ranges
            .iter()
            .any(|range| [range.start, range.end - 1].into_iter().any(|clock| is_living(txn, ID::new(*client, clock))))
    })
}

/// Whether a unit of text or a node is there and not deleted.
pub(super) fn is_living<T: ReadTxn>(txn: &T, id: ID) -> bool {
    let place = StickyIndex::from_id(id, Assoc::After).get_offset(txn);
    place.is_some_and(|place| {
        let found = StickyIndex::at(txn, place.branch, place.index, Assoc::After);
        found.and_then(|found| found.id().copied()) == Some(id)
    })
}

fn has_others<T: ReadTxn>(txn: &T, text: &XmlTextRef, step: &IdSet) -> bool {
    (0..text.len(txn)).any(|offset| {
        let unit = text.sticky_index(txn, offset, Assoc::After);
        unit.and_then(|unit| unit.id().copied()).is_some_and(|id| !step.contains(&id))
    })
}
