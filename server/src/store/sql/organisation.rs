//! The organisation: read whole into memory, changed in transactions that the audit log is part of.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use shared::access::may_change;
use shared::api::ImportedLine;
use shared::organisation::{Body, Change, Directory, Key, MisfitAt, Post, Record};
use shared::words::{UnixMillis, UserId};
use sqlx::Row;
use tokio::sync::Mutex;

use super::records::{self, delete, upsert};
use super::rows::parsed;
use super::transaction::Transaction;
use super::{Deed, SqlStore, audit, damaged};
use crate::store::{
    AuditChain, AuditEntry, By, ChangeError, Changed, Changes, ImportLine, NewChanges, Organisation, Result,
    UNDO_WITHIN, UndoError,
};

/// The directory as it is stored, for everybody to read.
pub struct Registry {
    directory: RwLock<Arc<Directory>>,
    /// Of the stored tables when they were read.
    version: AtomicI64,
    /// One change at a time.
    changing: Mutex<()>,
}

impl Registry {
    pub fn new() -> Self {
        Self { directory: RwLock::default(), version: AtomicI64::new(0), changing: Mutex::default() }
    }

    fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, directory: Directory, version: i64) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
        self.version.store(version, Ordering::SeqCst);
    }
}

#[async_trait]
impl Organisation for SqlStore {
    fn directory(&self) -> Arc<Directory> {
        self.registry.directory()
    }

    async fn refresh(&self) -> Result<bool> {
        let _changing = self.registry.changing.lock().await;
        self.read_again().await
    }

    async fn is_fresh(&self) -> Result<bool> {
        let version: i64 = sqlx::query_scalar("SELECT version FROM organisation")
            .fetch_one(&self.read)
            .await
            .deed(|| "look whether the organisation has changed".to_owned())?;
        Ok(version == self.registry.version.load(Ordering::SeqCst))
    }

    async fn change(&self, asked: NewChanges<'_>) -> Result<Changed, ChangeError> {
        let NewChanges { by, changes, passwords, at, dry, import } = asked;
        let _changing = self.registry.changing.lock().await;
        self.read_again().await?;
        let before = self.registry.directory();
        let made;
        let changes = match changes {
            Changes::These(changes) => changes,
            Changes::Made(make) => {
                made = make(&before).ok_or(ChangeError::Forbidden { at: 0 })?;
                &made
            }
        };
        let deed = || format!("make {} changes of the organisation", changes.len());
        let mut draft = Directory::clone(&before);
        let mut back = Vec::with_capacity(changes.len());
        let mut entries = Vec::with_capacity(changes.len());
        for (index, change) in changes.iter().enumerate() {
            if let By::Person(person) = &by
                && !may_change(&draft, person, change, at)
            {
                return Err(ChangeError::Forbidden { at: index });
            }
            let entry = audit::of_change(&draft, change, &by, at);
            let one = draft.change(std::slice::from_ref(change));
            back.extend(one.map_err(|MisfitAt { at: _, misfit }| ChangeError::Misfit(MisfitAt { at: index, misfit }))?);
            entries.extend(entry);
        }
        if dry || (entries.is_empty() && passwords.is_empty()) {
            return Ok(Changed { undo: None });
        }
        if let Some(ImportLine { id, group, details }) = import {
            let details = ImportedLine { did: details.clone(), import: id.clone() };
            entries = audit::as_import("roster.imported", &details, &format!("group:{group}"), entries);
        }
        back.reverse();
        // With the account its sessions and ways to sign in are gone, and what lay on its shelf has another owner.
        let closes = changes.iter().any(|change| closes(&before, change));
        let mut transaction = self.begin(deed).await?;
        let undo = async {
            write_all(&mut transaction, changes).await?;
            for (person, hash) in passwords {
                sqlx::query(
                    "INSERT INTO passwords (person, hash, changed) VALUES ($1, $2, $3) \
                     ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed = excluded.changed",
                )
                .bind(person.as_str())
                .bind(hash)
                .bind(at.0)
                .execute(&mut *transaction)
                .await?;
            }
            let first = audit::append(&mut transaction, &entries).await?;
            if let Some(first) = first.filter(|_| !closes) {
                let left = changes.iter().filter_map(|change| draft.record(&key_of(change))).collect();
                records::keep_way_back(&mut transaction, first, &by, at, &WayBack { changes: back, left }).await?;
            }
            sqlx::Result::Ok(first.filter(|_| !closes))
        };
        let undo = undo.await.deed(deed)?;
        let version = self.commit_version(transaction).await.deed(deed)?;
        self.registry.set(draft, version);
        Ok(Changed { undo })
    }

    async fn undo(&self, number: u64, by: &By, at: UnixMillis) -> Result<(), UndoError> {
        let deed = || format!("undo change {number} of the organisation");
        let _changing = self.registry.changing.lock().await;
        self.read_again().await?;
        let Some(stored) = records::way_back(&self.read, number).await.deed(deed)? else {
            return Err(UndoError::Unknown);
        };
        let records::StoredWayBack { actor, at: done_at, undone, way } = stored;
        let theirs = match by {
            By::Person(person) | By::Judged(person) => actor == person.as_str(),
            By::Server => true,
        };
        if !theirs {
            return Err(UndoError::Unknown);
        }
        if undone {
            return Err(UndoError::Changed);
        }
        if at.0 - done_at.0 > UNDO_WITHIN {
            return Err(UndoError::Unknown);
        }
        let WayBack { changes, left } = way;
        let mut draft = Directory::clone(&self.registry.directory());
        // Not over what somebody has done since.
        if left.iter().any(|record| draft.record(&record.key()).as_ref() != Some(record)) {
            return Err(UndoError::Changed);
        }
        let (mut entries, mut traces) = (Vec::new(), Vec::new());
        for change in &changes {
            let may = |draft: &Directory, change: &Change| match by {
                By::Person(person) => may_change(draft, person, change, at),
                By::Judged(_) | By::Server => true,
            };
            let taken = match change {
                Change::Put(_) if !may(&draft, change) => return Err(UndoError::Forbidden),
                Change::Put(_) => None,
                Change::Remove(key) => draft.record(key),
            };
            traces.extend(taken.as_ref().and_then(|record| Trace::of(&draft, record)));
            entries.extend(audit::of_change(&draft, change, by, at));
            draft.change(std::slice::from_ref(change)).map_err(|_| UndoError::Changed)?;
            // Only whoever may still put in what is missing now takes it out.
            if taken.as_ref().is_some_and(|record| !may(&draft, &Change::Put(record.clone()))) {
                return Err(UndoError::Forbidden);
            }
        }
        if let Some((group, ImportedLine { did, import })) = audit::import_of(&self.read, number).await.deed(deed)? {
            let details = ImportedLine { did, import: format!("{import}-back") };
            entries = audit::as_import("roster.taken-back", &details, &group, entries);
        }
        let mut transaction = self.begin(deed).await?;
        let done = async {
            for trace in &traces {
                if records::is_left(&mut transaction, trace, done_at).await? {
                    return Ok(false);
                }
            }
            write_all(&mut transaction, &changes).await?;
            audit::append(&mut transaction, &entries).await?;
            records::mark_undone(&mut transaction, number, at).await?;
            sqlx::Result::Ok(true)
        };
        if !done.await.deed(deed)? {
            return Err(UndoError::Changed);
        }
        let version = self.commit_version(transaction).await.deed(deed)?;
        self.registry.set(draft, version);
        Ok(())
    }

    async fn arrivals(&self) -> Result<BTreeMap<UserId, Option<UnixMillis>>> {
        let deed = || "list who has been here".to_owned();
        let rows: Vec<(String, Option<i64>)> = sqlx::query_as(
            "SELECT passwords.person, max(sessions.seen) FROM passwords \
             LEFT JOIN sessions ON sessions.person = passwords.person GROUP BY passwords.person",
        )
        .fetch_all(&self.read)
        .await
        .deed(deed)?;
        let arrival = |(person, seen): (String, Option<i64>)| Ok((parsed(person)?, seen.map(UnixMillis)));
        rows.into_iter().map(arrival).collect::<Result<_, _>>().deed(deed)
    }

    async fn note(&self, entry: AuditEntry) -> Result<()> {
        let act = entry.act.clone();
        let deed = || format!("write {act} into the audit log");
        let mut transaction = self.begin(deed).await?;
        audit::append(&mut transaction, &[entry]).await.deed(deed)?;
        transaction.commit().await.deed(deed)
    }

    async fn audit(&self, query: &crate::store::AuditQuery) -> Result<Vec<crate::store::StoredAudit>> {
        audit::list(&self.read, query).await.deed(|| "read the audit log".to_owned())
    }

    async fn check_audit(&self) -> Result<AuditChain> {
        let deed = || "check the audit log".to_owned();
        let mut transaction = self.begin_to_read(deed).await?;
        let chain = audit::check(&mut transaction).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        Ok(chain)
    }

    async fn undoable(&self, by: &UserId, since: UnixMillis) -> Result<Vec<u64>> {
        let numbers: Vec<i64> =
            sqlx::query_scalar("SELECT audit FROM ways_back WHERE actor = $1 AND at >= $2 AND undone IS NULL")
                .bind(by.as_str())
                .bind(since.0)
                .fetch_all(&self.read)
                .await
                .deed(|| format!("list what {by} may undo"))?;
        Ok(numbers.into_iter().map(|number| number as u64).collect())
    }
}

/// Whether the change closes an account, for good.
fn closes(before: &Directory, change: &Change) -> bool {
    let Change::Put(Record::Person(person)) = change else { return false };
    person.closed.is_some() && before.person(&person.id).is_some_and(|known| known.closed.is_none())
}

/// What must not have happened yet when a record is taken out again.
pub enum Trace {
    /// The person has signed in, has something of their own, or has got something from others.
    Person(UserId),
    /// Something lies on the body's shelf, is shared with it, or invites into it.
    Body(Body),
    /// Somebody who could decide since then has been here: their seat is ended, and not taken for never given.
    Decided(UserId),
}

impl Trace {
    fn of(directory: &Directory, record: &Record) -> Option<Self> {
        match record {
            Record::Person(person) => Some(Self::Person(person.id.clone())),
            Record::Group(group) => Some(Self::Body(Body::Group(group.id.clone()))),
            Record::School(school) => Some(Self::Body(Body::School(school.id.clone()))),
            Record::Team(team) => Some(Self::Body(Body::Team(team.id.clone()))),
            Record::Seat(seat) => {
                directory.post(seat).is_some_and(Post::decides).then(|| Self::Decided(seat.person.clone()))
            }
            Record::Region(_) | Record::Membership(_) => None,
        }
    }
}

/// What takes a list of changes back, and what they left: if that is there no more, somebody has gone on from it.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct WayBack {
    pub changes: Vec<Change>,
    pub left: Vec<Record>,
}

impl SqlStore {
    /// Reads the tables if another process has changed them; says whether it had. Under the lock for changes.
    pub(in crate::store) async fn read_again(&self) -> Result<bool> {
        let deed = || "read the organisation".to_owned();
        let mut transaction = self.begin_to_read(deed).await?;
        let version: i64 =
            sqlx::query_scalar("SELECT version FROM organisation").fetch_one(&mut *transaction).await.deed(deed)?;
        if version == self.registry.version.load(Ordering::SeqCst) {
            transaction.commit().await.deed(deed)?;
            return Ok(false);
        }
        let records = records::all(&mut transaction).await.deed(deed)?;
        transaction.commit().await.deed(deed)?;
        self.registry.set(Directory::of(records), version);
        Ok(true)
    }

    async fn commit_version(&self, mut transaction: Transaction) -> sqlx::Result<i64> {
        let row = sqlx::query("UPDATE organisation SET version = version + 1 RETURNING version")
            .fetch_one(&mut *transaction)
            .await?;
        let version: i64 = row.try_get("version")?;
        transaction.commit().await?;
        Ok(version)
    }
}

async fn write_all(transaction: &mut Transaction, changes: &[Change]) -> sqlx::Result<()> {
    for change in changes {
        match change {
            Change::Put(record) => upsert(transaction, record).await?,
            Change::Remove(key) => delete(transaction, key).await?,
        }
    }
    Ok(())
}

fn key_of(change: &Change) -> Key {
    match change {
        Change::Put(record) => record.key(),
        Change::Remove(key) => key.clone(),
    }
}

/// A stored value that this program can't read.
pub(super) fn unreadable(what: &str) -> sqlx::Error {
    sqlx::Error::Decode(damaged("read the organisation", what).to_string().into())
}
