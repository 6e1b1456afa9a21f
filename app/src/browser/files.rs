//! Files of this device, chosen or dropped.

use js_sys::{Array, Reflect, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, File};

/// A file as the person gave it. It is read only when it is asked for.
#[derive(Clone)]
pub struct LocalFile {
    pub(super) file: File,
    path: String,
}

impl LocalFile {
    pub(super) fn new(file: File, path: String) -> Self {
        Self { file, path }
    }

    pub fn name(&self) -> String {
        self.file.name()
    }

    pub fn bytes(&self) -> u64 {
        self.file.size() as u64
    }

    /// Folders and name, with `/` between them, as far as the browser tells.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The bytes from `from` on, at most `length` of them; `None` if the device does not give them any more.
    pub async fn read(&self, from: u64, length: u64) -> Option<Vec<u8>> {
        let slice = self.file.slice_with_f64_and_f64(from as f64, (from + length) as f64).ok()?;
        let buffer = JsFuture::from(slice.array_buffer()).await.ok()?;
        Some(Uint8Array::new(&buffer).to_vec())
    }
}

/// Those that an input of files or of a folder has, which forgets them: the same can be chosen again.
pub fn chosen(input: NodeRef<html::Input>) -> Vec<LocalFile> {
    let Some(input) = input.get_untracked() else { return Vec::new() };
    let files = input.files().map(|list| (0..list.length()).filter_map(|at| list.get(at)).collect::<Vec<_>>());
    let files = files.unwrap_or_default().into_iter().map(|file| {
        let folder = Reflect::get(&file, &JsValue::from_str("webkitRelativePath")).ok();
        let path = folder.and_then(|path| path.as_string()).filter(|path| !path.is_empty());
        let name = file.name();
        LocalFile::new(file, path.unwrap_or(name))
    });
    let files = files.collect();
    input.set_value("");
    files
}

/// Opens the chooser of an input of files.
pub fn open(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        input.click();
    }
}

/// Opens the chooser of an input for a whole folder.
pub fn open_folder(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        let _ = input.set_attribute("webkitdirectory", "");
        input.click();
    }
}

/// Whether files are dragged, not a text or a picture of the page.
pub fn carries_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|carried| carried.types());
    types.is_some_and(|types| types.includes(&JsValue::from_str("Files"), 0))
}

/// What was dropped, as entries: files and folders. An event has them only until it is over.
pub struct Dropped(pub(super) Array);

impl Dropped {
    pub fn of(event: &DragEvent) -> Self {
        let entries = Array::new();
        let items = event.data_transfer().map(|carried| carried.items());
        for at in 0..items.as_ref().map_or(0, |items| items.length()) {
            let item = items.as_ref().and_then(|items| items.get(at));
            let entry = item.and_then(|item| {
                let method = Reflect::get(&item, &JsValue::from_str("webkitGetAsEntry")).ok()?;
                method.dyn_into::<js_sys::Function>().ok()?.call0(&item).ok()
            });
            if let Some(entry) = entry.filter(JsValue::is_object) {
                entries.push(&entry);
            }
        }
        Self(entries)
    }

    pub fn is_empty(&self) -> bool {
        self.0.length() == 0
    }
}
