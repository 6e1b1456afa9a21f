//! Where the blobs of a data folder are: said once, and the same from then on.

use std::fs;
use std::io;

use anyhow::{Context, bail};

use super::BucketUrl;
use crate::data_folder::{self, DataFolder};

/// The bucket in which this folder's blobs are, or are to be; `None` for the folder itself. A bucket that is `asked` for
/// is noted in the folder, so that the next command finds it without being told.
///
/// # Errors
/// If the blobs are elsewhere already: half of them would be missing.
pub fn place(folder: &DataFolder, asked: Option<&BucketUrl>) -> anyhow::Result<Option<BucketUrl>> {
    let note = folder.blobs_place();
    let noted = match fs::read_to_string(&note) {
        Ok(noted) => {
            Some(noted.trim().parse::<BucketUrl>().with_context(|| format!("cannot read {}", note.display()))?)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", note.display())),
    };
    match (noted, asked) {
        (noted, None) => Ok(noted),
        (Some(noted), Some(asked)) if noted == *asked => Ok(Some(noted)),
        (Some(noted), Some(asked)) => {
            bail!("the images and files of this folder are in {noted}, not in {asked}: to move them, {MOVE}")
        }
        (None, Some(asked)) => {
            if has_blobs(folder)? {
                bail!("the images and files of this folder are in {}: to move them, {MOVE}", folder.blobs().display());
            }
            fs::write(&note, format!("{asked}\n"))?;
            fs::File::open(&note)?.sync_all()?;
            data_folder::sync(folder.root())?;
            Ok(Some(asked.clone()))
        }
    }
}

const MOVE: &str = "make a backup and restore it into an empty folder with --blobs";

fn has_blobs(folder: &DataFolder) -> io::Result<bool> {
    match fs::read_dir(folder.blobs()) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
