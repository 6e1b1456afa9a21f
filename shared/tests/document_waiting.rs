//! Updates that come before what they build on.

use shared::document::{Replica, new_doc};
use yrs::updates::decoder::Decode;
use yrs::{Doc, GetString, Text, Transact, Update};

/// Writes at the end; the update it makes.
fn write(doc: &Doc, words: &str) -> Vec<u8> {
    let text = doc.get_or_insert_text("text");
    let mut txn = doc.transact_mut();
    text.push(&mut txn, words);
    txn.encode_update_v1()
}

fn take(doc: &Doc, update: &[u8]) {
    let update = Update::decode_v1(update).expect("yrs reads what it wrote");
    doc.transact_mut().apply_update(update).expect("in order nothing waits");
}

/// As two tabs that died leave them: each has seen the other's edits, and the server has only the first.
#[test]
fn what_waits_for_each_other_and_for_a_third_enters_in_any_order() {
    for (first, second) in [(1, 2), (2, 1)] {
        let (ann, bob) = (new_doc(first), new_doc(second));
        let begun = write(&ann, "备");
        take(&bob, &begun);
        let middle = write(&bob, "课");
        take(&ann, &middle);
        let end = write(&ann, "本");
        let updates = [&begun, &middle, &end];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut replica = Replica::new(3);
            order.iter().for_each(|at| replica.apply(updates[*at]).expect("well formed"));
            let text = replica.doc().get_or_insert_text("text");
            assert_eq!(text.get_string(&replica.doc().transact()), "备课本", "clients {first} and {second}, {order:?}");
        }
    }
}
