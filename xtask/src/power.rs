//! `power`: the power goes at every sync of a file while somebody types, and what was called saved must be there.

use anyhow::Result;

use crate::steps::Done;
use crate::{debian, native, numbers, shell};

/// `power [--words N] [--seed S]`
pub fn power(options: &[&str]) -> Result<()> {
    let (mut words, mut seed) = (2_000, 1);
    numbers::read("power", options, &mut [("--words", &mut words), ("--seed", &mut seed)])?;
    strace()?;
    run(&[("GONGBEI_POWER_WORDS", words), ("GONGBEI_POWER_SEED", seed)])
}

/// The short form.
pub fn check() -> Result<Done> {
    run(&[])?;
    Ok(Done::Worked)
}

fn run(settings: &[(&str, u64)]) -> Result<()> {
    let mut test = native::test(&["--test", "server", "power_cut", "--", "--nocapture"])?;
    test.envs(settings.iter().map(|(name, value)| (*name, value.to_string())));
    shell::run(&mut test, "the words above say what was lost at which call of the server")
}

/// It sees what the server writes, and when that is on the disk; on a Debian-like machine where we are root it is fetched.
pub fn strace() -> Result<Done> {
    if shell::answer(shell::program("strace").arg("--version")).is_some() {
        return Ok(Done::Fresh);
    }
    debian::install(&["strace"], "power cuts need Linux and strace", "")
}
