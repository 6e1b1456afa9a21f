//! Invitations: made by those who look after others, used by those who come.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::access::administers;
use shared::api::{CreatedOpenInvitation, Invite, InviteOpenly, Invited, Join, OpenInvitation, PersonCard, StartCode};
use shared::organisation::Directory;
use shared::words::{UnixMillis, UserId};

use super::caller::Body;
use super::failure::Failure;
use super::refusal::Refusal;
use super::session::{Door, used_by};
use crate::accounts::{Caller, NewcomerAt, Source};
use crate::app::{App, SharedApp};
use crate::clock;
use crate::secret::Secret;
use crate::store::{By, StoredOpenInvitation};

const MOST_PEOPLE: usize = 500;
const USUAL_DAYS: u32 = 14;
const MOST_DAYS: u32 = 90;

pub async fn invite(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(Invite { mut people, days }): Body<Invite>,
) -> Result<(StatusCode, Json<Vec<StartCode>>), Failure> {
    people.sort();
    people.dedup();
    let days = days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_PEOPLE).contains(&people.len()) || !(1..=MOST_DAYS).contains(&days) {
        return Err(Refusal::InvitationLimits.into());
    }
    let lasts = Duration::from_secs(u64::from(days) * 24 * 3600);
    let made = app.accounts.invite(&caller.person, &people, lasts).await?;
    let (directory, now) = (app.store.directory(), clock::now());
    let codes = made.into_iter().filter_map(|(person, code, expires)| {
        let login = directory.person(&person)?.login.clone();
        // Revealed to whoever prints them, once.
        let code = code.reveal().to_owned();
        Some(StartCode { person: PersonCard::of(&directory, &person, now)?, login, code, expires })
    });
    Ok((StatusCode::CREATED, Json(codes.collect())))
}

pub async fn invite_openly(
    State(app): State<SharedApp>,
    caller: Caller,
    Body(wish): Body<InviteOpenly>,
) -> Result<(StatusCode, Json<CreatedOpenInvitation>), Failure> {
    let (code, stored) = app.accounts.invite_openly(&caller.person, wish).await?;
    let invitation = line(&app.store.directory(), stored, clock::now()).ok_or(Refusal::NotYourPlace)?;
    // Revealed to whoever passes it on, once.
    Ok((StatusCode::CREATED, Json(CreatedOpenInvitation { code: code.reveal().to_owned(), invitation })))
}

pub async fn list(State(app): State<SharedApp>, caller: Caller) -> Result<Json<Vec<OpenInvitation>>, Refusal> {
    Ok(Json(of_the_callers_places(&app, &caller.person).await?))
}

pub async fn end(
    State(app): State<SharedApp>,
    caller: Caller,
    Path(invitation): Path<String>,
) -> Result<StatusCode, Refusal> {
    let known = of_the_callers_places(&app, &caller.person).await?;
    let known = known.iter().find(|known| known.id == invitation).ok_or(Refusal::NoSuchInvitation)?;
    app.store.end_open_invitation(&known.id, &By::Person(caller.person), clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn of_the_callers_places(app: &App, caller: &UserId) -> Result<Vec<OpenInvitation>, Refusal> {
    let (directory, now) = (app.store.directory(), clock::now());
    let all = app.store.open_invitations(now).await?.into_iter();
    let theirs = all.filter(|open| open.made_by == *caller || administers(&directory, caller, &open.body, now));
    Ok(theirs.filter_map(|open| line(&directory, open, now)).collect())
}

fn line(directory: &Directory, open: StoredOpenInvitation, now: UnixMillis) -> Option<OpenInvitation> {
    let post = directory.vocabulary(&open.body)?.post(&open.post)?;
    Some(OpenInvitation {
        name: directory.name_of(&open.body)?.to_owned(),
        post_name: post.name.clone(),
        made_by: PersonCard::of(directory, &open.made_by, now),
        id: open.id,
        body: open.body,
        post: open.post,
        uses: open.uses,
        used: open.used,
        made: open.made,
        ends: open.ends,
        seats_until: open.seats_until,
    })
}

/// Who is invited, for whoever has the code.
pub async fn look(
    State(app): State<SharedApp>,
    source: Source,
    Path(code): Path<String>,
) -> Result<Json<Invited>, Failure> {
    Ok(Json(app.accounts.look_at_code(&Secret::new(code), source.address).await?))
}

pub async fn join(
    State(app): State<SharedApp>,
    caller: Option<Caller>,
    source: Source,
    headers: HeaderMap,
    Path(code): Path<String>,
    Body(join): Body<Join>,
) -> Result<Response, Failure> {
    let door = Door::at(&app, source, &headers);
    let code = Secret::new(code);
    match join {
        Join::Start { password, shared_computer } => {
            let (password, computer) = (Secret::new(password), used_by(shared_computer));
            let entered = app.accounts.start(&code, password, &door.source, computer, door.older).await?;
            let answer = door.entered(entered).await?;
            Ok(answer)
        }
        Join::New { name, login, password, shared_computer } => {
            let newcomer = NewcomerAt { code: &code, name: &name, login: &login, password: Secret::new(password) };
            let computer = used_by(shared_computer);
            let entered = app.accounts.join_as_newcomer(newcomer, &door.source, computer, door.older).await?;
            app.organisation_changed();
            door.entered(entered).await
        }
        Join::Myself => {
            let caller = caller.ok_or(Refusal::NotSignedIn)?;
            super::access::Need::InPerson.check(&app, &caller).await?;
            app.accounts.join_as(&caller.person, &code, door.source.address).await?;
            app.organisation_changed();
            Ok(super::session::show(State(app.clone()), Some(caller)).await?.into_response())
        }
    }
}
