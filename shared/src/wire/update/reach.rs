//! In which order the structs of an update can enter, each only after all it needs: nothing is left pending (E5).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Details, Id, Section, Skeleton, Struct};

/// How far each section gets.
pub struct Reach {
    /// Client and clock, in the order of the sections.
    reached: Vec<(u64, u32)>,
    /// The same by client, as places in `reached`.
    by_client: Vec<(u64, usize)>,
    /// What is new and can enter: places of sections and of structs in them.
    pub order: Vec<(u32, u32)>,
}

impl Reach {
    /// `known`: the clock up to which a client's structs are there already.
    pub fn of(sections: &[Section], known: impl Fn(u64) -> u32) -> Self {
        let reached: Vec<_> = sections.iter().map(|section| (section.client, known(section.client))).collect();
        let mut by_client: Vec<_> = sections.iter().enumerate().map(|(at, section)| (section.client, at)).collect();
        by_client.sort_unstable();
        let mut next: Vec<usize> = sections
            .iter()
            .zip(&reached)
            .map(|(section, (_, have))| section.structs.partition_point(|part| part.end() <= *have))
            .collect();
        let mut reach = Self { reached, by_client, order: Vec::new() };
        // For each section who waits for it, and for which clock; whoever is woken gets on, so this ends.
        let mut waiting = vec![BinaryHeap::new(); sections.len()];
        let mut ready: Vec<usize> = (0..sections.len()).rev().collect();
        while let Some(at) = ready.pop() {
            if let Some((needed, clock)) = reach.advance(sections, at, &mut next[at], &known) {
                waiting[needed].push(Reverse((clock, at)));
            }
            while waiting[at].peek().is_some_and(|Reverse((clock, _))| *clock < reach.reached[at].1) {
                ready.extend(waiting[at].pop().map(|Reverse((_, waiter))| waiter));
            }
        }
        reach
    }

    /// Enters what can enter of a section; gives the section and the clock that it waits for.
    fn advance(
        &mut self,
        sections: &[Section],
        at: usize,
        next: &mut usize,
        known: &impl Fn(u64) -> u32,
    ) -> Option<(usize, u32)> {
        while let Some(part) = sections[at].structs.get(*next) {
            if part.skip || part.clock > self.reached[at].1 {
                return None;
            }
            if let Some(lacking) = self.lacking_of(part, known) {
                return self.place(lacking.client).map(|needed| (needed, lacking.clock));
            }
            self.order.push((at as u32, *next as u32));
            self.reached[at].1 = part.end();
            *next += 1;
        }
        None
    }

    /// What is new and can enter, in that order: whose it is, its clock, what it says.
    pub fn entering<'s>(&'s self, skeleton: &'s Skeleton<'_>) -> impl Iterator<Item = (u64, u32, Details<'s>)> {
        self.order.iter().map(|(section, part)| {
            let section = &skeleton.sections[*section as usize];
            let part = &section.structs[*part as usize];
            (section.client, part.clock, skeleton.details(part))
        })
    }

    fn place(&self, client: u64) -> Option<usize> {
        let found = self.by_client.binary_search_by_key(&client, |(client, _)| *client).ok()?;
        Some(self.by_client[found].1)
    }

    /// The clock up to which a client's structs are there in the end.
    pub fn upto(&self, client: u64, known: impl Fn(u64) -> u32) -> u32 {
        self.place(client).map_or_else(|| known(client), |at| self.reached[at].1)
    }

    fn lacking_of(&self, part: &Struct, known: &impl Fn(u64) -> u32) -> Option<Id> {
        part.needs.into_iter().flatten().find(|id| id.clock >= self.upto(id.client, known))
    }

    /// What isn't there and has to come before anything more of these sections can enter: a unit for each that got stuck.
    pub fn lacking<'s>(
        &'s self,
        sections: &'s [Section],
        known: impl Fn(u64) -> u32 + 's,
    ) -> impl Iterator<Item = Id> + 's {
        self.reached.iter().zip(sections).filter_map(move |((client, upto), section)| {
            let stuck = section.structs.get(section.structs.partition_point(|part| part.end() <= *upto))?;
            let before = |clock: u32| Some(Id { client: *client, clock: clock - 1 });
            match stuck {
                hole if hole.skip => before(hole.end()),
                later if later.clock > *upto => before(later.clock),
                part => self.lacking_of(part, &known),
            }
        })
    }

    pub fn is_complete(&self, sections: &[Section]) -> bool {
        self.reached.iter().zip(sections).all(|((_, upto), section)| *upto == section.end())
    }
}
