//! Undo and redo of one's own edits.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;
use yrs::undo::{Options, UndoManager};
use yrs::{Doc, XmlFragmentRef};

use super::binding::OWN;

/// Edits that follow each other faster than this are one step.
const CAPTURE_TIMEOUT_MS: u64 = 500;

/// The steps that can be taken back, and where the caret was before each.
pub(super) struct History {
    manager: UndoManager<()>,
    undo_carets: Vec<Option<Value>>,
    redo_carets: Vec<Option<Value>>,
}

impl History {
    /// `clock` gives milliseconds and never runs backwards.
    pub fn new(doc: &Doc, root: &XmlFragmentRef, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let mut manager = UndoManager::with_options(Options {
            capture_timeout_millis: CAPTURE_TIMEOUT_MS,
            tracked_origins: HashSet::from([OWN.into()]),
            capture_transaction: None,
            timestamp: Arc::new(clock),
            init_undo_stack: Vec::new(),
            init_redo_stack: Vec::new(),
        });
        manager.expand_scope(doc, root);
        Self { manager, undo_carets: Vec::new(), redo_carets: Vec::new() }
    }

    /// Call it after each own transaction, with the caret as it was before.
    pub fn remember(&mut self, caret: Option<Value>) {
        self.undo_carets.resize(self.manager.undo_stack().len(), caret);
        self.redo_carets.truncate(self.manager.redo_stack().len());
    }

    /// Takes the last step back. `caret`: where it is now, for a redo. Returns the caret as it was before the step.
    pub fn undo(&mut self, caret: Option<Value>) -> Option<Option<Value>> {
        let done = self.manager.undo_blocking();
        let (left, redone) = (self.manager.undo_stack().len(), self.manager.redo_stack().len());
        let before = self.undo_carets.get(left).cloned().flatten();
        self.undo_carets.truncate(left);
        self.redo_carets.resize(redone, caret);
        done.then_some(before)
    }

    pub fn redo(&mut self, caret: Option<Value>) -> Option<Option<Value>> {
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
}
