//! `--demo`: an education group to try things out, put into an empty data folder.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use anyhow::Context;
use shared::access::{Grantee, Share};
use shared::organisation::{Change, Shelf};
use shared::words::{DocumentId, Title, UserId};

use crate::app::{App, Settings};
use crate::blobs::Blobs;
use crate::clock;
use crate::data_folder::{self, DataFolder};
use crate::database::Database;
use crate::new_document;
use crate::secret::Secret;
use crate::store::{By, DocumentHandle, Log, NewChanges, PostgresStore, Store, StoreLimits, Visit};
use organisation::{DemoPerson, PEOPLE, SCHOOLS};

mod chalk;
mod documents;
pub mod library;
mod loans;
pub mod organisation;
mod shelving;
mod talk;
mod tutoring;

const PASSWORD: &str = "gongbei-demo";
/// Whether the folder was empty.
#[derive(Debug, PartialEq, Eq)]
pub enum Filled {
    Now,
    Before,
}

/// Gives a folder without people a database with the group in it, and leaves any other as it is.
///
/// The group is made aside and renamed into place: whoever ends the program meanwhile finds the folder as it was, and
/// the next start makes it.
pub async fn fill_folder(folder: &DataFolder, database: &Database, blobs: &Blobs) -> anyhow::Result<Filled> {
    if !matches!(database, Database::File(file) if !file.is_file()) {
        let store = database.open_to_serve(folder, StoreLimits::default()).await?;
        let is_empty = store.is_empty();
        store.close().await;
        if !is_empty {
            return Ok(Filled::Before);
        }
    }
    let aside = folder.root().join("demo");
    remove(&aside)?;
    let made = DataFolder::beside(&aside)?;
    let app = App::open(&made, Settings::default()).await?;
    fill(&app).await?;
    // Its files go where they stay at once: a start that is ended leaves some that nobody names.
    shelving::fill(&*app.store, &app.taxonomies, blobs).await?;
    tutoring::fill(&*app.store, clock::now()).await?;
    app.log.close().await;
    drop(app);
    match database {
        Database::File(file) => {
            // What SQLite had kept beside an empty database must never be taken for a part of this one.
            for ending in ["", "-wal", "-shm"] {
                let mut old = file.clone().into_os_string();
                old.push(ending);
                remove(Path::new(&old))?;
            }
            fs::rename(made.database(), file)?;
        }
        Database::Postgres(address) => {
            let store = PostgresStore::open_to_serve(address, StoreLimits::default()).await?;
            store.take_over(&made.database(), || Ok(())).await?;
            store.close().await;
        }
    }
    remove(&aside)?;
    data_folder::sync(folder.root())?;
    Ok(Filled::Now)
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Fills an empty store; leaves any other as it is.
pub async fn fill(app: &App) -> anyhow::Result<Filled> {
    let store = &*app.store;
    if !store.is_empty() {
        return Ok(Filled::Before);
    }
    let now = clock::now();
    let changes: Vec<_> = organisation::records(now)?.into_iter().map(Change::Put).collect();
    // One hash for all: it is the same password, and everybody knows it.
    let hash = app.accounts.hash(Secret::new(PASSWORD.to_owned())).await;
    let passwords = PEOPLE.iter().map(|person| Ok((person.login.parse()?, hash.clone())));
    let passwords = passwords.collect::<anyhow::Result<Vec<_>>>()?;
    store.change(NewChanges { passwords: &passwords, ..NewChanges::new(By::Server, &changes, now) }).await?;
    for document in documents::all() {
        add(store, document).await?;
    }
    Ok(Filled::Now)
}

/// Puts the demo's tutoring sessions in, too.
pub async fn fill_tutoring(app: &App) -> anyhow::Result<()> {
    tutoring::fill(&*app.store, clock::now()).await
}

/// Puts the demo's library in, too.
pub async fn fill_library(app: &App) -> anyhow::Result<()> {
    shelving::fill(&*app.store, &app.taxonomies, &app.blobs).await
}

async fn add(store: &dyn Store, demo: documents::Demo) -> anyhow::Result<()> {
    let documents::Demo { kind, title, owner, team, shares, visited_by, hours_ago, content } = demo;
    let at = clock::before(clock::now(), Duration::from_secs(u64::from(hours_ago) * 3_600));
    let owner: UserId = owner.parse()?;
    let shelf = match team {
        Some(team) => Shelf::Team(team.parse()?),
        None => Shelf::Person(owner.clone()),
    };
    let named = Title::new(title)?;
    let id = new_document::create_with(store, owner.clone(), kind, named, shelf, &content, at)
        .await
        .with_context(|| format!("cannot create the demo document {title}"))?;
    let shares: Vec<Share> = shares
        .iter()
        .map(|(with, right)| Ok(Share { with: Grantee::Person(with.parse()?), right: *right }))
        .collect::<anyhow::Result<_>>()?;
    if !shares.is_empty() {
        share(store, &owner, &id, &shares).await?;
    }
    let visits: Vec<Visit> = visited_by
        .iter()
        .map(|person| Ok(Visit { person: person.parse()?, document: id.clone(), at }))
        .collect::<anyhow::Result<_>>()?;
    store.note_visits(&visits).await?;
    Ok(())
}

async fn share(store: &dyn Store, owner: &UserId, id: &DocumentId, shares: &[Share]) -> anyhow::Result<()> {
    let handle = DocumentHandle::open(store, owner, id).await?.context("the document was just added")?;
    let managing = handle.managing().context("owners manage")?;
    store.set_shares(managing, shares, None, clock::now()).await?;
    Ok(())
}

/// Address and accounts, for the terminal.
pub fn accounts_table(address: &str) -> String {
    let mut table = format!("\nGongbei 共备: {address}\n\nEvery account has the password {PASSWORD}\n\n");
    for DemoPerson { login, name, school, role, .. } in &PEOPLE {
        let school = SCHOOLS.iter().find(|(id, ..)| id == school).map_or("", |(_, name, ..)| name);
        writeln!(table, "  {login:<6} {}{}{role}", wide(name, 8), wide(school, 14)).expect("writing to a string");
    }
    table
}

/// Padded to so many columns; a Chinese character takes two.
fn wide(text: &str, columns: usize) -> String {
    let width: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(columns.saturating_sub(width) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Documents, SqliteStore};

    #[tokio::test]
    async fn a_start_that_was_killed_is_made_good_by_the_next() {
        let root = tempfile::tempdir().unwrap();
        let folder = DataFolder::take(root.path()).unwrap();
        // What a kill may leave: something in the making, and a store that has begun to fill and has no people yet.
        fs::create_dir_all(root.path().join("demo/blobs")).unwrap();
        let store = SqliteStore::open(&folder.database()).await.unwrap();
        store.close().await;
        let place = Database::of(&folder, None).unwrap();
        for expected in [Filled::Now, Filled::Before] {
            assert_eq!(fill_folder(&folder, &place, &Blobs::open(folder.blobs()).unwrap()).await.unwrap(), expected);
            let store = SqliteStore::open(&folder.database()).await.unwrap();
            let expected = documents::all().len() + 2 * tutoring::SESSIONS;
            assert_eq!(store.all_documents().await.unwrap().len(), expected);
            store.close().await;
        }
        assert!(!root.path().join("demo").exists());
    }
}
