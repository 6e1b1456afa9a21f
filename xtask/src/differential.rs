//! `differential`: random histories through yrs and Yjs, which must agree.

use anyhow::Result;

use crate::steps::Done;
use crate::{native, npm, numbers, shell};

const TEST: [&str; 2] = ["--test", "differential"];
const REMEDY: &str = "each seed above does the same again: cargo xtask differential --cases 1 --seed SEED";

/// `differential [--cases N] [--seed S]`
pub fn differential(options: &[&str]) -> Result<()> {
    let (mut cases, mut seed) = (500_000, 1);
    numbers::read("differential", options, &mut [("--cases", &mut cases), ("--seed", &mut seed)])?;
    npm::packages("e2e/stock")?;
    let mut test = shell::cargo();
    test.args(["test", "--quiet", "--release", "--package", "shared"]).args(TEST);
    test.args(["--", "--cases", &cases.to_string(), "--seed", &seed.to_string()]);
    shell::run(&mut test, REMEDY)
}

/// The short form, with the crates as the other native tests build them.
pub fn check() -> Result<Done> {
    let mut test = native::test(&TEST)?;
    shell::run(test.args(["--", "--cases", "1000"]), REMEDY)?;
    Ok(Done::Worked)
}
