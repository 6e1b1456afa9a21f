//! Subscriptions and what is new.

use async_trait::async_trait;
use shared::library::Topic;
use shared::organisation::Shelf;
use shared::words::{ItemId, UnixMillis, UserId};
use sqlx::{AssertSqlSafe, Row};

use super::collections::access;
use super::organisation::unreadable;
use super::rows::parsed;
use super::{DbRow, Deed, SqlStore, menus};
use crate::store::{News, NewsOf, NewsReach, Result, StoredNews};

#[async_trait]
impl News for SqlStore {
    async fn subscriptions(&self, person: &UserId) -> Result<Vec<Topic>> {
        let deed = || format!("read what {person} subscribes to");
        let topics: Vec<String> =
            sqlx::query_scalar("SELECT topic FROM subscriptions WHERE person = $1 ORDER BY at, topic")
                .bind(person.as_str())
                .fetch_all(&self.read)
                .await
                .deed(deed)?;
        let topic = |topic: &String| topic.parse().map_err(|_| unreadable("a topic"));
        topics.iter().map(topic).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn subscribe(&self, person: &UserId, topic: &Topic, most: usize, at: UnixMillis) -> Result<bool> {
        let deed = || format!("let {person} subscribe");
        let mut transaction = self.begin(deed).await?;
        let subscribed = async {
            sqlx::query(
                "INSERT INTO subscriptions (person, topic, at) VALUES ($1, $2, $3) ON CONFLICT (person, topic) DO NOTHING",
            )
            .bind(person.as_str())
            .bind(topic.to_string())
            .bind(at.0)
            .execute(&mut *transaction)
            .await?;
            let count: i64 = sqlx::query_scalar("SELECT count(*) FROM subscriptions WHERE person = $1")
                .bind(person.as_str())
                .fetch_one(&mut *transaction)
                .await?;
            sqlx::Result::Ok(count as usize <= most)
        };
        let fits = subscribed.await.deed(deed)?;
        if fits {
            transaction.commit().await.deed(deed)?;
        }
        Ok(fits)
    }

    async fn unsubscribe(&self, person: &UserId, topic: &Topic) -> Result<()> {
        let deed = || format!("end a subscription of {person}");
        let mut transaction = self.begin(deed).await?;
        sqlx::query("DELETE FROM subscriptions WHERE person = $1 AND topic = $2")
            .bind(person.as_str())
            .bind(topic.to_string())
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn seen_up_to(&self, person: &UserId) -> Result<Option<UnixMillis>> {
        let at: Option<i64> = sqlx::query_scalar("SELECT at FROM feed_seen WHERE person = $1")
            .bind(person.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(|| format!("read how far {person} has read"))?;
        Ok(at.map(UnixMillis))
    }

    async fn mark_seen(&self, person: &UserId, up_to: UnixMillis) -> Result<()> {
        let deed = || format!("note how far {person} has read");
        let mut transaction = self.begin(deed).await?;
        sqlx::query(
            "INSERT INTO feed_seen (person, at) VALUES ($1, $2) \
             ON CONFLICT (person) DO UPDATE SET at = excluded.at WHERE feed_seen.at < excluded.at",
        )
        .bind(person.as_str())
        .bind(up_to.0)
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn news(&self, reach: &NewsReach) -> Result<Vec<StoredNews>> {
        let deed = || format!("read what is new for {}", reach.person);
        let mut news = Vec::new();
        for (sql, read) in SORTS {
            let rows = self.told(reach, sql).await.deed(deed)?;
            for row in &rows {
                news.push(read(row).deed(deed)?);
            }
        }
        news.sort_by(|one, other| (other.at, &other.key).cmp(&(one.at, &one.key)));
        news.truncate(reach.limit as usize);
        Ok(news)
    }
}

/// Each gives `at`, `key`, `by`, `author` and `shelf` of what did not come to the bin. `$1` is who asks, `$2` are the
/// shelves, `$3` the collections.
type Sort = (&'static str, fn(&DbRow) -> sqlx::Result<StoredNews>);

/// Versions are many: by `CROSS JOIN` SQLite goes along their times and stops, where it would sort all on the shelves.
const SORTS: [Sort; 4] = [
    (
        "SELECT v.at AS at, 'version:' || v.item || ':' || v.number AS key, v.author AS by, i.author AS author, \
         i.shelf AS shelf, v.item AS item, v.number AS number, v.note AS note, i.school AS school, \
         i.subject AS subject, i.taxon AS taxon FROM item_versions AS v CROSS JOIN items AS i \
         WHERE i.id = v.item AND v.author <> $1 AND i.binned IS NULL AND i.shelf IN (SELECT value FROM json_each($2))",
        version,
    ),
    (
        "SELECT c.created AS at, 'collection:' || c.id AS key, c.author AS by, c.author AS author, c.shelf AS shelf, \
         c.id AS collection FROM collections AS c \
         WHERE c.author <> $1 AND c.binned IS NULL AND c.shelf IN (SELECT value FROM json_each($2))",
        |row| told(row, NewsOf::Collection(parsed(row.try_get("collection")?)?)),
    ),
    (
        "SELECT m.at AS at, 'menu:' || m.collection || ':' || m.term AS key, m.by AS by, c.author AS author, \
         c.shelf AS shelf, c.id AS collection, m.term AS term FROM menus AS m JOIN collections AS c \
         ON c.id = m.collection AND c.shelf = m.shelf \
         WHERE m.by <> $1 AND c.binned IS NULL AND c.shelf IN (SELECT value FROM json_each($2))",
        |row| {
            let term = menus::term(row.try_get("term")?)?;
            told(row, NewsOf::Menu { collection: parsed(row.try_get("collection")?)?, term })
        },
    ),
    (
        "SELECT l.added AS at, 'lines:' || l.collection || ':' || l.by AS key, l.by AS by, c.author AS author, \
         c.shelf AS shelf, c.id AS collection, json_group_array(l.item ORDER BY l.position) AS items \
         FROM collection_lines AS l JOIN collections AS c ON c.id = l.collection \
         WHERE l.by <> $1 AND l.item IS NOT NULL AND l.added > c.created AND c.binned IS NULL \
         AND c.shelf IN (SELECT value FROM json_each($2)) AND c.id IN (SELECT value FROM json_each($3)) \
         GROUP BY c.id, l.collection, l.added, l.by",
        lines,
    ),
];

impl SqlStore {
    async fn told(&self, reach: &NewsReach, sql: &str) -> sqlx::Result<Vec<DbRow>> {
        let shelves: Vec<String> = reach.shelves.iter().map(Shelf::to_string).collect();
        let (at, key) = match &reach.before {
            Some((at, key)) => (at.0, key.as_str()),
            None => (i64::MAX, ""),
        };
        sqlx::query(AssertSqlSafe(format!(
            "SELECT * FROM ({sql}) AS told WHERE at >= $4 AND at <= $5 AND (at < $5 OR key < $6) \
             ORDER BY at DESC, key DESC LIMIT $7"
        )))
        .bind(reach.person.as_str())
        .bind(serde_json::json!(shelves).to_string())
        .bind(serde_json::json!(reach.collections).to_string())
        .bind(reach.since.0)
        .bind(at)
        .bind(key)
        .bind(i64::from(reach.limit))
        .fetch_all(&self.read)
        .await
    }
}

fn told(row: &DbRow, of: NewsOf) -> sqlx::Result<StoredNews> {
    Ok(StoredNews {
        at: UnixMillis(row.try_get("at")?),
        key: row.try_get("key")?,
        by: parsed(row.try_get("by")?)?,
        access: access(row)?,
        of,
    })
}

fn version(row: &DbRow) -> sqlx::Result<StoredNews> {
    let school: Option<String> = row.try_get("school")?;
    let taxon: Option<String> = row.try_get("taxon")?;
    let of = NewsOf::Version {
        item: parsed(row.try_get("item")?)?,
        number: row.try_get::<i64, _>("number")? as u32,
        note: row.try_get("note")?,
        school: school.map(parsed).transpose()?,
        subject: row.try_get("subject")?,
        taxon: taxon.map(parsed).transpose()?,
    };
    told(row, of)
}

fn lines(row: &DbRow) -> sqlx::Result<StoredNews> {
    let items: Vec<ItemId> = serde_json::from_str(row.try_get("items")?)
        .map_err(|error| unreadable(&format!("a list of items: {error}")))?;
    told(row, NewsOf::Lines { collection: parsed(row.try_get("collection")?)?, items })
}
