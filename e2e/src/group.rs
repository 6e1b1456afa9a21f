//! The server: the real binary with the demo group in a data folder of its own.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::api::Api;
use crate::wait::until;

/// A running server. Dropped, it is killed and its data is gone.
pub struct Group {
    port: u16,
    data: TempDir,
    log: PathBuf,
    server: Option<Child>,
}

impl Group {
    /// Starts the demo group; `log` receives what the server says.
    pub async fn start(log: &Path) -> Result<Self> {
        let mut group = Self { port: free_port()?, data: TempDir::new()?, log: log.to_owned(), server: None };
        group.restart().await?;
        Ok(group)
    }

    /// `http://127.0.0.1:PORT`
    pub fn address(&self) -> String {
        address(self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
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
    pub async fn kill(&mut self) -> Result<()> {
        let mut server = self.server.take().context("the server does not run")?;
        server.kill().await.context("cannot kill the server")
    }

    /// Starts the server on its old port and data, and waits until it takes edits.
    pub async fn restart(&mut self) -> Result<()> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let server = Command::new(binary()?)
            .args(["serve", "--demo", "--listen", &format!("127.0.0.1:{}", self.port), "--data"])
            .arg(self.data.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the server")?;
        let server = self.server.insert(server);
        let ready = format!("{}/readyz", address(self.port));
        until(
            "the server is ready",
            async || {
                if let Some(status) = server.try_wait()? {
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

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// A port nobody listens on at the moment.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
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
