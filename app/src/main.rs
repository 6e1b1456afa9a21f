//! The Gongbei client: what a teacher sees, rendered in the browser.

mod app;
mod browser;
mod components;
mod editor;
mod pages;
mod state;
mod wording;

include!(concat!(env!("OUT_DIR"), "/i18n.rs"));

fn main() {
    browser::page::report_panics();
    browser::page::hear_of_arrows_first();
    leptos::mount::mount_to_body(app::App);
}
