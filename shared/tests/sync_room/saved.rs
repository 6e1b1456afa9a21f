//! S: what is said to be saved is in the store.

use shared::sync::room::RoomInput;
use shared::wire::{Message, RefusedReason, Trouble};
use shared::words::Seq;

use crate::scene::{Page, Scene, refused};

#[test]
fn s1_saved_is_said_after_the_commit_and_never_before() {
    let (mut scene, mut ann) = Scene::where_ann_wrote("a");
    scene.heard(1);
    for _ in 0..3 {
        scene.update(1, ann.types("b"));
    }
    assert_eq!(scene.heard(1), []);
    scene.stored(4);
    assert_eq!(scene.heard(1), [Message::Saved { frames: 3 }]);
    scene.stored(5);
    assert_eq!(scene.heard(1), [Message::Saved { frames: 4 }]);
}

#[test]
fn s2_a_frame_that_brings_nothing_new_waits_for_what_it_repeats() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.join(2, "ann");
    scene.update(1, ann.types("a"));
    scene.stored(1);
    scene.heard(2);
    scene.say(2, Message::Step2(ann.everything()));
    assert_eq!(scene.heard(2), [], "its content is in the room, not in the store");
    scene.stored(2);
    assert_eq!(scene.heard(2), [Message::Saved { frames: 1 }]);
    scene.say(2, Message::Step2(ann.everything()));
    assert_eq!(scene.heard(2), [Message::Saved { frames: 2 }]);
    assert_eq!(scene.appends.len(), 2, "nothing new is not stored again");
}

#[test]
fn s3_s4_after_a_failure_all_is_held_back_told_and_tried_again_in_order() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.update(1, ann.types("a"));
    scene.store();
    (1..=2).for_each(|who| drop(scene.heard(who)));
    scene.update(1, ann.types("b"));
    scene.input(RoomInput::StoreFailed { from: Seq(3), trouble: Trouble::StorageFull });
    scene.update(1, ann.types("c"));
    assert_eq!(scene.appends.iter().map(|append| append.seq.0).collect::<Vec<_>>(), [1, 2, 3]);
    let heard = scene.heard(2);
    assert!(heard.contains(&Message::Trouble(Trouble::StorageFull)), "{heard:?}");
    assert_eq!(heard.iter().filter(|message| matches!(message, Message::Update(_))).count(), 2, "work goes on");
    assert!(scene.room.snapshot().is_none(), "what is not stored is in no snapshot");
    let first = scene.appends[2].clone();
    let due = scene.room.next_tick().expect("a retry is due");
    scene.wait_until(due);
    let seqs: Vec<_> = scene.appends[3..].iter().map(|append| append.seq.0).collect();
    assert_eq!((seqs, &scene.appends[3]), (vec![3, 4], &first), "S3: the same bytes under the same number");
    scene.stored(4);
    let heard = scene.heard(1);
    assert_eq!(heard[heard.len() - 2..], [Message::TroubleOver, Message::Saved { frames: 3 }]);
}

#[test]
fn s5_what_waits_for_the_store_is_bounded() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.update(1, ann.types("a"));
    scene.stored(1);
    let chunk = "x".repeat(1_000_000);
    for _ in 0..17 {
        scene.update(1, ann.types(&chunk));
    }
    let before = scene.text().len();
    scene.heard(1);
    scene.update(1, ann.types("y"));
    assert_eq!(scene.heard(1), [refused(19, RefusedReason::StorageFull)]);
    assert_eq!(scene.text().len(), before);
}
