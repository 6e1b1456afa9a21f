//! The disk is full: nothing is called saved that is not, everybody is told, and it heals by itself.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::engine::{Chance, TROUBLE_FULL};
use e2e::{Group, until_within};

use crate::crew::{Crew, Found, Size, read};
use crate::page::{Outcome, Row, counted, millis};
use crate::tools;

const TOLD_WITHIN: Duration = Duration::from_secs(1);
const HEALS_WITHIN: Duration = Duration::from_secs(5);
/// Long enough for several attempts of the server to store after all.
const STAYS_FULL: Duration = Duration::from_millis(3_000);
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Seen {
    saved: u64,
    /// How long an edit had waited when its writer was told, at most.
    told: Duration,
    healed: Vec<Duration>,
}

pub async fn play(times: u32, seed: u64) -> Outcome {
    tools::in_own_folder("disks", seed, async |place| {
        let Some(disk) = Disk::mount(&place.join("disk"))? else {
            let why = "skipped: only root may make a small disk of its own for it (a tmpfs)";
            return Ok(vec![Row::told("the disk is full", why)]);
        };
        let tried = fill_again_and_again(&disk, place, times, seed).await;
        if tried.is_err() {
            // The small disk goes before the rest is kept.
            tools::keep(&disk.folder, &format!("disks-{seed}-disk"))?;
        }
        tried
    })
    .await
}

async fn fill_again_and_again(disk: &Disk, place: &Path, times: u32, seed: u64) -> Result<Vec<Row>> {
    let mut seen = Seen::default();
    let mut chance = Chance::new(seed);
    let mut group = Group::start(disk.folder.join("server"), place.join("log")).await?;
    let mut crew = Crew::gather(&group, Size::SMALL, &mut chance).await?;
    for number in 1..=times {
        let killed_while_full = number % 2 == 0;
        crew.write_for(chance.time(Duration::from_millis(200)..Duration::from_millis(800))).await?;
        let ballast = disk.fill()?;
        until_told(&crew).await.with_context(|| format!("time {number}"))?;
        tokio::time::sleep(STAYS_FULL).await;
        // What fits into blocks that the database has already is stored, and then the trouble is over for a while.
        let early = crew.total(|slate| &slate.saved_in_trouble);
        ensure!(early == 0, "time {number}: {early} edits were called saved while the server said that it can't save");
        let first = read(&crew.reads(0, group.listens())).await.context("reading while the disk is full")?;
        ensure!(first.lines().iter().any(|line| !line.is_empty()), "what was saved can't be read");
        if killed_while_full {
            group.kill();
            crew.go_home().await?;
            std::fs::remove_file(&ballast)?;
            group.restart().await.context("after a kill while the disk was full")?;
        } else {
            std::fs::remove_file(&ballast)?;
            let began = Instant::now();
            let in_trouble = async || Ok(crew.total(|slate| &slate.trouble));
            until_within(PATIENCE, "trouble is over", in_trouble, |sum| *sum == 0).await?;
            seen.healed.push(began.elapsed());
            crew.finish().await?;
            group.kill();
            group.restart().await?;
        }
        let Found { saved: _, more: _, lost: _, doubled: _, wrong } = crew.compare(group.listens()).await?;
        ensure!(wrong.is_empty(), "time {number}: {}", wrong.join("\n"));
    }
    crew.finish().await?;
    crew.all_alike(group.listens()).await?;
    (seen.saved, seen.told) = (crew.saved(), crew.told_after());
    group.kill();
    tools::check(&group.data()).await?;
    Ok(seen.into_rows(times))
}

/// Returns when everybody who writes has been told.
async fn until_told(crew: &Crew) -> Result<()> {
    let all = crew.slates().len();
    let told = async || Ok(crew.slates().iter().filter(|slate| slate.trouble.load(Relaxed) == TROUBLE_FULL).count());
    until_within(PATIENCE, "writers who were told that the disk is full", told, |told| *told == all).await?;
    Ok(())
}

impl Seen {
    fn into_rows(self, times: u32) -> Vec<Row> {
        let words = |time: Duration| millis(u32::try_from(time.as_micros()).unwrap_or(u32::MAX));
        let (told, healed) = (self.told, self.healed.iter().max().copied().unwrap_or_default());
        let found = format!(
            "{} edits called saved, 0 of them while it said that it can’t save; 0 lost, 0 doubled",
            counted(self.saved)
        );
        let what = format!("{times} times the disk is full while people type, half of them with a kill on top");
        vec![
            Row::new(what, found, "0 lost, 0 doubled", true),
            Row::timed(
                "… until everybody is told, from the first key that can't be saved",
                format!("all within {}", words(told)),
                "< 1 s",
                told < TOLD_WITHIN,
            ),
            Row::timed(
                "… until all is well again, without a restart, once there is room",
                format!("all within {}", words(healed)),
                "< 5 s",
                healed < HEALS_WITHIN,
            ),
        ]
    }
}

/// A small disk in memory. Dropped, it is gone.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// `None` if this account may not.
    fn mount(folder: &Path) -> Result<Option<Self>> {
        std::fs::create_dir_all(folder)?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64m", "gongbei-chaos"]).arg(folder);
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        Ok(mounted.then(|| Self { folder: folder.to_owned() }))
    }

    /// Writes until not one block more has room; the file that can be thrown away again.
    fn fill(&self) -> Result<PathBuf> {
        let ballast = self.folder.join("ballast");
        let mut file = File::create(&ballast)?;
        for block in [1 << 20, 1 << 12] {
            let zeros = vec![0; block];
            let problem = loop {
                if let Err(problem) = file.write_all(&zeros) {
                    break problem;
                }
            };
            ensure!(problem.kind() == io::ErrorKind::StorageFull, "cannot fill the disk: {problem}");
        }
        Ok(ballast)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A server that has just been killed may still hold it for a moment.
        Command::new("umount").arg("--lazy").arg(&self.folder).stderr(Stdio::null()).status().ok();
    }
}
