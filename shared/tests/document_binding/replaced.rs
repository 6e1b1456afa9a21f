//! What a colleague writes in a block that somebody makes into another one meanwhile is not lost.

use serde_json::json;
use shared::document::Binding;
use shared::document::change::Node;

use crate::document_support::{doc, h, letters, list, node, p, table};
use crate::{edit, opened_by_two};

/// Hands everything over until nobody has anything to say.
fn exchange(me: &mut Binding, other: &mut Binding, from_me: Vec<Vec<u8>>, from_other: Vec<Vec<u8>>) {
    let (mut from_me, mut from_other) = (from_me, from_other);
    while !from_me.is_empty() || !from_other.is_empty() {
        let (to_me, to_other) = (std::mem::take(&mut from_other), std::mem::take(&mut from_me));
        to_me.iter().for_each(|update| drop(me.apply_remote(update).expect("well formed")));
        to_other.iter().for_each(|update| drop(other.apply_remote(update).expect("well formed")));
        (from_me, from_other) = (me.take_carried(), other.take_carried());
    }
    assert_eq!(me.view(), other.view());
    assert_eq!(me.view(), me.read_anew());
}

fn heading(words: &str) -> Node {
    h(2, words)
}

fn quote(words: &str) -> Node {
    node("blockquote", json!({}), vec![p(words)])
}

fn task(words: &str) -> Node {
    node("taskList", json!({}), vec![node("taskItem", json!({ "checked": false }), vec![p(words)])])
}

#[test]
fn what_a_colleague_writes_in_a_block_that_changes_its_kind_stays() {
    // (before, mine, another's, both)
    let cases = [
        (vec![p("春天来了")], vec![heading("春天来了")], vec![p("春天真的来了")], vec![heading("春天真的来了")]),
        (vec![heading("春天")], vec![p("春天")], vec![heading("春天里")], vec![p("春天里")]),
        (vec![p("一"), p("二")], vec![list(&["一", "二"])], vec![p("一个"), p("第二")], vec![list(&["一个", "第二"])]),
        (vec![list(&["一", "二"])], vec![p("一"), p("二")], vec![list(&["一一", "二二"])], vec![p("一一"), p("二二")]),
        (vec![p("说")], vec![quote("说")], vec![p("说😀")], vec![quote("说😀")]),
        (vec![p("做")], vec![task("做")], vec![p("做了再说")], vec![task("做了再说")]),
        (vec![p("")], vec![list(&[""])], vec![p("头几个字")], vec![list(&["头几个字"])]),
        (vec![p("# 题")], vec![heading("题")], vec![p("# 题目")], vec![heading("题目")]),
        (
            vec![table(&[&["甲", "乙"]])],
            vec![p("前"), table(&[&["甲", "乙"]])],
            vec![table(&[&["甲甲", "乙"]])],
            vec![p("前"), table(&[&["甲甲", "乙"]])],
        ),
    ];
    for (before, mine, theirs, both) in cases {
        let (mut me, mut other) = opened_by_two(before);
        let from_me = edit(&mut me, &doc(mine)).expect("something changed");
        let from_other = edit(&mut other, &doc(theirs)).expect("something changed");
        exchange(&mut me, &mut other, vec![from_me], vec![from_other]);
        assert_eq!(me.view(), doc(both));
    }
}

#[test]
fn letters_that_follow_each_other_find_their_place_one_by_one() {
    let (mut me, mut other) = opened_by_two(vec![p("教学目标")]);
    let from_me = edit(&mut me, &doc(vec![heading("教学目标")])).expect("another kind");
    let mut words = String::from("教学目标");
    let mut typed = Vec::new();
    for letter in "（一）😀完".chars() {
        words.push(letter);
        typed.push(edit(&mut other, &doc(vec![p(&words)])).expect("a letter"));
    }
    exchange(&mut me, &mut other, vec![from_me], typed);
    assert_eq!(me.view(), doc(vec![heading("教学目标（一）😀完")]));
}

#[test]
fn a_block_that_was_replaced_twice_has_one_heir() {
    let (mut me, mut other) = opened_by_two(vec![p("甲乙")]);
    let first = edit(&mut me, &doc(vec![heading("甲乙")])).expect("another kind");
    let second = edit(&mut me, &doc(vec![list(&["甲乙"])])).expect("another kind again");
    let typed = edit(&mut other, &doc(vec![p("甲和乙")])).expect("a letter");
    exchange(&mut me, &mut other, vec![first, second], vec![typed]);
    assert_eq!(me.view(), doc(vec![list(&["甲和乙"])]));
}

#[test]
fn who_may_not_edit_any_more_writes_nothing_for_others() {
    let (mut me, mut other) = opened_by_two(vec![p("春天")]);
    let from_me = edit(&mut me, &doc(vec![heading("春天")])).expect("another kind");
    let typed = edit(&mut other, &doc(vec![p("春天到了")])).expect("letters");
    me.forget_replaced();
    exchange(&mut me, &mut other, vec![from_me], vec![typed]);
    assert_eq!(me.view(), doc(vec![heading("春天")]));
}

#[test]
fn taking_the_change_of_kind_back_leaves_the_words_of_others() {
    let (mut me, mut other) = opened_by_two(vec![p("春天")]);
    let from_me = edit(&mut me, &doc(vec![heading("春天")])).expect("another kind");
    let typed = edit(&mut other, &doc(vec![p("春天到了")])).expect("letters");
    exchange(&mut me, &mut other, vec![from_me], vec![typed]);
    let undone = me.undo().expect("the change of kind").update;
    exchange(&mut me, &mut other, vec![undone], Vec::new());
    assert!(letters(&me.view()).contains("到了"), "{}", letters(&me.view()));
}
