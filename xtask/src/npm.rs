//! Packages of a folder with a package-lock.json, fetched only when the lock has changed.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::frontend::fingerprint;
use crate::steps::Done;
use crate::{place, shell};

/// The oldest Node that the scripts of app/js run on (its `engines`).
const OLDEST_NODE: u32 = 20;

/// Without a network npm would be silent for minutes between its tries.
const TRIES: [&str; 3] = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];

/// Says what to install if Node or npm are missing or too old.
pub fn check_node() -> Result<()> {
    let Some(version) = shell::answer(shell::program("node").arg("--version")) else {
        bail!("Node is missing: install it (Debian, Ubuntu: apt-get install nodejs npm) and run this again");
    };
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST_NODE) {
        bail!("Node {version} is too old: install Node {OLDEST_NODE} or newer and run this again");
    }
    if shell::answer(shell::program("npm").arg("--version")).is_none() {
        bail!("npm is missing: install it (Debian, Ubuntu: apt-get install npm) and run this again");
    }
    Ok(())
}

/// Makes `folder`/node_modules what its lock says.
pub fn packages(folder: &str) -> Result<Done> {
    check_node()?;
    let here = place::root().join(folder);
    let lock = fs::read(here.join("package-lock.json"))
        .with_context(|| format!("{folder}/package-lock.json is missing; run `npm install` in {folder} once"))?;
    let print = fingerprint([lock.as_slice()]);
    let stamp = place::stamps().join(format!("npm-{}", folder.replace('/', "-")));
    let known = fs::read_to_string(&stamp).unwrap_or_default();
    if known == print && here.join("node_modules").is_dir() {
        return Ok(Done::Fresh);
    }
    // Cut off in the middle, it is neither what the old lock says nor what the new one does.
    fs::remove_file(&stamp).ok();
    shell::run(
        shell::program("npm")
            .current_dir(&here)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .args(TRIES),
        "check the network and run this again; nothing else is lost",
    )?;
    fs::create_dir_all(place::stamps())?;
    fs::write(&stamp, print)?;
    Ok(Done::Worked)
}
