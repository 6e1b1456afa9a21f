//! How fast the line is, as far as a page can tell.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use super::dom;

/// Chromium says no more than this, in megabits a second: a line that gives it may give far more.
const MOST_SAID: f64 = 10.0;

/// Bytes a second: as the largest answer of this page came, or as the browser says. `None` if nobody knows.
pub fn bytes_per_second() -> Option<f64> {
    measured().or_else(said)
}

fn said() -> Option<f64> {
    let connection = get(&dom::window().navigator(), "connection")?;
    let megabits = get(&connection, "downlink")?.as_f64()?;
    (megabits > 0.0 && megabits < MOST_SAID).then_some(megabits * 1_000_000.0 / 8.0)
}

/// Small answers and those of the cache tell nothing.
fn measured() -> Option<f64> {
    const LARGE: f64 = 50_000.0;
    let entries = dom::window().performance()?.get_entries_by_type("resource");
    let figures = entries.iter().filter_map(|entry| {
        let bytes = get(&entry, "transferSize")?.as_f64()?;
        let millis = get(&entry, "responseEnd")?.as_f64()? - get(&entry, "responseStart")?.as_f64()?;
        (bytes > LARGE && millis > 0.0).then(|| (bytes, bytes * 1_000.0 / millis))
    });
    figures.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, speed)| speed)
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
