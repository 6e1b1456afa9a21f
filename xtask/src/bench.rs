//! `bench`: figures for docs/performance.md, from real browsers and from the sync engine beside its peers.

use anyhow::{Result, bail};

use crate::steps::{Done, Steps};
use crate::{budget, peers, place, run, shell};

/// Builds what people run, then hands over to the measuring programs: `--browser`, `--library` and `--board` (printed only), `--engine`
/// with its own options, or browsers and engine.
pub fn bench(options: &[&str]) -> Result<()> {
    let (browser, engine): (Option<InBrowsers>, Option<&[&str]>) = match options {
        [] => (Some(InBrowsers::All), Some(&[])),
        ["--browser"] => (Some(InBrowsers::All), None),
        ["--library"] => (Some(InBrowsers::Library), None),
        ["--board"] => (Some(InBrowsers::Board), None),
        ["--engine", options @ ..] => (None, Some(options)),
        [unknown, ..] => bail!("`bench` knows --browser, --library, --board and --engine, but no option `{unknown}`"),
    };
    run::build()?;
    let mut steps = Steps::begin();
    let commit = shell::ask(shell::program("git").args(["describe", "--always", "--dirty"]))?;
    let measured = (|| {
        if let Some(which) = browser {
            in_browsers(&mut steps, which, commit.trim())?;
        }
        engine.map_or(Ok(()), |options| peers::measure(&mut steps, options, commit.trim()))
    })();
    steps.table();
    measured
}

/// What is measured in real browsers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InBrowsers {
    /// Everything, into docs/performance.md.
    All,
    /// The page of the library alone; printed.
    Library,
    /// Boards alone; printed.
    Board,
}

fn in_browsers(steps: &mut Steps, which: InBrowsers, commit: &str) -> Result<()> {
    let sizes = budget::figures()?.into_iter().map(|(name, bytes)| format!("{name}={bytes}"));
    let sizes = sizes.collect::<Vec<_>>().join(",");
    steps.step("bench", "typing in real browsers, a few minutes", || {
        let mut bench = shell::cargo();
        bench.args(["run", "--release", "--package", "e2e", "--bin", "bench", "--"]);
        bench.arg(place::root().join("docs/performance.md"));
        match which {
            InBrowsers::All => {}
            InBrowsers::Library => drop(bench.arg("library")),
            InBrowsers::Board => drop(bench.arg("board")),
        }
        bench.env("GONGBEI_BIN", place::server()).env("GONGBEI_COMMIT", commit).env("GONGBEI_SIZES", sizes);
        shell::run(&mut bench, "see what it says above")?;
        Ok(Done::Worked)
    })
}
