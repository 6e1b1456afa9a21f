//! Backups of a folder that is being written: whole ones hold all that was saved before they began, and those that are
//! cut off, with the server or without, harm nothing.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::Group;
use e2e::engine::Chance;

use crate::crew::{Crew, Found, Size};
use crate::page::{Outcome, Row, counted};
use crate::tools::{self, begin_to_copy, check, copy};
use crate::writer::Order;

/// So often a whole backup is made, restored and read.
const WHOLE_EVERY: u32 = 4;

#[derive(Default)]
struct Seen {
    cut_off: u32,
    with_server: u32,
    restores_cut_off: u32,
    restored: u32,
    /// Edits that were saved before a backup began, and found in it.
    in_backups: u64,
    longest: Duration,
}

pub async fn play(times: u32, seed: u64) -> Outcome {
    tools::in_own_folder("backups", seed, async |place| cut_off_again_and_again(place, times, seed).await).await
}

async fn cut_off_again_and_again(place: &Path, times: u32, seed: u64) -> Result<Vec<Row>> {
    let mut seen = Seen::default();
    let mut chance = Chance::new(seed);
    let mut group = Group::start(place.join("server"), place.join("log")).await?;
    let mut crew = Crew::gather(&group, Size::SMALL, &mut chance).await?;
    let file = place.join("backup.tar");
    crew.begin(Order::Write);
    let began = Instant::now();
    copy("backup", &file, &group.data()).await?;
    std::fs::remove_file(&file)?;
    // A little longer than it takes, so that some get to their end.
    let moments = Duration::ZERO..began.elapsed().mul_f64(1.2);
    for number in 1..=times {
        let moment = chance.time(moments.clone());
        let mut writing = begin_to_copy("backup", &file, &group.data())?;
        tokio::time::sleep(moment).await;
        if chance.is_so(30) {
            group.kill();
            crew.go_home().await?;
            let status = writing.wait().await?;
            ensure!(
                status.success() && file.is_file(),
                "{number}: the backup ended with {status} when the server died"
            );
            group.restart().await.with_context(|| format!("{number}: after a kill during a backup"))?;
            let Found { saved: _, more: _, lost: _, doubled: _, wrong } = crew.compare(group.listens()).await?;
            ensure!(wrong.is_empty(), "{number}: {}", wrong.join("\n"));
            crew.begin(Order::Write);
            seen.with_server += 1;
        } else {
            writing.kill().await?;
            seen.cut_off += 1;
        }
        check(&group.data()).await.with_context(|| format!("{number}: after {moment:?} of a backup"))?;
        // A backup is there whole or not at all.
        if file.exists() {
            restored(&file, place, &mut chance, &mut seen).await.with_context(|| format!("{number}: {moment:?}"))?;
        }
        if number % WHOLE_EVERY == 0 || number == times {
            whole(&group, &mut crew, &file, place, &mut seen)
                .await
                .with_context(|| format!("{number}: a whole one"))?;
        }
    }
    crew.finish().await?;
    crew.all_alike(group.listens()).await?;
    Ok(seen.into_rows())
}

/// A backup from before can be restored, and a restore that is cut off is taken up again. The backup is gone then.
async fn restored(file: &Path, place: &Path, chance: &mut Chance, seen: &mut Seen) -> Result<()> {
    let data = place.join("restored");
    let mut restoring = begin_to_copy("restore", file, &data)?;
    tokio::time::sleep(chance.time(Duration::ZERO..Duration::from_millis(150))).await;
    restoring.kill().await?;
    seen.restores_cut_off += 1;
    // It may have got to its end.
    if !data.join("gongbei.db").is_file() {
        copy("restore", file, &data).await.context("after a restore that was cut off")?;
    }
    check(&data).await?;
    std::fs::remove_dir_all(&data)?;
    Ok(std::fs::remove_file(file)?)
}

/// Makes a backup while people write, restores it elsewhere, and reads there what had been saved before it began.
async fn whole(group: &Group, crew: &mut Crew, file: &Path, place: &Path, seen: &mut Seen) -> Result<()> {
    let promised = crew.promised();
    let began = Instant::now();
    copy("backup", file, &group.data()).await?;
    seen.longest = seen.longest.max(began.elapsed());
    crew.go_home().await?;
    let folder = place.join("elsewhere");
    let mut elsewhere = Group::prepare(folder.clone(), place.join("elsewhere.log"))?;
    copy("restore", file, &elsewhere.data()).await?;
    elsewhere.restart().await?;
    let Found { saved, more: _, lost: _, doubled: _, wrong } =
        crew.compare_with(elsewhere.listens(), &promised).await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    seen.in_backups += saved;
    seen.restored += 1;
    elsewhere.kill();
    check(&elsewhere.data()).await?;
    std::fs::remove_dir_all(folder)?;
    std::fs::remove_file(file)?;
    crew.begin(Order::Write);
    Ok(())
}

impl Seen {
    fn into_rows(self) -> Vec<Row> {
        let Self { cut_off, with_server, restores_cut_off, restored, in_backups, longest } = self;
        let saved = counted(in_backups);
        vec![
            Row::new(
                format!("{restored} backups made while people type, restored elsewhere and read"),
                format!(
                    "{saved} edits were saved before they began: all are there; {} ms a backup",
                    longest.as_millis()
                ),
                "all",
                true,
            ),
            Row::new(
                format!(
                    "{cut_off} backups killed, {with_server} times the server killed during one, {restores_cut_off} \
                     restores killed and begun again; `gongbei check` after each"
                ),
                "a backup is there whole or not at all; 0 lost",
                "0 lost, nothing half",
                true,
            ),
        ]
    }
}
