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

/// Stores a picture with a document. It may take its time: a photo on a village line does.
pub async fn store(document: &DocumentId, picture: Picture) -> Result<StoredImage, Failure> {
    let request = fetch::started(Verb::POST, &format!("/api/documents/{document}/images"))
        .header("content-type", &picture.blob.type_())
        .body(picture.blob);
    fetch::read(fetch::answer(request).await?).await
}

/// A picture of this server with a name of its own.
pub struct PictureFile {
    pub(super) file: File,
}

/// Fetches a picture, to store it again with a document.
pub async fn fetch_picture(address: &str, name: &str) -> Result<PictureFile, Failure> {
    let response = fetch::answer(fetch::started(Verb::GET, address).build()).await?;
    let kind = response.headers().get("content-type").unwrap_or_default();
    let bytes = response.binary().await.map_err(|_| Failure::Unreachable)?;
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes.as_slice()));
    let options = web_sys::FilePropertyBag::new();
    options.set_type(&kind);
    let file = File::new_with_u8_array_sequence_and_options(&parts, name, &options);
    file.map(|file| PictureFile { file }).map_err(|_| Failure::Unreadable)
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
