//! New structs on top of an inventory: may they stand where they say?

use super::super::content::{MAX_ATTRIBUTES, MAX_ENTRIES, MAX_NESTING, Unfit, is_address};
use super::entries::{EntryId, NO_ENTRY};
use super::{
    Additions, CUT, Client, DELETION, Inventory, List, ListId, NO_LIST, NOWHERE, Right, Run, Spot, WAS_A_LIST, What,
};
use crate::board::{self, Key};
use crate::document::CONTENT;
use crate::wire::update::{self, Content, Deleted, Details, Id, Parent, Shared};

/// The structs, with the inventory, which stays as it is until [`Inventory::take`].
#[derive(Debug)]
pub struct Draft<'a> {
    pub(super) base: &'a Inventory,
    pub(super) new: Additions,
    /// Nanoseconds that placing all this can cost yrs at most.
    pub cost: u64,
}

impl<'a> Draft<'a> {
    pub(super) fn on(base: &'a Inventory) -> Self {
        Self { base, new: Additions::default(), cost: 0 }
    }

    pub fn finish(self) -> Additions {
        self.new
    }

    /// The clock after a client's last unit.
    pub(super) fn upto(&self, client: u64) -> u32 {
        self.new.clients.get(&client).map_or_else(|| self.base.upto(client), |client| client.end)
    }

    /// Who knows this unit.
    pub(super) fn client(&self, id: Id) -> Option<&Client> {
        let new = self.new.clients.get(&id.client).filter(|new| new.start <= id.clock);
        new.or_else(|| self.base.clients.get(&id.client)).filter(|client| id.clock < client.end)
    }

    pub(super) fn run(&self, id: Id) -> Result<Run, Unfit> {
        let client = self.client(id).ok_or(Unfit::Neighbours)?;
        match client.run(id.clock) {
            Some(run) => Ok(run),
            None => Err(Unfit::Neighbours),
        }
    }

    pub(super) fn list(&self, id: ListId) -> List {
        let known = self.base.lists.len();
        let changed = self.new.changed.get(&id).copied();
        changed.unwrap_or_else(|| match self.base.lists.get(id as usize) {
            Some(list) => *list,
            None => self.new.lists[id as usize - known],
        })
    }

    pub(super) fn list_mut(&mut self, id: ListId) -> &mut List {
        let known = self.base.lists.len();
        match self.base.lists.get(id as usize) {
            Some(list) => self.new.changed.entry(id).or_insert(*list),
            None => &mut self.new.lists[id as usize - known],
        }
    }

    fn add_list(&mut self, depth: u8, is_text: bool, is_board: bool) -> ListId {
        self.new.lists.push(List { depth, is_text, is_board, blocks: 0, keys: 0, values: 0, first: Right::Nobody });
        (self.base.lists.len() + self.new.lists.len() - 1) as ListId
    }

    fn root(&mut self, name: &str) -> ListId {
        match self.base.roots.get(name).or_else(|| self.new.roots.get(name)) {
            Some(list) => *list,
            None => {
                let is_board = name == board::ROOT;
                let list = self.add_list(0, name != CONTENT && !is_board, is_board);
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
    pub(super) fn cut(&mut self, Id { client, clock }: Id) {
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
        if list.is_board {
            return self.check_entry(details, spot, list);
        }
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

    /// A board holds entries under their keys, and nothing else (E16).
    fn check_entry(&self, details: &Details<'_>, spot: Spot, list: List) -> Result<(), Unfit> {
        if !matches!(spot.what, What::Value) || details.units() != 1 {
            return Err(Unfit::Kind);
        }
        if details.right.is_some() {
            return Err(Unfit::Neighbours);
        }
        if details.key.is_some() && list.keys >= MAX_ENTRIES {
            return Err(Unfit::Attributes);
        }
        let key = self.key_of(details).ok_or(Unfit::Name)?;
        match details.content {
            Content::Deleted(_) => Ok(()),
            Content::Binary(bytes) => Ok(board::coding::check(key, bytes)?),
            Content::Values(1, value) => {
                let bytes = update::bytes_of_value(value).ok_or(Unfit::Kind)?;
                Ok(board::coding::check(key, bytes)?)
            }
            _ => Err(Unfit::Kind),
        }
    }

    /// The key of an entry, by its own name or its predecessor's.
    fn key_of(&self, details: &Details<'_>) -> Option<Key> {
        match (details.key, details.origin) {
            (Some(key), _) => Key::named(key),
            (None, Some(origin)) => self.base.entries.key(&self.new.entries, self.run(origin).ok()?.born),
            (None, None) => None,
        }
    }

    fn entry_of(&mut self, details: &Details<'_>) -> EntryId {
        let key = self.key_of(details);
        key.map_or(NO_ENTRY, |key| self.base.entries.id(&mut self.new.entries, key))
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
                self.add_list(depth, shared == Shared::Text, false)
            }
            Content::Deleted(_) => WAS_A_LIST,
            _ => NO_LIST,
        };
        let before = start.checked_sub(1).and_then(|clock| self.run(Id { client, clock }).ok());
        let follows = spot.list == NOWHERE || (start > 0 && origin == Some(Id { client, clock: start - 1 }));
        let alike = before.is_some_and(|run| (run.list, run.what, run.holds) == (spot.list, spot.what, holds));
        let goes_on = follows && alike && (holds == NO_LIST || holds == WAS_A_LIST);
        let entry =
            if spot.list != NOWHERE && self.list(spot.list).is_board { Some(self.entry_of(details)) } else { None };
        if spot.list != NOWHERE {
            self.stand(Id { client, clock: start }, origin, details.right, spot, goes_on, entry);
        }
        let born = match entry {
            Some(entry) => entry,
            None if spot.list == NOWHERE => 0,
            None => self.list(spot.list).blocks,
        };
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
