//! Images on their way to the server.

use shared::api::StoredImage;
use shared::words::DocumentId;
use web_sys::Blob;

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
