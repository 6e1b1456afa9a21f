//! Teachers of four accounts who write in many documents at once, and the readers who look whether it is all there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use e2e::engine::{Chance, Client, Heard, Speech, Step, Way};
use e2e::{Api, Group, until_within};
use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::journal::{Journal, Verdict};
use crate::replica::Replica;
use crate::writer::{Habit, Order, Slate, Writer};

#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub documents: usize,
    /// In each document, each in a line of their own.
    pub writers: usize,
    pub habit: Habit,
}

impl Size {
    /// As many as a group of schools has at work at once: 200 people, ten keys a second each.
    pub const USUAL: Size =
        Size { documents: 50, writers: 4, habit: Habit { every: Duration::from_millis(100), letters: 1 } };
    pub const SMALL: Size = Size { documents: 10, ..Self::USUAL };
}

pub struct Crew {
    pub documents: Vec<String>,
    writers: Vec<Vec<Writer>>,
    slates: Vec<Arc<Slate>>,
    /// Reads everything, by the owner's token.
    token: String,
    at_work: Option<AtWork>,
}

struct AtWork {
    orders: watch::Sender<Order>,
    tasks: Vec<JoinHandle<Writer>>,
}

/// What readers found who had nothing of the documents before.
#[derive(Debug, Default)]
pub struct Found {
    /// Edits that were called saved, all of which were looked for.
    pub saved: u64,
    /// Edits that were there besides.
    pub more: u64,
    pub lost: u64,
    pub doubled: u64,
    /// One sentence for each line that is not as it should be.
    pub wrong: Vec<String>,
}

pub const ACCOUNTS: [&str; 4] = ["zhou", "lin", "chen", "zhao"];
pub const AT_ONCE: usize = 16;
/// What is typed is saved within this time, when nothing is in the way.
pub const SAVED_WITHIN: Duration = Duration::from_secs(30);

impl Crew {
    /// Makes the documents, and the lines in them.
    pub async fn gather(group: &Group, size: Size, chance: &mut Chance) -> Result<Self> {
        let accounts: Vec<Api> = try_join_all(ACCOUNTS.map(|login| group.api(login))).await?;
        let tokens: Vec<String> = try_join_all(accounts.iter().map(Api::token)).await?;
        let (zhou, others) = accounts.split_first().context("there are four")?;
        let others: Vec<&Api> = others.iter().collect();
        let address = group.listens();
        let documents: Vec<String> = stream::iter(0..size.documents)
            .map(|number| {
                let (page, others, token) = (Replica::new(chance.number() >> 11), &others, &tokens[0]);
                async move {
                    let document = zhou.create("page", &format!("{number}")).await?;
                    zhou.share(&document, others, "edit").await?;
                    rule(&way(address, &document, token, Speech::Gongbei), &page, size.writers).await?;
                    anyhow::Ok(document)
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let mut writers = Vec::new();
        for document in &documents {
            let own = (0..size.writers).map(|line| {
                let way = way(address, document, &tokens[line % tokens.len()], Speech::Gongbei);
                Writer::new(way, line, size.habit, Chance::new(chance.number()))
            });
            writers.push(own.collect::<Vec<_>>());
        }
        let slates = writers.iter().flatten().map(|writer| Arc::clone(&writer.slate)).collect();
        Ok(Self { documents, writers, slates, token: tokens[0].clone(), at_work: None })
    }

    /// Has the writer of that line in every document come in by another way.
    pub fn redirect(&mut self, line: usize, near_end: SocketAddr) {
        for writers in &mut self.writers {
            writers[line].way.address = near_end;
        }
    }

    pub fn begin(&mut self, order: Order) {
        let (orders, ordered) = watch::channel(order);
        let writers = self.writers.iter_mut().flat_map(|writers| writers.drain(..));
        let tasks = writers.map(|writer| tokio::spawn(writer.work(ordered.clone()))).collect();
        self.at_work = Some(AtWork { orders, tasks });
    }

    /// Has everybody write for so long, from the moment on when something is saved of each: on a slow disk, what was
    /// tried too early would try nothing.
    pub async fn write_for(&mut self, time: Duration) -> Result<()> {
        let saved = |slate: &Arc<Slate>| slate.saved.load(Relaxed);
        let before: Vec<u64> = self.slates.iter().map(saved).collect();
        self.begin(Order::Write);
        let waiting = async || Ok(self.slates.iter().zip(&before).filter(|(slate, was)| saved(slate) <= **was).count());
        until_within(SAVED_WITHIN, "writers of whom nothing is saved", waiting, |waiting| *waiting == 0).await?;
        tokio::time::sleep(time).await;
        Ok(())
    }

    pub fn order(&self, order: Order) {
        if let Some(AtWork { orders, .. }) = &self.at_work {
            orders.send_replace(order);
        }
    }

    /// Sends all home; returns when everybody has read what the server had told them.
    pub async fn go_home(&mut self) -> Result<()> {
        let Some(AtWork { orders, tasks }) = self.at_work.take() else { return Ok(()) };
        orders.send_replace(Order::GoHome);
        let each = tasks.len() / self.documents.len();
        for (number, task) in tasks.into_iter().enumerate() {
            self.writers[number / each].push(task.await?);
        }
        Ok(())
    }

    /// Nobody writes any more, and everything is saved; how long that took. Then all go home.
    pub async fn finish(&mut self) -> Result<Duration> {
        if self.at_work.is_none() {
            self.begin(Order::Rest);
        }
        self.order(Order::Rest);
        let began = Instant::now();
        let all =
            until_within(SAVED_WITHIN, "edits that are not saved", async || Ok(self.unsaved()), |left| *left == 0);
        let saved = all.await;
        let took = began.elapsed();
        self.go_home().await?;
        let problem = self.writers.iter().flatten().find_map(|writer| writer.problem.clone());
        saved.context(problem.unwrap_or_else(|| "nobody names a reason".to_owned()))?;
        Ok(took)
    }

    /// Edits made and not called saved.
    pub fn unsaved(&self) -> u64 {
        self.made() - self.saved()
    }

    pub fn made(&self) -> u64 {
        self.total(|slate| &slate.made)
    }

    pub fn saved(&self) -> u64 {
        self.total(|slate| &slate.saved)
    }

    /// How long an edit had waited to be saved, at most, when trouble was told.
    pub fn told_after(&self) -> Duration {
        Duration::from_micros(self.slates.iter().map(|slate| slate.told_after.load(Relaxed)).max().unwrap_or_default())
    }

    /// What is written on all slates together.
    pub fn total(&self, what: impl Fn(&Slate) -> &AtomicU64) -> u64 {
        self.slates.iter().map(|slate| what(slate).load(Relaxed)).sum()
    }

    pub fn slates(&self) -> &[Arc<Slate>] {
        &self.slates
    }

    /// Edits called saved, by line: what is to be there from now on, whatever happens.
    pub fn promised(&self) -> Vec<Vec<usize>> {
        let mut slates = self.slates.iter().map(|slate| slate.saved.load(Relaxed) as usize);
        let each = self.slates.len() / self.documents.len();
        self.documents.iter().map(|_| slates.by_ref().take(each).collect()).collect()
    }

    /// Edit → saved, of everything so far, sorted, in microseconds.
    pub fn times(&mut self) -> Vec<u32> {
        let mut times: Vec<u32> =
            self.writers.iter_mut().flatten().flat_map(|writer| writer.journal.take_times()).collect();
        times.sort_unstable();
        times
    }

    /// Looks at every document as somebody who has nothing of it, while all are at home.
    pub async fn compare(&self, address: SocketAddr) -> Result<Found> {
        let now: Vec<Vec<usize>> =
            self.writers.iter().map(|writers| writers.iter().map(|it| it.journal.count_saved()).collect()).collect();
        self.compare_with(address, &now).await
    }

    /// The same with what was promised at an earlier moment.
    pub async fn compare_with(&self, address: SocketAddr, promised: &[Vec<usize>]) -> Result<Found> {
        let mut found = Found::default();
        let look = |document: &String| {
            let way = way(address, document, &self.token, Speech::Stock);
            async move { anyhow::Ok(read(&way).await?.lines()) }
        };
        let texts: Vec<Vec<String>> = stream::iter(&self.documents).map(look).buffered(AT_ONCE).try_collect().await?;
        for (((document, writers), lines), promised) in
            self.documents.iter().zip(&self.writers).zip(texts).zip(promised)
        {
            if lines.len() != writers.len() {
                found.wrong.push(format!("document {document} has {} lines, not {}", lines.len(), writers.len()));
            }
            for (writer, promised) in writers.iter().zip(promised) {
                let line = lines.get(writer.line).map_or("", String::as_str);
                found.note(document, writer, *promised, line);
            }
        }
        Ok(found)
    }

    /// A reader's way to the document of that number.
    pub fn reads(&self, document: usize, address: SocketAddr) -> Way {
        way(address, &self.documents[document], &self.token, Speech::Stock)
    }

    /// Whether every page comes to show what a new one does, while nobody writes.
    pub async fn all_alike(&mut self, address: SocketAddr) -> Result<()> {
        let wanted = self.total(|slate| &slate.synced) + self.slates.len() as u64;
        self.begin(Order::Rest);
        let synced = async || Ok(self.total(|slate| &slate.synced));
        let all = until_within(SAVED_WITHIN, "pages that have come back", synced, |synced| *synced >= wanted).await;
        self.go_home().await?;
        all?;
        for (document, writers) in self.documents.iter().zip(&self.writers) {
            let lines = read(&way(address, document, &self.token, Speech::Stock)).await?.lines();
            let differs = writers.iter().find(|writer| writer.sees() != lines);
            ensure!(differs.is_none(), "document {document}: a page that was open shows something else than a new one");
        }
        Ok(())
    }
}

impl Found {
    fn note(&mut self, document: &str, writer: &Writer, promised: usize, line: &str) {
        let verdict = writer.journal.judge(promised, line);
        let Verdict { more, lost, doubled, disordered: _ } = verdict;
        self.saved += promised as u64;
        self.more += more as u64;
        self.lost += lost as u64;
        self.doubled += doubled as u64;
        if !verdict.is_good() {
            let number = writer.line;
            self.wrong.push(format!(
                "document {document}, line {number}: {promised} edits were called saved, {} made, and {verdict:?}; \
                 it reads {line:?}",
                writer.journal.count()
            ));
        }
    }
}

pub fn way(address: SocketAddr, document: &str, token: &str, speech: Speech) -> Way {
    Way { address, path: format!("/sync/{document}?token={token}"), speech, answers: true }
}

/// A document as somebody has it who has just come.
pub async fn read(way: &Way) -> Result<Replica> {
    let (_, update) = Client::join(way).await?;
    let replica = Replica::new(1);
    replica.apply(&update)?;
    ensure!(replica.is_whole(), "what the server hands out lacks something");
    Ok(replica)
}

/// Has so many empty lines in the document; returns when that is saved.
async fn rule(way: &Way, page: &Replica, lines: usize) -> Result<()> {
    let (client, was) = Client::join(way).await?;
    page.apply(&was)?;
    send_and_wait(client, [page.rule_lines(lines)]).await
}

/// Has one line of so many letters in the document; returns the reader's way to it when that is saved.
pub async fn fill(address: SocketAddr, document: &str, token: &str, letters: usize) -> Result<Way> {
    let (client, was) = Client::join(&way(address, document, token, Speech::Gongbei)).await?;
    let page = Replica::new(u64::from(std::process::id()));
    page.apply(&was)?;
    let letters = Journal::default().next_letters(letters);
    send_and_wait(client, [page.rule_lines(1), page.write(0, &letters)?]).await?;
    Ok(way(address, document, token, Speech::Stock))
}

async fn send_and_wait(mut client: Client, updates: impl IntoIterator<Item = Bytes>) -> Result<()> {
    // Joining has sent a first frame.
    let mut sent = 1;
    for update in updates {
        let frame = client.speech().sync(Step::Update, &update);
        client.say(frame).await?;
        sent += 1;
    }
    while !matches!(client.hear().await?, Heard::Saved(frames) if frames >= sent) {}
    Ok(())
}
