//! What is written on a board, for searches and exports as text.

use yrs::{Doc, Map, MapRef, ReadTxn, Transact};

use super::ROOT;
use super::canvas::{element, pages};
use super::element::{Body, Element};
use super::ids::Key;

/// The texts and notes of a board that are not empty: page by page, from top to bottom.
///
/// Empty if the document is no board.
pub fn words(doc: &Doc) -> Vec<String> {
    let txn = doc.transact();
    txn.get_map(ROOT).map(|root| on_board(&txn, &root)).unwrap_or_default()
}

fn on_board(txn: &impl ReadTxn, root: &MapRef) -> Vec<String> {
    let ids = root.keys(txn).filter_map(|key| match Key::named(key) {
        Some(Key::Element(id)) => Some(id),
        Some(Key::Page(_) | Key::Place(_)) | None => None,
    });
    let mut written: Vec<Element> =
        ids.filter_map(|id| element(txn, root, id)).filter(|it| text(it).is_some()).collect();
    let pages = pages(txn, root);
    written.sort_by(|a, b| {
        let page = |element: &Element| pages.iter().position(|page| page.id == element.page).unwrap_or(pages.len());
        let (here, there) = (&a.place, &b.place);
        let order = page(a).cmp(&page(b)).then(here.y.total_cmp(&there.y)).then(here.x.total_cmp(&there.x));
        order.then(a.id.cmp(&b.id))
    });
    written.iter().filter_map(text).map(str::to_owned).collect()
}

fn text(element: &Element) -> Option<&str> {
    match element.body.as_ref() {
        Body::Text { text, .. } | Body::Note { text, .. } => Some(text.trim()).filter(|text| !text.is_empty()),
        Body::Stroke(_) | Body::Shape { .. } | Body::Picture { .. } => None,
    }
}
