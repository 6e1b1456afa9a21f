//! The page's end, rule by rule (docs/protocol.md: C, J7, P7, V1, W7, W8 and X).

use bytes::Bytes;
use serde_json::json;
use shared::access::Right;
use shared::sync::Millis;
use shared::sync::client::{
    ClientEffect, ClientInput, ClientSeed, ClientSync, Line, Moment, Replica, ReplicaError, Saving, StopReason,
};
use shared::sync::packed::pack;
use shared::wire::{
    CloseCode, MAX_FIRST_SYNC, MAX_FRAME, Message, PresenceEntry, Refused, RefusedReason, Trouble, Welcome, live_frame,
    presence_entries, presence_frame,
};
use shared::words::UnixMillis;
use yrs::{Doc, ReadTxn, StateVector, Text, Transact, merge_updates_v1};

/// A copy that notes what it is given; its difference is what the test says.
#[derive(Default)]
struct Copy {
    has: Vec<u8>,
    difference: Vec<u8>,
    lacks: bool,
    taken: Vec<Bytes>,
    arrived: bool,
}

impl Replica for Copy {
    fn state_vector(&self) -> Vec<u8> {
        self.has.clone()
    }

    fn diff(&self, _state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        Ok(self.difference.clone())
    }

    fn is_whole(&self) -> bool {
        !self.lacks
    }

    fn arrived(&mut self) {
        self.arrived = true;
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        self.taken.push(Bytes::copy_from_slice(update));
        if update == b"nonsense" { Err(ReplicaError("nonsense".into())) } else { Ok(()) }
    }
}

struct Page {
    sync: ClientSync,
    copy: Copy,
    now: u64,
    chance: f64,
}

const EMPTY: Bytes = Bytes::from_static(&[0]);

impl Page {
    fn new() -> Self {
        Self::of(ClientSeed { fresh_id: 7, epoch: None, kept_before: false })
    }

    fn of(seed: ClientSeed) -> Self {
        let copy = Copy { has: vec![0], difference: vec![0, 0], ..Copy::default() };
        Self { sync: ClientSync::new(seed), copy, now: 1_000, chance: 0.0 }
    }

    /// All the way to a line that is online, with nothing said by the way.
    fn online() -> Self {
        let mut page = Self::new();
        page.comes_online(1);
        page
    }

    fn comes_online(&mut self, life: u64) -> Vec<ClientEffect> {
        self.give(ClientInput::Start);
        self.give(ClientInput::Opened);
        self.hear(welcome("e1", life, Right::Edit));
        self.hear(Message::Step2(Bytes::from_static(&[0, 0])));
        self.hear(Message::Step1(EMPTY))
    }

    fn give(&mut self, input: ClientInput) -> Vec<ClientEffect> {
        let at = Moment { now: Millis(self.now), wall: UnixMillis(self.now as i64), chance: self.chance };
        self.sync.handle(at, input, &mut self.copy)
    }

    fn hear(&mut self, message: Message) -> Vec<ClientEffect> {
        self.give(ClientInput::Frame(message.encode()))
    }

    fn wait(&mut self, millis: u64) -> Vec<ClientEffect> {
        let until = self.now + millis;
        let mut effects = Vec::new();
        while let Some(due) = self.sync.next_tick().filter(|due| due.0 <= until) {
            self.now = self.now.max(due.0);
            effects.extend(self.give(ClientInput::Tick));
        }
        self.now = until;
        effects
    }

    fn types(&mut self, update: &'static [u8]) -> Vec<ClientEffect> {
        self.give(ClientInput::LocalUpdate(Bytes::from_static(update)))
    }

    fn close(&mut self, code: u16) -> Vec<ClientEffect> {
        self.give(ClientInput::Closed { code })
    }
}

fn welcome(epoch: &str, life: u64, right: Right) -> Message {
    Message::Welcome(Welcome { protocol: 1, epoch: epoch.parse().unwrap(), life, client_id: 99, right })
}

/// A document of one text.
fn page_of(words: String) -> Doc {
    let doc = Doc::with_client_id(7);
    doc.get_or_insert_text("text").push(&mut doc.transact_mut(), &words);
    doc
}

/// What goes over the line, without carets.
fn sent(effects: &[ClientEffect]) -> Vec<Message> {
    let frames = effects.iter().filter_map(|effect| match effect {
        ClientEffect::Send(frame) => Some(Message::decode(frame).expect("the page speaks clearly")),
        _ => None,
    });
    frames.filter(|message| !matches!(message, Message::Awareness(_))).collect()
}

fn has(effects: &[ClientEffect], effect: &ClientEffect) -> bool {
    effects.contains(effect)
}

#[test]
fn c1_lost_lines_are_tried_again_by_chance_within_bounds() {
    let mut page = Page::new();
    assert_eq!(page.give(ClientInput::Start)[..1], [ClientEffect::Connect]);
    let mut latest = Vec::new();
    for chance in [0.0, 0.999_999] {
        page.chance = chance;
        let mut waits = Vec::new();
        for _ in 0..6 {
            page.close(1006);
            assert_eq!(page.sync.line(), Line::Offline);
            waits.push(page.sync.next_tick().expect("an attempt is due").0 - page.now);
            page.now += 20_000;
            assert!(has(&page.give(ClientInput::Tick), &ClientEffect::Connect));
        }
        latest.push(waits);
        page = Page::new();
        page.give(ClientInput::Start);
    }
    assert_eq!(latest[0], [500; 6]);
    assert_eq!(latest[1], [1_999, 3_999, 7_999, 14_999, 14_999, 14_999]);
    page.close(1006);
    assert!(
        has(&page.give(ClientInput::Network { online: true }), &ClientEffect::Connect),
        "at once when the net is back"
    );
}

#[test]
fn j7_who_has_nothing_yet_asks_first_for_what_they_look_at() {
    let mut page = Page::new();
    page.give(ClientInput::Look(Bytes::from_static(b"here")));
    page.give(ClientInput::Start);
    page.give(ClientInput::Opened);
    let asked = sent(&page.hear(welcome("e1", 1, Right::Edit)));
    assert!(matches!(&asked[..], [Message::Look(view), Message::Ask(_)] if view == "here"), "{asked:?}");
    let seen = Bytes::from_static(b"strokes");
    assert!(has(&page.hear(Message::Glance(seen.clone())), &ClientEffect::Glance(seen)));
    page.hear(Message::Step2(Bytes::from_static(&[0, 0])));
    assert!(!page.copy.arrived);
    page.hear(Message::Step1(EMPTY));
    assert!(page.copy.arrived);

    // Who comes back with a copy of it has seen more than a glance.
    page.copy.has = vec![1, 7, 3];
    page.close(1006);
    page.wait(20_000);
    page.give(ClientInput::Opened);
    let asked = sent(&page.hear(welcome("e1", 1, Right::Edit)));
    assert!(matches!(&asked[..], [Message::Ask(_)]), "{asked:?}");
}

#[test]
fn v1_what_is_drawn_goes_out_at_once_or_not_at_all() {
    let line = || ClientInput::Live(Bytes::from_static(b"line"));
    let mut page = Page::new();
    page.give(ClientInput::Start);
    page.give(ClientInput::Opened);
    page.hear(welcome("e1", 1, Right::Edit));
    assert_eq!(sent(&page.give(line())), [], "nobody is there yet");
    page.hear(Message::Step2(Bytes::from_static(&[0, 0])));
    page.hear(Message::Step1(EMPTY));
    assert_eq!(sent(&page.give(line())), [Message::Live(Bytes::from_static(b"line"))]);
    page.give(ClientInput::Waiting { bytes: 4_000 });
    assert_eq!(sent(&page.give(line())), [], "edits go first");
    page.give(ClientInput::Waiting { bytes: 0 });
    page.hear(Message::Right(Right::View));
    assert_eq!(sent(&page.give(line())), [], "the pen is somebody else's");

    // One's own comes back among others'.
    let own = page.sync.client_id();
    let entries = [(own, &b"own"[..]), (5, &b"theirs"[..])];
    let heard = page.give(ClientInput::Frame(live_frame(entries.into_iter())));
    assert_eq!(heard, [ClientEffect::Live { from: 5, message: Bytes::from_static(b"theirs") }]);
}

#[test]
fn c2_a_page_load_has_one_client_id() {
    let mut early = Page::new();
    assert_eq!(early.sync.client_id(), 7, "before the welcome: its own");
    early.comes_online(1);
    assert_eq!(early.sync.client_id(), 7, "and it stays");
    let mut late = Page::online();
    assert_eq!(late.sync.client_id(), 99, "who has not opened the copy yet takes the one handed out");
    late.close(1006);
    late.give(ClientInput::Start);
    late.give(ClientInput::Opened);
    late.hear(Message::Welcome(Welcome {
        protocol: 1,
        epoch: "e1".parse().unwrap(),
        life: 1,
        client_id: 100,
        right: Right::Edit,
    }));
    assert_eq!(late.sync.client_id(), 99);
}

#[test]
fn c3_nothing_of_another_epoch_is_merged() {
    let mut page = Page::of(ClientSeed { fresh_id: 7, epoch: Some("e1".parse().unwrap()), kept_before: true });
    page.give(ClientInput::Start);
    page.give(ClientInput::Opened);
    page.hear(Message::Update(Bytes::from_static(b"stranger")));
    assert!(page.copy.taken.is_empty(), "nothing before the welcome");
    let effects = page.hear(welcome("e2", 1, Right::Edit));
    assert!(has(&effects, &ClientEffect::SetAside(StopReason::EpochChanged)));
    assert!(has(&effects, &ClientEffect::Disconnect) && sent(&effects).is_empty());
    assert_eq!(page.sync.line(), Line::Stopped(StopReason::EpochChanged));
    page.hear(Message::Step2(Bytes::from_static(b"stranger")));
    assert!(page.copy.taken.is_empty() && page.sync.next_tick().is_none());
    let mut first = Page::new();
    first.give(ClientInput::Start);
    first.give(ClientInput::Opened);
    assert!(has(&first.hear(welcome("e1", 1, Right::Edit)), &ClientEffect::KeepEpoch("e1".parse().unwrap())));
}

#[test]
fn c3_a_copy_without_unsaved_edits_gives_way_to_another_epoch_in_silence() {
    let cases = [(false, false), (true, false), (true, true)];
    for (typed, saved) in cases {
        let mut page = Page::online();
        if typed {
            page.types(b"one");
        }
        if saved {
            page.hear(Message::Saved { frames: 1 });
        }
        page.close(CloseCode::EpochChanged.code());
        page.give(ClientInput::Start);
        page.give(ClientInput::Opened);
        let effects = page.hear(welcome("e2", 1, Right::Edit));
        let aside = effects.iter().any(|effect| matches!(effect, ClientEffect::SetAside(_)));
        assert_eq!(aside, typed && !saved, "typed {typed}, saved {saved}");
        let reason = if aside { StopReason::EpochChanged } else { StopReason::StartAfresh };
        assert_eq!(page.sync.line(), Line::Stopped(reason), "typed {typed}, saved {saved}");
    }
}

#[test]
fn c4_a_new_life_of_the_room_is_compared_with() {
    let mut page = Page::online();
    page.copy.has = vec![1, 7, 1];
    page.copy.difference = b"all of it".to_vec();
    let cases = [(1, false), (2, true), (2, false)];
    for (life, whole) in cases {
        page.close(1006);
        let effects = page.comes_online(life);
        let expected = if whole { vec![Message::Step2(Bytes::from_static(b"all of it"))] } else { Vec::new() };
        assert_eq!(sent(&effects), expected, "life {life}");
        page.hear(Message::Saved { frames: 1 });
    }
    page.close(1006);
    page.give(ClientInput::Start);
    page.give(ClientInput::Opened);
    page.hear(welcome("e1", 3, Right::View));
    let effects = page.hear(Message::Step1(EMPTY));
    assert_eq!(page.sync.line(), Line::Stopped(StopReason::StartAfresh));
    assert!(!effects.iter().any(|effect| matches!(effect, ClientEffect::SetAside(_))), "nothing of one's own is lost");
}

#[test]
fn c4_a_line_cut_while_the_document_loads_is_no_new_life() {
    for (life, line) in [(1, Line::Online), (2, Line::Stopped(StopReason::StartAfresh))] {
        let mut page = Page::new();
        page.give(ClientInput::Start);
        page.give(ClientInput::Opened);
        page.hear(welcome("e1", 1, Right::View));
        page.hear(Message::Step2(Bytes::from_static(&[0, 0])));
        page.copy.has = vec![1, 7, 1];
        page.close(1006);
        page.give(ClientInput::Start);
        page.give(ClientInput::Opened);
        page.hear(welcome("e1", life, Right::View));
        page.hear(Message::Step1(EMPTY));
        assert_eq!(page.sync.line(), line, "life {life}");
    }
}

#[test]
fn c5_local_updates_are_numbered_kept_and_sent() {
    let mut page = Page::online();
    let update = Bytes::from_static(b"one");
    assert_eq!(
        page.types(b"one"),
        [
            ClientEffect::Keep { n: 1, update: update.clone() },
            ClientEffect::Send(Message::Update(update).encode()),
            ClientEffect::Show,
        ]
    );
    assert_eq!(page.sync.saving(), Saving { in_tab: 1, on_server: page.sync.saving().on_server, ..Saving::default() });
    page.give(ClientInput::Kept { n: 1 });
    assert_eq!((page.sync.saving().in_tab, page.sync.saving().on_device), (0, 1));
    page.now += 60;
    assert_eq!(page.hear(Message::Saved { frames: 1 }), [ClientEffect::Forget { upto: 1 }, ClientEffect::Show]);
    let saving = page.sync.saving();
    assert_eq!((saving.in_tab, saving.on_device, saving.on_server), (0, 0, Some(UnixMillis(page.now as i64))));
    assert_eq!(page.types(&[0, 0]), [], "an empty update is none");
    page.types(b"two");
    page.give(ClientInput::KeepFailed { n: 2 });
    assert!(page.sync.saving().device_full && page.sync.saving().in_tab == 1);
    page.types(b"three");
    page.give(ClientInput::Kept { n: 3 });
    assert_eq!(page.sync.saving().in_tab, 2, "what builds on an edit that is not kept is not safe on the device");
    page.hear(Message::Saved { frames: 3 });
    assert_eq!((page.sync.saving().in_tab, page.sync.saving().device_full), (0, false));
}

#[test]
fn c5_what_waits_for_a_busy_socket_goes_as_one_frame() {
    let letters: [&[u8]; 3] = [
        &[1, 1, 7, 0, 4, 1, 4, b't', b'e', b'x', b't', 1, b'a', 0],
        &[1, 1, 7, 1, 0x84, 7, 0, 1, b'b', 0],
        &[1, 1, 7, 2, 0x84, 7, 1, 1, b'c', 0],
    ];
    let mut page = Page::online();
    page.give(ClientInput::Waiting { bytes: 20_000 });
    for letter in letters {
        assert!(sent(&page.give(ClientInput::LocalUpdate(Bytes::from_static(letter)))).is_empty());
    }
    let merged = merge_updates_v1(letters).unwrap();
    assert_eq!(sent(&page.give(ClientInput::Waiting { bytes: 100 })), [Message::Update(merged.into())]);
    assert!(has(&page.hear(Message::Saved { frames: 1 }), &ClientEffect::Forget { upto: 3 }));
}

#[test]
fn c6_after_a_reconnection_all_that_is_not_saved_goes_as_one_difference() {
    let mut page = Page::online();
    page.types(b"one");
    page.types(b"two");
    page.hear(Message::Saved { frames: 1 });
    page.close(1006);
    page.types(b"three");
    page.copy.difference = b"two and three".to_vec();
    page.give(ClientInput::Start);
    page.give(ClientInput::Opened);
    assert_eq!(sent(&page.hear(welcome("e1", 1, Right::Edit))), [Message::Ask(EMPTY)]);
    assert!(sent(&page.types(b"four")).is_empty(), "the difference will hold it");
    assert_eq!(sent(&page.hear(Message::Step1(EMPTY))), [Message::Step2(Bytes::from_static(b"two and three"))]);
    assert_eq!(sent(&page.types(b"five")), [Message::Update(Bytes::from_static(b"five"))]);
    assert!(has(&page.hear(Message::Saved { frames: 1 }), &ClientEffect::Forget { upto: 4 }));
    assert!(has(&page.hear(Message::Saved { frames: 2 }), &ClientEffect::Forget { upto: 5 }));
}

#[test]
fn c6_what_earlier_page_loads_kept_is_forgotten_only_when_all_of_it_is_saved() {
    let seed = || ClientSeed { fresh_id: 7, epoch: Some("e1".parse().unwrap()), kept_before: true };
    let mut page = Page::of(seed());
    assert_eq!(page.sync.saving().on_device, 1);
    assert_eq!(sent(&page.comes_online(1)).len(), 1);
    assert_eq!(page.hear(Message::Saved { frames: 1 })[..1], [ClientEffect::ForgetEarlier]);
    assert_eq!(page.sync.saving().on_device, 0);
    // Something kept builds on what the server lost and its author has not brought back yet.
    let mut page = Page::of(seed());
    page.copy.lacks = true;
    page.comes_online(1);
    assert_eq!(page.hear(Message::Saved { frames: 1 }), [], "not all of it was in the difference");
    let later = page.wait(20_000);
    assert!(sent(&later).contains(&Message::Ask(EMPTY)), "it asks again: {later:?}");
    page.copy.lacks = false;
    page.hear(Message::Step1(EMPTY));
    assert!(has(&page.hear(Message::Saved { frames: 2 }), &ClientEffect::ForgetEarlier));
}

#[test]
fn c7_a_large_difference_goes_as_the_first_step_2_of_a_connection() {
    let mut page = Page::online();
    page.copy.difference = vec![1; MAX_FRAME];
    let large = Bytes::from(vec![1; MAX_FRAME]);
    let asked = sent(&page.give(ClientInput::LocalUpdate(large.clone())));
    assert_eq!(asked, [Message::Ask(EMPTY)], "too large for an update");
    assert_eq!(sent(&page.hear(Message::Step1(EMPTY))).len(), 1, "the first step 2 here");
    page.hear(Message::Saved { frames: 1 });
    let effects = page.give(ClientInput::LocalUpdate(large));
    assert!(has(&effects, &ClientEffect::Disconnect) && has(&effects, &ClientEffect::Connect), "a new connection");
    page.copy.difference = vec![1; MAX_FIRST_SYNC];
    page.give(ClientInput::Opened);
    page.hear(welcome("e1", 1, Right::Edit));
    let effects = page.hear(Message::Step1(EMPTY));
    assert!(has(&effects, &ClientEffect::SetAside(StopReason::Refused(RefusedReason::TooLarge))));
}

#[test]
fn c8_every_refusal_ends_in_another_try_or_in_a_draft() {
    for reason in RefusedReason::ALL {
        let mut page = Page::online();
        page.types(b"one");
        let effects = page.hear(Message::Refused(Refused { frame: 1, reason: *reason }));
        page.hear(Message::Saved { frames: 1 });
        assert_eq!(page.sync.saving().in_tab, 1, "{reason:?}: a refused edit is not saved");
        if reason.is_passing() {
            assert!(sent(&page.types(b"two")).is_empty(), "{reason:?}: what builds on it waits too");
            assert!(sent(&page.wait(400)).is_empty());
            assert_eq!(sent(&page.wait(3_000))[..1], [Message::Ask(EMPTY)], "{reason:?}");
            assert_eq!(sent(&page.hear(Message::Step1(EMPTY))).len(), 1, "{reason:?}");
            assert!(has(&page.hear(Message::Saved { frames: 2 }), &ClientEffect::Forget { upto: 2 }), "{reason:?}");
        } else {
            let stop = StopReason::Refused(*reason);
            assert!(has(&effects, &ClientEffect::SetAside(stop)), "{reason:?}");
            assert_eq!(page.sync.line(), Line::Stopped(stop));
        }
    }
}

#[test]
fn c8_who_took_what_others_build_on_has_some_ten_minutes_to_come_back_and_a_full_disk_for_ever() {
    let cases = [(RefusedReason::Missing, true), (RefusedReason::LeftOut, true), (RefusedReason::StorageFull, false)];
    for (reason, ends) in cases {
        let mut page = Page::online();
        page.chance = 0.5;
        page.types(b"one");
        page.hear(Message::Refused(Refused { frame: 1, reason }));
        let begun = page.now;
        for frame in 2..100 {
            while sent(&page.wait(500)).is_empty() && page.sync.line() == Line::Online {
                page.hear(Message::Pong);
            }
            page.hear(Message::Step1(EMPTY));
            page.hear(Message::Refused(Refused { frame, reason }));
        }
        assert_eq!(page.sync.line() == Line::Stopped(StopReason::Refused(reason)), ends, "{reason:?}");
        let took = page.now - begun;
        assert!(took > 540_000 && (!ends || took < 660_000), "{reason:?}: {took}");
    }
}

#[test]
fn w8_a_packed_answer_is_taken_and_one_that_does_not_unpack_is_asked_for_as_it_is() {
    let mut page = Page::new();
    let written = page_of("备课".repeat(1_000));
    let update = written.transact().encode_diff_v1(&StateVector::default());
    let packed = pack(&written.transact().encode_diff_v2(&StateVector::default()));
    page.give(ClientInput::Start);
    page.give(ClientInput::Opened);
    assert_eq!(sent(&page.hear(welcome("e1", 1, Right::Edit))), [Message::Ask(EMPTY)]);
    page.hear(Message::Packed(packed.clone()));
    assert_eq!(page.copy.taken, [Bytes::from(update)]);
    page.hear(Message::Step1(EMPTY));
    assert_eq!(page.sync.line(), Line::Online);

    let cut = packed.slice(..packed.len() / 2);
    assert!(has(&page.hear(Message::Packed(cut)), &ClientEffect::Disconnect));
    assert_eq!(page.sync.line(), Line::Offline);
    page.wait(20_000);
    page.give(ClientInput::Opened);
    assert_eq!(sent(&page.hear(welcome("e1", 1, Right::Edit))), [Message::Step1(EMPTY)]);
}

#[test]
fn c9_silence_is_asked_about_shown_and_ended() {
    let mut page = Page::online();
    assert_eq!(sent(&page.wait(9_999)), []);
    assert_eq!(sent(&page.wait(2)), [Message::Ping]);
    assert_eq!(page.sync.line(), Line::Online);
    assert!(has(&page.wait(5_000), &ClientEffect::Show));
    assert_eq!(page.sync.line(), Line::Weak);
    page.hear(Message::Pong);
    assert_eq!(page.sync.line(), Line::Online);
    page.give(ClientInput::Waiting { bytes: 500_000 });
    page.wait(10_001);
    for left in (1..=9).rev() {
        page.wait(4_000);
        page.give(ClientInput::Waiting { bytes: left * 50_000 });
    }
    assert_ne!(page.sync.line(), Line::Offline, "a thin line that moves is alive");
    let effects = page.wait(20_001);
    assert!(has(&effects, &ClientEffect::Disconnect));
    assert_eq!(page.sync.line(), Line::Offline);
}

#[test]
fn c9_a_network_that_is_gone_shows_at_once_and_the_line_is_asked_before_it_is_given_up() {
    let mut page = Page::online();
    let effects = page.give(ClientInput::Network { online: false });
    assert_eq!(page.sync.line(), Line::Offline);
    assert!(has(&effects, &ClientEffect::Show) && !has(&effects, &ClientEffect::Disconnect));
    assert_eq!(sent(&effects), [Message::Ping]);
    page.hear(Message::TroubleOver);
    assert_eq!(page.sync.line(), Line::Offline, "that was under way before");
    assert!(has(&page.hear(Message::Pong), &ClientEffect::Show));
    assert_eq!(page.sync.line(), Line::Online, "the browser was wrong");

    page.give(ClientInput::Network { online: false });
    page.give(ClientInput::Network { online: true });
    assert_eq!(page.sync.line(), Line::Offline, "until the line has answered");
    assert!(!has(&page.wait(19_999), &ClientEffect::Disconnect));
    assert!(has(&page.wait(2), &ClientEffect::Disconnect));
    page.comes_online(1);
    assert_eq!(page.sync.line(), Line::Online, "a new connection is an answer");

    let mut early = Page::new();
    early.give(ClientInput::Start);
    early.give(ClientInput::Network { online: false });
    assert_eq!(early.sync.line(), Line::Offline);
    early.comes_online(1);
    assert_eq!(early.sync.line(), Line::Online);
}

#[test]
fn c9_a_document_that_does_not_come_in_time_gets_more_time() {
    let mut page = Page::new();
    page.give(ClientInput::Start);
    let mut given_up_after = Vec::new();
    for _ in 0..5 {
        page.give(ClientInput::Opened);
        page.hear(welcome("e1", 1, Right::Edit));
        let begun = page.now;
        loop {
            page.now = page.sync.next_tick().expect("a loading page watches the line").0;
            if has(&page.give(ClientInput::Tick), &ClientEffect::Disconnect) {
                break;
            }
        }
        given_up_after.push((page.now - begun) / 1_000);
        page.now += 20_000;
        page.give(ClientInput::Tick);
    }
    assert_eq!(given_up_after, [130, 250, 490, 970, 970], "ten seconds of silence, then patience");
    page.give(ClientInput::Opened);
    page.hear(welcome("e1", 1, Right::Edit));
    page.hear(Message::Step1(EMPTY));
    assert!(has(&page.wait(31_000), &ClientEffect::Disconnect), "a page that has the document is as before");
}

#[test]
fn p7_the_caret_is_told_now_and_then_and_others_are_let_go() {
    let mut page = Page::online();
    let carets = |effects: &[ClientEffect]| {
        let frames = effects.iter().filter_map(|effect| match effect {
            ClientEffect::Send(frame) => Message::decode(frame).ok(),
            _ => None,
        });
        frames.filter(|message| matches!(message, Message::Awareness(_))).count()
    };
    let mut told = 0;
    for at in 0..100 {
        told += carets(&page.give(ClientInput::Cursor(Some(json!({ "anchor": at })))));
        told += carets(&page.wait(10));
    }
    assert!((9..=11).contains(&told), "{told} in a second");
    page.hear(Message::Pong);
    page.wait(200);
    assert_eq!(carets(&page.wait(9_000)), 0);
    page.hear(Message::Pong);
    assert_eq!(carets(&page.wait(9_000)), 1, "told again after 15 s");

    let user =
        json!({"id": "bob", "name": "Bob", "color": "#000000", "tone": 1, "school": null, "seal": null, "lead": false});
    let state = json!({ "user": user, "cursor": {"anchor": 1} }).to_string();
    let of = |client_id| PresenceEntry { client_id, clock: 1, state: &state };
    let frame = presence_frame([of(99), of(5), of(6)].into_iter());
    assert!(has(&page.give(ClientInput::Frame(frame.clone())), &ClientEffect::PeopleChanged));
    assert!(!has(&page.give(ClientInput::Frame(frame)), &ClientEffect::PeopleChanged), "nothing new");
    assert_eq!(page.sync.people().map(|(client, _)| client).collect::<Vec<_>>(), [5, 6], "not oneself");
    let gone = PresenceEntry { client_id: 5, clock: 2, state: "null" };
    page.give(ClientInput::Frame(presence_frame(std::iter::once(gone))));
    assert_eq!(page.sync.people().count(), 1);
    for _ in 0..5 {
        page.wait(9_500);
        page.hear(Message::Pong);
    }
    assert_eq!(page.sync.people().count(), 0, "silent for 45 s");
}

#[test]
fn p7_ones_own_entry_carries_a_caret_and_a_growing_clock() {
    let mut page = Page::new();
    let effects = page.comes_online(1);
    let Some(ClientEffect::Send(frame)) = effects.iter().find(|e| matches!(e, ClientEffect::Send(f) if f[0] == 1))
    else {
        panic!("{effects:?}")
    };
    let Ok(Message::Awareness(payload)) = Message::decode(frame) else { panic!("presence") };
    assert_eq!(
        presence_entries(&payload).unwrap(),
        [PresenceEntry { client_id: 99, clock: 1, state: r#"{"cursor":null}"# }]
    );
}

#[test]
fn w7_what_a_newer_server_says_is_passed_over() {
    let mut page = Page::online();
    for frame in [&[100u8, 1, 2][..], &[66, 1, 99], &[68, 9]] {
        assert_eq!(page.give(ClientInput::Frame(Bytes::copy_from_slice(frame))), []);
    }
    assert_eq!(page.sync.line(), Line::Online);
    assert!(
        has(&page.give(ClientInput::Frame(Bytes::from_static(&[0, 2, 9]))), &ClientEffect::Disconnect),
        "nonsense is not"
    );
}

#[test]
fn x1_x2_x3_x4_close_codes_say_whether_to_come_back() {
    for code in CloseCode::ALL {
        let mut page = Page::online();
        page.types(b"one");
        let effects = page.close(code.code());
        let (line, aside) = match code {
            CloseCode::Restarting | CloseCode::TooSlow | CloseCode::EpochChanged | CloseCode::RoomClosed => {
                (Line::Offline, false)
            }
            CloseCode::SessionEnded => (Line::Stopped(StopReason::SessionEnded), false),
            CloseCode::NoRight => (Line::Stopped(StopReason::NoRight), true),
            CloseCode::Malformed => (Line::Stopped(StopReason::Protocol), true),
        };
        assert_eq!(page.sync.line(), line, "{code:?}");
        assert_eq!(effects.iter().any(|e| matches!(e, ClientEffect::SetAside(_))), aside, "{code:?}");
        assert_eq!(page.sync.saving().in_tab, 1, "{code:?}: the edit is where it was");
        let back = page.give(ClientInput::SignedIn);
        assert_eq!(has(&back, &ClientEffect::Connect), *code == CloseCode::SessionEnded, "X2: {code:?}");
    }
}

#[test]
fn x3_a_right_that_is_back_opens_the_line_again_unless_something_is_a_draft_by_now() {
    for code in CloseCode::ALL {
        let mut page = Page::online();
        page.close(code.code());
        let back = page.give(ClientInput::RightIsBack);
        assert_eq!(has(&back, &ClientEffect::Connect), *code == CloseCode::NoRight, "{code:?}");
    }
    let mut page = Page::online();
    page.types(b"one");
    page.close(CloseCode::NoRight.code());
    assert_eq!(page.give(ClientInput::RightIsBack), []);
}

#[test]
fn what_the_server_says_of_rights_and_trouble_is_shown() {
    let mut page = Page::online();
    page.hear(Message::Trouble(Trouble::StorageFull));
    assert_eq!(page.sync.saving().trouble, Some(Trouble::StorageFull));
    page.hear(Message::TroubleOver);
    assert_eq!(page.sync.saving().trouble, None);
    assert_eq!(page.hear(Message::Right(Right::View)), [ClientEffect::Show]);
    assert_eq!(page.sync.right(), Some(Right::View));
}

#[test]
fn a_copy_that_cannot_take_an_update_stops_instead_of_going_on_with_a_gap() {
    let mut page = Page::online();
    page.types(b"one");
    let effects = page.hear(Message::Update(Bytes::from_static(b"nonsense")));
    assert!(has(&effects, &ClientEffect::SetAside(StopReason::Protocol)));
}
