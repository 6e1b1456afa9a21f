//! Small wishes that outlive the page: theme, text size, language. `static/first.js` reads the same keys.

use super::dom;

const PREFIX: &str = "gongbei.";

/// What was kept under this name; nothing if storage is refused.
pub fn read(name: &str) -> Option<String> {
    let storage = dom::window().local_storage().ok()??;
    storage.get_item(&format!("{PREFIX}{name}")).ok()?
}

/// Keeps or forgets a value. A browser that refuses storage forgets with the tab, which loses nobody's work.
pub fn write(name: &str, value: Option<&str>) {
    let Ok(Some(storage)) = dom::window().local_storage() else { return };
    let key = format!("{PREFIX}{name}");
    let _ = match value {
        Some(value) => storage.set_item(&key, value),
        None => storage.remove_item(&key),
    };
}
