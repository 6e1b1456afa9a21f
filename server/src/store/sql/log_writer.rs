//! Group commit: what many rooms append while one commit runs goes into the next one together.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use shared::words::{DocumentId, Seq, UnixMillis, UserId};
use sqlx::QueryBuilder;
use tokio::sync::{mpsc, oneshot};

use super::chain::{Place, chained_checksum, read_end};
use super::connections::Connections;
use super::rows::in_parts;
use super::transaction::Transaction;
use super::{Connection, Db, cause};
use crate::store::{Appended, Cause, NewUpdate};

/// Updates in one transaction, at most.
const BATCH: usize = 512;
/// Commits begin at least so long after one another: under load many updates share one, and what comes after a pause
/// waits for nothing (R1).
const COMMIT_EVERY: Duration = Duration::from_millis(5);
/// Updates inserted by one statement of their own, at most: for each number of them a statement stays prepared.
const ALONE: usize = 16;
/// Documents whose log ends are remembered between batches.
const REMEMBERED_TAILS: usize = 20_000;
/// How often is written when a document last changed, and how far its log goes: both can be told from the log, as long
/// as that is whole.
const TOUCH_EVERY: Duration = Duration::from_secs(1);

pub struct LogWriter {
    queue: mpsc::UnboundedSender<Job>,
}

enum Job {
    Append(NewUpdate, mpsc::UnboundedSender<Appended>),
    Flush(oneshot::Sender<()>),
}

impl LogWriter {
    pub fn start(write: Connections) -> Self {
        let (queue, jobs) = mpsc::unbounded_channel();
        let now = Instant::now();
        let (tails, touched) = (HashMap::new(), HashMap::new());
        tokio::spawn(Writing { write, tails, touched, touched_at: now, next_commit: now }.run(jobs));
        Self { queue }
    }

    /// The queue has no bound of its own: every room bounds what it has under way.
    pub fn append(&self, update: NewUpdate, done: mpsc::UnboundedSender<Appended>) {
        if let Err(mpsc::error::SendError(job)) = self.queue.send(Job::Append(update, done)) {
            match job {
                Job::Append(update, done) => answer(&done, update.seq, Err(Cause::Other("the store is closed".into()))),
                Job::Flush(_) => {}
            }
        }
    }

    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.queue.send(Job::Flush(done)).is_ok() {
            flushed.await.ok();
        }
    }
}

struct Writing {
    write: Connections,
    tails: HashMap<DocumentId, Place>,
    touched: HashMap<DocumentId, (UnixMillis, UserId, Seq)>,
    touched_at: Instant,
    next_commit: Instant,
}

type Waiting = (NewUpdate, mpsc::UnboundedSender<Appended>);
/// An update with its place in the chain.
type Row<'a> = (&'a NewUpdate, [u8; 32]);
type Tails<'a> = HashMap<&'a DocumentId, Place>;

impl Writing {
    async fn run(mut self, mut jobs: mpsc::UnboundedReceiver<Job>) {
        let mut gathered = Vec::with_capacity(BATCH);
        loop {
            let received = if self.touched.is_empty() {
                jobs.recv_many(&mut gathered, BATCH).await
            } else {
                let soon = TOUCH_EVERY.saturating_sub(self.touched_at.elapsed());
                match tokio::time::timeout(soon, jobs.recv_many(&mut gathered, BATCH)).await {
                    Ok(received) => received,
                    Err(_) => {
                        self.write_touches().await;
                        continue;
                    }
                }
            };
            if received == 0 {
                self.write_touches().await;
                return;
            }
            self.gather(&mut jobs, &mut gathered).await;
            let mut batch = Vec::with_capacity(gathered.len());
            let mut flushes = Vec::new();
            for job in gathered.drain(..) {
                match job {
                    Job::Append(update, done) => batch.push((update, done)),
                    Job::Flush(done) => flushes.push(done),
                }
            }
            self.store(batch).await;
            if !flushes.is_empty() || self.touched_at.elapsed() >= TOUCH_EVERY {
                self.write_touches().await;
            }
            for done in flushes {
                done.send(()).ok();
            }
        }
    }

    /// Waits until the next commit is due, and takes what has come meanwhile.
    async fn gather(&self, jobs: &mut mpsc::UnboundedReceiver<Job>, gathered: &mut Vec<Job>) {
        if gathered.len() < BATCH && gathered.iter().all(|job| matches!(job, Job::Append(..))) {
            tokio::time::sleep_until(self.next_commit.into()).await;
            while gathered.len() < BATCH
                && let Ok(job) = jobs.try_recv()
            {
                gathered.push(job);
            }
        }
    }

    async fn store(&mut self, batch: Vec<Waiting>) {
        if batch.is_empty() {
            return;
        }
        let started = Instant::now();
        self.next_commit = started + COMMIT_EVERY;
        match self.commit(&batch).await {
            Ok(outcomes) => {
                metrics::histogram!("gongbei_commit_seconds").record(started.elapsed().as_secs_f64());
                metrics::histogram!("gongbei_commit_updates").record(batch.len() as f64);
                metrics::counter!("gongbei_updates_stored_total").increment(batch.len() as u64);
                for ((update, done), outcome) in batch.into_iter().zip(outcomes) {
                    answer(&done, update.seq, outcome);
                }
            }
            Err(error) => self.store_apart(batch, cause(&error)).await,
        }
    }

    /// After a failed transaction: a disk that failed fails all alike, but what is one document's fault
    /// must not hold back the others, so each is tried by itself.
    async fn store_apart(&mut self, batch: Vec<Waiting>, failed: Cause) {
        metrics::counter!("gongbei_commits_failed_total").increment(1);
        tracing::error!(updates = batch.len(), "cannot store a batch of {} updates: {failed}", batch.len());
        // What the failed commit left is told by the file alone.
        self.tails.clear();
        let mut by_document: Vec<Vec<Waiting>> = Vec::new();
        let mut places: HashMap<DocumentId, usize> = HashMap::new();
        for waiting in batch {
            let place = *places.entry(waiting.0.document.clone()).or_insert_with(|| {
                by_document.push(Vec::new());
                by_document.len() - 1
            });
            by_document[place].push(waiting);
        }
        let together = by_document.len() == 1 || matches!(failed, Cause::Full | Cause::Disk(_));
        for part in by_document {
            let outcomes = match together {
                true => Err(failed.clone()),
                false => self.commit(&part).await.map_err(|error| cause(&error)),
            };
            if outcomes.is_err() {
                self.tails.clear();
            }
            for (at, (update, done)) in part.into_iter().enumerate() {
                let outcome = match &outcomes {
                    Ok(outcomes) => outcomes[at].clone(),
                    Err(failed) => Err(failed.clone()),
                };
                answer(&done, update.seq, outcome);
            }
        }
    }

    /// One transaction. What does not fit its document's log is left out and told apart; an error undoes all.
    async fn commit(&mut self, batch: &[Waiting]) -> Result<Vec<Result<(), Cause>>, sqlx::Error> {
        match self.as_expected(batch) {
            Some((rows, tails)) => {
                insert_alone(&self.write, &rows).await?;
                self.remember(&rows, tails);
                Ok(vec![Ok(()); batch.len()])
            }
            None => self.commit_checked(batch).await,
        }
    }

    /// The rows of a small batch that only goes on where known logs end and binds no client id: nothing is to be read
    /// for it.
    fn as_expected<'a>(&self, batch: &'a [Waiting]) -> Option<(Vec<Row<'a>>, Tails<'a>)> {
        if batch.len() > ALONE {
            return None;
        }
        let mut tails = Tails::new();
        let mut rows = Vec::with_capacity(batch.len());
        for (update, _) in batch {
            let NewUpdate { document, seq, author, at, bytes, binds } = update;
            let tail = *tails.get(document).or_else(|| self.tails.get(document))?;
            if seq.0 != tail.seq.0 + 1 || !binds.is_empty() {
                return None;
            }
            let checksum = chained_checksum(&tail.checksum, document, *seq, author, *at, &[], bytes);
            tails.insert(document, Place { seq: *seq, checksum });
            rows.push((update, checksum));
        }
        Some((rows, tails))
    }

    async fn commit_checked(&mut self, batch: &[Waiting]) -> Result<Vec<Result<(), Cause>>, sqlx::Error> {
        let mut transaction = Transaction::begin(&self.write).await?;
        let mut tails = Tails::new();
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut rows = Vec::with_capacity(batch.len());
        for (update, _) in batch {
            let tail = match tails.get(&update.document).or_else(|| self.tails.get(&update.document)) {
                Some(tail) => *tail,
                None => read_end(&mut transaction, &update.document).await?,
            };
            if update.seq.0 != tail.seq.0 + 1 {
                outcomes.push(already_stored(&mut transaction, update, tail).await?);
                continue;
            }
            let binds = match bind(&mut transaction, update).await? {
                Ok(binds) => binds,
                Err(client) => {
                    outcomes.push(Err(Cause::ClientTaken { client }));
                    continue;
                }
            };
            let NewUpdate { document, seq, author, at, bytes, binds: _ } = update;
            let checksum = chained_checksum(&tail.checksum, document, *seq, author, *at, &binds, bytes);
            tails.insert(document, Place { seq: *seq, checksum });
            rows.push((update, checksum));
            outcomes.push(Ok(()));
        }
        for part in in_parts(&rows) {
            insert_together(&mut transaction, part).await?;
        }
        transaction.commit().await?;
        self.remember(&rows, tails);
        Ok(outcomes)
    }

    fn remember(&mut self, rows: &[Row<'_>], tails: Tails<'_>) {
        if self.tails.len() > REMEMBERED_TAILS {
            self.tails.clear();
        }
        for (document, tail) in tails {
            self.tails.insert(document.clone(), tail);
        }
        for (update, _) in rows {
            self.touched.insert(update.document.clone(), (update.at, update.author.clone(), update.seq));
        }
    }

    async fn write_touches(&mut self) {
        self.touched_at = Instant::now();
        if self.touched.is_empty() {
            return;
        }
        let touched = std::mem::take(&mut self.touched);
        let all: Vec<_> = touched.iter().collect();
        let written = async {
            let mut transaction = Transaction::begin(&self.write).await?;
            for part in in_parts(&all) {
                note_touches(&mut transaction, part).await?;
            }
            transaction.commit().await
        };
        if let Err(error) = written.await {
            tracing::warn!("cannot note when {} documents last changed: {}", touched.len(), cause(&error));
            for (document, touch) in touched {
                self.touched.entry(document).or_insert(touch);
            }
        }
    }
}

fn answer(done: &mpsc::UnboundedSender<Appended>, seq: Seq, outcome: Result<(), Cause>) {
    // A room that has closed no longer waits for the answer.
    done.send(Appended { seq, outcome }).ok();
}

/// After a commit whose outcome was unknown a room tries the same update again: if it is the stored one, all is well.
async fn already_stored(
    connection: &mut Connection,
    update: &NewUpdate,
    tail: Place,
) -> Result<Result<(), Cause>, sqlx::Error> {
    let stored: Option<(Vec<u8>, String)> =
        sqlx::query_as("SELECT bytes, author FROM updates WHERE document = $1 AND seq = $2")
            .bind(update.document.as_str())
            .bind(update.seq.0 as i64)
            .fetch_optional(connection)
            .await?;
    Ok(match stored {
        Some((bytes, author)) if bytes == update.bytes && author == update.author.as_str() => Ok(()),
        _ => Err(Cause::OutOfOrder { tail: tail.seq, seq: update.seq }),
    })
}

/// Binds the update's client ids to its author and gives those that are new, in order; or the one that is taken.
async fn bind(connection: &mut Connection, update: &NewUpdate) -> Result<Result<Vec<u64>, u64>, sqlx::Error> {
    let mut new = Vec::with_capacity(update.binds.len());
    for &client in &update.binds {
        let (owner, seq): (String, i64) = sqlx::query_as(
            "INSERT INTO client_bindings (document, client, person, seq) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (document, client) DO UPDATE SET person = client_bindings.person RETURNING person, seq",
        )
        .bind(update.document.as_str())
        .bind(client as i64)
        .bind(update.author.as_str())
        .bind(update.seq.0 as i64)
        .fetch_one(&mut *connection)
        .await?;
        if owner != update.author.as_str() {
            return Ok(Err(client));
        }
        if seq as u64 == update.seq.0 {
            new.push(client);
        }
    }
    new.sort_unstable();
    new.dedup();
    Ok(Ok(new))
}

/// Inserts in one statement, of which SQLite makes a transaction by itself: one call of its thread instead of three.
async fn insert_alone(connections: &Connections, rows: &[Row<'_>]) -> Result<(), sqlx::Error> {
    let mut connection = connections.lend().await?;
    // After an error it is thrown away, as in a transaction that did not end well.
    insert_together(&mut connection, rows).await?;
    connection.give_back();
    Ok(())
}

async fn note_touches(
    connection: &mut Connection,
    touched: &[(&DocumentId, &(UnixMillis, UserId, Seq))],
) -> Result<(), sqlx::Error> {
    let mut query: QueryBuilder<Db> = QueryBuilder::new(
        "UPDATE documents SET reached = CASE WHEN reached < column4 THEN column4 ELSE reached END, \
         changed = CASE WHEN changed < column2 THEN column2 ELSE changed END, \
         changed_by = CASE WHEN changed < column2 THEN column3 ELSE changed_by END FROM (",
    );
    query.push_values(touched, |mut row, (document, (at, author, seq))| {
        row.push_bind(document.as_str()).push_bind(at.0).push_bind(author.as_str()).push_bind(seq.0 as i64);
    });
    query.push(") AS touched WHERE id = column1");
    query.build().execute(connection).await.map(drop)
}

async fn insert_together(connection: &mut Connection, rows: &[Row<'_>]) -> Result<(), sqlx::Error> {
    let mut query: QueryBuilder<Db> =
        QueryBuilder::new("INSERT INTO updates (document, seq, author, at, checksum, bytes) ");
    query.push_values(rows, |mut row, (update, checksum)| {
        row.push_bind(update.document.as_str())
            .push_bind(update.seq.0 as i64)
            .push_bind(update.author.as_str())
            .push_bind(update.at.0)
            .push_bind(&checksum[..])
            .push_bind(&update.bytes[..]);
    });
    query.build().execute(connection).await.map(drop)
}
