//! Films and recordings while they play.

use std::cell::RefCell;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlMediaElement;

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
