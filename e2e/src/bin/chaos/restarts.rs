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
/// Three bytes each. With all documents each is nearly as long as a frame may be, and all together have a gigabyte.
const LETTERS_A_DOCUMENT: usize = 340;
const LETTERS_OF_LONG_ONES: usize = 340_000;
/// Opened for the first time after each restart.
const OPENED: usize = 10;
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
    let make_all = async |count: usize, letters: usize| {
        let making = stream::iter(0..count).map(|_| make(&zhou, letters)).buffer_unordered(AT_ONCE);
        making.try_collect::<Vec<_>>().await
    };
    make_all(documents, documents * LETTERS_A_DOCUMENT).await?;
    let long = make_all(OPENED, LETTERS_OF_LONG_ONES).await?;
    let mut crew = Crew::gather(&group, Size::USUAL, &mut chance).await?;
    let stored = size_of(&group.data())?;
    let [mut ready, mut opened, mut back, mut opened_later] = [const { Vec::new() }; 4];
    for _ in 0..restarts {
        crew.write_for(chance.time(Duration::from_millis(200)..Duration::from_millis(900))).await?;
        group.kill();
        ready.push(micros(group.restart().await?));
        // Everybody is on their way back meanwhile, all at once.
        let began = Instant::now();
        Client::join(&long[0]).await.context("the first long document")?;
        opened.push(micros(began.elapsed()));
        crew.order(Order::Rest);
        crew.finish().await?;
        back.push(micros(began.elapsed()));
        for long in &long[1..] {
            let began = Instant::now();
            Client::join(long).await.context("a long document")?;
            opened_later.push(micros(began.elapsed()));
        }
    }
    for times in [&mut ready, &mut opened, &mut back, &mut opened_later] {
        times.sort_unstable();
    }
    group.kill();
    let copied = copied(place, &group.data()).await?;
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
    let (count, slow) = (opened_later.len(), percentile(&opened_later, 99));
    let found = format!("half within {}, 99 % within {}", millis(percentile(&opened_later, 50)), millis(slow));
    let first = format!("… after that {count} documents of 1 MB are opened for the first time");
    Ok(vec![
        row(restarted, &ready, Duration::from_secs(1), "< 1 s"),
        row(opening, &opened, Duration::from_secs(1), "< 1 s"),
        row(coming, &back, Duration::from_secs(3), "< 3 s"),
        Row::timed(first, found, "99 % < 100 ms", slow < 100_000),
        copied.into_row(),
    ])
}

struct Copied {
    checked: Duration,
    backed_up: Duration,
    restored: Duration,
    bytes: u64,
}

/// The whole folder checked, backed up and restored; what is restored is verified before it may be served.
async fn copied(place: &Path, data: &Path) -> Result<Copied> {
    let (file, elsewhere) = (place.join("backup.tar"), place.join("elsewhere"));
    let checked = timed(tools::check(data)).await?;
    let backed_up = timed(tools::copy("backup", &file, data)).await?;
    let restored = timed(tools::copy("restore", &file, &elsewhere)).await?;
    Ok(Copied { checked, backed_up, restored, bytes: std::fs::metadata(&file)?.len() })
}

async fn timed(deed: impl Future<Output = Result<()>>) -> Result<Duration> {
    let began = Instant::now();
    deed.await?;
    Ok(began.elapsed())
}

impl Copied {
    fn into_row(self) -> Row {
        let Self { checked, backed_up, restored, bytes } = self;
        let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
        Row::timed(
            format!("… `gongbei check`, `backup` and `restore` of it, a backup of {} MiB", counted(bytes >> 20)),
            format!("{}, {} and, verified, {}", seconds(checked), seconds(backed_up), seconds(restored)),
            "restored < 60 s",
            restored < Duration::from_secs(60),
        )
    }
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
