//! What a document has, as far as admission must know it: which list each unit stands in, what it is, how deep.
//!
//! A document of a million edits has few thousand runs here: units of one client that were written one after another
//! in one place are one run. Nothing of the content is kept.

mod draft;
mod entries;
mod neighbours;

use std::collections::{BTreeMap, BTreeSet};

use self::draft::Draft;
use self::entries::{Entries, NewEntries};
use crate::wire::update::{Deleted, Id};

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

/// The structure of a document.
#[derive(Debug, Default)]
pub struct Inventory {
    clients: BTreeMap<u64, Client>,
    lists: Vec<List>,
    roots: BTreeMap<String, ListId>,
    /// Who stands directly right of a unit, where that is not the next unit of the same run.
    right_of: BTreeMap<(u64, u32), Right>,
    conflicts: BTreeSet<Conflict>,
    entries: Entries,
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
    /// How much its list had when it came; of an entry of a board its [`entries::EntryId`].
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
    /// Of entries of a board, and nothing else.
    is_board: bool,
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
    entries: NewEntries,
}

impl Inventory {
    /// The clock after a client's last unit, 0 if there is none.
    pub fn upto(&self, client: u64) -> u32 {
        self.clients.get(&client).map_or(0, |client| client.end)
    }

    pub fn draft(&self) -> Draft<'_> {
        Draft::on(self)
    }

    /// Takes over what was drafted on this inventory as it is.
    pub fn take(&mut self, additions: Additions) {
        let Additions { clients, changed, lists, roots, right_of, conflicts, entries } = additions;
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
        self.entries.take(entries);
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
