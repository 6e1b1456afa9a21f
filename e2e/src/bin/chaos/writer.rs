//! Somebody who writes in one line of a document, loses the connection, and comes back as our page does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use e2e::engine::{Chance, Client, Heard, LEFT_OUT, MISSING, STORAGE_FULL, Step, Told, Way};
use tokio::sync::watch;

use crate::journal::{Edit, Journal};
use crate::replica::Replica;

/// What writers are to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Write,
    /// Stay, and see that everything is saved.
    Rest,
    GoHome,
}

/// How somebody writes.
#[derive(Debug, Clone, Copy)]
pub struct Habit {
    pub every: Duration,
    /// Letters an edit puts there.
    pub letters: usize,
}

/// What of a writer is seen from outside while they are at work.
#[derive(Default)]
pub struct Slate {
    pub made: AtomicU64,
    pub saved: AtomicU64,
    /// For how long, in microseconds, the oldest edit had waited to be saved when trouble was told, at most.
    pub told_after: AtomicU64,
    /// The trouble that was told and is not over; 0 without one.
    pub trouble: AtomicU64,
    /// Times the server refused an edit because the disk is full.
    pub full: AtomicU64,
    /// Edits called saved while the server had told of a trouble that was not over.
    pub saved_in_trouble: AtomicU64,
    /// Times this page and the server have compared what they have.
    pub synced: AtomicU64,
}

pub struct Writer {
    pub way: Way,
    pub line: usize,
    pub journal: Journal,
    pub slate: Arc<Slate>,
    /// What this one could not go on with, if there is such a thing.
    pub problem: Option<String>,
    habit: Habit,
    chance: Chance,
    replica: Replica,
    /// This page load has not seen the document yet: what earlier ones kept goes in once it has (C6).
    is_new: bool,
    epoch: Option<Bytes>,
    life: Option<u64>,
    /// The server has to see the whole copy once.
    compares: bool,
}

/// How far the conversation is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Talk {
    Joining,
    Live,
    /// After a refusal both sides compare again, from then on (C8).
    AgainAt(Instant),
    Asked,
}

/// In a hundred interruptions, how often the page is loaded anew, and how often somebody writes on without a line.
const RELOADS: usize = 25;
const WRITES_ON: usize = 40;
/// In a hundred keys.
const TAKES_BACK: usize = 8;
const COMES_BACK_AFTER: std::ops::Range<Duration> = Duration::from_millis(5)..Duration::from_millis(120);
const COMPARES_AFTER: std::ops::Range<Duration> = Duration::from_millis(200)..Duration::from_millis(600);
const CONNECTS_WITHIN: Duration = Duration::from_secs(5);
/// Shorter than a browser's, so that half an hour holds more of them.
const PINGS_AFTER: Duration = Duration::from_secs(2);
const GIVES_UP_AFTER: Duration = Duration::from_secs(4);
const LAST_WORD_WITHIN: Duration = Duration::from_millis(20);
const LAST_WORDS_WITHIN: Duration = Duration::from_millis(500);

impl Writer {
    pub fn new(way: Way, line: usize, habit: Habit, mut chance: Chance) -> Self {
        let replica = Replica::new(client_id(&mut chance));
        let (journal, slate) = (Journal::default(), Arc::default());
        Self {
            way,
            line,
            journal,
            slate,
            problem: None,
            habit,
            chance,
            replica,
            is_new: true,
            epoch: None,
            life: None,
            compares: false,
        }
    }

    /// Does as ordered until ordered home.
    pub async fn work(mut self, mut orders: watch::Receiver<Order>) -> Self {
        while *orders.borrow() != Order::GoHome {
            let Err(problem) = self.be_there(&mut orders).await else { return self };
            self.problem = Some(format!("{problem:#}"));
            if self.spend_the_interruption().is_err() {
                return self;
            }
            tokio::select! {
                () = tokio::time::sleep(self.chance.time(COMES_BACK_AFTER)) => {}
                _ = orders.wait_for(|order| *order == Order::GoHome) => {}
            }
        }
        self
    }

    /// The lines as this page shows them.
    pub fn sees(&self) -> Vec<String> {
        self.replica.lines()
    }

    /// Some load the page anew, with what the device has kept; some write on, and all of them come back.
    fn spend_the_interruption(&mut self) -> Result<()> {
        if self.chance.is_so(RELOADS) {
            self.replica = Replica::new(client_id(&mut self.chance));
            (self.is_new, self.life) = (true, None);
        } else if !self.is_new && self.chance.is_so(WRITES_ON) {
            self.press_a_key()?;
        }
        Ok(())
    }

    /// One connection, from the welcome to an order to go home.
    async fn be_there(&mut self, orders: &mut watch::Receiver<Order>) -> Result<()> {
        // A new connection knows nothing of the old one's frames and troubles.
        self.journal.disconnected();
        self.slate.trouble.store(0, Relaxed);
        let connecting = tokio::time::timeout(CONNECTS_WITHIN, Client::connect(&self.way));
        let mut client = connecting.await.context("the server does not answer")??;
        let mut talk = Talk::Joining;
        // Not all in the same moment.
        let first = tokio::time::Instant::now() + self.chance.time(Duration::ZERO..self.habit.every);
        let mut keys = tokio::time::interval_at(first, self.habit.every);
        keys.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut silence = tokio::time::interval(Duration::from_millis(500));
        let mut heard_at = Instant::now();
        loop {
            let again = match talk {
                Talk::AgainAt(then) => Some(then),
                Talk::Joining | Talk::Live | Talk::Asked => None,
            };
            tokio::select! {
                heard = client.hear() => {
                    heard_at = Instant::now();
                    if let Some(next) = self.listen(heard?, &mut client).await? {
                        talk = next;
                    }
                }
                _ = keys.tick(), if talk != Talk::Joining => {
                    if *orders.borrow() == Order::Write {
                        let update = self.press_a_key()?;
                        if talk == Talk::Live {
                            self.send(&mut client, Step::Update, &update).await?;
                        }
                    }
                }
                () = tokio::time::sleep_until(again.unwrap_or(heard_at).into()), if again.is_some() => {
                    talk = Talk::Asked;
                    let question = client.speech().sync(Step::One, &self.replica.state_vector());
                    client.say(question).await?;
                }
                _ = silence.tick() => {
                    ensure!(heard_at.elapsed() < GIVES_UP_AFTER, "the line is dead");
                    if heard_at.elapsed() > PINGS_AFTER {
                        let ping = client.speech().ping();
                        client.say(ping).await?;
                    }
                }
                changed = orders.changed() => {
                    if changed.is_err() || *orders.borrow_and_update() == Order::GoHome {
                        return self.hear_out(&mut client).await;
                    }
                }
            }
        }
    }

    /// Reads what has come already: a server that was killed may have said “saved” with its last breath.
    async fn hear_out(&mut self, client: &mut Client) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < LAST_WORDS_WITHIN
            && let Ok(Ok(heard)) = tokio::time::timeout(LAST_WORD_WITHIN, client.hear()).await
        {
            if let Heard::Saved(_) = heard {
                self.listen(heard, client).await?;
            }
        }
        Ok(())
    }

    /// Takes what the server says; how far the conversation is by it, if that has changed.
    async fn listen(&mut self, heard: Heard, client: &mut Client) -> Result<Option<Talk>> {
        match heard {
            Heard::Told(Told::Welcome { epoch, life }) => {
                let same = self.epoch.get_or_insert_with(|| epoch.clone()) == &epoch;
                ensure!(same, "the document's epoch is another one: its pages would be put aside as drafts");
                let question = client.speech().sync(Step::One, &self.replica.state_vector());
                client.say(question).await?;
                // A room that died may have handed on what it never stored (C4).
                self.compares |= self.life != Some(life) && !self.is_new;
                self.life = Some(life);
            }
            Heard::Sync(Step::Two | Step::Update, update) => self.replica.apply(&update)?,
            Heard::Sync(Step::One, theirs) => {
                if std::mem::take(&mut self.is_new) {
                    for kept in self.journal.unsaved() {
                        self.replica.apply(kept)?;
                    }
                    ensure!(self.replica.is_whole(), "what the device has kept builds on saved edits that are gone");
                }
                self.problem = None;
                self.slate.synced.fetch_add(1, Relaxed);
                if self.journal.count() > self.journal.count_saved() || std::mem::take(&mut self.compares) {
                    let difference = self.replica.difference(&theirs)?;
                    self.send(client, Step::Two, &difference).await?;
                }
                return Ok(Some(Talk::Live));
            }
            Heard::Saved(frames) => {
                let before = self.journal.count_saved();
                self.journal.saved(frames);
                let saved = self.journal.count_saved();
                self.slate.saved.store(saved as u64, Relaxed);
                if self.slate.trouble.load(Relaxed) != 0 {
                    self.slate.saved_in_trouble.fetch_add((saved - before) as u64, Relaxed);
                }
            }
            Heard::Told(Told::Refused { frame, reason }) => {
                ensure!([MISSING, STORAGE_FULL, LEFT_OUT].contains(&reason), "frame {frame} was refused: {reason}");
                self.slate.full.fetch_add(u64::from(reason == STORAGE_FULL), Relaxed);
                self.journal.refused();
                return Ok(Some(Talk::AgainAt(Instant::now() + self.chance.time(COMPARES_AFTER))));
            }
            Heard::Told(Told::Trouble(which)) => {
                self.slate.trouble.store(which, Relaxed);
                self.slate.told_after.fetch_max(self.journal.longest_wait().as_micros() as u64, Relaxed);
            }
            Heard::Told(Told::TroubleOver) => self.slate.trouble.store(0, Relaxed),
            Heard::Told(Told::Pong) | Heard::SavedOne | Heard::Live(_) | Heard::Else => {}
        }
        Ok(None)
    }

    fn press_a_key(&mut self) -> Result<Bytes> {
        let takes_back = self.habit.letters == 1 && self.journal.can_take_back() && self.chance.is_so(TAKES_BACK);
        let (edit, update) = if takes_back {
            (Edit::TakeBack, self.replica.take_back(self.line)?)
        } else {
            let letters = self.journal.next_letters(self.habit.letters);
            (Edit::Write(self.habit.letters), self.replica.write(self.line, &letters)?)
        };
        self.journal.made(edit, update.clone());
        self.slate.made.store(self.journal.count() as u64, Relaxed);
        Ok(update)
    }

    async fn send(&mut self, client: &mut Client, step: Step, update: &[u8]) -> Result<()> {
        self.journal.sent();
        let frame = client.speech().sync(step, update);
        client.say(frame).await
    }
}

/// Never used before, of as many bits as a JavaScript peer holds exactly.
fn client_id(chance: &mut Chance) -> u64 {
    chance.number() >> 11
}
