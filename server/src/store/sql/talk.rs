//! What people say of items.

use std::collections::BTreeMap;

use async_trait::async_trait;
use shared::library::{CorrectionState, RemarkKind, Verdict};
use shared::organisation::Shelf;
use shared::words::{RemarkId, UnixMillis, UserId};
use sqlx::{AssertSqlSafe, Row};

use super::item_rows::decoded;
use super::item_writes::counted;
use super::items::entry;
use super::rows::parsed;
use super::talk_rows::{self, decide, insert_remark, put_rating};
use super::{DbRow, Deed, SqlStore, audit, waiting};
use crate::store::{
    Decision, Deposited, DepositedTalk, ItemHandle, Keeping, NewRemark, RatingPage, Result, Said, Speaking,
    StoredRating, StoredRemark, StoredWaiting, Talk, TalkCounts, ThreadPage,
};

/// The columns of a remark with those of its correction.
pub(super) const COLUMNS: &str = "r.number, r.id, r.root, r.kind, r.author, r.text, r.at, r.changed, r.taken_back, r.hidden, \
    r.hidden_why, r.closed IS NOT NULL OR EXISTS (SELECT 1 FROM remarks a WHERE a.root = r.id AND a.answers = 1 \
        AND a.taken_back IS NULL AND a.hidden IS NULL) AS answered, \
    c.version, c.quote, c.instead, c.state, c.decided, c.decided_by, c.words \
    FROM remarks r LEFT JOIN corrections c ON c.remark = r.id";

/// Roots that person `$2` sees, who manages the item or not (`$3`): what they may read, or what has replies.
const SEEN: &str = "r.item = $1 AND r.root IS NULL AND NOT (r.kind = 'thanks' AND r.text = '' AND r.taken_back IS NULL) \
    AND ((r.taken_back IS NULL AND (r.hidden IS NULL OR r.author = $2 OR $3)) \
        OR EXISTS (SELECT 1 FROM remarks a WHERE a.root = r.id AND a.taken_back IS NULL \
            AND (a.hidden IS NULL OR a.author = $2 OR $3)))";

/// Ratings of item `$1` by others than its authors.
const RATINGS: &str = counted!(
    "SELECT number, person, verdict, words, at, EXISTS (SELECT 1 FROM item_uses AS u \
    WHERE u.item = ratings.item AND u.person = ratings.person AND ",
    ") AS used FROM ratings \
    WHERE item = $1 AND person <> (SELECT author FROM items WHERE id = $1) \
    AND person NOT IN (SELECT person FROM item_authors WHERE item = $1 AND person IS NOT NULL)"
);

const THANKED_BY: i64 = 12;
const CORRECTED_BY: i64 = 20;

#[async_trait]
impl Talk for SqlStore {
    async fn say(&self, item: Speaking<'_>, remark: NewRemark) -> Result<Said> {
        let deed = || format!("say remark {} of item {}", remark.id, item.id());
        let mut transaction = self.begin(deed).await?;
        let said = insert_remark(&mut transaction, item.id(), item.person(), &remark).await.deed(deed)?;
        if said == Said::Now {
            transaction.commit().await.deed(deed)?;
        }
        Ok(said)
    }

    async fn put_talk(&self, talk: &[DepositedTalk]) -> Result<()> {
        let deed = || format!("put in {} remarks at once", talk.len());
        let mut transaction = self.begin(deed).await?;
        let all = async {
            for DepositedTalk { item, by, what } in talk {
                match what {
                    Deposited::Remark(remark) => drop(insert_remark(&mut transaction, item, by, remark).await?),
                    Deposited::Decided(remark, decision) => {
                        decide(&mut transaction, item, by, remark, decision).await?;
                    }
                    Deposited::Rating { verdict, words, at } => {
                        put_rating(&mut transaction, item, by, *verdict, words, *at).await?;
                    }
                }
            }
            sqlx::Result::Ok(())
        };
        all.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn threads(&self, item: &ItemHandle, page: ThreadPage) -> Result<Vec<StoredRemark>> {
        let deed = || format!("read what is said of item {}", item.id());
        let sql = format!(
            "SELECT {COLUMNS} WHERE {SEEN} AND ($4 IS NULL OR r.number < $4) AND ($5 IS NULL OR r.kind = $5) \
             ORDER BY r.number DESC LIMIT $6"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(item.id().as_str())
            .bind(item.person().as_str())
            .bind(item.manages())
            .bind(page.before.map(|number| number as i64))
            .bind(page.kind.map(RemarkKind::as_str))
            .bind(i64::from(page.limit))
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(talk_rows::remark).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn replies(
        &self,
        item: &ItemHandle,
        roots: &[RemarkId],
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredRemark>> {
        let deed = || format!("read replies about item {}", item.id());
        let roots: Vec<_> = roots.iter().map(RemarkId::as_str).collect();
        let sql = format!(
            "SELECT * FROM (SELECT row_number() OVER (PARTITION BY r.root ORDER BY r.number) AS place, {COLUMNS} \
             WHERE r.item = $1 AND r.root IN (SELECT value FROM json_each($4)) AND r.taken_back IS NULL \
             AND (r.hidden IS NULL OR r.author = $2 OR $3) AND r.number > $5) AS placed WHERE place <= $6 ORDER BY number"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(item.id().as_str())
            .bind(item.person().as_str())
            .bind(item.manages())
            .bind(serde_json::json!(roots).to_string())
            .bind(after as i64)
            .bind(i64::from(limit))
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(talk_rows::remark).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn remark(&self, item: &ItemHandle, id: &RemarkId) -> Result<Option<StoredRemark>> {
        let deed = || format!("read remark {id}");
        let row = sqlx::query(AssertSqlSafe(format!("SELECT {COLUMNS} WHERE r.item = $1 AND r.id = $2")))
            .bind(item.id().as_str())
            .bind(id.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.as_ref().map(talk_rows::remark).transpose().deed(deed)
    }

    async fn talk_counts(&self, item: &ItemHandle) -> Result<TalkCounts> {
        let deed = || format!("count what is said of item {}", item.id());
        let sql = format!(
            "SELECT count(*) AS threads, \
             count(*) FILTER (WHERE r.kind = 'question' AND r.closed IS NULL AND r.taken_back IS NULL \
                AND r.hidden IS NULL AND NOT EXISTS (SELECT 1 FROM remarks a WHERE a.root = r.id AND a.answers = 1 \
                AND a.taken_back IS NULL AND a.hidden IS NULL)) AS questions, \
             (SELECT count(*) FROM remarks WHERE item = $1 AND kind = 'thanks' AND root IS NULL AND taken_back IS NULL \
                AND hidden IS NULL) AS thanks, \
             (SELECT id FROM remarks WHERE item = $1 AND kind = 'thanks' AND author = $2 AND root IS NULL \
                AND taken_back IS NULL) AS mine FROM remarks r WHERE {SEEN}"
        );
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(item.id().as_str())
            .bind(item.person().as_str())
            .bind(item.manages())
            .fetch_one(&self.read)
            .await
            .deed(deed)?;
        let thanked: Vec<String> = sqlx::query_scalar(
            "SELECT author FROM remarks WHERE item = $1 AND kind = 'thanks' AND root IS NULL AND taken_back IS NULL \
             AND hidden IS NULL ORDER BY number DESC LIMIT $2",
        )
        .bind(item.id().as_str())
        .bind(THANKED_BY)
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let corrected: Vec<String> = sqlx::query_scalar(
            "SELECT author FROM remarks JOIN corrections ON remark = id WHERE item = $1 AND state = 'taken' \
             GROUP BY author ORDER BY min(number) LIMIT $2",
        )
        .bind(item.id().as_str())
        .bind(CORRECTED_BY)
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let count = |name: &str| row.try_get::<i64, _>(name).map(|count| count as u32);
        let people = |ids: Vec<String>| ids.into_iter().map(parsed).collect::<sqlx::Result<Vec<UserId>>>();
        let counts = || {
            Ok(TalkCounts {
                threads: count("threads")?,
                thanks: count("thanks")?,
                thanked_by: people(thanked)?,
                my_thanks: row.try_get::<Option<String>, _>("mine")?.map(parsed).transpose()?,
                open_questions: count("questions")?,
                corrected_by: people(corrected)?,
            })
        };
        counts().deed(deed)
    }

    async fn change_remark(&self, item: Speaking<'_>, id: &RemarkId, text: &str, at: UnixMillis) -> Result<bool> {
        let deed = || format!("change remark {id}");
        let mut transaction = self.begin(deed).await?;
        let changed = sqlx::query(
            "UPDATE remarks SET changed = CASE WHEN text = $4 THEN changed ELSE $5 END, text = $4 \
             WHERE item = $1 AND id = $2 AND author = $3 AND taken_back IS NULL AND hidden IS NULL",
        )
        .bind(item.id().as_str())
        .bind(id.as_str())
        .bind(item.person().as_str())
        .bind(text)
        .bind(at.0)
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(changed.rows_affected() > 0)
    }

    async fn take_back(&self, item: Speaking<'_>, id: &RemarkId, at: UnixMillis) -> Result<bool> {
        let deed = || format!("take remark {id} back");
        let mut transaction = self.begin(deed).await?;
        let taken = async {
            // Whoever has not heard the answer and asks again has taken it back, too.
            let taken_back: Option<Option<i64>> =
                sqlx::query_scalar("SELECT taken_back FROM remarks WHERE item = $1 AND id = $2 AND author = $3")
                    .bind(item.id().as_str())
                    .bind(id.as_str())
                    .bind(item.person().as_str())
                    .fetch_optional(&mut *transaction)
                    .await?;
            match taken_back {
                None => return Ok(false),
                Some(Some(_)) => return Ok(true),
                Some(None) => {}
            }
            sqlx::query("UPDATE remarks SET taken_back = $2, text = '' WHERE id = $1")
                .bind(id.as_str())
                .bind(at.0)
                .execute(&mut *transaction)
                .await?;
            sqlx::query("UPDATE corrections SET state = 'withdrawn' WHERE remark = $1 AND state = 'offered'")
                .bind(id.as_str())
                .execute(&mut *transaction)
                .await?;
            let details = serde_json::json!({ "remark": id });
            let line = entry(item.person(), item.id(), at, "item.remark-taken-back", details);
            audit::append(&mut transaction, &[line]).await?;
            sqlx::Result::Ok(true)
        };
        let taken = taken.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(taken)
    }

    async fn set_hidden(&self, item: Keeping<'_>, id: &RemarkId, why: Option<&str>, at: UnixMillis) -> Result<bool> {
        let deed = || format!("hide remark {id}, or show it again");
        let mut transaction = self.begin(deed).await?;
        let set = async {
            let changed = sqlx::query(
                "UPDATE remarks SET hidden = CASE WHEN $3 IS NULL THEN NULL ELSE $4 END, \
                 hidden_by = CASE WHEN $3 IS NULL THEN NULL ELSE $5 END, hidden_why = coalesce($3, '') \
                 WHERE item = $1 AND id = $2 AND taken_back IS NULL",
            )
            .bind(item.id().as_str())
            .bind(id.as_str())
            .bind(why)
            .bind(at.0)
            .bind(item.person().as_str())
            .execute(&mut *transaction)
            .await?;
            if changed.rows_affected() == 0 {
                return Ok(false);
            }
            let act = if why.is_some() { "item.remark-hidden" } else { "item.remark-shown" };
            let details = serde_json::json!({ "remark": id, "why": why });
            audit::append(&mut transaction, &[entry(item.person(), item.id(), at, act, details)]).await?;
            sqlx::Result::Ok(true)
        };
        let set = set.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(set)
    }

    async fn close_question(&self, item: Speaking<'_>, id: &RemarkId, at: UnixMillis) -> Result<bool> {
        let deed = || format!("close question {id}");
        let mut transaction = self.begin(deed).await?;
        let closed = sqlx::query(
            "UPDATE remarks SET closed = coalesce(closed, $4) WHERE item = $1 AND id = $2 AND author = $3 \
             AND kind = 'question' AND root IS NULL AND taken_back IS NULL",
        )
        .bind(item.id().as_str())
        .bind(id.as_str())
        .bind(item.person().as_str())
        .bind(at.0)
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(closed.rows_affected() > 0)
    }

    async fn decide_correction(&self, item: Speaking<'_>, id: &RemarkId, decision: Decision) -> Result<bool> {
        let deed = || format!("decide on correction {id}");
        let mut transaction = self.begin(deed).await?;
        let decided = async {
            if !decide(&mut transaction, item.id(), item.person(), id, &decision).await? {
                return Ok(false);
            }
            let act = match decision.state {
                CorrectionState::Taken => "item.correction-taken",
                CorrectionState::Declined => "item.correction-declined",
                CorrectionState::Withdrawn | CorrectionState::Offered => return Ok(true),
            };
            let details = serde_json::json!({ "remark": id });
            audit::append(&mut transaction, &[entry(item.person(), item.id(), decision.at, act, details)]).await?;
            sqlx::Result::Ok(true)
        };
        let decided = decided.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(decided)
    }

    async fn rate(&self, item: Speaking<'_>, verdict: Verdict, words: &str, at: UnixMillis) -> Result<()> {
        let deed = || format!("rate item {}", item.id());
        let mut transaction = self.begin(deed).await?;
        put_rating(&mut transaction, item.id(), item.person(), verdict, words, at).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn unrate(&self, item: Speaking<'_>) -> Result<()> {
        let deed = || format!("take the rating of item {} back", item.id());
        let mut transaction = self.begin(deed).await?;
        sqlx::query("DELETE FROM ratings WHERE item = $1 AND person = $2")
            .bind(item.id().as_str())
            .bind(item.person().as_str())
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn ratings(&self, item: &ItemHandle, page: RatingPage) -> Result<Vec<StoredRating>> {
        let deed = || format!("read how item {} was in use", item.id());
        let sql = format!(
            "{RATINGS} AND words <> '' AND ($2 IS NULL OR number < $2) AND ($3 IS NULL OR verdict = $3) \
             ORDER BY number DESC LIMIT $4"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(item.id().as_str())
            .bind(page.before.map(|number| number as i64))
            .bind(page.verdict.map(Verdict::as_str))
            .bind(i64::from(page.limit))
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(talk_rows::rating).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn rating_of(&self, item: &ItemHandle, person: &UserId) -> Result<Option<StoredRating>> {
        let deed = || format!("read how item {} was in use to one", item.id());
        let row = sqlx::query(AssertSqlSafe(format!("{RATINGS} AND person = $2")))
            .bind(item.id().as_str())
            .bind(person.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.as_ref().map(talk_rows::rating).transpose().deed(deed)
    }

    async fn rating_counts(&self, item: &ItemHandle) -> Result<BTreeMap<Verdict, u32>> {
        let deed = || format!("count how item {} was in use", item.id());
        let sql = format!("SELECT verdict, count(*) AS people FROM ({RATINGS}) AS of_item GROUP BY verdict");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(item.id().as_str()).fetch_all(&self.read).await.deed(deed)?;
        let count = |row: &DbRow| {
            let verdict = decoded("a verdict", Verdict::named, row.try_get("verdict")?)?;
            Ok((verdict, row.try_get::<i64, _>("people")? as u32))
        };
        rows.iter().map(count).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn waiting(
        &self,
        person: &UserId,
        shelves: &[Shelf],
        since: UnixMillis,
        limit: u32,
    ) -> Result<Vec<StoredWaiting>> {
        waiting::read(&self.read, person, shelves, since, limit).await.deed(|| format!("list what waits for {person}"))
    }

    async fn answers_read(&self, person: &UserId) -> Result<UnixMillis> {
        let at: Option<i64> = sqlx::query_scalar("SELECT at FROM answers_read WHERE person = $1")
            .bind(person.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(|| format!("read until when {person} has read answers"))?;
        Ok(UnixMillis(at.unwrap_or_default()))
    }

    async fn read_answers(&self, person: &UserId, at: UnixMillis) -> Result<()> {
        let deed = || format!("note until when {person} has read answers");
        let mut transaction = self.begin(deed).await?;
        sqlx::query(
            "INSERT INTO answers_read (person, at) VALUES ($1, $2) \
             ON CONFLICT (person) DO UPDATE SET at = excluded.at WHERE answers_read.at < excluded.at",
        )
        .bind(person.as_str())
        .bind(at.0)
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        transaction.commit().await.deed(deed)
    }
}
