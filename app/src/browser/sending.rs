//! The border to what sends files (app/js/src/uploads.ts), which is loaded with the first file.

use std::rc::Rc;

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::fetch;
use super::files::{Dropped, LocalFile};

#[wasm_bindgen]
extern "C" {
    /// Loads the module; see static/loader.js.
    #[wasm_bindgen(js_namespace = gongbei, js_name = uploads, catch)]
    async fn load_module() -> Result<JsValue, JsValue>;

    type Module;
    #[wasm_bindgen(method, catch)]
    fn send(this: &Module, file: &File, options: &str, host: &JsValue) -> Result<Handle, JsValue>;
    #[wasm_bindgen(method)]
    fn walk(this: &Module, entries: &Array) -> Promise;

    type Handle;
    #[wasm_bindgen(method)]
    fn pause(this: &Handle);
    #[wasm_bindgen(method, js_name = goOn)]
    fn go_on(this: &Handle);
}

/// What becomes of a file on its way.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// The server knows of it: it goes on at this address.
    Begun(String),
    /// So many bytes; a cut line may take some back.
    Bytes(u64),
    /// The line is cut; it is tried again by itself.
    Cut,
    /// The server says no: status and body.
    Refused(u16, String),
    Done,
}

#[derive(Clone)]
pub struct Sender(Rc<Module>);

impl Sender {
    /// Loads it; `None` if the line does not give it.
    pub async fn load() -> Option<Self> {
        let module = load_module().await.ok()?;
        Some(Self(Rc::new(module.unchecked_into())))
    }

    /// Begins to send a file, or goes on at the address of one that was begun.
    pub fn send(&self, file: &LocalFile, address: Option<&str>, tell: impl Fn(Sent) + 'static) -> Option<Sending> {
        let headers: serde_json::Map<_, _> =
            fetch::headers().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let options = serde_json::json!({
            "endpoint": "/api/uploads", "address": address, "name": file.name(), "headers": headers,
        });
        let calls = Calls::new(Rc::new(tell));
        let handle = self.0.send(&file.file, &options.to_string(), &calls.object).ok()?;
        Some(Sending { handle, _calls: calls })
    }

    /// The files of what was dropped, folders unfolded.
    pub async fn walk(&self, dropped: Dropped) -> Vec<LocalFile> {
        let Ok(found) = JsFuture::from(self.0.walk(&dropped.0)).await else { return Vec::new() };
        let read = |entry: JsValue| {
            let file = Reflect::get(&entry, &JsValue::from_str("file")).ok()?.dyn_into::<File>().ok()?;
            let path = Reflect::get(&entry, &JsValue::from_str("path")).ok()?.as_string()?;
            Some(LocalFile::new(file, path))
        };
        Array::from(&found).iter().filter_map(read).collect()
    }
}

/// A file on its way. Dropping it stops that; what the server has stays there.
pub struct Sending {
    handle: Handle,
    _calls: Calls,
}

impl Sending {
    /// Goes on, or tries again at once.
    pub fn go_on(&self) {
        self.handle.go_on();
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.handle.pause();
    }
}

/// The host object and the closures behind it, which must live as long as the file is on its way.
struct Calls {
    object: Object,
    _begun: Closure<dyn Fn(String)>,
    _sent: Closure<dyn Fn(f64)>,
    _cut: Closure<dyn Fn()>,
    _refused: Closure<dyn Fn(u16, String)>,
    _done: Closure<dyn Fn()>,
}

impl Calls {
    fn new(tell: Rc<dyn Fn(Sent)>) -> Self {
        let object = Object::new();
        let put = |name: &str, value: &JsValue| {
            Reflect::set(&object, &JsValue::from_str(name), value).expect("a fresh object takes properties");
        };
        let of = tell.clone();
        let begun = Closure::<dyn Fn(String)>::new(move |address| of(Sent::Begun(address)));
        let of = tell.clone();
        let sent = Closure::<dyn Fn(f64)>::new(move |bytes: f64| of(Sent::Bytes(bytes as u64)));
        let of = tell.clone();
        let cut = Closure::<dyn Fn()>::new(move || of(Sent::Cut));
        let of = tell.clone();
        let refused = Closure::<dyn Fn(u16, String)>::new(move |status, body| of(Sent::Refused(status, body)));
        let done = Closure::<dyn Fn()>::new(move || tell(Sent::Done));
        put("begun", begun.as_ref());
        put("sent", sent.as_ref());
        put("cut", cut.as_ref());
        put("refused", refused.as_ref());
        put("done", done.as_ref());
        Self { object, _begun: begun, _sent: sent, _cut: cut, _refused: refused, _done: done }
    }
}
