//! A history: who edits and who takes what from whom, in which order.

use super::chance::Chance;

/// What one replica does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// An edit, or a few in one transaction.
    Edit(u32),
    /// The first update it has not taken yet.
    TakeNext,
    /// Any update, out of order or once more.
    TakeAny(u32),
    TakeAll,
    /// What another of its kind has, by state vector.
    Meet(u32),
    /// Some updates merged into one.
    TakeMerged(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub round: usize,
    /// First those of yrs, then those of Yjs.
    pub replica: usize,
    pub deed: Deed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    pub seed: u64,
    /// Client ids of the replicas of yrs.
    pub ours: Vec<u64>,
    /// Client ids of the replicas of Yjs.
    pub theirs: Vec<u64>,
    /// Our replicas are bindings, as a page has them, and write nothing but rich text.
    pub pages: bool,
    pub steps: Vec<Step>,
}

/// In each round first yrs works, then Yjs.
pub const ROUNDS: usize = 3;

impl History {
    /// The same seed gives the same history.
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let count = chance.within(2, 5) as usize;
        let of_yrs = chance.within(1, count as u64) as usize;
        let pages = chance.one_in(8);
        let mut ids: Vec<u64> = Vec::new();
        while ids.len() < count {
            let id = client_id(&mut chance, pages);
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let theirs = ids.split_off(of_yrs);
        let mut steps = Vec::new();
        for round in 0..ROUNDS {
            for _ in 0..chance.within(2, 11) {
                let deed = match chance.within(0, 16) {
                    0..=8 => Deed::Edit(chance.next() as u32),
                    9..=11 => Deed::TakeNext,
                    12 => Deed::TakeAny(chance.next() as u32),
                    13 => Deed::TakeAll,
                    14 => Deed::Meet(chance.next() as u32),
                    _ => Deed::TakeMerged(chance.next() as u32),
                };
                steps.push(Step { round, replica: chance.within(0, count as u64) as usize, deed });
            }
        }
        Self { seed, ours: ids, theirs, pages, steps }
    }

    pub fn of_round(&self, round: usize) -> impl Iterator<Item = (usize, Deed)> {
        self.steps.iter().filter(move |step| step.round == round).map(|step| (step.replica, step.deed))
    }

    /// Fewer steps that fail as well: halves are left out, then quarters, down to single ones.
    pub fn shrunk(mut self, fails: &mut dyn FnMut(&History) -> bool) -> History {
        let mut width = self.steps.len().div_ceil(2);
        while width > 0 {
            let mut from = 0;
            while from < self.steps.len() {
                let mut shorter = self.clone();
                shorter.steps.drain(from..(from + width).min(self.steps.len()));
                if fails(&shorter) {
                    self = shorter;
                } else {
                    from += width;
                }
            }
            width /= 2;
        }
        self
    }
}

/// As the server draws them, and at the bounds of what numbers hold.
fn client_id(chance: &mut Chance, pages: bool) -> u64 {
    const BOUNDS: [u64; 8] =
        [1, 127, 128, (1 << 31) - 1, u32::MAX as u64, 1 << 32, (1 << 53) - 2, shared::wire::MAX_CLIENT_ID];
    match chance.within(0, 3) {
        // The colleague of the document tests takes ids of 32 bits.
        0 if !pages => BOUNDS[chance.within(0, 8) as usize],
        1 if !pages => chance.client_id(),
        _ => chance.within(1, 1 << 31),
    }
}
