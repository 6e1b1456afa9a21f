//! Items as rows.

use shared::api::{Author, Deed};
use shared::library::Taxon;
use shared::words::{DocumentId, ItemId, RegionId};

use super::Connection;
use crate::store::{ItemImage, NewItem, NewSubstance, NewUse, NewVersion, StoredFile, Words};
use crate::wish::Wish;

/// Puts a node of the textbooks in, in the place of what it was.
pub async fn insert_taxon(connection: &mut Connection, region: &RegionId, taxon: &Taxon) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO taxa (id, region, parent, sort, name, subject, grade, position, ended) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, name = excluded.name, subject = excluded.subject, \
         grade = excluded.grade, position = excluded.position, ended = excluded.ended",
    )
    .bind(taxon.id.as_str())
    .bind(region.as_str())
    .bind(taxon.parent.as_ref().map(|id| id.as_str()))
    .bind(taxon.sort.as_str())
    .bind(&taxon.name)
    .bind(&taxon.subject)
    .bind(&taxon.grade)
    .bind(i64::from(taxon.position))
    .bind(i64::from(taxon.ended))
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn insert_item(connection: &mut Connection, item: &NewItem) -> sqlx::Result<()> {
    let NewItem { id, words, author, shelf, school, adapted_from, wish, version } = item;
    sqlx::query(
        "INSERT INTO items (id, kind, title, description, author, shelf, school, licence, source, stage, subject, \
         grade, taxon, lesson_type, created, changed, version, adapted_from, wish) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, 1, $16, $17)",
    )
    .bind(id.as_str())
    .bind(words.kind.as_str())
    .bind(words.title.as_str())
    .bind(&words.description)
    .bind(author.as_str())
    .bind(shelf.to_string())
    .bind(school.as_ref().map(|id| id.as_str()))
    .bind(words.licence.as_str())
    .bind(&words.source)
    .bind(&words.placing.stage)
    .bind(&words.placing.subject)
    .bind(&words.placing.grade)
    .bind(words.placing.taxon.as_ref().map(|id| id.as_str()))
    .bind(&words.placing.lesson_type)
    .bind(version.at.0)
    .bind(adapted_from.as_ref().map(|id| id.as_str()))
    .bind(wish.as_ref().map(Wish::as_bytes))
    .execute(&mut *connection)
    .await?;
    write_lists(connection, id, words).await?;
    let Some(origin) = adapted_from else { return Ok(()) };
    let origin_version: i64 = sqlx::query_scalar("SELECT version FROM items WHERE id = $1")
        .bind(origin.as_str())
        .fetch_one(&mut *connection)
        .await?;
    let adapted = NewUse {
        item: origin.clone(),
        version: origin_version as u32,
        deed: Deed::Adapted,
        person: author.clone(),
        school: school.clone(),
        document: None,
        adapted: Some(id.clone()),
        quote: String::new(),
        at: version.at,
    };
    insert_use(connection, &adapted).await
}

/// Authors and tags, in place of those before.
pub async fn write_lists(connection: &mut Connection, item: &ItemId, words: &Words) -> sqlx::Result<()> {
    for table in ["DELETE FROM item_authors WHERE item = $1", "DELETE FROM item_tags WHERE item = $1"] {
        sqlx::query(table).bind(item.as_str()).execute(&mut *connection).await?;
    }
    for (position, author) in (0_i64..).zip(&words.authors) {
        let (person, name) = match author {
            Author::Person(id) => (Some(id.as_str()), ""),
            Author::Name(name) => (None, name.as_str()),
        };
        sqlx::query("INSERT INTO item_authors (item, position, person, name) VALUES ($1, $2, $3, $4)")
            .bind(item.as_str())
            .bind(position)
            .bind(person)
            .bind(name)
            .execute(&mut *connection)
            .await?;
    }
    for (position, tag) in (0_i64..).zip(&words.tags) {
        sqlx::query("INSERT INTO item_tags (item, position, tag) VALUES ($1, $2, $3)")
            .bind(item.as_str())
            .bind(position)
            .bind(tag.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// `false` if one of the uploads can't be used: the transaction is not to be committed then.
pub async fn insert_version(
    connection: &mut Connection,
    item: &ItemId,
    number: u32,
    version: &NewVersion,
) -> sqlx::Result<bool> {
    let NewVersion { by, at, note, substance } = version;
    let (content, text) = match substance {
        NewSubstance::Written { content, text, .. } => (Some(content.as_str()), text.as_str()),
        NewSubstance::Uploads(_) | NewSubstance::Files(_) | NewSubstance::Nothing => (None, ""),
    };
    sqlx::query(
        "INSERT INTO item_versions (item, number, at, author, note, content, text, bytes) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(item.as_str())
    .bind(i64::from(number))
    .bind(at.0)
    .bind(by.as_str())
    .bind(note)
    .bind(content)
    .bind(text)
    .bind(content.map_or(0, |content| content.len() + text.len()) as i64)
    .execute(&mut *connection)
    .await?;
    let files = match substance {
        NewSubstance::Uploads(uploads) => {
            let mut files = Vec::with_capacity(uploads.len());
            for upload in uploads {
                let used: Option<(String, String, String)> = sqlx::query_as(
                    "UPDATE uploads SET used = $3, item = $4 WHERE id = $1 AND person = $2 AND state = 'ready' \
                     AND used IS NULL RETURNING name, blob, claim",
                )
                .bind(upload.as_str())
                .bind(by.as_str())
                .bind(at.0)
                .bind(item.as_str())
                .fetch_optional(&mut *connection)
                .await?;
                let Some(used) = used else { return Ok(false) };
                files.push(used);
            }
            files
        }
        NewSubstance::Files(files) => {
            files.iter().map(|file| (file.name.clone(), file.blob.to_string(), file.claim.clone())).collect()
        }
        NewSubstance::Written { document, images, .. } => {
            write_images(connection, item, images).await?;
            sqlx::query("UPDATE items SET document = $2 WHERE id = $1")
                .bind(item.as_str())
                .bind(document.as_str())
                .execute(&mut *connection)
                .await?;
            Vec::new()
        }
        NewSubstance::Nothing => Vec::new(),
    };
    for (place, (name, blob, claim)) in (1_i64..).zip(files) {
        sqlx::query("INSERT INTO item_files (item, version, place, name, blob, claim) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(item.as_str())
            .bind(i64::from(number))
            .bind(place)
            .bind(name)
            .bind(blob)
            .bind(claim)
            .execute(&mut *connection)
            .await?;
    }
    Ok(true)
}

/// Notes a file, and how it reads under its kind of name. What was read before under such a name stays: only what could not
/// be read is tried again, and nothing of it depends on what others call the same bytes.
pub async fn insert_file(connection: &mut Connection, file: &StoredFile) -> sqlx::Result<()> {
    let StoredFile { blob, bytes, claim, facts, text, thumbnail, checked } = file;
    sqlx::query(
        "INSERT INTO files (blob, bytes, kind, thumbnail, checked) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (blob) DO UPDATE SET thumbnail = coalesce(files.thumbnail, excluded.thumbnail), \
         checked = excluded.checked",
    )
    .bind(blob.as_str())
    .bind(*bytes as i64)
    .bind(facts.kind.as_str())
    .bind(thumbnail.as_ref().map(|id| id.as_str()))
    .bind(checked.0)
    .execute(&mut *connection)
    .await?;
    // No text of anybody's is in the facts, so the word is that of the field.
    sqlx::query(
        "INSERT INTO readings (blob, claim, facts, text) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (blob, claim) DO UPDATE SET facts = excluded.facts, text = excluded.text \
         WHERE readings.facts LIKE '%\"unread\"%'",
    )
    .bind(blob.as_str())
    .bind(claim)
    .bind(serde_json::to_string(facts).map_err(|error| sqlx::Error::Encode(error.into()))?)
    .bind(text)
    .execute(connection)
    .await
    .map(drop)
}

async fn write_images(connection: &mut Connection, item: &ItemId, images: &[ItemImage]) -> sqlx::Result<()> {
    for image in images {
        sqlx::query(
            "INSERT INTO item_images (item, blob, media_type, width, height, bytes) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (item, blob) DO NOTHING",
        )
        .bind(item.as_str())
        .bind(image.blob.as_str())
        .bind(&image.media_type)
        .bind(i64::from(image.width))
        .bind(i64::from(image.height))
        .bind(image.bytes as i64)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Which rows of `item_uses AS u` are counted (ADR 49): a document in the bin is nobody's work, and what somebody says to have
/// taken into one has to stand there.
macro_rules! counted {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "u.deed NOT IN ('downloaded', 'adapted') AND (u.document IS NULL OR EXISTS ",
            "(SELECT 1 FROM documents AS d WHERE d.id = u.document AND d.binned IS NULL) AND ",
            "(u.deed NOT IN ('copied', 'cited') OR EXISTS ",
            "(SELECT 1 FROM document_items AS h WHERE h.document = u.document AND h.item = u.item)))",
            $after
        )
    };
}
pub(super) use counted;

/// How many adopted each of some items.
macro_rules! count_adopters {
    ($which:literal) => {
        counted!(
            "UPDATE items SET uses = (SELECT count(DISTINCT person) FROM item_uses AS u \
             WHERE u.item = items.id AND person <> items.author AND ",
            $which
        )
    };
}

/// Counts anew who adopted what was taken into a document: it has gone to the bin, has come back, or leads to other items.
pub async fn count_uses_in(connection: &mut Connection, document: &DocumentId) -> sqlx::Result<()> {
    sqlx::query(count_adopters!(") WHERE id IN (SELECT item FROM item_uses WHERE document = $1)"))
        .bind(document.as_str())
        .execute(connection)
        .await
        .map(drop)
}

/// Notes it, unless it is noted already, and counts anew who adopted the item. In one document it is noted once, whatever
/// the version.
pub async fn insert_use(connection: &mut Connection, one: &NewUse) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO item_uses (item, version, deed, person, school, document, adapted, quote, at) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS (SELECT 1 FROM item_uses \
         WHERE item = $1 AND (version = $2 OR document IS NOT NULL) AND deed = $3 AND person = $4 \
         AND coalesce(document, '') = coalesce($6, '') AND coalesce(adapted, '') = coalesce($7, ''))",
    )
    .bind(one.item.as_str())
    .bind(i64::from(one.version))
    .bind(one.deed.as_str())
    .bind(one.person.as_str())
    .bind(one.school.as_ref().map(|id| id.as_str()))
    .bind(one.document.as_ref().map(|id| id.as_str()))
    .bind(one.adapted.as_ref().map(|id| id.as_str()))
    .bind(&one.quote)
    .bind(one.at.0)
    .execute(&mut *connection)
    .await?;
    if one.deed.adopts() {
        sqlx::query(count_adopters!(") WHERE id = $1")).bind(one.item.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}
