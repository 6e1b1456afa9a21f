//! How fast files come in and go out, beside what the disk and the line give: `cargo bench -p server --bench transfer`.
//!
//! One file of 512 MiB over HTTP on loopback, uploaded by one PATCH and downloaded by one GET, against writing the same
//! bytes to the same disk with one fsync and against copying them through a bare socket. The goal: 80 % of the slower of
//! the two on the way in, 80 % of the line on the way out, and memory that does not grow with the file.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bytes::Bytes;
use futures_util::stream;
use reqwest::{Body, Client, Method, RequestBuilder};
use serde_json::{Value, json};

const BYTES: u64 = 512 << 20;
const PIECE: usize = 256 << 10;
/// Of what disk and line give.
const GOAL: f64 = 0.8;
/// By so much memory may differ between a file of 512 MiB and one of 64.
const MEMORY_GOAL: u64 = 24 << 20;
const ROUNDS: usize = 3;

fn main() -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(measure())
}

async fn measure() -> anyhow::Result<()> {
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut disk = Vec::new();
    let mut line = Vec::new();
    for _ in 0..ROUNDS {
        disk.push(bare_disk(&place.path().join("bare"))?);
        line.push(bare_line()?);
    }
    let server = Server::start(place.path())?;
    let person = Person::sign_in(server.address).await?;
    // Memory of the allocator and its threads is there before anything is measured.
    let small = person.upload(64 << 20, 0).await?;
    person.download(&small.place, 64 << 20).await?;
    let before = server.peak()?;
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let uploaded = person.upload(BYTES, 1 + round as u64).await?;
        up.push(uploaded.took);
        down.push(person.download(&uploaded.place, BYTES).await?);
    }
    let after = server.peak()?;

    let (disk, line, up, down) = (median(disk), median(line), median(up), median(down));
    let slower = disk.max(line);
    println!("| what | MiB/s | of the bare one |");
    println!("|---|---|---|");
    println!("| disk alone: write and fsync | {:.0} | – |", speed(disk));
    println!("| loopback alone | {:.0} | – |", speed(line));
    println!("| upload until it is said to be durable | {:.0} | {:.0} % |", speed(up), share(slower, up));
    println!("| download | {:.0} | {:.0} % |", speed(down), share(line, down));
    println!(
        "| memory of the server, at most | {} MiB after 64 MiB, {} MiB after 512 MiB | – |",
        before >> 20,
        after >> 20
    );
    ensure!(after.saturating_sub(before) <= MEMORY_GOAL, "memory grows with the file");
    for (what, bare, ours) in [("upload", slower, up), ("download", line, down)] {
        if share(bare, ours) < GOAL * 100.0 {
            println!("missed: {what} below {:.0} %", GOAL * 100.0);
        }
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn speed(took: Duration) -> f64 {
    (BYTES >> 20) as f64 / took.as_secs_f64()
}

fn share(bare: Duration, ours: Duration) -> f64 {
    bare.as_secs_f64() / ours.as_secs_f64() * 100.0
}

fn bare_disk(path: &Path) -> anyhow::Result<Duration> {
    let piece = vec![7; PIECE];
    let begun = Instant::now();
    let mut file = std::fs::File::create(path)?;
    for _ in 0..BYTES / PIECE as u64 {
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    let took = begun.elapsed();
    std::fs::remove_file(path)?;
    Ok(took)
}

fn bare_line() -> anyhow::Result<Duration> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let sender = std::thread::spawn(move || -> std::io::Result<()> {
        let mut socket = TcpStream::connect(address)?;
        let piece = vec![7; PIECE];
        for _ in 0..BYTES / PIECE as u64 {
            socket.write_all(&piece)?;
        }
        Ok(())
    });
    let (mut socket, _) = listener.accept()?;
    let begun = Instant::now();
    let mut buffer = vec![0; PIECE];
    while socket.read(&mut buffer)? > 0 {}
    let took = begun.elapsed();
    sender.join().ok().context("the sender has panicked")??;
    Ok(took)
}

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(data: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gongbei"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.join("data"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let said = std::io::BufReader::new(child.stdout.take().context("its output")?);
        let address = std::io::BufRead::lines(said)
            .map_while(Result::ok)
            .find_map(|line| line.rsplit_once("http://").map(|(_, address)| address.trim().to_owned()))
            .context("the server says where it listens")?;
        Ok(Self { child, address: address.parse()? })
    }

    /// The most memory it has had, in bytes.
    fn peak(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? << 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

struct Person {
    http: Client,
    site: String,
    cookie: String,
}

struct Uploaded {
    place: String,
    took: Duration,
}

impl Person {
    async fn sign_in(address: SocketAddr) -> anyhow::Result<Self> {
        let (http, site) = (Client::new(), format!("http://{address}"));
        let body = json!({"login": "zhou", "password": "gongbei-demo"});
        let answer = http.post(format!("{site}/api/session")).json(&body).send().await?.error_for_status()?;
        let cookie = answer.headers()["set-cookie"].to_str()?.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { http, site, cookie })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.site));
        request.header("cookie", &self.cookie).header("origin", &self.site).header("tus-resumable", "1.0.0")
    }

    async fn upload(&self, bytes: u64, number: u64) -> anyhow::Result<Uploaded> {
        let begun = self.request(Method::POST, "/api/uploads").header("upload-length", bytes).send().await?;
        let place = begun.error_for_status()?.headers()["location"].to_str()?.to_owned();
        // No two files are the same.
        let first = Bytes::from([&number.to_le_bytes()[..], &vec![7; PIECE - 8]].concat());
        let piece = Bytes::from(vec![7; PIECE]);
        let pieces = (0..bytes / PIECE as u64)
            .map(move |n| Ok::<_, std::io::Error>(if n == 0 { first.clone() } else { piece.clone() }));
        let begun = Instant::now();
        let sent = self
            .request(Method::PATCH, &place)
            .header("upload-offset", 0)
            .header("content-type", "application/offset+octet-stream")
            .body(Body::wrap_stream(stream::iter(pieces)))
            .send()
            .await?
            .error_for_status()?;
        let took = begun.elapsed();
        ensure!(sent.headers()["upload-offset"].to_str()? == bytes.to_string());
        let checked = Instant::now();
        loop {
            let card: Value = self.request(Method::GET, &format!("{place}?wait=1")).send().await?.json().await?;
            match card["state"]["is"].as_str() {
                Some("ready") => break,
                Some("checking") => ensure!(checked.elapsed() < Duration::from_secs(120), "the check takes too long"),
                _ => anyhow::bail!("refused: {card}"),
            }
        }
        Ok(Uploaded { place, took })
    }

    async fn download(&self, place: &str, bytes: u64) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let mut answer = self.request(Method::GET, &format!("{place}/bytes")).send().await?.error_for_status()?;
        let mut came = 0;
        while let Some(piece) = answer.chunk().await? {
            came += piece.len() as u64;
        }
        ensure!(came == bytes, "{came} bytes came");
        Ok(begun.elapsed())
    }
}
