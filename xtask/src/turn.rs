//! Two builds in one folder would trip over each other: one at a time.

use std::fs::{self, File, TryLockError};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{place, stop};

/// Waits until no other `cargo xtask` is at work in this folder. The turn ends when the answer is dropped, and when
/// another program takes our place.
pub fn take() -> Result<File> {
    let path = place::stamps().join("turn");
    let cannot = || format!("cannot write {}", path.display());
    fs::create_dir_all(place::stamps()).with_context(cannot)?;
    let file = File::create(&path).with_context(cannot)?;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(problem)) => return Err(problem).with_context(cannot),
            Err(TryLockError::WouldBlock) if stop::asked() => bail!(stop::WORDS),
            Err(TryLockError::WouldBlock) if !told => {
                println!("Another `cargo xtask` is at work in this folder; this one waits for it (Ctrl-C to give up).");
                told = true;
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(200)),
        }
    }
}
