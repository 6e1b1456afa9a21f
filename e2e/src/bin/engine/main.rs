//! `cargo xtask bench --engine`: our server beside others of its kind and beside a bare broadcast, for
//! docs/performance.md. Figures are not judged by a test; the table says which goals are met.

mod back;
mod class;
mod cold;
mod crowd;
mod history;
mod hostile;
mod idle;
mod kill;
mod rows;
mod sheet;

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use e2e::engine::{Contender, Running, own_folder};

use crowd::{Crowd, percentile};
use history::History;
use rows::*;
use sheet::Sheet;

/// What to measure and how long.
struct Plan {
    quick: bool,
    rounds: u32,
    scenarios: BTreeSet<String>,
    contenders: Vec<Contender>,
    /// Where the table goes, besides the terminal.
    file: Option<PathBuf>,
    /// Made when it is first needed: that takes seconds.
    history: OnceCell<History>,
}

const SCENARIOS: [&str; 11] = ["S1a", "S1b", "S1c", "S1d", "S2", "S3", "S4", "S5", "S6", "S7", "S8"];
const USAGE: &str = "usage: engine [--quick] [--rounds N] [--only SCENARIO,…] [--servers NAME,…] [--write FILE.md]";

/// One thread makes the load, so that what it costs is never more than one core.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    allow_many_open_files()?;
    let plan = Plan::read(std::env::args().skip(1))?;
    let started = Instant::now();
    let mut failed = Vec::new();
    let mut sheet = Sheet::new(plan.contenders.clone(), plan.rounds);
    for round in 1..=plan.rounds {
        for scenario in SCENARIOS.iter().filter(|scenario| plan.scenarios.contains(**scenario)) {
            for contender in &plan.contenders {
                println!("{round}/{}: {scenario}, {contender}, {} s", plan.rounds, started.elapsed().as_secs());
                // A server that does not get through leaves gaps in the table and the others their turn.
                if let Err(problem) = measure(&plan, round, scenario, *contender, &mut sheet).await {
                    println!("    failed: {problem:#}");
                    failed.push(format!("{scenario}, {contender}"));
                }
            }
        }
    }
    let took = started.elapsed().as_secs();
    println!("\n{}\n{} rounds, {took} s", sheet.table(), plan.rounds);
    if plan.quick {
        println!("in a hurry: shorter, and with fewer documents, sockets, edits and frames than the rows say");
    }
    if let Some(file) = &plan.file {
        sheet.write(file, took)?;
    }
    ensure!(failed.is_empty(), "not measured: {}", failed.join("; "));
    Ok(())
}

/// One scenario against one fresh server.
async fn measure(plan: &Plan, round: u32, scenario: &str, contender: Contender, sheet: &mut Sheet) -> Result<()> {
    let folder = own_folder()?;
    // What keeps nothing has nothing to open, to compare or to lose.
    if contender == Contender::Bare && matches!(scenario, "S4" | "S5" | "S6" | "S7") {
        return Ok(());
    }
    // The others have no boards.
    if contender != Contender::Gongbei && scenario == "S8" {
        return Ok(());
    }
    let mut server = Running::start(contender, folder.path()).await?;
    let crowd = |readers, writers, pace| Crowd { documents: 1, writers, readers, pace };
    let of_person = [&S1A_CPU, &S1A_P99, &S1A_GENERATOR];
    match scenario {
        "S1a" => one_document(plan, &server, crowd(10, 5, 10), of_person, sheet).await?,
        "S1b" => one_document(plan, &server, crowd(100, 5, 10), [&S1B_CPU, &S1B_P99, &S1B_GENERATOR], sheet).await?,
        "S1c" => one_document(plan, &server, crowd(500, 5, 10), [&S1C_CPU, &S1C_P99, &S1C_GENERATOR], sheet).await?,
        "S1d" => {
            let traffic = crowd::measure(&server, crowd(100, 50, 20), plan.seconds(4)).await?;
            let wanted = (traffic.deliveries + traffic.missing) as f64;
            sheet.note(&S1D_CPU, contender, traffic.micros_per_delivery());
            sheet.note(&S1D_P99, contender, traffic.p99_millis());
            sheet.note(&S1D_MISSING, contender, traffic.missing as f64 * 100.0 / wanted);
            sheet.note(&S1D_GENERATOR, contender, traffic.generator * 100.0);
        }
        "S2" => {
            let documents = if plan.quick { 100 } else { 300 };
            let crowd = Crowd { documents, writers: 4, readers: 0, pace: 2 };
            let traffic = crowd::measure(&server, crowd, plan.seconds(4)).await?;
            sheet.note(&S2_CPU, contender, traffic.cpu.as_secs_f64() * 1000.0 / traffic.edits as f64);
            sheet.note(&S2_P99, contender, traffic.p99_millis());
            sheet.note(&S2_MEMORY, contender, traffic.memory as f64 / 1e6);
            sheet.note(&S2_GENERATOR, contender, traffic.generator * 100.0);
        }
        "S3" => {
            let idle = idle::measure(&mut server, if plan.quick { 1_000 } else { 5_000 }).await?;
            sheet.note(&S3_SOCKET, contender, idle.bytes_per_socket / 1024.0);
            sheet.note(&S3_CONNECTIONS, contender, idle.connections_per_second);
            sheet.note(&S3_GENERATOR, contender, idle.generator * 100.0);
            if contender == Contender::Gongbei && !plan.quick {
                let folder = own_folder()?;
                let mut server = Running::start(contender, folder.path()).await?;
                let idle = idle::measure(&mut server, 10_000).await?;
                sheet.note(&S3_HELD, contender, idle.held as f64);
                sheet.note(&S3_SOCKET_10K, contender, idle.bytes_per_socket / 1024.0);
            }
        }
        "S4" => {
            let cold = cold::measure(&mut server, plan.history()?).await?;
            sheet.note(&S4_OPEN, contender, cold.open.took.as_secs_f64() * 1000.0);
            sheet.note(&S4_BYTES, contender, cold.open.bytes as f64 / 1000.0);
            sheet.note(&S4_BYTES_OWN, contender, cold.open_own.bytes as f64 / 1000.0);
            sheet.note(&S4_INGEST, contender, cold.ingested_per_second);
            sheet.note(&S4_GENERATOR, contender, cold.generator * 100.0);
        }
        "S5" => {
            let back = back::measure(&server).await?;
            sheet.note(&S5_EQUAL, contender, back.equal_after.as_secs_f64());
            sheet.note(&S5_GENERATOR, contender, back.generator * 100.0);
        }
        "S6" => {
            // The long one differs, so that the kill meets the stores of others at different moments.
            let long = Duration::from_millis(if plan.quick { 2_000 } else { 11_000 + 700 * u64::from(round) });
            let typing = [Duration::from_millis(700), Duration::from_millis(1300), long];
            let killed = kill::measure(&mut server, &typing, kill::others(plan.quick)).await?;
            let share = |part: u64, whole: u64| part as f64 * 100.0 / whole as f64;
            sheet.note(&S6_GONE, contender, share(killed.gone, killed.sent));
            if killed.acknowledged > 0 {
                sheet.note(&S6_LOST, contender, share(killed.lost, killed.acknowledged));
                sheet.note(&S6_ACK_P50, contender, percentile(&killed.times, 50) / 1000.0);
                sheet.note(&S6_ACK_P99, contender, percentile(&killed.times, 99) / 1000.0);
            }
            for restart in killed.restarts {
                sheet.note(&S6_RESTART, contender, restart.as_secs_f64() * 1000.0);
            }
        }
        "S7" => {
            let survived = hostile::measure(&mut server, if plan.quick { 500 } else { 2_000 }).await?;
            sheet.note(&S7_CRASHES, contender, f64::from(survived.crashes));
            sheet.note(&S7_P99, contender, percentile(&survived.times, 99) / 1000.0);
            sheet.note(&S7_WHOLE, contender, f64::from(u8::from(survived.whole)));
            sheet.note(&S7_MEMORY, contender, survived.grown as f64 / 1e6);
        }
        "S8" => {
            let class = class::measure(&server, if plan.quick { 100 } else { 300 }, plan.seconds(20)).await?;
            sheet.note(&S8_LIVE_P50, contender, percentile(&class.live, 50) / 1000.0);
            sheet.note(&S8_LIVE_P99, contender, percentile(&class.live, 99) / 1000.0);
            sheet.note(&S8_STROKE_P99, contender, percentile(&class.strokes, 99) / 1000.0);
            sheet.note(&S8_MISSING, contender, class.missing * 100.0);
            sheet.note(&S8_BITS, contender, class.bits_per_second / 1000.0);
            sheet.note(&S8_BITS_WIRE, contender, class.bits_on_the_wire / 1000.0);
            sheet.note(&S8_CPU, contender, class.cpu * 100.0);
            sheet.note(&S8_GENERATOR, contender, class.generator * 100.0);
        }
        unknown => bail!("there is no scenario {unknown}"),
    }
    server.kill().await
}

async fn one_document(
    plan: &Plan,
    server: &Running,
    crowd: Crowd,
    [cpu, p99, generator]: [&'static Row; 3],
    sheet: &mut Sheet,
) -> Result<()> {
    let contender = server.contender;
    let traffic = crowd::measure(server, crowd, plan.seconds(4)).await?;
    sheet.note(cpu, contender, traffic.micros_per_delivery());
    sheet.note(p99, contender, traffic.p99_millis());
    sheet.note(generator, contender, traffic.generator * 100.0);
    Ok(())
}

impl Plan {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut plan = Plan {
            quick: false,
            rounds: 3,
            scenarios: SCENARIOS.into_iter().map(str::to_owned).collect(),
            contenders: Contender::ALL.into_iter().filter(|contender| contender.is_there()).collect(),
            file: None,
            history: OnceCell::new(),
        };
        let mut rounds = None;
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "--quick" => plan.quick = true,
                "--rounds" => rounds = Some(value()?.parse().context(USAGE)?),
                "--only" => plan.scenarios = value()?.split(',').map(str::to_owned).collect(),
                "--servers" => {
                    let names = value()?;
                    let wanted = |name: &str| names.split(',').any(|wanted| name.eq_ignore_ascii_case(wanted));
                    plan.contenders = Contender::ALL.into_iter().filter(|contender| wanted(contender.name())).collect();
                }
                "--write" => plan.file = Some(value()?.into()),
                unknown => bail!("unknown word {unknown}\n{USAGE}"),
            }
        }
        if let Some(unknown) = plan.scenarios.iter().find(|name| !SCENARIOS.contains(&name.as_str())) {
            bail!("there is no scenario {unknown}; there are {}", SCENARIOS.join(", "));
        }
        ensure!(!plan.contenders.is_empty(), "no server to measure\n{USAGE}");
        plan.rounds = rounds.unwrap_or(if plan.quick { 1 } else { 3 });
        Ok(plan)
    }

    fn history(&self) -> Result<&History> {
        if let Some(history) = self.history.get() {
            return Ok(history);
        }
        let (keys, one_by_one) = if self.quick { (10_000, 5_000) } else { (182_000, 10_000) };
        let history = History::of(keys, one_by_one)?;
        Ok(self.history.get_or_init(|| history))
    }

    /// So long, or half of it when in a hurry.
    fn seconds(&self, seconds: u64) -> Duration {
        Duration::from_millis(seconds * if self.quick { 500 } else { 1000 })
    }
}

/// Ten thousand sockets are more files than a process usually may open: starts again under a higher limit.
fn allow_many_open_files() -> Result<()> {
    const DONE: &str = "GONGBEI_BENCH_FILES";
    if std::env::var_os(DONE).is_some() {
        return Ok(());
    }
    let problem = Command::new("sh")
        .args(["-c", "ulimit -n 20000 || ulimit -n $(ulimit -Hn); exec \"$0\" \"$@\""])
        .arg(std::env::current_exe()?)
        .args(std::env::args().skip(1))
        .env(DONE, "1")
        .exec();
    Err(problem).context("cannot start again")
}
