//! Words for other programs: with their form for those that take it, plain for the others.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::dom;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = ClipboardItem)]
    type Item;
    #[wasm_bindgen(constructor, catch, js_class = "ClipboardItem")]
    fn new(forms: &Object) -> Result<Item, JsValue>;

    type Clipboard;
    #[wasm_bindgen(method, catch)]
    fn write(this: &Clipboard, items: &Array) -> Result<Promise, JsValue>;

    /// An event `copy`, whose data a page may set.
    type CopyEvent;
    #[wasm_bindgen(method, getter, js_name = clipboardData)]
    fn data(this: &CopyEvent) -> Transfer;
    #[wasm_bindgen(method, js_name = preventDefault)]
    fn prevent_default(this: &CopyEvent);

    type Transfer;
    #[wasm_bindgen(method, js_name = setData)]
    fn set(this: &Transfer, kind: &str, text: &str);

    type OldDocument;
    #[wasm_bindgen(method, catch, js_name = execCommand)]
    fn exec_command(this: &OldDocument, name: &str) -> Result<bool, JsValue>;
}

/// Puts a text on the clipboard; false if the browser does not allow it.
pub async fn copy(html: &str, plain: &str) -> bool {
    copy_new(html, plain).await.is_some() || copy_old(html, plain)
}

/// `None` outside of https and of this computer: there is no such clipboard there.
async fn copy_new(html: &str, plain: &str) -> Option<()> {
    let clipboard = Reflect::get(&dom::window().navigator(), &JsValue::from_str("clipboard")).ok()?;
    let known = Reflect::get(&dom::window(), &JsValue::from_str("ClipboardItem")).ok()?.is_instance_of::<Function>();
    if clipboard.is_undefined() || !known {
        return None;
    }
    let forms = Object::new();
    for (kind, text) in [("text/html", html), ("text/plain", plain)] {
        let blob = dom::blob(kind, text)?;
        Reflect::set(&forms, &JsValue::from_str(kind), &blob).ok()?;
    }
    let item = Item::new(&forms).ok()?;
    let written = clipboard.unchecked_ref::<Clipboard>().write(&Array::of1(&item)).ok()?;
    JsFuture::from(written).await.ok().map(drop)
}

fn copy_old(html: &str, plain: &str) -> bool {
    let (html, plain) = (html.to_owned(), plain.to_owned());
    let fill = Closure::<dyn Fn(CopyEvent)>::new(move |event: CopyEvent| {
        event.prevent_default();
        event.data().set("text/html", &html);
        event.data().set("text/plain", &plain);
    });
    let document = dom::document();
    let listener = fill.as_ref().unchecked_ref();
    if document.add_event_listener_with_callback_and_bool("copy", listener, true).is_err() {
        return false;
    }
    let done = document.unchecked_ref::<OldDocument>().exec_command("copy");
    let _ = document.remove_event_listener_with_callback_and_bool("copy", listener, true);
    done == Ok(true)
}
