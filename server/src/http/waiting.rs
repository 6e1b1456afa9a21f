//! What waits for somebody in the library, and what they were answered.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use shared::access::{DocumentAccess, Right, managed_shelves, right};
use shared::api::{ReadAnswers, Waiting, WaitingLine, WaitingList};
use shared::library::LoanState;
use shared::words::{ItemId, UnixMillis};

use super::caller::{Body, Query};
use super::item_uses::titled_item;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::library::cards::Reader;
use crate::library::talk::speaks_for;
use crate::store::{StoredItem, StoredWaiting};

const LINES: usize = 30;
/// Of each sort so many of the newest are looked at.
const MOST: u32 = 500;
/// Answers are listed for so long.
const NEWS_DAYS: i64 = 30;

#[derive(Deserialize)]
pub struct WaitingParameters {
    before: Option<String>,
}

/// `GET /api/library/waiting`.
pub async fn list(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(WaitingParameters { before }): Query<WaitingParameters>,
) -> Result<Json<WaitingList>, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let shelves = managed_shelves(&directory, &caller.person, now);
    let since = UnixMillis(now.0 - NEWS_DAYS * UnixMillis::DAY);
    let found = app.store.waiting(&caller.person, &shelves, since, MOST).await?;
    let ids: BTreeSet<ItemId> = found.iter().map(|one| one.item.clone()).collect();
    let items = app.store.items(&ids.into_iter().collect::<Vec<_>>()).await?;
    let items: BTreeMap<ItemId, StoredItem> = items.into_iter().map(|item| (item.id.clone(), item)).collect();
    // Judged now: rights may have gone since somebody asked.
    let concerns = |one: &StoredWaiting| {
        // That it went into the bin is what its borrower is to know.
        let has_ended = matches!(one.what, Waiting::LoanDecided { state: LoanState::Lapsed, .. });
        let item = items.get(&one.item).filter(|item| item.binned.is_none() || has_ended)?;
        let access = DocumentAccess { binned: false, ..item.access() };
        let right = right(&directory, &caller.person, &access, now)?;
        let theirs = match &one.what {
            Waiting::Question { .. } | Waiting::Correction { .. } => speaks_for(item, &caller.person, right),
            Waiting::Loan { until, .. } => right >= Right::Manage && *until > now,
            Waiting::Reply { .. } | Waiting::Decided { .. } | Waiting::Hidden { .. } | Waiting::LoanDecided { .. } => {
                true
            }
        };
        theirs.then_some(item)
    };
    let read = app.store.answers_read(&caller.person).await?;
    let reader = Reader::new(&caller.person, &directory, &app.taxonomies);
    let line = |one: StoredWaiting| {
        let item = titled_item(&app, concerns(&one)?);
        let new = one.at > read || is_to_be_done(&one.what);
        Some(WaitingLine { at: one.at, item, by: reader.person(&one.by), new, what: one.what })
    };
    let mut lines: Vec<_> = found.into_iter().filter_map(line).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(place(line)));
    let count = lines.iter().filter(|line| line.new).count() as u32;
    if let Some(before) = before {
        lines.retain(|line| place(line) < before);
    }
    let more = lines.len() > LINES;
    lines.truncate(LINES);
    let next = lines.last().filter(|_| more).map(place);
    Ok(Json(WaitingList { lines, next, count }))
}

/// It waits until somebody decides, whether they have read it or not.
fn is_to_be_done(what: &Waiting) -> bool {
    match what {
        Waiting::Question { .. } | Waiting::Correction { .. } | Waiting::Loan { .. } => true,
        Waiting::Reply { .. } | Waiting::Decided { .. } | Waiting::Hidden { .. } | Waiting::LoanDecided { .. } => false,
    }
}

/// Where a line stands among the others: later ones are greater.
fn place(line: &WaitingLine) -> String {
    let id = match &line.what {
        Waiting::Question { remark, .. }
        | Waiting::Correction { remark, .. }
        | Waiting::Reply { remark, .. }
        | Waiting::Decided { remark, .. }
        | Waiting::Hidden { remark, .. } => remark.as_str(),
        Waiting::Loan { loan, .. } | Waiting::LoanDecided { loan, .. } => loan.as_str(),
    };
    format!("{:015}.{id}", line.at.0)
}

/// `PUT /api/library/waiting/read`.
pub async fn read(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(ReadAnswers { at }): Body<ReadAnswers>,
) -> Result<StatusCode, Refusal> {
    // Nobody has read what is still to come.
    let at = UnixMillis(at.0.min(clock::now().0));
    app.store.read_answers(&caller.person, at).await?;
    Ok(StatusCode::NO_CONTENT)
}
