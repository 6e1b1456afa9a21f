//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use shared::api::{Me, SecondStep, SecondStepNeeded, SignIn};
use shared::words::UserId;

use super::caller::{Body, CookieName, session_cookie};
use super::failure::Failure;
use super::refusal::Refusal;
use super::source::DEVICE_DAYS;
use crate::accounts::{self, Caller, Entered, GroundKind, May, SignedIn, Source};
use crate::app::{App, SharedApp};
use crate::clock;
use crate::secret::{Secret, SecretHash};
use crate::store::UsedBy;

/// Nobody is an answer too, and no error: every visit begins with this question.
pub async fn show(State(app): State<SharedApp>, caller: Option<Caller>) -> Result<Json<Option<Me>>, Refusal> {
    let Some(caller) = caller else { return Ok(Json(None)) };
    let computer = match caller.may {
        May::Everything { computer } => computer,
        May::Only(_) => UsedBy::One,
    };
    Ok(Json(me(&app, &caller.person, computer).await?))
}

pub async fn sign_in(
    State(app): State<SharedApp>,
    source: Source,
    headers: HeaderMap,
    Body(SignIn { login, password, shared_computer }): Body<SignIn>,
) -> Result<Response, Failure> {
    let door = Door::at(&app, source, &headers);
    let computer = used_by(shared_computer);
    let password = Secret::new(password);
    let entered = app.accounts.sign_in(&login, password, &door.source, computer, door.older).await?;
    door.entered(entered).await
}

pub async fn second_step(
    State(app): State<SharedApp>,
    source: Source,
    headers: HeaderMap,
    Body(SecondStep { ticket, code }): Body<SecondStep>,
) -> Result<Response, Failure> {
    let door = Door::at(&app, source, &headers);
    let (ticket, code) = (Secret::new(ticket), Secret::new(code));
    let signed_in = app.accounts.second_step(&ticket, code, &door.source, door.older).await?;
    door.welcome(&signed_in).await
}

/// Where somebody stands who comes in: at this server, from there, maybe with a session that ends by it.
pub struct Door<'a> {
    pub app: &'a App,
    pub source: Source,
    pub older: Option<SecretHash>,
}

impl<'a> Door<'a> {
    pub fn at(app: &'a App, source: Source, headers: &HeaderMap) -> Self {
        let older = session_cookie(headers, app).map(|id| id.hash());
        Self { app, source, older }
    }

    pub async fn entered(&self, entered: Entered) -> Result<Response, Failure> {
        match entered {
            Entered::Whole(signed_in) => self.welcome(&signed_in).await,
            Entered::HalfWay(ticket) => {
                // Revealed to whoever has just shown the password.
                let needed = SecondStepNeeded { ticket: ticket.reveal().to_owned() };
                Ok((StatusCode::ACCEPTED, Json(needed)).into_response())
            }
        }
    }

    /// The cookies of a new session, and who it is.
    pub async fn welcome(&self, signed_in: &SignedIn) -> Result<Response, Failure> {
        let me = me(self.app, &signed_in.person, signed_in.computer).await?.ok_or(Refusal::WrongPassword)?;
        Ok((self.cookies(signed_in), Json(me)).into_response())
    }

    pub fn cookies(&self, SignedIn { id, person: _, computer }: &SignedIn) -> AppendHeaders<Vec<(HeaderName, String)>> {
        let app = self.app;
        if let Some(older) = self.older {
            app.sockets.end(older);
        }
        let named = |cookie| (header::SET_COOKIE, cookie);
        // Revealed to their owner.
        AppendHeaders(match computer {
            UsedBy::One => {
                let lasts = app.accounts.limits().absolute.as_secs();
                let session = set_cookie(app, CookieName::SESSION, id.reveal(), Lasts::Seconds(lasts));
                let device = self.source.device.reveal();
                let device = set_cookie(app, CookieName::DEVICE, device, Lasts::Seconds(DEVICE_DAYS * 24 * 3600));
                vec![named(session), named(device)]
            }
            UsedBy::Several => vec![named(set_cookie(app, CookieName::SESSION, id.reveal(), Lasts::WhileOpen))],
        })
    }
}

/// Who somebody is, with what only their session and this server's settings say.
async fn me(app: &App, person: &UserId, computer: UsedBy) -> Result<Option<Me>, Refusal> {
    let Some(me) = accounts::me(&app.store.directory(), person, clock::now()) else { return Ok(None) };
    let must_set_up_one_time = app.accounts.must_set_up_one_time(person).await?;
    Ok(Some(Me { shared_computer: computer == UsedBy::Several, must_set_up_one_time, ..me }))
}

pub fn used_by(shared_computer: bool) -> UsedBy {
    if shared_computer { UsedBy::Several } else { UsedBy::One }
}

pub async fn sign_out(State(app): State<SharedApp>, caller: Caller) -> Result<Response, Refusal> {
    match caller.ground.kind {
        GroundKind::Session => {
            app.accounts.end_session(caller.ground.hash).await?;
            app.sockets.end(caller.ground.hash);
        }
        GroundKind::Token | GroundKind::Guest => {}
    }
    Ok(gone(&app, &caller))
}

/// Takes the session's cookie away, and what a shared computer has stored.
pub fn gone(app: &App, caller: &Caller) -> Response {
    let ended = [(header::SET_COOKIE, set_cookie(app, CookieName::SESSION, "", Lasts::Seconds(0)))];
    let mut response = (StatusCode::NO_CONTENT, ended).into_response();
    if caller.may == (May::Everything { computer: UsedBy::Several }) {
        let everything = HeaderValue::from_static("\"cache\", \"storage\"");
        response.headers_mut().insert("clear-site-data", everything);
    }
    response
}

pub enum Lasts {
    Seconds(u64),
    /// Until the browser is closed.
    WhileOpen,
}

pub fn set_cookie(app: &App, name: CookieName, value: &str, lasts: Lasts) -> String {
    let pair = format!("{}={value}; {}", name.on(app), attributes(app));
    match lasts {
        Lasts::Seconds(seconds) => format!("{pair}; Max-Age={seconds}"),
        Lasts::WhileOpen => pair,
    }
}

fn attributes(app: &App) -> &'static str {
    if app.secure { "Path=/; HttpOnly; SameSite=Lax; Secure" } else { "Path=/; HttpOnly; SameSite=Lax" }
}
