//! Tutoring sessions: planning, inviting, opening and ending, and what those hold who are there.

use async_trait::async_trait;
use shared::tutoring::{Invitation, MAX_REMOVED, Sign, TutoringState};
use shared::words::{TutoringId, UnixMillis, UserId};
use sqlx::Row;

use super::item_rows::decoded;
use super::item_writes::insert_use;
use super::rows::{grantee_columns, parsed};
use super::tutoring_rows::{by_ids, with_people};
use super::{Connection, DbRow, Deed, SqlStore, audit, checks, documents};
use crate::store::{
    AuditEntry, By, Given, Leading, NewSession, NewUse, Plan, Result, Running, SessionsNear, StoredSessionPlan,
    StoredSign, Tutoring, TutoringHandle, When,
};

/// Sessions that may concern somebody: `$1` is the person, `$2` shelves and `$3` bodies as pairs of type and id, in JSON;
/// `$4` and `$5` are where the page before ended.
macro_rules! concern {
    ($state:literal, $after:literal, $order:literal) => {
        concat!(
            "SELECT * FROM tutoring_sessions AS s WHERE ",
            $state,
            " AND (s.host = $1 OR s.shelf IN (SELECT value FROM json_each($2)) OR s.id IN (",
            "SELECT session FROM tutoring_invited WHERE grantee_type = 'person' AND grantee = $1) OR s.id IN (",
            "SELECT session FROM json_each($3) AS body JOIN tutoring_invited AS i ",
            "ON i.grantee_type = body.value ->> 0 AND i.grantee = body.value ->> 1)) ",
            "AND ($4 IS NULL OR begins ",
            $after,
            " $4 OR (begins = $4 AND number ",
            $after,
            " $5)) ORDER BY ",
            $order,
            " LIMIT $6"
        )
    };
}
#[async_trait]
impl Tutoring for SqlStore {
    async fn plan_session(&self, session: NewSession) -> Result<()> {
        let deed = || format!("plan session {}", session.id);
        let mut transaction = self.begin(deed).await?;
        insert_session(&mut transaction, &session).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn tutoring_session(&self, id: &TutoringId) -> Result<Option<StoredSessionPlan>> {
        let found = by_ids(&self.read, &[id.as_str()]).await;
        found.map(|mut found| found.pop()).deed(|| format!("read session {id}"))
    }

    async fn sessions_near(&self, near: &SessionsNear) -> Result<Vec<StoredSessionPlan>> {
        let SessionsNear { person, shelves, bodies, when, after, limit } = near;
        let deed = || format!("list the sessions of {person}");
        let shelves: Vec<_> = shelves.iter().map(ToString::to_string).collect();
        let bodies: Vec<_> = bodies.iter().filter_map(|body| body.split_once(':')).collect();
        let sql = match when {
            When::Coming => concern!("state IN ('planned', 'open')", ">", "begins, number"),
            When::Past => concern!("state IN ('ended', 'cancelled')", "<", "begins DESC, number DESC"),
        };
        let rows = sqlx::query(sql)
            .bind(person.as_str())
            .bind(serde_json::json!(shelves).to_string())
            .bind(serde_json::json!(bodies).to_string())
            .bind(after.map(|(begins, _)| begins.0))
            .bind(after.map(|(_, number)| number as i64))
            .bind(i64::from(*limit))
            .fetch_all(&self.read)
            .await
            .deed(deed)?;
        with_people(&self.read, &rows).await.deed(deed)
    }

    async fn change_plan(
        &self,
        session: Running<'_>,
        plan: &Plan,
        revision: u64,
        shown: Option<NewUse>,
        at: UnixMillis,
    ) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("change the plan of session {}", handle.id());
        let mut transaction = self.begin(deed).await?;
        let changed = async {
            if !update(&mut transaction, handle.id(), plan, revision).await? {
                return Ok(false);
            }
            if plan.title != handle.stored().plan.title {
                for document in [&handle.stored().board, &handle.stored().notes] {
                    sqlx::query("UPDATE documents SET title = $2 WHERE id = $1")
                        .bind(document.as_str())
                        .bind(plan.title.as_str())
                        .execute(&mut *transaction)
                        .await?;
                }
            }
            let before = &handle.stored().plan;
            let details = serde_json::json!({
                "before": { "begins": before.begins, "host": before.host },
                "after": { "begins": plan.begins, "host": plan.host },
            });
            if let Some(shown) = &shown {
                insert_use(&mut transaction, shown).await?;
            }
            audit::append(&mut transaction, &[entry(handle, at, "tutoring.changed", details)]).await?;
            sqlx::Result::Ok(true)
        };
        let changed = changed.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(changed)
    }

    async fn move_session(
        &self,
        session: Leading<'_>,
        from: TutoringState,
        to: TutoringState,
        shown: Option<NewUse>,
        at: UnixMillis,
    ) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("have session {} {}", handle.id(), to.as_str());
        let (act, sql) = match to {
            TutoringState::Open => {
                ("tutoring.opened", "UPDATE tutoring_sessions SET state = $3, opened = $4 WHERE id = $1 AND state = $2")
            }
            TutoringState::Ended => (
                "tutoring.ended",
                "UPDATE tutoring_sessions SET state = $3, ended = $4, code = NULL WHERE id = $1 AND state = $2",
            ),
            TutoringState::Planned | TutoringState::Cancelled => (
                "tutoring.cancelled",
                "UPDATE tutoring_sessions SET state = $3, ended = $4, code = NULL WHERE id = $1 AND state = $2",
            ),
        };
        let mut transaction = self.begin(deed).await?;
        let moved = async {
            let moved = sqlx::query(sql)
                .bind(handle.id().as_str())
                .bind(from.as_str())
                .bind(to.as_str())
                .bind(at.0)
                .execute(&mut *transaction)
                .await?;
            if moved.rows_affected() == 0 {
                return Ok(false);
            }
            if to != TutoringState::Open {
                sqlx::query("DELETE FROM tutoring_signs WHERE session = $1")
                    .bind(handle.id().as_str())
                    .execute(&mut *transaction)
                    .await?;
                checks::close_all(&mut transaction, handle.id(), at).await?;
            }
            if let Some(shown) = &shown {
                insert_use(&mut transaction, shown).await?;
            }
            audit::append(&mut transaction, &[entry(handle, at, act, serde_json::json!({}))]).await?;
            sqlx::Result::Ok(true)
        };
        let moved = moved.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(moved)
    }

    async fn invite(&self, session: Running<'_>, invited: &[Invitation], at: UnixMillis) -> Result<()> {
        let handle = session.handle();
        let deed = || format!("invite to session {}", handle.id());
        let mut transaction = self.begin(deed).await?;
        let all = async {
            sqlx::query("DELETE FROM tutoring_invited WHERE session = $1")
                .bind(handle.id().as_str())
                .execute(&mut *transaction)
                .await?;
            insert_invited(&mut transaction, handle.id(), invited).await?;
            let details = serde_json::json!({ "before": handle.stored().access.invited, "after": invited });
            audit::append(&mut transaction, &[entry(handle, at, "tutoring.invited", details)]).await
        };
        all.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn send_from_session(&self, session: Leading<'_>, person: &UserId, at: UnixMillis) -> Result<bool> {
        let handle = session.handle();
        let deed = || format!("send {person} from session {}", handle.id());
        let mut transaction = self.begin(deed).await?;
        let sent = async {
            let so_far: i64 = sqlx::query_scalar("SELECT count(*) FROM tutoring_removed WHERE session = $1")
                .bind(handle.id().as_str())
                .fetch_one(&mut *transaction)
                .await?;
            if so_far >= MAX_REMOVED as i64 {
                return Ok(false);
            }
            let sent = sqlx::query(
                "INSERT INTO tutoring_removed (session, person, at, removed_by) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (session, person) DO NOTHING",
            )
            .bind(handle.id().as_str())
            .bind(person.as_str())
            .bind(at.0)
            .bind(handle.who().as_str())
            .execute(&mut *transaction)
            .await?;
            if sent.rows_affected() > 0 {
                sqlx::query("DELETE FROM tutoring_signs WHERE session = $1 AND person = $2")
                    .bind(handle.id().as_str())
                    .bind(person.as_str())
                    .execute(&mut *transaction)
                    .await?;
                let details = serde_json::json!({ "person": person });
                audit::append(&mut transaction, &[entry(handle, at, "tutoring.sent-away", details)]).await?;
            }
            sqlx::Result::Ok(true)
        };
        let sent = sent.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(sent)
    }

    async fn let_return(&self, session: Leading<'_>, person: &UserId, at: UnixMillis) -> Result<()> {
        let handle = session.handle();
        let deed = || format!("let {person} return to session {}", handle.id());
        let mut transaction = self.begin(deed).await?;
        let returned = async {
            let back = sqlx::query("DELETE FROM tutoring_removed WHERE session = $1 AND person = $2")
                .bind(handle.id().as_str())
                .bind(person.as_str())
                .execute(&mut *transaction)
                .await?;
            if back.rows_affected() > 0 {
                let details = serde_json::json!({ "person": person });
                audit::append(&mut transaction, &[entry(handle, at, "tutoring.let-return", details)]).await?;
            }
            sqlx::Result::Ok(())
        };
        returned.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn removed_from(&self, session: &TutoringHandle) -> Result<Vec<UserId>> {
        let deed = || format!("list who was sent from session {}", session.id());
        let people: Vec<String> =
            sqlx::query_scalar("SELECT person FROM tutoring_removed WHERE session = $1 ORDER BY at, person")
                .bind(session.id().as_str())
                .fetch_all(&self.read)
                .await
                .deed(deed)?;
        people.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn set_sign(
        &self,
        session: &TutoringHandle,
        sign: Sign,
        who: &UserId,
        most: usize,
        at: UnixMillis,
    ) -> Result<Given> {
        let deed = || format!("give {who} the {} in session {}", sign.as_str(), session.id());
        let mut transaction = self.begin(deed).await?;
        let given = async {
            let (have, others): (i64, i64) = sqlx::query_as(
                "SELECT count(CASE WHEN person = $3 THEN 1 END), count(CASE WHEN person <> $3 THEN 1 END) \
                 FROM tutoring_signs WHERE session = $1 AND sign = $2",
            )
            .bind(session.id().as_str())
            .bind(sign.as_str())
            .bind(who.as_str())
            .fetch_one(&mut *transaction)
            .await?;
            if have > 0 {
                return Ok(Given::Before);
            }
            if others >= most as i64 {
                return Ok(Given::TooMany);
            }
            // It may have ended, and they may have been sent away, since the judge was asked.
            let given = sqlx::query(
                "INSERT INTO tutoring_signs (session, sign, person, at) SELECT $1, $2, $3, $4 \
                 WHERE EXISTS (SELECT 1 FROM tutoring_sessions WHERE id = $1 AND state = 'open') \
                 AND NOT EXISTS (SELECT 1 FROM tutoring_removed WHERE session = $1 AND person = $3) \
                 AND NOT EXISTS (SELECT 1 FROM tutoring_guests WHERE id = $3 AND sent_away IS NOT NULL)",
            )
            .bind(session.id().as_str())
            .bind(sign.as_str())
            .bind(who.as_str())
            .bind(at.0)
            .execute(&mut *transaction)
            .await?;
            if given.rows_affected() == 0 {
                return Ok(Given::Gone);
            }
            if sign == Sign::Pen {
                let details = serde_json::json!({ "person": who });
                audit::append(&mut transaction, &[entry(session, at, "tutoring.pen-given", details)]).await?;
            }
            sqlx::Result::Ok(Given::Now)
        };
        let given = given.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(given)
    }

    async fn end_sign(&self, session: &TutoringHandle, sign: Sign, who: &UserId, at: UnixMillis) -> Result<bool> {
        let deed = || format!("take the {} of {who} in session {}", sign.as_str(), session.id());
        let mut transaction = self.begin(deed).await?;
        let taken = async {
            let taken = sqlx::query("DELETE FROM tutoring_signs WHERE session = $1 AND sign = $2 AND person = $3")
                .bind(session.id().as_str())
                .bind(sign.as_str())
                .bind(who.as_str())
                .execute(&mut *transaction)
                .await?;
            let taken = taken.rows_affected() > 0;
            if sign == Sign::Pen && taken {
                let details = serde_json::json!({ "person": who });
                audit::append(&mut transaction, &[entry(session, at, "tutoring.pen-taken", details)]).await?;
            }
            sqlx::Result::Ok(taken)
        };
        let taken = taken.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(taken)
    }

    async fn signs(&self, session: &TutoringHandle) -> Result<Vec<StoredSign>> {
        let deed = || format!("list the signs in session {}", session.id());
        let rows =
            sqlx::query("SELECT sign, person, at FROM tutoring_signs WHERE session = $1 ORDER BY at, person, sign")
                .bind(session.id().as_str())
                .fetch_all(&self.read)
                .await
                .deed(deed)?;
        let sign = |row: &DbRow| {
            Ok(StoredSign {
                sign: decoded("a sign", Sign::named, row.try_get("sign")?)?,
                who: parsed(row.try_get("person")?)?,
                at: UnixMillis(row.try_get("at")?),
            })
        };
        rows.iter().map(sign).collect::<sqlx::Result<_>>().deed(deed)
    }
}

/// The session with its documents, its invitations and its line in the audit log.
pub async fn insert_session(connection: &mut Connection, session: &NewSession) -> sqlx::Result<()> {
    for document in [&session.board, &session.notes] {
        documents::insert(connection, document).await?;
        sqlx::query("UPDATE documents SET session = $2 WHERE id = $1")
            .bind(document.id.as_str())
            .bind(session.id.as_str())
            .execute(&mut *connection)
            .await?;
    }
    insert(connection, session).await?;
    insert_invited(connection, &session.id, &session.invited).await?;
    let (by, board) = (By::Person(session.board.author.clone()), &session.board.id);
    let details = serde_json::json!({ "session": session.id, "begins": session.plan.begins });
    let subject = format!("document:{board}");
    let line = AuditEntry { by, at: session.board.at, act: "tutoring.planned".into(), subject, details };
    audit::append(connection, &[line]).await.map(drop)
}

async fn insert(connection: &mut Connection, session: &NewSession) -> sqlx::Result<()> {
    let NewSession { id, plan, shelf, invited: _, board, notes } = session;
    sqlx::query(
        "INSERT INTO tutoring_sessions (id, kind, title, about, author, host, shelf, stage, subject, grade, taxon, \
         lesson_type, begins, minutes, state, board, notes, plan, item, lobby, created) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
    )
    .bind(id.as_str())
    .bind(plan.kind.as_str())
    .bind(plan.title.as_str())
    .bind(&plan.about)
    .bind(board.author.as_str())
    .bind(plan.host.as_str())
    .bind(shelf.to_string())
    .bind(&plan.placing.stage)
    .bind(&plan.placing.subject)
    .bind(&plan.placing.grade)
    .bind(plan.placing.taxon.as_ref().map(|taxon| taxon.as_str()))
    .bind(&plan.placing.lesson_type)
    .bind(plan.begins.0)
    .bind(i64::from(plan.minutes))
    .bind(TutoringState::Planned.as_str())
    .bind(board.id.as_str())
    .bind(notes.id.as_str())
    .bind(plan.plan.as_ref().map(|document| document.as_str()))
    .bind(plan.item.as_ref().map(|item| item.as_str()))
    .bind(i64::from(plan.lobby))
    .bind(board.at.0)
    .execute(connection)
    .await
    .map(drop)
}

async fn update(connection: &mut Connection, id: &TutoringId, plan: &Plan, revision: u64) -> sqlx::Result<bool> {
    let updated = sqlx::query(
        "UPDATE tutoring_sessions SET kind = $3, title = $4, about = $5, host = $6, stage = $7, subject = $8, \
         grade = $9, taxon = $10, lesson_type = $11, begins = $12, minutes = $13, plan = $14, item = $15, lobby = $16, \
         revision = revision + 1 WHERE id = $1 AND revision = $2",
    )
    .bind(id.as_str())
    .bind(revision as i64)
    .bind(plan.kind.as_str())
    .bind(plan.title.as_str())
    .bind(&plan.about)
    .bind(plan.host.as_str())
    .bind(&plan.placing.stage)
    .bind(&plan.placing.subject)
    .bind(&plan.placing.grade)
    .bind(plan.placing.taxon.as_ref().map(|taxon| taxon.as_str()))
    .bind(&plan.placing.lesson_type)
    .bind(plan.begins.0)
    .bind(i64::from(plan.minutes))
    .bind(plan.plan.as_ref().map(|document| document.as_str()))
    .bind(plan.item.as_ref().map(|item| item.as_str()))
    .bind(i64::from(plan.lobby))
    .execute(connection)
    .await?;
    Ok(updated.rows_affected() > 0)
}

async fn insert_invited(connection: &mut Connection, id: &TutoringId, invited: &[Invitation]) -> sqlx::Result<()> {
    for Invitation { with, role } in invited {
        let (kind, grantee) = grantee_columns(with);
        sqlx::query(
            "INSERT INTO tutoring_invited (session, grantee_type, grantee, role) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (session, grantee_type, grantee) DO UPDATE SET role = excluded.role",
        )
        .bind(id.as_str())
        .bind(kind)
        .bind(grantee)
        .bind(role.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// A line about what somebody did with the session, as one about its board: whoever manages that reads it.
pub fn entry(handle: &TutoringHandle, at: UnixMillis, act: &'static str, details: serde_json::Value) -> AuditEntry {
    let by = By::Person(handle.who().clone());
    AuditEntry { by, at, act: act.into(), subject: format!("document:{}", handle.stored().board), details }
}
