//! Passwords, sessions, tokens.

use async_trait::async_trait;
use shared::api::{Scope, TokenLine};
use shared::words::{UnixMillis, UserId};
use sqlx::Row;

use super::rows::parsed;
use super::{Connection, DbRow, Deed, SqlStore, damaged};
use crate::secret::SecretHash;
use crate::store::{
    Accounts, Credentials, Machine, NewToken, Organisation, Result, StoredSession, StoredToken, UsedBy,
};

#[async_trait]
impl Accounts for SqlStore {
    async fn credentials(&self, name: &str) -> Result<Option<Credentials>> {
        let directory = self.directory();
        let Some(person) = directory.person_named(name) else { return Ok(None) };
        let password_hash = sqlx::query_scalar("SELECT hash FROM passwords WHERE person = $1")
            .bind(person.id.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(|| "look up a login".to_owned())?;
        Ok(Some(Credentials { person: person.id.clone(), password_hash, active: person.is_active() }))
    }

    async fn password(&self, person: &UserId) -> Result<Option<(String, UnixMillis)>> {
        let row: Option<(String, i64)> = sqlx::query_as("SELECT hash, changed FROM passwords WHERE person = $1")
            .bind(person.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(|| format!("look up the password of {person}"))?;
        Ok(row.map(|(hash, changed)| (hash, UnixMillis(changed))))
    }

    async fn set_password(&self, person: &UserId, password_hash: &str, at: UnixMillis) -> Result<()> {
        let deed = || format!("set the password of {person}");
        let mut transaction = self.begin(deed).await?;
        put_password(&mut transaction, person, password_hash, at).await.deed(deed)?;
        end_all_of(&mut transaction, person).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn send_away(&self, person: &UserId) -> Result<()> {
        let deed = || format!("end what anybody came in with as {person}");
        let mut transaction = self.begin(deed).await?;
        end_all_of(&mut transaction, person).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn sent_away_since(&self, since: UnixMillis) -> Result<Vec<UserId>> {
        let deed = || "list the accounts closed or given a new password lately".to_owned();
        let sent_away: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM people LEFT JOIN passwords ON passwords.person = people.id \
             WHERE closed >= $1 OR suspended >= $1 OR (changed >= $1 AND changed > created)",
        )
        .bind(since.0)
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        sent_away.into_iter().map(parsed).collect::<Result<_, _>>().deed(deed)
    }

    async fn familiar(&self, person: &UserId) -> Result<Vec<SecretHash>> {
        let deed = || format!("read where {person} has signed in");
        let marks: Vec<Vec<u8>> = sqlx::query_scalar("SELECT mark FROM familiar WHERE person = $1")
            .bind(person.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        marks.into_iter().map(|mark| hash_of(mark).ok_or_else(|| damaged(deed(), HASH_BYTES))).collect()
    }

    async fn make_familiar(&self, person: &UserId, marks: &[SecretHash], at: UnixMillis) -> Result<()> {
        let deed = || format!("note where {person} has signed in");
        let mut transaction = self.begin(deed).await?;
        for mark in marks {
            sqlx::query(
                "INSERT INTO familiar (person, mark, at) VALUES ($1, $2, $3) \
                 ON CONFLICT (person, mark) DO UPDATE SET at = excluded.at",
            )
            .bind(person.as_str())
            .bind(&mark.0[..])
            .bind(at.0)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        }
        sqlx::query(
            "DELETE FROM familiar WHERE person = $1 AND mark NOT IN \
             (SELECT mark FROM familiar WHERE person = $1 ORDER BY at DESC LIMIT 16)",
        )
        .bind(person.as_str())
        .execute(&mut *transaction)
        .await
        .deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn open_session(&self, hash: SecretHash, session: &StoredSession) -> Result<()> {
        let StoredSession { person, created, seen, on: Machine { used_by, browser, system, network } } = session;
        sqlx::query(
            "INSERT INTO sessions (hash, person, created, seen, shared_computer, browser, system, network) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&hash.0[..])
        .bind(person.as_str())
        .bind(created.0)
        .bind(seen.0)
        .bind(match used_by {
            UsedBy::One => 0,
            UsedBy::Several => 1,
        })
        .bind(browser)
        .bind(system)
        .bind(network)
        .execute(&self.write)
        .await
        .deed(|| format!("open a session of {person}"))
        .map(|_| ())
    }

    async fn session(&self, hash: SecretHash) -> Result<Option<StoredSession>> {
        let deed = || "look up a session".to_owned();
        let row = sqlx::query("SELECT * FROM sessions WHERE hash = $1")
            .bind(&hash.0[..])
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.map(|row| session(&row)).transpose().deed(deed)
    }

    async fn sessions(&self, person: &UserId) -> Result<Vec<(SecretHash, StoredSession)>> {
        let deed = || format!("list the sessions of {person}");
        let rows = sqlx::query("SELECT * FROM sessions WHERE person = $1 ORDER BY seen DESC, hash")
            .bind(person.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter()
            .map(|row| {
                let hash = hash_of(row.try_get("hash").deed(deed)?).ok_or_else(|| damaged(deed(), HASH_BYTES))?;
                Ok((hash, session(row).deed(deed)?))
            })
            .collect()
    }

    async fn touch_session(&self, hash: SecretHash, at: UnixMillis) -> Result<()> {
        sqlx::query("UPDATE sessions SET seen = $2 WHERE hash = $1 AND seen < $2")
            .bind(&hash.0[..])
            .bind(at.0)
            .execute(&self.write)
            .await
            .deed(|| "note the use of a session".to_owned())
            .map(|_| ())
    }

    async fn end_session(&self, hash: SecretHash) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE hash = $1")
            .bind(&hash.0[..])
            .execute(&self.write)
            .await
            .deed(|| "end a session".to_owned())
            .map(|_| ())
    }

    async fn sweep_sessions(&self, opened: UnixMillis, seen: UnixMillis) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE created < $1 OR seen < $2")
            .bind(opened.0)
            .bind(seen.0)
            .execute(&self.write)
            .await
            .deed(|| "sweep old sessions".to_owned())
            .map(|_| ())
    }

    async fn add_token(&self, token: NewToken<'_>) -> Result<()> {
        let NewToken { hash, person, name, scopes, at, expires } = token;
        sqlx::query("INSERT INTO tokens (hash, person, name, created, expires, scopes) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&hash.0[..])
            .bind(person.as_str())
            .bind(name)
            .bind(at.0)
            .bind(expires.0)
            .bind(scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" "))
            .execute(&self.write)
            .await
            .deed(|| format!("add a token of {person}"))
            .map(|_| ())
    }

    async fn token(&self, hash: SecretHash) -> Result<Option<StoredToken>> {
        let deed = || "look up a token".to_owned();
        let row: Option<(String, i64, Option<i64>, String)> =
            sqlx::query_as("SELECT person, expires, used, scopes FROM tokens WHERE hash = $1")
                .bind(&hash.0[..])
                .fetch_optional(&self.read)
                .await
                .deed(deed)?;
        row.map(|(person, expires, used, scopes)| {
            let (person, scopes) = (parsed(person)?, scopes_of(&scopes));
            Ok(StoredToken { person, scopes, expires: UnixMillis(expires), used: used.map(UnixMillis) })
        })
        .transpose()
        .deed(deed)
    }

    async fn touch_token(&self, hash: SecretHash, at: UnixMillis) -> Result<()> {
        sqlx::query("UPDATE tokens SET used = $2 WHERE hash = $1")
            .bind(&hash.0[..])
            .bind(at.0)
            .execute(&self.write)
            .await
            .deed(|| "note the use of a token".to_owned())
            .map(|_| ())
    }

    async fn tokens(&self, person: &UserId) -> Result<Vec<TokenLine>> {
        let rows: Vec<(String, String, i64, Option<i64>, i64, String)> = sqlx::query_as(
            "SELECT lower(substr(hex(hash), 1, 16)), name, created, used, expires, scopes FROM tokens \
             WHERE person = $1 ORDER BY created DESC",
        )
        .bind(person.as_str())
        .fetch_all(&self.read)
        .await
        .deed(|| format!("list the tokens of {person}"))?;
        let line = |(id, name, created, used, expires, scopes): (_, _, _, Option<i64>, _, String)| TokenLine {
            id,
            name,
            created: UnixMillis(created),
            used: used.map(UnixMillis),
            expires: UnixMillis(expires),
            scopes: scopes_of(&scopes),
        };
        Ok(rows.into_iter().map(line).collect())
    }

    async fn end_token(&self, person: &UserId, id: &str) -> Result<Option<SecretHash>> {
        let deed = || format!("end a token of {person}");
        let ended: Option<Vec<u8>> = sqlx::query_scalar(
            "DELETE FROM tokens WHERE person = $1 AND lower(substr(hex(hash), 1, 16)) = $2 RETURNING hash",
        )
        .bind(person.as_str())
        .bind(id)
        .fetch_optional(&self.write)
        .await
        .deed(deed)?;
        ended.map(|hash| hash.try_into().map(SecretHash).map_err(|_| damaged(deed(), HASH_BYTES))).transpose()
    }

    async fn sweep_tokens(&self, expired: UnixMillis) -> Result<()> {
        sqlx::query("DELETE FROM tokens WHERE expires < $1")
            .bind(expired.0)
            .execute(&self.write)
            .await
            .deed(|| "sweep old tokens".to_owned())
            .map(|_| ())
    }
}

pub(super) async fn put_password(
    connection: &mut Connection,
    person: &UserId,
    password_hash: &str,
    at: UnixMillis,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO passwords (person, hash, changed) VALUES ($1, $2, $3) \
         ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed = excluded.changed",
    )
    .bind(person.as_str())
    .bind(password_hash)
    .bind(at.0)
    .execute(connection)
    .await
    .map(drop)
}

/// Ends what anybody came in with as this person, and forgets from where.
pub(super) async fn end_all_of(connection: &mut Connection, person: &UserId) -> sqlx::Result<()> {
    for sql in [
        "DELETE FROM sessions WHERE person = $1",
        "DELETE FROM tokens WHERE person = $1",
        "DELETE FROM familiar WHERE person = $1",
    ] {
        sqlx::query(sql).bind(person.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}

/// What is wrong with a stored hash of another length.
pub(super) const HASH_BYTES: &str = "a hash has 32 bytes";

fn session(row: &DbRow) -> sqlx::Result<StoredSession> {
    let shared: i64 = row.try_get("shared_computer")?;
    Ok(StoredSession {
        person: parsed(row.try_get("person")?)?,
        created: UnixMillis(row.try_get("created")?),
        seen: UnixMillis(row.try_get("seen")?),
        on: Machine {
            used_by: if shared == 0 { UsedBy::One } else { UsedBy::Several },
            browser: row.try_get("browser")?,
            system: row.try_get("system")?,
            network: row.try_get("network")?,
        },
    })
}

/// Scopes of a newer program are none here.
fn scopes_of(names: &str) -> Vec<Scope> {
    names.split(' ').filter_map(Scope::named).collect()
}

fn hash_of(bytes: Vec<u8>) -> Option<SecretHash> {
    bytes.try_into().ok().map(SecretHash)
}
