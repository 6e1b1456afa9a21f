//! A room among hostile bytes: it answers, refuses or closes, and what it refused left no trace (E6, E7, W6).

use bytes::Bytes;
use proptest::prelude::*;
use shared::sync::room::{OpenError, ParticipantId, Room, RoomEffect, RoomInput, RoomSeed};
use shared::wire::Message;
use shared::wire::lib0::write_string;
use shared::wire::update::write_state_vector;
use shared::words::Seq;

use crate::scene::{Page, Scene};

/// A room with some history of client 7, who is Ann; Mallory is participant 2 and may edit.
fn lived_in() -> (Scene, Page) {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.join(2, "mallory");
    for words in ["备课", "😀😀", "abc"] {
        scene.say(1, Message::Update(ann.types(words)));
    }
    scene.say(1, Message::Update(ann.deletes_last()));
    scene.say(1, Message::Update(ann.writes_list("item")));
    scene.store();
    (scene, ann)
}

/// yrs goes into values by recursion and ends the process when they nest without end.
#[test]
fn a_stored_update_that_would_end_the_process_is_named_when_the_room_opens() {
    let mut update = vec![1, 1, 7, 0, 8, 1];
    write_string(&mut update, "content");
    update.push(1);
    (0..100_000).for_each(|_| update.extend([117, 1]));
    update.extend([126, 0]);
    let seed = RoomSeed {
        document: "d".parse().unwrap(),
        epoch: "e".parse().unwrap(),
        snapshot: None,
        updates: vec![update.into()],
        last: Seq(1),
        authors: vec![(7, "ann".parse().unwrap())],
    };
    assert!(matches!(Room::open(seed), Err(OpenError::Structure { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_state_vector_is_answered(
        entries in prop::collection::btree_map(prop_oneof![Just(7u64), 0..20u64, any::<u64>().prop_map(|n| n >> 11)], 0..20u32, 0..6),
    ) {
        let (mut scene, _) = lived_in();
        scene.heard(2);
        scene.say(2, Message::Step1(write_state_vector(entries.into_iter()).into()));
        prop_assert!(matches!(scene.heard(2)[..], [Message::Step2(_), Message::Step1(_)]));
    }

    #[test]
    fn e7_a_spoilt_update_is_taken_whole_or_leaves_no_trace(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), step2 in any::<bool>(),
    ) {
        let (mut scene, ann) = lived_in();
        let mut mallory = Page::new(1002);
        mallory.takes(&ann.everything());
        let mut update = [mallory.types("一二三"), mallory.deletes_last(), mallory.writes_list("x")];
        let at = flips.len() % update.len();
        let mut bytes = update[at].to_vec();
        for (place, byte) in flips {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        update[at] = bytes.into();
        for update in update {
            scene.store();
            let before = scene.snapshot();
            let message = if step2 { Message::Step2(update) } else { Message::Update(update) };
            let stored = scene.appends.len();
            let effects = scene.input(RoomInput::Frame { from: ParticipantId(2), frame: message.encode() });
            if effects.iter().any(|effect| matches!(effect, RoomEffect::Broken { .. })) {
                return Ok(());
            }
            scene.store();
            let taken = scene.appends[stored..].iter().any(|append| append.update.len() > 2);
            if !taken {
                prop_assert_eq!(scene.snapshot().update, before.update);
            }
            // Whatever it was, a newcomer can read the document and Ann goes on.
            let mut newcomer = Page::new(5);
            newcomer.takes(&scene.snapshot().update);
        }
        let mut ann = ann;
        scene.say(1, Message::Update(ann.types("安")));
        scene.store();
        prop_assert!(scene.text().contains('安'));
    }

    #[test]
    fn any_frame_is_answered_refused_or_closes_its_own_socket(any in prop::collection::vec(any::<u8>(), 0..60)) {
        let (mut scene, _) = lived_in();
        let before = scene.snapshot();
        for lead in [&[][..], &[0, 0], &[0, 1], &[0, 2], &[1]] {
            let frame: Bytes = [lead, &any].concat().into();
            scene.raw(2, frame);
        }
        scene.store();
        prop_assert_eq!(scene.snapshot().update, before.update);
        prop_assert!(scene.closed.iter().all(|(who, _)| *who == 2));
    }
}
