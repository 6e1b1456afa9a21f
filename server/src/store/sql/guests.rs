//! Guests of tutoring sessions.

use async_trait::async_trait;
use shared::tutoring::MAX_GUESTS;
use shared::words::{TutoringId, UnixMillis, UserId};
use sqlx::Row;

use super::rows::parsed;
use super::tutoring::entry;
use super::tutoring_rows::with_people;
use super::{Connection, DbRow, Deed, SqlStore, audit};
use crate::secret::SecretHash;
use crate::store::{Guests, Leading, Result, Running, StoredGuest, StoredSessionPlan};

#[async_trait]
impl Guests for SqlStore {
    async fn set_session_code(&self, session: Running<'_>, code: Option<&str>, at: UnixMillis) -> Result<()> {
        let handle = session.handle();
        let deed = || format!("set the code of session {}", handle.id());
        let mut transaction = self.begin(deed).await?;
        let set = async {
            let sql =
                "UPDATE tutoring_sessions SET code = $2 WHERE id = $1 AND ($2 IS NULL OR state IN ('planned', 'open'))";
            sqlx::query(sql).bind(handle.id().as_str()).bind(code).execute(&mut *transaction).await?;
            if code.is_some() {
                // Whoever waits came by the code that is no more: with a crowd at the door, another code clears it.
                let waiting = "DELETE FROM tutoring_guests WHERE session = $1 AND let_in IS NULL AND sent_away IS NULL \
                               AND EXISTS (SELECT 1 FROM tutoring_sessions WHERE id = $1 AND lobby <> 0)";
                sqlx::query(waiting).bind(handle.id().as_str()).execute(&mut *transaction).await?;
            }
            let act = if code.is_some() { "tutoring.code-made" } else { "tutoring.code-ended" };
            audit::append(&mut transaction, &[entry(handle, at, act, serde_json::json!({}))]).await
        };
        set.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn session_by_code(&self, code: &str) -> Result<Option<StoredSessionPlan>> {
        let deed = || "look for a session by its code".to_owned();
        let rows = sqlx::query("SELECT * FROM tutoring_sessions WHERE code = $1 AND state IN ('planned', 'open')")
            .bind(code)
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        with_people(&self.read, &rows).await.map(|mut found| found.pop()).deed(deed)
    }

    async fn add_guest(&self, guest: &StoredGuest, hash: SecretHash) -> Result<bool> {
        let deed = || format!("take guest {} into session {}", guest.id, guest.session);
        let mut transaction = self.begin(deed).await?;
        let added = async {
            let so_far: i64 =
                sqlx::query_scalar("SELECT count(*) FROM tutoring_guests WHERE session = $1 AND sent_away IS NULL")
                    .bind(guest.session.as_str())
                    .fetch_one(&mut *transaction)
                    .await?;
            if so_far >= MAX_GUESTS as i64 {
                return Ok(false);
            }
            sqlx::query(
                "INSERT INTO tutoring_guests (id, session, hash, name, school, at) VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(guest.id.as_str())
            .bind(guest.session.as_str())
            .bind(&hash.0[..])
            .bind(&guest.name)
            .bind(&guest.school)
            .bind(guest.at.0)
            .execute(&mut *transaction)
            .await?;
            sqlx::Result::Ok(true)
        };
        let added = added.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(added)
    }

    async fn guest(&self, hash: SecretHash) -> Result<Option<StoredGuest>> {
        let deed = || "look who a guest is".to_owned();
        let row = sqlx::query("SELECT * FROM tutoring_guests WHERE hash = $1")
            .bind(&hash.0[..])
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.as_ref().map(stored).transpose().deed(deed)
    }

    async fn guests(&self, session: &TutoringId) -> Result<Vec<StoredGuest>> {
        let deed = || format!("list the guests of session {session}");
        let rows = sqlx::query("SELECT * FROM tutoring_guests WHERE session = $1 ORDER BY number")
            .bind(session.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn let_in(&self, session: Leading<'_>, guest: &UserId, at: UnixMillis) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("let guest {guest} into session {}", handle.id());
        let mut transaction = self.begin(deed).await?;
        let let_in = async {
            let sql = "UPDATE tutoring_guests SET let_in = $3 \
                       WHERE session = $1 AND id = $2 AND let_in IS NULL AND sent_away IS NULL";
            let now = sqlx::query(sql)
                .bind(handle.id().as_str())
                .bind(guest.as_str())
                .bind(at.0)
                .execute(&mut *transaction)
                .await?;
            if now.rows_affected() > 0 {
                let details = serde_json::json!({ "guest": guest });
                audit::append(&mut transaction, &[entry(handle, at, "tutoring.let-in", details)]).await?;
            }
            is_in(&mut transaction, handle.id(), guest).await
        };
        let let_in = let_in.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(let_in)
    }

    async fn send_guest_away(&self, session: Leading<'_>, guest: &UserId, at: UnixMillis) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("send guest {guest} from session {}", handle.id());
        let mut transaction = self.begin(deed).await?;
        let sent = async {
            let there: bool =
                sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM tutoring_guests WHERE session = $1 AND id = $2)")
                    .bind(handle.id().as_str())
                    .bind(guest.as_str())
                    .fetch_one(&mut *transaction)
                    .await?;
            if there && end(&mut transaction, handle.id(), guest, at).await? {
                let details = serde_json::json!({ "guest": guest });
                audit::append(&mut transaction, &[entry(handle, at, "tutoring.sent-away", details)]).await?;
            }
            sqlx::Result::Ok(there)
        };
        let sent = sent.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(sent)
    }

    async fn guest_leaves(&self, guest: &StoredGuest, at: UnixMillis) -> Result<()> {
        let deed = || format!("have guest {} leave session {}", guest.id, guest.session);
        let mut transaction = self.begin(deed).await?;
        end(&mut transaction, &guest.session, &guest.id, at).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }
}

/// A guest is out, with all that they held; `false` if they were already.
async fn end(connection: &mut Connection, session: &TutoringId, guest: &UserId, at: UnixMillis) -> sqlx::Result<bool> {
    sqlx::query("DELETE FROM tutoring_signs WHERE session = $1 AND person = $2")
        .bind(session.as_str())
        .bind(guest.as_str())
        .execute(&mut *connection)
        .await?;
    let sql = "UPDATE tutoring_guests SET sent_away = $3 WHERE session = $1 AND id = $2 AND sent_away IS NULL";
    let ended =
        sqlx::query(sql).bind(session.as_str()).bind(guest.as_str()).bind(at.0).execute(&mut *connection).await?;
    Ok(ended.rows_affected() > 0)
}

async fn is_in(connection: &mut Connection, session: &TutoringId, guest: &UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM tutoring_guests \
         WHERE session = $1 AND id = $2 AND let_in IS NOT NULL AND sent_away IS NULL)",
    )
    .bind(session.as_str())
    .bind(guest.as_str())
    .fetch_one(connection)
    .await
}

fn stored(row: &DbRow) -> sqlx::Result<StoredGuest> {
    let at = |column: &str| row.try_get::<Option<i64>, _>(column).map(|at| at.map(UnixMillis));
    Ok(StoredGuest {
        id: parsed(row.try_get("id")?)?,
        session: parsed(row.try_get("session")?)?,
        name: row.try_get("name")?,
        school: row.try_get("school")?,
        at: UnixMillis(row.try_get("at")?),
        let_in: at("let_in")?,
        sent_away: at("sent_away")?,
    })
}
