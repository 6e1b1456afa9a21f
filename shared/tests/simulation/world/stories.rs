//! What may befall a world besides bad weather.

use std::collections::BTreeMap;

use shared::wire::update::{Limits, Skeleton};

use super::{Device, Event, World};
use crate::simulation::replica::Copy;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Story {
    /// Nothing else.
    Storm,
    /// A browser's profile is copied while pages are open: the same kept edits in two page loads.
    ClonedTabs,
    /// The data folder is put back to what it was some time ago.
    RestoredFolder,
    /// The data folder is gone, and somebody makes the document again.
    WipedServer,
    /// A hundred people open a new document at once.
    NewDocument,
}

impl World {
    pub(super) fn begin(&mut self) {
        match self.story {
            Story::Storm => {}
            Story::ClonedTabs => {
                self.create();
                for _ in 0..self.chance.within(1, 4) {
                    self.befall(Event::Clone);
                }
            }
            Story::RestoredFolder | Story::WipedServer => {
                self.create();
                for _ in 0..self.chance.within(1, 3) {
                    self.befall(Event::Restore);
                }
            }
            Story::NewDocument => self.create(),
        }
    }

    fn create(&mut self) {
        let client_id = self.chance.client_id();
        self.store.create(client_id);
    }

    fn befall(&mut self, event: Event) {
        let at = self.chance.within(1_000, self.storm_until);
        self.schedule(at, event);
    }

    /// One device becomes two of the same person, with the same edits kept, one of them with the page still open.
    pub(super) fn clone_device(&mut self) {
        let at = self.chance.within(0, self.devices.len() as u64) as usize;
        let Device { person, page: _, kept, epoch, loads, asleep_until: _ } = &self.devices[at];
        let (person, kept, epoch) = (person.clone(), kept.clone(), epoch.clone());
        let copy = Device { person, page: None, kept, epoch, loads: *loads, asleep_until: 0 };
        self.stats.clones += 1;
        self.devices.push(copy);
        let wait = self.chance.within(0, 3_000);
        self.schedule(wait, Event::Act(self.devices.len() - 1));
        self.schedule(wait, Event::PageTick(self.devices.len() - 1));
    }

    /// The server stops and starts with an older folder, or with none, in which the document is made anew.
    pub(super) fn restore(&mut self) {
        self.stats.restores += 1;
        self.crash();
        let former = self.former_clocks();
        match self.story {
            Story::WipedServer => {
                self.store.restore(0);
                self.create();
            }
            Story::Storm | Story::ClonedTabs | Story::RestoredFolder | Story::NewDocument => {
                let commits = self.chance.within(1, self.store.committed.len() as u64 + 1) as usize;
                self.store.restore(commits);
            }
        }
        for client in former.into_keys() {
            let clock = self.store.copy.as_ref().map_or(0, |copy| copy.clock_of(client));
            self.former.insert(client, clock);
        }
    }

    /// Everybody who has written in this epoch, stored or not.
    fn former_clocks(&self) -> BTreeMap<u64, u32> {
        let mut clocks: BTreeMap<u64, u32> = self.store.copy.iter().flat_map(Copy::clocks).collect();
        let epoch = self.store.epoch();
        // What was written before anybody said an epoch belongs to none (C10).
        for device in self.devices.iter().filter(|device| device.epoch.as_ref() == Some(&epoch)) {
            clocks.extend(device.page.iter().flat_map(|page| &page.copy).flat_map(Copy::clocks));
            for update in device.kept.values() {
                let skeleton = Skeleton::read(update, Limits::FIRST_SYNC).expect("a page's update is well formed");
                clocks.extend(skeleton.sections.iter().map(|section| (section.client, section.end())));
            }
        }
        clocks
    }
}
