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

/// What this tab has kept under this name: it outlives a reload, and is gone with the tab.
pub fn read_in_tab(name: &str) -> Option<String> {
    let storage = dom::window().session_storage().ok()??;
    storage.get_item(&format!("{PREFIX}{name}")).ok()?
}

/// Keeps or forgets it; says whether the browser took it.
pub fn write_in_tab(name: &str, value: Option<&str>) -> bool {
    let Ok(Some(storage)) = dom::window().session_storage() else { return false };
    let key = format!("{PREFIX}{name}");
    match value {
        Some(value) => storage.set_item(&key, value).is_ok(),
        None => storage.remove_item(&key).is_ok(),
    }
}
