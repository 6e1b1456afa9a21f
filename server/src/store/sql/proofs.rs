//! One-time passwords and accounts of a single sign-on.

use async_trait::async_trait;
use shared::words::{UnixMillis, UserId};
use sqlx::Row;

use super::invitations::entry;
use super::rows::parsed;
use super::transaction::Transaction;
use super::{Deed, SqlStore, audit};
use crate::secret::SecretHash;
use crate::store::{By, OtherProofs, Result, StoredOneTime};

#[async_trait]
impl OtherProofs for SqlStore {
    async fn one_time(&self, person: &UserId) -> Result<Option<StoredOneTime>> {
        let deed = || format!("look up whether {person} has one-time passwords");
        let row = sqlx::query(
            "SELECT secret, confirmed, (SELECT count(*) FROM recovery_codes WHERE person = $1) AS codes \
             FROM one_time_passwords WHERE person = $1",
        )
        .bind(person.as_str())
        .fetch_optional(&self.read)
        .await
        .deed(deed)?;
        row.map(|row| {
            let (confirmed, codes): (Option<i64>, i64) = (row.try_get("confirmed")?, row.try_get("codes")?);
            let recovery_codes = u32::try_from(codes).unwrap_or(u32::MAX);
            Ok(StoredOneTime { secret: row.try_get("secret")?, confirmed: confirmed.map(UnixMillis), recovery_codes })
        })
        .transpose()
        .deed(deed)
    }

    async fn set_up_one_time(&self, person: &UserId, secret: &[u8], at: UnixMillis) -> Result<bool> {
        let kept = sqlx::query(
            "INSERT INTO one_time_passwords (person, secret, made) VALUES ($1, $2, $3) \
             ON CONFLICT (person) DO UPDATE SET secret = excluded.secret, made = excluded.made, last_step = 0 \
             WHERE one_time_passwords.confirmed IS NULL",
        )
        .bind(person.as_str())
        .bind(secret)
        .bind(at.0)
        .execute(&self.write)
        .await
        .deed(|| format!("set up one-time passwords of {person}"))?;
        Ok(kept.rows_affected() > 0)
    }

    async fn confirm_one_time(
        &self,
        person: &UserId,
        step: u64,
        recovery: &[SecretHash],
        at: UnixMillis,
    ) -> Result<()> {
        let deed = || format!("confirm the one-time passwords of {person}");
        let mut transaction = self.begin(deed).await?;
        sqlx::query("UPDATE one_time_passwords SET confirmed = $2, last_step = $3 WHERE person = $1")
            .bind(person.as_str())
            .bind(at.0)
            .bind(step as i64)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        sqlx::query("DELETE FROM recovery_codes WHERE person = $1")
            .bind(person.as_str())
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        for code in recovery {
            sqlx::query("INSERT INTO recovery_codes (person, hash) VALUES ($1, $2)")
                .bind(person.as_str())
                .bind(&code.0[..])
                .execute(&mut *transaction)
                .await
                .deed(deed)?;
        }
        let by = By::Judged(person.clone());
        let line = entry(&by, at, "one-time.begun", person, serde_json::json!({}));
        audit::append(&mut transaction, &[line]).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn use_step(&self, person: &UserId, step: u64) -> Result<bool> {
        let used = sqlx::query("UPDATE one_time_passwords SET last_step = $2 WHERE person = $1 AND last_step < $2")
            .bind(person.as_str())
            .bind(step as i64)
            .execute(&self.write)
            .await
            .deed(|| format!("use a one-time password of {person}"))?;
        Ok(used.rows_affected() > 0)
    }

    async fn use_recovery_code(&self, person: &UserId, code: SecretHash) -> Result<bool> {
        let used = sqlx::query("DELETE FROM recovery_codes WHERE person = $1 AND hash = $2")
            .bind(person.as_str())
            .bind(&code.0[..])
            .execute(&self.write)
            .await
            .deed(|| format!("use a recovery code of {person}"))?;
        Ok(used.rows_affected() > 0)
    }

    async fn end_one_time(&self, person: &UserId, by: &By, at: UnixMillis) -> Result<()> {
        let deed = || format!("end the one-time passwords of {person}");
        let mut transaction = self.begin(deed).await?;
        let mut ended = 0;
        for sql in ["DELETE FROM recovery_codes WHERE person = $1", "DELETE FROM one_time_passwords WHERE person = $1"]
        {
            let done = sqlx::query(sql).bind(person.as_str()).execute(&mut *transaction).await.deed(deed)?;
            ended += done.rows_affected();
        }
        if ended > 0 {
            let line = entry(by, at, "one-time.ended", person, serde_json::json!({}));
            audit::append(&mut transaction, &[line]).await.deed(deed)?;
        }
        transaction.commit().await.deed(deed)
    }

    async fn sign_on(&self, issuer: &str, subject: &str) -> Result<Option<UserId>> {
        let deed = || "look up an account of the single sign-on".to_owned();
        let person: Option<String> =
            sqlx::query_scalar("SELECT person FROM sign_ons WHERE issuer = $1 AND subject = $2")
                .bind(issuer)
                .bind(subject)
                .fetch_optional(&self.read)
                .await
                .deed(deed)?;
        person.map(parsed).transpose().deed(deed)
    }

    async fn link_sign_on(&self, issuer: &str, subject: &str, person: &UserId, at: UnixMillis) -> Result<bool> {
        let deed = || format!("link an account of the single sign-on with {person}");
        let mut transaction = self.begin(deed).await?;
        let linked = sqlx::query(
            "INSERT INTO sign_ons (issuer, subject, person, linked) SELECT $1, $2, $3, $4 \
             WHERE NOT EXISTS (SELECT 1 FROM sign_ons WHERE issuer = $1 AND (subject = $2 OR person = $3))",
        )
        .bind(issuer)
        .bind(subject)
        .bind(person.as_str())
        .bind(at.0)
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        let linked = linked.rows_affected() > 0;
        if linked {
            let by = By::Judged(person.clone());
            let line = entry(&by, at, "sign-on.linked", person, serde_json::json!({ "issuer": issuer }));
            audit::append(&mut transaction, &[line]).await.deed(deed)?;
        }
        transaction.commit().await.deed(deed)?;
        Ok(linked)
    }

    async fn has_sign_on(&self, person: &UserId) -> Result<bool> {
        let found: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sign_ons WHERE person = $1)")
            .bind(person.as_str())
            .fetch_one(&self.read)
            .await
            .deed(|| format!("look up whether {person} comes by the single sign-on"))?;
        Ok(found)
    }

    async fn unlink_sign_ons(&self, person: &UserId, by: &By, at: UnixMillis) -> Result<()> {
        let deed = || format!("part {person} from the single sign-on");
        let mut transaction = self.begin(deed).await?;
        part_from_sign_ons(&mut transaction, person, by, at).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }
}

/// Whoever comes by an account of the single sign-on comes as this person no more.
pub(super) async fn part_from_sign_ons(
    transaction: &mut Transaction,
    person: &UserId,
    by: &By,
    at: UnixMillis,
) -> sqlx::Result<()> {
    let parted =
        sqlx::query("DELETE FROM sign_ons WHERE person = $1").bind(person.as_str()).execute(&mut **transaction).await?;
    if parted.rows_affected() > 0 {
        let line = entry(by, at, "sign-on.parted", person, serde_json::json!({}));
        audit::append(transaction, &[line]).await?;
    }
    Ok(())
}
