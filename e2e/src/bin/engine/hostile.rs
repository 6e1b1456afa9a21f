//! S7: somebody sends what no client would. Who else notices?

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use bytes::Bytes;
use e2e::engine::{Chance, Client, Heard, Pen, Running, Seen, Step, Way, put_uint, resident, text_of, until_quiet};
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

pub struct Survived {
    pub crashes: u32,
    /// Edit → colleague in another document, in microseconds, sorted.
    pub times: Vec<u32>,
    /// The attacked document opens and has what was written in it before.
    pub whole: bool,
    /// In bytes, when it is over.
    pub grown: i64,
}

const ATTACKERS: usize = 10;
const BETWEEN: Duration = Duration::from_millis(20);
/// The innocents' keys.
const EVERY: Duration = Duration::from_millis(25);
const LETTERS: usize = 200;
const LONGEST: Duration = Duration::from_secs(40);
const QUIET_WITHIN: Duration = Duration::from_secs(3);
const OPENS_WITHIN: Duration = Duration::from_secs(5);

pub async fn measure(server: &mut Running, frames: usize) -> Result<Survived> {
    let documents = server.documents(2).await?;
    let [attacked, innocent] = [0, 1].map(|number| server.way(&documents[number]));
    let text = fill(&attacked).await?;
    let innocents = Innocents::begin(innocent);
    tokio::time::sleep(EVERY * 20).await;
    until_quiet(server.process(), QUIET_WITHIN).await?;
    let before = resident(server.process())?;

    let mut attacks: Vec<JoinHandle<()>> = (0..ATTACKERS)
        .map(|number| tokio::spawn(attack(attacked.clone(), number as u64, frames / ATTACKERS)))
        .collect();
    let (mut crashes, started) = (0, Instant::now());
    while !attacks.iter().all(JoinHandle::is_finished) && started.elapsed() < LONGEST {
        tokio::time::sleep(BETWEEN).await;
        crashes += restart_if_ended(server).await?;
    }
    attacks.drain(..).for_each(|attack| attack.abort());
    tokio::time::sleep(EVERY * 20).await;
    let times = innocents.end().await;
    until_quiet(server.process(), QUIET_WITHIN).await.ok();
    crashes += restart_if_ended(server).await?;
    let grown = resident(server.process())? as i64 - before as i64;
    let looked = tokio::time::timeout(OPENS_WITHIN, Client::look(&attacked)).await;
    let whole =
        looked.is_ok_and(|updates| updates.and_then(|updates| text_of(&updates)).is_ok_and(|now| now.contains(&text)));
    crashes += restart_if_ended(server).await?;
    Ok(Survived { crashes, times, whole, grown })
}

async fn restart_if_ended(server: &mut Running) -> Result<u32> {
    if server.ended()?.is_none() {
        return Ok(0);
    }
    server.restart().await?;
    Ok(1)
}

/// Writes a line into the document that is to be attacked; gives it as text.
async fn fill(way: &Way) -> Result<String> {
    let (mut client, _) = Client::join(way).await?;
    let (mut pen, first) = Pen::begin(77);
    let mut updates = vec![first];
    updates.extend((0..LETTERS).map(|_| pen.letter()));
    for update in &updates {
        let frame = client.speech().sync(Step::Update, update);
        client.say(frame).await?;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let question = client.speech().sync(Step::One, &[0]);
    client.say(question).await?;
    while way.answers && !matches!(client.hear().await?, Heard::Sync(Step::Two, _)) {}
    text_of(&updates)
}

/// Sends `frames` of them, coming back whenever it is thrown out.
async fn attack(way: Way, number: u64, frames: usize) {
    let mut chance = Chance::new(1_000 + number);
    let mut open = None;
    for frame in 0..frames {
        tokio::time::sleep(BETWEEN).await;
        if open.is_none() {
            open = tokio::time::timeout(OPENS_WITHIN, Client::join(&way)).await.ok().and_then(Result::ok);
        }
        let Some((mut client, _)) = open.take() else { continue };
        let shot = shoot(&mut client, &mut chance, 10_000 + number * 1_000 + frame as u64).await;
        // Reads what waits; an end of the connection is an end here too.
        while shot.is_ok() {
            match tokio::time::timeout(Duration::ZERO, client.hear()).await {
                Ok(Ok(_)) => {}
                Ok(Err(_)) => break,
                Err(_) => {
                    open = Some((client, Bytes::new()));
                    break;
                }
            }
        }
    }
}

/// One malformed frame, of a kind by chance.
async fn shoot(client: &mut Client, chance: &mut Chance, id: u64) -> Result<()> {
    let (mut pen, first) = Pen::begin(id);
    let letter = pen.letter();
    let speech = client.speech().clone();
    let addressed = |body: &[u8]| [&speech.address(), body].concat();
    let update = |body: &[u8]| speech.sync(Step::Update, body);
    let frame: Bytes = match chance.below(14) {
        0 => {
            let length = 1 + chance.below(200);
            chance.bytes(length).into()
        }
        1 => {
            let length = chance.below(300);
            update(&chance.bytes(length))
        }
        2 | 3 => {
            let mut flipped = if chance.below(2) == 0 { first.to_vec() } else { letter.to_vec() };
            for _ in 0..=chance.below(3) {
                let place = chance.below(flipped.len());
                flipped[place] ^= 1 << chance.below(8);
            }
            update(&flipped)
        }
        4 => update(&first[..chance.below(first.len())]),
        // A length that is not there.
        5 => addressed(&numbers(&[0, 2, 1 << 50])).into(),
        6 => update(&numbers(&[1 << 40, 1 << 40, id, 0])),
        7 => addressed(&presence(id, chance)).into(),
        8 => update(&nested(id, 1 + chance.below(50_000))),
        9 => speech.sync(Step::One, &numbers(&[1 << 45, 1, 2])),
        10 => addressed(&numbers(&[99, 7, 7])).into(),
        11 => Bytes::new(),
        12 => return client.say_text("{\"type\":\"hello\"}").await,
        _ => {
            // A websocket header that announces more than there is memory in the world.
            let header =
                [&[0x82, 0xff][..], &[0x7f, 255, 255, 255, 255, 255, 255, 255], &[1, 2, 3, 4], &[0; 64]].concat();
            client.connection().write_all(&header).await?;
            bail!("nothing can follow it")
        }
    };
    client.say(frame).await
}

fn numbers(numbers: &[u64]) -> Vec<u8> {
    let mut out = Vec::new();
    numbers.iter().for_each(|number| put_uint(&mut out, *number));
    out
}

/// Presence nested so deep that whoever reads it by recursion falls.
fn presence(id: u64, chance: &mut Chance) -> Vec<u8> {
    let depth = 1 + chance.below(50_000);
    let json = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mut entry = numbers(&[1, id, 1, json.len() as u64]);
    entry.extend_from_slice(json.as_bytes());
    let mut frame = numbers(&[1, entry.len() as u64]);
    frame.extend_from_slice(&entry);
    frame
}

/// An update whose one value is a list in a list in a list.
fn nested(id: u64, depth: usize) -> Vec<u8> {
    const ANY: u8 = 8;
    const ARRAY: u8 = 117;
    const NULL: u8 = 126;
    let mut update = numbers(&[1, 1, id, 0]);
    update.push(ANY);
    // Its parent is a root, by name.
    update.extend(numbers(&[1, 7]));
    update.extend_from_slice(b"content");
    update.extend(numbers(&[1]));
    (0..depth).for_each(|_| update.extend_from_slice(&[ARRAY, 1]));
    update.extend_from_slice(&[NULL, 0]);
    update
}

/// Two people in a document that nobody attacks; they come back as stock clients do when the server is gone.
struct Innocents {
    notes: Arc<Mutex<Notes>>,
    people: [JoinHandle<()>; 2],
}

struct Notes {
    updates: Vec<Bytes>,
    /// When each letter was written, from the clock of the first.
    written: Vec<Instant>,
    first: u32,
    arrived: u32,
    times: Vec<u32>,
}

impl Innocents {
    fn begin(way: Way) -> Self {
        let (pen, first) = Pen::begin(33);
        let clock = pen.clock();
        let notes =
            Notes { updates: vec![first], written: Vec::new(), first: clock, arrived: clock, times: Vec::new() };
        let notes = Arc::new(Mutex::new(notes));
        let people =
            [tokio::spawn(write(way.clone(), pen, Arc::clone(&notes))), tokio::spawn(read(way, Arc::clone(&notes)))];
        Self { notes, people }
    }

    /// The times of all letters; one that never arrived has waited until now.
    async fn end(self) -> Vec<u32> {
        self.people.iter().for_each(JoinHandle::abort);
        let mut notes = self.notes.lock().await;
        let upto = notes.first + notes.written.len() as u32;
        // The last ones were just written.
        notes.arrive(upto.saturating_sub(2));
        let mut times = std::mem::take(&mut notes.times);
        times.sort_unstable();
        times
    }
}

impl Notes {
    fn arrive(&mut self, upto: u32) {
        for clock in self.arrived..upto {
            let took = self.written[(clock - self.first) as usize].elapsed().as_micros();
            self.times.push(u32::try_from(took).unwrap_or(u32::MAX));
        }
        self.arrived = self.arrived.max(upto);
    }
}

async fn write(way: Way, mut pen: Pen, notes: Arc<Mutex<Notes>>) {
    let mut keys = tokio::time::interval(EVERY);
    loop {
        let own = yrs::merge_updates_v1(&notes.lock().await.updates).expect("updates of a pen merge");
        let Ok((mut client, _)) = Client::join_with(&way, &own, &[0]).await else {
            tokio::time::sleep(BETWEEN).await;
            continue;
        };
        if !way.answers {
            client.say(client.speech().sync(Step::Update, &own)).await.ok();
        }
        loop {
            let written = tokio::select! {
                heard = client.hear() => heard.map(drop),
                _ = keys.tick() => {
                    let letter = pen.letter();
                    let frame = client.speech().sync(Step::Update, &letter);
                    let mut notes = notes.lock().await;
                    notes.updates.push(letter);
                    notes.written.push(Instant::now());
                    drop(notes);
                    client.say(frame).await
                }
            };
            if written.is_err() {
                break;
            }
        }
    }
}

async fn read(way: Way, notes: Arc<Mutex<Notes>>) {
    loop {
        let Ok((mut client, has)) = Client::join(&way).await else {
            tokio::time::sleep(BETWEEN).await;
            continue;
        };
        let mut seen = Seen::default();
        let mut next = Ok(Heard::Sync(Step::Two, has));
        while let Ok(heard) = next {
            if let Heard::Sync(Step::Two | Step::Update, update) = heard
                && seen.take(&update, |_, _, _| {}).is_ok()
            {
                notes.lock().await.arrive(seen.of(33));
            }
            next = client.hear().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use e2e::engine::Speech;

    use super::*;

    #[test]
    fn a_nested_value_is_well_formed_but_for_its_depth() {
        assert!(text_of([&Bytes::from(nested(5, 3))]).is_ok());
        assert_eq!(Speech::Stock.read(&presence(5, &mut Chance::new(1)).into()), Some(Heard::Else));
    }
}
