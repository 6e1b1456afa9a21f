//! What stands beside what, and whether it can have stood there in somebody's copy.

use super::super::content::Unfit;
use super::draft::Draft;
use super::entries::EntryId;
use super::{Right, STEP, Spot, What};
use crate::wire::update::Id;

/// Nanoseconds to go back from a unit to what it was written after.
const LINK: u64 = 50;

impl Draft<'_> {
    /// Notes what the new unit stands right of, and what finding its place can cost yrs.
    ///
    /// yrs goes through what was put after the same unit unseen by the author. Whoever saw everything names what
    /// stands there as their right neighbour, and that costs nothing.
    pub(super) fn stand(
        &mut self,
        Id { client, clock }: Id,
        origin: Option<Id>,
        right: Option<Id>,
        spot: Spot,
        goes_on: bool,
        entry: Option<EntryId>,
    ) {
        let list = self.list(spot.list);
        let child = spot.what == What::Child;
        let seen_by_key = entry.map(|entry| self.base.entries.values(&self.new.entries, entry));
        let there = match (origin, seen_by_key) {
            (None, Some(0)) => Right::Nobody,
            _ => self.stands_there(origin, spot),
        };
        let seen = there.is_seen(right);
        let now = match there {
            Right::Nobody | Right::Unit(..) if seen => Right::Unit(client, clock),
            Right::Unit(theirs, _) if theirs < client => there,
            Right::Nobody | Right::Unit(..) | Right::Unsure => Right::Unsure,
        };
        if !seen {
            let born = origin.and_then(|origin| self.run(origin).ok()).map_or(0, |run| run.born);
            let passed = match seen_by_key {
                Some(values) => values,
                None if child => list.blocks.saturating_sub(born),
                None => list.values,
            };
            self.cost += STEP * u64::from(passed);
        }
        if let Some(entry) = entry {
            self.base.entries.add_value(&mut self.new.entries, entry);
        }
        if !goes_on {
            origin.into_iter().for_each(|origin| self.cut(Id { clock: origin.clock + 1, ..origin }));
            right.into_iter().for_each(|right| self.cut(right));
        }
        if let Some(origin) = origin.filter(|_| !goes_on || there != Right::Nobody) {
            self.new.right_of.insert((origin.client, origin.clock), now);
        }
        let list = self.list_mut(spot.list);
        list.blocks += if goes_on { 0 } else { 2 };
        list.values += u32::from(!child);
        if origin.is_none() {
            match child {
                true => list.first = now,
                false => list.keys += 1,
            }
        }
    }

    /// What stands where the new unit says that it belongs.
    fn stands_there(&self, origin: Option<Id>, spot: Spot) -> Right {
        match origin {
            Some(origin) => self.right_of(origin),
            None if spot.what == What::Child => self.list(spot.list).first,
            None if self.list(spot.list).values == 0 => Right::Nobody,
            None => Right::Unsure,
        }
    }

    /// Can both have stood side by side in somebody's copy? If not, copies would come to differ in order.
    ///
    /// Of two neighbours the right one was written after the left one, or after something that the left one goes back
    /// to. And whoever wrote there before has seen that.
    pub(super) fn check_neighbours(
        &mut self,
        client: u64,
        origin: Option<Id>,
        right: Option<Id>,
        spot: Spot,
    ) -> Result<(), Unfit> {
        let there = self.stands_there(origin, spot);
        if spot.what != What::Child || (there != Right::Nobody && there.is_seen(right)) {
            return Ok(());
        }
        if !there.is_seen(right) {
            let key = |id: Option<Id>| id.map(|id| (id.client, id.clock));
            let place = (client, spot.list, key(origin), key(right));
            let own = matches!(there, Right::Unit(theirs, _) if theirs == client);
            if own || self.base.conflicts.contains(&place) || !self.new.conflicts.insert(place) {
                return Err(Unfit::Neighbours);
            }
        }
        let Some(right) = right else { return Ok(()) };
        let wanted = self.origin_of(right)?;
        let mut unit = origin;
        while let Some(at) = unit {
            let run = self.run(at)?;
            let goes_back_to = |id: Id| id.client == at.client && (run.clock..=at.clock).contains(&id.clock);
            match wanted {
                _ if goes_back_to(right) => return Err(Unfit::Neighbours),
                Some(wanted) if goes_back_to(wanted) => return Ok(()),
                Some(_) | None => {}
            }
            self.cost += LINK;
            unit = run.origin;
        }
        if wanted.is_none() { Ok(()) } else { Err(Unfit::Neighbours) }
    }

    /// What a unit was written after.
    fn origin_of(&self, unit: Id) -> Result<Option<Id>, Unfit> {
        let run = self.run(unit)?;
        Ok(if run.clock == unit.clock { run.origin } else { Some(Id { clock: unit.clock - 1, ..unit }) })
    }

    fn right_of(&self, unit: Id) -> Right {
        let key = (unit.client, unit.clock);
        if let Some(right) = self.new.right_of.get(&key).or_else(|| self.base.right_of.get(&key)) {
            return *right;
        }
        let within = self.client(unit).is_some_and(|client| client.goes_on(unit.clock));
        let new = self.new.clients.get(&unit.client);
        let across = new.is_some_and(|new| new.continues && new.start == unit.clock + 1);
        if within || across { Right::Unit(unit.client, unit.clock + 1) } else { Right::Nobody }
    }
}
