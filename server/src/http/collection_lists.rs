//! Lists of collections.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::access::{Right, sight};
use shared::api::CollectionList;
use shared::organisation::Shelf;
use shared::words::{CollectionId, ItemId, UnixMillis};

use super::caller::Query;
use super::collections::curated;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::store::{CollectionHandle, CollectionQuery};

const A_PAGE: usize = 20;
const MOST: usize = 50;
/// Read from the store at a time.
const AT_ONCE: u32 = 100;
/// How often at most.
const TIMES: usize = 20;
const MAX_WORDS_CHARS: usize = 100;

#[derive(Deserialize)]
pub struct ListParameters {
    #[serde(default)]
    which: WhichCollections,
    #[serde(default)]
    q: String,
    after: Option<String>,
    limit: Option<usize>,
    /// Each card says whether it has this one.
    item: Option<ItemId>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WhichCollections {
    #[default]
    All,
    /// Made by the caller, or on their shelf.
    Mine,
    Teams,
    Schools,
    Groups,
    /// Those that the caller may change.
    Editable,
    /// In the bin, as far as the caller may put them back.
    Bin,
}

/// `GET /api/collections`.
pub async fn list(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(ListParameters { which, q, after, limit, item }): Query<ListParameters>,
) -> Result<Json<CollectionList>, Refusal> {
    let directory = app.store.directory();
    let mut shelves = sight(&directory, &caller.person, clock::now()).shelves;
    shelves.retain(|shelf| which.has(shelf));
    let mut query = CollectionQuery {
        shelves,
        words: q.trim().chars().take(MAX_WORDS_CHARS).collect(),
        binned: which == WhichCollections::Bin,
        after: after.as_deref().map(cursor).transpose()?,
        limit: AT_ONCE,
    };
    let most = limit.unwrap_or(A_PAGE).clamp(1, MOST);
    let (mut handles, mut next) = (Vec::new(), None);
    'pages: for _ in 0..TIMES {
        let found = app.store.collections_on(&query).await?;
        let is_last = found.len() < AT_ONCE as usize;
        for stored in found {
            if handles.len() == most {
                next = query.after.take();
                break 'pages;
            }
            query.after = Some((stored.changed, stored.id.clone()));
            let handle = CollectionHandle::judge(&directory, &caller.person, stored);
            handles.extend(handle.filter(|handle| which.takes(handle)));
        }
        if is_last {
            next = None;
            break;
        }
        next.clone_from(&query.after);
    }
    let collections = curated(&app, &caller, &directory).cards(&handles, item.as_ref()).await?;
    let next = next.map(|(at, id)| format!("{}.{id}", at.0));
    Ok(Json(CollectionList { collections, next }))
}

impl WhichCollections {
    fn has(self, shelf: &Shelf) -> bool {
        match self {
            Self::All | Self::Mine | Self::Editable | Self::Bin => true,
            Self::Teams => matches!(shelf, Shelf::Team(_)),
            Self::Schools => matches!(shelf, Shelf::School(_)),
            Self::Groups => matches!(shelf, Shelf::Group(_)),
        }
    }

    fn takes(self, handle: &CollectionHandle) -> bool {
        let stored = handle.stored();
        match self {
            Self::All | Self::Teams | Self::Schools | Self::Groups => true,
            Self::Mine => stored.author == *handle.person() || stored.shelf == Shelf::Person(handle.person().clone()),
            Self::Editable => handle.curating().is_some(),
            Self::Bin => handle.right() == Right::Manage,
        }
    }
}

fn cursor(text: &str) -> Result<(UnixMillis, CollectionId), Refusal> {
    let (at, id) = text.split_once('.').ok_or(Refusal::BadRequest)?;
    Ok((UnixMillis(at.parse().map_err(|_| Refusal::BadRequest)?), id.parse().map_err(|_| Refusal::BadRequest)?))
}
