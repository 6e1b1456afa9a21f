//! Quick checks in tutoring sessions: writing, opening, answering.

use async_trait::async_trait;
use shared::api::{CheckAnswer, CheckWords};
use shared::tutoring::{CheckKind, CheckState, MAX_CHECK_ANSWERS, MAX_CHECKS};
use shared::words::{CheckId, SchoolId, TutoringId, UnixMillis};
use sqlx::Row;

use super::item_rows::decoded;
use super::rows::parsed;
use super::tutoring::entry;
use super::{Connection, DbRow, Deed, SqlStore, audit};
use crate::store::{Answered, Checks, Leading, Result, Said, StoredAnswer, StoredCheck, TutoringHandle};

/// `$1` is the session, `$2` whoever asks, and `$3` 1 if that is host or helper.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.*, (SELECT count(*) FROM tutoring_check_answers AS a WHERE a.quick_check = c.id) AS answered, ",
            "m.choices AS my_choices, m.text AS my_text FROM tutoring_checks AS c ",
            "LEFT JOIN tutoring_check_answers AS m ON m.quick_check = c.id AND m.person = $2 ",
            "WHERE c.session = $1 AND ($3 = 1 OR c.opened IS NOT NULL) ",
            $rest
        )
    };
}

#[async_trait]
impl Checks for SqlStore {
    async fn write_check(
        &self,
        session: Leading<'_>,
        id: &CheckId,
        words: &CheckWords,
        at: UnixMillis,
    ) -> Result<Said> {
        let handle = session.handle();
        let deed = || format!("write check {id} in session {}", handle.id());
        let mut transaction = self.begin(deed).await?;
        let written = async {
            let known: Option<(String, String)> =
                sqlx::query_as("SELECT session, author FROM tutoring_checks WHERE id = $1")
                    .bind(id.as_str())
                    .fetch_optional(&mut *transaction)
                    .await?;
            if let Some((of, by)) = known {
                let same = of == handle.id().as_str() && by == handle.who().as_str();
                return Ok(if same { Said::Before } else { Said::Foreign });
            }
            let all: i64 = sqlx::query_scalar("SELECT count(*) FROM tutoring_checks WHERE session = $1")
                .bind(handle.id().as_str())
                .fetch_one(&mut *transaction)
                .await?;
            if all >= MAX_CHECKS as i64 {
                return Ok(Said::TooManyReplies);
            }
            insert(&mut transaction, handle, id, words, at).await?;
            sqlx::Result::Ok(Said::Now)
        };
        let written = written.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(written)
    }

    async fn check(&self, session: &TutoringHandle, id: &CheckId) -> Result<Option<StoredCheck>> {
        let deed = || format!("read check {id}");
        let row = sqlx::query(select!("AND c.id = $4"))
            .bind(session.id().as_str())
            .bind(session.who().as_str())
            .bind(i64::from(session.leading().is_some()))
            .bind(id.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.as_ref().map(stored).transpose().deed(deed)
    }

    async fn checks(&self, session: &TutoringHandle) -> Result<Vec<StoredCheck>> {
        let deed = || format!("list the checks of session {}", session.id());
        let rows = sqlx::query(select!("ORDER BY c.number"))
            .bind(session.id().as_str())
            .bind(session.who().as_str())
            .bind(i64::from(session.leading().is_some()))
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn change_check(&self, session: Leading<'_>, id: &CheckId, words: &CheckWords) -> Result<bool> {
        sqlx::query(
            "UPDATE tutoring_checks SET kind = $3, text = $4, choices = $5, named = $6 \
             WHERE session = $1 AND id = $2 AND opened IS NULL",
        )
        .bind(session.handle().id().as_str())
        .bind(id.as_str())
        .bind(words.kind.as_str())
        .bind(&words.text)
        .bind(serde_json::json!(words.choices).to_string())
        .bind(i64::from(words.named))
        .execute(&self.write)
        .await
        .map(|done| done.rows_affected() > 0)
        .deed(|| format!("change check {id}"))
    }

    async fn discard_check(&self, session: Leading<'_>, id: &CheckId) -> Result<bool> {
        sqlx::query("DELETE FROM tutoring_checks WHERE session = $1 AND id = $2 AND opened IS NULL")
            .bind(session.handle().id().as_str())
            .bind(id.as_str())
            .execute(&self.write)
            .await
            .map(|done| done.rows_affected() > 0)
            .deed(|| format!("discard check {id}"))
    }

    async fn move_check(
        &self,
        session: Leading<'_>,
        id: &CheckId,
        from: CheckState,
        to: CheckState,
        at: UnixMillis,
    ) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("have check {id} {}", to.as_str());
        let (act, sql) = match to {
            CheckState::Open => (
                "tutoring.check-opened",
                "UPDATE tutoring_checks SET state = $4, opened = coalesce(opened, $5), closed = NULL \
                 WHERE session = $1 AND id = $2 AND state = $3 \
                 AND EXISTS (SELECT 1 FROM tutoring_sessions AS s WHERE s.id = $1 AND s.state = 'open')",
            ),
            CheckState::Closed | CheckState::Written => (
                "tutoring.check-closed",
                "UPDATE tutoring_checks SET state = $4, closed = $5 WHERE session = $1 AND id = $2 AND state = $3",
            ),
        };
        let mut transaction = self.begin(deed).await?;
        let moved = async {
            let moved = sqlx::query(sql)
                .bind(handle.id().as_str())
                .bind(id.as_str())
                .bind(from.as_str())
                .bind(to.as_str())
                .bind(at.0)
                .execute(&mut *transaction)
                .await?;
            let moved = moved.rows_affected() > 0;
            if moved {
                let details = serde_json::json!({ "check": id });
                audit::append(&mut transaction, &[entry(handle, at, act, details)]).await?;
            }
            sqlx::Result::Ok(moved)
        };
        let moved = moved.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(moved)
    }

    async fn show_check(&self, session: Leading<'_>, id: &CheckId, shown: bool) -> Result<bool> {
        sqlx::query("UPDATE tutoring_checks SET shown = $3 WHERE session = $1 AND id = $2 AND opened IS NOT NULL")
            .bind(session.handle().id().as_str())
            .bind(id.as_str())
            .bind(i64::from(shown))
            .execute(&self.write)
            .await
            .map(|done| done.rows_affected() > 0)
            .deed(|| format!("show or hide the results of check {id}"))
    }

    async fn answer_check(
        &self,
        session: &TutoringHandle,
        id: &CheckId,
        school: Option<&SchoolId>,
        answer: &CheckAnswer,
        at: UnixMillis,
    ) -> Result<Answered> {
        let deed = || format!("answer check {id}");
        let mut transaction = self.begin(deed).await?;
        let answered = async {
            let others: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM tutoring_check_answers WHERE quick_check = $1 AND person <> $2",
            )
            .bind(id.as_str())
            .bind(session.who().as_str())
            .fetch_one(&mut *transaction)
            .await?;
            if others >= MAX_CHECK_ANSWERS as i64 {
                return Ok(Answered::Full);
            }
            // Looked at as it is written: an answer on its way is not counted after the end.
            let kept = sqlx::query(
                "INSERT INTO tutoring_check_answers (quick_check, person, school, choices, text, at) \
                 SELECT c.id, $3, $4, $5, $6, $7 FROM tutoring_checks AS c JOIN tutoring_sessions AS s ON s.id = c.session \
                 WHERE c.session = $1 AND c.id = $2 AND c.state = 'open' AND s.state = 'open' \
                 ON CONFLICT (quick_check, person) DO UPDATE \
                 SET school = excluded.school, choices = excluded.choices, text = excluded.text, at = excluded.at",
            )
            .bind(session.id().as_str())
            .bind(id.as_str())
            .bind(session.who().as_str())
            .bind(school.map(|id| id.as_str()))
            .bind(serde_json::json!(answer.choices).to_string())
            .bind(&answer.text)
            .bind(at.0)
            .execute(&mut *transaction)
            .await?;
            sqlx::Result::Ok(if kept.rows_affected() > 0 { Answered::Kept } else { Answered::Closed })
        };
        let answered = answered.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(answered)
    }

    async fn check_answers(&self, session: &TutoringHandle, id: &CheckId) -> Result<Vec<StoredAnswer>> {
        let deed = || format!("read the answers to check {id}");
        let rows = sqlx::query(
            "SELECT a.* FROM tutoring_check_answers AS a JOIN tutoring_checks AS c ON c.id = a.quick_check \
             WHERE c.session = $1 AND c.id = $2 ORDER BY a.person",
        )
        .bind(session.id().as_str())
        .bind(id.as_str())
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let answer = |row: &DbRow| {
            Ok(StoredAnswer {
                who: parsed(row.try_get("person")?)?,
                school: row.try_get::<Option<String>, _>("school")?.map(parsed).transpose()?,
                answer: CheckAnswer { choices: listed(row.try_get("choices")?)?, text: row.try_get("text")? },
                at: UnixMillis(row.try_get("at")?),
            })
        };
        rows.iter().map(answer).collect::<sqlx::Result<_>>().deed(deed)
    }
}

/// With the end of a session nothing of it can be answered any more.
pub async fn close_all(connection: &mut Connection, session: &TutoringId, at: UnixMillis) -> sqlx::Result<()> {
    sqlx::query("UPDATE tutoring_checks SET state = 'closed', closed = $2 WHERE session = $1 AND state = 'open'")
        .bind(session.as_str())
        .bind(at.0)
        .execute(connection)
        .await
        .map(drop)
}

async fn insert(
    connection: &mut Connection,
    session: &TutoringHandle,
    id: &CheckId,
    words: &CheckWords,
    at: UnixMillis,
) -> sqlx::Result<()> {
    let CheckWords { kind, text, choices, named } = words;
    sqlx::query(
        "INSERT INTO tutoring_checks (id, session, author, kind, text, choices, named, state, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(session.id().as_str())
    .bind(session.who().as_str())
    .bind(kind.as_str())
    .bind(text)
    .bind(serde_json::json!(choices).to_string())
    .bind(i64::from(*named))
    .bind(CheckState::Written.as_str())
    .bind(at.0)
    .execute(connection)
    .await
    .map(drop)
}

fn stored(row: &DbRow) -> sqlx::Result<StoredCheck> {
    let at = |column: &str| row.try_get::<Option<i64>, _>(column).map(|at| at.map(UnixMillis));
    let my_choices: Option<&str> = row.try_get("my_choices")?;
    let my_text: Option<String> = row.try_get("my_text")?;
    let choices = my_choices.map(listed).transpose()?;
    Ok(StoredCheck {
        number: row.try_get::<i64, _>("number")? as u64,
        id: parsed(row.try_get("id")?)?,
        author: parsed(row.try_get("author")?)?,
        words: CheckWords {
            kind: decoded("the kind of a check", CheckKind::named, row.try_get("kind")?)?,
            text: row.try_get("text")?,
            choices: listed(row.try_get("choices")?)?,
            named: row.try_get::<i64, _>("named")? != 0,
        },
        state: decoded("the state of a check", CheckState::named, row.try_get("state")?)?,
        shown: row.try_get::<i64, _>("shown")? != 0,
        at: UnixMillis(row.try_get("at")?),
        opened: at("opened")?,
        closed: at("closed")?,
        answered: row.try_get::<i64, _>("answered")? as u32,
        mine: choices.zip(my_text).map(|(choices, text)| CheckAnswer { choices, text }),
    })
}

fn listed<T: serde::de::DeserializeOwned>(json: &str) -> sqlx::Result<Vec<T>> {
    serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(error.into()))
}
