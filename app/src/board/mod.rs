//! The board on the page: what hands do on it, what is drawn, and what stands around the canvas.

pub mod camera;
mod desk;
pub mod export;
pub mod figure;
pub mod gestures;
pub mod grasp;
pub mod hand;
pub mod inks;
pub mod keys;
pub mod moving;
pub mod own;
pub mod pager;
pub mod scene;
mod shown;
pub mod style_menu;
pub mod svg;
pub mod tiles;
pub mod toolbar;
pub mod tools;
pub mod view;
pub mod writing;
