//! Where things are.

use std::path::{Path, PathBuf};

/// The repository's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root folder").to_owned()
}

/// Cargo's target folder, as this run of cargo uses it.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Marks of what xtask has done.
pub fn stamps() -> PathBuf {
    target().join("xtask")
}

/// Trunk, wasm-bindgen: kept with the project, not in the person's home.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// The built front end.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The server as `cargo xtask build` leaves it.
pub fn server() -> PathBuf {
    target().join("release/gongbei")
}
