//! The border to the editor view (app/js/src/bridge.ts): strings of JSON both ways, a generation on every call.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Object, Promise, Reflect};
use serde_json::Value;
use shared::document::change::{Change, Node, Position};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::upload::Picture;

#[wasm_bindgen]
extern "C" {
    /// Loads the editor's module; see static/loader.js.
    #[wasm_bindgen(js_namespace = gongbei, js_name = editor, catch)]
    async fn load_module() -> Result<JsValue, JsValue>;

    type Module;
    #[wasm_bindgen(method, catch)]
    fn mount(this: &Module, place: &HtmlElement, doc: &str, options: &str, host: &JsValue) -> Result<Handle, JsValue>;
    #[wasm_bindgen(method)]
    fn palette(this: &Module) -> String;

    type Handle;
    #[wasm_bindgen(method)]
    fn apply(this: &Handle, changes: &str);
    #[wasm_bindgen(method)]
    fn reset(this: &Handle, doc: &str);
    #[wasm_bindgen(method)]
    fn flush(this: &Handle);
    #[wasm_bindgen(method)]
    fn cursors(this: &Handle, people: &str);
    #[wasm_bindgen(method)]
    fn exec(this: &Handle, command: &str, args: &str) -> bool;
    #[wasm_bindgen(method, js_name = whereIs)]
    fn where_is(this: &Handle, person: &str) -> Option<String>;
    #[wasm_bindgen(method, js_name = goTo)]
    fn go_to(this: &Handle, person: &str) -> bool;
    #[wasm_bindgen(method, js_name = setEditable)]
    fn set_editable(this: &Handle, editable: bool);
    #[wasm_bindgen(method)]
    fn select(this: &Handle, selection: &str);
    #[wasm_bindgen(method)]
    fn focus(this: &Handle);
    #[wasm_bindgen(method, js_name = scrollTo)]
    fn scroll_to(this: &Handle, heading: u32);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// What the view asks of the program around it.
pub trait Host {
    /// Local changes, after they were shown; never while composing.
    fn change(&self, changes: Vec<Change>);
    fn composition_start(&self, path: Vec<usize>);
    /// The composition's changes; returns what was held back meanwhile.
    fn composition_end(&self, changes: Vec<Change>) -> Vec<Change>;
    /// Anchor and head, or nothing on blur.
    fn selection(&self, selection: Option<(Position, Position)>);
    fn state(&self, state: Value);
    /// Stores an image; gives `{src, width, height}` or a sentence for the person.
    fn upload(&self, picture: Picture) -> Pin<Box<dyn Future<Output = Result<Value, String>>>>;
    fn command(&self, name: String);
    fn notice(&self, code: String, detail: Value);
}

/// The editor's code, once it is loaded.
#[derive(Clone)]
pub struct EditorModule(Rc<Module>);

impl EditorModule {
    /// Loads it; `None` if the line does not give it.
    pub async fn load() -> Option<Self> {
        let module = load_module().await.ok()?;
        Some(Self(Rc::new(module.unchecked_into())))
    }

    /// The named colours of the toolbar.
    pub fn palette(&self) -> Value {
        serde_json::from_str(&self.0.palette()).unwrap_or_default()
    }

    /// Shows `doc` inside `place`. `options` are those of bridge.ts without the generation.
    ///
    /// Calls with another generation, from a view that is gone, are ignored.
    pub fn mount(
        &self,
        place: &HtmlElement,
        doc: &Node,
        mut options: Value,
        generation: u32,
        host: Rc<dyn Host>,
    ) -> Option<Editor> {
        options["generation"] = generation.into();
        let calls = Calls::new(generation, host);
        let handle = self.0.mount(place, &json(doc), &options.to_string(), &calls.object);
        match handle {
            Ok(handle) => Some(Editor { handle, _calls: calls }),
            Err(reason) => {
                super::page::log(&format!("the editor view did not start: {reason:?}"));
                None
            }
        }
    }
}

/// A mounted view. Dropping it takes the view away.
pub struct Editor {
    handle: Handle,
    _calls: Calls,
}

/// A colleague's place in the text.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Cursor {
    pub id: String,
    pub name: String,
    pub school: Option<String>,
    pub seal: Option<String>,
    pub lead: bool,
    pub tone: u8,
    pub anchor: Position,
    pub head: Position,
}

impl Editor {
    /// Changes of others, or an undo.
    pub fn apply(&self, changes: &[Change]) {
        if !changes.is_empty() {
            self.handle.apply(&json(&changes));
        }
    }

    /// Shows this document whatever was shown before.
    pub fn reset(&self, doc: &Node) {
        self.handle.reset(&json(doc));
    }

    /// Takes in what the browser has typed and not yet reported. Call it before the model changes, or the report
    /// would speak of places that have moved.
    pub fn flush(&self) {
        self.handle.flush();
    }

    pub fn show_cursors(&self, cursors: &[Cursor]) {
        self.handle.cursors(&json(&cursors));
    }

    /// The heading that the caret [`Cursor::id`] stands under, empty above the first; `None` if it is not in the text.
    pub fn where_is(&self, caret: &str) -> Option<String> {
        self.handle.where_is(caret)
    }

    /// Scrolls to the caret [`Cursor::id`] and shows whose it is; false if it is not in the text.
    pub fn go_to(&self, caret: &str) -> bool {
        self.handle.go_to(caret)
    }

    /// Does a command of exec.ts; false if it can't be done here.
    pub fn exec(&self, command: &str, args: &Value) -> bool {
        self.handle.exec(command, &args.to_string())
    }

    pub fn set_editable(&self, editable: bool) {
        self.handle.set_editable(editable);
    }

    pub fn put_caret(&self, at: &Position) {
        self.handle.select(&serde_json::json!({ "anchor": at, "head": at }).to_string());
    }

    pub fn focus(&self) {
        self.handle.focus();
    }

    pub fn scroll_to_heading(&self, heading: usize) {
        self.handle.scroll_to(heading as u32);
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.handle.destroy();
    }
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("nodes and changes are JSON")
}

type Callback<A, R = ()> = Closure<dyn Fn(f64, A) -> R>;

/// The host object and the closures behind it, which must live as long as the view.
struct Calls {
    object: Object,
    _change: Callback<String>,
    _composition_start: Callback<String>,
    _composition_end: Callback<String, String>,
    _selection: Callback<String>,
    _state: Callback<String>,
    _command: Callback<String>,
    _upload: Closure<dyn Fn(f64, web_sys::Blob, String) -> Promise>,
    _notice: Closure<dyn Fn(f64, String, String)>,
}

impl Calls {
    fn new(generation: u32, host: Rc<dyn Host>) -> Self {
        let ours = move |of: f64| of == f64::from(generation);
        let object = Object::new();
        let put = |name: &str, value: &JsValue| {
            Reflect::set(&object, &JsValue::from_str(name), value).expect("a fresh object takes properties");
        };
        // What the view says is ours, so it is well formed; if it were not, the view would be out of step.
        fn read<T: serde::de::DeserializeOwned>(json: &str) -> Option<T> {
            let value = serde_json::from_str(json);
            if let Err(reason) = &value {
                super::page::log(&format!("the editor view says something unreadable: {reason}"));
            }
            value.ok()
        }

        let change = Closure::<dyn Fn(f64, String)>::new({
            let host = host.clone();
            move |of, changes: String| {
                if ours(of) {
                    read(&changes).into_iter().for_each(|changes| host.change(changes))
                }
            }
        });
        let composition_start = Closure::<dyn Fn(f64, String)>::new({
            let host = host.clone();
            move |of, path: String| {
                if ours(of) {
                    read(&path).into_iter().for_each(|path| host.composition_start(path))
                }
            }
        });
        let composition_end = Closure::<dyn Fn(f64, String) -> String>::new({
            let host = host.clone();
            move |of, changes: String| {
                let held = if ours(of) { read(&changes).map(|changes| host.composition_end(changes)) } else { None };
                json(&held.unwrap_or_default())
            }
        });
        #[derive(serde::Deserialize)]
        struct Selection {
            anchor: Position,
            head: Position,
        }
        let selection = Closure::<dyn Fn(f64, String)>::new({
            let host = host.clone();
            move |of, json: String| {
                if ours(of)
                    && let Some(selection) = read::<Option<Selection>>(&json)
                {
                    host.selection(selection.map(|selection| (selection.anchor, selection.head)));
                }
            }
        });
        let state = Closure::<dyn Fn(f64, String)>::new({
            let host = host.clone();
            move |of, state: String| {
                if ours(of) {
                    read(&state).into_iter().for_each(|state| host.state(state))
                }
            }
        });
        let command = Closure::<dyn Fn(f64, String)>::new({
            let host = host.clone();
            move |of, name: String| {
                if ours(of) {
                    host.command(name)
                }
            }
        });
        let upload = Closure::<dyn Fn(f64, web_sys::Blob, String) -> Promise>::new({
            let host = host.clone();
            move |_of, blob, _name: String| {
                let stored = host.upload(Picture { blob });
                wasm_bindgen_futures::future_to_promise(async move {
                    match stored.await {
                        Ok(image) => Ok(JsValue::from_str(&image.to_string())),
                        Err(message) => Err(js_sys::Error::new(&message).into()),
                    }
                })
            }
        });
        let notice = Closure::<dyn Fn(f64, String, String)>::new(move |of, code, detail: String| {
            if ours(of) {
                host.notice(code, serde_json::from_str(&detail).unwrap_or_default());
            }
        });

        put("change", change.as_ref());
        put("compositionStart", composition_start.as_ref());
        put("compositionEnd", composition_end.as_ref());
        put("selection", selection.as_ref());
        put("state", state.as_ref());
        put("command", command.as_ref());
        put("upload", upload.as_ref());
        put("notice", notice.as_ref());
        Self {
            object,
            _change: change,
            _composition_start: composition_start,
            _composition_end: composition_end,
            _selection: selection,
            _state: state,
            _command: command,
            _upload: upload,
            _notice: notice,
        }
    }
}
