//! Collections as people see them: what somebody may not see is left out, and not counted.

use std::collections::{BTreeSet, HashMap};

use shared::access::{DocumentAccess, right};
use shared::api::{CollectionCard, CollectionLine, LineOf, ShelfCard};
use shared::organisation::Directory;
use shared::words::{ItemId, UserId};

use super::cards::Reader;
use super::taxonomies::Taxonomies;
use crate::clock;
use crate::store::{CollectionHandle, LineContent, Result, Store, StoredItem, StoredLine};

/// Shows collections to one person.
#[derive(Clone, Copy)]
pub struct Curated<'a> {
    pub store: &'a dyn Store,
    pub directory: &'a Directory,
    pub taxonomies: &'a Taxonomies,
    pub person: &'a UserId,
}

impl Curated<'_> {
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(self.person, self.directory, self.taxonomies)
    }

    /// Whether they see what lies so and not in the bin.
    pub fn sees(&self, access: &DocumentAccess) -> bool {
        !access.binned && right(self.directory, self.person, access, clock::now()).is_some()
    }

    /// In their order; `has` is the item that the list is asked about.
    pub async fn cards(&self, handles: &[CollectionHandle], has: Option<&ItemId>) -> Result<Vec<CollectionCard>> {
        let ids: Vec<_> = handles.iter().map(|handle| handle.id().clone()).collect();
        let mut items = self.store.items_in(&ids).await?;
        let mut terms = self.store.terms_of(&ids).await?;
        let card = |handle: &CollectionHandle| {
            let stored = handle.stored();
            let mut seen = items.remove(&stored.id).unwrap_or_default();
            seen.retain(|(_, access)| self.sees(access));
            CollectionCard {
                id: stored.id.clone(),
                title: stored.title.as_str().to_owned(),
                shelf: ShelfCard::of(self.directory, &stored.shelf),
                by: self.reader().person(&stored.author),
                changed: stored.changed,
                items: u32::try_from(seen.len()).unwrap_or(u32::MAX),
                right: handle.right(),
                menus: terms.remove(&stored.id).unwrap_or_default(),
                has: has.is_some_and(|asked| seen.iter().any(|(item, _)| item == asked)),
            }
        };
        Ok(handles.iter().map(card).collect())
    }

    /// The items of these that they may see now.
    pub async fn items(&self, ids: impl IntoIterator<Item = ItemId>) -> Result<HashMap<ItemId, StoredItem>> {
        let ids: BTreeSet<ItemId> = ids.into_iter().collect();
        let items = self.store.items(&ids.into_iter().collect::<Vec<_>>()).await?;
        let seen = items.into_iter().filter(|item| self.sees(&item.access()));
        Ok(seen.map(|item| (item.id.clone(), item)).collect())
    }

    /// The list as they may see it. Only who edits it sees a heading with nothing under it: to others it would tell of what
    /// they may not see there.
    pub async fn lines(&self, handle: &CollectionHandle) -> Result<Vec<CollectionLine>> {
        let stored = self.store.lines(handle).await?;
        let items = self.items(stored.iter().filter_map(|line| item_of(line).cloned())).await?;
        let reader = self.reader();
        let mut lines: Vec<CollectionLine> = Vec::with_capacity(stored.len());
        for line in stored {
            let what = match line.content {
                LineContent::Heading(text) => {
                    if !handle.right().may_edit() {
                        drop_heading(&mut lines);
                    }
                    LineOf::Heading { text }
                }
                LineContent::Item { item, note } => match items.get(&item) {
                    Some(item) => LineOf::Item { item: Box::new(reader.item(item)), note },
                    None => continue,
                },
            };
            lines.push(CollectionLine { id: line.id, what });
        }
        if !handle.right().may_edit() {
            drop_heading(&mut lines);
        }
        Ok(lines)
    }
}

/// Takes a heading off the end.
fn drop_heading(lines: &mut Vec<CollectionLine>) {
    lines.pop_if(|line| matches!(line.what, LineOf::Heading { .. }));
}

pub fn item_of(line: &StoredLine) -> Option<&ItemId> {
    match &line.content {
        LineContent::Heading(_) => None,
        LineContent::Item { item, note: _ } => Some(item),
    }
}
