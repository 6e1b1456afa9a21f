//! What somebody fills in about an item, to put it in or to change it.

use leptos::prelude::*;
use shared::api::{Author, AuthorCard, ItemView, ItemWords};
use shared::library::guess::{Guess, unit_of};
use shared::library::{ItemKind, Licence, MAX_TAGS, Placing, Tag, TaxonSort};
use shared::words::TaxonId;

use super::vocabulary::LibraryVocabulary;

/// The fields of a form. Empty texts say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordsForm {
    pub kind: RwSignal<String>,
    pub title: RwSignal<String>,
    pub description: RwSignal<String>,
    pub authors: RwSignal<Vec<AuthorCard>>,
    pub licence: RwSignal<String>,
    pub source: RwSignal<String>,
    pub stage: RwSignal<String>,
    pub subject: RwSignal<String>,
    pub grade: RwSignal<String>,
    pub volume: RwSignal<String>,
    /// A unit or a lesson of that volume.
    pub unit: RwSignal<String>,
    pub lesson_type: RwSignal<String>,
    /// With white space, commas or 、 between them.
    pub tags: RwSignal<String>,
}

/// What is wrong with a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    NoTitle,
    NoSource,
    Tags,
}

impl WordsForm {
    fn empty() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            kind: RwSignal::new(ItemKind::LessonDesign.as_str().to_owned()),
            title: text(),
            description: text(),
            authors: RwSignal::new(Vec::new()),
            licence: RwSignal::new(Licence::GroupAdapt.as_str().to_owned()),
            source: text(),
            stage: text(),
            subject: text(),
            grade: text(),
            volume: text(),
            unit: text(),
            lesson_type: text(),
            tags: text(),
        }
    }

    /// The form of a thing that is lent: others use it as it is.
    pub fn lent() -> Self {
        let form = Self::empty();
        form.kind.set(ItemKind::Equipment.as_str().to_owned());
        form.licence.set(Licence::GroupUse.as_str().to_owned());
        form
    }

    /// Whether it is of a thing or place that is lent.
    pub fn is_lent(self) -> bool {
        self.kind.with(|kind| ItemKind::named(kind).is_some_and(ItemKind::is_lent))
    }

    /// A form that begins with a guess. The unit comes when the volume's units are known.
    pub fn guessed(guess: &Guess, vocabulary: LibraryVocabulary) -> Self {
        let form = Self::empty();
        form.title.set(guess.title.clone());
        if let Some(kind) = guess.kind {
            form.kind.set(kind.as_str().to_owned());
        }
        form.stage.set(guess.stage.clone());
        form.subject.set(guess.subject.clone());
        form.grade.set(guess.grade.clone());
        if let Some(volume) = &guess.volume {
            form.volume.set(volume.id.to_string());
            if let Some(number) = guess.unit {
                let volume = volume.id.clone();
                leptos::task::spawn_local(async move {
                    let units = vocabulary.fetch(volume).await;
                    let chosen = form.unit.try_with_untracked(|unit| !unit.is_empty()).unwrap_or(true);
                    if let Some(unit) = unit_of(number, &units).filter(|_| !chosen) {
                        let _ = form.unit.try_set(unit.id.to_string());
                    }
                });
            }
        }
        form
    }

    /// A form that begins as the item is.
    pub fn of(item: &ItemView, vocabulary: LibraryVocabulary) -> Self {
        let form = Self::empty();
        form.kind.set(item.card.kind.as_str().to_owned());
        form.title.set(item.card.title.clone());
        form.description.set(item.description.clone());
        form.authors.set(item.card.authors.clone());
        form.licence.set(item.licence.as_str().to_owned());
        form.source.set(item.source.clone());
        form.tags.set(item.tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(" "));
        form.place(&item.card.placing, vocabulary);
        form
    }

    /// Says where it belongs in teaching.
    pub fn place(self, placing: &Placing, vocabulary: LibraryVocabulary) {
        self.stage.set(placing.stage.clone());
        self.subject.set(placing.subject.clone());
        self.grade.set(placing.grade.clone());
        self.lesson_type.set(placing.lesson_type.clone());
        if let Some(taxon) = placing.taxon.clone() {
            self.stand_at(taxon, vocabulary);
        }
    }

    /// Finds the volume that a node is or lies in, among those that fit.
    fn stand_at(self, taxon: TaxonId, vocabulary: LibraryVocabulary) {
        let sort = vocabulary.view.with_untracked(|view| {
            view.as_ref().and_then(|view| view.taxa.iter().find(|node| node.id == taxon).map(|node| node.sort))
        });
        if sort.is_some() {
            return self.volume.set(taxon.to_string());
        }
        self.unit.set(taxon.to_string());
        let volumes = untrack(|| vocabulary.volumes(&self.subject.get_untracked(), &self.grade.get_untracked()));
        leptos::task::spawn_local(async move {
            for (volume, _) in volumes {
                if vocabulary.volume_of(&taxon).is_none() {
                    vocabulary.fetch(volume).await;
                }
            }
            if let Some(volume) = vocabulary.volume_of(&taxon) {
                let _ = self.volume.try_set(volume.to_string());
            }
        });
    }

    /// Takes over where another one says that it belongs.
    pub fn belong_with(self, other: Self) {
        for (mine, theirs) in [
            (self.stage, other.stage),
            (self.subject, other.subject),
            (self.grade, other.grade),
            (self.volume, other.volume),
            (self.unit, other.unit),
            (self.lesson_type, other.lesson_type),
            (self.tags, other.tags),
        ] {
            mine.set(theirs.get_untracked());
        }
        self.authors.set(other.authors.get_untracked());
    }

    pub fn wrong(self) -> Option<Wrong> {
        if self.title.with(|title| title.trim().is_empty()) {
            Some(Wrong::NoTitle)
        } else if self.licence.with(|licence| licence == Licence::Elsewhere.as_str())
            && self.source.with(|source| source.trim().is_empty())
        {
            Some(Wrong::NoSource)
        } else if self.read_tags().is_none() {
            Some(Wrong::Tags)
        } else {
            None
        }
    }

    fn read_tags(self) -> Option<Vec<Tag>> {
        let apart = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '，' | '、' | ';' | '；' | '#');
        let tags = self
            .tags
            .with(|tags| tags.split(apart).filter(|tag| !tag.is_empty()).map(Tag::new).collect::<Result<Vec<_>, _>>());
        tags.ok().filter(|tags| tags.len() <= MAX_TAGS)
    }

    /// What is filled in, as far as nothing is wrong.
    pub fn words(self) -> ItemWords {
        let text = |field: RwSignal<String>| field.with_untracked(|text| text.trim().to_owned());
        let taxon = [self.unit, self.volume].into_iter().find_map(|field| text(field).parse::<TaxonId>().ok());
        let author = |author: AuthorCard| match author {
            AuthorCard::Person(person) => Author::Person(person.id),
            AuthorCard::Name(name) => Author::Name(name),
        };
        ItemWords {
            kind: ItemKind::named(&text(self.kind)).unwrap_or(ItemKind::LessonDesign),
            title: text(self.title),
            description: text(self.description),
            authors: self.authors.get_untracked().into_iter().map(author).collect(),
            licence: Licence::named(&text(self.licence)).unwrap_or(Licence::GroupAdapt),
            source: text(self.source),
            placing: Placing {
                stage: text(self.stage),
                subject: text(self.subject),
                grade: text(self.grade),
                taxon,
                lesson_type: text(self.lesson_type),
            },
            tags: untrack(|| self.read_tags()).unwrap_or_default(),
        }
    }

    /// Units and lessons of the chosen volume, lessons under their unit.
    pub fn places(self, vocabulary: LibraryVocabulary) -> Vec<(String, String)> {
        let Some(volume) = self.volume.with(|volume| volume.parse::<TaxonId>().ok()) else { return Vec::new() };
        let inside = vocabulary.inside(&volume);
        let of = |parent: &TaxonId| {
            let mut nodes: Vec<_> = inside.iter().filter(|node| node.parent.as_ref() == Some(parent)).collect();
            nodes.sort_by_key(|node| node.position);
            nodes
        };
        let units = of(&volume).into_iter().filter(|node| node.sort == TaxonSort::Unit);
        units
            .flat_map(|unit| {
                let lessons =
                    of(&unit.id).into_iter().map(|lesson| (lesson.id.to_string(), format!("\u{3000}{}", lesson.name)));
                std::iter::once((unit.id.to_string(), unit.name.clone())).chain(lessons).collect::<Vec<_>>()
            })
            .collect()
    }
}
