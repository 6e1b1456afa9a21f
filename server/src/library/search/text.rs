//! The index of texts, in a folder of its own. It can be thrown away: all of it comes from the store.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::{fs, io};

use tantivy::directory::MmapDirectory;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::query::{EnableScoring, Query, Scorer, intersect_scorers};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{
    DocSet, Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TERMINATED, TantivyDocument, Term,
};

use super::guard::Guard;
use super::pieces::Found;
use super::tokens::{Sounds, Words};

/// What an index looks like and how texts are cut into tokens: one more whenever either changes, and all of them are made
/// anew.
const FORM: u32 = 3;

/// The part of a text that whoever sees the entry sees.
pub const WHOLE: u64 = 0;

/// Texts by the words in them.
pub struct TextIndex {
    index: Index,
    reader: IndexReader,
    pub fields: Fields,
    writer: Mutex<Option<IndexWriter>>,
    stamp: AtomicU64,
}

/// What an entry is found by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Text<'a> {
    pub title: &'a str,
    /// Authors, school, subject, grade, volume, unit, tags: each by itself.
    pub also: &'a [&'a str],
    /// The description, and what was read out of files and documents.
    pub body: &'a str,
    /// Texts that not everybody sees who sees the entry, each under the id of its [`super::Part`].
    pub parts: &'a [(u64, &'a str)],
}

#[derive(Debug, Clone, Copy)]
pub struct Fields {
    pub number: Field,
    pub part: Field,
    pub title: Field,
    pub also: Field,
    pub body: Field,
    pub title_sounds: Field,
    pub also_sounds: Field,
}

/// Whether it matters how well something fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scores {
    Yes,
    No,
}

/// The index can't be read or written. After a failure to write, what came since the last commit is forgotten: go on
/// from [`TextIndex::stamp`].
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("cannot {deed} the search index: {source}")]
    Index { deed: &'static str, source: tantivy::TantivyError },
    #[error("cannot make the search index in {folder}: {source}")]
    Folder { folder: PathBuf, source: io::Error },
}

fn cannot(deed: &'static str) -> impl Fn(tantivy::TantivyError) -> Broken {
    move |source| Broken::Index { deed, source }
}

impl TextIndex {
    /// Opens the index in the folder, or begins it anew if there is none, another form of one, or a broken one. All of it
    /// is read once, to be sure.
    pub fn open(folder: &Path) -> Result<Self, Broken> {
        if let Some(whole) = Self::open_whole(folder) {
            return Ok(whole);
        }
        Self::begin(folder)
    }

    fn open_whole(folder: &Path) -> Option<Self> {
        let index = Index::open_in_dir(folder).ok()?;
        let (schema, fields) = schema();
        let stamp = read_payload(index.load_metas().ok()?.payload.as_deref()?)?;
        if index.schema() != schema || !index.validate_checksum().ok()?.is_empty() {
            return None;
        }
        Self::of(index, fields, stamp).ok()
    }

    fn begin(folder: &Path) -> Result<Self, Broken> {
        let failed = |source| Broken::Folder { folder: folder.to_owned(), source };
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            Ok(()) | Err(_) => {}
        }
        fs::create_dir_all(folder).map_err(failed)?;
        let directory = MmapDirectory::open(folder).map_err(|error| cannot("begin")(error.into()))?;
        let (schema, fields) = schema();
        let index = Index::create(directory, schema, IndexSettings::default()).map_err(cannot("begin"))?;
        let begun = Self::of(index, fields, 0)?;
        begun.commit(0)?;
        Ok(begun)
    }

    fn of(mut index: Index, fields: Fields, stamp: u64) -> Result<Self, Broken> {
        // With those of the crate: it asks for one even for numbers.
        let tokenizers = TokenizerManager::default();
        tokenizers.register(Words::NAME, Words);
        tokenizers.register(Sounds::NAME, Sounds);
        index.set_tokenizers(tokenizers);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(cannot("open"))?;
        Ok(Self { index, reader, fields, writer: Mutex::new(None), stamp: AtomicU64::new(stamp) })
    }

    /// The stamp of the last commit; 0 if there was none.
    pub fn stamp(&self) -> u64 {
        self.stamp.load(Ordering::Acquire)
    }

    /// Puts the text in, instead of what was under this number. It is found after the next commit.
    pub fn put(&self, number: u32, text: &Text<'_>) -> Result<(), Broken> {
        let parts = text.parts.iter().copied();
        let documents: Vec<_> = std::iter::once((WHOLE, text.body))
            .chain(parts)
            .map(|(part, body)| self.document(number, part, text, body))
            .collect();
        self.write("write to", |writer| {
            writer.delete_term(self.key(number));
            documents.into_iter().try_for_each(|document| writer.add_document(document).map(|_| ()))
        })
    }

    /// Each part has the title, too, so that words of both find it.
    fn document(&self, number: u32, part: u64, text: &Text<'_>, own: &str) -> TantivyDocument {
        let Fields { number: number_field, part: part_field, title, also, body, title_sounds, also_sounds } =
            self.fields;
        let mut document = TantivyDocument::default();
        document.add_u64(number_field, u64::from(number));
        document.add_u64(part_field, part);
        for field in [title, title_sounds] {
            document.add_text(field, text.title);
        }
        for one in text.also {
            document.add_text(also, one);
            document.add_text(also_sounds, one);
        }
        document.add_text(body, own);
        document
    }

    /// Takes the text under this number out, from the next commit on.
    pub fn remove(&self, number: u32) -> Result<(), Broken> {
        self.write("write to", |writer| {
            writer.delete_term(self.key(number));
            Ok(())
        })
    }

    /// Makes what was put and removed durable and found by the next question. Takes as long as the disk does.
    pub fn commit(&self, stamp: u64) -> Result<(), Broken> {
        self.write("commit", |writer| {
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&format!("{FORM} {stamp}"));
            commit.commit()?;
            // While the writer is held, so that of two commits the later one's stamp stays.
            self.stamp.store(stamp, Ordering::Release);
            self.reader.reload()
        })
    }

    /// Asks the index; `take` gets each text that fits, by number and part, with how well it does, or 0 if nobody asks for
    /// that. With `leads` only the texts that it lets one see are looked for, which is the faster the fewer there are.
    pub fn each(
        &self,
        query: &dyn Query,
        scores: Scores,
        leads: Option<&Guard>,
        mut take: impl FnMut(u32, u64, f32),
    ) -> Result<(), Broken> {
        let searcher = self.reader.searcher();
        let scoring = match scores {
            Scores::Yes => EnableScoring::enabled_from_searcher(&searcher),
            Scores::No => EnableScoring::disabled_from_searcher(&searcher),
        };
        let mut asked = || {
            let weight = query.weight(scoring)?;
            for segment in searcher.segment_readers() {
                let numbers = segment.fast_fields().u64("number")?.first_or_default_col(0);
                let parts = segment.fast_fields().u64("part")?.first_or_default_col(WHOLE);
                let alive = segment.alive_bitset();
                let mut take = |text, score| {
                    if alive.is_none_or(|alive| alive.is_alive(text)) {
                        take(numbers.get_val(text) as u32, parts.get_val(text), score);
                    }
                };
                match (leads, scores) {
                    (Some(guard), _) => {
                        let allowed = guard.allowed(segment)?;
                        let among: Box<dyn Scorer> = Box::new(Found::without_scores(allowed.iter()));
                        let mut both = intersect_scorers(vec![among, weight.scorer(segment, 1.0)?], segment.max_doc());
                        while both.doc() != TERMINATED {
                            take(both.doc(), both.score());
                            both.advance();
                        }
                    }
                    (None, Scores::Yes) => weight.for_each(segment, &mut take)?,
                    (None, Scores::No) => {
                        weight
                            .for_each_no_score(segment, &mut |texts| texts.iter().for_each(|text| take(*text, 0.0)))?;
                    }
                }
            }
            Ok(())
        };
        asked().map_err(cannot("read"))
    }

    fn key(&self, number: u32) -> Term {
        Term::from_field_u64(self.fields.number, u64::from(number))
    }

    /// A writer that has failed takes nothing more: the next one begins at the last commit.
    fn write(
        &self,
        deed: &'static str,
        work: impl FnOnce(&mut IndexWriter) -> tantivy::Result<()>,
    ) -> Result<(), Broken> {
        let mut held = self.held();
        let writer = match held.take() {
            Some(writer) => writer,
            None => self.new_writer().map_err(cannot("write to"))?,
        };
        let writer = held.insert(writer);
        let done = work(writer).map_err(cannot(deed));
        if done.is_err() {
            *held = None;
        }
        done
    }

    fn held(&self) -> MutexGuard<'_, Option<IndexWriter>> {
        self.writer.lock().unwrap_or_else(|poisoned| {
            self.writer.clear_poison();
            let mut held = poisoned.into_inner();
            *held = None;
            held
        })
    }

    fn new_writer(&self) -> tantivy::Result<IndexWriter> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(MEMORY)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let writer = self.index.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        // Each question goes through all segments, and commits are small and many.
        merging.set_min_num_segments(4);
        merging.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(merging));
        Ok(writer)
    }
}

/// What texts take before they are written to the disk.
const MEMORY: usize = 48 << 20;

fn read_payload(payload: &str) -> Option<u64> {
    let (form, stamp) = payload.split_once(' ')?;
    (form.parse() == Ok(FORM)).then(|| stamp.parse().ok())?
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let tokens = |tokenizer| {
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer);
        TextOptions::default().set_indexing_options(indexing.set_index_option(IndexRecordOption::WithFreqsAndPositions))
    };
    let fields = Fields {
        number: schema.add_u64_field("number", FAST | INDEXED),
        part: schema.add_u64_field("part", FAST),
        title: schema.add_text_field("title", tokens(Words::NAME)),
        also: schema.add_text_field("also", tokens(Words::NAME)),
        body: schema.add_text_field("body", tokens(Words::NAME)),
        title_sounds: schema.add_text_field("title-sounds", tokens(Sounds::NAME)),
        also_sounds: schema.add_text_field("also-sounds", tokens(Sounds::NAME)),
    };
    (schema.build(), fields)
}
