//! Guests of tutoring sessions: coming in by the code, waiting, being let in, going.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use serde::Deserialize;
use shared::api::{GuestView, JoinSession, SessionAtDoor, SessionNews, SessionView, SetCode};
use shared::tutoring::{MAX_GUEST_NAME_CHARS, MAX_GUEST_SCHOOL_CHARS, TutoringState};
use shared::words::UserId;

use super::attendee::{Tutored, guest_of};
use super::caller::{Body, CookieName};
use super::failure::Failure;
use super::limits;
use super::refusal::Refusal;
use super::session::{Lasts, set_cookie};
use super::tutoring::{again, changed};
use super::tutoring_view::at_door;
use crate::accounts::{Source, random_session_code, session_code};
use crate::app::{App, SharedApp};
use crate::clock;
use crate::library::words::checked_words;
use crate::secret::{self, Secret};
use crate::store::{StoredGuest, StoredSessionPlan};

/// A guest's cookie is kept for no longer than a session can take.
const GUEST_FOR: u64 = 24 * 3600;

/// `PUT /api/tutoring/{session}/code`: another code, or none.
pub async fn set_code(
    State(app): State<SharedApp>,
    session: Tutored,
    Body(SetCode { on }): Body<SetCode>,
) -> Result<Json<SessionView>, Refusal> {
    let running = session.running()?;
    if matches!(session.handle.state(), TutoringState::Ended | TutoringState::Cancelled) {
        return Err(Refusal::SessionStandsOtherwise);
    }
    let code = on.then(random_session_code);
    app.store.set_session_code(running, code.as_deref(), clock::now()).await?;
    again(&app, &session).await
}

/// `GET /api/tutoring/join/{code}`: what it leads to.
pub async fn look(
    State(app): State<SharedApp>,
    source: Source,
    Path(code): Path<String>,
) -> Result<Json<SessionAtDoor>, Failure> {
    let session = behind(&app, &source, &code).await?;
    Ok(Json(at_door(&app, &session)))
}

/// `POST /api/tutoring/join/{code}`: somebody without an account comes to the door. Who is let in at once is.
pub async fn join(
    State(app): State<SharedApp>,
    source: Source,
    Path(code): Path<String>,
    Body(JoinSession { name, school }): Body<JoinSession>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<GuestView>), Failure> {
    let name = checked_words(&name.replace('\n', " "), MAX_GUEST_NAME_CHARS).map_err(Refusal::from)?;
    let school = checked_words(&school.replace('\n', " "), MAX_GUEST_SCHOOL_CHARS).map_err(Refusal::from)?;
    let session = behind(&app, &source, &code).await?;
    limits::joining(&app, source.address)?;
    let secret = Secret::random();
    let id: UserId = format!("guest-{}", secret::random_id()).parse().map_err(|_| Refusal::Internal)?;
    let (let_in, sent_away) = (None, None);
    let guest = StoredGuest { id, session: session.id.clone(), name, school, at: clock::now(), let_in, sent_away };
    if !app.store.add_guest(&guest, secret.hash()).await? {
        return Err(Refusal::TooManyGuests.into());
    }
    app.tell_session(&session, SessionNews::Lobby);
    // Revealed to their owner.
    let cookie = set_cookie(&app, CookieName::GUEST, secret.reveal(), Lasts::Seconds(GUEST_FOR));
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(guest_view(&app, &guest, &session))))
}

async fn behind(app: &App, source: &Source, code: &str) -> Result<StoredSessionPlan, Failure> {
    let find = async {
        match session_code(code) {
            Some(code) => app.store.session_by_code(&code).await,
            None => Ok(None),
        }
    };
    Ok(app.accounts.behind_session_code(source.address, find).await?)
}

fn guest_view(app: &App, guest: &StoredGuest, session: &StoredSessionPlan) -> GuestView {
    let StoredGuest { id, name, school, let_in, sent_away, .. } = guest.clone();
    let let_in = sent_away.is_none() && (let_in.is_some() || !session.plan.lobby);
    GuestView { id, name, school, let_in, sent_away: sent_away.is_some(), session: at_door(app, session) }
}

/// `GET /api/tutoring/guest`: who waits, and whether they may go in by now.
pub async fn show(State(app): State<SharedApp>, headers: HeaderMap) -> Result<Json<GuestView>, Refusal> {
    let (guest, _) = guest_of(&headers, &app).await?.ok_or(Refusal::NoSuchTutoring)?;
    let session = app.store.tutoring_session(&guest.session).await?.ok_or(Refusal::NoSuchTutoring)?;
    Ok(Json(guest_view(&app, &guest, &session)))
}

/// `DELETE /api/tutoring/guest`: a guest goes, and their cookie with them.
pub async fn leave(
    State(app): State<SharedApp>,
    headers: HeaderMap,
) -> Result<(StatusCode, [(HeaderName, String); 1]), Refusal> {
    if let Some((guest, _)) = guest_of(&headers, &app).await? {
        app.store.guest_leaves(&guest, clock::now()).await?;
        if let Some(session) = app.store.tutoring_session(&guest.session).await? {
            changed(&app, &session, SessionNews::Lobby);
        }
    }
    let cookie = set_cookie(&app, CookieName::GUEST, "", Lasts::Seconds(0));
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}

#[derive(Deserialize)]
pub struct GuestInPath {
    guest: String,
}

/// `PUT /api/tutoring/{session}/guests/{guest}`: out of the lobby and in.
pub async fn let_in(
    State(app): State<SharedApp>,
    session: Tutored,
    Path(GuestInPath { guest }): Path<GuestInPath>,
) -> Result<Json<SessionView>, Refusal> {
    let leading = session.leading()?;
    let guest: UserId = guest.parse().map_err(|_| Refusal::NotInSession)?;
    if !app.store.let_in(leading, &guest, clock::now()).await? {
        return Err(Refusal::NotInSession);
    }
    changed(&app, session.handle.stored(), SessionNews::Lobby);
    again(&app, &session).await
}

/// `DELETE /api/tutoring/{session}/guests/{guest}`: out at once, and for good: their cookie opens nothing any more.
pub async fn send_away(
    State(app): State<SharedApp>,
    session: Tutored,
    Path(GuestInPath { guest }): Path<GuestInPath>,
) -> Result<Json<SessionView>, Refusal> {
    let leading = session.leading()?;
    let guest: UserId = guest.parse().map_err(|_| Refusal::NotInSession)?;
    if !app.store.send_guest_away(leading, &guest, clock::now()).await? {
        return Err(Refusal::NotInSession);
    }
    changed(&app, session.handle.stored(), SessionNews::Lobby);
    again(&app, &session).await
}
