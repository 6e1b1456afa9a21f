//! What of tutoring sessions belongs to one person.

use async_trait::async_trait;
use shared::api::CheckAnswer;
use shared::words::{UnixMillis, UserId};
use sqlx::Row;

use super::rows::parsed;
use super::{DbRow, Deed, SqlStore};
use crate::store::{
    OwnAnswer, OwnCheckAnswer, OwnMedia, OwnQuestion, OwnSession, OwnStay, OwnTutoring, Result, TutoringRecord,
};

#[async_trait]
impl OwnTutoring for SqlStore {
    async fn tutoring_of(&self, person: &UserId) -> Result<TutoringRecord> {
        let sessions = "SELECT s.*, s.host = $1 AS hosts, s.author = $1 AS plans, \
                        EXISTS (SELECT 1 FROM tutoring_invited AS i WHERE i.session = s.id AND i.grantee_type = 'person' \
                        AND i.grantee = $1 AND i.role = 'helper') AS helps FROM tutoring_sessions AS s \
                        WHERE s.host = $1 OR s.author = $1 OR s.id IN (SELECT session FROM tutoring_invited \
                        WHERE grantee_type = 'person' AND grantee = $1 AND role = 'helper') ORDER BY s.number";
        let answers = "SELECT * FROM tutoring_questions WHERE decided_by = $1 AND state = 'answered' ORDER BY number";
        let checks = "SELECT a.quick_check, c.session, c.text AS asked, a.choices, a.text, a.at \
                      FROM tutoring_check_answers AS a JOIN tutoring_checks AS c ON c.id = a.quick_check \
                      WHERE a.person = $1 ORDER BY a.at, a.quick_check";
        Ok(TutoringRecord {
            sessions: self.own(person, sessions, session).await?,
            questions: self
                .own(person, "SELECT * FROM tutoring_questions WHERE author = $1 ORDER BY number", question)
                .await?,
            answers: self.own(person, answers, answer).await?,
            checks: self.own(person, checks, check).await?,
            stays: self
                .own(person, "SELECT * FROM tutoring_attendance WHERE person = $1 ORDER BY number", stay)
                .await?,
            media: self.own(person, "SELECT * FROM tutoring_media WHERE author = $1 ORDER BY number", media).await?,
        })
    }
}

impl SqlStore {
    /// Rows of the person, who is `$1`.
    async fn own<T>(&self, person: &UserId, sql: &'static str, of: fn(&DbRow) -> sqlx::Result<T>) -> Result<Vec<T>> {
        let deed = || format!("read what {person} did in sessions");
        let rows = sqlx::query(sql).bind(person.as_str()).fetch_all(&self.read).await.deed(deed)?;
        rows.iter().map(of).collect::<sqlx::Result<_>>().deed(deed)
    }
}

fn at(row: &DbRow, column: &str) -> sqlx::Result<Option<UnixMillis>> {
    row.try_get::<Option<i64>, _>(column).map(|at| at.map(UnixMillis))
}

fn session(row: &DbRow) -> sqlx::Result<OwnSession> {
    Ok(OwnSession {
        session: parsed(row.try_get("id")?)?,
        host: row.try_get("hosts")?,
        planned: row.try_get("plans")?,
        helper: row.try_get("helps")?,
        begins: UnixMillis(row.try_get("begins")?),
        minutes: row.try_get::<i64, _>("minutes")? as u32,
        state: row.try_get("state")?,
        opened: at(row, "opened")?,
        ended: at(row, "ended")?,
    })
}

fn question(row: &DbRow) -> sqlx::Result<OwnQuestion> {
    Ok(OwnQuestion {
        question: parsed(row.try_get("id")?)?,
        session: parsed(row.try_get("session")?)?,
        text: row.try_get("text")?,
        quote: row.try_get("quote")?,
        anonymous: row.try_get::<i64, _>("anonymous")? != 0,
        at: UnixMillis(row.try_get("at")?),
        state: row.try_get("state")?,
        answer: row.try_get("answer")?,
    })
}

fn answer(row: &DbRow) -> sqlx::Result<OwnAnswer> {
    Ok(OwnAnswer {
        question: parsed(row.try_get("id")?)?,
        session: parsed(row.try_get("session")?)?,
        answer: row.try_get("answer")?,
        moment: row.try_get("moment")?,
        at: at(row, "decided")?,
    })
}

fn check(row: &DbRow) -> sqlx::Result<OwnCheckAnswer> {
    let choices = serde_json::from_str(row.try_get("choices")?).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(OwnCheckAnswer {
        check: parsed(row.try_get("quick_check")?)?,
        session: parsed(row.try_get("session")?)?,
        asked: row.try_get("asked")?,
        answer: CheckAnswer { choices, text: row.try_get("text")? },
        at: UnixMillis(row.try_get("at")?),
    })
}

fn stay(row: &DbRow) -> sqlx::Result<OwnStay> {
    Ok(OwnStay {
        session: parsed(row.try_get("session")?)?,
        since: UnixMillis(row.try_get("since")?),
        until: at(row, "until")?,
        corrected: at(row, "corrected")?,
    })
}

fn media(row: &DbRow) -> sqlx::Result<OwnMedia> {
    Ok(OwnMedia {
        media: parsed(row.try_get("id")?)?,
        session: parsed(row.try_get("session")?)?,
        question: row.try_get::<Option<String>, _>("question")?.map(parsed).transpose()?,
        moment: row.try_get("moment")?,
        media_type: row.try_get("media_type")?,
        at: UnixMillis(row.try_get("at")?),
        blob: parsed(row.try_get("blob")?)?,
    })
}
