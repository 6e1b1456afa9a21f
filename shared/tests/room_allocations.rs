//! A letter costs the room the same memory for ten readers and for five hundred: it is encoded once and shared.

use bytes::Bytes;
use shared::access::Right;
use shared::api::PersonCard;
use shared::document::new_doc;
use shared::sync::Millis;
use shared::sync::room::{Dialect, Join, ParticipantId, Room, RoomEffect, RoomInput, RoomSeed};
use shared::wire::Message;
use shared::words::{Seq, Title, Tone, UserId};
use yrs::{Text, Transact};

const LETTERS: usize = 50;

/// One letter after the other, each the frame of an update.
fn letters() -> Vec<Bytes> {
    let doc = new_doc(1_000_001);
    let text = doc.get_or_insert_text("text");
    let typed = |at: usize| {
        let mut txn = doc.transact_mut();
        text.insert(&mut txn, at as u32, "备");
        Message::Update(txn.encode_update_v1().into()).encode()
    };
    (0..LETTERS).map(typed).collect()
}

/// A room with a writer, whose client id is bound, and so many readers.
fn room_with(readers: u64) -> Room {
    let ann: UserId = "ann".parse().unwrap();
    let seed = RoomSeed {
        document: "plan".parse().unwrap(),
        epoch: "first".parse().unwrap(),
        snapshot: None,
        updates: Vec::new(),
        last: Seq(1),
        authors: vec![(1_000_001, ann.clone())],
    };
    let mut room = Room::open(seed).unwrap();
    for who in 1..=readers + 1 {
        let person = PersonCard { tone: Tone::of(&ann), name: "Ann".into(), id: ann.clone(), school: None };
        let (title, client_id) = (Title::new("plan").unwrap(), 1_000_000 + who);
        let who = ParticipantId(who);
        let join = Join { who, person, dialect: Dialect::Gongbei, right: Right::Edit, title, client_id };
        room.handle(Millis(0), RoomInput::Join(join));
        room.handle(Millis(0), RoomInput::Drained { who, frames: u32::MAX, bytes: usize::MAX });
    }
    room
}

/// Allocations for all letters, and how often one of them was handed on.
fn typed_before(readers: u64) -> (u64, usize) {
    let (mut room, letters) = (room_with(readers), letters());
    let mut deliveries = 0;
    let allocated = allocation_counter::measure(|| {
        for frame in &letters {
            let effects = room.handle(Millis(1), RoomInput::Frame { from: ParticipantId(1), frame: frame.clone() });
            for effect in effects {
                match effect {
                    RoomEffect::SendAll { to, frame: handed_on } => {
                        assert_eq!(handed_on.as_ptr(), frame.as_ptr(), "E8: not even copied");
                        deliveries += to.len();
                    }
                    RoomEffect::Append(append) => {
                        room.handle(Millis(1), RoomInput::Stored { upto: append.seq });
                    }
                    effect => panic!("{effect:?}"),
                }
            }
        }
    });
    (allocated.count_total, deliveries)
}

#[test]
fn e8_a_letter_takes_as_many_allocations_for_ten_readers_as_for_five_hundred() {
    let (few, few_deliveries) = typed_before(10);
    let (many, many_deliveries) = typed_before(500);
    assert_eq!((few_deliveries, many_deliveries), (10 * LETTERS, 500 * LETTERS));
    assert_eq!(few, many, "allocations for {LETTERS} letters");
    assert!(many <= 36 * LETTERS as u64, "{many} allocations for {LETTERS} letters");
}
