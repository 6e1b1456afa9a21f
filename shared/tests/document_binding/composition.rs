//! While an input method composes, its block is left alone; afterwards everything meets.

use shared::document::Binding;
use shared::document::change::{Change, Node};
use shared::document::plain::apply;

use crate::document_support::{doc, h, letters, list, p, table};
use crate::{edit, follow, inline, insert, keep, opened_by_two};

/// Two people open the same document; the first composes in a block.
fn composing(content: Vec<Node>, path: &[usize]) -> (Binding, Binding) {
    let (mut me, other) = opened_by_two(content);
    me.composition_start(path).expect("a text block");
    (me, other)
}

#[test]
fn while_composing_other_blocks_change_and_the_composed_one_catches_up() {
    let (mut me, mut other) = composing(vec![p("一二"), p("三")], &[1]);
    let mut view = me.view();
    for theirs in [
        Change::Children { path: vec![], from: 0, to: 0, nodes: vec![h(1, "题")] },
        inline(&[1], vec![keep(2), insert("!")]),
        inline(&[2], vec![insert("前")]),
        inline(&[2], vec![keep(2), insert("后")]),
    ] {
        let update = other.commit(&[theirs]).expect("a place in the view").update.expect("something changed");
        follow(&mut view, &me.apply_remote(&update).expect("well formed"));
    }
    assert_eq!(view, doc(vec![h(1, "题"), p("一二!"), p("三")]), "the composed block is left alone");
    assert_eq!(me.view(), view);
    // The composition went on in what is now the third block.
    let composed = inline(&[2], vec![keep(1), insert("拼音")]);
    apply(&mut view, &composed).expect("a place in the view");
    let committed = me.composition_end(&[composed]).expect("a place in the view");
    assert!(committed.update.is_some());
    assert_eq!(committed.catch_up.len(), 1, "{:?}", committed.catch_up);
    follow(&mut view, &committed.catch_up);
    assert_eq!(view, doc(vec![h(1, "题"), p("一二!"), p("前三拼音后")]));
    assert_eq!(me.view(), view);
    other.apply_remote(&committed.update.expect("letters")).expect("well formed");
    assert_eq!(other.view(), view);
}

#[test]
fn what_was_composed_in_a_block_that_is_gone_becomes_a_paragraph_there() {
    let cases = [
        (vec![p("一"), p("二"), p("三")], vec![1], doc(vec![p("一"), p("三")]), doc(vec![p("一"), p("拼音"), p("三")])),
        (vec![list(&["一", "二"]), p("三")], vec![0, 1, 0], doc(vec![p("三")]), doc(vec![p("拼音"), p("三")])),
        (vec![p("一")], vec![0], doc(vec![h(1, "别的")]), doc(vec![p("拼音"), h(1, "别的")])),
        (
            vec![table(&[&["甲", "乙"], &["丙", "丁"]])],
            vec![0, 1, 0, 0],
            doc(vec![table(&[&["甲", "乙"]])]),
            doc(vec![table(&[&["甲", "乙"]]), p("拼音")]),
        ),
    ];
    for (content, path, without, with) in cases {
        let (mut me, mut other) = composing(content, &path);
        let mut view = me.view();
        let update = edit(&mut other, &without).expect("something changed");
        assert_eq!(me.apply_remote(&update).expect("well formed"), vec![], "nothing may end the composition");
        let composed = inline(&path, vec![keep(1), insert("拼音")]);
        apply(&mut view, &composed).expect("a place in the view");
        let committed = me.composition_end(&[composed]).expect("a place in the view");
        follow(&mut view, &committed.catch_up);
        assert_eq!(view, me.view());
        assert_eq!(me.read_anew(), view);
        assert_eq!(sorted_blocks(&view), sorted_blocks(&with));
        let caret = committed.selection.expect("the caret's block went away");
        assert_eq!(caret.offset, 2);
        other.apply_remote(&committed.update.expect("letters")).expect("well formed");
        assert_eq!(other.view(), view);
    }
}

/// Where a block goes whose neighbours went with it is not promised.
fn sorted_blocks(doc: &Node) -> Vec<String> {
    let mut blocks: Vec<String> =
        doc.content.iter().map(|block| format!("{} {}", block.kind, letters(block))).collect();
    blocks.sort();
    blocks
}

#[test]
fn a_composition_that_was_given_up_only_catches_up() {
    let (mut me, mut other) = composing(vec![p("一")], &[0]);
    let update = edit(&mut other, &doc(vec![p("一!"), p("新")])).expect("something changed");
    let mut view = me.view();
    follow(&mut view, &me.apply_remote(&update).expect("well formed"));
    let committed = me.composition_end(&[]).expect("nothing to write");
    assert_eq!(committed.update, None);
    follow(&mut view, &committed.catch_up);
    assert_eq!(view, doc(vec![p("一!"), p("新")]));
    assert!(!me.is_composing());
}

#[test]
fn a_composition_that_ends_in_a_new_paragraph_loses_nothing() {
    let (mut me, mut other) = composing(vec![p("一二"), p("三")], &[0]);
    let update = edit(&mut other, &doc(vec![p("一二他"), p("三")])).expect("something changed");
    me.apply_remote(&update).expect("well formed");
    let mut view = me.view();
    let split = Change::Children { path: vec![], from: 0, to: 1, nodes: vec![p("一拼"), p("二")] };
    apply(&mut view, &split).expect("a place in the view");
    let committed = me.composition_end(&[split]).expect("a place in the view");
    follow(&mut view, &committed.catch_up);
    assert_eq!(view, me.view());
    for letter in ["一", "拼", "二", "他", "三"] {
        assert!(letters(&view).contains(letter), "{letter} is lost");
    }
}
