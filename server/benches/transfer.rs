//! How fast files come in and go out, beside what the disk and the line give: `cargo bench -p server --bench transfer`.
//!
//! One file of 512 MiB over HTTP on loopback, uploaded by one PATCH and downloaded by one GET, beside the least that can be
//! done with the same bytes: one thread takes them from a socket and writes them to the same disk with one fsync, or reads
//! the file and sends it. The goal: 80 % of that each way, and memory that does not grow with the file.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

const BYTES: u64 = 512 << 20;
const PIECE: usize = 256 << 10;
/// Of what disk and line give together.
const GOAL: f64 = 0.8;
/// By so much memory may differ between a file of 512 MiB and one of 64.
const MEMORY_GOAL: u64 = 24 << 20;
const ROUNDS: usize = 3;

fn main() -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(measure())
}

async fn measure() -> anyhow::Result<()> {
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let bare = place.path().join("bare");
    let (mut disk, mut line, mut bare_up, mut bare_down) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        disk.push(bare_disk(&bare)?);
        line.push(bare_line()?);
        bare_up.push(bare_upload(&bare)?);
        bare_down.push(bare_download(&bare)?);
    }
    std::fs::remove_file(&bare)?;
    let server = Server::start(place.path())?;
    let person = Person::sign_in(server.address).await?;
    // Memory of the allocator and its threads is there before anything is measured.
    let small = person.upload(64 << 20, 0).await?;
    person.download(&small.place, 64 << 20)?;
    let before = server.peak()?;
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let uploaded = person.upload(BYTES, 1 + round as u64).await?;
        up.push(uploaded.took);
        down.push(person.download(&uploaded.place, BYTES)?);
    }
    let after = server.peak()?;

    let [disk, line, bare_up, bare_down, up, down] = [disk, line, bare_up, bare_down, up, down].map(median);
    println!("| what | MiB/s | of the bare one |");
    println!("|---|---|---|");
    println!("| disk alone: write and fsync | {:.0} | – |", speed(disk));
    println!("| loopback alone | {:.0} | – |", speed(line));
    println!("| both, bare: from a socket into a file, and fsync | {:.0} | – |", speed(bare_up));
    println!("| both, bare: from a file into a socket | {:.0} | – |", speed(bare_down));
    println!("| upload until it is said to be durable | {:.0} | {:.0} % |", speed(up), share(bare_up, up));
    println!("| download | {:.0} | {:.0} % |", speed(down), share(bare_down, down));
    println!(
        "| memory of the server, at most | {} MiB after 64 MiB, {} MiB after 512 MiB | – |",
        before >> 20,
        after >> 20
    );
    ensure!(after.saturating_sub(before) <= MEMORY_GOAL, "memory grows with the file");
    for (what, bare, ours) in [("upload", bare_up, up), ("download", bare_down, down)] {
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

/// Writes a file and syncs it.
fn bare_disk(path: &Path) -> anyhow::Result<Duration> {
    let piece = vec![7; PIECE];
    let begun = Instant::now();
    let mut file = std::fs::File::create(path)?;
    for _ in 0..BYTES / PIECE as u64 {
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    Ok(begun.elapsed())
}

/// Memory to memory.
fn bare_line() -> anyhow::Result<Duration> {
    let piece = vec![7; PIECE];
    over_loopback(move |socket| all_pieces(|_| socket.write_all(&piece)), |_| Ok(()))
}

/// From the line into a file that is synced at the end.
fn bare_upload(path: &Path) -> anyhow::Result<Duration> {
    let piece = vec![7; PIECE];
    let mut file = std::fs::File::create(path)?;
    let begun = Instant::now();
    over_loopback(move |socket| all_pieces(|_| socket.write_all(&piece)), |came| file.write_all(came))?;
    file.sync_all()?;
    Ok(begun.elapsed())
}

/// From a file onto the line.
fn bare_download(path: &Path) -> anyhow::Result<Duration> {
    let mut file = std::fs::File::open(path)?;
    let mut piece = vec![0; PIECE];
    let send = move |socket: &mut TcpStream| {
        all_pieces(|_| {
            file.read_exact(&mut piece)?;
            socket.write_all(&piece)
        })
    };
    over_loopback(send, |_| Ok(()))
}

fn all_pieces(each: impl FnMut(u64) -> std::io::Result<()>) -> std::io::Result<()> {
    (0..BYTES / PIECE as u64).try_for_each(each)
}

fn over_loopback(
    send: impl FnOnce(&mut TcpStream) -> std::io::Result<()> + Send + 'static,
    mut take: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> anyhow::Result<Duration> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let sender = std::thread::spawn(move || send(&mut TcpStream::connect(address)?));
    let (mut socket, _) = listener.accept()?;
    let begun = Instant::now();
    let mut buffer = vec![0; PIECE];
    loop {
        let came = socket.read(&mut buffer)?;
        if came == 0 {
            break;
        }
        take(&buffer[..came])?;
    }
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
    address: SocketAddr,
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
        Ok(Self { http, address, site, cookie })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.site));
        request.header("cookie", &self.cookie).header("origin", &self.site).header("tus-resumable", "1.0.0")
    }

    async fn upload(&self, bytes: u64, number: u64) -> anyhow::Result<Uploaded> {
        let begun = self.request(Method::POST, "/api/uploads").header("upload-length", bytes).send().await?;
        let place = begun.error_for_status()?.headers()["location"].to_str()?.to_owned();
        let took = self.send(&place, bytes, number)?;
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

    /// All of the file in one request. No two numbers give the same file.
    fn send(&self, place: &str, bytes: u64, number: u64) -> anyhow::Result<Duration> {
        let mut piece = vec![7; PIECE];
        piece[..8].copy_from_slice(&number.to_le_bytes());
        let begun = Instant::now();
        let mut socket = self.ask(
            "PATCH",
            place,
            &format!(
                "upload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: {bytes}\r\n"
            ),
        )?;
        for _ in 0..bytes / PIECE as u64 {
            socket.write_all(&piece)?;
        }
        let head = head(&mut socket)?;
        let took = begun.elapsed();
        ensure!(head.starts_with("HTTP/1.1 204") && head.contains(&format!("upload-offset: {bytes}\r\n")), "{head}");
        Ok(took)
    }

    fn download(&self, place: &str, bytes: u64) -> anyhow::Result<Duration> {
        let mut buffer = vec![0; PIECE];
        let begun = Instant::now();
        let mut socket = self.ask("GET", &format!("{place}/bytes"), "")?;
        let head = head(&mut socket)?;
        ensure!(head.starts_with("HTTP/1.1 200"), "{head}");
        let mut came = 0;
        while came < bytes {
            let read = socket.read(&mut buffer)?;
            ensure!(read > 0, "{came} bytes came");
            came += read as u64;
        }
        Ok(begun.elapsed())
    }

    /// The head of a request, on a socket as bare as the one it is compared with.
    fn ask(&self, method: &str, path: &str, headers: &str) -> anyhow::Result<TcpStream> {
        let Self { address, site, cookie, .. } = self;
        let mut socket = TcpStream::connect(address)?;
        write!(
            socket,
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\norigin: {site}\r\ncookie: {cookie}\r\n\
             tus-resumable: 1.0.0\r\n{headers}\r\n"
        )?;
        Ok(socket)
    }
}

/// The head of the answer, to its empty line.
fn head(socket: &mut TcpStream) -> anyhow::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        ensure!(socket.read(&mut byte)? == 1 && head.len() < 8 << 10, "the answer has a head");
        head.push(byte[0]);
    }
    Ok(String::from_utf8(head)?)
}
