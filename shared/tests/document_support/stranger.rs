//! A client of another kind: a newer version or another editor, which writes what our schema does not know,
//! and leaves things where they do not belong.

use std::collections::HashMap;
use std::sync::Arc;

use shared::document::{CONTENT, Replica};
use yrs::any::Any;
use yrs::types::Attrs;
use yrs::updates::encoder::Encode;
use yrs::{
    ReadTxn, Text, Transact, Xml, XmlElementPrelim, XmlElementRef, XmlFragment, XmlFragmentRef, XmlOut, XmlTextPrelim,
    XmlTextRef,
};

pub struct Stranger {
    pub replica: Replica,
}

impl Stranger {
    pub fn new(client_id: u64) -> Self {
        let replica = Replica::new(client_id);
        replica.doc().get_or_insert_xml_fragment(CONTENT);
        Self { replica }
    }

    /// Does something unexpected; returns the update.
    pub fn meddle(&self, kind: u8, place: u16, choice: u16) -> Vec<u8> {
        let before = self.replica.doc().transact().state_vector().encode_v1();
        let root = self.replica.doc().get_or_insert_xml_fragment(CONTENT);
        let mut txn = self.replica.doc().transact_mut();
        let mut elements = vec![root.clone()];
        let mut texts = Vec::new();
        collect(&txn, &root, &mut elements, &mut texts);
        let parent = elements[place as usize % elements.len()].clone();
        let index = u32::from(choice) % (parent.len(&txn) + 1);
        match kind % 12 {
            0 => {
                let widget = parent.insert(&mut txn, index, XmlElementPrelim::empty("videoPlayer"));
                widget.insert_attribute(&mut txn, "src", Any::from("v.mp4"));
                widget.insert(&mut txn, 0, XmlTextPrelim::new("caption 字幕"));
            }
            1 => {
                parent.insert(&mut txn, index, XmlTextPrelim::new("loose 散"));
            }
            2 => {
                let tags =
                    ["listItem", "tableCell", "tableRow", "taskItem", "paragraph", "heading", "bulletList", "table"];
                let tag = tags[choice as usize % tags.len()];
                let element = parent.insert(&mut txn, index, XmlElementPrelim::empty(tag));
                if choice.is_multiple_of(3) {
                    element.insert(&mut txn, 0, XmlTextPrelim::new("inside"));
                }
            }
            3 => {
                if let Some(text) = some(&texts, place) {
                    let len = text.len(&txn);
                    let comment = HashMap::from([("id".to_owned(), Any::from(7))]);
                    let attrs = Attrs::from([("comment".into(), Any::Map(Arc::new(comment)))]);
                    let from = if len == 0 { 0 } else { u32::from(choice) % len };
                    if splits(&txn, &text, from) || splits(&txn, &text, len) {
                        return Vec::new();
                    }
                    text.format(&mut txn, from, len - from, attrs);
                }
            }
            4 => {
                if let Some(element) = element_at(&txn, &root, place) {
                    element.insert_attribute(&mut txn, "aiHint", Any::from(f64::from(choice)));
                }
            }
            5 => {
                if let Some(element) = element_at(&txn, &root, place) {
                    let name = ["level", "colspan", "textAlign", "checked"][choice as usize % 4];
                    element.insert_attribute(&mut txn, name, Any::from("nonsense"));
                }
            }
            6 => {
                parent.insert(&mut txn, index, XmlElementPrelim::empty("mention"));
            }
            7 => {
                let count = parent.len(&txn);
                if count > 0 {
                    parent.remove(&mut txn, u32::from(choice) % count);
                }
            }
            8 => {
                parent.insert(&mut txn, index, XmlTextPrelim::new(""));
            }
            9 => {
                if let Some(text) = some(&texts, place) {
                    text.insert_embed(&mut txn, 0, Any::from(choice.is_multiple_of(2)));
                }
            }
            10 => {
                if let Some(text) = some(&texts, place) {
                    text.insert(&mut txn, 0, "陌");
                }
            }
            _ => {
                parent.insert(&mut txn, index, XmlElementPrelim::empty("hardBreak"));
            }
        }
        drop(txn);
        self.replica.diff(&before).expect("an own state vector is well formed")
    }
}

fn some<T: Clone>(all: &[T], place: u16) -> Option<T> {
    (!all.is_empty()).then(|| all[place as usize % all.len()].clone())
}

fn splits<T: ReadTxn>(txn: &T, text: &XmlTextRef, offset: u32) -> bool {
    let mut at = 0;
    for chunk in text.diff(txn, yrs::types::text::YChange::identity) {
        match chunk.insert {
            yrs::Out::Any(Any::String(text)) => {
                for char in text.chars() {
                    let width = u32::try_from(char.len_utf16()).expect("one or two");
                    if at < offset && offset < at + width {
                        return true;
                    }
                    at += width;
                }
            }
            _ => at += 1,
        }
    }
    false
}

fn collect<T: ReadTxn>(
    txn: &T,
    parent: &XmlFragmentRef,
    elements: &mut Vec<XmlFragmentRef>,
    texts: &mut Vec<XmlTextRef>,
) {
    for child in parent.children(txn) {
        match child {
            XmlOut::Element(element) => {
                let fragment: &XmlFragmentRef = element.as_ref();
                elements.push(fragment.clone());
                collect(txn, fragment, elements, texts);
            }
            XmlOut::Text(text) => texts.push(text),
            XmlOut::Fragment(_) => {}
        }
    }
}

fn element_at<T: ReadTxn>(txn: &T, root: &XmlFragmentRef, place: u16) -> Option<XmlElementRef> {
    let mut all: Vec<XmlElementRef> = Vec::new();
    fn walk<T: ReadTxn>(txn: &T, parent: &XmlFragmentRef, all: &mut Vec<XmlElementRef>) {
        for child in parent.children(txn) {
            if let XmlOut::Element(element) = child {
                walk(txn, element.as_ref(), all);
                all.push(element);
            }
        }
    }
    walk(txn, root, &mut all);
    some(&all, place)
}

/// All text that is in the document, whether or not a view shows it.
pub fn raw_letters(replica: &Replica) -> String {
    let root = replica.doc().get_or_insert_xml_fragment(CONTENT);
    let txn = replica.doc().transact();
    let mut texts = Vec::new();
    collect(&txn, &root, &mut Vec::new(), &mut texts);
    let mut all = String::new();
    for text in texts {
        for chunk in text.diff(&txn, yrs::types::text::YChange::identity) {
            if let yrs::Out::Any(Any::String(text)) = chunk.insert {
                all.push_str(&text);
            }
        }
    }
    all
}
