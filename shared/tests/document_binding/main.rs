//! The binding, promise by promise; here what its tests share.

mod carets;
mod composition;
#[path = "../document_support/mod.rs"]
mod document_support;
mod edits;
mod opening;
mod repair;
mod replaced;
mod unknown;

use document_support::{doc, text};
use shared::document::change::{Change, InlineOp, Node};
use shared::document::plain::{apply, difference};
use shared::document::seed::seed;
use shared::document::{Binding, CONTENT, Replica};
use yrs::{
    GetString, Transact, TransactionMut, XmlElementPrelim, XmlElementRef, XmlFragment, XmlFragmentRef, XmlTextPrelim,
};

fn empty(client_id: u64) -> Binding {
    Binding::open(client_id, || 1)
}

fn opened(content: Vec<Node>) -> Binding {
    opened_by_two(content).0
}

/// Two people open the same document.
fn opened_by_two(content: Vec<Node>) -> (Binding, Binding) {
    let start = seed(&doc(content), 7);
    let [me, other] = [1, 2].map(|client_id| {
        let mut binding = empty(client_id);
        binding.apply_remote(&start).expect("a seed is well formed");
        binding
    });
    (me, other)
}

/// A document written directly, as another client would.
fn strange(write: impl FnOnce(&mut TransactionMut, &XmlFragmentRef)) -> Binding {
    let mut binding = empty(1);
    binding.apply_remote(&strange_update(write)).expect("an own update is well formed");
    binding
}

fn strange_update(write: impl FnOnce(&mut TransactionMut, &XmlFragmentRef)) -> Vec<u8> {
    let replica = Replica::new(9);
    let root = replica.doc().get_or_insert_xml_fragment(CONTENT);
    write(&mut replica.doc().transact_mut(), &root);
    replica.snapshot()
}

fn element(txn: &mut TransactionMut, parent: &XmlFragmentRef, tag: &str) -> XmlFragmentRef {
    let place = parent.len(txn);
    let element: XmlElementRef = parent.insert(txn, place, XmlElementPrelim::empty(tag));
    let fragment: &XmlFragmentRef = element.as_ref();
    fragment.clone()
}

fn string(txn: &mut TransactionMut, parent: &XmlFragmentRef, text: &str) {
    let place = parent.len(txn);
    parent.insert(txn, place, XmlTextPrelim::new(text));
}

/// The document as the CRDT holds it.
fn raw(binding: &Binding) -> String {
    let mut replica = Replica::new(10);
    replica.apply(&binding.snapshot()).expect("an own snapshot is well formed");
    let root = replica.doc().get_or_insert_xml_fragment(CONTENT);
    let txn = replica.doc().transact();
    root.get_string(&txn)
}

fn keep(len: usize) -> InlineOp {
    InlineOp::Retain { len, marks: None }
}

fn insert(word: &str) -> InlineOp {
    InlineOp::Insert { nodes: vec![text(word)] }
}

fn inline(path: &[usize], delta: Vec<InlineOp>) -> Change {
    Change::Inline { path: path.to_vec(), delta }
}

/// Makes the binding's view `after`, as an editor would; the view needs no correction.
fn edit(binding: &mut Binding, after: &Node) -> Option<Vec<u8>> {
    let changes = difference(&binding.view(), after);
    let committed = binding.commit(&changes).expect("the changes were made for this document");
    assert_eq!(committed.catch_up, vec![]);
    assert_eq!(binding.view(), *after);
    assert_eq!(binding.read_anew(), *after);
    committed.update
}

/// Does in a view what the binding asks of it.
fn follow(view: &mut Node, changes: &[Change]) {
    for change in changes {
        apply(view, change).expect("a place in the view");
    }
}
