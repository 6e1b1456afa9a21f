//! E: edits are judged, admitted, applied and handed on, or leave no trace.

use shared::access::Right;
use shared::sync::room::{ParticipantId, RoomEffect, RoomInput};
use shared::wire::{CloseCode, MAX_DOCUMENT, Message, Refused, RefusedReason};
use shared::words::Seq;
use yrs::Transact;
use yrs::updates::decoder::Decode;

use crate::scene::{Page, Scene, hex, person, refused};

#[test]
fn e1_e7_the_right_counts_as_it_is_when_the_frame_comes() {
    let (mut scene, mut ann) = Scene::where_ann_wrote("a");
    let before = scene.snapshot();
    scene.right("ann", Some(Right::View));
    scene.update(1, ann.types("b"));
    let heard = scene.heard(1);
    assert_eq!(heard[3..], [Message::Right(Right::View), refused(2, RefusedReason::ViewOnly)]);
    assert_eq!(scene.snapshot(), before, "E7: byte for byte");
    assert!(scene.appends.len() == 2 && scene.audits == 1);
    scene.right("ann", Some(Right::Edit));
    scene.say(1, Message::Step2(ann.difference(&before.state_vector)));
    scene.store();
    assert_eq!(scene.heard(1), [Message::Right(Right::Edit), Message::Saved { frames: 3 }]);
    scene.right("ann", None);
    assert_eq!(scene.closed, [(1, CloseCode::NoRight)], "X3");
}

#[test]
fn e1_a_stock_viewer_may_look_on() {
    let (mut scene, ann) = Scene::where_ann_wrote("备课");
    scene.rights.insert("bob".into(), Right::View);
    scene.join_stock(2, "bob");
    scene.say(2, Message::Step2(ann.everything()));
    assert!(scene.closed.is_empty());
    scene.update(2, Page::new(8).types("x"));
    assert_eq!(scene.closed, [(2, CloseCode::NoRight)], "X5: a stock client can only be sent away");
}

#[test]
fn e2_a_step_2_is_taken_without_what_is_not_the_senders() {
    let mut scene = Scene::new();
    let (mut ann, mut bob) = (Page::new(7), Page::new(8));
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.update(1, ann.types("a"));
    scene.store();
    // Ann's second letter reached Bob and died with a room; Bob's first builds on nothing of hers, his second does.
    bob.takes(&ann.everything());
    let own = bob.writes_list("own");
    bob.takes(&ann.types("b"));
    let upon = bob.types("c");
    scene.heard(2);
    scene.say(2, Message::Step2(bob.everything()));
    scene.store();
    let heard = scene.heard(2);
    assert_eq!(heard, [refused(1, RefusedReason::LeftOut), Message::Saved { frames: 1 }]);
    assert_eq!(scene.text(), "a", "neither her letter nor what builds on it");
    assert_eq!(scene.list(), ["own"]);
    drop((own, upon));
    scene.say(1, Message::Step2(ann.everything()));
    scene.say(2, Message::Step2(bob.everything()));
    scene.store();
    assert_eq!(scene.text(), "abc");
    assert!(scene.heard(2).contains(&Message::Saved { frames: 2 }));
}

#[test]
fn e3_nobody_writes_in_anothers_name() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.join_stock(3, "cai");
    scene.presence(3, 55, 1, "{}");
    scene.update(1, Page::new(7).types("ann"));
    scene.store();
    scene.heard(2);
    let cases = [("used by Ann", 7), ("handed out to Ann", 1001), ("announced by Cai", 55)];
    for (at, (name, client)) in cases.into_iter().enumerate() {
        let mut forged = Page::new(client);
        forged.takes(&scene.snapshot().update);
        scene.update(2, forged.types("x"));
        assert_eq!(scene.heard(2), [refused(at as u64 + 1, RefusedReason::NotYours)], "{name}");
    }
    assert_eq!((scene.text().as_str(), scene.audits), ("ann", 3));
    scene.update(2, Page::new(1002).types("bob"));
    scene.store();
    assert_eq!(scene.appends.last().expect("stored").author, person("bob").id);
}

#[test]
fn e3_an_earlier_id_of_the_same_person_is_theirs_from_any_device() {
    let mut scene = Scene::new();
    let mut offline = Page::new(7);
    scene.join(1, "ann");
    scene.update(1, offline.types("a"));
    scene.store();
    scene.join(2, "ann");
    scene.say(
        2,
        Message::Step2({
            offline.types("b");
            offline.everything()
        }),
    );
    scene.store();
    assert_eq!(scene.text(), "ab");
}

#[test]
fn e4_the_first_structs_of_an_id_wait_until_its_owner_is_stored() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.heard(2);
    scene.update(1, ann.types("a"));
    scene.update(1, ann.types("b"));
    let [binding] = &scene.appends[..] else { panic!("{:?}", scene.appends) };
    assert_eq!((binding.seq, &binding.binds[..], &binding.update[..]), (Seq(1), &[7][..], &[0, 0][..]));
    assert_eq!((scene.heard(2), scene.text().as_str()), (vec![], ""), "nobody has them before");
    scene.stored(1);
    assert_eq!((scene.heard(2).len(), scene.text().as_str()), (2, "ab"), "then in order");
    assert_eq!(scene.appends.len(), 3);
    scene.stored(3);
    assert_eq!(scene.heard(1)[2..], [Message::Saved { frames: 2 }]);
}

#[test]
fn e5_nothing_is_ever_pending() {
    let (mut scene, mut ann) = Scene::where_ann_wrote("a");
    scene.heard(1);
    let before = scene.snapshot();
    let lost = ann.types("b");
    let gap = ann.types("c");
    let deletion = ann.deletes_last();
    scene.update(1, gap.clone());
    scene.update(1, deletion);
    assert_eq!(scene.heard(1), [refused(2, RefusedReason::Missing), refused(3, RefusedReason::Missing)]);
    assert_eq!(scene.snapshot(), before, "E7: byte for byte");
    scene.update(1, lost);
    scene.update(1, gap);
    scene.store();
    assert_eq!(scene.text(), "abc");
}

#[test]
fn e6_a_cycle_of_structs_that_need_each_other_is_missing_not_pending() {
    // Client 7's struct names client 8's as its left neighbour, and the other way round.
    let cycle = "020108008407000162010700840800016100";
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.heard(1);
    scene.update(1, hex(cycle));
    scene.store();
    assert_eq!(scene.heard(1), [refused(1, RefusedReason::Missing)]);
}

#[test]
fn e6_x4_malformed_bytes_close_their_own_socket_only() {
    let cases = [
        ("no frame", ""),
        ("two frames in one", "0000010000000100"),
        ("an update that ends early", "00020401010700"),
        ("a client with two sections", "000214020107000401047465787401610107000401047465"),
        ("a state vector that is none", "00000105"),
        ("presence that is none", "01020105"),
        ("a frame only servers send", "4105"),
    ];
    for (name, frame) in cases {
        let mut scene = Scene::new();
        scene.join(1, "ann");
        scene.join(2, "mallory");
        scene.update(1, Page::new(7).types("a"));
        scene.store();
        let before = scene.snapshot();
        scene.raw(2, hex(frame));
        assert_eq!(scene.closed, [(2, CloseCode::Malformed)], "X4: {name}");
        scene.heard(2);
        scene.raw(2, Message::Ping.encode());
        assert_eq!((scene.heard(2), scene.snapshot()), (vec![], before), "{name}: it is over");
        scene.raw(1, Message::Ping.encode());
        assert!(scene.heard(1).contains(&Message::Pong), "{name}: Ann goes on");
    }
}

#[test]
fn e6_w5_what_is_too_large_is_refused_with_a_reason() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.say(1, Message::Step2(ann.types(&"备".repeat(1 << 20))));
    scene.store();
    assert_eq!(scene.heard(1)[2..], [Message::Saved { frames: 1 }], "W5: a first step 2 of 3 MiB");
    scene.say(1, Message::Step2(ann.types(&"备".repeat(1 << 20))));
    scene.update(1, ann.types(&"备".repeat(1 << 20)));
    assert_eq!(scene.heard(1), [refused(2, RefusedReason::TooLarge), refused(3, RefusedReason::TooLarge)]);
    // A subdocument.
    scene.update(1, hex("010109000901047465787400"));
    assert!(matches!(&scene.heard(1)[..], [Message::Refused(Refused { reason: RefusedReason::Content, .. })]));
}

#[test]
fn e8_everybody_else_gets_the_same_bytes_and_the_sender_none() {
    let mut scene = Scene::new();
    for who in 1..=4 {
        scene.join(who, "ann");
        scene.heard(who);
    }
    let mut ann = Page::new(7);
    scene.update(1, ann.types("a"));
    scene.store();
    let frame = Message::Update(ann.types("b"));
    let effects = scene.input(RoomInput::Frame { from: ParticipantId(1), frame: frame.encode() });
    let sent: Vec<_> = effects.iter().filter(|effect| matches!(effect, RoomEffect::SendAll { .. })).collect();
    let [RoomEffect::SendAll { to, frame: handed_on }] = sent[..] else { panic!("{effects:?}") };
    assert_eq!(to, &[ParticipantId(2), ParticipantId(3), ParticipantId(4)]);
    assert_eq!(*handed_on, frame.encode());
    assert!(scene.heard(1).iter().all(|message| !matches!(message, Message::Update(_) | Message::Step2(_))));
}

#[test]
fn e9_a_room_that_yrs_broke_says_so() {
    let (mut scene, _) = Scene::where_ann_wrote("a");
    // What admission lets in breaks nothing, so the document is changed behind its back: Ann's next unit is a letter.
    scene.room.read(|doc| {
        let letter = yrs::Update::decode_v1(&hex("01010701840700016200")).expect("a letter");
        doc.transact_mut().apply_update(letter).expect("a letter fits");
    });
    // A text where the letter is, and something in it: yrs gives up on the second halfway.
    let culprit = hex("010207018707000604000701016200");
    let effects =
        scene.input(RoomInput::Frame { from: ParticipantId(1), frame: Message::Update(culprit.clone()).encode() });
    assert!(
        matches!(&effects[..], [RoomEffect::Broken { culprit: c, from: ParticipantId(1) }] if *c == culprit),
        "{effects:?}"
    );
}

#[test]
fn e10_a_document_grows_only_so_far_and_can_be_made_smaller() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    let chapter = "备".repeat(340_000);
    for _ in 0..MAX_DOCUMENT / chapter.len() {
        scene.update(1, ann.types(&chapter));
        scene.store();
    }
    assert!(!scene.heard(1).iter().any(|message| matches!(message, Message::Refused(_))));
    let before = scene.snapshot();
    assert!(before.update.len() <= MAX_DOCUMENT);
    let mut bob = Page::new(8);
    bob.takes(&before.update);
    scene.update(1, ann.types(&chapter));
    let full = refused(MAX_DOCUMENT as u64 / chapter.len() as u64 + 1, RefusedReason::DocumentFull);
    assert_eq!(scene.heard(1)[..1], [full]);
    assert_eq!(scene.snapshot(), before, "E7: byte for byte");
    scene.join(2, "bob");
    scene.update(2, bob.deletes_all());
    // Who makes room does not wait for it: a second, not the ten of a document that only stays full.
    scene.wait(1_000);
    scene.update(2, bob.types(&chapter));
    scene.store();
    assert!(!scene.heard(2).iter().any(|message| matches!(message, Message::Refused(_))));
    assert_eq!(scene.text(), chapter);
}
