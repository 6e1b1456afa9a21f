//! The import of a roster: previewed, and then done as it was shown.

use std::sync::Arc;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::access::Circle;
use shared::api::{ImportState, RosterAnswers, RosterPlan, RosterProgress};
use shared::organisation::Vocabulary;
use shared::organisation::roster::{RosterOptions, Unknown, WrongRows};
use shared::words::GroupId;

use super::caller::{Body, Query};
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::clock;
use crate::roster::{self, ImportError, MAX_FILE_BYTES, NoTable, Wish};

/// What a file is to be taken for.
#[derive(Deserialize)]
pub struct Asked {
    group: String,
    #[serde(default)]
    create_schools: bool,
    #[serde(default)]
    create_teams: bool,
    #[serde(default)]
    skip_wrong: bool,
}

/// Which preview is to be imported: `shown` of it.
#[derive(Deserialize)]
pub struct Meant {
    shown: Option<u64>,
}

pub async fn preview(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(asked): Query<Asked>,
    body: axum::body::Body,
) -> Result<(StatusCode, Json<RosterPlan>), Refusal> {
    let group: GroupId = asked.group.parse().map_err(|_| Refusal::NoSuchGroup)?;
    let options = asked.options();
    let (directory, now) = (app.store.directory(), clock::now());
    // Before anything foreign is read: whoever may not import here is not read for.
    if !shared::organisation::roster::may_import(&directory, &group, &caller.person, now) {
        return Err(Refusal::NoSuchGroup);
    }
    let bytes = to_bytes(body, MAX_FILE_BYTES).await.map_err(|_| Refusal::RosterTooLarge)?;
    let table = Arc::new(app.tables.read(&bytes).await.map_err(unread)?);
    let person = caller.person.clone();
    let wish = Wish { group, table, options, answers: Arc::default() };
    let plan = app.imports.preview(&*app.store, &person, wish, now).await.map_err(not_imported)?;
    Ok((StatusCode::CREATED, Json(plan)))
}

pub async fn answer(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(plan): Path<String>,
    Body(answers): Body<RosterAnswers>,
) -> Result<Json<RosterPlan>, Refusal> {
    let answered = app.imports.answer(&*app.store, &caller.person, &plan, answers, clock::now());
    let plan = answered.await.map_err(not_imported)?;
    Ok(Json(plan))
}

pub async fn apply(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(plan): Path<String>,
    Query(Meant { shown }): Query<Meant>,
) -> Result<(StatusCode, Json<RosterProgress>), Refusal> {
    let done = app.imports.apply(&*app.store, &caller.person, &plan, shown, clock::now()).await;
    let progress = done.map_err(not_imported)?;
    let status = match progress.state {
        ImportState::Done => {
            app.organisation_changed();
            StatusCode::OK
        }
        ImportState::Changed => StatusCode::CONFLICT,
        ImportState::Failed => return Err(Refusal::Internal),
        ImportState::Waiting | ImportState::Checking | ImportState::Storing | ImportState::Cancelled => StatusCode::OK,
    };
    Ok((status, Json(progress)))
}

pub async fn progress(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(plan): Path<String>,
) -> Result<Json<RosterProgress>, Refusal> {
    let progress = app.imports.progress(&caller.person, &plan, clock::now());
    progress.map(Json).map_err(not_imported)
}

pub async fn cancel(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(plan): Path<String>,
) -> Result<StatusCode, Refusal> {
    app.imports.cancel(&caller.person, &plan, clock::now()).map_err(not_imported)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The workbook with the words of the caller's region.
pub async fn template(State(app): State<SharedApp>, caller: Caller) -> Result<Response, Refusal> {
    let directory = app.store.directory();
    let circle = Circle::of(&directory, &caller.person, clock::now());
    let group = circle.groups.iter().find_map(|id| directory.group(id));
    let region = group.and_then(|group| directory.region(&group.region));
    let vocabulary = region.map_or_else(Vocabulary::usual, |region| region.vocabulary.clone());
    let made = tokio::task::spawn_blocking(move || roster::template(&vocabulary)).await;
    let workbook = made.map_err(|_| Refusal::Internal)?.map_err(|error| {
        tracing::error!("cannot write the template of a roster: {error}");
        Refusal::Internal
    })?;
    let headers = [
        (header::CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"roster.xlsx\"; filename*=UTF-8''%E8%8A%B1%E5%90%8D%E5%86%8C.xlsx",
        ),
    ];
    Ok((headers, workbook).into_response())
}

impl Asked {
    fn options(&self) -> RosterOptions {
        let unknown = |create| if create { Unknown::Created } else { Unknown::Asked };
        RosterOptions {
            schools: unknown(self.create_schools),
            teams: unknown(self.create_teams),
            wrong_rows: if self.skip_wrong { WrongRows::Skip } else { WrongRows::Stop },
        }
    }
}

fn unread(why: NoTable) -> Refusal {
    match why {
        NoTable::TooLarge => Refusal::RosterTooLarge,
        NoTable::Unreadable | NoTable::TooSlow => Refusal::RosterUnreadable,
        NoTable::TooMuch => Refusal::RosterTooMuch,
    }
}

fn not_imported(why: ImportError) -> Refusal {
    match why {
        ImportError::Unknown | ImportError::Cancelled => Refusal::NoSuchRoster,
        // Absent and forbidden look the same.
        ImportError::NoGroup => Refusal::NoSuchGroup,
        ImportError::Overtaken => Refusal::RosterOvertaken,
        ImportError::Wrong => Refusal::RosterWrong,
        ImportError::UnderWay => Refusal::RosterUnderWay,
        ImportError::Broken => Refusal::Internal,
        ImportError::Store(error) => error.into(),
    }
}
