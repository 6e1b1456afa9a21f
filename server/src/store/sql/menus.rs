//! Menus of the terms, and what of them was used.

use std::collections::BTreeMap;

use shared::library::TermName;
use shared::organisation::Shelf;
use shared::words::{CollectionId, ItemId, UnixMillis};
use sqlx::Row;

use super::collection_writes::entry;
use super::connections::Connections;
use super::item_writes::counted;
use super::organisation::unreadable;
use super::rows::parsed;
use super::{Connection, audit, item_rows};
use crate::store::{AuditEntry, Disposing, Publishing, StoredMenu, StoredUse};

pub async fn publish(
    connection: &mut Connection,
    collection: Publishing<'_>,
    term: TermName,
    at: UnixMillis,
) -> sqlx::Result<()> {
    // Who publishes the same again, since an answer was lost, changes nothing.
    let changed = sqlx::query(
        "INSERT INTO menus (shelf, term, collection, by, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shelf, term) \
         DO UPDATE SET collection = excluded.collection, by = excluded.by, at = excluded.at \
         WHERE menus.collection <> excluded.collection",
    )
    .bind(collection.shelf().to_string())
    .bind(term.to_string())
    .bind(collection.id().as_str())
    .bind(collection.person().as_str())
    .bind(at.0)
    .execute(&mut *connection)
    .await?;
    if changed.rows_affected() > 0 {
        let details = serde_json::json!({ "shelf": collection.shelf().to_string(), "term": term });
        audit::append(connection, &[entry(collection.person(), collection.id(), at, "menu.published", details)])
            .await?;
    }
    Ok(())
}

pub async fn end(
    connection: &mut Connection,
    collection: Publishing<'_>,
    term: TermName,
    at: UnixMillis,
) -> sqlx::Result<()> {
    let gone = sqlx::query("DELETE FROM menus WHERE shelf = $1 AND term = $2 AND collection = $3")
        .bind(collection.shelf().to_string())
        .bind(term.to_string())
        .bind(collection.id().as_str())
        .execute(&mut *connection)
        .await?;
    if gone.rows_affected() > 0 {
        let details = serde_json::json!({ "shelf": collection.shelf().to_string(), "term": term });
        audit::append(connection, &[entry(collection.person(), collection.id(), at, "menu.ended", details)]).await?;
    }
    Ok(())
}

/// What has left a shelf is not its menu; gives the lines for the audit log.
pub async fn end_elsewhere(
    connection: &mut Connection,
    collection: Disposing<'_>,
    shelf: &Shelf,
    at: UnixMillis,
) -> sqlx::Result<Vec<AuditEntry>> {
    let gone: Vec<(String, String)> =
        sqlx::query_as("DELETE FROM menus WHERE collection = $1 AND shelf <> $2 RETURNING shelf, term")
            .bind(collection.id().as_str())
            .bind(shelf.to_string())
            .fetch_all(connection)
            .await?;
    let line = |(shelf, term)| {
        let details = serde_json::json!({ "shelf": shelf, "term": term });
        entry(collection.person(), collection.id(), at, "menu.ended", details)
    };
    Ok(gone.into_iter().map(line).collect())
}

pub async fn of(read: &Connections, shelves: &[Shelf], term: TermName) -> sqlx::Result<Vec<StoredMenu>> {
    let shelves: Vec<String> = shelves.iter().map(Shelf::to_string).collect();
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT collection, by, at FROM menus JOIN collections ON collections.id = collection \
         AND collections.shelf = menus.shelf WHERE menus.shelf IN (SELECT value FROM json_each($1)) AND term = $2 \
         AND binned IS NULL ORDER BY at DESC, collection",
    )
    .bind(serde_json::json!(shelves).to_string())
    .bind(term.to_string())
    .fetch_all(read)
    .await?;
    let menu = |(collection, by, at)| {
        Ok(StoredMenu { collection: parsed(collection)?, term, by: parsed(by)?, at: UnixMillis(at) })
    };
    rows.into_iter().map(menu).collect()
}

pub async fn terms_of(read: &Connections, ids: &[CollectionId]) -> sqlx::Result<BTreeMap<CollectionId, Vec<TermName>>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT collection, term FROM menus JOIN collections ON collections.id = collection \
         AND collections.shelf = menus.shelf WHERE collection IN (SELECT value FROM json_each($1))",
    )
    .bind(serde_json::json!(ids).to_string())
    .fetch_all(read)
    .await?;
    let mut terms: BTreeMap<CollectionId, Vec<TermName>> = BTreeMap::new();
    for (collection, name) in rows {
        terms.entry(parsed(collection)?).or_default().push(term(&name)?);
    }
    terms.values_mut().for_each(|terms| terms.sort_by(|one, other| other.cmp(one)));
    Ok(terms)
}

pub fn term(name: &str) -> sqlx::Result<TermName> {
    name.parse().map_err(|_| unreadable("a term"))
}

pub async fn uses_since(
    read: &Connections,
    items: &[ItemId],
    since: UnixMillis,
    limit: u32,
) -> sqlx::Result<Vec<(ItemId, StoredUse)>> {
    let rows = sqlx::query(counted!(
        "SELECT u.item AS item, u.version AS version, deed, person, u.document AS document, \
         (SELECT session FROM documents WHERE id = u.document) AS session, adapted, quote, at FROM item_uses AS u \
         JOIN items ON items.id = u.item \
         WHERE u.item IN (SELECT value FROM json_each($1)) AND at >= $2 AND person <> items.author AND ",
        " ORDER BY u.id DESC LIMIT $3"
    ))
    .bind(serde_json::json!(items).to_string())
    .bind(since.0)
    .bind(i64::from(limit))
    .fetch_all(read)
    .await?;
    rows.iter().map(|row| Ok((parsed(row.try_get("item")?)?, item_rows::one_use(row)?))).collect()
}
