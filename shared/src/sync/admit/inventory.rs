//! What a document has, as far as admission must know it: which list each unit stands in, what it is, how deep.
//!
//! A document of a million edits has few thousand runs here: units of one client that were written one after another
//! in one place are one run. Nothing of the content is kept.

use std::collections::{BTreeMap, BTreeSet};

use super::content::{MAX_ATTRIBUTES, MAX_NESTING, Unfit, is_address};
use crate::document::CONTENT;
use crate::wire::update::{Content, Deleted, Details, Id, Parent, Shared};

/// A shared type's list of children and values: its place in [`Inventory::lists`].
type ListId = u32;

/// No list: what stood there is collected.
const NOWHERE: ListId = ListId::MAX;
/// Is no list itself.
const NO_LIST: ListId = ListId::MAX;
/// Deleted: it may have been a list, which then is collected.
const WAS_A_LIST: ListId = ListId::MAX - 1;

/// Measured nanoseconds: to pass one block in a list; to make two blocks of one, apart from moving others; to delete.
const STEP: u64 = 70;
const CUT: u64 = 1_000;
pub(super) const DELETION: u64 = 500;
/// Ours, to go back from a unit to what it was written after.
const LINK: u64 = 50;

/// The structure of a document.
#[derive(Debug, Default)]
pub struct Inventory {
    clients: BTreeMap<u64, Client>,
    lists: Vec<List>,
    roots: BTreeMap<String, ListId>,
    /// Who stands directly right of a unit, where that is not the next unit of the same run.
    right_of: BTreeMap<(u64, u32), Right>,
    conflicts: BTreeSet<Conflict>,
}

/// The runs of one client, from some clock on.
#[derive(Debug, Default)]
struct Client {
    start: u32,
    end: u32,
    /// The first run goes on from the last one of the same client below.
    continues: bool,
    /// In order, without gaps.
    runs: Vec<Run>,
    /// Not fewer than yrs has blocks of this client.
    blocks: u32,
    /// What is deleted, from the first clock to before the second.
    deleted: BTreeMap<u32, u32>,
    /// Clocks of characters that take two units: every second one from the first to before the second number.
    pairs: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    clock: u32,
    list: ListId,
    /// The list that this unit is itself.
    holds: ListId,
    /// How much its list had when it came.
    born: u32,
    /// What its first unit was written after.
    origin: Option<Id>,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Gone,
    Child,
    /// A value under a key.
    Value,
    /// The same, and it holds an address.
    Address,
}

#[derive(Debug, Clone, Copy)]
struct List {
    depth: u8,
    /// Of letters and marks; otherwise of shared types and values.
    is_text: bool,
    /// Runs in it, each with the cut it may have made: not fewer than yrs has blocks in it.
    blocks: u32,
    /// Values that named their key themselves.
    keys: u32,
    /// All values.
    values: u32,
    first: Right,
}

/// What stands right of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    Nobody,
    Unit(u64, u32),
    /// Concurrent edits met there, and only the CRDT knows.
    Unsure,
}

impl Right {
    /// Whoever names this right neighbour has seen all that stands there.
    fn is_seen(self, right: Option<Id>) -> bool {
        match self {
            Right::Nobody => true,
            Right::Unit(client, clock) => right == Some(Id { client, clock }),
            Right::Unsure => false,
        }
    }
}

/// Where edits met that had not seen one another: who wrote, in which list, between which units.
type Conflict = (u64, ListId, Option<(u64, u32)>, Option<(u64, u32)>);

/// Where a struct goes.
#[derive(Debug, Clone, Copy)]
struct Spot {
    list: ListId,
    what: What,
}

/// New structs on top of an inventory, which stays as it is until [`Inventory::take`].
#[derive(Debug)]
pub struct Draft<'a> {
    base: &'a Inventory,
    new: Additions,
    /// Nanoseconds that placing all this can cost yrs at most.
    pub cost: u64,
}

/// What a draft adds.
#[derive(Debug, Default)]
pub struct Additions {
    clients: BTreeMap<u64, Client>,
    /// Lists of the base as they will be.
    changed: BTreeMap<ListId, List>,
    lists: Vec<List>,
    roots: BTreeMap<String, ListId>,
    right_of: BTreeMap<(u64, u32), Right>,
    conflicts: BTreeSet<Conflict>,
}

impl Inventory {
    /// The clock after a client's last unit, 0 if there is none.
    pub fn upto(&self, client: u64) -> u32 {
        self.clients.get(&client).map_or(0, |client| client.end)
    }

    pub fn draft(&self) -> Draft<'_> {
        Draft { base: self, new: Additions::default(), cost: 0 }
    }

    /// Takes over what was drafted on this inventory as it is.
    pub fn take(&mut self, additions: Additions) {
        let Additions { clients, changed, lists, roots, right_of, conflicts } = additions;
        for (id, new) in clients {
            let client = self.clients.entry(id).or_default();
            let continues = usize::from(new.continues);
            client.runs.extend_from_slice(&new.runs[continues..]);
            client.pairs.extend(new.pairs);
            client.blocks += new.blocks;
            client.end = client.end.max(new.end);
        }
        for (id, list) in changed {
            self.lists[id as usize] = list;
        }
        self.lists.extend(lists);
        self.roots.extend(roots);
        self.right_of.extend(right_of);
        self.conflicts.extend(conflicts);
    }
}

impl Inventory {
    /// Notes what yrs has deleted.
    pub fn take_deleted(&mut self, Deleted { client, clock, len }: Deleted) {
        let client = self.clients.entry(client).or_default();
        let (mut from, mut to) = (clock, clock + len);
        while let Some((start, end)) = client.deleted.range(..=to).next_back().map(|(start, end)| (*start, *end))
            && end >= from
        {
            client.deleted.remove(&start);
            (from, to) = (from.min(start), to.max(end));
        }
        client.deleted.insert(from, to);
    }

    /// What of these units is not deleted yet.
    pub fn undeleted(&self, range: Deleted) -> impl Iterator<Item = Deleted> {
        let (client, mut clock, end) = (range.client, range.clock, range.clock + range.len);
        let deleted = self.clients.get(&client).map(|client| &client.deleted);
        std::iter::from_fn(move || {
            let before = deleted.and_then(|deleted| deleted.range(..=clock).next_back());
            if let Some((_, to)) = before.filter(|(_, to)| **to > clock) {
                clock = *to;
            }
            if clock >= end {
                return None;
            }
            let next =
                deleted.and_then(|deleted| deleted.range(clock..).next()).map_or(end, |(from, _)| end.min(*from));
            let left = Deleted { client, clock, len: next - clock };
            clock = next;
            Some(left)
        })
    }
}

impl Client {
    fn run(&self, clock: u32) -> Option<Run> {
        let after = self.runs.partition_point(|run| run.clock <= clock);
        self.runs[..after].last().copied()
    }

    /// Do this unit and the next belong to one run?
    fn goes_on(&self, clock: u32) -> bool {
        let after = self.runs.partition_point(|run| run.clock <= clock);
        let end = self.runs.get(after).map_or(self.end, |next| next.clock);
        clock + 1 < end
    }

    /// Is this unit the first half of a character?
    fn is_half(&self, clock: u32) -> bool {
        let after = self.pairs.partition_point(|(from, _)| *from <= clock);
        self.pairs[..after].last().is_some_and(|(from, to)| clock < *to && (clock - from).is_multiple_of(2))
    }

    fn add_pair(&mut self, clock: u32) {
        match self.pairs.last_mut() {
            Some((_, to)) if *to == clock => *to += 2,
            _ => self.pairs.push((clock, clock + 2)),
        }
    }
}

impl Spot {
    const NOWHERE: Spot = Spot { list: NOWHERE, what: What::Gone };

    fn of(run: Run) -> Self {
        Spot { list: run.list, what: run.what }
    }
}

impl Draft<'_> {
    pub fn finish(self) -> Additions {
        self.new
    }

    /// The clock after a client's last unit.
    fn upto(&self, client: u64) -> u32 {
        self.new.clients.get(&client).map_or_else(|| self.base.upto(client), |client| client.end)
    }

    /// Who knows this unit.
    fn client(&self, id: Id) -> Option<&Client> {
        let new = self.new.clients.get(&id.client).filter(|new| new.start <= id.clock);
        new.or_else(|| self.base.clients.get(&id.client)).filter(|client| id.clock < client.end)
    }

    fn run(&self, id: Id) -> Result<Run, Unfit> {
        let client = self.client(id).ok_or(Unfit::Neighbours)?;
        match client.run(id.clock) {
            Some(run) => Ok(run),
            None => Err(Unfit::Neighbours),
        }
    }

    fn list(&self, id: ListId) -> List {
        let known = self.base.lists.len();
        let changed = self.new.changed.get(&id).copied();
        changed.unwrap_or_else(|| match self.base.lists.get(id as usize) {
            Some(list) => *list,
            None => self.new.lists[id as usize - known],
        })
    }

    fn list_mut(&mut self, id: ListId) -> &mut List {
        let known = self.base.lists.len();
        match self.base.lists.get(id as usize) {
            Some(list) => self.new.changed.entry(id).or_insert(*list),
            None => &mut self.new.lists[id as usize - known],
        }
    }

    fn add_list(&mut self, depth: u8, is_text: bool) -> ListId {
        self.new.lists.push(List { depth, is_text, blocks: 0, keys: 0, values: 0, first: Right::Nobody });
        (self.base.lists.len() + self.new.lists.len() - 1) as ListId
    }

    fn root(&mut self, name: &str) -> ListId {
        match self.base.roots.get(name).or_else(|| self.new.roots.get(name)) {
            Some(list) => *list,
            None => {
                let list = self.add_list(0, name != CONTENT);
                self.new.roots.insert(name.to_owned(), list);
                list
            }
        }
    }

    /// Takes a new struct in, if it can stand where it says.
    ///
    /// All it builds on must have been taken in before. What lies before the client's clock is passed over.
    pub fn enter(&mut self, client: u64, clock: u32, details: &Details<'_>) -> Result<(), Unfit> {
        let spot = self.spot(details)?;
        self.check(client, clock, details, spot)?;
        if spot.list != NOWHERE {
            // Of one that is known in part yrs takes the rest: it stands after the known part, before the same neighbour.
            self.check_neighbours(client, self.stands_after(client, clock, details), details.right, spot)?;
        }
        self.put(client, clock, details, spot);
        Ok(())
    }

    /// Takes a struct of a stored document in, whatever it is: older rules may have let it pass.
    pub fn enter_stored(&mut self, client: u64, clock: u32, details: &Details<'_>) {
        let spot = self.spot(details).unwrap_or(Spot::NOWHERE);
        self.put(client, clock, details, spot);
    }

    /// Does it hold an address, by the key it or its predecessor names?
    pub fn holds_address(&self, details: &Details<'_>) -> bool {
        match (details.key, details.origin) {
            (Some(key), _) => is_address(key),
            (None, Some(origin)) => self.run(origin).is_ok_and(|run| run.what == What::Address),
            (None, None) => false,
        }
    }

    /// Deletes units that are there and not deleted yet, unless that leaves half a character.
    pub fn delete(&mut self, Deleted { client, clock, len }: Deleted) -> Result<(), Unfit> {
        if self.is_cut(client, clock) || self.is_cut(client, clock + len) {
            return Err(Unfit::HalfCharacter);
        }
        self.cut(Id { client, clock });
        self.cut(Id { client, clock: clock + len });
        self.cost += DELETION;
        Ok(())
    }

    /// yrs makes two blocks of one before this unit, and moves all later blocks of that client.
    fn cut(&mut self, Id { client, clock }: Id) {
        let Some(before) = clock.checked_sub(1).map(|clock| Id { client, clock }) else { return };
        let Some(within) = self.client(before) else { return };
        let deleted = self.base.clients.get(&client).map(|client| &client.deleted);
        let was_cut = self.base.right_of.contains_key(&(client, before.clock))
            || self.new.right_of.contains_key(&(client, before.clock))
            || deleted.is_some_and(|deleted| {
                let around = deleted.range(..=clock).next_back();
                around.is_some_and(|(from, to)| *from == clock || *to == clock)
            });
        if was_cut || !within.goes_on(before.clock) {
            return;
        }
        let blocks = self.base.clients.get(&client).map_or(0, |client| client.blocks);
        let end = self.upto(client);
        let new = self.new.clients.entry(client).or_insert_with(|| Client { start: end, end, ..Client::default() });
        new.blocks += 1;
        self.cost += CUT + u64::from(blocks + new.blocks) / 8;
    }

    /// Do this unit and the one before it make one character?
    fn is_cut(&self, client: u64, clock: u32) -> bool {
        let Some(before) = clock.checked_sub(1).map(|clock| Id { client, clock }) else { return false };
        self.client(before).is_some_and(|client| client.is_half(before.clock))
    }

    fn spot(&mut self, details: &Details<'_>) -> Result<Spot, Unfit> {
        if matches!(details.content, Content::Gone(_) | Content::Skip(_)) {
            return Ok(Spot::NOWHERE);
        }
        let what = match details.key {
            None => What::Child,
            Some(key) if is_address(key) => What::Address,
            Some(_) => What::Value,
        };
        let spot = match (details.parent, details.origin, details.right) {
            (Some(Parent::Root(name)), _, _) => Spot { list: self.root(name), what },
            (Some(Parent::Id(parent)), _, _) => match self.run(parent)? {
                Run { what: What::Gone, .. } | Run { holds: WAS_A_LIST, .. } => Spot::NOWHERE,
                Run { holds: NO_LIST, .. } => return Err(Unfit::Parent),
                Run { holds: list, .. } => Spot { list, what },
            },
            (None, Some(left), None) => Spot::of(self.run(left)?),
            (None, None, Some(right)) => Spot::of(self.run(right)?),
            (None, Some(left), Some(right)) => {
                let (left, right) = (self.run(left)?, self.run(right)?);
                if (left.list, left.what) != (right.list, right.what) {
                    return Err(Unfit::Neighbours);
                }
                Spot::of(left)
            }
            (None, None, None) => return Err(Unfit::Parent),
        };
        Ok(spot)
    }

    fn check(&self, client: u64, clock: u32, details: &Details<'_>, spot: Spot) -> Result<(), Unfit> {
        let cut_left = details.origin.is_some_and(|left| self.is_cut(left.client, left.clock + 1));
        let cut_right = details.right.is_some_and(|right| self.is_cut(right.client, right.clock));
        if cut_left || cut_right {
            return Err(Unfit::HalfCharacter);
        }
        let have = self.upto(client);
        if clock < have && !matches!(details.content, Content::Gone(_)) {
            let before = self.run(Id { client, clock: have - 1 })?;
            if (before.list, before.what) != (spot.list, spot.what) {
                return Err(Unfit::Neighbours);
            }
            if let Content::Text(text) = details.content
                && halves(text).any(|at| clock + at + 1 == have)
            {
                return Err(Unfit::HalfCharacter);
            }
        }
        if spot.list == NOWHERE {
            return Ok(());
        }
        let list = self.list(spot.list);
        let can_stand = match (spot.what, details.content) {
            (_, Content::Gone(_) | Content::Skip(_) | Content::Deleted(_)) => true,
            (What::Gone | What::Child, Content::Type(_)) => true,
            // Letters among elements send yrs into an endless loop: it counts characters where it holds units.
            (What::Gone | What::Child, Content::Text(_) | Content::Embed(_) | Content::Format(..)) => list.is_text,
            (What::Gone | What::Child, Content::Binary(_) | Content::Values(..)) => !list.is_text,
            // A mark under a key makes yrs panic on every page that looks on.
            (What::Value | What::Address, Content::Embed(_) | Content::Format(..)) => false,
            (What::Value | What::Address, _) => details.units() == 1,
        };
        if !can_stand {
            return Err(Unfit::Kind);
        }
        if matches!(spot.what, What::Value | What::Address) && details.right.is_some() {
            return Err(Unfit::Neighbours);
        }
        if matches!(details.content, Content::Type(_)) && list.depth >= MAX_NESTING {
            return Err(Unfit::Nesting);
        }
        if details.key.is_some() && list.keys >= MAX_ATTRIBUTES {
            return Err(Unfit::Attributes);
        }
        Ok(())
    }

    fn put(&mut self, client: u64, clock: u32, details: &Details<'_>, spot: Spot) {
        let have = self.upto(client);
        let end = clock + details.units();
        if end <= have {
            return;
        }
        let origin = self.stands_after(client, clock, details);
        let start = clock.max(have);
        let holds = match details.content {
            Content::Type(shared) if spot.list != NOWHERE => {
                let depth = self.list(spot.list).depth.saturating_add(1);
                self.add_list(depth, shared == Shared::Text)
            }
            Content::Deleted(_) => WAS_A_LIST,
            _ => NO_LIST,
        };
        let before = start.checked_sub(1).and_then(|clock| self.run(Id { client, clock }).ok());
        let follows = spot.list == NOWHERE || (start > 0 && origin == Some(Id { client, clock: start - 1 }));
        let alike = before.is_some_and(|run| (run.list, run.what, run.holds) == (spot.list, spot.what, holds));
        let goes_on = follows && alike && (holds == NO_LIST || holds == WAS_A_LIST);
        if spot.list != NOWHERE {
            self.stand(client, start, origin, details.right, spot, goes_on);
        }
        let born = if spot.list == NOWHERE { 0 } else { self.list(spot.list).blocks };
        let entry = self.new.clients.entry(client).or_insert_with(|| Client { start, end: start, ..Client::default() });
        entry.blocks += u32::from(!goes_on);
        if !goes_on || entry.runs.is_empty() {
            entry.continues |= goes_on;
            entry.runs.push(Run { clock: start, list: spot.list, holds, born, origin, what: spot.what });
        }
        entry.end = end;
        if let Content::Text(text) = details.content {
            halves(text).map(|at| clock + at).filter(|at| *at >= start).for_each(|at| entry.add_pair(at));
        }
    }

    /// What the first new unit of a struct was written after: of one that is known in part, the last known unit.
    fn stands_after(&self, client: u64, clock: u32, details: &Details<'_>) -> Option<Id> {
        let have = self.upto(client);
        if clock < have { Some(Id { client, clock: have - 1 }) } else { details.origin }
    }

    /// Notes what the new unit stands right of, and what finding its place can cost yrs.
    ///
    /// yrs goes through what was put after the same unit unseen by the author. Whoever saw everything names what
    /// stands there as their right neighbour, and that costs nothing.
    fn stand(&mut self, client: u64, clock: u32, origin: Option<Id>, right: Option<Id>, spot: Spot, goes_on: bool) {
        let list = self.list(spot.list);
        let child = spot.what == What::Child;
        let there = self.stands_there(origin, spot);
        let seen = there.is_seen(right);
        let now = match there {
            Right::Nobody | Right::Unit(..) if seen => Right::Unit(client, clock),
            Right::Unit(theirs, _) if theirs < client => there,
            Right::Nobody | Right::Unit(..) | Right::Unsure => Right::Unsure,
        };
        if !seen {
            let born = origin.and_then(|origin| self.run(origin).ok()).map_or(0, |run| run.born);
            let passed = if child { list.blocks.saturating_sub(born) } else { list.values };
            self.cost += STEP * u64::from(passed);
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
    fn check_neighbours(
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

/// Where in a text first halves of characters of two units stand.
fn halves(text: &str) -> impl Iterator<Item = u32> {
    let mut at = 0;
    text.chars().filter_map(move |c| {
        let here = at;
        at += c.len_utf16() as u32;
        (c.len_utf16() == 2).then_some(here)
    })
}
