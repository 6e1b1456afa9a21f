//! L: a slow reader is a state vector, not a queue.

use bytes::Bytes;
use shared::access::Right;
use shared::sync::packed::unpack;
use shared::sync::room::{ParticipantId, RoomEffect, RoomInput};
use shared::wire::update::write_state_vector;
use shared::wire::{CloseCode, Message, RefusedReason};

use crate::scene::{Page, Scene, refused, title};

fn type_and_store(scene: &mut Scene, ann: &mut Page, letters: usize) {
    for _ in 0..letters {
        scene.update(1, ann.types("备"));
        scene.store();
    }
}

#[test]
fn l1_l2_l3_a_slow_reader_gets_one_difference_not_a_gap() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.never_reads(2);
    type_and_store(&mut scene, &mut ann, 2_000);
    let (frames, bytes) = scene.queue(2);
    assert!(frames <= 256 && bytes <= 256 << 10, "L1: {frames} frames, {bytes} bytes");
    let mut bob = Page::new(8);
    let mut frames_read = 0;
    while let Some(message) = scene.read(2) {
        frames_read += 1;
        match message {
            Message::Update(update) | Message::Step2(update) => bob.takes(&update),
            _ => {}
        }
    }
    assert_eq!(bob.text(), ann.text(), "L2: nobody is skipped");
    assert!(frames_read <= 260, "L3: the rest came as one difference: {frames_read}");
}

#[test]
fn l3_w8_the_difference_comes_packed_to_who_unpacks() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.say(2, Message::Ask(Bytes::from_static(&[0])));
    scene.never_reads(2);
    type_and_store(&mut scene, &mut ann, 2_000);
    let mut bob = Page::new(8);
    let mut packed_frames = 0;
    while let Some(message) = scene.read(2) {
        match message {
            Message::Update(update) | Message::Step2(update) => bob.takes(&update),
            Message::Packed(packed) => {
                packed_frames += 1;
                bob.takes(&unpack(&packed).unwrap());
            }
            _ => {}
        }
    }
    assert_eq!((bob.text(), packed_frames), (ann.text(), 1));
}

#[test]
fn l3_who_was_behind_hears_what_else_was_to_be_said() {
    let mut scene = Scene::new();
    let (mut ann, mut bob) = (Page::new(7), Page::new(8));
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.update(2, bob.writes_list("first"));
    scene.store();
    scene.never_reads(2);
    type_and_store(&mut scene, &mut ann, 300);
    scene.update(2, bob.writes_list("second"));
    bob.writes_list("never sent");
    scene.update(2, bob.writes_list("third"));
    scene.store();
    scene.right("bob", Some(Right::View));
    scene.input(RoomInput::Renamed { title: title("one") });
    scene.input(RoomInput::Renamed { title: title("two") });
    let mut heard = Vec::new();
    while let Some(message) = scene.read(2) {
        heard.push(message);
    }
    let difference = heard.iter().rposition(|message| matches!(message, Message::Step2(_))).expect("a difference");
    assert_eq!(
        heard[difference + 1..],
        [
            refused(3, RefusedReason::Missing),
            Message::Saved { frames: 3 },
            Message::Right(Right::View),
            Message::Title(title("two"))
        ]
    );
}

#[test]
fn l4_who_takes_nothing_for_45_s_is_closed() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.never_reads(2);
    type_and_store(&mut scene, &mut ann, 300);
    scene.wait(44_000);
    assert!(scene.closed.is_empty());
    // 256 frames of some 30 bytes are on their way.
    scene.wait(7_000);
    assert_eq!(scene.closed, [(2, CloseCode::TooSlow)]);
}

#[test]
fn l4_who_loads_a_large_document_over_a_thin_line_gets_the_time_it_takes() {
    let (mut scene, mut ann) = Scene::where_ann_wrote(&"备".repeat(300_000));
    scene.join(2, "bob");
    scene.never_reads(2);
    scene.say(2, Message::Step1(Bytes::from_static(&[0])));
    type_and_store(&mut scene, &mut ann, 1);
    scene.wait(65_000);
    assert_eq!(scene.closed, [], "900,000 bytes take 28 s more");
    scene.wait(15_000);
    assert_eq!(scene.closed, [(2, CloseCode::TooSlow)]);
}

#[test]
fn l5_asking_more_often_gives_no_more() {
    let (mut scene, _) = Scene::where_ann_wrote(&"备课".repeat(10_000));
    scene.join(2, "mallory");
    scene.never_reads(2);
    for _ in 0..2_000 {
        scene.say(2, Message::Step1(Bytes::from_static(&[0])));
    }
    let (frames, bytes) = scene.queue(2);
    assert!(frames <= 16 && bytes <= 256 << 10, "{frames} frames, {bytes} bytes for 2,000 questions");
}

/// A document of a megabyte, and five people who look at it.
fn long_document() -> (Scene, Page) {
    let (mut scene, ann) = Scene::where_ann_wrote(&"备课".repeat(170_000));
    for who in 2..7 {
        scene.join(who, &format!("reader{who}"));
        scene.heard(who);
    }
    (scene, ann)
}

fn answers(scene: &mut Scene, who: u64) -> usize {
    scene.heard(who).iter().filter(|message| matches!(message, Message::Step2(_))).count()
}

#[test]
fn l7_the_whole_document_is_written_once_for_all_whatever_ids_they_name_and_one_letter_more_does_not_change_that() {
    let (mut scene, mut ann) = long_document();
    let mut addresses = std::collections::BTreeSet::new();
    for who in 2..7 {
        let unknown = write_state_vector([(900 + who, 5)].into_iter());
        let frame = Message::Ask(unknown.into()).encode();
        let effects = scene.input(RoomInput::Frame { from: ParticipantId(who), frame });
        for effect in &effects {
            if let RoomEffect::Send { frame, .. } = effect
                && let Ok(Message::Packed(_)) = Message::decode(frame)
            {
                addresses.insert(frame.as_ptr());
            }
        }
        scene.update(1, ann.types("!"));
    }
    assert_eq!(addresses.len(), 1, "five answers, one piece of memory");
}

#[test]
fn l7_who_asks_for_large_differences_again_and_again_waits_and_others_come_first() {
    let (mut scene, _) = long_document();
    let question = || Message::Step1(write_state_vector([(7, 170_000)].into_iter()).into());
    for who in [2, 2, 3] {
        scene.say(who, question());
    }
    let first = [answers(&mut scene, 2), answers(&mut scene, 3)];
    assert_eq!(first, [1, 0], "one is written, the others wait");
    scene.say(2, question());
    scene.wait(150);
    assert_eq!([answers(&mut scene, 2), answers(&mut scene, 3)], [0, 1], "who has had nothing comes first");
    scene.wait(10_000);
    assert_eq!([answers(&mut scene, 2), answers(&mut scene, 3)], [1, 0], "and everybody gets an answer");
}
