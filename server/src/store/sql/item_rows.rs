//! Rows of the library as what they are.

use std::collections::HashMap;

use shared::access::DocumentAccess;
use shared::api::{Author, Deed};
use shared::library::{FileFacts, ItemKind, Licence, Placing, Tag};
use shared::words::{ItemId, UnixMillis};
use sqlx::{QueryBuilder, Row};

use super::connections::Connections;
use super::organisation::unreadable;
use super::renditions;
use super::rows::{in_parts, parsed, title};
use super::{Db, DbRow};
use crate::store::{ItemFacts, ItemFile, ItemImage, StoredItem, StoredUse, StoredVersion, Words};

/// What the name in the database stands for.
pub fn decoded<T>(what: &str, named: impl Fn(&str) -> Option<T>, name: &str) -> sqlx::Result<T> {
    named(name).ok_or_else(|| unreadable(&format!("{what}: {name}")))
}

fn optional<T: TryFrom<String>>(id: Option<String>) -> sqlx::Result<Option<T>> {
    id.map(parsed).transpose()
}

fn shelf(row: &DbRow) -> sqlx::Result<shared::organisation::Shelf> {
    row.try_get::<String, _>("shelf")?.parse().map_err(|_| unreadable("a shelf"))
}

pub fn facts(row: &DbRow) -> sqlx::Result<ItemFacts> {
    Ok(ItemFacts {
        access: DocumentAccess {
            author: parsed(row.try_get("author")?)?,
            shelf: shelf(row)?,
            shares: Vec::new(),
            binned: row.try_get::<Option<i64>, _>("binned")?.is_some(),
            session: None,
        },
        kind: decoded("a kind of item", ItemKind::named, row.try_get("kind")?)?,
        title: title(row.try_get("title")?)?,
        version: row.try_get::<i64, _>("version")? as u32,
        school: optional(row.try_get("school")?)?,
        licence: decoded("a licence", Licence::named, row.try_get("licence")?)?,
        document: optional(row.try_get("document")?)?,
    })
}

pub fn read_facts(json: &str) -> sqlx::Result<FileFacts> {
    serde_json::from_str(json).map_err(|error| unreadable(&format!("the facts of a file: {error}")))
}

/// Files of versions, with what is known of them.
macro_rules! files_where {
    ($which:literal) => {
        concat!(
            "SELECT f.version, f.place, f.name, files.blob, files.bytes, f.claim, readings.facts, files.thumbnail, ",
            "r.state AS rendition, r.blob AS small_blob, r.bytes AS small_bytes FROM item_files AS f ",
            "JOIN files ON files.blob = f.blob JOIN readings ON readings.blob = f.blob AND readings.claim = f.claim ",
            "LEFT JOIN renditions AS r ON r.of_blob = f.blob WHERE ",
            $which
        )
    };
}
pub(super) use files_where;

pub fn file(row: &DbRow) -> sqlx::Result<ItemFile> {
    Ok(ItemFile {
        place: row.try_get::<i64, _>("place")? as u32,
        name: row.try_get("name")?,
        blob: parsed(row.try_get("blob")?)?,
        bytes: row.try_get::<i64, _>("bytes")? as u64,
        claim: row.try_get("claim")?,
        facts: read_facts(row.try_get("facts")?)?,
        thumbnail: optional(row.try_get("thumbnail")?)?,
        rendition: renditions::rendition(row)?,
    })
}

pub fn image(row: &DbRow) -> sqlx::Result<ItemImage> {
    Ok(ItemImage {
        blob: parsed(row.try_get("blob")?)?,
        media_type: row.try_get("media_type")?,
        width: row.try_get::<i64, _>("width")? as u32,
        height: row.try_get::<i64, _>("height")? as u32,
        bytes: row.try_get::<i64, _>("bytes")? as u64,
    })
}

pub fn one_use(row: &DbRow) -> sqlx::Result<StoredUse> {
    Ok(StoredUse {
        version: row.try_get::<i64, _>("version")? as u32,
        deed: decoded("a deed", Deed::named, row.try_get("deed")?)?,
        person: parsed(row.try_get("person")?)?,
        document: optional(row.try_get("document")?)?,
        session: optional(row.try_get("session")?)?,
        adapted: optional(row.try_get("adapted")?)?,
        quote: row.try_get("quote")?,
        at: UnixMillis(row.try_get("at")?),
    })
}

/// The items of these ids, in their order; what is gone is left out.
pub async fn items(read: &Connections, ids: &[ItemId]) -> sqlx::Result<Vec<StoredItem>> {
    let mut found = HashMap::with_capacity(ids.len());
    for part in in_parts(ids) {
        let mut query: QueryBuilder<Db> = QueryBuilder::new(
            "SELECT i.*, (SELECT facts FROM item_files f JOIN readings r ON r.blob = f.blob AND r.claim = f.claim \
             WHERE f.item = i.id AND f.version = i.version ORDER BY place LIMIT 1) AS facts, \
             (SELECT CAST(coalesce(sum(files.bytes), 0) AS BIGINT) FROM item_files f JOIN files ON files.blob = f.blob \
             WHERE f.item = i.id AND f.version = i.version) AS bytes FROM items AS i WHERE i.removed IS NULL AND i.id IN ",
        );
        for row in listed(&mut query, part).build().fetch_all(read).await? {
            let item = item(&row)?;
            found.insert(item.id.clone(), item);
        }
        let mut query: QueryBuilder<Db> =
            QueryBuilder::new("SELECT item, person, name FROM item_authors WHERE item IN ");
        listed(&mut query, part).push(" ORDER BY item, position");
        for row in query.build().fetch_all(read).await? {
            let author = match optional(row.try_get("person")?)? {
                Some(person) => Author::Person(person),
                None => Author::Name(row.try_get("name")?),
            };
            if let Some(item) = found.get_mut(&parsed::<ItemId>(row.try_get("item")?)?) {
                item.words.authors.push(author);
            }
        }
        let mut query: QueryBuilder<Db> = QueryBuilder::new("SELECT item, tag FROM item_tags WHERE item IN ");
        listed(&mut query, part).push(" ORDER BY item, position");
        for row in query.build().fetch_all(read).await? {
            let tag = Tag::new(row.try_get("tag")?).map_err(|error| unreadable(&format!("a tag: {error}")))?;
            if let Some(item) = found.get_mut(&parsed::<ItemId>(row.try_get("item")?)?) {
                item.words.tags.push(tag);
            }
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn listed<'a>(query: &'a mut QueryBuilder<Db>, ids: &[ItemId]) -> &'a mut QueryBuilder<Db> {
    query.push("(");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id.to_string());
    }
    query.push(")")
}

fn item(row: &DbRow) -> sqlx::Result<StoredItem> {
    let at = |column: &str| row.try_get::<i64, _>(column).map(UnixMillis);
    let facts: Option<String> = row.try_get("facts")?;
    Ok(StoredItem {
        id: parsed(row.try_get("id")?)?,
        words: Words {
            kind: decoded("a kind of item", ItemKind::named, row.try_get("kind")?)?,
            title: title(row.try_get("title")?)?,
            description: row.try_get("description")?,
            authors: Vec::new(),
            licence: decoded("a licence", Licence::named, row.try_get("licence")?)?,
            source: row.try_get("source")?,
            placing: Placing {
                stage: row.try_get("stage")?,
                subject: row.try_get("subject")?,
                grade: row.try_get("grade")?,
                taxon: optional(row.try_get("taxon")?)?,
                lesson_type: row.try_get("lesson_type")?,
            },
            tags: Vec::new(),
        },
        author: parsed(row.try_get("author")?)?,
        shelf: shelf(row)?,
        school: optional(row.try_get("school")?)?,
        created: at("created")?,
        changed: at("changed")?,
        version: row.try_get::<i64, _>("version")? as u32,
        document: optional(row.try_get("document")?)?,
        adapted_from: optional(row.try_get("adapted_from")?)?,
        binned: row.try_get::<Option<i64>, _>("binned")?.map(UnixMillis),
        uses: row.try_get::<i64, _>("uses")? as u32,
        revision: row.try_get::<i64, _>("revision")? as u64,
        file: facts.as_deref().map(read_facts).transpose()?,
        bytes: row.try_get::<i64, _>("bytes")? as u64,
    })
}

/// Newest first.
pub async fn versions(read: &Connections, item: &ItemId) -> sqlx::Result<Vec<StoredVersion>> {
    let rows = sqlx::query(
        "SELECT number, at, author, note, content IS NOT NULL AS written FROM item_versions \
         WHERE item = $1 ORDER BY number DESC",
    )
    .bind(item.as_str())
    .fetch_all(read)
    .await?;
    let version = |row: &DbRow| {
        Ok(StoredVersion {
            number: row.try_get::<i64, _>("number")? as u32,
            at: UnixMillis(row.try_get("at")?),
            author: parsed(row.try_get("author")?)?,
            note: row.try_get("note")?,
            written: row.try_get("written")?,
            files: Vec::new(),
        })
    };
    let mut versions: Vec<StoredVersion> = rows.iter().map(version).collect::<sqlx::Result<_>>()?;
    let rows = sqlx::query(files_where!("f.item = $1 ORDER BY f.version, f.place"))
        .bind(item.as_str())
        .fetch_all(read)
        .await?;
    for row in &rows {
        let number = row.try_get::<i64, _>("version")? as u32;
        if let Some(version) = versions.iter_mut().find(|version| version.number == number) {
            version.files.push(file(row)?);
        }
    }
    Ok(versions)
}
