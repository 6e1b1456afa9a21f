//! Hostile updates: all known ways to hurt yrs and honest updates spoilt, against rooms with real documents.
//!
//! The attacks run in processes of their own, so that a death is counted and not suffered. `cargo xtask hostile` runs
//! more of them.

mod arena;
mod attack;
mod batch;
#[allow(dead_code, reason = "the simulation uses the rest of it")]
#[path = "../simulation/chance.rs"]
mod chance;
mod corpus;
mod large;
#[path = "../admission/raw.rs"]
mod raw;
#[allow(dead_code, reason = "the differential test uses the rest of it")]
#[path = "../document_support/said.rs"]
mod said;

use std::io::{BufRead, BufReader};
use std::panic;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use batch::{ATTACKS, PANICKED, Tally};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Batches that did harm once.
const KEPT: [u64; 12] = [
    1_000_000_012,
    1_000_000_028,
    1_000_000_041,
    2_000_000_265,
    2_000_000_319,
    2_000_000_577,
    2_000_001_386,
    3_000_003_826,
    3_000_004_220,
    3_000_011_409,
    3_000_011_666,
    3_000_014_666,
];

/// As a server's threads have.
const STACK: usize = 2 << 20;
/// No batch takes so long.
const HANGS: Duration = Duration::from_secs(30);

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().map_or(usual, |value| value.parse().expect("a number"))
}

#[test]
fn e5_e7_e14_hostile_frames_do_no_harm() {
    let attacks = number("GONGBEI_HOSTILE_CASES", 10_000);
    let first = number("GONGBEI_HOSTILE_SEED", 1) * 1_000_000_000;
    let started = Instant::now();
    let next = Arc::new(Mutex::new(first));
    let end = first + attacks.div_ceil(ATTACKS);
    let workers: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
        .map(|_| {
            let next = next.clone();
            thread::spawn(move || {
                let mut tally = Tally::default();
                loop {
                    let from = {
                        let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
                        let from = *next;
                        *next = (from + 250).min(end);
                        from
                    };
                    if from == end {
                        return tally;
                    }
                    attacked(from, (from + 250).min(end), &mut tally);
                }
            })
        })
        .collect();
    let mut tally = Tally::default();
    attacked(0, large::ATTACKS.len() as u64, &mut tally);
    for worker in workers {
        tally.add(worker.join().expect("a worker only waits"));
    }
    report(&tally, started.elapsed());
    assert!(tally.harm.is_empty(), "{} attacks did harm", tally.harm.len());
}

#[test]
fn e5_e7_e14_what_did_harm_once_does_not_again() {
    let documents = corpus::documents();
    let done = thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || KEPT.iter().flat_map(|seed| batch::run(*seed, &documents).harm).collect::<Vec<_>>());
    let harm = done.expect("a thread").join().expect("it does not panic");
    assert_eq!(harm, []);
}

/// Runs these batches in child processes; after a death with the next one.
fn attacked(mut from: u64, to: u64, tally: &mut Tally) {
    while from < to {
        let mut child = Command::new(std::env::current_exe().expect("our own name"))
            .args(["--exact", "attacks_of_one_process", "--nocapture", "--test-threads", "1"])
            .env("GONGBEI_HOSTILE_FROM", from.to_string())
            .env("GONGBEI_HOSTILE_TO", to.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("we start once more");
        let (line, lines) = channel();
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let reader = thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|text| line.send(text)).ok();
        });
        let end = loop {
            match lines.recv_timeout(HANGS) {
                Ok(text) => {
                    if let Some(json) = text.find('{').map(|at| &text[at..]) {
                        tally.add(serde_json::from_str(json).expect("a tally"));
                        from += 1;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    child.kill().ok();
                    break Some("hangs");
                }
                Err(RecvTimeoutError::Disconnected) => break None,
            }
        };
        let status = child.wait().expect("it was started");
        reader.join().expect("it only reads");
        if from < to {
            tally.harm.push((from, format!("{} ({status})", end.unwrap_or("dies"))));
            from += 1;
        }
    }
}

/// Started by the others, as a process of its own; by itself it has nothing to do.
#[test]
fn attacks_of_one_process() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        *PANICKED.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    let (from, to) = (number("GONGBEI_HOSTILE_FROM", 0), number("GONGBEI_HOSTILE_TO", 0));
    let work = move || {
        let documents = corpus::documents();
        for seed in from..to {
            let tally = match large::ATTACKS.get(seed as usize) {
                Some(attack) => large::run(seed, attack),
                None => batch::run(seed, &documents),
            };
            println!("{}", serde_json::to_string(&tally).expect("a tally is JSON"));
        }
    };
    thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread").join().expect("panics are counted");
}

fn report(tally: &Tally, took: Duration) {
    let harm = |word: &str| tally.harm.iter().filter(|(_, what)| what.contains(word)).count();
    println!("\n  attacks                    {:>12}  ({} frames, {} s)", tally.attacks, tally.frames, took.as_secs());
    println!("  frames admitted            {:>12}", tally.admitted);
    for (reason, count) in &tally.refused {
        println!("  refused: {reason:<17} {count:>12}");
    }
    println!("  closed as malformed        {:>12}", tally.closed);
    println!(
        "  longest frame              {:>9.1} ms  (at most 50 in a release build, frames up to 1 MiB)",
        tally.longest as f64 / 1e3
    );
    println!("  most memory for a frame    {:>8} KiB  (at most 16,384)", tally.largest >> 10);
    for (name, cost) in &tally.costs {
        println!("    {name:<54} {:>8} KiB", cost >> 10);
    }
    for (name, word) in [
        ("process deaths", "dies"),
        ("hangs", "hangs"),
        ("panics", "panics"),
        ("documents poisoned", "poisons"),
        ("yrs gave up halfway", "gives up"),
        ("too long or too much", "takes "),
        ("refused, yet changed", "is refused"),
        ("reloads differently", "reloads"),
    ] {
        println!("  {name:<26} {:>12}", harm(word));
    }
    for (seed, what) in tally.harm.iter().take(40) {
        println!("  seed {seed}: {what}");
    }
}
