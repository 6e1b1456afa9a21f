//! The words of the library's pages: asked for once and kept as long as the program.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{LibraryView, StageLine, TaxonList};
use shared::library::guess::{Guess, Known, guess};
use shared::library::{Taxon, TaxonSort};
use shared::words::TaxonId;

use crate::browser::dom;
use crate::browser::fetch::{self, Failure};
use crate::state::session::Session;

#[derive(Debug, Clone, Copy)]
pub struct LibraryVocabulary {
    session: Session,
    /// Nothing until the server has answered.
    pub view: RwSignal<Option<LibraryView>>,
    pub failure: RwSignal<Option<Failure>>,
    /// Units and lessons by their volume; an empty list while they are asked for.
    volumes: RwSignal<BTreeMap<TaxonId, Vec<Taxon>>>,
    asked: StoredValue<bool>,
}

impl LibraryVocabulary {
    pub fn provide(session: Session) -> Self {
        let vocabulary = Self {
            session,
            view: RwSignal::new(None),
            failure: RwSignal::new(None),
            volumes: RwSignal::new(BTreeMap::new()),
            asked: StoredValue::new(false),
        };
        provide_context(vocabulary);
        session.on_return(move || vocabulary.ask());
        vocabulary
    }

    /// Asks the server unless it has been asked.
    pub fn want(self) {
        if !self.asked.get_value() {
            self.ask();
        }
    }

    pub fn ask(self) {
        self.asked.set_value(true);
        spawn_local(async move {
            match fetch::get("/api/library").await {
                Ok(view) => {
                    self.failure.set(None);
                    self.view.set(Some(view));
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }

    /// Asks anew, also for what lies in volumes.
    pub fn refresh(self) {
        let _ = self.volumes.try_update(BTreeMap::clear);
        self.ask();
    }

    pub fn with<T: Default>(self, read: impl FnOnce(&LibraryView) -> T) -> T {
        self.view.with(|view| view.as_ref().map(read).unwrap_or_default())
    }

    /// What a name, or a path with `/` in it, says about a file or document.
    pub fn guess(self, path: &str) -> Guess {
        self.view.with_untracked(|view| {
            let view = view.clone().unwrap_or_default();
            let in_stage = |stage: &StageLine| {
                let grades = stage.grades.iter().map(|grade| (stage.name.clone(), grade.clone()));
                grades.collect::<Vec<_>>()
            };
            let grades: Vec<_> = view.stages.iter().flat_map(in_stage).collect();
            guess(path, &Known { subjects: &view.subjects, domains: &view.domains, grades: &grades, taxa: &view.taxa })
        })
    }

    /// Units and lessons of a volume, as far as they are known; they are asked for.
    pub fn inside(self, volume: &TaxonId) -> Vec<Taxon> {
        if let Some(known) = self.volumes.with(|volumes| volumes.get(volume).cloned()) {
            return known;
        }
        let volume = volume.clone();
        spawn_local(async move { drop(self.fetch(volume).await) });
        Vec::new()
    }

    /// Units and lessons of a volume, once they are known; none if the server can't be asked.
    pub async fn fetch(self, volume: TaxonId) -> Vec<Taxon> {
        if let Some(known) = self.volumes.try_with_untracked(|volumes| volumes.get(&volume).cloned()).flatten() {
            return known;
        }
        let address = format!("/api/library/taxonomy?under={}", dom::encode(volume.as_str()));
        let Ok(list) = fetch::get::<TaxonList>(&address).await else { return Vec::new() };
        let _ = self.volumes.try_update(|volumes| volumes.insert(volume, list.taxa.clone()));
        list.taxa
    }

    /// The volume in whose list of units and lessons this node stands, if that was asked for.
    pub fn volume_of(self, node: &TaxonId) -> Option<TaxonId> {
        self.volumes.with_untracked(|volumes| {
            let (volume, _) = volumes.iter().find(|(_, inside)| inside.iter().any(|known| known.id == *node))?;
            Some(volume.clone())
        })
    }

    /// The volumes of a subject and a grade, with the name of their edition.
    pub fn volumes(self, subject: &str, grade: &str) -> Vec<(TaxonId, String)> {
        self.with(|view| {
            let edition = |volume: &Taxon| {
                let parent = volume.parent.as_ref()?;
                view.taxa.iter().find(|node| node.id == *parent).map(|node| node.name.clone())
            };
            let fits = |volume: &&Taxon| {
                volume.sort == TaxonSort::Volume
                    && (subject.is_empty() || volume.subject == subject)
                    && (grade.is_empty() || volume.grade == grade)
            };
            let named = |volume: &Taxon| {
                (volume.id.clone(), [edition(volume).unwrap_or_default(), volume.name.clone()].join(" "))
            };
            view.taxa.iter().filter(fits).map(named).collect()
        })
    }
}
