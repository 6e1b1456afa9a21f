//! Words that arrive for a block that has been replaced.
//!
//! An element of the CRDT can't become another kind, nor move: a heading that was a paragraph is a new element with the
//! same words, and what colleagues wrote in the old one without having seen that arrives where nobody looks any more.
//! Who replaced a block therefore remembers which unit of the old text became which of the new one, and writes what
//! still comes for the old units next to the new ones. Only they do: it is written once.

use std::collections::BTreeMap;

use yrs::any::Any;
use yrs::types::text::YChange;
use yrs::{
    Assoc, ClientID, ID, IndexedSequence, Out, ReadTxn, StateVector, StickyIndex, Text, TransactionMut, XmlElementRef,
    XmlFragment, XmlFragmentRef, XmlOut, XmlTextPrelim, XmlTextRef,
};

use super::inhabited::is_living;
use super::inline::common_ends;
use super::schema::schema;
use super::tree::{children, id_of};
use super::write;
use crate::wire::update::{Content, Details, Id, Limits, Parent, Shared, Skeleton};

/// Origin of the transactions that write what came for replaced blocks: others' words, which undo does not take back.
pub(super) const CARRIED: &str = "carried";
/// Units remembered of one text: looking each up goes through its pieces.
const MAX_TEXT: usize = 5_000;
/// Units remembered in all. Beyond that all but the latest replacement are forgotten.
const MAX_UNITS: usize = 100_000;
/// Replacements of replacements that are followed.
const MAX_GENERATIONS: usize = 64;
/// Stands for a leaf among the letters.
const LEAF: u16 = 0xfffc;

/// Where something that was in a replaced block stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spot {
    /// Right after or right before this unit.
    After(ID),
    Before(ID),
    /// First in this text block.
    Start(ID),
}

/// What became of what.
#[derive(Debug, Default)]
pub(super) struct Heirs {
    /// Units, texts and elements that are gone, with the number of the replacement.
    spots: BTreeMap<(u64, u32), (u64, Spot)>,
    replacements: u64,
}

/// A text block: itself, the texts in it, and its letters with their ids.
#[derive(Debug)]
pub(super) struct Words {
    block: ID,
    texts: Vec<ID>,
    letters: Vec<u16>,
    units: Vec<ID>,
}

/// The text blocks in these children of an element, from the first to before the second.
pub(super) fn words<T: ReadTxn>(txn: &T, parent: &XmlFragmentRef, from: u32, to: u32) -> Vec<Words> {
    let mut found = Vec::new();
    for child in (from..to).filter_map(|at| parent.get(txn, at)) {
        if let XmlOut::Element(element) = child {
            gather(txn, &element, &mut found);
        }
    }
    found
}

fn gather<T: ReadTxn>(txn: &T, element: &XmlElementRef, found: &mut Vec<Words>) {
    let inside: &XmlFragmentRef = element.as_ref();
    if !schema().node(element.tag()).is_some_and(|kind| kind.is_text_block()) {
        for child in children(txn, inside) {
            if let XmlOut::Element(child) = child {
                gather(txn, &child, found);
            }
        }
        return;
    }
    let mut words = Words { block: id_of(element), texts: Vec::new(), letters: Vec::new(), units: Vec::new() };
    for child in children(txn, inside) {
        match child {
            XmlOut::Text(text) => {
                words.texts.push(id_of(&text));
                if text.len(txn) as usize > MAX_TEXT {
                    continue;
                }
                for piece in text.diff(txn, YChange::identity) {
                    match piece.insert {
                        Out::Any(Any::String(letters)) => words.letters.extend(letters.encode_utf16()),
                        _ => words.letters.push(LEAF),
                    }
                }
                let unit = |at| text.sticky_index(txn, at, Assoc::After).and_then(|place| place.id().copied());
                words.units.extend((0..text.len(txn)).filter_map(unit));
            }
            XmlOut::Element(leaf) => {
                words.letters.push(LEAF);
                words.units.push(id_of(&leaf));
            }
            XmlOut::Fragment(_) => {}
        }
    }
    if words.letters.len() == words.units.len() {
        found.push(words);
    }
}

impl Heirs {
    pub fn is_empty(&self) -> bool {
        self.spots.is_empty()
    }

    /// Remembers that the new blocks stand for the old ones, as far as they say the same.
    pub fn succeed(&mut self, old: &[Words], new: &[Words]) {
        self.replacements += 1;
        let mut rest = new;
        for gone in old {
            let Some(at) = rest.iter().position(|heir| gone.is_like(heir)) else { continue };
            let heir = &rest[at];
            rest = &rest[at + 1..];
            let (head, tail) = common_ends(&gone.letters, &heir.letters);
            let kept = gone.units[..head].iter().zip(&heir.units);
            let ends = gone.units.iter().rev().zip(heir.units.iter().rev()).take(tail);
            for (old, new) in kept.chain(ends) {
                self.note(*old, Spot::After(*new));
            }
            // What lies between was changed in the same breath: its place is after what stayed.
            let between = if head > 0 { Spot::After(heir.units[head - 1]) } else { Spot::Start(heir.block) };
            for old in &gone.units[head..gone.units.len() - tail] {
                self.note(*old, between);
            }
            for place in gone.texts.iter().chain([&gone.block]) {
                self.note(*place, Spot::Start(heir.block));
            }
        }
        if self.spots.len() > MAX_UNITS {
            let recent = self.replacements;
            self.spots.retain(|_, (number, _)| *number == recent);
        }
    }

    /// Writes what an update has brought for blocks that are gone. `before`: what was here before it.
    pub fn carry_over(&mut self, txn: &mut TransactionMut, update: &[u8], before: &StateVector) {
        let Ok(skeleton) = Skeleton::read(update, Limits::STORED) else { return };
        let parts = skeleton.sections.iter().flat_map(|section| {
            let known = before.get(&ClientID::new(section.client));
            let new = section.structs.iter().filter(move |part| !part.skip && part.end() > known);
            new.map(move |part| (section.client, part.clock.max(known), part))
        });
        // What builds on something of a later section is found in the next round.
        let mut parts: Vec<_> =
            parts.map(|(client, from, part)| (client, from, part.clock, skeleton.details(part))).collect();
        loop {
            let left = parts.len();
            parts.retain(|(client, from, clock, details)| !self.carry(txn, *client, *from, *clock, details));
            if parts.len() == left {
                return;
            }
        }
    }

    /// Whether this struct stands in a block that is gone; then what it says is in the new one.
    fn carry(&mut self, txn: &mut TransactionMut, client: u64, from: u32, clock: u32, details: &Details<'_>) -> bool {
        let known = (from > clock).then(|| Id { client, clock: from - 1 });
        let Some(spot) = self.spot(known.or(details.origin), details.right, details.parent) else { return false };
        if self.spots.contains_key(&(client, from)) {
            // It came before, and waits for something.
            return true;
        }
        let own = |clock| ID::new(ClientID::new(client), clock);
        match details.content {
            Content::Text(text) => {
                let units: Vec<u16> = text.encode_utf16().skip((from - clock) as usize).collect();
                let Ok(text) = String::from_utf16(&units) else { return false };
                let written = insert(txn, self.last(spot), &text);
                for (at, unit) in (from..).zip(&written) {
                    self.note(own(at), Spot::After(*unit));
                }
                !written.is_empty()
            }
            // Letters in it stand where it would.
            Content::Type(Shared::Text) | Content::Format(..) => {
                self.note(own(clock), spot);
                true
            }
            _ => false,
        }
    }

    fn spot(&self, origin: Option<Id>, right: Option<Id>, parent: Option<Parent<'_>>) -> Option<Spot> {
        let known = |id: Id| self.spots.get(&(id.client, id.clock)).map(|(_, spot)| *spot);
        match (origin, right, parent) {
            (Some(origin), _, _) => known(origin),
            (None, Some(right), _) => match known(right)? {
                Spot::After(heir) => Some(Spot::Before(heir)),
                other => Some(other),
            },
            (None, None, Some(Parent::Id(parent))) => known(parent),
            (None, None, _) => None,
        }
    }

    /// Follows replacements of replacements.
    fn last(&self, mut spot: Spot) -> Spot {
        for _ in 0..MAX_GENERATIONS {
            let (Spot::After(id) | Spot::Before(id) | Spot::Start(id)) = spot;
            let Some((_, later)) = self.spots.get(&(id.client.get(), id.clock)) else { break };
            spot = match (spot, *later) {
                (Spot::Before(_), Spot::After(heir)) => Spot::Before(heir),
                (_, later) => later,
            };
        }
        spot
    }

    fn note(&mut self, gone: ID, spot: Spot) {
        self.spots.insert((gone.client.get(), gone.clock), (self.replacements, spot));
    }
}

impl Words {
    /// At least half of the shorter one is the beginning and the end of both.
    fn is_like(&self, other: &Words) -> bool {
        let (head, tail) = common_ends(&self.letters, &other.letters);
        (head + tail) * 2 >= self.letters.len().min(other.letters.len())
    }
}

/// Inserts letters at a place that may have gone meanwhile; gives their ids.
fn insert(txn: &mut TransactionMut, spot: Spot, letters: &str) -> Vec<ID> {
    let Some((text, at)) = place(txn, spot) else { return Vec::new() };
    let at = at + u32::from(is_in_a_character(txn, &text, at));
    text.insert(txn, at, letters);
    let len = letters.encode_utf16().count() as u32;
    let unit = |at| text.sticky_index(txn, at, Assoc::After).and_then(|place| place.id().copied());
    (at..at + len).filter_map(unit).collect()
}

/// Whether the place lies between the two halves of a character. A unit that was taken back and brought back is another
/// one, whose place is found, though it counts as gone: what goes behind its second half would come before that.
fn is_in_a_character<T: ReadTxn>(txn: &T, text: &XmlTextRef, at: u32) -> bool {
    let mut letters = text.diff(txn, YChange::identity).into_iter().flat_map(|piece| match piece.insert {
        Out::Any(Any::String(letters)) => letters.encode_utf16().collect(),
        _ => vec![LEAF],
    });
    let before = (at as usize).checked_sub(1).and_then(|before| letters.nth(before));
    let behind = letters.next();
    before.is_some_and(|unit| (0xd800..0xdc00).contains(&unit))
        && behind.is_some_and(|unit| (0xdc00..0xe000).contains(&unit))
}

fn place(txn: &mut TransactionMut, spot: Spot) -> Option<(XmlTextRef, u32)> {
    let (id, after) = match spot {
        Spot::After(id) => (id, true),
        Spot::Before(id) => (id, false),
        Spot::Start(block) => {
            let element = write::element(txn, block)?;
            return match element.get(txn, 0) {
                Some(XmlOut::Text(text)) => Some((text, 0)),
                _ => Some((element.insert(txn, 0, XmlTextPrelim::new("")), 0)),
            };
        }
    };
    let found = StickyIndex::from_id(id, Assoc::After).get_offset(txn)?;
    let at = found.index + u32::from(after && is_living(txn, id));
    match XmlOut::try_from(found.branch).ok()? {
        XmlOut::Text(text) => Some((text, at)),
        XmlOut::Element(_) | XmlOut::Fragment(_) => None,
    }
}
