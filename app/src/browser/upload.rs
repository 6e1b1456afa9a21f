//! Images and tables on their way to the server.

use leptos::html;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use shared::api::StoredImage;
use shared::words::DocumentId;
use web_sys::{Blob, File};

use super::fetch::{self, Failure, Verb};

/// A picture as the person gave it.
pub struct Picture {
    pub(super) blob: Blob,
}

impl Picture {
    /// Those that an input of files has, which forgets them: the same can be chosen again.
    pub fn chosen(input: NodeRef<html::Input>) -> Vec<Self> {
        let Some(input) = input.get_untracked() else { return Vec::new() };
        let files = input.files();
        let files: Vec<File> =
            files.iter().flat_map(|files| (0..files.length()).filter_map(|at| files.get(at))).collect();
        input.set_value("");
        files.into_iter().map(|file| Self { blob: file.into() }).collect()
    }
}

/// Stores a picture with a document. It may take its time: a photo on a village line does.
pub async fn store(document: &DocumentId, picture: Picture) -> Result<StoredImage, Failure> {
    let request = fetch::started(Verb::POST, &format!("/api/documents/{document}/images"))
        .header("content-type", &picture.blob.type_())
        .body(picture.blob);
    fetch::read(fetch::answer(request).await?).await
}

/// A file that the person has chosen, to be read as a table.
#[derive(Clone)]
pub struct TableFile {
    file: File,
}

impl TableFile {
    /// The one that an input of files has, which forgets it: the same can be chosen again.
    pub fn chosen(input: NodeRef<html::Input>) -> Option<Self> {
        let input = input.get_untracked()?;
        let file = input.files()?.get(0)?;
        input.set_value("");
        Some(Self { file })
    }

    pub fn name(&self) -> String {
        self.file.name()
    }
}

/// Sends a table and reads the answer.
pub async fn send_table<T: DeserializeOwned>(address: &str, table: &TableFile) -> Result<T, Failure> {
    let request =
        fetch::started(Verb::POST, address).header("content-type", "application/octet-stream").body(table.file.clone());
    fetch::read(fetch::answer(request).await?).await
}
