//! The tools a front-end build needs, in the versions it needs, inside the project.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::steps::Done;
use crate::{place, shell};

/// The last Trunk that builds with our compiler; 0.22 asks for a newer one.
const TRUNK: &str = "0.21.14";
const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm32 target if it is missing.
pub fn wasm_target() -> Result<Done> {
    let sysroot = shell::ask(shell::program("rustc").args(["--print", "sysroot"]))?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM).is_dir() {
        return Ok(Done::Fresh);
    }
    let remedy = format!("get the {WASM} target of your Rust (from rustup.rs, or your system's packages)");
    if shell::answer(shell::program("rustup").arg("--version")).is_none() {
        bail!("this Rust has no {WASM} target and there is no rustup to fetch it; {remedy}");
    }
    shell::run(shell::program("rustup").args(["target", "add", WASM]), &remedy)?;
    Ok(Done::Worked)
}

/// Fetches the crates of the whole workspace: Trunk would do it without a word, and then builds offline.
pub fn crates() -> Result<Done> {
    let fetch = ["fetch", "--locked"];
    if shell::answer(shell::cargo().args(fetch).arg("--offline")).is_some() {
        return Ok(Done::Fresh);
    }
    shell::run(shell::cargo().args(fetch), "check the network and run this again; what has come is kept")?;
    Ok(Done::Worked)
}

/// Installs trunk and wasm-bindgen unless they are there in the right version.
pub fn install() -> Result<Done> {
    let bindgen = locked_version("wasm-bindgen")?;
    let mut done = Done::Fresh;
    for (package, program, version) in
        [("trunk", "trunk", TRUNK), ("wasm-bindgen-cli", "wasm-bindgen", bindgen.as_str())]
    {
        if !is_there(program, version) {
            install_tool(package, version)?;
            done = Done::Worked;
        }
    }
    if matches!(done, Done::Worked) {
        // Only the two programs are wanted; what they were built from is a gigabyte.
        fs::remove_dir_all(build_dir()).ok();
    }
    Ok(done)
}

/// Throws the tools away; the next run builds them again.
pub fn clean() -> Result<()> {
    match fs::remove_dir_all(place::tools()) {
        Ok(()) => println!("removed {}", place::tools().display()),
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => println!("there were no tools"),
        Err(problem) => bail!("cannot remove {}: {problem}", place::tools().display()),
    }
    Ok(())
}

fn is_there(program: &str, version: &str) -> bool {
    let wanted = format!("{program} {version}");
    shell::answer(shell::program(program).env("PATH", shell::path_with_tools()).arg("--version"))
        .is_some_and(|answer| answer.lines().next().is_some_and(|line| line.trim() == wanted))
}

/// Built for building fast, not for running fast; both share one build folder.
///
/// Without `--locked`: of wasm-bindgen-cli's locked crates one has left the registry.
fn install_tool(package: &str, version: &str) -> Result<()> {
    let mut command = shell::cargo();
    command
        .args(["install", package, "--version", version])
        .arg("--root")
        .arg(place::tools())
        .env("CARGO_TARGET_DIR", build_dir())
        // Nobody needs to hear of the PATH of programs that only we start, nor of what ages in their dependencies.
        .env("PATH", shell::path_with_tools())
        .env("CARGO_FUTURE_INCOMPAT_REPORT_FREQUENCY", "never")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "64")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
        // Cargo sets these for us; the tools are not part of this workspace.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if package == "trunk" {
        command.args(["--locked", "--no-default-features"]);
    }
    shell::run(&mut command, "check the network and run this again; it goes on where it stopped")
}

fn build_dir() -> PathBuf {
    place::tools().join("build")
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Result<String> {
    let lock = fs::read_to_string(place::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    version_in(&lock, package).with_context(|| format!("Cargo.lock has no package {package}"))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.next()?;
    Some(lines.next()?.strip_prefix("version = \"")?.trim_end_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_the_packages_own() {
        let lock = "[[package]]\nname = \"wasm-bindgen-backend\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "trunk"), None);
    }
}
