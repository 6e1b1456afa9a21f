//! Wishes for tutoring sessions. What is decided is decided while it is open, in one step: of two who accept, one does.

use async_trait::async_trait;
use shared::organisation::Shelf;
use shared::tutoring::{MAX_OPEN_WISHES, TutoringKind, WishState};
use shared::words::{TutoringId, UnixMillis, UserId, WishId};
use sqlx::Row;

use super::item_rows::decoded;
use super::rows::{parsed, title};
use super::tutoring::insert_session;
use super::tutoring_rows::placing;
use super::{Connection, DbRow, Deed, SqlStore, audit};
use crate::store::{
    AuditEntry, By, Deciding, Entered, NewSession, NewWish, OwnWish, Result, StoredWish, WishHandle, Wishes,
};

#[async_trait]
impl Wishes for SqlStore {
    async fn ask_for_session(&self, wish: &NewWish) -> Result<Entered> {
        let deed = || format!("ask for a session by wish {}", wish.id);
        let mut transaction = self.begin(deed).await?;
        let asked = async {
            let known: Option<String> = sqlx::query_scalar("SELECT person FROM tutoring_wishes WHERE id = $1")
                .bind(wish.id.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
            if let Some(person) = known {
                return Ok(if person == wish.person.as_str() { Entered::Before } else { Entered::Foreign });
            }
            let open: i64 =
                sqlx::query_scalar("SELECT count(*) FROM tutoring_wishes WHERE person = $1 AND state = 'asked'")
                    .bind(wish.person.as_str())
                    .fetch_one(&mut *transaction)
                    .await?;
            if open >= MAX_OPEN_WISHES {
                return Ok(Entered::TooMany);
            }
            insert(&mut transaction, wish).await?;
            sqlx::Result::Ok(Entered::Now)
        };
        let asked = asked.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(asked)
    }

    async fn session_wish(&self, id: &WishId) -> Result<Option<StoredWish>> {
        let deed = || format!("read wish {id}");
        let row = sqlx::query("SELECT * FROM tutoring_wishes WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.as_ref().map(stored).transpose().deed(deed)
    }

    async fn wishes_of(&self, person: &UserId, before: Option<u64>, limit: u32) -> Result<Vec<StoredWish>> {
        let deed = || format!("list the wishes of {person}");
        let rows = sqlx::query(
            "SELECT * FROM tutoring_wishes WHERE person = $1 AND ($2 IS NULL OR number < $2) \
             ORDER BY number DESC LIMIT $3",
        )
        .bind(person.as_str())
        .bind(before.map(|number| number as i64))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn wishes_on(&self, shelves: &[Shelf], before: Option<u64>, limit: u32) -> Result<Vec<StoredWish>> {
        let deed = || format!("list the wishes on {} shelves", shelves.len());
        let rows = sqlx::query(
            "SELECT * FROM tutoring_wishes WHERE shelf IN (SELECT value FROM json_each($1)) \
             AND state <> 'withdrawn' AND ($2 IS NULL OR number < $2) ORDER BY number DESC LIMIT $3",
        )
        .bind(names(shelves))
        .bind(before.map(|number| number as i64))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn wishes_waiting(&self, shelves: &[Shelf]) -> Result<u32> {
        let waiting: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM tutoring_wishes WHERE state = 'asked' AND shelf IN (SELECT value FROM json_each($1))",
        )
        .bind(names(shelves))
        .fetch_one(&self.read)
        .await
        .deed(|| format!("count the wishes on {} shelves", shelves.len()))?;
        Ok(u32::try_from(waiting).unwrap_or(u32::MAX))
    }

    async fn withdraw_wish(&self, wish: OwnWish<'_>, at: UnixMillis) -> Result<bool> {
        let handle = wish.handle();
        let deed = || format!("withdraw wish {}", handle.stored().wish.id);
        let mut transaction = self.begin(deed).await?;
        let closed = close(&mut transaction, handle, WishState::Withdrawn, "", at).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(closed)
    }

    async fn decline_wish(&self, wish: Deciding<'_>, said: &str, at: UnixMillis) -> Result<bool> {
        let handle = wish.handle();
        let deed = || format!("decline wish {}", handle.stored().wish.id);
        let mut transaction = self.begin(deed).await?;
        let declined = async {
            if !close(&mut transaction, handle, WishState::Declined, said, at).await? {
                return Ok(false);
            }
            audit::append(&mut transaction, &[entry(handle, at, "tutoring.wish-declined", None)]).await?;
            sqlx::Result::Ok(true)
        };
        let declined = declined.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(declined)
    }

    async fn accept_wish(&self, wish: Deciding<'_>, session: NewSession, said: &str, at: UnixMillis) -> Result<bool> {
        let handle = wish.handle();
        let deed = || format!("accept wish {} by session {}", handle.stored().wish.id, session.id);
        let mut transaction = self.begin(deed).await?;
        let accepted = async {
            if !close(&mut transaction, handle, WishState::Accepted, said, at).await? {
                return Ok(false);
            }
            insert_session(&mut transaction, &session).await?;
            sqlx::query("UPDATE tutoring_wishes SET session = $2 WHERE id = $1")
                .bind(handle.stored().wish.id.as_str())
                .bind(session.id.as_str())
                .execute(&mut *transaction)
                .await?;
            let line = entry(handle, at, "tutoring.wish-accepted", Some(&session.id));
            audit::append(&mut transaction, &[line]).await?;
            sqlx::Result::Ok(true)
        };
        let accepted = accepted.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(accepted)
    }
}

fn names(shelves: &[Shelf]) -> String {
    serde_json::json!(shelves.iter().map(ToString::to_string).collect::<Vec<_>>()).to_string()
}

/// `false` if it is not open any more.
async fn close(
    connection: &mut Connection,
    handle: &WishHandle,
    state: WishState,
    said: &str,
    at: UnixMillis,
) -> sqlx::Result<bool> {
    let closed = sqlx::query(
        "UPDATE tutoring_wishes SET state = $2, said = $3, decided = $4, decided_by = $5 \
         WHERE id = $1 AND state = 'asked'",
    )
    .bind(handle.stored().wish.id.as_str())
    .bind(state.as_str())
    .bind(said)
    .bind(at.0)
    .bind(handle.who().as_str())
    .execute(connection)
    .await?;
    Ok(closed.rows_affected() > 0)
}

/// About whoever asked: what was decided is theirs to know.
fn entry(handle: &WishHandle, at: UnixMillis, act: &'static str, session: Option<&TutoringId>) -> AuditEntry {
    let wish = &handle.stored().wish;
    let details = serde_json::json!({ "wish": wish.id, "session": session });
    let subject = format!("person:{}", wish.person);
    AuditEntry { by: By::Person(handle.who().clone()), at, act: act.into(), subject, details }
}

async fn insert(connection: &mut Connection, wish: &NewWish) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO tutoring_wishes (id, person, school, shelf, kind, title, stage, subject, grade, taxon, \
         lesson_type, words, times, state, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(wish.id.as_str())
    .bind(wish.person.as_str())
    .bind(wish.school.as_str())
    .bind(wish.shelf.to_string())
    .bind(wish.kind.as_str())
    .bind(wish.title.as_str())
    .bind(&wish.placing.stage)
    .bind(&wish.placing.subject)
    .bind(&wish.placing.grade)
    .bind(wish.placing.taxon.as_ref().map(|taxon| taxon.as_str()))
    .bind(&wish.placing.lesson_type)
    .bind(&wish.words)
    .bind(serde_json::json!(wish.times).to_string())
    .bind(WishState::Asked.as_str())
    .bind(wish.at.0)
    .execute(connection)
    .await
    .map(drop)
}

fn stored(row: &DbRow) -> sqlx::Result<StoredWish> {
    let unreadable = |what: &str| sqlx::Error::Decode(format!("cannot read {what} of a wish").into());
    let times: String = row.try_get("times")?;
    let wish = NewWish {
        id: parsed(row.try_get("id")?)?,
        person: parsed(row.try_get("person")?)?,
        school: parsed(row.try_get("school")?)?,
        shelf: row.try_get::<String, _>("shelf")?.parse().map_err(|_| unreadable("the shelf"))?,
        kind: decoded("a kind of session", TutoringKind::named, row.try_get("kind")?)?,
        title: title(row.try_get("title")?)?,
        words: row.try_get("words")?,
        placing: placing(row)?,
        times: serde_json::from_str(&times).map_err(|_| unreadable("the times"))?,
        at: UnixMillis(row.try_get("at")?),
    };
    Ok(StoredWish {
        number: row.try_get::<i64, _>("number")? as u64,
        wish,
        state: decoded("the state of a wish", WishState::named, row.try_get("state")?)?,
        decided: row.try_get::<Option<i64>, _>("decided")?.map(UnixMillis),
        decided_by: row.try_get::<Option<String>, _>("decided_by")?.map(parsed).transpose()?,
        said: row.try_get("said")?,
        session: row.try_get::<Option<String>, _>("session")?.map(parsed).transpose()?,
    })
}
