//! A tutoring session: many who listen, few who draw: S8.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use e2e::engine::{Chalk, Client, Drawn, Heard, MESSAGES_PER_SECOND, Running, Seen, Speech, Step, cpu, drawn, own_cpu};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::watch;

/// What three people who draw cost the others.
pub struct Class {
    /// Drawn → listener and stored stroke → listener, in microseconds, sorted.
    pub live: Vec<u32>,
    pub strokes: Vec<u32>,
    /// Strokes times listeners that did not arrive, as a share.
    pub missing: f64,
    /// To each listener, in frames of the websocket with their headers.
    pub bits_per_second: f64,
    /// The same with what TCP and IP put around each frame if it goes by itself.
    pub bits_on_the_wire: f64,
    /// As shares of one core.
    pub cpu: f64,
    pub generator: f64,
}

const PENS: u8 = 5;
const DRAWING: u8 = 3;
/// A stroke of handwriting with the way to the next one.
const STROKE: Duration = Duration::from_millis(1_200);
const FIRST_CLIENT: u64 = 1_000;
const OPENED_AT_ONCE: usize = 32;
/// IPv4 and TCP with time stamps.
const PACKET: u64 = 20 + 32;
/// After the last stroke everything is to arrive within this time.
const LATEST: Duration = Duration::from_secs(5);

/// When everything was sent, in nanoseconds after the start, by pen and number.
struct Clock {
    started: Instant,
    live: Vec<Vec<AtomicU64>>,
    strokes: Vec<Vec<AtomicU64>>,
}

/// What one listener has noticed.
#[derive(Default)]
struct Noticed {
    live: Vec<u32>,
    strokes: Vec<u32>,
    frames: u64,
    bytes: u64,
}

pub async fn measure(server: &Running, listeners: usize, lasting: Duration) -> Result<Class> {
    let messages = (lasting.as_secs_f64() * f64::from(MESSAGES_PER_SECOND)) as usize;
    let strokes = (lasting.as_secs_f64() / STROKE.as_secs_f64()) as usize;
    let unsent = |count: usize| (0..count).map(|_| AtomicU64::new(0)).collect();
    let clock = Arc::new(Clock {
        started: Instant::now(),
        live: (0..DRAWING).map(|_| unsent(messages)).collect(),
        strokes: (0..DRAWING).map(|_| unsent(strokes)).collect(),
    });
    let document = server.documents(1).await?.remove(0);
    let mut way = server.way(&document);
    way.speech = Speech::Gongbei;
    let mut pens = Vec::new();
    for pen in 0..PENS {
        let (mut client, _) = Client::join(&way).await?;
        let chalk = Chalk::new(FIRST_CLIENT + u64::from(pen));
        client.say(chalk.presence()).await?;
        pens.push((client, chalk));
    }
    let joined: Vec<_> = stream::iter(0..listeners)
        .map(|_| async { anyhow::Ok(Client::join(&way).await?.0) })
        .buffer_unordered(OPENED_AT_ONCE)
        .try_collect()
        .await
        .context("not everybody came in")?;
    let (over, _) = watch::channel(false);
    // That everybody came is told, too; it is not what is measured.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let listening: Vec<_> =
        joined.into_iter().map(|client| tokio::spawn(listen(client, Arc::clone(&clock), over.subscribe()))).collect();

    let (cpu_before, own_before, began) = (cpu(server.process())?, own_cpu()?, Instant::now());
    let drawing: Vec<_> = pens
        .into_iter()
        .enumerate()
        .map(|(number, (client, chalk))| {
            let draws = number < usize::from(DRAWING);
            tokio::spawn(draw(client, chalk, draws.then_some(number as u8), Arc::clone(&clock), over.subscribe()))
        })
        .collect();
    tokio::time::sleep(lasting).await;
    let took = began.elapsed().as_secs_f64();
    let (cpu, own) = (cpu(server.process())? - cpu_before, own_cpu()? - own_before);
    tokio::time::sleep(LATEST.min(lasting)).await;
    over.send_replace(true);

    let mut all = Noticed::default();
    for person in listening {
        let noticed = person.await?.context("somebody was thrown out")?;
        all.live.extend(noticed.live);
        all.strokes.extend(noticed.strokes);
        all.frames += noticed.frames;
        all.bytes += noticed.bytes;
    }
    for pen in drawing {
        pen.await?.context("a pen was thrown out")?;
    }
    all.live.sort_unstable();
    all.strokes.sort_unstable();
    let sent = clock.strokes.iter().flatten().filter(|at| at.load(Ordering::Relaxed) > 0).count();
    let of_each = |bytes: u64| bytes as f64 * 8.0 / listeners as f64 / took;
    Ok(Class {
        missing: 1.0 - all.strokes.len() as f64 / (sent * listeners) as f64,
        bits_per_second: of_each(all.bytes + 2 * all.frames),
        bits_on_the_wire: of_each(all.bytes + (2 + PACKET) * all.frames),
        live: all.live,
        strokes: all.strokes,
        cpu: cpu.as_secs_f64() / took,
        generator: own.as_secs_f64() / took,
    })
}

/// Somebody with a pen: draws if `number` says as whom, and reads.
async fn draw(
    mut client: Client,
    mut chalk: Chalk,
    number: Option<u8>,
    clock: Arc<Clock>,
    mut over: watch::Receiver<bool>,
) -> Result<()> {
    let every = Duration::from_secs(1) / MESSAGES_PER_SECOND;
    // Not all in the same moment.
    let offset = every.mul_f64(f64::from(number.unwrap_or(0)) / f64::from(DRAWING));
    let mut messages = tokio::time::interval_at((Instant::now() + offset).into(), every);
    let mut strokes = tokio::time::interval_at((Instant::now() + offset * 11 + STROKE / 2).into(), STROKE);
    let (mut drawn, mut stored) = (0, 0);
    loop {
        tokio::select! {
            heard = client.hear() => drop(heard?),
            _ = over.changed() => return Ok(()),
            _ = messages.tick(), if number.is_some() => {
                let Some(pen) = number else { continue };
                let Some(sent) = clock.live[usize::from(pen)].get(drawn) else { continue };
                sent.store(clock.started.elapsed().as_nanos() as u64, Ordering::Relaxed);
                client.say(Chalk::message(Drawn { pen, number: drawn as u32 })).await?;
                drawn += 1;
            }
            _ = strokes.tick(), if number.is_some() => {
                let Some(pen) = number else { continue };
                let Some(sent) = clock.strokes[usize::from(pen)].get(stored) else { continue };
                sent.store(clock.started.elapsed().as_nanos() as u64, Ordering::Relaxed);
                let stroke = client.speech().sync(Step::Update, &chalk.stroke());
                client.say(stroke).await?;
                stored += 1;
            }
        }
    }
}

async fn listen(mut client: Client, clock: Arc<Clock>, mut over: watch::Receiver<bool>) -> Result<Noticed> {
    let mut noticed = Noticed::default();
    let mut seen = Seen::default();
    let before = client.received();
    loop {
        tokio::select! {
            heard = client.hear() => {
                let heard = heard?;
                noticed.frames += 1;
                let now = clock.started.elapsed().as_nanos() as u64;
                let since = |sent: &AtomicU64| (now.saturating_sub(sent.load(Ordering::Relaxed)) / 1_000) as u32;
                match heard {
                    Heard::Live(entries) => {
                        let messages = drawn(&entries).context("live messages nobody has drawn")?;
                        let sent = |it: &Drawn| &clock.live[usize::from(it.pen)][it.number as usize];
                        noticed.live.extend(messages.iter().map(|message| since(sent(message))));
                    }
                    Heard::Sync(Step::Two | Step::Update, update) => seen.take(&update, |client, from, to| {
                        let of_pen = client.checked_sub(FIRST_CLIENT).and_then(|pen| clock.strokes.get(pen as usize));
                        let new = of_pen.and_then(|strokes| strokes.get(from as usize..to as usize));
                        noticed.strokes.extend(new.unwrap_or_default().iter().map(since));
                    })?,
                    Heard::Sync(Step::One, _)
                    | Heard::Saved(_)
                    | Heard::SavedOne
                    | Heard::Told(_)
                    | Heard::Else => {}
                }
            }
            _ = over.changed() => {
                noticed.bytes = client.received() - before;
                return Ok(noticed);
            }
        }
    }
}
