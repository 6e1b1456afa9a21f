//! Start codes and open invitations.

use async_trait::async_trait;
use shared::words::{UnixMillis, UserId};
use sqlx::Row;

use super::accounts::{end_all_of, put_password};
use super::proofs::part_from_sign_ons;
use super::rows::parsed;
use super::{DbRow, Deed, SqlStore, audit};
use crate::secret::SecretHash;
use crate::store::{AuditEntry, By, Invitations, NewStartCode, Result, StoredOpenInvitation, StoredStartCode};

#[async_trait]
impl Invitations for SqlStore {
    async fn add_start_codes(&self, codes: &[NewStartCode], by: &By, at: UnixMillis) -> Result<()> {
        let deed = || format!("keep {} start codes", codes.len());
        let mut transaction = self.begin(deed).await?;
        let mut entries = Vec::with_capacity(codes.len());
        for NewStartCode { person, hash, expires } in codes {
            sqlx::query(
                "INSERT INTO start_codes (person, hash, made_by, made, expires) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, made_by = excluded.made_by, \
                 made = excluded.made, expires = excluded.expires",
            )
            .bind(person.as_str())
            .bind(&hash.0[..])
            .bind(by.name())
            .bind(at.0)
            .bind(expires.0)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
            entries.push(entry(by, at, "person.invited", person, serde_json::json!({ "expires": expires })));
        }
        audit::append(&mut transaction, &entries).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn start_code(&self, hash: SecretHash) -> Result<Option<StoredStartCode>> {
        let deed = || "look up a start code".to_owned();
        let row: Option<(String, String, i64)> =
            sqlx::query_as("SELECT person, made_by, expires FROM start_codes WHERE hash = $1")
                .bind(&hash.0[..])
                .fetch_optional(&self.read)
                .await
                .deed(deed)?;
        row.map(|(person, made_by, expires)| {
            let made_by = if made_by.is_empty() { None } else { Some(parsed(made_by)?) };
            Ok(StoredStartCode { person: parsed(person)?, made_by, expires: UnixMillis(expires) })
        })
        .transpose()
        .deed(deed)
    }

    async fn start(&self, hash: SecretHash, password_hash: &str, at: UnixMillis) -> Result<bool> {
        let deed = || "use a start code".to_owned();
        let mut transaction = self.begin(deed).await?;
        let person: Option<String> =
            sqlx::query_scalar("DELETE FROM start_codes WHERE hash = $1 AND expires > $2 RETURNING person")
                .bind(&hash.0[..])
                .bind(at.0)
                .fetch_optional(&mut *transaction)
                .await
                .deed(deed)?;
        let Some(person) = person else {
            transaction.commit().await.deed(deed)?;
            return Ok(false);
        };
        let person: UserId = parsed(person).deed(deed)?;
        put_password(&mut transaction, &person, password_hash, at).await.deed(deed)?;
        end_all_of(&mut transaction, &person).await.deed(deed)?;
        let by = By::Judged(person.clone());
        let entries = [entry(&by, at, "password.set", &person, serde_json::json!({ "by": "start code" }))];
        audit::append(&mut transaction, &entries).await.deed(deed)?;
        part_from_sign_ons(&mut transaction, &person, &by, at).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(true)
    }

    async fn add_open_invitation(&self, invitation: &StoredOpenInvitation, hash: SecretHash) -> Result<()> {
        let StoredOpenInvitation { id, body, post, uses, used, made_by, made, ends, seats_until } = invitation;
        let deed = || format!("keep an open invitation into {body}");
        let mut transaction = self.begin(deed).await?;
        sqlx::query(
            "INSERT INTO open_invitations (id, hash, body, post, uses, used, made_by, made, ends, seats_until) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(id)
        .bind(&hash.0[..])
        .bind(body.to_string())
        .bind(post.as_str())
        .bind(i64::from(*uses))
        .bind(i64::from(*used))
        .bind(made_by.as_str())
        .bind(made.0)
        .bind(ends.0)
        .bind(seats_until.map(|until| until.0))
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        let details = serde_json::json!({ "invitation": id, "post": post, "uses": uses, "ends": ends });
        let by = By::Person(made_by.clone());
        let subject = body.to_string();
        let line = AuditEntry { by, at: *made, act: "invitation.opened".into(), subject, details };
        audit::append(&mut transaction, &[line]).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn open_invitation(&self, hash: SecretHash) -> Result<Option<StoredOpenInvitation>> {
        let deed = || "look up an open invitation".to_owned();
        let row = sqlx::query("SELECT * FROM open_invitations WHERE hash = $1")
            .bind(&hash.0[..])
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.map(|row| open_invitation(&row)).transpose().deed(deed)
    }

    async fn open_invitations(&self, now: UnixMillis) -> Result<Vec<StoredOpenInvitation>> {
        let deed = || "list the open invitations".to_owned();
        let rows = sqlx::query("SELECT * FROM open_invitations WHERE ends > $1 ORDER BY made DESC, id")
            .bind(now.0)
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(open_invitation).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn take_use(&self, id: &str, now: UnixMillis) -> Result<bool> {
        let taken =
            sqlx::query("UPDATE open_invitations SET used = used + 1 WHERE id = $1 AND used < uses AND ends > $2")
                .bind(id)
                .bind(now.0)
                .execute(&self.write)
                .await
                .deed(|| "use an open invitation".to_owned())?;
        Ok(taken.rows_affected() > 0)
    }

    async fn give_use_back(&self, id: &str) -> Result<()> {
        sqlx::query("UPDATE open_invitations SET used = used - 1 WHERE id = $1 AND used > 0")
            .bind(id)
            .execute(&self.write)
            .await
            .deed(|| "give back the use of an open invitation".to_owned())
            .map(drop)
    }

    async fn end_open_invitation(&self, id: &str, by: &By, at: UnixMillis) -> Result<()> {
        let deed = || "end an open invitation".to_owned();
        let mut transaction = self.begin(deed).await?;
        let body: Option<String> =
            sqlx::query_scalar("UPDATE open_invitations SET ends = $2 WHERE id = $1 AND ends > $2 RETURNING body")
                .bind(id)
                .bind(at.0)
                .fetch_optional(&mut *transaction)
                .await
                .deed(deed)?;
        if let Some(subject) = body {
            let details = serde_json::json!({ "invitation": id });
            let line = AuditEntry { by: by.clone(), at, act: "invitation.ended".into(), subject, details };
            audit::append(&mut transaction, &[line]).await.deed(deed)?;
        }
        transaction.commit().await.deed(deed)
    }
}

/// A line about what was done to a person's account.
pub(super) fn entry(
    by: &By,
    at: UnixMillis,
    act: &'static str,
    person: &UserId,
    details: serde_json::Value,
) -> AuditEntry {
    AuditEntry { by: by.clone(), at, act: act.into(), subject: format!("person:{person}"), details }
}

fn open_invitation(row: &DbRow) -> sqlx::Result<StoredOpenInvitation> {
    let (uses, used): (i64, i64) = (row.try_get("uses")?, row.try_get("used")?);
    let (body, seats_until): (String, Option<i64>) = (row.try_get("body")?, row.try_get("seats_until")?);
    Ok(StoredOpenInvitation {
        id: row.try_get("id")?,
        body: body.parse().map_err(|_| super::organisation::unreadable("the body of an invitation"))?,
        post: parsed(row.try_get("post")?)?,
        uses: u32::try_from(uses).unwrap_or(u32::MAX),
        used: u32::try_from(used).unwrap_or(u32::MAX),
        made_by: parsed(row.try_get("made_by")?)?,
        made: UnixMillis(row.try_get("made")?),
        ends: UnixMillis(row.try_get("ends")?),
        seats_until: seats_until.map(UnixMillis),
    })
}
