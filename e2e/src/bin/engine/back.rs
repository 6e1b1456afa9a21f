//! S5: the line was cut for everybody, and everybody comes back with what they wrote meanwhile.

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use e2e::engine::{Client, Contender, Heard, Pen, Running, Seen, Step, Way, own_cpu};
use futures_util::future::try_join_all;

pub struct Back {
    /// From the first packet until everybody has what everybody wrote; with ours it is durable then.
    pub equal_after: Duration,
    pub generator: f64,
}

/// Their yrs client ids: a document may have begun with something of the server's.
const RETURNING: Range<u64> = 5_000..6_000;
const CLIENTS: usize = 500;
const DOCUMENTS: usize = 50;
const EDITS: usize = 20;
const LATEST: Duration = Duration::from_secs(30);

/// Who comes back, and with what.
struct Returning {
    way: Way,
    own: Vec<u8>,
    state_vector: Vec<u8>,
    /// Clocks of the document when all are back.
    whole: u64,
}

pub async fn measure(server: &Running) -> Result<Back> {
    let documents = server.documents(DOCUMENTS).await?;
    let mut returning = Vec::new();
    for number in 0..CLIENTS {
        let (mut pen, first) = Pen::begin(RETURNING.start + number as u64);
        let mut updates = vec![first];
        updates.extend((1..EDITS).map(|_| pen.letter()));
        let own = yrs::merge_updates_v1(&updates)?;
        let mut seen = Seen::default();
        seen.take(&own, |_, _, _| {})?;
        let whole = seen.total(RETURNING) * (CLIENTS / DOCUMENTS) as u64;
        let way = server.way_with_answers(&documents[number % DOCUMENTS]);
        returning.push(Returning { way, own, state_vector: seen.state_vector(), whole });
    }
    let durable = server.contender == Contender::Gongbei;
    let (own_before, started) = (own_cpu()?, Instant::now());
    let all_back = try_join_all(returning.iter().map(|returning| come_back(returning, durable)));
    tokio::time::timeout(LATEST, all_back).await.context("not everybody has everything")??;
    let equal_after = started.elapsed();
    let generator = (own_cpu()? - own_before).as_secs_f64() / equal_after.as_secs_f64();
    Ok(Back { equal_after, generator })
}

async fn come_back(returning: &Returning, durable: bool) -> Result<Client> {
    let Returning { way, own, state_vector, whole } = returning;
    let mut seen = Seen::default();
    seen.take(own, |_, _, _| {})?;
    let (mut client, has) = Client::join_with(way, own, state_vector).await?;
    seen.take(&has, |_, _, _| {})?;
    let mut saved = !durable;
    while !(saved && seen.total(RETURNING) == *whole) {
        match client.hear().await? {
            Heard::Sync(Step::Two | Step::Update, update) => seen.take(&update, |_, _, _| {})?,
            Heard::Saved(frames) => saved |= frames > 0,
            Heard::Sync(Step::One, _) | Heard::SavedOne | Heard::Live(_) | Heard::Told(_) | Heard::Else => {}
        }
    }
    Ok(client)
}
