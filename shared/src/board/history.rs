//! The way back of one's own edits.

use super::ids::Key;

/// Steps that are remembered.
const MAX_STEPS: usize = 200;

/// One entry before and after an edit; `None`: it was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub key: Key,
    pub before: Option<Vec<u8>>,
    pub after: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Back,
    Forth,
}

/// What can be taken back, and done again.
#[derive(Debug, Default)]
pub(super) struct History {
    done: Vec<Vec<Written>>,
    undone: Vec<Vec<Written>>,
}

impl History {
    /// A new edit: what was taken back before it is gone.
    pub fn note(&mut self, step: Vec<Written>) {
        self.undone.clear();
        if self.done.len() == MAX_STEPS {
            self.done.remove(0);
        }
        self.done.push(step);
    }

    pub fn can(&self, way: Way) -> bool {
        match way {
            Way::Back => !self.done.is_empty(),
            Way::Forth => !self.undone.is_empty(),
        }
    }

    /// The next step that way.
    pub fn take(&mut self, way: Way) -> Option<Vec<Written>> {
        match way {
            Way::Back => self.done.pop(),
            Way::Forth => self.undone.pop(),
        }
    }

    /// That step was gone: it can be gone again the other way.
    pub fn gone(&mut self, way: Way, step: Vec<Written>) {
        match way {
            Way::Back => self.undone.push(step),
            Way::Forth => self.done.push(step),
        }
    }
}
