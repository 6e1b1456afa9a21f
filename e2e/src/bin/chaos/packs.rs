//! Killed while logs are packed: by the server itself when a room closes, or by `gongbei compact` beside it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::Group;
use e2e::engine::Chance;

use crate::crew::{Crew, Found, Size};
use crate::page::{Outcome, Row, counted};
use crate::tools;
use crate::writer::Habit;

/// Rooms close, and keep a snapshot, a second after the last page has; what lies behind two of them is packed.
const SETTINGS: [(&str, &str); 2] = [("GONGBEI_ROOM_IDLE", "1"), ("GONGBEI_COMPACT_AFTER", "50")];
const FAST: Size = Size { documents: 8, writers: 4, habit: Habit { every: Duration::from_millis(25), letters: 1 } };
/// Enough for a snapshot.
const WRITES: std::ops::Range<Duration> = Duration::from_millis(700)..Duration::from_millis(1_100);
const ROOMS_CLOSE: std::ops::Range<Duration> = Duration::from_millis(950)..Duration::from_millis(1_500);

#[derive(Default)]
struct Seen {
    packing_servers: u32,
    servers: u32,
    commands: u32,
    saved: u64,
}

pub async fn play(times: u32, seed: u64) -> Outcome {
    tools::in_own_folder("packs", seed, async |place| pack_again_and_again(place, times, seed).await).await
}

async fn pack_again_and_again(place: &Path, times: u32, seed: u64) -> Result<Vec<Row>> {
    let mut seen = Seen::default();
    let mut chance = Chance::new(seed);
    let mut group = Group::prepare(place.join("server"), place.join("log"))?;
    group.set(SETTINGS);
    group.restart().await?;
    let mut crew = Crew::gather(&group, FAST, &mut chance).await?;
    // Two snapshots of each document, so that there is something to pack from the first time on.
    for _ in 0..2 {
        crew.write_for(WRITES.start).await?;
        crew.go_home().await?;
        group.stop().await?;
        group.restart().await?;
    }
    let began = Instant::now();
    tools::compact(&group.data()).await?;
    let moments = Duration::ZERO..began.elapsed().mul_f64(1.2);
    for number in 1..=times {
        crew.write_for(chance.time(WRITES)).await?;
        if chance.is_so(50) {
            crew.go_home().await?;
            tokio::time::sleep(chance.time(ROOMS_CLOSE)).await;
            group.kill();
            seen.packing_servers += 1;
        } else {
            let mut packing = tools::begin_to_compact(&group.data())?;
            tokio::time::sleep(chance.time(moments.clone())).await;
            if chance.is_so(50) {
                group.kill();
                packing.wait().await?;
                seen.servers += 1;
            } else {
                packing.kill().await?;
                group.stop().await?;
                seen.commands += 1;
            }
            crew.go_home().await?;
        }
        group.restart().await.with_context(|| format!("{number}: after a kill while packing"))?;
        let Found { saved, more: _, lost: _, doubled: _, wrong } = crew.compare(group.listens()).await?;
        ensure!(wrong.is_empty(), "{number}: {}", wrong.join("\n"));
        tools::check(&group.data()).await.with_context(|| format!("{number}"))?;
        seen.saved = saved;
    }
    crew.finish().await?;
    crew.all_alike(group.listens()).await?;
    // With everything packed that can be, it is still all there.
    group.stop().await?;
    tools::compact(&group.data()).await?;
    group.restart().await?;
    let Found { saved, more: _, lost: _, doubled: _, wrong } = crew.compare(group.listens()).await?;
    ensure!(wrong.is_empty(), "packed: {}", wrong.join("\n"));
    seen.saved = saved;
    tools::check(&group.data()).await?;
    Ok(seen.into_rows())
}

impl Seen {
    fn into_rows(self) -> Vec<Row> {
        let Self { packing_servers, servers, commands, saved } = self;
        let what = format!(
            "while old edits are packed: {packing_servers} times the server that packs is killed, {servers} times the \
             server beside `gongbei compact`, {commands} times `gongbei compact`; `gongbei check` after each"
        );
        let found = format!("{} edits called saved, 0 lost, 0 doubled", counted(saved));
        vec![Row::new(what, found, "0 lost, 0 doubled", true)]
    }
}
