//! Real documents: what attacks are made against, and what is spoilt.

use bytes::Bytes;
use serde::Deserialize;
use shared::document::change::Node;
use shared::document::{CONTENT, new_doc, seed::seed, template::template};
use shared::words::{DocumentKind, Title};
use yrs::updates::decoder::Decode;
use yrs::{
    Any, Doc, GetString, ReadTxn, StateVector, Text, Transact, Update, Xml, XmlElementPrelim, XmlFragment, XmlOut,
    XmlTextPrelim,
};

use super::arena::ANN;
use super::chance::Chance;

#[derive(Deserialize)]
struct Golden {
    view: Node,
}

/// Documents, as snapshots.
pub fn documents() -> Vec<Bytes> {
    let goldens: Vec<Golden> =
        serde_json::from_str(include_str!("../golden/y_prosemirror.json")).expect("made by make.mjs");
    let title = Title::new("分数的初步认识").expect("a title");
    let views = goldens.into_iter().map(|golden| golden.view);
    let mut documents: Vec<Bytes> = views.map(|view| seed(&view, ANN).into()).collect();
    for kind in [DocumentKind::LessonPlan, DocumentKind::Agenda] {
        documents.push(seed(&template(kind, &title, ""), ANN).into());
    }
    documents.push(Bytes::from_static(&[0, 0]));
    documents.push(typed(600));
    documents.push(typed(60));
    documents
}

/// A text that three people typed in, here and there, and a page.
fn typed(edits: u64) -> Bytes {
    let mut chance = Chance::new(edits);
    let docs: Vec<Doc> = (0..3).map(|n| new_doc(ANN + n)).collect();
    let mut late: Vec<Vec<u8>> = Vec::new();
    for round in 0..edits {
        let doc = &docs[(chance.next() % 3) as usize];
        late.push(edit(doc, &mut chance));
        if round % 20 == 0 || round + 1 == edits {
            for update in late.drain(..) {
                docs.iter().for_each(|doc| apply(doc, &update));
            }
        }
    }
    everything(&docs[0]).into()
}

pub fn apply(doc: &Doc, update: &[u8]) {
    let update = Update::decode_v1(update).expect("a well-formed update");
    doc.transact_mut().apply_update(update).expect("an update that fits");
}

pub fn everything(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_diff_v1(&StateVector::default())
}

/// An ordinary edit; the update it makes.
pub fn edit(doc: &Doc, chance: &mut Chance) -> Vec<u8> {
    const WORDS: [&str; 6] = ["备课", "a", "😀", "the ", "三年级\n", "👩‍🏫"];
    let (text, content) = (doc.get_or_insert_text("text"), doc.get_or_insert_xml_fragment(CONTENT));
    let mut txn = doc.transact_mut();
    let word = WORDS[chance.within(0, 6) as usize];
    let letters = text.get_string(&txn);
    // Between characters, never within one.
    let ends: Vec<u32> = std::iter::once(0)
        .chain(letters.chars().scan(0, |at, c| {
            *at += c.len_utf16() as u32;
            Some(*at)
        }))
        .collect();
    let place = chance.within(0, ends.len() as u64) as usize;
    let blocks = content.len(&txn);
    match chance.within(0, 10) {
        0..=3 => text.insert(&mut txn, ends[place], word),
        4 if place + 1 < ends.len() => text.remove_range(&mut txn, ends[place], ends[place + 1] - ends[place]),
        5 => {
            let block = content.insert(
                &mut txn,
                chance.within(0, u64::from(blocks) + 1) as u32,
                XmlElementPrelim::empty("paragraph"),
            );
            block.insert(&mut txn, 0, XmlTextPrelim::new(word));
        }
        6 if blocks > 0 => content.remove_range(&mut txn, chance.within(0, u64::from(blocks)) as u32, 1),
        7 if blocks > 0 => {
            if let Some(XmlOut::Element(block)) = content.get(&txn, chance.within(0, u64::from(blocks)) as u32) {
                block.insert_attribute(&mut txn, "textAlign", Any::from(word));
            }
        }
        8 if blocks > 0 => {
            if let Some(XmlOut::Element(block)) = content.get(&txn, chance.within(0, u64::from(blocks)) as u32) {
                let words = block.insert(&mut txn, 0, XmlTextPrelim::new(word));
                let bold = yrs::types::Attrs::from([("bold".into(), Any::from(true))]);
                words.insert_with_attributes(&mut txn, 0, "粗", bold);
            }
        }
        _ => text.push(&mut txn, word),
    }
    txn.encode_update_v1()
}
