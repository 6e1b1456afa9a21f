//! People, passwords, sessions, tokens in SQLite.

use async_trait::async_trait;
use shared::access::Person;
use shared::api::{Me, PersonCard, TokenLine};
use shared::words::{TeamId, UnixMillis, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::rows::{parsed, person_card};
use super::{Deed, SqliteStore, damaged};
use crate::names::pinyin_index;
use crate::secret::SecretHash;
use crate::store::{
    Accounts, Credentials, Holder, NewPerson, NewToken, Organisation, Result, StoredSession, StoredToken,
};

/// Whoever is found as `$which` = `$1`, with a row for each team they are in at `$2`, or one without any. `$columns` come
/// besides.
macro_rules! holder_sql {
    ($columns:literal, $from:literal, $which:literal) => {
        concat!(
            "SELECT ",
            $columns,
            "people.closed AS closed, team_members.team AS team, person_cards.* FROM ",
            $from,
            " JOIN person_cards ON person_cards.id = people.id \
             LEFT JOIN team_members ON team_members.person = people.id \
             AND team_members.since <= $2 AND (team_members.until IS NULL OR team_members.until > $2) WHERE ",
            $which,
            " = $1"
        )
    };
}

#[async_trait]
impl Accounts for SqliteStore {
    async fn add_person(&self, person: NewPerson) -> Result<()> {
        let deed = || format!("add the account {}", person.login);
        let mut transaction = self.begin(deed).await?;
        sqlx::query("INSERT INTO people (id, name, pinyin, operator, created) VALUES ($1, $2, $3, $4, $5)")
            .bind(person.id.as_str())
            .bind(&person.name)
            .bind(pinyin_index(&person.name))
            .bind(i64::from(person.operator))
            .bind(person.at.0)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        sqlx::query("INSERT INTO logins (login, person, password_hash, changed) VALUES ($1, $2, $3, $4)")
            .bind(&person.login)
            .bind(person.id.as_str())
            .bind(&person.password_hash)
            .bind(person.at.0)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn credentials(&self, login: &str) -> Result<Option<Credentials>> {
        let deed = || "look up a login".to_owned();
        let row = sqlx::query(
            "SELECT logins.person, logins.password_hash, people.closed FROM logins \
             JOIN people ON people.id = logins.person WHERE logins.login = $1",
        )
        .bind(login)
        .fetch_optional(&self.read)
        .await
        .deed(deed)?;
        row.map(|row| {
            Ok(Credentials {
                person: parsed(row.try_get("person")?)?,
                password_hash: row.try_get("password_hash")?,
                active: row.try_get::<Option<i64>, _>("closed")?.is_none(),
            })
        })
        .transpose()
        .deed(deed)
    }

    async fn set_password(&self, person: &UserId, password_hash: &str, at: UnixMillis) -> Result<()> {
        let deed = || format!("set the password of {person}");
        let mut transaction = self.begin(deed).await?;
        sqlx::query("UPDATE logins SET password_hash = $2, changed = $3 WHERE person = $1")
            .bind(person.as_str())
            .bind(password_hash)
            .bind(at.0)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        end_all_of(&mut transaction, person).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn close_account(&self, person: &UserId, at: UnixMillis) -> Result<()> {
        let deed = || format!("close the account of {person}");
        let mut transaction = self.begin(deed).await?;
        sqlx::query("UPDATE people SET closed = $2 WHERE id = $1 AND closed IS NULL")
            .bind(person.as_str())
            .bind(at.0)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        end_all_of(&mut transaction, person).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn sent_away_since(&self, since: UnixMillis) -> Result<Vec<UserId>> {
        let deed = || "list the accounts closed or given a new password lately".to_owned();
        let sent_away: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM people JOIN logins ON logins.person = people.id \
             WHERE closed >= $1 OR (changed >= $1 AND changed > created)",
        )
        .bind(since.0)
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        sent_away.into_iter().map(parsed).collect::<Result<_, _>>().deed(deed)
    }

    async fn person(&self, id: &UserId, at: UnixMillis) -> Result<Option<Person>> {
        let deed = || format!("read the rights of {id}");
        let rows: Vec<(Option<i64>, Option<String>)> = sqlx::query_as(
            "SELECT people.closed, team_members.team FROM people \
             LEFT JOIN team_members ON team_members.person = people.id \
             AND team_members.since <= $2 AND (team_members.until IS NULL OR team_members.until > $2) \
             WHERE people.id = $1",
        )
        .bind(id.as_str())
        .bind(at.0)
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let Some((closed, _)) = rows.first() else { return Ok(None) };
        let closed = *closed;
        let teams: Vec<TeamId> =
            rows.into_iter().filter_map(|(_, team)| team).map(parsed).collect::<Result<_, _>>().deed(deed)?;
        Ok(Some(Person { id: id.clone(), active: closed.is_none(), teams }))
    }

    async fn card(&self, id: &UserId) -> Result<Option<PersonCard>> {
        let deed = || format!("read the card of {id}");
        let row = sqlx::query("SELECT * FROM person_cards WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.map_or(Ok(None), |row| person_card(&row, "").deed(deed))
    }

    async fn holder(&self, id: &UserId, at: UnixMillis) -> Result<Option<Holder>> {
        let deed = || format!("read who {id} is");
        let rows = sqlx::query(holder_sql!("", "people", "people.id"))
            .bind(id.as_str())
            .bind(at.0)
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        holder(&rows).deed(deed)
    }

    async fn me(&self, id: &UserId, at: UnixMillis) -> Result<Option<Me>> {
        let deed = || format!("read the account of {id}");
        let Some(person) = self.card(id).await? else { return Ok(None) };
        let row = sqlx::query(
            "SELECT people.operator AS operator, logins.login AS login, \
             (SELECT groups.name FROM seats \
              JOIN memberships ON memberships.school = seats.school AND memberships.until IS NULL \
              JOIN groups ON groups.id = memberships.group_id \
              WHERE seats.person = people.id AND seats.until IS NULL \
              ORDER BY seats.main DESC, memberships.since LIMIT 1) AS group_name \
             FROM people JOIN logins ON logins.person = people.id WHERE people.id = $1 AND people.closed IS NULL",
        )
        .bind(id.as_str())
        .fetch_optional(&self.read)
        .await
        .deed(deed)?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Me {
            person,
            login: row.try_get("login").deed(deed)?,
            group: row.try_get("group_name").deed(deed)?,
            teams: self.teams_of(id, at).await?,
            operator: row.try_get::<i64, _>("operator").deed(deed)? != 0,
        }))
    }

    async fn familiar(&self, person: &UserId) -> Result<Vec<SecretHash>> {
        let deed = || format!("read where {person} has signed in");
        let marks: Vec<Vec<u8>> = sqlx::query_scalar("SELECT mark FROM familiar WHERE person = $1")
            .bind(person.as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        marks.into_iter().map(|mark| hash_of(mark).ok_or_else(|| damaged(deed(), "a hash has 32 bytes"))).collect()
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

    async fn open_session(&self, hash: SecretHash, person: &UserId, at: UnixMillis) -> Result<()> {
        sqlx::query("INSERT INTO sessions (hash, person, created, seen) VALUES ($1, $2, $3, $3)")
            .bind(&hash.0[..])
            .bind(person.as_str())
            .bind(at.0)
            .execute(&self.write)
            .await
            .deed(|| format!("open a session of {person}"))
            .map(|_| ())
    }

    async fn session(&self, hash: SecretHash) -> Result<Option<StoredSession>> {
        let deed = || "look up a session".to_owned();
        let row: Option<(String, i64, i64)> =
            sqlx::query_as("SELECT person, created, seen FROM sessions WHERE hash = $1")
                .bind(&hash.0[..])
                .fetch_optional(&self.read)
                .await
                .deed(deed)?;
        row.map(|(person, created, seen)| {
            Ok(StoredSession { person: parsed(person)?, created: UnixMillis(created), seen: UnixMillis(seen) })
        })
        .transpose()
        .deed(deed)
    }

    async fn session_with_holder(&self, hash: SecretHash, at: UnixMillis) -> Result<Option<(StoredSession, Holder)>> {
        let deed = || "look up a session and whose it is".to_owned();
        let sql = holder_sql!(
            "sessions.created AS created, sessions.seen AS seen, ",
            "sessions JOIN people ON people.id = sessions.person",
            "sessions.hash"
        );
        let Some((row, holder)) = self.with_holder(sql, hash, at).await.deed(deed)? else { return Ok(None) };
        let session = |row: &SqliteRow| {
            let (created, seen) = (UnixMillis(row.try_get("created")?), UnixMillis(row.try_get("seen")?));
            Ok(StoredSession { person: holder.person.id.clone(), created, seen })
        };
        let session = session(&row).deed(deed)?;
        Ok(Some((session, holder)))
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
        let NewToken { hash, person, name, at, expires } = token;
        sqlx::query("INSERT INTO tokens (hash, person, name, created, expires) VALUES ($1, $2, $3, $4, $5)")
            .bind(&hash.0[..])
            .bind(person.as_str())
            .bind(name)
            .bind(at.0)
            .bind(expires.0)
            .execute(&self.write)
            .await
            .deed(|| format!("add a token of {person}"))
            .map(|_| ())
    }

    async fn token(&self, hash: SecretHash) -> Result<Option<StoredToken>> {
        let deed = || "look up a token".to_owned();
        let row: Option<(String, i64, Option<i64>)> =
            sqlx::query_as("SELECT person, expires, used FROM tokens WHERE hash = $1")
                .bind(&hash.0[..])
                .fetch_optional(&self.read)
                .await
                .deed(deed)?;
        row.map(|(person, expires, used)| {
            Ok(StoredToken { person: parsed(person)?, expires: UnixMillis(expires), used: used.map(UnixMillis) })
        })
        .transpose()
        .deed(deed)
    }

    async fn token_with_holder(&self, hash: SecretHash, at: UnixMillis) -> Result<Option<(StoredToken, Holder)>> {
        let deed = || "look up a token and whose it is".to_owned();
        let sql = holder_sql!(
            "tokens.expires AS expires, tokens.used AS used, ",
            "tokens JOIN people ON people.id = tokens.person",
            "tokens.hash"
        );
        let Some((row, holder)) = self.with_holder(sql, hash, at).await.deed(deed)? else { return Ok(None) };
        let token = |row: &SqliteRow| {
            let (expires, used) = (UnixMillis(row.try_get("expires")?), row.try_get::<Option<i64>, _>("used")?);
            Ok(StoredToken { person: holder.person.id.clone(), expires, used: used.map(UnixMillis) })
        };
        let token = token(&row).deed(deed)?;
        Ok(Some((token, holder)))
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
        let rows: Vec<(String, String, i64, Option<i64>, i64)> = sqlx::query_as(
            "SELECT lower(substr(hex(hash), 1, 16)), name, created, used, expires FROM tokens \
             WHERE person = $1 ORDER BY created DESC",
        )
        .bind(person.as_str())
        .fetch_all(&self.read)
        .await
        .deed(|| format!("list the tokens of {person}"))?;
        let line = |(id, name, created, used, expires): (String, String, i64, Option<i64>, i64)| TokenLine {
            id,
            name,
            created: UnixMillis(created),
            used: used.map(UnixMillis),
            expires: UnixMillis(expires),
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
        ended
            .map(|hash| hash.try_into().map(SecretHash).map_err(|_| damaged(deed(), "a hash has 32 bytes")))
            .transpose()
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

impl SqliteStore {
    /// What a statement of `holder_sql!` finds: the row of a session or token, and whose it is.
    async fn with_holder(
        &self,
        sql: &'static str,
        hash: SecretHash,
        at: UnixMillis,
    ) -> sqlx::Result<Option<(SqliteRow, Holder)>> {
        let mut rows = sqlx::query(sql).bind(&hash.0[..]).bind(at.0).fetch_all(&self.read).await?;
        Ok(holder(&rows)?.map(|holder| (rows.swap_remove(0), holder)))
    }
}

/// The rows of [`holder_sql`]; `None` if there are none.
fn holder(rows: &[SqliteRow]) -> Result<Option<Holder>, sqlx::Error> {
    let Some(first) = rows.first() else { return Ok(None) };
    let Some(card) = person_card(first, "")? else { return Ok(None) };
    let active = first.try_get::<Option<i64>, _>("closed")?.is_none();
    let team = |row: &SqliteRow| row.try_get::<Option<String>, _>("team")?.map(parsed).transpose();
    let teams = rows.iter().filter_map(|row| team(row).transpose()).collect::<Result<_, _>>()?;
    Ok(Some(Holder { person: Person { id: card.id.clone(), active, teams }, card }))
}

/// Ends what anybody came in with as this person, and forgets from where.
async fn end_all_of(connection: &mut SqliteConnection, person: &UserId) -> sqlx::Result<()> {
    for sql in [
        "DELETE FROM sessions WHERE person = $1",
        "DELETE FROM tokens WHERE person = $1",
        "DELETE FROM familiar WHERE person = $1",
    ] {
        sqlx::query(sql).bind(person.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}

fn hash_of(bytes: Vec<u8>) -> Option<SecretHash> {
    bytes.try_into().ok().map(SecretHash)
}
