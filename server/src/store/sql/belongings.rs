//! What belongs to one person, and handing it over.

use async_trait::async_trait;
use shared::library::Verdict;
use shared::organisation::Shelf;
use shared::words::{CollectionId, DocumentId, ItemId, UnixMillis, UserId};
use sqlx::{AssertSqlSafe, Row};

use super::item_rows::decoded;
use super::loans::lapse_all_of;
use super::rows::parsed;
use super::{DbRow, Deed, SqlStore, audit, talk, talk_rows};
use crate::store::{AuditEntry, Belonging, Belongings, By, OwnRating, Result, StoredRemark, Visit};

#[async_trait]
impl Belongings for SqlStore {
    async fn made_by(&self, person: &UserId) -> Result<Vec<DocumentId>> {
        let deed = || format!("list what {person} has made");
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM documents WHERE author = $1 ORDER BY created, id")
            .bind(person.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        ids.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn put_in_by(&self, person: &UserId) -> Result<Vec<ItemId>> {
        let deed = || format!("list what {person} has put into the library");
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM items WHERE author = $1 ORDER BY created, id")
            .bind(person.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        ids.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn remarks_of(&self, person: &UserId, after: u64, limit: u32) -> Result<Vec<(ItemId, StoredRemark)>> {
        let deed = || format!("list what {person} has said of items");
        let columns = talk::COLUMNS;
        let sql = format!("SELECT r.item, {columns} WHERE r.author = $1 AND r.number > $2 ORDER BY r.number LIMIT $3");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(person.as_str())
            .bind(after as i64)
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        let said = |row: &DbRow| Ok((parsed(row.try_get("item")?)?, talk_rows::remark(row)?));
        rows.iter().map(said).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn ratings_by(&self, person: &UserId) -> Result<Vec<OwnRating>> {
        let deed = || format!("list how items were in use for {person}");
        let rows: Vec<(String, String, String, i64)> =
            sqlx::query_as("SELECT item, verdict, words, at FROM ratings WHERE person = $1 ORDER BY number")
                .bind(person.as_str())
                .fetch_all(&self.read)
                .await
                .deed(deed)?;
        let rating = |(item, verdict, words, at): (String, String, String, i64)| {
            let verdict = decoded("a verdict", Verdict::named, &verdict)?;
            Ok(OwnRating { item: parsed(item)?, verdict, words, at: UnixMillis(at) })
        };
        rows.into_iter().map(rating).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn collections_by(&self, person: &UserId) -> Result<Vec<CollectionId>> {
        let deed = || format!("list the collections that {person} has made");
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM collections WHERE author = $1 ORDER BY created, id")
            .bind(person.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        ids.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn visits_of(&self, person: &UserId) -> Result<Vec<Visit>> {
        let deed = || format!("list what {person} has opened");
        let rows: Vec<(String, i64)> = sqlx::query_as("SELECT document, at FROM visits WHERE person = $1 ORDER BY at")
            .bind(person.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        let visit =
            |(document, at)| Ok(Visit { person: person.clone(), document: parsed(document)?, at: UnixMillis(at) });
        rows.into_iter().map(visit).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn belongings(&self, person: &UserId) -> Result<Belonging> {
        let deed = || format!("count what belongs to {person}");
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM documents WHERE shelf = $2) AS documents, \
             (SELECT count(*) FROM documents WHERE shelf = $2 \
              AND EXISTS (SELECT 1 FROM shares WHERE shares.document = documents.id)) AS shared, \
             (SELECT count(*) FROM documents WHERE author = $1 AND shelf <> $2) AS elsewhere, \
             (SELECT count(*) FROM items WHERE shelf = $2) AS items, \
             (SELECT count(*) FROM items WHERE author = $1 AND shelf <> $2) AS items_elsewhere, \
             (SELECT count(*) FROM item_uses WHERE person = $1) AS uses, \
             (SELECT count(*) FROM remarks WHERE author = $1) AS remarks, \
             (SELECT count(*) FROM ratings WHERE person = $1) AS ratings, \
             (SELECT count(*) FROM loans WHERE person = $1 AND state <> 'blocked') AS loans, \
             (SELECT count(*) FROM collections WHERE author = $1) AS collections, \
             (SELECT count(*) FROM subscriptions WHERE person = $1) AS subscriptions, \
             (SELECT count(*) FROM tutoring_sessions WHERE host = $1 OR author = $1) AS sessions, \
             (SELECT count(*) FROM tutoring_questions WHERE author = $1) AS questions, \
             (SELECT count(*) FROM tutoring_check_answers WHERE person = $1) AS checks, \
             (SELECT count(*) FROM tutoring_attendance WHERE person = $1) AS stays, \
             (SELECT count(*) FROM tutoring_media WHERE author = $1) AS media, \
             (SELECT count(*) FROM images WHERE author = $1) AS images, \
             (SELECT count(*) FROM visits WHERE person = $1) AS visits, \
             (SELECT count(*) FROM updates WHERE author = $1) AS updates, \
             (SELECT count(*) FROM familiar WHERE person = $1) AS familiar, \
             (SELECT count(*) FROM audit WHERE actor = $1 OR subject = $2) AS audit",
        )
        .bind(person.as_str())
        .bind(format!("person:{person}"))
        .fetch_one(&self.read)
        .await
        .deed(deed)?;
        let count = |name: &str| row.try_get::<i64, _>(name).map(|count| count.max(0) as u64);
        let small = |name: &str| count(name).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let belonging = || {
            Ok(Belonging {
                documents: small("documents")?,
                shared: small("shared")?,
                elsewhere: small("elsewhere")?,
                items: small("items")?,
                items_elsewhere: small("items_elsewhere")?,
                uses: small("uses")?,
                remarks: small("remarks")?,
                ratings: small("ratings")?,
                loans: small("loans")?,
                collections: small("collections")?,
                subscriptions: small("subscriptions")?,
                sessions: small("sessions")?,
                questions: small("questions")?,
                checks: small("checks")?,
                stays: small("stays")?,
                media: small("media")?,
                images: small("images")?,
                visits: small("visits")?,
                updates: count("updates")?,
                familiar: small("familiar")?,
                audit: count("audit")?,
            })
        };
        belonging().deed(deed)
    }

    async fn hand_over(&self, person: &UserId, to: &Shelf, by: &By, at: UnixMillis) -> Result<u32> {
        let deed = || format!("hand over what lies with {person} to {to}");
        let own = Shelf::Person(person.clone()).to_string();
        let mut transaction = self.begin(deed).await?;
        let moved: Vec<String> = sqlx::query_scalar("UPDATE documents SET shelf = $2 WHERE shelf = $1 RETURNING id")
            .bind(&own)
            .bind(to.to_string())
            .fetch_all(&mut *transaction)
            .await
            .deed(deed)?;
        let line = |id: &String| AuditEntry {
            by: by.clone(),
            at,
            act: "document.moved".into(),
            subject: format!("document:{id}"),
            details: serde_json::json!({ "before": own, "after": to.to_string() }),
        };
        let mut lines: Vec<_> = moved.iter().map(line).collect();
        let items: Vec<String> = sqlx::query_scalar("UPDATE items SET shelf = $2 WHERE shelf = $1 RETURNING id")
            .bind(&own)
            .bind(to.to_string())
            .fetch_all(&mut *transaction)
            .await
            .deed(deed)?;
        lines.extend(items.iter().map(|id| AuditEntry {
            act: "item.moved".into(),
            subject: format!("item:{id}"),
            ..line(id)
        }));
        let collections: Vec<String> =
            sqlx::query_scalar("UPDATE collections SET shelf = $2 WHERE shelf = $1 RETURNING id")
                .bind(&own)
                .bind(to.to_string())
                .fetch_all(&mut *transaction)
                .await
                .deed(deed)?;
        lines.extend(collections.iter().map(|id| AuditEntry {
            act: "collection.moved".into(),
            subject: format!("collection:{id}"),
            ..line(id)
        }));
        audit::append(&mut transaction, &lines).await.deed(deed)?;
        // Nobody else waits for what they would have fetched.
        lapse_all_of(&mut transaction, person, person, at).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(u32::try_from(moved.len()).unwrap_or(u32::MAX))
    }
}
