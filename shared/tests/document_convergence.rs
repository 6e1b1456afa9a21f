//! Any edits of anyone, in any order of arrival: all see the same, it fits the schema, and nothing is lost.

mod document_support;

use document_support::colleague::Colleague;
use document_support::random_edit::{Edit, edited};
use document_support::stranger::{Stranger, raw_letters};
use document_support::{cases, letters, sorted};
use proptest::prelude::*;
use shared::document::{Binding, Replica};
use shared::sync::packed::{pack, unpack};
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, StateVector, Transact, Update};

#[derive(Debug, Clone)]
enum Step {
    Edit { who: usize, edit: Edit },
    Deliver { to: usize, which: u16 },
    Undo { who: usize },
    Redo { who: usize },
    Meddle { kind: u8, place: u16, choice: u16 },
    Compose { who: usize, place: u16 },
    Composed { who: usize, elsewhere: Option<Edit> },
}

fn an_edit() -> impl Strategy<Value = Edit> {
    (any::<u8>(), any::<u16>(), any::<u16>(), any::<u16>(), any::<u16>())
        .prop_map(|(kind, place, from, to, choice)| Edit { kind, place, from, to, choice })
}

fn who() -> std::ops::Range<usize> {
    0..3
}

fn edits_and_deliveries() -> BoxedStrategy<Step> {
    prop_oneof![
        6 => (who(), an_edit()).prop_map(|(who, edit)| Step::Edit { who, edit }),
        4 => (who(), any::<u16>()).prop_map(|(to, which)| Step::Deliver { to, which }),
    ]
    .boxed()
}

fn with_undo() -> BoxedStrategy<Step> {
    prop_oneof![
        8 => edits_and_deliveries(),
        2 => who().prop_map(|who| Step::Undo { who }),
        1 => who().prop_map(|who| Step::Redo { who }),
    ]
    .boxed()
}

fn with_strangers() -> BoxedStrategy<Step> {
    prop_oneof![
        8 => with_undo(),
        2 => (any::<u8>(), any::<u16>(), any::<u16>())
            .prop_map(|(kind, place, choice)| Step::Meddle { kind, place, choice }),
        1 => (any::<u16>()).prop_map(|which| Step::Deliver { to: 3, which }),
    ]
    .boxed()
}

fn with_composition(rest: BoxedStrategy<Step>) -> BoxedStrategy<Step> {
    prop_oneof![
        8 => rest,
        2 => (who(), any::<u16>()).prop_map(|(who, place)| Step::Compose { who, place }),
        2 => (who(), prop::option::weighted(0.2, an_edit()))
            .prop_map(|(who, elsewhere)| Step::Composed { who, elsewhere }),
    ]
    .boxed()
}

/// Three colleagues and a stranger, and what is under way to each of them.
struct World {
    colleagues: Vec<Colleague>,
    stranger: Stranger,
    under_way: Vec<Vec<Vec<u8>>>,
}

impl World {
    fn new() -> Self {
        let colleagues = (1..=3).map(Colleague::new).collect();
        Self { colleagues, stranger: Stranger::new(9), under_way: vec![Vec::new(); 4] }
    }

    fn send(&mut self, from: usize, update: Option<Vec<u8>>) {
        for (to, queue) in self.under_way.iter_mut().enumerate() {
            if to != from {
                queue.extend(update.clone());
            }
        }
    }

    fn deliver(&mut self, to: usize, which: usize) {
        if self.under_way[to].is_empty() {
            return;
        }
        let which = which % self.under_way[to].len();
        let update = self.under_way[to].remove(which);
        match self.colleagues.get_mut(to) {
            Some(colleague) => {
                for carried in colleague.receive(&update) {
                    self.send(to, Some(carried));
                }
            }
            None => self.stranger.replica.apply(&update).expect("updates of the test are well formed"),
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Edit { who, edit } => {
                let update = self.colleagues[*who].edit(edit);
                self.send(*who, update);
            }
            Step::Deliver { to, which } => self.deliver(*to, *which as usize),
            Step::Undo { who } => {
                let update = self.colleagues[*who].undo();
                self.send(*who, update);
            }
            Step::Redo { who } => {
                let update = self.colleagues[*who].redo();
                self.send(*who, update);
            }
            Step::Meddle { kind, place, choice } => {
                let update = self.stranger.meddle(*kind, *place, *choice);
                self.send(3, (!update.is_empty()).then_some(update));
            }
            Step::Compose { who, place } => self.colleagues[*who].start_composing(*place),
            Step::Composed { who, elsewhere } => {
                let update = self.colleagues[*who].end_composing(elsewhere.as_ref());
                self.send(*who, update);
            }
        }
    }

    /// Everyone finishes and hears everything.
    fn settle(&mut self) {
        for who in 0..3 {
            let update = self.colleagues[who].end_composing(None);
            self.send(who, update);
        }
        while let Some(to) = (0..4).find(|to| !self.under_way[*to].is_empty()) {
            self.deliver(to, 0);
        }
        // Updates that come in disorder can be left waiting in yrs although what they waited for has come. Then
        // they are asked for again, as `ClientSync` does.
        for to in 0..3 {
            if self.colleagues[to].binding.is_whole() {
                continue;
            }
            for from in (0..3).filter(|from| *from != to) {
                let lacking = self.colleagues[from].binding.diff(&self.colleagues[to].binding.state_vector());
                let carried = self.colleagues[to].receive(&lacking.expect("an own state vector is well formed"));
                assert!(carried.is_empty(), "it was there already");
            }
            assert!(self.colleagues[to].binding.is_whole());
        }
    }
}

fn all_see_the_same(steps: &[Step]) {
    let mut world = World::new();
    for step in steps {
        world.take(step);
    }
    world.settle();
    let [first, others @ ..] = world.colleagues.as_slice() else { unreachable!("three colleagues") };
    for other in others {
        assert_eq!(first.view, other.view, "two colleagues see different documents");
    }
    let mut replica = Replica::new(10);
    replica.apply(&first.binding.snapshot()).expect("an own snapshot is well formed");
    assert_eq!(sorted(&raw_letters(&replica)), sorted(&letters(&first.view)), "text is in the document but not shown");
    let packed = pack(&replica.doc().transact().encode_diff_v2(&StateVector::default()));
    // Not byte by byte: yrs writes the keys of a value in any order.
    let read = |update: &[u8]| Update::decode_v1(update).unwrap();
    assert!(read(&unpack(&packed).unwrap()) == read(&replica.snapshot()), "W8: packing changes nothing");
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn edits_converge(steps in prop::collection::vec(with_undo(), 1..60)) {
        all_see_the_same(&steps);
    }

    #[test]
    fn edits_converge_among_strangers(steps in prop::collection::vec(with_strangers(), 1..60)) {
        all_see_the_same(&steps);
    }

    #[test]
    fn compositions_lose_nothing(steps in prop::collection::vec(with_composition(edits_and_deliveries()), 1..60)) {
        all_see_the_same(&steps);
    }

    #[test]
    fn compositions_lose_nothing_among_strangers(
        steps in prop::collection::vec(with_composition(with_strangers()), 1..60)
    ) {
        all_see_the_same(&steps);
    }

    /// The incremental binding writes what a comparison of the whole document would write.
    #[test]
    fn incremental_equals_whole(edits in prop::collection::vec(an_edit(), 1..40)) {
        let mut colleague = Colleague::new(1);
        let mut whole = Binding::open(2, || 1);
        for edit in &edits {
            let Some(after) = edited(&colleague.view, edit) else { continue };
            let update = colleague.edit(edit);
            prop_assert_eq!(&colleague.view, &after, "the view was put right without need");
            let written = whole.reconcile(&after).expect("a view that fits can be written");
            prop_assert_eq!(whole.view(), after, "whole");
            prop_assert_eq!(written.catch_up, vec![]);
            prop_assert!(update.is_some() || written.update.is_none());
        }
    }
}

fn edit(who: usize, kind: u8, place: u16, from: u16, to: u16, choice: u16) -> Step {
    Step::Edit { who, edit: Edit { kind, place, from, to, choice } }
}

/// Histories that once failed.
#[test]
fn what_once_failed() {
    let typing = || edit(0, 0, 0, 0, 0, 0);
    let meddle = |kind, place, choice| Step::Meddle { kind, place, choice };
    all_see_the_same(&[
        edit(0, 24, 0, 0, 0, 0),
        meddle(182, 0, 768),
        meddle(230, 4388, 2344),
        meddle(6, 28911, 17296),
        typing(),
        typing(),
        typing(),
        typing(),
    ]);
}
