//! V: what is drawn at this moment, and what the server has to tell.

use std::collections::BTreeSet;

use bytes::Bytes;
use shared::access::Right;
use shared::board::glance::{self, View};
use shared::board::{Board, Body, Colour, Element, ElementId, PageId, Place, Rect};
use shared::sync::room::RoomInput;
use shared::wire::{CloseCode, MAX_LIVE, Message, live_entries};

use crate::scene::{Page, Scene, person};

/// What somebody hears that was drawn, with the ids of those who drew it.
fn drawn(scene: &mut Scene, who: u64) -> Vec<(u64, Bytes)> {
    let heard = scene.heard(who).into_iter();
    let live = heard.filter_map(|message| match message {
        Message::Live(payload) => Some(live_entries(&payload).expect("the room wrote it")),
        _ => None,
    });
    live.flatten().collect()
}

/// So many people, each with presence 1001 and so on.
fn full(people: u64) -> Scene {
    let mut scene = Scene::new();
    for who in 1..=people {
        scene.join(who, &format!("person-{who}"));
        scene.presence(who, 1_000 + who, 1, "{}");
    }
    scene.wait(5_000);
    (1..=people).for_each(|who| drop(scene.heard(who)));
    scene
}

fn draws(scene: &mut Scene, who: u64, message: &'static [u8]) {
    scene.say(who, Message::Live(Bytes::from_static(message)));
}

#[test]
fn v1_what_is_drawn_is_with_the_others_at_once_under_the_name_of_who_drew_it() {
    let mut scene = full(3);
    draws(&mut scene, 1, b"a line");
    assert_eq!(drawn(&mut scene, 2), [(1_001, Bytes::from_static(b"a line"))]);
    assert_eq!(drawn(&mut scene, 3), [(1_001, Bytes::from_static(b"a line"))]);
    assert_eq!(drawn(&mut scene, 1), [], "nobody hears themselves");
    assert!(scene.appends.is_empty(), "nothing of it is stored");
}

#[test]
fn v1_who_has_no_pen_or_is_not_here_by_name_is_not_heard() {
    let mut scene = Scene::new();
    scene.rights.insert("bob".to_owned(), Right::Suggest);
    scene.join(1, "ann");
    scene.join(2, "bob");
    scene.presence(2, 1_002, 1, "{}");
    draws(&mut scene, 1, b"nobody knows who");
    draws(&mut scene, 2, b"no pen");
    assert_eq!((drawn(&mut scene, 1), drawn(&mut scene, 2)), (vec![], vec![]));
    scene.right("bob", Some(Right::Edit));
    draws(&mut scene, 2, b"a pen");
    assert_eq!(drawn(&mut scene, 1), [(1_002, Bytes::from_static(b"a pen"))]);
    scene.right("bob", Some(Right::View));
    draws(&mut scene, 2, b"taken away");
    assert_eq!(drawn(&mut scene, 1), []);
}

#[test]
fn v2_among_many_messages_wait_for_one_another() {
    let mut scene = full(80);
    for _ in 0..25 {
        for who in 1..=3 {
            draws(&mut scene, who, b"x");
        }
        scene.wait(4);
    }
    scene.wait(100);
    let heard = scene.heard(80);
    let frames = heard.iter().filter(|message| matches!(message, Message::Live(_))).count();
    // 20 ms for eighty people, over 100 ms; the first goes by itself.
    assert!((4..=8).contains(&frames), "{frames}");
    let messages = heard.iter().filter_map(|message| match message {
        Message::Live(payload) => Some(live_entries(payload).unwrap().len()),
        _ => None,
    });
    assert_eq!(messages.sum::<usize>(), 75, "none of them is lost");
}

#[test]
fn v3_a_flood_is_let_go_and_then_its_sender() {
    let mut scene = full(2);
    let mut heard = 0;
    for _ in 0..1_000 {
        draws(&mut scene, 1, b"flood");
        heard += drawn(&mut scene, 2).len();
    }
    assert!((100..=140).contains(&heard), "{heard}");
    assert!(scene.closed.is_empty());
    scene.wait(1_000);
    draws(&mut scene, 1, b"a second later");
    assert_eq!(drawn(&mut scene, 2).len(), 1);
    for _ in 0..2_200 {
        draws(&mut scene, 1, b"flood");
    }
    assert_eq!(scene.closed, [(1, CloseCode::Malformed)]);

    let mut scene = full(2);
    scene.say(1, Message::Live(vec![0; MAX_LIVE + 1].into()));
    assert_eq!(scene.closed, [(1, CloseCode::Malformed)]);
}

#[test]
fn v3_who_does_not_read_misses_it_and_is_not_behind() {
    let mut scene = full(2);
    scene.never_reads(2);
    for _ in 0..40 {
        for _ in 0..10 {
            draws(&mut scene, 1, b"on and on");
        }
        scene.wait(500);
    }
    let mut heard = 0;
    while let Some(message) = scene.read(2) {
        assert!(!matches!(message, Message::Step2(_)), "nothing of the document was missed");
        heard += usize::from(matches!(message, Message::Live(_)));
    }
    assert!((40..=80).contains(&heard), "{heard}");
}

#[test]
fn v4_what_the_server_tells_comes_to_whom_it_is_for_and_is_not_missed() {
    let mut scene = full(2);
    let told = |text: &'static str| Message::Told(Bytes::from_static(text.as_bytes()));
    let tell = |scene: &mut Scene, text: &'static str, to: Option<BTreeSet<_>>| {
        scene.input(RoomInput::Told { payload: Bytes::from_static(text.as_bytes()), to });
    };
    tell(&mut scene, "{\"hands\":1}", None);
    tell(&mut scene, "{\"yours\":1}", Some(BTreeSet::from([person("person-2").id])));
    assert_eq!(scene.heard(1), [told("{\"hands\":1}")]);
    assert_eq!(scene.heard(2), [told("{\"hands\":1}"), told("{\"yours\":1}")]);

    // Who was behind hears that something was told.
    let mut ann = Page::new(7);
    scene.never_reads(2);
    for _ in 0..300 {
        scene.update(1, ann.types("x"));
    }
    scene.store();
    tell(&mut scene, "{\"hands\":2}", None);
    let mut last = None;
    while let Some(message) = scene.read(2) {
        last = Some(message);
    }
    assert_eq!(last, Some(Message::Told(Bytes::new())));
    // Only servers tell.
    scene.say(1, told("{}"));
    assert_eq!(scene.closed, [(1, CloseCode::Malformed)]);
}

#[test]
fn j7_what_one_looks_at_comes_before_a_long_board_and_once_a_connection() {
    let view = View { page: PageId::FIRST, rect: Rect { left: 0.0, top: 0.0, right: 500.0, bottom: 500.0 } };
    let look = || Message::Look(view.encode().into());
    let mut board = Board::open(7);
    let mut scene = Scene::new();
    scene.join(1, "ann");
    let mut draw = |scene: &mut Scene, numbers: std::ops::Range<u64>| {
        let note = |number: u64| {
            let body = Body::Note { text: "四分之一".repeat(100), colour: Colour::Green, size: (90.0, 90.0) };
            Element::new(ElementId::new(number), PageId::FIRST, Place::at(0.0, 0.0, number as u32), body)
        };
        let update = board.put(&numbers.map(note).collect::<Vec<_>>()).update;
        scene.update(1, update.into());
        scene.store();
    };
    draw(&mut scene, 0..2);
    scene.join(2, "bob");
    scene.heard(2);
    scene.say(2, look());
    assert_eq!(scene.heard(2), [], "all of a short one is there as soon");

    draw(&mut scene, 2..90);
    scene.heard(2);
    scene.say(2, look());
    let [Message::Glance(seen)] = &scene.heard(2)[..] else { panic!("he looks for the first time") };
    assert!(!glance::read(seen).unwrap().elements.is_empty());
    scene.say(2, look());
    assert_eq!(scene.heard(2), []);
    scene.say(2, Message::Look(Bytes::from_static(b"nowhere")));
    assert_eq!(scene.closed, [(2, CloseCode::Malformed)]);
}
