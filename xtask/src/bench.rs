//! `bench`: figures from real browsers, for docs/performance.md.

use anyhow::{Result, bail};

use crate::steps::{Done, Steps};
use crate::{budget, place, run, shell};

/// Builds what people run, then hands over to the measuring program.
pub fn bench(options: &[&str]) -> Result<()> {
    if let Some(unknown) = options.first() {
        bail!("`bench` knows no option `{unknown}`");
    }
    run::build()?;
    let mut steps = Steps::begin();
    let sizes = budget::figures()?.into_iter().map(|(name, bytes)| format!("{name}={bytes}"));
    let sizes = sizes.collect::<Vec<_>>().join(",");
    let commit = shell::ask(shell::program("git").args(["describe", "--always", "--dirty"]))?;
    let measured = steps.step("bench", "typing in real browsers, a few minutes", || {
        let mut bench = shell::cargo();
        bench.args(["run", "--release", "--package", "e2e", "--bin", "bench", "--"]);
        bench.arg(place::root().join("docs/performance.md"));
        bench.env("GONGBEI_BIN", place::server()).env("GONGBEI_COMMIT", commit.trim()).env("GONGBEI_SIZES", sizes);
        shell::run(&mut bench, "see what it says above")?;
        Ok(Done::Worked)
    });
    steps.table();
    measured
}
