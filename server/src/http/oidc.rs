//! Single sign-on: out to the provider and back. A browser comes here by links, so refusals are pages, too.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;
use shared::api::SingleSignOn;

use super::caller::{CookieName, Query, cookie};
use super::refusal::Refusal;
use super::session::{Door, Lasts, set_cookie};
use crate::accounts::{Entered, SignOnError, Source};
use crate::app::{App, SharedApp};
use crate::secret::Secret;

/// As long as somebody may be away at the provider.
const AWAY_SECONDS: u64 = 10 * 60;

pub async fn show(State(app): State<SharedApp>) -> Json<Option<SingleSignOn>> {
    Json(app.accounts.sign_on_label().map(|label| SingleSignOn { label: label.to_owned() }))
}

pub async fn start(State(app): State<SharedApp>, headers: HeaderMap) -> Response {
    match app.accounts.begin_sign_on(address_of_return(&app, &headers)).await {
        Ok(begun) => {
            // Revealed to the browser that has begun.
            let browser = set_cookie(&app, CookieName::SIGN_ON, begun.browser.reveal(), Lasts::Seconds(AWAY_SECONDS));
            let about = AppendHeaders([(header::LOCATION, begun.provider), (header::SET_COOKIE, browser)]);
            (StatusCode::SEE_OTHER, about).into_response()
        }
        Err(error) => shut(error),
    }
}

/// What the provider sends back.
#[derive(Deserialize)]
pub struct Returned {
    state: Option<String>,
    code: Option<String>,
}

pub async fn back(
    State(app): State<SharedApp>,
    source: Source,
    headers: HeaderMap,
    Query(Returned { state, code }): Query<Returned>,
) -> Response {
    let door = Door::at(&app, source, &headers);
    let browser = cookie(&headers, CookieName::SIGN_ON.on(&app));
    let entered = match (state, code, browser) {
        (Some(state), Some(code), Some(browser)) => {
            let (state, code) = (Secret::new(state), Secret::new(code));
            app.accounts.finish_sign_on(&state, code, &browser, &door.source, door.older).await
        }
        (Some(_), None, Some(_)) => Err(SignOnError::Denied),
        (None, _, _) | (_, _, None) => Err(SignOnError::Stale),
    };
    let away = [(header::SET_COOKIE, set_cookie(&app, CookieName::SIGN_ON, "", Lasts::Seconds(0)))];
    match entered {
        Ok(Entered::Whole(signed_in)) => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, "/")], door.cookies(&signed_in), AppendHeaders(away))
                .into_response()
        }
        Ok(Entered::HalfWay(ticket)) => {
            // Revealed to their browser: what comes after the `#` goes nowhere else.
            let page = format!("/signin#second={}", ticket.reveal());
            (StatusCode::SEE_OTHER, [(header::LOCATION, page)], AppendHeaders(away)).into_response()
        }
        Err(error) => (AppendHeaders(away), shut(error)).into_response(),
    }
}

/// The page for signing in, which says what happened.
fn shut(error: SignOnError) -> Response {
    let refusal = match error {
        SignOnError::Off => return Refusal::NoSuchAddress.into_response(),
        SignOnError::Stale => Refusal::SignOnStale,
        SignOnError::Denied => Refusal::SignOnDenied,
        SignOnError::Provider(why) => {
            tracing::warn!("single sign-on: {why}");
            Refusal::SignOnFailing
        }
        SignOnError::Unknown => Refusal::SignOnUnknown,
        SignOnError::Taken => Refusal::SignOnTaken,
        SignOnError::Store(error) => error.into(),
    };
    let page = format!("/signin?problem={}", refusal.slug());
    (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response()
}

/// The provider sends people only to addresses that it was told before, so whatever `Host` says does no harm.
fn address_of_return(app: &App, headers: &HeaderMap) -> String {
    let scheme = if app.secure { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let site = app.origin.clone().unwrap_or_else(|| format!("{scheme}://{host}"));
    format!("{}/api/oidc/back", site.trim_end_matches('/'))
}
