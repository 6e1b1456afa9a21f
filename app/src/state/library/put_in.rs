//! Putting in: each file begins a draft of an item, and drafts become items when their files are there.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CreateItem, Substance};
use shared::organisation::Shelf;
use shared::words::ItemId;

use super::folder::FolderCollection;
use super::item::create;
use super::uploads::{UploadRow, Uploads};
use super::vocabulary::LibraryVocabulary;
use super::words::WordsForm;
use crate::browser::fetch::Failure;
use crate::browser::files::LocalFile;
use crate::state::session::Session;

/// How far a draft has come.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftStage {
    Open,
    /// It is put in as soon as its files are there.
    Waiting,
    Putting,
    Done(ItemId),
    Failed(Failure),
}

/// An item to be.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    pub key: u32,
    pub files: RwSignal<Vec<UploadRow>>,
    pub words: WordsForm,
    pub stage: RwSignal<DraftStage>,
}

impl Draft {
    pub fn is_done(self) -> bool {
        self.stage.with(|stage| matches!(stage, DraftStage::Done(_)))
    }
}

#[derive(Debug, Clone, Copy)]
pub struct PutIn {
    session: Session,
    vocabulary: LibraryVocabulary,
    pub uploads: Uploads,
    pub drafts: RwSignal<Vec<Draft>>,
    /// Where all of them are to lie, as [`shelf_key`] writes it; empty until it is chosen.
    pub shelf: RwSignal<String>,
    /// The folder that was dropped, as a collection.
    pub folder: FolderCollection,
    /// What is wrong is said from the first try to put in on.
    pub tried: RwSignal<bool>,
    owner: StoredValue<Owner>,
}

impl PutIn {
    pub fn provide(session: Session, vocabulary: LibraryVocabulary) -> Self {
        let put_in = Self {
            session,
            vocabulary,
            uploads: Uploads::new(session),
            drafts: RwSignal::new(Vec::new()),
            shelf: RwSignal::new(String::new()),
            folder: FolderCollection::new(),
            tried: RwSignal::new(false),
            owner: StoredValue::new(Owner::current().expect("a program has an owner")),
        };
        provide_context(put_in);
        put_in.put_in_what_is_ready();
        put_in.folder.make_when_all_are_there(session, put_in);
        put_in
    }

    /// Begins a draft for each file, with what its name and folders say.
    pub fn add(self, files: Vec<LocalFile>) {
        for row in self.uploads.add(files) {
            self.begin(row);
        }
    }

    /// As [`Self::add`], after the words that a name may contain have come.
    pub fn add_when_known(self, files: Vec<LocalFile>) {
        if self.vocabulary.view.with_untracked(Option::is_some)
            || self.vocabulary.failure.with_untracked(Option::is_some)
        {
            return self.add(files);
        }
        // The files are on their way meanwhile; the page begins their drafts.
        self.uploads.add(files);
    }

    /// Begins a draft of a file that is on its way already, unless it has one.
    pub fn begin(self, row: UploadRow) {
        let has_one = self.drafts.with_untracked(|drafts| {
            drafts.iter().any(|draft| draft.files.with_untracked(|files| files.contains(&row)))
        });
        if has_one || row.has_item.get_value() {
            return;
        }
        let words =
            self.owner.get_value().with(|| WordsForm::guessed(&self.vocabulary.guess(&row.path()), self.vocabulary));
        let draft = self.owner.get_value().with(|| Draft {
            key: row.key,
            files: RwSignal::new(vec![row]),
            words,
            stage: RwSignal::new(DraftStage::Open),
        });
        self.drafts.update(|drafts| drafts.push(draft));
    }

    /// Makes one item of all files.
    pub fn join(self) {
        let drafts = self.drafts.get_untracked();
        let Some((first, others)) = drafts.split_first() else { return };
        let files: Vec<_> = others.iter().flat_map(|draft| draft.files.get_untracked()).collect();
        first.files.update(|known| known.extend(files));
        self.drafts.update(|drafts| drafts.truncate(1));
    }

    /// What the first draft says of its place counts for all.
    pub fn spread(self) {
        let drafts = self.drafts.get_untracked();
        let Some((first, others)) = drafts.split_first() else { return };
        for draft in others {
            draft.words.belong_with(first.words);
        }
    }

    /// Lets go of a file, and of its draft if there is no other in it.
    pub fn take_away(self, row: UploadRow) {
        self.uploads.drop_row(row);
        self.drafts.with_untracked(|drafts| {
            for draft in drafts {
                draft.files.update(|files| files.retain(|known| *known != row));
            }
        });
        self.drafts.update(|drafts| drafts.retain(|draft| draft.files.with_untracked(|files| !files.is_empty())));
    }

    /// Puts all drafts in, each as soon as its files are there; none while one has something wrong.
    pub fn put_in(self) -> bool {
        self.tried.set(true);
        let drafts = self.drafts.get_untracked();
        if drafts.iter().any(|draft| untrack(|| draft.words.wrong()).is_some()) {
            return false;
        }
        for draft in drafts {
            if matches!(draft.stage.get_untracked(), DraftStage::Open | DraftStage::Failed(_)) {
                draft.stage.set(DraftStage::Waiting);
            }
        }
        true
    }

    /// Forgets the drafts that have become items.
    pub fn tidy(self) {
        self.drafts.update(|drafts| drafts.retain(|draft| !untrack(|| draft.is_done())));
        self.folder.tidy();
        self.tried.set(false);
    }

    /// Something would be lost or interrupted if the page were closed.
    pub fn is_unfinished(self) -> bool {
        self.uploads.is_unfinished() || self.drafts.with(|drafts| drafts.iter().any(|draft| !draft.is_done()))
    }

    /// Where things are put: the chosen shelf, or else a school's, where others find them, before one's own.
    pub fn chosen_shelf(self) -> Option<Shelf> {
        let offered = self.vocabulary.with(|view| view.shelves.clone());
        let chosen = self.shelf.get();
        let is_schools = |shelf: &Shelf| match shelf {
            Shelf::School(_) => true,
            Shelf::Person(_) | Shelf::Team(_) | Shelf::Group(_) => false,
        };
        let mut shelves = offered.iter().map(|card| &card.shelf);
        let found = shelves.clone().find(|shelf| shelf_key(shelf) == chosen);
        found.or_else(|| shelves.clone().find(|shelf| is_schools(shelf))).or_else(|| shelves.next()).cloned()
    }

    fn put_in_what_is_ready(self) {
        Effect::new(move || {
            let ready = |draft: &Draft| {
                draft.stage.with(|stage| *stage == DraftStage::Waiting)
                    && draft.files.with(|files| files.iter().all(|row| row.is_ready()))
            };
            let ready: Vec<_> = self.drafts.with(|drafts| drafts.iter().copied().filter(ready).collect());
            for draft in ready {
                draft.stage.set(DraftStage::Putting);
                spawn_local(self.make(draft));
            }
        });
    }

    async fn make(self, draft: Draft) {
        let files = draft.files.get_untracked();
        let Some(shelf) = untrack(|| self.chosen_shelf()) else {
            return draft.stage.set(DraftStage::Failed(Failure::Unreachable));
        };
        let uploads = files.iter().filter_map(|row| row.id.get_untracked()).collect();
        // What uploads became is known by them.
        let (words, substance) = (draft.words.words(), Substance::Files(uploads));
        let wish = CreateItem { id: None, words, shelf, substance, adapted_from: None };
        match create(self.session, &wish).await {
            Ok(id) => {
                draft.stage.set(DraftStage::Done(id));
                for row in files {
                    self.uploads.forget(row);
                }
            }
            Err(failure) => draft.stage.set(DraftStage::Failed(failure)),
        }
    }
}

/// A shelf as a choice of a form.
pub fn shelf_key(shelf: &Shelf) -> String {
    serde_json::to_string(shelf).unwrap_or_default()
}
