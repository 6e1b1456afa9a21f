//! Rows of questions as what they are.

use std::collections::HashMap;
use std::sync::Arc;

use shared::access::DocumentAccess;
use shared::api::BoardPlace;
use shared::tutoring::{OfSession, Part, QuestionState};
use shared::words::{QuestionId, TutoringId, UnixMillis};
use sqlx::Row;

use super::connections::Connections;
use super::item_rows::decoded;
use super::rows::parsed;
use super::tutoring_rows::by_ids;
use super::{Connection, DbRow};
use crate::store::{AnsweredQuestion, StoredQuestion, StoredSessionPlan};

pub fn stored(row: &DbRow) -> sqlx::Result<StoredQuestion> {
    let at = |column: &str| row.try_get::<Option<i64>, _>(column).map(|at| at.map(UnixMillis));
    let question = |column: &str| row.try_get::<Option<String>, _>(column)?.map(parsed).transpose();
    Ok(StoredQuestion {
        number: row.try_get::<i64, _>("number")? as u64,
        id: parsed(row.try_get("id")?)?,
        session: parsed(row.try_get("session")?)?,
        author: parsed(row.try_get("author")?)?,
        anonymous: row.try_get::<i64, _>("anonymous")? != 0,
        text: row.try_get("text")?,
        place: place(row)?,
        quote: row.try_get("quote")?,
        follows: question("follows")?,
        at: UnixMillis(row.try_get("at")?),
        state: decoded("the state of a question", QuestionState::named, row.try_get("state")?)?,
        decided: at("decided")?,
        decided_by: row.try_get::<Option<String>, _>("decided_by")?.map(parsed).transpose()?,
        merged_into: question("merged_into")?,
        moment: row.try_get("moment")?,
        answer: row.try_get("answer")?,
        votes: row.try_get::<i64, _>("votes")? as u32,
        voted: row.try_get("voted")?,
    })
}

fn place(row: &DbRow) -> sqlx::Result<Option<BoardPlace>> {
    let part = |column: &str| row.try_get::<Option<i64>, _>(column);
    let (Some(page), Some(x), Some(y)) = (part("page")?, part("x")?, part("y")?) else { return Ok(None) };
    Ok(Some(BoardPlace { page: page as u32, x, y }))
}

pub async fn state_of(
    connection: &mut Connection,
    session: &TutoringId,
    id: &QuestionId,
) -> sqlx::Result<Option<QuestionState>> {
    let state: Option<String> =
        sqlx::query_scalar("SELECT state FROM tutoring_questions WHERE session = $1 AND id = $2")
            .bind(session.as_str())
            .bind(id.as_str())
            .fetch_optional(connection)
            .await?;
    state.map(|state| decoded("the state of a question", QuestionState::named, &state)).transpose()
}

/// The answered ones among these, in no order.
pub async fn answered(read: &Connections, ids: &[QuestionId]) -> sqlx::Result<Vec<AnsweredQuestion>> {
    let ids: Vec<_> = ids.iter().map(|id| id.as_str()).collect();
    let rows = sqlx::query(
        "SELECT id, session, text, answer, moment, decided FROM tutoring_questions \
         WHERE state = 'answered' AND id IN (SELECT value FROM json_each($1))",
    )
    .bind(serde_json::json!(ids).to_string())
    .fetch_all(read)
    .await?;
    let sessions = rows.iter().map(|row| row.try_get("session")).collect::<sqlx::Result<Vec<String>>>()?;
    let named: Vec<_> = sessions.iter().map(String::as_str).collect();
    let sessions: HashMap<_, _> =
        by_ids(read, &named).await?.into_iter().map(|one| (one.id.to_string(), one)).collect();
    let of = |row: &DbRow| {
        let Some(session) = sessions.get(row.try_get::<&str, _>("session")?) else { return Ok(None) };
        Ok(Some(AnsweredQuestion {
            id: parsed(row.try_get("id")?)?,
            session: session.id.clone(),
            text: row.try_get("text")?,
            answer: row.try_get("answer")?,
            moment: row.try_get("moment")?,
            answered: UnixMillis(row.try_get::<Option<i64>, _>("decided")?.unwrap_or_default()),
            title: session.plan.title.as_str().to_owned(),
            host: session.plan.host.clone(),
            placing: session.plan.placing.clone(),
            access: of_board(session),
        }))
    };
    rows.iter().filter_map(|row| of(row).transpose()).collect()
}

fn of_board(session: &StoredSessionPlan) -> DocumentAccess {
    let of = OfSession { part: Part::Board, session: session.access.clone() };
    DocumentAccess {
        author: session.access.author.clone(),
        shelf: session.access.shelf.clone(),
        shares: Vec::new(),
        binned: false,
        session: Some(Arc::new(of)),
    }
}
