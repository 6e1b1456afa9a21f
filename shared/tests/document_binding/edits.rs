//! Edits of the view become the smallest changes of the document, and the other way round.

use shared::document::ChangeError;
use shared::document::change::{Change, InlineOp, Node};

use crate::document_support::{doc, list, p, table};
use crate::{edit, inline, insert, keep, opened, opened_by_two};

#[test]
fn structure_edits_keep_the_elements_that_others_may_be_writing_in() {
    // (before, mine, another's, both)
    let cases = [
        (
            vec![p("Hello my world")],
            vec![p("Hello my"), p(" world")],
            vec![p("Oh, Hello my world")],
            vec![p("Oh, Hello my"), p(" world")],
        ),
        (vec![p("a"), p("c")], vec![p("a"), p("b"), p("c")], vec![p("a"), p("c!")], vec![p("a"), p("b"), p("c!")]),
        (
            vec![p("一"), p("二"), p("三")],
            vec![p("一"), p("三")],
            vec![p("一!"), p("二"), p("三!")],
            vec![p("一!"), p("三!")],
        ),
        (
            vec![list(&["一", "二"])],
            vec![list(&["一", "新", "二"])],
            vec![list(&["一", "二二"])],
            vec![list(&["一", "新", "二二"])],
        ),
        (
            vec![table(&[&["甲", "乙"]])],
            vec![table(&[&["甲", "中", "乙"], &["", "", ""]])],
            vec![table(&[&["甲甲", "乙"]])],
            vec![table(&[&["甲甲", "中", "乙"], &["", "", ""]])],
        ),
    ];
    for (before, mine, theirs, both) in cases {
        let (mut me, mut other) = opened_by_two(before);
        let from_me = edit(&mut me, &doc(mine)).expect("something changed");
        let from_other = edit(&mut other, &doc(theirs)).expect("something changed");
        me.apply_remote(&from_other).expect("well formed");
        other.apply_remote(&from_me).expect("well formed");
        assert_eq!(me.view(), doc(both));
        assert_eq!(other.view(), me.view());
    }
}

#[test]
fn anothers_letters_arrive_as_the_smallest_change() {
    let (mut me, mut other) = opened_by_two(vec![p("aaaa"), p("x")]);
    let typed = other.commit(&[inline(&[0], vec![keep(2), insert("a")])]).expect("in the text").update;
    let changes = me.apply_remote(&typed.expect("a letter")).expect("well formed");
    // A comparison could not tell which a is new; the event can.
    assert_eq!(changes, vec![inline(&[0], vec![keep(2), insert("a")])]);
}

#[test]
fn surrogate_pairs_are_never_split() {
    let mut binding = opened(vec![p("a😀b")]);
    let committed = binding.commit(&[inline(&[0], vec![keep(2), insert("x")])]).expect("within the text");
    assert_eq!(binding.view(), doc(vec![p("ax😀b")]));
    assert_eq!(committed.catch_up.len(), 1, "the view is put right");
    let committed = binding.commit(&[inline(&[0], vec![keep(3), InlineOp::Delete { len: 2 }])]).expect("within");
    assert_eq!(binding.view(), doc(vec![p("ax")]));
    assert_eq!(binding.read_anew(), binding.view());
    let replacement = Change::Children { path: vec![], from: 0, to: 1, nodes: vec![p("ax")] };
    assert_eq!(committed.catch_up, vec![replacement]);
}

#[test]
fn changes_for_another_document_are_refused_and_harm_nothing() {
    let mut binding = opened(vec![p("ab"), list(&["一"])]);
    let view = binding.view();
    let path = |path: &[usize]| path.to_vec();
    let stray = Node { kind: "hologram".into(), ..p("") };
    let cases = [
        (inline(&[7], vec![]), ChangeError::NoNode { path: path(&[7]) }),
        (inline(&[1], vec![]), ChangeError::NotText { path: path(&[1]) }),
        (inline(&[0], vec![keep(9), insert("x")]), ChangeError::TooShort { path: path(&[0]), len: 2, needed: 9 }),
        (
            Change::Children { path: path(&[1]), from: 0, to: 4, nodes: vec![] },
            ChangeError::NoChildren { path: path(&[1]), from: 0, to: 4 },
        ),
        (
            Change::Children { path: path(&[0]), from: 0, to: 0, nodes: vec![] },
            ChangeError::NoChildren { path: path(&[0]), from: 0, to: 0 },
        ),
        (
            Change::Children { path: path(&[]), from: 0, to: 1, nodes: vec![stray] },
            ChangeError::UnknownKind { kind: "hologram".into() },
        ),
    ];
    for (change, problem) in cases {
        let interrupted = binding.commit(std::slice::from_ref(&change)).expect_err("does not fit");
        assert_eq!((interrupted.at, interrupted.problem), (0, problem));
        assert_eq!(interrupted.written, None);
        assert_eq!(binding.view(), view);
    }
    let interrupted =
        binding.commit(&[inline(&[0], vec![insert("x")]), inline(&[7], vec![])]).expect_err("the second does not fit");
    assert_eq!(interrupted.at, 1);
    assert!(interrupted.written.is_some(), "what was written is not lost");
    assert_eq!(binding.view(), doc(vec![p("xab"), list(&["一"])]));
    assert!(binding.apply_remote(&[1, 2, 3]).is_err());
    assert!(binding.composition_start(&[9]).is_err());
}
