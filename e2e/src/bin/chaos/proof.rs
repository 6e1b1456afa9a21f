//! That this driver would notice: what it looks for is taken away on purpose.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use e2e::Group;
use e2e::engine::Chance;

use crate::crew::{Crew, Size};
use crate::page::{Outcome, Row, counted};
use crate::tools;

pub async fn play(times: u32, seed: u64) -> Outcome {
    tools::in_own_folder("proof", seed, async |place| sabotage(place, times, seed).await).await
}

/// Throws away the database's log of the last moments after a kill, as a disk would that lies about its flushes.
async fn sabotage(place: &Path, times: u32, seed: u64) -> Result<Vec<Row>> {
    let (mut noticed, mut lost) = (0, 0);
    for number in 0..times {
        let mut chance = Chance::new(seed + u64::from(number));
        let mut group = Group::start(place.join(format!("server-{number}")), place.join("log")).await?;
        let mut crew = Crew::gather(&group, Size::SMALL, &mut chance).await?;
        // Stopped in order, the database is whole without that file.
        group.stop().await?;
        group.restart().await?;
        crew.write_for(Duration::from_secs(1)).await?;
        group.kill();
        crew.go_home().await?;
        for newest in ["gongbei.db-wal", "gongbei.db-shm"] {
            std::fs::remove_file(group.data().join(newest)).context("the newest file")?;
        }
        group.restart().await?;
        let found = crew.compare(group.listens()).await?;
        noticed += u32::from(!found.wrong.is_empty() && found.lost > 0);
        lost += found.lost;
    }
    let what = format!("{times} times the newest file of the database is deleted on purpose after a kill");
    let found = format!("noticed {noticed} times: {} letters lost", counted(lost));
    Ok(vec![Row::new(what, found, "this driver notices", noticed == times)])
}
