//! Photos and voice clips in tutoring sessions.

use async_trait::async_trait;
use shared::tutoring::{MAX_CLIPS, MAX_LOOSE_MEDIA, MediaKind};
use shared::words::{MediaId, QuestionId, UnixMillis};
use sqlx::Row;

use super::item_rows::decoded;
use super::rows::parsed;
use super::tutoring::entry;
use super::{Connection, DbRow, Deed, SqlStore, audit, renditions, room};
use crate::store::{Account, AddedMedia, Leading, Media, MediaPart, NewMedia, Result, StoredMedia, TutoringHandle};

#[async_trait]
impl Media for SqlStore {
    async fn add_media(&self, session: &TutoringHandle, media: &NewMedia) -> Result<AddedMedia> {
        let deed = || format!("add media {} to session {}", media.id, session.id());
        let mut transaction = self.begin(deed).await?;
        let added = async {
            let known: Option<(String, String, String)> =
                sqlx::query_as("SELECT session, author, blob FROM tutoring_media WHERE id = $1")
                    .bind(media.id.as_str())
                    .fetch_optional(&mut *transaction)
                    .await?;
            if let Some((of, by, blob)) = known {
                let same = of == session.id().as_str() && by == session.who().as_str() && blob == media.blob.as_str();
                return Ok(if same { AddedMedia::Before } else { AddedMedia::Otherwise });
            }
            let loose: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM tutoring_media WHERE session = $1 AND author = $2 AND question IS NULL AND moment IS NULL",
            )
            .bind(session.id().as_str())
            .bind(session.who().as_str())
            .fetch_one(&mut *transaction)
            .await?;
            if loose >= MAX_LOOSE_MEDIA as i64 {
                return Ok(AddedMedia::TooManyLoose);
            }
            if room::usage(&mut transaction, &media.account, media.at).await?.free() < media.bytes {
                return Ok(AddedMedia::NoRoom);
            }
            insert(&mut transaction, session, media).await?;
            sqlx::Result::Ok(AddedMedia::Now)
        };
        let added = added.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(added)
    }

    async fn media(&self, session: &TutoringHandle, id: &MediaId) -> Result<Option<StoredMedia>> {
        let deed = || format!("read media {id}");
        let row = sqlx::query("SELECT * FROM tutoring_media WHERE session = $1 AND id = $2")
            .bind(session.id().as_str())
            .bind(id.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.as_ref().map(stored).transpose().deed(deed)
    }

    async fn media_of(&self, session: &TutoringHandle) -> Result<Vec<StoredMedia>> {
        let deed = || format!("list the media of session {}", session.id());
        let rows = sqlx::query(
            "SELECT * FROM tutoring_media WHERE session = $1 AND (question IS NOT NULL OR moment IS NOT NULL) \
             ORDER BY moment, number",
        )
        .bind(session.id().as_str())
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn say_clip(&self, session: &TutoringHandle, id: &MediaId, moment: i64) -> Result<bool> {
        let deed = || format!("say clip {id} to session {}", session.id());
        let mut transaction = self.begin(deed).await?;
        let said = async {
            let all: i64 =
                sqlx::query_scalar("SELECT count(*) FROM tutoring_media WHERE session = $1 AND moment IS NOT NULL")
                    .bind(session.id().as_str())
                    .fetch_one(&mut *transaction)
                    .await?;
            if all >= MAX_CLIPS as i64 {
                return Ok(false);
            }
            let said = sqlx::query(
                "UPDATE tutoring_media SET moment = $4 WHERE session = $1 AND id = $2 AND author = $3 \
                 AND kind = 'clip' AND question IS NULL AND moment IS NULL",
            )
            .bind(session.id().as_str())
            .bind(id.as_str())
            .bind(session.who().as_str())
            .bind(moment)
            .execute(&mut *transaction)
            .await?;
            sqlx::Result::Ok(said.rows_affected() > 0)
        };
        let said = said.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(said)
    }

    async fn withdraw_clip(&self, session: &TutoringHandle, id: &MediaId) -> Result<bool> {
        let deed = || format!("withdraw clip {id}");
        let mut transaction = self.begin(deed).await?;
        let blobs: Vec<String> = sqlx::query_scalar(
            "DELETE FROM tutoring_media WHERE session = $1 AND id = $2 AND author = $3 AND moment IS NOT NULL RETURNING blob",
        )
        .bind(session.id().as_str())
        .bind(id.as_str())
        .bind(session.who().as_str())
        .fetch_all(&mut *transaction)
        .await
        .deed(deed)?;
        leave(&mut transaction, &blobs).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(!blobs.is_empty())
    }

    async fn remove_clip(&self, session: Leading<'_>, id: &MediaId, at: UnixMillis) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("remove clip {id}");
        let mut transaction = self.begin(deed).await?;
        let removed = async {
            let found: Vec<(String, String)> = sqlx::query_as(
                "DELETE FROM tutoring_media WHERE session = $1 AND id = $2 AND moment IS NOT NULL RETURNING blob, author",
            )
            .bind(handle.id().as_str())
            .bind(id.as_str())
            .fetch_all(&mut *transaction)
            .await?;
            for (blob, author) in &found {
                leave(&mut transaction, std::slice::from_ref(blob)).await?;
                let details = serde_json::json!({ "clip": id, "person": author });
                audit::append(&mut transaction, &[entry(handle, at, "tutoring.clip-removed", details)]).await?;
            }
            sqlx::Result::Ok(!found.is_empty())
        };
        let removed = removed.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(removed)
    }

    async fn forget_loose_media(&self, before: UnixMillis) -> Result<()> {
        let deed = || "forget photos and clips that are nowhere".to_owned();
        let mut transaction = self.begin(deed).await?;
        let blobs: Vec<String> = sqlx::query_scalar(
            "DELETE FROM tutoring_media WHERE question IS NULL AND moment IS NULL AND at < $1 RETURNING blob",
        )
        .bind(before.0)
        .fetch_all(&mut *transaction)
        .await
        .deed(deed)?;
        leave(&mut transaction, &blobs).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }
}

/// Loose media of whoever asks become parts of their question.
pub async fn attach(
    connection: &mut Connection,
    session: &TutoringHandle,
    question: &QuestionId,
    media: &[MediaId],
) -> sqlx::Result<()> {
    for id in media {
        sqlx::query(
            "UPDATE tutoring_media SET question = $4 WHERE session = $1 AND id = $2 AND author = $3 \
             AND question IS NULL AND moment IS NULL",
        )
        .bind(session.id().as_str())
        .bind(id.as_str())
        .bind(session.who().as_str())
        .bind(question.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// With a question that is withdrawn goes what was part of it.
pub async fn forget_of(connection: &mut Connection, question: &QuestionId) -> sqlx::Result<()> {
    let blobs: Vec<String> = sqlx::query_scalar("DELETE FROM tutoring_media WHERE question = $1 RETURNING blob")
        .bind(question.as_str())
        .fetch_all(&mut *connection)
        .await?;
    leave(connection, &blobs).await
}

async fn leave(connection: &mut Connection, blobs: &[String]) -> sqlx::Result<()> {
    for blob in blobs {
        renditions::leave(connection, blob).await?;
    }
    Ok(())
}

async fn insert(connection: &mut Connection, session: &TutoringHandle, media: &NewMedia) -> sqlx::Result<()> {
    let NewMedia { id, kind, blob, media_type, bytes, size, millis, peaks, account, at } = media;
    let (school, payer) = match account {
        Account::School(school) => (Some(school.as_str()), None),
        Account::Person(person) => (None, Some(person.as_str())),
    };
    sqlx::query(
        "INSERT INTO tutoring_media (id, session, author, kind, blob, media_type, bytes, width, height, millis, peaks, \
         school, payer, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(id.as_str())
    .bind(session.id().as_str())
    .bind(session.who().as_str())
    .bind(kind.as_str())
    .bind(blob.as_str())
    .bind(*media_type)
    .bind(*bytes as i64)
    .bind(size.map(|(width, _)| i64::from(width)))
    .bind(size.map(|(_, height)| i64::from(height)))
    .bind(millis.map(i64::from))
    .bind(serde_json::json!(peaks).to_string())
    .bind(school)
    .bind(payer)
    .bind(at.0)
    .execute(connection)
    .await
    .map(drop)
}

pub fn stored(row: &DbRow) -> sqlx::Result<StoredMedia> {
    let number = |column: &str| row.try_get::<Option<i64>, _>(column);
    let small = |column: &str| number(column).map(|number| number.map(|number| number as u32));
    let question = row.try_get::<Option<String>, _>("question")?.map(parsed).transpose()?;
    let part = match (question, number("moment")?) {
        (Some(question), _) => MediaPart::Question(question),
        (None, Some(moment)) => MediaPart::Said(moment),
        (None, None) => MediaPart::Loose,
    };
    let peaks = serde_json::from_str(row.try_get("peaks")?).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(StoredMedia {
        id: parsed(row.try_get("id")?)?,
        author: parsed(row.try_get("author")?)?,
        kind: decoded("the kind of a photo or clip", MediaKind::named, row.try_get("kind")?)?,
        blob: parsed(row.try_get("blob")?)?,
        media_type: row.try_get("media_type")?,
        bytes: row.try_get::<i64, _>("bytes")? as u64,
        size: small("width")?.zip(small("height")?),
        millis: small("millis")?,
        peaks,
        at: UnixMillis(row.try_get("at")?),
        part,
    })
}
