//! Lines that are cut, and lines on which nothing arrives any more without anybody being told.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use e2e::engine::Chance;
use e2e::{Group, Line, until_within};

use crate::crew::{Crew, Found, Size};
use crate::page::{Outcome, Row, counted};
use crate::tools;
use crate::writer::Order;

/// From so many times on there is time to wait until the server gives up what is half open.
const LONG: u32 = 5;
const GIVEN_UP_WITHIN: Duration = Duration::from_secs(75);
const SETTLES: Duration = Duration::from_secs(2);
/// Pages notice a dead line after four seconds here.
const NOTICED_WITHIN: Duration = Duration::from_secs(12);

pub async fn play(times: u32, seed: u64) -> Outcome {
    tools::in_own_folder("lines", seed, async |place| cut_again_and_again(place, times, seed).await).await
}

async fn cut_again_and_again(place: &Path, times: u32, seed: u64) -> Result<Vec<Row>> {
    let mut chance = Chance::new(seed);
    let group = Group::start(place.join("server"), place.join("log")).await?;
    let mut crew = Crew::gather(&group, Size::SMALL, &mut chance).await?;
    let (cut, half_open) = (Line::to(group.listens()).await?, Line::to(group.listens()).await?);
    crew.redirect(0, cut.near());
    crew.redirect(1, half_open.near());
    for _ in 0..times {
        crew.write_for(chance.time(Duration::from_millis(300)..Duration::from_millis(900))).await?;
        // Those who were there hear nothing more; who comes anew gets through.
        half_open.forget();
        for _ in 0..3 {
            cut.cut();
            tokio::time::sleep(chance.time(Duration::from_millis(50)..Duration::from_millis(900))).await;
            cut.mend();
            tokio::time::sleep(chance.time(Duration::from_millis(50)..Duration::from_millis(600))).await;
        }
        crew.order(Order::Rest);
        let unsaved = async || Ok(crew.unsaved());
        until_within(NOTICED_WITHIN, "edits of dead lines", unsaved, |left| *left == 0).await?;
        crew.finish().await?;
        half_open.mend();
    }
    let Found { saved, more: _, lost, doubled, wrong } = crew.compare(group.listens()).await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    crew.all_alike(group.listens()).await?;
    let found = format!("{} edits called saved, {lost} lost, {doubled} doubled; all pages alike", counted(saved));
    let ends = counted(times * 4 * Size::SMALL.documents as u32);
    let what = format!("{ends} connections cut or left half open while people type");
    let mut rows = vec![Row::new(what, found, "0 lost, 0 doubled", lost + doubled == 0)];
    if times >= LONG {
        rows.push(half_open_are_given_up(&group, &mut crew, &half_open).await?);
    }
    Ok(rows)
}

/// Sockets whose other end is silent must not stay for ever.
async fn half_open_are_given_up(group: &Group, crew: &mut Crew, line: &Line) -> Result<Row> {
    let process = group.process()?;
    // Those who have gone home are let go of first.
    tokio::time::sleep(SETTLES).await;
    let before = open_files(process)?;
    crew.write_for(Duration::from_secs(1)).await?;
    line.forget();
    crew.go_home().await?;
    let (sockets, began) = (crew.documents.len(), Instant::now());
    tokio::time::sleep(SETTLES).await;
    ensure!(open_files(process)? >= before + sockets, "these sockets are not half open, but closed");
    // Documents that nobody has open any more hold no files; sockets do.
    let held = async || Ok(open_files(process)?.saturating_sub(before));
    until_within(GIVEN_UP_WITHIN, "sockets that are half open", held, |held| *held == 0).await.context("line")?;
    let found = format!("after {} s", began.elapsed().as_secs());
    line.mend();
    Ok(Row::new(format!("{sockets} half-open connections: the server lets go of them"), found, "within 75 s", true))
}

fn open_files(process: u32) -> Result<usize> {
    Ok(std::fs::read_dir(format!("/proc/{process}/fd")).context("the server is gone")?.count())
}
