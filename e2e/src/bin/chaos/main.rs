//! `cargo xtask chaos`: takes away from the real server what it stands on, process, disk, line, and looks whether
//! anything is lost that it had called saved. For docs/trust.md.
//!
//! The same seed makes the same people do the same and ends them at the same moments; what the machine makes of it in
//! between is its own.

mod backups;
mod crew;
mod crowd;
mod disks;
mod journal;
mod kills;
mod lines;
mod migrations;
mod packs;
mod page;
mod proof;
mod readers;
mod replica;
mod restarts;
mod starts;
mod tools;
mod uploads;
mod writer;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use tokio::signal::unix::{SignalKind, signal};

use kills::End;
use page::Outcome;

/// One kind of trouble. Its name is also the option that says how often.
struct Trial {
    name: &'static str,
    /// In the long form, and in the one of `cargo xtask test`.
    long: u32,
    quick: u32,
}

const TRIALS: [Trial; 13] = [
    Trial { name: "kills", long: 2_000, quick: 8 },
    Trial { name: "stops", long: 100, quick: 2 },
    Trial { name: "disks", long: 20, quick: 2 },
    Trial { name: "readers", long: 60, quick: 20 },
    Trial { name: "lines", long: 20, quick: 1 },
    Trial { name: "backups", long: 150, quick: 3 },
    Trial { name: "packs", long: 150, quick: 2 },
    Trial { name: "migrations", long: 100, quick: 4 },
    Trial { name: "starts", long: 150, quick: 6 },
    Trial { name: "restarts", long: 10, quick: 2 },
    Trial { name: "proof", long: 3, quick: 1 },
    // In MiB.
    Trial { name: "uploads", long: 2_048, quick: 2_048 },
    // In seconds.
    Trial { name: "crowd", long: 600, quick: 5 },
];
const USAGE: &str = "usage: chaos [--quick] [--seed S] [--only TRIAL,…] [--TRIAL TIMES]… [--write FILE.md]";

struct Plan {
    seed: u64,
    quick: bool,
    only: Option<Vec<String>>,
    times: Vec<(String, u32)>,
    /// Where the table goes, besides the terminal.
    file: Option<PathBuf>,
}

/// One thread does it all, so that everybody who writes costs the server no more than one core.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let plan = Plan::read(std::env::args().skip(1))?;
    let (mut stopped, mut ended) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        played = play(&plan) => played,
        // What was started ends with us.
        _ = stopped.recv() => bail!("stopped"),
        _ = ended.recv() => bail!("stopped"),
    }
}

async fn play(plan: &Plan) -> Result<()> {
    let started = Instant::now();
    let mut outcomes = Vec::new();
    for trial in TRIALS.iter().filter(|trial| plan.wants(trial.name)) {
        let times = plan.times(trial);
        println!("{}: {times}, seed {}, after {} s", trial.name, plan.seed, started.elapsed().as_secs());
        let outcome = try_out(trial.name, times, plan.seed).await?;
        outcome.print();
        outcomes.push(outcome);
    }
    let took = started.elapsed().as_secs();
    println!("{took} s");
    if let Some(file) = &plan.file {
        page::write(file, plan.seed, took, &outcomes)?;
    }
    let wrong: Vec<String> =
        outcomes.iter().flat_map(|outcome| outcome.broken().chain(outcome.wrong.iter().cloned())).collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

async fn try_out(trial: &str, times: u32, seed: u64) -> Result<Outcome> {
    Ok(match trial {
        "kills" => kills::play(times, seed, End::Kill).await,
        "stops" => kills::play(times, seed, End::Stop).await,
        "disks" => disks::play(times, seed).await,
        "readers" => readers::play(times, seed).await,
        "crowd" => crowd::play(times, seed).await,
        "lines" => lines::play(times, seed).await,
        "backups" => backups::play(times, seed).await,
        "packs" => packs::play(times, seed).await,
        "migrations" => migrations::play(times, seed).await,
        "starts" => starts::play(times, seed).await,
        "proof" => proof::play(times, seed).await,
        "uploads" => uploads::play(times, seed).await,
        "restarts" => restarts::play(times, seed).await,
        unknown => bail!("there is no trial {unknown}"),
    })
}

impl Plan {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut plan = Plan { seed: 1, quick: false, only: None, times: Vec::new(), file: None };
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "--quick" => plan.quick = true,
                "--seed" => plan.seed = value()?.parse().context(USAGE)?,
                "--only" => plan.only = Some(value()?.split(',').map(str::to_owned).collect()),
                "--write" => plan.file = Some(value()?.into()),
                other => {
                    let trial = other.strip_prefix("--").unwrap_or(other).to_owned();
                    plan.times.push((trial, value()?.replace('_', "").parse().context(USAGE)?));
                }
            }
        }
        let known = |name: &str| TRIALS.iter().any(|trial| trial.name == name);
        let named = plan.only.iter().flatten().chain(plan.times.iter().map(|(name, _)| name));
        if let Some(unknown) = named.into_iter().find(|name| !known(name)) {
            let names: Vec<&str> = TRIALS.iter().map(|trial| trial.name).collect();
            bail!("there is no option or trial {unknown}; trials are {}\n{USAGE}", names.join(", "));
        }
        Ok(plan)
    }

    fn wants(&self, trial: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|name| name == trial))
    }

    fn times(&self, trial: &Trial) -> u32 {
        let usual = if self.quick { trial.quick } else { trial.long };
        self.times.iter().rev().find(|(name, _)| name == trial.name).map_or(usual, |(_, times)| *times)
    }
}
