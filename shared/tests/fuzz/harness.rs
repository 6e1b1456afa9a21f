//! What must hold of any bytes; each of these takes some and panics if it does not.

use std::sync::OnceLock;

use bytes::Bytes;
use shared::sync::admit::{Carrier, Inventory, Owner, admit};
use shared::wire::update::{Limits, Skeleton};
use shared::wire::{Message, presence_entries, presence_frame};

use super::arena::{ANN, Arena, HERS};
use super::attack::{self, KINDS};
use super::chance::Chance;
use super::corpus;

/// A name on the command line, and what it tries.
type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 4] = [("frame", frame), ("validator", validator), ("apply", apply), ("presence", presence)];

/// Frames that are read say the same when they are written and read again (W1 to W7).
pub fn frame(data: &[u8]) {
    let Ok(message) = Message::decode(&Bytes::copy_from_slice(data)) else { return };
    let written = message.encode();
    assert_eq!(Message::decode(&written).as_ref(), Ok(&message));
    match message {
        Message::Step2(update) | Message::Update(update) => {
            let Ok(skeleton) = Skeleton::read(&update, Limits::STORED) else { return };
            let written = skeleton.write();
            let again = Skeleton::read(&written, Limits::STORED).expect("what was read is written readably");
            assert_eq!(again.write(), written);
        }
        Message::Awareness(payload) => {
            let Ok(entries) = presence_entries(&payload) else { return };
            let written = presence_frame(entries.iter().copied());
            let Ok(Message::Awareness(again)) = Message::decode(&written) else {
                panic!("presence became another frame")
            };
            assert_eq!(presence_entries(&again).as_ref(), Ok(&entries));
        }
        _ => {}
    }
}

/// Admission alone: what it lets in, it lets in once more, and whole (E2 to E6, E11 to E14).
pub fn validator(data: &[u8]) {
    let Some((document, carrier, update)) = parted(data) else { return };
    let inventory = &grounds()[document].1;
    let owner = |client: u64| match client {
        client if HERS.contains(&client) => Owner::Sender,
        client if (ANN..ANN + 10).contains(&client) => Owner::SomebodyElse,
        _ => Owner::Nobody,
    };
    let Ok(admitted) = admit(&update, carrier, inventory, owner) else { return };
    assert!(admitted.update.len() <= update.len() || admitted.left_out || carrier == Carrier::Step2);
    let again = admit(&admitted.update, Carrier::Step2, inventory, owner).expect("what was admitted can enter");
    assert!(!again.left_out, "what was admitted enters whole");
    assert_eq!((again.advances, again.has_deletes), (admitted.advances, admitted.has_deletes));
}

/// Admission, yrs, the log and the snapshot: a refused frame changes nothing, an admitted one opens the same (E7, E9).
pub fn apply(data: &[u8]) {
    let Some((document, carrier, update)) = parted(data) else { return };
    let mut arena = Arena::new(grounds()[document].0.clone());
    let before = arena.encoded();
    let frame = match carrier {
        Carrier::Update => Message::Update(update).encode(),
        Carrier::Step2 => Message::Step2(update).encode(),
    };
    let verdict = arena.frame(frame);
    assert!(!verdict.broken, "yrs gives up");
    if verdict.admitted {
        assert_eq!(arena.reload(), None, "it reloads differently");
        arena.read();
    } else {
        assert!(arena.encoded() == before, "it is refused, and the document is another");
    }
}

/// Presence of anybody, in one frame or several, changes no document (P1 to P6).
pub fn presence(data: &[u8]) {
    let Some((&parts, data)) = data.split_first() else { return };
    let mut arena = Arena::new(grounds()[0].0.clone());
    let before = arena.encoded();
    for payload in data.chunks(data.len().div_ceil(usize::from(parts % 4) + 1).max(1)) {
        let verdict = arena.frame(Message::Awareness(Bytes::copy_from_slice(payload)).encode());
        assert!(!verdict.admitted && !verdict.broken);
    }
    assert!(arena.encoded() == before, "presence is no content");
}

/// An input to begin with: an attack of the hostile test in the form that `target` reads.
pub fn seed(target: &str, number: u64) -> Vec<u8> {
    let mut chance = Chance::new(number);
    let documents: Vec<_> = grounds().iter().map(|(document, _)| document.clone()).collect();
    let document = chance.within(0, grounds().len() as u64) as usize;
    let arena = Arena::new(grounds()[document].0.clone());
    // Those that are large by their number are the hostile test's.
    let kind = [0, 5, 9, 13, 18, 20, 22, 24, 24, 25, 25, 26, 26][chance.within(0, 13) as usize];
    debug_assert!(kind < KINDS.len());
    let frame = attack::frames(kind, &mut chance, &arena, &documents).swap_remove(0);
    let payload = match Message::decode(&frame) {
        _ if target == "frame" => return frame.to_vec(),
        Ok(Message::Update(payload) | Message::Step2(payload) | Message::Awareness(payload)) => payload,
        _ => frame,
    };
    [&[(document * 2) as u8 + (number % 2) as u8][..], &payload].concat()
}

/// The document that is meant, how the update comes, and the update.
fn parted(data: &[u8]) -> Option<(usize, Carrier, Bytes)> {
    let (&head, update) = data.split_first()?;
    let carrier = if head % 2 == 0 { Carrier::Update } else { Carrier::Step2 };
    Some((usize::from(head / 2) % grounds().len(), carrier, Bytes::copy_from_slice(update)))
}

/// Documents with what admission knows of them.
fn grounds() -> &'static [(Bytes, Inventory)] {
    static GROUNDS: OnceLock<Vec<(Bytes, Inventory)>> = OnceLock::new();
    GROUNDS.get_or_init(|| {
        let with_inventory = |document: Bytes| {
            let mut inventory = Inventory::default();
            inventory.take_stored(&document).expect("a real document");
            (document, inventory)
        };
        corpus::documents().into_iter().map(with_inventory).collect()
    })
}
