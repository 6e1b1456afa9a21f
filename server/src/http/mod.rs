//! HTTP: axum stops here. The whole router on one screen; one file per noun.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, patch, post, put};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::{App, SharedApp};

mod admin;
mod audit;
mod caller;
mod connections;
mod documents;
mod export;
mod hang_up;
mod headers;
mod health;
mod images;
mod language;
mod limits;
mod misfits;
mod openapi;
mod organisation;
mod origin;
mod pages;
mod people;
mod pulse;
mod refusal;
mod roster;
mod search;
mod session;
mod shares;
mod shelves;
mod source;
mod sync;
mod tokens;

pub use admin::{record as record_metrics, serve as serve_metrics};
pub use limits::Limits;

macro_rules! routes {
    ($($method:ident $path:literal => $handler:path,)*) => {
        /// Every route of the API as (method, path), for the description and for tests that go through them all.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path),)*];

        fn api() -> Router<SharedApp> {
            Router::new()$(.route($path, $method($handler)))*
        }
    };
}

routes! {
    get    "/api/session" => session::show,
    post   "/api/session" => session::sign_in,
    delete "/api/session" => session::sign_out,

    get    "/api/tokens" => tokens::list,
    post   "/api/tokens" => tokens::create,
    delete "/api/tokens/{token}" => tokens::end,

    get    "/api/people" => people::find,
    get    "/api/teams" => people::teams,

    get    "/api/documents" => documents::list,
    post   "/api/documents" => documents::create,
    get    "/api/documents/{document}" => documents::show,
    patch  "/api/documents/{document}" => documents::rename,
    delete "/api/documents/{document}" => documents::move_to_bin,
    post   "/api/documents/{document}/restore" => documents::restore,
    get    "/api/documents/{document}/shares" => shares::show,
    put    "/api/documents/{document}/shares" => shares::replace,
    post   "/api/documents/{document}/images" => images::upload,
    get    "/api/documents/{document}/images/{blob}" => images::show,
    get    "/api/documents/{document}/export" => export::download,

    get    "/api/documents/{document}/who" => shelves::who_may,
    put    "/api/documents/{document}/shelf" => shelves::put,

    get    "/api/organisation" => organisation::show,
    get    "/api/organisation/people" => organisation::people,
    get    "/api/organisation/people/{person}" => organisation::person,
    post   "/api/organisation/changes" => organisation::change,
    post   "/api/organisation/changes/{change}/undo" => organisation::undo,
    get    "/api/audit" => audit::list,
    get    "/api/audit/export" => audit::export,

    post   "/api/organisation/roster" => roster::preview,
    get    "/api/organisation/roster/template.xlsx" => roster::template,
    get    "/api/organisation/roster/{plan}" => roster::progress,
    post   "/api/organisation/roster/{plan}" => roster::apply,
    delete "/api/organisation/roster/{plan}" => roster::cancel,

    get    "/api/search" => search::search,
    get    "/api/openapi.json" => openapi::describe,

    get    "/sync/{document}" => sync::upgrade,

    get    "/healthz" => health::alive,
    get    "/readyz" => health::ready,
}

pub fn router(app: SharedApp) -> Router {
    let problems = from_fn(language::render);
    let pages = Router::new().fallback(get(pages::page));
    api()
        .layer(from_fn(hang_up::go_on))
        .layer(from_fn_with_state(app.clone(), limits::strangers))
        .fallback_service(pages.with_state(()))
        .layer(problems)
        .layer(from_fn_with_state(app.clone(), headers::secure))
        .layer(from_fn(headers::log))
        .with_state(app)
}

/// Serves until `draining` turns true and what was under way has ended.
pub async fn serve(app: Arc<App>, listener: TcpListener, draining: watch::Receiver<bool>) {
    let tls = app.tls.clone();
    connections::serve(listener, tls, router(app), draining).await;
}
