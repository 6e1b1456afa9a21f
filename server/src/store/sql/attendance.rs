//! Who was in a tutoring session from when until when.

use async_trait::async_trait;
use shared::words::{DocumentId, UnixMillis, UserId};
use sqlx::Row;

use super::rows::parsed;
use super::tutoring::entry;
use super::{DbRow, Deed, SqlStore, audit};
use crate::store::{Attendance, Leading, Result, Running, StoredStay, TutoringHandle};

#[async_trait]
impl Attendance for SqlStore {
    async fn note_arrival(&self, board: &DocumentId, who: &UserId, at: UnixMillis) -> Result<Option<u64>> {
        let stay: Option<i64> = sqlx::query_scalar(
            "INSERT INTO tutoring_attendance (session, person, since) \
             SELECT id, $2, $3 FROM tutoring_sessions WHERE board = $1 AND state = 'open' RETURNING number",
        )
        .bind(board.as_str())
        .bind(who.as_str())
        .bind(at.0)
        .fetch_optional(&self.write)
        .await
        .deed(|| format!("note that {who} came to board {board}"))?;
        Ok(stay.map(|number| number as u64))
    }

    async fn note_departure(&self, board: &DocumentId, who: &UserId, stay: Option<u64>, at: UnixMillis) -> Result<()> {
        sqlx::query(
            "UPDATE tutoring_attendance SET until = $4 WHERE person = $2 AND until IS NULL AND ($3 IS NULL OR number = $3) \
             AND session IN (SELECT id FROM tutoring_sessions WHERE board = $1)",
        )
        .bind(board.as_str())
        .bind(who.as_str())
        .bind(stay.map(|number| number as i64))
        .bind(at.0)
        .execute(&self.write)
        .await
        .map(drop)
        .deed(|| format!("note that {who} left board {board}"))
    }

    async fn begin_stays(&self, session: Leading<'_>, there: &[UserId], at: UnixMillis) -> Result<()> {
        let people: Vec<_> = there.iter().map(|who| who.as_str()).collect();
        sqlx::query(
            "INSERT INTO tutoring_attendance (session, person, since) SELECT $1, value, $3 FROM json_each($2) AS who",
        )
        .bind(session.handle().id().as_str())
        .bind(serde_json::json!(people).to_string())
        .bind(at.0)
        .execute(&self.write)
        .await
        .map(drop)
        .deed(|| format!("note who was there as session {} began", session.handle().id()))
    }

    async fn stays(&self, session: &TutoringHandle, limit: u32) -> Result<Vec<StoredStay>> {
        let deed = || format!("list who was in session {}", session.id());
        let rows = sqlx::query(
            "SELECT a.number, a.person, a.since, coalesce(a.until, s.ended) AS until, a.corrected, a.corrected_by \
             FROM tutoring_attendance AS a JOIN tutoring_sessions AS s ON s.id = a.session \
             WHERE a.session = $1 ORDER BY a.number LIMIT $2",
        )
        .bind(session.id().as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        rows.iter().map(stay).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn correct_stay(
        &self,
        session: Running<'_>,
        stay: u64,
        since: UnixMillis,
        until: UnixMillis,
        at: UnixMillis,
    ) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("correct stay {stay} in session {}", handle.id());
        let mut transaction = self.begin(deed).await?;
        let corrected = async {
            let done = sqlx::query(
                "UPDATE tutoring_attendance SET since = $3, until = $4, corrected = $5, corrected_by = $6 \
                 WHERE session = $1 AND number = $2",
            )
            .bind(handle.id().as_str())
            .bind(stay as i64)
            .bind(since.0)
            .bind(until.0)
            .bind(at.0)
            .bind(handle.who().as_str())
            .execute(&mut *transaction)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let details = serde_json::json!({ "stay": stay, "since": since, "until": until });
            audit::append(&mut transaction, &[entry(handle, at, "tutoring.attendance-corrected", details)]).await?;
            sqlx::Result::Ok(true)
        };
        let corrected = corrected.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(corrected)
    }
}

fn stay(row: &DbRow) -> sqlx::Result<StoredStay> {
    let corrected = row.try_get::<Option<i64>, _>("corrected")?.map(UnixMillis);
    let by = row.try_get::<Option<String>, _>("corrected_by")?.map(parsed).transpose()?;
    Ok(StoredStay {
        number: row.try_get::<i64, _>("number")? as u64,
        who: parsed(row.try_get("person")?)?,
        since: UnixMillis(row.try_get("since")?),
        until: row.try_get::<Option<i64>, _>("until")?.map(UnixMillis),
        corrected: corrected.zip(by),
    })
}
