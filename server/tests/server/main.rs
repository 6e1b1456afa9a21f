//! The real server on a free port, spoken to over HTTP and websockets as browsers do.

#[cfg(feature = "acme")]
mod acme;
mod crash;
mod documents;
mod guessing;
mod images;
mod limits;
mod matrix;
mod origin;
mod packing;
mod pages;
mod peer;
mod roster;
mod sealed;
mod sessions;
mod sync;
mod tls;
mod tokens;
mod trouble;
mod world;
