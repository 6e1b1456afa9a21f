//! Which database the store of a data folder is: the folder's own file, or one of a Postgres server.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};

use crate::data_folder::{self, DataFolder};
use crate::store::{self, Address, PostgresStore, SharedStore, SqliteStore, StoreLimits};

#[derive(Debug, Clone)]
pub enum Database {
    File(PathBuf),
    Postgres(Address),
}

impl Database {
    /// The database of this folder. One that is asked for is noted there, without its password, and holds from then on,
    /// also for those who don't ask for it again.
    ///
    /// # Errors
    /// If the data are elsewhere already: they would seem to be gone.
    pub fn of(folder: &DataFolder, asked: Option<&Address>) -> anyhow::Result<Self> {
        match (noted(folder)?, asked) {
            (None, None) => Ok(Self::File(folder.database())),
            (Some(noted), None) => Ok(Self::Postgres(noted)),
            // What is asked for now has the password.
            (Some(noted), Some(asked)) if noted == *asked => Ok(Self::Postgres(asked.clone())),
            (Some(noted), Some(asked)) => {
                bail!("the database of this folder is {noted}, not {asked}: to move it, {MOVE}")
            }
            (None, Some(asked)) => {
                if folder.database().is_file() {
                    bail!("the database of this folder is {}: to move it, {MOVE}", folder.database().display());
                }
                Ok(Self::Postgres(asked.clone()))
            }
        }
    }

    /// Opens it or creates it, and brings its schema up to date.
    pub async fn open(&self, folder: &DataFolder, limits: StoreLimits) -> anyhow::Result<SharedStore> {
        Ok(match self {
            Self::File(file) => Arc::new(SqliteStore::open_with(file, limits).await?),
            Self::Postgres(address) => {
                let store = Arc::new(PostgresStore::open_with(address, limits).await?);
                // Only now: one that can't be reached may have been mistyped.
                self.note(folder)?;
                store
            }
        })
    }

    /// The same for the one server that it has: of a file, whoever has taken the folder is that.
    pub async fn open_to_serve(&self, folder: &DataFolder, limits: StoreLimits) -> anyhow::Result<SharedStore> {
        Ok(match self {
            Self::File(_) => self.open(folder, limits).await?,
            Self::Postgres(address) => {
                let store = Arc::new(PostgresStore::open_to_serve(address, limits).await?);
                self.note(folder)?;
                store
            }
        })
    }

    /// Opens it as it is, for reading alone, beside whoever writes it.
    pub async fn open_to_read(&self) -> store::Result<SharedStore> {
        Ok(match self {
            Self::File(file) => Arc::new(SqliteStore::open_to_read(file).await?),
            Self::Postgres(address) => Arc::new(PostgresStore::open_to_read(address).await?),
        })
    }

    /// Tells another process of ours where it is, by its environment: that only whoever runs it can read.
    pub fn tell(&self, process: &mut tokio::process::Command) {
        let Self::Postgres(address) = self else { return };
        process.env("GONGBEI_DATABASE", address.with_password());
        for name in KEYS {
            if let Some(value) = std::env::var_os(name) {
                process.env(name, value);
            }
        }
    }

    /// Notes in the folder that this is its database.
    pub fn note(&self, folder: &DataFolder) -> anyhow::Result<()> {
        let Self::Postgres(address) = self else { return Ok(()) };
        if noted(folder)?.is_some() {
            return Ok(());
        }
        let note = folder.database_place();
        fs::write(&note, format!("{address}\n"))?;
        fs::File::open(&note)?.sync_all()?;
        data_folder::sync(folder.root())?;
        Ok(())
    }
}

const MOVE: &str = "make a backup and restore it into an empty folder with --database";

/// Where a client of Postgres finds what the address does not say.
const KEYS: [&str; 13] = [
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGPASSWORD",
    "PGPASSFILE",
    "HOME",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGSSLCERT",
    "PGSSLKEY",
    "PGOPTIONS",
];

fn noted(folder: &DataFolder) -> anyhow::Result<Option<Address>> {
    let note = folder.database_place();
    match fs::read_to_string(&note) {
        Ok(noted) => {
            let address = noted.trim().parse().map_err(anyhow::Error::msg);
            address.map(Some).with_context(|| format!("cannot read {}", note.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", note.display())),
    }
}
