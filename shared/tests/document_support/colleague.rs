//! A person with a view: a binding, and a plain tree that plays the editor view's part.

use shared::document::change::{Change, Node};
use shared::document::plain::{apply, difference};
use shared::document::schema::schema;
use shared::document::{Binding, Committed};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::random_edit::{Edit, WORDS, atoms, edited, joined, text_blocks};
use super::{sorted, text};

pub struct Colleague {
    pub binding: Binding,
    /// What the view shows.
    pub view: Node,
    /// What the binding knows of the view: without the letters being composed.
    pub synced: Node,
    pub clock: Arc<AtomicU64>,
    composing: bool,
    client_id: u32,
    compositions: u32,
    /// Letters composed so far, to be found again afterwards.
    composed: String,
}

impl Colleague {
    pub fn new(client_id: u32) -> Self {
        let clock = Arc::new(AtomicU64::new(1_000));
        let time = clock.clone();
        let binding = Binding::open(client_id.into(), move || time.load(Ordering::Relaxed));
        let view = binding.view();
        Self {
            binding,
            synced: view.clone(),
            view,
            clock,
            composing: false,
            client_id,
            compositions: 0,
            composed: String::new(),
        }
    }

    /// Edits at random; returns the update to send.
    pub fn edit(&mut self, edit: &Edit) -> Option<Vec<u8>> {
        if self.composing {
            return None;
        }
        let after = edited(&self.view, edit)?;
        let changes = difference(&self.view, &after);
        self.view = after;
        let committed = self.binding.commit(&changes).unwrap_or_else(|error| panic!("{error}: {changes:?}"));
        self.take(committed)
    }

    /// Takes an update in; returns the updates to send of what it brought for blocks that are gone.
    pub fn receive(&mut self, update: &[u8]) -> Vec<Vec<u8>> {
        let changes = self.binding.apply_remote(update).expect("updates of the test are well formed");
        self.show(&changes);
        self.binding.take_carried()
    }

    pub fn undo(&mut self) -> Option<Vec<u8>> {
        self.clock.fetch_add(1_000, Ordering::Relaxed);
        if self.composing {
            return None;
        }
        let undone = self.binding.undo()?;
        self.show(&undone.changes);
        Some(undone.update)
    }

    pub fn redo(&mut self) -> Option<Vec<u8>> {
        if self.composing {
            return None;
        }
        let undone = self.binding.redo()?;
        self.show(&undone.changes);
        Some(undone.update)
    }

    pub fn start_composing(&mut self, place: u16) {
        let blocks = text_blocks(&self.view);
        if self.composing || blocks.is_empty() {
            return;
        }
        let path = &blocks[place as usize % blocks.len()];
        self.binding.composition_start(path).expect("a text block of the view");
        self.composing = true;
        self.composed.clear();
        self.synced = self.view.clone();
        // The input method begins by writing, somewhere in the block.
        let block = path.iter().fold(&mut self.view, |node, &index| &mut node.content[index]);
        let mut content = atoms(block);
        // Letters that nobody else writes, so that they can be found again; every other one of two units.
        self.compositions += 1;
        let plane = if self.compositions.is_multiple_of(2) { 0x2_0000 } else { 0x4E00 };
        let letter = char::from_u32(plane + self.client_id * 1_000 + self.compositions).expect("an ideograph");
        let letters = &format!("{letter}{}", WORDS[place as usize % WORDS.len()]);
        let at = (place / 7) as usize % (content.len() + 1);
        if place.is_multiple_of(3) && at < content.len() {
            content.remove(at);
        }
        content.insert(at, text(letters));
        block.content = joined(content);
        self.composed.push(letter);
        if !schema().fits(&self.view) {
            self.view = self.synced.clone();
            self.composed.clear();
        }
        self.check_composing();
    }

    /// Ends the composition; `elsewhere`: the view has changed in another place too.
    pub fn end_composing(&mut self, elsewhere: Option<&Edit>) -> Option<Vec<u8>> {
        if !self.composing {
            return None;
        }
        self.composing = false;
        if let Some(after) = elsewhere.and_then(|edit| edited(&self.view, edit)) {
            self.view = after;
            self.composed.clear();
        }
        let changes = difference(&self.synced, &self.view);
        let committed = self.binding.composition_end(&changes).unwrap_or_else(|error| panic!("{error}"));
        let update = self.take(committed);
        let shown = sorted(&super::letters(&self.view));
        for letter in sorted(&self.composed) {
            assert!(shown.contains(&letter), "the composed letter {letter:?} is lost");
        }
        update
    }

    fn take(&mut self, committed: Committed) -> Option<Vec<u8>> {
        self.show(&committed.catch_up);
        committed.update
    }

    fn show(&mut self, changes: &[Change]) {
        for change in changes {
            apply(&mut self.view, change).unwrap_or_else(|error| panic!("{error}: {change:?}"));
            if self.composing {
                apply(&mut self.synced, change).unwrap_or_else(|error| panic!("{error}: {change:?}"));
            }
        }
        if self.composing {
            self.check_composing();
        } else {
            self.check();
        }
    }

    /// View, mirror and document are one.
    fn check(&self) {
        assert_eq!(self.view, self.binding.view(), "the view is not what the binding takes it for");
        assert_eq!(self.view, self.binding.read_anew(), "the view is not what the document holds");
        assert!(schema().fits(&self.view), "the view does not fit the schema: {:?}", self.view);
    }

    /// Nothing but the composed block differs between the view and what the binding knows of it.
    fn check_composing(&self) {
        assert_eq!(self.synced, self.binding.view());
        assert!(schema().fits(&self.view));
        let differences = difference(&self.synced, &self.view);
        assert!(
            matches!(differences.as_slice(), [] | [Change::Inline { .. }]),
            "the composed block was touched: {differences:?}"
        );
    }
}
