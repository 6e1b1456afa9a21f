//! The algebra of inline deltas, by its laws.

use proptest::prelude::*;
use shared::document::change::{InlineOp, Mark, Node};
use shared::document::delta::{Order, apply, compose, slice, total, transform};

fn text(text: &str, bold: bool) -> Node {
    let marks = if bold { vec![Mark { kind: "bold".into(), attrs: Default::default() }] } else { vec![] };
    Node { kind: "text".into(), attrs: Default::default(), content: vec![], text: Some(text.into()), marks }
}

fn leaf(kind: &str) -> Node {
    Node { kind: kind.into(), attrs: Default::default(), content: vec![], text: None, marks: vec![] }
}

fn any_nodes() -> impl Strategy<Value = Vec<Node>> {
    let node = prop_oneof![
        4 => ("[a-c备课]{1,4}", any::<bool>()).prop_map(|(t, bold)| text(&t, bold)),
        1 => Just(leaf("hardBreak")),
    ];
    // Through `apply`, so that equally marked neighbours are joined as in every document.
    prop::collection::vec(node, 0..5).prop_map(|nodes| apply(&[], &[InlineOp::Insert { nodes }]))
}

/// A delta that fits content of `len` units.
fn any_delta(len: usize) -> impl Strategy<Value = Vec<InlineOp>> {
    let step = prop_oneof![
        (1_usize..4, prop::option::weighted(0.3, any::<bool>()))
            .prop_map(|(len, bold)| InlineOp::Retain { len, marks: bold.map(|bold| text("", bold).marks) }),
        any_nodes().prop_map(|nodes| InlineOp::Insert { nodes }),
        (1_usize..4).prop_map(|len| InlineOp::Delete { len }),
    ];
    prop::collection::vec(step, 0..6).prop_map(move |steps| {
        let mut left = len;
        let mut fits = Vec::new();
        for step in steps {
            match step {
                InlineOp::Retain { len, marks } if left > 0 => {
                    fits.push(InlineOp::Retain { len: len.min(left), marks });
                    left -= len.min(left);
                }
                InlineOp::Delete { len } if left > 0 => {
                    fits.push(InlineOp::Delete { len: len.min(left) });
                    left -= len.min(left);
                }
                InlineOp::Insert { nodes } => fits.push(InlineOp::Insert { nodes }),
                InlineOp::Retain { .. } | InlineOp::Delete { .. } => {}
            }
        }
        fits
    })
}

fn content_and_two_deltas() -> impl Strategy<Value = (Vec<Node>, Vec<InlineOp>, Vec<InlineOp>)> {
    any_nodes().prop_flat_map(|nodes| {
        let len = total(&nodes);
        (Just(nodes), any_delta(len), any_delta(len))
    })
}

fn content_and_a_sequence() -> impl Strategy<Value = (Vec<Node>, Vec<InlineOp>, Vec<InlineOp>)> {
    any_nodes().prop_flat_map(|nodes| {
        let len = total(&nodes);
        (Just(nodes), any_delta(len)).prop_flat_map(|(nodes, first)| {
            let after = total(&apply(&nodes, &first));
            (Just(nodes), Just(first), any_delta(after))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn composing_is_applying_in_turn((content, first, second) in content_and_a_sequence()) {
        prop_assert_eq!(apply(&content, &compose(&first, &second)), apply(&apply(&content, &first), &second));
    }

    #[test]
    fn two_sides_meet((content, local, remote) in content_and_two_deltas()) {
        let local_after = transform(&local, &remote, Order::After);
        let remote_after = transform(&remote, &local, Order::Before);
        prop_assert_eq!(
            apply(&apply(&content, &remote), &local_after),
            apply(&apply(&content, &local), &remote_after)
        );
    }
}

#[test]
fn a_composed_word_and_a_colleagues_word_both_stay() {
    let base = vec![text("平均分", false)];
    let local = vec![InlineOp::Retain { len: 3, marks: None }, InlineOp::Insert { nodes: vec![text("是前提", false)] }];
    let remote = vec![InlineOp::Insert { nodes: vec![text("先", false)] }, InlineOp::Delete { len: 2 }];
    let merged = apply(&apply(&base, &remote), &transform(&local, &remote, Order::After));
    assert_eq!(merged, vec![text("先分是前提", false)]);
}

#[test]
fn slices_count_utf16_units() {
    let nodes = vec![text("a😀", false), leaf("image"), text("备", true)];
    assert_eq!(total(&nodes), 5);
    assert_eq!(slice(&nodes, 1, 4), vec![text("😀", false), leaf("image")]);
}
