//! The editor on the page: the view with its host, toolbar, outline, people, forms.

pub mod correction;
pub mod host;
pub mod image;
pub mod library;
pub mod link;
pub mod outline;
pub mod passages;
pub mod people;
pub mod shortcut_list;
pub mod shortcuts;
mod shown;
pub mod state;
pub mod table_menu;
pub mod title;
pub mod toolbar;
mod toolbar_menus;
