//! What goes wrong.

use shared::access::Right;
use shared::sync::room::RoomInput;
use shared::wire::Trouble;

use super::{Event, World};

impl World {
    pub(super) fn fault(&mut self) {
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
    pub(super) fn cut(&mut self, device: usize) {
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

    pub(super) fn change_right(&mut self, device: usize) {
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
}
