//! Random histories through yrs and Yjs: whoever edits where and takes what when, all end with the same document.
//!
//! `cargo xtask differential` runs it; it needs Node and the packages of e2e/stock. `--cases N --seed S`.
//!
//! Known differences that it passes over, as no document of ours shows them: yrs writes integers over 2^53 as floats where
//! the number is the same; Yjs takes away marks that mark nothing, as edits of its own, which yrs then takes.
//! Both can wait for ever for what is there, when updates come in another order. Ours never leaves the waiting to yrs
//! (`shared::document::Replica`, tests/document_waiting.rs). A replica of Yjs that has every update is made to look
//! again (`lookAgain` in yjs.mjs, which says why); how often that was needed is told, and what then waits is a
//! difference.

#[allow(dead_code, reason = "the simulation uses the rest of it")]
#[path = "../simulation/chance.rs"]
mod chance;
mod dice;
#[path = "../document_support/mod.rs"]
mod document_support;
mod history;
mod node;
mod pen;
mod trial;

use std::panic;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use history::{History, ROUNDS};
use node::Node;
use shared::wire::lib0::{Reader, write_uint};
use trial::Trial;

/// Histories that go to Node together.
const BATCH: u64 = 100;
/// So many are shown whole.
const SHOWN: usize = 5;

static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

fn last_panic() -> String {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn main() -> ExitCode {
    let (mut cases, mut seed) = (1_000, 1);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number = words.next().and_then(|word| word.parse::<u64>().ok());
        match (word.as_str(), number) {
            ("--cases", Some(number)) => cases = number,
            ("--seed", Some(number)) => seed = number,
            _ => {
                eprintln!("differential [--cases N] [--seed S]");
                return ExitCode::FAILURE;
            }
        }
    }
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let words = info.payload_as_str().unwrap_or_default();
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = format!("{place}: {words}");
    }));
    let started = Instant::now();
    let Found { failed, forgotten } = differences(seed, cases);
    let took = started.elapsed().as_secs_f64();
    println!("  {cases} histories from seed {seed} in {took:.1} s, {:.0} a second", cases as f64 / took);
    println!("  {} ended differently", failed.len());
    println!("  {forgotten} copies of Yjs waited although they had everything (known, not counted above)");
    let mut node = Node::start().expect("Node started before");
    for (history, harm) in failed.iter().take(SHOWN) {
        let fails = &mut |shorter: &History| !lived(&mut node, vec![shorter.clone()]).failed.is_empty();
        let shrunk = history.clone().shrunk(fails);
        let harm = lived(&mut node, vec![shrunk.clone()]).failed.pop().map_or_else(|| harm.clone(), |(_, harm)| harm);
        println!("\n  --cases 1 --seed {}, in its fewest steps:\n{shrunk:#?}\n{harm}", history.seed);
    }
    failed.iter().skip(SHOWN).for_each(|(history, _)| println!("  --cases 1 --seed {}", history.seed));
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Default)]
struct Found {
    /// Histories that ended differently, and how.
    failed: Vec<(History, String)>,
    /// Replicas of Yjs that had to be made to look again.
    forgotten: u64,
}

impl Found {
    fn add(&mut self, other: Found) {
        self.failed.extend(other.failed);
        self.forgotten += other.forgotten;
    }
}

/// The histories of these seeds, by as many pairs of us and Node as there are processors.
fn differences(first: u64, cases: u64) -> Found {
    let next = AtomicU64::new(first);
    let end = first + cases;
    let work = || {
        let mut node = Node::start().expect("Node can be started: apt-get install nodejs");
        let mut found = Found::default();
        loop {
            let from = next.fetch_add(BATCH, Ordering::Relaxed);
            if from >= end {
                return found;
            }
            found.add(lived(&mut node, (from..end.min(from + BATCH)).map(History::new).collect()));
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(cases.div_ceil(BATCH) as usize);
    let mut found = Found::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().for_each(|worker| found.add(worker.join().expect("panics are caught")));
    });
    found.failed.sort_by_key(|(history, _)| history.seed);
    found
}

/// Lives through these histories at once.
fn lived(node: &mut Node, histories: Vec<History>) -> Found {
    let mut trials: Vec<Trial> = histories.into_iter().map(Trial::new).collect();
    for round in 0..ROUNDS {
        ask(node, &mut trials, |trial, into| trial.write_round(round, into), Trial::read_round);
    }
    ask(node, &mut trials, Trial::write_settle, Trial::read_settle);
    ask(node, &mut trials, Trial::write_check, Trial::read_check);
    let forgotten = trials.iter().map(|trial| trial.forgotten).sum();
    Found { failed: trials.into_iter().filter_map(|trial| Some((trial.history, trial.harm?))).collect(), forgotten }
}

/// One batch to Node: a command for every trial that is sound, under its number.
fn ask(
    node: &mut Node,
    trials: &mut [Trial],
    write: impl Fn(&mut Trial, &mut Vec<u8>),
    read: impl Fn(&mut Trial, &mut Reader<'_>),
) {
    let mut commands = Vec::new();
    let mut asked = Vec::new();
    for (slot, trial) in trials.iter_mut().enumerate().filter(|(_, trial)| trial.is_sound()) {
        let mut command = Vec::new();
        write_uint(&mut command, slot as u64);
        write(trial, &mut command);
        if trial.is_sound() {
            commands.extend(command);
            asked.push(slot);
        }
    }
    let mut batch = Vec::new();
    write_uint(&mut batch, asked.len() as u64);
    batch.extend(commands);
    let answer = node.ask(&batch).expect("Node lives as long as we do");
    let mut reader = Reader::new(&answer);
    asked.into_iter().for_each(|slot| read(&mut trials[slot], &mut reader));
}
