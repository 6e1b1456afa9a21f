//! Backup and restore: one tar file with a consistent copy of the database and every image in it.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Component, Path};

use anyhow::{Context, bail};

use crate::blobs::Blobs;
use crate::check;
use crate::data_folder::DataFolder;
use crate::secret::random_id;
use crate::store::{Documents, Log, SqliteStore};

const DATABASE: &str = "gongbei.db";
const BLOBS: &str = "blobs";

/// What was written or read.
pub struct Report {
    pub documents: usize,
    pub blobs: usize,
    pub bytes: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} documents, {} images, {} KiB", self.documents, self.blobs, self.bytes.div_ceil(1024))
    }
}

/// Writes everything that was saved before the call into `file`. A server may go on serving the folder.
pub async fn backup(folder: &DataFolder, file: &Path) -> anyhow::Result<Report> {
    if file.exists() {
        bail!("{} exists already: a backup overwrites nothing", file.display());
    }
    let copy = folder.root().join(format!("backup-{}.db", random_id()));
    let report = write_backup(folder, &copy, file).await;
    std::fs::remove_file(&copy).ok();
    report
}

async fn write_backup(folder: &DataFolder, copy: &Path, file: &Path) -> anyhow::Result<Report> {
    let store = SqliteStore::open(&folder.database()).await?;
    store.copy_to(copy).await?;
    store.close().await;
    // Images are never removed or changed, so those named in the copy are all there.
    let copied = SqliteStore::open(copy).await?;
    let blobs = copied.image_blobs().await?;
    let documents = copied.all_documents().await?.len();
    copied.close().await;
    let beside = file.with_extension("partly");
    let written = (|| {
        let source = Blobs::open(folder.blobs())?;
        let mut archive = tar::Builder::new(BufWriter::new(File::create(&beside)?));
        archive.append_path_with_name(copy, DATABASE)?;
        for id in &blobs {
            let bytes = source.read_now(id)?.with_context(|| format!("image {id} is missing"))?;
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            archive.append_data(&mut header, format!("{BLOBS}/{id}"), &bytes[..])?;
        }
        let mut out = archive.into_inner()?;
        out.flush()?;
        let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        out.sync_all()?;
        std::fs::rename(&beside, file)?;
        anyhow::Ok(std::fs::metadata(file)?.len())
    })();
    if written.is_err() {
        std::fs::remove_file(&beside).ok();
    }
    let bytes = written.with_context(|| format!("cannot write the backup {}", file.display()))?;
    Ok(Report { documents, blobs: blobs.len(), bytes })
}

/// Reads a backup into a folder that is empty or absent, and verifies what came out.
///
/// Every document gets a new epoch: pages that were open before must not mix their newer content into the older one.
pub async fn restore(file: &Path, root: &Path) -> anyhow::Result<Report> {
    if root.exists() && std::fs::read_dir(root)?.next().is_some() {
        bail!("{} is not empty: restore into an empty folder, then serve that one", root.display());
    }
    let folder = DataFolder::take(root)?;
    let bytes = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    let blobs = Blobs::open(folder.blobs())?;
    let mut archive = tar::Archive::new(BufReader::new(File::open(file)?));
    let mut kept = 0;
    for entry in archive.entries().with_context(|| format!("{} is not a backup", file.display()))? {
        let mut entry = entry.with_context(|| format!("{} is not a whole backup", file.display()))?;
        let path = entry.path()?.into_owned();
        let names: Vec<_> = path.components().collect();
        match names[..] {
            [Component::Normal(name)] if name == DATABASE => {
                let mut database = File::create(folder.database())?;
                io::copy(&mut entry, &mut database)?;
                database.sync_all()?;
            }
            [Component::Normal(folder), Component::Normal(name)] if folder == BLOBS => {
                let mut bytes = Vec::new();
                io::copy(&mut entry, &mut bytes)?;
                let id = blobs.keep_now(&bytes)?;
                if name != id.as_str() {
                    bail!("image {} in the backup has other content than its name says", name.to_string_lossy());
                }
                kept += 1;
            }
            _ => bail!("{} holds {}, which is of no backup", file.display(), path.display()),
        }
    }
    if !folder.database().is_file() {
        bail!("{} holds no database", file.display());
    }
    let store = SqliteStore::open(&folder.database()).await?;
    let documents = store.begin_new_epochs().await?;
    store.close().await;
    let report = check::check(&folder).await?;
    if !report.problems.is_empty() {
        bail!("the backup was read, but it is damaged:\n{report}");
    }
    Ok(Report { documents, blobs: kept, bytes })
}
