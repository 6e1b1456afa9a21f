//! `test`: everything that CI checks, cheap steps first.
//!
//! Profiles and package selections are the same in every step, so that nothing is compiled twice: one set of debug builds for
//! all tests, which Clippy makes, and one release server, which is also what people run.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::native::{self, Browsers};
use crate::steps::{Done, Steps};
use crate::{
    budget, chaos, contrast, debian, differential, frontend, npm, place, postgres, power, run, shell, stop, tidy,
    tools, turn,
};

/// One step of `test`.
struct Check {
    name: &'static str,
    what: &'static str,
    /// Steps that must have passed before.
    needs: &'static [&'static str],
    work: fn(Length) -> Result<Done>,
}

/// How much the tests with a long form do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Length {
    Short,
    Soak,
}

const CHECKS: [Check; 27] = [
    Check { name: "fmt", what: "rustfmt", needs: &[], work: |_| fmt() },
    Check { name: "tidy", what: "names, layers, leftovers", needs: &[], work: |_| tidy::check() },
    Check { name: "contrast", what: "legible colours", needs: &[], work: |_| contrast::check() },
    Check { name: "target", what: "the wasm32 target", needs: &[], work: |_| tools::wasm_target() },
    Check { name: "crates", what: "what Rust is needed from crates.io", needs: &[], work: |_| tools::crates() },
    Check { name: "packages", what: "npm packages of the editor view", needs: &[], work: |_| npm::packages("app/js") },
    Check { name: "js-check", what: "types of the editor view", needs: &["packages"], work: |_| script("check") },
    Check { name: "js-test", what: "tests of the editor view", needs: &["packages"], work: |_| script("test") },
    Check {
        name: "build",
        what: "all but the app for its tests, and what Clippy says of it",
        needs: &[],
        work: |_| build(),
    },
    Check { name: "tests", what: "native tests, no retries", needs: &[], work: |_| tests() },
    Check { name: "ffmpeg", what: "makes films smaller", needs: &[], work: |_| ffmpeg() },
    Check {
        name: "films",
        what: "made small by the real ffmpeg, half a minute",
        needs: &["ffmpeg"],
        work: |_| films(),
    },
    Check {
        name: "tests-app",
        what: "what of the app needs no browser, and what Clippy says of it",
        needs: &[],
        work: |_| tests_app(),
    },
    Check { name: "tools", what: "trunk and wasm-bindgen", needs: &[], work: |_| tools::install() },
    Check {
        name: "frontend",
        what: "the front end, release",
        needs: &["target", "crates", "packages", "tools"],
        work: |_| frontend::build(),
    },
    Check { name: "budget", what: "bytes of a first visit", needs: &["frontend"], work: |_| budget::check() },
    Check { name: "server", what: "the server, release", needs: &["frontend"], work: |_| run::server() },
    Check {
        name: "stock",
        what: "npm packages of the browser tests",
        needs: &[],
        work: |_| npm::packages("e2e/stock"),
    },
    Check {
        name: "chaos",
        what: "server, disk and lines in trouble: nothing saved is lost",
        needs: &["server", "stock"],
        work: |_| chaos::in_short(),
    },
    Check { name: "strace", what: "sees what the server writes", needs: &[], work: |_| power::strace() },
    Check {
        name: "power",
        what: "cut at every sync of a file: nothing saved is lost",
        needs: &["strace"],
        work: |_| power::check(),
    },
    Check { name: "chromium", what: "a browser to test in", needs: &[], work: |_| chromium() },
    Check {
        name: "differential",
        what: "yrs and Yjs agree, a thousand histories",
        needs: &["stock"],
        work: |_| differential::check(),
    },
    Check {
        name: "sign-on",
        what: "the single sign-on and uploads, with a provider and a client from npm",
        needs: &["stock"],
        work: sign_on,
    },
    Check { name: "postgresql", what: "a server of Postgres", needs: &[], work: |_| postgres::packages() },
    Check {
        name: "postgres",
        what: "the same promises on Postgres",
        needs: &["postgresql"],
        work: |_| postgres::check(),
    },
    Check {
        name: "browsers",
        what: "promises to users, in real browsers",
        needs: &["server", "chromium", "stock", "ffmpeg"],
        work: browsers,
    },
];

/// `test [--soak] [--list] [--only STEP…]`
pub fn test(options: &[&str]) -> Result<()> {
    let mut length = Length::Short;
    let mut only = Vec::new();
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match *option {
            "--soak" => length = Length::Soak,
            "--list" => {
                CHECKS.iter().for_each(|check| println!("{:<12} {}", check.name, check.what));
                return Ok(());
            }
            "--only" => only.extend(options.by_ref()),
            unknown => bail!("`test` knows --soak, --list and --only STEP…, not `{unknown}`"),
        }
    }
    if let Some(unknown) = only.iter().find(|name| CHECKS.iter().all(|check| check.name != **name)) {
        bail!("there is no step `{unknown}`; `cargo xtask test --list` names them");
    }

    let _turn = turn::take()?;
    let mut steps = Steps::begin();
    for check in CHECKS.iter().filter(|check| only.is_empty() || wanted(check.name, &only)) {
        match check.needs.iter().find(|need| !steps.passed(need)) {
            Some(need) => steps.skip(check.name, &format!("it needs `{need}`")),
            // The failure is in the table; the other steps still say what they have to say.
            None => drop(steps.step(check.name, check.what, || (check.work)(length))),
        }
        if stop::asked() {
            steps.table();
            bail!(stop::WORDS);
        }
    }
    steps.table();
    steps.tally()
}

/// Whether `name` is asked for or needed by what is.
fn wanted(name: &str, only: &[&str]) -> bool {
    only.contains(&name) || CHECKS.iter().any(|check| check.needs.contains(&name) && wanted(check.name, only))
}

fn fmt() -> Result<Done> {
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]), "run `cargo fmt --all`")?;
    Ok(Done::Worked)
}

fn script(name: &str) -> Result<Done> {
    shell::run(
        shell::program("npm").current_dir(place::root().join("app/js")).args(["run", "--silent", name]),
        "mend what it says above",
    )?;
    Ok(Done::Worked)
}

fn build() -> Result<Done> {
    native::compile()?;
    Ok(Done::Worked)
}

fn tests() -> Result<Done> {
    shell::run(
        &mut native::tests(Browsers::Without)?,
        "see the failed tests above; one alone: cargo test -p PACKAGE NAME",
    )?;
    Ok(Done::Worked)
}

/// On a Debian-like machine where we are root it is fetched.
fn ffmpeg() -> Result<Done> {
    if ["ffmpeg", "ffprobe"].iter().all(|name| shell::answer(shell::program(name).arg("-version")).is_some()) {
        return Ok(Done::Fresh);
    }
    debian::install(&["ffmpeg"], "the tests of films need ffmpeg", "")
}

fn films() -> Result<Done> {
    with_programs(&["films::real::"])
}

/// Apart from the others, whose crates are built without what the app asks of them. It has no line that only the browser's
/// target compiles (`tidy` sees to it), so all of it is linted here.
fn tests_app() -> Result<Done> {
    let mut tests = native::linting()?;
    tests.args(["test", "--quiet", "--package", "app"]);
    shell::run(&mut tests, "mend what it says above")?;
    Ok(Done::Worked)
}

fn sign_on(_: Length) -> Result<Done> {
    with_programs(&["oidc::", "tus_client::"])
}

/// Tests of the server that need programs of others.
fn with_programs(names: &[&str]) -> Result<Done> {
    let mut tests = native::test(&["--test", "server", "--"])?;
    shell::run(tests.args(names), "see the failed promises above")?;
    Ok(Done::Worked)
}

fn browsers(length: Length) -> Result<Done> {
    let mut tests = native::tests(Browsers::Only)?;
    tests.env("GONGBEI_BIN", place::server()).env("RUST_LIB_BACKTRACE", "0");
    if length == Length::Soak {
        tests.env("GONGBEI_SOAK", "1");
    }
    let accounts = place::target().join("e2e/accounts");
    fs::remove_dir_all(&accounts).ok();
    shell::run(&mut tests, "see the failed promises above; what the browsers showed is in target/e2e")?;
    told_in(&accounts)
}

/// What the plays have found out: who was killed how often, and what became of the edits.
fn told_in(accounts: &Path) -> Result<Done> {
    let mut lines = Vec::new();
    for file in
        fs::read_dir(accounts).with_context(|| format!("no play has left an account in {}", accounts.display()))?
    {
        lines.extend(fs::read_to_string(file?.path())?.lines().map(str::to_owned));
    }
    lines.sort();
    Ok(Done::Measured(lines.join("\n")))
}

/// The browser and its driver; on a Debian-like machine where we are root, they are fetched.
fn chromium() -> Result<Done> {
    let missing: Vec<&str> = [("chromium", "GONGBEI_CHROMIUM"), ("chromedriver", "GONGBEI_CHROMEDRIVER")]
        .into_iter()
        .filter(|(program, variable)| {
            let program = std::env::var(variable).unwrap_or_else(|_| (*program).to_owned());
            shell::answer(shell::program(&program).arg("--version")).is_none()
        })
        .map(|(program, _)| program)
        .collect();
    let chinese = shell::answer(shell::program("fc-list").arg(":lang=zh")).is_some_and(|fonts| !fonts.is_empty());
    if missing.is_empty() && chinese {
        return Ok(Done::Fresh);
    }
    let packages = ["chromium", "chromium-driver", "fonts-noto-cjk", "fontconfig"];
    debian::install(
        &packages,
        "the browser tests need chromium, chromedriver and a Chinese font",
        ", or name the programs in GONGBEI_CHROMIUM and GONGBEI_CHROMEDRIVER",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_is_an_earlier_step() {
        for (at, check) in CHECKS.iter().enumerate() {
            for need in check.needs {
                assert!(CHECKS[..at].iter().any(|earlier| earlier.name == *need), "{} needs {need}", check.name);
            }
        }
    }

    #[test]
    fn only_brings_along_what_is_needed() {
        let names: Vec<_> = CHECKS.iter().map(|check| check.name).filter(|name| wanted(name, &["budget"])).collect();
        assert_eq!(names, ["target", "crates", "packages", "tools", "frontend", "budget"]);
    }
}
