//! Web Locks: a name that only one page of this browser holds, and that falls free with the page, even a killed one.
//!
//! Browsers give them to pages from https and from this computer only; elsewhere nobody can say who lives.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::dom;

/// How long a page that has just been left may take to let go, in milliseconds.
const PATIENCE: u32 = 300;

#[wasm_bindgen]
extern "C" {
    type Manager;
    #[wasm_bindgen(method, catch)]
    fn request(this: &Manager, name: &str, options: &JsValue, held: &JsValue) -> Result<Promise, JsValue>;
}

/// What came of asking for a name.
#[derive(Debug, Clone)]
pub enum Claim {
    /// Ours until the last of it is dropped or the page ends.
    Ours { _held: Rc<Held> },
    /// Another page lives that has it.
    Taken,
    /// This browser has no locks here.
    Unknown,
}

/// A name that is held; dropped, it is free again.
#[derive(Debug)]
pub struct Held {
    release: Function,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// Asks for a name, and holds it if nobody else does.
pub async fn claim(name: &str) -> Claim {
    let navigator = dom::window().navigator();
    let manager = Reflect::get(&navigator, &JsValue::from_str("locks")).unwrap_or(JsValue::UNDEFINED);
    if manager.is_undefined() {
        return Claim::Unknown;
    }
    let release: Rc<RefCell<Option<Function>>> = Rc::default();
    let until_released = Promise::new(&mut |resolve, _| drop(release.borrow_mut().replace(resolve)));
    let Some(release) = release.take() else { return Claim::Unknown };
    let mut asked = None;
    let granted = Promise::new(&mut |resolve, _| {
        let until_released = until_released.clone();
        let hold = Closure::once_into_js(move |_: JsValue| {
            let _ = resolve.call0(&JsValue::NULL);
            until_released
        });
        let options = Object::new();
        // Setting a property on a fresh object cannot fail.
        let _ = Reflect::set(&options, &JsValue::from_str("signal"), &AbortSignal::timeout_with_u32(PATIENCE));
        asked = Some(manager.unchecked_ref::<Manager>().request(name, &options, &hold));
    });
    let Some(Ok(asked)) = asked else { return Claim::Unknown };
    match JsFuture::from(Promise::race(&js_sys::Array::of2(&granted, &asked))).await {
        Ok(_) => Claim::Ours { _held: Rc::new(Held { release }) },
        Err(reason) if was_too_late(&reason) => Claim::Taken,
        Err(_) => Claim::Unknown,
    }
}

fn was_too_late(reason: &JsValue) -> bool {
    let name = Reflect::get(reason, &JsValue::from_str("name")).ok().and_then(|name| name.as_string());
    matches!(name.as_deref(), Some("TimeoutError" | "AbortError"))
}
