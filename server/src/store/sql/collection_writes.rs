//! Collections as rows.

use std::collections::{BTreeMap, BTreeSet};

use shared::library::{MAX_LINES_IN_ALL, merged};
use shared::words::{CollectionId, ItemId, LineId, UnixMillis, UserId};

use super::collections::line;
use super::organisation::unreadable;
use super::{Connection, audit};
use crate::secret;
use crate::store::{AuditEntry, By, Curating, Curation, LineContent, NewCollection, Saved, StoredLine};
use crate::wish::Wish;

pub async fn insert(connection: &mut Connection, collection: &NewCollection) -> sqlx::Result<()> {
    let NewCollection { id, title, description, author, shelf, lines, wish, at } = collection;
    sqlx::query(
        "INSERT INTO collections (id, title, description, author, shelf, created, changed, wish) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
    )
    .bind(id.as_str())
    .bind(title.as_str())
    .bind(description)
    .bind(author.as_str())
    .bind(shelf.to_string())
    .bind(at.0)
    .bind(wish.as_ref().map(Wish::as_bytes))
    .execute(&mut *connection)
    .await?;
    for (position, content) in (0..).zip(lines) {
        insert_line(connection, id, position, &new_line(content.clone(), author, *at)?).await?;
    }
    let details = serde_json::json!({ "shelf": shelf.to_string() });
    audit::append(connection, &[entry(author, id, *at, "collection.added", details)]).await?;
    Ok(())
}

/// `false` if there would be too many: the transaction is not to be committed then.
pub async fn replace_lines(
    connection: &mut Connection,
    collection: Curating<'_>,
    change: Curation,
    at: UnixMillis,
) -> sqlx::Result<bool> {
    let stored = read_lines(connection, collection.id()).await?;
    let known: BTreeMap<LineId, StoredLine> = stored.iter().map(|line| (line.id.clone(), line.clone())).collect();
    let mut asked = Vec::with_capacity(change.lines.len());
    let named: BTreeSet<LineId> = change.lines.iter().filter_map(|(id, _)| id.clone()).collect();
    // A line that the saver has not seen and that says the same as a new one of theirs is that one: perhaps they have saved
    // it before, and the answer got lost.
    let mut unseen: Vec<&StoredLine> =
        stored.iter().filter(|line| !change.seen.contains(&line.id) && !named.contains(&line.id)).collect();
    for (id, content) in change.lines {
        let again = unseen.iter().position(|line| id.is_none() && says_the_same(&line.content, &content));
        let id = id.or_else(|| again.map(|place| unseen.remove(place).id.clone()));
        asked.push(match id.and_then(|id| known.get(&id)) {
            Some(line) => StoredLine { content: with_text(&line.content, content), ..line.clone() },
            None => new_line(content, collection.person(), at)?,
        });
    }
    let stored = stored.into_iter().map(|line| (line.id.clone(), line)).collect();
    let id = |line: &StoredLine| known.contains_key(&line.id).then(|| line.id.clone());
    let list = merged(stored, &change.seen, asked, id);
    if list.len() > MAX_LINES_IN_ALL {
        return Ok(false);
    }
    sqlx::query("DELETE FROM collection_lines WHERE collection = $1")
        .bind(collection.id().as_str())
        .execute(&mut *connection)
        .await?;
    for (position, line) in (0..).zip(&list) {
        insert_line(connection, collection.id(), position, line).await?;
    }
    Ok(true)
}

fn says_the_same(one: &LineContent, other: &LineContent) -> bool {
    match (one, other) {
        (LineContent::Heading(one), LineContent::Heading(other)) => one == other,
        (LineContent::Item { item: one, .. }, LineContent::Item { item: other, .. }) => one == other,
        (LineContent::Heading(_), LineContent::Item { .. }) | (LineContent::Item { .. }, LineContent::Heading(_)) => {
            false
        }
    }
}

pub async fn append_line(
    connection: &mut Connection,
    collection: Curating<'_>,
    item: &ItemId,
    note: &str,
    at: UnixMillis,
) -> sqlx::Result<Saved> {
    let id = collection.id().as_str();
    let (count, last, there, same): (i64, i64, bool, bool) = sqlx::query_as(
        "SELECT count(*), coalesce(max(position), -1), count(CASE WHEN item = $2 THEN 1 END) > 0, \
         count(CASE WHEN item = $2 AND text = $3 THEN 1 END) > 0 FROM collection_lines WHERE collection = $1",
    )
    .bind(id)
    .bind(item.as_str())
    .bind(note)
    .fetch_one(&mut *connection)
    .await?;
    if there {
        // Whoever says nothing of it wants it there, whatever is said of it.
        return Ok(if same || note.is_empty() { Saved::Stored } else { Saved::Otherwise });
    }
    if count as usize >= MAX_LINES_IN_ALL {
        return Ok(Saved::Full);
    }
    let content = LineContent::Item { item: item.clone(), note: note.to_owned() };
    insert_line(connection, collection.id(), last + 1, &new_line(content, collection.person(), at)?).await?;
    sqlx::query("UPDATE collections SET changed = $2, revision = revision + 1 WHERE id = $1")
        .bind(id)
        .bind(at.0)
        .execute(&mut *connection)
        .await?;
    let details = serde_json::json!({ "item": item });
    audit::append(connection, &[entry(collection.person(), collection.id(), at, "collection.changed", details)])
        .await?;
    Ok(Saved::Stored)
}

/// A line of a collection, of which only the text changes.
fn with_text(line: &LineContent, asked: LineContent) -> LineContent {
    let text = match asked {
        LineContent::Heading(text) | LineContent::Item { item: _, note: text } => text,
    };
    match line {
        LineContent::Heading(_) => LineContent::Heading(text),
        LineContent::Item { item, note: _ } => LineContent::Item { item: item.clone(), note: text },
    }
}

fn new_line(content: LineContent, by: &UserId, at: UnixMillis) -> sqlx::Result<StoredLine> {
    let id = secret::random_id().parse().map_err(|_| unreadable("an id that was just made"))?;
    Ok(StoredLine { id, content, added: at, by: by.clone() })
}

async fn read_lines(connection: &mut Connection, collection: &CollectionId) -> sqlx::Result<Vec<StoredLine>> {
    let rows =
        sqlx::query("SELECT id, item, text, added, by FROM collection_lines WHERE collection = $1 ORDER BY position")
            .bind(collection.as_str())
            .fetch_all(connection)
            .await?;
    rows.iter().map(line).collect()
}

async fn insert_line(
    connection: &mut Connection,
    collection: &CollectionId,
    position: i64,
    line: &StoredLine,
) -> sqlx::Result<()> {
    let (item, text) = match &line.content {
        LineContent::Heading(text) => (None, text),
        LineContent::Item { item, note } => (Some(item.as_str()), note),
    };
    sqlx::query(
        "INSERT INTO collection_lines (collection, id, position, item, text, added, by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(collection.as_str())
    .bind(line.id.as_str())
    .bind(position)
    .bind(item)
    .bind(text)
    .bind(line.added.0)
    .bind(line.by.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// A line of the audit log.
pub fn entry(
    person: &UserId,
    collection: &CollectionId,
    at: UnixMillis,
    act: &'static str,
    details: serde_json::Value,
) -> AuditEntry {
    let subject = format!("collection:{collection}");
    AuditEntry { by: By::Person(person.clone()), at, act: act.into(), subject, details }
}
