//! Killed while it starts: on an empty folder, which it has just begun to fill, and on one it has to recover.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::Group;
use e2e::engine::Chance;

use crate::crew::{Crew, Found, Size};
use crate::page::{Outcome, Row, counted};
use crate::tools;

/// In a row, before it may come up.
const AT_MOST: usize = 4;
const FIRST_START: std::ops::Range<Duration> = Duration::ZERO..Duration::from_millis(250);
const LATER_START: std::ops::Range<Duration> = Duration::ZERO..Duration::from_millis(100);

pub async fn play(times: u32, seed: u64) -> Outcome {
    tools::in_own_folder("starts", seed, async |place| {
        let first = on_empty_folders(place, times / 2, seed).await?;
        Ok(vec![first, on_one_that_was_killed(place, times - times / 2, seed).await?])
    })
    .await
}

async fn on_empty_folders(place: &Path, times: u32, seed: u64) -> Result<Row> {
    let mut chance = Chance::new(seed);
    let mut kills = 0;
    while kills < times {
        let folder = place.join("first");
        let mut group = Group::prepare(folder.clone(), place.join("first.log"))?;
        kills += kill_as_it_starts(&mut group, &mut chance, &FIRST_START).await?;
        group.restart().await.context("a first start after one that was killed")?;
        // Whom the demo brings last is there as well.
        group.api("liu").await.context("signing in after a first start that was killed")?;
        group.kill();
        tools::check(&group.data()).await?;
        std::fs::remove_dir_all(folder)?;
    }
    let what = format!("{kills} times killed while it starts for the first time and makes its tables");
    Ok(Row::new(what, "it comes up the next time; `gongbei check` finds nothing", "comes up", true))
}

async fn on_one_that_was_killed(place: &Path, times: u32, seed: u64) -> Result<Row> {
    let mut chance = Chance::new(seed);
    let mut group = Group::start(place.join("server"), place.join("log")).await?;
    let mut crew = Crew::gather(&group, Size::SMALL, &mut chance).await?;
    let mut kills = 0;
    let mut checked = 0;
    while kills < times {
        crew.write_for(chance.time(Duration::from_millis(150)..Duration::from_millis(700))).await?;
        group.kill();
        crew.go_home().await?;
        kills += kill_as_it_starts(&mut group, &mut chance, &LATER_START).await?;
        group.restart().await.context("a start after one that was killed")?;
        let Found { saved, more: _, lost: _, doubled: _, wrong } = crew.compare(group.listens()).await?;
        ensure!(wrong.is_empty(), "after {kills} kills: {}", wrong.join("\n"));
        checked = saved;
    }
    crew.finish().await?;
    crew.all_alike(group.listens()).await?;
    group.kill();
    tools::check(&group.data()).await?;
    let what = format!("{kills} times killed while it starts on a folder whose server was killed");
    let found = format!("{} edits called saved before, 0 lost, 0 doubled", counted(checked));
    Ok(Row::new(what, found, "0 lost, 0 doubled", true))
}

/// Some starts that get nowhere; how many.
async fn kill_as_it_starts(group: &mut Group, chance: &mut Chance, moments: &std::ops::Range<Duration>) -> Result<u32> {
    let times = 1 + chance.below(AT_MOST);
    for _ in 0..times {
        group.begin()?;
        tokio::time::sleep(chance.time(moments.clone())).await;
        group.kill();
    }
    Ok(u32::try_from(times)?)
}
