//! Backup and restore: one tar file with a manifest, a consistent copy of the database, and every image and file in it.
//!
//! The manifest comes first and names what follows with its hash, so whatever happened to the file since is found.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use shared::words::{BlobId, UnixMillis};

use crate::blobs::{self, Blobs, BucketUrl, State};
use crate::check::{self, Problem};
use crate::clock;
use crate::data_folder::{self, DataFolder};
use crate::database::Database;
use crate::store::{
    Address, Documents, Log, PostgresStore, Renditions, SqliteStore, StoreLimits, Upkeep, Uploads, is_vacant,
};

/// Grows when an older program could not read the file.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const DATABASE: &str = "gongbei.db";
const BLOBS: &str = "blobs";
/// A manifest is read into memory; this is room for nearly a million images and files.
const MAX_MANIFEST: u64 = 64 << 20;

/// What was written or read.
#[derive(Debug)]
pub struct Report {
    pub documents: usize,
    pub blobs: usize,
    pub bytes: u64,
    /// Images and files that the data folder names and did not have whole when the backup was made.
    pub lacking: Vec<BlobId>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, blobs, bytes, lacking } = self;
        write!(f, "{documents} documents, {blobs} images and files, {} KiB", bytes.div_ceil(1024))?;
        for id in lacking {
            write!(f, "\nproblem: image or file {id} is missing or damaged in the data folder, and so in the backup")?;
        }
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    program: String,
    made: UnixMillis,
    database: Print,
    blobs: BTreeSet<BlobId>,
    lacking: Vec<BlobId>,
}

/// What tells a file's content from any other.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Print {
    bytes: u64,
    blake3: String,
}

impl Print {
    /// Copies all of `from`, and says what went through.
    fn of_copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 1 << 16];
        let mut bytes = 0;
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 {
                return Ok(Self { bytes, blake3: hasher.finalize().to_hex().to_string() });
            }
            hasher.update(&buffer[..read]);
            to.write_all(&buffer[..read])?;
            bytes += read as u64;
        }
    }
}

/// Writes everything that was saved before the call into `file`. A server may go on serving the folder.
///
/// An image or file that is damaged in the folder is left out and named in the report: the rest is worth saving.
pub async fn backup(folder: &DataFolder, database: &Database, file: &Path) -> anyhow::Result<Report> {
    if file.exists() {
        bail!("{} exists already: a backup overwrites nothing", file.display());
    }
    // Beside the file and not in the data folder, whose disk must not fill up for a backup's sake.
    let mut beside = file.as_os_str().to_owned();
    beside.push(".partly");
    let beside = PathBuf::from(beside);
    fs::remove_dir_all(&beside).ok();
    data_folder::make_private(&beside)?;
    let report = write_backup(folder, database, &beside, file).await;
    fs::remove_dir_all(&beside).ok();
    report.with_context(|| format!("cannot write the backup {}", file.display()))
}

async fn write_backup(folder: &DataFolder, database: &Database, beside: &Path, file: &Path) -> anyhow::Result<Report> {
    let copy = beside.join(DATABASE);
    let store = database.open_to_read().await?;
    // What it copies is to fit the tables that this program knows.
    store.is_current().await?;
    store.copy_to(&copy).await?;
    store.close().await;
    // Blobs are kept before they are named, so those named in the copy are there; uploads on their way are not, and small
    // renditions are made again.
    let copied = SqliteStore::open(&copy).await?;
    let named: BTreeSet<_> = copied.image_blobs().await?.into_iter().chain(copied.file_blobs().await?).collect();
    let documents = copied.all_documents().await?.len();
    copied.close().await;

    let source = match blobs::place(folder, None)? {
        None => Blobs::open(folder.blobs())?,
        Some(bucket) => Blobs::in_bucket(&bucket, beside.join("fetched"))?,
    };
    // One that can't be asked for now would be taken for one that is missing.
    source.are_reachable().await?;
    let (mut blobs, mut lacking) = (BTreeSet::new(), BTreeSet::new());
    let mut looked = source.look_at_all(named);
    while let Some((id, state)) = looked.next().await {
        if matches!(state, Ok(State::Whole)) {
            blobs.insert(id)
        } else {
            lacking.insert(id)
        };
    }
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made: clock::now(),
        database: Print::of_copy(&mut File::open(&copy)?, &mut io::sink())?,
        blobs,
        lacking: lacking.into_iter().collect(),
    };

    let whole = beside.join("backup.tar");
    let mut archive = tar::Builder::new(BufWriter::new(create_private(&whole)?));
    add(&mut archive, MANIFEST, &serde_json::to_vec_pretty(&manifest)?)?;
    let mut header = tar_header(manifest.database.bytes);
    archive.append_data(&mut header, DATABASE, BufReader::new(File::open(&copy)?))?;
    for id in &manifest.blobs {
        let blob = source.file(id).await?.with_context(|| format!("image or file {id} has just disappeared"))?;
        let bytes = File::open(blob.path())?;
        let mut header = tar_header(bytes.metadata()?.len());
        archive.append_data(&mut header, format!("{BLOBS}/{id}"), BufReader::new(bytes))?;
    }
    let out = archive.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.sync_all()?;
    fs::rename(&whole, file)?;
    data_folder::sync(file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
    let bytes = out.metadata()?.len();
    Ok(Report { documents, blobs: manifest.blobs.len(), bytes, lacking: manifest.lacking })
}

/// Password hashes are in it.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn add(archive: &mut tar::Builder<impl Write>, path: &str, bytes: &[u8]) -> io::Result<()> {
    archive.append_data(&mut tar_header(bytes.len() as u64), path, bytes)
}

fn tar_header(bytes: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    header
}

/// Reads a backup into a folder that is empty or absent, and verifies every part of it and then the whole.
///
/// The folder holds no database to serve before all is verified. Every document gets a new epoch: pages that were
/// open before must not mix their newer content into the older one. Images and files go into the bucket, if one is given,
/// and what is there already is not sent again. The database becomes the one of a server, if one is given, which must be empty.
pub async fn restore(
    file: &Path,
    root: &Path,
    bucket: Option<&BucketUrl>,
    database: Option<&Address>,
) -> anyhow::Result<Report> {
    let unfinished = root.join("restoring.db");
    // What a restore left that was cut off may be cleared away; anything else is somebody's.
    if !is_free(root)? && (!unfinished.exists() || root.join(DATABASE).exists()) {
        bail!("{} is not empty: restore into an empty folder, then serve that one", root.display());
    }
    let folder = DataFolder::take(root)?;
    let database = match database {
        Some(asked) => Some(vacant(&folder, asked, &unfinished).await?),
        None if folder.database_place().exists() => {
            bail!("a restore into {} was cut off: run it again as it was, with --database", root.display())
        }
        None => None,
    };
    clear(&folder, &unfinished)?;
    let restored = read_backup(file, &folder, &unfinished, bucket, database).await;
    if restored.is_err() {
        clear(&folder, &unfinished).ok();
    }
    restored.with_context(|| format!("cannot restore {}; nothing was put into {}", file.display(), root.display()))
}

/// The database of a server, if nothing is in it; nothing is written there before that is known.
async fn vacant<'a>(folder: &DataFolder, asked: &'a Address, unfinished: &Path) -> anyhow::Result<&'a Address> {
    // The place is noted in the moment in which the database gets everything.
    let was_noted = folder.database_place().exists();
    // Another one than is noted is refused.
    Database::of(folder, Some(asked))?;
    if is_vacant(asked).await? {
        return Ok(asked);
    }
    let root = folder.root().display();
    if was_noted {
        clear_companions(unfinished)?;
        fs::remove_file(unfinished)?;
        bail!(
            "an earlier restore into {root} was cut off after all was done: serve that folder, or restore into others"
        );
    }
    bail!("there is something in the database {asked} already: give an empty one")
}

/// Nothing there, or only the lock of a process that found nothing to do there.
fn is_free(root: &Path) -> io::Result<bool> {
    if !root.exists() {
        return Ok(true);
    }
    for entry in fs::read_dir(root)? {
        if entry?.file_name() != "lock" {
            return Ok(false);
        }
    }
    Ok(true)
}

fn clear(folder: &DataFolder, unfinished: &Path) -> io::Result<()> {
    clear_companions(unfinished)?;
    absent_is_fine(fs::remove_file(unfinished))?;
    absent_is_fine(fs::remove_file(folder.blobs_place()))?;
    absent_is_fine(fs::remove_file(folder.database_place()))?;
    absent_is_fine(fs::remove_dir_all(folder.fetched()))?;
    absent_is_fine(fs::remove_dir_all(folder.blobs()))
}

/// What SQLite keeps beside a database while it is open.
fn clear_companions(database: &Path) -> io::Result<()> {
    for ending in ["-wal", "-shm"] {
        let mut path = database.as_os_str().to_owned();
        path.push(ending);
        absent_is_fine(fs::remove_file(path))?;
    }
    Ok(())
}

fn absent_is_fine(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

async fn read_backup(
    file: &Path,
    folder: &DataFolder,
    unfinished: &Path,
    bucket: Option<&BucketUrl>,
    server: Option<&Address>,
) -> anyhow::Result<Report> {
    let server = match server {
        Some(address) => {
            let store = PostgresStore::open_to_serve(address, StoreLimits::default()).await?;
            Some((store, Database::Postgres(address.clone())))
        }
        None => None,
    };
    let opened = File::open(file)?;
    let bytes = opened.metadata()?.len();
    // First of all: it marks the folder as one that a restore has begun to fill.
    let mut database = create_private(unfinished)?;
    let bucket = blobs::place(folder, bucket)?;
    let blobs = Blobs::of(folder, bucket.as_ref())?;

    let mut archive = tar::Archive::new(BufReader::new(opened));
    let mut entries = archive.entries()?;
    let manifest = match entries.next() {
        Some(Ok(first)) if first.path().is_ok_and(|path| path == Path::new(MANIFEST)) => read_manifest(first)?,
        _ => bail!("it is no backup of Gongbei"),
    };
    let mut has_database = false;
    let mut kept = BTreeSet::new();
    for entry in entries {
        let mut entry = entry.context("it ends too early or is damaged")?;
        let path = entry.path()?.into_owned();
        let names: Vec<_> = path.components().collect();
        match names[..] {
            [Component::Normal(name)] if name == DATABASE && !has_database => {
                if Print::of_copy(&mut entry, &mut database)? != manifest.database {
                    bail!("its database is not the one that was backed up");
                }
                database.sync_all()?;
                has_database = true;
            }
            [Component::Normal(parent), Component::Normal(name)] if parent == BLOBS => {
                let id = blobs.keep_all(&mut entry).await?;
                if name != id.as_str() {
                    bail!("image or file {} has other content than its name says", name.to_string_lossy());
                }
                kept.insert(id);
            }
            _ => bail!("it holds {}, which is of no backup", path.display()),
        }
    }
    if !has_database || kept != manifest.blobs {
        bail!("it ends too early: the database, images or files are missing");
    }

    let store = SqliteStore::open(unfinished).await?;
    let documents = store.begin_new_epochs().await?;
    store.end_uploads_under_way().await?;
    store.forget_renditions().await?;
    store.close().await;
    let mut report = check::check_files(&Database::File(unfinished.to_owned()), &blobs).await?;
    report.problems.retain(|problem| match problem {
        Problem::Blob { id, what: _ } => !manifest.lacking.contains(id),
        Problem::Snapshot { .. } | Problem::Rendition(_) => false,
        Problem::Database(_) | Problem::Document(_) | Problem::Audit(_) => true,
    });
    if !report.problems.is_empty() {
        bail!("what it holds was damaged before it was backed up:\n{report}");
    }
    // Everything is in the one file since the store was closed; the check has only read it.
    clear_companions(unfinished)?;
    match server {
        // All of it or nothing, in one transaction.
        Some((store, place)) => {
            store.take_over(unfinished, || place.note(folder)).await?;
            store.close().await;
            fs::remove_file(unfinished)?;
        }
        None => fs::rename(unfinished, folder.database())?,
    }
    data_folder::sync(folder.root())?;
    Ok(Report { documents, blobs: kept.len(), bytes, lacking: manifest.lacking })
}

fn read_manifest(entry: impl Read) -> anyhow::Result<Manifest> {
    #[derive(Deserialize)]
    struct Head {
        format: u32,
    }
    let mut text = Vec::new();
    entry.take(MAX_MANIFEST).read_to_end(&mut text)?;
    let Head { format } = serde_json::from_slice(&text).context("its manifest is damaged")?;
    if format > FORMAT {
        bail!("it was written by a newer Gongbei: restore it with that one");
    }
    serde_json::from_slice(&text).context("its manifest is damaged")
}

#[cfg(test)]
mod tests;
