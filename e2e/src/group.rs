//! The server: the real binary with the demo group in a data folder of its own.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::api::Api;
use crate::family::Family;
use crate::wait::until;

/// A running server. Dropped, it is killed.
pub struct Group {
    listen: SocketAddr,
    folder: PathBuf,
    log: PathBuf,
    server: Option<Family>,
}

impl Group {
    /// Starts the demo group with its data in `folder`; `log` receives what the server says.
    pub async fn start(folder: PathBuf, log: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        let mut group = Self { listen: own_address(), folder, log, server: None };
        group.restart().await?;
        Ok(group)
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

    /// Starts the server on its old address and data, and waits until it takes edits.
    pub async fn restart(&mut self) -> Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = Command::new(binary()?);
        command.args(["serve", "--demo", "--listen", &self.listen.to_string(), "--data"]);
        command.arg(self.folder.join("data")).stdout(log.try_clone()?).stderr(log);
        let ready = format!("{}/readyz", self.address());
        let server = self.server.insert(Family::start(&mut command, &self.folder)?);
        until(
            "the server is ready",
            async || {
                if let Some(status) = server.ended()? {
                    bail!("the server ended with {status}");
                }
                Ok(reqwest::get(&ready).await?.status().as_u16())
            },
            |status| *status == 200,
        )
        .await
        .with_context(|| format!("see {}", self.log.display()))?;
        Ok(())
    }
}

/// An address of this machine that no other play has: every process has a loopback address of its own, and connections
/// never take a port as low as these. So a server that was killed finds its place free when it comes back.
fn own_address() -> SocketAddr {
    static PLAYS: AtomicU16 = AtomicU16::new(8080);
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    let address = Ipv4Addr::new(127, 1 + high, middle, low);
    (address, PLAYS.fetch_add(1, Ordering::Relaxed)).into()
}

/// `GONGBEI_BIN`, or what `cargo xtask build` leaves.
fn binary() -> Result<PathBuf> {
    let binary = std::env::var_os("GONGBEI_BIN").map_or_else(|| target().join("release/gongbei"), PathBuf::from);
    if !binary.is_file() {
        bail!("{} is missing; run `cargo xtask build`", binary.display());
    }
    Ok(binary)
}

/// The workspace's target folder.
pub fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("e2e lies in the root folder");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}
