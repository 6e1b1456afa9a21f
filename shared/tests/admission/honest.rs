//! Whatever an editor writes passes, live and after a reload, edit by edit and as one difference.

#[path = "../document_support/mod.rs"]
mod document_support;

use bytes::Bytes;
use proptest::prelude::*;
use serde::Deserialize;
use shared::document::Replica;
use shared::sync::admit::Carrier;

use super::Ground;
use document_support::cases;
use document_support::colleague::Colleague;
use document_support::random_edit::Edit;

#[derive(Deserialize)]
struct Golden {
    name: String,
    update: String,
}

#[test]
fn e12_what_y_prosemirror_wrote_passes() {
    let goldens: Vec<Golden> =
        serde_json::from_str(include_str!("../golden/y_prosemirror.json")).expect("made by make.mjs");
    for Golden { name, update } in goldens {
        let digits = |at: usize| u8::from_str_radix(&update[at..at + 2], 16).expect("hexadecimal");
        let update: Bytes = (0..update.len()).step_by(2).map(digits).collect();
        for carrier in [Carrier::Update, Carrier::Step2] {
            assert_eq!(Ground::new().judge_as(carrier, &update), Ok(()), "{name}");
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Edit(usize, Edit),
    /// They take in all that has been written so far.
    Receive(usize),
    Undo(usize),
    Redo(usize),
    /// The room opens anew, from a snapshot.
    Reload,
}

fn a_step() -> impl Strategy<Value = Step> {
    let edit = (any::<u8>(), any::<u16>(), any::<u16>(), any::<u16>(), any::<u16>())
        .prop_map(|(kind, place, from, to, choice)| Edit { kind, place, from, to, choice });
    let who = || 0..3usize;
    prop_oneof![
        8 => (who(), edit).prop_map(|(who, edit)| Step::Edit(who, edit)),
        3 => who().prop_map(Step::Receive),
        1 => who().prop_map(Step::Undo),
        1 => who().prop_map(Step::Redo),
        1 => Just(Step::Reload),
    ]
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn e11_to_e14_whatever_an_editor_writes_passes(steps in prop::collection::vec(a_step(), 1..40)) {
        let mut colleagues: Vec<_> = (1..=3).map(Colleague::new).collect();
        let mut written: Vec<Bytes> = Vec::new();
        let mut had = [0; 3];
        let mut ground = Ground::new();
        for step in steps {
            let update = match step {
                Step::Edit(who, edit) => colleagues[who].edit(&edit),
                Step::Undo(who) => colleagues[who].undo(),
                Step::Redo(who) => colleagues[who].redo(),
                Step::Receive(who) => {
                    let new = written[had[who]..].to_vec();
                    had[who] = written.len();
                    for carried in new.iter().flat_map(|update| colleagues[who].receive(update)) {
                        let carried = Bytes::from(carried);
                        prop_assert_eq!(ground.judge(&carried), Ok(()));
                        written.push(carried);
                    }
                    None
                }
                Step::Reload => {
                    ground.reload();
                    None
                }
            };
            if let Some(update) = update.map(Bytes::from) {
                prop_assert_eq!(ground.judge(&update), Ok(()));
                written.push(update);
            }
        }
        // A copy that has everything, as a server that lost everything would get it.
        let mut copy = Replica::new(9);
        for update in &written {
            copy.apply(update).expect("it passed");
        }
        prop_assert_eq!(Ground::new().judge_as(Carrier::Step2, &copy.snapshot().into()), Ok(()));
        // And a copy that is an hour behind what it sends.
        let mut stale = Ground::new();
        for update in written.iter().take(written.len() / 2) {
            prop_assert_eq!(stale.judge(update), Ok(()));
        }
        prop_assert_eq!(stale.judge_as(Carrier::Step2, &copy.snapshot().into()), Ok(()));
    }
}

/// Found by chance: who takes back and brings back a change of kind carries words of others over.
#[test]
fn e14_what_is_carried_into_a_block_that_came_back_passes() {
    let edit = |kind, from, choice| Edit { kind, place: 0, from, to: 0, choice };
    let mut colleagues: Vec<_> = (1..=3).map(Colleague::new).collect();
    let mut ground = Ground::new();
    let first = Bytes::from(colleagues[1].edit(&edit(168, 0, 48_207)).expect("it writes"));
    assert_eq!(ground.judge(&first), Ok(()));
    let mut written = vec![first.clone()];
    written.extend(colleagues[0].receive(&first).into_iter().map(Bytes::from));
    written.extend(colleagues[0].edit(&edit(204, 0, 580)).map(Bytes::from));
    let second = Bytes::from(colleagues[1].edit(&edit(120, 30_493, 0)).expect("it writes"));
    written.push(second);
    written.extend(colleagues[0].undo().map(Bytes::from));
    written.extend(colleagues[0].redo().map(Bytes::from));
    let known = written.clone();
    for update in &known {
        written.extend(colleagues[0].receive(update).into_iter().map(Bytes::from));
    }
    for update in &written[1..] {
        assert_eq!(ground.judge(update), Ok(()), "{update:?}");
    }
}
