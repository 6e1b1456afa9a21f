//! `cargo xtask bench`: how long teachers wait, in real browsers against the real server; for docs/performance.md.
//!
//! Figures are not judged here. Times of two windows are compared by the one clock of the machine they run on.

mod board;
mod library;
mod long_document;
mod page;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use e2e::{Stage, Teacher, Witness};

use board::BoardFigures;
use library::LibraryFigures;
use long_document::fill;
use report::{Figures, Report};

/// Keys per measurement, if nothing else is asked for.
const KEYS: usize = 300;
/// Colleagues who type besides the one whose keys are measured.
const COLLEAGUES: u32 = 4;
const CHARACTERS: [usize; 3] = [1_000, 30_000, 100_000];
const TABLE_ROWS: usize = 40;
const LONGEST: Duration = Duration::from_secs(1800);

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = PathBuf::from(arguments.next().context("usage: bench FILE.md [KEYS]")?);
    let what = arguments.next();
    if what.as_deref() == Some("library") {
        let mut figures = LibraryFigures::default();
        Stage::play("bench_library", async |stage| {
            figures = library::measure(stage).await?;
            Ok(())
        })
        .await?;
        println!("{}", report::library_table(&figures));
        return Ok(());
    }
    if what.as_deref() == Some("board") {
        let mut figures = BoardFigures::default();
        Stage::play_within(LONGEST, "bench_board", async |stage| {
            figures = board::measure(stage).await?;
            Ok(())
        })
        .await?;
        println!("{}", report::board_table(&figures));
        return Ok(());
    }
    let keys = what.map_or(Ok(KEYS), |keys| keys.parse()).context("KEYS is a number, or `library`, or `board`")?;
    let mut report = Report { keys, ..Report::default() };
    Stage::play_within(LONGEST, "bench", async |stage| measure(stage, &mut report).await).await?;
    println!("{}", report.table());
    report.write(&file)
}

async fn measure(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let keys = report.keys;
    report.library = library::measure(stage).await?;
    report.board = board::measure(stage).await?;
    let (zhou, lin) = tokio::try_join!(stage.teacher("zhou"), stage.teacher("lin"))?;
    for characters in CHARACTERS {
        let title = format!("{characters} 字的教案");
        let document = stage.shared_document("page", &title).await?;
        let author = Arc::new(stage.witness(&document).await?);
        let places = fill(&author, characters, TABLE_ROWS)?;
        for (visit, times) in [("first visit", &mut report.opening_first), ("again", &mut report.opening_again)] {
            let took = page::click_to_editable(&zhou, &title).await.with_context(|| format!("opening, {visit}"))?;
            times.push((characters, took));
        }
        page::click_to_editable(&lin, &title).await?;

        let alone = type_and_watch(&zhou, &lin, places.last_paragraph, keys).await?;
        report.alone.push((characters, alone));
        let colleagues = colleagues(stage, &document, &places.paragraphs).await?;
        let together = type_and_watch(&zhou, &lin, places.last_paragraph, keys).await?;
        colleagues.iter().for_each(tokio::task::JoinHandle::abort);
        report.together.push((characters, together));

        page::open_bare(&zhou).await?;
        zhou.put_caret_at_end(places.last_paragraph).await?;
        page::watch_own(&zhou).await?;
        type_keys(&zhou, keys).await?;
        report.bare.push((characters, page::own_figures(&zhou, keys).await?));
    }
    Ok(())
}

/// Types `keys` letters at the end of a line; how long until they were on both screens.
async fn type_and_watch(writer: &Teacher, reader: &Teacher, line: isize, keys: usize) -> Result<Figures> {
    writer.put_caret_at_end(line).await?;
    page::watch_own(writer).await?;
    page::watch_other(reader, line).await?;
    type_keys(writer, keys).await?;
    page::figures(writer, reader, keys).await
}

async fn type_keys(writer: &Teacher, keys: usize) -> Result<()> {
    for key in 0..keys {
        writer.type_text(["b", "e", "i", "k"][key % 4]).await?;
        // Between 60 and 120 ms, so that keys do not fall into step with frames.
        tokio::time::sleep(Duration::from_millis(60 + (key as u64 * 37) % 60)).await;
    }
    Ok(())
}

/// Stock clients that type five letters a second each, in paragraphs of their own.
async fn colleagues(stage: &Stage, document: &str, paragraphs: &[u32]) -> Result<Vec<tokio::task::JoinHandle<()>>> {
    let mut typing = Vec::new();
    for number in 0..COLLEAGUES {
        let witness: Witness = stage.witness(document).await?;
        let block = paragraphs[(number as usize + 1) * paragraphs.len() / (COLLEAGUES as usize + 2)];
        typing.push(tokio::spawn(async move {
            while witness.write(block, "字").is_ok() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }));
    }
    Ok(typing)
}
