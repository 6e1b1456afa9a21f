//! What is open on somebody's items, and what others answered them.

use shared::api::Waiting;
use shared::library::{CorrectionState, LoanState};
use shared::organisation::Shelf;
use shared::words::{UnixMillis, UserId};
use sqlx::{AssertSqlSafe, Row};

use super::DbRow;
use super::connections::Connections;
use super::item_rows::decoded;
use super::rows::parsed;
use crate::store::StoredWaiting;

/// Items in alias `i` that person `$1` made, or that lie on one of the shelves `$2`.
const THEIRS: &str = "i.binned IS NULL AND (i.author = $1 OR i.shelf IN (SELECT value FROM json_each($2)) \
    OR EXISTS (SELECT 1 FROM item_authors a WHERE a.item = i.id AND a.person = $1))";

/// Each gives `at`, `item`, `by` and what its sort shows. `$3` is since when answers are of interest, `$4` how many at most.
fn sorts() -> [(&'static str, String); 7] {
    let remarks = "FROM remarks r JOIN items i ON i.id = r.item";
    let standing = "r.taken_back IS NULL AND r.hidden IS NULL";
    [
        (
            "question",
            format!(
                "SELECT r.at, r.item, r.author AS by, r.id, r.text {remarks} WHERE r.kind = 'question' \
                 AND r.closed IS NULL AND r.author <> $1 AND {standing} AND {THEIRS} AND NOT EXISTS (SELECT 1 FROM \
                 remarks a WHERE a.root = r.id AND a.answers = 1 AND a.taken_back IS NULL AND a.hidden IS NULL)"
            ),
        ),
        (
            "correction",
            format!(
                "SELECT r.at, r.item, r.author AS by, r.id, c.quote, c.instead {remarks} JOIN corrections c \
                 ON c.remark = r.id WHERE c.state = 'offered' AND r.author <> $1 AND {standing} AND {THEIRS}"
            ),
        ),
        (
            "loan",
            format!(
                "SELECT l.at, l.item, l.person AS by, l.id, l.since, l.until, l.purpose FROM loans l JOIN items i \
                 ON i.id = l.item WHERE l.state = 'asked' AND {THEIRS}"
            ),
        ),
        (
            "reply",
            format!(
                "SELECT r.at, r.item, r.author AS by, r.root AS id, r.text FROM remarks r JOIN remarks o \
                 ON o.id = r.root WHERE o.author = $1 AND r.author <> $1 AND r.at > $3 AND {standing}"
            ),
        ),
        (
            "decided",
            "SELECT c.decided AS at, r.item, c.decided_by AS by, r.id, c.state, c.words FROM remarks r \
             JOIN corrections c ON c.remark = r.id WHERE r.author = $1 AND c.decided_by <> $1 AND c.decided > $3 \
             AND r.taken_back IS NULL"
                .to_owned(),
        ),
        (
            "hidden",
            "SELECT r.hidden AS at, r.item, r.hidden_by AS by, coalesce(r.root, r.id) AS id, r.hidden_why AS text \
             FROM remarks r WHERE r.author = $1 AND r.hidden > $3 AND r.hidden_by <> $1 AND r.taken_back IS NULL"
                .to_owned(),
        ),
        (
            "loan-decided",
            "SELECT decided AS at, item, decided_by AS by, id, since, until, state, words FROM loans \
             WHERE person = $1 AND decided > $3 AND decided_by <> $1 AND state IN ('agreed', 'declined', 'lapsed')"
                .to_owned(),
        ),
    ]
}

/// Of each sort the newest so many.
pub async fn read(
    read: &Connections,
    person: &UserId,
    shelves: &[Shelf],
    since: UnixMillis,
    limit: u32,
) -> sqlx::Result<Vec<StoredWaiting>> {
    let shelves: Vec<_> = shelves.iter().map(Shelf::to_string).collect();
    let shelves = serde_json::json!(shelves).to_string();
    let mut found = Vec::new();
    for (sort, sql) in sorts() {
        // All four are bound whether a sort names them or not: that it needs them is said here once.
        let sql =
            format!("SELECT * FROM ({sql}) AS found WHERE $2 IS NOT NULL AND $3 IS NOT NULL ORDER BY at DESC LIMIT $4");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(person.as_str())
            .bind(&shelves)
            .bind(since.0)
            .bind(i64::from(limit))
            .fetch_all(read)
            .await?;
        for row in &rows {
            found.push(StoredWaiting {
                at: UnixMillis(row.try_get("at")?),
                item: parsed(row.try_get("item")?)?,
                by: parsed(row.try_get("by")?)?,
                what: what(sort, row)?,
            });
        }
    }
    Ok(found)
}

fn what(sort: &str, row: &DbRow) -> sqlx::Result<Waiting> {
    let at = |column: &str| row.try_get::<i64, _>(column).map(UnixMillis);
    Ok(match sort {
        "question" => Waiting::Question { remark: parsed(row.try_get("id")?)?, text: row.try_get("text")? },
        "correction" => Waiting::Correction {
            remark: parsed(row.try_get("id")?)?,
            quote: row.try_get("quote")?,
            instead: row.try_get("instead")?,
        },
        "loan" => Waiting::Loan {
            loan: parsed(row.try_get("id")?)?,
            since: at("since")?,
            until: at("until")?,
            purpose: row.try_get("purpose")?,
        },
        "decided" => Waiting::Decided {
            remark: parsed(row.try_get("id")?)?,
            state: decoded("the state of a correction", CorrectionState::named, row.try_get("state")?)?,
            words: row.try_get("words")?,
        },
        "hidden" => Waiting::Hidden { remark: parsed(row.try_get("id")?)?, why: row.try_get("text")? },
        "loan-decided" => Waiting::LoanDecided {
            loan: parsed(row.try_get("id")?)?,
            since: at("since")?,
            until: at("until")?,
            state: decoded("the state of a loan", LoanState::named, row.try_get("state")?)?,
            words: row.try_get("words")?,
        },
        _ => Waiting::Reply { remark: parsed(row.try_get("id")?)?, text: row.try_get("text")? },
    })
}
