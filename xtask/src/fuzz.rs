//! `fuzz`: one target of fuzz/ under libFuzzer, with AddressSanitizer, from inputs of the hostile test onwards.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{numbers, place, shell};

const TARGETS: [&str; 4] = ["frame", "validator", "apply", "presence"];
/// As cargo-fuzz builds: counters for libFuzzer at every edge, compared values told to it.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address";
const REMEDY: &str = "it needs a nightly compiler (rustup toolchain install nightly) and a C++ one";

/// `fuzz TARGET [--seconds N]`
pub fn fuzz(words: &[&str]) -> Result<()> {
    let Some((target, options)) = words.split_first().filter(|(target, _)| TARGETS.contains(target)) else {
        bail!("`fuzz` wants one of {}", TARGETS.join(", "));
    };
    let mut seconds = 600;
    numbers::read("fuzz", options, &mut [("--seconds", &mut seconds)])?;
    let platform =
        shell::answer(shell::program("rustc").args(["+nightly", "--print", "host-tuple"])).context(REMEDY)?;
    let folder = place::target().join("fuzz");
    let mut build = shell::program("cargo");
    build.current_dir(place::root().join("fuzz")).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    build.args(["+nightly", "build", "--release", "--target", &platform, "--target-dir"]).arg(&folder);
    build.args(["--bin", target, "--bin", "seeds"]).env("RUSTFLAGS", FLAGS);
    shell::run(&mut build, REMEDY)?;

    let program = |name: &str| {
        let mut program = shell::program(&folder.join(&platform).join("release").join(name).to_string_lossy());
        program.env("ASAN_OPTIONS", "detect_leaks=0");
        program
    };
    let (corpus, found) = (folder.join("corpus").join(target), folder.join("found").join(target));
    fs::create_dir_all(&found)?;
    if !corpus.is_dir() {
        shell::run(program("seeds").arg(target).arg(&corpus), "see what it says above")?;
    }
    let mut run = program(target);
    run.arg(&corpus).arg(format!("-artifact_prefix={}/", found.display())).arg(format!("-max_total_time={seconds}"));
    run.args(["-timeout=10", "-rss_limit_mb=4096", "-max_len=16384", "-print_final_stats=1"]);
    shell::run(&mut run, &format!("the input lies in {}: add it to KEPT in shared/tests/fuzz/main.rs", found.display()))
}
