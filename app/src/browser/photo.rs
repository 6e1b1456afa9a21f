//! Photos on their way in: chosen, taken or pasted, and made as small as what is on them allows.

use js_sys::{Function, Promise};
use shared::tutoring::{PHOTO_GOAL, PHOTO_TRIES, fitted};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
pub use web_sys::ClipboardEvent;
use web_sys::{Blob, HtmlCanvasElement, HtmlImageElement};

use super::canvas::Canvas;
use super::media::{Address, MediaFile};
use super::upload::Picture;

/// What the server takes as it is, if it is small.
const TAKEN: [&str; 3] = ["image/jpeg", "image/webp", "image/png"];
/// Smaller than JPEG for the same picture; Safari writes PNG in its place.
const BEST: &str = "image/webp";
const PLAIN: &str = "image/jpeg";

/// The picture in the clipboard, if it holds one and no words: those belong into the text.
pub fn pasted(event: &ClipboardEvent) -> Option<Picture> {
    let carried = event.clipboard_data()?;
    let files = carried.files()?;
    let picture = (0..files.length()).filter_map(|at| files.get(at)).find(|file| file.type_().starts_with("image/"));
    let has_words = carried.get_data("text/plain").is_ok_and(|words| !words.is_empty());
    picture.filter(|_| !has_words).map(|file| Picture { blob: file.into() })
}

/// Makes it small enough for a weak line; `None` if the browser can't read it as a picture.
pub async fn prepare(Picture { blob: picture }: Picture) -> Option<MediaFile> {
    let image = read(&picture).await?;
    let size = (image.natural_width(), image.natural_height());
    let (longest, _) = PHOTO_TRIES[0];
    let is_small = picture.size() <= PHOTO_GOAL as f64 && size.0.max(size.1) <= longest;
    if let Some(kind) = TAKEN.into_iter().find(|kind| is_small && *kind == picture.type_()) {
        return Some(MediaFile::of(picture, kind));
    }
    let mut made = None;
    for (longest, quality) in PHOTO_TRIES {
        let smaller = written(&image, fitted(size, longest), quality).await?;
        let fits = smaller.bytes() <= PHOTO_GOAL;
        made = Some(smaller);
        if fits {
            break;
        }
    }
    made
}

/// Browsers turn it the way it was held.
async fn read(picture: &Blob) -> Option<HtmlImageElement> {
    let address = Address::of(picture)?;
    let image = HtmlImageElement::new().ok()?;
    let come = Promise::new(&mut |come, failed| {
        image.set_onload(Some(&come));
        image.set_onerror(Some(&failed));
        image.set_src(address.as_str());
    });
    JsFuture::from(come).await.ok()?;
    (image.natural_width() > 0).then_some(image)
}

async fn written(image: &HtmlImageElement, (width, height): (u32, u32), quality: f64) -> Option<MediaFile> {
    let canvas = Canvas::apart(width, height)?;
    // What is transparent would be black in a JPEG.
    canvas.rectangle("#fff", 0.0, 0.0, width.into(), height.into());
    canvas.image(image, width.into(), height.into());
    for kind in [BEST, PLAIN] {
        let blob = encoded(canvas.element(), kind, quality).await?;
        if blob.type_() == kind {
            return Some(MediaFile::of(blob, kind));
        }
    }
    None
}

async fn encoded(canvas: &HtmlCanvasElement, kind: &str, quality: f64) -> Option<Blob> {
    let made = Promise::new(&mut |resolve: Function, reject: Function| {
        let asked = canvas.to_blob_with_type_and_encoder_options(&resolve, kind, &JsValue::from_f64(quality));
        if asked.is_err() {
            let _ = reject.call0(&JsValue::UNDEFINED);
        }
    });
    JsFuture::from(made).await.ok()?.dyn_into().ok()
}
