//! The server ends in the middle of two hundred people's typing: by SIGKILL, or asked by SIGTERM.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::Group;
use e2e::engine::{Chance, own_folder};
use futures_util::{StreamExt, stream};

use crate::crew::{Crew, Found, Size};
use crate::page::{Outcome, Row, counted, millis, percentile};
use crate::tools;
use crate::writer::Order;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Kill,
    Stop,
}

/// The data folder of one life is killed over and over; then comes a new one, with the next seed.
const ENDS_A_LIFE: u32 = 20;
/// Between two kills there is little to do but to wait.
const SIDE_BY_SIDE: u32 = 3;
const MOMENTS: std::ops::Range<Duration> = Duration::from_millis(200)..Duration::from_millis(3_000);
const STOPS_WITHIN: Duration = Duration::from_secs(5);
const SERVES_WITHIN: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Sum {
    ends: u32,
    saved: u64,
    more: u64,
    lost: u64,
    doubled: u64,
    /// Until it took edits again, in microseconds.
    restarts: Vec<u32>,
    /// Until it had ended, when it was asked to.
    stops: Vec<u32>,
    /// Edit → saved.
    times: Vec<u32>,
    wrong: Vec<String>,
}

pub async fn play(ends: u32, seed: u64, end: End) -> Outcome {
    let of_each = ENDS_A_LIFE.min(ends.div_ceil(SIDE_BY_SIDE)).max(1);
    let lives = (0..ends.div_ceil(of_each)).map(|life| {
        let ends = of_each.min(ends - life * of_each);
        async move { one_life(seed + u64::from(life), ends, end).await }
    });
    let mut sum = Sum::default();
    let mut lives = stream::iter(lives).buffer_unordered(SIDE_BY_SIDE as usize);
    while let Some(life) = lives.next().await {
        let Sum { ends, saved, more, lost, doubled, restarts, stops, times, wrong } = life;
        sum.ends += ends;
        sum.saved += saved;
        sum.more += more;
        sum.lost += lost;
        sum.doubled += doubled;
        sum.restarts.extend(restarts);
        sum.stops.extend(stops);
        sum.times.extend(times);
        sum.wrong.extend(wrong);
        println!(
            "    {} so far: {} edits called saved, {} lost, {} doubled",
            sum.ends, sum.saved, sum.lost, sum.doubled
        );
    }
    sum.into_outcome(end)
}

/// What goes wrong is told with the seed that does it again, and leaves its folder.
async fn one_life(seed: u64, ends: u32, end: End) -> Sum {
    let mut sum = Sum::default();
    let name = match end {
        End::Kill => "kills",
        End::Stop => "stops",
    };
    let place = match own_folder() {
        Ok(place) => place,
        Err(problem) => {
            sum.wrong.push(format!("{problem:#}"));
            return sum;
        }
    };
    if let Err(problem) = live(place.path(), seed, ends, end, &mut sum).await {
        let kept = tools::keep(place.path(), &format!("{name}-{seed}"));
        // The first of these lives is this one.
        let again = format!("cargo xtask chaos --only {name} --{name} {} --seed {seed}", ENDS_A_LIFE * SIDE_BY_SIDE);
        sum.wrong.push(format!("{problem:#}\n      again: {again}\n      kept: {kept:?}"));
    }
    sum
}

async fn live(place: &std::path::Path, seed: u64, ends: u32, end: End, sum: &mut Sum) -> Result<()> {
    let mut chance = Chance::new(seed);
    let mut group = Group::start(place.join("server"), place.join("log")).await?;
    let mut crew = Crew::gather(&group, Size::USUAL, &mut chance).await.context("making the documents")?;
    for number in 1..=ends {
        let moment = chance.time(MOMENTS);
        match end {
            // Also before anything is saved.
            End::Kill => {
                crew.begin(Order::Write);
                tokio::time::sleep(moment).await;
                group.kill();
            }
            End::Stop => {
                crew.write_for(moment).await?;
                let (status, took) = group.stop().await?;
                ensure!(status.success(), "stop {number}: the server ended with {status}");
                sum.stops.push(u32::try_from(took.as_micros())?);
            }
        }
        crew.go_home().await?;
        let ready = group.restart().await.with_context(|| format!("end {number}: it does not come back"))?;
        sum.restarts.push(u32::try_from(ready.as_micros())?);
        let Found { saved: _, more, lost, doubled, wrong } = crew.compare(group.listens()).await?;
        sum.ends += 1;
        sum.more += more;
        sum.lost += lost;
        sum.doubled += doubled;
        ensure!(wrong.is_empty(), "after end {number}, {moment:?} into it: {}", wrong.join("\n"));
    }
    crew.finish().await.context("everybody came back")?;
    let Found { saved, more: _, lost, doubled, wrong } = crew.compare(group.listens()).await?;
    sum.saved += saved;
    sum.lost += lost;
    sum.doubled += doubled;
    ensure!(wrong.is_empty(), "at the end: {}", wrong.join("\n"));
    crew.all_alike(group.listens()).await?;
    sum.times = crew.times();
    group.kill();
    tools::check(&group.data()).await
}

impl Sum {
    fn into_outcome(mut self, end: End) -> Outcome {
        for times in [&mut self.restarts, &mut self.stops, &mut self.times] {
            times.sort_unstable();
        }
        let (ends, saved, lost, doubled, more) =
            (counted(self.ends), counted(self.saved), counted(self.lost), counted(self.doubled), counted(self.more));
        let found = format!(
            "{saved} edits called saved, {lost} lost, {doubled} doubled; {more} not called so yet were there too"
        );
        let whole = self.lost == 0 && self.doubled == 0 && self.wrong.is_empty();
        let people = Size::USUAL.documents * Size::USUAL.writers;
        let longest = self.restarts.last().copied().unwrap_or_default();
        let restart = format!(
            "half of the times within {}, all within {}",
            millis(percentile(&self.restarts, 50)),
            millis(longest)
        );
        let ready_in_time = Duration::from_micros(longest.into()) < SERVES_WITHIN;
        let mut rows = Vec::new();
        match end {
            End::Kill => {
                let what = format!("{ends} times the server is killed at once (`kill -9`) while {people} people type");
                rows.push(Row::new(what, found, "0 lost, 0 doubled", whole));
                let what = format!("… until it takes edits again, over {ends} restarts");
                rows.push(Row::timed(what, restart, "< 1 s", ready_in_time));
                let within = |percent| millis(percentile(&self.times, percent));
                let found = format!("half of them within {}, 99 % within {}", within(50), within(99));
                rows.push(Row::told("… from a key to “saved”, disk and interruptions included", found));
            }
            End::Stop => {
                let what = format!("{ends} times the server is asked to stop (SIGTERM) while {people} people type");
                rows.push(Row::new(what, found, "0 lost, 0 doubled", whole));
                let longest = self.stops.last().copied().unwrap_or_default();
                let in_time = Duration::from_micros(longest.into()) < STOPS_WITHIN;
                rows.push(Row::timed(
                    "… until it has ended",
                    format!("all within {}", millis(longest)),
                    "< 5 s",
                    in_time,
                ));
            }
        }
        Outcome { rows, wrong: self.wrong }
    }
}
