//! Who was in a tutoring session from when until when.

use async_trait::async_trait;
use shared::words::{DocumentId, UnixMillis, UserId};
use sqlx::Row;

use super::rows::parsed;
use super::tutoring::entry;
use super::{DbRow, Deed, SqlStore, audit};
use crate::store::{Attendance, Leading, Result, Running, StoredStay, TutoringHandle};

/// Who comes back within so many milliseconds was there all the time.
const BREAK: i64 = 60_000;
/// Of one person in one session.
const MOST_STAYS: i64 = 60;

#[async_trait]
impl Attendance for SqlStore {
    async fn note_arrival(&self, board: &DocumentId, who: &UserId, at: UnixMillis) -> Result<Option<u64>> {
        let deed = || format!("note that {who} came to board {board}");
        let mut transaction = self.begin(deed).await?;
        let noted = async {
            // Whose line broke for a moment has not been away.
            let went_on: Option<i64> = sqlx::query_scalar(
                "UPDATE tutoring_attendance SET until = NULL WHERE number = (SELECT max(a.number) \
                 FROM tutoring_attendance AS a JOIN tutoring_sessions AS s ON s.id = a.session \
                 WHERE s.board = $1 AND s.state = 'open' AND a.person = $2 AND a.until >= $3 AND a.corrected IS NULL) \
                 RETURNING number",
            )
            .bind(board.as_str())
            .bind(who.as_str())
            .bind(at.0 - BREAK)
            .fetch_optional(&mut *transaction)
            .await?;
            if went_on.is_some() {
                return Ok(went_on);
            }
            sqlx::query_scalar(
                "INSERT INTO tutoring_attendance (session, person, since) \
                 SELECT id, $2, $3 FROM tutoring_sessions AS s WHERE board = $1 AND state = 'open' AND $4 > \
                 (SELECT count(*) FROM tutoring_attendance WHERE session = s.id AND person = $2) RETURNING number",
            )
            .bind(board.as_str())
            .bind(who.as_str())
            .bind(at.0)
            .bind(MOST_STAYS)
            .fetch_optional(&mut *transaction)
            .await
        };
        let stay: Option<i64> = noted.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
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
