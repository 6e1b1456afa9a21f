//! What the room costs, without sockets and disk: `cargo bench -p shared --bench room`.
//!
//! Prints figures and promises none: how long one edit takes with few and with many others in the room, how long a
//! long history takes in, and how long a fresh client's answer takes to encode.

use std::time::Instant;

use bytes::Bytes;
use shared::access::Right;
use shared::api::PersonCard;
use shared::document::new_doc;
use shared::sync::Millis;
use shared::sync::room::{Dialect, Join, ParticipantId, Room, RoomEffect, RoomInput, RoomSeed};
use shared::wire::Message;
use shared::words::{Seq, Title, Tone, UserId};
use yrs::{Text, Transact};

const KEYS: usize = 20_000;

fn main() {
    for others in [0, 10, 100, 500] {
        let mut stage = Stage::with(others);
        let frames = typed(KEYS);
        let begun = Instant::now();
        let mut delivered = 0;
        for frame in frames {
            delivered += stage.edit(frame);
        }
        let each = begun.elapsed() / KEYS as u32;
        println!("one edit, {others:3} others: {each:>10.2?}  ({delivered} deliveries)");
    }
    let mut stage = Stage::with(0);
    for frame in typed(100_000) {
        stage.edit(frame);
    }
    stage.join(9_999);
    for name in ["fresh client, first", "fresh client, again"] {
        let begun = Instant::now();
        let ask = Message::Step1(Bytes::from_static(&[0])).encode();
        stage.room.handle(Millis(1), RoomInput::Frame { from: ParticipantId(9_999), frame: ask });
        println!("{name} of 100,000 characters: {:?}", begun.elapsed());
        stage.report();
    }
}

/// So many letters one by one, each the frame of an update.
fn typed(keys: usize) -> Vec<Bytes> {
    let doc = new_doc(7);
    let text = doc.get_or_insert_text("text");
    let mut frames = Vec::with_capacity(keys);
    for at in 0..keys {
        let mut txn = doc.transact_mut();
        // Here and there, as people do: a letter after the last one, now and then at the start of a line.
        let place = if at % 40 == 0 { 0 } else { at % 40 };
        text.insert(&mut txn, place as u32, "备");
        frames.push(Message::Update(txn.encode_update_v1().into()).encode());
    }
    frames
}

struct Stage {
    room: Room,
    others: usize,
    sent: u32,
    /// What waits for the sockets, all of them together.
    queued: Vec<Bytes>,
}

impl Stage {
    fn with(others: usize) -> Self {
        let seed = RoomSeed {
            document: "plan".parse().expect("an id"),
            epoch: "first".parse().expect("an epoch"),
            snapshot: None,
            updates: Vec::new(),
            last: Seq(0),
            authors: Vec::new(),
        };
        let room = Room::open(seed).expect("an empty document opens");
        let mut stage = Self { room, others, sent: 0, queued: Vec::new() };
        (1..=others as u64 + 1).for_each(|who| stage.join(who));
        stage
    }

    fn join(&mut self, who: u64) {
        let id: UserId = "ann".parse().expect("an id");
        let person = PersonCard { tone: Tone::of(&id), name: "Ann".into(), id, school: None };
        let who = ParticipantId(who);
        let title = Title::new("plan").expect("a title");
        let join =
            Join { who, person, dialect: Dialect::Gongbei, right: Right::Edit, title, client_id: 1_000_000 + who.0 };
        self.room.handle(Millis(0), RoomInput::Join(join));
    }

    /// Takes a frame from the first participant, commits at once, and lets everybody read.
    fn edit(&mut self, frame: Bytes) -> usize {
        let effects = self.room.handle(Millis(0), RoomInput::Frame { from: ParticipantId(1), frame });
        let delivered = self.perform(effects);
        self.sent += 1;
        if self.sent >= 60 {
            self.report();
        }
        delivered
    }

    fn perform(&mut self, effects: Vec<RoomEffect>) -> usize {
        let mut delivered = 0;
        for effect in effects {
            match effect {
                RoomEffect::SendAll { to, frame } => {
                    delivered += to.len();
                    self.queued.extend(to.iter().map(|_| frame.clone()));
                }
                RoomEffect::Append(append) => {
                    let after = self.room.handle(Millis(0), RoomInput::Stored { upto: append.seq });
                    delivered += self.perform(after);
                }
                RoomEffect::Send { .. } => {}
                RoomEffect::Close { .. } | RoomEffect::Audit(_) | RoomEffect::Broken { .. } => panic!("{effect:?}"),
            }
        }
        delivered
    }

    fn report(&mut self) {
        self.sent = 0;
        self.queued.clear();
        for who in (1..=self.others as u64 + 1).chain([9_999]) {
            let drained = RoomInput::Drained { who: ParticipantId(who), frames: u32::MAX, bytes: usize::MAX };
            self.room.handle(Millis(0), drained);
        }
    }
}
