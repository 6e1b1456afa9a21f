//! Reading in a process of its own, which may fail without harm.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

use super::{MAX_FILE_BYTES, NoTable, Table, read};
use crate::confined::{Confines, confine_this_process};

/// Real rosters take a fraction of this.
const WITHIN: Duration = Duration::from_secs(10);
const MEMORY: u64 = 256 << 20;
/// Tables at a time: each may take that much memory.
const AT_ONCE: usize = 2;
/// The largest table whose cells are all as long as they may be is larger; no roster is.
const MAX_ANSWER: u64 = 32 << 20;

/// Reads tables by a process of its own each.
pub struct TableReader {
    /// The program that reads a table and ends, `gongbei read-table`.
    program: PathBuf,
    turns: Semaphore,
}

impl TableReader {
    pub fn new(program: PathBuf) -> Self {
        Self { program, turns: Semaphore::new(AT_ONCE) }
    }

    pub async fn read(&self, bytes: &[u8]) -> Result<Table, NoTable> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(NoTable::TooLarge);
        }
        let _turn = self.turns.acquire().await.map_err(|_| NoTable::TooSlow)?;
        let mut command = Command::new(&self.program);
        command.arg("read-table").env_clear().kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let child = command.spawn().map_err(|error| {
            tracing::error!("cannot start a process that reads a table: {error}");
            NoTable::Unreadable
        })?;
        match tokio::time::timeout(WITHIN, answer(child, bytes)).await {
            Ok(Ok(answer)) => serde_json::from_slice(&answer).unwrap_or(Err(NoTable::Unreadable)),
            Ok(Err(_)) => Err(NoTable::Unreadable),
            Err(_) => Err(NoTable::TooSlow),
        }
    }
}

async fn answer(mut child: Child, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else { return Err(io::ErrorKind::BrokenPipe.into()) };
    let mut answer = Vec::new();
    let give = async move {
        // Who has seen enough does not read on; the answer says so.
        stdin.write_all(bytes).await.ok();
    };
    let mut stdout = stdout.take(MAX_ANSWER);
    let ((), read) = tokio::join!(give, stdout.read_to_end(&mut answer));
    read?;
    child.wait().await?;
    Ok(answer)
}

/// `gongbei read-table`: the file on the standard input, the table or why there is none as JSON on the standard output.
pub fn read_in_own_process() -> anyhow::Result<()> {
    confine_this_process(Confines { memory: MEMORY, cpu_seconds: WITHIN.as_secs() })?;
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let table = read(&bytes);
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &table)?;
    out.flush()?;
    Ok(())
}
