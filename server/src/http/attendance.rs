//! Who was in a tutoring session from when until when, for host and helpers.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use shared::api::{AttendanceList, AttendanceStay, CorrectStay};
use shared::words::UnixMillis;

use super::attendee::Tutored;
use super::caller::Body;
use super::pressed::Pressed;
use super::refusal::Refusal;
use super::tutoring_view::Attendees;
use crate::app::{App, SharedApp};
use crate::clock;
use crate::store::StoredStay;

/// 300 people who each come back ten times.
const MOST: u32 = 3_000;

/// `GET /api/tutoring/{session}/attendance`.
pub async fn list(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    session: Tutored,
) -> Result<Pressed<AttendanceList>, Refusal> {
    session.leading()?;
    Ok(Pressed::new(&headers, read(&app, &session).await?))
}

#[derive(Deserialize)]
pub struct StayInPath {
    stay: u64,
}

/// `PUT /api/tutoring/{session}/attendance/{stay}`: a line was cut, or somebody listened at another's computer.
pub async fn correct(
    State(app): State<SharedApp>,
    session: Tutored,
    path: Option<Path<StayInPath>>,
    Body(CorrectStay { since, until }): Body<CorrectStay>,
) -> Result<Json<AttendanceList>, Refusal> {
    let running = session.running()?;
    let Path(StayInPath { stay }) = path.ok_or(Refusal::NoSuchStay)?;
    let (opened, now) = (session.handle.stored().opened.ok_or(Refusal::SessionNotOpen)?, clock::now());
    let last = session.handle.stored().ended.unwrap_or(now);
    if !(opened <= since && since < until && until <= last) {
        return Err(Refusal::StayUnfit);
    }
    if !app.store.correct_stay(running, stay, since, until, now).await? {
        return Err(Refusal::NoSuchStay);
    }
    Ok(Json(read(&app, &session).await?))
}

async fn read(app: &App, session: &Tutored) -> Result<AttendanceList, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let guests = app.store.guests(session.handle.id()).await?;
    let plan = session.handle.stored();
    let attendees = Attendees { app, directory: &directory, session: plan, guests: &guests, now };
    let stay = |StoredStay { number, who, since, until, corrected }: StoredStay| AttendanceStay {
        number,
        who: attendees.of(&who),
        since,
        until,
        corrected: corrected.as_ref().map(|(at, _): &(UnixMillis, _)| *at),
        corrected_by: corrected.map(|(_, by)| attendees.of(&by).person),
    };
    let stays = app.store.stays(&session.handle, MOST).await?;
    Ok(AttendanceList { stays: stays.into_iter().map(stay).collect() })
}
