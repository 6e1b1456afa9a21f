//! Documents, shares, images and visits.

use async_trait::async_trait;
use shared::access::{Grantee, Share};
use shared::api::{DocumentCard, PersonCard, ShareLine};
use shared::organisation::Shelf;
use shared::words::{BlobId, DocumentId, Seq, Title, UnixMillis, UserId};
use sqlx::{QueryBuilder, Row};

use super::chain::{Place, chained_checksum};
use super::item_writes::count_uses_in;
use super::rows::{grantee, grantee_columns, in_parts, parsed, right, right_name, wish};
use super::tutoring_rows::of_documents;
use super::{Connection, Db, DbRow, Deed, SqlStore, audit, item_rows, lists};
use crate::clock;
use crate::store::{
    AuditEntry, By, DocumentFacts, DocumentHandle, Documents, Editing, ItemImage, ListQuery, Managing, NewDocument,
    NewImage, Organisation, Page, Result, SharedWith, Visit,
};
use crate::wish::Wish;

#[async_trait]
impl Documents for SqlStore {
    async fn create(&self, document: NewDocument) -> Result<()> {
        let deed = || format!("create document {}", document.id);
        let mut transaction = self.begin(deed).await?;
        insert(&mut transaction, &document).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn facts(&self, id: &DocumentId) -> Result<Option<DocumentFacts>> {
        let deed = || format!("read the rights on document {id}");
        let rows = sqlx::query(
            "SELECT documents.id AS id, kind, title, author, shelf, binned, session, grantee_type, grantee, access \
             FROM documents LEFT JOIN shares ON shares.document = documents.id WHERE documents.id = $1",
        )
        .bind(id.as_str())
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut session = of_documents(&self.read, &rows[..1]).await.deed(deed)?;
        let share = |row: &DbRow| {
            let Some(kind): Option<String> = row.try_get("grantee_type")? else { return Ok(None) };
            let with = grantee(&kind, row.try_get("grantee")?)?;
            Ok(Some(Share { with, right: right(row.try_get("access")?)? }))
        };
        let mut facts = || {
            let shares = rows.iter().filter_map(|row| share(row).transpose()).collect::<Result<_, sqlx::Error>>()?;
            lists::facts(first, shares, session.remove(id.as_str()))
        };
        facts().map(Some).deed(deed)
    }

    async fn document_wish(&self, id: &DocumentId) -> Result<Option<Wish>> {
        wish(&self.read, "SELECT wish FROM documents WHERE id = $1", id.as_str())
            .await
            .deed(|| format!("read why document {id} was made"))
    }

    async fn document_card(&self, document: &DocumentHandle) -> Result<Option<DocumentCard>> {
        lists::card(&self.read, &self.directory(), document)
            .await
            .deed(|| format!("read the card of document {}", document.id()))
    }

    async fn list(&self, person: &UserId, query: &ListQuery) -> Result<Page> {
        let page = lists::page(&self.read, &self.directory(), person, query).await;
        page.deed(|| format!("list the documents of {person}"))
    }

    async fn rename(&self, document: Managing<'_>, title: &Title) -> Result<()> {
        sqlx::query("UPDATE documents SET title = $2 WHERE id = $1")
            .bind(document.id().as_str())
            .bind(title.as_str())
            .execute(&self.write)
            .await
            .deed(|| format!("rename document {}", document.id()))
            .map(|_| ())
    }

    async fn move_to_bin(&self, document: Managing<'_>, at: UnixMillis) -> Result<()> {
        let deed = || format!("move document {} to the bin", document.id());
        let mut transaction = self.begin(deed).await?;
        let binned = sqlx::query("UPDATE documents SET binned = $2 WHERE id = $1 AND binned IS NULL")
            .bind(document.id().as_str())
            .bind(at.0)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        if binned.rows_affected() > 0 {
            let entry = entry(document, at, "document.binned", serde_json::json!({}));
            audit::append(&mut transaction, &[entry]).await.deed(deed)?;
            count_uses_in(&mut transaction, document.id()).await.deed(deed)?;
        }
        transaction.commit().await.deed(deed)
    }

    async fn take_from_bin(&self, document: Managing<'_>, at: UnixMillis) -> Result<()> {
        let deed = || format!("take document {} from the bin", document.id());
        let mut transaction = self.begin(deed).await?;
        let taken = sqlx::query("UPDATE documents SET binned = NULL WHERE id = $1 AND binned IS NOT NULL")
            .bind(document.id().as_str())
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        if taken.rows_affected() > 0 {
            let entry = entry(document, at, "document.restored", serde_json::json!({}));
            audit::append(&mut transaction, &[entry]).await.deed(deed)?;
            count_uses_in(&mut transaction, document.id()).await.deed(deed)?;
        }
        transaction.commit().await.deed(deed)
    }

    async fn move_to_shelf(&self, document: Managing<'_>, shelf: &Shelf, at: UnixMillis) -> Result<()> {
        let deed = || format!("put document {} on shelf {shelf}", document.id());
        let mut transaction = self.begin(deed).await?;
        let before: Option<String> = sqlx::query_scalar("SELECT shelf FROM documents WHERE id = $1")
            .bind(document.id().as_str())
            .fetch_optional(&mut *transaction)
            .await
            .deed(deed)?;
        sqlx::query("UPDATE documents SET shelf = $2 WHERE id = $1")
            .bind(document.id().as_str())
            .bind(shelf.to_string())
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        let details = serde_json::json!({ "before": before, "after": shelf.to_string() });
        audit::append(&mut transaction, &[entry(document, at, "document.moved", details)]).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn shares(&self, document: &DocumentHandle) -> Result<SharedWith> {
        let deed = || format!("list the shares of document {}", document.id());
        // Before the lines: a change in between makes the version too old for them, never too new.
        let version: Option<i64> = sqlx::query_scalar("SELECT shares_version FROM documents WHERE id = $1")
            .bind(document.id().as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        let rows = sqlx::query(
            "SELECT grantee_type, grantee, access FROM shares WHERE document = $1 ORDER BY grantee_type DESC, grantee",
        )
        .bind(document.id().as_str())
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let (directory, now) = (self.directory(), clock::now());
        let line = |row: &DbRow| {
            let with = grantee(row.try_get("grantee_type")?, row.try_get("grantee")?)?;
            let (person, name) = match &with {
                Grantee::Person(id) => {
                    let card = PersonCard::of(&directory, id, now);
                    let name = card.as_ref().map(|card| card.name.clone());
                    (card, name)
                }
                Grantee::Team(id) => (None, directory.team(id).map(|team| team.name.clone())),
                Grantee::School(id) => (None, directory.school(id).map(|school| school.name.clone())),
                Grantee::Group(id) => (None, directory.group(id).map(|group| group.name.clone())),
            };
            let name = name.unwrap_or_default();
            let until = person.as_ref().and_then(|person| directory.guest_until(&person.id, now));
            Ok(ShareLine { share: Share { with, right: right(row.try_get("access")?)? }, name, person, until })
        };
        let lines = rows.iter().map(line).collect::<Result<_, sqlx::Error>>().deed(deed)?;
        Ok(SharedWith { lines, version: version.unwrap_or(0) as u64 })
    }

    async fn set_shares(
        &self,
        document: Managing<'_>,
        shares: &[Share],
        version: Option<u64>,
        at: UnixMillis,
    ) -> Result<bool> {
        let deed = || format!("share document {}", document.id());
        let mut transaction = self.begin(deed).await?;
        let counted = sqlx::query(
            "UPDATE documents SET shares_version = shares_version + 1 \
             WHERE id = $1 AND ($2 IS NULL OR shares_version = $2)",
        )
        .bind(document.id().as_str())
        .bind(version.map(|version| version as i64))
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        if counted.rows_affected() == 0 {
            transaction.commit().await.deed(deed)?;
            return Ok(false);
        }
        let before: Vec<(String, String, String)> = sqlx::query_as(
            "DELETE FROM shares WHERE document = $1 RETURNING grantee_type || ':' || grantee, access, document",
        )
        .bind(document.id().as_str())
        .fetch_all(&mut *transaction)
        .await
        .deed(deed)?;
        for share in shares {
            let (kind, id) = grantee_columns(&share.with);
            sqlx::query(
                "INSERT INTO shares (document, grantee_type, grantee, access) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (document, grantee_type, grantee) DO UPDATE SET access = excluded.access",
            )
            .bind(document.id().as_str())
            .bind(kind)
            .bind(id)
            .bind(right_name(share.right))
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        }
        let mut before: Vec<_> = before.into_iter().map(|(with, right, _)| (with, right)).collect();
        let named = |share: &Share| {
            let (kind, id) = grantee_columns(&share.with);
            (format!("{kind}:{id}"), right_name(share.right).to_owned())
        };
        let mut after: Vec<_> = shares.iter().map(named).collect();
        before.sort();
        after.sort();
        if before != after {
            let details = serde_json::json!({ "before": before, "after": after });
            audit::append(&mut transaction, &[entry(document, at, "document.shared", details)]).await.deed(deed)?;
        }
        transaction.commit().await.deed(deed)?;
        Ok(true)
    }

    async fn add_image(&self, document: Editing<'_>, image: NewImage) -> Result<()> {
        sqlx::query(
            "INSERT INTO images (document, blob, media_type, width, height, bytes, author, at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (document, blob) DO NOTHING",
        )
        .bind(document.id().as_str())
        .bind(image.blob.as_str())
        .bind(image.media_type.into_owned())
        .bind(i64::from(image.width))
        .bind(i64::from(image.height))
        .bind(image.bytes as i64)
        .bind(image.author.as_str())
        .bind(image.at.0)
        .execute(&self.write)
        .await
        .deed(|| format!("add an image to document {}", document.id()))
        .map(|_| ())
    }

    async fn image_type(&self, document: &DocumentHandle, blob: &BlobId) -> Result<Option<String>> {
        sqlx::query_scalar("SELECT media_type FROM images WHERE document = $1 AND blob = $2")
            .bind(document.id().as_str())
            .bind(blob.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(|| format!("look up an image of document {}", document.id()))
    }

    async fn image(&self, document: &DocumentHandle, blob: &BlobId) -> Result<Option<ItemImage>> {
        let deed = || format!("look up an image of document {}", document.id());
        let row =
            sqlx::query("SELECT blob, media_type, width, height, bytes FROM images WHERE document = $1 AND blob = $2")
                .bind(document.id().as_str())
                .bind(blob.as_str())
                .fetch_optional(&self.read)
                .await
                .deed(deed)?;
        row.as_ref().map(item_rows::image).transpose().deed(deed)
    }

    async fn image_blobs(&self) -> Result<Vec<BlobId>> {
        let deed = || "list the images".to_owned();
        let blobs: Vec<String> =
            sqlx::query_scalar("SELECT blob FROM images UNION SELECT blob FROM item_images UNION SELECT blob FROM tutoring_media ORDER BY blob")
                .fetch_all(&self.read)
                .await
                .deed(deed)?;
        blobs.into_iter().map(parsed).collect::<Result<_, _>>().deed(deed)
    }

    async fn note_visits(&self, visits: &[Visit]) -> Result<()> {
        let deed = || format!("note {} visits", visits.len());
        let mut transaction = self.begin(deed).await?;
        for part in in_parts(visits) {
            let mut query: QueryBuilder<Db> = QueryBuilder::new("INSERT INTO visits (person, document, at) ");
            query.push_values(part, |mut row, Visit { person, document, at }| {
                row.push_bind(person.as_str()).push_bind(document.as_str()).push_bind(at.0);
            });
            query.push(" ON CONFLICT (person, document) DO UPDATE SET at = excluded.at WHERE visits.at < excluded.at");
            query.build().execute(&mut *transaction).await.deed(deed)?;
        }
        transaction.commit().await.deed(deed)
    }

    async fn all_documents(&self) -> Result<Vec<DocumentId>> {
        let deed = || "list all documents".to_owned();
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id FROM documents ORDER BY id").fetch_all(&self.read).await.deed(deed)?;
        ids.into_iter().map(parsed).collect::<Result<_, _>>().deed(deed)
    }
}

/// A new document with its first update.
pub async fn insert(connection: &mut Connection, document: &NewDocument) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO documents (id, kind, title, author, shelf, epoch, created, changed, changed_by, wish) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $4, $8)",
    )
    .bind(document.id.as_str())
    .bind(document.kind.as_str())
    .bind(document.title.as_str())
    .bind(document.author.as_str())
    .bind(document.shelf.to_string())
    .bind(document.epoch.as_str())
    .bind(document.at.0)
    .bind(document.wish.as_ref().map(Wish::as_bytes))
    .execute(&mut *connection)
    .await?;
    let Some((client, bytes)) = &document.seed else { return Ok(()) };
    let NewDocument { id, author, at, .. } = document;
    let checksum = chained_checksum(&Place::START.checksum, id, Seq(1), author, *at, &[*client], bytes);
    sqlx::query("INSERT INTO updates (document, seq, author, at, checksum, bytes) VALUES ($1, 1, $2, $3, $4, $5)")
        .bind(id.as_str())
        .bind(author.as_str())
        .bind(at.0)
        .bind(&checksum[..])
        .bind(&bytes[..])
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO client_bindings (document, client, person, seq) VALUES ($1, $2, $3, 1)")
        .bind(id.as_str())
        .bind(*client as i64)
        .bind(author.as_str())
        .execute(connection)
        .await
        .map(drop)
}

/// A line about what whoever manages a document did with it.
fn entry(document: Managing<'_>, at: UnixMillis, act: &'static str, details: serde_json::Value) -> AuditEntry {
    let by = By::Person(document.person().clone());
    AuditEntry { by, at, act: act.into(), subject: format!("document:{}", document.id()), details }
}
