//! Collections.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use shared::access::DocumentAccess;
use shared::library::TermName;
use shared::organisation::Shelf;
use shared::words::{CollectionId, ItemId, UnixMillis, UserId};
use sqlx::{QueryBuilder, Row};

use super::collection_writes::{self, entry};
use super::connections::Connections;
use super::organisation::unreadable;
use super::rows::{anywhere, in_parts, parsed, title, wish};
use super::{Db, DbRow, Deed, SqlStore, audit, menus};
use crate::store::{
    CollectionHandle, CollectionQuery, Collections, Curating, Curation, Disposing, LineContent, LineWords,
    NewCollection, Publishing, Result, Saved, StoredCollection, StoredLine, StoredMenu, StoredUse,
};
use crate::wish::Wish;

const COLUMNS: &str = "id, title, description, author, shelf, created, changed, binned, revision";

#[async_trait]
impl Collections for SqlStore {
    async fn add_collection(&self, collection: NewCollection) -> Result<()> {
        let deed = || format!("make collection {}", collection.id);
        let mut transaction = self.begin(deed).await?;
        collection_writes::insert(&mut transaction, &collection).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn collections_made_by(&self, person: &UserId) -> Result<u64> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM collections WHERE author = $1 AND binned IS NULL")
            .bind(person.as_str())
            .fetch_one(&self.read)
            .await
            .deed(|| format!("count the collections of {person}"))?;
        Ok(count as u64)
    }

    async fn collections(&self, ids: &[CollectionId]) -> Result<Vec<StoredCollection>> {
        by_id(&self.read, ids).await.deed(|| format!("read {} collections", ids.len()))
    }

    async fn collection_wish(&self, id: &CollectionId) -> Result<Option<Wish>> {
        wish(&self.read, "SELECT wish FROM collections WHERE id = $1", id.as_str())
            .await
            .deed(|| format!("read why collection {id} was made"))
    }

    async fn collections_on(&self, query: &CollectionQuery) -> Result<Vec<StoredCollection>> {
        let shelves: Vec<String> = query.shelves.iter().map(Shelf::to_string).collect();
        let (at, id) = match &query.after {
            Some((at, id)) => (at.0, id.as_str()),
            None => (i64::MAX, ""),
        };
        let rows = sqlx::query(
            "SELECT id, title, description, author, shelf, created, changed, binned, revision FROM collections \
             WHERE shelf IN (SELECT value FROM json_each($1)) AND (binned IS NOT NULL) = $2 \
             AND lower(title) LIKE $3 ESCAPE '\\' AND (changed, id) < ($4, $5) ORDER BY changed DESC, id DESC LIMIT $6",
        )
        .bind(serde_json::json!(shelves).to_string())
        .bind(query.binned)
        .bind(anywhere(&query.words.to_ascii_lowercase()))
        .bind(at)
        .bind(id)
        .bind(i64::from(query.limit))
        .fetch_all(&self.read)
        .await;
        let read = |rows: Vec<DbRow>| rows.iter().map(stored).collect();
        rows.and_then(read).deed(|| "list collections".to_owned())
    }

    async fn lines(&self, collection: &CollectionHandle) -> Result<Vec<StoredLine>> {
        let deed = || format!("read what is in collection {}", collection.id());
        let rows = sqlx::query(
            "SELECT id, item, text, added, by FROM collection_lines WHERE collection = $1 ORDER BY position",
        )
        .bind(collection.id().as_str())
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        rows.iter().map(line).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn items_in(&self, ids: &[CollectionId]) -> Result<BTreeMap<CollectionId, Vec<(ItemId, DocumentAccess)>>> {
        let ids = serde_json::json!(ids).to_string();
        let deed = || "read which items are in collections".to_owned();
        let rows = sqlx::query(
            "SELECT l.collection AS collection, l.item AS item, i.author AS author, i.shelf AS shelf \
             FROM collection_lines AS l JOIN items AS i ON i.id = l.item \
             WHERE l.collection IN (SELECT value FROM json_each($1)) AND i.binned IS NULL \
             ORDER BY l.collection, l.position",
        )
        .bind(ids)
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let mut items: BTreeMap<CollectionId, Vec<_>> = BTreeMap::new();
        for row in &rows {
            let read = || Ok((parsed(row.try_get("collection")?)?, (parsed(row.try_get("item")?)?, access(row)?)));
            let (collection, item) = read().deed(deed)?;
            items.entry(collection).or_default().push(item);
        }
        Ok(items)
    }

    async fn words_in(&self, ids: &[CollectionId]) -> Result<BTreeMap<CollectionId, Vec<LineWords>>> {
        words_in(&self.read, ids).await.deed(|| format!("read what stands in {} collections", ids.len()))
    }

    async fn change_collection(&self, collection: Curating<'_>, change: Curation, at: UnixMillis) -> Result<Saved> {
        let deed = || format!("change collection {}", collection.id());
        let mut transaction = self.begin(deed).await?;
        let saved = async {
            let changed = sqlx::query(
                "UPDATE collections SET title = $3, description = $4, changed = $5, revision = revision + 1 \
                 WHERE id = $1 AND revision = $2",
            )
            .bind(collection.id().as_str())
            .bind(change.revision as i64)
            .bind(change.title.as_str())
            .bind(&change.description)
            .bind(at.0)
            .execute(&mut *transaction)
            .await?;
            if changed.rows_affected() == 0 {
                return Ok(Saved::Stale);
            }
            if !collection_writes::replace_lines(&mut transaction, collection, change, at).await? {
                return Ok(Saved::Full);
            }
            let line = entry(collection.person(), collection.id(), at, "collection.changed", serde_json::json!({}));
            audit::append(&mut transaction, &[line]).await?;
            Ok(Saved::Stored)
        };
        let saved = saved.await.deed(deed)?;
        if saved == Saved::Stored {
            transaction.commit().await.deed(deed)?;
        }
        Ok(saved)
    }

    async fn add_line(&self, collection: Curating<'_>, item: &ItemId, note: &str, at: UnixMillis) -> Result<Saved> {
        let deed = || format!("put item {item} into collection {}", collection.id());
        let mut transaction = self.begin(deed).await?;
        let saved = collection_writes::append_line(&mut transaction, collection, item, note, at).await.deed(deed)?;
        if saved == Saved::Stored {
            transaction.commit().await.deed(deed)?;
        }
        Ok(saved)
    }

    async fn move_collection(&self, collection: Disposing<'_>, shelf: &Shelf, at: UnixMillis) -> Result<()> {
        let deed = || format!("put collection {} on shelf {shelf}", collection.id());
        let mut transaction = self.begin(deed).await?;
        let moved = async {
            let before: Option<String> = sqlx::query_scalar("SELECT shelf FROM collections WHERE id = $1")
                .bind(collection.id().as_str())
                .fetch_optional(&mut *transaction)
                .await?;
            sqlx::query("UPDATE collections SET shelf = $2 WHERE id = $1")
                .bind(collection.id().as_str())
                .bind(shelf.to_string())
                .execute(&mut *transaction)
                .await?;
            let details = serde_json::json!({ "before": before, "after": shelf.to_string() });
            let mut lines = vec![entry(collection.person(), collection.id(), at, "collection.moved", details)];
            lines.extend(menus::end_elsewhere(&mut transaction, collection, shelf, at).await?);
            audit::append(&mut transaction, &lines).await
        };
        moved.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn bin_collection(&self, collection: Disposing<'_>, at: UnixMillis) -> Result<()> {
        self.set_collection_binned(collection, Some(at), at).await
    }

    async fn unbin_collection(&self, collection: Disposing<'_>, at: UnixMillis) -> Result<()> {
        self.set_collection_binned(collection, None, at).await
    }

    async fn publish_menu(&self, collection: Publishing<'_>, term: TermName, at: UnixMillis) -> Result<()> {
        let deed = || format!("publish collection {} as the menu of {term}", collection.id());
        let mut transaction = self.begin(deed).await?;
        menus::publish(&mut transaction, collection, term, at).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn end_menu(&self, collection: Publishing<'_>, term: TermName, at: UnixMillis) -> Result<()> {
        let deed = || format!("take the menu of {term} back: collection {}", collection.id());
        let mut transaction = self.begin(deed).await?;
        menus::end(&mut transaction, collection, term, at).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn menus_of(&self, shelves: &[Shelf], term: TermName) -> Result<Vec<StoredMenu>> {
        menus::of(&self.read, shelves, term).await.deed(|| format!("read the menus of {term}"))
    }

    async fn terms_of(&self, ids: &[CollectionId]) -> Result<BTreeMap<CollectionId, Vec<TermName>>> {
        menus::terms_of(&self.read, ids).await.deed(|| "read of which terms collections are menus".to_owned())
    }

    async fn uses_since(&self, items: &[ItemId], since: UnixMillis, limit: u32) -> Result<Vec<(ItemId, StoredUse)>> {
        let deed = || format!("read what was done with {} items", items.len());
        menus::uses_since(&self.read, items, since, limit).await.deed(deed)
    }
}

impl SqlStore {
    async fn set_collection_binned(
        &self,
        collection: Disposing<'_>,
        binned: Option<UnixMillis>,
        at: UnixMillis,
    ) -> Result<()> {
        let deed = || format!("take collection {} out, or put it back", collection.id());
        let act = if binned.is_some() { "collection.binned" } else { "collection.restored" };
        let mut transaction = self.begin(deed).await?;
        let set = async {
            let changed =
                sqlx::query("UPDATE collections SET binned = $2 WHERE id = $1 AND (binned IS NULL) <> ($2 IS NULL)")
                    .bind(collection.id().as_str())
                    .bind(binned.map(|at| at.0))
                    .execute(&mut *transaction)
                    .await?;
            if changed.rows_affected() > 0 {
                let line = entry(collection.person(), collection.id(), at, act, serde_json::json!({}));
                audit::append(&mut transaction, &[line]).await?;
            }
            sqlx::Result::Ok(())
        };
        set.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }
}

pub async fn by_id(read: &Connections, ids: &[CollectionId]) -> sqlx::Result<Vec<StoredCollection>> {
    let mut found: HashMap<CollectionId, StoredCollection> = HashMap::with_capacity(ids.len());
    for part in in_parts(ids) {
        let mut query: QueryBuilder<Db> = QueryBuilder::new(format!("SELECT {COLUMNS} FROM collections WHERE id IN ("));
        let mut list = query.separated(", ");
        for id in part {
            list.push_bind(id.to_string());
        }
        query.push(")");
        for row in query.build().fetch_all(read).await? {
            let one = stored(&row)?;
            found.insert(one.id.clone(), one);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

pub async fn words_in(
    read: &Connections,
    ids: &[CollectionId],
) -> sqlx::Result<BTreeMap<CollectionId, Vec<LineWords>>> {
    let mut words: BTreeMap<CollectionId, Vec<LineWords>> = BTreeMap::new();
    for part in in_parts(ids) {
        let mut query: QueryBuilder<Db> = QueryBuilder::new(
            "SELECT l.collection AS collection, l.item AS item, l.text AS text, i.author AS author, i.shelf AS shelf \
             FROM collection_lines AS l LEFT JOIN items AS i ON i.id = l.item \
             WHERE (l.item IS NULL OR i.binned IS NULL) AND l.collection IN (",
        );
        let mut list = query.separated(", ");
        for id in part {
            list.push_bind(id.to_string());
        }
        query.push(") ORDER BY l.collection, l.position");
        for row in query.build().fetch_all(read).await? {
            let text = row.try_get("text")?;
            let line = match row.try_get::<Option<String>, _>("item")? {
                Some(_) => LineWords::Note(text, access(&row)?),
                None => LineWords::Heading(text),
            };
            words.entry(parsed(row.try_get("collection")?)?).or_default().push(line);
        }
    }
    Ok(words)
}

fn stored(row: &DbRow) -> sqlx::Result<StoredCollection> {
    Ok(StoredCollection {
        id: parsed(row.try_get("id")?)?,
        title: title(row.try_get("title")?)?,
        description: row.try_get("description")?,
        author: parsed(row.try_get("author")?)?,
        shelf: shelf(row)?,
        created: UnixMillis(row.try_get("created")?),
        changed: UnixMillis(row.try_get("changed")?),
        binned: row.try_get::<Option<i64>, _>("binned")?.map(UnixMillis),
        revision: row.try_get::<i64, _>("revision")? as u64,
    })
}

pub fn shelf(row: &DbRow) -> sqlx::Result<Shelf> {
    row.try_get::<String, _>("shelf")?.parse().map_err(|_| unreadable("a shelf"))
}

/// Of what does not lie in the bin.
pub fn access(row: &DbRow) -> sqlx::Result<DocumentAccess> {
    let author: UserId = parsed(row.try_get("author")?)?;
    Ok(DocumentAccess { author, shelf: shelf(row)?, shares: Vec::new(), binned: false, session: None })
}

pub fn line(row: &DbRow) -> sqlx::Result<StoredLine> {
    let text: String = row.try_get("text")?;
    let content = match row.try_get::<Option<String>, _>("item")? {
        Some(item) => LineContent::Item { item: parsed(item)?, note: text },
        None => LineContent::Heading(text),
    };
    Ok(StoredLine {
        id: parsed(row.try_get("id")?)?,
        content,
        added: UnixMillis(row.try_get("added")?),
        by: parsed(row.try_get("by")?)?,
    })
}
