//! A room on a stage: who is in it, what they hear, a store that does as it is told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use shared::access::Right;
use shared::api::{PersonCard, SchoolCard};
use shared::document::{CONTENT, new_doc};
use shared::sync::Millis;
use shared::sync::room::{
    Append, Dialect, Join, ParticipantId, REPORT_BYTES, REPORT_FRAMES, Room, RoomEffect, RoomInput, RoomSeed, Snapshot,
};
use shared::wire::{CloseCode, Message, PresenceEntry, Refused, RefusedReason, presence_entries, presence_frame};
use shared::words::{Seq, Title, Tone};
use yrs::updates::decoder::Decode;
use yrs::{Array, Doc, GetString, ReadTxn, StateVector, Text, Transact, Update};

pub fn hex(digits: &str) -> Bytes {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hex")).collect()
}

pub fn title(text: &str) -> Title {
    Title::new(text).expect("a title")
}

pub fn refused(frame: u64, reason: RefusedReason) -> Message {
    Message::Refused(Refused { frame, reason })
}

pub fn person(id: &str) -> PersonCard {
    let id: shared::words::UserId = id.parse().expect("an id");
    let school =
        SchoolCard { id: "bg".parse().expect("an id"), name: "北关小学".into(), seal: "北".into(), lead: false };
    PersonCard { name: id.to_string(), tone: Tone::of(&id), id, school: Some(school) }
}

/// Somebody's copy of the document.
pub struct Page(Doc);

impl Page {
    pub fn new(client_id: u64) -> Self {
        Self(new_doc(client_id))
    }

    /// At the end of Text `text`.
    pub fn types(&mut self, words: &str) -> Bytes {
        let text = self.0.get_or_insert_text("text");
        let mut txn = self.0.transact_mut();
        text.push(&mut txn, words);
        txn.encode_update_v1().into()
    }

    pub fn deletes_last(&mut self) -> Bytes {
        let text = self.0.get_or_insert_text("text");
        let mut txn = self.0.transact_mut();
        let last = text.len(&txn) - 1;
        text.remove_range(&mut txn, last, 1);
        txn.encode_update_v1().into()
    }

    pub fn deletes_all(&mut self) -> Bytes {
        let text = self.0.get_or_insert_text("text");
        let mut txn = self.0.transact_mut();
        let len = text.len(&txn);
        text.remove_range(&mut txn, 0, len);
        txn.encode_update_v1().into()
    }

    /// At the start of `content`, as an array: builds on nothing of others while it is empty.
    pub fn writes_list(&mut self, item: &str) -> Bytes {
        let list = self.0.get_or_insert_array(CONTENT);
        let mut txn = self.0.transact_mut();
        list.push_back(&mut txn, item);
        txn.encode_update_v1().into()
    }

    pub fn takes(&mut self, update: &[u8]) {
        let update = Update::decode_v1(update).expect("a well-formed update");
        self.0.transact_mut().apply_update(update).expect("an update that fits");
    }

    pub fn text(&self) -> String {
        let text = self.0.get_or_insert_text("text");
        text.get_string(&self.0.transact())
    }

    pub fn list(&self) -> Vec<String> {
        let list = self.0.get_or_insert_array(CONTENT);
        let txn = self.0.transact();
        list.iter(&txn).map(|item| item.to_string(&txn)).collect()
    }

    pub fn state_vector(&self) -> Bytes {
        use yrs::updates::encoder::Encode;
        self.0.transact().state_vector().encode_v1().into()
    }

    pub fn everything(&self) -> Bytes {
        self.0.transact().encode_diff_v1(&StateVector::default()).into()
    }

    pub fn difference(&self, state_vector: &Bytes) -> Bytes {
        let theirs = StateVector::decode_v1(state_vector).expect("a state vector");
        self.0.transact().encode_diff_v1(&theirs).into()
    }
}

pub struct Scene {
    pub room: Room,
    pub now: u64,
    pub rights: BTreeMap<String, Right>,
    /// Everything that went to the store, repetitions too.
    pub appends: Vec<Append>,
    pub closed: Vec<(u64, CloseCode)>,
    pub audits: usize,
    queues: BTreeMap<u64, VecDeque<Bytes>>,
    /// Those who read only when told to, with what they have not reported.
    slow: BTreeSet<u64>,
    unreported: (u32, usize),
}

impl Scene {
    pub fn new() -> Self {
        let seed = RoomSeed {
            document: "plan".parse().expect("an id"),
            epoch: "first".parse().expect("an epoch"),
            snapshot: None,
            updates: Vec::new(),
            last: Seq(0),
            authors: Vec::new(),
        };
        Self {
            room: Room::open(seed).expect("an empty document opens"),
            now: 1_000,
            rights: BTreeMap::new(),
            appends: Vec::new(),
            closed: Vec::new(),
            audits: 0,
            queues: BTreeMap::new(),
            slow: BTreeSet::new(),
            unreported: (0, 0),
        }
    }

    /// Ann is participant 1; what her page of client 7 holds is stored.
    pub fn where_ann_wrote(words: &str) -> (Self, Page) {
        let (mut scene, mut ann) = (Self::new(), Page::new(7));
        scene.join(1, "ann");
        scene.update(1, ann.types(words));
        scene.store();
        (scene, ann)
    }

    /// Hands an input in and performs the effects, which are given back too.
    /// The same document in a room that nobody may edit in.
    pub fn sealed(self) -> Self {
        let Snapshot { upto, update, .. } = self.snapshot();
        let seed = RoomSeed {
            document: self.room.document().clone(),
            epoch: "e1".parse().expect("an epoch"),
            snapshot: Some(update),
            updates: Vec::new(),
            last: upto,
            authors: Vec::new(),
        };
        Self { room: Room::open(seed).expect("a snapshot opens").sealed(), ..Self::new() }
    }

    pub fn input(&mut self, input: RoomInput) -> Vec<RoomEffect> {
        let effects = self.room.handle(Millis(self.now), input);
        for effect in &effects {
            match effect {
                RoomEffect::Send { to, frame } => self.deliver(*to, frame),
                RoomEffect::SendAll { to, frame } => to.iter().for_each(|to| self.deliver(*to, frame)),
                RoomEffect::Append(append) => self.appends.push(append.clone()),
                RoomEffect::Close { who, code, reason: _ } => self.closed.push((who.0, *code)),
                RoomEffect::Audit(_) => self.audits += 1,
                RoomEffect::Broken { .. } => {}
            }
        }
        effects
    }

    fn deliver(&mut self, to: ParticipantId, frame: &Bytes) {
        self.queues.entry(to.0).or_default().push_back(frame.clone());
    }

    pub fn join(&mut self, who: u64, name: &str) {
        self.join_as(who, name, Dialect::Gongbei);
    }

    pub fn join_stock(&mut self, who: u64, name: &str) {
        self.join_as(who, name, Dialect::Stock);
    }

    fn join_as(&mut self, who: u64, name: &str, dialect: Dialect) {
        let right = self.rights.get(name).copied().unwrap_or(Right::Edit);
        let title = title("plan");
        let join =
            Join { who: ParticipantId(who), person: person(name), dialect, right, title, client_id: 1_000 + who };
        self.input(RoomInput::Join(join));
    }

    pub fn say(&mut self, who: u64, message: Message) {
        self.raw(who, message.encode());
    }

    pub fn update(&mut self, who: u64, update: Bytes) {
        self.say(who, Message::Update(update));
    }

    pub fn raw(&mut self, who: u64, frame: Bytes) {
        self.input(RoomInput::Frame { from: ParticipantId(who), frame });
    }

    pub fn presence(&mut self, who: u64, client_id: u64, clock: u32, state: &str) {
        self.presence_all(who, &[(client_id, clock, state)]);
    }

    pub fn presence_all(&mut self, who: u64, entries: &[(u64, u32, &str)]) {
        let entries = entries.iter().map(|(client_id, clock, state)| PresenceEntry {
            client_id: *client_id,
            clock: *clock,
            state,
        });
        self.raw(who, presence_frame(entries));
    }

    pub fn right(&mut self, name: &str, right: Option<Right>) {
        self.input(RoomInput::RightChanged { person: person(name).id, right });
    }

    /// Commits everything, also what comes of committing.
    pub fn store(&mut self) {
        let mut upto = 0;
        while let Some(last) = self.appends.last().map(|append| append.seq.0).filter(|last| *last > upto) {
            upto = last;
            self.stored(last);
        }
        for who in self.queues.keys().copied().collect::<Vec<_>>() {
            self.report(who);
        }
    }

    pub fn stored(&mut self, upto: u64) {
        self.input(RoomInput::Stored { upto: Seq(upto) });
    }

    pub fn wait(&mut self, millis: u64) {
        self.wait_until(Millis(self.now + millis));
    }

    /// Ticks as asked for on the way.
    pub fn wait_until(&mut self, until: Millis) {
        while let Some(due) = self.room.next_tick().filter(|due| *due <= until) {
            self.now = self.now.max(due.0);
            self.input(RoomInput::Tick);
        }
        self.now = self.now.max(until.0);
    }

    /// What they have heard since they were last asked.
    pub fn heard(&mut self, who: u64) -> Vec<Message> {
        let frames: Vec<_> = self.queues.entry(who).or_default().drain(..).collect();
        let bytes = frames.iter().map(Bytes::len).sum();
        self.input(RoomInput::Drained { who: ParticipantId(who), frames: frames.len() as u32, bytes });
        frames.iter().map(|frame| Message::decode(frame).expect("the room speaks clearly")).collect()
    }

    /// Presence they have heard of since they were last asked.
    pub fn entries(&mut self, who: u64) -> Vec<(u64, u32, String)> {
        let mut all = Vec::new();
        for message in self.heard(who) {
            if let Message::Awareness(payload) = message {
                let entries = presence_entries(&payload).expect("the room speaks clearly");
                all.extend(entries.iter().map(|e| (e.client_id, e.clock, e.state.to_owned())));
            }
        }
        all
    }

    pub fn never_reads(&mut self, who: u64) {
        self.heard(who);
        self.slow.insert(who);
    }

    pub fn queue(&self, who: u64) -> (usize, usize) {
        let queue = &self.queues[&who];
        (queue.len(), queue.iter().map(Bytes::len).sum())
    }

    /// One frame, reported as late as allowed.
    pub fn read(&mut self, who: u64) -> Option<Message> {
        let frame = self.queues.get_mut(&who)?.pop_front()?;
        self.unreported.0 += 1;
        self.unreported.1 += frame.len();
        let (frames, bytes) = self.unreported;
        if frames >= REPORT_FRAMES || bytes >= REPORT_BYTES {
            self.unreported = (0, 0);
            self.input(RoomInput::Drained { who: ParticipantId(who), frames, bytes });
        }
        Some(Message::decode(&frame).expect("the room speaks clearly"))
    }

    /// Quick readers have everything off the server's hands; they still have it to look at.
    fn report(&mut self, who: u64) {
        if !self.slow.contains(&who) {
            self.input(RoomInput::Drained { who: ParticipantId(who), frames: u32::MAX, bytes: usize::MAX });
        }
    }

    pub fn snapshot(&self) -> Snapshot {
        self.room.snapshot().expect("everything is stored")
    }

    fn page(&self) -> Page {
        let mut page = Page::new(0);
        page.takes(&self.room.read(|doc| doc.transact().encode_diff_v1(&StateVector::default())));
        page
    }

    pub fn text(&self) -> String {
        self.page().text()
    }

    pub fn list(&self) -> Vec<String> {
        self.page().list()
    }
}
