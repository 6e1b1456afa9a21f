//! The Gongbei client: what a teacher sees, rendered in the browser. Four programs are made of it, so that
//! whoever writes does not load what a secretary needs, nor what the library does, nor what a board does (ADR 17, 25, 40).

mod app;
mod board;
mod browser;
mod components;
mod contexts;
mod editor;
mod library;
mod office;
mod pages;
mod replay;
mod state;
mod tutoring;
mod wording;

include!(concat!(env!("OUT_DIR"), "/i18n.rs"));

/// Home, documents, the editor, the door.
pub fn start_app() {
    browser::page::report_panics();
    browser::page::hear_of_arrows_first();
    leptos::mount::mount_to_body(app::App);
}

/// People and schools, my account: every page that no document is open on.
pub fn start_office() {
    browser::page::report_panics();
    browser::page::hear_of_arrows_first();
    leptos::mount::mount_to_body(office::Office);
}

/// Boards, alone and in tutoring sessions.
pub fn start_tutoring() {
    browser::page::report_panics();
    browser::page::hear_of_arrows_first();
    leptos::mount::mount_to_body(tutoring::Tutoring);
}

/// What the group shares: finding, looking, putting in.
pub fn start_library() {
    browser::page::report_panics();
    browser::page::hear_of_arrows_first();
    leptos::mount::mount_to_body(library::LibraryApp);
}
