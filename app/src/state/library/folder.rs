//! A dropped folder as a collection: made when all of its files have become items.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CreateCollection, WishedLine, WishedOf};
use shared::library::{FolderLine, MAX_LINE_NOTE_CHARS, MAX_LINES, common_folder, in_folder_order};
use shared::words::{CollectionId, ItemId};

use super::collections::create;
use super::put_in::{Draft, DraftStage, PutIn};
use crate::browser::clock;
use crate::browser::fetch::Failure;
use crate::state::session::Session;

#[derive(Debug, Clone, PartialEq)]
pub enum FolderStage {
    Open,
    Making,
    Done(CollectionId),
    Failed(Failure),
}

#[derive(Debug, Clone, Copy)]
pub struct FolderCollection {
    pub wanted: RwSignal<bool>,
    pub title: RwSignal<String>,
    pub stage: RwSignal<FolderStage>,
    /// What it is called at each try: what has arrived is not made twice.
    name: StoredValue<Option<CollectionId>>,
}

impl FolderCollection {
    pub fn new() -> Self {
        Self {
            wanted: RwSignal::new(true),
            title: RwSignal::new(String::new()),
            stage: RwSignal::new(FolderStage::Open),
            name: StoredValue::new(clock::fresh_id().parse().ok()),
        }
    }

    /// The folder in which all drafts have their files, if it fits into one collection.
    pub fn folder(drafts: &[Draft]) -> Option<String> {
        let paths = paths(drafts);
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let folder = common_folder(&paths)?;
        (paths.len() > 1 && in_folder_order(&paths).len() <= MAX_LINES).then(|| folder.to_owned())
    }

    /// Forgets what was made.
    pub fn tidy(self) {
        self.name.set_value(clock::fresh_id().parse().ok());
        self.stage.set(FolderStage::Open);
        self.title.set(String::new());
        self.wanted.set(true);
    }

    /// Makes it as soon as all drafts are items. After a failure it is tried again when asked for.
    pub fn make_when_all_are_there(self, session: Session, put_in: PutIn) {
        Effect::new(move || {
            if !self.wanted.get() || self.stage.get() != FolderStage::Open {
                return;
            }
            let drafts = put_in.drafts.get();
            let items: Vec<ItemId> = drafts.iter().filter_map(|draft| draft.stage.with(done)).collect();
            if drafts.is_empty() || items.len() < drafts.len() {
                return;
            }
            if let (Some(folder), Some(shelf)) = (Self::folder(&drafts), untrack(|| put_in.chosen_shelf())) {
                self.stage.set(FolderStage::Making);
                let typed = self.title.get_untracked();
                let title = if typed.trim().is_empty() { folder } else { typed };
                let (id, lines) = (self.name.get_value(), lines(&drafts, items));
                let wish = CreateCollection { id, title, description: String::new(), shelf, lines };
                spawn_local(async move {
                    self.stage.set(match create(session, &wish).await {
                        Ok(id) => FolderStage::Done(id),
                        Err(failure) => FolderStage::Failed(failure),
                    });
                });
            }
        });
    }
}

fn done(stage: &DraftStage) -> Option<ItemId> {
    match stage {
        DraftStage::Done(id) => Some(id.clone()),
        DraftStage::Open | DraftStage::Waiting | DraftStage::Putting | DraftStage::Failed(_) => None,
    }
}

/// Where the first file of each draft lies.
fn paths(drafts: &[Draft]) -> Vec<String> {
    let path = |draft: &Draft| draft.files.with(|files| files.first().map(|row| row.path()).unwrap_or_default());
    drafts.iter().map(path).collect()
}

fn lines(drafts: &[Draft], items: Vec<ItemId>) -> Vec<WishedLine> {
    let paths = untrack(|| paths(drafts));
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let what = |line: FolderLine| match line {
        FolderLine::Heading(text) => Some(WishedOf::Heading { text: text.chars().take(MAX_LINE_NOTE_CHARS).collect() }),
        FolderLine::File(place) => Some(WishedOf::Item { item: items.get(place)?.clone(), note: String::new() }),
    };
    in_folder_order(&paths).into_iter().filter_map(what).map(|what| WishedLine { id: None, what }).collect()
}
