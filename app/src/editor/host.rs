//! The program around the view, as the view sees it: everything goes to the open document.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use serde_json::{Value, json};
use shared::document::change::{Change, Position};

use crate::browser::editor::Host;
use crate::browser::{page, upload};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::open_document::{Notice, OpenDocument, Stage};

pub struct DocumentHost {
    pub document: OpenDocument,
    pub owner: Owner,
}

impl Host for DocumentHost {
    fn change(&self, changes: Vec<Change>) {
        self.document.commit(&changes);
    }

    fn composition_start(&self, path: Vec<usize>) {
        self.document.composition_start(&path);
    }

    fn composition_end(&self, changes: Vec<Change>) -> Vec<Change> {
        self.document.composition_end(&changes)
    }

    fn selection(&self, selection: Option<(Position, Position)>) {
        self.document.select(selection);
    }

    fn state(&self, state: Value) {
        match serde_json::from_value(state) {
            Ok(state) => drop(self.document.own.tools.try_set(state)),
            Err(error) => page::log(&format!("the editor view's state is unreadable: {error}")),
        }
    }

    fn upload(&self, picture: upload::Picture) -> Pin<Box<dyn Future<Output = Result<Value, String>>>> {
        let id = self.document.id();
        let owner = self.owner.clone();
        Box::pin(async move {
            match upload::store(&id, picture).await {
                Ok(stored) => Ok(json!({ "src": stored.src, "width": stored.width, "height": stored.height })),
                Err(failure) => Err(owner.with(|| failure_words(&failure))),
            }
        })
    }

    fn command(&self, name: String) {
        match name.as_str() {
            "undo" => self.document.undo(),
            "redo" => self.document.redo(),
            _ => drop(self.document.own.asked.try_set(Some(name))),
        }
    }

    fn notice(&self, code: String, detail: Value) {
        if code == "resync" {
            page::log(&format!("the editor view lost its way: {detail}"));
            self.document.resync();
        } else {
            let _ = self.document.own.notice.try_set(Some(Notice { code, detail }));
        }
    }
}

/// Where the text stands as soon as document and editor are here; it can be written on while `editable` says so.
pub fn mounted(document: OpenDocument, editable: Signal<bool>) -> NodeRef<html::Div> {
    let place = NodeRef::<html::Div>::new();
    let ready = Memo::new(move |_| document.stage.get() == Stage::Ready);
    let generation = StoredValue::new(0_u32);
    let owner = Owner::current().expect("a component has an owner");
    Effect::new(move || {
        let (true, Some(place)) = (ready.get(), place.get()) else { return };
        // In another language the view speaks with other words: a new one takes its place.
        let labels = labels();
        let editable = editable.get_untracked();
        generation.update_value(|generation| *generation += 1);
        let host = Rc::new(DocumentHost { document, owner: owner.clone() });
        let options = json!({ "editable": editable, "documentId": document.id().as_str(), "labels": labels });
        document.show(|module| {
            let content = document.content()?;
            module.mount(&place, &content, options, generation.get_value(), host)
        });
    });
    let editable = Memo::new(move |_| editable.get());
    Effect::new(move || {
        let editable = editable.get();
        document.with_view(|editor| editor.set_editable(editable));
    });
    place
}

/// What the view says by itself, in the interface's language (bridge.ts, `Labels`).
pub fn labels() -> Value {
    let i18n = use_i18n();
    json!({
        "editor": t_string!(i18n, editor.name).to_string(),
        "placeholder": t_string!(i18n, editor.placeholder).to_string(),
        "task": t_string!(i18n, editor.task).to_string(),
        "unknownBlock": t_string!(i18n, editor.unknown_block).to_string(),
        "unknownInline": t_string!(i18n, editor.unknown_inline).to_string(),
        "uploading": t_string!(i18n, editor.uploading).to_string(),
        "image": t_string!(i18n, editor.image).to_string(),
        "table": t_string!(i18n, editor.table_scroll).to_string(),
    })
}

/// A notice of the view in words: what happened, what is safe, what to do.
pub fn notice_words(notice: &Notice) -> String {
    let i18n = use_i18n();
    let text = |key: &str| notice.detail.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let megabytes = |key: &str| notice.detail.get(key).and_then(Value::as_u64).unwrap_or_default() / (1024 * 1024);
    match notice.code.as_str() {
        "image-too-big" => {
            t_string!(i18n, editor.image_too_big, name = text("name"), limit = megabytes("limit")).to_string()
        }
        "image-type" => t_string!(i18n, editor.image_type, name = text("name")).to_string(),
        "image-failed" => {
            t_string!(i18n, editor.image_failed, name = text("name"), message = text("message")).to_string()
        }
        "paste-images" => {
            let count = notice.detail.get("count").and_then(Value::as_u64).unwrap_or_default();
            t_string!(i18n, editor.paste_images, count = count).to_string()
        }
        _ => t_string!(i18n, editor.paste_too_big).to_string(),
    }
}
