//! `chaos`: what the real server has called saved, after process, disk and line were taken away from it.

use anyhow::{Result, bail};

use crate::steps::{Done, Steps};
use crate::{npm, place, run, shell};

/// Builds what people run, then hands over to the driver, which says what options it knows. Without any it does
/// everything at its full length and writes docs/trust.md; with some it prints, and writes if `--write` is among them.
pub fn chaos(options: &[&str]) -> Result<()> {
    run::build()?;
    let writes = options.is_empty() || options.contains(&"--write");
    let options: Vec<&str> = options.iter().copied().filter(|option| *option != "--write").collect();
    let mut steps = Steps::begin();
    steps.step("stock", "npm packages of the browser tests", || npm::packages("e2e/stock"))?;
    let tried = steps.step("chaos", "server, disk and lines in trouble (an hour without options)", || {
        let mut driver = driver()?;
        driver.args(&options);
        if writes {
            let commit = shell::ask(shell::program("git").args(["describe", "--always", "--dirty"]))?;
            driver.arg("--write").arg(place::root().join("docs/trust.md")).env("GONGBEI_COMMIT", commit.trim());
        }
        shell::run_for_its_reason(&mut driver)?;
        Ok(Done::Worked)
    });
    steps.table();
    tried
}

/// Each trouble once or a few times, for `test`.
pub fn in_short() -> Result<Done> {
    if !place::server().is_file() {
        bail!("{} is missing; run `cargo xtask build`", place::server().display());
    }
    shell::run_for_its_reason(driver()?.arg("--quick"))?;
    Ok(Done::Worked)
}

fn driver() -> Result<std::process::Command> {
    shell::run(
        shell::cargo().args(["build", "--quiet", "--release", "--package", "e2e", "--bin", "chaos"]),
        "mend what it says above and run this again",
    )?;
    let mut driver = shell::program(&place::target().join("release/chaos").to_string_lossy());
    driver.env("GONGBEI_BIN", place::server()).env("RUST_LIB_BACKTRACE", "0").env("RUST_BACKTRACE", "0");
    Ok(driver)
}
