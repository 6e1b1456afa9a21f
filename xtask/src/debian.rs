//! Packages of Debian, where somebody who may install them asks for a step that needs them.

use anyhow::{Result, bail};

use crate::shell;
use crate::steps::Done;

/// Installs the packages on a Debian-like machine where we are root.
///
/// # Errors
/// Elsewhere a sentence that begins with `need`, what needs them, and names them; `or` says another way out.
pub fn install(packages: &[&str], need: &str, or: &str) -> Result<Done> {
    let names = packages.join(" ");
    let root = shell::answer(shell::program("id").arg("-u")).as_deref() == Some("0");
    if !root || shell::answer(shell::program("apt-get").arg("--version")).is_none() {
        bail!("{need}; install them (Debian: apt-get install {names}){or}");
    }
    let remedy = format!("install {names} yourself and run this again");
    shell::run(shell::program("apt-get").args(["update", "-qq"]), &remedy)?;
    let mut install = shell::program("apt-get");
    install.args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages);
    shell::run(install.env("DEBIAN_FRONTEND", "noninteractive"), &remedy)?;
    Ok(Done::Worked)
}
