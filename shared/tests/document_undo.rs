//! Undo takes back one's own edits, and never a colleague's words that stand among them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use shared::document::Binding;
use shared::document::change::{Change, InlineOp, Node};

/// Two colleagues with one document, and a clock that makes every edit of the first an undo step of its own.
struct Pair {
    ann: Binding,
    bob: Binding,
    clock: Arc<AtomicU64>,
}

impl Pair {
    fn new() -> Self {
        let clock = Arc::new(AtomicU64::new(0));
        let told = clock.clone();
        let ann = Binding::open(1, move || told.load(Ordering::Relaxed));
        Self { ann, bob: Binding::open(2, || 0), clock }
    }

    fn ann(&mut self, change: Change) {
        self.clock.fetch_add(2_000, Ordering::Relaxed);
        let update = self.ann.commit(&[change]).expect("it fits").update.expect("it changes something");
        self.bob.apply_remote(&update).expect("it is an update");
    }

    fn bob(&mut self, change: Change) {
        let update = self.bob.commit(&[change]).expect("it fits").update.expect("it changes something");
        self.ann.apply_remote(&update).expect("it is an update");
    }

    /// The paragraphs after Ann's undo, which both see alike.
    fn undo(&mut self) -> Vec<String> {
        let undone = self.ann.undo().expect("there is something to take back");
        self.bob.apply_remote(&undone.update).expect("it is an update");
        self.paragraphs()
    }

    fn redo(&mut self) -> Vec<String> {
        let redone = self.ann.redo().expect("there is something to do again");
        self.bob.apply_remote(&redone.update).expect("it is an update");
        self.paragraphs()
    }

    fn paragraphs(&self) -> Vec<String> {
        assert_eq!(self.ann.view(), self.bob.view());
        let words = |block: &Node| block.content.iter().filter_map(|node| node.text.clone()).collect();
        self.ann.view().content.iter().map(words).collect()
    }
}

fn node(json: Value) -> Node {
    serde_json::from_value(json).expect("a node")
}

fn paragraphs(from: usize, to: usize, texts: &[&str]) -> Change {
    let nodes = texts
        .iter()
        .map(|text| match *text {
            "" => node(json!({"type": "paragraph"})),
            text => node(json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})),
        })
        .collect();
    Change::Children { path: vec![], from, to, nodes }
}

fn typed(block: usize, offset: usize, text: &str) -> Change {
    let delta = vec![
        InlineOp::Retain { len: offset, marks: None },
        InlineOp::Insert { nodes: vec![node(json!({"type": "text", "text": text}))] },
    ];
    Change::Inline { path: vec![block], delta }
}

#[test]
fn a_colleagues_words_stay_in_the_text_i_began() {
    let mut pair = Pair::new();
    pair.ann(paragraphs(0, 1, &["目标", ""]));
    pair.ann(typed(1, 0, "平均分"));
    pair.bob(typed(1, 3, "是前提"));
    assert_eq!(pair.undo(), ["目标", "是前提"]);
    assert_eq!(pair.redo(), ["目标", "平均分是前提"]);
}

#[test]
fn a_colleagues_words_stay_in_the_paragraph_i_made() {
    let mut pair = Pair::new();
    pair.ann(paragraphs(0, 1, &["目标"]));
    pair.ann(paragraphs(1, 1, &["", "重点"]));
    pair.bob(typed(1, 0, "学情"));
    assert_eq!(pair.undo(), ["目标", "学情"]);
}

#[test]
fn what_nobody_else_touched_goes_whole() {
    let mut pair = Pair::new();
    pair.ann(paragraphs(0, 1, &["目标"]));
    pair.ann(paragraphs(1, 1, &["学情", "重点"]));
    pair.bob(typed(0, 2, "三条"));
    assert_eq!(pair.undo(), ["目标三条"]);
    assert_eq!(pair.redo(), ["目标三条", "学情", "重点"]);
}

#[test]
fn a_step_with_nothing_left_of_mine_does_not_take_the_next_ones_company() {
    let mut pair = Pair::new();
    pair.ann(paragraphs(0, 1, &["目标"]));
    pair.ann(paragraphs(1, 1, &["", ""]));
    pair.ann(typed(2, 0, "旧"));
    pair.bob(typed(1, 0, "学情"));
    // Bob removes what Ann's last step had written: taking it back changes nothing any more.
    pair.bob(Change::Inline { path: vec![2], delta: vec![InlineOp::Delete { len: 1 }] });
    let left = pair.undo();
    assert!(left.contains(&"学情".to_owned()), "{left:?}");
}
