//! A room with an attacker in it who may edit, a colleague who looks on, and a disk that always works.

use std::time::Duration;

use bytes::Bytes;
use shared::access::Right;
use shared::api::PersonCard;
use shared::document::new_doc;
use shared::sync::Millis;
use shared::sync::room::{Dialect, Join, ParticipantId, Room, RoomEffect, RoomInput, RoomSeed};
use shared::wire::{Message, RefusedReason};
use shared::words::{Seq, Title, Tone, UserId};
use yrs::updates::decoder::Decode;
use yrs::{Doc, GetString, ReadTxn, StateVector, Transact, Update};

use super::said;

/// Client ids of the attacker; Ann has written the document under others.
pub const HERS: [u64; 4] = [500, 501, 502, 70_000];
pub const ANN: u64 = 7;

pub struct Arena {
    room: Room,
    stored: Bytes,
    /// What was appended since.
    log: Vec<Bytes>,
    mallory: u64,
    now: u64,
}

/// What the room made of one frame.
#[derive(Debug, Default)]
pub struct Verdict {
    pub refused: Option<RefusedReason>,
    pub closed: bool,
    /// yrs gave up halfway.
    pub broken: bool,
    pub admitted: bool,
}

impl Arena {
    pub fn new(stored: Bytes) -> Self {
        let room = open(stored.clone(), Vec::new());
        let mut arena = Self { room, stored, log: Vec::new(), mallory: 1, now: 1_000 };
        arena.join("ann", 0);
        arena.join("mallory", 1);
        arena
    }

    fn join(&mut self, name: &str, who: u64) {
        self.join_as(name, who, Dialect::Gongbei, Right::Edit);
    }

    fn join_as(&mut self, name: &str, who: u64, dialect: Dialect, right: Right) {
        let id: UserId = name.parse().expect("an id");
        let person = PersonCard { name: name.into(), tone: Tone::of(&id), id, school: None };
        let title = Title::new("plan").expect("a title");
        let who = ParticipantId(who);
        let join = Join { who, person, dialect, right, title, client_id: 900 + who.0 };
        self.input(RoomInput::Join(join));
    }

    /// The attacker comes again as a stock client, who may only look on.
    pub fn take_right(&mut self) {
        self.mallory += 1;
        self.join_as("mallory", self.mallory, Dialect::Stock, Right::View);
    }

    /// Hands a frame of the attacker in and stores what comes of it.
    pub fn frame(&mut self, frame: Bytes) -> Verdict {
        self.input(RoomInput::Frame { from: ParticipantId(self.mallory), frame })
    }

    fn input(&mut self, input: RoomInput) -> Verdict {
        let mut verdict = Verdict::default();
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            self.now += 1;
            for effect in self.room.handle(Millis(self.now), input) {
                match effect {
                    RoomEffect::Append(append) => {
                        verdict.admitted |= append.update.len() > 2;
                        self.log.push(append.update);
                        inputs.push(RoomInput::Stored { upto: append.seq });
                    }
                    RoomEffect::Close { who, .. } => {
                        verdict.closed = true;
                        inputs.push(RoomInput::Leave { who });
                    }
                    RoomEffect::Broken { .. } => verdict.broken = true,
                    RoomEffect::Send { to, frame } => {
                        if let Ok(Message::Refused(refused)) = Message::decode(&frame) {
                            verdict.refused = Some(refused.reason);
                        }
                        let bytes = frame.len();
                        inputs.push(RoomInput::Drained { who: to, frames: 1, bytes });
                    }
                    RoomEffect::SendAll { to, frame } => {
                        let bytes = frame.len();
                        inputs.extend(to.into_iter().map(|who| RoomInput::Drained { who, frames: 1, bytes }));
                    }
                    RoomEffect::Audit(_) => {}
                }
            }
        }
        if verdict.closed && self.mallory > 0 {
            self.mallory += 1;
            self.join("mallory", self.mallory);
        }
        verdict
    }

    /// The whole document, as a fresh client gets it.
    pub fn encoded(&self) -> Vec<u8> {
        self.room.read(|doc| doc.transact().encode_diff_v1(&StateVector::default()))
    }

    /// Clocks of who has written.
    pub fn clocks(&self) -> Vec<(u64, u32)> {
        let state_vector = self.room.read(|doc| doc.transact().state_vector());
        let mut clocks: Vec<_> = state_vector.iter().map(|(client, clock)| (client.get(), *clock)).collect();
        clocks.sort_unstable();
        clocks
    }

    pub fn has_grown(&self) -> bool {
        self.log.iter().map(Bytes::len).sum::<usize>() > 1 << 20
    }

    /// Opens what is stored anew in the two ways there are; says what is not the same.
    pub fn reload(&self) -> Option<String> {
        let here = self.room.read(said);
        let mut from_log = open(self.stored.clone(), self.log.clone());
        let log = from_log.read(said);
        let from_snapshot = open(self.encoded().into(), Vec::new()).read(said);
        let tell = |name: &str, other: &Said| here.differs(other).map(|what| format!("{name}: {what}"));
        // Ticks of a room that nobody is in must not hurt either.
        from_log.handle(Millis(self.now), RoomInput::Tick);
        tell("from the log", &log).or_else(|| tell("from a snapshot", &from_snapshot))
    }

    /// Reads the document as a page and as the exports do.
    pub fn read(&self) {
        let mut binding = shared::document::Binding::open(1, || 1);
        binding.apply_remote(&self.encoded()).expect("a client takes what the room has");
        let view = binding.view();
        shared::document::export::html(&view);
        shared::document::export::json(&view);
        shared::document::export::markdown(&Title::new("plan").expect("a title"), &view);
    }
}

fn open(stored: Bytes, updates: Vec<Bytes>) -> Room {
    let ann: UserId = "ann".parse().expect("an id");
    let mallory: UserId = "mallory".parse().expect("an id");
    let authors = HERS.iter().map(|client| (*client, mallory.clone()));
    let seed = RoomSeed {
        document: "plan".parse().expect("an id"),
        epoch: "first".parse().expect("an epoch"),
        snapshot: Some(stored),
        last: Seq(updates.len() as u64),
        updates,
        authors: authors.chain((0..10).map(|client| (ANN + client, ann.clone()))).collect(),
    };
    Room::open(seed).expect("what is stored opens")
}

/// Everything two replicas must agree on.
#[derive(PartialEq)]
struct Said {
    content: String,
    text: String,
    snapshot: yrs::Snapshot,
}

impl Said {
    fn differs(&self, other: &Said) -> Option<String> {
        let same = (self.content == other.content, self.text == other.text);
        let state = self.snapshot.state_map == other.snapshot.state_map;
        let deletes = self.snapshot.delete_set == other.snapshot.delete_set;
        (self != other).then(|| format!("content, text {same:?}, state {state}, deletes {deletes}"))
    }
}

fn said(doc: &Doc) -> Said {
    // In a copy: looking at a root gives it a type.
    let copy = new_doc(0);
    let everything = doc.transact().encode_diff_v1(&StateVector::default());
    let everything = Update::decode_v1(&everything).expect("yrs reads what it wrote");
    copy.transact_mut().apply_update(everything).expect("and takes it");
    let (content, text) = (copy.get_or_insert_xml_fragment("content"), copy.get_or_insert_text("text"));
    let snapshot = doc.transact().snapshot();
    let txn = copy.transact();
    let mut all = String::new();
    said::write_children(&txn, &content, &mut all);
    Said { content: all, text: text.get_string(&txn), snapshot }
}

/// How long this thread has really run.
pub fn busy() -> Option<Duration> {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    figures.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
