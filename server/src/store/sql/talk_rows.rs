//! Remarks, corrections and ratings as rows.

use shared::library::{CorrectionState, MAX_REPLIES, RemarkKind, Verdict};
use shared::words::{ItemId, RemarkId, UnixMillis, UserId};
use sqlx::Row;

use super::item_rows::decoded;
use super::rows::parsed;
use super::{Connection, DbRow};
use crate::store::{Decision, NewRemark, Said, StoredCorrection, StoredRating, StoredRemark};

/// The transaction is to be committed only for [`Said::Now`].
pub async fn insert_remark(
    connection: &mut Connection,
    item: &ItemId,
    by: &UserId,
    remark: &NewRemark,
) -> sqlx::Result<Said> {
    let NewRemark { id, root, kind, text, at, for_item, correction } = remark;
    let known: Option<(String, String)> = sqlx::query_as("SELECT item, author FROM remarks WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    if let Some((known_item, author)) = known {
        let same = known_item == item.as_str() && author == by.as_str();
        return Ok(if same { Said::Before } else { Said::Foreign });
    }
    let mut answers = false;
    if let Some(root) = root {
        let thread: Option<(String, String, i64)> = sqlx::query_as(
            "SELECT r.kind, r.author, (SELECT count(*) FROM remarks WHERE root = r.id) FROM remarks r \
             WHERE r.id = $1 AND r.item = $2 AND r.root IS NULL AND r.taken_back IS NULL AND r.hidden IS NULL",
        )
        .bind(root.as_str())
        .bind(item.as_str())
        .fetch_optional(&mut *connection)
        .await?;
        let Some((kind, asker, replies)) = thread else { return Ok(Said::NoThread) };
        if replies >= i64::from(MAX_REPLIES) {
            return Ok(Said::TooManyReplies);
        }
        answers = *for_item && kind == RemarkKind::Question.as_str() && asker != by.as_str();
    }
    if *kind == RemarkKind::Thanks {
        let thanked: Option<i64> = sqlx::query_scalar(
            "SELECT number FROM remarks WHERE item = $1 AND author = $2 AND kind = 'thanks' AND taken_back IS NULL",
        )
        .bind(item.as_str())
        .bind(by.as_str())
        .fetch_optional(&mut *connection)
        .await?;
        if thanked.is_some() {
            return Ok(Said::ThankedBefore);
        }
    }
    sqlx::query(
        "INSERT INTO remarks (id, item, root, kind, author, text, at, answers) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(item.as_str())
    .bind(root.as_ref().map(RemarkId::as_str))
    .bind(kind.as_str())
    .bind(by.as_str())
    .bind(text)
    .bind(at.0)
    .bind(i64::from(answers))
    .execute(&mut *connection)
    .await?;
    if let Some(correction) = correction {
        sqlx::query(
            "INSERT INTO corrections (remark, version, quote, instead, state) VALUES ($1, $2, $3, $4, 'offered')",
        )
        .bind(id.as_str())
        .bind(i64::from(correction.version))
        .bind(&correction.quote)
        .bind(&correction.instead)
        .execute(&mut *connection)
        .await?;
    }
    Ok(Said::Now)
}

/// `false` if it can't be decided so any more; only who offered it withdraws it.
pub async fn decide(
    connection: &mut Connection,
    item: &ItemId,
    by: &UserId,
    remark: &RemarkId,
    decision: &Decision,
) -> sqlx::Result<bool> {
    let from = match decision.state {
        CorrectionState::Taken => "state IN ('offered', 'declined') AND taken_back IS NULL AND hidden IS NULL",
        CorrectionState::Declined => "state = 'offered' AND taken_back IS NULL",
        CorrectionState::Withdrawn => "state = 'offered' AND author = $4",
        CorrectionState::Offered => return Ok(false),
    };
    let decided = sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE corrections SET state = $3, decided = $5, decided_by = $4, words = $6 WHERE remark IN \
         (SELECT id FROM remarks JOIN corrections ON remark = id WHERE id = $1 AND item = $2 AND {from})"
    )))
    .bind(remark.as_str())
    .bind(item.as_str())
    .bind(decision.state.as_str())
    .bind(by.as_str())
    .bind(decision.at.0)
    .bind(&decision.words)
    .execute(&mut *connection)
    .await?;
    Ok(decided.rows_affected() > 0)
}

/// In the place of the one before, as the newest.
pub async fn put_rating(
    connection: &mut Connection,
    item: &ItemId,
    person: &UserId,
    verdict: Verdict,
    words: &str,
    at: UnixMillis,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM ratings WHERE item = $1 AND person = $2")
        .bind(item.as_str())
        .bind(person.as_str())
        .execute(&mut *connection)
        .await?;
    // Numbers are not used again, so that a page that is turned leaves nothing out.
    sqlx::query(
        "INSERT INTO ratings (number, item, person, verdict, words, at) \
         SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5 FROM ratings",
    )
    .bind(item.as_str())
    .bind(person.as_str())
    .bind(verdict.as_str())
    .bind(words)
    .bind(at.0)
    .execute(&mut *connection)
    .await?;
    Ok(())
}

fn at(row: &DbRow, column: &str) -> sqlx::Result<Option<UnixMillis>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(UnixMillis))
}

pub fn remark(row: &DbRow) -> sqlx::Result<StoredRemark> {
    let hidden = at(row, "hidden")?.map(|_| row.try_get("hidden_why")).transpose()?;
    Ok(StoredRemark {
        number: row.try_get::<i64, _>("number")? as u64,
        id: parsed(row.try_get("id")?)?,
        root: row.try_get::<Option<String>, _>("root")?.map(parsed).transpose()?,
        kind: decoded("a kind of remark", RemarkKind::named, row.try_get("kind")?)?,
        author: parsed(row.try_get("author")?)?,
        text: row.try_get("text")?,
        at: UnixMillis(row.try_get("at")?),
        changed: at(row, "changed")?,
        taken_back: at(row, "taken_back")?.is_some(),
        hidden,
        answered: row.try_get("answered")?,
        correction: correction(row)?,
    })
}

fn correction(row: &DbRow) -> sqlx::Result<Option<StoredCorrection>> {
    let Some(version) = row.try_get::<Option<i64>, _>("version")? else { return Ok(None) };
    Ok(Some(StoredCorrection {
        version: version as u32,
        quote: row.try_get("quote")?,
        instead: row.try_get("instead")?,
        state: decoded("the state of a correction", CorrectionState::named, row.try_get("state")?)?,
        decided: at(row, "decided")?,
        decided_by: row.try_get::<Option<String>, _>("decided_by")?.map(parsed).transpose()?,
        words: row.try_get("words")?,
    }))
}

pub fn rating(row: &DbRow) -> sqlx::Result<StoredRating> {
    Ok(StoredRating {
        number: row.try_get::<i64, _>("number")? as u64,
        person: parsed(row.try_get("person")?)?,
        verdict: decoded("a verdict", Verdict::named, row.try_get("verdict")?)?,
        words: row.try_get("words")?,
        at: UnixMillis(row.try_get("at")?),
        used: row.try_get("used")?,
    })
}
