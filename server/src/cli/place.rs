//! Which data folder and which database a command is for.

use std::path::PathBuf;
use std::sync::Once;

use anyhow::bail;
use clap::Args;
use server::data_folder::DataFolder;
use server::database::Database;
use server::store::{Address, SharedStore, StoreLimits};

use super::settings_file;

#[derive(Args)]
pub struct Place {
    /// The data folder [default: data]
    #[arg(long, env = "GONGBEI_DATA")]
    pub data: Option<PathBuf>,
    /// The settings file [default: gongbei.toml, if it is there]
    #[arg(long, env = "GONGBEI_CONFIG")]
    pub config: Option<PathBuf>,
    /// Keep everything but images, files and the search in this database of a Postgres server, postgres://user@host/database,
    /// and not in the data folder. Its password is better given in PGPASSWORD, or all of it in the variable: whoever uses this
    /// machine can read what stands on a command line. Said once, it holds for this data folder
    #[arg(long, env = "GONGBEI_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
}

pub fn data(place: &Place) -> anyhow::Result<PathBuf> {
    Ok(match &place.data {
        Some(data) => data.clone(),
        None => settings_file(place)?.data.unwrap_or_else(default_data),
    })
}

pub fn default_data() -> PathBuf {
    PathBuf::from("data")
}

/// A data folder that has something to work with: its own database, or one of a server, said here or noted there.
pub fn existing(place: &Place) -> anyhow::Result<DataFolder> {
    let root = data(place)?;
    let is_there = ["gongbei.db", "database-place"].iter().any(|name| root.join(name).is_file());
    if is_there || (root.is_dir() && address(place)?.is_some()) {
        return DataFolder::beside(&root);
    }
    bail!("there is no data in {}", root.display())
}

/// The database that is asked for: the flag or the variable win over the file.
pub fn address(place: &Place) -> anyhow::Result<Option<Address>> {
    let said = place.database.clone();
    let said = said.map_or_else(|| anyhow::Ok(settings_file(place)?.database), |said| Ok(Some(said)))?;
    let Some(said) = said else { return Ok(None) };
    let address = said.parse().map_err(anyhow::Error::msg)?;
    warn_of_password(&said, &address);
    Ok(Some(address))
}

/// Tells whoever has given a password where others can read it.
fn warn_of_password(said: &str, address: &Address) {
    static ONCE: Once = Once::new();
    if !address.has_password() || !std::env::args().any(|word| word.ends_with(said)) {
        return;
    }
    const WARNING: &str = "the password in --database stands in this machine's list of processes, where others can read it: \
        give it in PGPASSWORD, or the whole address in GONGBEI_DATABASE";
    ONCE.call_once(|| match tracing::dispatcher::has_been_set() {
        true => tracing::warn!("{WARNING}"),
        false => eprintln!("{WARNING}"),
    });
}

pub fn database(folder: &DataFolder, place: &Place) -> anyhow::Result<Database> {
    Database::of(folder, address(place)?.as_ref())
}

pub async fn open_store(folder: &DataFolder, place: &Place) -> anyhow::Result<SharedStore> {
    database(folder, place)?.open(folder, StoreLimits::default()).await
}
