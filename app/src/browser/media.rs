//! Films and recordings while they play, and photos and voice clips that are on this device.

use std::cell::RefCell;

use js_sys::{Array, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlMediaElement, Url};

thread_local! {
    /// What is heard at the moment: one voice at a time.
    static HEARD: RefCell<Option<HtmlMediaElement>> = const { RefCell::new(None) };
}

/// How far whatever this event is of has been played, in whole seconds.
pub fn played(event: &web_sys::Event) -> Option<u64> {
    let media = event.target()?.dyn_into::<HtmlMediaElement>().ok()?;
    Some(media.current_time() as u64)
}

/// Lets it be heard from where it stands, and whatever else is heard pause; `false` if the browser can't.
pub async fn play(audio: NodeRef<html::Audio>) -> bool {
    let Some(audio) = audio.get_untracked() else { return false };
    let audio: HtmlMediaElement = audio.unchecked_into();
    let before = HEARD.with(|heard| heard.replace(Some(audio.clone())));
    if let Some(before) = before.filter(|before| *before != audio) {
        // One that is over, or was taken from the page, can be told so as well.
        let _ = before.pause();
    }
    match audio.play() {
        Ok(begun) => JsFuture::from(begun).await.is_ok(),
        Err(_) => false,
    }
}

pub fn pause(audio: NodeRef<html::Audio>) {
    if let Some(audio) = audio.get_untracked() {
        let audio: HtmlMediaElement = audio.unchecked_into();
        let _ = audio.pause();
    }
}

/// How much of it was heard, 0 to 1, of so many milliseconds: what a browser records does not tell it how long it is.
pub fn share_played(audio: NodeRef<html::Audio>, millis: u32) -> f64 {
    let Some(audio) = audio.get_untracked() else { return 0.0 };
    let audio: HtmlMediaElement = audio.unchecked_into();
    (audio.current_time() * 1_000.0 / f64::from(millis.max(1))).clamp(0.0, 1.0)
}

/// A photo or clip on this device.
#[derive(Clone)]
pub struct MediaFile {
    pub(super) blob: Blob,
    kind: &'static str,
}

impl MediaFile {
    pub(super) fn of(blob: Blob, kind: &'static str) -> Self {
        Self { blob, kind }
    }

    /// From bytes that were kept.
    pub(super) fn read(bytes: &Uint8Array) -> Option<Self> {
        let blob = Blob::new_with_u8_array_sequence(&Array::of1(bytes)).ok()?;
        // The server tells by the content what it is.
        Some(Self { blob, kind: "application/octet-stream" })
    }

    /// All of it; `None` if the browser has lost it.
    pub(super) async fn all(&self) -> Option<Uint8Array> {
        JsFuture::from(self.blob.array_buffer()).await.ok().map(|buffer| Uint8Array::new(&buffer))
    }

    pub fn bytes(&self) -> u64 {
        self.blob.size() as u64
    }

    pub(super) fn kind(&self) -> &'static str {
        self.kind
    }

    /// Where this page can see or hear it.
    pub fn address(&self) -> Option<Address> {
        Address::of(&self.blob)
    }
}

/// A `blob:` address; dropped, there is nothing behind it any more.
pub struct Address(String);

impl Address {
    pub(super) fn of(blob: &Blob) -> Option<Self> {
        Url::create_object_url_with_blob(blob).ok().map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for Address {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}

/// Lets a voice be heard from so many milliseconds on, that fast. One that is not here yet is waited for where it is.
pub fn hear_from(audio: NodeRef<html::Audio>, src: &str, millis: u64, rate: f64, has_drifted: impl Fn(u64) -> bool) {
    let Some(audio) = audio.get_untracked() else { return };
    let audio: HtmlMediaElement = audio.unchecked_into();
    if audio.get_attribute("src").as_deref() != Some(src) {
        audio.set_src(src);
    }
    audio.set_playback_rate(rate);
    let is_here = audio.ready_state() >= HtmlMediaElement::HAVE_CURRENT_DATA && !audio.seeking();
    let at = (audio.current_time() * 1_000.0) as u64;
    if is_here && !audio.ended() && has_drifted(at) {
        audio.set_current_time(millis as f64 / 1_000.0);
    }
    if audio.paused() && !audio.ended() {
        let _ = audio.play();
    }
}
