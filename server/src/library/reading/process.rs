//! The side of the server: a process for each file, two at a time, and what to make of how it ends.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::sync::Semaphore;

use shared::library::Unfit;

use super::answer::{self, Answer};
use super::claim::Claim;
use super::{MAX_PAGE_BYTES, MAX_THUMBNAIL_BYTES, Reading, is_picture};

/// By the clock on the wall; the process has 10 seconds of a processor.
const WITHIN: Duration = Duration::from_secs(15);
/// Files at a time: each may take its memory.
const AT_ONCE: usize = 2;

/// Reads files by a process of its own each.
pub struct FileReader {
    /// The program that reads a file and ends, `gongbei read-file`.
    program: PathBuf,
    turns: Semaphore,
}

impl FileReader {
    pub fn new(program: PathBuf) -> Self {
        Self { program, turns: Semaphore::new(AT_ONCE) }
    }

    /// What is in the file at `path`, which somebody calls `name`. Takes 15 seconds at most, and the wait for a turn.
    ///
    /// # Errors
    /// Why the file is not to be kept. A file that can only not be read is kept: then `facts.unread` says why.
    pub async fn read(&self, path: &Path, name: &str) -> Result<Reading, Unfit> {
        let claim = Claim::of_name(name)?;
        // The name itself would be seen in the list of processes.
        let (answer, unread) = self.ask(path, &["--ending", claim.as_str()]).await?;
        if let Some(why) = answer.refused {
            return Err(why);
        }
        let mut facts = answer.facts.ok_or(unread)?;
        if !answer.ended && facts.unread.is_some() {
            facts.unread = Some(unread);
        }
        let thumbnail = answer.picture.filter(|bytes| is_picture(bytes, MAX_THUMBNAIL_BYTES));
        facts.has_thumbnail = thumbnail.is_some();
        Ok(Reading { facts, text: answer.text, thumbnail })
    }

    /// A picture (WebP or JPEG) of a page of a PDF, the first being 1, about `width` pixels wide: 100 to 2,000.
    ///
    /// # Errors
    /// [`Unfit::Damaged`] if there is no such page, or nothing can be shown of it; [`Unfit::TooMuch`] if that takes too
    /// long; [`Unfit::Locked`] if there is a password.
    pub async fn page(&self, path: &Path, number: u32, width: u32) -> Result<Vec<u8>, Unfit> {
        let (number, width) = (number.to_string(), width.to_string());
        let (answer, unread) = self.ask(path, &["--page", &number, "--width", &width]).await?;
        let picture = answer.picture.filter(|bytes| is_picture(bytes, MAX_PAGE_BYTES));
        picture.ok_or(answer.refused.unwrap_or(unread))
    }

    /// The answer, and why there is no more of it if it did not come to its end.
    async fn ask(&self, path: &Path, arguments: &[&str]) -> Result<(Answer, Unfit), Unfit> {
        let _turn = self.turns.acquire().await.map_err(|_| Unfit::TooMuch)?;
        match self.answer(path, arguments).await {
            Ok((answer, ended)) => Ok((Answer::of(&answer), ended)),
            Err(error) => {
                tracing::error!("cannot start a process that reads a file: {error}");
                Err(Unfit::Damaged)
            }
        }
    }

    async fn answer(&self, path: &Path, arguments: &[&str]) -> io::Result<(Vec<u8>, Unfit)> {
        let file = tokio::fs::File::open(path).await?.into_std().await;
        let mut command = Command::new(&self.program);
        command.arg("read-file").args(arguments).env_clear().kill_on_drop(true);
        command.stdin(Stdio::from(file)).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut answer = Vec::new();
        let mut stdout = stdout.take(answer::MAX_BYTES);
        // What was said before the time was up counts.
        let ended = tokio::time::timeout(WITHIN, async {
            stdout.read_to_end(&mut answer).await?;
            child.wait().await
        })
        .await;
        Ok(match ended {
            Ok(status) => (answer, why(status?)),
            Err(_) => {
                child.kill().await.ok();
                (answer, Unfit::TooMuch)
            }
        })
    }
}

/// What it was that a process with these limits did not survive.
#[cfg(unix)]
fn why(status: ExitStatus) -> Unfit {
    use std::os::unix::process::ExitStatusExt;
    /// No memory, stopped from outside, no time: as Linux numbers them.
    const LIMITS: [i32; 3] = [6, 9, 24];
    match status.signal() {
        Some(signal) if LIMITS.contains(&signal) => Unfit::TooMuch,
        Some(_) | None => Unfit::Damaged,
    }
}

#[cfg(not(unix))]
fn why(_: ExitStatus) -> Unfit {
    Unfit::Damaged
}
