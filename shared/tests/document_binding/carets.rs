//! Places in the text, and the steps of undo that put the caret back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use shared::document::change::Position;
use shared::document::seed::seed;
use shared::document::{Binding, CONTENT};

use crate::document_support::{doc, h, letters, node, p, text};
use crate::{edit, empty, inline, insert, keep, opened};

#[test]
fn positions_are_those_of_y_prosemirror_and_survive_edits() {
    let image = node("image", json!({ "src": "/i/1" }), vec![]);
    let mut binding =
        opened(vec![p("ab😀c"), p(""), node("paragraph", json!({}), vec![text("一"), image.clone(), image])]);
    let at = |path: &[usize], offset| Position { path: path.to_vec(), offset };
    for (path, len) in [(0, 5), (1, 0), (2, 3)] {
        for offset in (0..=len).filter(|offset| (path, *offset) != (0, 3)) {
            let place = at(&[path], offset);
            let anchor = binding.anchor(&place).expect("a place in the view");
            assert_eq!(binding.position(&anchor), Some(place), "{anchor}");
            let keys: Vec<&String> = anchor.as_object().expect("an object").keys().collect();
            assert_eq!(keys.len(), 4, "type, tname, item, assoc: {anchor}");
        }
    }
    let inside = binding.anchor(&at(&[0], 1)).expect("before b");
    assert_eq!(inside["assoc"], json!(0));
    assert_eq!(inside["tname"], Value::Null);
    assert!(inside["type"]["client"].is_u64() && inside["item"]["clock"].is_u64(), "{inside}");
    let end = binding.anchor(&at(&[0], 5)).expect("the end");
    assert_eq!(end["item"], Value::Null, "the end of a text names the text alone");

    let after = doc(vec![h(1, "新"), p("zab😀c"), p("")]);
    edit(&mut binding, &after);
    assert_eq!(binding.position(&inside), Some(at(&[1], 2)));
    assert_eq!(binding.position(&end), Some(at(&[1], 6)));
    for foreign in [
        json!({ "type": null, "tname": null, "item": { "client": 4, "clock": 4 }, "assoc": 0 }),
        json!({ "type": { "client": u64::MAX, "clock": 0 }, "tname": null, "item": null, "assoc": 0 }),
        json!({ "tname": "elsewhere" }),
        json!({ "item": "x" }),
        json!(null),
        json!([1]),
    ] {
        assert_eq!(binding.position(&foreign), None, "{foreign}");
    }
    assert_eq!(binding.anchor(&at(&[0, 4], 0)), None);
    assert_eq!(binding.anchor(&at(&[0], 99)), None);
}

#[test]
fn the_caret_of_an_empty_document_stays_at_its_beginning() {
    let mut binding = empty(1);
    let start = Position { path: vec![0], offset: 0 };
    let anchor = binding.anchor(&start).expect("a place in the view");
    assert_eq!(anchor, json!({ "type": null, "tname": CONTENT, "item": null, "assoc": -1 }));
    assert_eq!(binding.position(&anchor), Some(start));
    edit(&mut binding, &doc(vec![p("一"), p("二")]));
    assert_eq!(binding.position(&anchor), Some(Position { path: vec![], offset: 0 }));
}

#[test]
fn undo_takes_back_only_ones_own_and_puts_the_caret_back() {
    let clock = Arc::new(AtomicU64::new(1_000));
    let time = clock.clone();
    let mut me = Binding::open(1, move || time.load(Ordering::Relaxed));
    let mut other = empty(2);
    let start = seed(&doc(vec![p("甲乙")]), 7);
    me.apply_remote(&start).expect("a seed is well formed");
    other.apply_remote(&start).expect("a seed is well formed");
    assert!(!me.can_undo() && me.undo().is_none(), "what was loaded is nobody's edit");

    me.note_selection(Some(&Position { path: vec![0], offset: 1 }));
    me.commit(&[inline(&[0], vec![keep(1), insert("我")])]).expect("in the text");
    me.note_selection(Some(&Position { path: vec![0], offset: 2 }));
    me.commit(&[inline(&[0], vec![keep(2), insert("们")])]).expect("in the text");
    clock.fetch_add(1_000, Ordering::Relaxed);
    me.note_selection(Some(&Position { path: vec![0], offset: 4 }));
    me.commit(&[inline(&[0], vec![keep(4), insert("!")])]).expect("in the text");
    let theirs = other.commit(&[inline(&[0], vec![insert("他")])]).expect("in the text").update;
    me.apply_remote(&theirs.expect("a letter")).expect("well formed");
    assert_eq!(letters(&me.view()), "他甲我们乙!");

    let undone = me.undo().expect("one's own step");
    assert_eq!(letters(&me.view()), "他甲我们乙");
    assert_eq!(undone.selection, Some(Position { path: vec![0], offset: 5 }));
    assert_eq!(undone.changes.len(), 1);
    let undone = me.undo().expect("typed within half a second: one step");
    assert_eq!(letters(&me.view()), "他甲乙");
    assert_eq!(undone.selection, Some(Position { path: vec![0], offset: 2 }));
    assert!(me.undo().is_none(), "the other's letter is not mine to take back");
    me.redo().expect("a step was taken back");
    assert_eq!(letters(&me.view()), "他甲我们乙");
    assert!(me.can_redo());
    me.commit(&[inline(&[0], vec![insert("新")])]).expect("in the text");
    assert!(!me.can_redo(), "a new edit ends what could be done again");
}

#[test]
fn a_clock_that_is_set_back_does_no_harm() {
    let clock = Arc::new(AtomicU64::new(1_000_000));
    let time = clock.clone();
    let mut binding = Binding::open(1, move || time.load(Ordering::Relaxed));
    binding.commit(&[inline(&[0], vec![insert("a")])]).expect("in the text");
    clock.store(0, Ordering::Relaxed);
    binding.commit(&[inline(&[0], vec![insert("b")])]).expect("in the text");
    assert!(binding.undo().is_some());
}
