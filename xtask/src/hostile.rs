//! `hostile`: attacks on rooms with real documents, as many as asked for.

use anyhow::{Context, Result, bail};

use crate::shell;

/// `hostile [--cases N] [--seed S]`
pub fn hostile(options: &[&str]) -> Result<()> {
    let (mut cases, mut seed) = (1_000_000, 1);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        let number = options.next().map(|value| value.replace('_', "").parse::<u64>());
        let number = number.with_context(|| format!("`{option}` wants a number"))??;
        match *option {
            "--cases" => cases = number,
            "--seed" => seed = number,
            unknown => bail!("`hostile` knows --cases N and --seed S, not `{unknown}`"),
        }
    }
    let mut tests = shell::cargo();
    tests.args(["test", "--quiet", "--release", "--package", "shared", "--test", "hostile", "--"]);
    tests.args(["--nocapture", "--exact", "e5_e7_e14_hostile_frames_do_no_harm"]);
    tests.env("GONGBEI_HOSTILE_CASES", cases.to_string()).env("GONGBEI_HOSTILE_SEED", seed.to_string());
    shell::run(&mut tests, "each seed above does the same again: add it to KEPT in shared/tests/hostile/main.rs")
}
