//! Images, tables, photos and voice clips on their way to the server.

use js_sys::Promise;
use leptos::html;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use shared::api::StoredImage;
use shared::words::DocumentId;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, ProgressEvent, XmlHttpRequest};

use super::fetch::{self, Failure, Verb};
use super::media::MediaFile;

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

/// So long a photo or clip may take, in milliseconds: 200 KB on a line of 10 kbit/s.
const LONGEST: u32 = 180_000;

/// Sends a photo or clip of a tutoring session; `so_far` hears how many of a hundred parts are sent.
pub async fn send_media<T: DeserializeOwned>(
    address: &str,
    file: &MediaFile,
    so_far: impl Fn(u32) + 'static,
) -> Result<T, Failure> {
    let request = XmlHttpRequest::new().map_err(|_| Failure::Unreadable)?;
    request.open("PUT", address).map_err(|_| Failure::Unreadable)?;
    request.set_timeout(LONGEST);
    let headers = fetch::headers().into_iter().chain([("content-type", file.kind().to_owned())]);
    for (name, value) in headers {
        request.set_request_header(name, &value).map_err(|_| Failure::Unreadable)?;
    }
    let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        so_far((event.loaded() * 100.0 / event.total().max(1.0)) as u32);
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    let ended = Promise::new(&mut |ended, _| request.set_onloadend(Some(&ended)));
    request.send_with_opt_blob(Some(&file.blob)).map_err(|_| Failure::Unreachable)?;
    // It is never rejected.
    let _ = JsFuture::from(ended).await;
    answered(request.status().unwrap_or(0), &request.response_text().ok().flatten().unwrap_or_default())
}

fn answered<T: DeserializeOwned>(status: u16, body: &str) -> Result<T, Failure> {
    match status {
        200..=299 => serde_json::from_str(body).map_err(|_| Failure::Unreadable),
        0 => Err(Failure::Unreachable),
        _ => Err(fetch::refused(status, serde_json::from_str(body).ok())),
    }
}
