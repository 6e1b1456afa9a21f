//! What is promised of SQLite alone, and what is tried by way of its files.

mod connections;
mod flips;
mod full;
mod packer;
mod schema;
