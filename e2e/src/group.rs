//! The server: the real binary with the demo group in a data folder of its own.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::api::Api;
use crate::family::Family;
use crate::wait::PATIENCE;

/// A running server. Dropped, it is killed.
pub struct Group {
    listen: SocketAddr,
    folder: PathBuf,
    log: PathBuf,
    /// Variables that the server reads.
    settings: Vec<(&'static str, &'static str)>,
    server: Option<Family>,
}

impl Group {
    /// Starts the demo group with its data in `folder`; `log` receives what the server says.
    pub async fn start(folder: PathBuf, log: PathBuf) -> Result<Self> {
        let mut group = Self::prepare(folder, log)?;
        group.restart().await?;
        Ok(group)
    }

    /// The same without a running server yet.
    pub fn prepare(folder: PathBuf, log: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { listen: own_address(), folder, log, settings: Vec::new(), server: None })
    }

    /// `http://ADDRESS:PORT`
    pub fn address(&self) -> String {
        format!("http://{}", self.listen)
    }

    pub fn listens(&self) -> SocketAddr {
        self.listen
    }

    /// An account's way to the HTTP API.
    pub async fn api(&self, login: &str) -> Result<Api> {
        Api::sign_in(&self.address(), login).await
    }

    /// Signs out whoever has this cookie.
    pub async fn end_session(&self, cookie: &str) -> Result<()> {
        Api::with_cookie(&self.address(), cookie).delete("/api/session").await
    }

    /// SIGKILL, as a power cut would do it to a process; returns when it is gone.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// SIGTERM, as whoever runs it would stop it; how it ended, and after how long.
    pub async fn stop(&mut self) -> Result<(ExitStatus, Duration)> {
        let mut server = self.server.take().context("no server runs")?;
        let asked = Instant::now();
        server.ask_to_end();
        loop {
            if let Some(status) = server.ended()? {
                return Ok((status, asked.elapsed()));
            }
            ensure!(asked.elapsed() < PATIENCE, "the server did not stop; see {}", self.log.display());
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Starts the server on its old address and data, and waits until it takes edits; how long that took.
    pub async fn restart(&mut self) -> Result<Duration> {
        let began = Instant::now();
        self.begin()?;
        self.until_ready().await.with_context(|| format!("see {}", self.log.display()))?;
        Ok(began.elapsed())
    }

    /// From the next start on the server runs with these, by their `GONGBEI_…` names.
    pub fn set(&mut self, settings: impl IntoIterator<Item = (&'static str, &'static str)>) {
        self.settings.extend(settings);
    }

    /// Starts the server and does not wait.
    pub fn begin(&mut self) -> Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = tool()?;
        command.args(["serve", "--demo", "--listen", &self.listen.to_string(), "--data"]);
        // More than a server says at work: what nobody may read is looked for in it.
        command.env("GONGBEI_LOG", "debug");
        command.arg(self.data()).envs(self.settings.iter().copied()).stdout(log.try_clone()?).stderr(log);
        self.server = Some(Family::start(&mut command, &self.folder)?);
        Ok(())
    }

    async fn until_ready(&mut self) -> Result<()> {
        let server = self.server.as_mut().context("no server runs")?;
        let ready = format!("http://{}/readyz", self.listen);
        let began = Instant::now();
        loop {
            // Listening comes first, and is asked for at less cost.
            if TcpStream::connect(self.listen).await.is_ok()
                && let Ok(answer) = reqwest::get(&ready).await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if let Some(status) = server.ended()? {
                bail!("the server ended with {status}");
            }
            ensure!(began.elapsed() < PATIENCE, "the server is not ready after {PATIENCE:?}");
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// All that the servers of this group have said so far.
    pub fn said(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(&self.log)?).into_owned())
    }

    /// The running server's process number.
    pub fn process(&self) -> Result<u32> {
        Ok(self.server.as_ref().context("no server runs")?.number())
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

/// How often a server that starts or stops is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// An address of this machine that no other play has: every process has a loopback address of its own, and connections
/// never take a port as low as these. So a server that was killed finds its place free when it comes back.
fn own_address() -> SocketAddr {
    static PLAYS: AtomicU16 = AtomicU16::new(8080);
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    let address = Ipv4Addr::new(127, 1 + high, middle, low);
    (address, PLAYS.fetch_add(1, Ordering::Relaxed)).into()
}

/// The program itself, for any of its commands.
pub fn tool() -> Result<Command> {
    let binary = binary();
    ensure!(binary.is_file(), "{} is missing; run `cargo xtask build`", binary.display());
    Ok(Command::new(binary))
}

/// `GONGBEI_BIN`, or what `cargo xtask build` leaves.
pub fn binary() -> PathBuf {
    std::env::var_os("GONGBEI_BIN").map_or_else(|| target().join("release/gongbei"), PathBuf::from)
}

/// The workspace's target folder.
pub fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("e2e lies in the root folder");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}
