//! A program with every process it starts, and the folder in which a play keeps what it needs for a while.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::process::{Child, ChildStdout, Command};

/// Where programs put what they need for a while; here also the mark by which those that are left over are found.
const TEMPORARY: &str = "TMPDIR";

/// A running program and its children. Dropped, all of them are killed, and gone when that returns: what they had
/// open can be removed.
pub struct Family {
    head: Child,
    /// The process group's number, which is the head's.
    group: u32,
}

impl Family {
    /// What they write for a while goes into `folder`.
    pub fn start(command: &mut Command, folder: &Path) -> Result<Self> {
        let program = command.as_std().get_program().to_owned();
        let head = command
            .env(TEMPORARY, folder)
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let group = head.id().context("it ended at once")?;
        Ok(Self { head, group })
    }

    /// What the head writes, if that was asked for.
    pub fn output(&mut self) -> Option<ChildStdout> {
        self.head.stdout.take()
    }

    /// How the head ended, if it has.
    pub fn ended(&mut self) -> Result<Option<std::process::ExitStatus>> {
        Ok(self.head.try_wait()?)
    }

    /// The head's process number.
    pub fn number(&self) -> u32 {
        self.group
    }

    /// SIGTERM for the head, as whoever runs it would stop it.
    pub fn ask_to_end(&self) {
        signal(Signal::Terminate, &self.group.to_string());
    }

    /// SIGKILL for all of them, as a power cut would do it to processes; returns when they are gone.
    pub fn kill(&mut self) {
        const LONGEST: Duration = Duration::from_secs(10);
        signal(Signal::Kill, &format!("-{}", self.group));
        let started = Instant::now();
        // A dead process has let go of its files and locks only when all its threads have: then it can be asked for.
        while (matches!(self.head.try_wait(), Ok(None)) || members(self.group)) && started.elapsed() < LONGEST {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        self.kill();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Kill,
    Terminate,
}

/// Sends it to a process, or to a group if there is a minus before its number.
pub fn signal(signal: Signal, whom: &str) {
    let name = match signal {
        Signal::Kill => "-KILL",
        Signal::Terminate => "-TERM",
    };
    std::process::Command::new("kill").args([name, "--", whom]).stderr(Stdio::null()).status().ok();
}

/// What the system tells of every process, in the file of that name.
fn processes(file: &str) -> impl Iterator<Item = (PathBuf, Vec<u8>)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter_map(move |process| fs::read(process.join(file)).ok().map(|told| (process, told)))
}

/// Whether anybody of the group still lives.
fn members(group: u32) -> bool {
    processes("stat").any(|(_, stat)| {
        let stat = String::from_utf8_lossy(&stat);
        // "pid (name) state parent group …"; a name may have spaces and brackets in it.
        let mut fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
        let state = fields.next();
        // Z: dead, and not yet asked for by its parent.
        state != Some("Z") && fields.nth(1).is_some_and(|number| number.parse() == Ok(group))
    })
}

const PREFIX: &str = "gongbei-e2e-";

/// A folder of its own for one play, in the system's folder for such things. Dropped, it is gone.
///
/// Not in `target`, because the address of a local socket may have no more than about a hundred characters.
pub fn folder() -> Result<TempDir> {
    sweep(&std::env::temp_dir());
    let prefix = format!("{PREFIX}{}-", std::process::id());
    tempfile::Builder::new().prefix(&prefix).tempdir().context("cannot make a folder for the play")
}

/// Ends and removes what plays have left that were killed before they could.
fn sweep(place: &Path) {
    let forsaken = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let owner = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        owner.is_some_and(|owner| !Path::new("/proc").join(owner.to_string()).exists())
    };
    let entries = fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.path());
    for folder in entries.filter(forsaken) {
        let mark = format!("{TEMPORARY}={}/", folder.display());
        let of_it = |environment: &[u8]| environment.split(|byte| *byte == 0).any(|it| it.starts_with(mark.as_bytes()));
        for (process, _) in processes("environ").filter(|(_, environment)| of_it(environment)) {
            signal(Signal::Kill, &process.file_name().unwrap_or_default().to_string_lossy());
        }
        fs::remove_dir_all(folder).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_family_dropped_is_gone_with_its_children() {
        let place = tempfile::tempdir().unwrap();
        let family = Family::start(Command::new("sh").args(["-c", "sleep 60 & sleep 60"]), place.path()).unwrap();
        let group = family.group;
        assert!(members(group));
        drop(family);
        assert!(!members(group));
    }

    #[tokio::test]
    async fn only_folders_without_an_owner_are_swept() {
        let place = tempfile::tempdir().unwrap();
        let mine = format!("{PREFIX}{}-a", std::process::id());
        // No process has a number as high as that.
        let forsaken = format!("{PREFIX}{}-b", u32::MAX);
        for name in [mine.as_str(), &forsaken, "gongbei-e2e-notes", "else"] {
            fs::create_dir_all(place.path().join(name).join("within")).unwrap();
        }
        let within = place.path().join(&forsaken).join("within");
        let mut left_over = Family::start(Command::new("sleep").arg("60"), &within).unwrap();
        // A process has begun a moment before the system tells what it was started with.
        let told = format!("/proc/{}/environ", left_over.number());
        let begun = Instant::now();
        while fs::read(&told).is_ok_and(|told| told.is_empty()) {
            assert!(begun.elapsed() < Duration::from_secs(10), "it never began");
            std::thread::sleep(Duration::from_millis(1));
        }
        sweep(place.path());
        assert!(!left_over.head.wait().await.unwrap().success(), "it was ended");
        let mut left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["else", mine.as_str(), "gongbei-e2e-notes"]);
    }
}
