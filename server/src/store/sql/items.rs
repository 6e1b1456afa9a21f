//! Items of the library.

use async_trait::async_trait;
use shared::library::{Taxon, TaxonSort};
use shared::organisation::Shelf;
use shared::words::{BlobId, ItemId, RegionId, SchoolId, TaxonId, UnixMillis, UploadId, UserId};
use sqlx::Row;

use super::item_rows::{self, decoded};
use super::item_writes::{counted, insert_file, insert_item, insert_taxon, insert_use, insert_version, write_lists};
use super::loans::{resume, suspend};
use super::rows::{parsed, wish};
use super::{DbRow, Deed, SqlStore, audit};
use crate::store::{
    AuditEntry, By, CrossUse, Deposit, DocumentHandle, ItemFacts, ItemFile, ItemHandle, ItemImage, Keeping, Library,
    NewItem, NewUse, NewVersion, Result, StoredItem, StoredUse, StoredVersion, Tending, Words,
};
use crate::wish::Wish;

#[async_trait]
impl Library for SqlStore {
    async fn taxa(&self, region: &RegionId) -> Result<Vec<Taxon>> {
        let deed = || format!("read the textbooks of region {region}");
        let rows = sqlx::query("SELECT * FROM taxa WHERE region = $1")
            .bind(region.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        let taxon = |row: &DbRow| {
            let parent: Option<String> = row.try_get("parent")?;
            Ok(Taxon {
                id: parsed(row.try_get("id")?)?,
                parent: parent.map(parsed).transpose()?,
                sort: decoded("a sort of taxon", TaxonSort::named, row.try_get("sort")?)?,
                name: row.try_get("name")?,
                subject: row.try_get("subject")?,
                grade: row.try_get("grade")?,
                position: row.try_get::<i64, _>("position")? as u32,
                ended: row.try_get::<i64, _>("ended")? != 0,
            })
        };
        rows.iter().map(taxon).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn set_taxa(&self, region: &RegionId, taxa: &[Taxon]) -> Result<()> {
        let deed = || format!("write the textbooks of region {region}");
        let mut transaction = self.begin(deed).await?;
        sqlx::query("DELETE FROM taxa WHERE region = $1")
            .bind(region.as_str())
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        for taxon in taxa {
            insert_taxon(&mut transaction, region, taxon).await.deed(deed)?;
        }
        transaction.commit().await.deed(deed)
    }

    async fn put_taxa(&self, region: &RegionId, taxa: &[Taxon], touched: &[TaxonId], line: AuditEntry) -> Result<()> {
        let deed = || format!("change the textbooks of region {region}");
        let mut transaction = self.begin(deed).await?;
        let all = async {
            for taxon in taxa {
                insert_taxon(&mut transaction, region, taxon).await?;
            }
            let touched: Vec<_> = touched.iter().map(|id| id.as_str()).collect();
            // By the triggers on items.
            sqlx::query("UPDATE items SET taxon = taxon WHERE taxon IN (SELECT value FROM json_each($1))")
                .bind(serde_json::json!(touched).to_string())
                .execute(&mut *transaction)
                .await?;
            audit::append(&mut transaction, &[line]).await
        };
        all.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn add_item(&self, item: NewItem) -> Result<bool> {
        let deed = || format!("put in item {}", item.id);
        let mut transaction = self.begin(deed).await?;
        let added = async {
            insert_item(&mut transaction, &item).await?;
            if !insert_version(&mut transaction, &item.id, 1, &item.version).await? {
                return Ok(false);
            }
            let details = serde_json::json!({ "shelf": item.shelf.to_string() });
            let entry = entry(&item.author, &item.id, item.version.at, "item.added", details);
            audit::append(&mut transaction, &[entry]).await?;
            Ok(true)
        };
        let added = added.await.deed(deed)?;
        if added {
            transaction.commit().await.deed(deed)?;
        }
        Ok(added)
    }

    async fn made_of_upload(&self, upload: &UploadId, person: &UserId) -> Result<Option<ItemId>> {
        let deed = || format!("look what was made of upload {upload}");
        let item: Option<Option<String>> = sqlx::query_scalar("SELECT item FROM uploads WHERE id = $1 AND person = $2")
            .bind(upload.as_str())
            .bind(person.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        item.flatten().map(parsed).transpose().deed(deed)
    }

    async fn put_in(&self, deposits: &[Deposit]) -> Result<()> {
        let deed = || format!("put in {} items at once", deposits.len());
        let mut transaction = self.begin(deed).await?;
        let all = async {
            for Deposit { item, versions, uses, files } in deposits {
                for file in files {
                    insert_file(&mut transaction, file).await?;
                }
                insert_item(&mut transaction, item).await?;
                insert_version(&mut transaction, &item.id, 1, &item.version).await?;
                for (number, version) in (2..).zip(versions) {
                    insert_version(&mut transaction, &item.id, number, version).await?;
                    sqlx::query("UPDATE items SET version = $2, changed = $3 WHERE id = $1")
                        .bind(item.id.as_str())
                        .bind(i64::from(number))
                        .bind(version.at.0)
                        .execute(&mut *transaction)
                        .await?;
                }
                for one in uses {
                    insert_use(&mut transaction, one).await?;
                }
            }
            sqlx::Result::Ok(())
        };
        all.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn item_facts(&self, id: &ItemId) -> Result<Option<ItemFacts>> {
        let deed = || format!("read the rights on item {id}");
        let row = sqlx::query(
            "SELECT kind, title, author, shelf, binned, version, school, licence, document FROM items \
             WHERE id = $1 AND removed IS NULL",
        )
        .bind(id.as_str())
        .fetch_optional(&self.read)
        .await
        .deed(deed)?;
        row.as_ref().map(item_rows::facts).transpose().deed(deed)
    }

    async fn item_wish(&self, id: &ItemId) -> Result<Option<Wish>> {
        wish(&self.read, "SELECT wish FROM items WHERE id = $1", id.as_str())
            .await
            .deed(|| format!("read why item {id} was made"))
    }

    async fn items(&self, ids: &[ItemId]) -> Result<Vec<StoredItem>> {
        item_rows::items(&self.read, ids).await.deed(|| format!("read {} items", ids.len()))
    }

    async fn published_from(&self, document: &DocumentHandle, limit: u32) -> Result<Vec<StoredItem>> {
        let deed = || format!("list the items of document {}", document.id());
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM items WHERE document = $1 AND binned IS NULL ORDER BY changed DESC, id LIMIT $2",
        )
        .bind(document.id().as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let ids = ids.into_iter().map(parsed).collect::<sqlx::Result<Vec<_>>>().deed(deed)?;
        item_rows::items(&self.read, &ids).await.deed(deed)
    }

    async fn versions(&self, item: &ItemHandle) -> Result<Vec<StoredVersion>> {
        let deed = || format!("read the versions of item {}", item.id());
        item_rows::versions(&self.read, item.id()).await.deed(deed)
    }

    async fn item_file(&self, item: &ItemHandle, version: u32, place: u32) -> Result<Option<ItemFile>> {
        let deed = || format!("look up file {place} in version {version} of item {}", item.id());
        let row = sqlx::query(item_rows::files_where!("f.item = $1 AND f.version = $2 AND f.place = $3"))
            .bind(item.id().as_str())
            .bind(i64::from(version))
            .bind(i64::from(place))
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.as_ref().map(item_rows::file).transpose().deed(deed)
    }

    async fn content(&self, item: &ItemHandle, version: u32) -> Result<Option<String>> {
        let content: Option<Option<String>> =
            sqlx::query_scalar("SELECT content FROM item_versions WHERE item = $1 AND number = $2")
                .bind(item.id().as_str())
                .bind(i64::from(version))
                .fetch_optional(&self.read)
                .await
                .deed(|| format!("read version {version} of item {}", item.id()))?;
        Ok(content.flatten())
    }

    async fn item_image(&self, item: &ItemHandle, blob: &BlobId) -> Result<Option<ItemImage>> {
        let deed = || format!("look up an image of item {}", item.id());
        let row =
            sqlx::query("SELECT blob, media_type, width, height, bytes FROM item_images WHERE item = $1 AND blob = $2")
                .bind(item.id().as_str())
                .bind(blob.as_str())
                .fetch_optional(&self.read)
                .await
                .deed(deed)?;
        row.as_ref().map(item_rows::image).transpose().deed(deed)
    }

    async fn item_images(&self, item: &ItemHandle) -> Result<Vec<ItemImage>> {
        let deed = || format!("list the images of item {}", item.id());
        let rows = sqlx::query("SELECT blob, media_type, width, height, bytes FROM item_images WHERE item = $1")
            .bind(item.id().as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(item_rows::image).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn change_item(&self, item: Tending<'_>, words: &Words, revision: u64, at: UnixMillis) -> Result<bool> {
        let deed = || format!("change item {}", item.id());
        let mut transaction = self.begin(deed).await?;
        let changed = async {
            let changed = sqlx::query(
                "UPDATE items SET kind = $3, title = $4, description = $5, licence = $6, source = $7, stage = $8, \
                 subject = $9, grade = $10, taxon = $11, lesson_type = $12, changed = $13, revision = revision + 1 \
                 WHERE id = $1 AND revision = $2",
            )
            .bind(item.id().as_str())
            .bind(revision as i64)
            .bind(words.kind.as_str())
            .bind(words.title.as_str())
            .bind(&words.description)
            .bind(words.licence.as_str())
            .bind(&words.source)
            .bind(&words.placing.stage)
            .bind(&words.placing.subject)
            .bind(&words.placing.grade)
            .bind(words.placing.taxon.as_ref().map(|id| id.as_str()))
            .bind(&words.placing.lesson_type)
            .bind(at.0)
            .execute(&mut *transaction)
            .await?;
            if changed.rows_affected() == 0 {
                return Ok(false);
            }
            write_lists(&mut transaction, item.id(), words).await?;
            let entry = entry(item.person(), item.id(), at, "item.changed", serde_json::json!({}));
            audit::append(&mut transaction, &[entry]).await?;
            Ok(true)
        };
        let changed = changed.await.deed(deed)?;
        if changed {
            transaction.commit().await.deed(deed)?;
        }
        Ok(changed)
    }

    async fn add_version(&self, item: Tending<'_>, version: NewVersion) -> Result<Option<u32>> {
        let deed = || format!("add a version to item {}", item.id());
        let mut transaction = self.begin(deed).await?;
        let added = async {
            let number: i64 = sqlx::query_scalar(
                "UPDATE items SET version = version + 1, changed = $2 WHERE id = $1 RETURNING version",
            )
            .bind(item.id().as_str())
            .bind(version.at.0)
            .fetch_one(&mut *transaction)
            .await?;
            let number = number as u32;
            if !insert_version(&mut transaction, item.id(), number, &version).await? {
                return Ok(None);
            }
            let details = serde_json::json!({ "version": number });
            let entry = entry(item.person(), item.id(), version.at, "item.version-added", details);
            audit::append(&mut transaction, &[entry]).await?;
            Ok(Some(number))
        };
        let added = added.await.deed(deed)?;
        if added.is_some() {
            transaction.commit().await.deed(deed)?;
        }
        Ok(added)
    }

    async fn move_item(&self, item: Keeping<'_>, shelf: &Shelf, at: UnixMillis) -> Result<()> {
        let deed = || format!("put item {} on shelf {shelf}", item.id());
        let mut transaction = self.begin(deed).await?;
        let moved = async {
            let before: Option<String> = sqlx::query_scalar("SELECT shelf FROM items WHERE id = $1")
                .bind(item.id().as_str())
                .fetch_optional(&mut *transaction)
                .await?;
            sqlx::query("UPDATE items SET shelf = $2 WHERE id = $1")
                .bind(item.id().as_str())
                .bind(shelf.to_string())
                .execute(&mut *transaction)
                .await?;
            let details = serde_json::json!({ "before": before, "after": shelf.to_string() });
            let entry = entry(item.person(), item.id(), at, "item.moved", details);
            audit::append(&mut transaction, &[entry]).await
        };
        moved.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn bin_item(&self, item: Keeping<'_>, at: UnixMillis) -> Result<()> {
        self.set_binned(item, Some(at), at).await
    }

    async fn unbin_item(&self, item: Keeping<'_>, at: UnixMillis) -> Result<()> {
        self.set_binned(item, None, at).await
    }

    async fn said_in(&self, item: &ItemHandle, version: u32) -> Result<String> {
        let texts: Vec<String> = sqlx::query_scalar(
            "SELECT text FROM item_versions WHERE item = $1 AND number = $2 \
             UNION SELECT text FROM readings AS r JOIN item_files AS f ON f.blob = r.blob AND f.claim = r.claim \
             WHERE f.item = $1 AND f.version = $2 ORDER BY 1",
        )
        .bind(item.id().as_str())
        .bind(i64::from(version))
        .fetch_all(&self.read)
        .await
        .deed(|| format!("read what is written in version {version} of item {}", item.id()))?;
        Ok(texts.join("\n").chars().take(1_000_000).collect())
    }

    async fn note_use(&self, one: NewUse) -> Result<()> {
        let deed = || format!("note that item {} was {}", one.item, one.deed.as_str());
        let mut transaction = self.begin(deed).await?;
        let noted = insert_use(&mut transaction, &one).await;
        noted.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn uses(&self, item: &ItemHandle, limit: u32) -> Result<Vec<StoredUse>> {
        let deed = || format!("list what was done with item {}", item.id());
        let rows = sqlx::query(counted!(
            "SELECT version, deed, person, document, (SELECT session FROM documents WHERE id = document) AS session, \
             adapted, quote, at FROM item_uses AS u WHERE item = $1 AND (deed IN ('downloaded', 'adapted') OR (",
            ")) ORDER BY id DESC LIMIT $2"
        ))
        .bind(item.id().as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        rows.iter().map(item_rows::one_use).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn use_counts(&self, item: &ItemHandle) -> Result<(u32, u32)> {
        let (adopters, downloads): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT uses FROM items WHERE id = $1), \
             (SELECT count(DISTINCT person) FROM item_uses WHERE item = $1 AND deed = 'downloaded')",
        )
        .bind(item.id().as_str())
        .fetch_one(&self.read)
        .await
        .deed(|| format!("count what was done with item {}", item.id()))?;
        Ok((adopters as u32, downloads as u32))
    }

    async fn uses_with(&self, school: &SchoolId, limit: u32) -> Result<Vec<CrossUse>> {
        let deed = || format!("list what school {school} gave and took");
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(counted!(
            "SELECT item, items.school, u.school, person FROM item_uses AS u JOIN items ON items.id = item WHERE ",
            " AND items.school <> u.school AND (items.school = $1 OR u.school = $1) ORDER BY u.id DESC LIMIT $2"
        ))
        .bind(school.as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let read = |(item, from, to, person)| {
            Ok(CrossUse { item: parsed(item)?, from: parsed(from)?, to: parsed(to)?, person: parsed(person)? })
        };
        rows.into_iter().map(read).collect::<sqlx::Result<_>>().deed(deed)
    }
}

impl SqlStore {
    async fn set_binned(&self, item: Keeping<'_>, binned: Option<UnixMillis>, at: UnixMillis) -> Result<()> {
        let deed = || format!("take item {} out, or put it back", item.id());
        let act = if binned.is_some() { "item.binned" } else { "item.restored" };
        let mut transaction = self.begin(deed).await?;
        let set = async {
            let before: Option<i64> = sqlx::query_scalar("SELECT binned FROM items WHERE id = $1")
                .bind(item.id().as_str())
                .fetch_one(&mut *transaction)
                .await?;
            let changed =
                sqlx::query("UPDATE items SET binned = $2 WHERE id = $1 AND (binned IS NULL) <> ($2 IS NULL)")
                    .bind(item.id().as_str())
                    .bind(binned.map(|at| at.0))
                    .execute(&mut *transaction)
                    .await?;
            if changed.rows_affected() > 0 {
                let entry = entry(item.person(), item.id(), at, act, serde_json::json!({}));
                audit::append(&mut transaction, &[entry]).await?;
                match before {
                    // Nobody waits for what is not there.
                    None => suspend(&mut transaction, item.id(), item.person(), at).await?,
                    Some(before) => {
                        resume(&mut transaction, item.id(), UnixMillis(before), item.person(), at).await?;
                    }
                }
            }
            sqlx::Result::Ok(())
        };
        set.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }
}

pub fn entry(
    person: &UserId,
    item: &ItemId,
    at: UnixMillis,
    act: &'static str,
    details: serde_json::Value,
) -> AuditEntry {
    AuditEntry { by: By::Person(person.clone()), at, act: act.into(), subject: format!("item:{item}"), details }
}
