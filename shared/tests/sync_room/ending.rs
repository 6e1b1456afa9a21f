//! X and the life of a room: who is sent away, when it is idle, how it opens again.

use shared::sync::room::{ParticipantId, Room, RoomInput, RoomSeed};
use shared::wire::CloseCode;

use crate::scene::{Page, Scene, person};

#[test]
fn x1_when_the_server_stops_everybody_is_sent_away_to_come_back() {
    let mut scene = Scene::new();
    scene.join(1, "ann");
    scene.join_stock(2, "bob");
    scene.input(RoomInput::Stop);
    assert_eq!(scene.closed, [(1, CloseCode::Restarting), (2, CloseCode::Restarting)]);
}

#[test]
fn a_room_can_move_to_another_thread() {
    fn moves<T: Send>() {}
    moves::<Room>();
}

#[test]
fn a_room_opens_as_it_was_and_is_idle_when_all_have_left_and_all_is_stored() {
    let mut scene = Scene::new();
    let mut ann = Page::new(7);
    scene.join(1, "ann");
    for word in ["一", "二", "三"] {
        scene.update(1, ann.types(word));
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
