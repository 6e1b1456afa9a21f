//! A board at a glance: what lies in one view of one page, small enough to come before all the rest.
//!
//! A board of 20,000 strokes takes 20 seconds on a line of 400 kbit/s; what one looks at takes one. The glance is only
//! looked at: it is no part of the replica, and gives way to the board once that is there.

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use yrs::{Doc, Map, MapRef, ReadTxn, Transact};

use super::canvas::{element, entry, pages};
use super::coding::{self, EntryError, Trail};
use super::element::{Body, Element, MAX_COORDINATE, Page, Point, Rect, Stroke};
use super::ids::{ElementId, Key, PageId};
use super::{ROOT, ink};
use crate::wire::lib0::{ReadError, Reader, write_bytes, write_uint};

/// Bytes of entries in a glance before they are packed; of a fuller view every second or tenth is in it, from all over it.
pub const MAX_GLANCE: usize = 64 << 10;
/// Pixels of the largest screen that a glance is drawn for: finer than one of them nobody sees.
const PIXELS: f32 = 1_400.0;
const LEVEL: u8 = 3;

/// What somebody looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    pub page: PageId,
    pub rect: Rect,
}

/// Pages, and what lies in the view, the lowest first.
#[derive(Debug, Default, PartialEq)]
pub struct Glance {
    pub pages: Vec<Page>,
    pub elements: Vec<Element>,
}

impl View {
    /// All that lies on a page.
    pub fn whole(page: PageId) -> Self {
        let far = MAX_COORDINATE;
        Self { page, rect: Rect { left: -far, top: -far, right: far, bottom: far } }
    }

    pub fn encode(&self) -> Vec<u8> {
        let Rect { left, top, right, bottom } = self.rect;
        let mut out = self.page.number().to_le_bytes().to_vec();
        let corner = |x: f32, y: f32| Point { x, y, pressure: 0.0 };
        coding::write_points(&mut out, &[corner(left, top), corner(right, bottom)], Trail::default());
        out
    }

    /// # Errors
    /// If the bytes are no view.
    pub fn decode(bytes: &[u8]) -> Result<View, EntryError> {
        let mut reader = Reader::new(bytes);
        let view = Self::read(&mut reader)?;
        if reader.remaining() == 0 { Ok(view) } else { Err(EntryError::Trailing) }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<View, EntryError> {
        let page = PageId::new(coding::read_number(reader)?);
        let corners = coding::read_points(reader, 2, Trail::default())?;
        let rect = Rect::around(corners.iter().map(|corner| (corner.x, corner.y))).ok_or(ReadError::End)?;
        Ok(View { page, rect })
    }
}

/// What lies in the view, packed: at most about [`MAX_GLANCE`] bytes.
pub fn glance(doc: &Doc, view: &View) -> Vec<u8> {
    let txn = doc.transact();
    let Some(root) = txn.get_map(ROOT) else { return compress_to_vec(&[0], LEVEL) };
    let mut out = Vec::new();
    let pages = pages(&txn, &root);
    write_uint(&mut out, pages.len() as u64);
    for page in pages {
        out.extend_from_slice(&page.id.number().to_le_bytes());
        write_bytes(&mut out, &coding::write_page(&page.rank, &page.background));
    }
    let seen = seen(&txn, &root, view);
    let pixel = pixel(&seen, view.rect);
    let written: Vec<Vec<u8>> = seen.iter().map(|element| write(element, pixel)).collect();
    let (room, all) = (MAX_GLANCE.saturating_sub(out.len()), written.iter().map(Vec::len).sum::<usize>().max(1));
    let mut share = 0;
    for bytes in &written {
        share += room.min(all);
        if share >= all {
            share -= all;
            out.extend_from_slice(bytes);
        }
    }
    compress_to_vec(&out, LEVEL)
}

/// What a pixel of the screen is, in board units, where all of this is to be seen.
fn pixel(seen: &[Element], view: Rect) -> f32 {
    let corners = seen.iter().map(Element::bounds).flat_map(|it| [(it.left, it.top), (it.right, it.bottom)]);
    let covered = Rect::around(corners).unwrap_or(view);
    let width = covered.width().min(view.width());
    let height = covered.height().min(view.height());
    (width.max(height) / PIXELS).max(0.25)
}

fn write(element: &Element, pixel: f32) -> Vec<u8> {
    let mut out = element.id.number().to_le_bytes().to_vec();
    write_bytes(&mut out, &coding::write_element(element.page, &element.place, &coarse(&element.body, pixel)));
    write_bytes(&mut out, &coding::write_place(&element.place));
    out
}

/// The lowest first.
fn seen(txn: &impl ReadTxn, root: &MapRef, view: &View) -> Vec<Element> {
    let here = |id: &ElementId| {
        let made = entry(txn, root, Key::Element(*id));
        made.is_some_and(|bytes| coding::page_of(&bytes) == Some(view.page))
    };
    let ids = root.keys(txn).filter_map(|key| match Key::named(key) {
        Some(Key::Element(id)) => Some(id),
        Some(Key::Page(_) | Key::Place(_)) | None => None,
    });
    let mut seen: Vec<Element> = ids.filter(here).filter_map(|id| element(txn, root, id)).collect();
    seen.retain(|element| element.bounds().meets(&view.rect));
    seen.sort_unstable_by_key(|element| (element.place.order, element.id));
    seen
}

/// The body without what is less than a pixel.
fn coarse(body: &Body, pixel: f32) -> Body {
    match body {
        Body::Stroke(stroke) => Body::Stroke(Stroke { points: ink::simplify(&stroke.points, pixel), ..stroke.clone() }),
        Body::Shape { .. } | Body::Text { .. } | Body::Note { .. } | Body::Picture { .. } => body.clone(),
    }
}

/// Reads what [`glance`] has written.
///
/// # Errors
/// If the bytes are none.
pub fn read(packed: &[u8]) -> Result<Glance, EntryError> {
    let bytes = decompress_to_vec_with_limit(packed, 4 * MAX_GLANCE).map_err(|_| ReadError::End)?;
    let mut reader = Reader::new(&bytes);
    let mut glance = Glance::default();
    for _ in 0..reader.uint()? {
        let id = PageId::new(coding::read_number(&mut reader)?);
        let (rank, background) = coding::read_page(reader.bytes()?)?;
        glance.pages.push(Page { id, rank, background });
    }
    while reader.remaining() > 0 {
        let id = ElementId::new(coding::read_number(&mut reader)?);
        let made = coding::read_element(reader.bytes()?)?;
        let place = coding::read_place(reader.bytes()?)?;
        glance.elements.push(Element::new(id, made.page, place, made.body));
    }
    Ok(glance)
}
