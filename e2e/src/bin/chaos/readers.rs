//! Readers who don't read, or a kilobyte a second: what they cost the server, and whether they ever catch up.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::engine::{Chance, Client, Heard, Step, own_folder, resident, until_quiet};
use e2e::{Group, Line};
use futures_util::future::try_join_all;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::crew::{Crew, Size, read};
use crate::page::{Outcome, Row, millis, percentile};
use crate::replica::Replica;
use crate::writer::{Habit, Order};

/// Fifteen kilobytes a time: in a few seconds far more than may wait for one socket.
const PASTES: Habit = Habit { every: Duration::from_millis(100), letters: 5_000 };
const PASTED_FOR: Duration = Duration::from_secs(8);
const QUIET_WITHIN: Duration = Duration::from_secs(3);
const CATCHES_UP_WITHIN: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(20);
const LIMIT: u64 = 512 << 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    ReadAll,
    /// Every other one takes nothing at all, the rest a kilobyte a second.
    FallBehind,
}

struct Measured {
    /// Bytes.
    grown: u64,
    /// Edit → saved of those who write, sorted.
    times: Vec<u32>,
    caught_up: Duration,
}

pub async fn play(readers: u32, seed: u64) -> Outcome {
    Outcome::from(measure(readers.max(2), seed).await)
}

async fn measure(readers: u32, seed: u64) -> Result<Vec<Row>> {
    let good = paste(readers, seed, Readers::ReadAll).await.context("with readers who read")?;
    let bad = paste(readers, seed, Readers::FallBehind).await.context("with readers who do not")?;
    let each = bad.grown.saturating_sub(good.grown) / u64::from(readers);
    let p99 = |measured: &Measured| percentile(&measured.times, 99);
    let unaffected = p99(&bad) < 2 * p99(&good) + 20_000;
    let caught_up = u32::try_from(bad.caught_up.as_micros())?;
    Ok(vec![
        Row::new(
            format!("{readers} readers take nothing, or 1 KiB a second, while 150 KB a second are written for each"),
            format!("{} KiB of the server's memory each", each >> 10),
            "≤ 512 KiB",
            each <= LIMIT,
        ),
        Row::new(
            "… what that means for those who write: 99 % of keys saved within",
            format!("{}; with readers who read {}", millis(p99(&bad)), millis(p99(&good))),
            "< 2 ×",
            unaffected,
        ),
        Row::new(
            "… once they read again they have everything",
            format!("within {}", millis(caught_up)),
            "< 2 s",
            bad.caught_up < CATCHES_UP_WITHIN,
        ),
    ])
}

/// Each reader has a document of their own, so that nothing that waits for them is shared.
async fn paste(readers: u32, seed: u64, how: Readers) -> Result<Measured> {
    let mut chance = Chance::new(seed);
    let place = own_folder()?;
    let group = Group::start(place.path().join("server"), place.path().join("log")).await?;
    let size = Size { documents: readers as usize, writers: 1, habit: PASTES };
    let mut crew = Crew::gather(&group, size, &mut chance).await?;
    let (wanted, _) = watch::channel(None);
    let mut lines = Vec::new();
    let mut reading: Vec<JoinHandle<Result<Replica>>> = Vec::new();
    for document in 0..size.documents {
        let line = Line::to(group.listens()).await?;
        let (client, has) = Client::join(&crew.reads(document, line.near())).await?;
        let replica = Replica::new(1);
        replica.apply(&has)?;
        reading.push(tokio::spawn(keep_reading(client, replica, document, wanted.subscribe())));
        lines.push(line);
    }
    until_quiet(group.process()?, QUIET_WITHIN).await?;
    let before = resident(group.process()?)?;
    if how == Readers::FallBehind {
        lines.iter().enumerate().for_each(|(number, line)| line.thin_out(if number % 2 == 0 { 0 } else { 1024 }));
    }
    crew.begin(Order::Write);
    tokio::time::sleep(PASTED_FOR).await;
    crew.finish().await?;
    let grown = resident(group.process()?)?.saturating_sub(before);

    let whole = try_join_all((0..size.documents).map(|number| {
        let way = crew.reads(number, group.listens());
        async move { read(&way).await }
    }));
    let whole = whole.await?;
    let began = Instant::now();
    lines.iter().for_each(Line::mend);
    wanted.send_replace(Some(whole.iter().map(Replica::state_vector).collect::<Vec<_>>()));
    let copies = tokio::time::timeout(PATIENCE, try_join_all(reading)).await.context("readers do not catch up")??;
    let caught_up = began.elapsed();
    for (copy, whole) in copies.into_iter().zip(whole) {
        ensure!(copy?.lines() == whole.lines(), "a reader has something else than a new one");
    }
    Ok(Measured { grown, times: crew.times(), caught_up })
}

/// Reads until everything has come that is wanted.
async fn keep_reading(
    mut client: Client,
    replica: Replica,
    document: usize,
    mut wanted: watch::Receiver<Option<Vec<Vec<u8>>>>,
) -> Result<Replica> {
    loop {
        if let Some(wanted) = &*wanted.borrow_and_update()
            && replica.covers(&wanted[document])?
        {
            return Ok(replica);
        }
        tokio::select! {
            heard = client.hear() => {
                if let Heard::Sync(Step::Two | Step::Update, update) = heard? {
                    replica.apply(&update)?;
                }
            }
            changed = wanted.changed() => changed?,
        }
    }
}
