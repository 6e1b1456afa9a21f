//! A folder with many documents, killed: how soon it serves again, and how soon everybody is back.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use e2e::engine::{Chance, Client};
use e2e::{Api, Group};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::crew::{Crew, Size, fill};
use crate::page::{Outcome, Row, counted, millis, percentile};
use crate::tools;
use crate::writer::Order;

/// More restarts are tried on more documents.
const DOCUMENTS_A_RESTART: usize = 100;
const MOST_DOCUMENTS: usize = 1_000;
/// Three bytes each.
const LETTERS: usize = 33_000;
const LETTERS_OF_THE_LONG_ONE: usize = 333_000;
const AT_ONCE: usize = 8;

pub async fn play(restarts: u32, seed: u64) -> Outcome {
    tools::in_own_folder("restarts", seed, async |place| measure(place, restarts, seed).await).await
}

async fn measure(place: &Path, restarts: u32, seed: u64) -> Result<Vec<Row>> {
    let mut chance = Chance::new(seed);
    let mut group = Group::start(place.join("server"), place.join("log")).await?;
    let zhou = group.api("zhou").await?;
    let token = zhou.token().await?;
    let documents = (restarts as usize * DOCUMENTS_A_RESTART).min(MOST_DOCUMENTS);
    let make = async |zhou: &Api, letters: usize| {
        let document = zhou.create("page", "长文档").await?;
        fill(group.listens(), &document, &token, letters).await
    };
    stream::iter(0..documents).map(|_| make(&zhou, LETTERS)).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?;
    let long = make(&zhou, LETTERS_OF_THE_LONG_ONE).await?;
    let mut crew = Crew::gather(&group, Size::USUAL, &mut chance).await?;
    let stored = size_of(&group.data())?;
    let (mut ready, mut opened, mut back) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..restarts {
        crew.begin(Order::Write);
        tokio::time::sleep(chance.time(Duration::from_millis(200)..Duration::from_millis(900))).await;
        group.kill();
        ready.push(micros(group.restart().await?));
        // Everybody is on their way back meanwhile, all at once.
        let began = Instant::now();
        Client::join(&long).await.context("the long document")?;
        opened.push(micros(began.elapsed()));
        crew.order(Order::Rest);
        crew.finish().await?;
        back.push(micros(began.elapsed()));
    }
    for times in [&mut ready, &mut opened, &mut back] {
        times.sort_unstable();
    }
    let row = |what: String, times: &[u32], promise: Duration, words: &str| {
        let longest = times.last().copied().unwrap_or_default();
        let found = format!("half within {}, all within {}", millis(percentile(times, 50)), millis(longest));
        Row::timed(what, found, words, Duration::from_micros(longest.into()) < promise)
    };
    let (documents, mebibytes) = (counted(documents), counted(stored >> 20));
    let restarted = format!("{restarts} kills with {documents} documents, {mebibytes} MiB: until it takes edits again");
    let opening = "… a document of 1 MB opens, while everybody comes back".to_owned();
    let people = Size::USUAL.documents * Size::USUAL.writers;
    let coming = format!("… {people} people are back and all they wrote is saved");
    Ok(vec![
        row(restarted, &ready, Duration::from_secs(1), "< 1 s"),
        row(opening, &opened, Duration::from_secs(1), "< 1 s"),
        row(coming, &back, Duration::from_secs(3), "< 3 s"),
    ])
}

fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

/// Bytes of a folder's files, those in folders within left out.
fn size_of(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}
