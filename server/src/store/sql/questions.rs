//! Questions in tutoring sessions: asking, voting, deciding.

use async_trait::async_trait;
use shared::tutoring::{
    MAX_GUEST_QUESTIONS, MAX_OWN_GUEST_QUESTIONS, MAX_OWN_QUESTIONS, MAX_QUESTIONS, QuestionState, Role,
};
use shared::words::{QuestionId, UnixMillis, UserId};

use super::question_rows::{answered, state_of, stored};
use super::tutoring::entry;
use super::{Connection, Deed, SqlStore, audit, media};
use crate::store::{
    AnsweredQuestion, Leading, NewQuestion, QuestionDecision, Questions, Result, Said, StoredQuestion, TutoringHandle,
};

/// `$1` is whoever asks.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT q.*, (SELECT count(*) FROM tutoring_votes AS v WHERE v.question = q.id) AS votes, ",
            "EXISTS (SELECT 1 FROM tutoring_votes AS v WHERE v.question = q.id AND v.person = $1) OR ",
            "EXISTS (SELECT 1 FROM tutoring_questions AS d WHERE d.merged_into = q.id AND d.author = $1) AS voted ",
            "FROM tutoring_questions AS q ",
            $rest
        )
    };
}

#[async_trait]
impl Questions for SqlStore {
    async fn ask_question(&self, session: &TutoringHandle, question: &NewQuestion) -> Result<Said> {
        let deed = || format!("ask question {} in session {}", question.id, session.id());
        let mut transaction = self.begin(deed).await?;
        let said = async {
            if let Some(before) = known(&mut transaction, session, question).await? {
                return Ok(before);
            }
            if let Some(root) = &question.follows
                && state_of(&mut transaction, session.id(), root).await?.is_none()
            {
                return Ok(Said::NoThread);
            }
            let (all, own, by_guests): (i64, i64, i64) = sqlx::query_as(
                "SELECT count(*), count(CASE WHEN author = $2 THEN 1 END), count(CASE WHEN author IN \
                 (SELECT id FROM tutoring_guests WHERE session = $1) THEN 1 END) \
                 FROM tutoring_questions WHERE session = $1 AND state <> 'withdrawn'",
            )
            .bind(session.id().as_str())
            .bind(session.who().as_str())
            .fetch_one(&mut *transaction)
            .await?;
            let is_guest = session.role() == Some(Role::Guest);
            let most = if is_guest { MAX_OWN_GUEST_QUESTIONS } else { MAX_OWN_QUESTIONS };
            let no_more_of_guests = is_guest && by_guests >= MAX_GUEST_QUESTIONS as i64;
            if all >= MAX_QUESTIONS as i64 || own >= most as i64 || no_more_of_guests {
                return Ok(Said::TooManyReplies);
            }
            insert(&mut transaction, session, question).await?;
            media::attach(&mut transaction, session, &question.id, &question.media).await?;
            put_vote(&mut transaction, &question.id, session.who()).await?;
            sqlx::Result::Ok(Said::Now)
        };
        let said = said.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(said)
    }

    async fn question(&self, session: &TutoringHandle, id: &QuestionId) -> Result<Option<StoredQuestion>> {
        let deed = || format!("read question {id}");
        let row = sqlx::query(select!("WHERE q.session = $2 AND q.id = $3"))
            .bind(session.who().as_str())
            .bind(session.id().as_str())
            .bind(id.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.as_ref().map(stored).transpose().deed(deed)
    }

    async fn questions(&self, session: &TutoringHandle) -> Result<Vec<StoredQuestion>> {
        let deed = || format!("list the questions of session {}", session.id());
        let rows = sqlx::query(select!("WHERE q.session = $2 AND q.state <> 'withdrawn' ORDER BY q.number"))
            .bind(session.who().as_str())
            .bind(session.id().as_str())
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn decide_question(
        &self,
        session: Leading<'_>,
        id: &QuestionId,
        decision: &QuestionDecision,
    ) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("decide on question {id}");
        let mut transaction = self.begin(deed).await?;
        let decided = async {
            let QuestionDecision { from, since, to, moment, answer, at } = decision;
            let done = sqlx::query(
                "UPDATE tutoring_questions SET state = $4, moment = $5, answer = $6, decided = $7, decided_by = $8 \
                 WHERE session = $1 AND id = $2 AND state = $3 AND coalesce(decided, 0) = $9",
            )
            .bind(handle.id().as_str())
            .bind(id.as_str())
            .bind(from.as_str())
            .bind(to.as_str())
            .bind(*moment)
            .bind(answer)
            // Two decisions within a millisecond are two.
            .bind(at.0.max(since.map_or(0, |since| since.0 + 1)))
            .bind(handle.who().as_str())
            .bind(since.map_or(0, |since| since.0))
            .execute(&mut *transaction)
            .await?;
            let done = done.rows_affected() > 0;
            if done && (*to == QuestionState::Answered || *from == QuestionState::Answered) {
                let details = serde_json::json!({ "question": id, "state": to });
                audit::append(&mut transaction, &[entry(handle, *at, "tutoring.answered", details)]).await?;
            }
            sqlx::Result::Ok(done)
        };
        let decided = decided.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(decided)
    }

    async fn merge_question(
        &self,
        session: Leading<'_>,
        id: &QuestionId,
        into: &QuestionId,
        at: UnixMillis,
    ) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("merge question {id} into {into}");
        let mut transaction = self.begin(deed).await?;
        let merged = async {
            let (one, other) = (
                state_of(&mut transaction, handle.id(), id).await?,
                state_of(&mut transaction, handle.id(), into).await?,
            );
            let may = one.is_some_and(QuestionState::waits)
                && other.is_some_and(|state| state.waits() || state == QuestionState::Answered);
            if !may || id == into {
                return Ok(false);
            }
            let votes = "INSERT INTO tutoring_votes (question, person) \
                         SELECT $2, CASE WHEN v.person = q.author THEN q.id ELSE v.person END FROM tutoring_votes AS v \
                         JOIN tutoring_questions AS q ON q.id = v.question WHERE v.question = $1 ON CONFLICT DO NOTHING";
            sqlx::query(votes).bind(id.as_str()).bind(into.as_str()).execute(&mut *transaction).await?;
            // What was merged into this one asks the same as well.
            sqlx::query(
                "UPDATE tutoring_questions SET state = 'merged', merged_into = $2, decided = $3, decided_by = $4 \
                 WHERE id = $1 OR merged_into = $1",
            )
            .bind(id.as_str())
            .bind(into.as_str())
            .bind(at.0)
            .bind(handle.who().as_str())
            .execute(&mut *transaction)
            .await?;
            sqlx::Result::Ok(true)
        };
        let merged = merged.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(merged)
    }

    async fn withdraw_question(&self, session: &TutoringHandle, id: &QuestionId, at: UnixMillis) -> Result<bool> {
        let deed = || format!("withdraw question {id}");
        let sql = "UPDATE tutoring_questions SET state = 'withdrawn', text = '', quote = '', decided = $4 \
                   WHERE session = $1 AND id = $2 AND author = $3 AND state IN ('asked', 'taken', 'aside')";
        let mut transaction = self.begin(deed).await?;
        let done = sqlx::query(sql)
            .bind(session.id().as_str())
            .bind(id.as_str())
            .bind(session.who().as_str())
            .bind(at.0)
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        let done = done.rows_affected() > 0;
        if done {
            media::forget_of(&mut transaction, id).await.deed(deed)?;
            sqlx::query(
                "UPDATE tutoring_questions SET state = 'asked', merged_into = NULL, decided = NULL, decided_by = NULL \
                 WHERE merged_into = $1",
            )
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await
            .deed(deed)?;
        }
        transaction.commit().await.deed(deed)?;
        Ok(done)
    }

    async fn vote(&self, session: &TutoringHandle, id: &QuestionId) -> Result<bool> {
        let deed = || format!("vote for question {id}");
        let mut transaction = self.begin(deed).await?;
        let voted = put_vote(&mut transaction, id, session.who()).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(voted)
    }

    async fn unvote(&self, session: &TutoringHandle, id: &QuestionId) -> Result<bool> {
        let taken = sqlx::query("DELETE FROM tutoring_votes WHERE question = $1 AND person = $2")
            .bind(id.as_str())
            .bind(session.who().as_str())
            .execute(&self.write)
            .await
            .deed(|| format!("take back a vote for question {id}"))?;
        Ok(taken.rows_affected() > 0)
    }

    async fn questions_waiting_for(&self, host: &UserId, limit: u32) -> Result<(Vec<StoredQuestion>, u32)> {
        let deed = || format!("list what {host} has not answered");
        let total: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM tutoring_questions AS q JOIN tutoring_sessions AS s ON s.id = q.session \
             WHERE s.host = $1 AND s.state <> 'cancelled' AND q.state IN ('asked', 'taken')",
        )
        .bind(host.as_str())
        .fetch_one(&self.read)
        .await
        .deed(deed)?;
        let rows = sqlx::query(select!(
            "JOIN tutoring_sessions AS s ON s.id = q.session WHERE s.host = $1 AND s.state <> 'cancelled' \
             AND q.state IN ('asked', 'taken') ORDER BY q.number LIMIT $2"
        ))
        .bind(host.as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let questions = rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)?;
        Ok((questions, u32::try_from(total).unwrap_or(u32::MAX)))
    }

    async fn answered_questions(&self, ids: &[QuestionId]) -> Result<Vec<AnsweredQuestion>> {
        answered(&self.read, ids).await.deed(|| format!("read {} answered questions", ids.len()))
    }
}

/// What became of a question of that id, if one has come before.
async fn known(
    connection: &mut Connection,
    session: &TutoringHandle,
    question: &NewQuestion,
) -> sqlx::Result<Option<Said>> {
    let known: Option<(String, String)> =
        sqlx::query_as("SELECT session, author FROM tutoring_questions WHERE id = $1")
            .bind(question.id.as_str())
            .fetch_optional(connection)
            .await?;
    let same = |(of, by): (String, String)| of == session.id().as_str() && by == session.who().as_str();
    Ok(known.map(|known| if same(known) { Said::Before } else { Said::Foreign }))
}

async fn insert(connection: &mut Connection, session: &TutoringHandle, question: &NewQuestion) -> sqlx::Result<()> {
    let NewQuestion { id, text, anonymous, place, quote, follows, media: _, at } = question;
    sqlx::query(
        "INSERT INTO tutoring_questions (id, session, author, anonymous, text, page, x, y, quote, follows, at, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'asked')",
    )
    .bind(id.as_str())
    .bind(session.id().as_str())
    .bind(session.who().as_str())
    .bind(i64::from(*anonymous))
    .bind(text)
    .bind(place.map(|place| i64::from(place.page)))
    .bind(place.map(|place| place.x))
    .bind(place.map(|place| place.y))
    .bind(quote)
    .bind(follows.as_ref().map(|id| id.as_str()))
    .bind(at.0)
    .execute(connection)
    .await
    .map(drop)
}

async fn put_vote(connection: &mut Connection, question: &QuestionId, who: &UserId) -> sqlx::Result<bool> {
    let put = sqlx::query(
        "INSERT INTO tutoring_votes (question, person) SELECT $1, $2 WHERE NOT EXISTS \
         (SELECT 1 FROM tutoring_questions WHERE merged_into = $1 AND author = $2) ON CONFLICT DO NOTHING",
    )
    .bind(question.as_str())
    .bind(who.as_str())
    .execute(connection)
    .await?;
    Ok(put.rows_affected() > 0)
}
