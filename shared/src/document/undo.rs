//! Undo and redo of one's own edits.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;
use yrs::undo::{Options, StackItem, UndoManager};
use yrs::{Doc, IdSet, Transact, XmlFragmentRef};

use super::binding::OWN;
use super::inhabited::{inhabited, lives};

/// Edits that follow each other faster than this are one step.
const CAPTURE_TIMEOUT_MS: u64 = 500;

type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;
type Step = StackItem<()>;

/// The steps that can be taken back, and where the caret was before each.
pub(super) struct History {
    manager: UndoManager<()>,
    doc: Doc,
    root: XmlFragmentRef,
    clock: Clock,
    undo_carets: Vec<Option<Value>>,
    redo_carets: Vec<Option<Value>>,
}

impl History {
    /// `clock` gives milliseconds and never runs backwards.
    pub fn new(doc: &Doc, root: &XmlFragmentRef, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let clock: Clock = Arc::new(clock);
        Self {
            manager: manager(doc, root, &clock, Vec::new(), Vec::new()),
            doc: doc.clone(),
            root: root.clone(),
            clock,
            undo_carets: Vec::new(),
            redo_carets: Vec::new(),
        }
    }

    /// Call it after each own transaction, with the caret as it was before.
    pub fn remember(&mut self, caret: Option<Value>) {
        self.undo_carets.resize(self.manager.undo_stack().len(), caret);
        self.redo_carets.truncate(self.manager.redo_stack().len());
    }

    /// Takes the last step back. `caret`: where it is now, for a redo. Returns the caret as it was before the step.
    pub fn undo(&mut self, caret: Option<Value>) -> Option<Option<Value>> {
        let mut steps = self.manager.undo_stack().to_vec();
        if self.spare(&mut steps) {
            let redo = self.manager.redo_stack().to_vec();
            self.manager = manager(&self.doc, &self.root, &self.clock, steps, redo);
        }
        let done = self.manager.undo_blocking();
        let (left, redone) = (self.manager.undo_stack().len(), self.manager.redo_stack().len());
        let before = self.undo_carets.get(left).cloned().flatten();
        self.undo_carets.truncate(left);
        self.redo_carets.resize(redone, caret);
        done.then_some(before)
    }

    pub fn redo(&mut self, caret: Option<Value>) -> Option<Option<Value>> {
        let mut steps = self.manager.redo_stack().to_vec();
        if self.spare(&mut steps) {
            let undo = self.manager.undo_stack().to_vec();
            self.manager = manager(&self.doc, &self.root, &self.clock, undo, steps);
        }
        let done = self.manager.redo_blocking();
        let (undone, left) = (self.manager.undo_stack().len(), self.manager.redo_stack().len());
        let before = self.redo_carets.get(left).cloned().flatten();
        self.redo_carets.truncate(left);
        self.undo_carets.resize(undone, caret);
        done.then_some(before)
    }

    pub fn can_undo(&self) -> bool {
        self.manager.can_undo()
    }

    pub fn can_redo(&self) -> bool {
        self.manager.can_redo()
    }

    pub fn stop_capturing(&mut self) {
        self.manager.reset();
    }

    /// Takes out of the next step to go what others have moved into since it was made, and out of those below it
    /// that would go in the same breath because the ones above have nothing left to take back.
    fn spare(&self, steps: &mut [Step]) -> bool {
        let txn = self.doc.transact();
        let mut spared = false;
        for step in steps.iter_mut().rev() {
            let mut kept = IdSet::new();
            inhabited(&txn, &self.root, step.insertions()).into_iter().for_each(|id| kept.insert(id, 1));
            if !kept.is_empty() {
                let insertions = step.insertions().diff(&kept);
                *step = StackItem::new(self.doc.guid(), step.deletions().clone(), insertions);
                spared = true;
            }
            if lives(&txn, step.insertions()) {
                break;
            }
        }
        spared
    }
}

fn manager(doc: &Doc, root: &XmlFragmentRef, clock: &Clock, undo: Vec<Step>, redo: Vec<Step>) -> UndoManager<()> {
    let clock = clock.clone();
    let mut manager = UndoManager::with_options(Options {
        capture_timeout_millis: CAPTURE_TIMEOUT_MS,
        tracked_origins: HashSet::from([OWN.into()]),
        capture_transaction: None,
        timestamp: Arc::new(move || clock()),
        init_undo_stack: undo,
        init_redo_stack: redo,
    });
    manager.expand_scope(doc, root);
    manager
}
