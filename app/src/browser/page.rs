//! The page as a whole: leaving it, its network, its visibility.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::dom;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// Writes to the browser's console, for whoever looks into a fault. Never content.
pub fn log(text: &str) {
    error(text);
}

pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
}

/// Asks before the tab is closed while `at_risk` is true. The browser uses its own words.
pub fn warn_before_leaving(at_risk: impl Fn() -> bool + 'static) {
    let handle = window_event_listener(ev::beforeunload, move |event| {
        if at_risk() {
            event.prevent_default();
            event.set_return_value("unsaved");
        }
    });
    on_cleanup(move || handle.remove());
}

/// Calls when the browser says that the network came or went.
pub fn on_network(say: impl Fn(bool) + Clone + 'static) {
    let online = window_event_listener(ev::online, {
        let say = say.clone();
        move |_| say(true)
    });
    let offline = window_event_listener(ev::offline, move |_| say(false));
    on_cleanup(move || {
        online.remove();
        offline.remove();
    });
}

pub fn is_online() -> bool {
    dom::window().navigator().on_line()
}

/// Whether this machine's keyboard has ⌘ where others have Ctrl.
pub fn has_command_key() -> bool {
    dom::window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

pub fn reload() {
    let _ = dom::window().location().reload();
}

/// Waits so many milliseconds.
pub async fn pause(millis: u32) {
    let waited = js_sys::Promise::new(&mut |resolve, _| {
        let millis = i32::try_from(millis).unwrap_or(i32::MAX);
        dom::window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis)
            .expect("a page can set a timeout");
    });
    // It is never rejected.
    let _ = wasm_bindgen_futures::JsFuture::from(waited).await;
}

pub fn print() {
    let _ = dom::window().print();
}

/// Runs after `millis` unless the owner is gone by then.
pub fn later(millis: u32, call: impl FnOnce() + 'static) -> leptos::leptos_dom::helpers::TimeoutHandle {
    set_timeout_with_handle(call, std::time::Duration::from_millis(u64::from(millis)))
        .expect("a page can set a timeout")
}
