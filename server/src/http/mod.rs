//! HTTP: axum stops here. The whole router on one screen; one file per noun.

use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, options, patch, post, put};
use axum::{Extension, Router};
use shared::api::Scope;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::{App, SharedApp};

mod access;
mod account;
mod account_export;
mod account_index;
mod account_items;
mod account_tutoring;
mod account_words;
mod admin;
mod attendance;
mod attendee;
mod audit;
mod audit_export;
mod audit_words;
mod bytes;
mod calendar;
mod caller;
mod check_results;
mod checks;
mod closing;
mod collection_lists;
mod collections;
mod connections;
mod documents;
mod exchange;
mod export;
mod failure;
mod feed;
mod find;
mod found_cards;
mod guests;
mod hang_up;
mod headers;
mod health;
mod images;
mod invitations;
mod item_files;
mod item_repeats;
mod item_uses;
mod items;
mod language;
mod library;
mod limits;
mod loans;
mod menus;
mod misfits;
mod oidc;
mod one_time;
mod openapi;
mod organisation;
mod origin;
mod pages;
mod people;
mod pressed;
mod pulse;
mod questions;
mod quota;
mod ratings;
mod refusal;
mod replay;
mod roster;
mod search;
mod session;
mod setup;
mod shares;
mod shelves;
mod source;
mod sync;
mod talk;
mod textbooks;
mod tokens;
mod tutoring;
mod tutoring_media;
mod tutoring_people;
mod tutoring_view;
pub mod unfit;
mod uploads;
mod waiting;
mod wishes;

pub use access::Need;
pub use admin::{record as record_metrics, serve as serve_metrics};
pub use limits::Limits;

macro_rules! need {
    (open) => {
        Need::Open
    };
    (account) => {
        Need::Account
    };
    (in person) => {
        Need::InPerson
    };
    (documents:read) => {
        Need::Scope(Scope::DocumentsRead)
    };
    (documents:write) => {
        Need::Scope(Scope::DocumentsWrite)
    };
    (organisation:read) => {
        Need::Scope(Scope::OrganisationRead)
    };
    (organisation:write) => {
        Need::Scope(Scope::OrganisationWrite)
    };
}

macro_rules! routes {
    ($($method:ident [$($need:tt)+] $path:literal => $handler:path,)*) => {
        /// Every route of the API as (method, path), for the description and for tests that go through them all.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path),)*];

        /// What each of them asks of who comes.
        pub const NEEDS: &[Need] = &[$(need!($($need)+),)*];

        fn api() -> Router<SharedApp> {
            Router::new()$(.route($path, $method($handler).layer(Extension(need!($($need)+)))))*
        }
    };
}

routes! {
    get    [open] "/api/session" => session::show,
    post   [open] "/api/session" => session::sign_in,
    delete [open] "/api/session" => session::sign_out,

    post   [open] "/api/session/second" => session::second_step,

    get    [account] "/api/account" => account::show,
    put    [account] "/api/account/profile" => account::set_profile,
    post   [account] "/api/account/password" => account::change_password,
    get    [account] "/api/account/sessions" => account::sessions,
    delete [account] "/api/account/sessions" => account::end_sessions,
    delete [account] "/api/account/sessions/{session}" => account::end_session,
    post   [account] "/api/account/one-time" => one_time::set_up,
    post   [account] "/api/account/one-time/confirm" => one_time::confirm,
    post   [account] "/api/account/one-time/end" => one_time::end,
    delete [account] "/api/account/sign-on" => account::part_from_sign_on,
    get    [account] "/api/account/kept" => account::kept,
    get    [in person] "/api/account/export" => account_export::download,

    post   [in person] "/api/invitations" => invitations::invite,
    get    [in person] "/api/invitations/open" => invitations::list,
    post   [in person] "/api/invitations/open" => invitations::invite_openly,
    delete [in person] "/api/invitations/open/{invitation}" => invitations::end,
    get    [open] "/api/join/{code}" => invitations::look,
    post   [open] "/api/join/{code}" => invitations::join,
    get    [open] "/api/oidc" => oidc::show,
    get    [open] "/api/oidc/start" => oidc::start,
    get    [open] "/api/oidc/back" => oidc::back,
    get    [open] "/api/setup" => setup::show,
    post   [open] "/api/setup" => setup::set_up,

    get    [in person] "/api/people/{person}/close" => closing::preview,
    post   [in person] "/api/people/{person}/close" => closing::close,
    post   [in person] "/api/people/{person}/one-time/end" => one_time::end_of,

    get    [in person] "/api/tokens" => tokens::list,
    post   [in person] "/api/tokens" => tokens::create,
    delete [in person] "/api/tokens/{token}" => tokens::end,

    get    [documents:read] "/api/people" => people::find,
    get    [documents:read] "/api/teams" => people::teams,

    get    [documents:read] "/api/documents" => documents::list,
    post   [documents:write] "/api/documents" => documents::create,
    get    [documents:read] "/api/documents/{document}" => documents::show,
    patch  [documents:write] "/api/documents/{document}" => documents::rename,
    delete [documents:write] "/api/documents/{document}" => documents::move_to_bin,
    post   [documents:write] "/api/documents/{document}/restore" => documents::restore,
    get    [documents:read] "/api/documents/{document}/shares" => shares::show,
    put    [documents:write] "/api/documents/{document}/shares" => shares::replace,
    post   [documents:write] "/api/documents/{document}/images" => images::upload,
    get    [documents:read] "/api/documents/{document}/images/{blob}" => images::show,
    get    [documents:read] "/api/documents/{document}/export" => export::download,
    get    [documents:read] "/api/documents/{document}/replay" => replay::download,

    get    [documents:read] "/api/documents/{document}/who" => shelves::who_may,
    put    [documents:write] "/api/documents/{document}/shelf" => shelves::put,
    get    [documents:read] "/api/documents/{document}/items" => items::published,

    options [open] "/api/uploads" => uploads::options,
    get    [documents:write] "/api/uploads" => uploads::list,
    post   [documents:write] "/api/uploads" => uploads::create,
    get    [documents:write] "/api/uploads/room" => uploads::room,
    post   [documents:write] "/api/uploads/known" => uploads::ask_known,
    put    [documents:write] "/api/uploads/known/{upload}" => uploads::answer_known,
    get    [documents:write] "/api/uploads/{upload}" => uploads::show,
    patch  [documents:write] "/api/uploads/{upload}" => uploads::append,
    delete [documents:write] "/api/uploads/{upload}" => uploads::end,
    post   [documents:write] "/api/uploads/{upload}" => uploads::in_other_words,
    get    [documents:write] "/api/uploads/{upload}/bytes" => uploads::bytes,

    get    [organisation:read] "/api/organisation" => organisation::show,
    get    [organisation:read] "/api/organisation/people" => organisation::people,
    get    [organisation:read] "/api/organisation/people/{person}" => organisation::person,
    post   [organisation:write] "/api/organisation/changes" => organisation::change,
    post   [organisation:write] "/api/organisation/changes/{change}/undo" => organisation::undo,
    get    [organisation:read] "/api/audit" => audit::list,
    get    [organisation:read] "/api/audit/export" => audit_export::export,

    post   [organisation:write] "/api/organisation/roster" => roster::preview,
    get    [organisation:read] "/api/organisation/roster/template.xlsx" => roster::template,
    get    [organisation:read] "/api/organisation/roster/{plan}" => roster::progress,
    put    [organisation:write] "/api/organisation/roster/{plan}" => roster::answer,
    post   [organisation:write] "/api/organisation/roster/{plan}" => roster::apply,
    delete [organisation:write] "/api/organisation/roster/{plan}" => roster::cancel,

    get    [documents:read] "/api/find" => find::find,
    get    [documents:read] "/api/search" => search::search,
    get    [documents:read] "/api/library" => library::show,
    get    [documents:read] "/api/library/taxonomy" => library::taxonomy,
    get    [documents:read] "/api/library/quota" => quota::show,
    put    [in person] "/api/library/quota" => quota::set,
    get    [documents:read] "/api/library/schools" => exchange::schools,
    get    [documents:read] "/api/library/exchange" => exchange::show,
    get    [documents:read] "/api/library/waiting" => waiting::list,
    put    [documents:write] "/api/library/waiting/read" => waiting::read,
    put    [organisation:write] "/api/library/volumes" => textbooks::put,
    get    [organisation:read] "/api/library/volumes/{volume}" => textbooks::show,
    delete [organisation:write] "/api/library/volumes/{volume}" => textbooks::end,

    post   [documents:write] "/api/items" => items::create,
    get    [documents:read] "/api/items/{item}" => items::show,
    put    [documents:write] "/api/items/{item}" => items::change,
    delete [documents:write] "/api/items/{item}" => items::move_to_bin,
    post   [documents:write] "/api/items/{item}/restore" => items::restore,
    put    [documents:write] "/api/items/{item}/shelf" => items::put_on_shelf,
    post   [documents:write] "/api/items/{item}/versions" => items::add_version,
    get    [documents:read] "/api/items/{item}/versions/{version}/files/{place}" => item_files::show,
    get    [documents:read] "/api/items/{item}/versions/{version}/files/{place}/thumbnail" => item_files::thumbnail,
    get    [documents:read] "/api/items/{item}/versions/{version}/files/{place}/small" => item_files::small,
    get    [documents:read] "/api/items/{item}/versions/{version}/files/{place}/pages/{page}" => item_files::page,
    get    [documents:read] "/api/items/{item}/versions/{version}/files/{place}/text" => item_files::text,
    get    [documents:read] "/api/items/{item}/versions/{version}/content" => item_files::content,
    get    [documents:read] "/api/items/{item}/images/{blob}" => item_files::image,
    get    [documents:read] "/api/items/{item}/uses" => item_uses::chain,
    post   [documents:write] "/api/items/{item}/uses" => item_uses::note,
    post   [documents:write] "/api/items/{item}/copy" => item_uses::copy,

    get    [documents:read] "/api/collections" => collection_lists::list,
    post   [documents:write] "/api/collections" => collections::create,
    get    [documents:read] "/api/collections/{collection}" => collections::show,
    put    [documents:write] "/api/collections/{collection}" => collections::change,
    delete [documents:write] "/api/collections/{collection}" => collections::move_to_bin,
    post   [documents:write] "/api/collections/{collection}/restore" => collections::restore,
    put    [documents:write] "/api/collections/{collection}/shelf" => collections::put_on_shelf,
    post   [documents:write] "/api/collections/{collection}/lines" => collections::add_line,
    get    [documents:read] "/api/collections/{collection}/uses" => menus::uses,
    put    [documents:write] "/api/collections/{collection}/menus/{term}" => menus::publish,
    delete [documents:write] "/api/collections/{collection}/menus/{term}" => menus::end,
    get    [documents:read] "/api/library/menus" => menus::current,
    get    [documents:read] "/api/library/feed" => feed::show,
    put    [documents:write] "/api/library/feed/seen" => feed::mark_seen,
    get    [documents:read] "/api/library/subscriptions" => feed::subscriptions,
    post   [documents:write] "/api/library/subscriptions" => feed::subscribe,
    post   [documents:write] "/api/library/subscriptions/end" => feed::unsubscribe,

    get    [documents:read] "/api/items/{item}/remarks" => talk::list,
    post   [documents:write] "/api/items/{item}/remarks" => talk::say,
    get    [documents:read] "/api/items/{item}/remarks/{remark}" => talk::show,
    put    [documents:write] "/api/items/{item}/remarks/{remark}" => talk::change,
    delete [documents:write] "/api/items/{item}/remarks/{remark}" => talk::take_back,
    put    [documents:write] "/api/items/{item}/remarks/{remark}/hidden" => talk::hide,
    delete [documents:write] "/api/items/{item}/remarks/{remark}/hidden" => talk::show_again,
    post   [documents:write] "/api/items/{item}/remarks/{remark}/close" => talk::close,
    put    [documents:write] "/api/items/{item}/remarks/{remark}/correction" => talk::decide,
    get    [documents:read] "/api/items/{item}/ratings" => ratings::list,
    put    [documents:write] "/api/items/{item}/rating" => ratings::rate,
    delete [documents:write] "/api/items/{item}/rating" => ratings::unrate,

    get    [documents:read] "/api/items/{item}/loans" => loans::calendar,
    post   [documents:write] "/api/items/{item}/loans" => loans::ask,
    put    [documents:write] "/api/items/{item}/loans/{loan}" => loans::decide,
    get    [documents:read] "/api/items/{item}/loans/{loan}/ics" => loans::ics,
    get    [documents:read] "/api/library/loans" => loans::own,

    get    [documents:read] "/api/tutoring" => tutoring::list,
    post   [documents:write] "/api/tutoring" => tutoring::plan,
    get    [open] "/api/tutoring/join/{code}" => guests::look,
    post   [open] "/api/tutoring/join/{code}" => guests::join,
    get    [open] "/api/tutoring/guest" => guests::show,
    delete [open] "/api/tutoring/guest" => guests::leave,
    get    [documents:read] "/api/tutoring/questions/waiting" => questions::waiting,
    get    [documents:read] "/api/tutoring/wishes" => wishes::list,
    post   [documents:write] "/api/tutoring/wishes" => wishes::ask,
    put    [documents:write] "/api/tutoring/wishes/{wish}" => wishes::decide,
    get    [documents:read] "/api/tutoring/{session}" => tutoring::show,
    put    [documents:write] "/api/tutoring/{session}" => tutoring::change,
    put    [documents:write] "/api/tutoring/{session}/state" => tutoring::go_on,
    put    [documents:write] "/api/tutoring/{session}/invited" => tutoring::invite,
    get    [documents:read] "/api/tutoring/{session}/ics" => tutoring::ics,
    put    [documents:write] "/api/tutoring/{session}/signs/{sign}/{person}" => tutoring_people::give,
    delete [documents:write] "/api/tutoring/{session}/signs/{sign}/{person}" => tutoring_people::take,
    put    [documents:write] "/api/tutoring/{session}/people/{person}" => tutoring_people::let_return,
    delete [documents:write] "/api/tutoring/{session}/people/{person}" => tutoring_people::send_away,
    put    [documents:write] "/api/tutoring/{session}/code" => guests::set_code,
    put    [documents:write] "/api/tutoring/{session}/guests/{guest}" => guests::let_in,
    delete [documents:write] "/api/tutoring/{session}/guests/{guest}" => guests::send_away,
    get    [documents:read] "/api/tutoring/{session}/checks" => checks::list,
    post   [documents:write] "/api/tutoring/{session}/checks" => checks::write,
    get    [documents:read] "/api/tutoring/{session}/checks/{check}" => checks::show,
    put    [documents:write] "/api/tutoring/{session}/checks/{check}" => checks::decide,
    put    [documents:write] "/api/tutoring/{session}/checks/{check}/answer" => checks::answer,
    get    [documents:read] "/api/tutoring/{session}/clips" => tutoring_media::clips,
    post   [documents:write] "/api/tutoring/{session}/clips" => tutoring_media::say,
    delete [documents:write] "/api/tutoring/{session}/clips/{media}" => tutoring_media::withdraw,
    get    [documents:read] "/api/tutoring/{session}/media/{media}" => tutoring_media::show,
    put    [documents:write] "/api/tutoring/{session}/media/{media}" => tutoring_media::send,
    get    [documents:read] "/api/tutoring/{session}/questions" => questions::list,
    post   [documents:write] "/api/tutoring/{session}/questions" => questions::ask,
    put    [documents:write] "/api/tutoring/{session}/questions/{question}" => questions::decide,
    put    [documents:write] "/api/tutoring/{session}/questions/{question}/vote" => questions::vote,
    delete [documents:write] "/api/tutoring/{session}/questions/{question}/vote" => questions::unvote,
    get    [documents:read] "/api/tutoring/{session}/attendance" => attendance::list,
    put    [documents:write] "/api/tutoring/{session}/attendance/{stay}" => attendance::correct,

    get    [open] "/api/openapi.json" => openapi::describe,

    get    [documents:write] "/sync/{document}" => sync::upgrade,

    get    [open] "/healthz" => health::alive,
    get    [open] "/readyz" => health::ready,
}

pub fn router(app: SharedApp) -> Router {
    let problems = from_fn(language::render);
    let pages = Router::new().fallback(get(pages::page));
    api()
        .layer(from_fn(hang_up::go_on))
        .layer(from_fn_with_state(app.clone(), limits::strangers))
        .layer(from_fn_with_state(app.clone(), origin::guard))
        .fallback_service(pages.with_state(app.clone()))
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
