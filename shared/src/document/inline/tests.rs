//! The algebra of inline deltas, by its laws.

use proptest::prelude::*;

use super::super::change::{InlineOp, Mark, Node};
use super::{
    Align, Rank, Run, align, apply, delta_along, delta_between, len, merged, nodes, padded, runs, then, transform,
};

fn marks(bold: bool) -> Vec<Mark> {
    if bold { vec![Mark { kind: "bold".into(), attrs: Default::default() }] } else { Vec::new() }
}

fn leaf(kind: &str) -> Run {
    Run::leaf(Node { kind: kind.into(), attrs: Default::default(), content: vec![], text: None, marks: vec![] })
}

fn any_content() -> impl Strategy<Value = Vec<Run>> {
    let run = prop_oneof![
        4 => ("[a-c备课😀]{1,4}", any::<bool>()).prop_map(|(text, bold)| Run::text(text, marks(bold))),
        1 => Just(leaf("hardBreak")),
    ];
    prop::collection::vec(run, 0..5).prop_map(merged)
}

/// A delta that fits this content and cuts through no character.
fn any_delta(content: &[Run]) -> impl Strategy<Value = Vec<InlineOp>> + use<> {
    let widths: Vec<usize> = super::atoms(content).iter().map(super::Atom::width).collect();
    let step = prop_oneof![
        (1_usize..4, prop::option::weighted(0.3, any::<bool>()))
            .prop_map(|(len, bold)| InlineOp::Retain { len, marks: bold.map(marks) }),
        any_content().prop_map(|content| InlineOp::Insert { nodes: nodes(&content) }),
        (1_usize..4).prop_map(|len| InlineOp::Delete { len }),
    ];
    prop::collection::vec(step, 0..6).prop_map(move |steps| {
        let mut rest = widths.iter();
        let mut units = |atoms: usize| rest.by_ref().take(atoms).sum();
        steps
            .into_iter()
            .map(|step| match step {
                InlineOp::Retain { len, marks } => InlineOp::Retain { len: units(len), marks },
                InlineOp::Delete { len } => InlineOp::Delete { len: units(len) },
                insert => insert,
            })
            .collect()
    })
}

fn content_and_two_deltas() -> impl Strategy<Value = (Vec<Run>, Vec<InlineOp>, Vec<InlineOp>)> {
    any_content().prop_flat_map(|content| {
        let deltas = (any_delta(&content), any_delta(&content));
        (Just(content), deltas).prop_map(|(content, (first, second))| (content, first, second))
    })
}

fn alignment_of(delta: &[InlineOp]) -> Vec<Align> {
    delta
        .iter()
        .map(|op| match op {
            InlineOp::Retain { len, .. } => Align::Keep(*len),
            InlineOp::Delete { len } => Align::Gone(*len),
            InlineOp::Insert { nodes } => Align::New(len(&runs(nodes))),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn two_sides_meet((content, local, remote) in content_and_two_deltas()) {
        let mine = transform(&local, &remote, Rank::First);
        let theirs = transform(&remote, &local, Rank::Second);
        prop_assert_eq!(apply(&apply(&content, &remote), &mine), apply(&apply(&content, &local), &theirs));
    }

    #[test]
    fn a_comparison_leads_from_the_one_to_the_other(old in any_content(), new in any_content()) {
        prop_assert_eq!(apply(&old, &delta_between(&old, &new)), new);
    }

    #[test]
    fn alignments_follow_one_another((content, first, _) in content_and_two_deltas(), last in any_content()) {
        let middle = apply(&content, &first);
        let sum = then(&alignment_of(&first), &align(&middle, &last));
        let delta = delta_along(&content, &last, &padded(&sum, len(&content)));
        prop_assert_eq!(delta.map(|delta| apply(&content, &delta)), Some(last));
    }
}

#[test]
fn a_composed_word_and_a_colleagues_word_both_stay() {
    let text = |text: &str| vec![Run::text(text, Vec::new())];
    let base = text("平均分");
    let local = delta_between(&base, &text("平均分是前提"));
    let remote = vec![InlineOp::Insert { nodes: nodes(&text("先")) }, InlineOp::Delete { len: 2 }];
    let merged = apply(&apply(&base, &remote), &transform(&local, &remote, Rank::First));
    assert_eq!(merged, text("先分是前提"));
}
