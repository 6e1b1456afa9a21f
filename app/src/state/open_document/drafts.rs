//! What becomes of edits that can't go into their document: a draft that holds everything.

use shared::document::change::Node;
use shared::document::text;

use super::Medium;
use crate::browser::page;
use crate::browser::storage::{Draft, LeftPage, RowName};

/// Everything of a document that this page can put together.
pub(super) struct Gathered {
    pub content: Node,
    pub updates: Vec<Vec<u8>>,
    /// Some edits build on what is not here.
    pub in_parts: bool,
}

/// Of what ended pages left, what this page load takes over, and the rest: one epoch only, for another is another
/// document (C3). What was kept before anybody said an epoch goes with any.
pub(super) fn by_epoch(left: Vec<LeftPage>) -> (Vec<LeftPage>, Vec<LeftPage>) {
    let taken = left.iter().find_map(|page| page.remembered.epoch.clone());
    left.into_iter().partition(|page| page.remembered.epoch.is_none() || page.remembered.epoch == taken)
}

/// Pages of one epoch each, which make one draft.
pub(super) fn groups_by_epoch(mut left: Vec<LeftPage>) -> Vec<Vec<LeftPage>> {
    let mut groups = Vec::new();
    while !left.is_empty() {
        let (group, rest) = by_epoch(left);
        groups.push(group);
        left = rest;
    }
    groups
}

/// An update on the shelf that can't be read.
pub(super) struct Unreadable {
    pub name: RowName,
    pub update: Vec<u8>,
    pub why: String,
}

/// Lets the replica read what ended pages left. What it can't read is nowhere in the document, so that it is never saved
/// with it: it is taken out of `left`.
pub(super) fn read_left<M: Medium>(replica: &mut M, left: &mut Vec<LeftPage>) -> Vec<Unreadable> {
    let mut unreadable = Vec::new();
    for page in left.iter_mut() {
        for row in std::mem::take(&mut page.rows) {
            match replica.apply_remote(&row.update) {
                Ok(_) => page.rows.push(row),
                Err(error) => {
                    let name = RowName { page: page.page.clone(), n: row.n };
                    unreadable.push(Unreadable { name, update: row.update, why: error.to_string() });
                }
            }
        }
    }
    left.retain(|page| !page.rows.is_empty());
    unreadable
}

/// Gathers a document with its unsaved edits: from the replica as it is now, or, before the document had come, from
/// what earlier pages wrote down. `clock` is that of [`Medium::open`].
pub(super) fn gather<M: Medium>(
    replica: &M,
    has_document: bool,
    left: &[LeftPage],
    clock: impl Fn() -> u64 + Send + Sync + 'static,
) -> Gathered {
    if has_document && replica.is_whole() {
        return Gathered { content: replica.content(), updates: vec![replica.snapshot()], in_parts: false };
    }
    put_together::<M>(left, Some(replica.snapshot()), clock)
}

/// Makes one document of what ended pages kept, and of what was read of it since.
pub(super) fn put_together<M: Medium>(
    left: &[LeftPage],
    since: Option<Vec<u8>>,
    clock: impl Fn() -> u64 + Send + Sync + 'static,
) -> Gathered {
    let bases = left.iter().filter_map(|page| page.base.clone());
    let rows = left.iter().flat_map(|page| page.rows.iter().map(|row| row.update.clone()));
    let updates: Vec<Vec<u8>> = bases.chain(rows).chain(since).collect();
    // Nothing is ever written through it, so that its client id is nobody's.
    let mut together = M::open(1, clock);
    for update in &updates {
        if let Err(error) = together.apply_remote(update) {
            page::log(&format!("an update kept on this device cannot be read: {error}"));
        }
    }
    let mut content = together.content();
    let written_down = left.iter().map(|page| page.remembered.text.as_str()).find(|text| !text.is_empty());
    if let Some(words) = written_down.filter(|_| text::plain_text(&content).is_empty()) {
        content = paragraphs(words);
    }
    Gathered { content, updates, in_parts: !together.is_whole() }
}

/// The pages that have ended: a draft that holds their edits takes their place on the shelf.
pub(super) fn ended(left: &[LeftPage]) -> Vec<String> {
    left.iter().filter(|page| page.is_ours).map(|page| page.page.clone()).collect()
}

/// The rows of pages that may live: they stay where they are.
pub(super) fn left_behind(left: &[LeftPage]) -> Vec<RowName> {
    let names = |page: &LeftPage| -> Vec<RowName> {
        page.rows.iter().map(|row| RowName { page: page.page.clone(), n: row.n }).collect()
    };
    left.iter().filter(|page| !page.is_ours).flat_map(names).collect()
}

/// What a draft says, with its form as far as it was kept.
pub fn document_of(draft: &Draft) -> Node {
    draft.content.clone().unwrap_or_else(|| paragraphs(&draft.text))
}

pub(super) fn paragraphs(text: &str) -> Node {
    let content = text.lines().map(|line| Node { content: run(line), ..node("paragraph") }).collect();
    Node { content, ..node("doc") }
}

fn run(text: &str) -> Vec<Node> {
    if text.is_empty() { Vec::new() } else { vec![Node { text: Some(text.to_owned()), ..node("text") }] }
}

fn node(kind: &str) -> Node {
    Node { kind: kind.to_owned(), attrs: Default::default(), content: Vec::new(), text: None, marks: Vec::new() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::document::Binding;
    use shared::document::change::Change;
    use shared::document::seed::seed;

    use super::*;
    use crate::browser::storage::{Kept, Remembered};

    fn clock() -> u64 {
        1
    }

    fn left(page: &str, epoch: Option<&str>, base: Option<Vec<u8>>, updates: Vec<Vec<u8>>) -> LeftPage {
        let remembered = Remembered { epoch: epoch.map(|epoch| epoch.parse().unwrap()), ..Remembered::default() };
        let rows = updates.into_iter().zip(1..).map(|(update, n)| Kept { n, update }).collect();
        LeftPage::of_nobody(page, remembered, base, rows)
    }

    fn table() -> Node {
        let p = |text: &str| json!({ "type": "paragraph", "content": [{ "type": "text", "text": text, "marks": [{ "type": "bold" }] }] });
        serde_json::from_value(json!({ "type": "doc", "content": [
            { "type": "table", "content": [{ "type": "tableRow", "content": [
                { "type": "tableHeader", "content": [p("环节")] }, { "type": "tableCell", "content": [p("分一分")] } ] }] },
        ] }))
        .unwrap()
    }

    /// A page with the document, and the update of a line typed there.
    fn page_that_typed(document: &[u8], client: u64) -> (Binding, Vec<u8>) {
        let mut page = Binding::open(client, clock);
        page.apply_remote(document).unwrap();
        let end = page.view().content.len();
        let nodes = paragraphs("没来得及").content;
        let update = page.commit(&[Change::Children { path: vec![], from: end, to: end, nodes }]).unwrap().update;
        (page, update.unwrap())
    }

    #[test]
    fn c10_only_edits_of_one_epoch_are_taken_over_together() {
        let cases: [(&[Option<&str>], usize, usize); 4] = [
            (&[], 0, 0),
            (&[Some("a"), Some("b"), Some("a")], 2, 1),
            (&[None, Some("a"), Some("b")], 2, 1),
            (&[None, None], 2, 0),
        ];
        for (epochs, taken, rest) in cases {
            let pages = epochs.iter().map(|epoch| left("p", *epoch, None, vec![])).collect();
            let (ours, foreign) = by_epoch(pages);
            assert_eq!((ours.len(), foreign.len()), (taken, rest), "{epochs:?}");
        }
    }

    #[test]
    fn c10_what_cannot_be_read_is_not_taken_for_saved() {
        let (_, update) = page_that_typed(&seed(&table(), 5), 7);
        let mut pages = vec![
            left("p", Some("a"), None, vec![update.clone(), vec![255, 1, 2]]),
            left("q", Some("a"), None, vec![vec![9, 9]]),
        ];
        let mut replica = Binding::open(9, clock);
        let unreadable = read_left(&mut replica, &mut pages);
        let names: Vec<(&str, u64)> = unreadable.iter().map(|row| (row.name.page.as_str(), row.name.n)).collect();
        assert_eq!(names, [("p", 2), ("q", 1)]);
        assert_eq!(unreadable[0].update, [255, 1, 2], "and is handed back as it was");
        let kept: Vec<(&str, usize)> = pages.iter().map(|page| (page.page.as_str(), page.rows.len())).collect();
        assert_eq!(kept, [("p", 1)]);
    }

    #[test]
    fn c11_a_draft_holds_tables_and_marks_of_a_page_that_has_the_document() {
        let (page, _) = page_that_typed(&seed(&table(), 5), 7);
        let gathered = gather(&page, true, &[], clock);
        assert!(!gathered.in_parts);
        assert_eq!(gathered.content, page.view());
        let mut again = Binding::open(9, clock);
        again.apply_remote(&gathered.updates[0]).unwrap();
        assert_eq!(again.view(), page.view(), "the updates alone make the same document");
    }

    #[test]
    fn c11_a_page_that_never_got_the_document_makes_the_draft_of_base_and_kept_edits() {
        let document = seed(&table(), 5);
        let (before, update) = page_that_typed(&document, 7);
        let mut now = Binding::open(8, clock);
        now.apply_remote(&update).unwrap();
        let pages = [left("p", Some("a"), Some(document), vec![update.clone()])];
        let gathered = gather(&now, false, &pages, clock);
        assert!(!gathered.in_parts);
        assert_eq!(gathered.content, before.view());

        let pages = [left("p", Some("a"), None, vec![update.clone()])];
        let gathered = gather(&now, false, &pages, clock);
        assert!(gathered.in_parts, "without the document the edits are parts of one");
        assert!(gathered.updates.contains(&update), "and are kept as they are");
    }

    #[test]
    fn what_the_first_build_wrote_down_is_still_read() {
        let mut page = left("p", None, None, vec![]);
        page.remembered.text = "一\n\n二".to_owned();
        let content = gather(&Binding::open(8, clock), false, &[page], clock).content;
        assert_eq!(content.content.len(), 3);
        let draft: Draft = serde_json::from_value(json!({ "title": "教案", "text": "一\n二", "at": 5 })).unwrap();
        assert_eq!(text::plain_text(&document_of(&draft)), "一\n二");
        assert!(draft.left_behind.is_empty() && draft.page.is_none());
    }

    #[test]
    fn c10_edits_of_a_page_that_may_live_are_left_behind() {
        let rows = left_behind(&[left("p", None, None, vec![vec![1], vec![2]])]);
        assert_eq!(rows, [1, 2].map(|n| RowName { page: "p".to_owned(), n }));
    }
}
