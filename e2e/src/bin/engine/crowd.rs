//! People who type and people who read: S1 and S2.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::engine::{Client, Heard, Pen, Running, Seen, Step, Way, cpu, own_cpu, resident};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::watch;

/// Who is there, and what they do.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    pub documents: usize,
    /// In each document.
    pub writers: usize,
    /// In each document, besides the writers.
    pub readers: usize,
    /// Edits a second of each writer.
    pub pace: u32,
}

/// What it took to bring every edit to everybody else in its document.
pub struct Traffic {
    pub edits: u64,
    pub deliveries: u64,
    /// Edits times others that never arrived in time.
    pub missing: u64,
    pub cpu: Duration,
    /// Of the load generator, as a share of one core.
    pub generator: f64,
    /// Edit → another client, in microseconds, sorted; missing ones among them with what they have waited at least.
    pub times: Vec<u32>,
    /// Resident, in bytes, while everybody is still there.
    pub memory: u64,
}

impl Traffic {
    pub fn micros_per_delivery(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.deliveries.max(1) as f64
    }

    pub fn p99_millis(&self) -> f64 {
        percentile(&self.times, 99) / 1000.0
    }
}

/// Connections opened at a time.
const OPENED_AT_ONCE: usize = 32;
/// After the last key everything is to arrive within this time.
const LATEST: Duration = Duration::from_secs(12);
/// Yrs client ids of the writers start here.
const FIRST_CLIENT: u64 = 1_000;

/// When each edit was sent, for whoever receives it: by writer and number, in nanoseconds after the start.
struct Board {
    started: Instant,
    sent: Vec<Vec<AtomicU64>>,
    /// Clocks that a writer's first edit takes; letters come after them.
    first: u32,
    /// First edits that have arrived somewhere.
    begun: AtomicU64,
    /// Letters that have arrived somewhere.
    delivered: AtomicU64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Gathering,
    Beginning,
    Typing,
    Over,
}

/// Has the crowd type for so long, and counts until everything has arrived.
pub async fn measure(server: &Running, crowd: Crowd, lasting: Duration) -> Result<Traffic> {
    let letters = (lasting.as_secs_f64() * f64::from(crowd.pace)).round() as usize;
    let all_writers = crowd.documents * crowd.writers;
    let (_, first) = Pen::begin(FIRST_CLIENT);
    let mut first_seen = Seen::default();
    first_seen.take(&first, |_, _, _| {})?;
    let board = Arc::new(Board {
        started: Instant::now(),
        sent: (0..all_writers).map(|_| (0..letters).map(|_| AtomicU64::new(0)).collect()).collect(),
        first: first_seen.of(FIRST_CLIENT),
        begun: AtomicU64::new(0),
        delivered: AtomicU64::new(0),
    });
    let (phase, _) = watch::channel(Phase::Gathering);

    let documents = server.documents(crowd.documents).await?;
    let mut places: Vec<(Way, Option<usize>)> = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let writers = (0..crowd.writers).map(|writer| Some(number * crowd.writers + writer));
        let readers = (0..crowd.readers).map(|_| None);
        places.extend(writers.chain(readers).map(|who| (server.way(document), who)));
    }
    let joined: Vec<_> = stream::iter(places)
        .map(|(way, who)| async move { anyhow::Ok((Client::join(&way).await?, who)) })
        .buffer_unordered(OPENED_AT_ONCE)
        .try_collect()
        .await
        .with_context(|| format!("{}: not everybody came in", server.contender))?;
    let mut people = Vec::new();
    for ((client, has), writer) in joined {
        let mut seen = Seen::default();
        seen.take(&has, |_, _, _| {})?;
        let typing = writer.map(|number| Typing { number, letters, every: Duration::from_secs(1) / crowd.pace });
        people.push(tokio::spawn(take_part(client, seen, typing, Arc::clone(&board), phase.subscribe())));
    }

    let others = (crowd.writers + crowd.readers - 1) as u64;
    phase.send_replace(Phase::Beginning);
    let begun = all_writers as u64 * others;
    ensure!(reached(&board.begun, begun, LATEST).await, "{}: first edits did not arrive", server.contender);

    let (cpu_before, own_before, began) = (cpu(server.process())?, own_cpu()?, Instant::now());
    phase.send_replace(Phase::Typing);
    tokio::time::sleep(lasting).await;
    let edits = (all_writers * letters) as u64;
    reached(&board.delivered, edits * others, LATEST).await;
    let (cpu, own, took) = (cpu(server.process())? - cpu_before, own_cpu()? - own_before, began.elapsed());
    let memory = resident(server.process())?;

    phase.send_replace(Phase::Over);
    let mut times = Vec::new();
    for person in people {
        times.extend(person.await?.with_context(|| format!("{}: somebody was thrown out", server.contender))?);
    }
    let deliveries = times.len() as u64;
    let missing = edits * others - deliveries;
    if missing > 0 {
        println!("    {missing} of {} deliveries are missing", edits * others);
        // They have taken so long at least.
        times.extend((0..missing).map(|_| u32::try_from(LATEST.as_micros()).unwrap_or(u32::MAX)));
    }
    times.sort_unstable();
    let generator = own.as_secs_f64() / took.as_secs_f64();
    Ok(Traffic { edits, deliveries, missing, cpu, generator, times, memory })
}

/// What a writer does.
struct Typing {
    number: usize,
    letters: usize,
    every: Duration,
}

/// One participant until the end; gives how long the edits of others took to come here, in microseconds.
async fn take_part(
    mut client: Client,
    mut seen: Seen,
    typing: Option<Typing>,
    board: Arc<Board>,
    mut phase: watch::Receiver<Phase>,
) -> Result<Vec<u32>> {
    let own = typing.as_ref().map(|typing| FIRST_CLIENT + typing.number as u64);
    let mut pen = None;
    let mut typed = 0;
    let mut times = Vec::new();
    let mut keys = tokio::time::interval(Duration::from_secs(3600));
    loop {
        tokio::select! {
            heard = client.hear() => {
                let Heard::Sync(Step::Two | Step::Update, update) = heard? else { continue };
                let now = board.started.elapsed();
                seen.take(&update, |client, from, to| if Some(client) != own {
                    board.arrived(client, from, to, now, &mut times);
                })?;
            }
            changed = phase.changed() => {
                changed?;
                let now = *phase.borrow_and_update();
                match (now, &typing) {
                    (Phase::Beginning, Some(Typing { number, .. })) => {
                        let (begun, first) = Pen::begin(FIRST_CLIENT + *number as u64);
                        pen = Some(begun);
                        let frame = client.speech().sync(Step::Update, &first);
                        client.say(frame).await?;
                    }
                    (Phase::Typing, Some(Typing { number, every, .. })) => {
                        // Not all in the same moment.
                        let offset = every.mul_f64((*number as f64 * 0.618).fract());
                        keys = tokio::time::interval_at((Instant::now() + offset).into(), *every);
                    }
                    (Phase::Over, _) => return Ok(times),
                    (Phase::Gathering | Phase::Beginning | Phase::Typing, _) => {}
                }
            }
            _ = keys.tick(), if pen.is_some() => {
                let (Some(pen), Some(Typing { number, letters, .. })) = (&mut pen, &typing) else { continue };
                if *phase.borrow() == Phase::Typing && typed < *letters {
                    let frame = client.speech().sync(Step::Update, &pen.letter());
                    board.sent[*number][typed].store(board.started.elapsed().as_nanos() as u64, Ordering::Relaxed);
                    typed += 1;
                    client.say(frame).await?;
                }
            }
        }
    }
}

impl Board {
    /// Notes what a participant has just got to see of a writer.
    fn arrived(&self, client: u64, from: u32, to: u32, now: Duration, times: &mut Vec<u32>) {
        let Some(sent) = client.checked_sub(FIRST_CLIENT).and_then(|number| self.sent.get(number as usize)) else {
            return;
        };
        if from < self.first && self.first <= to {
            self.begun.fetch_add(1, Ordering::Relaxed);
        }
        let letters = from.max(self.first)..to.max(self.first);
        self.delivered.fetch_add(u64::from(letters.end - letters.start), Ordering::Relaxed);
        for letter in letters {
            let sent = sent[(letter - self.first) as usize].load(Ordering::Relaxed);
            let took = now.saturating_sub(Duration::from_nanos(sent));
            times.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
        }
    }
}

/// Waits until the count is reached; false if it is not by then.
async fn reached(count: &AtomicU64, wanted: u64, within: Duration) -> bool {
    let started = Instant::now();
    while count.load(Ordering::Relaxed) < wanted {
        if started.elapsed() > within {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    true
}

/// A value that occurred, of sorted ones.
pub fn percentile(sorted: &[u32], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last * percent).div_ceil(100)).map_or(f64::NAN, |value| f64::from(*value))
}
