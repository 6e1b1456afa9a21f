//! Lines: frames keep their order, take their time, and may never arrive.

use std::collections::VecDeque;

use bytes::Bytes;
use shared::api::PersonCard;
use shared::sync::client::ClientInput;
use shared::sync::room::{Dialect, Join, ParticipantId, REPORT_BYTES, REPORT_FRAMES, RoomInput};
use shared::wire::update::{Limits, Skeleton};
use shared::wire::{CloseCode, Message};
use shared::words::{Title, Tone};

use super::{Connection, Event, World};

impl World {
    pub(super) fn connect(&mut self, device: usize) {
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

    pub(super) fn join(&mut self, id: u64) {
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
        let title = Title::new("plan").expect("a title");
        let join = Join { who: ParticipantId(id), person, dialect: Dialect::Gongbei, right, title, client_id };
        let wait = self.chance.within(1, 40);
        self.schedule(wait, Event::Opened(id));
        self.tell_room(RoomInput::Join(join));
    }

    pub(super) fn opened(&mut self, id: u64) {
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

    pub(super) fn schedule_up(&mut self, id: u64) {
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

    pub(super) fn up(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.up_scheduled = false;
        let Some(frame) = connection.up.pop_front() else { return };
        if !connection.server_gone {
            self.tell_room(RoomInput::Frame { from: ParticipantId(id), frame });
        }
        self.schedule_up(id);
    }

    pub(super) fn schedule_down(&mut self, id: u64) {
        let spread = self.chance.within(0, 30);
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let due = connection.open && !connection.cut && (!connection.down.is_empty() || connection.closing.is_some());
        if due && !connection.down_scheduled {
            connection.down_scheduled = true;
            let wait = connection.slowness + if connection.slowness > 1 { spread } else { spread / 8 };
            self.schedule(wait, Event::Down(id));
        }
    }

    pub(super) fn down(&mut self, id: u64) {
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

    pub(super) fn check_no_echo(&self, device: usize, frame: &Bytes) {
        let Ok(Message::Update(update)) = Message::decode(frame) else { return };
        let Some(page) = &self.devices[device].page else { return };
        let skeleton = Skeleton::read(&update, Limits::FIRST_SYNC).expect("the room hands on what it could read");
        let id = page.copy.as_ref().map(|copy| copy.doc().client_id().get());
        let echoed = skeleton.sections.iter().any(|section| Some(section.client) == id);
        // After a crash the same person's other device may bring back what was lost, and a copied one brings what it has.
        assert!(
            !echoed || self.stats.crashes + self.stats.clones > 0,
            "{}: E8: a page got its own update back",
            self.seed
        );
    }

    /// The page lets go of a socket: the server notices later, or much later.
    pub(super) fn client_drops(&mut self, id: u64) {
        let wait = if self.chance.one_in(5) { self.chance.within(1_000, 40_000) } else { self.chance.within(1, 50) };
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.client_gone = true;
            connection.down.clear();
            self.schedule(wait, Event::LeftAtServer(id));
        }
    }

    pub(super) fn closed_at_client(&mut self, id: u64, code: u16) {
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

    pub(super) fn left_at_server(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let was_in = !std::mem::replace(&mut connection.server_gone, true);
        if connection.client_gone {
            self.connections.remove(&id);
        }
        if was_in {
            self.tell_room(RoomInput::Leave { who: ParticipantId(id) });
        }
    }
}
