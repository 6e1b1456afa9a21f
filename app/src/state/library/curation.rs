//! A collection while it is edited: nothing of it is on the server until it is stored, and each step can be undone.

use leptos::prelude::*;
use shared::api::{ChangeCollection, CollectionLine, CollectionView, ItemCard, LineOf, WishedLine, WishedOf};
use shared::words::LineId;

use super::collections::OpenCollection;
use crate::browser::fetch::Failure;

/// Steps that can be undone.
const MOST_STEPS: usize = 100;

/// A line on the form.
#[derive(Debug, Clone)]
pub struct EditedLine {
    /// Names it on the page.
    pub key: u32,
    id: Option<LineId>,
    /// Nothing for a heading.
    pub item: Option<Box<ItemCard>>,
    /// The heading, or the note.
    pub text: ArcRwSignal<String>,
}

#[derive(Debug, Clone, Copy)]
pub struct Curation {
    collection: OpenCollection,
    pub title: RwSignal<String>,
    pub description: RwSignal<String>,
    pub lines: RwSignal<Vec<EditedLine>>,
    before: RwSignal<Vec<Vec<EditedLine>>>,
    /// The lines that were there when it was opened.
    seen: StoredValue<Vec<LineId>>,
    revision: StoredValue<u64>,
    /// As it would be sent if nothing were changed.
    unchanged: StoredValue<String>,
    next: StoredValue<u32>,
    /// Somebody else has changed it meanwhile.
    pub stale: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
}

impl Curation {
    pub fn of(collection: OpenCollection, view: &CollectionView) -> Self {
        let lines: Vec<EditedLine> = (0..).zip(&view.lines).map(|(key, line)| edited(key, line)).collect();
        let curation = Self {
            collection,
            title: RwSignal::new(view.card.title.clone()),
            description: RwSignal::new(view.description.clone()),
            next: StoredValue::new(u32::try_from(lines.len()).unwrap_or(u32::MAX)),
            lines: RwSignal::new(lines),
            before: RwSignal::new(Vec::new()),
            seen: StoredValue::new(view.lines.iter().map(|line| line.id.clone()).collect()),
            revision: StoredValue::new(view.revision),
            unchanged: StoredValue::new(String::new()),
            stale: RwSignal::new(false),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
        };
        curation.unchanged.set_value(curation.written());
        curation
    }

    /// Moves the line `steps` down, or up if that is negative, as far as there is room; gives its new place, from 1.
    pub fn shift(self, key: u32, steps: isize) -> Option<usize> {
        let from = self.place(key)?;
        let last = self.lines.with_untracked(Vec::len).checked_sub(1)?;
        let to = from.saturating_add_signed(steps).min(last);
        self.put_at(from, to);
        Some(to + 1)
    }

    /// Puts the line where another one is.
    pub fn put_in_place_of(self, key: u32, other: u32) {
        if let (Some(from), Some(to)) = (self.place(key), self.place(other)) {
            self.put_at(from, to);
        }
    }

    fn put_at(self, from: usize, to: usize) {
        if from != to {
            self.step();
            self.lines.update(|lines| {
                let line = lines.remove(from);
                lines.insert(to, line);
            });
        }
    }

    pub fn remove(self, key: u32) {
        if let Some(place) = self.place(key) {
            self.step();
            self.lines.update(|lines| drop(lines.remove(place)));
        }
    }

    /// A new heading before the line, or at the end; gives its key.
    pub fn add_heading(self, before: Option<u32>) -> u32 {
        self.step();
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let place = before.and_then(|key| self.place(key)).unwrap_or(self.lines.with_untracked(Vec::len));
        let line = EditedLine { key, id: None, item: None, text: ArcRwSignal::new(String::new()) };
        self.lines.update(|lines| lines.insert(place, line));
        key
    }

    pub fn can_undo(self) -> bool {
        self.before.with(|before| !before.is_empty())
    }

    /// Takes the last step back.
    pub fn undo(self) {
        if let Some(lines) = self.before.try_update(Vec::pop).flatten() {
            self.lines.set(lines);
        }
    }

    pub fn is_changed(self) -> bool {
        untrack(|| self.written()) != self.unchanged.get_value()
    }

    /// Stores it. Where somebody else was quicker, nothing is stored, and [`Self::store_beside`] is the way on.
    pub async fn store(self) -> bool {
        self.busy.set(true);
        self.failure.set(None);
        let answer = self.collection.change(&self.change()).await;
        let _ = self.busy.try_set(false);
        match answer {
            Ok(()) => true,
            Err(failure) if failure.status() == Some(409) => {
                let _ = self.stale.try_set(true);
                false
            }
            Err(failure) => {
                let _ = self.failure.try_set(Some(failure));
                false
            }
        }
    }

    /// Stores it after somebody else has: what they put in stays, since it was not seen here, and what is here comes as it is.
    pub async fn store_beside(self) -> bool {
        match self.collection.fresh().await {
            Ok(view) => {
                self.revision.set_value(view.revision);
                self.stale.set(false);
                self.store().await
            }
            Err(failure) => {
                let _ = self.failure.try_set(Some(failure));
                false
            }
        }
    }

    fn change(self) -> ChangeCollection {
        let wish = |line: &EditedLine| {
            let text = line.text.get_untracked().trim().to_owned();
            let what = match &line.item {
                Some(card) => WishedOf::Item { item: card.id.clone(), note: text },
                None => WishedOf::Heading { text },
            };
            WishedLine { id: line.id.clone(), what }
        };
        ChangeCollection {
            title: self.title.get_untracked(),
            description: self.description.get_untracked(),
            lines: self.lines.with_untracked(|lines| lines.iter().map(wish).collect()),
            seen: self.seen.get_value(),
            revision: self.revision.get_value(),
        }
    }

    fn written(self) -> String {
        serde_json::to_string(&self.change()).unwrap_or_default()
    }

    fn step(self) {
        let now = self.lines.get_untracked();
        self.before.update(|before| {
            before.push(now);
            if before.len() > MOST_STEPS {
                before.remove(0);
            }
        });
    }

    fn place(self, key: u32) -> Option<usize> {
        self.lines.with_untracked(|lines| lines.iter().position(|line| line.key == key))
    }
}

fn edited(key: u32, line: &CollectionLine) -> EditedLine {
    let (item, text) = match &line.what {
        LineOf::Heading { text } => (None, text.clone()),
        LineOf::Item { item, note } => (Some(item.clone()), note.clone()),
    };
    EditedLine { key, id: Some(line.id.clone()), item, text: ArcRwSignal::new(text) }
}
