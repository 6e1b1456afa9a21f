//! People at their devices, and the pages they have open.

use std::collections::BTreeSet;

use shared::access::Right;
use shared::sync::Millis;
use shared::sync::client::{ClientEffect, ClientInput, ClientSeed, ClientSync, Line, Moment, Replica, StopReason};
use shared::wire::RefusedReason;
use shared::wire::update::{Limits, Skeleton};
use shared::words::UnixMillis;

use super::{Event, Page, World};
use crate::simulation::replica::Copy;

impl World {
    pub(super) fn act(&mut self, at: usize) {
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

    pub(super) fn open_page(&mut self, at: usize) {
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

    pub(super) fn close_page(&mut self, at: usize) {
        let Some(page) = self.devices[at].page.take() else { return };
        self.lost_in_tab |= page.unkept_sent && page.sync.saving().in_tab > 0;
        if let Some(line) = page.line {
            self.client_drops(line);
        }
    }

    pub(super) fn edit(&mut self, at: usize) {
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

    pub(super) fn tell_page(&mut self, at: usize, input: ClientInput) {
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

    pub(super) fn page_effect(&mut self, at: usize, effect: ClientEffect) {
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
                    StopReason::EpochChanged => self.stats.restores > 0,
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
                if reason == StopReason::EpochChanged {
                    device.epoch = None;
                }
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
                    if reason == StopReason::StartAfresh {
                        device.epoch = None;
                    }
                    self.close_page(at);
                }
            }
            ClientEffect::PeopleChanged
            | ClientEffect::Titled(_)
            | ClientEffect::Live { .. }
            | ClientEffect::Told(_)
            | ClientEffect::Glance(_) => {}
        }
    }

    pub(super) fn assert_stored(&self, update: &[u8]) {
        let skeleton = Skeleton::read(update, Limits::FIRST_SYNC).expect("a page's update is well formed");
        for section in skeleton.sections {
            let stored = self.store.copy.as_ref().map_or(0, |copy| copy.clock_of(section.client));
            assert!(stored >= section.end(), "{}: S1: an update of an earlier load was forgotten", self.seed);
        }
    }
}
