//! Updates that come before what they build on.

use shared::document::{Replica, new_doc};
use yrs::updates::decoder::Decode;
use yrs::{Doc, GetString, Text, Transact, Update, merge_updates_v1};

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

fn words(replica: &Replica, root: &str) -> String {
    let text = replica.doc().get_or_insert_text(root);
    text.get_string(&replica.doc().transact())
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
            assert_eq!(words(&replica, "text"), "备课本", "clients {first} and {second}, {order:?}");
        }
    }
}

/// The server has what Ann wrote first; her device kept what she did then: it deletes a letter and writes where nothing
/// stood, so that its structs need none of those before.
#[test]
fn a_deletion_of_what_is_not_there_yet_is_kept() {
    let ann = new_doc(1);
    let begun = write(&ann, "备课本");
    let (text, title) = (ann.get_or_insert_text("text"), ann.get_or_insert_text("title"));
    let mut txn = ann.transact_mut();
    text.remove_range(&mut txn, 1, 1);
    title.push(&mut txn, "三年级");
    let later = txn.encode_update_v1();
    drop(txn);
    let mut replica = Replica::new(3);
    replica.apply(&later).expect("well formed");
    assert!(!replica.is_whole());
    replica.apply(&begun).expect("well formed");
    assert!(replica.is_whole());
    assert_eq!(words(&replica, "text"), "备本");
    assert_eq!(words(&replica, "title"), "三年级");
}

/// Each of two updates has what the other needs: halves of them enter.
#[test]
fn what_can_enter_of_an_update_does_and_the_rest_is_told_to_others() {
    let (ann, bob) = (new_doc(1), new_doc(2));
    let written = [(&ann, &bob, "备"), (&bob, &ann, "课"), (&ann, &bob, "教"), (&bob, &ann, "案")];
    let [first, second, third, fourth] = written.map(|(writer, reader, words)| {
        let update = write(writer, words);
        take(reader, &update);
        update
    });
    let odd = merge_updates_v1([&first, &fourth]).expect("they merge");
    let even = merge_updates_v1([&second, &third]).expect("they merge");
    for (one, other) in [(&odd, &even), (&even, &odd)] {
        let mut replica = Replica::new(3);
        replica.apply(one).expect("well formed");
        assert!(!replica.is_whole());
        for told in [replica.snapshot(), replica.diff(&[0]).expect("a state vector")] {
            let mut third = Replica::new(4);
            third.apply(other).expect("well formed");
            third.apply(&told).expect("well formed");
            assert!(third.is_whole(), "what waits is part of what it has");
            assert_eq!(words(&third, "text"), "备课教案");
        }
        replica.apply(other).expect("well formed");
        assert!(replica.is_whole());
        assert_eq!(words(&replica, "text"), "备课教案");
    }
}

/// As a page that wrote for an hour without the server leaves them.
#[test]
fn thousands_wait_for_one() {
    let ann = new_doc(1);
    let updates: Vec<_> = (0..1_000).map(|_| write(&ann, "课")).collect();
    for forwards in [true, false] {
        let mut replica = Replica::new(2);
        let order: Box<dyn Iterator<Item = usize>> =
            if forwards { Box::new(1..updates.len()) } else { Box::new((1..updates.len()).rev()) };
        order.for_each(|at| replica.apply(&updates[at]).expect("well formed"));
        assert_eq!(words(&replica, "text"), "");
        replica.apply(&updates[0]).expect("well formed");
        assert!(replica.is_whole());
        assert_eq!(words(&replica, "text").chars().count(), updates.len());
    }
}
