//! `bench --engine`: our server beside others of its kind, which come from npm.

use anyhow::Result;

use crate::steps::{Done, Steps};
use crate::{npm, place, shell};

const FOLDER: &str = "e2e/peers";
/// Where the only package that must be compiled leaves what it was compiled for.
const DRIVER: &str = "better-sqlite3";
const BUILT: &str = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";

/// Measures; `options` go to the measuring program, which says what it knows. Without any it writes docs/performance.md.
pub fn measure(steps: &mut Steps, options: &[&str], commit: &str) -> Result<()> {
    steps.step("peers", "Hocuspocus and y-websocket in e2e/peers (a minute or two the first time)", peers)?;
    steps.step("engine", "the sync engine beside its peers, up to a quarter of an hour", || {
        shell::run(
            shell::cargo().args(["build", "--release", "--package", "e2e", "--bin", "engine", "--bin", "bare"]),
            "mend what it says above and run this again",
        )?;
        let mut engine = shell::program(&place::target().join("release/engine").to_string_lossy());
        match options {
            [] => engine.arg("--write").arg(place::root().join("docs/performance.md")),
            options => engine.args(options),
        };
        engine.env("GONGBEI_BIN", place::server()).env("GONGBEI_COMMIT", commit);
        shell::run(&mut engine, "see what it says above")?;
        Ok(Done::Worked)
    })
}

/// The packages, and the database driver compiled for the Node that comes with them.
fn peers() -> Result<Done> {
    let done = npm::packages(FOLDER)?;
    let here = place::root().join(FOLDER);
    if here.join(BUILT).is_file() {
        return Ok(done);
    }
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let node = here.join("node_modules").join(format!("node-linux-{architecture}"));
    let mut path = node.join("bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    // Its headers come with it too, so that nothing is fetched from elsewhere.
    let mut rebuild = shell::program("npm");
    rebuild.current_dir(&here).args(["rebuild", DRIVER]).env("PATH", path).env("npm_config_nodedir", node);
    shell::run(&mut rebuild, "it needs a C++ compiler and Python (Debian, Ubuntu: apt-get install g++ make python3)")?;
    Ok(Done::Worked)
}
