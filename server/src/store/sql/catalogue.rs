//! What is to be found: triggers stamp whatever changes, whoever changes it (migration 12).

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use shared::words::{CollectionId, DocumentId, ItemId, QuestionId, UnixMillis};
use sqlx::{QueryBuilder, Row};

use super::collections;
use super::item_rows;
use super::item_writes::count_uses_in;
use super::lists;
use super::organisation::unreadable;
use super::question_rows;
use super::rows::{in_parts, parsed};
use super::tutoring_rows;
use super::{Connection, Db, Deed, SqlStore};
use crate::store::{Catalogue, DocumentText, Findable, Result, StoredEntry};

#[async_trait]
impl Catalogue for SqlStore {
    async fn stamp(&self) -> Result<u64> {
        let stamp: i64 = sqlx::query_scalar("SELECT stamp FROM catalogue")
            .fetch_one(&self.read)
            .await
            .deed(|| "look whether there is something new to be found".to_owned())?;
        Ok(stamp as u64)
    }

    async fn entries_after(&self, (stamp, number): (u64, u32), limit: u32) -> Result<Vec<StoredEntry>> {
        let deed = || format!("read what can be found from stamp {stamp} on");
        let rows: Vec<(i64, i64, String)> = sqlx::query_as(
            "SELECT number, stamp, key FROM entries WHERE stamp > $1 OR (stamp = $1 AND number > $2) \
             ORDER BY stamp, number LIMIT $3",
        )
        .bind(stamp as i64)
        .bind(i64::from(number))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let keys = rows.iter().map(|(_, _, key)| Key::read(key)).collect::<sqlx::Result<Vec<_>>>().deed(deed)?;
        let mut found = self.findable(&keys).await.deed(deed)?;
        let entries = rows.iter().map(|(number, stamp, key)| StoredEntry {
            number: *number as u32,
            stamp: *stamp as u64,
            what: found.remove(key),
        });
        Ok(entries.collect())
    }

    async fn catalogue_life(&self) -> Result<String> {
        sqlx::query_scalar("SELECT life FROM catalogue")
            .fetch_one(&self.read)
            .await
            .deed(|| "look which catalogue this is".to_owned())
    }

    async fn entry_texts(&self, numbers: &[u32], most: u32) -> Result<BTreeMap<u32, String>> {
        self.texts(numbers, most).await.deed(|| format!("read what is written in {} entries", numbers.len()))
    }

    async fn unread_documents(
        &self,
        quiet: UnixMillis,
        long_ago: UnixMillis,
        limit: u32,
    ) -> Result<Vec<(DocumentId, UnixMillis)>> {
        let deed = || "look which documents have changed since they were read".to_owned();
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT id, changed FROM documents LEFT JOIN document_texts ON document = id \
             WHERE changed > coalesce(at, -1) AND (changed < $1 OR coalesce(at, 0) < $2) ORDER BY changed DESC LIMIT $3",
        )
        .bind(quiet.0)
        .bind(long_ago.0)
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let read = |(id, changed)| Ok((parsed(id)?, UnixMillis(changed)));
        rows.into_iter().map(read).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn set_document_texts(&self, texts: &[DocumentText]) -> Result<()> {
        let deed = || format!("take down what is written in {} documents", texts.len());
        let mut transaction = self.begin(deed).await?;
        for DocumentText { document, at, text, items } in texts {
            sqlx::query(
                "INSERT INTO document_texts (document, at, text) VALUES ($1, $2, $3) \
                 ON CONFLICT (document) DO UPDATE SET at = excluded.at, text = excluded.text",
            )
            .bind(document.as_str())
            .bind(at.0)
            .bind(text)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
            hold(&mut transaction, document, items).await.deed(deed)?;
        }
        transaction.commit().await.deed(deed)
    }
}

/// Takes down which items a document leads to. Most often they are the same as before, and nothing is counted.
async fn hold(connection: &mut Connection, document: &DocumentId, items: &[ItemId]) -> sqlx::Result<()> {
    let before: Vec<String> = sqlx::query_scalar("SELECT item FROM document_items WHERE document = $1 ORDER BY item")
        .bind(document.as_str())
        .fetch_all(&mut *connection)
        .await?;
    if before.iter().map(String::as_str).eq(items.iter().map(ItemId::as_str)) {
        return Ok(());
    }
    sqlx::query("DELETE FROM document_items WHERE document = $1")
        .bind(document.as_str())
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO document_items (document, item) SELECT $1, value FROM json_each($2)")
        .bind(document.as_str())
        .bind(serde_json::json!(items).to_string())
        .execute(&mut *connection)
        .await?;
    count_uses_in(connection, document).await
}

/// What `entries.key` names.
enum Key {
    Item(ItemId),
    Document(DocumentId),
    Collection(CollectionId),
    Question(QuestionId),
}

impl Key {
    fn read(key: &str) -> sqlx::Result<Self> {
        match key.split_once(':') {
            Some(("item", id)) => Ok(Key::Item(parsed(id.to_owned())?)),
            Some(("document", id)) => Ok(Key::Document(parsed(id.to_owned())?)),
            Some(("collection", id)) => Ok(Key::Collection(parsed(id.to_owned())?)),
            Some(("question", id)) => Ok(Key::Question(parsed(id.to_owned())?)),
            Some(_) | None => Err(unreadable(&format!("the entry {key}"))),
        }
    }
}

impl SqlStore {
    /// What the keys name, by key; what is gone is left out.
    async fn findable(&self, keys: &[Key]) -> sqlx::Result<HashMap<String, Findable>> {
        let mut found = HashMap::with_capacity(keys.len());
        let (mut items, mut documents, mut curated, mut asked) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for key in keys {
            match key {
                Key::Item(id) => items.push(id.clone()),
                Key::Document(id) => documents.push(id.clone()),
                Key::Collection(id) => curated.push(id.clone()),
                Key::Question(id) => asked.push(id.clone()),
            }
        }
        for question in question_rows::answered(&self.read, &asked).await? {
            found.insert(format!("question:{}", question.id), Findable::Question(Box::new(question)));
        }
        for part in in_parts(&curated) {
            let mut lines = collections::words_in(&self.read, part).await?;
            for stored in collections::by_id(&self.read, part).await? {
                let lines = lines.remove(&stored.id).unwrap_or_default();
                let key = format!("collection:{}", stored.id);
                found.insert(key, Findable::Collection(Box::new(stored), lines));
            }
        }
        for item in item_rows::items(&self.read, &items).await? {
            found.insert(format!("item:{}", item.id), Findable::Item(Box::new(item)));
        }
        for part in in_parts(&documents) {
            let mut query: QueryBuilder<Db> = QueryBuilder::new(
                "SELECT id, kind, title, author, shelf, binned, session, changed FROM documents WHERE id IN (",
            );
            let mut list = query.separated(", ");
            for id in part {
                list.push_bind(id.to_string());
            }
            query.push(")");
            let rows = query.build().fetch_all(&self.read).await?;
            let mut shares = lists::shares_of(&self.read, &rows).await?;
            let mut sessions = tutoring_rows::of_documents(&self.read, &rows).await?;
            for row in &rows {
                let id: String = row.try_get("id")?;
                let facts = lists::facts(row, shares.remove(&id).unwrap_or_default(), sessions.remove(&id))?;
                let document = Findable::Document {
                    kind: facts.kind,
                    title: facts.title,
                    access: facts.access,
                    changed: UnixMillis(row.try_get("changed")?),
                    id: parsed(id.clone())?,
                };
                found.insert(format!("document:{id}"), document);
            }
        }
        Ok(found)
    }

    async fn texts(&self, numbers: &[u32], most: u32) -> sqlx::Result<BTreeMap<u32, String>> {
        // As an `integer` of the database, which has no unsigned ones.
        let most = i32::try_from(most).unwrap_or(i32::MAX);
        let mut texts = BTreeMap::new();
        for part in in_parts(numbers) {
            // Descriptions come before what is in files; what was published from a document is read from its version.
            let mut query: QueryBuilder<Db> =
                QueryBuilder::new("SELECT entries.number, substr(document_texts.text, 1, ");
            query.push_bind(most).push(
                ") AS text, 0 AS part FROM entries \
                 JOIN document_texts ON key = 'document:' || document WHERE entries.number IN ",
            );
            push_numbers(&mut query, part);
            query.push(
                " UNION ALL SELECT entries.number, description, 1 FROM entries \
                 JOIN items ON key = 'item:' || id WHERE entries.number IN ",
            );
            push_numbers(&mut query, part);
            query.push(
                " UNION ALL SELECT entries.number, description, 1 FROM entries \
                 JOIN collections ON key = 'collection:' || id WHERE entries.number IN ",
            );
            push_numbers(&mut query, part);
            query.push(
                " UNION ALL SELECT entries.number, q.text || '\n' || answer, 1 FROM entries \
                 JOIN tutoring_questions AS q ON key = 'question:' || q.id WHERE state = 'answered' AND entries.number IN ",
            );
            push_numbers(&mut query, part);
            query.push(" UNION ALL SELECT entries.number, substr(v.text, 1, ").push_bind(most).push(
                "), 2 FROM entries JOIN items ON key = 'item:' || items.id \
                 JOIN item_versions AS v ON v.item = items.id AND v.number = items.version \
                 WHERE v.text <> '' AND entries.number IN ",
            );
            push_numbers(&mut query, part);
            query.push(" UNION ALL SELECT entries.number, substr(r.text, 1, ").push_bind(most).push(
                "), 2 + min(place) FROM entries JOIN items ON key = 'item:' || items.id \
                 JOIN item_files AS f ON f.item = items.id AND f.version = items.version \
                 JOIN readings AS r ON r.blob = f.blob AND r.claim = f.claim WHERE entries.number IN ",
            );
            push_numbers(&mut query, part);
            query.push(" GROUP BY entries.number, r.blob, r.claim");
            query.push(" ORDER BY 1, 3");
            for row in query.build().fetch_all(&self.read).await? {
                let text: String = row.try_get("text")?;
                let so_far: &mut String = texts.entry(row.try_get::<i64, _>("number")? as u32).or_default();
                if !so_far.is_empty() {
                    so_far.push('\n');
                }
                let left = (most as usize).saturating_sub(so_far.chars().count());
                so_far.extend(text.chars().take(left));
            }
        }
        Ok(texts)
    }
}

fn push_numbers(query: &mut QueryBuilder<Db>, numbers: &[u32]) {
    query.push("(");
    let mut list = query.separated(", ");
    for number in numbers {
        list.push_bind(i64::from(*number));
    }
    query.push(")");
}
