//! The room, rule by rule (docs/protocol.md: J, E, S, L, P and X).

mod hostile;
mod scene;

use bytes::Bytes;
use scene::{Page, Scene, person, title};
use shared::access::Right;
use shared::sync::room::{ParticipantId, Room, RoomEffect, RoomInput, RoomSeed};
use shared::wire::{CloseCode, Message, Refused, RefusedReason, Trouble, Welcome, presence_entries};
use shared::words::Seq;

fn refused(frame: u64, reason: RefusedReason) -> Message {
    Message::Refused(Refused { frame, reason })
}

#[test]
fn a_room_can_move_to_another_thread() {
    fn moves<T: Send>() {}
    moves::<Room>();
}

#[test]
fn j1_ours_is_welcomed_and_stock_gets_step_1() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    let heard = scene.heard(1);
    let [Message::Welcome(Welcome { protocol: 1, epoch, life, client_id, right: Right::Edit }), Message::Title(_)] =
        &heard[..]
    else {
        panic!("{heard:?}")
    };
    assert_eq!((epoch.as_str(), *life, *client_id), ("first", 1001, 1001), "C4: the first id names the room's life");
    scene.join_stock(2, "bob");
    assert_eq!(scene.heard(2), [Message::Step1(Bytes::from_static(&[0]))]);
    scene.join(3, "cai");
    assert!(matches!(&scene.heard(3)[0], Message::Welcome(Welcome { life: 1001, client_id: 1003, .. })));
}

#[test]
fn j2_j3_step_1_is_answered_with_the_difference_and_ours_is_asked_back() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.say(1, Message::Update(ann.types("备课")));
    scene.store();
    scene.join(2, "bob");
    scene.join_stock(3, "cai");
    for (who, ours) in [(2, true), (3, false)] {
        scene.heard(who);
        scene.say(who, Message::Step1(Bytes::from_static(&[0])));
        let heard = scene.heard(who);
        let Message::Step2(whole) = &heard[0] else { panic!("{heard:?}") };
        let mut page = Page::new(8);
        page.takes(whole);
        assert_eq!(page.text(), "备课");
        assert_eq!(heard.len() == 2 && matches!(heard[1], Message::Step1(_)), ours, "J3: {heard:?}");
        scene.say(who, Message::Step1(page.state_vector()));
        assert_eq!(scene.heard(who)[0], Message::Step2(Bytes::from_static(&[0, 0])), "J2: nothing is lacking");
    }
}

#[test]
fn j4_who_joins_hears_of_trouble_and_of_who_is_here() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.presence(1, 1001, 1, r#"{"cursor":null}"#);
    scene.say(1, Message::Update(Page::new(1001).types("a")));
    scene.input(RoomInput::StoreFailed { from: Seq(1), trouble: Trouble::StorageFull });
    scene.join(2, "bob");
    let heard = scene.heard(2);
    assert!(matches!(heard[2], Message::Trouble(Trouble::StorageFull)), "{heard:?}");
    assert!(matches!(heard[3], Message::Awareness(_)), "{heard:?}");
}

#[test]
fn j6_our_client_hears_the_title_and_a_new_one_at_once() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    assert_eq!(scene.heard(1)[1], Message::Title(title("plan")), "after the welcome");
    scene.join_stock(2, "bob");
    scene.heard(2);
    scene.input(RoomInput::Renamed { title: title("备课") });
    assert_eq!(scene.heard(1), [Message::Title(title("备课"))]);
    assert_eq!(scene.heard(2), [], "a stock client knows no such frame");
}

#[test]
fn e1_e7_the_right_counts_as_it_is_when_the_frame_comes() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.say(1, Message::Update(ann.types("a")));
    scene.store();
    let before = scene.snapshot();
    scene.right("ann", Some(Right::View));
    scene.say(1, Message::Update(ann.types("b")));
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
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.say(1, Message::Update(ann.types("备课")));
    scene.store();
    scene.rights.insert("bob".into(), Right::View);
    scene.join_stock(2, "bob");
    scene.say(2, Message::Step2(ann.everything()));
    assert!(scene.closed.is_empty());
    scene.say(2, Message::Update(Page::new(8).types("x")));
    assert_eq!(scene.closed, [(2, CloseCode::NoRight)], "X5: a stock client can only be sent away");
}

#[test]
fn e2_a_step_2_is_taken_without_what_is_not_the_senders() {
    let mut scene = Scene::new();
    let (mut ann, mut bob) = (Page::new(7), Page::new(8));
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.say(1, Message::Update(ann.types("a")));
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
    scene.say(1, Message::Update(Page::new(7).types("ann")));
    scene.store();
    scene.heard(2);
    let cases = [("used by Ann", 7), ("handed out to Ann", 1001), ("announced by Cai", 55)];
    for (at, (name, client)) in cases.into_iter().enumerate() {
        let mut forged = Page::new(client);
        forged.takes(&scene.snapshot().update);
        scene.say(2, Message::Update(forged.types("x")));
        assert_eq!(scene.heard(2), [refused(at as u64 + 1, RefusedReason::NotYours)], "{name}");
    }
    assert_eq!((scene.text().as_str(), scene.audits), ("ann", 3));
    scene.say(2, Message::Update(Page::new(1002).types("bob")));
    scene.store();
    assert_eq!(scene.appends.last().expect("stored").author, person("bob").id);
}

#[test]
fn e3_an_earlier_id_of_the_same_person_is_theirs_from_any_device() {
    let mut scene = Scene::new();
    let mut offline = Page::new(7);
    scene.join(1, "ann");
    scene.say(1, Message::Update(offline.types("a")));
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
    scene.say(1, Message::Update(ann.types("a")));
    scene.say(1, Message::Update(ann.types("b")));
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
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.say(1, Message::Update(ann.types("a")));
    scene.store();
    scene.heard(1);
    let before = scene.snapshot();
    let lost = ann.types("b");
    let gap = ann.types("c");
    let deletion = ann.deletes_last();
    scene.say(1, Message::Update(gap.clone()));
    scene.say(1, Message::Update(deletion));
    assert_eq!(scene.heard(1), [refused(2, RefusedReason::Missing), refused(3, RefusedReason::Missing)]);
    assert_eq!(scene.snapshot(), before, "E7: byte for byte");
    scene.say(1, Message::Update(lost));
    scene.say(1, Message::Update(gap));
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
    scene.say(1, Message::Update(scene::hex(cycle)));
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
        scene.say(1, Message::Update(Page::new(7).types("a")));
        scene.store();
        let before = scene.snapshot();
        scene.raw(2, scene::hex(frame));
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
    scene.say(1, Message::Update(ann.types(&"备".repeat(1 << 20))));
    assert_eq!(scene.heard(1), [refused(2, RefusedReason::TooLarge), refused(3, RefusedReason::TooLarge)]);
    // A subdocument.
    scene.say(1, Message::Update(scene::hex("010109000901047465787400")));
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
    scene.say(1, Message::Update(ann.types("a")));
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
    // A struct whose parent is a letter: well formed, and yrs gives up on it halfway.
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.say(1, Message::Update(ann.types("a")));
    scene.store();
    let update = scene::hex("01010701040007000162").slice(..);
    let culprit = Bytes::from([&update[..], &[0]].concat());
    let effects =
        scene.input(RoomInput::Frame { from: ParticipantId(1), frame: Message::Update(culprit.clone()).encode() });
    assert!(
        matches!(&effects[..], [RoomEffect::Broken { culprit: c, from: ParticipantId(1) }] if *c == culprit),
        "{effects:?}"
    );
}

#[test]
fn s1_saved_is_said_after_the_commit_and_never_before() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.say(1, Message::Update(ann.types("a")));
    scene.store();
    scene.heard(1);
    for _ in 0..3 {
        scene.say(1, Message::Update(ann.types("b")));
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
    scene.say(1, Message::Update(ann.types("a")));
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
    scene.say(1, Message::Update(ann.types("a")));
    scene.store();
    (1..=2).for_each(|who| drop(scene.heard(who)));
    scene.say(1, Message::Update(ann.types("b")));
    scene.input(RoomInput::StoreFailed { from: Seq(3), trouble: Trouble::StorageFull });
    scene.say(1, Message::Update(ann.types("c")));
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
    scene.say(1, Message::Update(ann.types("a")));
    scene.stored(1);
    let chunk = "x".repeat(1_000_000);
    for _ in 0..17 {
        scene.say(1, Message::Update(ann.types(&chunk)));
    }
    let before = scene.text().len();
    scene.heard(1);
    scene.say(1, Message::Update(ann.types("y")));
    assert_eq!(scene.heard(1), [refused(19, RefusedReason::StorageFull)]);
    assert_eq!(scene.text().len(), before);
}

#[test]
fn l1_l2_l3_a_slow_reader_gets_one_difference_not_a_gap() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.never_reads(2);
    for _ in 0..2_000 {
        scene.say(1, Message::Update(ann.types("备")));
        scene.store();
    }
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
fn l3_who_was_behind_hears_what_else_was_to_be_said() {
    let mut scene = Scene::new();
    let (mut ann, mut bob) = (Page::new(7), Page::new(8));
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.say(2, Message::Update(bob.writes_list("first")));
    scene.store();
    scene.never_reads(2);
    for _ in 0..300 {
        scene.say(1, Message::Update(ann.types("a")));
        scene.store();
    }
    scene.say(2, Message::Update(bob.writes_list("second")));
    bob.writes_list("never sent");
    scene.say(2, Message::Update(bob.writes_list("third")));
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
    for _ in 0..300 {
        scene.say(1, Message::Update(ann.types("a")));
        scene.store();
    }
    scene.wait(44_000);
    assert!(scene.closed.is_empty());
    scene.wait(7_000);
    assert_eq!(scene.closed, [(2, CloseCode::TooSlow)]);
}

#[test]
fn l5_asking_more_often_gives_no_more() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    scene.say(1, Message::Update(ann.types(&"备课".repeat(10_000))));
    scene.store();
    scene.join(2, "mallory");
    scene.never_reads(2);
    for _ in 0..2_000 {
        scene.say(2, Message::Step1(Bytes::from_static(&[0])));
    }
    let (frames, bytes) = scene.queue(2);
    assert!(frames <= 16 && bytes <= 256 << 10, "{frames} frames, {bytes} bytes for 2,000 questions");
}

#[test]
fn p1_p2_one_entry_a_socket_and_the_person_as_their_account_says() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.join_stock(2, "bob");
    scene.join(3, "cai");
    scene.heard(3);
    scene.presence(1, 1001, 1, r#"{"cursor":{"anchor":{"tname":"content"}},"user":{"name":"Bob"},"x":1}"#);
    // Bob's stock client repeats Ann's entry beside its own, then tries another.
    scene.presence_all(2, &[(1001, 9, "null"), (55, 1, r#"{"cursor":5}"#)]);
    scene.presence(2, 56, 1, "{}");
    scene.wait(1_000);
    let seen = scene.entries(3);
    let bob = r##"{"cursor":null,"user":{"id":"bob","name":"bob","color":"#8a5a00","tone":3,"school":"北关小学","seal":"北","lead":false}}"##;
    assert_eq!(seen.iter().map(|(client, _, _)| *client).collect::<Vec<_>>(), [1001, 55]);
    assert!(seen[0].2.starts_with(r#"{"cursor":{"anchor":{"tname":"content"}},"user":{"id":"ann""#), "{seen:?}");
    assert!(!seen[0].2.contains("\"x\"") && !seen[0].2.contains("Bob"), "P2: {seen:?}");
    assert_eq!(seen[1].2, bob);
    let large = format!(r#"{{"cursor":{{"anchor":"{}"}}}}"#, "x".repeat(4096));
    scene.presence(1, 1001, 2, &large);
    scene.wait(1_000);
    assert_eq!(scene.entries(3), [], "W5: over 4 KiB is no entry");
}

#[test]
fn p3_many_movements_make_few_frames() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.heard(2);
    for clock in 0..100 {
        scene.presence(1, 1001, clock, &format!(r#"{{"cursor":{{"anchor":{clock}}}}}"#));
        scene.wait(10);
    }
    let entries = scene.entries(2);
    assert!((9..=11).contains(&entries.len()), "{}", entries.len());
    assert!(entries.last().unwrap().2.contains(r#""anchor":99"#), "the last one arrives");
}

#[test]
fn p4_p5_who_leaves_or_falls_silent_is_gone_and_clocks_only_grow() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.heard(2);
    scene.presence(1, 1001, u32::MAX, "{}");
    scene.wait(31_000);
    scene.join(3, "ann");
    scene.presence(3, 1001, 0, "{}");
    scene.wait(1_000);
    scene.input(RoomInput::Leave { who: ParticipantId(3) });
    scene.wait(1_000);
    let entries = scene.entries(2);
    let states: Vec<_> = entries.iter().map(|(_, _, state)| state != "null").collect();
    assert_eq!(states, [true, false, true, false]);
    assert!(entries.windows(2).all(|pair| pair[0].1 < pair[1].1), "P5: {entries:?}");
}

#[test]
fn p6_a_stock_client_gets_no_own_entry_and_is_not_left_in_silence() {
    let mut scene = Scene::new();
    scene.join_stock(1, "ann");
    scene.heard(1);
    scene.presence(1, 55, 1, "{}");
    scene.wait(1_000);
    assert_eq!(scene.heard(1), []);
    scene.wait(25_000);
    assert_eq!(scene.heard(1), [Message::Awareness(Bytes::from_static(&[0]))]);
}

#[test]
fn x1_when_the_server_stops_everybody_is_sent_away_to_come_back() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.join_stock(2, "bob");
    scene.input(RoomInput::Stop);
    assert_eq!(scene.closed, [(1, CloseCode::Restarting), (2, CloseCode::Restarting)]);
}

#[test]
fn a_room_opens_as_it_was_and_is_idle_when_all_have_left_and_all_is_stored() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    for word in ["一", "二", "三"] {
        scene.say(1, Message::Update(ann.types(word)));
        scene.stored(scene.appends.len() as u64 - 1);
    }
    scene.input(RoomInput::Leave { who: ParticipantId(1) });
    assert!(!scene.room.is_idle(), "something is not stored yet");
    scene.store();
    assert!(scene.room.is_idle() && scene.room.next_tick().is_none());
    let snapshot = scene.snapshot();
    let log: Vec<_> = scene.appends.iter().map(|append| append.update.clone()).collect();
    let seeds = [("from the log", None, log), ("from a snapshot", Some(snapshot.update.clone()), Vec::new())];
    for (name, from, updates) in seeds {
        let seed = RoomSeed {
            document: "plan".parse().unwrap(),
            epoch: "first".parse().unwrap(),
            snapshot: from,
            updates,
            last: snapshot.upto,
            authors: vec![(7, person("ann").id)],
        };
        let room = Room::open(seed).expect(name);
        assert_eq!(room.snapshot().as_ref(), Some(&snapshot), "{name}");
    }
}

#[test]
fn presence_entries_that_claim_too_much_are_refused_before_they_are_read() {
    assert!(presence_entries(&[0xff, 0xff, 0xff, 0x7f]).is_err());
}
