//! The real server on a free port, spoken to over HTTP and websockets as browsers do.

mod accounts;
#[cfg(feature = "acme")]
mod acme;
mod audit;
mod boards;
mod bucket;
mod claimed_names;
mod collection_rights;
mod collections;
mod crash;
mod documents;
mod films;
mod finding;
mod guessing;
mod hostile_files;
mod images;
mod library;
mod limits;
mod loans;
mod matrix;
mod offers;
#[cfg(feature = "oidc")]
mod oidc;
#[cfg(feature = "postgres")]
mod on_postgres;
mod one_time;
mod origin;
mod packing;
mod pages;
mod peer;
#[cfg(feature = "postgres")]
mod postgres_crash;
mod races;
mod repeats;
mod room;
mod roster;
mod sealed;
mod search_quality;
mod sessions;
mod setup;
mod sync;
mod talk;
mod textbooks;
mod tls;
mod tokens;
mod trouble;
#[cfg(feature = "oidc")]
mod tus_client;
mod tutoring;
mod tutoring_attacks;
mod tutoring_checks;
mod tutoring_guests;
mod tutoring_media;
mod tutoring_questions;
mod tutoring_wishes;
mod uploads;
mod world;
