//! Pictures of pages, made when somebody looks and kept for the next who does.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use shared::library::Unfit;
use shared::words::BlobId;

use super::reading::{FileReader, MAX_BYTES};
use crate::blobs::Blobs;

/// What nobody has looked at for so long is made again when somebody does.
const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum NoPicture {
    #[error("the file is not here")]
    Absent,
    #[error("it can't be made: {0:?}")]
    Unfit(Unfit),
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// A folder of pictures, which can be thrown away.
pub struct Previews {
    folder: PathBuf,
    reader: FileReader,
}

impl Previews {
    pub fn new(folder: PathBuf, reader: FileReader) -> Self {
        Self { folder, reader }
    }

    /// A page of a PDF, about `width` pixels wide.
    pub async fn page(&self, blobs: &Blobs, blob: &BlobId, page: u32, width: u32) -> Result<Vec<u8>, NoPicture> {
        let kept = self.folder.join(format!("{blob}-{page}-{width}"));
        if let Ok(picture) = tokio::fs::read(&kept).await {
            return Ok(picture);
        }
        // Of a larger one nothing is shown, and from a bucket all of it would be fetched first.
        if blobs.size(blob).await?.is_some_and(|bytes| bytes > MAX_BYTES) {
            return Err(NoPicture::Unfit(Unfit::TooMuch));
        }
        let file = blobs.file(blob).await?.ok_or(NoPicture::Absent)?;
        let picture = self.reader.page(file.path(), page, width).await.map_err(NoPicture::Unfit)?;
        if let Err(error) = self.keep(&kept, &picture).await {
            tracing::warn!("cannot keep a picture of a page: {error}");
        }
        Ok(picture)
    }

    async fn keep(&self, place: &Path, picture: &[u8]) -> io::Result<()> {
        tokio::fs::create_dir_all(&self.folder).await?;
        let beside = place.with_extension(crate::secret::random_id());
        tokio::fs::write(&beside, picture).await?;
        tokio::fs::rename(&beside, place).await
    }

    /// Throws away what is old.
    pub fn sweep(&self) -> io::Result<()> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let oldest = SystemTime::now() - KEPT_FOR;
        for entry in entries {
            let entry = entry?;
            if entry.metadata()?.modified()? < oldest {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}
