//! The search, kept in step with the store.
//!
//! Each change of what can be found leaves a stamp in the store, whoever makes it. Before a question is answered, the rows
//! of the search take over what was stamped since: whoever has lost a right finds nothing by it from that moment on. The
//! texts follow by themselves, a second later.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use shared::api::ShelfCard;
use shared::library::{Facet, Placing, Question, TaxonSort};
use shared::words::{SchoolId, Title, UserId};
use tokio::sync::Mutex;
use tokio::task::{JoinError, spawn_blocking};

use super::collection_texts::{self, PartText};
use super::document_texts::DocumentReader;
use super::search::{Answer, Asker, Broken, Entry, Glimpse, Search, Text, What};
use super::taxonomies::{Taxonomies, of_sort};
use crate::clock;
use crate::store::{self, Findable, SharedStore, StoredEntry, StoredItem};

/// Entries that are read from the store at a time, and texts of them: those are longer.
const AT_ONCE: u32 = 500;
const TEXTS_AT_ONCE: usize = 8;
/// Of all that is written in an entry so many characters are found.
const MAX_TEXT_CHARS: u32 = 350_000;
/// Names the catalogue of which the index in the folder is.
const LIFE: &str = "catalogue";
/// The index looks for new texts so often.
const LOOKS_EVERY: Duration = Duration::from_secs(1);

/// Why nothing was found: something that keeps the search is broken.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Index(#[from] Broken),
    #[error("the search was ended: {0}")]
    Ended(#[from] JoinError),
}

/// What can be found on this server.
pub struct FindableThings {
    store: SharedStore,
    search: Arc<Search>,
    taxonomies: Arc<Taxonomies>,
    documents: DocumentReader,
    /// How far the rows have come: a stamp and a number.
    rows: Mutex<(u64, u32)>,
    /// One who writes texts at a time.
    indexing: Mutex<()>,
}

impl FindableThings {
    /// Opens the index in this folder; one that is broken, of another database, or newer than this one, is begun anew.
    pub async fn open(
        store: SharedStore,
        taxonomies: Arc<Taxonomies>,
        folder: PathBuf,
        documents: DocumentReader,
    ) -> anyhow::Result<Self> {
        let (life, stamp) = (store.catalogue_life().await?, store.stamp().await?);
        let named = folder.join(LIFE);
        if fs::read_to_string(&named).ok().as_deref() != Some(&life) {
            begin_anew(&folder)?;
        }
        let mut search = Search::open(&folder.join("index"))?;
        if search.stamp() > stamp {
            // The database was put back to what it was before.
            drop(search);
            begin_anew(&folder)?;
            search = Search::open(&folder.join("index"))?;
        }
        fs::write(&named, life)?;
        let search = Arc::new(search);
        Ok(Self { store, search, taxonomies, documents, rows: Mutex::new((0, 0)), indexing: Mutex::new(()) })
    }

    /// Answers from what this person sees now.
    pub async fn find(&self, person: &UserId, question: Question) -> Result<Answer, NotFound> {
        self.catch_up().await?;
        let (search, person, directory) = (self.search.clone(), person.clone(), self.store.directory());
        let answer = spawn_blocking(move || {
            search.find(&question, Asker { person: &person, directory: &directory, now: clock::now() })
        });
        Ok(answer.await??)
    }

    /// The best of each sort, `each` at most, of what this person sees now.
    pub async fn glimpse(&self, person: &UserId, q: &str, each: usize) -> Result<Glimpse, NotFound> {
        self.catch_up().await?;
        let (search, person, directory) = (self.search.clone(), person.clone(), self.store.directory());
        let q = q.to_owned();
        let glimpse = spawn_blocking(move || {
            search.glimpse(&q, each as u32, Asker { person: &person, directory: &directory, now: clock::now() })
        });
        Ok(glimpse.await??)
    }

    /// Takes what has changed since into the rows.
    async fn catch_up(&self) -> store::Result<()> {
        let mut rows = self.rows.lock().await;
        if self.store.stamp().await? <= rows.0 {
            return Ok(());
        }
        loop {
            let entries = self.store.entries_after(*rows, AT_ONCE).await?;
            let Some(last) = entries.last() else { return Ok(()) };
            let reached = (last.stamp, last.number);
            for entry in &entries {
                match self.row(entry) {
                    Some(row) => self.search.put_row(row),
                    None => self.search.remove_row(entry.number),
                }
            }
            *rows = reached;
        }
    }

    /// Keeps texts in step until it is dropped.
    pub async fn keep_in_step(&self) {
        // Before somebody asks: many entries take seconds to read.
        if let Err(error) = self.catch_up().await {
            tracing::warn!("{error}");
        }
        let mut ticks = tokio::time::interval(LOOKS_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = self.read_documents().await {
                tracing::warn!("{error}");
            }
            if let Err(error) = self.index_changed().await {
                tracing::warn!("cannot keep the search in step: {error}");
            }
        }
    }

    /// Takes down what is written in documents that have changed and rest now.
    pub async fn read_documents(&self) -> store::Result<()> {
        self.documents.read_changed(&self.store).await
    }

    /// Puts the texts of all that was stamped since the last commit into the index.
    pub async fn index_changed(&self) -> Result<(), NotFound> {
        let _indexing = self.indexing.lock().await;
        let done = self.search.stamp();
        if self.store.stamp().await? <= done {
            return Ok(());
        }
        // Names come from memory: a stamp that another process has set may be ahead of it, for half a second.
        if !self.store.is_fresh().await? {
            return Ok(());
        }
        self.catch_up().await?;
        let mut reached = (done, u32::MAX);
        loop {
            let entries = self.store.entries_after(reached, AT_ONCE).await?;
            let Some(last) = entries.last() else { break };
            reached = (last.stamp, last.number);
            for entries in entries.chunks(TEXTS_AT_ONCE) {
                let numbers: Vec<u32> = entries.iter().map(|entry| entry.number).collect();
                let mut bodies = self.store.entry_texts(&numbers, MAX_TEXT_CHARS).await?;
                let text = |entry: &StoredEntry| {
                    let body = bodies.remove(&entry.number).unwrap_or_default();
                    (entry.number, entry.what.as_ref().map(|what| self.text(what, body)))
                };
                let texts: Vec<_> = entries.iter().map(text).collect();
                let search = self.search.clone();
                spawn_blocking(move || put(&search, &texts)).await??;
            }
        }
        let search = self.search.clone();
        Ok(spawn_blocking(move || search.commit(reached.0)).await??)
    }

    /// An entry as it is judged, filtered and counted; `None` if it is no more.
    fn row(&self, entry: &StoredEntry) -> Option<Entry> {
        let number = entry.number;
        match entry.what.as_ref()? {
            Findable::Item(item) => Some(Entry {
                number,
                what: What::Item,
                key: format!("item:{}", item.id),
                access: item.access(),
                parts: Vec::new(),
                values: self.values(item),
                school: item.school.clone(),
                changed: item.changed,
                uses: item.uses,
            }),
            Findable::Document { id, kind, access, changed, title: _ } => Some(Entry {
                number,
                what: What::Document,
                key: format!("document:{id}"),
                access: access.clone(),
                parts: Vec::new(),
                values: vec![(Facet::Kind, format!("document:{}", kind.as_str()))],
                school: self.school_of(&access.author),
                changed: *changed,
                uses: 0,
            }),
            Findable::Collection(stored, lines) => Some(Entry {
                number,
                what: What::Collection,
                key: format!("collection:{}", stored.id),
                access: stored.access(),
                parts: collection_texts::parts(&stored.id, lines).into_iter().map(|one| one.part).collect(),
                values: vec![(Facet::Kind, "collection".to_owned())],
                school: self.school_of(&stored.author),
                changed: stored.changed,
                uses: 0,
            }),
            Findable::Question(question) => Some(Entry {
                number,
                what: What::Question,
                key: format!("question:{}", question.id),
                access: question.access.clone(),
                parts: Vec::new(),
                values: std::iter::once((Facet::Kind, "question".to_owned()))
                    .chain(self.placed(&question.placing))
                    .collect(),
                // Of whoever answered: who asked may have done so without a name.
                school: self.school_of(&question.host),
                changed: question.answered,
                uses: 0,
            }),
        }
    }

    fn school_of(&self, author: &UserId) -> Option<SchoolId> {
        self.store.directory().school_of(author, clock::now()).map(|school| school.id.clone())
    }

    fn values(&self, item: &StoredItem) -> Vec<(Facet, String)> {
        let words = &item.words;
        let mut values = vec![(Facet::Kind, words.kind.as_str().to_owned())];
        values.extend(self.placed(&words.placing));
        values.extend(item.file.iter().map(|file| (Facet::File, file.kind.as_str().to_owned())));
        values.extend(words.tags.iter().map(|tag| (Facet::Tag, tag.as_str().to_owned())));
        values
    }

    /// Where something belongs in teaching.
    fn placed(&self, placing: &Placing) -> Vec<(Facet, String)> {
        let path = placing.taxon.as_ref().map(|id| self.taxonomies.path(id)).unwrap_or_default();
        let said = [
            (Facet::Stage, &placing.stage),
            (Facet::Subject, &placing.subject),
            (Facet::Grade, &placing.grade),
            (Facet::LessonType, &placing.lesson_type),
        ];
        let said = said.into_iter().filter(|(_, word)| !word.is_empty());
        let mut values: Vec<_> = said.map(|(facet, word)| (facet, word.clone())).collect();
        for (facet, sort) in
            [(Facet::Edition, TaxonSort::Edition), (Facet::Volume, TaxonSort::Volume), (Facet::Unit, TaxonSort::Unit)]
        {
            values.extend(of_sort(&path, sort).map(|node| (facet, node.id.to_string())));
        }
        values
    }

    fn text(&self, what: &Findable, body: String) -> OwnText {
        let directory = self.store.directory();
        let name_of = |id: &UserId| directory.person(id).map(|person| person.name.clone());
        match what {
            Findable::Item(item) => {
                let words = &item.words;
                let authors = words.authors.iter().filter_map(|author| match author {
                    shared::api::Author::Person(id) => name_of(id),
                    shared::api::Author::Name(name) => Some(name.clone()),
                });
                let mut also: Vec<String> = authors.collect();
                let school = item.school.as_ref().and_then(|id| directory.school(id));
                also.extend(school.map(|school| school.name.clone()));
                let placing = &words.placing;
                let said = [&placing.stage, &placing.subject, &placing.grade, &placing.lesson_type];
                also.extend(said.into_iter().filter(|word| !word.is_empty()).cloned());
                also.extend(placing.taxon.iter().flat_map(|id| self.taxonomies.path(id)).map(|node| node.name));
                also.extend(super::kind_words(words.kind).iter().map(|word| (*word).to_owned()));
                also.extend(words.tags.iter().map(|tag| tag.as_str().to_owned()));
                OwnText { title: words.title.as_str().to_owned(), also, body, parts: Vec::new() }
            }
            Findable::Document { kind, title, access, .. } => {
                let mut also: Vec<String> = name_of(&access.author).into_iter().collect();
                also.extend(super::document_words(*kind).iter().map(|word| (*word).to_owned()));
                OwnText { title: title.as_str().to_owned(), also, body, parts: Vec::new() }
            }
            Findable::Collection(stored, lines) => {
                let mut also: Vec<String> = name_of(&stored.author).into_iter().collect();
                also.push(ShelfCard::of(&directory, &stored.shelf).name);
                also.extend(super::COLLECTION_WORDS.iter().map(|word| (*word).to_owned()));
                let parts = collection_texts::parts(&stored.id, lines);
                OwnText { title: stored.title.as_str().to_owned(), also, body, parts }
            }
            Findable::Question(question) => {
                let mut also: Vec<String> = name_of(&question.host).into_iter().collect();
                also.push(question.title.clone());
                let placing = &question.placing;
                let said = [&placing.stage, &placing.subject, &placing.grade, &placing.lesson_type];
                also.extend(said.into_iter().filter(|word| !word.is_empty()).cloned());
                also.extend(placing.taxon.iter().flat_map(|id| self.taxonomies.path(id)).map(|node| node.name));
                also.extend(super::QUESTION_WORDS.iter().map(|word| (*word).to_owned()));
                OwnText { title: titled(&question.text), also, body, parts: Vec::new() }
            }
        }
    }
}

/// A question is called by how it begins.
pub fn titled(question: &str) -> String {
    let line = question.lines().next().unwrap_or_default();
    line.chars().take(Title::MAX_CHARS).collect()
}

fn begin_anew(folder: &Path) -> io::Result<()> {
    let gone = if folder.is_dir() { fs::remove_dir_all(folder) } else { fs::remove_file(folder) };
    gone.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })?;
    fs::create_dir_all(folder)
}

struct OwnText {
    title: String,
    also: Vec<String>,
    body: String,
    parts: Vec<PartText>,
}

fn put(search: &Search, texts: &[(u32, Option<OwnText>)]) -> Result<(), Broken> {
    for (number, text) in texts {
        match text {
            Some(OwnText { title, also, body, parts }) => {
                let also: Vec<&str> = also.iter().map(String::as_str).collect();
                let parts: Vec<_> = parts.iter().map(|one| (one.part.id, one.text.as_str())).collect();
                search.put_text(*number, &Text { title, also: &also, body, parts: &parts })?;
            }
            None => search.remove_text(*number)?,
        }
    }
    Ok(())
}
