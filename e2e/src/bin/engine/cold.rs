//! S4: a long document is typed in, and opened by a server that has just started.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use e2e::engine::{Client, Contender, Heard, Running, Seen, Step, Way, own_cpu, until_quiet};

use crate::history::History;

pub struct Cold {
    pub ingested_per_second: f64,
    pub generator: f64,
    pub open: Opened,
    /// By a client that knows the server.
    pub open_own: Opened,
}

pub struct Opened {
    /// From the first packet to the last of the document.
    pub took: Duration,
    /// More than the same server sends of a document in which nobody has written yet.
    pub bytes: u64,
}

/// Frames written together.
const TOGETHER: usize = 64;
const INGESTED_WITHIN: Duration = Duration::from_secs(60);
const QUIET_WITHIN: Duration = Duration::from_secs(20);
const OPENED_WITHIN: Duration = Duration::from_secs(20);

pub async fn measure(server: &mut Running, history: &History) -> Result<Cold> {
    let documents = server.documents(2).await?;
    let [long, other] = documents.as_slice() else { unreachable!("as many as asked for") };
    let durable = server.contender == Contender::Gongbei;
    let way = server.way_with_answers(long);
    type_in(&way, std::slice::from_ref(&history.first), durable).await?;
    let (own_before, started) = (own_cpu()?, Instant::now());
    let typing = type_in(&way, &history.keys, durable);
    tokio::time::timeout(INGESTED_WITHIN, typing).await.context("typing in takes too long")??;
    let took = started.elapsed().as_secs_f64();
    let generator = (own_cpu()? - own_before).as_secs_f64() / took;
    let rest = type_in(&way, &history.rest, durable);
    tokio::time::timeout(INGESTED_WITHIN, rest).await.context("the rest takes too long")??;
    // What is written behind the answers is to be written, or nothing would be there to open.
    until_quiet(server.process(), QUIET_WITHIN).await?;

    let mut opened = Vec::new();
    for (way, empty) in
        [(server.way(long), server.way(other)), (server.way_with_answers(long), server.way_with_answers(other))]
    {
        server.stop().await?;
        server.restart().await?;
        let (mut client, _) = Client::join(&empty).await?;
        let nothing = read_out(&mut client).await;
        let opening = tokio::time::timeout(OPENED_WITHIN, open(&way, history)).await;
        let Opened { took, bytes } = opening.context("opening takes too long")??;
        opened.push(Opened { took, bytes: bytes.saturating_sub(nothing) });
    }
    let [open, open_own] = <[Opened; 2]>::try_from(opened).ok().context("opened twice")?;
    Ok(Cold { ingested_per_second: history.keys.len() as f64 / took, generator, open, open_own })
}

/// Sends every update as a frame of its own, as fast as the server takes them; returns when it has them all.
async fn type_in(way: &Way, updates: &[Bytes], durable: bool) -> Result<()> {
    let (client, _) = Client::join(way).await?;
    let (mut mouth, mut ear) = client.split();
    let speech = mouth.speech().clone();
    // With the answer to the server's own question.
    let frames = updates.len() as u64 + 1;
    let saying = async {
        for (number, key) in updates.iter().enumerate() {
            mouth.say_soon(speech.sync(Step::Update, key)).await?;
            if number % TOGETHER == 0 {
                mouth.flush().await?;
            }
        }
        mouth.say(speech.sync(Step::One, &[0])).await
    };
    let hearing = async {
        let (mut answered, mut saved) = (false, !durable);
        while !(answered && saved) {
            match ear.hear().await? {
                Heard::Sync(Step::Two, _) => answered = true,
                Heard::Saved(upto) => saved |= upto >= frames,
                Heard::Sync(Step::One | Step::Update, _)
                | Heard::SavedOne
                | Heard::Live(_)
                | Heard::Told(_)
                | Heard::Else => {}
            }
        }
        anyhow::Ok(())
    };
    tokio::try_join!(saying, hearing)?;
    Ok(())
}

async fn open(way: &Way, history: &History) -> Result<Opened> {
    let started = Instant::now();
    let (mut client, first) = Client::join(way).await?;
    let mut took = started.elapsed();
    let mut seen = Seen::default();
    seen.take(&first, |_, _, _| {})?;
    while seen.of(history.client) < history.clocks {
        if let Heard::Sync(Step::Two | Step::Update, update) = client.hear().await? {
            took = started.elapsed();
            seen.take(&update, |_, _, _| {})?;
        }
    }
    Ok(Opened { took, bytes: read_out(&mut client).await })
}

/// Reads what else is sent for the opening; the bytes of everything since the connection began.
async fn read_out(client: &mut Client) -> u64 {
    const NOTHING_MORE: Duration = Duration::from_millis(300);
    while tokio::time::timeout(NOTHING_MORE, client.hear()).await.is_ok_and(|heard| heard.is_ok()) {}
    client.received()
}
