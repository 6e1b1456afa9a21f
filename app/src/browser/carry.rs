//! Dragging something of the page into the text.

use web_sys::DragEvent;

/// What is dragged, as markup and as text.
pub fn give(event: &DragEvent, html: &str, text: &str) {
    if let Some(carried) = event.data_transfer() {
        let _ = carried.set_data("text/html", html);
        let _ = carried.set_data("text/plain", text);
        carried.set_effect_allowed("copy");
    }
}

/// Whether it was let go of over something that took it.
pub fn was_taken(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|carried| carried.drop_effect() != "none")
}

/// A row of a list is dragged by its grip, and seen on the way.
pub fn take_along(event: &DragEvent, row: Option<&web_sys::HtmlElement>) {
    if let Some(carried) = event.data_transfer() {
        // Without something to carry, a browser does not begin.
        let _ = carried.set_data("text/plain", "");
        carried.set_effect_allowed("move");
        if let Some(row) = row {
            carried.set_drag_image(row, 0, 0);
        }
    }
}
