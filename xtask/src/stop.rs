//! Ctrl-C. The terminal sends it to all programs of the command; ours lets the others end first and then says how to go on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result};
use signal_hook::consts::SIGINT;
use signal_hook::flag;

static ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

pub const WORDS: &str = "stopped; the same command goes on where it stopped";

/// From now on the first Ctrl-C is noted, and the second ends us at once.
pub fn listen() -> Result<()> {
    flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&ASKED)).context("cannot listen for Ctrl-C")?;
    flag::register(SIGINT, Arc::clone(&ASKED)).context("cannot listen for Ctrl-C")?;
    Ok(())
}

/// Whether Ctrl-C was pressed.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
