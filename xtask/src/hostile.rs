//! `hostile`: attacks on rooms with real documents, as many as asked for.

use anyhow::Result;

use crate::{numbers, shell};

/// `hostile [--cases N] [--seed S]`
pub fn hostile(options: &[&str]) -> Result<()> {
    let (mut cases, mut seed) = (1_000_000, 1);
    numbers::read("hostile", options, &mut [("--cases", &mut cases), ("--seed", &mut seed)])?;
    let mut tests = shell::cargo();
    tests.args(["test", "--quiet", "--release", "--package", "shared", "--test", "hostile", "--"]);
    tests.args(["--nocapture", "--exact", "e5_e7_e14_hostile_frames_do_no_harm"]);
    tests.env("GONGBEI_HOSTILE_CASES", cases.to_string()).env("GONGBEI_HOSTILE_SEED", seed.to_string());
    shell::run(&mut tests, "each seed above does the same again: add it to KEPT in shared/tests/hostile/main.rs")
}
