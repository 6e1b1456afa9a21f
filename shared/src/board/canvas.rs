//! A board in memory: the map of the CRDT, and what lies on its pages by place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use yrs::{Any, Doc, Map, MapRef, Observable, Out, ReadTxn, Transact, TransactionMut};

use super::element::{Background, Body, Element, Page, Place, Rect};
use super::glance::Glance;
use super::grid::Grid;
use super::history::{History, Way, Written};
use super::ids::{ElementId, Key, PageId};
use super::rank::Rank;
use super::{ROOT, coding};
use crate::document::{DocumentError, Waiting, new_doc, replica};
use crate::replay::Stage;

/// Something that looks different now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// The element is new, or another, or lies elsewhere on its page. What it covered before, if anything.
    Put(ElementId, Option<Rect>),
    /// It lay there.
    Removed(ElementId, PageId, Rect),
    /// Pages were added, removed, moved or look different.
    Pages,
}

/// What an edit of one's own did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edit {
    /// For everybody else, lib0 v1; empty if nothing had to be done.
    pub update: Vec<u8>,
    pub changes: Vec<Change>,
}

/// A replica of a board that is shown and drawn on.
///
/// It never calls out. Entries that can't be read, of a newer version perhaps, are kept and not shown.
pub struct Board {
    doc: Doc,
    waiting: Waiting,
    root: MapRef,
    heard: Arc<Mutex<Heard>>,
    elements: BTreeMap<ElementId, Element>,
    /// In order.
    pages: Vec<Page>,
    grids: BTreeMap<PageId, Grid>,
    /// Nothing lies higher.
    top: u32,
    history: History,
    /// Elements that are shown by a glance, before the board is there.
    glimpsed: BTreeSet<ElementId>,
}

/// What the CRDT told while a transaction was committed.
#[derive(Default)]
struct Heard {
    keys: BTreeSet<Arc<str>>,
    update: Option<Vec<u8>>,
}

impl Board {
    /// An empty board. `client_id` (53 bits) must be this replica's alone.
    pub fn open(client_id: u64) -> Self {
        let doc = new_doc(client_id);
        let root = doc.get_or_insert_map(ROOT);
        let heard = Arc::new(Mutex::new(Heard::default()));
        let listener = heard.clone();
        root.observe("board", move |txn, event| lock(&listener).keys.extend(event.keys(txn).keys().cloned()));
        let listener = heard.clone();
        doc.observe_update_v1("board", move |_, event| lock(&listener).update = Some(event.update.clone()))
            .expect("no transaction is open on a document that was just made");
        Self {
            doc,
            waiting: Waiting::default(),
            root,
            heard,
            elements: BTreeMap::new(),
            pages: vec![first_page()],
            grids: BTreeMap::new(),
            top: 0,
            history: History::default(),
            glimpsed: BTreeSet::new(),
        }
    }

    /// Takes in an update of others (lib0 v1), or one that is known already.
    ///
    /// # Errors
    /// If the bytes are no update.
    pub fn apply(&mut self, update: &[u8]) -> Result<Vec<Change>, DocumentError> {
        let entered = self.waiting.enter(&mut self.doc.transact_mut(), update);
        let heard = std::mem::take(&mut *lock(&self.heard));
        let changes = self.read_anew(heard.keys.iter().filter_map(|key| Key::named(key)).collect());
        entered.map(|()| changes)
    }

    /// Shows what one looks at before the board is there, until [`Board::arrived`]. It can't be changed.
    pub fn glimpse(&mut self, glance: Glance) -> Vec<Change> {
        let Glance { pages, elements } = glance;
        let mut changes = Vec::new();
        if !pages.is_empty() {
            self.pages = pages;
            changes.push(Change::Pages);
        }
        for element in elements {
            if self.page(element.page).is_some() && !self.elements.contains_key(&element.id) {
                self.glimpsed.insert(element.id);
                changes.extend(self.show(element.id, Some(element)));
            }
        }
        changes
    }

    /// The board is there: what was only glimpsed and is not on it any more goes.
    pub fn arrived(&mut self) -> Vec<Change> {
        let glimpsed = std::mem::take(&mut self.glimpsed);
        if glimpsed.is_empty() {
            return Vec::new();
        }
        let mut changes: Vec<_> = glimpsed.into_iter().filter_map(|id| self.read_element(id)).collect();
        self.read_pages();
        changes.push(Change::Pages);
        changes
    }

    /// Nothing it was given waits for something it lacks.
    pub fn is_whole(&self) -> bool {
        self.waiting.is_empty()
    }

    /// What this replica has seen (lib0 v1).
    pub fn state_vector(&self) -> Vec<u8> {
        replica::state_vector(&self.doc)
    }

    /// What a replica with this state vector (lib0 v1) lacks, as one update; with all that waits.
    ///
    /// # Errors
    /// If the bytes are no state vector.
    pub fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, DocumentError> {
        Ok(self.waiting.with(replica::diff(&self.doc, state_vector)?))
    }

    /// All of it, as one update; with all that waits.
    pub fn snapshot(&self) -> Vec<u8> {
        self.waiting.with(replica::snapshot(&self.doc))
    }
}

/// Looking.
impl Board {
    /// In order; never empty.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    pub fn page(&self, id: PageId) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    pub fn element(&self, id: ElementId) -> Option<&Element> {
        self.elements.get(&id)
    }

    /// All that lies on any page, by its id.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.elements.values()
    }

    /// What can be seen in this part of a page, the lowest first.
    pub fn visible(&self, page: PageId, view: Rect) -> Vec<&Element> {
        let near = self.grids.get(&page).map(|grid| grid.near(&view)).unwrap_or_default();
        let mut seen: Vec<_> = near.iter().filter_map(|id| self.elements.get(id)).collect();
        seen.retain(|element| element.bounds().meets(&view));
        seen.sort_unstable_by_key(|element| (element.place.order, element.id));
        seen.dedup_by_key(|element| element.id);
        seen
    }

    /// The topmost element within `radius` of a point.
    pub fn hit(&self, page: PageId, at: (f32, f32), radius: f32) -> Option<&Element> {
        let around = Rect { left: at.0, top: at.1, right: at.0, bottom: at.1 }.grown(radius);
        self.visible(page, around).into_iter().rev().find(|element| element.is_near(at, radius))
    }

    /// Those that lie in the rectangle with all they have.
    pub fn within(&self, page: PageId, rect: Rect) -> Vec<ElementId> {
        let inside = self.visible(page, rect).into_iter().filter(|element| rect.holds(&element.bounds()));
        inside.map(|element| element.id).collect()
    }

    /// What all elements of a page cover together; `None` if there are none.
    pub fn extent(&self, page: PageId) -> Option<Rect> {
        let here = self.elements.values().filter(|element| element.page == page).map(Element::bounds);
        Rect::around(here.flat_map(|bounds| [(bounds.left, bounds.top), (bounds.right, bounds.bottom)]))
    }

    /// For something that shall lie above all there is.
    pub fn above_all(&self) -> u32 {
        self.top.saturating_add(1)
    }
}

/// Drawing. What is out of bounds is brought within them; an entry that would be too large is not written.
impl Board {
    /// Puts elements on their pages.
    pub fn put(&mut self, elements: &[Element]) -> Edit {
        let mut writes = Vec::new();
        for Element { id, page, place, body, .. } in elements {
            writes.push((Key::Element(*id), Some(coding::write_element(*page, place, body))));
            if *place != Place::at(place.x, place.y, place.order) {
                writes.push((Key::Place(*id), Some(coding::write_place(place))));
            }
        }
        self.write(writes)
    }

    /// Moves, scales or turns elements, or puts them higher or lower.
    pub fn place(&mut self, places: &[(ElementId, Place)]) -> Edit {
        let there = places.iter().filter(|(id, _)| self.is_there(*id));
        let writes = there.map(|(id, place)| (Key::Place(*id), Some(coding::write_place(place)))).collect();
        self.write(writes)
    }

    /// Makes something else of an element at its place: other words, another colour.
    pub fn rewrite(&mut self, id: ElementId, body: &Body) -> Edit {
        let element = self.elements.get(&id).filter(|_| self.is_there(id));
        let written = element.map(|element| coding::write_element(element.page, &element.place, body));
        self.write(written.map(|bytes| (Key::Element(id), Some(bytes))).into_iter().collect())
    }

    pub fn remove(&mut self, ids: &[ElementId]) -> Edit {
        self.write(ids.iter().flat_map(|id| [(Key::Element(*id), None), (Key::Place(*id), None)]).collect())
    }

    /// Puts an empty page after another one; `None`: before all others.
    pub fn add_page(&mut self, id: PageId, after: Option<PageId>, background: &Background) -> Edit {
        let next = after.map_or(0, |after| {
            self.pages.iter().position(|page| page.id == after).map_or(self.pages.len(), |place| place + 1)
        });
        let before = next.checked_sub(1).and_then(|place| self.pages.get(place));
        let rank = Rank::between(before.map(|page| &page.rank), self.pages.get(next).map(|page| &page.rank));
        self.write(vec![(Key::Page(id), Some(coding::write_page(&rank, background)))])
    }

    pub fn set_background(&mut self, id: PageId, background: &Background) -> Edit {
        let written = self.page(id).map(|page| coding::write_page(&page.rank, background));
        self.write(written.map(|bytes| (Key::Page(id), Some(bytes))).into_iter().collect())
    }

    /// Takes a page away with all that lies on it. The first one every board has is emptied only.
    pub fn remove_page(&mut self, id: PageId) -> Edit {
        let here = self.elements.values().filter(|element| element.page == id);
        let mut writes: Vec<_> =
            here.flat_map(|element| [(Key::Element(element.id), None), (Key::Place(element.id), None)]).collect();
        writes.push((Key::Page(id), None));
        self.write(writes)
    }

    pub fn can_undo(&self) -> bool {
        self.history.can(Way::Back)
    }

    pub fn can_redo(&self) -> bool {
        self.history.can(Way::Forth)
    }

    /// Takes one's own last edit back, but for what others have changed since. `None`: there is nothing to take back.
    pub fn undo(&mut self) -> Option<Edit> {
        self.go(Way::Back)
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) -> Option<Edit> {
        self.go(Way::Forth)
    }

    /// It lies on the board, and not only in a glance of it.
    fn is_there(&self, id: ElementId) -> bool {
        self.elements.contains_key(&id) && !self.glimpsed.contains(&id)
    }

    fn go(&mut self, way: Way) -> Option<Edit> {
        let step = self.history.take(way)?;
        let turned = step.iter().map(|written| match way {
            Way::Back => (written.key, &written.after, &written.before),
            Way::Forth => (written.key, &written.before, &written.after),
        });
        let theirs = |key: Key, mine: &Option<Vec<u8>>| {
            let txn = self.doc.transact();
            entry(&txn, &self.root, key) != *mine
        };
        let writes =
            turned.filter(|(key, now, _)| !theirs(*key, now)).map(|(key, _, then)| (key, then.clone())).collect();
        let (edit, _) = self.transact(writes);
        self.history.gone(way, step);
        Some(edit)
    }

    fn write(&mut self, writes: Vec<(Key, Option<Vec<u8>>)>) -> Edit {
        let (edit, step) = self.transact(writes);
        if !step.is_empty() {
            self.history.note(step);
        }
        edit
    }

    /// Writes what differs from what is there, in one transaction.
    fn transact(&mut self, writes: Vec<(Key, Option<Vec<u8>>)>) -> (Edit, Vec<Written>) {
        let mut step = Vec::new();
        let mut txn = self.doc.transact_mut();
        for (key, after) in writes {
            let before = entry(&txn, &self.root, key);
            if before == after || after.as_ref().is_some_and(|bytes| coding::check(key, bytes).is_err()) {
                continue;
            }
            put(&mut txn, &self.root, key, after.as_deref());
            step.push(Written { key, before, after });
        }
        drop(txn);
        let heard = std::mem::take(&mut *lock(&self.heard));
        let changes = self.read_anew(step.iter().map(|written| written.key).collect());
        (Edit { update: heard.update.unwrap_or_default(), changes }, step)
    }
}

/// Keeping what is shown in step with the map.
impl Board {
    fn read_anew(&mut self, keys: BTreeSet<Key>) -> Vec<Change> {
        let named = keys.iter().any(|key| matches!(key, Key::Page(_)));
        let touched: BTreeSet<ElementId> = keys
            .into_iter()
            .filter_map(|key| match key {
                Key::Element(id) | Key::Place(id) => Some(id),
                Key::Page(_) => None,
            })
            .collect();
        let mut changes: Vec<_> = touched.into_iter().filter_map(|id| self.read_element(id)).collect();
        if named || self.has_strays() {
            self.read_pages();
            changes.push(Change::Pages);
        }
        changes
    }

    fn read_element(&mut self, id: ElementId) -> Option<Change> {
        let now = {
            let txn = self.doc.transact();
            element(&txn, &self.root, id)
        };
        match now {
            // It is still on its way.
            None if self.glimpsed.contains(&id) => None,
            now => {
                self.glimpsed.remove(&id);
                self.show(id, now)
            }
        }
    }

    fn show(&mut self, id: ElementId, now: Option<Element>) -> Option<Change> {
        let before = self.elements.remove(&id);
        if let Some(before) = &before {
            self.grids.entry(before.page).or_default().remove(id, &before.bounds());
        }
        match (before, now) {
            (None, None) => None,
            (Some(before), None) => Some(Change::Removed(id, before.page, before.bounds())),
            (before, Some(now)) => {
                self.top = self.top.max(now.place.order);
                self.grids.entry(now.page).or_default().put(id, &now.bounds());
                self.elements.insert(id, now);
                Some(Change::Put(id, before.map(|before| before.bounds())))
            }
        }
    }

    /// Whether something lies on a page that is not shown: somebody drew on it while somebody else took it away.
    fn has_strays(&self) -> bool {
        self.drawn_on().any(|id| self.page(id).is_none())
    }

    fn drawn_on(&self) -> impl Iterator<Item = PageId> {
        self.grids.iter().filter(|(_, grid)| !grid.is_empty()).map(|(id, _)| *id)
    }

    fn read_pages(&mut self) {
        let mut pages = pages(&self.doc.transact(), &self.root);
        let strays: Vec<_> = self.drawn_on().filter(|id| pages.iter().all(|page| page.id != *id)).collect();
        for id in strays {
            let rank = Rank::between(pages.last().map(|page| &page.rank), None);
            pages.push(Page { id, rank, background: Background::Plain });
        }
        self.pages = pages;
    }
}

fn first_page() -> Page {
    Page { id: PageId::FIRST, rank: Rank::first(), background: Background::Plain }
}

/// The pages that are named, and the first one, in order.
pub(super) fn pages(txn: &impl ReadTxn, root: &MapRef) -> Vec<Page> {
    let named = root.keys(txn).filter_map(|key| match Key::named(key)? {
        key @ Key::Page(id) => {
            let (rank, background) = coding::read_page(&entry(txn, root, key)?).ok()?;
            Some(Page { id, rank, background })
        }
        Key::Element(_) | Key::Place(_) => None,
    });
    let mut pages: Vec<Page> = named.collect();
    if pages.iter().all(|page| page.id != PageId::FIRST) {
        pages.push(first_page());
    }
    pages.sort_by(|a, b| (&a.rank, a.id).cmp(&(&b.rank, b.id)));
    pages
}

/// The element as it is shown: as it was made, where it was moved to.
pub(super) fn element(txn: &impl ReadTxn, root: &MapRef, id: ElementId) -> Option<Element> {
    let made = coding::read_element(&entry(txn, root, Key::Element(id))?).ok()?;
    let moved = entry(txn, root, Key::Place(id)).and_then(|bytes| coding::read_place(&bytes).ok());
    Some(Element::new(id, made.page, moved.unwrap_or(made.place), made.body))
}

pub(super) fn entry(txn: &impl ReadTxn, root: &MapRef, key: Key) -> Option<Vec<u8>> {
    match root.get(txn, &key.to_string())? {
        Out::Any(Any::Buffer(bytes)) => Some(bytes.to_vec()),
        _ => None,
    }
}

fn put(txn: &mut TransactionMut<'_>, root: &MapRef, key: Key, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => drop(root.insert(txn, key.to_string(), Any::from(bytes))),
        None => drop(root.remove(txn, &key.to_string())),
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stage for Board {
    fn apply(&mut self, update: &[u8]) {
        // A log holds what a board took in once; if not, the rest of it is still to be seen.
        let _ = Board::apply(self, update);
    }

    fn snapshot(&self) -> Vec<u8> {
        Board::snapshot(self)
    }

    fn clear(&mut self) {
        *self = Board::open(self.doc.client_id().get());
    }
}
