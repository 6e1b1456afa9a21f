//! `postgres`: the promises of the store and of the server, kept on a Postgres server that lives as long as the step.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::steps::Done;
use crate::{debian, native, shell};

/// What is tried on it: the contract of every store, and what the server promises by HTTP.
const PROMISES: [&str; 12] = [
    "library::",
    "search_quality::",
    "collections::",
    "collection_rights::",
    "talk::",
    "loans::",
    "matrix::",
    "textbooks::",
    "uploads::",
    "room::",
    "documents::",
    "on_postgres::",
];
/// Alone: it takes the server away from everybody.
const CRASHES: &str = "postgres_crash::";

/// Debian's, if none is there yet.
pub fn packages() -> Result<Done> {
    if programs().is_some() {
        return Ok(Done::Fresh);
    }
    debian::install(&["postgresql"], "the tests on Postgres need its server, 15 or newer", "")
}

pub fn check() -> Result<Done> {
    let started = Instant::now();
    let cluster = Cluster::start()?;
    let ready = started.elapsed();
    cluster.test(&["--lib", "--", "in_postgres", "postgres::"])?;
    let contract = started.elapsed();
    let mut server = vec!["--test", "server", "--"];
    server.extend(PROMISES);
    cluster.test(&server)?;
    let promises = started.elapsed();
    cluster.test(&["--test", "server", "--", CRASHES])?;
    let seconds = |from: std::time::Duration, to: std::time::Duration| (to - from).as_secs();
    Ok(Done::Measured(format!(
        "done: contract {} s, server {} s, crashes {} s, with what was compiled for them",
        seconds(ready, contract),
        seconds(contract, promises),
        seconds(promises, started.elapsed()),
    )))
}

/// Where the newest server on this machine has its programs.
fn programs() -> Option<PathBuf> {
    let version = |folder: &Path| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let newest = versions.filter(|folder| version(folder) >= Some(15)).max_by_key(|folder| version(folder));
    let elsewhere = || shell::answer(shell::program("pg_config").arg("--bindir")).map(PathBuf::from);
    newest.map(|folder| folder.join("bin")).or_else(elsewhere).filter(|bin| bin.join("initdb").exists())
}

/// A server of our own with nothing in it, reached by a socket in its folder. Dropped, it is stopped and gone.
struct Cluster {
    folder: PathBuf,
    control: Vec<String>,
}

impl Cluster {
    fn start() -> Result<Self> {
        let bin = programs().context("Postgres 15 or newer is not installed")?;
        let folder = std::env::temp_dir().join(format!("gongbei-postgres-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let mut before = Vec::new();
        // The server refuses to be root's.
        if shell::answer(shell::program("id").arg("-u")).as_deref() == Some("0") {
            let user =
                ["postgres", "nobody"].into_iter().find(|user| shell::answer(shell::program("id").arg(user)).is_some());
            let Some(user) = user else { bail!("there is neither a user postgres nor nobody to run the server") };
            shell::run(shell::program("chown").arg(user).arg(&folder), "it is a folder that was just made")?;
            before = ["runuser", "-u", user, "--"].map(str::to_owned).to_vec();
        }
        let data = folder.join("data").display().to_string();
        let program = |name: &str| bin.join(name).display().to_string();
        let mut init = before.clone();
        init.extend([program("initdb"), "--username=gongbei".to_owned(), "--auth=trust".to_owned()]);
        init.extend(["--encoding=UTF8", "--no-locale", "--pgdata"].map(str::to_owned));
        init.push(data.clone());
        shell::ask(&mut command(&init)).context("cannot make a database cluster")?;
        let mut control = before;
        // Its disk is synced as everybody's is.
        let settings =
            format!("-c listen_addresses= -c unix_socket_directories={} -c max_connections=300", folder.display());
        control.extend([
            program("pg_ctl"),
            "--silent".to_owned(),
            "--wait".to_owned(),
            "--options".to_owned(),
            settings,
        ]);
        control.extend([
            "--log".to_owned(),
            folder.join("data/log").display().to_string(),
            "--pgdata".to_owned(),
            data,
        ]);
        let cluster = Self { folder, control };
        cluster.control("start")?;
        Ok(cluster)
    }

    fn control(&self, act: &str) -> Result<()> {
        let ended = command(&self.control).arg(act).status();
        if ended.is_ok_and(|status| status.success()) { Ok(()) } else { bail!("pg_ctl can't {act} the server") }
    }

    fn test(&self, which: &[&str]) -> Result<()> {
        let mut tests = native::test(which)?;
        let address = format!("postgres://gongbei@localhost/postgres?host={}", self.folder.display());
        tests.env("GONGBEI_TEST_POSTGRES", address);
        tests.env("GONGBEI_TEST_POSTGRES_CONTROL", self.control.join("\n"));
        shell::run(&mut tests, "see the failed promises above")
    }
}

fn command(words: &[String]) -> Command {
    let mut command = shell::program(&words[0]);
    command.args(&words[1..]);
    command
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.control("stop") {
            eprintln!("{error:#}");
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("cannot remove {}: {error}", self.folder.display());
        }
    }
}
