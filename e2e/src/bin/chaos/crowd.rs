//! Three hundred people write in one document while two hundred more read along.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use e2e::engine::{Client, Heard, Pen, Seen, Speech, Step, cpu, text_of};
use e2e::{Api, Group, until_within};
use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::watch;

use crate::crew::{ACCOUNTS, AT_ONCE, SAVED_WITHIN, way};
use crate::page::{Outcome, Row, counted, millis};
use crate::tools;
use crate::writer::Order;

const WRITERS: usize = 300;
const READERS: usize = 200;
const A_LETTER_EVERY: Duration = Duration::from_secs(1);
const IN_TIME: Duration = Duration::from_millis(150);
/// Client ids of the writers start here.
const FIRST_CLIENT: u64 = 1_000;
/// Before a writer's paragraph there goes the answer that everybody gives who comes in.
const FRAMES_BEFORE: u64 = 1;

/// What everybody can see of everybody.
struct Board {
    began: Instant,
    /// When each letter was written, by writer and number, in microseconds.
    written: Vec<Vec<AtomicU64>>,
    /// Clocks of a paragraph, before its letters.
    paragraph: u32,
    made: AtomicU64,
    saved: AtomicU64,
    /// Paragraphs and letters that have come to somebody else.
    begun: AtomicU64,
    arrived: AtomicU64,
}

/// How long letters were under way: so many for each tenth of a millisecond.
struct Times(Vec<u64>);

struct Found {
    made: u64,
    saved: u64,
    lost: u64,
    doubled: u64,
    /// Letters times people they never came to.
    missing: u64,
    times: Times,
    /// Of one core.
    server: f64,
}

pub async fn play(seconds: u32, seed: u64) -> Outcome {
    tools::in_own_folder("crowd", seed, async |place| {
        let found = meet(place, seconds.max(1)).await?;
        Ok(found.into_rows(seconds.max(1)))
    })
    .await
}

async fn meet(place: &Path, seconds: u32) -> Result<Found> {
    let mut group = Group::start(place.join("server"), place.join("log")).await?;
    let accounts: Vec<Api> = try_join_all(ACCOUNTS.map(|login| group.api(login))).await?;
    let tokens: Vec<String> = try_join_all(accounts.iter().map(Api::token)).await?;
    let (zhou, others) = accounts.split_first().context("there are four")?;
    let document = zhou.create("page", "全组备课").await?;
    zhou.share(&document, &others.iter().collect::<Vec<_>>(), "edit").await?;

    let board = Arc::new(Board::new(seconds));
    let (orders, _) = watch::channel(Order::Rest);
    let come_in = async |number: usize| {
        let way = way(group.listens(), &document, &tokens[number % tokens.len()], Speech::Gongbei);
        let (client, has) = Client::join(&way).await?;
        let mut seen = Seen::default();
        seen.take(&has, |_, _, _| {})?;
        anyhow::Ok((number, client, seen))
    };
    let inside: Vec<_> =
        stream::iter(0..WRITERS + READERS).map(come_in).buffer_unordered(AT_ONCE).try_collect().await?;
    let people: Vec<_> = inside
        .into_iter()
        .map(|(number, client, seen)| tokio::spawn(take_part(number, client, seen, board.clone(), orders.subscribe())))
        .collect();
    let others = (WRITERS + READERS - 1) as u64;
    let begun = async || Ok(board.begun.load(Relaxed));
    until_within(SAVED_WITHIN, "paragraphs that have come to everybody", begun, |begun| {
        *begun == WRITERS as u64 * others
    })
    .await?;

    let (used, began) = (cpu(group.process()?)?, Instant::now());
    orders.send_replace(Order::Write);
    tokio::time::sleep(A_LETTER_EVERY * seconds).await;
    orders.send_replace(Order::Rest);
    let server = (cpu(group.process()?)? - used).as_secs_f64() / began.elapsed().as_secs_f64();
    let unsaved = async || Ok(board.made.load(Relaxed) - board.saved.load(Relaxed));
    until_within(SAVED_WITHIN, "letters that are not saved", unsaved, |left| *left == 0).await?;
    let missing = async || Ok(board.made.load(Relaxed) * others - board.arrived.load(Relaxed));
    // Those that are missing for good are told in the table.
    until_within(SAVED_WITHIN, "letters on their way", missing, |left| *left == 0).await.ok();
    let missing = missing().await?;
    orders.send_replace(Order::GoHome);
    let (mut letters, mut times) = (Vec::new(), Times::none());
    for person in people {
        let Person { wrote, times: heard } = person.await??;
        letters.extend(wrote);
        times.add(&heard);
    }

    // With what is on the disk, not with what the server remembers.
    group.kill();
    group.restart().await?;
    let reads = way(group.listens(), &document, &tokens[0], Speech::Stock);
    let (_, has) = Client::join(&reads).await?;
    let (lost, doubled) = compare(letters, &text_of([&has])?);
    group.kill();
    tools::check(&group.data()).await?;
    let (made, saved) = (board.made.load(Relaxed), board.saved.load(Relaxed));
    Ok(Found { made, saved, lost, doubled, missing, times, server })
}

/// Paragraphs stand in any order: the longest is held against whoever wrote most, and so on.
fn compare(mut wrote: Vec<usize>, text: &str) -> (u64, u64) {
    let mut stand: Vec<usize> =
        text.split("</paragraph>").map(|it| it.chars().filter(|it| *it == '备').count()).collect();
    // After the last one there is nothing.
    stand.pop();
    wrote.resize(wrote.len().max(stand.len()), 0);
    stand.resize(wrote.len(), 0);
    wrote.sort_unstable();
    stand.sort_unstable();
    let (mut lost, mut doubled) = (0, 0);
    for (wrote, stand) in wrote.into_iter().zip(stand) {
        lost += wrote.saturating_sub(stand) as u64;
        doubled += stand.saturating_sub(wrote) as u64;
    }
    (lost, doubled)
}

struct Person {
    /// Letters in their paragraph, if they wrote.
    wrote: Option<usize>,
    times: Times,
}

/// The first are those who write.
async fn take_part(
    number: usize,
    mut client: Client,
    mut seen: Seen,
    board: Arc<Board>,
    mut orders: watch::Receiver<Order>,
) -> Result<Person> {
    let mut times = Times::none();
    let mut pen = None;
    if number < WRITERS {
        let (own, paragraph) = Pen::begin(FIRST_CLIENT + number as u64);
        // One's own does not come back.
        seen.take(&paragraph, |_, _, _| {})?;
        say(&mut client, paragraph).await?;
        pen = Some(own);
    }
    // Not all in the same moment.
    let first = Instant::now() + A_LETTER_EVERY.mul_f64((number as f64 * 0.618).fract());
    let mut keys = tokio::time::interval_at(first.into(), A_LETTER_EVERY);
    let (mut letters, mut saved) = (0, 0);
    loop {
        tokio::select! {
            heard = client.hear() => match heard? {
                Heard::Sync(Step::Two | Step::Update, update) => {
                    let now = board.began.elapsed();
                    seen.take(&update, |client, from, to| board.note(client, from..to, now, &mut times))?;
                }
                Heard::Saved(frames) => {
                    let letters = frames.saturating_sub(FRAMES_BEFORE + 1);
                    board.saved.fetch_add(letters - saved, Relaxed);
                    saved = letters;
                }
                Heard::Sync(Step::One, _) | Heard::SavedOne | Heard::Live(_) | Heard::Told(_) | Heard::Else => {}
            },
            _ = keys.tick(), if pen.is_some() => {
                let letter = pen.as_mut().filter(|_| *orders.borrow() == Order::Write).map(Pen::letter);
                if let Some((letter, written)) = letter.zip(board.written.get(number).and_then(|it| it.get(letters))) {
                    written.store(board.began.elapsed().as_micros() as u64, Relaxed);
                    letters += 1;
                    board.made.fetch_add(1, Relaxed);
                    say(&mut client, letter).await?;
                }
            }
            changed = orders.changed() => {
                changed?;
                if *orders.borrow_and_update() == Order::GoHome {
                    // A paragraph begins with a letter.
                    return Ok(Person { wrote: pen.map(|_| letters + 1), times });
                }
            }
        }
    }
}

async fn say(client: &mut Client, update: Bytes) -> Result<()> {
    let frame = client.speech().sync(Step::Update, &update);
    client.say(frame).await
}

impl Board {
    fn new(seconds: u32) -> Self {
        let (pen, _) = Pen::begin(FIRST_CLIENT);
        let none = || AtomicU64::new(0);
        Self {
            began: Instant::now(),
            written: (0..WRITERS).map(|_| (0..=seconds).map(|_| none()).collect()).collect(),
            paragraph: pen.clock(),
            made: none(),
            saved: none(),
            begun: none(),
            arrived: none(),
        }
    }

    /// Something of somebody has come to somebody else.
    fn note(&self, client: u64, clocks: std::ops::Range<u32>, now: Duration, times: &mut Times) {
        let Some(written) = self.written.get((client - FIRST_CLIENT) as usize) else { return };
        self.begun.fetch_add(u64::from(clocks.start < self.paragraph), Relaxed);
        for letter in clocks.start.max(self.paragraph)..clocks.end {
            let Some(written) = written.get((letter - self.paragraph) as usize) else { continue };
            times.note(now.saturating_sub(Duration::from_micros(written.load(Relaxed))));
            self.arrived.fetch_add(1, Relaxed);
        }
    }
}

impl Times {
    const STEP: Duration = Duration::from_micros(100);
    const STEPS: usize = 20_000;

    fn none() -> Self {
        Self(vec![0; Self::STEPS])
    }

    fn note(&mut self, time: Duration) {
        self.0[((time.as_micros() / Self::STEP.as_micros()) as usize).min(Self::STEPS - 1)] += 1;
    }

    fn add(&mut self, others: &Times) {
        self.0.iter_mut().zip(&others.0).for_each(|(sum, more)| *sum += more);
    }

    fn count(&self) -> u64 {
        self.0.iter().sum()
    }

    /// So many of a hundred took no longer.
    fn within(&self, percent: u64) -> Duration {
        let wanted = (self.count() * percent).div_ceil(100);
        let mut count = 0;
        let steps = self.0.iter().take_while(|times| {
            count += *times;
            count < wanted
        });
        Self::STEP * (steps.count() as u32 + 1)
    }
}

impl Found {
    fn into_rows(self, seconds: u32) -> Vec<Row> {
        let Self { made, saved, lost, doubled, missing, times, server } = self;
        let of_time = |time: Duration| millis(time.as_micros() as u32);
        let what =
            format!("{WRITERS} people write a letter a second in one document for {seconds} s, {READERS} read along");
        let found = format!("{} edits called saved, {lost} lost, {doubled} doubled", counted(saved));
        let kept = saved == made && lost + doubled + missing == 0;
        let delivered = format!("… {} times a letter comes to one of the others", counted(times.count()));
        let slowest = times.within(99);
        vec![
            Row::new(what, format!("{found}, {missing} not come to somebody"), "0 lost, 0 doubled", kept),
            Row::timed(
                delivered,
                format!(
                    "half of them within {}, 99 % within {}; the server takes {:.0} % of a core",
                    of_time(times.within(50)),
                    of_time(slowest),
                    server * 100.0
                ),
                "99 % < 150 ms",
                slowest < IN_TIME,
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_are_missing_or_double_show() {
        let text = |letters: &[usize]| -> String {
            letters.iter().map(|letters| format!("<paragraph>{}</paragraph>", "备".repeat(*letters))).collect()
        };
        for (wrote, stands, lost, doubled) in [
            (vec![2, 3], text(&[3, 2]), 0, 0),
            (vec![2, 3], text(&[2, 2]), 1, 0),
            (vec![3, 3], text(&[2, 4]), 1, 1),
            (vec![2, 3], text(&[3]), 2, 0),
            (vec![2], text(&[2, 2]), 0, 2),
        ] {
            assert_eq!(compare(wrote, &stands), (lost, doubled), "{stands}");
        }
    }

    #[test]
    fn of_a_hundred_times_the_last_but_one_is_told() {
        let mut times = Times::none();
        (1..=100).for_each(|time| times.note(Duration::from_millis(time)));
        assert_eq!([50, 99].map(|percent| times.within(percent)), [50_100, 99_100].map(Duration::from_micros));
    }
}
