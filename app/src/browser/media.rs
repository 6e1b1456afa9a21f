//! Films and recordings while they play.

use wasm_bindgen::JsCast;
use web_sys::HtmlMediaElement;

/// How far whatever this event is of has been played, in whole seconds.
pub fn played(event: &web_sys::Event) -> Option<u64> {
    let media = event.target()?.dyn_into::<HtmlMediaElement>().ok()?;
    Some(media.current_time() as u64)
}
