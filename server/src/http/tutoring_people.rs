//! Who is in a tutoring session, and what they hold: hands, pens, the floor; sending away.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use shared::access::{role, runs};
use shared::api::{SessionNews, SessionView};
use shared::tutoring::{MAX_FLOOR, MAX_HANDS, MAX_PENS, Role, Sign, TutoringState};
use shared::words::UserId;

use super::attendee::Tutored;
use super::limits;
use super::refusal::Refusal;
use super::tutoring::{again, changed, rights_changed};
use super::tutoring_view::sign_lines;
use crate::app::SharedApp;
use crate::clock;
use crate::store::Given;

#[derive(Deserialize)]
pub struct SignInPath {
    sign: String,
    person: String,
}

impl SignInPath {
    fn read(&self) -> Result<(Sign, UserId), Refusal> {
        let sign = Sign::named(&self.sign).ok_or(Refusal::NoSuchAddress)?;
        Ok((sign, self.person.parse().map_err(|_| Refusal::NotInSession)?))
    }
}

/// `PUT /api/tutoring/{session}/signs/{sign}/{person}`: one's own hand, or what host and helpers give.
pub async fn give(
    State(app): State<SharedApp>,
    session: Tutored,
    Path(path): Path<SignInPath>,
) -> Result<Json<SessionView>, Refusal> {
    let (sign, who) = path.read()?;
    may_touch(&session, sign, &who)?;
    if session.handle.state() != TutoringState::Open {
        return Err(Refusal::SessionNotOpen);
    }
    let (directory, now) = (app.store.directory(), clock::now());
    let their_role = role(&directory, &who, &session.handle.stored().access, now).ok_or(Refusal::NotInSession)?;
    let (may_have, most) = match sign {
        Sign::Hand => (their_role.asks(), MAX_HANDS),
        // What a guest draws would be nobody's, as the log of a board names people.
        Sign::Pen => (their_role != Role::Guest, MAX_PENS),
        Sign::Floor => (true, MAX_FLOOR),
    };
    if !may_have {
        return Err(Refusal::NotInSession);
    }
    limits::gesture(&app, session.who())?;
    match app.store.set_sign(&session.handle, sign, &who, most, now).await? {
        Given::Now => told(&app, &session, sign).await?,
        Given::Before => {}
        Given::TooMany => return Err(Refusal::TooManySigns),
        Given::Gone => return Err(Refusal::NotInSession),
    }
    again(&app, &session).await
}

/// `DELETE /api/tutoring/{session}/signs/{sign}/{person}`: giving back one's own, or what host and helpers take.
pub async fn take(
    State(app): State<SharedApp>,
    session: Tutored,
    Path(path): Path<SignInPath>,
) -> Result<Json<SessionView>, Refusal> {
    let (sign, who) = path.read()?;
    if who != *session.who() {
        session.leading()?;
    }
    limits::gesture(&app, session.who())?;
    if app.store.end_sign(&session.handle, sign, &who, clock::now()).await? {
        told(&app, &session, sign).await?;
    }
    again(&app, &session).await
}

/// A hand is raised by whose it is; pen and floor are given by host and helpers.
fn may_touch(session: &Tutored, sign: Sign, who: &UserId) -> Result<(), Refusal> {
    match sign {
        Sign::Hand if who == session.who() => Ok(()),
        Sign::Hand => Err(Refusal::NotInSession),
        Sign::Pen | Sign::Floor => session.leading().map(drop),
    }
}

async fn told(app: &SharedApp, session: &Tutored, sign: Sign) -> Result<(), Refusal> {
    match sign {
        Sign::Pen => rights_changed(app, session.handle.stored()),
        Sign::Hand | Sign::Floor => {}
    }
    let signs = sign_lines(app, &session.handle).await?;
    app.tell_session(session.handle.stored(), SessionNews::Signs(signs));
    Ok(())
}

#[derive(Deserialize)]
pub struct PersonInPath {
    person: String,
}

/// `DELETE /api/tutoring/{session}/people/{person}`: out of the session at once, whatever the invitation says.
pub async fn send_away(
    State(app): State<SharedApp>,
    session: Tutored,
    Path(PersonInPath { person }): Path<PersonInPath>,
) -> Result<Json<SessionView>, Refusal> {
    let leading = session.leading()?;
    let person: UserId = person.parse().map_err(|_| Refusal::NotInSession)?;
    let (directory, now) = (app.store.directory(), clock::now());
    let access = &session.handle.stored().access;
    if runs(&directory, &person, access, now) {
        return Err(Refusal::RunnerStays);
    }
    if !access.removed.contains(&person) {
        let their_role = role(&directory, &person, access, now).ok_or(Refusal::NotInSession)?;
        if their_role == Role::Helper {
            session.running()?;
        }
        if !app.store.send_from_session(leading, &person, now).await? {
            return Err(Refusal::TooManyRemoved);
        }
        changed(&app, session.handle.stored(), SessionNews::People);
    }
    again(&app, &session).await
}

/// `PUT /api/tutoring/{session}/people/{person}`: their invitation counts again.
pub async fn let_return(
    State(app): State<SharedApp>,
    session: Tutored,
    Path(PersonInPath { person }): Path<PersonInPath>,
) -> Result<Json<SessionView>, Refusal> {
    let leading = session.leading()?;
    let person: UserId = person.parse().map_err(|_| Refusal::NotInSession)?;
    if !session.handle.stored().access.removed.contains(&person) {
        return Err(Refusal::NotInSession);
    }
    app.store.let_return(leading, &person, clock::now()).await?;
    changed(&app, session.handle.stored(), SessionNews::People);
    again(&app, &session).await
}
