//! Everything of one person's as a zip, written while it is downloaded: one document at a time is in memory.

use std::cell::RefCell;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;
use serde_json::json;
use shared::document::export;
use shared::words::{BlobId, DocumentId, Title};
use tokio::sync::mpsc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::account::{account, kept_lines};
use super::account_index::Index;
use super::account_items::items;
use super::account_tutoring::tutoring;
use super::account_words::words;
use super::audit::subject_name;
use super::audit_words::{other, sentence};
use super::language;
use super::refusal::{Language, Refusal};
use crate::accounts::Caller;
use crate::app::{App, SharedApp};
use crate::audit::{self, AuditPage, Lines};
use crate::store::{AuditQuery, DocumentHandle, StoreError, StoredAudit, StoredDocument};

/// Bytes on their way to the browser at a time: so many pieces of this size.
const PIECE: usize = 64 << 10;
const PIECES: usize = 4;
/// Lines of the audit log read at a time.
const AUDIT_AT_ONCE: u32 = 500;
const MAX_NAME_CHARS: usize = 60;

pub async fn download(State(app): State<SharedApp>, caller: Caller, headers: HeaderMap) -> Result<Response, Refusal> {
    let language = language::of(&headers);
    let (files, waiting) = mpsc::channel(1);
    let (pieces, downloaded) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || {
        let sent = pieces.clone();
        if let Err(error) = zip_up(waiting, Pieces { pieces, piece: Vec::with_capacity(PIECE) }) {
            // Cut off, the download is seen to have failed.
            sent.blocking_send(Err(error)).ok();
        }
    });
    tokio::spawn(async move {
        let gathered = gather(&app, &caller, language, &files).await;
        if let Err(error) = gathered {
            tracing::warn!(person = %caller.person, "an export broke off: {error}");
            files.send(Part::Broken).await.ok();
        }
    });
    let body = stream::unfold(downloaded, async |mut pieces| pieces.recv().await.map(|piece| (piece, pieces)));
    let about = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"gongbei.zip\""),
    ];
    Ok((about, Body::from_stream(body)).into_response())
}

pub(super) enum Part {
    File {
        name: String,
        bytes: Bytes,
    },
    /// A file of which so much has come; what follows of it comes as [`Part::More`].
    Begin {
        name: String,
    },
    More(Bytes),
    /// What is there is not everything.
    Broken,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum BrokenOff {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the account is gone")]
    Gone,
    #[error("nobody downloads it any more")]
    NobodyThere,
    #[error("what was gathered can't be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a file can't be read: {0}")]
    Blob(#[from] io::Error),
}

pub(super) type Files = mpsc::Sender<Part>;

async fn gather(app: &App, caller: &Caller, language: Language, files: &Files) -> Result<(), BrokenOff> {
    let (store, person) = (&app.store, &caller.person);
    let mut index = Index::new(language);
    let own = account(app, caller).await.map_err(|_| BrokenOff::Gone)?;
    file(files, "account.json", &own).await?;
    index.account(&own);
    let kept = kept_lines(app, caller, language).await?;
    file(files, "kept.json", &kept).await?;
    index.kept(&kept);
    let sessions = app.accounts.session_lines(caller).await?;
    file(files, "sessions.json", &sessions).await?;
    index.sessions(&sessions);
    file(files, "tokens.json", &store.tokens(person).await?).await?;
    let visits = store.visits_of(person).await?;
    let visits: Vec<_> = visits.iter().map(|visit| json!({ "document": visit.document, "at": visit.at })).collect();
    file(files, "visits.json", &visits).await?;
    audit(app, caller, language, files, &mut index).await?;
    let (mut lacking, mut documents) = (Vec::new(), Vec::new());
    for (number, id) in store.made_by(person).await?.iter().enumerate() {
        // What the person may not see any more is not theirs to take away.
        let Some(handle) = DocumentHandle::open(&**store, person, id).await? else { continue };
        let name = format!("documents/{:04} {}", number + 1, plain(handle.title()));
        if document(app, &handle, &name, files).await? {
            documents.push((handle.title().as_str().to_owned(), name));
        } else {
            lacking.push(id.clone());
        }
    }
    if !lacking.is_empty() {
        file(files, "unreadable-documents.json", &lacking).await?;
    }
    index.documents(&documents, lacking.len());
    index.items(&items(app, caller, files).await?);
    index.words(&words(app, caller, files).await?);
    index.tutoring(&tutoring(app, caller, files).await?);
    send(files, "index.html".to_owned(), index.page().into()).await
}

/// Lines by the person or about them, newest first, some hundred to a file; the first ones as sentences in the index.
async fn audit(
    app: &App,
    caller: &Caller,
    language: Language,
    files: &Files,
    index: &mut Index,
) -> Result<(), BrokenOff> {
    let directory = app.store.directory();
    let mut before = None;
    for part in 1.. {
        let query = AuditQuery { before, limit: AUDIT_AT_ONCE, ..AuditQuery::default() };
        let AuditPage { lines, next } = audit::read(&*app.store, &caller.person, Lines::Own, &query).await?;
        if lines.is_empty() {
            break;
        }
        if part == 1 {
            let deed = |line: &StoredAudit| {
                let actor = line.actor.as_ref().and_then(|actor| directory.person(actor));
                let who = actor.map_or(other(language, "server"), |person| person.name.as_str());
                let what = sentence(language, &directory, line, &subject_name(&directory, &line.subject));
                (line.at, who.to_owned(), what)
            };
            index.deeds(&lines.iter().map(deed).collect::<Vec<_>>(), next.is_some());
        }
        let lines: Vec<_> = lines
            .iter()
            .map(|line| {
                let (seq, at, actor) = (line.seq, line.at, &line.actor);
                json!({ "seq": seq, "at": at, "actor": actor, "act": line.act, "subject": line.subject,
                    "details": line.details })
            })
            .collect();
        file(files, &format!("audit/{part:03}.json"), &lines).await?;
        if next.is_none() {
            break;
        }
        before = next;
    }
    Ok(())
}

/// One document in every format, under this name, with its images; `false` if it can't be read.
async fn document(app: &App, handle: &DocumentHandle, name: &str, files: &Files) -> Result<bool, BrokenOff> {
    let Some(stored) = app.log.load(handle.id()).await? else { return Ok(false) };
    let (id, title) = (handle.id().clone(), handle.title().clone());
    let written = tokio::task::spawn_blocking(move || {
        catch_unwind(AssertUnwindSafe(|| Written::of(&stored, &id, &title))).ok().flatten()
    });
    let Ok(Some(Written { mut markdown, mut html, json, blobs })) = written.await else { return Ok(false) };
    for blob in blobs {
        let Some(media_type) = app.store.image_type(handle, &blob).await? else { continue };
        let ending = media_type.strip_prefix("image/").unwrap_or("bin").to_owned();
        let (from, to) = (path_of(handle.id(), &blob), format!("images/{blob}.{ending}"));
        (markdown, html) = (markdown.replace(&from, &to), html.replace(&from, &to));
        match app.blobs.read(&blob).await {
            Ok(Some(bytes)) => send(files, format!("documents/{to}"), bytes).await?,
            // Its place in the document says that there was one.
            Ok(None) => {}
            Err(error) => tracing::warn!("an image is left out of an export: {error}"),
        }
    }
    send(files, format!("{name}.md"), markdown.into()).await?;
    send(files, format!("{name}.html"), html.into()).await?;
    send(files, format!("{name}.json"), json.into()).await?;
    Ok(true)
}

struct Written {
    markdown: String,
    html: String,
    json: String,
    blobs: Vec<BlobId>,
}

impl Written {
    fn of(stored: &StoredDocument, id: &DocumentId, title: &Title) -> Option<Self> {
        let content = crate::content::content(stored).ok()?;
        let seen = RefCell::new(Vec::new());
        let html = export::html_page(title, &content, |path| {
            let blob = path.rsplit('/').next().and_then(|blob| blob.parse::<BlobId>().ok());
            seen.borrow_mut().extend(blob.filter(|blob| path == path_of(id, blob)));
            None
        });
        let mut blobs = seen.into_inner();
        blobs.sort();
        blobs.dedup();
        Some(Self { markdown: export::markdown(title, &content), html, json: export::json(&content), blobs })
    }
}

fn path_of(document: &DocumentId, blob: &BlobId) -> String {
    format!("/api/documents/{document}/images/{blob}")
}

/// A title as part of a file's name, whichever system it is unpacked on.
pub(super) fn plain(title: &Title) -> String {
    plain_name(title.as_str())
}

/// … and so any other name.
pub(super) fn plain_name(name: &str) -> String {
    let fits = |c: char| !c.is_control() && !"/\\:*?\"<>|".contains(c);
    let name: String = name.chars().map(|c| if fits(c) { c } else { '_' }).take(MAX_NAME_CHARS).collect();
    name.trim_end_matches(['.', ' ']).to_owned()
}

pub(super) async fn file(files: &Files, name: &str, content: &(impl Serialize + Sync)) -> Result<(), BrokenOff> {
    send(files, name.to_owned(), serde_json::to_vec_pretty(content)?.into()).await
}

pub(super) async fn send(files: &Files, name: String, bytes: Bytes) -> Result<(), BrokenOff> {
    send_part(files, Part::File { name, bytes }).await
}

pub(super) async fn send_part(files: &Files, part: Part) -> Result<(), BrokenOff> {
    files.send(part).await.map_err(|_| BrokenOff::NobodyThere)
}

fn zip_up(mut parts: mpsc::Receiver<Part>, pieces: Pieces) -> io::Result<()> {
    let mut zip = ZipWriter::new_stream(pieces);
    let mut seen = std::collections::HashSet::new();
    while let Some(part) = parts.blocking_recv() {
        match part {
            // Two documents may show one image.
            Part::File { name, bytes } if seen.insert(name.clone()) => {
                zip.start_file(name, SimpleFileOptions::default()).map_err(io::Error::other)?;
                zip.write_all(&bytes)?;
            }
            Part::File { .. } => {}
            // Films and office files are pressed already, and may be longer than an old zip can say.
            Part::Begin { name } => {
                let as_it_is = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
                zip.start_file(name, as_it_is.large_file(true)).map_err(io::Error::other)?;
            }
            Part::More(bytes) => zip.write_all(&bytes)?,
            Part::Broken => return Err(io::Error::other("broken off")),
        }
    }
    let mut pieces = zip.finish().map_err(io::Error::other)?.into_inner();
    pieces.flush()
}

/// Writes into the download, as fast as it is taken.
struct Pieces {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.pieces.blocking_send(Ok(piece.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_a_name_on_every_system() {
        let cases = [("../../教案: 一?", ".._.._教案_ 一_"), ("a\"b|c. ", "a_b_c"), ("完", "完")];
        for (title, expected) in cases {
            assert_eq!(plain(&Title::new(title).unwrap()), expected);
        }
    }
}
