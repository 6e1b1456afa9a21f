//! The whole of it: what there is, what happens next, and what must hold when it is calm again.

mod faults;
mod lines;
mod people;
mod server;
mod stories;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use shared::access::Right;
use shared::sync::client::{ClientInput, ClientSync, Line, Replica};
use shared::sync::room::{Room, RoomInput};
use shared::wire::CloseCode;
use shared::words::UserId;

pub use self::stories::Story;

use super::chance::Chance;
use super::replica::Copy;
use super::store::Store;

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
    Clone,
    Restore,
}

pub struct World {
    seed: u64,
    story: Story,
    /// By client id, what restored documents had of it: nothing beyond may come back.
    former: BTreeMap<u64, u32>,
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
    pub clones: u64,
    pub restores: u64,
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
        self.clones += other.clones;
        self.restores += other.restores;
        self.healed_after = self.healed_after.max(other.healed_after);
    }
}

impl World {
    /// The same story and seed take the same course.
    pub fn new(story: Story, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let count = match story {
            Story::Storm | Story::ClonedTabs | Story::RestoredFolder | Story::WipedServer => {
                chance.within(2, 9) as usize
            }
            Story::NewDocument => 100,
        };
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
        let storm_until = match story {
            Story::Storm => chance.within(5_000, 60_000),
            Story::ClonedTabs | Story::RestoredFolder | Story::WipedServer => chance.within(4_000, 20_000),
            Story::NewDocument => chance.within(500, 2_000),
        };
        let rights = devices.iter().map(|device| (device.person.clone(), Some(Right::Edit))).collect();
        let mut world = Self {
            seed,
            story,
            former: BTreeMap::new(),
            now: 0,
            ties: 0,
            events: BTreeMap::new(),
            storm_until,
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
        world.begin();
        world.room = Some(Room::open(world.store.seed(0)).expect("a new document opens"));
        for device in 0..count {
            let at = world.chance.within(0, if story == Story::NewDocument { 50 } else { 2_000 });
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
            // Looking at everybody takes longer than what happens to one.
            let look_at = self.now + 1_000;
            while self.now < look_at {
                self.step();
            }
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
            Event::Clone => self.clone_device(),
            Event::Restore => self.restore(),
        }
    }

    fn schedule(&mut self, after: u64, event: Event) {
        self.ties += 1;
        self.events.insert((self.now + after, self.ties), event);
    }

    fn storm(&self) -> bool {
        self.now < self.storm_until
    }

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
                    let safe = saving.in_tab == 0 && saving.on_device == 0;
                    page.sync.line() == Line::Online && safe && alone && !self.has_more_than_is_stored(page)
                })
            })
    }

    /// Their own edits are safe, but they still wait for others to bring back what a crash took.
    fn has_more_than_is_stored(&self, page: &Page) -> bool {
        let stored = self.store.copy.as_ref();
        let mut has = page.copy.iter().flat_map(Copy::clocks);
        has.any(|(client, clock)| stored.map_or(0, |stored| stored.clock_of(client)) < clock)
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
        assert!(stored.beginnings() <= 1, "{seed}: what the server began with is there twice");
        for (client, clock) in &self.former {
            let now = self.store.copy.as_ref().map_or(0, |copy| copy.clock_of(*client));
            assert!(now <= *clock, "{seed}: C3: {client} has come back from a former epoch: {now}, not {clock}");
        }
        let reopened = Room::open(self.store.seed(self.store.committed.len() / 2)).expect("the log opens");
        assert_eq!(reopened.snapshot().expect("nothing waits").state_vector, snapshot.state_vector);
    }

    fn report(&self) -> String {
        let pages = self.devices.iter().map(|device| device.page.as_ref().map(|page| format!("{:?}", page.sync)));
        format!("{:#?} {:?}", pages.collect::<Vec<_>>(), self.room)
    }
}
