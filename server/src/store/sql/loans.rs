//! What is lent to whom. Each half hour that a loan takes is a row with the item as its key, so that no two agreed
//! loans can ever have the same.

use async_trait::async_trait;
use shared::library::{LoanState, MAX_OPEN_REQUESTS};
use shared::words::{ItemId, LoanId, UnixMillis, UserId};
use sqlx::Row;

use super::item_rows::decoded;
use super::items::entry;
use super::rows::parsed;
use super::{Connection, DbRow, Deed, SqlStore, audit};
use crate::store::{
    DepositedLoan, Entered, ItemHandle, Keeping, LoanDecision, Loans, NewLoan, Result, Settled, Speaking, StoredLoan,
    slots,
};

#[async_trait]
impl Loans for SqlStore {
    async fn ask_loan(&self, item: Speaking<'_>, loan: &NewLoan) -> Result<Entered> {
        let deed = || format!("ask for item {} by request {}", item.id(), loan.id);
        let mut transaction = self.begin(deed).await?;
        let asked = async {
            if let Some(before) = known(&mut transaction, item.id(), item.person(), &loan.id).await? {
                return Ok(before);
            }
            let open: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM loans WHERE person = $1 AND item = $2 AND state = 'asked' AND until > $3",
            )
            .bind(item.person().as_str())
            .bind(item.id().as_str())
            .bind(loan.at.0)
            .fetch_one(&mut *transaction)
            .await?;
            if open >= i64::from(MAX_OPEN_REQUESTS) {
                return Ok(Entered::TooMany);
            }
            if is_taken(&mut transaction, item.id(), loan.since, loan.until).await? {
                return Ok(Entered::Taken);
            }
            insert(&mut transaction, item.id(), item.person(), loan, LoanState::Asked, None).await?;
            sqlx::Result::Ok(Entered::Now)
        };
        let asked = asked.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(asked)
    }

    async fn enter_loan(&self, item: Keeping<'_>, loan: &NewLoan, state: LoanState) -> Result<Entered> {
        let deed = || format!("enter loan {} of item {}", loan.id, item.id());
        let mut transaction = self.begin(deed).await?;
        let entered = async {
            if let Some(before) = known(&mut transaction, item.id(), item.person(), &loan.id).await? {
                return Ok(before);
            }
            if is_taken(&mut transaction, item.id(), loan.since, loan.until).await? {
                return Ok(Entered::Taken);
            }
            let decided = Some((item.person(), loan.at));
            insert(&mut transaction, item.id(), item.person(), loan, state, decided).await?;
            let act = if state == LoanState::Blocked { "item.blocked" } else { "item.loan-agreed" };
            let details = serde_json::json!({ "loan": loan.id, "since": loan.since, "until": loan.until });
            audit::append(&mut transaction, &[entry(item.person(), item.id(), loan.at, act, details)]).await?;
            sqlx::Result::Ok(Entered::Now)
        };
        let entered = entered.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(entered)
    }

    async fn put_loans(&self, loans: &[DepositedLoan]) -> Result<()> {
        let deed = || format!("put in {} loans at once", loans.len());
        let mut transaction = self.begin(deed).await?;
        let all = async {
            for DepositedLoan { item, person, loan, state, decided } in loans {
                if state.takes_time() && is_taken(&mut transaction, item, loan.since, loan.until).await? {
                    continue;
                }
                let decided = decided.as_ref().map(|(by, at)| (by, *at));
                insert(&mut transaction, item, person, loan, *state, decided).await?;
            }
            sqlx::Result::Ok(())
        };
        all.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn loans_between(
        &self,
        item: &ItemHandle,
        since: UnixMillis,
        until: UnixMillis,
        limit: u32,
    ) -> Result<Vec<StoredLoan>> {
        let deed = || format!("read the calendar of item {}", item.id());
        let rows = sqlx::query(
            "SELECT * FROM loans WHERE item = $1 AND until > $2 AND since < $3 \
             AND (state IN ('asked', 'agreed', 'blocked', 'returned') OR person = $4) ORDER BY since, number LIMIT $5",
        )
        .bind(item.id().as_str())
        .bind(since.0)
        .bind(until.0)
        .bind(item.person().as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn loan(&self, item: &ItemHandle, id: &LoanId) -> Result<Option<StoredLoan>> {
        let deed = || format!("read loan {id}");
        let row = sqlx::query("SELECT * FROM loans WHERE item = $1 AND id = $2")
            .bind(item.id().as_str())
            .bind(id.as_str())
            .fetch_optional(&self.read)
            .await
            .deed(deed)?;
        row.as_ref().map(stored).transpose().deed(deed)
    }

    async fn loans_of(&self, person: &UserId, before: Option<u64>, limit: u32) -> Result<Vec<StoredLoan>> {
        let deed = || format!("list what {person} has borrowed");
        let rows = sqlx::query(
            "SELECT * FROM loans WHERE person = $1 AND state <> 'blocked' AND ($2 IS NULL OR number < $2) \
             ORDER BY number DESC LIMIT $3",
        )
        .bind(person.as_str())
        .bind(before.map(|number| number as i64))
        .bind(i64::from(limit))
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        rows.iter().map(stored).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn decide_loan(&self, item: Keeping<'_>, id: &LoanId, decision: &LoanDecision) -> Result<Settled> {
        let deed = || format!("decide on loan {id}");
        let mut transaction = self.begin(deed).await?;
        let decided = async {
            let Some((before, since, until)) = state_of(&mut transaction, item.id(), id).await? else {
                return Ok(Settled::No);
            };
            let LoanDecision { state, words, at } = decision;
            if before == *state {
                return Ok(Settled::Before);
            }
            let act = match (before, state) {
                (LoanState::Asked, LoanState::Agreed) => "item.loan-agreed",
                (LoanState::Asked, LoanState::Declined) => "item.loan-declined",
                // It could not be lent after all.
                (LoanState::Agreed, LoanState::Declined) => "item.loan-declined",
                (LoanState::Agreed, LoanState::Returned) => "item.loan-returned",
                (LoanState::Blocked, LoanState::Withdrawn) => "item.unblocked",
                _ => return Ok(Settled::No),
            };
            if state.takes_time() {
                if is_taken(&mut transaction, item.id(), since, until).await? {
                    return Ok(Settled::Taken);
                }
                take(&mut transaction, item.id(), id, since, until).await?;
            } else {
                release(&mut transaction, id).await?;
            }
            settle(&mut transaction, id, *state, Some(item.person()), words, *at).await?;
            let details = serde_json::json!({ "loan": id });
            audit::append(&mut transaction, &[entry(item.person(), item.id(), *at, act, details)]).await?;
            sqlx::Result::Ok(Settled::Now)
        };
        let decided = decided.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(decided)
    }

    async fn withdraw_loan(&self, item: Speaking<'_>, id: &LoanId, at: UnixMillis) -> Result<Settled> {
        let deed = || format!("withdraw loan {id}");
        let mut transaction = self.begin(deed).await?;
        let withdrawn = async {
            let Some((before, since, _)) = state_of(&mut transaction, item.id(), id).await? else {
                return Ok(Settled::No);
            };
            match before {
                LoanState::Withdrawn => return Ok(Settled::Before),
                LoanState::Asked => {}
                LoanState::Agreed if since > at => {}
                LoanState::Agreed
                | LoanState::Declined
                | LoanState::Returned
                | LoanState::Lapsed
                | LoanState::Blocked => return Ok(Settled::No),
            }
            release(&mut transaction, id).await?;
            settle(&mut transaction, id, LoanState::Withdrawn, Some(item.person()), "", at).await?;
            sqlx::Result::Ok(Settled::Now)
        };
        let withdrawn = withdrawn.await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(withdrawn)
    }

    async fn borrowers(&self, item: &ItemId) -> Result<Vec<UserId>> {
        let deed = || format!("list who waits for item {item}");
        let people: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT person FROM loans WHERE item = $1 AND state IN ('asked', 'agreed')")
                .bind(item.as_str())
                .fetch_all(&self.read)
                .await
                .deed(deed)?;
        people.into_iter().map(parsed).collect::<sqlx::Result<_>>().deed(deed)
    }

    async fn lapse_loans(&self, item: Keeping<'_>, people: &[UserId], at: UnixMillis) -> Result<()> {
        let deed = || format!("end what is asked for of item {}", item.id());
        let mut transaction = self.begin(deed).await?;
        let lapsed = async {
            for person in people {
                lapse(&mut transaction, item.id(), person, item.person(), at).await?;
            }
            sqlx::Result::Ok(())
        };
        lapsed.await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }
}

/// What anybody has asked for or is still to get of an item ends as it goes into the bin. The half hours of what was
/// agreed stay theirs: it may come back.
pub async fn suspend(connection: &mut Connection, item: &ItemId, by: &UserId, at: UnixMillis) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE loans SET state = 'lapsed', decided = $2, decided_by = $3 WHERE item = $1 \
         AND (state = 'asked' OR (state = 'agreed' AND since > $2))",
    )
    .bind(item.as_str())
    .bind(at.0)
    .bind(by.as_str())
    .execute(connection)
    .await
    .map(drop)
}

/// What ended when the item went into the bin is again as it was, unless its time has begun meanwhile.
pub async fn resume(
    connection: &mut Connection,
    item: &ItemId,
    binned: UnixMillis,
    by: &UserId,
    at: UnixMillis,
) -> sqlx::Result<()> {
    let come_back = [
        // Whoever asked waits again, as if nothing had been decided.
        "UPDATE loans SET state = 'asked', decided = NULL, decided_by = NULL WHERE item = $1 AND state = 'lapsed' \
         AND decided = $2 AND since > $3 AND NOT EXISTS (SELECT 1 FROM loan_slots WHERE loan_slots.loan = loans.id)",
        // Whoever was to have it is told.
        "UPDATE loans SET state = 'agreed', decided = $3, decided_by = $4 WHERE item = $1 AND state = 'lapsed' \
         AND decided = $2 AND since > $3 AND EXISTS (SELECT 1 FROM loan_slots WHERE loan_slots.loan = loans.id)",
    ];
    for sql in come_back {
        let back = sqlx::query(sql).bind(item.as_str()).bind(binned.0).bind(at.0);
        if sql.contains("$4") { back.bind(by.as_str()) } else { back }.execute(&mut *connection).await?;
    }
    sqlx::query(
        "DELETE FROM loan_slots WHERE item = $1 AND loan IN (SELECT id FROM loans WHERE item = $1 AND state = 'lapsed')",
    )
    .bind(item.as_str())
    .execute(connection)
    .await
    .map(drop)
}

/// What somebody has asked for or is still to get of an item ends.
async fn lapse(
    connection: &mut Connection,
    item: &ItemId,
    person: &UserId,
    by: &UserId,
    at: UnixMillis,
) -> sqlx::Result<()> {
    let ended: Vec<String> = sqlx::query_scalar(
        "UPDATE loans SET state = 'lapsed', decided = $3, decided_by = $4 WHERE item = $1 \
         AND person = $2 AND (state = 'asked' OR (state = 'agreed' AND since > $3)) RETURNING id",
    )
    .bind(item.as_str())
    .bind(person.as_str())
    .bind(at.0)
    .bind(by.as_str())
    .fetch_all(&mut *connection)
    .await?;
    for id in ended {
        sqlx::query("DELETE FROM loan_slots WHERE loan = $1").bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whatever somebody has asked for or is still to get ends, of all items.
pub async fn lapse_all_of(
    connection: &mut Connection,
    person: &UserId,
    by: &UserId,
    at: UnixMillis,
) -> sqlx::Result<()> {
    let items: Vec<String> = sqlx::query_scalar("SELECT DISTINCT item FROM loans WHERE person = $1")
        .bind(person.as_str())
        .fetch_all(&mut *connection)
        .await?;
    for item in items {
        lapse(connection, &parsed(item)?, person, by, at).await?;
    }
    Ok(())
}

/// What became of a request of that id, if one has come before.
async fn known(
    connection: &mut Connection,
    item: &ItemId,
    person: &UserId,
    id: &LoanId,
) -> sqlx::Result<Option<Entered>> {
    let known: Option<(String, String)> = sqlx::query_as("SELECT item, person FROM loans WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    let same = |(known, by): (String, String)| known == item.as_str() && by == person.as_str();
    Ok(known.map(|known| if same(known) { Entered::Before } else { Entered::Foreign }))
}

async fn is_taken(
    connection: &mut Connection,
    item: &ItemId,
    since: UnixMillis,
    until: UnixMillis,
) -> sqlx::Result<bool> {
    let slots = slots(since, until);
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM loan_slots WHERE item = $1 AND slot >= $2 AND slot < $3)")
        .bind(item.as_str())
        .bind(slots.start)
        .bind(slots.end)
        .fetch_one(connection)
        .await
}

async fn insert(
    connection: &mut Connection,
    item: &ItemId,
    person: &UserId,
    loan: &NewLoan,
    state: LoanState,
    decided: Option<(&UserId, UnixMillis)>,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO loans (id, item, person, since, until, purpose, state, at, decided, decided_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(loan.id.as_str())
    .bind(item.as_str())
    .bind(person.as_str())
    .bind(loan.since.0)
    .bind(loan.until.0)
    .bind(&loan.purpose)
    .bind(state.as_str())
    .bind(loan.at.0)
    .bind(decided.map(|(_, at)| at.0))
    .bind(decided.map(|(by, _)| by.as_str()))
    .execute(&mut *connection)
    .await?;
    if state.takes_time() {
        take(connection, item, &loan.id, loan.since, loan.until).await?;
    }
    Ok(())
}

/// Fails if one of the half hours is somebody else's.
async fn take(
    connection: &mut Connection,
    item: &ItemId,
    id: &LoanId,
    since: UnixMillis,
    until: UnixMillis,
) -> sqlx::Result<()> {
    for slot in slots(since, until) {
        sqlx::query("INSERT INTO loan_slots (item, slot, loan) VALUES ($1, $2, $3)")
            .bind(item.as_str())
            .bind(slot)
            .bind(id.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn release(connection: &mut Connection, id: &LoanId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM loan_slots WHERE loan = $1").bind(id.as_str()).execute(connection).await?;
    Ok(())
}

async fn settle(
    connection: &mut Connection,
    id: &LoanId,
    state: LoanState,
    by: Option<&UserId>,
    words: &str,
    at: UnixMillis,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE loans SET state = $2, decided = $3, decided_by = $4, words = $5 WHERE id = $1")
        .bind(id.as_str())
        .bind(state.as_str())
        .bind(at.0)
        .bind(by.map(UserId::as_str))
        .bind(words)
        .execute(connection)
        .await?;
    Ok(())
}

async fn state_of(
    connection: &mut Connection,
    item: &ItemId,
    id: &LoanId,
) -> sqlx::Result<Option<(LoanState, UnixMillis, UnixMillis)>> {
    let row: Option<(String, i64, i64)> =
        sqlx::query_as("SELECT state, since, until FROM loans WHERE item = $1 AND id = $2")
            .bind(item.as_str())
            .bind(id.as_str())
            .fetch_optional(connection)
            .await?;
    let read = |(state, since, until): (String, i64, i64)| {
        Ok((decoded("the state of a loan", LoanState::named, &state)?, UnixMillis(since), UnixMillis(until)))
    };
    row.map(read).transpose()
}

fn stored(row: &DbRow) -> sqlx::Result<StoredLoan> {
    let at = |column: &str| row.try_get::<i64, _>(column).map(UnixMillis);
    Ok(StoredLoan {
        number: row.try_get::<i64, _>("number")? as u64,
        id: parsed(row.try_get("id")?)?,
        item: parsed(row.try_get("item")?)?,
        person: parsed(row.try_get("person")?)?,
        since: at("since")?,
        until: at("until")?,
        purpose: row.try_get("purpose")?,
        state: decoded("the state of a loan", LoanState::named, row.try_get("state")?)?,
        at: at("at")?,
        decided: row.try_get::<Option<i64>, _>("decided")?.map(UnixMillis),
        decided_by: row.try_get::<Option<String>, _>("decided_by")?.map(parsed).transpose()?,
        words: row.try_get("words")?,
    })
}
