//! What the client knows and decides: structs of signals with methods. They are the only contexts.

pub mod account;
pub mod audit;
pub mod documents;
pub mod glance;
pub mod leaving;
pub mod library;
pub mod open_document;
pub mod open_invitations;
pub mod organisation;
pub mod pages;
pub mod people;
pub mod preferences;
pub mod roster;
pub mod session;
pub mod share_list;
pub mod toasts;
pub mod tokens;
pub mod tutoring;
pub mod vocabulary;
pub mod way;
