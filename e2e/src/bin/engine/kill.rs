//! S6: `kill -9` while people type. What was said to be saved, and what is there afterwards?

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use e2e::engine::{Client, Heard, Pen, Running, Seen, Step, Way};
use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};

#[derive(Default)]
pub struct Killed {
    pub sent: u64,
    pub acknowledged: u64,
    /// Acknowledged edits that were gone.
    pub lost: u64,
    /// Sent edits that were gone, acknowledged or not.
    pub gone: u64,
    /// Edit → acknowledgement, in microseconds, sorted.
    pub times: Vec<u32>,
    pub restarts: Vec<Duration>,
}

const WRITERS: usize = 20;
const DOCUMENTS: usize = 5;
const EVERY: Duration = Duration::from_millis(20);
/// Documents in the data folder besides.
const OTHERS: usize = 995;
const MADE_AT_ONCE: usize = 32;

/// What one writer knows at the end.
struct Journal {
    document: usize,
    client: u64,
    /// The clock after each update-carrying frame of the connection, and when it was sent.
    frames: Vec<(u32, Instant)>,
    acknowledged: usize,
    times: Vec<u32>,
}

/// `typing` says how long before each kill.
pub async fn measure(server: &mut Running, typing: &[Duration], others: usize) -> Result<Killed> {
    let documents = server.documents(DOCUMENTS + others).await?;
    stream::iter(documents.iter().enumerate().skip(DOCUMENTS))
        .map(|(number, document)| begin(server.way(document), number as u64 + 1))
        .buffer_unordered(MADE_AT_ONCE)
        .try_collect::<()>()
        .await
        .context("making the other documents")?;
    let mut killed = Killed::default();
    for (kill, typing) in typing.iter().enumerate() {
        let ways = (0..WRITERS).map(|writer| server.way_with_answers(&documents[writer % DOCUMENTS]));
        let joined = try_join_all(ways.map(async |way| Client::join(&way).await)).await?;
        let writing: Vec<_> = joined
            .into_iter()
            .enumerate()
            .map(|(writer, (socket, _))| {
                let client = 1_000_000 + kill as u64 * 1_000 + writer as u64;
                tokio::spawn(write(socket, writer % DOCUMENTS, client))
            })
            .collect();
        tokio::time::sleep(*typing).await;
        server.kill().await?;
        let mut journals = Vec::new();
        for writer in writing {
            journals.push(writer.await??);
        }
        let restarting = Instant::now();
        server.restart().await?;
        server.until_serving(&documents[DOCUMENTS], 1).await?;
        killed.restarts.push(restarting.elapsed());
        compare(server, &documents, journals, &mut killed).await?;
    }
    killed.times.sort_unstable();
    Ok(killed)
}

/// As many as asked for in the long form, fewer in a quick one.
pub fn others(quick: bool) -> usize {
    if quick { OTHERS / 5 } else { OTHERS }
}

/// A document with a line in it, that nobody has open.
async fn begin(way: Way, client: u64) -> Result<()> {
    let (mut socket, _) = Client::join(&way).await?;
    let (_, first) = Pen::begin(client);
    let frame = socket.speech().sync(Step::Update, &first);
    socket.say(frame).await?;
    // Its answer says that what came before it was taken in.
    let question = socket.speech().sync(Step::One, &[0]);
    socket.say(question).await?;
    while !matches!(socket.hear().await?, Heard::Sync(Step::Two, _)) {}
    Ok(())
}

/// Types until the server is gone.
async fn write(mut socket: Client, document: usize, client: u64) -> Result<Journal> {
    // Joining has sent a first frame, of which nothing is awaited.
    let mut journal =
        Journal { document, client, frames: vec![(0, Instant::now())], acknowledged: 0, times: Vec::new() };
    let (mut pen, mut update) = Pen::begin(client);
    let mut keys = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            heard = socket.hear() => {
                let acknowledged = match heard {
                    Ok(Heard::Saved(frames)) => usize::try_from(frames)?,
                    Ok(Heard::SavedOne) => journal.acknowledged + 1,
                    Ok(Heard::Sync(..) | Heard::Live(_) | Heard::Told(_) | Heard::Else) => continue,
                    Err(_) => return Ok(journal),
                };
                journal.acknowledge(acknowledged);
            }
            _ = keys.tick() => {
                journal.frames.push((pen.clock(), Instant::now()));
                let frame = socket.speech().sync(Step::Update, &update);
                if socket.say(frame).await.is_err() {
                    return Ok(journal);
                }
                update = pen.letter();
            }
        }
    }
}

impl Journal {
    fn acknowledge(&mut self, upto: usize) {
        let upto = upto.min(self.frames.len());
        let fresh = self.frames.get(self.acknowledged.max(1)..upto).unwrap_or_default();
        self.times.extend(fresh.iter().map(|(_, sent)| u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX)));
        self.acknowledged = self.acknowledged.max(upto);
    }
}

/// Looks at every document as somebody who has nothing of it yet.
async fn compare(server: &Running, documents: &[String], journals: Vec<Journal>, killed: &mut Killed) -> Result<()> {
    let look = async |document: &String| {
        let mut seen = Seen::default();
        for update in Client::look(&server.way(document)).await? {
            seen.take(&update, |_, _, _| {})?;
        }
        anyhow::Ok(seen)
    };
    let contents: Vec<Seen> = try_join_all(documents.iter().take(DOCUMENTS).map(look)).await?;
    for journal in journals {
        let there = contents[journal.document].of(journal.client);
        let edits = journal.frames.get(1..).unwrap_or_default();
        let acknowledged = journal.acknowledged.saturating_sub(1).min(edits.len());
        let lost = |edits: &[(u32, Instant)]| edits.iter().filter(|(clock, _)| *clock > there).count() as u64;
        killed.sent += edits.len() as u64;
        killed.acknowledged += acknowledged as u64;
        killed.lost += lost(&edits[..acknowledged]);
        killed.gone += lost(edits);
        killed.times.extend(journal.times);
    }
    Ok(())
}
