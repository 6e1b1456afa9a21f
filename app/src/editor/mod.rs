//! The editor on the page: the view with its host, toolbar, outline, link form.

pub mod host;
pub mod link;
pub mod outline;
pub mod state;
pub mod table_menu;
pub mod toolbar;
