//! The program's other commands, and what is kept of a trial that went wrong.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use e2e::engine::own_folder;
use e2e::{target, tool};
use tokio::process::{Child, Command};

use crate::page::{Outcome, Row};

/// `gongbei check`: every log with its checksums, every document, every image.
pub async fn check(data: &Path) -> Result<()> {
    run(tool()?.arg("check").arg("--data").arg(data)).await
}

/// `gongbei backup` or `restore`, to its end.
pub async fn copy(word: &str, file: &Path, data: &Path) -> Result<()> {
    run(tool()?.arg(word).arg(file).arg("--data").arg(data)).await
}

/// The same, to be killed.
pub fn begin_to_copy(word: &str, file: &Path, data: &Path) -> Result<Child> {
    begin(tool()?.arg(word).arg(file).arg("--data").arg(data))
}

/// `gongbei compact`, to its end.
pub async fn compact(data: &Path) -> Result<()> {
    run(tool()?.arg("compact").arg("--data").arg(data)).await
}

/// The same, to be killed.
pub fn begin_to_compact(data: &Path) -> Result<Child> {
    begin(tool()?.arg("compact").arg("--data").arg(data))
}

fn begin(command: &mut Command) -> Result<Child> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().context("cannot start gongbei")
}

async fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().await.context("cannot start gongbei")?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    ensure!(output.status.success(), "{:?} ended with {}: {}", command.as_std(), output.status, said.trim());
    Ok(())
}

/// A trial in a folder of its own, which is kept if it goes wrong.
pub async fn in_own_folder(name: &str, seed: u64, trial: impl AsyncFnOnce(&Path) -> Result<Vec<Row>>) -> Outcome {
    let played = async {
        let place = own_folder()?;
        let tried = trial(place.path()).await;
        if tried.is_err() {
            let kept = keep(place.path(), &format!("{name}-{seed}"))?;
            return tried.with_context(|| format!("{name}, seed {seed}, kept in {}", kept.display()));
        }
        tried
    };
    Outcome::from(played.await)
}

/// Copies a folder to target/chaos, where it stays for whoever looks for the reason.
pub fn keep(folder: &Path, name: &str) -> Result<PathBuf> {
    let kept = target().join("chaos").join(name);
    std::fs::remove_dir_all(&kept).ok();
    std::fs::create_dir_all(kept.parent().unwrap_or(&kept))?;
    let status = std::process::Command::new("cp").arg("-r").arg(folder).arg(&kept).status()?;
    ensure!(status.success(), "cannot keep {}", folder.display());
    Ok(kept)
}
