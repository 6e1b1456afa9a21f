//! Uploads and files.

use async_trait::async_trait;
use shared::api::{MAX_UPLOADS_UNDER_WAY, UPLOAD_ENDS_AFTER};
use shared::library::Unfit;
use shared::words::{BlobId, SchoolId, UnixMillis, UploadId, UserId};
use sqlx::Row;

use super::item_writes::insert_file;
use super::rows::parsed;
use super::{Connection, DbRow, Deed, SqlStore, renditions, room};
use crate::clock;
use crate::store::{Account, Begun, By, NewUpload, Result, StoredFile, StoredState, StoredUpload, Uploads, Usage};

/// An upload with the facts of its file.
macro_rules! uploads {
    ($and:literal) => {
        concat!(
            "SELECT u.id, u.person, u.name, u.bytes, u.state, u.blob, u.why, u.made, u.touched, u.used, r.facts ",
            "FROM uploads u LEFT JOIN readings r ON r.blob = u.blob AND r.claim = u.claim WHERE ",
            $and
        )
    };
}

#[async_trait]
impl Uploads for SqlStore {
    async fn begin_upload(&self, upload: &NewUpload) -> Result<Begun> {
        let deed = || format!("begin the upload {}", upload.id);
        let mut transaction = self.begin(deed).await?;
        let under_way: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM uploads WHERE person = $1 AND state = 'receiving' AND touched > $2",
        )
        .bind(upload.person.as_str())
        .bind(upload.at.0 - UPLOAD_ENDS_AFTER)
        .fetch_one(&mut *transaction)
        .await
        .deed(deed)?;
        if under_way >= i64::from(MAX_UPLOADS_UNDER_WAY) {
            transaction.commit().await.deed(deed)?;
            return Ok(Begun::TooMany);
        }
        let usage = room::usage(&mut transaction, &upload.account, upload.at).await.deed(deed)?;
        if usage.free() < upload.bytes {
            transaction.commit().await.deed(deed)?;
            return Ok(Begun::NoRoom(usage));
        }
        insert(&mut transaction, upload, Inserted::Receiving).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(Begun::Begun)
    }

    async fn begin_known(&self, upload: &NewUpload, file: &StoredFile) -> Result<Option<Begun>> {
        let deed = || format!("note the known file {} as an upload", upload.id);
        let mut transaction = self.begin(deed).await?;
        let here: Option<i64> = sqlx::query_scalar("SELECT bytes FROM files WHERE blob = $1 AND bytes = $2")
            .bind(file.blob.as_str())
            .bind(upload.bytes as i64)
            .fetch_optional(&mut *transaction)
            .await
            .deed(deed)?;
        let begun = match here {
            None => None,
            Some(_) => {
                insert_file(&mut transaction, file).await.deed(deed)?;
                insert(&mut transaction, upload, Inserted::Ready(file)).await.deed(deed)?;
                // With it noted, a file that the school has already counts once.
                let usage = room::usage(&mut transaction, &upload.account, upload.at).await.deed(deed)?;
                if usage.used > usage.limit {
                    remove(&mut transaction, &upload.id).await.deed(deed)?;
                    Some(Begun::NoRoom(Usage { used: usage.used - upload.bytes.min(usage.used), ..usage }))
                } else {
                    Some(Begun::Begun)
                }
            }
        };
        transaction.commit().await.deed(deed)?;
        Ok(begun)
    }

    async fn refuse_known(&self, upload: &NewUpload, why: Unfit) -> Result<()> {
        let deed = || format!("note that the upload {} was refused at once", upload.id);
        let mut transaction = self.begin(deed).await?;
        insert(&mut transaction, upload, Inserted::Refused(why)).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn upload(&self, id: &UploadId) -> Result<Option<StoredUpload>> {
        let deed = || format!("look up the upload {id}");
        let row = sqlx::query(uploads!("u.id = $1")).bind(id.as_str()).fetch_optional(&self.read).await.deed(deed)?;
        row.map(|row| stored(&row)).transpose().deed(deed)
    }

    async fn uploads_of(&self, person: &UserId) -> Result<Vec<StoredUpload>> {
        let deed = || format!("list the uploads of {person}");
        let rows = sqlx::query(uploads!("u.person = $1 AND u.used IS NULL ORDER BY u.made, u.id"))
            .bind(person.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn uploads_under_way(&self) -> Result<Vec<StoredUpload>> {
        let deed = || "list the uploads under way".to_owned();
        let rows = sqlx::query(uploads!("u.state IN ('receiving', 'checking') ORDER BY u.made, u.id"))
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn touch_upload(&self, id: &UploadId, received: u64, at: UnixMillis) -> Result<()> {
        sqlx::query("UPDATE uploads SET touched = $2, received = $3 WHERE id = $1 AND state = 'receiving'")
            .bind(id.as_str())
            .bind(at.0)
            .bind(received as i64)
            .execute(&self.write)
            .await
            .deed(|| format!("note that more of the upload {id} has come"))
            .map(drop)
    }

    async fn hold_room(&self, id: &UploadId, at: UnixMillis) -> Result<Begun> {
        let deed = || format!("hold room for the upload {id}");
        let mut transaction = self.begin(deed).await?;
        let begun = async {
            let waits: Option<(String, Option<String>, i64)> = sqlx::query_as(
                "SELECT person, school, bytes - received FROM uploads \
                 WHERE id = $1 AND state = 'receiving' AND touched <= $2",
            )
            .bind(id.as_str())
            .bind(room::held_since(at).0)
            .fetch_optional(&mut *transaction)
            .await?;
            let Some((person, school, to_come)) = waits else { return Ok(Begun::Begun) };
            let account = match school {
                Some(school) => Account::School(parsed(school)?),
                None => Account::Person(parsed(person)?),
            };
            let usage = room::usage(&mut transaction, &account, at).await?;
            if usage.free() < to_come as u64 {
                return Ok(Begun::NoRoom(usage));
            }
            sqlx::query("UPDATE uploads SET touched = $2 WHERE id = $1")
                .bind(id.as_str())
                .bind(at.0)
                .execute(&mut *transaction)
                .await?;
            sqlx::Result::Ok(Begun::Begun)
        };
        let begun = begun.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(begun)
    }

    async fn upload_is_whole(&self, id: &UploadId, at: UnixMillis) -> Result<bool> {
        sqlx::query("UPDATE uploads SET state = 'checking', touched = $2 WHERE id = $1 AND state = 'receiving'")
            .bind(id.as_str())
            .bind(at.0)
            .execute(&self.write)
            .await
            .deed(|| format!("note that the upload {id} is whole"))
            .map(|done| done.rows_affected() > 0)
    }

    async fn upload_is_ready(&self, id: &UploadId, file: &StoredFile) -> Result<bool> {
        let deed = || format!("note that the upload {id} is ready");
        let mut transaction = self.begin(deed).await?;
        insert_file(&mut transaction, file).await.deed(deed)?;
        let ready = sqlx::query(
            "UPDATE uploads SET state = 'ready', blob = $2, claim = $3, touched = $4 WHERE id = $1 AND state = 'checking'",
        )
        .bind(id.as_str())
        .bind(file.blob.as_str())
        .bind(&file.claim)
        .bind(file.checked.0)
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(ready.rows_affected() > 0)
    }

    async fn upload_is_refused(&self, id: &UploadId, why: Unfit, at: UnixMillis) -> Result<()> {
        sqlx::query("UPDATE uploads SET state = 'refused', why = $2, touched = $3 WHERE id = $1 AND state = 'checking'")
            .bind(id.as_str())
            .bind(why.as_str())
            .bind(at.0)
            .execute(&self.write)
            .await
            .deed(|| format!("note that the upload {id} was refused"))
            .map(drop)
    }

    async fn use_uploads(&self, ids: &[UploadId], person: &UserId, at: UnixMillis) -> Result<bool> {
        let deed = || format!("use {} uploads", ids.len());
        let mut transaction = self.begin(deed).await?;
        for id in ids {
            let theirs: i64 =
                sqlx::query_scalar("SELECT count(*) FROM uploads WHERE id = $1 AND person = $2 AND state = 'ready'")
                    .bind(id.as_str())
                    .bind(person.as_str())
                    .fetch_one(&mut *transaction)
                    .await
                    .deed(deed)?;
            if theirs == 0 {
                transaction.commit().await.deed(deed)?;
                return Ok(false);
            }
        }
        for id in ids {
            sqlx::query("UPDATE uploads SET used = coalesce(used, $2) WHERE id = $1")
                .bind(id.as_str())
                .bind(at.0)
                .execute(&mut *transaction)
                .await
                .deed(deed)?;
        }
        transaction.commit().await.deed(deed)?;
        Ok(true)
    }

    async fn end_upload(&self, id: &UploadId) -> Result<bool> {
        sqlx::query("DELETE FROM uploads WHERE id = $1 AND used IS NULL")
            .bind(id.as_str())
            .execute(&self.write)
            .await
            .deed(|| format!("end the upload {id}"))
            .map(|done| done.rows_affected() > 0)
    }

    async fn end_uploads_under_way(&self) -> Result<()> {
        sqlx::query("DELETE FROM uploads WHERE state IN ('receiving', 'checking')")
            .execute(&self.write)
            .await
            .deed(|| "end the uploads under way".to_owned())
            .map(drop)
    }

    async fn uploads_untouched_since(&self, since: UnixMillis) -> Result<Vec<UploadId>> {
        let deed = || "list the uploads that have ended".to_owned();
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id FROM uploads WHERE used IS NULL AND touched <= $1 AND state <> 'checking'")
                .bind(since.0)
                .fetch_all(&self.read)
                .await
                .deed(deed)?;
        ids.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn file(&self, blob: &BlobId) -> Result<Option<u64>> {
        let bytes: Option<i64> = sqlx::query_scalar("SELECT bytes FROM files WHERE blob = $1")
            .bind(blob.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(|| format!("look up the file {blob}"))?;
        Ok(bytes.map(|bytes| bytes as u64))
    }

    async fn reading(&self, blob: &BlobId, claim: &str) -> Result<Option<StoredFile>> {
        let deed = || format!("look up how the file {blob} reads");
        let row = sqlx::query(
            "SELECT files.blob, bytes, claim, facts, text, thumbnail, checked FROM files \
             JOIN readings ON readings.blob = files.blob WHERE files.blob = $1 AND claim = $2",
        )
        .bind(blob.as_str())
        .bind(claim)
        .fetch_optional(&self.read)
        .await
        .deed(deed)?;
        row.map(|row| stored_file(&row)).transpose().deed(deed)
    }

    async fn file_blobs(&self) -> Result<Vec<BlobId>> {
        let deed = || "list the files".to_owned();
        let blobs: Vec<String> = sqlx::query_scalar(
            "SELECT blob FROM files UNION SELECT thumbnail FROM files WHERE thumbnail IS NOT NULL ORDER BY 1",
        )
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        blobs.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn files_left(&self, checked: UnixMillis) -> Result<Vec<BlobId>> {
        let deed = || "list the files that nobody has any more".to_owned();
        let blobs: Vec<String> = sqlx::query_scalar(
            "SELECT blob FROM files WHERE checked < $1 \
             AND NOT EXISTS (SELECT 1 FROM uploads WHERE uploads.blob = files.blob) \
             AND NOT EXISTS (SELECT 1 FROM item_files WHERE item_files.blob = files.blob)",
        )
        .bind(checked.0)
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        blobs.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn forget_file(&self, blob: &BlobId) -> Result<()> {
        let deed = || format!("forget the file {blob}");
        let mut transaction = self.begin(deed).await?;
        forget_file(&mut transaction, blob).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn usage(&self, of: &Account) -> Result<Usage> {
        let deed = || "ask how much is kept".to_owned();
        let mut transaction = self.begin_to_read(deed).await?;
        let usage = room::usage(&mut transaction, of, clock::now()).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(usage)
    }

    async fn set_quota(&self, school: &SchoolId, bytes: Option<u64>, by: By, at: UnixMillis) -> Result<()> {
        let deed = || format!("set how much school {school} may keep");
        let mut transaction = self.begin(deed).await?;
        room::set_quota(&mut transaction, school, bytes, by, at).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn remove_binned(&self, before: UnixMillis, at: UnixMillis, most: u32) -> Result<u32> {
        let deed = || "remove what was in the bin for long".to_owned();
        let mut transaction = self.begin(deed).await?;
        let removed = room::remove_binned(&mut transaction, before, at, most).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(removed)
    }
}

/// How an upload begins.
enum Inserted<'a> {
    Receiving,
    Ready(&'a StoredFile),
    Refused(Unfit),
}

async fn insert(connection: &mut Connection, upload: &NewUpload, how: Inserted<'_>) -> sqlx::Result<()> {
    let NewUpload { id, person, account, name, bytes, at } = upload;
    let school = match account {
        Account::School(school) => Some(school.as_str()),
        Account::Person(_) => None,
    };
    let (state, file, why) = match how {
        Inserted::Receiving => ("receiving", None, None),
        Inserted::Ready(file) => ("ready", Some(file), None),
        Inserted::Refused(why) => ("refused", None, Some(why)),
    };
    sqlx::query(
        "INSERT INTO uploads (id, person, school, name, bytes, state, blob, claim, why, made, touched) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
    )
    .bind(id.as_str())
    .bind(person.as_str())
    .bind(school)
    .bind(name)
    .bind(*bytes as i64)
    .bind(state)
    .bind(file.map(|file| file.blob.as_str()))
    .bind(file.map(|file| file.claim.as_str()))
    .bind(why.map(Unfit::as_str))
    .bind(at.0)
    .execute(connection)
    .await
    .map(drop)
}

/// Unless somebody has it; its bytes, its small picture and its small rendition are left to be removed.
async fn forget_file(connection: &mut Connection, blob: &BlobId) -> sqlx::Result<()> {
    let had: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM uploads WHERE blob = $1) + (SELECT count(*) FROM item_files WHERE blob = $1)",
    )
    .bind(blob.as_str())
    .fetch_one(&mut *connection)
    .await?;
    if had > 0 {
        return Ok(());
    }
    let beside: Vec<String> = sqlx::query_scalar(
        "SELECT blob FROM files WHERE blob = $1 \
         UNION SELECT thumbnail FROM files WHERE blob = $1 AND thumbnail IS NOT NULL \
         UNION SELECT blob FROM renditions WHERE of_blob = $1 AND blob IS NOT NULL",
    )
    .bind(blob.as_str())
    .fetch_all(&mut *connection)
    .await?;
    for left in beside {
        renditions::leave(connection, &left).await?;
    }
    sqlx::query("DELETE FROM files WHERE blob = $1").bind(blob.as_str()).execute(connection).await.map(drop)
}

async fn remove(connection: &mut Connection, id: &UploadId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM uploads WHERE id = $1").bind(id.as_str()).execute(connection).await.map(drop)
}

fn stored(row: &DbRow) -> sqlx::Result<StoredUpload> {
    let (bytes, used): (i64, Option<i64>) = (row.try_get("bytes")?, row.try_get("used")?);
    Ok(StoredUpload {
        id: parsed(row.try_get("id")?)?,
        person: parsed(row.try_get("person")?)?,
        name: row.try_get("name")?,
        bytes: bytes as u64,
        state: state(row)?,
        made: UnixMillis(row.try_get("made")?),
        touched: UnixMillis(row.try_get("touched")?),
        used: used.map(UnixMillis),
    })
}

fn state(row: &DbRow) -> sqlx::Result<StoredState> {
    let (name, why): (String, Option<String>) = (row.try_get("state")?, row.try_get("why")?);
    let (blob, facts): (Option<String>, Option<String>) = (row.try_get("blob")?, row.try_get("facts")?);
    match (name.as_str(), why, blob, facts) {
        ("receiving", ..) => Ok(StoredState::Receiving),
        ("checking", ..) => Ok(StoredState::Checking),
        ("ready", _, Some(blob), Some(facts)) => {
            Ok(StoredState::Ready { blob: parsed(blob)?, facts: read_facts(&facts)? })
        }
        ("refused", Some(why), ..) => Ok(StoredState::Refused(Unfit::named(&why).ok_or_else(|| unreadable(&why))?)),
        _ => Err(unreadable(&name)),
    }
}

fn stored_file(row: &DbRow) -> sqlx::Result<StoredFile> {
    let (bytes, facts): (i64, String) = (row.try_get("bytes")?, row.try_get("facts")?);
    let thumbnail: Option<String> = row.try_get("thumbnail")?;
    Ok(StoredFile {
        blob: parsed(row.try_get("blob")?)?,
        bytes: bytes as u64,
        claim: row.try_get("claim")?,
        facts: read_facts(&facts)?,
        text: row.try_get("text")?,
        thumbnail: thumbnail.map(parsed).transpose()?,
        checked: UnixMillis(row.try_get("checked")?),
    })
}

fn read_facts(json: &str) -> sqlx::Result<shared::library::FileFacts> {
    serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(error.into()))
}

fn unreadable(what: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("cannot read the state of an upload: {what}").into())
}
