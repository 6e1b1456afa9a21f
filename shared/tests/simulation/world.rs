use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use shared::access::Right;
use shared::api::PersonCard;
use shared::sync::Millis;
use shared::sync::client::{ClientEffect, ClientInput, ClientSeed, ClientSync, Line, Moment, Replica, StopReason};
use shared::sync::room::{Dialect, Join, ParticipantId, REPORT_BYTES, REPORT_FRAMES, Room, RoomEffect, RoomInput};
use shared::wire::update::{Limits, Skeleton};
use shared::wire::{CloseCode, Message, RefusedReason, Trouble};
use shared::words::{Tone, UnixMillis, UserId};

use super::chance::Chance;
use super::replica::Copy;
use super::store::{Outcome, Store};

/// A person's browser on one device.
struct Device {
    person: UserId,
    page: Option<Page>,
    /// Per page load and number, as IndexedDB would keep them.
    kept: BTreeMap<(u64, u64), Bytes>,
    epoch: Option<shared::words::Epoch>,
    loads: u64,
    asleep_until: u64,
}

struct Page {
    load: u64,
    sync: ClientSync,
    /// `None` until the welcome, when the page waits for its client id.
    copy: Option<Copy>,
    line: Option<u64>,
    /// The clock of the page's client id after each numbered update.
    clocks: Vec<u32>,
    /// Kept by earlier loads when this one began.
    earlier: BTreeSet<(u64, u64)>,
    unkept_sent: bool,
}

/// One connection, both directions; frames keep their order.
struct Connection {
    device: usize,
    load: u64,
    up: VecDeque<Bytes>,
    up_scheduled: bool,
    down: VecDeque<Bytes>,
    down_bytes: usize,
    /// The largest frame that waited.
    largest: usize,
    down_scheduled: bool,
    /// Milliseconds a frame takes to be read.
    slowness: u64,
    unreported: (u32, usize),
    /// The client has seen it open.
    open: bool,
    /// Nothing passes any more, and neither side knows yet.
    cut: bool,
    client_gone: bool,
    server_gone: bool,
    /// Closed by the room once what is queued is read.
    closing: Option<CloseCode>,
}

#[derive(Debug)]
enum Event {
    Act(usize),
    PageTick(usize),
    Join(u64),
    Opened(u64),
    Up(u64),
    Down(u64),
    ClosedAtClient(u64, u16),
    LeftAtServer(u64),
    Kept { device: usize, load: u64, n: u64 },
    Commit,
    RoomTick,
    Restart,
    Fault,
}

pub struct World {
    seed: u64,
    now: u64,
    ties: u64,
    events: BTreeMap<(u64, u64), Event>,
    chance: Chance,
    devices: Vec<Device>,
    connections: BTreeMap<u64, Connection>,
    next_connection: u64,
    room: Option<Room>,
    rights: BTreeMap<UserId, Option<Right>>,
    store: Store,
    commit_scheduled: bool,
    /// Faults happen until here.
    storm_until: u64,
    revoked_anybody: bool,
    lost_in_tab: bool,
    pub stats: Stats,
}

#[derive(Debug, Default, Clone, Copy)]
pub struct Stats {
    pub edits: u64,
    pub frames: u64,
    pub crashes: u64,
    pub cuts: u64,
    pub store_failures: u64,
    pub slow_closed: u64,
    pub refused: u64,
    pub set_aside: u64,
    pub saved: u64,
    pub healed_after: u64,
}

impl Stats {
    pub fn add(&mut self, other: Stats) {
        self.edits += other.edits;
        self.frames += other.frames;
        self.crashes += other.crashes;
        self.cuts += other.cuts;
        self.store_failures += other.store_failures;
        self.slow_closed += other.slow_closed;
        self.refused += other.refused;
        self.set_aside += other.set_aside;
        self.saved += other.saved;
        self.healed_after = self.healed_after.max(other.healed_after);
    }
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let count = chance.within(2, 9) as usize;
        // Some people sit at two devices.
        let devices: Vec<_> = (0..count)
            .map(|at| Device {
                person: format!("teacher-{}", if chance.one_in(4) { at / 2 } else { at }).parse().expect("an id"),
                page: None,
                kept: BTreeMap::new(),
                epoch: None,
                loads: 0,
                asleep_until: 0,
            })
            .collect();
        let rights = devices.iter().map(|device| (device.person.clone(), Some(Right::Edit))).collect();
        let mut world = Self {
            seed,
            now: 0,
            ties: 0,
            events: BTreeMap::new(),
            storm_until: chance.within(5_000, 60_000),
            chance,
            devices,
            connections: BTreeMap::new(),
            next_connection: 1,
            room: None,
            rights,
            store: Store::default(),
            commit_scheduled: false,
            revoked_anybody: false,
            lost_in_tab: false,
            stats: Stats::default(),
        };
        world.room = Some(Room::open(world.store.seed(0)).expect("an empty document opens"));
        for device in 0..count {
            let at = world.chance.within(0, 2_000);
            world.schedule(at, Event::Act(device));
            world.schedule(at, Event::PageTick(device));
        }
        world.schedule(100, Event::RoomTick);
        world.schedule(500, Event::Fault);
        world
    }

    /// Runs the storm, then waits for calm and checks what must hold.
    pub fn run(mut self) -> Stats {
        while self.now < self.storm_until {
            self.step();
        }
        self.heal();
        let deadline = self.now + 3_600_000;
        let mut calm_since = None;
        while calm_since.is_none_or(|since| self.now < since + 20_000) {
            assert!(self.now < deadline, "{}: no calm an hour after the storm: {}", self.seed, self.report());
            self.step();
            calm_since = if self.is_calm() { calm_since.or(Some(self.now)) } else { None };
        }
        self.stats.healed_after = self.now - self.storm_until;
        self.check();
        self.stats
    }

    fn step(&mut self) {
        let ((at, _), event) = self.events.pop_first().expect("pages tick for ever");
        self.now = at;
        match event {
            Event::Act(device) => self.act(device),
            Event::PageTick(device) => {
                self.tell_page(device, ClientInput::Tick);
                let pause = self.chance.within(50, 400);
                self.schedule(pause, Event::PageTick(device));
            }
            Event::Join(id) => self.join(id),
            Event::Opened(id) => self.opened(id),
            Event::Up(id) => self.up(id),
            Event::Down(id) => self.down(id),
            Event::ClosedAtClient(id, code) => self.closed_at_client(id, code),
            Event::LeftAtServer(id) => self.left_at_server(id),
            Event::Kept { device, load, n } => {
                if self.devices[device].page.as_ref().is_some_and(|page| page.load == load) {
                    self.tell_page(device, ClientInput::Kept { n });
                }
            }
            Event::Commit => self.commit(),
            Event::RoomTick => {
                self.tell_room(RoomInput::Tick);
                let due =
                    self.room.as_ref().and_then(Room::next_tick).map_or(1_000, |at| at.0.saturating_sub(self.now));
                self.schedule(due.clamp(1, 1_000), Event::RoomTick);
            }
            Event::Restart => self.restart(),
            Event::Fault => self.fault(),
        }
    }

    fn schedule(&mut self, after: u64, event: Event) {
        self.ties += 1;
        self.events.insert((self.now + after, self.ties), event);
    }

    fn storm(&self) -> bool {
        self.now < self.storm_until
    }

    // ---- people ----

    fn act(&mut self, at: usize) {
        let pause = self.chance.within(20, 1_500);
        self.schedule(pause, Event::Act(at));
        let device = &self.devices[at];
        if device.asleep_until > self.now {
            return;
        }
        if device.page.is_none() {
            return self.open_page(at);
        }
        if !self.storm() {
            return self.tell_page(at, ClientInput::Waiting { bytes: 0 });
        }
        match self.chance.within(0, 100) {
            0 => self.close_page(at),
            1 => self.devices[at].asleep_until = self.now + self.chance.within(1_000, 90_000),
            2..=9 => {
                let head = serde_json::json!({"anchor": {"tname": "text"}, "head": {"tname": "text"}});
                self.tell_page(at, ClientInput::Cursor(Some(head)));
            }
            10..=12 => {
                let bytes = self.chance.within(0, 40_000) as usize;
                self.tell_page(at, ClientInput::Waiting { bytes });
            }
            _ => {
                for _ in 0..=self.chance.within(0, 4) {
                    self.edit(at);
                }
            }
        }
    }

    fn open_page(&mut self, at: usize) {
        let device = &mut self.devices[at];
        device.loads += 1;
        let earlier: BTreeSet<_> = device.kept.keys().copied().collect();
        let seed = ClientSeed {
            fresh_id: self.chance.client_id(),
            epoch: device.epoch.clone(),
            kept_before: !earlier.is_empty(),
        };
        let mut sync = ClientSync::new(seed);
        let offline_first = !earlier.is_empty() || self.chance.one_in(2);
        let copy = offline_first.then(|| {
            let mut copy = Copy::new(sync.client_id());
            for update in device.kept.values() {
                copy.apply(update).expect("what was kept can be read");
            }
            copy
        });
        device.page =
            Some(Page { load: device.loads, sync, copy, line: None, clocks: Vec::new(), earlier, unkept_sent: false });
        self.tell_page(at, ClientInput::Start);
    }

    fn close_page(&mut self, at: usize) {
        let Some(page) = self.devices[at].page.take() else { return };
        self.lost_in_tab |= page.unkept_sent && page.sync.saving().in_tab > 0;
        if let Some(line) = page.line {
            self.client_drops(line);
        }
    }

    fn edit(&mut self, at: usize) {
        if self.devices[at].asleep_until > self.now {
            return;
        }
        let Some(page) = &mut self.devices[at].page else { return };
        let may_edit = page.sync.right().is_none_or(Right::may_edit);
        let stopped = matches!(page.sync.line(), Line::Stopped(_));
        let Some(copy) = page.copy.as_mut().filter(|_| may_edit && !stopped) else { return };
        let update = copy.edit(&mut self.chance);
        if update != [0, 0] {
            self.stats.edits += 1;
            let id = page.sync.client_id();
            page.clocks.push(copy.clock_of(id));
            self.tell_page(at, ClientInput::LocalUpdate(update.into()));
        }
    }

    fn tell_page(&mut self, at: usize, input: ClientInput) {
        let device = &mut self.devices[at];
        if device.asleep_until > self.now {
            return;
        }
        let Some(page) = &mut device.page else { return };
        let moment = Moment { now: Millis(self.now), wall: UnixMillis(self.now as i64), chance: self.chance.unit() };
        let effects = match &mut page.copy {
            Some(copy) => page.sync.handle(moment, input, copy),
            None => page.sync.handle(moment, input, &mut Copy::new(0)),
        };
        if page.copy.is_none() && page.sync.right().is_some() {
            page.copy = Some(Copy::new(page.sync.client_id()));
        }
        for effect in effects {
            self.page_effect(at, effect);
        }
    }

    fn page_effect(&mut self, at: usize, effect: ClientEffect) {
        let device = &mut self.devices[at];
        let Some(page) = &mut device.page else { return };
        let load = page.load;
        match effect {
            ClientEffect::Connect => {
                if let Some(old) = page.line.take() {
                    self.client_drops(old);
                }
                self.connect(at);
            }
            ClientEffect::Disconnect => {
                if let Some(old) = page.line.take() {
                    self.client_drops(old);
                }
            }
            ClientEffect::Send(frame) => {
                let Some(line) = page.line else { return };
                self.stats.frames += 1;
                page.unkept_sent |= page.sync.saving().in_tab > 0;
                let connection = self.connections.get_mut(&line).expect("a page sends on a line it has");
                assert!(connection.open, "{}: nothing is sent before the socket is open", self.seed);
                connection.up.push_back(frame);
                self.schedule_up(line);
            }
            ClientEffect::Keep { n, update } => {
                device.kept.insert((load, n), update);
                let wait = self.chance.within(1, 60);
                self.schedule(wait, Event::Kept { device: at, load, n });
            }
            ClientEffect::Forget { upto } => {
                self.stats.saved += 1;
                let clock = page.clocks[upto as usize - 1];
                let id = page.sync.client_id();
                let stored = self.store.copy.as_ref().map_or(0, |copy| copy.clock_of(id));
                assert!(
                    stored >= clock,
                    "{}: S1: update {upto} of client {id} was shown saved at clock {clock}, the store has {stored}",
                    self.seed
                );
                device.kept.retain(|(of, n), _| *of != load || *n > upto);
            }
            ClientEffect::ForgetEarlier => {
                let earlier = std::mem::take(&mut page.earlier);
                let forgotten: Vec<_> = earlier.iter().filter_map(|key| device.kept.remove(key)).collect();
                forgotten.iter().for_each(|update| self.assert_stored(update));
            }
            ClientEffect::KeepEpoch(epoch) => device.epoch = Some(epoch),
            ClientEffect::SetAside(reason) => {
                self.stats.set_aside += 1;
                let explained = match reason {
                    StopReason::NoRight | StopReason::Refused(RefusedReason::ViewOnly) => self.revoked_anybody,
                    // A crash took what somebody wrote, and they have not brought it back: lost with a tab, or the
                    // right to write here was.
                    StopReason::Refused(RefusedReason::Missing | RefusedReason::LeftOut) => {
                        self.stats.crashes > 0 && (self.lost_in_tab || self.revoked_anybody)
                    }
                    _ => false,
                };
                assert!(explained, "{}: put aside for {reason:?} without a cause", self.seed);
                // The app keeps the draft apart and opens the document anew.
                device.kept.clear();
                self.close_page(at);
            }
            ClientEffect::Show => {
                if let Line::Stopped(reason) = page.sync.line() {
                    let explained = match reason {
                        StopReason::NoRight => self.revoked_anybody,
                        StopReason::StartAfresh => self.stats.crashes > 0,
                        _ => false,
                    };
                    assert!(explained, "{}: stopped for {reason:?} without a cause", self.seed);
                    self.close_page(at);
                }
            }
            ClientEffect::PeopleChanged => {}
        }
    }

    fn assert_stored(&self, update: &[u8]) {
        let skeleton = Skeleton::read(update, Limits::FIRST_SYNC).expect("a page's update is well formed");
        for section in skeleton.sections {
            let stored = self.store.copy.as_ref().map_or(0, |copy| copy.clock_of(section.client));
            assert!(stored >= section.end(), "{}: S1: an update of an earlier load was forgotten", self.seed);
        }
    }

    // ---- lines ----

    fn connect(&mut self, device: usize) {
        let id = self.next_connection;
        self.next_connection += 1;
        let load = self.devices[device].page.as_ref().expect("a page connects").load;
        let slowness = match self.chance.within(0, 12) {
            0 if self.storm() => self.chance.within(100, 1_500),
            1 if self.storm() => self.chance.within(20, 100),
            _ => 1,
        };
        self.connections.insert(
            id,
            Connection {
                device,
                load,
                up: VecDeque::new(),
                up_scheduled: false,
                down: VecDeque::new(),
                down_bytes: 0,
                largest: 0,
                down_scheduled: false,
                slowness,
                unreported: (0, 0),
                open: false,
                cut: false,
                client_gone: false,
                server_gone: true,
                closing: None,
            },
        );
        if let Some(page) = &mut self.devices[device].page {
            page.line = Some(id);
        }
        let wait = self.chance.within(1, 60);
        let right = self.rights[&self.devices[device].person];
        if self.room.is_none() || (self.storm() && self.chance.one_in(10)) {
            self.schedule(wait, Event::ClosedAtClient(id, 1006));
        } else if right.is_none() {
            self.schedule(wait, Event::ClosedAtClient(id, CloseCode::NoRight.code()));
        } else {
            self.schedule(wait, Event::Join(id));
        }
    }

    fn join(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id).filter(|connection| !connection.client_gone) else {
            return;
        };
        let person = self.devices[connection.device].person.clone();
        let (true, Some(right)) = (self.room.is_some(), self.rights[&person]) else {
            return self.schedule(1, Event::ClosedAtClient(id, 1006));
        };
        connection.server_gone = false;
        let person = PersonCard { tone: Tone::of(&person), name: person.to_string(), id: person, school: None };
        let client_id = self.chance.client_id();
        let join = Join { who: ParticipantId(id), person, dialect: Dialect::Gongbei, right, client_id };
        let wait = self.chance.within(1, 40);
        self.schedule(wait, Event::Opened(id));
        self.tell_room(RoomInput::Join(join));
    }

    fn opened(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id).filter(|connection| !connection.client_gone) else {
            return;
        };
        let device = connection.device;
        if self.devices[device].asleep_until > self.now {
            let wait = self.devices[device].asleep_until - self.now;
            return self.schedule(wait, Event::Opened(id));
        }
        connection.open = true;
        self.tell_page(device, ClientInput::Opened);
        self.schedule_down(id);
    }

    fn schedule_up(&mut self, id: u64) {
        let wait = self.chance.within(1, 30);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.cut {
            connection.up.clear();
        }
        if !connection.up_scheduled && !connection.up.is_empty() {
            connection.up_scheduled = true;
            self.schedule(wait, Event::Up(id));
        }
    }

    fn up(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.up_scheduled = false;
        let Some(frame) = connection.up.pop_front() else { return };
        if !connection.server_gone {
            self.tell_room(RoomInput::Frame { from: ParticipantId(id), frame });
        }
        self.schedule_up(id);
    }

    fn schedule_down(&mut self, id: u64) {
        let spread = self.chance.within(0, 30);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let due = connection.open && !connection.cut && (!connection.down.is_empty() || connection.closing.is_some());
        if due && !connection.down_scheduled {
            connection.down_scheduled = true;
            let wait = connection.slowness + if connection.slowness > 1 { spread } else { spread / 8 };
            self.schedule(wait, Event::Down(id));
        }
    }

    fn down(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.down_scheduled = false;
        let device = connection.device;
        if connection.client_gone || connection.cut {
            return;
        }
        let asleep = self.devices[device].asleep_until;
        if asleep > self.now {
            connection.down_scheduled = true;
            return self.schedule(asleep - self.now, Event::Down(id));
        }
        let Some(frame) = connection.down.pop_front() else {
            if let Some(code) = connection.closing {
                self.schedule(0, Event::ClosedAtClient(id, code.code()));
            }
            return;
        };
        connection.down_bytes -= frame.len();
        connection.unreported.0 += 1;
        connection.unreported.1 += frame.len();
        let (frames, bytes) = connection.unreported;
        let report = frames >= REPORT_FRAMES || bytes >= REPORT_BYTES;
        if report {
            connection.unreported = (0, 0);
        }
        let gone = connection.server_gone;
        if report && !gone {
            self.tell_room(RoomInput::Drained { who: ParticipantId(id), frames, bytes });
        }
        self.check_no_echo(device, &frame);
        let load = self.connections[&id].load;
        if self.devices[device].page.as_ref().is_some_and(|page| page.load == load && page.line == Some(id)) {
            self.tell_page(device, ClientInput::Frame(frame));
        }
        self.schedule_down(id);
    }

    fn check_no_echo(&self, device: usize, frame: &Bytes) {
        let Ok(Message::Update(update)) = Message::decode(frame) else { return };
        let Some(page) = &self.devices[device].page else { return };
        let skeleton = Skeleton::read(&update, Limits::FIRST_SYNC).expect("the room hands on what it could read");
        let id = page.copy.as_ref().map(|copy| copy.doc.client_id().get());
        let echoed = skeleton.sections.iter().any(|section| Some(section.client) == id);
        // After a crash the same person's other device may bring back what was lost.
        assert!(!echoed || self.stats.crashes > 0, "{}: E8: a page got its own update back", self.seed);
    }

    /// The page lets go of a socket: the server notices later, or much later.
    fn client_drops(&mut self, id: u64) {
        let wait = if self.chance.one_in(5) { self.chance.within(1_000, 40_000) } else { self.chance.within(1, 50) };
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.client_gone = true;
            connection.down.clear();
            self.schedule(wait, Event::LeftAtServer(id));
        }
    }

    fn closed_at_client(&mut self, id: u64, code: u16) {
        let Some(connection) = self.connections.get_mut(&id).filter(|connection| !connection.client_gone) else {
            return;
        };
        let (device, load) = (connection.device, connection.load);
        let asleep = self.devices[device].asleep_until;
        if asleep > self.now {
            return self.schedule(asleep - self.now, Event::ClosedAtClient(id, code));
        }
        connection.client_gone = true;
        if let Some(page) = self.devices[device].page.as_mut().filter(|p| p.load == load && p.line == Some(id)) {
            page.line = None;
            self.tell_page(device, ClientInput::Closed { code });
        }
        self.schedule(1, Event::LeftAtServer(id));
    }

    fn left_at_server(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let was_in = !std::mem::replace(&mut connection.server_gone, true);
        if connection.client_gone {
            self.connections.remove(&id);
        }
        if was_in {
            self.tell_room(RoomInput::Leave { who: ParticipantId(id) });
        }
    }

    // ---- the server ----

    fn tell_room(&mut self, input: RoomInput) {
        let Some(room) = &mut self.room else { return };
        for effect in room.handle(Millis(self.now), input) {
            match effect {
                RoomEffect::Send { to, frame } => self.send_down(to, frame),
                RoomEffect::SendAll { to, frame } => {
                    assert!(!to.is_empty());
                    for to in to {
                        self.send_down(to, frame.clone());
                    }
                }
                RoomEffect::Append(append) => {
                    self.store.in_flight.push_back(append);
                    if !self.commit_scheduled {
                        self.commit_scheduled = true;
                        let wait = self.chance.within(1, 30);
                        self.schedule(wait, Event::Commit);
                    }
                }
                RoomEffect::Close { who, code, reason: _ } => {
                    self.stats.slow_closed += u64::from(code == CloseCode::TooSlow);
                    assert_ne!(code, CloseCode::Malformed, "{}: a page of ours is understood", self.seed);
                    if let Some(connection) = self.connections.get_mut(&who.0) {
                        connection.closing = Some(code);
                        self.schedule(0, Event::LeftAtServer(who.0));
                        self.schedule_down(who.0);
                    }
                }
                RoomEffect::Audit(audit) => {
                    let explained = audit.refused == RefusedReason::ViewOnly && self.revoked_anybody;
                    assert!(explained, "{}: {audit:?} without a cause", self.seed);
                }
                RoomEffect::Broken { .. } => panic!("{}: the document broke", self.seed),
            }
        }
    }

    fn send_down(&mut self, to: ParticipantId, frame: Bytes) {
        if let Ok(Message::Refused(_)) = Message::decode(&frame) {
            self.stats.refused += 1;
        }
        let seed = self.seed;
        let Some(connection) = self.connections.get_mut(&to.0) else { return };
        assert!(!connection.server_gone, "{seed}: nothing is sent to who has left");
        if connection.client_gone {
            return;
        }
        connection.down_bytes += frame.len();
        let large = frame.len();
        connection.largest = connection.largest.max(large);
        connection.down.push_back(frame);
        assert!(connection.down.len() <= 256, "{seed}: L1: {} frames wait", connection.down.len());
        let bound = (256 << 10).max(large + (64 << 10)).max(connection.largest + (64 << 10));
        assert!(connection.down_bytes <= bound, "{seed}: L1: {} bytes wait", connection.down_bytes);
        self.schedule_down(to.0);
    }

    fn commit(&mut self) {
        self.commit_scheduled = false;
        match self.store.commit() {
            Outcome::Nothing => {}
            Outcome::Stored(upto) => self.tell_room(RoomInput::Stored { upto }),
            Outcome::Failed(from, trouble) => {
                self.stats.store_failures += 1;
                self.tell_room(RoomInput::StoreFailed { from, trouble });
            }
        }
    }

    fn crash(&mut self) {
        if self.room.take().is_none() {
            return;
        }
        self.stats.crashes += 1;
        // Sometimes the last commit went through and nobody heard of it.
        if self.chance.one_in(3) {
            self.store.commit();
        }
        self.store.in_flight.clear();
        let all: Vec<_> = self.connections.keys().copied().collect();
        for id in all {
            let code = if self.chance.one_in(3) { CloseCode::Restarting.code() } else { 1006 };
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.server_gone = true;
                connection.up.clear();
                connection.down.clear();
                connection.down_bytes = 0;
            }
            let wait = self.chance.within(1, 300);
            self.schedule(wait, Event::ClosedAtClient(id, code));
        }
        let wait = self.chance.within(50, 4_000);
        self.schedule(wait, Event::Restart);
    }

    fn restart(&mut self) {
        let snapshot_at = self.chance.within(0, self.store.committed.len() as u64 + 1) as usize;
        let room = Room::open(self.store.seed(snapshot_at));
        self.room = Some(room.unwrap_or_else(|error| panic!("{}: {error}", self.seed)));
    }

    // ---- what goes wrong ----

    fn fault(&mut self) {
        if !self.storm() {
            return;
        }
        let pause = self.chance.within(100, 6_000);
        self.schedule(pause, Event::Fault);
        let device = self.chance.within(0, self.devices.len() as u64) as usize;
        match self.chance.within(0, 20) {
            0..=1 => self.crash(),
            2..=7 => self.cut(device),
            8..=10 => {
                self.store.trouble = match self.store.trouble {
                    Some(_) => None,
                    None if self.chance.one_in(2) => Some(Trouble::StorageFull),
                    None => Some(Trouble::StorageFailing),
                };
            }
            11..=12 => self.change_right(device),
            13..=15 => {
                // A reader who takes nothing for a while.
                let slowness = self.chance.within(50, 3_000);
                let mut lines = self.connections.values_mut().filter(|connection| connection.device == device);
                if let Some(connection) = lines.next_back() {
                    connection.slowness = slowness;
                }
            }
            16 => self.close_page(device),
            _ => {
                // A burst of typing.
                for _ in 0..self.chance.within(20, 300) {
                    self.edit(device);
                }
            }
        }
    }

    /// The line is cut: each side learns of it in its own time, frames under way are lost.
    fn cut(&mut self, device: usize) {
        self.stats.cuts += 1;
        let lines: Vec<_> =
            self.connections.iter().filter(|(_, c)| c.device == device && c.open).map(|(id, _)| *id).collect();
        for id in lines {
            let (at_client, at_server) = (self.chance.within(1, 9_000), self.chance.within(1, 45_000));
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.up.clear();
                connection.down.clear();
                connection.down_bytes = 0;
                connection.cut = true;
            }
            self.schedule(at_client, Event::ClosedAtClient(id, 1006));
            self.schedule(at_server, Event::LeftAtServer(id));
        }
    }

    fn change_right(&mut self, device: usize) {
        let person = self.devices[device].person.clone();
        let right = match self.rights[&person] {
            Some(Right::Edit) if self.chance.one_in(3) => None,
            Some(Right::Edit) => Some(Right::View),
            _ => Some(Right::Edit),
        };
        self.revoked_anybody = true;
        self.rights.insert(person.clone(), right);
        self.tell_room(RoomInput::RightChanged { person, right });
    }

    // ---- calm ----

    fn heal(&mut self) {
        self.store.trouble = None;
        let people: Vec<_> = self.rights.keys().cloned().collect();
        for person in people {
            self.rights.insert(person.clone(), Some(Right::Edit));
            self.tell_room(RoomInput::RightChanged { person, right: Some(Right::Edit) });
        }
        for connection in self.connections.values_mut() {
            connection.slowness = 1;
        }
        let now = self.now;
        for device in &mut self.devices {
            device.asleep_until = device.asleep_until.min(now);
        }
    }

    fn is_calm(&self) -> bool {
        self.room.as_ref().is_some_and(|room| room.snapshot().is_some())
            && self.store.in_flight.is_empty()
            && self.devices.iter().all(|device| {
                device.page.as_ref().is_some_and(|page| {
                    let saving = page.sync.saving();
                    // Whoever vanished without a word is shown for a while yet.
                    let alone = page.sync.people().count() == self.devices.len() - 1;
                    page.sync.line() == Line::Online && saving.in_tab == 0 && saving.on_device == 0 && alone
                })
            })
    }

    fn check(&self) {
        let seed = self.seed;
        let empty = Copy::new(0);
        let stored = self.store.copy.as_ref().unwrap_or(&empty).state();
        let mut room = Copy::new(0);
        let snapshot = self.room.as_ref().and_then(Room::snapshot).expect("a calm room is stored");
        room.apply(&snapshot.update).expect("a snapshot can be read");
        if let Some(how) = room.state().differs(&stored) {
            panic!("{seed}: the room is not what is stored: {how}");
        }
        for (at, device) in self.devices.iter().enumerate() {
            let page = device.page.as_ref().expect("calm pages are open");
            let copy = page.copy.as_ref().expect("a page that is online has a copy");
            if let Some(how) = copy.state().differs(&stored) {
                panic!("{seed}: page {at} is not what is stored: {how}");
            }
            assert!(device.kept.is_empty(), "{seed}: device {at} has forgotten what is saved");
            let others = self.devices.len() - 1;
            assert_eq!(page.sync.people().count(), others, "{seed}: P1: page {at} sees everybody else once");
        }
        let reopened = Room::open(self.store.seed(self.store.committed.len() / 2)).expect("the log opens");
        assert_eq!(reopened.snapshot().expect("nothing waits").state_vector, snapshot.state_vector);
    }

    fn report(&self) -> String {
        let pages = self.devices.iter().map(|device| device.page.as_ref().map(|page| format!("{:?}", page.sync)));
        format!("{:#?} {:?}", pages.collect::<Vec<_>>(), self.room)
    }
}
