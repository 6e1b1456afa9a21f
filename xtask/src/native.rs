//! The one set of debug builds that every native test runs from, linted while it is compiled.
//!
//! Clippy's compiler makes the same code as rustc and refuses what Clippy warns of, so that nothing is checked first and
//! compiled after that. Every step asks for the same packages with the same features: anything else would be compiled anew.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{place, shell};

/// What is compiled, alike for every use. Features of the server add tests alone; those are left out where their programs
/// are not at hand.
const SAME: [&str; 5] = [
    "--workspace",
    "--exclude",
    "app",
    "--features",
    "e2e/browsers,server/films,server/oidc,server/postgres,server/power",
];
/// Tests of the server that have steps of their own: by how their names begin …
const BEGUN_SO: [&str; 5] = ["films::real::", "oidc::", "tus_client::", "on_postgres::", "postgres_crash::"];
/// … and by what is in them.
const WITH_THAT: [&str; 2] = ["::in_postgres::", "_power_cut_"];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Browsers {
    Without,
    Only,
}

/// A `cargo` that fails on any lint of our own crates, each time until it is mended: what is refused is not compiled, so
/// there is nothing to be taken from the last time. Dependencies are those of any other `cargo`.
pub fn linting() -> Result<Command> {
    let sysroot = shell::answer(shell::program("rustc").args(["--print", "sysroot"]));
    let driver = sysroot.map(|sysroot| std::path::Path::new(&sysroot).join("bin/clippy-driver"));
    let driver = driver.map(|driver| driver.with_extension(std::env::consts::EXE_EXTENSION));
    let driver =
        driver.filter(|driver| driver.is_file()).context("there is no Clippy: `rustup component add clippy`")?;
    let mut cargo = shell::cargo();
    // As `cargo clippy -- -D warnings` does it.
    cargo.env("RUSTC_WORKSPACE_WRAPPER", driver);
    cargo.env("CLIPPY_ARGS", ["-D", "warnings", ""].join("__CLIPPY_HACKERY__"));
    Ok(cargo)
}

/// Compiles all of it, benchmarks too, which nothing runs here.
pub fn compile() -> Result<()> {
    let mut build = linting()?;
    build.args(["test", "--quiet", "--no-run", "--all-targets"]).args(SAME);
    shell::run(&mut build, "mend what it says above")
}

/// `cargo test` of the named test target, or of the libraries; more words follow.
pub fn test(target: &[&str]) -> Result<Command> {
    let mut test = linting()?;
    test.args(["test", "--quiet"]).args(SAME).args(target);
    Ok(test)
}

/// All tests that belong to the browser tests, or all that need no programs of others.
pub fn tests(browsers: Browsers) -> Result<Command> {
    let mut command = linting()?;
    if shell::answer(shell::cargo().args(["nextest", "--version"])).is_some() {
        command.args(["nextest", "run", "--no-fail-fast"]).args(SAME);
        match browsers {
            // Each has a server and several browsers of its own: two at a time are plenty.
            Browsers::Only => command.args(["-E", "package(e2e) and kind(test)", "--test-threads", "2"]),
            Browsers::Without => command.args(["-E", &without_programs()]),
        };
        return Ok(command);
    }
    command.args(["test", "--no-fail-fast"]).args(SAME);
    let e2e = place::root().join("e2e");
    let folders = match browsers {
        Browsers::Only => vec![e2e],
        Browsers::Without => {
            command.args(["--lib", "--bins"]);
            ["server", "shared", "xtask"].map(|name| place::root().join(name)).into()
        }
    };
    for folder in folders {
        for file in fs::read_dir(folder.join("tests")).into_iter().flatten() {
            let file = file?.path();
            // That one is a program with a step of its own.
            if file.ends_with("differential") {
                continue;
            }
            if file.extension().is_some_and(|ending| ending == "rs") || file.join("main.rs").is_file() {
                command.arg("--test").arg(file.file_stem().expect("it has a name"));
            }
        }
    }
    command.arg("--");
    match browsers {
        Browsers::Only => command.args(["--test-threads", "2"]),
        Browsers::Without => command.args(BEGUN_SO.iter().chain(&WITH_THAT).flat_map(|name| ["--skip", name])),
    };
    Ok(command)
}

/// As nextest has it.
fn without_programs() -> String {
    let begun = BEGUN_SO.map(|name| format!("test(/^{name}/)"));
    let with = [&begun[..], &WITH_THAT.map(|name| format!("test({name})"))].concat().join(" or ");
    format!("not (package(e2e) and kind(test)) and not (package(server) and ({with}))")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_clippy_warns_of_is_an_error() {
        let cargo = linting().unwrap();
        let variable = |name: &str| {
            let found = cargo.get_envs().find(|(known, _)| *known == name).and_then(|(_, value)| value);
            found.unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(variable("CLIPPY_ARGS"), "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
        assert!(variable("RUSTC_WORKSPACE_WRAPPER").ends_with("clippy-driver"));
    }
}
