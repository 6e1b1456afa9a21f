//! Readers who don't read, or a kilobyte a second: what they cost the server, and whether they ever catch up.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::engine::{Chance, Client, Heard, Step, resident, until_quiet};
use e2e::{Group, Line};
use futures_util::future::try_join_all;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::crew::{Crew, Size, read};
use crate::page::{Outcome, Row, millis, percentile};
use crate::replica::Replica;
use crate::tools;
use crate::writer::{Habit, Order};

/// Sixty kilobytes a time: in a few seconds far more than the system and the server may keep for one socket together.
const PASTES: Habit = Habit { every: Duration::from_millis(100), letters: 20_000 };
const PASTED_FOR: Duration = Duration::from_secs(6);
const QUIET_WITHIN: Duration = Duration::from_secs(3);
const CATCHES_UP_WITHIN: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(20);
const LIMIT: u64 = 512 << 10;

/// Readers are shared out over them.
const DOCUMENTS: u32 = 4;

struct Measured {
    /// Bytes.
    grown: u64,
    /// Edit → saved of those who write, sorted.
    times: Vec<u32>,
    caught_up: Duration,
}

pub async fn play(readers: u32, seed: u64) -> Outcome {
    tools::in_own_folder("readers", seed, async |place| measure(place, readers.max(2), seed).await).await
}

async fn measure(place: &Path, readers: u32, seed: u64) -> Result<Vec<Row>> {
    let without = paste(&place.join("without"), 0, seed).await.context("without readers")?;
    let with = paste(&place.join("with"), readers, seed).await.context("with readers who fall behind")?;
    let each = with.grown.saturating_sub(without.grown) / u64::from(readers);
    let p99 = |measured: &Measured| millis(percentile(&measured.times, 99));
    let caught_up = millis(u32::try_from(with.caught_up.as_micros())?);
    Ok(vec![
        Row::new(
            format!(
                "{readers} readers take nothing, or 1 KiB a second, of the 600 KB a second that are written for each"
            ),
            format!("{} KiB of the server's memory each", words(each)),
            "≤ 512 KiB",
            each <= LIMIT,
        ),
        Row::told(
            "… 99 % of what is written meanwhile is saved within",
            format!("{}; without these readers {}", p99(&with), p99(&without)),
        ),
        Row::timed(
            "… once they read again they have everything",
            format!("within {caught_up}"),
            "< 2 s",
            with.caught_up < CATCHES_UP_WITHIN,
        ),
    ])
}

/// In kibibytes. The documents take some memory too, not always as much: less than this can't be told apart from it.
fn words(each: u64) -> String {
    const LEAST: u64 = 64 << 10;
    if each < LEAST { format!("less than {}", LEAST >> 10) } else { (each >> 10).to_string() }
}

async fn paste(place: &Path, readers: u32, seed: u64) -> Result<Measured> {
    let mut chance = Chance::new(seed);
    std::fs::create_dir_all(place)?;
    let group = Group::start(place.join("server"), place.join("log")).await?;
    let size = Size { documents: DOCUMENTS as usize, writers: 1, habit: PASTES };
    let mut crew = Crew::gather(&group, size, &mut chance).await?;
    let (wanted, _) = watch::channel(None);
    let (nothing, little) = (Line::to(group.listens()).await?, Line::to(group.listens()).await?);
    let mut reading: Vec<JoinHandle<Result<Replica>>> = Vec::new();
    for reader in 0..readers {
        let line = if reader % 2 == 0 { &nothing } else { &little };
        let document = (reader / 2 % DOCUMENTS) as usize;
        let (client, has) = Client::join(&crew.reads(document, line.near())).await?;
        let replica = Replica::new(1);
        replica.apply(&has)?;
        reading.push(tokio::spawn(keep_reading(client, replica, document, wanted.subscribe())));
    }
    until_quiet(group.process()?, QUIET_WITHIN).await?;
    let before = resident(group.process()?)?;
    nothing.thin_out(0);
    little.thin_out(1024);
    crew.begin(Order::Write);
    tokio::time::sleep(PASTED_FOR).await;
    crew.finish().await?;
    let grown = resident(group.process()?)?.saturating_sub(before);

    let mut whole = Vec::new();
    for document in 0..size.documents {
        whole.push(read(&crew.reads(document, group.listens())).await?);
    }
    let began = Instant::now();
    nothing.mend();
    little.mend();
    wanted.send_replace(Some(whole.iter().map(Replica::state_vector).collect::<Vec<_>>()));
    let copies = tokio::time::timeout(PATIENCE, try_join_all(reading)).await.context("readers do not catch up")??;
    let caught_up = began.elapsed();
    for (reader, copy) in copies.into_iter().enumerate() {
        let document = reader / 2 % size.documents;
        ensure!(copy?.lines() == whole[document].lines(), "a reader has something else than a new one");
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
